"""What circles keep: their rounds, who takes part, who was in which group, and who would rather be apart."""

from storage.circles.circles import Circles
from storage.circles.rounds import CircleRounds
from storage.circles.tables import LONGEST_NAME
from storage.circles.values import (
    Acquaintance,
    Answer,
    Circle,
    Figures,
    Group,
    Mix,
    Outcome,
    Round,
    Seat,
    State,
)

__all__ = [
    "LONGEST_NAME",
    "Acquaintance",
    "Answer",
    "Circle",
    "CircleRounds",
    "Circles",
    "Figures",
    "Group",
    "Mix",
    "Outcome",
    "Round",
    "Seat",
    "State",
]
