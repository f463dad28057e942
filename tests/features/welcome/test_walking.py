"""The journey's steps: which, when in whose zone, and what stops them."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitation.core.values.cards import buttons_in
from facilitation.welcome.journey import (
    BUILT_IN,
    moment_of,
    next_working_morning,
    working_day_after,
)
from storage.communities import Community, People
from storage.welcome import JourneyState
from tests.features.welcome.steps import DAY, HOUR, MINUTE, at, journey_of, leave, sent, under_way
from tests.testbed import Posted, Testbed

EVERY = Community(1, "Any", quiet_weekends=False, quiet_from=time(0), quiet_to=time(0))
ZONES = ("UTC", "Europe/Lisbon", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "Asia/Tokyo")


def steps(bed: Testbed, who: str = "ana") -> list[Posted]:
    """What came after the first message."""
    return sent(bed, who)[1:]


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Look around", "There is no test at the end"),
        ("Learn", "What are you stuck on at the moment"),
        ("Share what I know", "Is there a link that you keep sending to people?"),
        ("Help run things", "You said you would like to help run things. Write to Ines"),
    ],
)
async def test_the_built_in_journey_has_five_steps_in_thirty_days(
    quick: Testbed, label: str, words: str
) -> None:
    await under_way(quick, "ana", label)
    await quick.pass_time(35 * DAY)
    found = steps(quick)
    assert [f"{step.at:%m-%dT%H:%M}" for step in found] == [
        "03-03T10:00",
        "03-05T10:00",
        "03-09T10:00",
        "03-16T10:00",
        "04-01T09:00",  # ten in Lisbon, where summer has begun
    ]
    assert found[1].words.startswith(words)
    assert "say hello in #introductions" in found[0].words
    assert [[button.label for button in buttons_in(step.card)] for step in found[:1] + found[2:]] == [
        ["Introduce myself"],
        ["Find me a buddy"],
        ["Done"],
        ["Answer"],
    ]


async def test_steps_are_no_nudges(quick: Testbed) -> None:
    """Answered, the journey is something they joined: no foot, and no budget."""
    await under_way(quick)
    await quick.pass_time(8 * DAY)
    assert len(steps(quick)) == 3
    assert not any("You get this because" in step.words for step in steps(quick))


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Tokyo", "01:00"), ("America/New_York", "15:00")])
async def test_a_step_comes_at_the_newcomers_own_hour(quick: Testbed, zone: str, hour: str) -> None:
    quick.clock.move_to(at("2026-03-02T15:00") if zone.startswith("America") else at("2026-03-02T08:55"))
    await under_way(quick, "ana", "Learn", zone=zone)
    await quick.pass_time(2 * DAY)
    assert [f"{step.at:%H:%M}" for step in steps(quick)] == [hour]


async def test_the_zone_they_set_counts_before_that_of_their_account(quick: Testbed) -> None:
    await under_way(quick, "ana", "Learn", zone="Europe/Lisbon")
    await quick.submit("ana", "charter.edit_profile", zone="America/New_York")
    await quick.press("ana", sent(quick, "ana")[0], "Share what I know")
    await quick.pass_time(2 * DAY)
    assert [f"{step.at:%H:%M}" for step in steps(quick)] == ["15:00"]


@pytest.mark.parametrize("zone", ["", "Middle/Earth"])
async def test_without_a_known_zone_it_is_the_communitys(quick: Testbed, zone: str) -> None:
    async with quick.units.write() as session:
        people = People(session, (await quick.community()).id)
        await people.configure(zone="Europe/Warsaw")
    await quick.join("ana", zone=zone)
    await quick.pass_time(MINUTE)
    await quick.send("ana", command="welcome.take_part", args={"choice": "learn"}, via="button")
    await quick.pass_time(2 * DAY)
    assert [f"{step.at:%H:%M}" for step in sent(quick, "ana") if "say hello" in step.words] == ["09:00"]


async def test_nothing_comes_at_the_weekend(quick: Testbed) -> None:
    quick.clock.move_to(at("2026-03-06T09:00"))  # a Friday
    await under_way(quick)
    await quick.pass_time(6 * DAY)
    assert [f"{step.at:%a %H:%M}" for step in steps(quick)] == ["Mon 08:00", "Mon 10:00"]


async def test_answered_late_the_days_count_from_the_answer(quick: Testbed) -> None:
    await quick.join("ana", zone="Europe/Lisbon")
    await quick.pass_time(9 * DAY)
    await quick.press("ana", sent(quick, "ana")[0], "Learn")
    await quick.pass_time(2 * DAY)
    assert [step.at for step in sent(quick, "ana")][2:] == [at("2026-03-12T10:00")]


async def test_another_answer_leads_another_way_and_repeats_nothing(quick: Testbed) -> None:
    await under_way(quick)
    await quick.pass_time(2 * DAY)
    await quick.press("ana", sent(quick, "ana")[0], "Share what I know")
    await quick.pass_time(35 * DAY)
    words = [step.words for step in steps(quick)]
    assert len(words) == 5
    assert words[1].startswith("Is there a link")


async def test_what_is_done_is_not_suggested(quick: Testbed) -> None:
    await under_way(quick)
    await quick.submit("ana", "welcome.introduce", words="I look after a museum.")
    await quick.send("ana", command="welcome.find_buddy", via="button")
    await quick.pass_time(35 * DAY)
    assert [f"{step.at:%m-%d}" for step in steps(quick)] == ["03-05", "03-16", "04-01"]


async def test_who_wants_quiet_has_it_from_then_on(bed: Testbed) -> None:
    await under_way(bed)
    await bed.pass_time(2 * DAY)
    assert len(steps(bed)) == 1
    await bed.submit("ana", "charter.edit_profile", contact=False)
    await bed.pass_time(35 * DAY)
    assert len(steps(bed)) == 1
    journey = await journey_of(bed, "ana")
    assert journey is not None
    assert journey.state is JourneyState.ENDED


async def test_the_journey_of_who_leaves_ends_for_good(bed: Testbed) -> None:
    await under_way(bed)
    await bed.pass_time(2 * DAY)
    await leave(bed, "ana")
    await bed.pass_time(3 * DAY)
    await bed.join("ana")
    await bed.pass_time(35 * DAY)
    assert len(steps(bed)) == 1


async def test_a_hush_skips_steps_and_makes_up_for_none(quick: Testbed) -> None:
    await under_way(quick)
    await quick.send("ines", "/coordinate hush 2026-03-08")
    await quick.pass_time(35 * DAY)
    assert [f"{step.at:%m-%d}" for step in steps(quick)] == ["03-09", "03-16", "04-01"]


async def test_after_a_long_sleep_nobody_gets_a_bundle(quick: Testbed) -> None:
    await under_way(quick)
    quick.clock.advance(10 * DAY)
    await quick.settle()
    assert steps(quick) == []
    await quick.pass_time(35 * DAY)
    assert [f"{step.at:%m-%d}" for step in steps(quick)] == ["03-16", "04-01"]


async def test_after_a_short_sleep_a_step_comes_late(quick: Testbed) -> None:
    await under_way(quick)
    quick.clock.advance(DAY + 9 * HOUR)
    await quick.settle()
    assert [f"{step.at:%m-%dT%H}" for step in steps(quick)] == ["03-03T17"]


async def test_when_the_last_step_was_said_the_journey_is_over(quick: Testbed) -> None:
    await under_way(quick)
    await quick.pass_time(31 * DAY)
    journey = await journey_of(quick, "ana")
    assert journey is not None
    assert journey.state is JourneyState.OVER


# Times, alone --------------------------------------------------------------------------------------


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(ZoneInfo("UTC"))),
    st.sampled_from(ZONES),
    st.integers(0, 60),
    st.integers(5, 23),
)
def test_a_step_comes_so_many_local_days_later_at_its_local_hour(
    since: datetime, zone: str, days: int, hour: int
) -> None:
    moment = moment_of(days, time(hour), since, zone, EVERY).astimezone(ZoneInfo(zone))
    assert moment.hour == hour
    assert moment.date() - since.astimezone(ZoneInfo(zone)).date() == timedelta(days=days)


@pytest.mark.parametrize(
    ("written", "over"),
    [
        ("2026-03-02T14:00", "2026-03-03T14:00"),  # Monday
        ("2026-03-05T09:30", "2026-03-06T09:30"),
        ("2026-03-06T14:00", "2026-03-09T14:00"),  # Friday
        ("2026-03-07T12:00", "2026-03-10T00:00"),  # Saturday
        ("2026-03-08T23:00", "2026-03-10T00:00"),
    ],
)
def test_a_working_day_leaves_weekends_out(written: str, over: str) -> None:
    assert working_day_after(at(written), "UTC") == at(over)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(ZoneInfo("UTC"))))
def test_a_first_message_is_found_before_its_working_day_is_over(written: datetime) -> None:
    """First messages are checked every working morning, so each is found in time."""
    for zone in ZONES:
        assert next_working_morning(written, zone) <= working_day_after(written, zone) + timedelta(hours=9)


def test_the_built_in_journey_is_short_and_says_one_thing_at_a_time() -> None:
    assert max(len(step.words) for step in BUILT_IN) <= 260
    assert {step.day for step in BUILT_IN} == {1, 3, 7, 14, 30}
