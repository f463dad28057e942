"""REST: answers to interactions, and what follows them through their webhook."""

import time
from typing import Any

from tests.fakes.discord.component_rules import check_modal
from tests.fakes.discord.composing import Composer
from tests.fakes.discord.errors import ApiError
from tests.fakes.discord.exchange import (
    CHOICES,
    DEFER_REPLY,
    DEFER_UPDATE,
    MODAL,
    REPLY,
    UPDATE,
    Callback,
    Exchange,
)
from tests.fakes.discord.form_body import Problems
from tests.fakes.discord.payloads import Json, message_json
from tests.fakes.discord.scene import Scene
from tests.fakes.discord.service import Asked, Service
from tests.fakes.discord.world import EPHEMERAL, LOADING, Message

TOKEN_LIVES = 15 * 60.0
HOOK = "/webhooks/{application}/{token}"


class InteractionRoutes:
    """`/interactions/{id}/{token}/callback` and `/webhooks/{application}/{token}`."""

    def __init__(self, scene: Scene, composer: Composer) -> None:
        self._scene = scene
        self._world = scene.world
        self._composer = composer
        self.patience = 3.0
        self.exchanges: dict[str, Exchange] = {}
        """By token."""

    def serve(self, service: Service) -> None:
        service.route("POST", "/interactions/{interaction}/{token}/callback", self._callback)
        service.route("POST", HOOK, self._follow_up)
        service.route("GET", HOOK + "/messages/{message}", lambda asked: self._json(self._message(asked)))
        service.route("PATCH", HOOK + "/messages/{message}", self._edit)
        service.route("DELETE", HOOK + "/messages/{message}", self._delete)

    # The first response ---------------------------------------------------------------------------------

    def _callback(self, asked: Asked) -> Json | None:
        exchange = self.exchanges.get(asked.parts["token"])
        if exchange is None or exchange.id != asked.parts["interaction"]:
            raise ApiError(10062)
        if exchange.callback is not None:
            raise ApiError(40060)
        delay = time.monotonic() - exchange.begun
        if exchange.failed or delay > self.patience:
            raise ApiError(10062)
        body: Json = asked.body or {}
        kind, data = int(body.get("type", 0)), body.get("data") or {}
        self._check_kind(exchange, kind, asked)
        match kind:
            case 4:
                self._reply(exchange, asked, data)
            case 5:
                flags = (data.get("flags") or 0) & EPHEMERAL
                self._say(exchange, {"flags": flags | LOADING})
            case 6:
                exchange.original = exchange.source
            case 7:
                assert exchange.source is not None
                exchange.original = exchange.source
                self._scene.edit(exchange.source, **self._composer.changed(asked, data, exchange.source))
            case 8:
                self._offer(exchange, asked, data)
            case _:
                problems = Problems()
                check_modal(data, problems)
                problems.refuse(asked.complain)
                exchange.modal = data
        is_private = exchange.original is not None and exchange.original.ephemeral
        exchange.callback = Callback(kind, delay, is_private)
        exchange.first.set()
        return self._answer(exchange, kind) if asked.query.get("with_response", "") in ("1", "true") else None

    def _check_kind(self, exchange: Exchange, kind: Any, asked: Asked) -> None:
        allowed = {
            "slash": (REPLY, DEFER_REPLY, MODAL),
            "context": (REPLY, DEFER_REPLY, MODAL),
            "component": (REPLY, DEFER_REPLY, DEFER_UPDATE, UPDATE, MODAL),
            "modal": (REPLY, DEFER_REPLY, DEFER_UPDATE, UPDATE) if exchange.source else (REPLY, DEFER_REPLY),
            "autocomplete": (CHOICES,),
        }[exchange.kind]
        problems = Problems()
        words = f"A {exchange.kind} interaction is answered with one of {allowed}."
        problems.check(kind in allowed, ("type",), "INTERACTION_CALLBACK_TYPE", words)
        problems.refuse(asked.complain)

    def _reply(self, exchange: Exchange, asked: Asked, data: Json) -> None:
        self._say(exchange, self._composer.created(asked, data, by_interaction=True))

    def _offer(self, exchange: Exchange, asked: Asked, data: Json) -> None:
        problems = Problems()
        choices = problems.count(data.get("choices"), ("data", "choices"), 0, 25)
        for at, one in enumerate(choices):
            problems.text(one, "name", ("data", "choices", at), 100, least=1)
            if isinstance(one.get("value"), str):
                problems.text(one, "value", ("data", "choices", at), 100, least=1)
        problems.refuse(asked.complain)
        exchange.choices = [(one["name"], one["value"]) for one in choices]

    def _say(self, exchange: Exchange, what: Json) -> Message:
        is_private = what["flags"] & EPHEMERAL
        message = self._scene.post(
            self._world.bot,
            exchange.channel,
            **what,
            asked=exchange,
            kind=20 if exchange.kind == "slash" and exchange.original is None else 0,
            seen_by=exchange.person.id if is_private else "",
        )
        exchange.messages.append(message)
        exchange.original = exchange.original or message
        return message

    def _answer(self, exchange: Exchange, kind: int) -> Json:
        interaction: Json = {"id": exchange.id, "type": exchange.type}
        resource: Json = {"type": kind}
        if exchange.original is not None and kind in (REPLY, DEFER_REPLY, UPDATE, DEFER_UPDATE):
            interaction |= {
                "response_message_id": exchange.original.id,
                "response_message_loading": exchange.original.loading,
                "response_message_ephemeral": exchange.original.ephemeral,
            }
            resource["message"] = self._json(exchange.original)
        return {"interaction": interaction, "resource": resource}

    # What follows -------------------------------------------------------------------------------------

    def _live(self, asked: Asked) -> Exchange:
        exchange = self.exchanges.get(asked.parts["token"])
        if exchange is None or asked.parts["application"] != self._world.bot.id or exchange.callback is None:
            raise ApiError(10015)
        if time.monotonic() - exchange.begun > TOKEN_LIVES:
            raise ApiError(50027)
        return exchange

    def _follow_up(self, asked: Asked) -> Json:
        exchange = self._live(asked)
        what = self._composer.created(asked, asked.body or {}, by_interaction=True)
        if exchange.deferred:  # the first thing said after a deferral takes its place, seen by whom that said
            assert exchange.original is not None
            what["flags"] = exchange.flags_of(what["flags"])
            self._scene.edit(exchange.original, edited=False, **what)
            return self._json(exchange.original)
        return self._json(self._say(exchange, what))

    def _message(self, asked: Asked) -> Message:
        exchange = self._live(asked)
        named = asked.parts["message"]
        if named == "@original":
            found = exchange.original
        else:
            found = next(
                (one for one in [*exchange.messages, exchange.source] if one and one.id == named), None
            )
        if found is None or found.deleted:
            raise ApiError(10008)
        return found

    def _edit(self, asked: Asked) -> Json:
        message = self._message(asked)
        what = self._composer.changed(asked, asked.body or {}, message, by_interaction=True)
        is_first = message.loading
        what["flags"] &= ~LOADING
        self._scene.edit(message, edited=not is_first, **what)
        return self._json(message)

    def _delete(self, asked: Asked) -> None:
        self._scene.delete(self._message(asked))

    def _json(self, message: Message) -> Json:
        return message_json(self._world, message)
