"""Rows of the diary as they are written, and as they are read for digestion."""

from typing import NamedTuple


class Entry(NamedTuple):
    """A row to write, as plain columns in the table's order. `at` is in microseconds.

    Booleans are 0 or 1, and the state is a plain int: for a value whose type is not exactly one of its own,
    SQLite's driver looks up an adapter, which costs more than the row.
    """

    community_id: int | None
    key: str
    kind: str
    at: int
    state: int
    channel_id: int | None
    message: str
    thread: str
    refers_to: str
    author_id: int | None
    reply: int
    question: int
    links: int
    reactions: int
    excerpt: str | None
    body: str | None


class HistoryEntry(NamedTuple):
    """A message of the past to write: an `Entry` without what only a fresh event has."""

    community_id: int
    key: str
    at: int
    channel_id: int
    message: str
    thread: str
    refers_to: str
    author_id: int | None
    reply: int
    question: int
    links: int
    reactions: int
    excerpt: str


class FreshEntry(NamedTuple):
    """A fresh event, as it is read for digestion."""

    id: int
    community: int | None
    channel: int | None
    author: int | None
    body: str
    tries: int
