"""What is asked of rhythms by command: see them all, hold them, look ahead, post one now."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import Field

from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Channel,
    File,
    Item,
    Items,
    Small,
    Text,
)
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.local_time import instant_of, local_date
from facilitation.core.values.speech import card, say
from facilitation.rhythm.feature import feature
from facilitation.rhythm.figures import Figures, figures_of, last_in_words
from facilitation.rhythm.holidays import holiday_of
from facilitation.rhythm.jobs import host_of, post, prompt_card, prompt_for
from facilitation.rhythm.rule_words import moment_in_words, with_zone
from facilitation.rhythm.schedule import schedule_of, unplanned
from facilitation.rhythm.selection import rhythms_meant, which_rhythm
from storage.communities import Community, People
from storage.rhythm import DateOutcome, Decks, Responses, Rhythm, Rhythms

JUST_NOW = timedelta(hours=1)
WHICH = Field(default="", title="Rhythm", description="its name, or the beginning of it")


# List ----------------------------------------------------------------------------------------------


class ListRhythms(Command):
    """The rhythms: when they come, and how people answer."""


@feature.command("rhythm list", id="rhythm.list", role=Role.COORDINATOR)
async def show_all(
    command: ListRhythms, context: Context, rhythms: Rhythms, decks: Decks, responses: Responses
) -> Effects:
    """Every rhythm in words, what it did last, and what comes next."""
    there = await rhythms.all()
    if not there:
        return [Reply(_none_yet())]
    names = {deck.id: deck.name for deck in await decks.all()}
    items = []
    for rhythm in there:
        figures = await figures_of(rhythm, rhythms, responses)
        items.append(_item(rhythm, names.get(rhythm.deck, ""), figures, context))
    more = [Button("New rhythm", "rhythm.draft"), Button("Decks", "rhythm.list_decks")]
    if not all(rhythm.is_paused(context.at) for rhythm in there):
        more.append(Button("Calendar file", "rhythm.export_calendar"))
    return [Reply(card("Rhythms", Items(tuple(items)), Buttons(tuple(more))))]


def _none_yet() -> Card:
    return card(
        "No rhythm yet",
        "A rhythm posts a prompt in a channel: one open question, on the days you choose. "
        "Most communities begin with one a week.",
        Buttons(
            (
                Button("Start with a Tuesday prompt", "rhythm.draft_tuesday_prompt", style="primary"),
                Button("New rhythm", "rhythm.draft"),
            )
        ),
        Small(say("You see it in words, with its next dates, before anything is saved.")),
    )


def _item(rhythm: Rhythm, deck: str, figures: Figures, context: Context) -> Item:
    lines = [
        say(
            "{words} in {place}, from the deck {deck}",
            words=with_zone(schedule_of(rhythm)),
            place=Channel(rhythm.space, rhythm.place),
            deck=deck,
        ),
        say("{next}", next=next_in_words(rhythm, context.community, context.at)),
        *last_in_words(rhythm, figures),
    ]
    pause = (
        Button("Resume", "rhythm.resume", {"rhythm": rhythm.id})
        if rhythm.is_paused(context.at)
        else Button("Pause", "rhythm.pause", {"rhythm": rhythm.id})
    )
    buttons = (
        Button("Change", "rhythm.draft_change", {"rhythm": rhythm.id}),
        pause,
        Button("Preview", "rhythm.preview", {"rhythm": rhythm.id}),
        Button("Answers", "rhythm.show_responses", {"rhythm": rhythm.id}),
    )
    return Item(say("**{name}**", name=rhythm.name), _lines(lines), buttons)


def next_in_words(rhythm: Rhythm, community: Community, at: datetime) -> str:
    """`Next: Tue 3 Mar 10:00`, and why it will be left out if that is known."""
    if rhythm.next_at is None or rhythm.next_day is None:
        return "Nothing is planned."
    when = moment_in_words(rhythm.next_at, rhythm.zone)
    if rhythm.gone:
        return "Its channel is gone: choose another one."
    if rhythm.is_paused(rhythm.next_at):
        until = rhythm.paused_until
        return f"Paused until {moment_in_words(until, rhythm.zone)}." if until else "Paused."
    if community.is_hushed(rhythm.next_at):
        return f"Next: {when}, skipped while I am hushed."
    holiday = holiday_of(community, rhythm, rhythm.next_day)
    return f"Next: {when}, skipped: {holiday}." if holiday else f"Next: {when}."


class CalendarFile(Command):
    """The rhythms as a file for your own calendar."""


@feature.action(id="rhythm.export_calendar", role=Role.COORDINATOR)
async def calendar(command: CalendarFile, context: Context, rhythms: Rhythms, people: People) -> Effects:
    """Those that are not paused; what will be skipped is decided on the day, and stands in it too."""
    from facilitation.rhythm.calendar_file import calendar_of  # noqa: PLC0415  # slow to import, rarely needed

    there = await rhythms.all()
    if all(rhythm.is_paused(context.at) for rhythm in there):
        raise Refusal("No rhythm is going on, so there is nothing to put into a calendar.")
    places = {spot.id: spot.name for spot in await people.spots()}
    data = calendar_of(context.community.name, there, places, context.at)
    words = say(
        "Open it with your calendar. It has the rhythms as they are today, and no changes of tomorrow: "
        "dates that a holiday will skip stand in it too."
    )
    return [Reply(card("Calendar file", words, File("rhythms.ics", data, "The rhythms that are going on")))]


# Pause and resume ----------------------------------------------------------------------------------


class PauseRhythm(Command):
    """Let a rhythm rest; its dates are skipped, not made up for."""

    which: str = WHICH
    rhythm: Annotated[int, Hidden] = 0


@feature.command("rhythm pause", id="rhythm.pause", role=Role.COORDINATOR)
async def pause(command: PauseRhythm, context: Context, rhythms: Rhythms) -> Effects:
    """From now on, until somebody resumes it."""
    found = await rhythms_meant(rhythms, command.rhythm, command.which)
    if len(found) > 1:
        return [Reply(which_rhythm(found, "rhythm.pause"))]
    [rhythm] = found
    await rhythms.pause(rhythm.id, paused=True)
    buttons = Buttons(
        (
            Button("Only until a date", "rhythm.pause_until", {"rhythm": rhythm.id}),
            Button("Resume", "rhythm.resume", {"rhythm": rhythm.id}),
            Button("Remove it", "rhythm.remove", {"rhythm": rhythm.id}, style="danger"),
        )
    )
    words = say("**{name}** rests. What would have come is skipped.", name=rhythm.name)
    return [Reply(card("Paused", words, buttons, tone="good"))]


class PauseUntil(Command):
    """Let a rhythm rest until a date."""

    heading = "Pause until"

    rhythm: Annotated[int, Hidden]
    until: date = Field(title="Until", description="a date such as 2026-03-09; it goes on that day")


@feature.action(id="rhythm.pause_until", role=Role.COORDINATOR)
async def pause_until(command: PauseUntil, context: Context, rhythms: Rhythms) -> Effects:
    """It goes on by itself."""
    [rhythm] = await rhythms_meant(rhythms, command.rhythm, "")
    until = instant_of(command.until, time(0), rhythm.zone)
    if until <= context.at:
        raise Refusal("That day is over. Please give one that is still to come.", "until")
    await rhythms.pause(rhythm.id, paused=True, until=until)
    words = say(
        "**{name}** rests until {day}.",
        name=rhythm.name,
        day=f"{command.until:%A} {command.until.day} {command.until:%B}",
    )
    return [Reply(card("Paused", words, tone="good"))]


class ResumeRhythm(Command):
    """Go on with a rhythm that rests."""

    which: str = WHICH
    rhythm: Annotated[int, Hidden] = 0


@feature.command("rhythm resume", id="rhythm.resume", role=Role.COORDINATOR)
async def resume(command: ResumeRhythm, context: Context, rhythms: Rhythms) -> Effects:
    """With its next date; nothing is made up for."""
    found = await rhythms_meant(rhythms, command.rhythm, command.which)
    resting = [one for one in found if one.is_paused(context.at)]
    if not resting:
        raise Refusal("It is not paused." if len(found) == 1 else "None of them is paused.")
    if len(resting) > 1:
        return [Reply(which_rhythm(resting, "rhythm.resume"))]
    await rhythms.pause(resting[0].id, paused=False)
    [rhythm] = await rhythms_meant(rhythms, resting[0].id, "")
    words = say(
        "**{name}** goes on. {next}",
        name=rhythm.name,
        next=next_in_words(rhythm, context.community, context.at),
    )
    return [Reply(card("", words, tone="good"))]


class RemoveRhythm(Command):
    """Remove a rhythm for good; what it posted stays."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.remove", role=Role.COORDINATOR)
async def remove(command: RemoveRhythm, context: Context, rhythms: Rhythms) -> Effects:
    """Its figures go with it."""
    [rhythm] = await rhythms_meant(rhythms, command.rhythm, "")
    await rhythms.drop(rhythm.id)
    words = say("**{name}** is removed. Its deck and its posts stay.", name=rhythm.name)
    return [*unplanned(rhythm.id), Reply(card("", words, tone="good"))]


# Preview and post ----------------------------------------------------------------------------------


class PreviewPrompt(Command):
    """Show me the next prompt as it would be posted."""

    which: str = WHICH
    rhythm: Annotated[int, Hidden] = 0


@feature.command("rhythm preview", id="rhythm.preview", handler_authorizes=True)
async def preview(
    command: PreviewPrompt, context: Context, people: People, rhythms: Rhythms, decks: Decks
) -> Effects:
    """For the asker alone: coordinators, and whoever facilitates it."""
    found = await _theirs(await rhythms_meant(rhythms, command.rhythm, command.which), context, rhythms)
    if len(found) > 1:
        return [Reply(which_rhythm(found, "rhythm.preview"))]
    [rhythm] = found
    prompt = await prompt_for(rhythm, decks)
    if prompt is None:
        raise Refusal("Its deck is empty. Add prompts: /coordinate rhythm deck")
    shown = prompt_card(rhythm, prompt, await host_of(rhythm, people))
    when = next_in_words(rhythm, context.community, context.at)
    button = Buttons((Button("Post it now", "rhythm.post_now", {"rhythm": rhythm.id}),))
    return [
        Reply(Card(shown.title, (*shown.parts, button, Small(say("Only you see this. {when}", when=when)))))
    ]


class PostPrompt(Command):
    """Post the next prompt of a rhythm now."""

    which: str = WHICH
    rhythm: Annotated[int, Hidden] = 0
    again: Annotated[bool, Hidden] = False


@feature.command("rhythm post", id="rhythm.post_now", handler_authorizes=True)
async def post_now(
    command: PostPrompt, context: Context, people: People, rhythms: Rhythms, decks: Decks
) -> Effects:
    """In between: its dates stay as they are. Public, hence asked twice if there was one an hour ago."""
    found = await _theirs(await rhythms_meant(rhythms, command.rhythm, command.which), context, rhythms)
    if len(found) > 1:
        return [Reply(which_rhythm(found, "rhythm.post_now"))]
    rhythm = await rhythms.hold(found[0].id)
    assert rhythm is not None
    _refuse_silence(context, rhythm)
    last = await rhythms.latest(rhythm.id, 1, DateOutcome.POSTED)
    if (
        last
        and last[0].posted_at is not None
        and context.at - last[0].posted_at < JUST_NOW
        and not command.again
    ):
        return [Reply(_really(rhythm, last[0].posted_at))]
    prompt = await prompt_for(rhythm, decks)
    if prompt is None:
        raise Refusal("Its deck is empty. Add prompts: /coordinate rhythm deck")
    key = f"rhythm:{rhythm.id}:{context.at:%Y%m%dT%H%M%S.%f}"
    await rhythms.record(
        rhythm.id,
        key,
        local_date(context.at, rhythm.zone),
        context.at,
        DateOutcome.POSTED,
        prompt=prompt.id,
        deck=rhythm.deck,
        posted_at=context.at,
        by_hand=True,
    )
    await decks.use(prompt.id, context.at)
    answer = say(
        "It is on its way to {place}. {next}",
        place=Channel(rhythm.space, rhythm.place),
        next=next_in_words(rhythm, context.community, context.at),
    )
    shown = prompt_card(rhythm, prompt, await host_of(rhythm, people))
    return [post(rhythm, shown, key), Reply(card("", answer, tone="good"))]


def _really(rhythm: Rhythm, at: datetime) -> Card:
    return card(
        "",
        say(
            "The last prompt was posted at {when}. Shall I post another one?",
            when=moment_in_words(at, rhythm.zone),
        ),
        Buttons((Button("Post another", "rhythm.post_now", {"rhythm": rhythm.id, "again": True}),)),
    )


def _refuse_silence(context: Context, rhythm: Rhythm) -> None:
    if context.community.begun_at is None:
        raise Refusal("We have not begun yet, so I stay silent. /coordinate desk shows the first steps.")
    if context.community.is_hushed(context.at):
        raise Refusal("I am hushed, so I post no prompt. Let me speak again first: /coordinate desk")
    if rhythm.gone:
        raise Refusal("Its channel is gone. Choose another one: /coordinate rhythm edit")


async def _theirs(found: list[Rhythm], context: Context, rhythms: Rhythms) -> list[Rhythm]:
    """Those of these rhythms which the asker may post: all for coordinators, else what they facilitate."""
    if Role.COORDINATOR in context.roles:
        return found
    me = context.member.id
    mine = [
        one
        for one in found
        if me in (one.led_by, one.host) or me in {turn.member for turn in await rhythms.volunteers(one.id)}
    ]
    if not mine:
        raise Refusal("Only coordinators and whoever facilitates it can do that.")
    return mine


def _lines(lines: list[Text]) -> Text:
    """One below the other."""
    text = lines[0]
    for line in lines[1:]:
        text = say("{above}\n{line}", above=text, line=line)
    return text
