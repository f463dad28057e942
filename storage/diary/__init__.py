"""The diary: events, stored once per natural key, digested in order, and pruned in time."""

from storage.diary.diary import Diary, claim_space, last_event_at, set_aside
from storage.diary.retention import KEEP_EXCERPTS, KEEP_FACTS, drop_excerpts, prune
from storage.diary.tables import EXCERPT, DailyCountRow, DiaryRow, DiaryState
from storage.diary.values import Entry, FreshEntry, HistoryEntry

__all__ = [
    "EXCERPT",
    "KEEP_EXCERPTS",
    "KEEP_FACTS",
    "DailyCountRow",
    "Diary",
    "DiaryRow",
    "DiaryState",
    "Entry",
    "FreshEntry",
    "HistoryEntry",
    "claim_space",
    "drop_excerpts",
    "last_event_at",
    "prune",
    "set_aside",
]
