"""Where time comes from: the only door to it, which is what makes a rehearsal possible."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that moves only when told to: for rehearsals, the local page and tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def move_to(self, at: datetime) -> None:
        """Set the time; it may not run backwards, since what is done is done."""
        self._at = max(self._at, at.astimezone(UTC))

    def advance(self, by: timedelta) -> None:
        """Move on by a positive span."""
        self.move_to(self._at + by)
