"""Nothing of one community can be read or changed through another: every method of every cellar is tried.

Two communities are filled alike. Each method is called for the second with ids and keys of the first, once
while the first is there and once after it was erased: both must return and leave behind the very same, and
of the first nothing may have changed. Called for the first with the same arguments, the method must show or
do something, or the arguments prove nothing.
"""

import inspect
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, is_dataclass, replace
from datetime import time, timedelta
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import Table, delete, select, text

import storage
from storage.agenda import Agenda, AgendaRow
from storage.agenda import Entry as Due
from storage.base import Base, Repository
from storage.charter import AboutMe
from storage.circles import CircleRounds, Circles, MeetingAnswer, RoundOutcome
from storage.communities import CommunityRow, Directory, MemberRow, People, Use
from storage.concern import Concerns, Matter, Remark
from storage.coordination import Terms
from storage.diary import Diary, DiaryRow
from storage.engine import open_engine
from storage.mentoring import (
    Feedback,
    Offer,
    Pair,
    Pairs,
    Request,
    RequestState,
    Rounds,
    Seeking,
    Stage,
)
from storage.mentoring import MentoringSettings as PairWishes
from storage.name_redaction import NamePatterns
from storage.outbox import DeliveryRecord, Letter, OutboxRow
from storage.ranking import terms_of
from storage.recap import Recaps, RecapState
from storage.resources import Link, Shelf
from storage.rhythm import BuiltIn, Decks, Rhythms
from storage.rhythm import DateOutcome as Became
from storage.sealing import Seals
from storage.session import orm_of
from storage.unit import Session, Units
from storage.welcome import Journey, Journeys, JourneyState, Plan, Step, WelcomeSettings
from tests.conftest import NOW
from tests.storage.arranging import Setting, entry, fresh, past, post, settled

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
SEALS = Seals([bytes(32)], nonce=bytes)
"""Sealing the same each time, so that what was done twice can be compared."""

# What there is to try --------------------------------------------------------------------------------


def repositories() -> dict[str, type[Any]]:
    """Every class of storage that is opened for one community or one space."""
    found: dict[str, type[Any]] = {}
    for module in pkgutil.walk_packages(storage.__path__, "storage."):
        for name, kind in inspect.getmembers(import_module(module.name), inspect.isclass):
            if kind.__module__ != module.name or kind is Repository:
                continue
            names = list(inspect.signature(kind.__init__).parameters) if "__init__" in dir(kind) else []
            if names[1:] in (["session", "community"], ["session", "space"]):
                found[name] = kind
    return found


def methods(kind: type[Any]) -> list[str]:
    """The public questions and commands of a cellar."""
    found = inspect.getmembers(kind, inspect.iscoroutinefunction)
    return [name for name, _ in found if not name.startswith("_")]


def opened_for_space(kind: type[Any]) -> bool:
    return "space" in inspect.signature(kind.__init__).parameters


ALL = [(name, method) for name, kind in repositories().items() for method in methods(kind)]


# Two communities, filled alike -----------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """A community with something of everything, and the ids and keys by which it is found."""

    there: Setting
    ines: int
    marek: int
    account: int
    channel: int
    page: int
    letter: Letter
    due: Due
    resource: int
    choice: int
    recap: int
    skipped: int
    rhythm: int
    draft: int
    deck: int
    prompt: int
    suggestion: int
    circle: int
    circle_draft: int
    circle_round: int
    group: int
    step: int
    other_step: int
    wanted: int
    pair: int
    over: int
    round: int


def link(name: str) -> Link:
    return Link(
        f"https://{name}.example/guide", f"{name}.example/guide", f"{name}.example/guide", f"{name} guide"
    )


async def filled(session: Session, name: str, space: str) -> Filled:
    """A community of this name: whatever is kept of it bears the name, so that a leak would show."""
    there = await settled(
        session,
        space=space,
        community=name,
        people=(f"ines-{name}", f"marek-{name}"),
        channels=(f"general-{name}", f"help-{name}"),
    )
    ines, marek = there.members[f"ines-{name}"], there.members[f"marek-{name}"]
    account, channel = there.accounts[f"ines-{name}"], there.channels[f"general-{name}"]
    await Directory(session).put_accounts(there.space, [(f"late-{name}", f"Late {name}", "", True, False)])
    people = People(session, there.community)
    await people.grant(ines, "coordinator", NOW, f"note {name}")
    await people.change(marek, buddy=True)
    await people.assign(Use.RECAP, channel)
    await people.configure(begun_at=NOW - 30 * DAY, zone="Europe/Lisbon")
    await Agenda(session, there.community).put(f"key-{name}", "room.ask", f'{{"of":"{name}"}}', NOW)
    for number, nudge in enumerate(("welcome", "")):
        await post(
            session,
            there,
            f"post-{name}-{number}",
            lane=f"lane-{name}-{number}",
            member=ines,
            nudge=nudge,
            card=name,
        )
    letters = {row.key: row for row in await orm_of(session).scalars(select(OutboxRow))}
    said = letter_of(letters[f"post-{name}-0"])
    await DeliveryRecord(session, said).sent(f"C-{name}", (f"M-{name}",), NOW)
    where = {"community_id": there.community, "channel_id": channel, "author_id": account}
    await Diary(session, there.space).write(
        [
            entry(f"general-{name}:1", NOW, message="1", excerpt=f"words of {name}", **where),
            fresh(f"fresh-{name}", NOW, excerpt=f"fresh words of {name}", body=f'"body-{name}"', **where),
            entry(f"delivered:{there.community}:post-{name}:0", NOW, kind="delivered", **where),
        ],
        NOW,
    )
    await AboutMe(session, there.community).put(ines, interests=(f"i-{name}",), expertise=("x",), line=name)
    shelf = Shelf(session, there.community)
    shelved = await shelf.put(link(name), by=ines, at=NOW, note=f"note of {name}", tags=(name, "common"))
    choices = await shelf.offer([link(f"other-{name}")], to=ines, at=NOW, words=name, author=marek)
    recaps = Recaps(session, there.community)
    await recaps.put(NOW - 2 * WEEK, NOW - WEEK, RecapState.POSTED, f"posted-{name}", NOW)
    skipped = await recaps.put(NOW, NOW + WEEK, RecapState.SKIPPED, f"skipped-{name}", NOW)
    waiting = await recaps.put(NOW - WEEK, NOW, RecapState.WAITING, f"recap-{name}", NOW)
    rhythm, deck, prompt, suggestion, draft = await _keep_rhythm(session, there, name, channel)
    await _confide(session, there, name)
    circles = await _meet(session, there, name)
    steps = await _welcome(session, there, name)
    mentoring = await _mentor(session, there, name)
    page = await orm_of(session).scalar(select(DiaryRow.id).where(DiaryRow.key == f"fresh-{name}"))
    agenda = await orm_of(session).scalar(select(AgendaRow.id).where(AgendaRow.key == f"key-{name}"))
    assert page is not None
    assert agenda is not None
    assert waiting is not None
    assert skipped is not None
    due = Due(agenda, there.community, f"key-{name}", "room.ask", "{}", NOW, 0, 0)
    open_letter = letter_of(letters[f"post-{name}-1"])
    return Filled(
        there,
        ines,
        marek,
        account,
        channel,
        page,
        open_letter,
        due,
        shelved.resource.id,
        choices[0].id,
        waiting,
        skipped,
        rhythm,
        draft,
        deck,
        prompt,
        suggestion,
        *circles,
        *steps,
        *mentoring,
    )


async def _keep_rhythm(
    session: Session, there: Setting, name: str, channel: int
) -> tuple[int, int, int, int, int]:
    """A rhythm, its deck, a prompt of it, a suggestion for it, and a draft of a change."""
    ines = there.members[f"ines-{name}"]
    decks, rhythms = Decks(session, there.community), Rhythms(session, there.community)
    deck = await decks.put(f"deck {name}", slug=f"slug-{name}")
    assert deck is not None
    [prompt, _] = await decks.add(deck, [f"prompt of {name}", f"another of {name}"], NOW)
    [suggestion] = await decks.add(deck, [f"suggestion of {name}"], NOW, by=ines, waits=True)
    facts = {"name": name, "channel_id": channel, "deck_id": deck, "rrule": "FREQ=DAILY", "local_at": time(9)}
    rhythm = await rhythms.put(None, NOW, **facts, zone="UTC", start=NOW.date(), led_by_id=ines)
    assert rhythm is not None
    await rhythms.plan(rhythm, NOW.date(), NOW)
    await rhythms.volunteer(rhythm, ines, NOW)
    became: dict[str, Any] = {"why": name, "prompt": prompt, "deck": deck}
    await rhythms.record(rhythm, f"post-{name}-0", NOW.date(), NOW, Became.POSTED, **became)
    draft = await rhythms.draft(ines, name, NOW, rhythm)
    assert draft is not None
    return rhythm, deck, prompt, suggestion, draft


async def _meet(session: Session, there: Setting, name: str) -> tuple[int, int, int, int]:
    """A circle with a round and a group in it, and a draft of another one."""
    ines, marek = there.members[f"ines-{name}"], there.members[f"marek-{name}"]
    circles, rounds = Circles(session, there.community), CircleRounds(session, there.community)
    facts: dict[str, Any] = {"size": 2, "every": 1, "weekday": 1, "at": time(10), "zone": "UTC"}
    made: list[int] = []
    for title in (name, f"{name} to be"):
        if made:
            assert await circles.save(made[0])
        channel = there.channels[f"general-{name}"]
        draft = await circles.draft(ines, channel, name=title, start=NOW.date(), mix="nothing", **facts)
        assert draft is not None
        made.append(draft)
    await circles.plan(made[0], NOW.date(), NOW)
    await circles.join(made[0], ines, NOW)
    await circles.keep_apart(ines, [marek])
    round_ = await rounds.record(made[0], NOW.date(), NOW, RoundOutcome.MADE)
    assert round_ is not None
    group = await rounds.add_group(round_, f"group-{name}", [ines, marek])
    assert group is not None
    return made[0], made[1], round_, group


async def _welcome(session: Session, there: Setting, name: str) -> tuple[int, int]:
    """Two journeys, wishes for them, and two steps."""
    ines, marek = there.members[f"ines-{name}"], there.members[f"marek-{name}"]
    journeys = Journeys(session, there.community)
    await journeys.arrive(ines, NOW - DAY, NOW - DAY)
    journey = await journeys.get(ines)
    assert journey is not None
    told: dict[str, Any] = {"introduction": name, "introduced_at": NOW, "flagged_at": NOW, "buddy": marek}
    await journeys.put(replace(journey, greeted_at=NOW, post_key=f"hello-{name}", **told))
    await journeys.record_sent(ines, 1, NOW)
    plan = Plan(session, there.community)
    await plan.put_settings(WelcomeSettings(words=f"words of {name}"))
    first, second = [
        await plan.put(Step(0, "text", f"{name} {n}", n, time(10), "everyone", person=marek)) for n in (1, 2)
    ]
    return first, second


async def _mentor(session: Session, there: Setting, name: str) -> tuple[int, int, int, int]:
    """An offer, a request, a pair that is and one that was, a round, and people kept apart."""
    ines, marek = there.members[f"ines-{name}"], there.members[f"marek-{name}"]
    seeking, pairs = Seeking(session, there.community), Pairs(session, there.community)
    rounds = Rounds(session, there.community)
    await seeking.put_offer(Offer(ines, (name,), 1, NOW, enjoys=name))
    wanted = await seeking.put_request(Request(0, marek, (name,), NOW, goal=name))
    assert wanted is not None
    await seeking.pause(marek, NOW + DAY)
    await seeking.avoid(marek, ines)
    await seeking.exclude(ines, marek)
    facts: dict[str, Any] = {"made_at": NOW, "asked_at": NOW, "request": wanted, "started_at": NOW}
    facts |= {"reasons": (name,), "post_key": f"pair-{name}"}
    over = await pairs.add(Pair(0, ines, marek, Stage.DECLINED, **facts | {"post_key": ""}))
    ended = await pairs.add(Pair(0, ines, marek, Stage.ENDED, **facts | {"request": None, "post_key": "x"}))
    pair = await pairs.add(Pair(0, ines, marek, Stage.ACTIVE, **facts))
    assert over is not None
    assert ended is not None
    assert pair is not None
    await pairs.note(Feedback(pair, marek, name, shared=True))
    await rounds.put_settings(PairWishes(rounds=True, day=3))
    await rounds.note_more(3, 200)
    again = link(f"third-{name}")
    await Shelf(session, there.community).put(again, by=ines, at=NOW, note="", tags=(name, "common"))
    return wanted, pair, over, await rounds.open(NOW, NOW + DAY)


async def _confide(session: Session, there: Setting, name: str) -> None:
    """A concern, and roles held, ended and noted."""
    ines, marek = there.members[f"ines-{name}"], there.members[f"marek-{name}"]
    matter = Matter(f"words of {name}", excluded=(marek,), remarks=(Remark(NOW.date(), marek, name),))
    await Concerns(session, there.community).put(f"t-{name}", ines, matter, NOW.date())
    terms = Terms(session, there.community)
    for role, note in (("facilitator", f"left by {name}"), ("resource keeper", "")):
        await terms.put(ines, role, NOW, NOW.date(), name)
        await terms.end(ines, role, NOW.date())
        assert await terms.leave_note(ines, role, note)
    await terms.put(ines, "member support", NOW, NOW.date(), name)


def letter_of(row: OutboxRow) -> Letter:
    names = {"community": "community_id", "space": "space_id", "member": "member_id"}
    return Letter(**{field: getattr(row, names.get(field, field)) for field in Letter._fields})


# With what each method is tried ----------------------------------------------------------------------

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


def args(*positional: Any, **named: Any) -> Arguments:
    return positional, named


CASES: dict[tuple[str, str], Callable[[Filled], Arguments]] = {
    ("Pairs", "add"): lambda a: args(
        Pair(0, a.ines, a.marek, Stage.ENDED, made_at=NOW, asked_at=NOW, request=a.wanted)
    ),
    ("Pairs", "by_post"): lambda a: args(f"pair-{name(a)}"),
    ("Pairs", "declined"): lambda _: args(),
    ("Pairs", "export"): lambda a: args(a.marek),
    ("Pairs", "forget"): lambda a: args(a.marek),
    ("Pairs", "get"): lambda a: args(a.pair),
    ("Pairs", "in_stage"): lambda _: args(Stage.ACTIVE),
    ("Pairs", "loads"): lambda _: args(),
    ("Pairs", "note"): lambda a: args(Feedback(a.pair, a.ines, "words", shared=True)),
    ("Pairs", "of"): lambda a: args(a.marek),
    ("Pairs", "of_request"): lambda a: args(a.wanted),
    ("Pairs", "outcomes"): lambda _: args(NOW - WEEK),
    ("Pairs", "past"): lambda _: args(),
    ("Pairs", "put"): lambda a: args(Pair(a.pair, a.ines, a.marek, Stage.ENDED, made_at=NOW, asked_at=NOW)),
    ("Pairs", "said_by"): lambda a: args(a.marek),
    ("Pairs", "shared"): lambda _: args(),
    ("Pairs", "show"): lambda a: args(a.marek),
    ("Pairs", "untold"): lambda _: args(),
    ("Rounds", "close"): lambda a: args(a.round, NOW),
    ("Rounds", "current"): lambda _: args(),
    ("Rounds", "get"): lambda a: args(a.round),
    ("Rounds", "more"): lambda _: args(),
    ("Rounds", "note_more"): lambda _: args(5, 250),
    ("Rounds", "open"): lambda _: args(NOW, NOW + WEEK),
    ("Rounds", "put_settings"): lambda _: args(PairWishes(weeks=12)),
    ("Rounds", "settings"): lambda _: args(),
    ("Seeking", "allow"): lambda a: args(a.marek, a.ines),
    ("Seeking", "apart"): lambda _: args(),
    ("Seeking", "avoid"): lambda a: args(a.ines, a.marek),
    ("Seeking", "avoided_by"): lambda a: args(a.marek),
    ("Seeking", "drop_offer"): lambda a: args(a.ines),
    ("Seeking", "exclude"): lambda a: args(a.ines, a.marek),
    ("Seeking", "exclusions"): lambda _: args(),
    ("Seeking", "export"): lambda a: args(a.marek),
    ("Seeking", "forget"): lambda a: args(a.marek),
    ("Seeking", "include"): lambda a: args(a.ines, a.marek),
    ("Seeking", "names"): lambda a: args([a.ines]),
    ("Seeking", "near"): lambda _: args(),
    ("Seeking", "offer"): lambda a: args(a.ines),
    ("Seeking", "offers"): lambda _: args(),
    ("Seeking", "pause"): lambda a: args(a.ines, NOW),
    ("Seeking", "pausing"): lambda _: args(NOW),
    ("Seeking", "put_offer"): lambda a: args(Offer(a.marek, ("x",), 1, NOW)),
    ("Seeking", "put_request"): lambda a: args(Request(a.wanted, a.marek, ("x",), NOW)),
    ("Seeking", "request"): lambda a: args(a.wanted),
    ("Seeking", "request_of"): lambda a: args(a.marek),
    ("Seeking", "requests"): lambda _: args(RequestState.WAITING),
    ("Seeking", "resume"): lambda a: args(a.marek),
    ("Seeking", "show"): lambda a: args(a.marek),
    ("Seeking", "zones"): lambda a: args([a.ines]),
    ("People", "accounts"): lambda a: args(a.ines),
    ("People", "assign"): lambda a: args(Use.HELP, a.channel),
    ("People", "begin"): lambda _: args(NOW),
    ("People", "buddies"): lambda _: args(),
    ("People", "by_account"): lambda a: args(a.account),
    ("People", "change"): lambda a: args(a.ines, zone="Asia/Tokyo", quiet=True),
    ("People", "community"): lambda _: args(),
    ("People", "configure"): lambda _: args(country="PT"),
    ("People", "enrol_present"): lambda _: args(NOW),
    ("People", "grant"): lambda a: args(a.marek, "coordinator", NOW),
    ("People", "holders"): lambda _: args("coordinator"),
    ("People", "member"): lambda a: args(a.ines),
    ("People", "members"): lambda a: args([a.ines, a.marek]),
    ("People", "names"): lambda a: args([a.ines], a.there.space),
    ("People", "platforms"): lambda _: args(),
    ("People", "present"): lambda _: args(),
    ("People", "revoke"): lambda a: args(a.ines, "coordinator"),
    ("People", "roles"): lambda a: args(a.ines),
    ("People", "settle"): lambda a: args([a.channel]),
    ("People", "spot"): lambda a: args(a.there.space, handle(a)),
    ("People", "spot_for"): lambda _: args(Use.RECAP),
    ("People", "spots"): lambda _: args(),
    ("People", "uses_of"): lambda a: args(handle(a)),
    ("Agenda", "clear"): lambda a: args(a.due.key),
    ("Agenda", "failed"): lambda a: args(a.due, "no", None),
    ("Agenda", "finish"): lambda a: args(a.due),
    ("Agenda", "put"): lambda a: args(a.due.key, "room.other", "{}", NOW + DAY),
    ("Agenda", "put_off"): lambda a: args(a.due, NOW + DAY),
    ("Agenda", "entries"): lambda _: args(),
    ("Agenda", "reword"): lambda a: args(a.due.key, "{}"),
    ("Agenda", "when"): lambda a: args(a.due.key),
    ("Outbox", "drop"): lambda a: args(a.letter.id),
    ("Outbox", "forget"): lambda a: args(a.ines),
    ("Outbox", "naming"): lambda a: args(a.ines, [a.account], NamePatterns.of([name(a)], [])),
    ("Outbox", "reword"): lambda a: args(a.letter.id, "new", "{}", NOW),
    ("Outbox", "sent_to"): lambda a: args(a.ines),
    ("Outbox", "is_open"): lambda a: args(a.letter.key),
    ("Outbox", "key_at"): lambda a: args(a.there.space, *posted_at(a)),
    ("Outbox", "nudges_since"): lambda a: args(a.ines, NOW - DAY),
    ("Outbox", "nudges_waiting"): lambda a: args(a.ines, ("welcome", ""), NOW),
    ("Outbox", "opened"): lambda a: args(a.letter.lane.replace("-1", "-0")),
    ("Outbox", "put"): lambda a: args(
        key=a.letter.key,
        feature="r",
        space=None,
        lane="l",
        place="{}",
        card="c",
        at=NOW,
        stale=DAY,
        delivery="d",
    ),
    ("Outbox", "receipt"): lambda a: args(a.letter.key.replace("-1", "-0")),
    ("Outbox", "revise"): lambda a: args(a.letter.key, "new", NOW, WEEK),
    ("Outbox", "withdraw"): lambda a: args(a.letter.key, NOW, WEEK),
    ("Diary", "amend"): lambda a: args(f"{handle(a)}:1", excerpt="other", links=3, question=True),
    ("Diary", "digested"): lambda a: args([a.page]),
    ("Diary", "drop"): lambda a: args(f"{handle(a)}:1"),
    ("Diary", "failed"): lambda a: args(a.page, give_up=True),
    ("Diary", "fresh"): lambda _: args(10),
    ("Diary", "naming"): lambda a: args(NamePatterns.of([f"body-{name(a)}"], [])),
    ("Diary", "reword"): lambda a: args(a.page, "other"),
    ("Diary", "untold"): lambda a: args(a.there.community, [f"post-{name(a)}"]),
    ("Diary", "unauthored"): lambda a: args([a.account]),
    ("Diary", "write_past"): lambda a: args([past(f"{handle(a)}:1")], NOW),
    ("Diary", "write"): lambda a: args([entry(f"{handle(a)}:1")], NOW),
    ("Circles", "apart"): lambda _: args(),
    ("Circles", "avoided_by"): lambda a: args(a.ines),
    ("Circles", "draft"): lambda a: args(
        a.marek,
        a.channel,
        name="new",
        size=2,
        every=1,
        weekday=1,
        at=time(10),
        zone="UTC",
        start=NOW.date(),
        mix="nothing",
    ),
    ("Circles", "drafted"): lambda a: args(a.circle_draft, a.ines),
    ("Circles", "end"): lambda a: args(a.circle),
    ("Circles", "export"): lambda a: args(a.ines),
    ("Circles", "forget"): lambda a: args(a.ines),
    ("Circles", "get"): lambda a: args(a.circle),
    ("Circles", "hold"): lambda a: args(a.circle),
    ("Circles", "join"): lambda a: args(a.circle, a.marek, NOW),
    ("Circles", "joined"): lambda a: args(a.ines),
    ("Circles", "keep_apart"): lambda a: args(a.marek, [a.ines]),
    ("Circles", "leave"): lambda a: args(a.circle, a.ines),
    ("Circles", "main_channels"): lambda a: args([a.ines, a.marek], NOW - DAY),
    ("Circles", "opened"): lambda a: args(a.circle, NOW.date()),
    ("Circles", "pause"): lambda a: args(a.circle, paused=True),
    ("Circles", "plan"): lambda a: args(a.circle, NOW.date() + DAY, NOW + DAY),
    ("Circles", "running"): lambda _: args(),
    ("Circles", "save"): lambda a: args(a.circle_draft),
    ("Circles", "seats"): lambda a: args(a.circle),
    ("Circles", "show"): lambda a: args(a.ines),
    ("Circles", "skip"): lambda a: args(a.circle, a.ines, NOW.date()),
    ("CircleRounds", "acquaintances"): lambda a: args([a.ines, a.marek]),
    ("CircleRounds", "add_group"): lambda a: args(a.circle_round, f"more-{name(a)}", [a.ines]),
    ("CircleRounds", "answer"): lambda a: args(a.group, MeetingAnswer.MET),
    ("CircleRounds", "asked"): lambda a: args(a.circle_round),
    ("CircleRounds", "drop_out"): lambda a: args(a.group, a.ines),
    ("CircleRounds", "figures"): lambda a: args(a.circle),
    ("CircleRounds", "get"): lambda a: args(a.circle_round),
    ("CircleRounds", "group"): lambda a: args(a.group),
    ("CircleRounds", "group_at"): lambda a: args(f"group-{name(a)}"),
    ("CircleRounds", "groups"): lambda a: args(a.circle_round),
    ("CircleRounds", "introduced"): lambda a: args(a.group),
    ("CircleRounds", "latest"): lambda a: args(a.circle, 5),
    ("CircleRounds", "move_to"): lambda a: args(a.group, f"moved-{name(a)}", []),
    ("CircleRounds", "record"): lambda a: args(
        a.circle, NOW.date() + DAY, NOW + DAY, RoundOutcome.SKIPPED, name(a)
    ),
    ("CircleRounds", "tally"): lambda a: args(a.circle_round, seats=2, new=1, repeats=0),
    ("CircleRounds", "under_way"): lambda a: args(a.ines),
    ("CircleRounds", "unmake"): lambda a: args(a.group),
    ("AboutMe", "export"): lambda a: args(a.ines),
    ("AboutMe", "forget"): lambda a: args(a.ines),
    ("AboutMe", "get"): lambda a: args(a.ines),
    ("AboutMe", "put"): lambda a: args(a.ines, interests=("new",), expertise=(), line="new"),
    ("AboutMe", "show"): lambda a: args(a.ines),
    ("Concerns", "change"): lambda a: args(f"t-{name(a)}", Matter("other words")),
    ("Concerns", "close"): lambda a: args(f"t-{name(a)}", NOW.date()),
    ("Concerns", "export"): lambda a: args(a.ines),
    ("Concerns", "forget"): lambda a: args(a.ines),
    ("Concerns", "get"): lambda a: args(f"t-{name(a)}"),
    ("Concerns", "put"): lambda a: args(f"n-{name(a)}", a.ines, Matter("new"), NOW.date()),
    ("Concerns", "raised_by"): lambda a: args(a.ines),
    ("Concerns", "running"): lambda _: args(),
    ("Concerns", "show"): lambda a: args(a.ines),
    ("Concerns", "take"): lambda a: args(f"t-{name(a)}", NOW.date()),
    ("Terms", "end"): lambda a: args(a.ines, "member support", NOW.date()),
    ("Terms", "export"): lambda a: args(a.ines),
    ("Terms", "find"): lambda a: args(a.ines, "member support"),
    ("Terms", "forget"): lambda a: args(a.ines),
    ("Terms", "held"): lambda _: args(),
    ("Terms", "leave_note"): lambda a: args(a.ines, "facilitator", "other"),
    ("Terms", "notes"): lambda _: args("facilitator"),
    ("Terms", "put"): lambda a: args(a.marek, "facilitator", NOW, NOW.date(), "new"),
    ("Terms", "renew"): lambda a: args(a.ines, "member support", NOW.date() + WEEK),
    ("Terms", "show"): lambda a: args(a.ines),
    ("Shelf", "add"): lambda a: args(a.resource, by=a.ines, at=NOW, note="more", tags=("more",)),
    ("Shelf", "between"): lambda _: args(NOW - DAY, NOW + DAY),
    ("Shelf", "browse"): lambda a: args(tags=("common",), by=a.ines),
    ("Shelf", "choice"): lambda a: args(a.choice, a.ines),
    ("Shelf", "drop_choices"): lambda _: args(NOW + DAY),
    ("Shelf", "export"): lambda a: args(a.ines),
    ("Search", "best"): lambda _: args(terms_of("guide note common")),
    ("Shelf", "find"): lambda _: args("guide note common"),
    ("Shelf", "forget"): lambda a: args(a.ines),
    ("Shelf", "offer"): lambda a: args([link("more")], to=a.ines, at=NOW),
    ("Shelf", "put"): lambda a: args(link(name(a)), by=a.ines, at=NOW, note="again"),
    ("Shelf", "show"): lambda a: args(a.ines),
    ("Shelf", "topics"): lambda _: args(),
    ("Journeys", "arrive"): lambda a: args(a.marek, NOW, NOW),
    ("Journeys", "arrivals_since"): lambda _: args(NOW - WEEK),
    ("Journeys", "by_post"): lambda a: args(f"hello-{name(a)}"),
    ("Journeys", "record_done"): lambda a: args(a.ines, 1, NOW),
    ("Journeys", "export"): lambda a: args(a.ines),
    ("Journeys", "first_messages"): lambda a: args([a.ines, a.marek]),
    ("Journeys", "flagged_since"): lambda _: args(NOW - WEEK),
    ("Journeys", "forget"): lambda a: args(a.ines),
    ("Journeys", "get"): lambda a: args(a.ines),
    ("Journeys", "in_state"): lambda _: args(JourneyState.ARRIVED),
    ("Journeys", "introduced"): lambda _: args(NOW - DAY, NOW + DAY, None),
    ("Journeys", "newcomers_per_buddy"): lambda _: args(),
    ("Journeys", "record_sent"): lambda a: args(a.ines, 2, NOW),
    ("Journeys", "progress"): lambda _: args(),
    ("Journeys", "put"): lambda a: args(Journey(a.ines, JourneyState.OVER, NOW, NOW)),
    ("Journeys", "show"): lambda a: args(a.ines),
    ("Journeys", "with_open_first_message"): lambda _: args(NOW - WEEK),
    ("Plan", "adopt"): lambda a: args([Step(1, "text", "new", 1, time(10), "everyone")]),
    ("Plan", "clear"): lambda _: args(),
    ("Plan", "put"): lambda a: args(Step(a.step, "text", "new", 1, time(10), "everyone")),
    ("Plan", "remove"): lambda a: args(a.step),
    ("Plan", "steps"): lambda _: args(),
    ("Plan", "swap"): lambda a: args(a.step, a.other_step),
    ("Plan", "put_settings"): lambda _: args(WelcomeSettings(words="new")),
    ("Plan", "settings"): lambda _: args(),
    ("Recaps", "began"): lambda _: args(),
    ("Recaps", "bring_back"): lambda a: args(a.skipped, NOW),
    ("Recaps", "get"): lambda a: args(a.recap),
    ("Recaps", "introduced"): lambda a: args(a.channel, NOW - DAY, NOW + DAY, joined=NOW - DAY),
    ("Recaps", "is_trusted"): lambda _: args(),
    ("Recaps", "last_posted"): lambda _: args(),
    ("Recaps", "messages"): lambda _: args(NOW - DAY, NOW + DAY),
    ("Recaps", "newcomers"): lambda _: args(NOW - DAY, NOW + DAY, joined=NOW - DAY),
    ("Recaps", "people_per_week"): lambda _: args([NOW - DAY, NOW + DAY]),
    ("Recaps", "put"): lambda a: args(NOW, NOW + DAY, RecapState.POSTED, f"recap-{name(a)}", NOW),
    ("Recaps", "roots"): lambda a: args([(a.there.space, handle(a), "1")]),
    ("Recaps", "settle"): lambda a: args(a.recap, RecapState.POSTED, NOW),
    ("Recaps", "settled"): lambda _: args(NOW),
    ("Recaps", "speakers"): lambda _: args(NOW - DAY, NOW + DAY),
    ("Recaps", "mark_failed"): lambda a: args(f"posted-{name(a)}"),
    ("Recaps", "waiting"): lambda _: args(),
    ("Decks", "add"): lambda a: args(a.deck, ["one more"], NOW, by=a.ines),
    ("Decks", "all"): lambda _: args(),
    ("Decks", "approve"): lambda a: args(a.suggestion),
    ("Decks", "get"): lambda a: args(a.deck),
    ("Decks", "give_back"): lambda a: args(a.prompt),
    ("Decks", "next"): lambda a: args(a.deck),
    ("Decks", "prompt"): lambda a: args(a.prompt),
    ("Decks", "prompts"): lambda a: args(a.deck),
    ("Decks", "put"): lambda a: args(f"another deck {name(a)}"),
    ("Decks", "remove"): lambda a: args(a.prompt),
    ("Decks", "stock"): lambda a: args([BuiltIn(f"slug-{name(a)}-2", f"second {name(a)}", ("p",))], NOW),
    ("Decks", "suggestions"): lambda _: args(),
    ("Decks", "use"): lambda a: args(a.prompt, NOW),
    ("Responses", "around"): lambda a: args(f"post-{name(a)}-0", DAY),
    ("Responses", "talked_since"): lambda a: args(a.channel, NOW - DAY),
    ("Rhythms", "all"): lambda _: args(),
    ("Rhythms", "counts"): lambda a: args(a.rhythm),
    ("Rhythms", "draft"): lambda a: args(a.ines, "filled", NOW, a.rhythm),
    ("Rhythms", "drafted"): lambda a: args(a.draft, a.ines),
    ("Rhythms", "drop"): lambda a: args(a.rhythm),
    ("Rhythms", "drop_draft"): lambda a: args(a.draft),
    ("Rhythms", "export"): lambda a: args(a.ines),
    ("Rhythms", "forget"): lambda a: args(a.ines),
    ("Rhythms", "get"): lambda a: args(a.rhythm),
    ("Rhythms", "hold"): lambda a: args(a.rhythm),
    ("Rhythms", "judge_from"): lambda a: args(a.rhythm, NOW + DAY),
    ("Rhythms", "latest"): lambda a: args(a.rhythm, 5),
    ("Rhythms", "passed"): lambda a: args(a.rhythm, a.ines, NOW.date()),
    ("Rhythms", "pause"): lambda a: args(a.rhythm, paused=True),
    ("Rhythms", "plan"): lambda a: args(a.rhythm, NOW.date() + DAY, NOW + DAY),
    ("Rhythms", "put"): lambda a: args(
        a.rhythm, NOW, channel_id=a.channel, deck_id=a.deck, led_by_id=a.marek
    ),
    ("Rhythms", "record"): lambda a: args(
        a.rhythm, f"other-{name(a)}", NOW.date(), NOW, Became.POSTED, prompt=a.prompt, deck=a.deck
    ),
    ("Rhythms", "set_next"): lambda a: args(a.rhythm, host=a.ines, agreed=True, prompt=a.prompt),
    ("Rhythms", "show"): lambda a: args(a.ines),
    ("Rhythms", "step_back"): lambda a: args(a.rhythm, a.ines),
    ("Rhythms", "took_turn"): lambda a: args(a.rhythm, a.ines, NOW),
    ("Rhythms", "mark_failed"): lambda a: args(f"post-{name(a)}-0", Became.FAILED, "closed"),
    ("Rhythms", "volunteer"): lambda a: args(a.rhythm, a.marek, NOW),
    ("Rhythms", "volunteers"): lambda a: args(a.rhythm),
}
HARMLESS = {("Recaps", "show"), ("Recaps", "export"), ("Recaps", "forget"), ("Rounds", "hold")}
"""Methods that say that there is nothing, or only wait: no arguments could make them show or do anything."""
CASES |= {method: lambda a: args(a.ines) for method in HARMLESS} | {("Rounds", "hold"): lambda _: args()}


def handle(a: Filled) -> str:
    return next(handle for handle, channel in a.there.channels.items() if channel == a.channel)


def name(a: Filled) -> str:
    return handle(a).removeprefix("general-")


def posted_at(a: Filled) -> tuple[str, str]:
    return f"C-{name(a)}", f"M-{name(a)}"


# The trial -------------------------------------------------------------------------------------------

Rows = frozenset[str]
"""Rows as text, each with the name of its table."""


@dataclass(frozen=True)
class Outcome:
    """What a call returned or raised, and the rows afterwards: those of the first community, and the rest."""

    returned: Any
    theirs: Rows
    others: Rows


async def rows(session: Session, community: int, space: int | None) -> tuple[Rows, Rows]:
    """All rows of all tables: those of a community (or of a space that is only its), and the others."""
    connection = await orm_of(session).connection()
    found = await connection.exec_driver_sql(_every_row(connection.dialect.name))
    theirs: set[str] = set()
    others: set[str] = set()
    for row, of, at in map(tuple, found):
        is_theirs = (of is not None and of == community) or (space is not None and at == space)
        (theirs if is_theirs else others).add(row)
    return frozenset(theirs), frozenset(others)


@cache
def _every_row(dialect: str) -> str:
    """One statement for all tables: each row as text, and the community and the space that it is of."""
    selects = []
    for table in Base.metadata.sorted_tables:
        if dialect == "postgresql":
            words = f'CAST("{table.name}" AS text)'
        else:
            words = " || ',' || ".join(f'quote("{column.name}")' for column in table.columns)
        owners = (_owner(table, "community"), _owner(table, "space"))
        selects.append(f"SELECT '{table.name}: ' || {words}, {', '.join(owners)} FROM \"{table.name}\"")
    return " UNION ALL ".join(selects)


def _owner(table: Table, what: str) -> str:
    """The column that may say to which community or space a row belongs."""
    name = "id" if table.name == what else f"{what}_id"
    return f'"{name}"' if name in table.columns else "CAST(NULL AS integer)"


async def tried(session: Session, call: Callable[[], Any], community: int, space: int | None) -> Outcome:
    """ApiCall within a savepoint, look, and undo."""
    if orm_of(session).get_bind().dialect.name == "postgresql":
        # Its counters do not go back with a savepoint; the same calls must be given the same ids.
        await orm_of(session).execute(text("SELECT setval(seqrelid, 1000000) FROM pg_sequence"))
    savepoint = await orm_of(session).begin_nested()
    try:
        returned = await call()
        await orm_of(session).flush()
        theirs, others = await rows(session, community, space)
    except Exception as error:  # noqa: BLE001  # whatever it is, it must be the same with and without the first
        returned = type(error)
        await savepoint.rollback()
        savepoint = await orm_of(session).begin_nested()
        theirs, others = await rows(session, community, space)
    await savepoint.rollback()
    orm_of(session).expunge_all()
    return Outcome(returned, theirs, others)


async def leaks(
    session: Session,
    kinds: Sequence[tuple[str, type[Any]]],
    cases: dict[tuple[str, str], Any],
    *,
    same_space: bool,
) -> list[str]:
    """The methods through which the second community can see or touch the first, or tried in vain."""
    first = await filled(session, "alpha", "T1")
    second = await filled(session, "beta", "T1" if same_space else "T2")
    community, space = first.there.community, None if same_space else first.there.space
    before, _ = await rows(session, community, space)
    found: list[str] = []
    with_first: dict[tuple[str, str], Outcome] = {}
    tries = [(kind, cases[kind, method], method, made) for kind, made in kinds for method in methods(made)]

    def call(made: type[Any], method: str, case: Any, there: Setting) -> Callable[[], Any]:
        positional, named = case(first)
        home = there.space if opened_for_space(made) else there.community
        return lambda: getattr(made(session, home), method)(*positional, **named)

    for kind, case, method, made in tries:
        outcome = await tried(session, call(made, method, case, second.there), community, space)
        with_first[kind, method] = outcome
        if outcome.theirs != before:
            found.append(f"{kind}.{method} changes what belongs to another community")
        own = await tried(session, call(made, method, case, first.there), community, space)
        is_idle = own.theirs == before and own.returned == outcome.returned and is_nothing(own.returned)
        if is_idle and (kind, method) not in HARMLESS:
            found.append(f"{kind}.{method} is tried with arguments that prove nothing")
    await orm_of(session).execute(delete(CommunityRow).where(CommunityRow.id == community))
    if space is not None:
        await Directory(session).erase_space(space)
    orm_of(session).expunge_all()
    for kind, case, method, made in tries:
        outcome = await tried(session, call(made, method, case, second.there), community, space)
        if outcome.returned != with_first[kind, method].returned:
            found.append(f"{kind}.{method} returns something of another community")
        elif outcome.others != with_first[kind, method].others:
            found.append(f"{kind}.{method} keeps something of another community")
    return found


def is_nothing(returned: Any) -> bool:
    """Whether an answer says nothing: None, False, 0, something empty, or an error."""
    if is_dataclass(returned) and not isinstance(returned, type):
        return not any(vars(returned).values())
    return not returned or isinstance(returned, type)


def test_every_method_of_every_repository_is_tried() -> None:
    assert {"People", "Outbox", "Agenda", "Diary"} <= repositories().keys()
    assert not [
        f"{kind}.{method}: say in CASES with which arguments a foreign community should try it"
        for kind, method in ALL
        if (kind, method) not in CASES
    ]
    assert not CASES.keys() - set(ALL), "these methods are no longer there"


@pytest.mark.parametrize("same_space", [False, True], ids=["other space", "same space"])
async def test_nothing_of_one_community_is_read_or_changed_through_another(
    sqlite_units: Units, same_space: bool
) -> None:
    assert await all_leaks(sqlite_units, same_space=same_space) == []


async def test_nothing_is_on_postgresql_either(postgres_url: str) -> None:
    units = Units(open_engine(postgres_url))
    assert await all_leaks(units, same_space=False) == []
    await units.close()


async def all_leaks(units: Units, *, same_space: bool) -> list[str]:
    """Try every cellar there is; in one space, the diary of that space is everyone's."""
    kinds = [item for item in repositories().items() if not (same_space and opened_for_space(item[1]))]
    units.seals = SEALS
    tries = {key: case for key, case in CASES.items() if key in ALL}
    async with units.write() as session:
        found = await leaks(session, kinds, tries, same_space=same_space)
        await orm_of(session).rollback()
    return found


# The trial itself is tried: it has to notice a careless query.


class Careless(Repository):
    """Queries that forget for which community they were opened."""

    async def count(self) -> int:
        return len(list(await self._session.scalars(select(MemberRow.id))))

    async def name_of(self, member: int) -> str | None:
        return await self._session.scalar(select(MemberRow.name).where(MemberRow.id == member))

    async def rename(self, member: int) -> None:
        await self._session.execute(text("UPDATE member SET name = 'x' WHERE id = :id"), {"id": member})

    async def copy(self, member: int) -> None:
        copied = "coalesce((SELECT name FROM member WHERE id = :id), 'none')"
        statement = f"UPDATE community SET name = {copied} WHERE id = :own"
        await self._session.execute(text(statement), {"id": member, "own": self._community})

    async def careful(self, member: int) -> list[str]:
        mine = select(MemberRow.name).where(MemberRow.community_id == self._community, MemberRow.id == member)
        return list(await self._session.scalars(mine))

    async def pointless(self, member: int) -> list[str]:
        return []


async def test_a_careless_query_is_noticed(sqlite_units: Units) -> None:
    cases = {("Careless", method): lambda a: args(a.ines) for method in methods(Careless)}
    cases["Careless", "count"] = lambda _: args()
    sqlite_units.seals = SEALS
    async with sqlite_units.write() as session:
        found = await leaks(session, [("Careless", Careless)], cases, same_space=False)
        await orm_of(session).rollback()
    assert sorted(found) == [
        "Careless.copy keeps something of another community",
        "Careless.count returns something of another community",
        "Careless.name_of returns something of another community",
        "Careless.pointless is tried with arguments that prove nothing",
        "Careless.rename changes what belongs to another community",
    ]
