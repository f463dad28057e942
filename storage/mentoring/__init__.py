"""Mentoring: offers and requests, the pairs that come of them, and the rounds."""

from storage.mentoring.pairs import Pairs
from storage.mentoring.rounds import Rounds
from storage.mentoring.seeking import Seeking
from storage.mentoring.tables import LONGEST_WORDS
from storage.mentoring.values import (
    COMING,
    DONE,
    LIVE,
    Exclusion,
    Feedback,
    MentoringSettings,
    Offer,
    Outcomes,
    Pair,
    Request,
    RequestState,
    Review,
    Round,
    Stage,
)

__all__ = [
    "COMING",
    "DONE",
    "LIVE",
    "LONGEST_WORDS",
    "Exclusion",
    "Feedback",
    "MentoringSettings",
    "Offer",
    "Outcomes",
    "Pair",
    "Pairs",
    "Request",
    "RequestState",
    "Review",
    "Round",
    "Rounds",
    "Seeking",
    "Stage",
]
