"""Groups that become too small: their last member joins another group of the round, or is told."""

from collections.abc import Collection
from dataclasses import replace

from facilitation.circles import cards, keys
from facilitation.circles.grouping import MIN_GROUP, pair_of
from facilitation.circles.schedule import next_round
from facilitation.circles.services import CircleServices
from facilitation.core.values.cards import Direct
from facilitation.core.values.cards import Group as GroupPlace
from facilitation.core.values.effects import Effects, Post
from storage.circles import Group
from storage.communities import Community, People


async def present_members(group: Group, people: People) -> tuple[int, ...]:
    """The members of a group who have not left the community."""
    present = {one.id for one in await people.members(group.members) if one.left_at is None}
    return tuple(member for member in group.members if member in present)


async def dissolve_small_groups(round_: int, community: Community, services: CircleServices) -> Effects:
    """Dissolve groups of fewer than two present members, and move the members left to another group.

    A member for whom there is no other group is told so.
    """
    rounds = services.rounds
    groups = [
        replace(group, members=await present_members(group, services.people))
        for group in await rounds.groups(round_)
    ]
    large_enough = {group.id: group for group in groups if len(group.members) >= MIN_GROUP}
    effects: Effects = []
    for small in groups:
        if small.id in large_enough:
            continue
        await rounds.unmake(small.id)
        for member in small.members:
            circle = await services.circles.get(small.circle)
            assert circle is not None
            host = await _best_host(member, large_enough.values(), services)
            if host is None:
                message = cards.group_dissolved(circle, next_round(circle, community))
                effects.append(Post(Direct(member), message, keys.group_dissolved(small.id, member)))
                continue
            key, members = keys.grown_group(host.key, member), (*host.members, member)
            await rounds.move_to(host.id, key, [member])
            large_enough[host.id] = replace(host, key=key, members=members)
            message = cards.joined_by(circle, member, host.members)
            effects.append(Post(GroupPlace(key, members), message, key))
    return effects


async def _best_host(member: int, groups: Collection[Group], services: CircleServices) -> Group | None:
    """The group that a member can best join, None if there is none.

    It has not answered yet and nobody in it is to be kept apart from the member. The smallest is best, then
    the one whose people the member has met least often, then the one made first.
    """
    apart = {pair_of(*pair) for pair in await services.circles.apart()}
    everybody = [member, *(one for group in groups for one in group.members)]
    met = {pair_of(one.one, one.other): one.times for one in await services.rounds.acquaintances(everybody)}
    possible = [
        group
        for group in groups
        if group.answer is None and apart.isdisjoint(pair_of(member, one) for one in group.members)
    ]

    def rank(group: Group) -> tuple[int, int, int]:
        meetings = sum(met.get(pair_of(member, one), 0) for one in group.members)
        return len(group.members), meetings, group.id

    return min(possible, key=rank, default=None)
