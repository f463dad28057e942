"""Messages of the outbox as values, for those who deliver, change or show them."""

from datetime import datetime
from typing import NamedTuple


class Letter(NamedTuple):
    """A message that has been claimed for delivery."""

    id: int
    community: int
    space: int | None
    key: str
    feature: str
    lane: str
    place: str
    card: str
    emoji: str
    join_channel: bool
    withdrawn: bool
    revision: int
    sent_revision: int
    state: str
    nudge: str
    hushable: bool
    member: int | None
    delivery: str
    receipt_place: str
    receipt: str
    expires_at: datetime
    tries: int
    sealed: bool = False
    erased: bool = False


class StoredMessage(NamedTuple):
    """A stored message, for redaction."""

    id: int
    place: str
    card: str
    lane: str


class Sent(NamedTuple):
    """A message to one person, for showing it to them."""

    feature: str
    card: str
    at: datetime
    sent_at: datetime | None
