"""How recaps move from waiting to posted, skipped or superseded, and what is posted on the way."""

from datetime import datetime

from facilitation.core.features.contributions import Period
from facilitation.core.people.recipients import recipient_key, to_coordinators
from facilitation.core.values.cards import Card, Channel, Text
from facilitation.core.values.commands import Context, Role
from facilitation.core.values.effects import Effects, Post, Reply, Revise
from facilitation.core.values.speech import card, say
from facilitation.recap import cards, keys
from facilitation.recap.periods import GRACE
from facilitation.recap.schedule import next_at, plan_next
from facilitation.recap.services import RecapServices
from storage.communities import Community, People, Spot
from storage.recap import Recap, Recaps, RecapState


async def propose(
    community: Community, services: RecapServices, spot: Spot, period: Period, message: Card, now: datetime
) -> Effects:
    """Show a recap to coordinators for approval, in place of one that still waits."""
    people, recaps = services.people, services.recaps
    effects: Effects = []
    older = await recaps.waiting()
    if older is not None:
        effects += await supersede(people, recaps, older, now)
    key = keys.recap(community, period.until)
    recap = await recaps.put(period.since, period.until, RecapState.WAITING, key, now)
    if recap is None:
        return effects
    preview = cards.preview(community, spot, message, recap, now, await next_at(community, recaps, now))
    return [*effects, *await to_coordinators(people, preview, keys.preview(key))]


async def supersede(people: People, recaps: Recaps, older: Recap, now: datetime) -> list[Revise]:
    """End the wait of a recap that nobody decided about, since a newer one covers its period."""
    await recaps.settle(older.id, RecapState.SUPERSEDED, now)
    return await revise_previews(
        people, older, say("This one was not posted. A newer one has taken its place.")
    )


async def skip(recap: Recap, context: Context, people: People, recaps: Recaps) -> Effects:
    """Skip a recap that waits, because a coordinator says so."""
    await recaps.settle(recap.id, RecapState.SKIPPED, context.at)
    plan = await plan_next(context.community, recaps, context.at)
    words = say("Skipped. The next one comes to you on {day}, and I ask again.", day=plan.at)
    return [
        *await revise_previews(people, recap, say("Skipped by {who}.", who=context.member)),
        plan,
        Reply(card("", words, tone="good")),
    ]


async def publish(
    community: Community, recaps: Recaps, spot: Spot, period: Period, message: Card, now: datetime
) -> list[Post]:
    """Record and post a recap; empty if there is one of that instant already."""
    key = keys.recap(community, period.until)
    if await recaps.put(period.since, period.until, RecapState.POSTED, key, now) is None:
        return []
    return [post(spot, message, key)]


def post(spot: Spot, message: Card, key: str) -> Post:
    """The post of a recap. A hush stops it, and it is dropped when it is two days late."""
    return Post(Channel(spot.space, spot.handle), message, key, hushable=True, stale=GRACE)


async def revise_previews(people: People, recap: Recap, decision: Text) -> list[Revise]:
    """Replace the previews of a recap by what was decided, without buttons."""
    key = keys.preview(recap.key)
    holders = await people.holders(Role.COORDINATOR)
    shown_under = [key, *(recipient_key(key, holder.id) for holder in holders)]
    return [Revise(one, cards.decided(decision)) for one in shown_under]
