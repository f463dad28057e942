"""The local page's platform: who is there, which places there are, and what people and the bot do in them.

It knows no house and no NiceGUI. What people do comes back as happenings, for whoever tells the house
(`inbound.py`); what the bot says is put in by `outbound.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from adapters.web.message_store import TERTULIA, Change, Message, MessageStore
from adapters.web.typed_text import is_question, links_in
from facilitation.core.platforms.surface import RenderableCard
from facilitation.core.values.events import (
    ChannelFacts,
    Event,
    MemberJoined,
    MessagePosted,
    Profile,
    ReactionAdded,
    ReactionRemoved,
    Roster,
)

HOME = "home"
"""The bot's home: one per person, where only answers to that person stand."""


@dataclass(frozen=True)
class Spot:
    """A channel, a direct message with the bot, or a small group; no `members` in public means all."""

    handle: str
    name: str
    kind: Literal["channel", "direct", "group"] = "channel"
    members: frozenset[str] = frozenset()
    private: bool = False
    topic: str = ""
    archived: bool = False

    def sees(self, who: str) -> bool:
        """Whether a person may look into this place."""
        return not self.private or who in self.members

    def has(self, who: str) -> bool:
        """Whether a person is in this place."""
        return who in self.members or not (self.members or self.private)


class LocalPlatform:
    """People, places and messages of one space."""

    def __init__(self, roster: Roster) -> None:
        self.space = roster.space
        self.name = roster.name
        self.board = MessageStore()
        self.people: dict[str, Profile] = {}
        self.places: dict[str, Spot] = {}
        self.closed: set[str] = set()
        """Who takes no direct messages."""
        for profile in roster.people:
            self.know(profile)
        for channel in roster.channels:
            self.open_channel(channel)

    # Looking ----------------------------------------------------------------------------------------

    def persons(self) -> list[Profile]:
        """Everyone whom one may act as, by name."""
        return sorted(
            (p for p in self.people.values() if p.is_person), key=lambda p: (p.name or p.handle).casefold()
        )

    def name_of(self, who: str) -> str:
        """What to call the author of a message."""
        if who == TERTULIA:
            return "Tertulia"
        profile = self.people.get(who)
        return (profile.name if profile else "") or who

    def places_of(self, who: str) -> list[Spot]:
        """The places a person sees: public channels, their private ones, their conversations with the bot."""
        return [spot for spot in self.places.values() if spot.sees(who) and not spot.archived]

    # People and places come and go ------------------------------------------------------------------

    def know(self, profile: Profile) -> None:
        """Take in a person, and give them a direct message with the bot."""
        self.people[profile.handle] = profile
        direct = direct_to(profile.handle)
        if profile.is_person and direct not in self.places:
            self.places[direct] = Spot(
                direct, "Tertulia", "direct", frozenset({profile.handle}), private=True
            )
        self.board.tell(Change("people"))

    def open_channel(self, facts: ChannelFacts) -> None:
        """Take in a channel as the platform tells of it."""
        self.places[facts.handle] = Spot(
            facts.handle,
            facts.name,
            members=frozenset(facts.members),
            private=facts.private,
            topic=facts.topic,
            archived=facts.archived,
        )
        self.board.tell(Change("places"))

    def open_group(self, people: Iterable[str]) -> Spot:
        """The small group of these people and the bot; the same people share one group."""
        members = frozenset(people)
        handle = "G-" + "-".join(sorted(members))
        if handle not in self.places:
            names = sorted(self.name_of(who) for who in members)
            self.places[handle] = Spot(handle, ", ".join(names), "group", members, private=True)
            self.board.tell(Change("places"))
        return self.places[handle]

    def enter(self, who: str, place: str, at: datetime) -> list[Event]:
        """A person enters a channel, unless they are in it."""
        spot = self.places[place]
        if spot.has(who):
            return []
        self.places[place] = replace(spot, members=spot.members | {who})
        message, at = self.board.stamp(at)
        self.board.put(Message(message, place, who, at, text=f"joined #{spot.name}", kind="note"))
        return [MemberJoined(at, self.people[who], place)]

    def join(self, profile: Profile, at: datetime) -> list[Event]:
        """Somebody new enters the space, and the channels which most people are in."""
        crowd = len(self.persons()) / 2
        _, at = self.board.stamp(at)
        self.know(profile)
        happened: list[Event] = [MemberJoined(at, profile)]
        for spot in list(self.places.values()):
            if spot.kind == "channel" and not (spot.private or spot.archived) and len(spot.members) >= crowd:
                happened += self.enter(profile.handle, spot.handle, at)
        return happened

    # People act -------------------------------------------------------------------------------------

    def post(self, who: str, place: str, text: str, at: datetime, root: str = "") -> list[Event]:
        """A person writes; writing in a channel enters it. What is said in private is told to nobody."""
        happened = self.enter(who, place, at)
        message, at = self.board.stamp(at)
        self.board.put(Message(message, place, who, at, text=text, root=root))
        if self.places[place].kind != "channel" or self.places[place].private:
            return happened
        links, question = links_in(text), is_question(text)
        posted = MessagePosted(
            at, place, message, who, text, thread=root, reply=bool(root), links=links, question=question
        )
        return [*happened, posted]

    def react(self, who: str, message: str, emoji: str, at: datetime) -> list[Event]:
        """A person puts an emoji under a message, or takes it back when it is there already."""
        found = self.board.get(message)
        if found is None or found.only_for:
            return []
        before = found.reactions.get(emoji, ())
        after = tuple(w for w in before if w != who) if who in before else (*before, who)
        self.board.change(message, reactions=with_reaction(found, emoji, after))
        if self.places[found.place].private:
            return []
        made = ReactionRemoved if who in before else ReactionAdded
        return [made(self.board.stamp(at)[1], found.place, message, who, emoji)]

    # The bot acts -----------------------------------------------------------------------------------

    def say(self, place: str, renderable: RenderableCard, at: datetime, root: str = "") -> str:
        """The bot says something that everybody in a place sees; returns the message's id."""
        message, at = self.board.stamp(at)
        return self.board.put(Message(message, place, TERTULIA, at, renderable=renderable, root=root)).id

    def whisper(
        self, who: str, place: str, renderable: RenderableCard, at: datetime, root: str = "", asked: str = ""
    ) -> str:
        """The bot answers one person, and nobody else sees it; returns the message's id."""
        message, at = self.board.stamp(at)
        answer = Message(
            message, place, TERTULIA, at, renderable=renderable, root=root, asked=asked, only_for=who
        )
        return self.board.put(answer).id

    def mark(self, message: str, emoji: str) -> bool:
        """The bot puts an emoji under a message; False when that is gone."""
        found = self.board.get(message)
        names = found.reactions.get(emoji, ()) if found else ()
        if found is None or TERTULIA in names:
            return found is not None
        return self.board.change(message, reactions=with_reaction(found, emoji, (*names, TERTULIA)))


def direct_to(who: str) -> str:
    """The handle of the direct messages between a person and the bot."""
    return f"D-{who}"


def with_reaction(message: Message, emoji: str, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """A message's reactions with these names under one emoji; an emoji without names vanishes."""
    changed = {**message.reactions, emoji: names}
    return {key: who for key, who in changed.items() if who}
