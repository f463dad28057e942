"""The house: answers what people ask, does what is due, digests what happened. It never sends."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import structlog

from facilitation.core import sealing
from facilitation.core.ask import Ask, Call, Form, Given, Role, missing
from facilitation.core.cards import Card, Text
from facilitation.core.clock import Clock
from facilitation.core.digest import Digest
from facilitation.core.duties import UNITS_AT_MOST, Duties
from facilitation.core.effects import Open
from facilitation.core.errors import Refusal
from facilitation.core.happenings import Happening, MemberJoined, MemberLeft, Roster, SpaceRef
from facilitation.core.intake import Intake
from facilitation.core.keeping import keep
from facilitation.core.naming import spoken
from facilitation.core.providing import Provider, Values
from facilitation.core.room import Action, Catalogue, Room, Root
from facilitation.core.speech import plain, say
from facilitation.core.surface import Answer, Knock, Spoken
from facilitation.core.visiting import (
    Forgot,
    Invalid,
    Undecided,
    Visitor,
    admit,
    asked,
    comes_back,
    form_for,
    let_back,
    place_of,
    validated,
    visitor_of,
)
from storage.communities import Community, Directory, People
from storage.forgotten import forgotten_in
from storage.unit import Session, Units, has_changed, is_collision

log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Founding:
    """What a community is founded with when its space arrives; without a name it gets the space's."""

    name: str = ""
    zone: str = "UTC"
    country: str = ""


class House:
    """Everything a process does with its communities, behind the `Door` that adapters knock at.

    `values` makes, for a community, things that handlers may ask for by type besides cellars. `first` names
    the first coordinators of a community by their handles on a space; it is read only while there are none.
    `founding` says what the community of a space that arrives is founded with.
    """

    def __init__(
        self,
        rooms: Sequence[Room],
        units: Units,
        clock: Clock,
        *,
        values: Values | None = None,
        first: Callable[[Community], Sequence[str]] = lambda _: (),
        founding: Callable[[SpaceRef], Founding] = lambda _: Founding(),
    ) -> None:
        self.catalogue = Catalogue(rooms)
        self.units = units
        self.clock = clock
        self.intake = Intake(units, self.catalogue, clock)
        self._provider = Provider(self.catalogue, clock, values or {})
        self._digest = Digest(units, self.catalogue, clock, self._provider)
        self._duties = Duties(units, self.catalogue, clock, self._provider)
        self._first = first
        self._founding = founding

    # What adapters call ------------------------------------------------------------------------------

    async def handle(self, knock: Knock) -> Answer:
        """Answer one request. The one place where errors become words, in this order:

        1. a Refusal is said as it is, beside the form's field if a form stands behind the request;
        2. anything else is logged under a short reference, and the person is told it.
        """
        try:
            return await self._again_on_collision(lambda: self._handle(knock))
        except Refusal as refusal:
            return self._refused(knock, refusal)
        except Exception as error:  # noqa: BLE001  # it is logged
            reference = secrets.token_hex(3)
            cause = sealing.noted(error, sealed=self.catalogue.is_discreet(knock.ask))
            log.error(  # noqa: TRY400  # the cause has the traceback, unless it may not be shown
                "request failed", reference=reference, ask=knock.ask, root=knock.root, **cause
            )
            words = say(
                "Something went wrong on my side, and nothing was changed. Please try again. "
                "If it happens twice, tell whoever runs me this reference: **{reference}**",
                reference=reference,
            )
            return Answer(Spoken(Card("", (words,), "careful")), reference=reference)

    async def hear(self, space: SpaceRef, happening: Happening) -> None:
        """Return when the happening is safely stored; acknowledge the platform after that."""
        await self.intake.hear(space, happening)

    async def arrive(self, roster: Roster, *, community: str = "", history: bool = False) -> None:
        """Take in a space as it stands, at the start and after a gap.

        A space without a community gets one, of the space's name unless another is given or founded there;
        it is silent until a coordinator says *Begin*. Whoever came to a running one while nobody listened
        joins now. Whoever is gone from a roster of people, or of a channel's, has left, and so has whoever
        is in no home channel after all; not so with the roster of an archive (`history`), which may be of
        long ago.
        """
        now = self.clock.now()
        founding = self._founding(roster.space)
        community = community or founding.name
        async with self.units.write() as session:
            directory = Directory(session)
            space = await directory.put_space(roster.space.platform, roster.space.handle, roster.name)
            forgotten = await forgotten_in(session, space.id)
            if forgotten.hashes:
                people = tuple(p for p in roster.people if not forgotten.has(p.handle))
                roster = msgspec.structs.replace(roster, people=people)
            await directory.put_accounts(
                space.id, [(p.handle, p.name, p.zone, p.is_person, p.manager) for p in roster.people]
            )
            await directory.put_channels(
                space.id, [(c.handle, c.name, c.private, c.archived) for c in roster.channels]
            )
            strayed = await directory.fill(space.id, {c.handle: c.members for c in roster.channels})
            if community or not await directory.communities(space.id):
                name = community or await directory.free_name(roster.name, str(roster.space))
                await directory.put_community(name, space.id, founding.zone, founding.country)
            communities = await directory.communities(space.id)
            for one in communities:
                if one.begun_at is None:
                    await directory.enrol_present(one, None, now)
                await self._appoint_first(session, space.id, one)
            came, went = await directory.came_and_went(space.id, [p.handle for p in roster.people])
            strayed += [one for one in await directory.strayed(space.id) if one not in strayed]
        self.intake.forget()
        if not history:
            joined = [MemberJoined(now, profile) for profile in roster.people if profile.handle in came]
            left = [MemberLeft(now, handle) for handle in sorted(went)]
            left += [MemberLeft(now, handle, place) for place, handle in strayed if handle not in went]
            if joined or left:
                await self.intake.commit(roster.space, [*joined, *left])

    def complete(self, root: Root, words: str) -> list[tuple[str, str]]:
        """Commands that begin with these words, each with its help text."""
        return self.catalogue.complete(root, words)

    # What the heartbeat calls ------------------------------------------------------------------------

    async def digest(self) -> int:
        """Let the rooms hear what is fresh; returns how many happenings were taken, 0 when none is left."""
        taken, is_stale = await self._digest.step()
        if is_stale:
            self.intake.forget()
        return taken

    async def due(self) -> bool:
        """Do the one thing that is due the longest: claim, handling and effects in one transaction.

        Returns False when nothing is due.
        """
        done, is_stale = await self._duties.step()
        if is_stale:
            self.intake.forget()
        return done

    # Answering ---------------------------------------------------------------------------------------

    async def _handle(self, knock: Knock) -> Answer:
        action, given = asked(self.catalogue, knock)
        try:
            return await self._answer(knock, action, given)
        except Forgot:
            if not comes_back(knock, action):
                raise
        async with self.units.write() as session:
            await let_back(session, knock, self.clock.now())
        self.intake.forget()
        return await self._answer(knock, action, given)

    async def _answer(self, knock: Knock, action: Action, given: dict[str, Any]) -> Answer:
        async with self.units.read() as session:
            try:
                visitor = await visitor_of(session, knock)
            except Undecided as undecided:
                return Answer(Spoken(undecided.card(action, given)))
            roles = await admit(session, visitor, action)
            form = await self._form(session, visitor, knock, roles, action, given)
        if form is not None:
            return Answer(form=form, community=visitor.community.id)
        return await self._perform(knock, action, given)

    async def _form(
        self,
        session: Session,
        visitor: Visitor,
        knock: Knock,
        roles: frozenset[Role],
        action: Action,
        given: dict[str, Any],
    ) -> Form | None:
        """The form to open, unless the request is complete or a form stands behind it already.

        An ask with an opening shows what is stored, and over it what was given: done at once, it would set
        whatever was not given back to its default. An opening that opens nothing lets it be done.
        """
        if knock.submitted:
            return None
        opening = self.catalogue.openings.get(action.ask)
        if opening is not None:
            call = self._call(Ask(), visitor, knock, roles)
            effects = await self._provider.run(
                session, visitor.community, opening, {Call: call, Given: Given(given)}
            )
            opened = next((effect for effect in effects if isinstance(effect, Open)), None)
            if opened is None:
                return None
            filled = opened.filled | given
            return form_for(self.catalogue.of(opened.ask), filled, options=opened.options)
        return form_for(action, given) if missing(action.ask, given) else None

    async def _perform(self, knock: Knock, action: Action, given: dict[str, Any]) -> Answer:
        async with self.units.write() as session:
            # Rights are looked up in the unit that acts: at the press, not when the button was shown.
            visitor = await visitor_of(session, knock)
            roles = await admit(session, visitor, action)
            ask = await validated(session, action, given, visitor)
            call = self._call(ask, visitor, knock, roles)
            if not action.discreet:
                await Directory(session).seen(visitor.account.id, call.at)
            effects = await self._provider.run(
                session, visitor.community, action.handler, {type(ask): ask, Call: call}
            )
            replies = await keep(
                session, self.catalogue, visitor.community, action.room, effects, call.at, call.place
            )
            said = [await spoken(session, visitor.community, visitor.account.space, r.card) for r in replies]
            is_stale = has_changed(session)
        if is_stale:
            self.intake.forget()
        return Answer(said[0] if said else None, community=visitor.community.id)

    def _call(self, ask: Ask, visitor: Visitor, knock: Knock, roles: frozenset[Role]) -> Call:
        return Call(
            ask=ask,
            who=visitor.member,
            community=visitor.community,
            place=place_of(visitor, knock),
            via=knock.via,
            at=self.clock.now(),
            roles=roles,
            space=visitor.account.space,
            manager=visitor.account.manager,
        )

    def _refused(self, knock: Knock, refusal: Refusal) -> Answer:
        action = self.catalogue.actions.get(knock.ask)
        words = refusal.text if isinstance(refusal.text, str) else plain(refusal.text)
        errors = refusal.errors if isinstance(refusal, Invalid) else {refusal.field: words}
        if knock.submitted and action is not None and (isinstance(refusal, Invalid) or refusal.field):
            return Answer(form=form_for(action, dict(knock.args), errors), community=knock.community)
        text = refusal.text if isinstance(refusal.text, Text) else say("{words}", words=refusal.text)
        return Answer(Spoken(Card("", (text,), "careful")), community=knock.community)

    # Small parts -------------------------------------------------------------------------------------

    async def _appoint_first(self, session: Session, space: int, community: Community) -> None:
        people = People(session, community.id)
        if await people.holders(Role.COORDINATOR):
            return
        for handle in self._first(community):
            account = await Directory(session).account(space, handle)
            member = await people.by_account(account.id) if account else None
            if member is not None and member.left_at is None:
                await people.grant(member.id, Role.COORDINATOR, self.clock.now())

    async def _again_on_collision(self, unit: Callable[[], Awaitable[T]]) -> T:
        for attempt in range(1, UNITS_AT_MOST + 1):
            try:
                return await unit()
            except Exception as error:
                if not is_collision(error) or attempt == UNITS_AT_MOST:
                    raise
        raise AssertionError("unreachable")
