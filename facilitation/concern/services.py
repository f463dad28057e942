"""The rules of who may know of a concern, and the sealed direct messages that go to them."""

from dataclasses import dataclass

from facilitation.concern import keys
from facilitation.concern.values import Fallback
from facilitation.core.features.feature import ServiceBundle
from facilitation.core.values.cards import Card, Direct
from facilitation.core.values.commands import Context, Role
from facilitation.core.values.effects import Effects, Post
from facilitation.core.values.errors import Refusal
from storage.communities import Member, People
from storage.concern import Concern, Concerns

UNKNOWN = "I know of no such concern. It may be closed by now."
"""The same refusal for a token that never existed, a closed concern, and one the sender may not know of."""


@dataclass(frozen=True)
class ConcernServices(ServiceBundle):
    """Repositories and settings that most handlers need, and the rights that hold for each concern."""

    concerns: Concerns
    people: People
    fallback: Fallback

    async def informed(self, left_out: tuple[int, ...] = ()) -> list[Member]:
        """The present coordinators who may know of a concern that leaves these members out."""
        return [one for one in await self.people.holders(Role.COORDINATOR) if one.id not in left_out]

    async def reporters_concern(self, token: str, context: Context) -> Concern:
        """The concern, locked until this unit ends. Raises Refusal unless the sender raised it."""
        found = await self.concerns.get(token)
        if found is None or found.reporter != context.member.id:
            raise Refusal(UNKNOWN)
        return found

    async def coordinators_concern(self, token: str, context: Context) -> Concern:
        """The concern, locked until this unit ends. Raises Refusal if it leaves the sender out."""
        found = await self.concerns.get(token)
        if found is None or not found.is_for(context.member.id):
            raise Refusal(UNKNOWN)
        return found

    async def readable_concern(self, token: str, context: Context) -> Concern:
        """The concern, not locked, hence also in a read-only unit. Raises Refusal as above."""
        running = await self.concerns.running()
        found = next((one for one in running if one.token == token), None)
        if found is None or not found.is_for(context.member.id):
            raise Refusal(UNKNOWN)
        return found

    async def require_another_coordinator(self, context: Context, left_out: tuple[int, ...] = ()) -> None:
        """Raise Refusal, with the fallback, if no key is set or no other coordinator would be informed."""
        if not self.concerns.can_seal:
            raise Refusal(
                f"I am not set up for concerns: I could not keep them safe. {self.fallback.words()}"
            )
        if not any(one.id != context.member.id for one in await self.informed(left_out)):
            words = "No coordinator would be left who could help, so I have kept nothing."
            raise Refusal(f"{words} {self.fallback.words()}", "left_out" if left_out else "")

    async def to_informed(self, concern: Concern, message: Card, what: str) -> Effects:
        """The same message to each coordinator who may know; `what` names it in its key."""
        return [
            _sealed(one.id, message, keys.coordinator_post(concern.token, what, one.id))
            for one in await self.informed(concern.matter.excluded)
        ]


def to_reporter(concern: Concern, message: Card, what: str) -> Post:
    """A message to the person who raised the concern; only the courier unseals who that is."""
    return _sealed(concern.reporter, message, keys.post(concern.token, what))


def _sealed(member: int, message: Card, key: str) -> Post:
    return Post(Direct(member), message, key, sealed=True)
