"""Coordinators' commands: settings, the review of pairs, pairs by hand, exclusions, and the list of pairs."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.core.values.cards import Button, Buttons, Card, Fields, Item, Items, Name, Part, Small, Text
from facilitation.core.values.cards import Field as Row
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import ByName, Hidden, MemberId
from facilitation.core.values.speech import card, count, quoted, say
from facilitation.mentoring import schedule, times, transitions
from facilitation.mentoring.candidates import has_free_place
from facilitation.mentoring.feature import feature
from facilitation.mentoring.services import PairServices
from storage.mentoring import (
    LIVE,
    MentoringSettings,
    Outcomes,
    Pair,
    RequestState,
    Review,
    Rounds,
    Seeking,
    Stage,
)

PAGE = 8
"""The most proposals that a review shows at once."""
FIGURES_OF = timedelta(days=180)
Reviewing = Literal["by a coordinator", "by itself after 3 days", "by itself at once"]
REVIEWS: dict[Reviewing, Review] = {
    "by a coordinator": Review.COORDINATOR,
    "by itself after 3 days": Review.AFTER_THREE_DAYS,
    "by itself at once": Review.AT_ONCE,
}


# Settings ------------------------------------------------------------------------------------------------


class ChangeSettings(Command):
    """How mentor pairs are made: in rounds, at once, with or without your review."""

    heading: ClassVar[str] = "Mentoring settings"

    rounds: Annotated[bool, ByName] = Field(
        default=True, title="A round every month", description="a post to sign up, a week long"
    )
    day: Annotated[int, ByName] = Field(
        default=1, ge=1, le=28, title="Day of the month", description="at a weekend it is the Monday after"
    )
    weeks: Annotated[int, ByName] = Field(
        default=8, ge=4, le=52, title="Weeks for a pair", description="they may go on for longer"
    )
    review: Annotated[Reviewing, ByName] = Field(
        default="by a coordinator",
        title="A pair goes out",
        description="to the mentee first, then to the mentor",
    )
    at_once: Annotated[bool, ByName] = Field(
        default=False, title="Match between rounds", description="requests are matched as they come"
    )


@feature.form(ChangeSettings)
async def open_change_settings(context: Context, rounds: Rounds) -> Effects:
    """The form, filled with the stored settings, or the first time with recommended ones."""
    settings = await rounds.settings()
    if settings == MentoringSettings():
        return [OpenForm(ChangeSettings, {})]
    filled = {
        "rounds": settings.rounds,
        "day": settings.day,
        "weeks": settings.weeks,
        "at_once": settings.at_once,
        "review": next(words for words, review in REVIEWS.items() if review is settings.review),
    }
    return [OpenForm(ChangeSettings, filled)]


@feature.command("pairs settings", id="mentoring.change_settings", role=Role.COORDINATOR)
async def change_settings(command: ChangeSettings, context: Context, services: PairServices) -> Effects:
    """Store the settings, and plan rounds and matching accordingly."""
    await services.rounds.hold()
    settings = MentoringSettings(
        command.rounds, command.day, command.weeks, REVIEWS[command.review], command.at_once
    )
    await services.rounds.put_settings(settings)
    effects: Effects = [
        *await schedule.plan_next_round(services),
        schedule.next_morning_check(context.community, context.at),
    ]
    is_begun = context.community.begun_at is not None
    if command.at_once and is_begun and await services.rounds.current() is None:
        effects.append(schedule.match_now(context.at))
    next_round = schedule.next_round_at(context.community, settings, context.at)
    rows = (
        Row(
            "Rounds",
            say("every month, next on {when}", when=next_round) if command.rounds else say("none"),
        ),
        Row("A pair has", say("{weeks} weeks", weeks=command.weeks)),
        Row("A pair goes out", say("{review}", review=command.review)),
        Row(
            "Between rounds",
            say("requests are matched as they come") if command.at_once else say("requests wait"),
        ),
    )
    return [Reply(card("Mentoring settings saved", Fields(rows), tone="good")), *effects]


# Review --------------------------------------------------------------------------------------------------


class ReviewPairs(Command):
    """The pairs that wait for your word, and who is without a mentor."""


@feature.command("pairs review", id="mentoring.review_pairs", role=Role.COORDINATOR, read_only=True)
async def review_pairs(command: ReviewPairs, context: Context, services: PairServices) -> Effects:
    """The pairs that wait for review, and the requests without a mentor."""
    return [Reply(await _review_card(services))]


async def _review_card(services: PairServices) -> Card:
    drafts = await services.pairs.in_stage(Stage.DRAFT)
    waiting = await services.seeking.requests(RequestState.WAITING)
    parts: list[Part] = []
    if drafts:
        parts.append(Items(tuple(_draft(pair) for pair in drafts[:PAGE])))
        if len(drafts) > PAGE:
            parts.append(
                count(
                    len(drafts) - PAGE,
                    "One more follows when these are decided.",
                    "{n} more follow when these are decided.",
                )
            )
        last = drafts[-1].id
        approve = Button("Approve all", "mentoring.approve_all_pairs", {"up_to": last}, style="primary")
        parts.append(Buttons((approve,)))
    if waiting:
        parts.append(say("**Without a mentor**"))
        parts.append(
            Items(tuple(Item(say("{who}", who=Name(one.member)), _why(one.why)) for one in waiting[:PAGE]))
        )
        more, fit = await services.rounds.more()
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


class ApprovePair(Command):
    """Let this pair go out."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.approve_pair", role=Role.COORDINATOR)
async def approve_pair(command: ApprovePair, context: Context, services: PairServices) -> Effects:
    """Ask the mentee next."""
    await services.rounds.hold()
    pair = await services.pairs.get(command.pair)
    is_draft = pair is not None and pair.stage is Stage.DRAFT
    effects = await transitions.propose(services, pair) if pair is not None and is_draft else []
    return [Reply(await _review_card(services)), *effects]


class SkipPair(Command):
    """Do not ask these two; look for somebody else."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.skip_pair", role=Role.COORDINATOR)
async def skip_pair(command: SkipPair, context: Context, services: PairServices) -> Effects:
    """Replace a pair by one with the next best mentor, which waits for review."""
    await services.rounds.hold()
    pair = await services.pairs.get(command.pair)
    effects: Effects = []
    if pair is not None and pair.stage is Stage.DRAFT:
        effects = await transitions.turn_down(services, pair, "skipped", stage=Stage.DRAFT)
    return [Reply(await _review_card(services)), *effects]


class ApproveAllPairs(Command):
    """Let all pairs go out that were shown."""

    up_to: Annotated[int, Hidden]


@feature.action(id="mentoring.approve_all_pairs", role=Role.COORDINATOR)
async def approve_all_pairs(command: ApproveAllPairs, context: Context, services: PairServices) -> Effects:
    """Ask the mentees of all pairs that existed when the button was shown."""
    await services.rounds.hold()
    effects: Effects = []
    for pair in await services.pairs.in_stage(Stage.DRAFT):
        if pair.id <= command.up_to:
            effects += await transitions.propose(services, pair)
    return [Reply(await _review_card(services)), *effects]


class MatchNow(Command):
    """Look for mentors for all who wait, now."""


@feature.action(id="mentoring.match_now", role=Role.COORDINATOR)
async def match_now(command: MatchNow, context: Context, seeking: Seeking) -> Effects:
    """Match the requests that wait, also between rounds."""
    if context.community.begun_at is None:
        raise Refusal("We have not begun yet.")
    if not await seeking.requests(RequestState.WAITING):
        return [Reply(card("", "Nobody waits for a mentor."))]
    return [
        Reply(card("", "I am looking. In a moment `/coordinate pairs review` shows what I found.")),
        schedule.match_now(context.at),
    ]


# By hand -------------------------------------------------------------------------------------------------


class ProposePair(Command):
    """Pair two people by hand: the mentee is asked first, then the mentor."""

    heading: ClassVar[str] = "Propose a pair"
    submit: ClassVar[str] = "Propose"

    mentor: MemberId = Field(title="Mentor", description="who helps")
    mentee: MemberId = Field(title="Mentee", description="who learns")


@feature.command("pairs propose", id="mentoring.propose_pair", role=Role.COORDINATOR)
async def propose_pair(command: ProposePair, context: Context, services: PairServices) -> Effects:
    """Propose a pair without a matching.

    If one of the two secretly does not want the other, the reply is the same, but nobody is asked: the pair
    ends like one that nobody answers.
    """
    await services.rounds.hold()
    mentor, mentee = command.mentor, command.mentee
    await _check_can_pair(mentor, mentee, services)
    request = await services.seeking.request_of(mentee)
    is_apart = (mentor, mentee) in await services.seeking.apart()
    pair = Pair(
        0,
        mentor,
        mentee,
        Stage.PROPOSED,
        made_at=context.at,
        asked_at=request.asked_at if request else context.at,
        request=request.id if request and not is_apart else None,
        weeks=(await services.rounds.settings()).weeks,
        why=transitions.APART if is_apart else "",
    )
    created = await services.pairs.add(pair)
    assert created is not None, "both are members"
    if request is not None and not is_apart:
        await services.seeking.put_request(replace(request, state=RequestState.IN_HAND))
    words = say(
        "I ask {mentee} first, then {mentor}. If it does not come about, neither hears why.",
        mentee=Name(mentee),
        mentor=Name(mentor),
    )
    deadline = times.working_days_after(context.at, times.ANSWER_WORKING_DAYS, context.community.zone)
    effects: Effects = (
        [schedule.advance_at(created, deadline)]
        if is_apart
        else await transitions.propose(services, replace(pair, id=created))
    )
    return [Reply(card("", words, tone="good")), *effects]


async def _check_can_pair(mentor: int, mentee: int, services: PairServices) -> None:
    """Raise Refusal if coordinators may not pair two members."""
    if mentor == mentee:
        raise Refusal("A pair is two people.", "mentee")
    if {mentor, mentee} in [{one.one, one.other} for one in await services.seeking.exclusions()]:
        raise Refusal(
            "These two are kept apart. /coordinate pairs exclude shows it, and can lift it.", "mentee"
        )
    if not await has_free_place(services, mentor):
        raise Refusal("That mentor has as many as they offered to take.", "mentor")
    if any(one.mentee == mentee for one in await services.pairs.in_stage(*LIVE)):
        raise Refusal("They have a mentor, or one is being found for them.", "mentee")


# Exclusions ----------------------------------------------------------------------------------------------


class ExcludePair(Command):
    """Never pair these two; without names, a list of those kept apart."""

    one: MemberId | None = Field(default=None, title="These two", description="the one")
    other: MemberId | None = Field(default=None, title="And", description="the other")


@feature.command("pairs exclude", id="mentoring.exclude_pair", role=Role.COORDINATOR)
async def exclude_pair(command: ExcludePair, context: Context, services: PairServices) -> Effects:
    """Exclude a pair, and turn down what is on its way between the two. An active pair goes on."""
    await services.rounds.hold()
    if command.one is None and command.other is None:
        return [Reply(await _exclusions_card(services.seeking))]
    if command.one is None or command.other is None or command.one == command.other:
        raise Refusal("Please name two people.", "other")
    await services.seeking.exclude(command.one, command.other)
    effects = await transitions.keep_apart(services, command.one, command.other)
    return [Reply(await _exclusions_card(services.seeking)), *effects]


class LiftExclusion(Command):
    """These two may be paired after all."""

    one: Annotated[MemberId, Hidden]
    other: Annotated[MemberId, Hidden]


@feature.action(id="mentoring.lift_exclusion", role=Role.COORDINATOR)
async def lift_exclusion(
    command: LiftExclusion, context: Context, seeking: Seeking, rounds: Rounds
) -> Effects:
    """Lift an exclusion by coordinators. What members wish for themselves stays."""
    await rounds.hold()
    await seeking.include(command.one, command.other)
    return [Reply(await _exclusions_card(seeking))]


async def _exclusions_card(seeking: Seeking) -> Card:
    exclusions = await seeking.exclusions()
    if not exclusions:
        return card("Kept apart", "Nobody. `/coordinate pairs exclude` with two names keeps two apart.")
    items = tuple(
        Item(
            say("{one} and {other}", one=Name(pair.one), other=Name(pair.other)),
            buttons=(Button("Lift", "mentoring.lift_exclusion", {"one": pair.one, "other": pair.other}),),
        )
        for pair in exclusions
    )
    return card("Kept apart", Items(items), Small(say("Neither of them is told.")))


# List ----------------------------------------------------------------------------------------------------


class ListPairs(Command):
    """The mentor pairs, how far they are, and what came of mentoring."""


@feature.command("pairs list", id="mentoring.list_pairs", role=Role.COORDINATOR, read_only=True)
async def list_pairs(command: ListPairs, context: Context, services: PairServices) -> Effects:
    """The live pairs, figures of the last half year, and the feedback that is shared with coordinators."""
    parts: list[Part] = []
    live = await services.pairs.in_stage(*LIVE)
    if live:
        parts.append(Items(tuple(_line(pair) for pair in live)))
    else:
        parts.append(say("There is no mentor pair yet."))
    outcomes = await services.pairs.outcomes(context.at - FIGURES_OF)
    if outcomes.offered != 0 or outcomes.requests != 0 or outcomes.matched != 0:
        parts.append(_figures(outcomes))
    parts += [
        say("{who} about their pair: “{words}”", who=Name(one.member), words=quoted(one.words, one.member))
        for one in await services.pairs.shared()
    ]
    settings = await services.rounds.settings()
    if settings.rounds:
        next_round = schedule.next_round_at(services.community, settings, services.now)
        parts.append(Small(say("The next round begins on {when}.", when=next_round)))
    return [Reply(Card("Mentor pairs", tuple(parts)))]


def _line(pair: Pair) -> Item:
    both = say("{mentor} with {mentee}", mentor=Name(pair.mentor or 0), mentee=Name(pair.mentee or 0))
    if pair.stage is not Stage.ACTIVE:
        words = say("waits for your word") if pair.stage is Stage.DRAFT else say("is being arranged")
        return Item(both, words)
    started = say("since {day}", day=pair.started_at or pair.made_at)
    if pair.checkin_answered_at is None:
        return Item(both, say("{started}, nothing heard yet", started=started))
    return Item(
        both,
        say(
            "{started}; last check-in {when}: {how}",
            started=started,
            when=pair.checkin_answered_at,
            how=pair.checkin_answer.replace("_", " "),
        ),
    )


def _figures(outcomes: Outcomes) -> Fields:
    """The figures of the last half year. Those of fewer than three people are not shown as numbers."""
    figures: list[tuple[str, int | None]] = [
        ("Offers now", outcomes.offered),
        ("Open requests now", outcomes.unmatched),
        ("Pairs now", outcomes.active),
        ("Requests in half a year", outcomes.requests),
        ("Introduced", outcomes.matched),
        ("Completed", outcomes.completed),
        ("Lapsed", outcomes.lapsed),
    ]
    rows = [
        Row(label, say("{value}", value="fewer than three" if value is None else value))
        for label, value in figures
    ]
    if outcomes.median_days is not None:
        rows.append(Row("Days from request to introduction", say("{n}", n=round(outcomes.median_days))))
    if outcomes.met_share is not None:
        rows.append(Row("Have met", say("{share}", share=f"{outcomes.met_share:.0%}")))
    return Fields(tuple(rows))
