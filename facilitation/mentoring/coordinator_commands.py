"""What coordinators do: look at proposals, let them go or skip them, pair two by hand, keep two apart."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.core.people.recipients import to_coordinators
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Item,
    Items,
    Name,
    Part,
    Small,
    Text,
)
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, MemberId
from facilitation.core.values.speech import card, count, say
from facilitation.mentoring import keys, services, times, transitions
from facilitation.mentoring.candidates import has_room
from facilitation.mentoring.feature import feature
from facilitation.mentoring.services import PairServices
from storage.mentoring import LIVE, Pair, Review, Rounds, Seeking, Stage, Standing

PAGE = 8
"""So many proposals are shown at once: an hour a week, on a phone."""


# The review ----------------------------------------------------------------------------------------------


class ReviewPairs(Command):
    """The pairs that wait for your word, and who is without a mentor."""


@feature.command("pairs review", id="mentoring.review_pairs", role=Role.COORDINATOR)
async def review(command: ReviewPairs, context: Context, on: PairServices) -> Effects:
    """All that there is to decide."""
    return [Reply(await _review_card(on))]


async def called(on: PairServices, made: Sequence[Pair]) -> Effects:
    """Tell coordinators that pairs wait for them."""
    wishes = await on.rounds.wishes()
    ignored = (
        say("If ignored: they go out by themselves after three working days.")
        if wishes.review is Review.IN_TIME
        else say("If ignored: nobody is asked, and those who wait go on waiting.")
    )
    message = card(
        "Mentor pairs to look at",
        count(len(made), "One pair waits for your word.", "{n} pairs wait for your word."),
        Buttons((Button("Look at them", "mentoring.review_pairs", style="primary"),)),
        Small(ignored),
    )
    return await to_coordinators(on.people, message, keys.review(made[-1].id))


async def _review_card(on: PairServices) -> Card:
    drafts, waiting = await on.pairs.in_stage(Stage.DRAFT), await on.seeking.requests(Standing.WAITING)
    parts: list[Part] = []
    if drafts:
        parts.append(Items(tuple(_draft(pair) for pair in drafts[:PAGE])))
        if len(drafts) > PAGE:
            more = len(drafts) - PAGE
            parts.append(
                count(
                    more,
                    "One more follows when these are decided.",
                    "{n} more follow when these are decided.",
                )
            )
        last = drafts[-1].id
        everyone = Button("Approve all", "mentoring.approve_all_pairs", {"up_to": last}, style="primary")
        parts.append(Buttons((everyone,)))
    if waiting:
        parts.append(say("**Without a mentor**"))
        parts.append(
            Items(tuple(Item(say("{who}", who=Name(one.member)), _why(one.why)) for one in waiting[:PAGE]))
        )
        more, fit = await on.rounds.more()
        if more:
            parts.append(
                count(
                    more,
                    "One more could be served at a fit of {fit}: `/coordinate pairs propose` does it.",
                    "{n} more could be served at a fit of {fit}: `/coordinate pairs propose` does it.",
                    fit=fit,
                )
            )
        parts.append(Buttons((Button("Match now", "mentoring.match_now"),)))
    if not parts:
        return card("Mentor pairs", "Nothing waits for your word, and nobody is without a mentor.")
    return card(
        "Mentor pairs to look at", *parts, Small(say("The fit runs from 0 to 1,000; only you see it."))
    )


def _draft(pair: Pair) -> Item:
    return Item(
        say(
            "{mentee} with {mentor}, fit {fit}",
            mentee=Name(pair.mentee or 0),
            mentor=Name(pair.mentor or 0),
            fit=pair.fit,
        ),
        say("{reasons}", reasons="; ".join(pair.reasons)),
        (
            Button("Approve", "mentoring.approve_pair", {"pair": pair.id}),
            Button("Skip", "mentoring.skip_pair", {"pair": pair.id}),
        ),
    )


def _why(reason: str) -> Text:
    return say("{reason}", reason=reason) if reason else say("not looked at yet")


class Approve(Command):
    """Let this pair go out."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.approve_pair", role=Role.COORDINATOR)
async def approve(command: Approve, context: Context, on: PairServices) -> Effects:
    """The mentee is asked first."""
    await on.rounds.hold()
    pair = await on.pairs.get(command.pair)
    effects = await transitions.propose(on, pair) if pair is not None and pair.stage is Stage.DRAFT else []
    return [Reply(await _review_card(on)), *effects]


class Skip(Command):
    """Do not ask these two; look for somebody else."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.skip_pair", role=Role.COORDINATOR)
async def skip(command: Skip, context: Context, on: PairServices) -> Effects:
    """The next best is proposed to coordinators instead; nobody else hears of it."""
    await on.rounds.hold()
    pair = await on.pairs.get(command.pair)
    effects: Effects = []
    if pair is not None and pair.stage is Stage.DRAFT:
        effects = await transitions.turn_down(on, pair, "skipped", stage=Stage.DRAFT)
    return [Reply(await _review_card(on)), *effects]


class ApproveAll(Command):
    """Let all pairs go out that were shown."""

    up_to: Annotated[int, Hidden]


@feature.action(id="mentoring.approve_all_pairs", role=Role.COORDINATOR)
async def approve_all(command: ApproveAll, context: Context, on: PairServices) -> Effects:
    """Those that there were when the card was made, and no later ones."""
    await on.rounds.hold()
    effects: Effects = []
    for pair in await on.pairs.in_stage(Stage.DRAFT):
        if pair.id <= command.up_to:
            effects += await transitions.propose(on, pair)
    return [Reply(await _review_card(on)), *effects]


class MatchNow(Command):
    """Look for mentors for all who wait, now."""


@feature.action(id="mentoring.match_now", role=Role.COORDINATOR)
async def match_now(command: MatchNow, context: Context, seeking: Seeking) -> Effects:
    """Between rounds, too."""
    if context.community.begun_at is None:
        raise Refusal("We have not begun yet.")
    if not await seeking.requests(Standing.WAITING):
        return [Reply(card("", "Nobody waits for a mentor."))]
    return [
        Reply(card("", "I am looking. In a moment `/coordinate pairs review` shows what I found.")),
        services.match_now(context.at),
    ]


# By hand -------------------------------------------------------------------------------------------------


class ProposePair(Command):
    """Pair two people by hand: the mentee is asked first, then the mentor."""

    heading: ClassVar[str] = "Propose a pair"
    submit: ClassVar[str] = "Propose"

    mentor: MemberId = Field(title="Mentor", description="who helps")
    mentee: MemberId = Field(title="Mentee", description="who learns")


@feature.command("pairs propose", id="mentoring.propose_pair", role=Role.COORDINATOR)
async def propose(command: ProposePair, context: Context, on: PairServices) -> Effects:
    """Both are asked as always; what either of them wishes in secret holds, and stays secret."""
    await on.rounds.hold()
    mentor, mentee = command.mentor, command.mentee
    if mentor == mentee:
        raise Refusal("A pair is two people.", "mentee")
    if {mentor, mentee} in [{one.one, one.other} for one in await on.seeking.exclusions()]:
        raise Refusal(
            "These two are kept apart. /coordinate pairs exclude shows it, and can lift it.", "mentee"
        )
    if not await has_room(on, mentor):
        raise Refusal("That mentor has as many as they offered to take.", "mentor")
    request = await on.seeking.request_of(mentee)
    if any(one.mentee == mentee for one in await on.pairs.in_stage(*LIVE)):
        raise Refusal("They have a mentor, or one is being found for them.", "mentee")
    is_apart = (mentor, mentee) in await on.seeking.apart()
    pair = Pair(
        0,
        mentor,
        mentee,
        Stage.PROPOSED,
        made_at=context.at,
        asked_at=request.asked_at if request else context.at,
        request=request.id if request and not is_apart else None,
        weeks=(await on.rounds.wishes()).weeks,
        why=transitions.APART if is_apart else "",
    )
    made = await on.pairs.add(pair)
    assert made is not None, "both are members, the house has looked"
    if request is not None and not is_apart:
        await on.seeking.put_request(replace(request, standing=Standing.IN_HAND))
    words = say(
        "I ask {mentee} first, then {mentor}. If it does not come about, neither hears why.",
        mentee=Name(mentee),
        mentor=Name(mentor),
    )
    patience = times.working_days_after(context.at, times.PATIENCE, context.community.zone)
    effects: Effects = (
        [services.at(made, patience)] if is_apart else await transitions.propose(on, replace(pair, id=made))
    )
    return [Reply(card("", words, tone="good")), *effects]


# Kept apart ----------------------------------------------------------------------------------------------


class Exclude(Command):
    """Never pair these two; without names, a list of those kept apart."""

    one: MemberId | None = Field(default=None, title="These two", description="the one")
    other: MemberId | None = Field(default=None, title="And", description="the other")


@feature.command("pairs exclude", id="mentoring.exclude_pair", role=Role.COORDINATOR)
async def exclude(command: Exclude, context: Context, on: PairServices) -> Effects:
    """What was on its way between them is dropped; a pair that is active goes on."""
    await on.rounds.hold()
    if command.one is None and command.other is None:
        return [Reply(await _kept_apart(on.seeking))]
    if command.one is None or command.other is None or command.one == command.other:
        raise Refusal("Please name two people.", "other")
    await on.seeking.exclude(command.one, command.other)
    effects = await transitions.keep_apart(on, command.one, command.other)
    return [Reply(await _kept_apart(on.seeking)), *effects]


class Include(Command):
    """These two may be paired after all."""

    one: Annotated[MemberId, Hidden]
    other: Annotated[MemberId, Hidden]


@feature.action(id="mentoring.lift_exclusion", role=Role.COORDINATOR)
async def include(command: Include, context: Context, seeking: Seeking, rounds: Rounds) -> Effects:
    """What coordinators wrote; nobody’s own list is touched."""
    await rounds.hold()
    await seeking.include(command.one, command.other)
    return [Reply(await _kept_apart(seeking))]


async def _kept_apart(seeking: Seeking) -> Card:
    known = await seeking.exclusions()
    if not known:
        return card("Kept apart", "Nobody. `/coordinate pairs exclude` with two names keeps two apart.")
    items = tuple(
        Item(
            say("{one} and {other}", one=Name(pair.one), other=Name(pair.other)),
            buttons=(Button("Lift", "mentoring.lift_exclusion", {"one": pair.one, "other": pair.other}),),
        )
        for pair in known
    )
    return card("Kept apart", Items(items), Small(say("Neither of them is told.")))
