"""Making and changing a rhythm: a form, the draft in words with its next dates, and then *Save*."""

from typing import Annotated, ClassVar, Literal

import msgspec
from pydantic import Field

from facilitation.core.values.cards import Button, Buttons, Card, Channel, Option
from facilitation.core.values.commands import Command, Context, Prefill, Role
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import ChannelHandle, Hidden, MemberId, ZoneName
from facilitation.core.values.local_time import local_date, moment_in_words
from facilitation.core.values.speech import card, say
from facilitation.rhythm.built_in_decks import built_in_decks
from facilitation.rhythm.drafts import Draft, check_draft, draft_of, show_draft
from facilitation.rhythm.feature import feature
from facilitation.rhythm.recurrence import Rule
from facilitation.rhythm.rule_parser import LONGEST, parse_rule
from facilitation.rhythm.rule_words import rule_in_words
from facilitation.rhythm.schedule import replan, schedule_of
from facilitation.rhythm.selection import RHYTHM, get_rhythm, matching_decks, matching_rhythms
from facilitation.rhythm.services import RhythmServices
from storage.communities import People, Use
from storage.communities import Spot as ChannelSpot
from storage.rhythm import LONGEST_NAME, Decks, Leader, Rhythms

# The forms -----------------------------------------------------------------------------------------


class DraftRhythm(Command):
    """Make a rhythm: prompts in a channel, on a beat."""

    heading: ClassVar[str] = "A new rhythm"
    submit: ClassVar[str] = "Show me"

    name: str = Field(title="Name", description="such as Tuesday prompt", max_length=LONGEST_NAME)
    channel: ChannelHandle = Field(title="Channel", description="where the prompts are posted")
    deck: str = Field(title="Deck", description="which prompts", max_length=LONGEST_NAME)
    when: str = Field(
        title="When",
        description="such as every 2 weeks on tue at 10:00, weekdays at 9, last fri at 16:00",
        max_length=LONGEST,
    )


@feature.form(DraftRhythm)
async def open_draft(context: Context, prefill: Prefill, people: People, decks: Decks) -> Effects:
    """The form, with a choice of decks. None opens if everything was typed."""
    if all(prefill.values.get(name) for name in DraftRhythm.model_fields):
        return []
    spot = await _likely_channel(people)
    filled = {"when": "every week on tue at 10:00"} | ({"channel": spot.handle} if spot else {})
    return [OpenForm(DraftRhythm, filled, {"deck": await _deck_options(decks)})]


@feature.command("rhythm new", id="rhythm.draft", role=Role.COORDINATOR)
async def draft(command: DraftRhythm, context: Context, services: RhythmServices) -> Effects:
    """Store a draft, and show it; no rhythm exists yet."""
    rule = parse_rule(command.when)
    spot = await _channel(services.people, context, command.channel)
    deck = await _deck(services.decks, command.deck, context)
    new = _new_draft(" ".join(command.name.split()), spot, deck, rule, context)
    return await show_draft(new, None, context, services)


class DraftTuesdayPrompt(Command):
    """Start with a prompt on Tuesdays."""


@feature.action(id="rhythm.draft_tuesday_prompt", role=Role.COORDINATOR)
async def draft_tuesday_prompt(
    command: DraftTuesdayPrompt, context: Context, services: RhythmServices
) -> Effects:
    """Store and show a draft of the rhythm that most communities begin with."""
    decks = services.decks
    spot = await _likely_channel(services.people)
    if spot is None:
        raise Refusal("I see no channel to post in yet. Choose channels first: /coordinate settings")
    await decks.stock(built_in_decks(), context.at)
    rule = parse_rule("every week on tue at 10:00")
    deck = next(deck.id for deck in await decks.all() if deck.slug == "seeking-experience")
    new = _new_draft("Tuesday prompt", spot, deck, rule, context)
    return await show_draft(new, None, context, services)


def _new_draft(name: str, spot: ChannelSpot, deck: int, rule: Rule, context: Context) -> Draft:
    """A draft in the community's zone that starts today."""
    zone = context.community.zone
    return Draft(
        name=name,
        channel=spot.id,
        space=spot.space,
        place=spot.handle,
        deck=deck,
        rrule=rule.rrule,
        at=rule.at,
        zone=zone or "UTC",
        start=local_date(context.at, zone),
    )


class EditRhythm(Command):
    """Change a rhythm."""

    which: str = Field(default="", title="Rhythm", description="its name, or the beginning of it")


@feature.form(EditRhythm)
async def open_edit(context: Context, prefill: Prefill, services: RhythmServices) -> Effects:
    """The form of the rhythm that is meant. None opens if that may be several."""
    found = await matching_rhythms(services.rhythms, 0, str(prefill.values.get("which", "")))
    if len(found) > 1:
        return []
    return [await _form(found[0].id, 0, draft_of(found[0]), context, services)]


@feature.command("rhythm edit", id="rhythm.edit", role=Role.COORDINATOR, read_only=True)
async def edit(command: EditRhythm, context: Context, rhythms: Rhythms) -> Effects:
    """Ask which rhythm to change."""
    found = await matching_rhythms(rhythms, 0, command.which)
    return [Reply(RHYTHM.menu(found, "rhythm.draft_change"))]


class DraftChange(Command):
    """Change when, where and what a rhythm posts."""

    heading: ClassVar[str] = "Change a rhythm"
    submit: ClassVar[str] = "Show me"

    rhythm: Annotated[int, Hidden] = 0
    draft: Annotated[int, Hidden] = 0
    name: str = Field(title="Name", description="such as Tuesday prompt", max_length=LONGEST_NAME)
    channel: ChannelHandle = Field(title="Channel", description="where the prompts are posted")
    deck: str = Field(title="Deck", description="which prompts", max_length=LONGEST_NAME)
    when: str = Field(title="When", description="such as every 2 weeks on tue at 10:00", max_length=LONGEST)
    zone: ZoneName = Field(default="UTC", title="Time zone", description="whose clock is meant")
    leader: Literal["none", "fixed", "rotating"] = Field(
        default="none",
        title="Facilitator",
        description="nobody, always the same person, or volunteers in turn",
    )
    led_by: MemberId | None = Field(
        default=None, title="Who facilitates", description="if it is always the same person"
    )
    holidays: bool = Field(
        default=True, title="Rest on public holidays", description="those of the country in the settings"
    )
    yields: bool = Field(
        default=False,
        title="Wait for conversations",
        description="up to an hour, while people talk in the channel",
    )


@feature.form(DraftChange)
async def open_draft_change(context: Context, prefill: Prefill, services: RhythmServices) -> Effects:
    """The form, filled with the draft that a button names, else with the stored rhythm."""
    rhythms = services.rhythms
    draft_id = _id_in(prefill, "draft")
    drafted = await rhythms.drafted(draft_id, context.member.id)
    if drafted is not None:
        rhythm_id, filled = drafted
        stored = msgspec.json.decode(filled, type=Draft)
        return [await _form(rhythm_id or 0, draft_id, stored, context, services)]
    rhythm = await get_rhythm(rhythms, _id_in(prefill, "rhythm"))
    return [await _form(rhythm.id, 0, draft_of(rhythm), context, services)]


@feature.action(id="rhythm.draft_change", role=Role.COORDINATOR)
async def draft_change(command: DraftChange, context: Context, services: RhythmServices) -> Effects:
    """Store a draft of the change, and show it; the rhythm is as before.

    If rule and zone stay the same, weeks keep counting from the same day.
    """
    rule = parse_rule(command.when)
    spot = await _channel(services.people, context, command.channel)
    before = await get_rhythm(services.rhythms, command.rhythm) if command.rhythm else None
    is_same = before is not None and schedule_of(before).rule == rule and before.zone == command.zone
    if command.leader == "fixed" and command.led_by is None:
        raise Refusal("Please say who.", "led_by")
    changed = Draft(
        name=" ".join(command.name.split()),
        channel=spot.id,
        space=spot.space,
        place=spot.handle,
        deck=await _deck(services.decks, command.deck, context),
        rrule=rule.rrule,
        at=rule.at,
        zone=command.zone,
        start=before.start if before is not None and is_same else local_date(context.at, command.zone),
        leader=command.leader,
        led_by=command.led_by if command.leader == "fixed" else None,
        holidays=command.holidays,
        yields=command.yields,
    )
    return await show_draft(changed, before, context, services)


# Saving --------------------------------------------------------------------------------------------


class SaveDraft(Command):
    """Save the rhythm as it was shown."""

    draft: Annotated[int, Hidden]


@feature.action(id="rhythm.save_draft", role=Role.COORDINATOR)
async def save_draft(command: SaveDraft, context: Context, rhythms: Rhythms, decks: Decks) -> Effects:
    """Make the draft a rhythm, or change the rhythm; a date that is due already is still posted."""
    drafted = await rhythms.drafted(command.draft, context.member.id)
    if drafted is None:
        raise Refusal(
            "That was saved already, or is from an earlier form. /coordinate rhythm list shows all."
        )
    number, filled = drafted
    draft = msgspec.json.decode(filled, type=Draft)
    await check_draft(draft, number, rhythms, decks)
    before = await rhythms.hold(number) if number is not None else None
    saved = await rhythms.put(
        number,
        context.at,
        name=draft.name,
        channel_id=draft.channel,
        deck_id=draft.deck,
        rrule=draft.rrule,
        local_at=draft.at,
        zone=draft.zone,
        start=draft.start,
        leader=draft.leader,
        led_by_id=draft.led_by,
        holidays=draft.holidays,
        yields=draft.yields,
    )
    if saved is None:
        raise Refusal("Something it needs is no longer there. Please make it anew: /coordinate rhythm new")
    await rhythms.drop_draft(command.draft)
    after = await rhythms.get(saved)
    assert after is not None
    effects = await replan(rhythms, before or after, context.at)
    return [*effects, Reply(await _saved(saved, context, rhythms))]


async def _saved(saved: int, context: Context, rhythms: Rhythms) -> Card:
    rhythm = await rhythms.get(saved)
    assert rhythm is not None
    place = Channel(rhythm.space, rhythm.place)
    when = moment_in_words(rhythm.next_at, rhythm.zone) if rhythm.next_at is not None else "soon"
    parts = [say("**{name}** comes in {place}, next on {when}.", name=rhythm.name, place=place, when=when)]
    if rhythm.leader is Leader.ROTATING:
        parts.append(say("Members can take turns: the button stands in `/cop home`."))
    if context.community.begun_at is None:
        parts.append(say("We have not begun yet: until then its dates are skipped."))
    buttons = Buttons(
        (
            Button("See the first prompt", "rhythm.preview", {"rhythm": rhythm.id}),
            Button("All rhythms", "rhythm.list"),
        )
    )
    return card("Saved", *parts, buttons, tone="good")


# Small parts ---------------------------------------------------------------------------------------


async def _form(
    rhythm_id: int, draft_id: int, draft: Draft, context: Context, services: RhythmServices
) -> OpenForm:
    """The form that changes a rhythm, filled with a draft; an id is 0 if it is not stored yet."""
    deck = await services.decks.get(draft.deck)
    # A form shows a person by the platform's handle.
    leaders = [draft.led_by] if draft.led_by is not None else []
    leader = await services.people.names(leaders, context.space)
    filled = {
        "rhythm": rhythm_id,
        "draft": draft_id,
        "name": draft.name,
        "channel": draft.place,
        "deck": deck.name if deck else "",
        "when": rule_in_words(draft.schedule.rule),
        "zone": draft.zone,
        "leader": draft.leader,
        "led_by": next((handle for _, handle in leader.values() if handle), None),
        "holidays": draft.holidays,
        "yields": draft.yields,
    }
    return OpenForm(DraftChange, filled, {"deck": await _deck_options(services.decks)})


async def _deck_options(decks: Decks) -> tuple[Option, ...]:
    """The decks that have prompts, and the built-in decks that are not stored yet."""
    stored = [deck for deck in await decks.all() if deck.ready]
    slugs = {deck.slug for deck in stored}
    names = [deck.name for deck in stored]
    names += [deck.name for deck in built_in_decks() if deck.slug not in slugs]
    return tuple(Option(name, name) for name in names)


async def _deck(decks: Decks, name: str, context: Context) -> int:
    """The id of the deck of a name. Raises Refusal if that may be several."""
    await decks.stock(built_in_decks(), context.at)
    found = await matching_decks(decks, name)
    if len(found) > 1:
        names = ", ".join(f"“{deck.name}”" for deck in found[:4])
        raise Refusal(f"That may be {names}. Please give the whole name.", "deck")
    return found[0].id


async def _channel(people: People, context: Context, handle: str) -> ChannelSpot:
    """The channel of a handle. Raises Refusal if it is archived or unknown."""
    spot = await people.spot(context.space, handle)
    if spot is None or spot.archived:
        raise Refusal("That channel is archived, or I cannot see it.", "channel")
    return spot


async def _likely_channel(people: People) -> ChannelSpot | None:
    """The channel where prompts most likely belong: the one for welcomes, else recaps, else any."""
    spots = [spot for spot in await people.spots() if not spot.archived and not spot.private]
    for use in (Use.WELCOME, Use.RECAP):
        found = next((spot for spot in spots if use in spot.uses), None)
        if found is not None:
            return found
    return next(iter(spots), None)


def _id_in(prefill: Prefill, name: str) -> int:
    """The id that a button or menu carried, 0 for none."""
    value = str(prefill.values.get(name, ""))
    return int(value) if value.isdecimal() else 0
