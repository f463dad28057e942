"""Addresses messages to coordinators and member support: in their channel, or each by direct message."""

from facilitation.core.values.cards import Card, Channel, Direct
from facilitation.core.values.commands import Role
from facilitation.core.values.effects import Effect, Post
from storage.communities import Member, People, Use


async def to_coordinators(people: People, message: Card, key: str) -> list[Effect]:
    """A post in the coordinators' channel, or a direct message to each if there is no such channel."""
    spot = await people.spot_for(Use.COORDINATORS)
    if spot is not None:
        return [Post(Channel(spot.space, spot.handle), message, key)]
    return _to_each(await people.holders(Role.COORDINATOR), message, key)


async def to_support(people: People, message: Card, key: str) -> list[Effect]:
    """A direct message to each holder of the support role, or to the coordinators if there is none."""
    holders = await people.holders(Role.SUPPORT)
    return _to_each(holders, message, key) if holders else await to_coordinators(people, message, key)


def recipient_key(key: str, member: int) -> str:
    """The key of the copy of a message that goes to one of several members."""
    return f"{key}:{member}"


def _to_each(holders: list[Member], message: Card, key: str) -> list[Effect]:
    return [Post(Direct(holder.id), message, recipient_key(key, holder.id)) for holder in holders]
