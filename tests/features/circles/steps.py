"""Steps of tests about circles: make one, join it, let time pass, look at its rounds."""

from datetime import datetime, timedelta
from typing import Any

from facilitation import charter, circles, coordination, privacy
from facilitation.core.platforms.surface import Response
from facilitation.core.values.cards import buttons_in
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import MemberLeft
from storage.circles import Circle, CircleRounds, Circles, Figures, Group, Round
from storage.communities import People
from storage.unit import Units
from tests.features.community import CHARTER, direct_messages
from tests.snapshots import remembered
from tests.testbed import Posted, Testbed, make_testbed, words_of

FEATURES = (coordination.feature, circles.feature, charter.feature, privacy.feature)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
EIGHT = ("ines", "marek", "nadia", "kofi", "lena", "ravi", "sara", "tom")


@remembered
async def begun(
    units: Units, clock: VirtualClock, people: tuple[str, ...] = EIGHT, **options: Any
) -> Testbed:
    """A community in Portugal that began on Monday 2 March 2026 at 8:55; ines coordinates."""
    values = {CharterText: lambda _: CHARTER}
    bed = await make_testbed(units, clock, FEATURES, factories=values, people=people, begun=True, **options)
    community = await bed.community()
    async with units.write() as session:
        await People(session, community.id).configure(zone="Europe/Lisbon", country="PT")
    bed.dispatcher.intake.invalidate()
    await bed.settle()
    return bed


async def propose(bed: Testbed, **more: Any) -> Response:
    """Fill in the form of a circle."""
    given = {"name": "Coffee", "channel": "general", "size": "3", "every": "1", "weekday": "tuesday"}
    return await bed.submit("ines", "circles.draft", **(given | more))


async def make(bed: Testbed, *members: str, **more: Any) -> Circle:
    """A saved circle with these members; its first round is tomorrow unless `more` says otherwise."""
    answer = await bed.press("ines", await propose(bed, **more), "Save")
    assert words_of(answer).startswith("Saved"), words_of(answer)
    circle = (await all_circles(bed))[-1]
    ids = [(await bed.member(who)).id for who in members]
    async with bed.units.write() as session:
        for member in ids:
            await Circles(session, (await bed.community()).id).join(circle.id, member, bed.clock.now())
    await bed.settle()
    return circle


async def join(bed: Testbed, who: str, circle: Circle) -> Response:
    """Press *Join*."""
    return await bed.send(who, command="circles.join", args={"circle": circle.id}, via="button")


async def skip(bed: Testbed, who: str, circle: Circle) -> Response:
    """Press *Skip this time*."""
    return await bed.send(who, command="circles.skip_round", args={"circle": circle.id}, via="button")


async def leave_space(bed: Testbed, who: str) -> None:
    """A member leaves the space."""
    await bed.receive(MemberLeft(bed.clock.now(), who))


async def until(bed: Testbed, text: str) -> None:
    """Let time pass up to a minute after an instant, written in the winter time of Lisbon."""
    await bed.pass_time(at(text) + MINUTE - bed.clock.now())


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(f"{text}+00:00")


# Looking -------------------------------------------------------------------------------------------


async def all_circles(bed: Testbed) -> list[Circle]:
    """Every circle as it is stored."""
    community = await bed.community()
    async with bed.units.read() as session:
        return await Circles(session, community.id).running()


async def dates(bed: Testbed, circle: Circle) -> list[tuple[str, str, str]]:
    """Day, outcome and reason of each round, the oldest first."""
    return [(str(one.day), one.outcome.value, one.why) for one in await all_rounds(bed, circle)]


async def all_rounds(bed: Testbed, circle: Circle) -> list[Round]:
    """The rounds of a circle, the oldest first."""
    community = await bed.community()
    async with bed.units.read() as session:
        return list(reversed(await CircleRounds(session, community.id).latest(circle.id, 1_000)))


async def groups(bed: Testbed, circle: Circle) -> list[Group]:
    """The groups of its latest round."""
    community = await bed.community()
    async with bed.units.read() as session:
        rounds = CircleRounds(session, community.id)
        [latest] = await rounds.latest(circle.id, 1)
        return await rounds.groups(latest.id)


async def who_met(bed: Testbed, circle: Circle) -> list[list[str]]:
    """The names in the groups of its latest round."""
    community = await bed.community()
    async with bed.units.read() as session:
        names = {one.id: one.name.lower() for one in await People(session, community.id).present()}
    found = await groups(bed, circle)
    return sorted(sorted(names.get(member, "gone") for member in group.members) for group in found)


async def figures(bed: Testbed, circle: Circle | None = None) -> Figures:
    """The figures of a circle, or of all."""
    community = await bed.community()
    async with bed.units.read() as session:
        return await CircleRounds(session, community.id).figures(circle.id if circle else None)


def invitations(bed: Testbed, name: str = "Coffee") -> list[Posted]:
    """The invitations."""
    return [post for post in bed.posts if post.card.title == name and post.address.kind == "channel"]


def in_groups(bed: Testbed, words: str = "") -> list[Posted]:
    """The posts in small groups that contain some words."""
    return [post for post in bed.posts if post.address.kind == "group" and words in post.words]


def sent(bed: Testbed, who: str) -> list[Posted]:
    """The direct messages somebody got."""
    return direct_messages(bed, who)


def labels(seen: Response | Posted) -> list[str]:
    """The labels of the buttons on a card."""
    assert seen.renderable is not None
    return [button.label for button in buttons_in(seen.renderable.card)]
