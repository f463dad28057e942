"""Steps that tests of the welcome share: a begun community, newcomers, and what they were sent."""

from datetime import datetime, timedelta
from typing import Any

from facilitation import charter, coordination, welcome
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Role
from facilitation.core.values.events import MemberLeft
from storage.communities import People
from storage.unit import Units
from storage.welcome import Journey, Journeys
from tests.features.community import CHARTER, channel_messages, direct_messages
from tests.snapshots import remembered
from tests.testbed import Posted, Testbed, make_testbed

FEATURES = (coordination.feature, welcome.feature, charter.feature)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@remembered
async def begun(units: Units, clock: VirtualClock, **options: Any) -> Testbed:
    """A community that began on Monday 2 March 2026 at 8:55, with all its channels in use."""
    values = {CharterText: lambda _: CHARTER}
    features = options.pop("features", FEATURES)
    bed = await make_testbed(units, clock, features, begun=True, **{"factories": values, **options})
    await bed.settle()
    return bed


async def greeted(bed: Testbed, who: str = "ana", /, **facts: Any) -> Posted:
    """Somebody joins and is greeted by direct message."""
    await bed.join(who, **{"zone": "Europe/Lisbon", **facts})
    await bed.pass_time(MINUTE)
    return sent(bed, who)[-1]


async def under_way(bed: Testbed, who: str = "ana", label: str = "Learn", /, **facts: Any) -> None:
    """Somebody joins, is greeted and answers."""
    await bed.press(who, await greeted(bed, who, **facts), label)
    await bed.settle()


async def leave(bed: Testbed, who: str) -> None:
    """Somebody leaves now."""
    await bed.receive(MemberLeft(bed.clock.now(), who))


async def hold(bed: Testbed, who: str, role: Role) -> None:
    """Somebody gets a role."""
    member = await bed.member(who)
    async with bed.units.write() as session:
        await People(session, member.community).grant(member.id, role, bed.clock.now())


async def journey_of(bed: Testbed, who: str) -> Journey | None:
    """Somebody's journey as it is kept."""
    member = await bed.member(who)
    async with bed.units.read() as session:
        return await Journeys(session, member.community).get(member.id)


def sent(bed: Testbed, who: str) -> list[Posted]:
    """The direct messages somebody got."""
    return direct_messages(bed, who)


def start_buttons(bed: Testbed) -> list[Posted]:
    """The posts with the button in the welcome channel."""
    return [post for post in channel_messages(bed, "general") if "Shall I show you around?" in post.words]


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(f"{text}+00:00")
