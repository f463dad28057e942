"""What waits in the three lists, in one statement that is cheap enough for every step."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, literal_column, select, text

from storage.agenda import AgendaRow
from storage.diary import DiaryRow
from storage.outbox import OutboxRow, heads_of_lanes
from storage.session import Session, orm_of


class Pending(NamedTuple):
    """Whether any event is fresh, when the agenda is next due, and when the outbox may next send."""

    fresh: bool
    due_at: datetime | None
    send_at: datetime | None

    @property
    def next_at(self) -> datetime | None:
        """When there is something to do next; None if only a new event can bring it."""
        return min((at for at in (self.due_at, self.send_at) if at is not None), default=None)


# The literal conditions of the partial indexes: SQLite uses them for no other wording.
_FRESH = select(DiaryRow.id).where(text("diary.state = 0")).exists()
_DUE = select(func.min(AgendaRow.not_before)).where(text("NOT agenda.set_aside")).scalar_subquery()
_SEND = (
    select(OutboxRow.not_before)
    .where(*heads_of_lanes())
    .order_by(OutboxRow.not_before)
    .limit(1)
    .scalar_subquery()
)
_LEASE = (
    select(func.min(OutboxRow.lease_until))
    .where(OutboxRow.lease_until.is_not(None), OutboxRow.state == literal_column("'sending'"))
    .scalar_subquery()
)
_QUERY = select(_FRESH, _DUE, _SEND, _LEASE)


async def pending(session: Session) -> Pending:
    """The state of the three lists. A message whose sender has died counts from the end of its lease."""
    fresh, due, send, lease = (await orm_of(session).execute(_QUERY)).one()
    return Pending(bool(fresh), due, min((at for at in (send, lease) if at is not None), default=None))
