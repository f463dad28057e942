"""What every way of posting a recap shares: its channel, how it is written down, when the next one comes."""

from datetime import datetime

from facilitation.core.features.contributions import Period
from facilitation.core.values.cards import Card, Channel
from facilitation.core.values.commands import Command
from facilitation.core.values.effects import Later, Post
from facilitation.core.values.errors import Refusal
from facilitation.recap.periods import GRACE, key_of, next_recap
from storage.communities import Community, People, Spot, Use
from storage.recap import Recaps, RecapState


class Compose(Command):
    """Compose the weekly recap."""


async def next_at(community: Community, recaps: Recaps, now: datetime) -> datetime:
    """When the next recap comes."""
    settled = await recaps.settled()
    return next_recap(community, now, settled.until if settled else None)


async def planned(community: Community, recaps: Recaps, now: datetime) -> Later:
    """The next recap, as the agenda keeps it."""
    return Later(await next_at(community, recaps, now), Compose(), "recap")


async def posted(
    community: Community, recaps: Recaps, spot: Spot, period: Period, message: Card, at: datetime
) -> list[Post]:
    """A recap that goes out, written down; empty if one of that instant is written down already."""
    key = key_of(community, period.until)
    if await recaps.put(period.since, period.until, RecapState.POSTED, key, at) is None:
        return []
    return [post(spot, message, key)]


def post(spot: Spot, message: Card, key: str) -> Post:
    """The post itself: hush stops it, and nobody wants it two days late."""
    return Post(Channel(spot.space, spot.handle), message, key, hushable=True, stale=GRACE)


async def recap_channel(people: People) -> Spot:
    """Where recaps go. Refuses where no channel is set."""
    spot = await people.spot_for(Use.RECAP)
    if spot is None:
        raise Refusal("No channel is set for the recap yet. Choose one in /coordinate settings.")
    return spot


def refuse_silence(community: Community, at: datetime) -> None:
    """Refuse to post before *Begin* and during a hush."""
    if community.begun_at is None:
        raise Refusal("We have not begun yet, so I stay silent. /coordinate desk shows the first steps.")
    if community.is_hushed(at):
        raise Refusal("I am hushed, so I post no recap. Let me speak again first: /coordinate desk")
