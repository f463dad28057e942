"""What becomes of the bot’s own posts: taken back by a coordinator, or lost with a channel."""

from typing import Annotated

from facilitation.coordination.room import room
from facilitation.core.ask import Ask, Call, Hidden, Role
from facilitation.core.cards import Channel, Direct, Small
from facilitation.core.effects import Effects, Enter, Post, Reply, Retract
from facilitation.core.errors import Refusal
from facilitation.core.gathering import Heard, Posts
from facilitation.core.happenings import ChannelChanged, Unsaid
from facilitation.core.reaching import to_coordinators
from facilitation.core.speech import card, say
from storage.communities import People


class TakeBack(Ask):
    """Remove one of my messages."""

    place: Annotated[str, Hidden]
    message: Annotated[str, Hidden]


@room.action(role=Role.COORDINATOR, label="Take back")
async def take_back(ask: TakeBack, call: Call, posts: Posts) -> Effects:
    """A message of the bot goes, whoever's doing it was."""
    key = await posts.key_at(call.space, ask.place, ask.message)
    if key is None:
        raise Refusal("That is not a message of mine that I could take back.")
    return [Retract(key), Reply(card("", "Taken back.", tone="good"))]


@room.on(ChannelChanged)
async def on_channel(heard: Heard, people: People) -> Effects:
    """A channel with a job was archived or closed to the bot: coordinators hear it once."""
    assert isinstance(heard.happening, ChannelChanged)
    changed = heard.happening
    if not (changed.lost or changed.channel.archived):
        return []
    uses = sorted(await people.uses_of(changed.channel.handle))
    if not uses:
        return []
    what = "I was removed from" if changed.lost else "Someone archived"
    message = card(
        "A channel is gone",
        say(
            "{what} #{name}, the channel for {uses}. What I do there is paused.",
            what=what,
            name=changed.channel.name,
            uses=" and ".join(uses),
        ),
        "Invite me again, or choose another channel in `/coordinate settings`.",
        tone="careful",
    )
    return await to_coordinators(people, message, f"gone:{changed.channel.handle}:{heard.at:%Y-%m-%d}")


@room.on(ChannelChanged, when=lambda fact: not (fact.lost or fact.channel.archived or fact.channel.private))
async def on_new_channel(heard: Heard, people: People) -> Effects:
    """A community that is a whole space hears its new channels too."""
    assert isinstance(heard.happening, ChannelChanged)
    handle = heard.happening.channel.handle
    spots = await people.spots()
    here = next((spot for spot in spots if spot.handle == handle), None)
    is_whole = not any(spot.community == heard.community.id for spot in spots)
    if here is None or here.community is not None or not is_whole or not heard.community.configured:
        return []
    return [Enter(Channel(here.space, here.handle), f"enter:{here.handle}")]


@room.on(Unsaid, when=lambda fact: fact.why == "uninvited")
async def on_uninvited(heard: Heard, people: People) -> Effects:
    """A channel that only its members can open to the bot: each coordinator is asked to."""
    message = card(
        "Please invite me",
        "There is a private channel in your settings that I cannot enter by myself. "
        "Open it and invite me there; then I can hear it and write in it.",
        "`/coordinate settings` shows the channels I use.",
    )
    return [
        Post(Direct(holder.id), message, f"invite:{heard.at:%Y-%m-%d}:{holder.id}")
        for holder in await people.holders(Role.COORDINATOR)
    ]


_UNHEARD = ("unsaid:", "sealed:")
_LOUD = frozenset({"archived", "forbidden", "invalid", "gone"})


@room.on(Unsaid, when=lambda fact: fact.why in _LOUD and not fact.post.startswith(_UNHEARD))
async def on_unsaid(heard: Heard, people: People) -> Effects:
    """A post that cannot be said is a failure coordinators hear of at once, and once a day.

    Not of this very message; nor of a sealed one, which may be none of theirs.
    """
    assert isinstance(heard.happening, Unsaid)
    reasons = {
        "archived": "the channel is archived",
        "forbidden": "I am not allowed to write there",
        "gone": "the channel is gone",
        "invalid": "the platform refused the message",
    }
    message = card(
        "I could not post something",
        say("{why}. What was to be said is dropped.", why=reasons[heard.happening.why].capitalize()),
        "`/coordinate settings` shows the channels I use.",
        Small(say("For whoever runs me: {key}", key=heard.happening.post)),
        tone="careful",
    )
    return await to_coordinators(people, message, f"unsaid:{heard.happening.why}:{heard.at:%Y-%m-%d}")
