"""The fake Slack as a test sees it: arrange a workspace, act as people, look, and make things go wrong."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Literal, Self

from tests.fakes.slack.values import Call, Channel, Envelope, File, Json, Message, Person, View


class FakeSlack:
    """`async with FakeSlack() as slack:` serves on 127.0.0.1 until the block ends.

    What people do to the workspace (`write`, `react`, `join_channel` …) is plain and takes effect at once; the
    bot is told of it in the background, over a socket or by HTTP, if it is in that channel and subscribed.
    `await slack.settled()` waits until it has acknowledged everything. What people ask of the bot (`slash`, `press`,
    `submit` …) is awaited: it returns when the bot acknowledged it, as the `Envelope` with `ack` and `delay`.
    What the bot does after that is awaited with `await slack.until(lambda: slack.ephemerals("U0ANA"))`.
    """

    # Who and where -------------------------------------------------------------------------------------
    api_url: str
    """`http://127.0.0.1:PORT/api/`"""
    team: str = "T0HOME"
    team_name: str
    app_id: str = "A0TERTULIA"
    bot_user: str = "U0TERTULIA"
    bot_id: str = "B0TERTULIA"
    bot_token: str = "xoxb-fake-bot"
    app_token: str = "xapp-1-A0TERTULIA-fake"
    signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    scopes: set[str]
    """Scopes of the bot token; all it may need at first."""
    subscriptions: set[str] | None
    """Event types the app is subscribed to (`message.channels`, `member_joined_channel` …); None for all."""
    skew: float
    """Seconds by which Slack's clock is ahead, seen in the `Date` header of every answer."""

    # What happened -------------------------------------------------------------------------------------
    people: dict[str, Person]
    channels: dict[str, Channel]
    files: dict[str, File]
    calls: list[Call]
    envelopes: list[Envelope]
    """Everything told to the bot, in order of its first sending."""
    complaints: list[str]
    """What the real Slack would have minded: invalid payloads, late acknowledgements, used-up response_urls."""

    def __init__(self, *, team_name: str = "The Workshop", resend_after: float = 5.0) -> None:
        """`resend_after`: seconds without an acknowledgement after which an envelope is sent again."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError

    # Arranging: silent, before or between -----------------------------------------------------------------

    def add_person(
        self,
        handle: str,
        name: str,
        *,
        zone: str = "Europe/Lisbon",
        display: str = "",
        guest: bool = False,
        bot: bool = False,
        deleted: bool = False,
        admin: bool = False,
        owner: bool = False,
        team: str = "",
    ) -> Person:
        """Somebody who is already here; `team` names another workspace for a Slack Connect outsider."""
        raise NotImplementedError

    def add_channel(
        self,
        handle: str,
        name: str,
        *,
        private: bool = False,
        members: tuple[str, ...] = (),
        topic: str = "",
        bot: bool = False,
        shared: bool = False,
        archived: bool = False,
    ) -> Channel:
        """A channel that is already here, with these members and perhaps (`bot`) the bot."""
        raise NotImplementedError

    def install(self, manifest: Json) -> None:
        """Give the app exactly what its manifest asks for: scopes, events, commands, shortcuts."""
        raise NotImplementedError

    def forbid(self, *scopes: str) -> None:
        """Take scopes away: `missing_scope` from then on."""
        raise NotImplementedError

    # People doing things: at once ---------------------------------------------------------------------------

    def join_team(self, handle: str, name: str, **facts: Any) -> Person:
        """Somebody enters the workspace (`team_join`); `facts` as in `add_person`."""
        raise NotImplementedError

    def leave_team(self, who: str) -> None:
        """Somebody is deactivated: out of every channel, and a `user_change` with `deleted`."""
        raise NotImplementedError

    def change_person(self, who: str, **facts: Any) -> None:
        """A profile changes (`name`, `zone`, `guest` …): `user_change`."""
        raise NotImplementedError

    def join_channel(self, who: str, channel: str) -> None:
        """`member_joined_channel`, and the `channel_join` message."""
        raise NotImplementedError

    def leave_channel(self, who: str, channel: str) -> None:
        """`member_left_channel`."""
        raise NotImplementedError

    def invite_bot(self, channel: str, by: str = "") -> None:
        """The bot is invited: it hears of itself joining, and of the channel from then on."""
        raise NotImplementedError

    def remove_bot(self, channel: str, by: str = "") -> None:
        """The bot is removed from a channel: `member_left_channel`, and `channel_left` or `group_left`."""
        raise NotImplementedError

    def create_channel(self, handle: str, name: str, by: str) -> Channel:
        """A new public channel: `channel_created`."""
        raise NotImplementedError

    def rename(self, channel: str, name: str) -> None:
        """`channel_rename`."""
        raise NotImplementedError

    def archive(self, channel: str, *, undo: bool = False) -> None:
        """`channel_archive`, or `channel_unarchive`; also for private ones."""
        raise NotImplementedError

    def delete_channel(self, channel: str) -> None:
        """`channel_deleted`."""
        raise NotImplementedError

    def uninstall(self) -> None:
        """The app is removed: `app_uninstalled` and `tokens_revoked`, and `account_inactive` from then on."""
        raise NotImplementedError

    def write(
        self,
        who: str,
        channel: str,
        text: str,
        *,
        thread: str = "",
        broadcast: bool = False,
        raw: bool = False,
    ) -> str:
        """Somebody types a message; returns its ts.

        `text` is what they typed: `& < >` are escaped, `@ID` of a person, `#name` of a channel, `@channel`, `@here`,
        `@everyone` and `https://…` become what Slack links, and `blocks` are added as Slack's composer does.
        With `raw` it is the text of the event as it is. `channel` may be `direct`: their conversation with the bot.
        """
        raise NotImplementedError

    def edit(self, who: str, channel: str, ts: str, text: str, *, raw: bool = False) -> None:
        """`message_changed`."""
        raise NotImplementedError

    def delete(self, who: str, channel: str, ts: str) -> None:
        """`message_deleted`."""
        raise NotImplementedError

    def react(self, who: str, channel: str, ts: str, emoji: str) -> None:
        """`reaction_added`."""
        raise NotImplementedError

    def unreact(self, who: str, channel: str, ts: str, emoji: str) -> None:
        """`reaction_removed`."""
        raise NotImplementedError

    def emit(self, event: Json) -> Envelope:
        """Tell the bot any event, wrapped as Slack wraps it, whatever the workspace says."""
        raise NotImplementedError

    # People asking the bot: awaited until it acknowledged -------------------------------------------------------

    async def slash(self, who: str, channel: str, line: str) -> Envelope:
        """Somebody types `/cop share …` in a channel (or `direct`); people and channels escaped as asked."""
        raise NotImplementedError

    async def press(self, who: str, where: str, label: str, *, thread: str = "") -> Envelope:
        """Press the last button so labelled (or with that action_id) that they see.

        `where` is a channel, `direct`, `home` (their App Home) or `view` (their open modal).
        """
        raise NotImplementedError

    async def choose(self, who: str, where: str, menu: str, option: str, *, thread: str = "") -> Envelope:
        """Choose an option, by its words, of the last menu with that placeholder, section text or action_id."""
        raise NotImplementedError

    async def message_action(self, who: str, channel: str, ts: str, callback_id: str) -> Envelope:
        """A message shortcut."""
        raise NotImplementedError

    async def global_shortcut(self, who: str, callback_id: str) -> Envelope:
        """A global shortcut."""
        raise NotImplementedError

    async def open_home(self, who: str) -> Envelope:
        """Somebody opens the bot's App Home: `app_home_opened`."""
        raise NotImplementedError

    def open_view(self, who: str) -> View | None:
        """The modal that is in front of somebody."""
        raise NotImplementedError

    async def fill(self, who: str, values: Mapping[str, str | bool | list[str]]) -> None:
        """Fill fields of the open modal by their labels, in the words that are seen; a remote menu is asked."""
        raise NotImplementedError

    async def submit(
        self, who: str, values: Mapping[str, str | bool | list[str]] | None = None
    ) -> Envelope | None:
        """Fill and submit the open modal; None where the client itself refuses (a required field is empty)."""
        raise NotImplementedError

    async def close_view(self, who: str) -> None:
        """Close the modal: `view_closed` if the bot asked to be told."""
        raise NotImplementedError

    # Looking ----------------------------------------------------------------------------------------------------

    def messages(self, channel: str, viewer: str = "", *, thread: str = "") -> list[Message]:
        """What a viewer sees in a channel (or `direct`), ephemeral ones included, oldest first.

        Without a viewer what everybody sees; without `thread` no replies, unless sent to the channel too.
        """
        raise NotImplementedError

    def ephemerals(self, who: str, channel: str = "") -> list[Message]:
        """What only they see, in all channels or in one."""
        raise NotImplementedError

    def direct(self, who: str) -> str:
        """The id of somebody's conversation with the bot, opened if need be."""
        raise NotImplementedError

    def groups(self, who: str) -> list[Channel]:
        """The group conversations somebody is in."""
        raise NotImplementedError

    def home(self, who: str) -> View | None:
        """What the bot published for somebody's App Home."""
        raise NotImplementedError

    def reactions(self, channel: str, ts: str) -> dict[str, int]:
        """The emoji under a message."""
        raise NotImplementedError

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        raise NotImplementedError

    async def settled(self, *, within: float = 10.0) -> None:
        """Wait until the bot acknowledged everything it was told; raises AssertionError, with what is left."""
        raise NotImplementedError

    async def until(self, true: Callable[[], Any], *, within: float = 10.0, what: str = "") -> Any:
        """Wait until something is true, and return it; raises AssertionError otherwise."""
        raise NotImplementedError

    async def connected(self, sockets: int = 1, *, within: float = 20.0) -> None:
        """Wait until the bot holds that many sockets which have been greeted."""
        raise NotImplementedError

    # Things going wrong ---------------------------------------------------------------------------------------------

    def fault(
        self,
        method: str,
        *,
        channel: str = "",
        times: int = 1,
        error: str = "",
        status: int = 0,
        retry_after: float | None = None,
        drop: bool = False,
        lose_reply: bool = False,
        delay: float = 0.0,
        late: float = 0.0,
    ) -> None:
        """The next `times` (-1: all) calls of a method (`*`: any) go wrong; see `Fault` for the ways.

        `error` is answered with 200 and `ok: false`; `retry_after` with 429 and that header; `status` with that
        status and a page. Waits (`delay` before it is done, `late` after) go with any of them.
        """
        raise NotImplementedError

    def heal(self) -> None:
        """No more faults."""
        raise NotImplementedError

    def resend(self, envelope: Envelope, *, other_id: bool = False) -> None:
        """Tell the bot the same again: the same envelope, or (`other_id`) the same fact under another event_id."""
        raise NotImplementedError

    def hold(self) -> None:
        """Keep what happens from now on back …"""
        raise NotImplementedError

    def release(self, *, reverse: bool = False) -> None:
        """… and send it, in order or in reverse."""
        raise NotImplementedError

    def refresh(self, reason: Literal["warning", "refresh_requested"] = "refresh_requested") -> None:
        """Ask the bot to renew its sockets: a `disconnect` frame on each, closed soon after `refresh_requested`."""
        raise NotImplementedError

    def stall(self, sockets: int = 1) -> None:
        """So many sockets deliver nothing more, though they answer pings; what was for them is sent elsewhere later."""
        raise NotImplementedError

    def cut(self) -> None:
        """Every socket breaks without a word."""
        raise NotImplementedError

    # Signed requests instead of sockets ------------------------------------------------------------------------------

    def deliver_to(self, *, events: str, commands: str = "", interactions: str = "") -> None:
        """Tell the bot by signed POST from now on; the other two addresses default to the first."""
        raise NotImplementedError

    def signed(self, body: bytes, *, at: float | None = None) -> dict[str, str]:
        """The headers of a request as Slack signs it, at a Unix time or now: to be forged by a test."""
        raise NotImplementedError

    def event_body(self, event: Json) -> bytes:
        """The body of an event request, wrapped, and not sent."""
        raise NotImplementedError
