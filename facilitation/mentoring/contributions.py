"""How one stands with mentoring, what waits for coordinators, and the pairs with their figures."""

from datetime import timedelta

from facilitation.core.features.contributions import DeskItem
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Fields,
    Item,
    Items,
    Name,
    Part,
    Small,
    Text,
)
from facilitation.core.values.cards import Field as Row
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.speech import Sayable, card, count, quoted, say
from facilitation.mentoring.feature import feature
from facilitation.mentoring.services import PairServices, upcoming
from storage.communities import Community
from storage.mentoring import LIVE, Outcomes, Pair, Pairs, Review, Rounds, Seeking, Stage, Standing

LONG = timedelta(days=14)
"""Whoever waits longer for a mentor is shown on the desk."""
FIGURES_OF = timedelta(days=180)


# My own --------------------------------------------------------------------------------------------------


class Status(Command):
    """How I stand with mentoring."""


@feature.command("mentor status", id="mentoring.show_status")
async def status(command: Status, context: Context, on: PairServices) -> Effects:
    """Offer, request, pairs, break, and whom I would rather not be matched with; for nobody else’s eyes."""
    me = context.member.id
    offer, wanted = await on.seeking.offer(me), await on.seeking.request_of(me)
    parts: list[Part] = []
    if offer is not None:
        taken = (await on.pairs.loads()).get(me, 0)
        parts.append(
            say(
                "**You offer** {topics}: {taken} of {places} places taken.",
                topics=", ".join(offer.topics),
                taken=taken,
                places=offer.capacity,
            )
        )
    if wanted is not None and wanted.standing is not Standing.MATCHED:
        parts.append(
            say(
                "**You are looking for** help with {topics}, since {day}.",
                topics=", ".join(wanted.topics),
                day=wanted.asked_at,
            )
        )
    mine = [one for one in await on.pairs.of(me) if one.stage in (Stage.ACCEPTED, Stage.ACTIVE)]
    parts += [_mine(one, me) for one in mine]
    pausing = await on.seeking.pausing(context.at)
    if me in pausing:
        until = pausing[me]
        words = (
            say("**You are on a break** until {day}.", day=until) if until else say("**You are on a break.**")
        )
        parts += [words, Buttons((Button("I am back", "mentoring.resume"),))]
    parts += await _not_with(me, on.seeking)
    if not parts:
        parts.append(say("You take no part in mentoring yet. Would you like to?"))
    change = (Button("Ask for a mentor", "mentoring.request"), Button("Offer", "mentoring.offer"))
    return [Reply(card("Mentoring", *parts, Buttons(change), Small(say("Only you see this."))))]


def _mine(pair: Pair, me: int) -> Part:
    other = Name(pair.other(me) or 0)
    words = (
        say("**Your mentor** is {other}{until}.", other=other, until=_until(pair))
        if me == pair.mentee
        else say("**You are the mentor** of {other}{until}.", other=other, until=_until(pair))
    )
    return Items((Item(words, buttons=(Button("End it", "mentoring.end_pair", {"pair": pair.id}),)),))


def _until(pair: Pair) -> Text:
    return say(", until {day}", day=pair.ends_at) if pair.ends_at else say("")


async def _not_with(me: int, seeking: Seeking) -> list[Part]:
    avoided = await seeking.avoided_by(me)
    if not avoided:
        return []
    items = tuple(
        Item(
            say("{who}", who=Name(one)), buttons=(Button("Take off", "mentoring.allow_member", {"who": one}),)
        )
        for one in avoided
    )
    return [say("**Not to be matched with**"), Items(items)]


@feature.home("people")
async def my_mentoring(context: Context, pairs: Pairs, seeking: Seeking) -> list[Part]:
    """My pairs, and what I wait for."""
    me = context.member.id
    parts: list[Part] = []
    for pair in await pairs.of(me):
        if pair.stage is not Stage.ACTIVE:
            continue
        other: Sayable = Name(pair.other(me) or 0)
        parts.append(
            say("Your mentor is {other}{until}.", other=other, until=_until(pair))
            if me == pair.mentee
            else say("You are the mentor of {other}{until}.", other=other, until=_until(pair))
        )
    wanted = await seeking.request_of(me)
    if wanted is not None and wanted.standing in (Standing.WAITING, Standing.IN_HAND):
        parts.append(say("I am looking for a mentor for you: {topics}.", topics=", ".join(wanted.topics)))
    return parts


# The desk ------------------------------------------------------------------------------------------------


@feature.desk("people")
async def waits(
    community: Community, pairs: Pairs, seeking: Seeking, rounds: Rounds, clock: Clock
) -> list[DeskItem]:
    """Pairs to look at, and people who have waited for long."""
    wishes, now = await rounds.wishes(), clock.now()
    look = (Button("Look at them", "mentoring.review_pairs", style="primary"),)
    items: list[DeskItem] = []
    drafts = await pairs.in_stage(Stage.DRAFT)
    if drafts:
        ignored = (
            say("If ignored: they go out by themselves after three working days.")
            if wishes.review is Review.IN_TIME
            else say("If ignored: nobody is asked, and those who wait go on waiting.")
        )
        waiting = count(
            len(drafts), "One mentor pair waits for your word.", "{n} mentor pairs wait for your word."
        )
        items.append(DeskItem(waiting, ignored, look))
    requests = await seeking.requests(Standing.WAITING)
    if requests and not wishes.rounds and not wishes.at_once:
        items.append(
            DeskItem(
                count(
                    len(requests),
                    "Somebody looks for a mentor, and mentoring is not switched on.",
                    "{n} people look for a mentor, and mentoring is not switched on.",
                ),
                say("If ignored: they wait until you match by hand."),
                (Button("Mentoring settings", "mentoring.change_settings"), *look),
            )
        )
        return items
    long = [one for one in requests if now - one.asked_at > LONG]
    if long:
        items.append(
            DeskItem(
                count(
                    len(long),
                    "Somebody has waited for a mentor for more than two weeks.",
                    "{n} people have waited for a mentor for more than two weeks.",
                ),
                say("If ignored: I go on looking. Asking one person to offer often does it."),
                look,
            )
        )
    return items


# All pairs -----------------------------------------------------------------------------------------------


class ListPairs(Command):
    """The mentor pairs, how far they are, and what came of mentoring."""


@feature.command("pairs list", id="mentoring.list_pairs", role=Role.COORDINATOR)
async def list_pairs(command: ListPairs, context: Context, on: PairServices) -> Effects:
    """Names and dates; of feedback only what was given to coordinators."""
    parts: list[Part] = []
    live = await on.pairs.in_stage(*LIVE)
    if live:
        parts.append(Items(tuple(_line(pair) for pair in live)))
    else:
        parts.append(say("There is no mentor pair yet."))
    came = await on.pairs.outcomes(context.at - FIGURES_OF)
    if came.offered != 0 or came.requests != 0 or came.matched != 0:
        parts.append(_figures(came))
    parts += [
        say("{who} about their pair: “{words}”", who=Name(one.member), words=quoted(one.words, one.member))
        for one in await on.pairs.shared()
    ]
    wishes = await on.rounds.wishes()
    if wishes.rounds:
        parts.append(Small(say("The next round begins on {when}.", when=upcoming(on, wishes))))
    return [Reply(Card("Mentor pairs", tuple(parts)))]


def _line(pair: Pair) -> Item:
    both = say("{mentor} with {mentee}", mentor=Name(pair.mentor or 0), mentee=Name(pair.mentee or 0))
    if pair.stage is not Stage.ACTIVE:
        words = say("waits for your word") if pair.stage is Stage.DRAFT else say("is being arranged")
        return Item(both, words)
    started = say("since {day}", day=pair.started_at or pair.made_at)
    if pair.how_at is None:
        return Item(both, say("{started}, nothing heard yet", started=started))
    return Item(
        both, say("{started}; last check-in {when}: {how}", started=started, when=pair.how_at, how=pair.how)
    )


def _figures(came: Outcomes) -> Fields:
    """In the last half year; unknown is not zero, and fewer than three are never told."""
    figures: list[tuple[str, int | None]] = [
        ("Offers now", came.offered),
        ("Open requests now", came.unmatched),
        ("Pairs now", came.active),
        ("Requests in half a year", came.requests),
        ("Introduced", came.matched),
        ("Completed", came.completed),
        ("Lapsed", came.lapsed),
    ]
    rows = [
        Row(label, say("{value}", value="fewer than three" if value is None else value))
        for label, value in figures
    ]
    if came.median_days is not None:
        rows.append(Row("Days from request to introduction", say("{n}", n=round(came.median_days))))
    if came.met_share is not None:
        rows.append(Row("Have met", say("{share}", share=f"{came.met_share:.0%}")))
    return Fields(tuple(rows))
