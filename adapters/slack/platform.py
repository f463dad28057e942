"""Slack as a platform of the process: Bolt's app, over sockets or signed requests."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from adapters.slack.api import AccessRevoked, ApiError, SlackApi
from adapters.slack.capabilities import CAPABILITIES, PLATFORM
from adapters.slack.diagnostics import Diagnostics
from adapters.slack.manifest import EVENTS_PATH, PATHS
from adapters.slack.payloads import is_complete, is_supported, team_of
from adapters.slack.request_guard import RequestGuard
from adapters.slack.sockets import ReplacementPolicy, SocketPool
from adapters.slack.workspace import NotSynced, Workspace
from facilitation.core.platforms.platform import AsgiApp, Finding, Host, KnownSpace, Scope
from facilitation.core.values.errors import BadInput, DeliveryError

TICK = 5.0
"""Seconds between two looks at sockets and workspaces."""
RECONCILE = timedelta(hours=1)
"""How often people and channels are read again."""
AGAIN = timedelta(seconds=30)
"""After a reading that failed."""
AT_LEAST_APART = timedelta(minutes=10)
"""Readings after gaps: a large workspace takes many calls, of which Slack allows 20 a minute."""

Json = dict[str, Any]
Next = Callable[[], Awaitable[BoltResponse]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Tokens:
    """How to get in: with an `app` token over Socket Mode, else by requests signed with a secret."""

    bot: str
    app: str = ""
    signing: str = ""
    api_url: str = "https://slack.com/api/"

    def __repr__(self) -> str:
        return f"Tokens(api_url={self.api_url!r})"


class SlackPlatform:
    """One app in one workspace.

    Several workspaces, each with a token of its own, would be several entries of `_workspaces`: what comes in
    is handed to the one it names, and what names none of them is nobody's.
    """

    key, name = PLATFORM, CAPABILITIES.name

    def __init__(self, tokens: Tokens, host: Host, patience: ReplacementPolicy | None = None) -> None:
        self._tokens = tokens
        self._host = host
        self._patience = patience or ReplacementPolicy()
        self._api = SlackApi(tokens.bot, tokens.api_url)
        self._app = self._bolt()
        self._workspaces: dict[str, Workspace] = {}
        self._sockets: SocketPool | None = None
        self._watching: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._read_after = host.clock.now()
        self._unreached = ""
        self._gap_at: datetime | None = None

    async def start(self) -> None:
        """Say who we are, then take the workspace in and connect, in the background."""
        if not self._tokens.app and not self._tokens.signing:
            raise BadInput(
                "slack: beside bot_token set app_token (xapp-…, Socket Mode) or signing_secret (HTTP mode)."
            )
        await self._api.open()
        try:
            await self._introduce()
            await self._try_app_token()
        except BadInput:
            await self._api.close()
            raise
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Hear no more, finish what is being answered, close every connection."""
        for task in (self._watching, self._reading):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        if self._sockets is not None:
            await self._sockets.close()
        for workspace in self._workspaces.values():
            await workspace.close()
        await self._api.close()

    def ailment(self) -> str:
        """Why nothing is heard or said at the moment."""
        if not self._workspaces:
            return self._unreached
        ailing = [workspace.ailment for workspace in self._workspaces.values() if workspace.ailment]
        if ailing:
            return ailing[0]
        return self._sockets.ailment() if self._sockets is not None else ""

    def served(self) -> dict[str, AsgiApp]:
        """In HTTP mode the paths for events, commands and interactivity; behind each stands the same."""
        if self._tokens.app:
            return {}
        bolt = AsyncSlackRequestHandler(self._app, EVENTS_PATH)

        async def one(scope: Scope, receive: Any, send: Any) -> None:
            await bolt({**scope, "path": EVENTS_PATH}, receive, send)

        guard = RequestGuard(one, self._tokens.signing, self._host.clock)
        return dict.fromkeys(PATHS, guard)

    async def examine(self, known: Sequence[KnownSpace]) -> AsyncIterator[Finding]:
        """Tokens, clock, scopes, events and channels, each with its remedy."""
        tokens = self._tokens
        checkup = Diagnostics(tokens.bot, tokens.app, tokens.signing, tokens.api_url, self._host.clock)
        async for finding in checkup.examine(known):
            yield finding

    # Bolt ----------------------------------------------------------------------------------------

    def _bolt(self) -> AsyncApp:
        """The app: events are stored in its middleware, before they are acknowledged."""
        quiet = logging.getLogger("adapters.slack.bolt")
        # Bolt warns of requests that it does not know, with all that people wrote in them.
        quiet.setLevel(logging.ERROR)
        app = AsyncApp(
            logger=quiet,
            name="tertulia",
            client=self._api.nobody(),
            signing_secret="",  # checked by the guard, before Bolt parses anything
            request_verification_enabled=False,
            before_authorize=self._belongs,
            authorize=_authorizing(self._tokens.bot),
        )
        anything = re.compile(".*", re.DOTALL)
        app.middleware(self._hear)
        app.command(anything)(self._listener("command"))
        app.action(anything)(self._listener("pressed"))
        app.shortcut(anything)(self._listener("acted"))
        app.view(anything)(self._listener("submitted"))
        app.options(anything)(self._listener("suggested"))
        return app

    async def _belongs(self, body: Json, context: AsyncBoltContext, next_: Next) -> BoltResponse:
        """Only what names a workspace of ours goes on; the rest is acknowledged and forgotten."""
        if body.get("type") == "url_verification" or "ssl_check" in body:
            return await next_()
        if not is_complete(body):
            log.warning("slack sent what cannot be read", type=str(body.get("type"))[:40])
            return BoltResponse(status=400, body="")
        workspace = self._workspaces.get(team_of(body))
        if workspace is None:
            return BoltResponse(status=503 if self._unreached else 200, body="")
        context["workspace"] = workspace
        return await next_()

    async def _hear(self, body: Json, context: AsyncBoltContext, next_: Next) -> BoltResponse:
        """Bolt acknowledges an event before its listener runs: so it is stored here, or Slack repeats it."""
        if "event" not in body:
            is_known = is_supported(body)
            return await next_() if is_known else BoltResponse(status=200)
        workspace: Workspace = context["workspace"]
        try:
            await workspace.hear(body)
        except NotSynced:
            return BoltResponse(status=503)
        except Exception:
            log.exception("an event was not stored", type=body["event"].get("type"))
            return BoltResponse(status=500)
        return BoltResponse(status=200)

    @staticmethod
    def _listener(name: str) -> Callable[..., Awaitable[None]]:
        async def listen(ack: Any, body: Json, context: AsyncBoltContext) -> None:
            workspace: Workspace = context["workspace"]
            await workspace.do(getattr(workspace.inbound, name), ack, body)

        return listen

    # In the background ---------------------------------------------------------------------------

    async def _introduce(self) -> None:
        """Learn which workspace the token is for. Raises BadInput if it is refused."""
        try:
            who = await self._api.call("auth.test")
        except AccessRevoked as locked:
            raise BadInput(
                f"slack.bot_token is refused ({locked.error}): copy the Bot User OAuth Token, which begins "
                "with xoxb-, from OAuth & Permissions."
            ) from None
        except (DeliveryError, ApiError) as error:
            self._unreached = f"Slack cannot be reached ({error}); I keep trying"
            log.warning("slack cannot be reached", error=str(error))
            return
        self._unreached = ""
        workspace = Workspace(self._host, self._api, who)
        self._workspaces[workspace.space.handle] = workspace
        if self._tokens.app:
            self._sockets = SocketPool(
                self._app, self._tokens.app, self._host.clock, self._patience, self._read_soon
            )

    async def _try_app_token(self) -> None:
        """Raises BadInput if no socket will ever open; whatever can be mended by waiting is left to them."""
        if not self._tokens.app:
            return
        app = SlackApi(self._tokens.app, self._tokens.api_url)
        try:
            await app.call("apps.connections.open")
        except ApiError as refused:
            raise BadInput(
                f"slack.app_token is refused ({refused.error}): it begins with xapp- and needs "
                "connections:write; make one under Basic Information, App-Level Tokens."
            ) from None
        except DeliveryError as error:
            log.warning("slack cannot be reached", error=str(error))
        finally:
            await app.close()

    async def _watch(self) -> None:
        """Look after everything, for as long as the platform runs."""
        while True:
            try:
                await self._tend()
            except BadInput as refused:
                self._unreached = str(refused)
            except Exception:
                log.exception("slack was not looked after")
            if self._reading is not None and not self._reading.done():
                await asyncio.wait({self._reading}, timeout=TICK)
            else:
                await asyncio.sleep(TICK)

    async def _tend(self) -> None:
        if not self._workspaces:
            await self._introduce()
        for workspace in self._workspaces.values():
            await workspace.look_after()
        if self._is_due() and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._take_in())
        is_ready = all(workspace.taken_in_at for workspace in self._workspaces.values())
        if self._sockets is not None and is_ready:
            await self._sockets.tend()

    def _is_due(self) -> bool:
        now = self._host.clock.now()
        if now < self._read_after:
            return False
        for workspace in self._workspaces.values():
            last = workspace.taken_in_at
            if last is None or now - last > RECONCILE:
                return True
            if self._gap_at is not None and self._gap_at > last and now - last > AT_LEAST_APART:
                return True
        return False

    async def _take_in(self) -> None:
        for workspace in self._workspaces.values():
            try:
                await workspace.take_in()
            except Exception as error:
                self._read_after = self._host.clock.now() + AGAIN
                if not isinstance(error, DeliveryError | ApiError):
                    log.exception("workspace not taken in", space=str(workspace.space))
                else:
                    log.warning("workspace not read", space=str(workspace.space), error=str(error))

    def _read_soon(self) -> None:
        """Something may have been missed."""
        self._gap_at = self._host.clock.now()


def _authorizing(token: str) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Who we are in the workspace of a request: a function, because Bolt cannot call a method here."""

    async def authorize(context: AsyncBoltContext) -> AuthorizeResult:
        workspace: Workspace = context["workspace"]
        return AuthorizeResult(
            enterprise_id=context.enterprise_id,
            team_id=workspace.space.handle,
            bot_id=workspace.bot_id,
            bot_user_id=workspace.bot_user,
            bot_token=token,
        )

    return authorize
