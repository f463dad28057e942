"""Answers one interaction: finds the endpoint and the caller, opens a form or calls the handler."""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog

from facilitation.core.execution.effect_store import store_effects
from facilitation.core.execution.injection import Injector
from facilitation.core.features.feature import Endpoint
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
    refuse_misfits,
    resolve_command,
    validate,
)
from facilitation.core.values.cards import Card, Text
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Command, Context, Prefill, current_names
from facilitation.core.values.effects import OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Form, missing_fields
from facilitation.core.values.speech import plain, say
from storage.unit import Changes, Session, Units, changes_of, retry_on_collision

log = structlog.get_logger(__name__)


class RequestHandler:
    """Answers what people send.

    `on_change` is called after a unit that changed communities or their people.
    """

    def __init__(
        self,
        units: Units,
        registry: Registry,
        clock: Clock,
        injector: Injector,
        on_change: Callable[[Changes], None],
    ) -> None:
        self._units = units
        self._registry = registry
        self._clock = clock
        self._injector = injector
        self._on_change = on_change

    async def handle(self, interaction: Interaction) -> Response:
        """Answer one interaction. This is the one place where errors become words, in this order:

        1. a Refusal is shown as it is, beside the form's field if the interaction submits a form;
        2. any other error is logged under a short reference, which the person is shown.
        """
        try:
            return await retry_on_collision(lambda: self._handle(interaction))
        except Refusal as refusal:
            return self._refused(interaction, refusal)
        except Exception as error:  # noqa: BLE001  # it is logged
            reference = secrets.token_hex(3)
            cause = sealing.error_details(error, sealed=self._registry.is_confidential(interaction.command))
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

    async def _handle(self, interaction: Interaction) -> Response:
        endpoint, given = resolve_command(self._registry, interaction)
        try:
            return await self._answer(interaction, endpoint, given)
        except AmbiguousCommunity as ambiguous:
            return Response(RenderableCard(ambiguous.card(endpoint, given)))
        except SuppressedCaller:
            if not may_return(interaction, endpoint):
                raise
        async with self._units.write() as session:
            await readmit(session, interaction, self._clock.now())
        self._on_change(Changes(everything=True))
        return await self._answer(interaction, endpoint, given)

    async def _answer(self, interaction: Interaction, endpoint: Endpoint, given: dict[str, Any]) -> Response:
        """Open the form if one is to open, else perform the command."""
        if self._may_open_form(interaction, endpoint, given):
            async with self._units.read() as session:
                caller = await identify(session, interaction)
                authorize(caller, endpoint)
                if interaction.via == "slash":
                    refuse_misfits(endpoint, given)
                form = await self._form(session, caller, interaction, endpoint, given)
            if form is not None:
                return Response(form=form, community=caller.community.id)
        return await self._perform(interaction, endpoint, given)

    def _may_open_form(self, interaction: Interaction, endpoint: Endpoint, given: dict[str, Any]) -> bool:
        """Whether a form may open. A submitted form never leads to a second one."""
        if interaction.submitted:
            return False
        return endpoint.command in self._registry.forms or bool(missing_fields(endpoint.command, given))

    async def _form(
        self,
        session: Session,
        caller: Caller,
        interaction: Interaction,
        endpoint: Endpoint,
        given: dict[str, Any],
    ) -> Form | None:
        """The form to open, None if the command is to be performed at once.

        A declared form shows the stored values, overridden by the given ones: performed at once, the command
        would reset each field that was not given to its default.
        """
        handler = self._registry.forms.get(endpoint.command)
        if handler is None:
            return form_for(endpoint, given)
        context = self._context(Command(), caller, interaction)
        effects = await self._injector.run(
            session, caller.community, handler, {Context: context, Prefill: Prefill(given)}
        )
        opened = next((effect for effect in effects if isinstance(effect, OpenForm)), None)
        if opened is None:
            return None
        return form_for(
            self._registry.endpoint_of(opened.command), opened.filled | given, options=opened.options
        )

    async def _perform(self, interaction: Interaction, endpoint: Endpoint, given: dict[str, Any]) -> Response:
        """Call the handler, and store its effects in the same unit of work.

        Rights are checked in this unit: when the button is pressed, not when it was shown.
        """
        reads = partial(self._units.read, is_long=endpoint.reads_long)
        unit = reads if endpoint.read_only else self._units.write
        async with unit() as session:
            caller = await identify(session, interaction)
            authorize(caller, endpoint)
            command = await validate(session, endpoint, given, caller)
            context = self._context(command, caller, interaction)
            if not endpoint.confidential:
                self._units.last_seen.note(caller.account.id, context.at)
            effects = await self._injector.run(
                session, caller.community, endpoint.handler, {type(command): command, Context: context}
            )
            replies = await self._store(session, caller, endpoint, context, effects)
            cards = [
                await resolve_names(session, caller.community, caller.account.space, reply.card)
                for reply in replies
            ]
            changes = changes_of(session)
        if changes:
            self._on_change(changes)
        return Response(cards[0] if cards else None, community=caller.community.id)

    async def _store(
        self, session: Session, caller: Caller, endpoint: Endpoint, context: Context, effects: list[Any]
    ) -> list[Reply]:
        if endpoint.read_only and not all(
            isinstance(effect, Reply) and effect.to == "asker" for effect in effects
        ):
            raise TypeError(f"{endpoint.id} is read-only, so it can only reply to its sender")
        return await store_effects(
            session,
            self._registry,
            caller.community,
            endpoint.feature,
            effects,
            context.at,
            context.place,
        )

    def _context(self, command: Command, caller: Caller, interaction: Interaction) -> Context:
        return Context(
            command=command,
            member=caller.member,
            community=caller.community,
            place=place_of(caller, interaction),
            via=interaction.via,
            at=self._clock.now(),
            roles=caller.roles,
            space=caller.account.space,
            is_manager=caller.account.is_manager,
        )

    def _refused(self, interaction: Interaction, refusal: Refusal) -> Response:
        endpoint = self._registry.find(interaction.command)
        words = refusal.text if isinstance(refusal.text, str) else plain(refusal.text)
        errors = refusal.errors if isinstance(refusal, InvalidArguments) else {refusal.field: words}
        is_of_field = isinstance(refusal, InvalidArguments) or bool(refusal.field)
        if interaction.submitted and endpoint is not None and is_of_field:
            form = form_for(endpoint, current_names(endpoint.command, interaction.args), errors)
            return Response(form=form, community=interaction.community)
        text = refusal.text if isinstance(refusal.text, Text) else say("{words}", words=refusal.text)
        return Response(RenderableCard(Card("", (text,), "careful")), community=interaction.community)
