"""Messages of the outbox, as those who deliver, change or show them are given them."""

from datetime import datetime
from typing import NamedTuple


class Letter(NamedTuple):
    """One message, claimed for delivery."""

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
    """A message as it is stored, for whoever changes what it says of a person."""

    id: int
    place: str
    card: str
    lane: str


class Sent(NamedTuple):
    """A message to one person, for that person."""

    feature: str
    card: str
    at: datetime
    sent_at: datetime | None
