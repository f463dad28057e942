"""The slots of each shared card, in reading order.

A contribution names its slot. Contributions to one slot have the order of the list of features. Some slots
wait for features to come.
"""

from typing import Literal, get_args

HomeSlot = Literal["arrival", "dates", "people", "recap", "shelf", "safety", "me"]
DeskSlot = Literal["setup", "roles", "recap", "newcomers", "decks", "people", "advice"]
RecapSlot = Literal["people", "conversations", "questions", "answered", "shelf", "kudos", "coming", "picture"]
PersonalSlot = Literal["concerns", "mine"]
"""The part of the desk that only its reader sees."""

SharedCard = Literal["home", "desk", "personal desk", "recap", "begins"]
SLOTS: dict[SharedCard, tuple[str, ...]] = {
    "home": get_args(HomeSlot),
    "desk": get_args(DeskSlot),
    "personal desk": get_args(PersonalSlot),
    "recap": get_args(RecapSlot),
    "begins": ("",),
}
