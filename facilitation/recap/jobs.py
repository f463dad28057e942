"""The recap on its day, asked for by the clock alone."""

from facilitation.core.features.contributions import Contributions, EventContext
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Due
from facilitation.core.values.effects import Effects
from facilitation.core.values.events import PostFailed
from facilitation.recap.approval import proposed
from facilitation.recap.composition import composed, period_until
from facilitation.recap.feature import feature
from facilitation.recap.periods import GRACE
from facilitation.recap.posting import Compose, planned, posted
from storage.communities import Community, People, Use
from storage.recap import Recaps


@feature.begins()
async def on_begin(community: Community, recaps: Recaps, clock: Clock) -> Effects:
    """Plan the next recap, also when its day or time was changed."""
    return [await planned(community, recaps, clock.now())]


@feature.action(id="recap.compose")
async def compose(
    command: Compose, due: Due, people: People, recaps: Recaps, contributions: Contributions
) -> Effects:
    """Post the recap, or ask for approval while none was ever approved; and plan the next one.

    Hushed, without a channel, or days late, it is left out: the next one covers its time.
    """
    effects: Effects = []
    community = due.community
    spot = await people.spot_for(Use.RECAP)
    is_late = due.at - due.due > GRACE
    if spot is not None and not is_late and not community.is_hushed(due.at):
        period = await period_until(community, recaps, due.due)
        message = await composed(community, period, contributions, recaps)
        if await recaps.is_trusted():
            effects += await posted(community, recaps, spot, period, message, due.at)
        else:
            effects += await proposed(community, people, recaps, spot, period, message, due.at)
    return [*effects, await planned(community, recaps, due.at)]


@feature.on(PostFailed, when=lambda fact: fact.post.startswith("recap:"))
async def on_unsaid(context: EventContext, recaps: Recaps) -> Effects:
    """A recap that could not be posted covered nothing: the next one tells of its time."""
    assert isinstance(context.event, PostFailed)
    await recaps.unsaid(context.event.post)
    return []
