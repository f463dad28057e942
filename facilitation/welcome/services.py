"""What most handlers of the welcome need, as one parameter."""

from dataclasses import dataclass

from facilitation.core.features.feature import ServiceBundle
from facilitation.core.platforms.capabilities import PlatformCapabilities
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.commands import Context, Role
from facilitation.core.values.errors import Refusal
from facilitation.welcome.journey import BUILT_IN
from facilitation.welcome.templates import CommunityFacts
from storage.communities import Account, Community, People
from storage.welcome import Journey, Journeys, Plan, Step


@dataclass(frozen=True)
class JourneyServices(ServiceBundle):
    """The community, its charter, its journeys, steps and people, and what its platforms can do."""

    community: Community
    charter: CharterText
    journeys: Journeys
    plan: Plan
    people: People
    capabilities: PlatformCapabilities

    async def facts(self) -> CommunityFacts:
        """What cards show of the community."""
        spots = {spot.id: spot for spot in await self.people.spots()}
        coordinators = await self.people.holders(Role.COORDINATOR)
        return CommunityFacts(self.community, self.charter, spots, coordinators)

    async def steps(self) -> list[Step]:
        """The steps of the journey: those of the coordinators, else the built-in ones."""
        return await self.plan.steps() if (await self.plan.settings()).edited else list(BUILT_IN)

    async def account(self, member: int) -> Account | None:
        """The account that a member used last, None if they have none."""
        return next(iter(await self.people.accounts(member)), None)

    async def newcomers_journey(self, context: Context) -> Journey:
        """The sender's own journey. Raises Refusal if they are not a newcomer."""
        journey = await self.journeys.get(context.member.id)
        if journey is None:
            raise Refusal("This is for people who are new here, and you are at home already.")
        return journey
