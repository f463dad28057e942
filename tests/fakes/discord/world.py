"""What there is: guilds, people, roles, channels, messages; ids with the time; who may do what where."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

EPOCH_MS = 1_420_070_400_000
"""Discord's: the first moment of 2015."""

PERMISSIONS = {
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "manage_roles": 1 << 28,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "create_private_threads": 1 << 36,
    "send_messages_in_threads": 1 << 38,
    "pin_messages": 1 << 51,
}
ALL = (1 << 53) - 1

MEMBERS_MAY = (
    "view_channel",
    "send_messages",
    "read_message_history",
    "add_reactions",
    "embed_links",
    "attach_files",
    "use_application_commands",
    "create_public_threads",
    "send_messages_in_threads",
)
BOT_MAY = (*MEMBERS_MAY, "create_private_threads")

TEXT, DM, VOICE, CATEGORY, NEWS, FORUM = 0, 1, 2, 4, 5, 15
NEWS_THREAD, PUBLIC_THREAD, PRIVATE_THREAD = 10, 11, 12
THREADS = (NEWS_THREAD, PUBLIC_THREAD, PRIVATE_THREAD)

EPHEMERAL, COMPONENTS_V2, LOADING, HAS_THREAD = 1 << 6, 1 << 15, 1 << 7, 1 << 5


def bits(names: Iterable[str]) -> int:
    """Permissions by name as Discord's number."""
    total = 0
    for name in names:
        total |= PERMISSIONS[name]
    return total


def moment_of(snowflake: str) -> float:
    """When an id was made, in unix seconds."""
    return ((int(snowflake) >> 22) + EPOCH_MS) / 1000


@dataclass(eq=False)
class User:
    """An account."""

    id: str
    handle: str
    name: str
    bot: bool = False
    locale: str = "en-GB"
    closed: int = 0
    """The error code with which private messages to this person are refused; 0 while they are taken."""


@dataclass(eq=False)
class Role:
    """A role of a guild; `@everyone` has the guild's own id."""

    id: str
    handle: str
    name: str
    permissions: int
    mentionable: bool = False


@dataclass(eq=False)
class Member:
    """An account in a guild."""

    user: User
    joined: float
    nick: str = ""
    pending: bool = False
    roles: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Guild:
    """A server."""

    id: str
    handle: str
    name: str
    owner: str
    here: bool = True
    """Whether the bot is in it."""
    available: bool = True
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, "Channel"] = field(default_factory=dict)
    commands: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_told(self) -> bool:
        """Whether the bot is told what happens in it."""
        return self.here and self.available


@dataclass(eq=False)
class Channel:
    """A channel, a thread or a private conversation."""

    id: str
    handle: str
    kind: int
    name: str = ""
    guild: Guild | None = None
    topic: str = ""
    private: bool = False
    admitted: set[str] = field(default_factory=set)
    denied: int = 0
    """What the bot lacks here."""
    recipient: str = ""
    parent: "Channel | None" = None
    owner: str = ""
    members: dict[str, float] = field(default_factory=dict)
    """Of a thread: who is in it, since when."""
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    messages: "dict[str, Message]" = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS


@dataclass(eq=False)
class Message:
    """The current state of a message; what the bot sent is kept in Discord's own shapes."""

    id: str
    channel: Channel
    author: User
    content: str = ""
    kind: int = 0
    flags: int = 0
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    """The content of its attachments, by file name."""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    """Emoji to ids of people."""
    reply_to: str = ""
    nonce: str = ""
    edited: float = 0
    pinned: bool = False
    allowed: dict[str, Any] | None = None
    """`allowed_mentions` as it was sent last; None means that everything in the text may notify."""
    pinged: set[str] = field(default_factory=set)
    """Ids of everybody and everything notified so far, `@everyone` and `@here`."""
    seen_by: str = ""
    """Of an ephemeral message: the id of the only person who sees it."""
    asked: Any = None
    """The exchange it answers."""
    thread: Channel | None = None
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def is_v2(self) -> bool:
        return bool(self.flags & COMPONENTS_V2)

    @property
    def loading(self) -> bool:
        """Whether it is only `… is thinking` so far."""
        return bool(self.flags & LOADING)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """All components, flat, in reading order: containers before what they contain."""
        return list(flat(self.components))

    @property
    def text(self) -> str:
        """All that is read in it, as it was sent: content, embeds, text displays, by lines."""
        lines = [self.content] if self.content else []
        for embed in self.embeds:
            lines += [embed[name] for name in ("title", "description") if embed.get(name)]
            lines += [f"{one['name']}: {one['value']}" for one in embed.get("fields", ())]
            lines += [embed["footer"]["text"]] if embed.get("footer") else []
        lines += [part["content"] for part in self.parts if part["type"] == 10]
        return "\n".join(lines)

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons, links included."""
        return [part.get("label", "") for part in self.parts if part["type"] == 2]

    @property
    def menus(self) -> list[dict[str, Any]]:
        """Its menus, in Discord's shape."""
        return [part for part in self.parts if part["type"] in (3, 5, 6, 7, 8)]


def flat(components: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Components and what they contain, in reading order."""
    for one in components:
        yield one
        yield from flat(one.get("components", ()))
        for inner in ("accessory", "component"):
            if isinstance(one.get(inner), dict):
                yield from flat([one[inner]])


class World:
    """Everything there is, by id and by handle."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self.wall = wall
        self.guilds: dict[str, Guild] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, Message] = {}
        """Ephemeral ones too."""
        self.commands: list[dict[str, Any]] = []
        self.application_flags = (1 << 15) | (1 << 19)
        """GATEWAY_GUILD_MEMBERS_LIMITED and GATEWAY_MESSAGE_CONTENT_LIMITED: switched on in the portal."""
        self._handles: dict[str, str] = {}
        self._last_id = 0
        self.bot = self.add_user("bot", "Tertulia", bot=True)

    def new_id(self, at: float | None = None) -> str:
        """A snowflake; each is higher than all before unless it is dated back."""
        if at is not None:
            return str((int(at * 1000) - EPOCH_MS << 22) + len(self.messages) % (1 << 22))
        self._last_id = max(self._last_id + 1, int(self.wall() * 1000) - EPOCH_MS << 22)
        return str(self._last_id)

    # By handle ------------------------------------------------------------------------------------

    def called(self, handle: str, id_: str) -> None:
        """Give a thing its handle."""
        if handle in self._handles:
            raise ValueError(f"{handle!r} is taken")
        self._handles[handle] = id_

    def id_of(self, handle: str) -> str:
        """The id behind a handle; an id is its own."""
        if handle in self._handles:
            return self._handles[handle]
        if handle.isdigit():
            return handle
        raise KeyError(f"nothing here is called {handle!r}")

    def guild(self, handle: str = "") -> Guild:
        """A guild; without a handle the first."""
        return self.guilds[self.id_of(handle)] if handle else next(iter(self.guilds.values()))

    def user(self, handle: str) -> User:
        return self.users[self.id_of(handle)]

    def channel(self, handle: str) -> Channel:
        return self.channels[self.id_of(handle)]

    def role(self, handle: str) -> Role:
        id_ = self.id_of(handle)
        return next(guild.roles[id_] for guild in self.guilds.values() if id_ in guild.roles)

    # Making ---------------------------------------------------------------------------------------

    def add_user(self, handle: str, name: str, *, bot: bool = False) -> User:
        user = User(self.new_id(), handle, name, bot)
        self.users[user.id] = user
        self.called(handle, user.id)
        return user

    def add_guild(self, handle: str, name: str, owner: User, *, here: bool) -> Guild:
        guild = Guild(self.new_id(), handle, name, owner.id, here)
        guild.roles[guild.id] = Role(guild.id, "@everyone", "@everyone", bits(MEMBERS_MAY))
        own = Role(self.new_id(), f"{handle}-bot", self.bot.name, bits(BOT_MAY))
        guild.roles[own.id] = own
        self.guilds[guild.id] = guild
        self.called(handle, guild.id)
        guild.members[owner.id] = Member(owner, self.wall())
        if here:
            guild.members[self.bot.id] = Member(self.bot, self.wall(), roles=[own.id])
        return guild

    def direct(self, user: User) -> Channel:
        """The conversation of somebody with the bot, opened if need be."""
        for channel in self.channels.values():
            if channel.kind == DM and channel.recipient == user.id:
                return channel
        made = Channel(self.new_id(), "", DM, recipient=user.id)
        self.channels[made.id] = made
        return made

    def keep(self, message: Message) -> Message:
        """Put a message where it belongs."""
        self.messages[message.id] = message
        if not message.ephemeral:
            message.channel.messages[message.id] = message
        return message

    # Rights ---------------------------------------------------------------------------------------

    def rights(self, user: User, channel: Channel) -> int:
        """What somebody may do in a channel, thread or conversation."""
        if channel.kind == DM:
            return bits(BOT_MAY) if user.id in (channel.recipient, self.bot.id) else 0
        assert channel.guild is not None
        member = channel.guild.members.get(user.id)
        if member is None:
            return 0
        granted = self.guild_rights(user, channel.guild)
        if granted & PERMISSIONS["administrator"]:
            return ALL
        parent = channel.parent or channel
        if parent.private and user.id not in parent.admitted:
            return 0
        if user is self.bot:
            granted &= ~parent.denied
        if not granted & PERMISSIONS["view_channel"]:
            return 0
        is_hidden = channel.kind == PRIVATE_THREAD and user.id not in channel.members
        return 0 if is_hidden and not granted & PERMISSIONS["manage_threads"] else granted

    def guild_rights(self, user: User, guild: Guild) -> int:
        """What somebody may do in a guild as a whole."""
        if user.id == guild.owner:
            return ALL
        member = guild.members.get(user.id)
        granted = guild.roles[guild.id].permissions if member else 0
        for role in member.roles if member else ():
            granted |= guild.roles[role].permissions
        return ALL if granted & PERMISSIONS["administrator"] else granted

    def sees(self, user: User, channel: Channel) -> bool:
        return bool(self.rights(user, channel) & PERMISSIONS["view_channel"])
