"""Rounds: what coordinators choose, the post to sign up, the closing date, and the matching."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.core.values.cards import Button, Buttons, Card, Channel, Fields, Small
from facilitation.core.values.cards import Field as Row
from facilitation.core.values.commands import Command, Context, Due, Role
from facilitation.core.values.effects import (
    Cancel,
    Effect,
    Effects,
    Later,
    OpenForm,
    Post,
    Reply,
    Revise,
)
from facilitation.core.values.forms import ByName
from facilitation.core.values.speech import card, say
from facilitation.mentoring import coordinator_commands, keys, services, times, transitions
from facilitation.mentoring.candidates import considered, paired
from facilitation.mentoring.feature import feature
from facilitation.mentoring.matching import match_aside
from facilitation.mentoring.services import CloseRound, Found, Match, OpenRound, PairServices
from storage.communities import Community, Use
from storage.mentoring import Pair, Request, Review, Rounds, Stage, Standing, Wishes

STALE = timedelta(days=2)
Reviewing = Literal["by a coordinator", "by itself after 3 days", "by itself at once"]


# What coordinators choose --------------------------------------------------------------------------------


class PairSettings(Command):
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


@feature.form(PairSettings)
async def open_settings(context: Context, rounds: Rounds) -> Effects:
    """The form as it was saved; the first time with what most communities would like."""
    wishes = await rounds.wishes()
    if wishes == Wishes():
        return [OpenForm(PairSettings, {})]
    filled = {"rounds": wishes.rounds, "day": wishes.day, "weeks": wishes.weeks, "at_once": wishes.at_once}
    return [OpenForm(PairSettings, {**filled, "review": wishes.review.value})]


@feature.command("pairs settings", id="mentoring.change_settings", role=Role.COORDINATOR)
async def settings(command: PairSettings, context: Context, on: PairServices) -> Effects:
    """Save it; rounds begin, or begin no more."""
    await on.rounds.hold()
    wishes = Wishes(command.rounds, command.day, command.weeks, Review(command.review), command.at_once)
    await on.rounds.wish(wishes)
    effects: Effects = [
        *await next_round(context.community, on),
        services.tomorrow(context.community, context.at),
    ]
    if command.at_once and context.community.begun_at is not None and await on.rounds.current() is None:
        effects.append(services.match_now(context.at))
    rows = [
        Row(
            "Rounds",
            say("every month, next on {when}", when=services.upcoming(on, wishes))
            if command.rounds
            else say("none"),
        ),
        Row("A pair has", say("{weeks} weeks", weeks=command.weeks)),
        Row("A pair goes out", say("{review}", review=command.review)),
        Row(
            "Between rounds",
            say("requests are matched as they come") if command.at_once else say("requests wait"),
        ),
    ]
    return [Reply(card("Mentoring settings saved", Fields(tuple(rows)), tone="good")), *effects]


@feature.begins()
async def plan_rounds(community: Community, on: PairServices) -> list[Effect]:
    """The next round, if coordinators wish for rounds; what waits from before *Begin* is looked at too."""
    waiting = await on.seeking.requests(Standing.WAITING)
    effects: list[Effect] = [services.tomorrow(community, on.at)] if waiting else []
    return [*effects, *await next_round(community, on)]


async def next_round(community: Community, on: PairServices) -> Effects:
    """Plan it, unless one is open now: that one goes on and plans the next when it closes."""
    wishes = await on.rounds.wishes()
    current = await on.rounds.current()
    if community.begun_at is None:
        return []
    if current is not None:
        return [Later(max(current.closes_at, on.at), CloseRound(number=current.id), keys.ROUND)]
    if not wishes.rounds:
        return [Cancel(keys.ROUND)]
    return [Later(services.upcoming(on, wishes), OpenRound(), keys.ROUND)]


# A round -------------------------------------------------------------------------------------------------


@feature.action(id="mentoring.open_round")
async def open_round(command: OpenRound, due: Due, on: PairServices) -> Effects:
    """The post to sign up; a hush or a missing channel skips the round."""
    await on.rounds.hold()
    spot = await on.people.spot_for(Use.RECAP) or await on.people.spot_for(Use.WELCOME)
    if spot is None or due.community.is_hushed(due.at) or not (await on.rounds.wishes()).rounds:
        return await next_round(due.community, on)
    number = await on.rounds.open(due.at, due.at + times.SIGN_UP)
    return [
        Post(Channel(spot.space, spot.handle), _sign_up(on), keys.sign_up(number), beat=True, stale=STALE),
        *await next_round(due.community, on),
    ]


def _sign_up(on: PairServices) -> Card:
    return card(
        "A mentoring round",
        say(
            "Would you like somebody to learn from for a while? Or could you give an hour now and then to "
            "somebody who is learning? Sign up by {when}. Then I suggest pairs, and both are asked first.",
            when=on.at + times.SIGN_UP,
        ),
        Buttons(
            (
                Button("Ask for a mentor", "mentoring.request", style="primary"),
                Button("Offer", "mentoring.offer"),
            )
        ),
        Small(say("Only I see who signs up, and the coordinators who look after the pairs.")),
    )


@feature.action(id="mentoring.close_round")
async def close_round(command: CloseRound, due: Due, on: PairServices) -> Effects:
    """No more signing up; whoever asked is matched, and if nobody did, nothing more is said."""
    await on.rounds.hold()
    if not await on.rounds.close(command.number, due.at):
        return await next_round(due.community, on)
    effects = await next_round(due.community, on)
    wishes = await on.rounds.wishes()
    closed = _closed(on, wishes)
    effects.append(Revise(keys.sign_up(command.number), closed))
    if await on.seeking.requests(Standing.WAITING):
        effects.append(Later(due.at, Match(number=command.number), keys.MATCH))
    return effects


def _closed(on: PairServices, wishes: Wishes) -> Card:
    after = (
        say(
            "The sign-up for this round is closed. The next one begins on {when}.",
            when=services.upcoming(on, wishes),
        )
        if wishes.rounds
        else say("The sign-up for this round is closed.")
    )
    return card(
        "A mentoring round",
        after,
        Small(say("`/cop mentor request` and `/cop mentor offer` work all the time.")),
    )


# Matching ------------------------------------------------------------------------------------------------


@feature.precompute(Match)
async def look_for_pairs(command: Match, due: Due, on: PairServices) -> Callable[[], Awaitable[Found]]:
    """All who wait and all who have room are read; the best pairs are found outside any unit."""
    asked = await considered(on, await on.seeking.requests(Standing.WAITING))

    async def work() -> Found:
        return Found(await match_aside(asked))

    return work


@feature.action(id="mentoring.make_pairs")
async def make_pairs(command: Match, due: Due, found: Found, on: PairServices) -> Effects:
    """What was found, as far as it can still be; then a review, or straight to the mentees."""
    await on.rounds.hold()
    requests = {one.member: one for one in await on.seeking.requests(Standing.WAITING)}
    now_apart, wishes = await on.seeking.apart() | await on.pairs.declined(), await on.rounds.wishes()
    there = await on.are_here(one.mentor for one in found.matching.proposals)
    there -= (await on.seeking.pausing(due.at)).keys()
    await on.rounds.note_more(*found.matching.more_at)
    stage = Stage.PROPOSED if wishes.review is Review.AT_ONCE else Stage.DRAFT
    effects: Effects = []
    made: list[Pair] = []
    for one in found.matching.proposals:
        if one.request not in requests or one.mentor not in there or (one.mentor, one.request) in now_apart:
            continue
        pair = await paired(on, one, requests[one.request], stage=stage, number=command.number)
        if pair is not None:
            made.append(pair)
            effects += await transitions.propose(on, pair) if stage is Stage.PROPOSED else []
    for left in found.matching.unmatched:
        if left.request in requests:
            effects += await _left(
                on, replace(requests[left.request], why=left.reason), is_round=bool(command.number)
            )
    if made and stage is Stage.DRAFT:
        effects += await coordinator_commands.called(on, made)
    return [*effects, services.tomorrow(due.community, due.at)]


async def _left(on: PairServices, request: Request, *, is_round: bool) -> Effects:
    """Somebody for whom nobody was found hears so after a round, and else once."""
    if is_round or request.told_at is None:
        return await transitions.wait(on, request, request.why)
    await on.seeking.put_request(request)
    return []
