"""The Slack platform: Bolt's app, over Socket Mode or signed HTTP requests."""

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

INTERVAL = 5.0
"""Seconds between two checks of sockets and workspaces."""
SYNC_EVERY = timedelta(hours=1)
"""How often people and channels are loaded again."""
RETRY_AFTER = timedelta(seconds=30)
"""How long to wait after loading failed."""
SYNCS_APART = timedelta(minutes=10)
"""The shortest time between loads after gaps: each takes many calls, and Slack allows 20 a minute."""

Json = dict[str, Any]
Next = Callable[[], Awaitable[BoltResponse]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Tokens:
    """The credentials: with an `app` token for Socket Mode, else with the secret that signs requests."""

    bot: str
    app: str = ""
    signing: str = ""
    api_url: str = "https://slack.com/api/"

    def __repr__(self) -> str:
        return f"Tokens(api_url={self.api_url!r})"


class SlackPlatform:
    """One app in one workspace.

    An app for several workspaces would hold several entries in `_workspaces`: a request is handed to the
    workspace that it names, and one that names none of them is ignored.
    """

    key, name = PLATFORM, CAPABILITIES.name

    def __init__(self, tokens: Tokens, host: Host, policy: ReplacementPolicy | None = None) -> None:
        self._tokens = tokens
        self._host = host
        self._policy = policy or ReplacementPolicy()
        self._api = SlackApi(tokens.bot, tokens.api_url)
        self._app = self._build_app()
        self._workspaces: dict[str, Workspace] = {}
        self._sockets: SocketPool | None = None
        self._maintaining: asyncio.Task[None] | None = None
        self._syncing: asyncio.Task[None] | None = None
        self._sync_after = host.clock.now()
        self._unreachable = ""
        self._gap_at: datetime | None = None

    async def start(self) -> None:
        """Identify the workspace, then load it and connect in the background."""
        if not self._tokens.app and not self._tokens.signing:
            raise BadInput(
                "slack: beside bot_token set app_token (xapp-…, Socket Mode) or signing_secret (HTTP mode)."
            )
        await self._api.open()
        try:
            await self._identify()
            await self._check_app_token()
        except BadInput:
            await self._api.close()
            raise
        self._maintaining = asyncio.create_task(self._maintain_forever())

    async def stop(self) -> None:
        """Stop receiving, finish responses, and close all connections."""
        for task in (self._maintaining, self._syncing):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        if self._sockets is not None:
            await self._sockets.close()
        for workspace in self._workspaces.values():
            await workspace.close()
        await self._api.close()

    def health_problem(self) -> str:
        """Why nothing is received or delivered at the moment."""
        if not self._workspaces:
            return self._unreachable
        problems = [workspace.problem for workspace in self._workspaces.values() if workspace.problem]
        if problems:
            return problems[0]
        return self._sockets.health_problem() if self._sockets is not None else ""

    def http_apps(self) -> dict[str, AsgiApp]:
        """In HTTP mode, one app under the paths for events, commands and interactivity."""
        if self._tokens.app:
            return {}
        bolt = AsyncSlackRequestHandler(self._app, EVENTS_PATH)

        async def app(scope: Scope, receive: Any, send: Any) -> None:
            await bolt({**scope, "path": EVENTS_PATH}, receive, send)

        guard = RequestGuard(app, self._tokens.signing, self._host.clock)
        return dict.fromkeys(PATHS, guard)

    async def examine(self, known: Sequence[KnownSpace]) -> AsyncIterator[Finding]:
        """Check tokens, clock, scopes, events and channels."""
        tokens = self._tokens
        diagnostics = Diagnostics(tokens.bot, tokens.app, tokens.signing, tokens.api_url, self._host.clock)
        async for finding in diagnostics.examine(known):
            yield finding

    # Bolt ----------------------------------------------------------------------------------------

    def _build_app(self) -> AsyncApp:
        """Build the app. Its middleware stores events before they are acknowledged."""
        quiet = logging.getLogger("adapters.slack.bolt")
        # Bolt logs requests that it does not know, with all that people wrote in them.
        quiet.setLevel(logging.ERROR)
        app = AsyncApp(
            logger=quiet,
            name="tertulia",
            client=self._api.tokenless_client(),
            signing_secret="",  # the guard checks signatures, before Bolt parses anything
            request_verification_enabled=False,
            before_authorize=self._select_workspace,
            authorize=_authorize_with(self._tokens.bot),
        )
        anything = re.compile(".*", re.DOTALL)
        app.middleware(self._store_event)
        app.command(anything)(self._listener("slash_command"))
        app.action(anything)(self._listener("block_action"))
        app.shortcut(anything)(self._listener("message_shortcut"))
        app.view(anything)(self._listener("view_submission"))
        app.options(anything)(self._listener("block_suggestion"))
        return app

    async def _select_workspace(self, body: Json, context: AsyncBoltContext, next_: Next) -> BoltResponse:
        """Pass on requests for a workspace of ours; acknowledge and ignore all others."""
        if body.get("type") == "url_verification" or "ssl_check" in body:
            return await next_()
        if not is_complete(body):
            log.warning("slack sent what cannot be read", type=str(body.get("type"))[:40])
            return BoltResponse(status=400, body="")
        workspace = self._workspaces.get(team_of(body))
        if workspace is None:
            return BoltResponse(status=503 if self._unreachable else 200, body="")
        context["workspace"] = workspace
        return await next_()

    async def _store_event(self, body: Json, context: AsyncBoltContext, next_: Next) -> BoltResponse:
        """Store events: Bolt acknowledges an event before its listener runs, even if that fails."""
        if "event" not in body:
            is_known = is_supported(body)
            return await next_() if is_known else BoltResponse(status=200)
        workspace: Workspace = context["workspace"]
        try:
            await workspace.receive_event(body)
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
            await workspace.run_listener(getattr(workspace.interactions, name), ack, body)

        return listen

    # In the background ---------------------------------------------------------------------------

    async def _identify(self) -> None:
        """Learn which workspace the token is for. Raises BadInput if the token is refused."""
        try:
            who = await self._api.call("auth.test")
        except AccessRevoked as revoked:
            raise BadInput(
                f"slack.bot_token is refused ({revoked.error}): copy the Bot User OAuth Token, which begins "
                "with xoxb-, from OAuth & Permissions."
            ) from None
        except (DeliveryError, ApiError) as error:
            self._unreachable = f"Slack cannot be reached ({error}); I keep trying"
            log.warning("slack cannot be reached", error=str(error))
            return
        self._unreachable = ""
        workspace = Workspace(self._host, self._api, who)
        self._workspaces[workspace.space.handle] = workspace
        if self._tokens.app:
            self._sockets = SocketPool(
                self._app, self._tokens.app, self._host.clock, self._policy, self._sync_soon
            )

    async def _check_app_token(self) -> None:
        """Raises BadInput if no socket will ever open; what waiting can mend is left to the sockets."""
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

    async def _maintain_forever(self) -> None:
        """Run `_maintain` for the lifetime of the platform."""
        while True:
            try:
                await self._maintain()
            except BadInput as refused:
                self._unreachable = str(refused)
            except Exception:
                log.exception("maintenance of slack failed")
            if self._syncing is not None and not self._syncing.done():
                await asyncio.wait({self._syncing}, timeout=INTERVAL)
            else:
                await asyncio.sleep(INTERVAL)

    async def _maintain(self) -> None:
        if not self._workspaces:
            await self._identify()
        for workspace in self._workspaces.values():
            await workspace.maintain()
        if self._is_sync_due() and (self._syncing is None or self._syncing.done()):
            self._syncing = asyncio.create_task(self._sync())
        is_ready = all(workspace.synced_at for workspace in self._workspaces.values())
        if self._sockets is not None and is_ready:
            await self._sockets.maintain()

    def _is_sync_due(self) -> bool:
        now = self._host.clock.now()
        if now < self._sync_after:
            return False
        for workspace in self._workspaces.values():
            last = workspace.synced_at
            if last is None or now - last > SYNC_EVERY:
                return True
            if self._gap_at is not None and self._gap_at > last and now - last > SYNCS_APART:
                return True
        return False

    async def _sync(self) -> None:
        for workspace in self._workspaces.values():
            try:
                await workspace.sync()
            except Exception as error:
                self._sync_after = self._host.clock.now() + RETRY_AFTER
                if not isinstance(error, DeliveryError | ApiError):
                    log.exception("workspace not synced", space=str(workspace.space))
                else:
                    log.warning("workspace not read", space=str(workspace.space), error=str(error))

    def _sync_soon(self) -> None:
        """Load people and channels soon: events may have been missed."""
        self._gap_at = self._host.clock.now()


def _authorize_with(token: str) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Make Bolt's `authorize` function; Bolt cannot call a bound method here."""

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
