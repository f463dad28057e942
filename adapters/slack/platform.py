"""The Slack platform: a Bolt app that receives over Socket Mode or by signed HTTP requests."""

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

MAINTENANCE_INTERVAL = 5.0
"""Seconds between two runs of `SlackPlatform._maintain`."""
SYNC_INTERVAL = timedelta(hours=1)
"""Time between two regular syncs. A sync loads people and channels."""
SYNC_RETRY_DELAY = timedelta(seconds=30)
"""Time from a failed sync to the next attempt."""
MIN_SYNC_INTERVAL = timedelta(minutes=10)
"""Shortest time from one sync to another that follows a gap in the connection.

A sync makes many calls, and Slack allows about 20 a minute of each method.
"""

Json = dict[str, Any]
Next = Callable[[], Awaitable[BoltResponse]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Credentials:
    """The bot token, and either the app-level token for Socket Mode or the signing secret for HTTP mode.

    With both, Socket Mode is used.
    """

    bot_token: str
    app_token: str = ""
    signing_secret: str = ""
    api_url: str = "https://slack.com/api/"

    def __repr__(self) -> str:
        return f"Credentials(api_url={self.api_url!r})"


class SlackPlatform:
    """One app in one workspace.

    `_workspaces` maps team ids to workspaces, and each request is passed to the workspace whose team id it
    contains. An app for several workspaces would have several entries; today there is one at most.
    """

    key, name = PLATFORM, CAPABILITIES.name

    def __init__(self, credentials: Credentials, host: Host, policy: ReplacementPolicy | None = None) -> None:
        self._credentials = credentials
        self._host = host
        self._policy = policy or ReplacementPolicy()
        self._api = SlackApi(credentials.bot_token, credentials.api_url)
        self._app = self._build_app()
        self._workspaces: dict[str, Workspace] = {}
        self._sockets: SocketPool | None = None
        self._maintenance_task: asyncio.Task[None] | None = None
        self._sync_task: asyncio.Task[None] | None = None
        self._sync_retry_at = host.clock.now()
        self._connection_problem = ""
        """Why the workspace is not identified yet, as text for people; empty if it is."""
        self._gap_at: datetime | None = None
        """When events may last have been missed."""

    async def start(self) -> None:
        """Identify the workspace, then sync it and connect in the background.

        Raises BadInput if a credential is missing or Slack refuses one. If Slack cannot be reached, the
        background task tries again.
        """
        if not self._credentials.app_token and not self._credentials.signing_secret:
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
        self._maintenance_task = asyncio.create_task(self._maintain_forever())

    async def stop(self) -> None:
        """Stop receiving, finish the responses under way, and close all connections."""
        for task in (self._maintenance_task, self._sync_task):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        if self._sockets is not None:
            await self._sockets.close()
        for workspace in self._workspaces.values():
            await workspace.close()
        await self._api.close()

    def health_problem(self) -> str:
        """Why nothing is received or delivered at the moment, as text for people; empty if all is well."""
        if not self._workspaces:
            return self._connection_problem
        problems = [workspace.problem for workspace in self._workspaces.values() if workspace.problem]
        if problems:
            return problems[0]
        return self._sockets.health_problem() if self._sockets is not None else ""

    def http_apps(self) -> dict[str, AsgiApp]:
        """The ASGI app of HTTP mode, under each of its paths; empty in Socket Mode."""
        if self._credentials.app_token:
            return {}
        bolt = AsyncSlackRequestHandler(self._app, EVENTS_PATH)

        async def serve(scope: Scope, receive: Any, send: Any) -> None:
            # Bolt's handler serves a single path, so all requests are given that path.
            await bolt({**scope, "path": EVENTS_PATH}, receive, send)

        guard = RequestGuard(serve, self._credentials.signing_secret, self._host.clock)
        return dict.fromkeys(PATHS, guard)

    async def examine(self, known: Sequence[KnownSpace]) -> AsyncIterator[Finding]:
        """Check credentials, clock, scopes, events and channels; see `Diagnostics`."""
        given = self._credentials
        diagnostics = Diagnostics(
            given.bot_token, given.app_token, given.signing_secret, given.api_url, self._host.clock
        )
        async for finding in diagnostics.examine(known):
            yield finding

    # Bolt ----------------------------------------------------------------------------------------

    def _build_app(self) -> AsyncApp:
        """Build the Bolt app. Its middleware stores each event before Bolt acknowledges it."""
        # Bolt warns of each request without a listener, and logs its whole body: what people wrote.
        bolt_logger = logging.getLogger("adapters.slack.bolt")
        bolt_logger.setLevel(logging.ERROR)
        app = AsyncApp(
            logger=bolt_logger,
            name="tertulia",
            client=self._api.tokenless_client(),
            signing_secret="",  # RequestGuard verifies signatures before Bolt parses the body
            request_verification_enabled=False,
            before_authorize=self._select_workspace,
            authorize=_authorize_with(self._credentials.bot_token),
        )
        anything = re.compile(".*", re.DOTALL)
        app.middleware(self._store_event)
        app.command(anything)(self._listener_for("slash_command"))
        app.action(anything)(self._listener_for("block_action"))
        app.shortcut(anything)(self._listener_for("message_shortcut"))
        app.view(anything)(self._listener_for("view_submission"))
        app.options(anything)(self._listener_for("block_suggestion"))
        return app

    async def _select_workspace(self, body: Json, context: AsyncBoltContext, next_: Next) -> BoltResponse:
        """Find the workspace of a request. Requests for unknown workspaces are acknowledged and ignored.

        Until the workspace is identified, the status is 503, so that Slack delivers events again.
        """
        if body.get("type") == "url_verification" or "ssl_check" in body:
            return await next_()
        if not is_complete(body):
            log.warning("slack sent what cannot be read", type=str(body.get("type"))[:40])
            return BoltResponse(status=400, body="")
        workspace = self._workspaces.get(team_of(body))
        if workspace is None:
            return BoltResponse(status=503 if self._connection_problem else 200, body="")
        context["workspace"] = workspace
        return await next_()

    async def _store_event(self, body: Json, context: AsyncBoltContext, next_: Next) -> BoltResponse:
        """Store an event, which completes the request; pass on interactions that are supported.

        Events have no listener, because Bolt acknowledges an event before its listener runs. After status 500
        or 503 Slack delivers the event again.
        """
        if "event" not in body:
            return await next_() if is_supported(body) else BoltResponse(status=200)
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
    def _listener_for(method: str) -> Callable[..., Awaitable[None]]:
        """A Bolt listener that calls the method of this name of the workspace's `Interactions`."""

        async def listen(ack: Any, body: Json, context: AsyncBoltContext) -> None:
            workspace: Workspace = context["workspace"]
            await workspace.run_listener(getattr(workspace.interactions, method), ack, body)

        return listen

    # Background tasks ----------------------------------------------------------------------------

    async def _identify(self) -> None:
        """Look up the workspace of the bot token. Raises BadInput if Slack refuses the token.

        If Slack cannot be reached, `_connection_problem` is set instead.
        """
        try:
            identity = await self._api.call("auth.test")
        except AccessRevoked as revoked:
            raise BadInput(
                f"slack.bot_token is refused ({revoked.error}): copy the Bot User OAuth Token, which begins "
                "with xoxb-, from OAuth & Permissions."
            ) from None
        except (DeliveryError, ApiError) as error:
            self._connection_problem = f"Slack cannot be reached ({error}); I keep trying"
            log.warning("slack cannot be reached", error=str(error))
            return
        self._connection_problem = ""
        workspace = Workspace(self._host, self._api, identity)
        self._workspaces[workspace.space.handle] = workspace
        if self._credentials.app_token:
            self._sockets = SocketPool(
                self._app, self._credentials.app_token, self._host.clock, self._policy, self._sync_soon
            )

    async def _check_app_token(self) -> None:
        """Raises BadInput if Slack refuses the app token.

        If Slack cannot be reached, the socket pool tries again later.
        """
        if not self._credentials.app_token:
            return
        app = SlackApi(self._credentials.app_token, self._credentials.api_url)
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
                self._connection_problem = str(refused)
            except Exception:
                log.exception("maintenance of slack failed")
            if self._sync_task is not None and not self._sync_task.done():
                await asyncio.wait({self._sync_task}, timeout=MAINTENANCE_INTERVAL)
            else:
                await asyncio.sleep(MAINTENANCE_INTERVAL)

    async def _maintain(self) -> None:
        """Identify the workspace if necessary, start a sync if one is due, and open the sockets after it."""
        if not self._workspaces:
            await self._identify()
        for workspace in self._workspaces.values():
            await workspace.maintain()
        if self._is_sync_due() and (self._sync_task is None or self._sync_task.done()):
            self._sync_task = asyncio.create_task(self._sync())
        is_ready = all(workspace.synced_at for workspace in self._workspaces.values())
        if self._sockets is not None and is_ready:
            await self._sockets.maintain()

    def _is_sync_due(self) -> bool:
        now = self._host.clock.now()
        if now < self._sync_retry_at:
            return False
        for workspace in self._workspaces.values():
            last = workspace.synced_at
            if last is None or now - last > SYNC_INTERVAL:
                return True
            if self._gap_at is not None and self._gap_at > last and now - last > MIN_SYNC_INTERVAL:
                return True
        return False

    async def _sync(self) -> None:
        for workspace in self._workspaces.values():
            try:
                await workspace.sync()
            except Exception as error:
                self._sync_retry_at = self._host.clock.now() + SYNC_RETRY_DELAY
                if not isinstance(error, DeliveryError | ApiError):
                    log.exception("workspace not synced", space=str(workspace.space))
                else:
                    log.warning("workspace not read", space=str(workspace.space), error=str(error))

    def _sync_soon(self) -> None:
        """Have people and channels synced soon: events may have been missed."""
        self._gap_at = self._host.clock.now()


def _authorize_with(token: str) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Make Bolt's `authorize` function.

    It is no bound method: Bolt passes arguments by the names in the signature, and would pass `self`.
    """

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
