"""What coordinators hear when a channel is lost or a post fails; and new channels that the bot joins."""

from facilitation.coordination import keys
from facilitation.coordination.feature import feature
from facilitation.core.features.contributions import EventContext
from facilitation.core.people.recipients import to_coordinators
from facilitation.core.values.cards import Channel, Direct, Small
from facilitation.core.values.commands import Role
from facilitation.core.values.effects import Effects, JoinChannel, Post
from facilitation.core.values.events import ChannelChanged, PostFailed
from facilitation.core.values.speech import card, say
from storage.communities import People


@feature.on(ChannelChanged)
async def on_channel_lost(context: EventContext, people: People) -> Effects:
    """Tell coordinators once that a channel in use was archived, or that the bot was removed from it."""
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
    return await to_coordinators(people, message, keys.channel_lost(changed.channel.handle, context.at))


@feature.on(
    ChannelChanged, when=lambda fact: not (fact.lost or fact.channel.archived or fact.channel.private)
)
async def on_new_channel(context: EventContext, people: People) -> Effects:
    """Join a new public channel if the community is the whole space."""
    assert isinstance(context.event, ChannelChanged)
    handle = context.event.channel.handle
    spots = await people.spots()
    here = next((spot for spot in spots if spot.handle == handle), None)
    is_whole_space = not any(spot.community == context.community.id for spot in spots)
    if here is None or here.community is not None or not is_whole_space or not context.community.configured:
        return []
    return [JoinChannel(Channel(here.space, here.handle), keys.enter(handle))]


@feature.on(PostFailed, when=lambda fact: fact.why == "uninvited")
async def on_uninvited(context: EventContext, people: People) -> Effects:
    """Ask each coordinator for an invitation to a private channel, which the bot cannot join by itself."""
    message = card(
        "Please invite me",
        "There is a private channel in your settings that I cannot enter by myself. "
        "Open it and invite me there; then I can hear it and write in it.",
        "`/coordinate settings` shows the channels I use.",
    )
    return [
        Post(Direct(holder.id), message, keys.invitation(holder.id, context.at))
        for holder in await people.holders(Role.COORDINATOR)
    ]


_UNREPORTED = (keys.POST_FAILED, "sealed:")
"""How the keys of posts begin whose failure is not reported: the report itself, and confidential posts."""
_REASONS = {
    "archived": "the channel is archived",
    "forbidden": "I am not allowed to write there",
    "gone": "the channel is gone",
    "invalid": "the platform refused the message",
}


@feature.on(PostFailed, when=lambda fact: fact.why in _REASONS and not fact.post.startswith(_UNREPORTED))
async def on_post_failed(context: EventContext, people: People) -> Effects:
    """Tell coordinators at once, but once a day for each reason, that a post could not be delivered."""
    assert isinstance(context.event, PostFailed)
    message = card(
        "I could not post something",
        say("{why}. What was to be said is dropped.", why=_REASONS[context.event.why].capitalize()),
        "`/coordinate settings` shows the channels I use.",
        Small(say("For my operator: {key}", key=context.event.post)),
        tone="careful",
    )
    return await to_coordinators(people, message, keys.post_failed(context.event.why, context.at))
