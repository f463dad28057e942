"""The clock's command: coordinators are reminded of a concern until it is closed."""

from datetime import datetime, timedelta
from typing import Annotated

from facilitation.concern import cards, keys
from facilitation.concern.feature import feature
from facilitation.concern.services import ConcernServices, to_reporter
from facilitation.core.values.commands import Command, Due
from facilitation.core.values.effects import Effects, Later
from facilitation.core.values.forms import Hidden
from storage.concern import ConcernState

FIRST_WAIT = timedelta(days=2)
WAIT_WHILE_OPEN = timedelta(days=5)
WAIT_IN_HAND = timedelta(days=30)


class RemindOfConcern(Command):
    """Remind coordinators of a concern."""

    concern: Annotated[str, Hidden]
    turn: Annotated[int, Hidden] = 1


@feature.action(id="concern.remind")
async def remind(command: RemindOfConcern, due: Due, services: ConcernServices) -> Effects:
    """Remind each coordinator who may know, and plan the next reminder.

    The reporter hears whom else they can turn to after a week without anybody taking the concern in hand, or
    at once if no other coordinator may know of it any more.
    """
    found = await services.concerns.get(command.concern)
    if found is None:
        return []
    effects = await services.to_informed(found, cards.waiting(found), f"remind:{command.turn}")
    is_alone = not await services.informed((*found.matter.excluded, found.reporter))
    if is_alone or (found.state is ConcernState.OPEN and command.turn == 2):
        message = cards.not_taken(found, services.fallback)
        effects.append(to_reporter(found, message, f"waits:{command.turn}"))
    wait = WAIT_WHILE_OPEN if found.state is ConcernState.OPEN else WAIT_IN_HAND
    return [*effects, next_reminder(found.token, command.turn + 1, due.at, wait)]


def next_reminder(token: str, turn: int, now: datetime, wait: timedelta = FIRST_WAIT) -> Later:
    """Reminder number `turn`. Once the concern is closed it does nothing, since it cannot be cancelled."""
    return Later(now + wait, RemindOfConcern(concern=token, turn=turn), keys.reminder(token), sealed=True)
