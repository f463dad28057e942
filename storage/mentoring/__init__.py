"""What mentoring keeps: who offers and who asks, the pairs that came of it, and the rounds."""

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
    Offer,
    Outcomes,
    Pair,
    Request,
    Review,
    Round,
    Stage,
    Standing,
    Wishes,
)

__all__ = [
    "COMING",
    "DONE",
    "LIVE",
    "LONGEST_WORDS",
    "Exclusion",
    "Feedback",
    "Offer",
    "Outcomes",
    "Pair",
    "Pairs",
    "Request",
    "Review",
    "Round",
    "Rounds",
    "Seeking",
    "Stage",
    "Standing",
    "Wishes",
]
