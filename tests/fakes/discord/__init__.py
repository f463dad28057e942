"""A Discord in one process: REST and gateway on loopback, people who act, and faults on demand.

    async with FakeDiscord() as discord:
        discord.add_guild("workshop", "The Workshop", owner="ana")
        discord.add_person("ana", "Ana Sousa")
        discord.add_channel("general", "general")
        ...                                             # start the real discord.py against it
        await discord.connected()
        discord.write("ana", "general", "hello")
        exchange = await discord.slash("ana", "general", "cop share", {"url": "https://example.org"})
        assert discord.complaints == []

People, channels, roles and guilds have handles of the test's choosing; wherever one is named, its
snowflake id (a string of digits) does as well, and `id_of(handle)` tells it. Threads and messages have ids
only. What is named without a guild belongs to the guild that was added first.

What people do (`write`, `join` …) happens at once and is on its way when the call returns. Interactions
are awaited: they return when the bot has answered or deferred, or after `patience` seconds when it has not.
Nothing is ever waited for by sleeping: `until(…)` looks again whenever something has changed.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Self

Kind = Literal["text", "news", "voice", "category", "forum"]


class FakeDiscord:
    """The service, its people and its faults. Use as an async context manager."""

    token: str
    """The only token that is accepted."""
    bot: str
    """The id of the bot, which is the application's too. Its handle is `bot`."""
    complaints: list[Any]
    """What the bot sent that Discord refuses as malformed (it is refused here too, with 400 and 50035)."""
    calls: list[Any]
    """Every REST call: method, path, route, body, status, at (monotonic seconds)."""
    patience: float = 3.0
    """Seconds in which an interaction has to be answered or deferred; later answers get 404, code 10062."""

    def __init__(self, *, token: str = "MTA.fake.discord-token") -> None: ...  # noqa: S107

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *_: object) -> None: ...

    @property
    def api_url(self) -> str:
        """`http://127.0.0.1:PORT/api/v10`, for `Route.BASE`."""

    @property
    def gateway_url(self) -> str:
        """`ws://127.0.0.1:PORT/gateway`, for `DEFAULT_GATEWAY`."""

    # Arranging: silent before the bot connects, events afterwards -----------------------------------

    def add_guild(self, handle: str, name: str, *, owner: str = "owner", joined: bool = True) -> str:
        """A server with the bot in it (GUILD_CREATE if the bot is connected); makes the owner if need be."""

    def add_person(
        self,
        handle: str,
        name: str,
        *,
        guild: str = "",
        bot: bool = False,
        pending: bool = False,
        roles: Iterable[str] = (),
        nick: str = "",
    ) -> str:
        """Somebody who is in the guild already; without an event. `pending` is before screening."""

    def add_stranger(self, handle: str, name: str, *, bot: bool = False) -> str:
        """Somebody with an account and in no guild yet: for `join`, or for a DM from outside."""

    def add_role(
        self, handle: str, name: str, *, guild: str = "", permissions: Iterable[str] = (), mentionable: bool = False
    ) -> str:
        """A role; permissions by discord.py's names, e.g. `manage_guild`."""

    def grant(self, who: str, *roles: str, guild: str = "") -> None:
        """Give somebody exactly these roles (GUILD_MEMBER_UPDATE). The bot has a role of its own besides."""

    def add_channel(
        self,
        handle: str,
        name: str,
        *,
        guild: str = "",
        kind: Kind = "text",
        topic: str = "",
        private: bool = False,
        members: Iterable[str] = (),
        denied: Iterable[str] = (),
    ) -> str:
        """A channel (CHANNEL_CREATE if connected).

        A private one is seen by `members` only (name `bot` among them to let the bot in); `denied` are
        permissions which the bot lacks there, e.g. `send_messages`.
        """

    def change_channel(
        self,
        channel: str,
        *,
        name: str | None = None,
        topic: str | None = None,
        private: bool | None = None,
        members: Iterable[str] | None = None,
        denied: Iterable[str] | None = None,
    ) -> None:
        """CHANNEL_UPDATE. The bot is locked out with `private=True`, and has lost it then."""

    def remove_channel(self, channel: str) -> None:
        """CHANNEL_DELETE."""

    def rename(self, who: str, name: str, *, guild: str = "") -> None:
        """Somebody's name in the guild changes (GUILD_MEMBER_UPDATE)."""

    def bot_may(self, *permissions: str, guild: str = "") -> None:
        """Exactly what the bot may do in the guild; by default what its invitation link usually asks."""

    def remove_bot(self, guild: str = "") -> None:
        """The bot is removed from a guild: GUILD_DELETE."""

    def lose_guild(self, guild: str = "") -> None:
        """An outage: GUILD_DELETE with `unavailable`."""

    def regain_guild(self, guild: str = "") -> None:
        """The outage is over: GUILD_CREATE."""

    # People act ---------------------------------------------------------------------------------------

    def join(self, who: str, *, guild: str = "", pending: bool = False) -> None:
        """GUILD_MEMBER_ADD; an unknown handle is a new account with that name."""

    def pass_screening(self, who: str, *, guild: str = "") -> None:
        """GUILD_MEMBER_UPDATE with `pending` false."""

    def leave(self, who: str, *, guild: str = "") -> None:
        """GUILD_MEMBER_REMOVE."""

    def write(
        self, who: str, channel: str, text: str, *, reply_to: str = "", at: float | None = None
    ) -> str:
        """A message in a channel or (by its id) in a thread; returns its id. `at` is unix seconds."""

    def edit(self, message: str, text: str) -> None:
        """Its author edits a message: MESSAGE_UPDATE."""

    def unfurl(self, message: str) -> None:
        """An embed of a link arrives: MESSAGE_UPDATE without an edit, as Discord sends seconds later."""

    def delete(self, message: str) -> None:
        """MESSAGE_DELETE."""

    def bulk_delete(self, *messages: str) -> None:
        """MESSAGE_DELETE_BULK."""

    def react(self, who: str, message: str, emoji: str) -> None:
        """MESSAGE_REACTION_ADD; the emoji is a character."""

    def unreact(self, who: str, message: str, emoji: str) -> None:
        """MESSAGE_REACTION_REMOVE."""

    def open_thread(self, who: str, channel: str, name: str, *, message: str = "", private: bool = False) -> str:
        """A thread, under a message if given; returns its id (a message's own id for one under it)."""

    def archive_thread(self, thread: str) -> None:
        """THREAD_UPDATE; writing in it opens it again unless it is locked."""

    def delete_thread(self, thread: str) -> None:
        """THREAD_DELETE."""

    def dm(self, who: str, text: str) -> str:
        """Somebody writes to the bot in private."""

    def close_dms(self, who: str, *, code: int = 50007) -> None:
        """Messages to this person are refused from now on (also: 50278, 40003)."""

    def open_dms(self, who: str) -> None:
        """… and are taken again."""

    # People and the bot -------------------------------------------------------------------------------

    async def slash(self, who: str, channel: str, command: str, options: Mapping[str, Any] = {}) -> "Exchange":  # type: ignore[name-defined]
        """Type `/cop share url:…`; people, channels in options by handle.

        Only what is registered can be typed: an unknown command or option, a missing one or a wrong
        choice is a ValueError, as in a client. `channel` is a handle, a thread's id, or `dm`.
        """

    async def autocomplete(
        self, who: str, channel: str, command: str, option: str, typed: str, options: Mapping[str, Any] = {}
    ) -> list[tuple[str, Any]]:
        """What is offered while somebody types an option: (name, value)."""

    async def press(self, who: str, label: str, *, message: str = "", channel: str = "") -> "Exchange":  # type: ignore[name-defined]
        """Press a button: in that message, else in the newest message that shows one to this person."""

    async def choose(
        self, who: str, menu: str, *options: str, message: str = "", channel: str = ""
    ) -> "Exchange":  # type: ignore[name-defined]
        """Choose in a menu (by its placeholder): options by label, people and channels by handle."""

    async def context_menu(self, who: str, name: str, message: str) -> "Exchange":  # type: ignore[name-defined]
        """Choose an entry of a message's (or, with a person's handle, a person's) menu."""

    async def submit_modal(self, who: str, values: Mapping[str, str | bool | list[str]] = {}) -> "Exchange":  # type: ignore[name-defined]
        """Fill in the open form by its labels and submit; what is not named keeps what it was opened with.

        What a client would not let through (required and empty, too long) is a ValueError.
        """

    # Looking ------------------------------------------------------------------------------------------

    def id_of(self, handle: str) -> str:
        """The snowflake of a guild, person, role or channel."""

    def messages(self, channel: str) -> list["Message"]:  # type: ignore[name-defined]
        """What stands in a channel or thread, oldest first, without ephemeral answers."""

    def message(self, message: str) -> "Message":  # type: ignore[name-defined]
        """One message by its id, ephemeral ones too."""

    def ephemerals(self, who: str) -> list["Message"]:  # type: ignore[name-defined]
        """What only this person sees, oldest first."""

    def direct(self, who: str) -> list["Message"]:  # type: ignore[name-defined]
        """The conversation between somebody and the bot."""

    def modal(self, who: str) -> "Modal | None":  # type: ignore[name-defined]
        """The form that is open for somebody."""

    def threads(self, channel: str = "") -> list["Thread"]:  # type: ignore[name-defined]
        """Threads of a channel, or all: id, name, parent, message, private, members, archived."""

    def reactions(self, message: str) -> dict[str, list[str]]:
        """Who reacted, by emoji; people by handle."""

    def commands(self, guild: str = "") -> list[dict[str, Any]]:
        """The command tree as it was registered: globally, or for one guild."""

    puts: int
    """How often a command tree was put, created or patched."""

    def pings(self, message: str) -> set[str]:
        """Who is notified by a message: handles, or `@everyone`, `@here`, `@role` for each role's handle."""

    exchanges: list[Any]
    """Every interaction: kind, who, callbacks (type, delay in seconds, ephemeral), messages, modal."""

    async def connected(self, seconds: float = 10) -> None:
        """Wait until the bot has identified and has every guild."""

    async def until(self, true: Callable[[], Any], *, seconds: float = 5) -> Any:
        """Wait until something is true (looked at after each change), and return it; else AssertionError."""

    # Faults -------------------------------------------------------------------------------------------
    # A route is written as in the documentation: "POST /channels/{channel}/messages".

    def refuse(self, route: str, code: int, *, status: int = 0, channel: str = "", times: int = 1) -> None:
        """Answer with an error: 50013, 50001, 50007, 10003, 10008 … the status follows from the code."""

    def fail(self, route: str, status: int = 500, *, channel: str = "", times: int = 1) -> None:
        """Answer with a server error, nothing done."""

    def limit(self, route: str, seconds: float, *, channel: str = "", times: int = 1) -> None:
        """429 with `retry_after` and bucket headers for one route (of one channel); requests before it is over too."""

    def limit_globally(self, seconds: float) -> None:
        """429 with `global` for every request until it is over."""

    def drop(self, route: str, *, channel: str = "", times: int = 1, late: float = 0) -> None:
        """Do what is asked (`late` seconds afterwards), and close the connection without an answer."""

    def delay(self, route: str, seconds: float, *, channel: str = "", times: int = 1) -> None:
        """Do what is asked at once and answer late."""

    def close_gateway(self, code: int = 4000) -> None:
        """Close the websocket; 4000–4003, 4005, 4007–4009 may be resumed (4007, 4009 with a new session)."""

    def shut_gateway(self) -> None:
        """Close it and take no new connection until `open_gateway`: what happens meanwhile is replayed."""

    def open_gateway(self) -> None: ...

    def invalidate_session(self, *, resumable: bool = False) -> None:
        """INVALID_SESSION."""

    def ask_to_reconnect(self) -> None:
        """RECONNECT."""

    def stall_gateway(self, stalled: bool = True) -> None:
        """A silently dead gateway: no events, no heartbeat acknowledged."""

    def forbid_intents(self, *names: str) -> None:
        """Privileged intents not switched on for the application (`members`, `message_content`): 4014."""

    def revoke_token(self) -> None:
        """401 for every call and 4004 at the gateway."""

    repeat: int = 1
    """How often each event is sent, for duplicates."""
    resumes: int
    """How often a session was resumed."""
    identifies: int
