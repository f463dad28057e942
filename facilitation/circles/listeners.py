"""What circles do on events: members leave, and introductions are delivered or fail."""

from facilitation.circles import cards, keys
from facilitation.circles.feature import feature
from facilitation.circles.grouping import MIN_GROUP
from facilitation.circles.schedule import next_round
from facilitation.circles.services import CircleServices
from facilitation.circles.small_groups import dissolve_small_groups, present_members
from facilitation.core.features.contributions import EventContext
from facilitation.core.values.cards import Group as GroupPlace
from facilitation.core.values.effects import Effects, Post
from facilitation.core.values.events import MemberLeft, PostDelivered, PostFailed
from storage.circles import CircleRounds


@feature.on(MemberLeft)
async def on_member_left(context: EventContext, services: CircleServices) -> Effects:
    """Remove the member from circles and groups; groups that become too small are dissolved."""
    if context.member is None or context.member.left_at is None:
        return []
    for circle in await services.circles.joined(context.member.id):
        await services.circles.leave(circle, context.member.id)
    effects: Effects = []
    for group in await services.rounds.under_way(context.member.id):
        await services.rounds.drop_out(group.id, context.member.id)
        effects += await dissolve_small_groups(group.round, context.community, services)
    return effects


@feature.on(PostDelivered, when=lambda event: event.post.startswith(keys.PREFIX))
async def on_post_delivered(context: EventContext, rounds: CircleRounds) -> Effects:
    """Record that a group was introduced; messages to it that fail later do not undo that."""
    assert isinstance(context.event, PostDelivered)
    group = await rounds.group_at(context.event.post)
    if group is not None:
        await rounds.introduced(group.id)
    return []


@feature.on(PostFailed, when=lambda event: event.post.startswith(keys.PREFIX))
async def on_post_failed(context: EventContext, services: CircleServices) -> Effects:
    """Remove a group whose introduction failed: its members have not met.

    If it failed because one of them left, the others are introduced again, as long as they are enough.
    """
    assert isinstance(context.event, PostFailed)
    group = await services.rounds.group_at(context.event.post)
    if group is None or group.introduced:
        return []
    members, circle = await present_members(group, services.people), await services.circles.get(group.circle)
    if context.event.why != "left" or circle is None or len(members) < MIN_GROUP:
        await services.rounds.unmake(group.id)
        return []
    key = keys.grown_group(group.key, members[0])
    await services.rounds.move_to(group.id, key, [])
    following = next_round(circle, context.community)
    note = (await services.capabilities.of_group(members)).small_group_note
    message = cards.introduction(circle, members, group.round, following, note)
    return [Post(GroupPlace(key, members), message, key)]
