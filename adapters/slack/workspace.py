"""One workspace in which the app is installed: its token, its directory, and its connection to the core."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog

from adapters.slack.api import ApiError, SlackApi
from adapters.slack.capabilities import PLATFORM
from adapters.slack.directory import Directory
from adapters.slack.events import EventReader
from adapters.slack.interactions import Interactions
from adapters.slack.outbound import PictureUploads, SlackSurface
from adapters.slack.responses import Responder
from facilitation.core.platforms.platform import Host
from facilitation.core.values.errors import DeliveryError
from facilitation.core.values.events import Roster, SpaceLost, SpaceRef

PACE = timedelta(seconds=1)
"""Slack accepts about one message per second and channel."""
RECHECK_AFTER = timedelta(minutes=1)
"""How long to wait before a refused token is tried again."""
FINISH_SECONDS = 5.0
"""Seconds for responses that are under way when the process stops."""

Json = dict[str, Any]
log = structlog.get_logger(__name__)


class NotSynced(Exception):
    """The workspace is not synced yet, so nothing can be stored: Slack has to deliver the event again."""


class Workspace:
    """Receives the events and requests of one workspace, and announces its surface."""

    def __init__(self, host: Host, api: SlackApi, who: Json) -> None:
        """`who` is the response of auth.test."""
        self.space = SpaceRef(PLATFORM, str(who["team_id"]))
        self.name = str(who.get("team") or who["team_id"])
        self.bot_user, self.bot_id = str(who["user_id"]), str(who.get("bot_id") or "")
        self.api = api
        self.problem = ""
        """Why nothing is delivered here at the moment; empty if all is well."""
        self._recheck_at = host.clock.now()
        self.synced_at: datetime | None = None
        self._host = host
        self._directory = Directory(api, self.space.handle, self.bot_user)
        self._events = EventReader(self._directory)
        pictures = PictureUploads(api)
        site = str(who.get("url") or "")
        self._surface = SlackSurface(api, pictures, site)
        responder = Responder(api, pictures, site)
        self.interactions = Interactions(self.space, host.gateway, host.registry, self._directory, responder)
        self._tasks: set[asyncio.Task[None]] = set()

    async def sync(self) -> None:
        """Load the directory, sync the roster, announce the surface. Raises the errors of `SlackApi`."""
        roster = await self._directory.load(self.space, self.name)
        await self._host.gateway.sync_roster(roster)
        self.synced_at = self._host.clock.now()
        if not self.problem:
            self._host.surfaces.connect(self.space, self._surface, PACE)
        log.info(
            "workspace synced",
            space=str(self.space),
            people=len(roster.people),
            channels=len(roster.channels),
        )

    async def receive_event(self, body: Json) -> None:
        """Store an event; raises if it cannot be stored. What follows from it is done in the background."""
        if self.synced_at is None:
            raise NotSynced
        event = body["event"]
        stored = await self._events.read(event, int(body.get("event_time") or 0))
        if stored is not None:
            await self._host.gateway.receive(self.space, stored)
            self._directory.apply(stored)
        if isinstance(stored, SpaceLost):
            self._disconnect("the app was removed from the workspace")
        work = self._background_work(event)
        if work is not None:
            self._start(work)

    async def run_listener(
        self, listener: Callable[..., Coroutine[Any, Any, None]], ack: Any, body: Json
    ) -> None:
        """Run a listener; it is finished before the process stops."""
        task = asyncio.ensure_future(listener(ack, body))
        self._track(task)
        await task  # Bolt logs what it raises

    async def maintain(self) -> None:
        """Notice that the token is refused, or accepted again; deliveries wait meanwhile."""
        error = self.api.access_error
        if error and not self.problem:
            self._disconnect(f"the token is refused ({error})")
        elif self.problem and self._host.clock.now() >= self._recheck_at:
            self._recheck_at = self._host.clock.now() + RECHECK_AFTER
            try:
                await self.api.call("auth.test")
            except (DeliveryError, ApiError):
                return
            self.problem = ""
            log.info("workspace is back", space=str(self.space))
            await self.sync()

    async def close(self) -> None:
        """Finish responses that are under way, and withdraw the surface."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=FINISH_SECONDS)
        self._host.surfaces.disconnect(self.space)

    # ---------------------------------------------------------------------------------------------

    async def _sync_channel(self, channel: str) -> None:
        """The bot joined a channel: its members belong to the channel from now on."""
        facts = await self._directory.load_members(channel)
        await self._host.gateway.sync_roster(Roster(self.space, self.name, channels=(facts,)))

    def _disconnect(self, why: str) -> None:
        if not self.problem:
            log.error("workspace lost", space=str(self.space), why=why, remedy="tertulia check")
        self.problem = why
        self._host.surfaces.disconnect(self.space)

    def _background_work(self, event: Json) -> Coroutine[Any, Any, None] | None:
        match event:
            case {"type": "app_home_opened", "tab": "home", "user": str(who)}:
                return self.interactions.publish_home(who)
            case {"type": "member_joined_channel", "user": self.bot_user, "channel": str(channel)}:
                return self._sync_channel(channel)
            case {"type": "app_mention"}:
                return self.interactions.mention(event)
            case {"type": "message", "channel_type": "im"} if event.get("subtype", "") in ("", "file_share"):
                return self.interactions.direct_message(event)
            case _:
                return None

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._track(task)
        task.add_done_callback(_log_outcome)

    def _track(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _log_outcome(task: asyncio.Task[None]) -> None:
    """Log the outcome of a background task."""
    error = None if task.cancelled() else task.exception()
    if isinstance(error, ApiError | DeliveryError):
        log.warning("not delivered", error=str(error))
    elif error is not None:
        log.error("a response failed", exc_info=error)
