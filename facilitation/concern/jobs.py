"""A concern that waits is not forgotten: coordinators are reminded, and who raised it hears of others."""

from datetime import datetime, timedelta
from typing import Annotated

from facilitation.concern import cards
from facilitation.concern.feature import Fallback, feature, hearers
from facilitation.core.values.commands import Command, Due
from facilitation.core.values.effects import Effects, Later
from facilitation.core.values.forms import Hidden
from storage.communities import People
from storage.concern import Concerns, ConcernState

FIRST = timedelta(days=2)
AGAIN = timedelta(days=5)
IN_HAND = timedelta(days=30)


class Remind(Command):
    """Remind coordinators of a concern."""

    concern: Annotated[str, Hidden]
    turn: Annotated[int, Hidden] = 1


@feature.action(id="concern.remind")
async def remind(
    command: Remind, due: Due, concerns: Concerns, people: People, fallback: Fallback
) -> Effects:
    """To each who may know; a week old and not in hand, or with nobody left, it is said to who raised it."""
    one = await concerns.get(command.concern)
    if one is None:
        return []
    effects: Effects = [*await cards.to_hearers(people, one, cards.waiting(one), f"remind:{command.turn}")]
    is_alone = not await hearers(people, (*one.matter.excluded, one.reporter))
    if is_alone or (one.state is ConcernState.OPEN and command.turn == 2):
        effects.append(cards.to_reporter(one, cards.not_taken(one, fallback), f"waits:{command.turn}"))
    wait = AGAIN if one.state is ConcernState.OPEN else IN_HAND
    return [*effects, next_reminder(one.token, command.turn + 1, due.at, wait)]


def next_reminder(token: str, turn: int, at: datetime, wait: timedelta = FIRST) -> Later:
    """The reminder after this one, which closing makes idle."""
    return Later(at + wait, Remind(concern=token, turn=turn), f"concern:{token}", sealed=True)
