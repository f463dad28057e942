"""Making a rhythm and changing one: a form, an echo in words with the next dates, and then *Save*."""

from typing import Annotated, ClassVar, Literal

import msgspec
from pydantic import Field

from facilitation.core.values.cards import Button, Buttons, Card, Channel, Option
from facilitation.core.values.commands import Command, Context, Prefill, Role
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import ChannelHandle, Hidden, MemberId, ZoneName
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import card, say
from facilitation.rhythm.deck_commands import built_in
from facilitation.rhythm.drafts import Proposal, proposal_of, proposed, refuse_impossible
from facilitation.rhythm.feature import feature
from facilitation.rhythm.rule_parser import LONGEST, read_rule
from facilitation.rhythm.rule_words import in_words, moment_in_words
from facilitation.rhythm.schedule import planned_anew, schedule_of
from facilitation.rhythm.selection import decks_meant, rhythms_meant, which_rhythm
from storage.communities import People, Use
from storage.communities import Spot as ChannelSpot
from storage.rhythm import LONGEST_NAME, Decks, Leader, Rhythms

# The forms -----------------------------------------------------------------------------------------


class NewRhythm(Command):
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


@feature.form(NewRhythm)
async def open_new(context: Context, given: Prefill, people: People, decks: Decks) -> Effects:
    """The form with the decks to choose from; typed in full, nothing needs to open."""
    if all(given.values.get(name) for name in NewRhythm.model_fields):
        return []
    spot = await _likely_channel(people)
    filled = {"when": "every week on tue at 10:00"} | ({"channel": spot.handle} if spot else {})
    return [OpenForm(NewRhythm, filled, {"deck": await _deck_options(decks)})]


@feature.command("rhythm new", id="rhythm.draft", role=Role.COORDINATOR)
async def new(
    command: NewRhythm, context: Context, people: People, rhythms: Rhythms, decks: Decks
) -> Effects:
    """Echo it; nothing is made yet."""
    rule = read_rule(command.when)
    spot = await _channel(people, context, command.channel)
    proposal = Proposal(
        name=" ".join(command.name.split()),
        channel=spot.id,
        space=spot.space,
        place=spot.handle,
        deck=await _deck(decks, command.deck, context),
        rrule=rule.rrule,
        at=rule.at,
        zone=context.community.zone or "UTC",
        start=local_date(context.at, context.community.zone),
    )
    return await proposed(proposal, None, context, rhythms, decks)


class StartWithPrompts(Command):
    """Start with a prompt on Tuesdays."""


@feature.action(id="rhythm.draft_tuesday_prompt", role=Role.COORDINATOR)
async def start(
    command: StartWithPrompts, context: Context, people: People, rhythms: Rhythms, decks: Decks
) -> Effects:
    """The rhythm that most communities begin with, to be looked at before it is saved."""
    spot = await _likely_channel(people)
    if spot is None:
        raise Refusal("I see no channel to post in yet. Choose channels first: /coordinate settings")
    await decks.stock(built_in(), context.at)
    rule = read_rule("every week on tue at 10:00")
    proposal = Proposal(
        name="Tuesday prompt",
        channel=spot.id,
        space=spot.space,
        place=spot.handle,
        deck=next(deck.id for deck in await decks.all() if deck.slug == "seeking-experience"),
        rrule=rule.rrule,
        at=rule.at,
        zone=context.community.zone or "UTC",
        start=local_date(context.at, context.community.zone),
    )
    return await proposed(proposal, None, context, rhythms, decks)


class EditRhythm(Command):
    """Change a rhythm."""

    which: str = Field(default="", title="Rhythm", description="its name, or the beginning of it")


@feature.form(EditRhythm)
async def open_edit(
    context: Context, given: Prefill, people: People, rhythms: Rhythms, decks: Decks
) -> Effects:
    """The form of the rhythm that is meant; while that is not clear, no form but a menu."""
    found = await rhythms_meant(rhythms, 0, str(given.values.get("which", "")))
    if len(found) > 1:
        return []
    return [await _open(found[0].id, 0, proposal_of(found[0]), context, people, decks)]


@feature.command("rhythm edit", id="rhythm.edit", role=Role.COORDINATOR)
async def edit(command: EditRhythm, context: Context, rhythms: Rhythms) -> Effects:
    """Ask which one."""
    return [Reply(which_rhythm(await rhythms_meant(rhythms, 0, command.which), "rhythm.draft_change"))]


class ChangeRhythm(Command):
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


@feature.form(ChangeRhythm)
async def open_change(
    context: Context, given: Prefill, people: People, rhythms: Rhythms, decks: Decks
) -> Effects:
    """The form as the rhythm is stored, or as it was filled in a moment ago."""
    draft = _number(given, "draft")
    drafted = await rhythms.drafted(draft, context.member.id)
    if drafted is not None:
        number, filled = drafted
        proposal = msgspec.json.decode(filled, type=Proposal)
        return [await _open(number or 0, draft, proposal, context, people, decks)]
    [rhythm] = await rhythms_meant(rhythms, _number(given, "rhythm") or -1, "")
    return [await _open(rhythm.id, 0, proposal_of(rhythm), context, people, decks)]


@feature.action(id="rhythm.draft_change", role=Role.COORDINATOR)
async def change(
    command: ChangeRhythm, context: Context, people: People, rhythms: Rhythms, decks: Decks
) -> Effects:
    """Echo it; nothing is changed yet. A beat that stays as it was keeps counting from where it began."""
    rule = read_rule(command.when)
    spot = await _channel(people, context, command.channel)
    before = (await rhythms_meant(rhythms, command.rhythm, ""))[0] if command.rhythm else None
    is_same = before is not None and schedule_of(before).rule == rule and before.zone == command.zone
    if command.leader == "fixed" and command.led_by is None:
        raise Refusal("Please say who.", "led_by")
    proposal = Proposal(
        name=" ".join(command.name.split()),
        channel=spot.id,
        space=spot.space,
        place=spot.handle,
        deck=await _deck(decks, command.deck, context),
        rrule=rule.rrule,
        at=rule.at,
        zone=command.zone,
        start=before.start if before is not None and is_same else local_date(context.at, command.zone),
        leader=command.leader,
        led_by=command.led_by if command.leader == "fixed" else None,
        holidays=command.holidays,
        yields=command.yields,
    )
    return await proposed(proposal, before, context, rhythms, decks)


# Saving --------------------------------------------------------------------------------------------


class SaveRhythm(Command):
    """Save the rhythm as it was shown."""

    draft: Annotated[int, Hidden]


@feature.action(id="rhythm.save_draft", role=Role.COORDINATOR)
async def save(command: SaveRhythm, context: Context, rhythms: Rhythms, decks: Decks) -> Effects:
    """From now on it beats so. What is due at this very moment still comes by the rule before."""
    drafted = await rhythms.drafted(command.draft, context.member.id)
    if drafted is None:
        raise Refusal(
            "That was saved already, or is from an earlier form. /coordinate rhythm list shows all."
        )
    number, filled = drafted
    proposal = msgspec.json.decode(filled, type=Proposal)
    await refuse_impossible(proposal, number, rhythms, decks)
    before = await rhythms.hold(number) if number is not None else None
    saved = await rhythms.put(
        number,
        context.at,
        name=proposal.name,
        channel_id=proposal.channel,
        deck_id=proposal.deck,
        rrule=proposal.rrule,
        local_at=proposal.at,
        zone=proposal.zone,
        start=proposal.start,
        leader=proposal.leader,
        led_by_id=proposal.led_by,
        holidays=proposal.holidays,
        yields=proposal.yields,
    )
    if saved is None:
        raise Refusal("Something it needs is no longer there. Please make it anew: /coordinate rhythm new")
    await rhythms.drop_draft(command.draft)
    after = await rhythms.get(saved)
    assert after is not None
    effects = await planned_anew(rhythms, before or after, context.at)
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


async def _open(
    number: int, draft: int, proposal: Proposal, context: Context, people: People, decks: Decks
) -> OpenForm:
    deck = await decks.get(proposal.deck)
    # A form shows a person by the platform's handle.
    leader = await people.names([proposal.led_by] if proposal.led_by is not None else [], context.space)
    filled = {
        "rhythm": number,
        "draft": draft,
        "name": proposal.name,
        "channel": proposal.place,
        "deck": deck.name if deck else "",
        "when": in_words(proposal.schedule.rule),
        "zone": proposal.zone,
        "leader": proposal.leader,
        "led_by": next((handle for _, handle in leader.values() if handle), None),
        "holidays": proposal.holidays,
        "yields": proposal.yields,
    }
    return OpenForm(ChangeRhythm, filled, {"deck": await _deck_options(decks)})


async def _deck_options(decks: Decks) -> tuple[Option, ...]:
    """The decks that have prompts; before anybody has looked at decks, the built-in ones."""
    there = [deck for deck in await decks.all() if deck.ready]
    own = {deck.slug for deck in there}
    names = [deck.name for deck in there] + [deck.name for deck in built_in() if deck.slug not in own]
    return tuple(Option(name, name) for name in names)


async def _deck(decks: Decks, name: str, context: Context) -> int:
    await decks.stock(built_in(), context.at)
    found = await decks_meant(decks, 0, name)
    if len(found) > 1:
        names = ", ".join(f"“{deck.name}”" for deck in found[:4])
        raise Refusal(f"That may be {names}. Please give the whole name.", "deck")
    return found[0].id


async def _channel(people: People, context: Context, handle: str) -> ChannelSpot:
    spot = await people.spot(context.space, handle)
    if spot is None or spot.archived:
        raise Refusal("That channel is archived, or I cannot see it.", "channel")
    return spot


async def _likely_channel(people: People) -> ChannelSpot | None:
    """Where most communities would want prompts: where people arrive, else any channel of theirs."""
    spots = [spot for spot in await people.spots() if not spot.archived and not spot.private]
    for use in (Use.WELCOME, Use.RECAP):
        found = next((spot for spot in spots if use in spot.uses), None)
        if found is not None:
            return found
    return next(iter(spots), None)


def _number(given: Prefill, name: str) -> int:
    """An id that a button or menu carried; 0 for none."""
    value = str(given.values.get(name, ""))
    return int(value) if value.isdecimal() else 0
