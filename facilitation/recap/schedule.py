"""What the recap plans with the clock."""

from datetime import datetime

from facilitation.core.values.commands import Command
from facilitation.core.values.effects import Later
from facilitation.recap import keys
from facilitation.recap.periods import next_recap
from storage.communities import Community
from storage.recap import Recaps


class Compose(Command):
    """Compose the weekly recap."""


async def next_at(community: Community, recaps: Recaps, now: datetime) -> datetime:
    """When the next recap is due."""
    settled = await recaps.settled()
    return next_recap(community, now, settled.until if settled else None)


async def plan_next(community: Community, recaps: Recaps, now: datetime) -> Later:
    """Plan the next recap, in place of an earlier plan."""
    return Later(await next_at(community, recaps, now), Compose(), keys.NEXT_RECAP)
