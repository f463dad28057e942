"""What the clock does: it composes the weekly recap."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from facilitation.core.features.contributions import Period
from facilitation.core.values.cards import Card
from facilitation.core.values.commands import Due
from facilitation.core.values.effects import Effects
from facilitation.recap import transitions
from facilitation.recap.composition import compose_recap, period_until
from facilitation.recap.feature import feature
from facilitation.recap.periods import GRACE
from facilitation.recap.schedule import Compose, plan_next
from facilitation.recap.services import RecapServices
from storage.communities import Use


@dataclass(frozen=True)
class ComposedRecap:
    """A recap and the period that it covers."""

    period: Period
    message: Card


@feature.precompute(Compose)
async def compose_ahead(
    command: Compose, due: Due, services: RecapServices
) -> Callable[[], Awaitable[ComposedRecap]]:
    """Compose the recap outside the unit that posts it: to read a large community's week takes a second."""
    period = await period_until(due.community, services.recaps, due.due)
    composed = ComposedRecap(period, await compose_recap(due.community, period, services))

    async def work() -> ComposedRecap:
        return composed

    return work


@feature.action(id="recap.compose")
async def compose(command: Compose, due: Due, composed: ComposedRecap, services: RecapServices) -> Effects:
    """Post the recap, or ask for approval as long as none was ever approved, and plan the next one.

    During a hush, without a channel, or days late, there is no recap: the next one covers its period.
    """
    effects: Effects = []
    community, recaps = due.community, services.recaps
    spot = await services.people.spot_for(Use.RECAP)
    is_late = due.at - due.due > GRACE
    if spot is not None and not is_late and not community.is_hushed(due.at):
        period = await period_until(community, recaps, due.due)
        message = composed.message
        if period != composed.period:
            # A coordinator has settled another recap meanwhile.
            message = await compose_recap(community, period, services)
        if await recaps.is_trusted():
            effects += await transitions.publish(community, recaps, spot, period, message, due.at)
        else:
            effects += await transitions.propose(community, services, spot, period, message, due.at)
    return [*effects, await plan_next(community, recaps, due.at)]
