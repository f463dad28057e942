"""Rows of the diary, as they are written and as the digest reads them."""

from typing import NamedTuple


class Entry(NamedTuple):
    """One row to write, as plain columns in the order of the table; `at` in microseconds.

    Truth is 0 or 1 and the state a plain number: SQLite's driver looks up an adapter for every value whose
    type is not exactly one of its own, and that costs more than the row.
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
    """A message of the past to write: what is left of an `Entry` that nobody digests any more."""

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
    """One fresh happening, as the digest reads it."""

    id: int
    community: int | None
    channel: int | None
    author: int | None
    body: str
    tries: int
