"""Events: facts from a platform, in its own ids. Adapters make them, and the intake stores them.

Each event has a natural key, under which it is stored once even if the platform delivers it again. Adapters
recognise links, questions and replies, because each platform writes them differently.
"""

from datetime import datetime

from msgspec import Struct


class SpaceRef(Struct, frozen=True):
    """One Slack workspace, Discord server, archive or local page, by the platform's id."""

    platform: str
    handle: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.handle}"


class Profile(Struct, frozen=True):
    """What a platform says about an account. Guests, bots and deleted accounts are not members."""

    handle: str
    name: str = ""
    zone: str = ""
    bot: bool = False
    guest: bool = False
    gone: bool = False
    manager: bool = False

    @property
    def is_person(self) -> bool:
        """Whether this account may be a member."""
        return not (self.bot or self.guest or self.gone)


class ChannelFacts(Struct, frozen=True):
    """What a platform says about a channel; `members` are the handles of the people in it."""

    handle: str
    name: str
    private: bool = False
    archived: bool = False
    topic: str = ""
    members: tuple[str, ...] = ()


class Roster(Struct, frozen=True):
    """The people and channels of a space at one moment."""

    space: SpaceRef
    name: str
    people: tuple[Profile, ...] = ()
    channels: tuple[ChannelFacts, ...] = ()


class MemberJoined(Struct, frozen=True, tag="joined"):
    """Somebody entered the space, or one of its channels (`place`)."""

    at: datetime
    who: Profile
    place: str = ""

    @property
    def key(self) -> str:
        return f"joined:{self.place}:{self.who.handle}:{self.at.timestamp():.6f}"


class MemberLeft(Struct, frozen=True, tag="left"):
    """Somebody left the space, or one of its channels (`place`)."""

    at: datetime
    who: str
    place: str = ""

    @property
    def key(self) -> str:
        return f"left:{self.place}:{self.who}:{self.at.timestamp():.6f}"


class MemberChanged(Struct, frozen=True, tag="changed"):
    """A profile changed: its name, its zone, or whether it is a guest."""

    at: datetime
    who: Profile

    @property
    def key(self) -> str:
        return f"changed:{self.who.handle}:{self.at.timestamp():.6f}"


class MessagePosted(Struct, frozen=True, tag="posted", omit_defaults=True, gc=False):
    """A person's message.

    `thread` is the id of the root if the message is in a thread (or, on Discord, in a thread channel),
    `refers_to` the id of the message it answers by reference. `reply` says whether the platform counts it as
    a reply. `reactions` is the number of reactions that an archive has for it.
    """

    at: datetime
    place: str
    message: str
    who: str
    text: str = ""
    thread: str = ""
    refers_to: str = ""
    reply: bool = False
    links: tuple[str, ...] = ()
    question: bool = False
    reactions: int = 0

    @property
    def key(self) -> str:
        return f"{self.place}:{self.message}"


class MessageEdited(Struct, frozen=True, tag="edited"):
    """A message was edited; the fields describe the new text."""

    at: datetime
    place: str
    message: str
    text: str = ""
    links: tuple[str, ...] = ()
    question: bool = False

    @property
    def key(self) -> str:
        return f"edited:{self.place}:{self.message}:{self.at.timestamp():.6f}"


class MessageDeleted(Struct, frozen=True, tag="deleted"):
    """A message was removed, and with it what is stored of it."""

    at: datetime
    place: str
    message: str

    @property
    def key(self) -> str:
        return f"deleted:{self.place}:{self.message}"


class ReactionAdded(Struct, frozen=True, tag="reacted"):
    """Somebody added an emoji to a message."""

    at: datetime
    place: str
    message: str
    who: str
    emoji: str

    @property
    def key(self) -> str:
        return f"reacted:{self.place}:{self.message}:{self.who}:{self.emoji}:{self.at.timestamp():.6f}"


class ReactionRemoved(Struct, frozen=True, tag="unreacted"):
    """Somebody removed an emoji from a message."""

    at: datetime
    place: str
    message: str
    who: str
    emoji: str

    @property
    def key(self) -> str:
        return f"unreacted:{self.place}:{self.message}:{self.who}:{self.emoji}:{self.at.timestamp():.6f}"


class ChannelChanged(Struct, frozen=True, tag="channel"):
    """A channel was created, renamed or archived, or (`lost`) the bot was removed from it."""

    at: datetime
    channel: ChannelFacts
    lost: bool = False

    @property
    def key(self) -> str:
        return f"channel:{self.channel.handle}:{self.at.timestamp():.6f}"


class SpaceLost(Struct, frozen=True, tag="lost"):
    """The bot was removed from the space."""

    at: datetime

    @property
    def key(self) -> str:
        return f"lost:{self.at.timestamp():.6f}"


class PostDelivered(Struct, frozen=True, tag="delivered"):
    """The courier delivered the post `post`; `message` is the platform's id of its first part."""

    at: datetime
    post: str
    place: str
    message: str
    community: int = 0

    @property
    def key(self) -> str:
        return f"delivered:{self.community}:{self.post}:{self.at.timestamp():.6f}"


class PostFailed(Struct, frozen=True, tag="failed"):
    """The courier gave up the post `post`; `why` is a reason of `Unreachable` or one of the courier's own."""

    at: datetime
    post: str
    why: str
    community: int = 0

    @property
    def key(self) -> str:
        return f"failed:{self.community}:{self.post}:{self.at.timestamp():.6f}"


Event = (
    MemberJoined
    | MemberLeft
    | MemberChanged
    | MessagePosted
    | MessageEdited
    | MessageDeleted
    | ReactionAdded
    | ReactionRemoved
    | ChannelChanged
    | SpaceLost
    | PostDelivered
    | PostFailed
)
