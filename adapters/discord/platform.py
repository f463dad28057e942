"""Discord as the process holds it: connected, taken in, examined, and seen to be well or not."""

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

SILENCE = timedelta(minutes=1)
"""How long the gateway may be disconnected before that is reported."""
PATIENCE = 15.0
"""Seconds that a start waits for the gateway before it leaves it to the background."""
PACE = timedelta(seconds=1.2)
"""One message per channel: Discord takes five in five seconds."""
ALL_MEMBERS_EVERY = 30.0
"""Seconds between two requests for all members of a server: Discord's limit."""
SETTLED = 60.0
"""Seconds without a further change after which a server that has changed is taken in again."""
UNSETTLED = 10 * SETTLED
"""… and seconds after which it is, however much else changes."""
RETRY = 15.0

REFUSED = "Discord refuses discord.token: reset it in the developer portal, under Bot, and set the new one."
SWITCHES = "https://discord.com/developers/applications, under Bot, Privileged Gateway Intents"

UNREACHED = (aiohttp.ClientError, OSError, TimeoutError, discord.HTTPException, discord.RateLimited)
"""What may be over when it is tried again."""

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
        self._kept: TokenCache[ButtonPayload] = TokenCache()
        self._threads: TokenCache[str] = TokenCache(20_000)
        self._interactions = Interactions(host.gateway, host.registry, self._kept, self._threads)
        self._chores = BackgroundTasks()
        self._client: Client | None = None
        self._connection: asyncio.Task[None] | None = None
        self._is_up = asyncio.Event()
        self._refusal = ""
        self._down_since: datetime | None = None
        self._there: dict[int, discord.Guild] = {}
        self._asked_at: dict[int, float] = {}
        self._taken: set[int] = set()
        self._shifted_at: dict[int, float] = {}
        self._told: dict[int, Roster] = {}

    # The platform ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Log in, register the commands if they have changed, and connect.

        Raises BadInput for a token that is refused and for an intent that is switched off. An unreachable
        Discord is waited for in the background.
        """
        set_addresses(self._api_url, self._gateway_url)
        self._down_since = self._host.clock.now()
        try:
            await self._log_in()
        except UNREACHED as error:
            log.warning("Discord cannot be reached; trying again", error=type(error).__name__)
            self._chores.begin(self._log_in_later(), "log in")
            return
        try:
            await self._await_ready()
        except Exception:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Hear no more, finish what is half said, and close the connection."""
        await self._chores.stop()
        await self._interactions.close()
        if self._client is not None:
            await self._client.close()
            await self._client.inbound.close()
        if self._connection is not None:
            await asyncio.gather(self._connection, return_exceptions=True)

    def health_problem(self) -> str:
        """Why nothing is heard, once that has lasted for a minute or cannot mend by itself."""
        if self._refusal:
            return self._refusal
        if self._down_since is None or self._host.clock.now() - self._down_since < SILENCE:
            return ""
        return f"no connection since {self._down_since:%Y-%m-%d %H:%M} UTC"

    def http_apps(self) -> dict[str, AsgiApp]:
        """Nothing: all comes through the gateway."""
        return {}

    async def examine(self, known: Sequence[KnownSpace]) -> AsyncIterator[Finding]:
        """Token, intents, servers and channels, without connecting to the gateway."""
        set_addresses(self._api_url, self._gateway_url)
        async for finding in diagnose(self._token, known, wants_content=self._wants_content):
            yield finding

    # What the client tells ---------------------------------------------------------------------------

    def up(self) -> None:
        """The gateway is heard."""
        self._down_since = None
        self._is_up.set()

    def down(self) -> None:
        """The gateway is not heard; the library tries again by itself, and resumes where it can."""
        if self._down_since is None:
            self._down_since = self._host.clock.now()

    def there(self, guild: discord.Guild) -> None:
        """Take a server in: all its people are asked for, since nobody tells who came and went meanwhile."""
        if self._there.get(guild.id) is not guild:
            self._there[guild.id] = guild
            self._chores.begin(self._take_in(guild), f"take in {guild.id}")

    def away(self, guild: discord.Guild) -> None:
        """An outage of a server, which is no loss; when it is over it is taken in again."""
        self._there.pop(guild.id, None)

    def shifted(self, guild: discord.Guild) -> None:
        """Who sees which channel has changed: once it has settled, tell the house."""
        if guild.id not in self._taken:
            return
        is_settling = guild.id in self._shifted_at
        self._shifted_at[guild.id] = asyncio.get_running_loop().time()
        if not is_settling:
            self._chores.begin(self._settle(guild), f"settle {guild.id}")

    def gone(self, guild: discord.Guild) -> None:
        """Nothing can be delivered there any more."""
        self._there.pop(guild.id, None)
        self._taken.discard(guild.id)
        self._told.pop(guild.id, None)
        self._host.surfaces.disconnect(space_of(guild.id))

    # Connecting --------------------------------------------------------------------------------------

    async def _log_in(self) -> None:
        """A client that is logged in and connects. Raises BadInput for what only an operator can mend."""
        if not self._token.strip():
            raise BadInput("discord.token is empty: it is in the developer portal, under Bot.")
        client = Client(self)
        try:
            await client.login(self._token)
            client.greet_with(self._intents(client.application_flags))
            client.interactions = self._interactions
            client.inbound = EventReader(self._host.gateway, self._host.clock, client, self._threads)
            await self._register(client)
        except discord.LoginFailure:
            await client.close()
            raise BadInput(REFUSED) from None
        except BaseException:
            await client.close()
            raise
        self._client = client
        self._connection = asyncio.create_task(client.connect(reconnect=True), name="discord")
        self._connection.add_done_callback(self._disconnected)

    def _intents(self, flags: discord.ApplicationFlags) -> discord.Intents:
        """What to ask of the gateway: it closes on whoever asks for more than the portal grants."""
        if not (flags.gateway_guild_members or flags.gateway_guild_members_limited):
            raise BadInput(f"Switch on the Server Members Intent at {SWITCHES}.")
        has_content = flags.gateway_message_content or flags.gateway_message_content_limited
        if self._wants_content and not has_content:
            log.warning("the Message Content Intent is off: I notice no questions and links", remedy=SWITCHES)
        return intents(message_content=self._wants_content and has_content)

    async def _log_in_later(self) -> None:
        while True:
            await asyncio.sleep(RETRY)
            try:
                await self._log_in()
            except BadInput as fault:
                self._refusal = str(fault)
                log.warning("Discord refuses me", why=self._refusal)
                return
            except UNREACHED as error:
                log.warning("Discord cannot be reached; trying again", error=type(error).__name__)
            else:
                return

    async def _await_ready(self) -> None:
        """Wait a while for the first greeting: what only an operator can mend is known by then."""
        assert self._connection is not None
        ready = asyncio.ensure_future(self._is_up.wait())
        await asyncio.wait({self._connection, ready}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._connection.done() and (error := self._connection.exception()) is not None:
            raise _fault(error)

    def _disconnected(self, task: asyncio.Task[None]) -> None:
        self.down()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._refusal = str(_fault(error))
            log.error("Discord ended the connection for good", why=self._refusal)

    async def _register(self, client: Client) -> None:
        """Put the commands, if they are not what is registered already: Discord takes 200 a day."""
        assert client.application_id is not None
        wanted = command_tree.build_commands(self._host.registry)
        registered = await client.http.get_global_commands(client.application_id)
        if not command_tree.is_up_to_date(registered, wanted):
            await client.http.bulk_upsert_global_commands(client.application_id, wanted)
            log.info("commands registered", commands=len(wanted))

    # Taking servers in -------------------------------------------------------------------------------

    async def _take_in(self, guild: discord.Guild) -> None:
        """A server with all its people; then its lanes are open. Tries until it can be done."""
        loop = asyncio.get_running_loop()
        while self._client is not None and self._there.get(guild.id) is guild:
            if guild.id in self._asked_at:
                await asyncio.sleep(max(0.0, self._asked_at[guild.id] + ALL_MEMBERS_EVERY - loop.time()))
            self._asked_at[guild.id] = loop.time()
            try:
                await asyncio.wait_for(guild.chunk(), ALL_MEMBERS_EVERY)
                await self._arrive(guild)
            except Exception:
                log.exception("server not taken in; trying again", guild=guild.id)
                continue
            self._taken.add(guild.id)
            surface = DiscordSurface(self._client, guild.id, self._kept, self._threads)
            self._host.surfaces.connect(space_of(guild.id), surface, PACE)
            log.info("server taken in", guild=guild.id, people=len(guild.members))
            return

    async def _settle(self, guild: discord.Guild) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        # In a raid it waits: the house would hear of everybody twice while it is busy with the first time.
        while True:
            quiet = loop.time() - self._shifted_at[guild.id]
            if quiet >= SETTLED or loop.time() - begun >= UNSETTLED:
                break
            await asyncio.sleep(SETTLED - quiet)
        del self._shifted_at[guild.id]
        if guild.id in self._taken:
            await self._arrive(guild)

    async def _arrive(self, guild: discord.Guild) -> None:
        """Tell the house who and what is there, and who has lost sight of a channel since it was told."""
        roster = roster_of(guild)
        before = self._told.get(guild.id)
        self._told[guild.id] = roster
        for who, place in _out_of_sight(before, roster) if before is not None else ():
            await self._host.gateway.receive(roster.space, MemberLeft(self._host.clock.now(), who, place))
        await self._host.gateway.sync_roster(roster)
        if self._client is not None:
            self._client.inbound.begin(guild, roster)


def _out_of_sight(before: Roster, now: Roster) -> list[tuple[str, str]]:
    """Who no longer sees which private channel, though still in the server."""
    there = {person.handle for person in now.people}
    members = {channel.handle: set(channel.members) for channel in now.channels if channel.private}
    return [
        (who, channel.handle)
        for channel in before.channels
        if channel.handle in members
        for who in channel.members
        if who in there and who not in members[channel.handle]
    ]


def _fault(error: BaseException) -> BaseException:
    """What ended a connection, in one line and with what to do where somebody can."""
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return BadInput(
            f"Discord refuses an intent: switch on Server Members Intent (and Message Content Intent, or set "
            f"discord.message_content to false) at {SWITCHES}."
        )
    if isinstance(error, discord.ConnectionClosed) and error.code == 4004:
        return BadInput(REFUSED)
    if isinstance(error, discord.ConnectionClosed):
        return BadInput(f"Discord ended the connection for good (code {error.code}): look at the portal.")
    return error
