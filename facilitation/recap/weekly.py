"""The recap on its day, asked for by the clock alone."""

from facilitation.core.ask import Due
from facilitation.core.clock import Clock
from facilitation.core.effects import Effects
from facilitation.core.gathering import Gathering, Heard
from facilitation.core.happenings import Unsaid
from facilitation.recap.approval import proposed
from facilitation.recap.composing import composed, period_until
from facilitation.recap.periods import GRACE
from facilitation.recap.posting import Compose, planned, posted
from facilitation.recap.room import room
from storage.communities import Community, People, Use
from storage.recap import Recaps


@room.begins(order=30)
async def on_begin(community: Community, recaps: Recaps, clock: Clock) -> Effects:
    """Plan the next recap, also when its day or time was changed."""
    return [await planned(community, recaps, clock.now())]


@room.action()
async def compose(ask: Compose, due: Due, people: People, recaps: Recaps, gathering: Gathering) -> Effects:
    """Post the recap, or ask for approval while none was ever approved; and plan the next one.

    Hushed, without a channel, or days late, it is left out: the next one covers its time.
    """
    effects: Effects = []
    community = due.community
    spot = await people.spot_for(Use.RECAP)
    is_late = due.at - due.due > GRACE
    if spot is not None and not is_late and not community.is_hushed(due.at):
        period = await period_until(community, recaps, due.due)
        message = await composed(community, period, gathering, recaps)
        if await recaps.is_trusted():
            effects += await posted(community, recaps, spot, period, message, due.at)
        else:
            effects += await proposed(community, people, recaps, spot, period, message, due.at)
    return [*effects, await planned(community, recaps, due.at)]


@room.on(Unsaid, when=lambda fact: fact.post.startswith("recap:"))
async def on_unsaid(heard: Heard, recaps: Recaps) -> Effects:
    """A recap that could not be posted covered nothing: the next one tells of its time."""
    assert isinstance(heard.happening, Unsaid)
    await recaps.unsaid(heard.happening.post)
    return []
