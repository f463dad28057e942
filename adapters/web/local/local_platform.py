"""The chat platform of the local page: people, places, and the actions of people and the bot.

It depends neither on the bot nor on NiceGUI. Methods for the actions of people return events,
which `interactions.py` passes to the bot; `outbound.py` adds the messages of the bot.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from adapters.web.local.message_store import TERTULIA, Change, Message, MessageStore
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
from facilitation.core.values.links import find_urls, is_question

HOME = "home"
"""The handle of the bot's home; its content differs for each person."""


@dataclass(frozen=True)
class Place:
    """A channel, a direct message with the bot, or a small group.

    A public channel without `members` includes everybody.
    """

    handle: str
    name: str
    kind: Literal["channel", "direct", "group"] = "channel"
    members: frozenset[str] = frozenset()
    private: bool = False
    topic: str = ""
    archived: bool = False

    def is_visible_to(self, who: str) -> bool:
        """Whether a person may open this place."""
        return not self.private or who in self.members

    def includes(self, who: str) -> bool:
        """Whether a person is a member of this place."""
        return who in self.members or not (self.members or self.private)


class LocalPlatform:
    """The people, places and messages of one space."""

    def __init__(self, roster: Roster) -> None:
        self.space = roster.space
        self.name = roster.name
        self.messages = MessageStore()
        self.people: dict[str, Profile] = {}
        self.places: dict[str, Place] = {}
        self.closed: set[str] = set()
        """Handles of people who accept no direct messages."""
        for profile in roster.people:
            self.add_person(profile)
        for channel in roster.channels:
            self.put_channel(channel)

    # Reading ----------------------------------------------------------------------------------------

    def persons(self) -> list[Profile]:
        """The people whom a visitor can act as, sorted by name, without bots and guests."""
        return sorted(
            (p for p in self.people.values() if p.is_person), key=lambda p: (p.name or p.handle).casefold()
        )

    def name_of(self, who: str) -> str:
        """The display name of the author of a message."""
        if who == TERTULIA:
            return "Tertulia"
        profile = self.people.get(who)
        return (profile.name if profile else "") or who

    def places_of(self, who: str) -> list[Place]:
        """The places that a person sees: public channels, and private places of which they are a member."""
        return [place for place in self.places.values() if place.is_visible_to(who) and not place.archived]

    # People and places ------------------------------------------------------------------------------

    def add_person(self, profile: Profile) -> None:
        """Add or update a person, and open their direct message with the bot."""
        self.people[profile.handle] = profile
        direct = direct_message_with(profile.handle)
        if profile.is_person and direct not in self.places:
            self.places[direct] = Place(
                direct, "Tertulia", "direct", frozenset({profile.handle}), private=True
            )
        self.messages.notify(Change("people"))

    def put_channel(self, facts: ChannelFacts) -> None:
        """Add or update a channel."""
        self.places[facts.handle] = Place(
            facts.handle,
            facts.name,
            members=frozenset(facts.members),
            private=facts.private,
            topic=facts.topic,
            archived=facts.archived,
        )
        self.messages.notify(Change("places"))

    def open_group(self, people: Iterable[str]) -> Place:
        """The small group of these people and the bot, opened if it does not exist yet."""
        members = frozenset(people)
        handle = "G-" + "-".join(sorted(members))
        if handle not in self.places:
            names = sorted(self.name_of(who) for who in members)
            self.places[handle] = Place(handle, ", ".join(names), "group", members, private=True)
            self.messages.notify(Change("places"))
        return self.places[handle]

    def join_channel(self, who: str, handle: str, at: datetime) -> list[Event]:
        """Add a person to a channel; returns no events if they are already in it."""
        place = self.places[handle]
        if place.includes(who):
            return []
        self.places[handle] = replace(place, members=place.members | {who})
        message, at = self.messages.next_id(at)
        self.messages.add(Message(message, handle, who, at, text=f"joined #{place.name}", kind="notice"))
        return [MemberJoined(at, self.people[who], handle)]

    def join_space(self, profile: Profile, at: datetime) -> list[Event]:
        """Add a new person to the space, and to the public channels that most people are in."""
        half = len(self.persons()) / 2
        _, at = self.messages.next_id(at)
        self.add_person(profile)
        events: list[Event] = [MemberJoined(at, profile)]
        for place in list(self.places.values()):
            is_open = place.kind == "channel" and not (place.private or place.archived)
            if is_open and len(place.members) >= half:
                events += self.join_channel(profile.handle, place.handle, at)
        return events

    # Actions of people ------------------------------------------------------------------------------

    def post(self, who: str, handle: str, text: str, at: datetime, root: str = "") -> list[Event]:
        """Post a message by a person, who first joins the channel if they are not in it.

        Returns the events; a message in a private place causes none.
        """
        events = self.join_channel(who, handle, at)
        message, at = self.messages.next_id(at)
        self.messages.add(Message(message, handle, who, at, text=text, root=root))
        if self.places[handle].kind != "channel" or self.places[handle].private:
            return events
        links, question = find_urls(text), is_question(text)
        posted = MessagePosted(
            at, handle, message, who, text, thread=root, reply=bool(root), links=links, question=question
        )
        return [*events, posted]

    def toggle_reaction(self, who: str, message: str, emoji: str, at: datetime) -> list[Event]:
        """Add a person's reaction, or remove it if it exists; returns no event for a private place."""
        found = self.messages.get(message)
        if found is None or found.only_for:
            return []
        before = found.reactions.get(emoji, ())
        after = tuple(w for w in before if w != who) if who in before else (*before, who)
        self.messages.update(message, reactions=reactions_with(found, emoji, after))
        if self.places[found.place].private:
            return []
        event = ReactionRemoved if who in before else ReactionAdded
        return [event(self.messages.next_id(at)[1], found.place, message, who, emoji)]

    # Actions of the bot -----------------------------------------------------------------------------

    def post_as_bot(self, handle: str, renderable: RenderableCard, at: datetime, root: str = "") -> str:
        """Post a message by the bot that everybody in a place sees; returns its id."""
        message, at = self.messages.next_id(at)
        return self.messages.add(Message(message, handle, TERTULIA, at, renderable=renderable, root=root)).id

    def post_ephemeral(
        self, who: str, handle: str, renderable: RenderableCard, at: datetime, root: str = "", asked: str = ""
    ) -> str:
        """Post a message by the bot that only one person sees; returns its id."""
        message, at = self.messages.next_id(at)
        answer = Message(
            message, handle, TERTULIA, at, renderable=renderable, root=root, asked=asked, only_for=who
        )
        return self.messages.add(answer).id

    def react_as_bot(self, message: str, emoji: str) -> bool:
        """Add the bot's reaction to a message; returns False if there is no such message."""
        found = self.messages.get(message)
        people = found.reactions.get(emoji, ()) if found else ()
        if found is None or TERTULIA in people:
            return found is not None
        return self.messages.update(message, reactions=reactions_with(found, emoji, (*people, TERTULIA)))


def direct_message_with(who: str) -> str:
    """The handle of the direct message between a person and the bot."""
    return f"D-{who}"


def reactions_with(message: Message, emoji: str, people: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """A message's reactions with these people under one emoji; an emoji without people is left out."""
    changed = {**message.reactions, emoji: people}
    return {name: handles for name, handles in changed.items() if handles}
