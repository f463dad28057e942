"""The diary: what happened, stored once per natural key, digested in order, forgotten in time."""

from storage.diary.diary import Diary, claim_space, last_heard, set_aside
from storage.diary.keeping import KEEP_EXCERPTS, KEEP_FACTS, drop_excerpts, prune
from storage.diary.tables import EXCERPT, DailyRow, DiaryRow, State
from storage.diary.values import Entry, Page, Past

__all__ = [
    "EXCERPT",
    "KEEP_EXCERPTS",
    "KEEP_FACTS",
    "DailyRow",
    "Diary",
    "DiaryRow",
    "Entry",
    "Page",
    "Past",
    "State",
    "claim_space",
    "drop_excerpts",
    "last_heard",
    "prune",
    "set_aside",
]
