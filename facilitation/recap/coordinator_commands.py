"""What coordinators ask of the recap by command: see it now, post it now, hold the next one."""

from datetime import timedelta
from typing import Annotated

from facilitation.core.features.contributions import Contributions, Period
from facilitation.core.values.cards import Button, Buttons, Card, Channel, Part, Small
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.speech import card, say
from facilitation.recap.approval import skipped, superseded
from facilitation.recap.composition import composed, period_until
from facilitation.recap.feature import feature
from facilitation.recap.periods import day_in_words, key_of, start
from facilitation.recap.posting import next_at, planned, posted, recap_channel, refuse_silence
from storage.communities import People, Spot, Use
from storage.recap import Recap, Recaps, RecapState

JUST_NOW = timedelta(days=1)


# Preview -------------------------------------------------------------------------------------------


class PreviewRecap(Command):
    """Show me the recap as it would be posted now."""


@feature.command("recap preview", id="recap.preview", role=Role.COORDINATOR)
async def preview(
    command: PreviewRecap, context: Context, people: People, recaps: Recaps, contributions: Contributions
) -> Effects:
    """The recap up to now, for the asker alone; it needs no channel yet."""
    period = await period_until(context.community, recaps, context.at)
    message = await composed(context.community, period, contributions, recaps)
    foot = Small(say("Only you see this."))
    if await people.spot_for(Use.RECAP) is None:
        foot = Small(say("Only you see this. To have it posted, choose a channel in `/coordinate settings`."))
    return [Reply(Card(message.title, (*message.parts, foot), message.tone))]


# Post ----------------------------------------------------------------------------------------------


class PostRecap(Command):
    """Post the recap now, in its channel."""


@feature.command("recap post", id="recap.post_now", role=Role.COORDINATOR)
async def post_now(
    command: PostRecap, context: Context, people: People, recaps: Recaps, contributions: Contributions
) -> Effects:
    """Public, hence asked twice if there was one less than a day ago."""
    spot = await recap_channel(people)
    refuse_silence(context.community, context.at)
    last = await recaps.last_posted()
    if last is not None and context.at - last.at < JUST_NOW:
        return [Reply(_really(last))]
    period = await period_until(context.community, recaps, context.at)
    return await _out(context, spot, period, people, recaps, contributions)


class PostAnother(Command):
    """Post another recap, though there was one just now."""

    last: Annotated[int, Hidden]
    same: Annotated[bool, Hidden] = False


@feature.action(id="recap.post_another", role=Role.COORDINATOR)
async def post_another(
    command: PostAnother, context: Context, people: People, recaps: Recaps, contributions: Contributions
) -> Effects:
    """What is new since the last one, or its whole time again; a second press finds a newer one and stops."""
    spot = await recap_channel(people)
    refuse_silence(context.community, context.at)
    last = await recaps.last_posted()
    if last is None or last.id != command.last:
        raise Refusal("That is done already. /coordinate recap post asks anew.")
    settled = last.since if command.same else last.until
    period = Period(start(context.at, settled, context.community.begun_at, None), context.at)
    return await _out(context, spot, period, people, recaps, contributions)


async def _out(
    context: Context, spot: Spot, period: Period, people: People, recaps: Recaps, contributions: Contributions
) -> Effects:
    """The recap goes out; one that waited for approval has thereby had its answer."""
    message = await composed(context.community, period, contributions, recaps)
    effects: Effects = []
    waiting = await recaps.waiting()
    if waiting is not None:
        effects += await superseded(people, recaps, waiting, context.at)
    effects += await posted(context.community, recaps, spot, period, message, context.at)
    later = await planned(context.community, recaps, context.at)
    answer = say(
        "It is on its way to {place}. The next one comes on {when}.",
        place=Channel(spot.space, spot.handle),
        when=later.at,
    )
    return [*effects, later, Reply(card("", answer, tone="good"))]


def _really(last: Recap) -> Card:
    """One was posted less than a day ago: another one, of which time?"""
    return card(
        "",
        say("The last recap was posted on {when}. Shall I post another one?", when=last.at),
        Buttons(
            (
                Button("What is new since then", "recap.post_another", {"last": last.id}),
                Button("All of it again", "recap.post_another", {"last": last.id, "same": True}),
            )
        ),
        Small(say("To mend the last one, take it back first: _Take back_ in the menu of the message.")),
    )


# Skip ----------------------------------------------------------------------------------------------


class SkipRecap(Command):
    """Skip the next recap."""


@feature.command("recap skip", id="recap.skip", role=Role.COORDINATOR)
async def skip(command: SkipRecap, context: Context, people: People, recaps: Recaps) -> Effects:
    """The one that waits for approval, else the next one to come."""
    await recap_channel(people)
    refuse_silence(context.community, context.at)
    waiting = await recaps.waiting()
    if waiting is not None:
        return await skipped(waiting, context, people, recaps)
    ahead = await recaps.settled()
    if ahead is None or ahead.until <= context.at:
        until = await next_at(context.community, recaps, context.at)
        since = (await period_until(context.community, recaps, until)).since
        await recaps.put(since, until, RecapState.SKIPPED, key_of(context.community, until), context.at)
        ahead = await recaps.settled()
    assert ahead is not None
    later = await planned(context.community, recaps, context.at)
    answer = say(
        "The recap of {day} is skipped. The next one comes on {after}.",
        day=day_in_words(ahead.until, context.community.zone),
        after=later.at,
    )
    back = Buttons((Button("Bring it back", "recap.bring_back", {"recap": ahead.id}),))
    return [later, Reply(card("", answer, back, tone="good"))]


class BringBack(Command):
    """Post the recap after all that was to be skipped."""

    recap: Annotated[int, Hidden]


@feature.action(id="recap.bring_back", role=Role.COORDINATOR)
async def bring_back(command: BringBack, context: Context, recaps: Recaps) -> Effects:
    """A skip is undone as long as its time has not come."""
    if not await recaps.bring_back(command.recap, context.at):
        raise Refusal("Its time is over. /coordinate recap post makes one now.")
    later = await planned(context.community, recaps, context.at)
    return [
        later,
        Reply(card("", say("It is back. The next recap comes on {when}.", when=later.at), tone="good")),
    ]


# Home ----------------------------------------------------------------------------------------------


@feature.home("recap")
async def next_one(context: Context, people: People, recaps: Recaps) -> list[Part]:
    """When the next recap comes; before the first was approved, for coordinators only."""
    spot = await people.spot_for(Use.RECAP)
    if spot is None or context.community.begun_at is None or context.community.is_hushed(context.at):
        return []
    when = await next_at(context.community, recaps, context.at)
    if await recaps.is_trusted():
        place = Channel(spot.space, spot.handle)
        return [say("The next recap comes in {place} on {when}.", place=place, when=when)]
    if Role.COORDINATOR in context.roles:
        return [say("The next recap comes to you for approval on {when}.", when=when)]
    return []
