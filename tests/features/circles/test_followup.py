"""After the introductions: whether groups met, who drops out, and introductions that failed."""

from datetime import timedelta

from facilitation.core.values.errors import Unreachable
from storage.circles import CircleRounds
from tests.features.circles.steps import (
    DAY,
    EIGHT,
    HOUR,
    dates,
    figures,
    groups,
    in_groups,
    join,
    labels,
    leave_space,
    make,
    sent,
    until,
    who_met,
)
from tests.testbed import Testbed, words_of

# Did you meet? -------------------------------------------------------------------------------------


async def test_each_group_is_asked_once_in_its_own_place(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:6])
    await until(bed, "2026-03-06T10:00")
    assert in_groups(bed, "Did you meet?") == []
    await until(bed, "2026-03-09T10:00")  # Saturday is four days after Tuesday
    asked = in_groups(bed, "Did you meet?")
    assert [labels(post) for post in asked] == [["We met", "It is planned", "We couldn’t"]] * 2
    introduced = in_groups(bed, "you are a group this time")
    assert [post.address.people for post in asked] == [post.address.people for post in introduced]
    assert len(asked[0].address.handle) > 0, "it is the conversation that is there already"
    await bed.pass_time(DAY)
    assert len(in_groups(bed, "Did you meet?")) == 2
    assert (await figures(bed, circle)).answered == 0


async def test_an_answer_stands_in_place_and_that_they_met_stays(bed: Testbed) -> None:
    circle = await make(bed, "ines", "marek")
    await until(bed, "2026-03-09T10:00")
    [post] = in_groups(bed, "Did you meet?")
    assert words_of(await bed.press("ines", post, "It is planned")) == "Thank you for telling me."
    await bed.settle()
    assert post.words == "It is planned. Have a good time."
    assert labels(post) == ["We met", "We couldn’t"]
    await bed.press("marek", post, "We couldn’t")
    await bed.settle()
    assert post.words == "Not this time, and that is fine.\nThe next one is on Tue 10 Mar 10:00."
    await bed.press("marek", post, "We met")
    await bed.settle()
    assert (post.words, labels(post)) == ("You met. Lovely to hear.", [])
    args = {"group": (await groups(bed, circle))[0].id, "answer": "could_not"}
    late = await bed.send("ines", command="circles.report_meeting", args=args, via="button")
    assert words_of(late) == "I know already. Thank you."


async def test_only_the_people_of_a_group_answer_for_it(bed: Testbed) -> None:
    await make(bed, "ines", "marek")
    await until(bed, "2026-03-09T10:00")
    [post] = in_groups(bed, "Did you meet?")
    answer = await bed.press("kofi", post, "We met")
    assert words_of(answer) == "That question is for the people of that group."
    await bed.settle()
    assert post.words == "Did you meet?"


async def test_the_share_that_met_is_unknown_until_three_groups_answered(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT, size="2")
    await until(bed, "2026-03-09T10:00")
    posts = in_groups(bed, "Did you meet?")
    for post, label in zip(posts[:2], ("We met", "We couldn’t"), strict=True):
        await bed.press(post.address.people[0], post, label)
    assert (await figures(bed, circle)).met is None
    await bed.press(posts[2].address.people[0], posts[2], "We met")
    assert round((await figures(bed, circle)).met or 0, 2) == 0.67
    listed = words_of(await bed.send("ines", "/coordinate circles list"))
    assert "One round so far: 4 pairs met for the first time, 0 again." in listed
    assert "Of the groups that answered, 67% met." in listed


async def test_who_could_not_meet_is_still_new_to_each_other(bed: Testbed) -> None:
    circle = await make(bed, "ines", "marek", "kofi")
    await until(bed, "2026-03-09T10:00")
    await bed.press("ines", in_groups(bed, "Did you meet?")[0], "We couldn’t")
    await until(bed, "2026-03-10T10:00")
    assert (await figures(bed, circle)).repeats == 0
    await until(bed, "2026-03-17T10:00")
    assert (await figures(bed, circle)).repeats == 3


async def test_a_hush_skips_the_question(bed: Testbed) -> None:
    await make(bed, "ines", "marek")
    await until(bed, "2026-03-04T10:00")
    await bed.send("ines", "/coordinate hush 2026-03-16")
    await until(bed, "2026-03-20T10:00")
    assert in_groups(bed, "Did you meet?") == []


# Dropping out --------------------------------------------------------------------------------------


async def test_who_would_be_alone_joins_another_group(either: Testbed) -> None:
    circle = await make(either, *EIGHT[:4], size="2")
    await until(either, "2026-03-03T10:00")
    [first, other] = await who_met(either, circle)
    gone, alone = first
    await leave_space(either, gone)
    assert await who_met(either, circle) == [sorted([alone, *other])]
    [told] = in_groups(either, "may")
    assert sorted(told.address.people) == sorted([alone, *other])
    assert f"may {alone.capitalize()} join you?" in told.words
    await until(either, "2026-03-09T10:00")
    [asked] = in_groups(either, "Did you meet?")
    assert sorted(asked.address.people) == sorted([alone, *other])
    assert [one for one in await dates(either, circle) if one[1] != "made"] == []


async def test_a_group_of_three_goes_on_as_two(bed: Testbed) -> None:
    circle = await make(bed, "ines", "marek", "kofi")
    await until(bed, "2026-03-03T10:00")
    await leave_space(bed, "kofi")
    assert await who_met(bed, circle) == [["ines", "marek"]]
    assert len(in_groups(bed)) == 1
    await until(bed, "2026-03-09T10:00")
    [asked] = in_groups(bed, "Did you meet?")
    assert sorted(asked.address.people) == ["ines", "marek"]


async def test_where_there_is_no_other_group_they_are_told(bed: Testbed) -> None:
    await make(bed, "ines", "marek")
    await until(bed, "2026-03-03T10:00")
    await leave_space(bed, "ines")
    [told] = sent(bed, "marek")
    assert told.words == (
        "Coffee\nYour group has become too small to meet, and there is no other one this time.\n"
        "You are in again on Tue 10 Mar 10:00; there is nothing to do."
    )


async def test_nobody_joins_a_group_with_whom_they_are_kept_apart(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:4], size="2")
    await until(bed, "2026-03-03T10:00")
    [[gone, alone], other] = await who_met(bed, circle)
    await bed.submit(other[0], "circles.keep_apart", not_with=alone)
    await leave_space(bed, gone)
    assert await who_met(bed, circle) == [other]
    assert "there is no other one this time" in sent(bed, alone)[0].words


async def test_whose_partner_asked_to_be_forgotten_is_not_left_waiting(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:4], size="2")
    await until(bed, "2026-03-03T10:00")
    [[gone, alone], other] = [
        pair[::-1] if pair[0] == "ines" else pair for pair in await who_met(bed, circle)
    ]
    await bed.send(gone, command="privacy.forget_now", via="button")
    await bed.pass_time(DAY + HOUR)
    assert await who_met(bed, circle) == [sorted([alone, *other])]


async def test_who_leaves_is_out_of_the_circle_when_they_return(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:4])
    await leave_space(bed, "kofi")
    await bed.join("kofi")
    await until(bed, "2026-03-03T10:00")
    assert await who_met(bed, circle) == [["ines", "marek", "nadia"]]
    await join(bed, "kofi", circle)
    await until(bed, "2026-03-10T10:00")
    assert await who_met(bed, circle) == [["ines", "kofi", "marek", "nadia"]]


# Failed posts --------------------------------------------------------------------------------------


async def test_who_was_never_introduced_has_not_met(bed: Testbed) -> None:
    circle = await make(bed, "ines", "marek", "kofi")
    await until(bed, "2026-03-03T09:58")
    bed.surface.faults = [Unreachable("forbidden"), Unreachable("forbidden")]  # the post is revised, too
    bed.clock.advance(timedelta(minutes=5))
    await bed.settle()
    assert (await figures(bed, circle)).groups == 0
    await until(bed, "2026-03-10T10:00")
    assert len(in_groups(bed, "you are a group this time")) == 1
    assert (await figures(bed, circle)).repeats == 0


async def test_who_is_left_before_the_introduction_is_introduced_all_the_same(bed: Testbed) -> None:
    circle = await make(bed, "ines", "marek", "kofi")
    bed.clock.advance(DAY + HOUR + timedelta(minutes=6))
    while await bed.dispatcher.due():
        pass
    await leave_space(bed, "kofi")
    [post] = in_groups(bed, "you are a group this time")
    assert sorted(post.address.people) == ["ines", "marek"]
    assert await who_met(bed, circle) == [["ines", "marek"]]


async def test_figures_of_all_circles_and_since_a_day(bed: Testbed) -> None:
    one = await make(bed, "ines", "marek")
    await make(bed, "kofi", "lena", "ravi", name="Walk", weekday="wednesday")
    await until(bed, "2026-03-10T10:00")
    everything = await figures(bed)
    assert (everything.rounds, everything.people, everything.seats) == (3, 5, 7)
    assert (everything.new, everything.repeats) == (4, 1)
    community = await bed.community()
    async with bed.units.read() as session:
        lately = await CircleRounds(session, community.id).figures(one.id, bed.clock.now() - 2 * DAY)
    assert (lately.rounds, lately.groups) == (1, 1)
    assert (lately.people, lately.repeats) == (None, None), "it is about two people"
