"""Prompts at their time: each once, late within the grace, else recorded with the reason."""

from datetime import timedelta
from unittest.mock import ANY

import pytest

from facilitation.core.values import public_holidays
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import Unreachable
from facilitation.core.values.events import ChannelChanged, ChannelFacts
from storage.communities import People
from storage.unit import Units
from tests.features.rhythm.steps import (
    DAY,
    HOUR,
    MINUTE,
    TUESDAY,
    WEEK,
    begun,
    change,
    dates,
    labels,
    make,
    prompts,
    rhythms,
    until,
)
from tests.testbed import Testbed, words_of

MONDAY = TUESDAY - DAY
FIRST = "What did you do differently the second time"


async def jump(bed: Testbed, by: timedelta) -> None:
    """The clock steps; nothing happened in between. A virtual clock goes back only by force."""
    bed.clock._at += by
    await bed.settle()


async def test_a_prompt_comes_at_its_time_and_at_no_other(units: Units, clock: VirtualClock) -> None:
    bed = await begun(units, clock)
    await make(bed)
    await bed.pass_time(TUESDAY - MINUTE - bed.clock.now())
    assert prompts(bed) == []
    await until(bed, TUESDAY)
    [posted] = prompts(bed)
    assert posted.at == TUESDAY
    assert posted.address.handle == "general"
    assert FIRST in posted.words
    await until(bed, TUESDAY + 3 * WEEK)
    assert [post.at for post in prompts(bed)] == [TUESDAY + n * WEEK for n in range(4)]
    assert len({post.words for post in prompts(bed)}) == 4


async def test_the_local_time_stays_when_the_clocks_change(bed: Testbed) -> None:
    await make(bed)
    await until(bed, TUESDAY + 4 * WEEK)
    assert prompts(bed)[-1].at == TUESDAY + 4 * WEEK - HOUR


async def test_late_within_the_grace_it_is_posted_late(bed: Testbed) -> None:
    await make(bed)
    await jump(bed, TUESDAY + 5 * HOUR - bed.clock.now())
    assert len(prompts(bed)) == 1
    await until(bed, TUESDAY + WEEK)
    assert len(prompts(bed)) == 2


async def test_later_it_is_missed_and_said_so(bed: Testbed) -> None:
    made = await make(bed)
    await jump(bed, TUESDAY + 7 * HOUR - bed.clock.now())
    assert prompts(bed) == []
    assert await dates(bed, made.id) == [("2026-03-03", "missed", "")]
    assert "Missed Tue 3 Mar 10:00: I was not running." in words_of(
        await bed.send("ines", "/coordinate rhythm list")
    )
    await until(bed, TUESDAY + WEEK)
    assert FIRST in prompts(bed)[0].words, "what was missed is not used up"


async def test_after_weeks_of_silence_there_is_no_burst(bed: Testbed) -> None:
    made = await make(bed, "daily at 10:00")
    await until(bed, TUESDAY)
    await jump(bed, 30 * DAY)
    found = await dates(bed, made.id)
    assert [outcome for _, outcome, _ in found].count("missed") == 29
    assert [day for day, _, _ in found] == [str((MONDAY + n * DAY).date()) for n in range(len(found))]
    assert len(prompts(bed)) == 3, "only the newest is within the grace"


@pytest.mark.parametrize("step", [HOUR, -HOUR, 3 * DAY, -3 * DAY], ids=str)
async def test_a_clock_that_steps_doubles_nothing_and_loses_only_what_it_records(
    bed: Testbed, step: timedelta
) -> None:
    made = await make(bed, "daily at 10:00")
    await until(bed, TUESDAY + 3 * DAY)
    before = len(prompts(bed))
    await jump(bed, step)
    await until(bed, TUESDAY + 10 * DAY)
    days = [day for day, _, _ in await dates(bed, made.id)]
    assert len(days) == len(set(days))
    assert days == [str((MONDAY + n * DAY).date()) for n in range(len(days))]
    posted = [day for day, outcome, _ in await dates(bed, made.id) if outcome == "posted"]
    assert len(prompts(bed)) == len(posted) > before
    assert len({post.words for post in prompts(bed)[:10]}) == min(len(posted), 10)


# Changed in between --------------------------------------------------------------------------------


async def test_a_zone_edited_after_the_prompt_brings_no_second_one_that_day(bed: Testbed) -> None:
    made = await make(bed, "daily at 10:00")
    await until(bed, TUESDAY)
    await change(bed, made.id, zone="America/New_York")
    await until(bed, TUESDAY + 2 * DAY + 12 * HOUR)
    days = [day for day, outcome, _ in await dates(bed, made.id) if outcome == "posted"]
    assert days == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]
    assert prompts(bed)[2].at == TUESDAY + DAY + 5 * HOUR


async def test_a_time_edited_before_the_prompt_moves_it(bed: Testbed) -> None:
    made = await make(bed)
    await until(bed, TUESDAY - HOUR)
    await change(bed, made.id, when="every week on tue at 16:00")
    await until(bed, TUESDAY + 12 * HOUR)
    assert [post.at for post in prompts(bed)] == [TUESDAY + 6 * HOUR]


@pytest.mark.parametrize("late", [timedelta(), timedelta(milliseconds=400), timedelta(minutes=3)], ids=str)
@pytest.mark.parametrize("when", ["every week on tue at 16:00", "every week on thu at 9:00"])
async def test_edited_at_the_second_it_is_due_it_still_comes_once(
    either: Testbed, late: timedelta, when: str
) -> None:
    bed = either
    made = await make(bed)
    bed.clock.move_to(TUESDAY + late)  # due, and nobody has looked yet
    await change(bed, made.id, when=when, name="Another name")
    await until(bed, TUESDAY + 2 * HOUR)
    assert len(prompts(bed, "Another name")) == 1
    await until(bed, TUESDAY + 12 * HOUR)
    assert len(prompts(bed, "Another name")) == 1, "not again on the same day"
    await until(bed, TUESDAY + WEEK + 12 * HOUR)
    found = await dates(bed, made.id)
    assert [outcome for _, outcome, _ in found] == ["posted"] * len(found)
    assert len(prompts(bed, "Another name")) == len(found) >= 2


async def test_edited_long_after_it_was_due_what_was_missed_is_written_down(bed: Testbed) -> None:
    made = await make(bed, "daily at 10:00")
    bed.clock.move_to(TUESDAY + 3 * DAY + 8 * HOUR)
    await change(bed, made.id, when="daily at 19:00")
    await until(bed, TUESDAY + 4 * DAY + 12 * HOUR)
    found = await dates(bed, made.id)
    assert [day for day, _, _ in found] == [str((MONDAY + n * DAY).date()) for n in range(6)]
    assert [outcome for _, outcome, _ in found] == ["missed"] * 5 + ["posted"]


async def test_removed_it_says_nothing_more(bed: Testbed) -> None:
    await make(bed)
    await bed.press("ines", await bed.send("ines", "/coordinate rhythm pause"), "Remove it")
    await until(bed, TUESDAY + WEEK)
    assert prompts(bed) == []
    assert await rhythms(bed) == []


# Skipped -------------------------------------------------------------------------------------------


async def test_hushed_it_is_skipped_and_says_so(bed: Testbed) -> None:
    made = await make(bed)
    await bed.send("ines", "/coordinate hush")
    assert "skipped while I am hushed" in words_of(await bed.send("ines", "/coordinate rhythm list"))
    await until(bed, TUESDAY)
    assert await dates(bed, made.id) == [("2026-03-03", "skipped", "hushed")]
    await bed.press("ines", await bed.send("ines", "/coordinate desk"), "Speak again")
    await until(bed, TUESDAY + WEEK)
    assert len(prompts(bed)) == 1


async def test_on_a_public_holiday_it_is_skipped_and_says_so(bed: Testbed) -> None:
    made = await make(bed, "first fri of the month at 10:00")
    await until(bed, TUESDAY + 20 * DAY)
    assert "skipped: Good Friday" in words_of(await bed.send("ines", "/coordinate rhythm list"))
    await until(bed, TUESDAY + 40 * DAY)
    assert [(day, outcome) for day, outcome, _ in await dates(bed, made.id)] == [
        ("2026-03-06", "posted"),
        ("2026-04-03", "skipped"),
    ]
    listed = words_of(await bed.send("ines", "/coordinate rhythm list"))
    assert "Skipped Fri 3 Apr 10:00: Good Friday." in listed
    assert "So far: 1 posted, 1 skipped" in listed


async def test_holidays_may_be_ignored(bed: Testbed) -> None:
    made = await make(bed, "first fri of the month at 10:00")
    await change(bed, made.id, holidays=False)
    await until(bed, TUESDAY + 40 * DAY)
    assert len(prompts(bed)) == 2


def test_a_country_nobody_wrote_down_has_no_holidays() -> None:
    assert public_holidays.holiday("ZZ", TUESDAY.date()) == ""
    assert public_holidays.holiday("", TUESDAY.date()) == ""


async def test_paused_it_is_skipped_until_it_is_resumed(bed: Testbed) -> None:
    made = await make(bed)
    await bed.send("ines", "/coordinate rhythm pause tuesday prompt")
    await until(bed, TUESDAY)
    assert await dates(bed, made.id) == [("2026-03-03", "skipped", "paused")]
    assert "Paused." in words_of(await bed.send("ines", "/coordinate rhythm list"))
    answer = await bed.send("ines", "/coordinate rhythm resume")
    assert "goes on. Next: Tue 10 Mar 10:00." in words_of(answer)
    await until(bed, TUESDAY + WEEK)
    assert len(prompts(bed)) == 1
    assert "not paused" in words_of(await bed.send("ines", "/coordinate rhythm resume"))


async def test_paused_until_a_date_it_goes_on_by_itself(bed: Testbed) -> None:
    await make(bed)
    asked = await bed.press("ines", await bed.send("ines", "/coordinate rhythm pause"), "Only until a date")
    assert asked.form is not None
    args = {**asked.form.kept, "until": "2026-03-12"}
    answer = await bed.send("ines", command=asked.form.command, args=args, via="form", submitted=True)
    assert "rests until Thursday 12 March" in words_of(answer)
    assert "Paused until" in words_of(await bed.send("ines", "/coordinate rhythm list"))
    await until(bed, TUESDAY + 2 * WEEK)
    assert [post.at for post in prompts(bed)] == [TUESDAY + 2 * WEEK]
    past = await bed.send(
        "ines", command=asked.form.command, args=args | {"until": "2026-03-01"}, via="form", submitted=True
    )
    assert past.form is not None
    assert "That day is over" in past.form.errors["until"]


async def test_before_begin_its_dates_are_skipped(units: Units, clock: VirtualClock) -> None:
    bed = await begun(units, clock)
    made = await make(bed)
    async with bed.units.write() as session:
        await People(session, (await bed.community()).id).configure(begun_at=None)
    await until(bed, TUESDAY)
    assert await dates(bed, made.id) == [("2026-03-03", "skipped", "we had not begun")]


async def test_a_channel_that_is_gone_pauses_it_and_the_desk_says_so(bed: Testbed) -> None:
    made = await make(bed, channel="help")
    await bed.receive(ChannelChanged(bed.clock.now(), ChannelFacts("help", "help"), lost=True))
    await until(bed, TUESDAY)
    assert await dates(bed, made.id) == [("2026-03-03", "skipped", "its channel is gone")]
    desk = await bed.send("ines", "/coordinate desk")
    assert "Tuesday prompt has lost its channel." in words_of(desk)
    assert (await bed.press("ines", desk, "Choose another")).form is not None
    await change(bed, made.id, channel="general")
    await until(bed, TUESDAY + WEEK)
    assert len(prompts(bed)) == 1


async def test_an_empty_deck_is_skipped_and_the_desk_says_so(bed: Testbed) -> None:
    made = await make(bed)
    deck = await bed.send("ines", "/coordinate rhythm deck seeking")
    while "Remove" in labels(deck):
        removed = await bed.press("ines", deck, "Remove")
        deck = await bed.press("ines", removed, "Look at the deck")
    await until(bed, TUESDAY)
    assert await dates(bed, made.id) == [("2026-03-03", "skipped", "its deck is empty")]
    desk = words_of(await bed.send("ines", "/coordinate desk"))
    assert "The deck “Seeking experience” is empty." in desk


async def test_what_could_not_be_posted_is_written_down_and_comes_again(bed: Testbed) -> None:
    made = await make(bed)
    bed.surface.faults.append(Unreachable("forbidden"))
    await until(bed, TUESDAY)
    assert await dates(bed, made.id) == [("2026-03-03", "failed", "forbidden")]
    assert "Could not be posted Tue 3 Mar 10:00: forbidden." in words_of(
        await bed.send("ines", "/coordinate rhythm list")
    )
    await until(bed, TUESDAY + WEEK)
    assert FIRST in prompts(bed)[0].words


# Yielding ------------------------------------------------------------------------------------------


async def chatter(bed: Testbed, minutes: int) -> None:
    """Two people talk in the channel until then, a message every five minutes."""
    for number in range(0, minutes, 5):
        await bed.write(("marek", "nadia")[number % 2], "and another thing", "general")
        await bed.pass_time(5 * MINUTE)


async def test_it_does_not_wait_unless_it_was_told_to(bed: Testbed) -> None:
    await make(bed)
    await bed.pass_time(TUESDAY - 10 * MINUTE - bed.clock.now())
    await chatter(bed, 30)
    assert [post.at for post in prompts(bed)] == [TUESDAY]


async def test_told_to_it_waits_for_a_conversation_to_end(either: Testbed) -> None:
    bed = either
    made = await make(bed)
    await change(bed, made.id, yields=True)
    await bed.pass_time(TUESDAY - 10 * MINUTE - bed.clock.now())
    await chatter(bed, 30)  # the last word is at 10:15
    await until(bed, TUESDAY + HOUR)
    [posted] = prompts(bed)
    assert TUESDAY + 25 * MINUTE < posted.at <= TUESDAY + 30 * MINUTE
    await until(bed, TUESDAY + WEEK)
    assert [post.at for post in prompts(bed)][1:] == [TUESDAY + WEEK]


async def test_it_waits_an_hour_at_most(bed: Testbed) -> None:
    made = await make(bed)
    await change(bed, made.id, yields=True)
    await bed.pass_time(TUESDAY - 10 * MINUTE - bed.clock.now())
    await chatter(bed, 90)
    assert [post.at for post in prompts(bed)] == [TUESDAY + HOUR]


async def test_talk_elsewhere_is_no_reason_to_wait(bed: Testbed) -> None:
    made = await make(bed)
    await change(bed, made.id, yields=True)
    await bed.pass_time(TUESDAY - MINUTE - bed.clock.now())
    await bed.write("marek", "hello", "help")
    await until(bed, TUESDAY)
    assert len(prompts(bed)) == 1


async def test_edited_while_it_waits_it_still_comes_once(bed: Testbed) -> None:
    made = await make(bed)
    await change(bed, made.id, yields=True)
    await bed.pass_time(TUESDAY - MINUTE - bed.clock.now())
    await bed.write("marek", "hello", "general")
    await bed.pass_time(2 * MINUTE)
    await change(bed, made.id, when="every week on tue at 12:00", yields=True)
    await until(bed, TUESDAY + 5 * HOUR)
    assert len(prompts(bed)) == 1
    assert await dates(bed, made.id) == [("2026-03-03", "posted", ANY)]
