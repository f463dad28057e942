"""The house: answers what people ask, does what is due, digests what happened. It never sends."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import structlog

from facilitation.core.execution.effect_store import store_effects
from facilitation.core.execution.injection import Factories, Injector
from facilitation.core.features.feature import Endpoint, Feature, Root
from facilitation.core.features.registry import Registry
from facilitation.core.people.name_lookup import resolve_names
from facilitation.core.persistence import sealing
from facilitation.core.platforms.surface import Interaction, RenderableCard, Response
from facilitation.core.requests.admission import (
    AmbiguousCommunity,
    Caller,
    InvalidArguments,
    SuppressedCaller,
    authorize,
    form_for,
    identify,
    may_return,
    place_of,
    readmit,
    resolve_command,
    validate,
)
from facilitation.core.values.cards import Card, Text
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Command, Context, Prefill, Role
from facilitation.core.values.effects import OpenForm
from facilitation.core.values.errors import Refusal
from facilitation.core.values.events import Event, MemberJoined, MemberLeft, Roster, SpaceRef
from facilitation.core.values.forms import Form, missing_fields
from facilitation.core.values.speech import plain, say
from facilitation.core.workers.agenda_worker import UNITS_AT_MOST, AgendaWorker
from facilitation.core.workers.event_worker import EventWorker
from facilitation.core.workers.intake import Intake
from storage.communities import Community, Directory, Membership, People
from storage.suppression import suppressions_of
from storage.unit import Session, Units, has_changed, is_collision

log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class CommunityDefaults:
    """What a community is founded with when its space arrives; without a name it gets the space's."""

    name: str = ""
    zone: str = "UTC"
    country: str = ""


class Dispatcher:
    """Everything a process does with its communities, behind the `Door` that adapters knock at.

    `values` makes, for a community, things that handlers may ask for by type besides cellars. `first` names
    the first coordinators of a community by their handles on a space; it is read only while there are none.
    `founding` says what the community of a space that arrives is founded with.
    """

    def __init__(
        self,
        features: Sequence[Feature],
        units: Units,
        clock: Clock,
        *,
        values: Factories | None = None,
        first: Callable[[Community], Sequence[str]] = lambda _: (),
        founding: Callable[[SpaceRef], CommunityDefaults] = lambda _: CommunityDefaults(),
    ) -> None:
        self.registry = Registry(features)
        self.units = units
        self.clock = clock
        self.intake = Intake(units, self.registry, clock)
        self._injector = Injector(self.registry, clock, values or {})
        self._event_worker = EventWorker(units, self.registry, clock, self._injector)
        self._agenda_worker = AgendaWorker(units, self.registry, clock, self._injector)
        self._first = first
        self._founding = founding

    # What adapters call ------------------------------------------------------------------------------

    async def handle(self, interaction: Interaction) -> Response:
        """Answer one request. The one place where errors become words, in this order:

        1. a Refusal is said as it is, beside the form's field if a form stands behind the request;
        2. anything else is logged under a short reference, and the person is told it.
        """
        try:
            return await self._again_on_collision(lambda: self._handle(interaction))
        except Refusal as refusal:
            return self._refused(interaction, refusal)
        except Exception as error:  # noqa: BLE001  # it is logged
            reference = secrets.token_hex(3)
            cause = sealing.error_details(error, sealed=self.registry.is_confidential(interaction.command))
            log.error(  # noqa: TRY400  # the cause has the traceback, unless it may not be shown
                "request failed",
                reference=reference,
                command=interaction.command,
                root=interaction.root,
                **cause,
            )
            words = say(
                "Something went wrong on my side, and nothing was changed. Please try again. "
                "If it happens twice, tell whoever runs me this reference: **{reference}**",
                reference=reference,
            )
            return Response(RenderableCard(Card("", (words,), "careful")), reference=reference)

    async def hear(self, space: SpaceRef, event: Event) -> None:
        """Return when the happening is safely stored; acknowledge the platform after that."""
        await self.intake.hear(space, event)

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
            directory, membership = Directory(session), Membership(session)
            space = await directory.put_space(roster.space.platform, roster.space.handle, roster.name)
            forgotten = await suppressions_of(session, space.id)
            if forgotten.hashes:
                people = tuple(p for p in roster.people if not forgotten.has(p.handle))
                roster = msgspec.structs.replace(roster, people=people)
            await directory.put_accounts(
                space.id, [(p.handle, p.name, p.zone, p.is_person, p.manager) for p in roster.people]
            )
            await directory.put_channels(
                space.id, [(c.handle, c.name, c.private, c.archived) for c in roster.channels]
            )
            strayed = await membership.sync_presence(space.id, {c.handle: c.members for c in roster.channels})
            if community or not await directory.communities(space.id):
                name = community or await directory.free_name(roster.name, str(roster.space))
                await directory.put_community(name, space.id, founding.zone, founding.country)
            communities = await directory.communities(space.id)
            for one in communities:
                if one.begun_at is None:
                    await membership.enrol_present(one, None, now)
                await self._appoint_first(session, space.id, one)
            came, went = await membership.compare_roster(space.id, [p.handle for p in roster.people])
            strayed += [one for one in await membership.outside_home_channels(space.id) if one not in strayed]
        self.intake.forget()
        if not history:
            joined = [MemberJoined(now, profile) for profile in roster.people if profile.handle in came]
            left = [MemberLeft(now, handle) for handle in sorted(went)]
            left += [MemberLeft(now, handle, place) for place, handle in strayed if handle not in went]
            if joined or left:
                await self.intake.commit(roster.space, [*joined, *left])

    def complete(self, root: Root, words: str) -> list[tuple[str, str]]:
        """Commands that begin with these words, each with its help text."""
        return self.registry.complete(root, words)

    # What the heartbeat calls ------------------------------------------------------------------------

    async def digest(self) -> int:
        """Let the rooms hear what is fresh; returns how many happenings were taken, 0 when none is left."""
        taken, is_stale = await self._event_worker.step()
        if is_stale:
            self.intake.forget()
        return taken

    async def due(self) -> bool:
        """Do the one thing that is due the longest: claim, handling and effects in one transaction.

        Returns False when nothing is due.
        """
        done, is_stale = await self._agenda_worker.step()
        if is_stale:
            self.intake.forget()
        return done

    # Answering ---------------------------------------------------------------------------------------

    async def _handle(self, interaction: Interaction) -> Response:
        endpoint, given = resolve_command(self.registry, interaction)
        try:
            return await self._answer(interaction, endpoint, given)
        except SuppressedCaller:
            if not may_return(interaction, endpoint):
                raise
        async with self.units.write() as session:
            await readmit(session, interaction, self.clock.now())
        self.intake.forget()
        return await self._answer(interaction, endpoint, given)

    async def _answer(self, interaction: Interaction, endpoint: Endpoint, given: dict[str, Any]) -> Response:
        async with self.units.read() as session:
            try:
                caller = await identify(session, interaction)
            except AmbiguousCommunity as undecided:
                return Response(RenderableCard(undecided.card(endpoint, given)))
            roles = await authorize(session, caller, endpoint)
            form = await self._form(session, caller, interaction, roles, endpoint, given)
        if form is not None:
            return Response(form=form, community=caller.community.id)
        return await self._perform(interaction, endpoint, given)

    async def _form(
        self,
        session: Session,
        caller: Caller,
        interaction: Interaction,
        roles: frozenset[Role],
        endpoint: Endpoint,
        given: dict[str, Any],
    ) -> Form | None:
        """The form to open, unless the request is complete or a form stands behind it already.

        An ask with an opening shows what is stored, and over it what was given: done at once, it would set
        whatever was not given back to its default. An opening that opens nothing lets it be done.
        """
        if interaction.submitted:
            return None
        form_handler = self.registry.forms.get(endpoint.command)
        if form_handler is not None:
            context = self._context(Command(), caller, interaction, roles)
            effects = await self._injector.run(
                session, caller.community, form_handler, {Context: context, Prefill: Prefill(given)}
            )
            opened = next((effect for effect in effects if isinstance(effect, OpenForm)), None)
            if opened is None:
                return None
            filled = opened.filled | given
            return form_for(self.registry.of(opened.command), filled, options=opened.options)
        return form_for(endpoint, given) if missing_fields(endpoint.command, given) else None

    async def _perform(self, interaction: Interaction, endpoint: Endpoint, given: dict[str, Any]) -> Response:
        async with self.units.write() as session:
            # Rights are looked up in the unit that acts: at the press, not when the button was shown.
            caller = await identify(session, interaction)
            roles = await authorize(session, caller, endpoint)
            command = await validate(session, endpoint, given, caller)
            context = self._context(command, caller, interaction, roles)
            if not endpoint.confidential:
                self.units.last_seen.note(caller.account.id, context.at)
            effects = await self._injector.run(
                session, caller.community, endpoint.handler, {type(command): command, Context: context}
            )
            replies = await store_effects(
                session, self.registry, caller.community, endpoint.feature, effects, context.at, context.place
            )
            said = [
                await resolve_names(session, caller.community, caller.account.space, r.card) for r in replies
            ]
            is_stale = has_changed(session)
        if is_stale:
            self.intake.forget()
        return Response(said[0] if said else None, community=caller.community.id)

    def _context(
        self, command: Command, caller: Caller, interaction: Interaction, roles: frozenset[Role]
    ) -> Context:
        return Context(
            command=command,
            member=caller.member,
            community=caller.community,
            place=place_of(caller, interaction),
            via=interaction.via,
            at=self.clock.now(),
            roles=roles,
            space=caller.account.space,
            is_manager=caller.account.is_manager,
        )

    def _refused(self, interaction: Interaction, refusal: Refusal) -> Response:
        endpoint = self.registry.endpoints.get(interaction.command)
        words = refusal.text if isinstance(refusal.text, str) else plain(refusal.text)
        errors = refusal.errors if isinstance(refusal, InvalidArguments) else {refusal.field: words}
        if (
            interaction.submitted
            and endpoint is not None
            and (isinstance(refusal, InvalidArguments) or refusal.field)
        ):
            return Response(
                form=form_for(endpoint, dict(interaction.args), errors), community=interaction.community
            )
        text = refusal.text if isinstance(refusal.text, Text) else say("{words}", words=refusal.text)
        return Response(RenderableCard(Card("", (text,), "careful")), community=interaction.community)

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
