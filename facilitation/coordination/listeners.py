"""What becomes of the bot’s own posts: taken back by a coordinator, or lost with a channel."""

from typing import Annotated

from facilitation.coordination.feature import feature
from facilitation.core.features.contributions import EventContext, Posts
from facilitation.core.people.recipients import to_coordinators
from facilitation.core.values.cards import Channel, Direct, Small
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, JoinChannel, Post, Reply, Retract
from facilitation.core.values.errors import Refusal
from facilitation.core.values.events import ChannelChanged, PostFailed
from facilitation.core.values.forms import Hidden
from facilitation.core.values.speech import card, say
from storage.communities import People


class TakeBack(Command):
    """Remove one of my messages."""

    place: Annotated[str, Hidden]
    message: Annotated[str, Hidden]


@feature.action(id="coordination.take_back", role=Role.COORDINATOR, label="Take back")
async def take_back(command: TakeBack, context: Context, posts: Posts) -> Effects:
    """A message of the bot goes, whoever's doing it was."""
    key = await posts.key_at(context.space, command.place, command.message)
    if key is None:
        raise Refusal("That is not a message of mine that I could take back.")
    return [Retract(key), Reply(card("", "Taken back.", tone="good"))]


@feature.on(ChannelChanged)
async def on_channel(context: EventContext, people: People) -> Effects:
    """A channel with a job was archived or closed to the bot: coordinators hear it once."""
    assert isinstance(context.event, ChannelChanged)
    changed = context.event
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
    return await to_coordinators(people, message, f"gone:{changed.channel.handle}:{context.at:%Y-%m-%d}")


@feature.on(
    ChannelChanged, when=lambda fact: not (fact.lost or fact.channel.archived or fact.channel.private)
)
async def on_new_channel(context: EventContext, people: People) -> Effects:
    """A community that is a whole space hears its new channels too."""
    assert isinstance(context.event, ChannelChanged)
    handle = context.event.channel.handle
    spots = await people.spots()
    here = next((spot for spot in spots if spot.handle == handle), None)
    is_whole = not any(spot.community == context.community.id for spot in spots)
    if here is None or here.community is not None or not is_whole or not context.community.configured:
        return []
    return [JoinChannel(Channel(here.space, here.handle), f"enter:{here.handle}")]


@feature.on(PostFailed, when=lambda fact: fact.why == "uninvited")
async def on_uninvited(context: EventContext, people: People) -> Effects:
    """A channel that only its members can open to the bot: each coordinator is asked to."""
    message = card(
        "Please invite me",
        "There is a private channel in your settings that I cannot enter by myself. "
        "Open it and invite me there; then I can hear it and write in it.",
        "`/coordinate settings` shows the channels I use.",
    )
    return [
        Post(Direct(holder.id), message, f"invite:{context.at:%Y-%m-%d}:{holder.id}")
        for holder in await people.holders(Role.COORDINATOR)
    ]


_UNHEARD = ("failed:", "sealed:")
_LOUD = frozenset({"archived", "forbidden", "invalid", "gone"})


@feature.on(PostFailed, when=lambda fact: fact.why in _LOUD and not fact.post.startswith(_UNHEARD))
async def on_unsaid(context: EventContext, people: People) -> Effects:
    """A post that cannot be said is a failure coordinators hear of at once, and once a day.

    Not of this very message; nor of a sealed one, which may be none of theirs.
    """
    assert isinstance(context.event, PostFailed)
    reasons = {
        "archived": "the channel is archived",
        "forbidden": "I am not allowed to write there",
        "gone": "the channel is gone",
        "invalid": "the platform refused the message",
    }
    message = card(
        "I could not post something",
        say("{why}. What was to be said is dropped.", why=reasons[context.event.why].capitalize()),
        "`/coordinate settings` shows the channels I use.",
        Small(say("For whoever runs me: {key}", key=context.event.post)),
        tone="careful",
    )
    return await to_coordinators(people, message, f"failed:{context.event.why}:{context.at:%Y-%m-%d}")
