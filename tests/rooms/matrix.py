"""Who may ask what: the table, the people who try it, and how an answer is judged. Default deny.

A new action is in no row, hence nobody's, and the tests fail until it is listed with who may.
Every door of every adapter can be tried with the same table: knock as each of `KINDS`, judge by `is_let_in`.
"""

from dataclasses import dataclass
from typing import Any

from bot.app import ROOMS
from facilitation.charter import CharterText
from facilitation.concern import Fallback
from facilitation.core.ask import Role
from facilitation.core.cards import buttons_in
from facilitation.core.happenings import ChannelFacts, MemberJoined, MemberLeft, Profile, Roster
from facilitation.core.room import Action, Catalogue
from facilitation.core.surface import Answer
from storage.communities import Community, Directory, People
from storage.coordination import Terms
from storage.sealing import Seals
from storage.unit import Units
from tests.rooms.coordinating import CHARTER, FALLBACK, KEY, ask_of, direct
from tests.testbed import SPACE, Testbed, furnished, words_of

HOUSE = Catalogue(ROOMS)

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
    "support": "member support",
    "keeper": "resource keeper",
    "facilitator": "facilitator",
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

MAY: dict[str, frozenset[str]] = {
    "charter.about": MEMBERS,
    "charter.fewer": MEMBERS,
    "charter.home": MEMBERS,
    "charter.me": MEMBERS,
    "charter.show_help": MEMBERS,
    "concern.add": REPORTER,
    "concern.answer": TRUSTED,
    "concern.close": TRUSTED,
    "concern.concern": MEMBERS,
    "concern.look": TRUSTED,
    "concern.remind": NOBODY,
    "concern.report": MEMBERS,
    "concern.take": TRUSTED,
    "concern.withdraw": REPORTER,
    "coordination.add_coordinator": COORDINATORS,  # and a manager while nobody coordinates: see the tests
    "coordination.add_role": COORDINATORS,
    "coordination.begin": COORDINATORS,
    "coordination.desk": COORDINATORS,
    "coordination.hand_over": COORDINATORS,
    "coordination.hush": COORDINATORS,
    "coordination.leave_note": FORMER,
    "coordination.list_coordinators": MEMBERS,
    "coordination.list_roles": COORDINATORS,
    "coordination.monday_desk": NOBODY,
    "coordination.remove_coordinator": COORDINATORS,
    "coordination.remove_role": COORDINATORS,
    "coordination.renew": COORDINATORS,
    "coordination.settings": COORDINATORS,
    "coordination.speak": COORDINATORS,
    "coordination.take_back": COORDINATORS,
    "coordination.term_comes_up": NOBODY,
    "recap.bring_back": COORDINATORS,
    "recap.compose": NOBODY,
    "recap.look": COORDINATORS,
    "recap.post_another": COORDINATORS,
    "recap.post_it": COORDINATORS,
    "recap.post_now": COORDINATORS,
    "recap.preview": COORDINATORS,
    "recap.skip": COORDINATORS,
    "recap.skip_it": COORDINATORS,
    "resources.annotate": MEMBERS,
    "resources.browse": MEMBERS,
    "resources.choose": MEMBERS,
    "resources.drop_choices": NOBODY,
    "resources.find": MEMBERS,
    "resources.save": MEMBERS,
    "resources.share": MEMBERS,
}

REFUSED = (
    "Only a coordinator can",
    "I can only answer members of this community",
    "You are not in this community",
    "That button is from an earlier version",
    "I know of no such concern",
    "That note is for who held the role",
)
"""How it is said that somebody may not; whatever else is said is said to somebody who may."""


def is_let_in(answer: Answer) -> bool:
    """Whether somebody may: a form to fill in, words about what they gave, or what they asked for."""
    assert not answer.reference, "an error on our side is no refusal"
    return not words_of(answer).startswith(REFUSED)


def may(kind: str, action: Action) -> bool:
    """Whether the table lets somebody ask this; what it does not name is nobody's."""
    return kind in MAY.get(action.id, NOBODY)


def opens_before_it_is_judged(kind: str, action: Action, args: dict[str, Any]) -> bool:
    """Whether a press only opens a form, so that rights in the thing itself are asked when it is sent."""
    has_role = action.role is None or kind in COORDINATORS
    return kind in INSIDE and has_role and action.ask in HOUSE.openings and bool(args)


# The scene -------------------------------------------------------------------------------------------


@dataclass
class Scene:
    """A community with one of each kind of person in it, and another one in the same space."""

    bed: Testbed
    here: Community
    elsewhere: Community
    token: str

    def args(self, action: Action) -> dict[str, Any]:
        """What this action is asked with, where rights depend on it."""
        if action.id == "coordination.add_coordinator":
            return {"who": "member"}
        if action.ask.model_fields.keys() >= {"concern"}:
            words = {"words": "x"} if "words" in action.ask.model_fields else {}
            return {"concern": self.token, **words}
        if action.id == "coordination.leave_note":
            return {"role": "coordinator", "note": "x"}
        return {}


async def scene(units: Units, clock: Any) -> Scene:
    """Two communities in one space, each with its home channel; the concern of `reporter` is open."""
    units.seals = Seals([KEY])
    lodgers = ("coordinator elsewhere", "member who coordinates elsewhere")
    profiles = [
        Profile(kind, kind.capitalize(), bot=kind == "bot", guest=kind == "guest", manager=kind == "manager")
        for kind in KINDS
        if kind not in ("stranger", "newcomer")
    ]
    here = tuple(p.handle for p in profiles if p.handle != "coordinator elsewhere")
    channels = (
        ChannelFacts("general", "general", members=here),
        ChannelFacts("other", "other", members=lodgers),
    )
    values = {CharterText: lambda _: CHARTER, Fallback: lambda _: FALLBACK}
    bed = await furnished(units, clock, ROOMS, people=profiles, channels=channels, first=(), values=values)
    await bed.house.arrive(Roster(SPACE, "Test community", tuple(profiles), channels), community="Other")
    async with units.write() as session:
        found = await Directory(session).communities(1)
        one, other = (next(c for c in found if (c.name == "Other") is is_other) for is_other in (False, True))
        for community, channel in ((one, "general"), (other, "other")):
            people = People(session, community.id)
            await people.settle([spot.id for spot in await people.spots() if spot.name == channel])
            await people.configure(configured=True)
            await people.enrol_present(clock.now())
            await people.begin(clock.now())
        await _grant(session, one, other, clock)
    bed.house.intake.forget()
    await bed.hear(MemberJoined(clock.now(), Profile("newcomer", "Newcomer"), "general"))
    await bed.hear(MemberLeft(clock.now(), "former member"))
    await ask_of(bed, "reporter", "concern.report", words="x", left_out="coordinator left out")
    await bed.settle()
    token = str(next(buttons_in(direct(bed, "coordinator")[-1].card)).args["concern"])
    return Scene(bed, one, other, token)


async def _grant(session: Any, here: Community, elsewhere: Community, clock: Any) -> None:
    async def member(community: Community, handle: str) -> int:
        account = await Directory(session).account(1, handle)
        assert account is not None
        found = await People(session, community.id).by_account(account.id)
        assert found is not None, f"{handle} is not in {community.name}"
        return found.id

    for kind, role in GRANTED.items():
        await People(session, here.id).grant(await member(here, kind), role, clock.now())
    former = await member(here, "former coordinator")
    await Terms(session, here.id).end(former, Role.COORDINATOR, clock.now().date())
    for lodger in ("coordinator elsewhere", "member who coordinates elsewhere"):
        at = await member(elsewhere, lodger)
        await People(session, elsewhere.id).grant(at, Role.COORDINATOR, clock.now())
