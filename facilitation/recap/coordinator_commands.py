"""Coordinators' commands: preview, post or skip the recap, and decide about one that waits for approval."""

from datetime import datetime, timedelta
from typing import Annotated

from facilitation.core.features.contributions import Period
from facilitation.core.values.cards import Button, Buttons, Card, Channel, Small
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.speech import card, say
from facilitation.recap import cards, keys, transitions
from facilitation.recap.composition import compose_recap, period_until
from facilitation.recap.feature import feature
from facilitation.recap.periods import local_day_in_words, period_start, rhythm_in_words
from facilitation.recap.schedule import next_at, plan_next
from facilitation.recap.services import RecapServices
from storage.communities import Community, People, Spot, Use
from storage.recap import Recap, Recaps, RecapState

JUST_NOW = timedelta(days=1)


# Preview -------------------------------------------------------------------------------------------


class PreviewRecap(Command):
    """Show me the recap as it would be posted now."""


@feature.command("recap preview", id="recap.preview", role=Role.COORDINATOR, reads_long=True)
async def preview(command: PreviewRecap, context: Context, services: RecapServices) -> Effects:
    """The recap up to now. It needs no channel yet."""
    period = await period_until(context.community, services.recaps, context.at)
    message = await compose_recap(context.community, period, services)
    foot = Small(say("Only you see this."))
    if await services.people.spot_for(Use.RECAP) is None:
        foot = Small(say("Only you see this. To have it posted, choose a channel in `/coordinate settings`."))
    return [Reply(Card(message.title, (*message.parts, foot), message.tone))]


# Post ----------------------------------------------------------------------------------------------


class PostRecap(Command):
    """Post the recap now, in its channel."""


@feature.command("recap post", id="recap.post_now", role=Role.COORDINATOR)
async def post_now(command: PostRecap, context: Context, services: RecapServices) -> Effects:
    """Post the recap, which is public; if the last one is less than a day old, ask first."""
    spot = await _recap_channel(services.people)
    _check_silence(context.community, context.at)
    last = await services.recaps.last_posted()
    if last is not None and context.at - last.at < JUST_NOW:
        return [Reply(cards.post_another(last))]
    period = await period_until(context.community, services.recaps, context.at)
    return await _publish(context, spot, period, services)


class PostAnother(Command):
    """Post another recap, though there was one just now."""

    last: Annotated[int, Hidden]
    same: Annotated[bool, Hidden] = False


@feature.action(id="recap.post_another", role=Role.COORDINATOR)
async def post_another(command: PostAnother, context: Context, services: RecapServices) -> Effects:
    """Post what is new since the last recap, or with `same` its whole period again.

    A second press finds a newer last recap, and is refused.
    """
    spot = await _recap_channel(services.people)
    _check_silence(context.community, context.at)
    last = await services.recaps.last_posted()
    if last is None or last.id != command.last:
        raise Refusal("That is done already. /coordinate recap post asks anew.")
    settled = last.since if command.same else last.until
    period = Period(period_start(context.at, settled, context.community.begun_at, None), context.at)
    return await _publish(context, spot, period, services)


async def _publish(context: Context, spot: Spot, period: Period, services: RecapServices) -> Effects:
    """Post a recap, which supersedes one that waits for approval."""
    people, recaps = services.people, services.recaps
    message = await compose_recap(context.community, period, services)
    effects: Effects = []
    waiting = await recaps.waiting()
    if waiting is not None:
        effects += await transitions.supersede(people, recaps, waiting, context.at)
    effects += await transitions.publish(context.community, recaps, spot, period, message, context.at)
    plan = await plan_next(context.community, recaps, context.at)
    words = say(
        "It is on its way to {place}. The next one comes on {when}.",
        place=Channel(spot.space, spot.handle),
        when=plan.at,
    )
    return [*effects, plan, Reply(card("", words, tone="good"))]


# Skip ----------------------------------------------------------------------------------------------


class SkipRecap(Command):
    """Skip the next recap."""


@feature.command("recap skip", id="recap.skip_next", role=Role.COORDINATOR)
async def skip_next(command: SkipRecap, context: Context, people: People, recaps: Recaps) -> Effects:
    """Skip the recap that waits for approval, else the next one."""
    await _recap_channel(people)
    _check_silence(context.community, context.at)
    waiting = await recaps.waiting()
    if waiting is not None:
        return await transitions.skip(waiting, context, people, recaps)
    ahead = await recaps.settled()
    if ahead is None or ahead.until <= context.at:
        until = await next_at(context.community, recaps, context.at)
        since = (await period_until(context.community, recaps, until)).since
        await recaps.put(since, until, RecapState.SKIPPED, keys.recap(context.community, until), context.at)
        ahead = await recaps.settled()
    assert ahead is not None
    plan = await plan_next(context.community, recaps, context.at)
    words = say(
        "The recap of {day} is skipped. The next one comes on {after}.",
        day=local_day_in_words(ahead.until, context.community.zone),
        after=plan.at,
    )
    undo = Buttons((Button("Bring it back", "recap.undo_skip", {"recap": ahead.id}),))
    return [plan, Reply(card("", words, undo, tone="good"))]


class UndoSkip(Command):
    """Post the recap after all that was to be skipped."""

    recap: Annotated[int, Hidden]


@feature.action(id="recap.undo_skip", role=Role.COORDINATOR)
async def undo_skip(command: UndoSkip, context: Context, recaps: Recaps) -> Effects:
    """Plan a skipped recap again, as long as its time has not come."""
    if not await recaps.bring_back(command.recap, context.at):
        raise Refusal("Its time is over. /coordinate recap post makes one now.")
    plan = await plan_next(context.community, recaps, context.at)
    words = say("It is back. The next recap comes on {when}.", when=plan.at)
    return [plan, Reply(card("", words, tone="good"))]


# Approve -------------------------------------------------------------------------------------------


class ShowWaiting(Command):
    """Show me the recap that waits."""

    recap: Annotated[int, Hidden]


@feature.action(id="recap.show_waiting", role=Role.COORDINATOR, read_only=True)
async def show_waiting(command: ShowWaiting, context: Context, services: RecapServices) -> Effects:
    """The recap that waits for approval, with the buttons that decide about it."""
    recap = await _waiting(services.recaps, command.recap)
    spot = await _recap_channel(services.people)
    message = await compose_recap(context.community, Period(recap.since, recap.until), services)
    again = await next_at(context.community, services.recaps, context.at)
    return [Reply(cards.preview(context.community, spot, message, recap.id, context.at, again))]


class PostWaiting(Command):
    """Post the recap that waits."""

    recap: Annotated[int, Hidden]


@feature.action(id="recap.post_waiting", role=Role.COORDINATOR)
async def post_waiting(command: PostWaiting, context: Context, services: RecapServices) -> Effects:
    """Post the recap that waits; later ones need no approval.

    It is composed anew, so that messages deleted since then do not appear.
    """
    people, recaps = services.people, services.recaps
    recap = await _waiting(recaps, command.recap)
    spot = await _recap_channel(people)
    _check_silence(context.community, context.at)
    message = await compose_recap(context.community, Period(recap.since, recap.until), services)
    await recaps.settle(recap.id, RecapState.POSTED, context.at)
    place = Channel(spot.space, spot.handle)
    words = say(
        "It is on its way to {place}. From now on the recap comes by itself, {rhythm}.",
        place=place,
        rhythm=rhythm_in_words(context.community, context.at),
    )
    decision = say("Posted in {place}. {who} said yes.", place=place, who=context.member)
    return [
        transitions.post(spot, message, recap.key),
        *await transitions.revise_previews(people, recap, decision),
        await plan_next(context.community, recaps, context.at),
        Reply(card("", words, "`/coordinate recap skip` holds the next one.", tone="good")),
    ]


class SkipWaiting(Command):
    """Do not post the recap that waits."""

    recap: Annotated[int, Hidden]


@feature.action(id="recap.skip_waiting", role=Role.COORDINATOR)
async def skip_waiting(command: SkipWaiting, context: Context, people: People, recaps: Recaps) -> Effects:
    """Skip the recap that waits; the next one waits for approval again."""
    return await transitions.skip(await _waiting(recaps, command.recap), context, people, recaps)


# Checks --------------------------------------------------------------------------------------------


async def _recap_channel(people: People) -> Spot:
    """The channel of the recap. Raises Refusal if none is set."""
    spot = await people.spot_for(Use.RECAP)
    if spot is None:
        raise Refusal("No channel is set for the recap yet. Choose one in /coordinate settings.")
    return spot


def _check_silence(community: Community, at: datetime) -> None:
    """Raise Refusal before *Begin* and during a hush."""
    if community.begun_at is None:
        raise Refusal("We have not begun yet, so I stay silent. /coordinate desk shows the first steps.")
    if community.is_hushed(at):
        raise Refusal("I am hushed, so I post no recap. Let me speak again first: /coordinate desk")


async def _waiting(recaps: Recaps, recap: int) -> Recap:
    """A recap that waits for approval. Raises Refusal if it no longer waits."""
    found = await recaps.get(recap)
    if found is not None and found.state is RecapState.WAITING:
        return found
    match found.state if found else RecapState.SUPERSEDED:
        case RecapState.POSTED | RecapState.FAILED:
            raise Refusal("That one was posted already.")
        case RecapState.SKIPPED:
            raise Refusal("That one was skipped already. /coordinate recap post makes a new one.")
        case _:
            raise Refusal("A newer recap has taken the place of that one.")
