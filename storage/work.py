"""Work that a commit leaves to be done, so that the worker for it can be woken at once."""

from enum import Enum

from sqlalchemy.ext.asyncio import AsyncSession


class Work(Enum):
    """The three durable lists, each of which has a worker."""

    EVENTS = "events"
    """Fresh rows of the diary."""
    ENTRIES = "entries"
    """Rows of the agenda."""
    MESSAGES = "messages"
    """Rows of the outbox."""


_KEY = "tertulia_work"


def note_work(orm: AsyncSession, work: Work) -> None:
    """Record that this unit adds work, or makes some due earlier."""
    orm.info.setdefault(_KEY, set()).add(work)


def noted_work(orm: AsyncSession) -> frozenset[Work]:
    """The work that a unit has added."""
    return frozenset(orm.info.get(_KEY, ()))
