"""A concern that waits is not forgotten: coordinators are reminded, and who raised it hears of others."""

from datetime import datetime, timedelta
from typing import Annotated

from facilitation.concern import telling
from facilitation.concern.room import Fallback, hearers, room
from facilitation.core.ask import Ask, Due, Hidden
from facilitation.core.effects import Effects, Later
from storage.communities import People
from storage.concern import Concerns, State

FIRST = timedelta(days=2)
AGAIN = timedelta(days=5)
IN_HAND = timedelta(days=30)


class Remind(Ask):
    """Remind coordinators of a concern."""

    concern: Annotated[str, Hidden]
    turn: Annotated[int, Hidden] = 1


@room.action()
async def remind(ask: Remind, due: Due, concerns: Concerns, people: People, fallback: Fallback) -> Effects:
    """To each who may know; a week old and not in hand, or with nobody left, it is said to who raised it."""
    one = await concerns.get(ask.concern)
    if one is None:
        return []
    effects: Effects = [*await telling.to_hearers(people, one, telling.waiting(one), f"remind:{ask.turn}")]
    is_alone = not await hearers(people, (*one.matter.left_out, one.reporter))
    if is_alone or (one.state is State.OPEN and ask.turn == 2):
        effects.append(telling.to_reporter(one, telling.not_taken(one, fallback), f"waits:{ask.turn}"))
    wait = AGAIN if one.state is State.OPEN else IN_HAND
    return [*effects, next_reminder(one.token, ask.turn + 1, due.at, wait)]


def next_reminder(token: str, turn: int, at: datetime, wait: timedelta = FIRST) -> Later:
    """The reminder after this one, which closing makes idle."""
    return Later(at + wait, Remind(concern=token, turn=turn), f"concern:{token}", sealed=True)
