"""What coordinators ask of the recap by command: see it now, post it now, hold the next one."""

from datetime import timedelta
from typing import Annotated

from facilitation.core.ask import Ask, Call, Hidden, Role
from facilitation.core.cards import Button, Buttons, Card, Channel, Part, Small
from facilitation.core.effects import Effects, Reply
from facilitation.core.errors import Refusal
from facilitation.core.gathering import Gathering, Period
from facilitation.core.speech import card, say
from facilitation.recap.approval import skipped, superseded
from facilitation.recap.composing import composed, period_until
from facilitation.recap.periods import day_in_words, key_of, start
from facilitation.recap.posting import next_at, planned, posted, recap_channel, refuse_silence
from facilitation.recap.room import room
from storage.communities import People, Spot, Use
from storage.recap import Recap, Recaps, State

JUST_NOW = timedelta(days=1)


# Preview -------------------------------------------------------------------------------------------


class PreviewRecap(Ask):
    """Show me the recap as it would be posted now."""


@room.command("recap preview", role=Role.COORDINATOR)
async def preview(
    ask: PreviewRecap, call: Call, people: People, recaps: Recaps, gathering: Gathering
) -> Effects:
    """The recap up to now, for the asker alone; it needs no channel yet."""
    period = await period_until(call.community, recaps, call.at)
    message = await composed(call.community, period, gathering, recaps)
    foot = Small(say("Only you see this."))
    if await people.spot_for(Use.RECAP) is None:
        foot = Small(say("Only you see this. To have it posted, choose a channel in `/coordinate settings`."))
    return [Reply(Card(message.title, (*message.parts, foot), message.tone))]


# Post ----------------------------------------------------------------------------------------------


class PostRecap(Ask):
    """Post the recap now, in its channel."""


@room.command("recap post", role=Role.COORDINATOR)
async def post_now(
    ask: PostRecap, call: Call, people: People, recaps: Recaps, gathering: Gathering
) -> Effects:
    """Public, hence asked twice if there was one less than a day ago."""
    spot = await recap_channel(people)
    refuse_silence(call.community, call.at)
    last = await recaps.last_posted()
    if last is not None and call.at - last.at < JUST_NOW:
        return [Reply(_really(last))]
    period = await period_until(call.community, recaps, call.at)
    return await _out(call, spot, period, people, recaps, gathering)


class PostAnother(Ask):
    """Post another recap, though there was one just now."""

    last: Annotated[int, Hidden]
    same: Annotated[bool, Hidden] = False


@room.action(role=Role.COORDINATOR)
async def post_another(
    ask: PostAnother, call: Call, people: People, recaps: Recaps, gathering: Gathering
) -> Effects:
    """What is new since the last one, or its whole time again; a second press finds a newer one and stops."""
    spot = await recap_channel(people)
    refuse_silence(call.community, call.at)
    last = await recaps.last_posted()
    if last is None or last.id != ask.last:
        raise Refusal("That is done already. /coordinate recap post asks anew.")
    settled = last.since if ask.same else last.until
    period = Period(start(call.at, settled, call.community.begun_at, None), call.at)
    return await _out(call, spot, period, people, recaps, gathering)


async def _out(
    call: Call, spot: Spot, period: Period, people: People, recaps: Recaps, gathering: Gathering
) -> Effects:
    """The recap goes out; one that waited for approval has thereby had its answer."""
    message = await composed(call.community, period, gathering, recaps)
    effects: Effects = []
    waiting = await recaps.waiting()
    if waiting is not None:
        effects += await superseded(people, recaps, waiting, call.at)
    effects += await posted(call.community, recaps, spot, period, message, call.at)
    later = await planned(call.community, recaps, call.at)
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


class SkipRecap(Ask):
    """Skip the next recap."""


@room.command("recap skip", role=Role.COORDINATOR)
async def skip(ask: SkipRecap, call: Call, people: People, recaps: Recaps) -> Effects:
    """The one that waits for approval, else the next one to come."""
    await recap_channel(people)
    refuse_silence(call.community, call.at)
    waiting = await recaps.waiting()
    if waiting is not None:
        return await skipped(waiting, call, people, recaps)
    ahead = await recaps.settled()
    if ahead is None or ahead.until <= call.at:
        until = await next_at(call.community, recaps, call.at)
        since = (await period_until(call.community, recaps, until)).since
        await recaps.put(since, until, State.SKIPPED, key_of(call.community, until), call.at)
        ahead = await recaps.settled()
    assert ahead is not None
    later = await planned(call.community, recaps, call.at)
    answer = say(
        "The recap of {day} is skipped. The next one comes on {after}.",
        day=day_in_words(ahead.until, call.community.zone),
        after=later.at,
    )
    back = Buttons((Button("Bring it back", "recap.bring_back", {"recap": ahead.id}),))
    return [later, Reply(card("", answer, back, tone="good"))]


class BringBack(Ask):
    """Post the recap after all that was to be skipped."""

    recap: Annotated[int, Hidden]


@room.action(role=Role.COORDINATOR)
async def bring_back(ask: BringBack, call: Call, recaps: Recaps) -> Effects:
    """A skip is undone as long as its time has not come."""
    if not await recaps.bring_back(ask.recap, call.at):
        raise Refusal("Its time is over. /coordinate recap post makes one now.")
    later = await planned(call.community, recaps, call.at)
    return [
        later,
        Reply(card("", say("It is back. The next recap comes on {when}.", when=later.at), tone="good")),
    ]


# Home ----------------------------------------------------------------------------------------------


@room.home(order=30)
async def next_one(call: Call, people: People, recaps: Recaps) -> list[Part]:
    """When the next recap comes; before the first was approved, for coordinators only."""
    spot = await people.spot_for(Use.RECAP)
    if spot is None or call.community.begun_at is None or call.community.is_hushed(call.at):
        return []
    when = await next_at(call.community, recaps, call.at)
    if await recaps.is_trusted():
        place = Channel(spot.space, spot.handle)
        return [say("The next recap comes in {place} on {when}.", place=place, when=when)]
    if Role.COORDINATOR in call.roles:
        return [say("The next recap comes to you for approval on {when}.", when=when)]
    return []
