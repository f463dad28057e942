"""One workspace the app is installed in: its token, what is known of it, and its way to the house."""

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
"""Slack takes about one message per second and channel."""
LOOK_AGAIN = timedelta(minutes=1)
"""Before a token that was refused is tried again."""
FINISH = 5.0
"""Seconds for what is being answered when the process stops."""

Json = dict[str, Any]
log = structlog.get_logger(__name__)


class NotSynced(Exception):
    """Nothing can be stored before the workspace is taken in: Slack is to tell it again."""


class Workspace:
    """What happens in a workspace goes in here, and what is said in it goes out."""

    def __init__(self, host: Host, api: SlackApi, who: Json) -> None:
        """`who` is the answer of auth.test."""
        self.space = SpaceRef(PLATFORM, str(who["team_id"]))
        self.name = str(who.get("team") or who["team_id"])
        self.bot_user, self.bot_id = str(who["user_id"]), str(who.get("bot_id") or "")
        self.api = api
        self.ailment = ""
        """Why nothing is said here at the moment; empty while all is well."""
        self._look_again_at = host.clock.now()
        self.taken_in_at: datetime | None = None
        self._host = host
        self._directory = Directory(api, self.space.handle, self.bot_user)
        self._events = EventReader(self._directory)
        pictures = PictureUploads(api)
        site = str(who.get("url") or "")
        self._surface = SlackSurface(api, pictures, site)
        answers = Responder(api, pictures, site)
        self.inbound = Interactions(self.space, host.gateway, host.registry, self._directory, answers)
        self._busy: set[asyncio.Task[None]] = set()

    async def take_in(self) -> None:
        """Read people and channels, tell the house, and open the lanes. Raises the errors of `Api`."""
        roster = await self._directory.read(self.space, self.name)
        await self._host.gateway.sync_roster(roster)
        self.taken_in_at = self._host.clock.now()
        if not self.ailment:
            self._host.surfaces.connect(self.space, self._surface, PACE)
        log.info(
            "workspace taken in",
            space=str(self.space),
            people=len(roster.people),
            channels=len(roster.channels),
        )

    async def hear(self, body: Json) -> None:
        """Return when what an event tells is stored; raise when it is not. What follows comes later."""
        if self.taken_in_at is None:
            raise NotSynced
        event = body["event"]
        fact = await self._events.read(event, int(body.get("event_time") or 0))
        if fact is not None:
            await self._host.gateway.receive(self.space, fact)
            self._directory.note(fact)
        if isinstance(fact, SpaceLost):
            self._fall_silent("the app was removed from the workspace")
        following = self._follow_up(event)
        if following is not None:
            self._start(following)

    async def do(self, listener: Callable[..., Coroutine[Any, Any, None]], ack: Any, body: Json) -> None:
        """Let a listener answer a request; it is finished before the process ends."""
        task = asyncio.ensure_future(listener(ack, body))
        self._keep(task)
        await task  # Bolt logs what it raises

    async def look_after(self) -> None:
        """Notice that the token is refused, or taken again: what waits to be said keeps waiting meanwhile."""
        word = self.api.locked
        if word and not self.ailment:
            self._fall_silent(f"the token is refused ({word})")
        elif self.ailment and self._host.clock.now() >= self._look_again_at:
            self._look_again_at = self._host.clock.now() + LOOK_AGAIN
            try:
                await self.api.call("auth.test")
            except (DeliveryError, ApiError):
                return
            self.ailment = ""
            log.info("workspace is back", space=str(self.space))
            await self.take_in()

    async def close(self) -> None:
        """Finish what is being answered, and say nothing more."""
        if self._busy:
            await asyncio.wait(set(self._busy), timeout=FINISH)
        self._host.surfaces.disconnect(self.space)

    # ---------------------------------------------------------------------------------------------

    async def _meet(self, channel: str) -> None:
        """The bot came into a channel: whoever is in it already is there from now on."""
        facts = await self._directory.meet(channel)
        await self._host.gateway.sync_roster(Roster(self.space, self.name, channels=(facts,)))

    def _fall_silent(self, why: str) -> None:
        if not self.ailment:
            log.error("workspace lost", space=str(self.space), why=why, remedy="tertulia check")
        self.ailment = why
        self._host.surfaces.disconnect(self.space)

    def _follow_up(self, event: Json) -> Coroutine[Any, Any, None] | None:
        match event:
            case {"type": "app_home_opened", "tab": "home", "user": str(who)}:
                return self.inbound.home(who)
            case {"type": "member_joined_channel", "user": self.bot_user, "channel": str(channel)}:
                return self._meet(channel)
            case {"type": "app_mention"}:
                return self.inbound.mentioned(event)
            case {"type": "message", "channel_type": "im"} if event.get("subtype", "") in ("", "file_share"):
                return self.inbound.told(event)
            case _:
                return None

    def _start(self, answer: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(answer)
        self._keep(task)
        task.add_done_callback(_told)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)


def _told(task: asyncio.Task[None]) -> None:
    """Log what became of an answer that nobody waits for."""
    error = None if task.cancelled() else task.exception()
    if isinstance(error, ApiError | DeliveryError):
        log.warning("not answered", error=str(error))
    elif error is not None:
        log.error("an answer failed", exc_info=error)
