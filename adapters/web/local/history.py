"""Loads events from an archive into the local platform, so that the page shows them as history."""

from collections.abc import Iterable

from adapters.web.local.local_platform import LocalPlatform, reactions_with
from adapters.web.local.message_store import Message
from facilitation.core.values.events import (
    ChannelChanged,
    Event,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PostDelivered,
    PostFailed,
    ReactionAdded,
    ReactionRemoved,
    SpaceLost,
)


def load_history(platform: LocalPlatform, events: Iterable[Event]) -> None:
    """Apply past events to the platform; all messages count as read. Unknown places are ignored."""
    for event in events:
        _apply(platform, event)


def _apply(platform: LocalPlatform, event: Event) -> None:
    messages = platform.messages
    match event:
        case MessagePosted() as posted if posted.place in platform.places:
            messages.add_history(
                Message(
                    posted.message,
                    posted.place,
                    posted.who,
                    posted.at,
                    text=posted.text,
                    root=posted.thread if posted.thread != posted.message else "",
                    reacted_before=posted.reactions,
                )
            )
        case MemberJoined() as joined:
            _apply_join(platform, joined)
        case ReactionAdded() | ReactionRemoved() as reaction:
            _apply_reaction(platform, reaction)
        case MessageEdited() as edited:
            messages.update(edited.message, text=edited.text, edited=True)
        case MessageDeleted() as deleted:
            messages.remove(deleted.message)
        case MemberChanged() as changed:
            platform.add_person(changed.who)
        case ChannelChanged() as changed if not changed.lost:
            platform.put_channel(changed.channel)
        case MemberLeft() | MessagePosted() | ChannelChanged() | SpaceLost() | PostDelivered() | PostFailed():
            pass


def _apply_join(platform: LocalPlatform, joined: MemberJoined) -> None:
    if joined.who.handle not in platform.people:
        platform.add_person(joined.who)
    place = platform.places.get(joined.place)
    if place is not None:
        text = f"joined #{place.name}"
        platform.messages.add_history(
            Message(
                f"joined:{joined.key}",
                joined.place,
                joined.who.handle,
                joined.at,
                text=text,
                kind="notice",
            )
        )


def _apply_reaction(platform: LocalPlatform, reaction: ReactionAdded | ReactionRemoved) -> None:
    found = platform.messages.get(reaction.message)
    if found is None:
        return
    others = tuple(who for who in found.reactions.get(reaction.emoji, ()) if who != reaction.who)
    people = (*others, reaction.who) if isinstance(reaction, ReactionAdded) else others
    platform.messages.update(reaction.message, reactions=reactions_with(found, reaction.emoji, people))
