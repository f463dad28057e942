"""The repositories that handlers of mentoring share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from facilitation.core.features.feature import ServiceBundle
from facilitation.core.people.contact import zone_of
from facilitation.core.platforms.capabilities import PlatformCapabilities
from facilitation.core.values.clock import Clock
from storage.communities import Community, People
from storage.mentoring import Pair, Pairs, Rounds, Seeking


@dataclass(frozen=True)
class PairServices(ServiceBundle):
    """The community, the clock, and repositories. `seeking` has the offers and requests."""

    community: Community
    clock: Clock
    pairs: Pairs
    seeking: Seeking
    rounds: Rounds
    people: People
    capabilities: PlatformCapabilities

    @cached_property
    def now(self) -> datetime:
        """The present instant, which stays the same for a whole command."""
        return self.clock.now()

    async def zone(self, member: int | None) -> str:
        """The time zone of a member; that of the community for one who was forgotten."""
        found = await self.people.member(member) if member is not None else None
        if found is None:
            return self.community.zone
        account = next(iter(await self.people.accounts(found.id)), None)
        return zone_of(found, account, self.community)

    async def zones(self, pair: Pair) -> tuple[str, str]:
        """The time zones of a pair, that of the mentee first."""
        return await self.zone(pair.mentee), await self.zone(pair.mentor)

    async def present(self, members: Iterable[int | None]) -> set[int]:
        """Those of these members who have not left the community."""
        ids = [one for one in members if one is not None]
        return {member.id for member in await self.people.members(ids) if member.left_at is None}
