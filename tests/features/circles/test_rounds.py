"""Rounds: one post invites people, and groups are made once on the day, or the post says why not."""

import pytest

from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import ChannelChanged, ChannelFacts
from storage.communities import People
from storage.unit import Units
from tests.features.circles.steps import (
    DAY,
    EIGHT,
    HOUR,
    all_rounds,
    begun,
    dates,
    figures,
    groups,
    in_groups,
    invitations,
    labels,
    make,
    sent,
    skip,
    until,
    who_met,
)
from tests.testbed import Testbed, words_of


async def test_one_post_invites_and_stays_the_same_post(either: Testbed) -> None:
    circle = await make(either, *EIGHT[:6], start="2026-03-09")
    await until(either, "2026-03-05T10:00")
    assert invitations(either) == []
    await until(either, "2026-03-06T10:00")  # a Friday, for Tuesday
    [post] = invitations(either)
    assert labels(post) == ["Join", "Skip this time"]
    assert "The next round is on Tue 10 Mar 10:00." in post.words
    await until(either, "2026-03-10T10:00")
    [post] = invitations(either)
    assert post.words == "Coffee\n6 people meet in 2 groups.\nThe next one is on Tue 17 Mar 10:00."
    assert labels(post) == ["Join"]
    assert await dates(either, circle) == [("2026-03-10", "made", "")]


async def test_a_group_is_introduced_with_a_question_and_somebody_who_begins(bed: Testbed) -> None:
    circle = await make(bed, "ines", "marek", "nadia")
    await until(bed, "2026-03-03T10:00")
    [post] = in_groups(bed)
    assert sorted(post.address.people) == ["ines", "marek", "nadia"]
    assert "Ines, Marek and Nadia: you are a group this time." in post.words
    assert "before Tue 10 Mar" in post.words
    assert "would you begin" in post.words
    assert "Something to start with:" in post.words
    assert await who_met(bed, circle) == [["ines", "marek", "nadia"]]


async def test_a_new_circle_whose_round_is_near_invites_at_once(bed: Testbed) -> None:
    await make(bed)
    assert len(invitations(bed)) == 1


@pytest.mark.parametrize(
    ("size", "people", "sizes"),
    [
        ("2", 7, [3, 2, 2]),
        ("2", 2, [2]),
        ("3", 8, [3, 3, 2]),
        ("4", 5, [5]),
        ("5", 6, [3, 3]),
        ("3", 4, [4]),
    ],
)
async def test_odd_ones_join_a_group_and_nobody_is_alone(
    bed: Testbed, size: str, people: int, sizes: list[int]
) -> None:
    circle = await make(bed, *EIGHT[:people], size=size)
    await until(bed, "2026-03-03T10:00")
    assert sorted((len(group) for group in await who_met(bed, circle)), reverse=True) == sizes


async def test_one_person_alone_is_told_kindly_and_it_counts_as_skipped(bed: Testbed) -> None:
    circle = await make(bed, "marek")
    await until(bed, "2026-03-03T10:00")
    assert await dates(bed, circle) == [("2026-03-03", "skipped", "too few people")]
    [told] = sent(bed, "marek")
    assert "There were too few people for a group with you this time." in told.words
    assert "You are in again on Tue 10 Mar 10:00" in told.words
    assert "There were too few people for a group this time." in invitations(bed)[0].words
    assert in_groups(bed) == []


async def test_nobody_in_it_makes_no_round(bed: Testbed) -> None:
    circle = await make(bed)
    await until(bed, "2026-03-03T10:00")
    assert await dates(bed, circle) == [("2026-03-03", "skipped", "nobody was in")]
    assert "Nobody was in this time" in invitations(bed)[0].words


# Who is in -----------------------------------------------------------------------------------------


async def test_who_skips_is_in_again_the_next_time(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:4])
    answer = await skip(bed, "marek", circle)
    assert words_of(answer) == "You sit out Coffee on Tue 3 Mar 10:00.\nOn Tue 10 Mar 10:00 you are in again."
    await until(bed, "2026-03-03T10:00")
    assert await who_met(bed, circle) == [["ines", "kofi", "nadia"]]
    await until(bed, "2026-03-10T10:00")
    assert await who_met(bed, circle) == [["ines", "kofi", "marek", "nadia"]]


async def test_who_is_quiet_or_not_here_is_in_no_group(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:5])
    await bed.send("marek", "/cop privacy quiet")
    await bed.send("nadia", command="privacy.forget_now", via="button")
    await until(bed, "2026-03-03T10:00")
    assert await who_met(bed, circle) == [["ines", "kofi", "lena"]]
    assert sent(bed, "nadia") == []


async def test_members_of_another_circle_are_not_mixed_up(bed: Testbed) -> None:
    one = await make(bed, "ines", "marek")
    other = await make(bed, "kofi", "lena", name="Walk", weekday="wednesday")
    await until(bed, "2026-03-04T10:00")
    assert await who_met(bed, one) == [["ines", "marek"]]
    assert await who_met(bed, other) == [["kofi", "lena"]]


async def test_who_met_in_another_circle_has_met(bed: Testbed) -> None:
    await make(bed, "ines", "marek")
    other = await make(bed, "ines", "marek", "kofi", "lena", name="Walk", size="2", weekday="wednesday")
    await until(bed, "2026-03-04T10:00")
    assert ["ines", "marek"] not in await who_met(bed, other)
    assert (await figures(bed, other)).repeats == 0


# Mixing --------------------------------------------------------------------------------------------


async def test_across_how_long_people_are_here(bed: Testbed) -> None:
    for who in ("uma", "vera", "will", "xeno"):
        await bed.join(who)
    long_here = ("ines", "marek", "nadia", "kofi")
    circle = await make(bed, *long_here, "uma", "vera", "will", "xeno", size="2", mix="tenure")
    await until(bed, "2026-03-03T10:00")
    for one, other in await who_met(bed, circle):
        assert (one in long_here) != (other in long_here)


async def test_across_the_channels_in_which_people_mostly_write(bed: Testbed) -> None:
    helpers, talkers = EIGHT[:4], EIGHT[4:]
    for who in helpers:
        await bed.write(who, "here", place="help")
        await bed.write(who, "there", place="help")
        await bed.write(who, "once", place="general")
    for who in talkers:
        await bed.write(who, "words")
    circle = await make(bed, *EIGHT, size="2", mix="channel")
    await until(bed, "2026-03-03T10:00")
    for one, other in await who_met(bed, circle):
        assert (one in helpers) != (other in helpers)


# Once, late, or not at all -------------------------------------------------------------------------


async def test_late_within_the_grace_it_is_made_and_later_it_was_missed(either: Testbed) -> None:
    circle = await make(either, *EIGHT[:4])
    either.clock.advance(DAY + 5 * HOUR)
    await either.settle()
    assert await dates(either, circle) == [("2026-03-03", "made", "")]
    either.clock.advance(15 * DAY)
    await either.settle()
    assert await dates(either, circle) == [
        ("2026-03-03", "made", ""),
        ("2026-03-10", "missed", ""),
        ("2026-03-17", "missed", ""),
    ]
    assert len(in_groups(either, "you are a group this time")) == 1
    assert "/coordinate" not in words_of(await either.send("ines", "/coordinate circles list"))
    assert "Missed Tue 17 Mar: I was away." in words_of(await either.send("ines", "/coordinate circles list"))


async def test_a_restart_makes_no_second_round(units: Units, clock: VirtualClock) -> None:
    """Another process on the same database, which does all that is due again."""
    bed = await begun(units, clock)
    circle = await make(bed, *EIGHT[:4])
    await until(bed, "2026-03-03T10:00")
    again = await begun(units, clock)
    again.surface = bed.surface
    again.courier.connect(bed.space, bed.surface)
    await again.pass_time(3 * HOUR)
    assert len(await all_rounds(again, circle)) == 1
    assert len(in_groups(again)) == len(await groups(again, circle)) == 1


async def test_a_hush_skips_a_round_and_the_post_says_so(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:4])
    await bed.send("ines", "/coordinate hush 2026-03-05")
    await until(bed, "2026-03-03T10:00")
    assert await dates(bed, circle) == [("2026-03-03", "skipped", "hushed")]
    assert "No round this time, as it is quiet here just now." in invitations(bed)[0].words
    assert in_groups(bed) == []
    await until(bed, "2026-03-10T10:00")
    assert (await dates(bed, circle))[-1] == ("2026-03-10", "made", "")
    assert len(invitations(bed)) == 2


async def test_when_a_hush_is_lifted_before_the_round_people_are_invited_after_all(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate hush 2026-03-08")
    await make(bed, *EIGHT[:4], start="2026-03-09")
    await until(bed, "2026-03-07T10:00")
    assert invitations(bed) == []
    await until(bed, "2026-03-08T10:00")
    assert len(invitations(bed)) == 1


async def test_on_a_holiday_there_is_no_round_and_nobody_is_invited_to_one(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:4], every="4", weekday="friday", start="2026-03-06")
    await until(bed, "2026-04-03T10:00")
    assert await dates(bed, circle) == [("2026-03-06", "made", ""), ("2026-04-03", "skipped", "Good Friday")]
    assert len(invitations(bed)) == 1
    skipped = await skip(bed, "marek", circle)
    assert "You sit out Coffee on Fri 29 May 10:00." in words_of(skipped)
    assert "The next one is on Fri 1 May" not in invitations(bed)[0].words  # a holiday, too
    assert "Skipped Fri 3 Apr: Good Friday." in words_of(await bed.send("ines", "/coordinate circles list"))


async def test_paused_it_rests_until_it_goes_on(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:4])
    answer = await bed.send("ines", "/coordinate circles pause coffee")
    assert "Coffee rests. Its rounds are skipped, and everybody stays in." in words_of(answer)
    await until(bed, "2026-03-10T10:00")
    assert [outcome for _, outcome, _ in await dates(bed, circle)] == ["skipped", "skipped"]
    assert "This circle rests for the moment.\nWhen it goes on, I invite you again." in (
        invitations(bed)[0].words
    )
    resumed = await bed.send("ines", "/coordinate circles resume")
    assert "Coffee goes on. Next: Tue 17 Mar 10:00." in words_of(resumed)
    await until(bed, "2026-03-17T10:00")
    assert (await dates(bed, circle))[-1] == ("2026-03-17", "made", "")
    assert len(await groups(bed, circle)) == 1


async def test_paused_until_a_date_it_goes_on_by_itself(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:4])
    answer = await bed.send("ines", "/coordinate circles pause")
    args = {"circle": circle.id, "until": "2026-03-09"}
    await bed.press("ines", answer, "Only until a date")
    until_then = await bed.submit("ines", "circles.pause_until", **args)
    assert "Coffee rests until Monday 9 March." in words_of(until_then)
    await until(bed, "2026-03-10T10:00")
    assert [outcome for _, outcome, _ in await dates(bed, circle)] == ["skipped", "made"]


async def test_before_begin_nothing_is_made(sqlite_units: Units, clock: VirtualClock) -> None:
    bed = await begun(sqlite_units, clock)
    async with bed.units.write() as session:
        await People(session, (await bed.community()).id).configure(begun_at=None)
    bed.dispatcher.intake.invalidate()
    circle = await make(bed, *EIGHT[:4])
    await until(bed, "2026-03-03T10:00")
    assert invitations(bed) == []
    assert await dates(bed, circle) == [("2026-03-03", "skipped", "we had not begun")]


async def test_without_its_channel_groups_are_made_and_the_desk_says_so(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:4], start="2026-03-09")
    gone = ChannelChanged(bed.clock.now(), ChannelFacts("general", "general", archived=True))
    await bed.receive(gone)
    await until(bed, "2026-03-10T10:00")
    assert invitations(bed) == []
    assert len(await groups(bed, circle)) == 1
    assert "The channel of the circle Coffee is gone." in words_of(await bed.send("ines", "/coordinate desk"))


async def test_rounds_keep_their_local_hour_when_summer_begins(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:2], start="2026-03-24")
    await until(bed, "2026-03-31T09:00")
    assert [f"{one.at:%m-%d %H:%M}" for one in await all_rounds(bed, circle)] == [
        "03-24 10:00",
        "03-31 09:00",
    ]


async def test_rounds_keep_away_from_repeats_while_they_can(bed: Testbed) -> None:
    """Four people in pairs: three rounds in which everybody meets everybody, once."""
    circle = await make(bed, *EIGHT[:4], size="2")
    await until(bed, "2026-03-17T10:00")
    so_far = await figures(bed, circle)
    assert (so_far.rounds, so_far.new, so_far.repeats) == (3, 6, 0)
    await until(bed, "2026-03-24T10:00")
    assert (await figures(bed, circle)).repeats == 2
