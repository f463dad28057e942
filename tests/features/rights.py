"""Who may send which command: the table, the people who try it, and how an answer is judged. Default deny.

A new action is in no row, hence nobody's, and the tests fail until it is listed with who may.
Every way of sending commands, of every adapter, can be tried with the same table: send as each of `KINDS`,
judge by `is_let_in`.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.features import FEATURES
from facilitation.concern import Fallback
from facilitation.core.features.feature import Endpoint
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.surface import Response
from facilitation.core.values.cards import buttons_in
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Role
from facilitation.core.values.events import ChannelFacts, MemberJoined, MemberLeft, Profile, Roster
from storage.communities import Community, Directory, People, Use
from storage.coordination import Terms
from storage.mentoring import Pair, Pairs, Stage
from storage.rhythm import Decks, Leader, Rhythms
from storage.sealing import Seals
from storage.unit import Units
from tests.conftest import NOW
from tests.features.community import CHARTER, FALLBACK, KEY, direct_messages, submit_form
from tests.testbed import SPACE, Testbed, assemble_testbed, words_of

REGISTRY = Registry(FEATURES)

# People ----------------------------------------------------------------------------------------------

OUTSIDE = {
    "stranger": "nobody told us of them",
    "guest": "a guest of the space",
    "bot": "another bot",
    "former member": "left the community",
    "coordinator elsewhere": "coordinates another community of the same space",
}
INSIDE = {
    "member": "was there at Begin",
    "newcomer": "joined afterwards",
    "support": "member support, and the mentee of the pair that is asked for",
    "keeper": "resource keeper, and the mentor of that pair",
    "facilitator": "facilitator, whose turn it is with the rhythm that is asked for",
    "former coordinator": "coordinated until their term ended",
    "manager": "manages the space, and is a member",
    "member who coordinates elsewhere": "is in two communities, and coordinates the other one",
    "reporter": "raised the concern that is asked for",
    "coordinator": "coordinates here",
    "coordinator left out": "coordinates here, and must not learn of the concern",
}
KINDS = {**OUTSIDE, **INSIDE}
GRANTED = {
    "support": Role.SUPPORT,
    "keeper": Role.KEEPER,
    "facilitator": Role.FACILITATOR,
    "former coordinator": Role.COORDINATOR,
    "coordinator": Role.COORDINATOR,
    "coordinator left out": Role.COORDINATOR,
}

# The table -------------------------------------------------------------------------------------------

NOBODY: frozenset[str] = frozenset()
"""The clock alone."""
MEMBERS = frozenset(INSIDE)
COORDINATORS = frozenset({"coordinator", "coordinator left out"})
TRUSTED = frozenset({"coordinator"})
"""Those to whom a concern is told."""
REPORTER = frozenset({"reporter"})
FORMER = frozenset({"former coordinator"})
NEWCOMER = frozenset({"newcomer"})
FACILITATOR = frozenset({"facilitator"})
"""Who takes turns with the rhythm, and is the next."""

MENTOR = frozenset({"keeper"})
MENTEE = frozenset({"support"})
PAIR = MENTOR | MENTEE

MAY: dict[str, frozenset[str]] = {
    "charter.show_about": MEMBERS,
    "charter.restore_contact": MEMBERS,
    "charter.edit": COORDINATORS,
    "charter.reduce_contact": MEMBERS,
    "charter.show_home": MEMBERS,
    "charter.edit_profile": MEMBERS,
    "charter.show_help": MEMBERS,
    "circles.ask_groups": NOBODY,
    "circles.end": COORDINATORS,
    "circles.invite": NOBODY,
    "circles.join": MEMBERS,
    "circles.keep_apart": MEMBERS,
    "circles.leave": MEMBERS,
    "circles.merge_small_groups": NOBODY,
    "circles.make_groups": NOBODY,
    "circles.report_meeting": MEMBERS,  # of one's own group: see tests/features/circles
    "circles.draft": COORDINATORS,
    "circles.pause": COORDINATORS,
    "circles.pause_until": COORDINATORS,
    "circles.resume": COORDINATORS,
    "circles.list": COORDINATORS,
    "circles.save_draft": COORDINATORS,
    "circles.skip_round": MEMBERS,
    "concern.add_remark": REPORTER,
    "concern.answer": TRUSTED,
    "concern.close": TRUSTED,
    "concern.raise_concern": MEMBERS,
    "concern.show": TRUSTED,
    "concern.remind": NOBODY,
    "concern.submit": MEMBERS,
    "concern.take": TRUSTED,
    "concern.withdraw": REPORTER,
    "coordination.add_coordinator": COORDINATORS,  # and a manager while nobody coordinates: see the tests
    "coordination.add_role": COORDINATORS,
    "coordination.begin": COORDINATORS,
    "coordination.show_desk": COORDINATORS,
    "coordination.hand_over": COORDINATORS,
    "coordination.hush": COORDINATORS,
    "coordination.leave_note": FORMER,
    "coordination.list_coordinators": MEMBERS,
    "coordination.list_roles": COORDINATORS,
    "coordination.post_desk": NOBODY,
    "coordination.remove_coordinator": COORDINATORS,
    "coordination.remove_role": COORDINATORS,
    "coordination.renew_role": COORDINATORS,
    "coordination.edit_settings": COORDINATORS,
    "coordination.lift_hush": COORDINATORS,
    "coordination.take_back": COORDINATORS,
    "coordination.check_term": NOBODY,
    "mentoring.accept_mentee": MENTOR,
    "mentoring.allow_member": MEMBERS,
    "mentoring.approve_all_pairs": COORDINATORS,
    "mentoring.approve_pair": COORDINATORS,
    "mentoring.close_round": NOBODY,
    "mentoring.complete_pair": PAIR,
    "mentoring.end": MEMBERS,
    "mentoring.end_pair": PAIR,
    "mentoring.exclude_pair": COORDINATORS,
    "mentoring.extend_pair": PAIR,
    "mentoring.give_feedback": PAIR,
    "mentoring.accept_mentor": MENTEE,
    "mentoring.advance_pair": NOBODY,
    "mentoring.lift_exclusion": COORDINATORS,
    "mentoring.list_pairs": COORDINATORS,
    "mentoring.make_pairs": NOBODY,
    "mentoring.match_now": COORDINATORS,
    "mentoring.run_morning_check": NOBODY,
    "mentoring.decline_mentee": MENTOR,
    "mentoring.offer": MEMBERS,
    "mentoring.open_round": NOBODY,
    "mentoring.pause": MEMBERS,
    "mentoring.propose_pair": COORDINATORS,
    "mentoring.request": MEMBERS,
    "mentoring.resume": MEMBERS,
    "mentoring.review_pairs": COORDINATORS,
    "mentoring.change_settings": COORDINATORS,
    "mentoring.skip_pair": COORDINATORS,
    "mentoring.decline_mentor": MENTEE,
    "mentoring.show_status": MEMBERS,
    "mentoring.answer_stay_or_leave": PAIR,
    "mentoring.answer_checkin": PAIR,
    "mentoring.tell_unmatched": NOBODY,
    "mentoring.withdraw_offer": MEMBERS,
    "mentoring.withdraw_request": MEMBERS,
    "privacy.export": MEMBERS,
    "privacy.forget": MEMBERS,
    "privacy.forget_now": MEMBERS,
    "privacy.set_quiet": MEMBERS,
    "privacy.show": MEMBERS,
    "recap.undo_skip": COORDINATORS,
    "recap.compose": NOBODY,
    "recap.show_waiting": COORDINATORS,
    "recap.post_another": COORDINATORS,
    "recap.post_waiting": COORDINATORS,
    "recap.post_now": COORDINATORS,
    "recap.preview": COORDINATORS,
    "recap.skip_next": COORDINATORS,
    "recap.skip_waiting": COORDINATORS,
    "resources.annotate": MEMBERS,
    "resources.browse": MEMBERS,
    "resources.save_choice": MEMBERS,
    "resources.drop_choices": NOBODY,
    "resources.find": MEMBERS,
    "resources.save_from_message": MEMBERS,
    "resources.share": MEMBERS,
    "rhythm.add_prompts": COORDINATORS,
    "rhythm.accept_turn": FACILITATOR,
    "rhythm.approve_prompt": COORDINATORS,
    "rhythm.set_away": FACILITATOR,
    "rhythm.post_due_prompt": NOBODY,
    "rhythm.export_calendar": COORDINATORS,
    "rhythm.draft_change": COORDINATORS,
    "rhythm.change_deck": COORDINATORS,
    "rhythm.decline_prompt": COORDINATORS,
    "rhythm.edit": COORDINATORS,
    "rhythm.notify_facilitator": NOBODY,
    "rhythm.dismiss_advice": COORDINATORS,
    "rhythm.draft": COORDINATORS,
    "rhythm.create_deck": COORDINATORS,
    "rhythm.pause": COORDINATORS,
    "rhythm.pause_until": COORDINATORS,
    "rhythm.post_now": COORDINATORS | FACILITATOR,
    "rhythm.preview": COORDINATORS | FACILITATOR,
    "rhythm.remove": COORDINATORS,
    "rhythm.remove_prompt": COORDINATORS,
    "rhythm.resume": COORDINATORS,
    "rhythm.save_draft": COORDINATORS,
    "rhythm.list": COORDINATORS,
    "rhythm.show_responses": COORDINATORS,
    "rhythm.show_deck": COORDINATORS,
    "rhythm.list_decks": COORDINATORS,
    "rhythm.slow_down": COORDINATORS,
    "rhythm.draft_tuesday_prompt": COORDINATORS,
    "rhythm.stop_volunteering": FACILITATOR,
    "rhythm.suggest_prompt": MEMBERS,
    "rhythm.pass_turn": FACILITATOR,
    "rhythm.volunteer": MEMBERS,
    "welcome.add_step": COORDINATORS,
    "welcome.agree_to_rules": MEMBERS,
    "welcome.take_part": MEMBERS,
    "welcome.complete_task": MEMBERS,
    "welcome.edit": COORDINATORS,
    "welcome.edit_step": COORDINATORS,
    "welcome.find_buddy": NEWCOMER,
    "welcome.edit_first_message": COORDINATORS,
    "welcome.greet_newcomers": NOBODY,
    "welcome.introduce": NEWCOMER,
    "welcome.check_first_messages": NOBODY,
    "welcome.move_step": COORDINATORS,
    "welcome.preview": COORDINATORS,
    "welcome.show_progress": COORDINATORS,
    "welcome.remove_step": COORDINATORS,
    "welcome.reset": COORDINATORS,
    "welcome.show": COORDINATORS,
    "welcome.start": MEMBERS,
    "welcome.answer_step": MEMBERS,
    "welcome.continue_journey": NOBODY,
}

REFUSED = (
    "Only a coordinator can",
    "I can only answer members of this community",
    "You are not in this community",
    "That button is from an earlier version",
    "I know of no such concern",
    "That note is for who held the role",
    "Only coordinators and its facilitator",
    "That one is over, or somebody else has it by now",
    "You take no turns there",
    "That question is for somebody else",
    "This is for people who are new here",
)
"""How it is said that somebody may not. Any other answer is one to somebody who may."""


def is_let_in(answer: Response) -> bool:
    """Whether somebody may: a form to fill in, words about what they gave, or what they asked for."""
    assert not answer.reference, "an error on our side is no refusal"
    return not words_of(answer).startswith(REFUSED)


def may(kind: str, endpoint: Endpoint) -> bool:
    """Whether the table allows somebody to send this. What it does not name is nobody's."""
    return kind in MAY.get(endpoint.id, NOBODY)


def opens_before_it_is_judged(kind: str, endpoint: Endpoint, args: dict[str, Any]) -> bool:
    """Whether a press only opens a form, so that rights in the thing itself are asked when it is sent."""
    has_role = endpoint.role is None or kind in COORDINATORS
    return kind in INSIDE and has_role and endpoint.command in REGISTRY.forms and bool(args)


TURN = (NOW + timedelta(days=2)).date()
"""The day of the facilitator's turn."""

# The scene -------------------------------------------------------------------------------------------


@dataclass
class Scene:
    """A community with one of each kind of person in it, and another one in the same space."""

    bed: Testbed
    here: Community
    elsewhere: Community
    token: str
    rhythm: int
    pairs: dict[str, int]
    outset: sqlite3.Connection
    """The database as it was when the scene was set."""

    def on(self, units: Units, clock: VirtualClock) -> "Scene":
        """The same scene in another database, unchanged by what happened in the first one."""
        again = replace(self, bed=_bed(units, clock))
        again.anew()
        return again

    def anew(self) -> None:
        """As if nobody had asked anything yet."""
        with closing(_database(self.bed.units)) as database:
            self.outset.backup(database)
        self.bed.dispatcher.intake.invalidate()

    def args(self, endpoint: Endpoint) -> dict[str, Any]:
        """What this action is asked with, where rights depend on it."""
        if endpoint.id == "coordination.add_coordinator":
            return {"who": "member"}
        if endpoint.command.model_fields.keys() >= {"concern"}:
            words = {"words": "x"} if "words" in endpoint.command.model_fields else {}
            return {"concern": self.token, **words}
        if endpoint.id == "coordination.leave_note":
            return {"role": "coordinator", "note": "x"}
        if endpoint.id == "welcome.introduce":
            return {"words": "x"}
        if endpoint.feature == "mentoring" and "pair" in endpoint.command.model_fields:
            more = {
                "how": "stay" if endpoint.id == "mentoring.answer_stay_or_leave" else "met",
                "number": "1",
                "words": "x",
            }
            stage = {
                "accept_mentor": "proposed",
                "decline_mentor": "proposed",
                "accept_mentee": "offered",
                "decline_mentee": "offered",
            }
            pair = self.pairs[stage.get(endpoint.id.partition(".")[2], "active")]
            return {"pair": pair} | {
                name: more[name] for name in more.keys() & endpoint.command.model_fields.keys()
            }
        if "rhythm" in endpoint.command.model_fields:
            more = {"day": str(TURN), "until": str(TURN)}
            return {"rhythm": self.rhythm} | {
                name: more[name] for name in more.keys() & endpoint.command.model_fields.keys()
            }
        return {}


async def scene(units: Units, clock: VirtualClock) -> Scene:
    """Two communities in one space, each with its home channel; `reporter` has raised a concern."""
    bed = _bed(units, clock)
    lodgers = ("coordinator elsewhere", "member who coordinates elsewhere")
    profiles = tuple(
        Profile(kind, kind.capitalize(), bot=kind == "bot", guest=kind == "guest", manager=kind == "manager")
        for kind in KINDS
        if kind not in ("stranger", "newcomer")
    )
    here = tuple(p.handle for p in profiles if p.handle != "coordinator elsewhere")
    channels = (
        ChannelFacts("general", "general", members=here),
        ChannelFacts("other", "other", members=lodgers),
    )
    roster = Roster(SPACE, "Test community", profiles, channels)
    await bed.dispatcher.sync_roster(roster)
    await bed.dispatcher.sync_roster(roster, community_name="Other")
    async with units.write() as session:
        found = await Directory(session).communities(1)
        one, other = (next(c for c in found if (c.name == "Other") is is_other) for is_other in (False, True))
        for community, channel in ((one, "general"), (other, "other")):
            people = People(session, community.id)
            home = next(spot.id for spot in await people.spots() if spot.name == channel)
            await people.settle([home])
            await people.assign(Use.INTRODUCTIONS, home)
            await people.configure(configured=True)
            await people.enrol_present(clock.now())
            await people.begin(clock.now())
        await _grant(session, one, other, clock)
        rhythm = await _rhythm(session, one, clock)
        pairs = await _pairs(session, one, clock)
    bed.dispatcher.intake.invalidate()
    await bed.receive(MemberJoined(clock.now(), Profile("newcomer", "Newcomer"), "general"))
    await bed.receive(MemberLeft(clock.now(), "former member"))
    await submit_form(bed, "reporter", "concern.submit", words="x", left_out="coordinator left out")
    await bed.settle()
    token = str(next(buttons_in(direct_messages(bed, "coordinator")[-1].card)).args["concern"])
    outset = sqlite3.connect(":memory:")
    with closing(_database(units)) as database:
        database.backup(outset)
    return Scene(bed, one, other, token, rhythm, pairs, outset)


def _bed(units: Units, clock: VirtualClock) -> Testbed:
    units.seals = Seals([KEY])
    values = {CharterText: lambda _: CHARTER, Fallback: lambda _: FALLBACK}
    return assemble_testbed(units, clock, FEATURES, factories=values)


def _database(units: Units) -> sqlite3.Connection:
    return sqlite3.connect(str(units.engine.url.database))


async def _member(session: Any, community: Community, handle: str) -> int:
    account = await Directory(session).account(1, handle)
    assert account is not None
    found = await People(session, community.id).by_account(account.id)
    assert found is not None, f"{handle} is not in {community.name}"
    return found.id


async def _rhythm(session: Any, here: Community, clock: VirtualClock) -> int:
    """One that members take turns with; the next turn is the facilitator's."""
    decks, rhythms = Decks(session, here.id), Rhythms(session, here.id)
    deck = await decks.put("Questions")
    assert deck is not None
    await decks.add(deck, ["What did you learn?"], clock.now())
    general = next(spot.id for spot in await People(session, here.id).spots() if spot.name == "general")
    rhythm = await rhythms.put(
        None,
        clock.now(),
        name="Wednesday question",
        channel_id=general,
        deck_id=deck,
        rrule="FREQ=WEEKLY;BYDAY=WE",
        local_at=time(10),
        zone="UTC",
        start=TURN,
        leader=Leader.ROTATING.value,
    )
    assert rhythm is not None
    facilitator = await _member(session, here, "facilitator")
    await rhythms.volunteer(rhythm, facilitator, clock.now())
    await rhythms.plan(rhythm, TURN, datetime.combine(TURN, time(10), UTC))
    await rhythms.set_next(rhythm, host=facilitator, agreed=False, prompt=None)
    return rhythm


async def _pairs(session: Any, here: Community, clock: VirtualClock) -> dict[str, int]:
    """The keeper would be, and is, the mentor of member support."""
    mentor, mentee = [await _member(session, here, kind) for kind in ("keeper", "support")]
    facts: dict[str, Any] = {"made_at": clock.now(), "asked_at": clock.now(), "checkins": 1}
    made: dict[str, int] = {}
    for stage in (Stage.PROPOSED, Stage.OFFERED, Stage.ACTIVE):
        pair = await Pairs(session, here.id).add(Pair(0, mentor, mentee, stage, **facts))
        assert pair is not None
        made[stage.value] = pair
    return made


async def _grant(session: Any, here: Community, elsewhere: Community, clock: VirtualClock) -> None:
    for kind, role in GRANTED.items():
        await People(session, here.id).grant(await _member(session, here, kind), role, clock.now())
    former = await _member(session, here, "former coordinator")
    await Terms(session, here.id).end(former, Role.COORDINATOR, clock.now().date())
    for lodger in ("coordinator elsewhere", "member who coordinates elsewhere"):
        at = await _member(session, elsewhere, lodger)
        await People(session, elsewhere.id).grant(at, Role.COORDINATOR, clock.now())
