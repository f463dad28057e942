"""What the clock asks of mentoring, and on what ground a pair moves: shared by all that moves it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated

from facilitation.core.features.feature import ServiceBundle
from facilitation.core.people.contact import zone_of
from facilitation.core.platforms.capabilities import PlatformCapabilities
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Command
from facilitation.core.values.effects import Later
from facilitation.core.values.forms import Hidden
from facilitation.mentoring import keys, times
from facilitation.mentoring.matching import Matching
from storage.communities import Community, People
from storage.mentoring import Pair, Pairs, Rounds, Seeking, Wishes


class GoOn(Command):
    """Go on with a pair: the next question, or the end of waiting for an answer."""

    pair: Annotated[int, Hidden]


class Tell(Command):
    """Tell somebody that nobody was found for them."""

    request: Annotated[int, Hidden]


class Morning(Command):
    """Look every working morning who is gone, and what waits."""


class Match(Command):
    """Look for mentors for all who wait."""

    number: Annotated[int, Hidden] = 0


class OpenRound(Command):
    """Begin a round with a post to sign up."""


class CloseRound(Command):
    """The sign-up of a round is over."""

    number: Annotated[int, Hidden]


@dataclass(frozen=True)
class Found:
    """The best pairs of all who waited when they were looked for."""

    matching: Matching[int]


@dataclass(frozen=True)
class PairServices(ServiceBundle):
    """The community, the instant, and its cellars."""

    community: Community
    clock: Clock
    pairs: Pairs
    seeking: Seeking
    rounds: Rounds
    people: People
    capabilities: PlatformCapabilities

    @cached_property
    def at(self) -> datetime:
        """The instant, which is one and the same for a whole ask."""
        return self.clock.now()

    async def zone(self, member: int | None) -> str:
        """Where a member lives; where the community does for who is gone."""
        found = await self.people.member(member) if member is not None else None
        if found is None:
            return self.community.zone
        account = next(iter(await self.people.accounts(found.id)), None)
        return zone_of(found, account, self.community)

    async def zones(self, pair: Pair) -> tuple[str, str]:
        """Where the two live, the mentee first."""
        return await self.zone(pair.mentee), await self.zone(pair.mentor)

    async def are_here(self, members: Iterable[int | None]) -> set[int]:
        """Those of them who are members now."""
        ids = [one for one in members if one is not None]
        return {member.id for member in await self.people.members(ids) if member.left_at is None}

    async def soon(self, pair: int, member: int | None) -> Later:
        """The next word of a pair is to this member, as soon as they may be written to."""
        return at(pair, times.awake(self.at, await self.zone(member), self.community))


def at(pair: int, when: datetime) -> Later:
    """A pair goes on then."""
    return Later(when, GoOn(pair=pair), keys.plan(pair))


def upcoming(on: PairServices, wishes: Wishes) -> datetime:
    """When the next round begins."""
    return times.next_round(on.at, wishes.day, on.community.zone)


def tomorrow(community: Community, now: datetime) -> Later:
    """Somebody takes part: the next working morning has something to look at."""
    return Later(times.working_morning(now, community.zone), Morning(), keys.MORNING)


def match_now(now: datetime) -> Later:
    """Look for mentors at once, in a unit of its own."""
    return Later(now, Match(), keys.MATCH)
