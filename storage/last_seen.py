"""When accounts last sent a command: remembered in memory, written to the database in batches."""

from datetime import datetime


class LastSeen:
    """The times that one process has not stored yet.

    Storing them with every command would make commands that only read wait for the write lock. Repositories
    merge these times with the stored ones, and `Units.write_last_seen` stores them.
    """

    def __init__(self) -> None:
        self._times: dict[int, datetime] = {}

    def note(self, account: int, at: datetime) -> None:
        """Remember that an account sent a command."""
        known = self._times.get(account)
        if known is None or known < at:
            self._times[account] = at

    def latest(self, account: int, stored: datetime | None) -> datetime | None:
        """The later of the stored time and the remembered one."""
        known = self._times.get(account)
        return known if known is not None and (stored is None or stored < known) else stored

    def unwritten(self) -> dict[int, datetime]:
        """A copy of the remembered times, by account."""
        return dict(self._times)

    def written(self, times: dict[int, datetime]) -> None:
        """Remove the times that have been stored, except those for which a later one was noted meanwhile."""
        for account, at in times.items():
            if self._times.get(account) == at:
                del self._times[account]
