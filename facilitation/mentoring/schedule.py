"""What mentoring plans with the clock."""

from datetime import datetime, timedelta
from typing import Annotated

from facilitation.core.values.commands import Command
from facilitation.core.values.effects import Cancel, Effects, Later
from facilitation.core.values.forms import Hidden
from facilitation.mentoring import keys, times
from facilitation.mentoring.services import PairServices
from storage.communities import Community
from storage.mentoring import MentoringSettings, Pair


class AdvancePair(Command):
    """Go on with a pair: the next question, or the end of waiting for an answer."""

    pair: Annotated[int, Hidden]


class TellUnmatched(Command):
    """Tell somebody that nobody was found for them."""

    request: Annotated[int, Hidden]


class RunMorningCheck(Command):
    """Look every working morning who is gone, and what waits."""


class MakePairs(Command):
    """Look for mentors for all who wait."""

    number: Annotated[int, Hidden] = 0


class OpenRound(Command):
    """Begin a round with a post to sign up."""


class CloseRound(Command):
    """The sign-up of a round is over."""

    number: Annotated[int, Hidden]


# Pairs ---------------------------------------------------------------------------------------------------


def advance_at(pair: int, when: datetime) -> Later:
    """Advance a pair at an instant, in place of an earlier plan."""
    return Later(when, AdvancePair(pair=pair), keys.pair_plan(pair))


async def advance_when_awake(services: PairServices, pair: int, member: int | None) -> Later:
    """Advance a pair as soon as a member, to whom the next message goes, may be written to."""
    when = times.awake(services.now, await services.zone(member), services.community)
    return advance_at(pair, when)


async def next_check(services: PairServices, pair: Pair, after: timedelta) -> Later:
    """Advance an active pair on a morning of both, so many days from now, and no later than its end."""
    zones = await services.zones(pair)
    when = times.morning_after(services.now, after.days, zones, services.community)
    if pair.ends_at is not None and pair.ends_at < when + times.A_WEEK:
        when = max(times.awake_together(pair.ends_at, zones, services.community), services.now)
    return advance_at(pair.id, when)


def next_morning_check(community: Community, now: datetime) -> Later:
    """Plan the check of the next working morning. Every change that leaves something to check plans it."""
    return Later(times.working_morning(now, community.zone), RunMorningCheck(), keys.MORNING_CHECK)


def match_now(now: datetime, round_: int = 0) -> Later:
    """Plan a matching at once, in a unit of work of its own; `round_` is the id of the round that closed."""
    return Later(now, MakePairs(number=round_), keys.MATCHING)


# Rounds --------------------------------------------------------------------------------------------------


def next_round_at(community: Community, settings: MentoringSettings, now: datetime) -> datetime:
    """When the next round begins."""
    return times.next_round(now, settings.day, community.zone)


async def plan_next_round(services: PairServices) -> Effects:
    """Plan the end of the open round, else the next round if there are any."""
    settings, current = await services.rounds.settings(), await services.rounds.current()
    if services.community.begun_at is None:
        return []
    if current is not None:
        closes_at = max(current.closes_at, services.now)
        return [Later(closes_at, CloseRound(number=current.id), keys.ROUND_PLAN)]
    if not settings.rounds:
        return [Cancel(keys.ROUND_PLAN)]
    opens_at = next_round_at(services.community, settings, services.now)
    return [Later(opens_at, OpenRound(), keys.ROUND_PLAN)]
