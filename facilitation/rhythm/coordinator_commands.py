"""Coordinators' commands for rhythms: list, export, pause, remove, preview and post. `forms.py` makes them.

The facilitators of a rhythm may also preview and post its prompts.
"""

from datetime import timedelta
from typing import Annotated

from facilitation.core.features.schedules import PauseUntil, Pausing
from facilitation.core.values.cards import Button, Buttons, Card, Channel, File, Item, Items, Small
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import card, join, say
from facilitation.rhythm import cards, keys
from facilitation.rhythm.feature import feature
from facilitation.rhythm.figures import Figures, figures_of, history_in_words
from facilitation.rhythm.posting import facilitator_of, next_prompt, prompt_post
from facilitation.rhythm.rule_words import schedule_in_words
from facilitation.rhythm.schedule import cancel_plans, next_in_words, schedule_of
from facilitation.rhythm.selection import RHYTHM, WHICH, get_rhythm, matching_rhythms
from facilitation.rhythm.services import RhythmServices
from storage.communities import People
from storage.rhythm import DateOutcome, Decks, Prompt, Rhythm, Rhythms

JUST_NOW = timedelta(hours=1)


# List ----------------------------------------------------------------------------------------------


class ListRhythms(Command):
    """The rhythms: when they come, and how people answer."""


@feature.command("rhythm list", id="rhythm.list", role=Role.COORDINATOR, read_only=True)
async def list_rhythms(command: ListRhythms, context: Context, services: RhythmServices) -> Effects:
    """Every rhythm with its schedule, its next date and how its last prompt was answered."""
    rhythms = await services.rhythms.all()
    if not rhythms:
        return [Reply(_none_yet())]
    names = {deck.id: deck.name for deck in await services.decks.all()}
    items = []
    for rhythm in rhythms:
        figures = await figures_of(rhythm, services)
        items.append(_item(rhythm, names.get(rhythm.deck, ""), figures, context))
    more = [Button("New rhythm", "rhythm.draft"), Button("Decks", "rhythm.list_decks")]
    if not all(rhythm.is_paused(context.at) for rhythm in rhythms):
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
            words=schedule_in_words(schedule_of(rhythm)),
            place=Channel(rhythm.space, rhythm.place),
            deck=deck,
        ),
        say("{next}", next=next_in_words(rhythm, context.community)),
        *history_in_words(rhythm, figures),
    ]
    toggle = (
        Button("Resume", "rhythm.resume", {"rhythm": rhythm.id})
        if rhythm.is_paused(context.at)
        else Button("Pause", "rhythm.pause", {"rhythm": rhythm.id})
    )
    buttons = (
        Button("Change", "rhythm.draft_change", {"rhythm": rhythm.id}),
        toggle,
        Button("Preview", "rhythm.preview", {"rhythm": rhythm.id}),
        Button("Answers", "rhythm.show_responses", {"rhythm": rhythm.id}),
    )
    return Item(say("**{name}**", name=rhythm.name), join(lines, "\n"), buttons)


class ExportCalendar(Command):
    """The rhythms as a file for your own calendar."""


@feature.action(id="rhythm.export_calendar", role=Role.COORDINATOR, read_only=True)
async def export_calendar(
    command: ExportCalendar, context: Context, rhythms: Rhythms, people: People
) -> Effects:
    """A calendar file of the rhythms that are not paused."""
    from facilitation.rhythm.calendar_file import calendar_of  # noqa: PLC0415  # slow to import, rarely needed

    known = await rhythms.all()
    if all(rhythm.is_paused(context.at) for rhythm in known):
        raise Refusal("No rhythm is going on, so there is nothing to put into a calendar.")
    places = {spot.id: spot.name for spot in await people.spots()}
    data = calendar_of(context.community.name, known, places, context.at)
    words = say(
        "Open it with your calendar. It has the rhythms as they are today, and no changes of tomorrow: "
        "dates that a holiday will skip stand in it too."
    )
    return [Reply(card("Calendar file", words, File("rhythms.ics", data, "The rhythms that are going on")))]


# Pause, resume and remove --------------------------------------------------------------------------

PAUSING = Pausing(
    RHYTHM,
    pause="rhythm.pause",
    pause_until="rhythm.pause_until",
    resume="rhythm.resume",
    end="rhythm.remove",
    end_label="Remove it",
    consequence=say("What would have come is skipped."),
)


class PauseRhythm(Command):
    """Let a rhythm rest; its dates are skipped, not made up for."""

    which: str = WHICH
    rhythm: Annotated[int, Hidden] = 0


@feature.command("rhythm pause", id="rhythm.pause", role=Role.COORDINATOR)
async def pause(command: PauseRhythm, context: Context, rhythms: Rhythms) -> Effects:
    """Pause until somebody resumes it."""
    return await PAUSING.pause_now(rhythms, await matching_rhythms(rhythms, command.rhythm, command.which))


class PauseRhythmUntil(PauseUntil):
    """Let a rhythm rest until a date."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.pause_until", role=Role.COORDINATOR)
async def pause_until(command: PauseRhythmUntil, context: Context, rhythms: Rhythms) -> Effects:
    """Pause until a day begins; then the rhythm goes on by itself."""
    rhythm = await get_rhythm(rhythms, command.rhythm)
    return await PAUSING.pause_until_day(rhythms, rhythm, command.until, context.at)


class ResumeRhythm(Command):
    """Go on with a rhythm that rests."""

    which: str = WHICH
    rhythm: Annotated[int, Hidden] = 0


@feature.command("rhythm resume", id="rhythm.resume", role=Role.COORDINATOR)
async def resume(command: ResumeRhythm, context: Context, rhythms: Rhythms) -> Effects:
    """Go on with the next date; skipped ones are not made up for."""
    found = await matching_rhythms(rhythms, command.rhythm, command.which)
    return await PAUSING.resume_now(
        rhythms, found, context.at, lambda rhythm: next_in_words(rhythm, context.community)
    )


class RemoveRhythm(Command):
    """Remove a rhythm for good; what it posted stays."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.remove", role=Role.COORDINATOR)
async def remove(command: RemoveRhythm, context: Context, rhythms: Rhythms) -> Effects:
    """Remove a rhythm with its figures."""
    rhythm = await get_rhythm(rhythms, command.rhythm)
    await rhythms.drop(rhythm.id)
    words = say("**{name}** is removed. Its deck and its posts stay.", name=rhythm.name)
    return [*cancel_plans(rhythm.id), Reply(card("", words, tone="good"))]


# Preview and post ----------------------------------------------------------------------------------


class PreviewPrompt(Command):
    """Show me the next prompt as it would be posted."""

    which: str = WHICH
    rhythm: Annotated[int, Hidden] = 0


@feature.command("rhythm preview", id="rhythm.preview", handler_authorizes=True, read_only=True)
async def preview(command: PreviewPrompt, context: Context, services: RhythmServices) -> Effects:
    """The next prompt, for coordinators and for those who facilitate the rhythm."""
    found = await _permitted(command.rhythm, command.which, context, services.rhythms)
    if len(found) > 1:
        return [Reply(RHYTHM.menu(found, "rhythm.preview"))]
    [rhythm] = found
    prompt = await _next_prompt(rhythm, services.decks)
    message = cards.prompt(rhythm, prompt, await facilitator_of(rhythm, services.people))
    when = next_in_words(rhythm, context.community)
    button = Buttons((Button("Post it now", "rhythm.post_now", {"rhythm": rhythm.id}),))
    foot = Small(say("Only you see this. {when}", when=when))
    return [Reply(Card(message.title, (*message.parts, button, foot)))]


class PostPrompt(Command):
    """Post the next prompt of a rhythm now."""

    which: str = WHICH
    rhythm: Annotated[int, Hidden] = 0
    again: Annotated[bool, Hidden] = False


@feature.command("rhythm post", id="rhythm.post_now", handler_authorizes=True)
async def post_now(command: PostPrompt, context: Context, services: RhythmServices) -> Effects:
    """Post the next prompt, which is public; if the last one is less than an hour old, ask first.

    The dates of the rhythm stay as they are.
    """
    rhythms, decks = services.rhythms, services.decks
    found = await _permitted(command.rhythm, command.which, context, rhythms)
    if len(found) > 1:
        return [Reply(RHYTHM.menu(found, "rhythm.post_now"))]
    rhythm = await rhythms.hold(found[0].id)
    assert rhythm is not None
    _check_silence(context, rhythm)
    latest = await rhythms.latest(rhythm.id, 1, DateOutcome.POSTED)
    last = latest[0].posted_at if latest else None
    if last is not None and context.at - last < JUST_NOW and not command.again:
        return [Reply(cards.post_another(rhythm, last))]
    prompt = await _next_prompt(rhythm, decks)
    key = keys.prompt_by_hand(rhythm.id, context.at)
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
    words = say(
        "It is on its way to {place}. {next}",
        place=Channel(rhythm.space, rhythm.place),
        next=next_in_words(rhythm, context.community),
    )
    message = cards.prompt(rhythm, prompt, await facilitator_of(rhythm, services.people))
    return [prompt_post(rhythm, message, key), Reply(card("", words, tone="good"))]


async def _permitted(id_: int, name: str, context: Context, rhythms: Rhythms) -> list[Rhythm]:
    """The rhythms that a command may mean and whose prompts the sender may see and post.

    Those are all for coordinators, else the ones they facilitate. Raises Refusal for none.
    """
    found = await matching_rhythms(rhythms, id_, name)
    if Role.COORDINATOR in context.roles:
        return found
    me = context.member.id
    mine = [
        one
        for one in found
        if me in (one.led_by, one.host) or me in {turn.member for turn in await rhythms.volunteers(one.id)}
    ]
    if not mine:
        raise Refusal("Only coordinators and its facilitator can do that.")
    return mine


async def _next_prompt(rhythm: Rhythm, decks: Decks) -> Prompt:
    """The next prompt of a rhythm. Raises Refusal if its deck is empty."""
    prompt = await next_prompt(rhythm, decks)
    if prompt is None:
        raise Refusal("Its deck is empty. Add prompts: /coordinate rhythm deck")
    return prompt


def _check_silence(context: Context, rhythm: Rhythm) -> None:
    """Raise Refusal before *Begin*, during a hush, and if the channel is gone."""
    if context.community.begun_at is None:
        raise Refusal("We have not begun yet, so I stay silent. /coordinate desk shows the first steps.")
    if context.community.is_hushed(context.at):
        raise Refusal("I am hushed, so I post no prompt. Let me speak again first: /coordinate desk")
    if rhythm.gone:
        raise Refusal("Its channel is gone. Choose another one: /coordinate rhythm edit")
