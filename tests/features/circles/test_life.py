"""A circle over seven weeks, and what people read in one of its rounds, as docs/circles.md shows it."""

from pathlib import Path

from facilitation.core.values.clock import VirtualClock
from storage.unit import Units
from tests.features.circles.steps import (
    EIGHT,
    begun,
    dates,
    figures,
    in_groups,
    invitations,
    join,
    labels,
    leave_space,
    make,
    sent,
    skip,
    until,
    who_met,
)
from tests.testbed import Posted, Testbed

DOCS = Path(__file__).parents[3] / "docs" / "circles.md"


async def test_a_circle_over_seven_weeks(units: Units, clock: VirtualClock) -> None:
    """With skips, joins, leaves, a hush and a restart, each round happens once and nobody is alone."""
    bed = await begun(units, clock)
    circle = await make(bed, *EIGHT[:6], start="2026-03-09")
    await until(bed, "2026-03-10T10:00")
    assert [len(group) for group in await who_met(bed, circle)] == [3, 3]

    await skip(bed, "kofi", circle)
    await until(bed, "2026-03-17T10:00")
    second = await who_met(bed, circle)
    assert sorted(map(len, second)) == [2, 3]
    assert not any("kofi" in group for group in second)

    await bed.press("tom", invitations(bed)[-1], "Join")
    await until(bed, "2026-03-24T10:00")
    third = await who_met(bed, circle)
    assert {"kofi", "tom"} <= {who for group in third for who in group}

    await bed.send("lena", "/cop circle leave")
    await bed.send("ines", "/coordinate hush 2026-04-02")
    await until(bed, "2026-03-31T09:00")  # ten in Lisbon, where summer has begun
    await until(bed, "2026-04-06T09:00")

    bed = await again(bed, units, clock)
    await until(bed, "2026-04-07T09:00")
    fifth = await who_met(bed, circle)
    assert sorted(who for group in fifth for who in group) == [
        "ines",
        "kofi",
        "marek",
        "nadia",
        "ravi",
        "tom",
    ]

    await leave_space(bed, "tom")
    await until(bed, "2026-04-14T09:00")
    assert sorted(map(len, await who_met(bed, circle))) == [2, 3]
    for post in in_groups(bed, "Did you meet?")[-2:]:
        await bed.press(post.address.people[0], post, "We met")

    assert await dates(bed, circle) == [
        ("2026-03-10", "made", ""),
        ("2026-03-17", "made", ""),
        ("2026-03-24", "made", ""),
        ("2026-03-31", "skipped", "hushed"),
        ("2026-04-07", "made", ""),
        ("2026-04-14", "made", ""),
    ]
    assert len(invitations(bed)) == 5  # that of the hushed one was never said
    introduced = in_groups(bed, "you are a group this time")
    assert len(introduced) == 10
    assert min(len(post.address.people) for post in introduced) == 2
    assert len({post.delivery for post in bed.surface.posts}) == len(bed.surface.posts)
    assert [who for who in EIGHT if sent(bed, who)] == [], "nobody needed a message of their own"
    so_far = await figures(bed, circle)
    assert (so_far.rounds, so_far.skipped, so_far.missed, so_far.groups) == (5, 1, 0, 10)


async def again(bed: Testbed, units: Units, clock: VirtualClock) -> Testbed:
    """Another process on the same database and the same platform."""
    anew = await begun(units, clock)
    anew.surface = bed.surface
    anew.courier.connect(bed.space, bed.surface)
    return anew


async def test_the_messages_of_a_round_are_those_in_the_docs(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    bed = await begun(sqlite_units, clock)
    circle = await make(bed, *EIGHT[:5], size="2", start="2026-03-09")
    shown: list[str] = []
    await until(bed, "2026-03-06T10:00")
    shown += [quoted_post(invitations(bed)[0], "In #general, on Friday")]
    await join(bed, "sara", circle)
    await until(bed, "2026-03-10T10:00")
    small = next(post for post in in_groups(bed) if len(post.address.people) == 2)
    shown += [quoted_post(invitations(bed)[0], "The same post, on Tuesday at ten")]
    shown += [quoted_post(small, "In the small group, at the same time")]
    await leave_space(bed, small.address.people[0])
    shown += [quoted_post(in_groups(bed, "join you")[0], "If somebody leaves and the other would be alone")]
    await until(bed, "2026-03-16T10:00")
    question = in_groups(bed, "Did you meet?")[0]
    shown += [quoted_post(question, "In the small group, the Monday after")]
    await bed.press(question.address.people[0], question, "We couldn’t")
    await bed.settle()
    shown += [quoted_post(question, "Once somebody pressed “We couldn’t”")]
    assert "\n\n".join(shown) in DOCS.read_text("utf-8"), "\n\n".join(shown)


def quoted_post(post: Posted, where: str) -> str:
    """A post as the docs quote it: its place, its words, and its buttons in brackets."""
    buttons = " ".join(f"[{label}]" for label in labels(post))
    lines = [*post.words.splitlines(), *([f"`{buttons}`"] if buttons else [])]
    return f"**{where}**\n\n" + "\n>\n".join(f"> {line}" for line in lines)
