"""Circles: their rounds, who takes part, who was in which group, and who would rather be apart."""

from storage.circles.circles import Circles
from storage.circles.rounds import CircleRounds
from storage.circles.tables import LONGEST_NAME
from storage.circles.values import (
    Acquaintance,
    Circle,
    CircleState,
    Figures,
    Group,
    MeetingAnswer,
    Mix,
    Round,
    RoundOutcome,
    Seat,
)

__all__ = [
    "LONGEST_NAME",
    "Acquaintance",
    "Circle",
    "CircleRounds",
    "CircleState",
    "Circles",
    "Figures",
    "Group",
    "MeetingAnswer",
    "Mix",
    "Round",
    "RoundOutcome",
    "Seat",
]
