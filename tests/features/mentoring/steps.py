"""Steps of tests about mentoring: offer, ask, accept, and look at the pairs."""

from datetime import timedelta
from typing import Any

from facilitation import charter, coordination, mentoring
from facilitation.core.platforms.surface import Response
from facilitation.core.values.cards import buttons_in
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import MemberLeft
from storage.mentoring import Pair, Pairs, Request, Seeking
from storage.unit import Units
from tests.features.community import CHARTER, channel_messages, direct_messages, submit_form
from tests.snapshots import remembered
from tests.testbed import Posted, Testbed, make_testbed

FEATURES = (coordination.feature, mentoring.feature, charter.feature)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)


@remembered
async def begun(units: Units, clock: VirtualClock, **options: Any) -> Testbed:
    """A community that began on Monday 2 March 2026 at 8:55. Requests are matched at once, without review."""
    values = {CharterText: lambda _: CHARTER}
    features = options.pop("features", FEATURES)
    bed = await make_testbed(units, clock, features, begun=True, **{"factories": values, **options})
    await configure(bed)
    return bed


async def configure(bed: Testbed, **chosen: Any) -> Response:
    """Change the mentoring settings."""
    usual = {"rounds": False, "review": "by itself at once", "at_once": True, "weeks": 8}
    answer = await submit_form(bed, "ines", "mentoring.change_settings", **{**usual, **chosen})
    await bed.settle()
    return answer


async def offer(bed: Testbed, who: str, topics: str = "python", **more: Any) -> Response:
    """Offer to mentor, and settle."""
    answer = await submit_form(bed, who, "mentoring.offer", topics=topics, **more)
    await bed.settle()
    return answer


async def request(bed: Testbed, who: str, topics: str = "python", **more: Any) -> Response:
    """Ask for a mentor, and settle."""
    answer = await submit_form(bed, who, "mentoring.request", topics=topics, **more)
    await bed.settle()
    return answer


async def say(bed: Testbed, who: str, label: str) -> Response:
    """Press a button on the newest message to a member that has it."""
    for post in reversed(to(bed, who)):
        if any(button.label == label for button in buttons_in(post.card)):
            answer = await bed.press(who, post, label)
            await bed.settle()
            return answer
    raise AssertionError(f"{who} has no button {label!r}: {[post.words for post in to(bed, who)]}")


async def paired(bed: Testbed, mentor: str = "kofi", mentee: str = "nadia") -> int:
    """An active pair of the two."""
    await offer(bed, mentor)
    await request(bed, mentee, goal="to test what I write")
    await say(bed, mentee, "Fine")
    await say(bed, mentor, "Accept")
    return (await pairs_of(bed, mentee))[-1].id


async def leave(bed: Testbed, who: str) -> None:
    """A member leaves."""
    await bed.receive(MemberLeft(bed.clock.now(), who))


def to(bed: Testbed, who: str) -> list[Posted]:
    """The messages to a member, direct or in small groups, in their order."""
    groups = [post for post in bed.posts if post.address.kind == "group" and who in post.address.people]
    return sorted([*direct_messages(bed, who), *groups], key=bed.posts.index)


def newest(bed: Testbed, who: str) -> str:
    """The words of the last message to a member."""
    return to(bed, who)[-1].words


def grouped(bed: Testbed) -> list[Posted]:
    """The posts in small groups."""
    return [post for post in bed.posts if post.address.kind == "group"]


def public(bed: Testbed) -> list[Posted]:
    """The posts in the channel of rounds."""
    return channel_messages(bed, "general")


async def pairs_of(bed: Testbed, who: str) -> list[Pair]:
    """All pairs of a member, also those that were declined."""
    member = await bed.member(who)
    async with bed.units.read() as session:
        return await Pairs(session, member.community).of(member.id)


async def pair_of(bed: Testbed, who: str) -> Pair:
    """The newest pair of a member."""
    return (await pairs_of(bed, who))[-1]


async def request_of(bed: Testbed, who: str) -> Request | None:
    """The open request of a member."""
    member = await bed.member(who)
    async with bed.units.read() as session:
        return await Seeking(session, member.community).request_of(member.id)
