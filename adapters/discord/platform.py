"""The Discord platform: connects, syncs servers, registers commands, and reports its health."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import aiohttp
import discord
import structlog

from adapters.discord import command_tree
from adapters.discord.capabilities import CAPABILITIES, PLATFORM
from adapters.discord.custom_ids import ButtonPayload, TokenCache
from adapters.discord.diagnostics import diagnose
from adapters.discord.events import EventReader
from adapters.discord.gateway import BackgroundTasks, Client, intents, set_addresses
from adapters.discord.interactions import Interactions
from adapters.discord.outbound import DiscordSurface
from adapters.discord.roster import roster_of, space_of
from facilitation.core.platforms.platform import AsgiApp, Finding, Host, KnownSpace
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import MemberLeft, Roster

REPORT_AFTER = timedelta(minutes=1)
"""How long the gateway may be disconnected before that is reported."""
READY_WITHIN = 15.0
"""Seconds that a start waits for the gateway before it continues in the background."""
PACE = timedelta(seconds=1)
"""The shortest time between messages in one channel: Discord accepts five in five seconds."""
ALL_MEMBERS_EVERY = 30.0
"""Seconds between two requests for all members of a server, which is Discord's limit."""
SETTLE_AFTER = 60.0
"""Seconds without a further change after which a changed server is synced again."""
SETTLE_AT_MOST = 10 * SETTLE_AFTER
"""Seconds after which it is synced at the latest."""
RETRY_SECONDS = 15.0
"""Seconds between two attempts to log in."""

LOGIN_REFUSED = (
    "Discord refuses discord.token: reset it in the developer portal, under Bot, and set the new one."
)
INTENTS_PAGE = "https://discord.com/developers/applications, under Bot, Privileged Gateway Intents"

TRANSIENT_ERRORS = (aiohttp.ClientError, OSError, TimeoutError, discord.HTTPException, discord.RateLimited)
"""Errors that may be over at the next attempt."""

log = structlog.get_logger(__name__)


class DiscordPlatform:
    """One bot in any number of servers."""

    key, name = PLATFORM, CAPABILITIES.name

    def __init__(
        self,
        host: Host,
        *,
        token: str,
        api_url: str = "https://discord.com/api/v10",
        gateway_url: str = "wss://gateway.discord.gg/",
        message_content: bool = True,
    ) -> None:
        self._host = host
        self._token = token
        self._api_url = api_url
        self._gateway_url = gateway_url
        self._wants_content = message_content
        self._payloads: TokenCache[ButtonPayload] = TokenCache()
        self._threads: TokenCache[str] = TokenCache(20_000)
        self._interactions = Interactions(host.gateway, host.registry, self._payloads, self._threads)
        self._background = BackgroundTasks()
        self._client: Client | None = None
        self._connection: asyncio.Task[None] | None = None
        self._is_connected = asyncio.Event()
        self._refusal = ""
        self._down_since: datetime | None = None
        self._available: dict[int, discord.Guild] = {}
        self._requested_at: dict[int, float] = {}
        self._synced: set[int] = set()
        self._changed_at: dict[int, float] = {}
        self._rosters: dict[int, Roster] = {}

    # The platform ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Log in, register the commands if they have changed, and connect.

        Raises BadInput for a token that is refused and an intent that is switched off. If Discord cannot be
        reached, it is retried in the background.
        """
        set_addresses(self._api_url, self._gateway_url)
        self._down_since = self._host.clock.now()
        try:
            await self._log_in()
        except TRANSIENT_ERRORS as error:
            log.warning("Discord cannot be reached; trying again", error=type(error).__name__)
            self._background.start(self._log_in_later(), "log in")
            return
        try:
            await self._await_ready()
        except Exception:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop receiving, finish responses, and close the connection."""
        await self._background.stop()
        await self._interactions.close()
        if self._client is not None:
            await self._client.close()
            await self._client.events.close()
        if self._connection is not None:
            await asyncio.gather(self._connection, return_exceptions=True)

    def health_problem(self) -> str:
        """Why nothing is received: a long disconnection, or what only an operator can fix; else empty."""
        if self._refusal:
            return self._refusal
        if self._down_since is None or self._host.clock.now() - self._down_since < REPORT_AFTER:
            return ""
        return f"no connection since {self._down_since:%Y-%m-%d %H:%M} UTC"

    def http_apps(self) -> dict[str, AsgiApp]:
        """An empty dict: everything arrives through the gateway."""
        return {}

    async def examine(self, known: Sequence[KnownSpace]) -> AsyncIterator[Finding]:
        """Check token, intents, servers and channels, without connecting to the gateway."""
        set_addresses(self._api_url, self._gateway_url)
        async for finding in diagnose(self._token, known, wants_content=self._wants_content):
            yield finding

    # Called by the client -----------------------------------------------------------------------------

    def connected(self) -> None:
        """The gateway is connected."""
        self._down_since = None
        self._is_connected.set()

    def disconnected(self) -> None:
        """The gateway is disconnected; discord.py reconnects, and resumes where it can."""
        if self._down_since is None:
            self._down_since = self._host.clock.now()

    def guild_available(self, guild: discord.Guild) -> None:
        """Sync a server with all its members: Discord does not report who joined or left during an outage."""
        if self._available.get(guild.id) is not guild:
            self._available[guild.id] = guild
            self._background.start(self._sync_guild(guild), f"sync {guild.id}")

    def guild_unavailable(self, guild: discord.Guild) -> None:
        """A server has an outage; when it is over, the server is synced again."""
        self._available.pop(guild.id, None)

    def guild_changed(self, guild: discord.Guild) -> None:
        """Members of channels may have changed: sync the server once changes have ceased."""
        if guild.id not in self._synced:
            return
        is_settling = guild.id in self._changed_at
        self._changed_at[guild.id] = asyncio.get_running_loop().time()
        if not is_settling:
            self._background.start(self._sync_when_settled(guild), f"sync settled {guild.id}")

    def guild_removed(self, guild: discord.Guild) -> None:
        """The bot was removed from a server: forget it, and disconnect its surface."""
        self._available.pop(guild.id, None)
        self._synced.discard(guild.id)
        self._rosters.pop(guild.id, None)
        self._host.surfaces.disconnect(space_of(guild.id))

    # Connecting --------------------------------------------------------------------------------------

    async def _log_in(self) -> None:
        """Log in and connect. Raises BadInput for what only an operator can fix."""
        if not self._token.strip():
            raise BadInput("discord.token is empty: it is in the developer portal, under Bot.")
        client = Client(self)
        try:
            await client.login(self._token)
            client.request_intents(self._intents(client.application_flags))
            client.interactions = self._interactions
            client.events = EventReader(self._host.gateway, self._host.clock, client, self._threads)
            await self._register(client)
        except discord.LoginFailure:
            await client.close()
            raise BadInput(LOGIN_REFUSED) from None
        except BaseException:
            await client.close()
            raise
        self._client = client
        self._connection = asyncio.create_task(client.connect(reconnect=True), name="discord")
        self._connection.add_done_callback(self._disconnected)

    def _intents(self, flags: discord.ApplicationFlags) -> discord.Intents:
        """The intents to identify with: the gateway closes if one is not enabled in the portal."""
        if not (flags.gateway_guild_members or flags.gateway_guild_members_limited):
            raise BadInput(f"Switch on the Server Members Intent at {INTENTS_PAGE}.")
        has_content = flags.gateway_message_content or flags.gateway_message_content_limited
        if self._wants_content and not has_content:
            log.warning(
                "the Message Content Intent is off: I notice no questions and links", remedy=INTENTS_PAGE
            )
        return intents(message_content=self._wants_content and has_content)

    async def _log_in_later(self) -> None:
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            try:
                await self._log_in()
            except BadInput as fault:
                self._refusal = str(fault)
                log.warning("Discord refuses me", why=self._refusal)
                return
            except TRANSIENT_ERRORS as error:
                log.warning("Discord cannot be reached; trying again", error=type(error).__name__)
            else:
                return

    async def _await_ready(self) -> None:
        """Wait for the first connection, after which problems that only an operator can fix are known."""
        assert self._connection is not None
        ready = asyncio.ensure_future(self._is_connected.wait())
        await asyncio.wait(
            {self._connection, ready}, timeout=READY_WITHIN, return_when=asyncio.FIRST_COMPLETED
        )
        ready.cancel()
        if self._connection.done() and (error := self._connection.exception()) is not None:
            raise _explained(error)

    def _disconnected(self, task: asyncio.Task[None]) -> None:
        self.disconnected()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._refusal = str(_explained(error))
            log.error("Discord ended the connection for good", why=self._refusal)

    async def _register(self, client: Client) -> None:
        """Register the commands if they differ from the registered ones: Discord accepts 200 a day."""
        assert client.application_id is not None
        wanted = command_tree.build_commands(self._host.registry)
        registered = await client.http.get_global_commands(client.application_id)
        if not command_tree.is_up_to_date(registered, wanted):
            await client.http.bulk_upsert_global_commands(client.application_id, wanted)
            log.info("commands registered", commands=len(wanted))

    # Syncing servers ---------------------------------------------------------------------------------

    async def _sync_guild(self, guild: discord.Guild) -> None:
        """Sync a server with all its members, then announce its surface. Retries until it succeeds."""
        loop = asyncio.get_running_loop()
        while self._client is not None and self._available.get(guild.id) is guild:
            if guild.id in self._requested_at:
                await asyncio.sleep(max(0.0, self._requested_at[guild.id] + ALL_MEMBERS_EVERY - loop.time()))
            self._requested_at[guild.id] = loop.time()
            try:
                await asyncio.wait_for(guild.chunk(), ALL_MEMBERS_EVERY)
                await self._sync_roster(guild)
            except Exception:
                log.exception("server not synced; trying again", guild=guild.id)
                continue
            self._synced.add(guild.id)
            surface = DiscordSurface(self._client, guild.id, self._payloads, self._threads)
            self._host.surfaces.connect(space_of(guild.id), surface, PACE)
            log.info("server synced", guild=guild.id, people=len(guild.members))
            return

    async def _sync_when_settled(self, guild: discord.Guild) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        # Every sync reports all members, so during a raid it is put off until people stop joining.
        while True:
            quiet = loop.time() - self._changed_at[guild.id]
            if quiet >= SETTLE_AFTER or loop.time() - begun >= SETTLE_AT_MOST:
                break
            await asyncio.sleep(SETTLE_AFTER - quiet)
        del self._changed_at[guild.id]
        if guild.id in self._synced:
            await self._sync_roster(guild)

    async def _sync_roster(self, guild: discord.Guild) -> None:
        """Sync the roster, and report who lost access to a channel since the last sync."""
        roster = roster_of(guild)
        before = self._rosters.get(guild.id)
        self._rosters[guild.id] = roster
        for who, place in _lost_access(before, roster) if before is not None else ():
            await self._host.gateway.receive(roster.space, MemberLeft(self._host.clock.now(), who, place))
        await self._host.gateway.sync_roster(roster)
        if self._client is not None:
            self._client.events.set_baseline(guild, roster)


def _lost_access(before: Roster, now: Roster) -> list[tuple[str, str]]:
    """The people who lost access to a private channel, though they are still in the server."""
    there = {person.handle for person in now.people}
    members = {channel.handle: set(channel.members) for channel in now.channels if channel.private}
    return [
        (who, channel.handle)
        for channel in before.channels
        if channel.handle in members
        for who in channel.members
        if who in there and who not in members[channel.handle]
    ]


def _explained(error: BaseException) -> BaseException:
    """The error that ended a connection, in one line with its remedy if there is one."""
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return BadInput(
            f"Discord refuses an intent: switch on Server Members Intent (and Message Content Intent, or set "
            f"discord.message_content to false) at {INTENTS_PAGE}."
        )
    if isinstance(error, discord.ConnectionClosed) and error.code == 4004:
        return BadInput(LOGIN_REFUSED)
    if isinstance(error, discord.ConnectionClosed):
        return BadInput(f"Discord ended the connection for good (code {error.code}): look at the portal.")
    return error
