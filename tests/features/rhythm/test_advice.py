"""What people answered, counted; and what coordinators are told when prompts fall flat."""

from datetime import UTC, date, datetime, timedelta

import pytest

from facilitation.core.values.speech import plain
from facilitation.rhythm.advice import better_deck, has_few_answers, slower_rule
from facilitation.rhythm.figures import (
    Average,
    Response,
    averages,
    duration_in_words,
    response_in_words,
    response_to,
)
from facilitation.rhythm.rule_parser import parse_rule
from facilitation.rhythm.rule_words import rule_in_words
from storage.rhythm import DateOutcome, Dealt, Deck, NearbyMessage, Talk
from tests.features.rhythm.steps import (
    DAY,
    HOUR,
    MINUTE,
    TUESDAY,
    WEEK,
    labels,
    make,
    prompts,
    rhythms,
    until,
)
from tests.testbed import Posted, Testbed, words_of

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
DEALT = Dealt(1, "rhythm:1:2026-03-03", date(2026, 3, 3), AT, DateOutcome.POSTED, "", 1, AT, 1, False)


def message(minutes: float, person: int | None, *, thread: str = "", refers_to: str = "") -> NearbyMessage:
    return NearbyMessage(AT + timedelta(minutes=minutes), f"m{minutes}", thread, refers_to, person)


def answered(*messages: NearbyMessage) -> tuple[int, int]:
    found = response_to(DEALT, Talk("root", AT, messages))
    return found.people, found.replies


# Counting ------------------------------------------------------------------------------------------


def test_replies_in_its_thread_and_by_reference_count() -> None:
    assert answered(
        message(600, 1, thread="root"), message(900, 2, refers_to="root"), message(950, 1, thread="root")
    ) == (2, 3)


def test_what_belongs_to_another_thread_does_not() -> None:
    assert answered(message(5, 1, thread="other"), message(6, 2, refers_to="other")) == (0, 0)


def test_the_conversation_that_it_began_counts_until_it_falls_silent() -> None:
    assert answered(message(5, 1), message(30, 2), message(59, 3), message(95, 4)) == (3, 3)
    assert answered(message(45, 1)) == (0, 0)


def test_a_conversation_that_was_under_way_is_not_an_answer() -> None:
    assert answered(message(-10, 1), message(5, 2), message(6, 3, thread="root")) == (1, 1)


def test_who_is_forgotten_counts_as_a_reply_and_as_nobody() -> None:
    assert answered(message(5, None, thread="root")) == (0, 1)


def test_figures_in_words() -> None:
    found = response_to(
        DEALT, Talk("root", AT, (message(12, 1, thread="root"), message(13, 2, thread="root")))
    )
    assert plain(response_in_words(found)) == "2 people, 2 replies, the first after 12 minutes"
    assert plain(response_in_words(Response(DEALT, 0, 0, None))) == "no answers"
    assert [duration_in_words(span) for span in (MINUTE / 6, 119 * MINUTE, 3 * HOUR, 30 * HOUR, 2 * DAY)] == [
        "1 minute", "119 minutes", "3 hours", "30 hours", "2 days",
    ]  # fmt: skip


# Judging -------------------------------------------------------------------------------------------


def drew(*people: int) -> list[Response]:
    return [Response(DEALT, number, number, None) for number in people]


def test_four_in_a_row_with_fewer_than_two_people_fell_flat() -> None:
    assert has_few_answers(drew(1, 0, 1, 1))
    assert has_few_answers(drew(0, 0, 0, 0, 9))
    assert not has_few_answers(drew(1, 1, 1))
    assert not has_few_answers(drew(1, 1, 1, 2))
    assert not has_few_answers(drew(2, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("every week on tue at 10", "every 2 weeks on Tuesday at 10:00"),
        ("every week on tue, thu at 10", "every 2 weeks on Tuesday and Thursday at 10:00"),
        ("every 2 weeks on tue at 10", "every 4 weeks on Tuesday at 10:00"),
        ("weekdays at 9", "every Tuesday at 09:00"),
        ("daily at 9", "every Tuesday at 09:00"),
        ("every 12 weeks on tue at 10", None),
        ("first monday of the month at 9", None),
        ("monthly on day 3 at 9", None),
    ],
)
def test_a_slower_beat(now: str, then: str | None) -> None:
    rule = slower_rule(parse_rule(now), AT, "UTC")
    assert (rule_in_words(rule) if rule else None) == then


def test_the_other_deck_is_the_best_answered_else_the_next_untried() -> None:
    decks = [Deck(n, "", f"d{n}", 10, 10) for n in range(1, 5)]
    best = {1: Average(0.5, 4), 2: Average(2.0, 3), 3: Average(4.0, 3)}
    assert better_deck(1, decks, best) == decks[2]
    assert better_deck(1, decks, {1: Average(0.5, 4), 2: Average(0.3, 3)}) == decks[2]
    assert better_deck(4, decks, {}) == decks[0]
    assert better_deck(1, decks[:1], {}) is None
    assert better_deck(1, [decks[0], Deck(9, "", "empty")], {}) is None


def test_averages_by_deck_and_by_weekday() -> None:
    assert averages(drew(1, 3), "deck") == {1: Average(2.0, 2)}
    assert averages(drew(1, 3), "weekday") == {1: Average(2.0, 2)}


# On the desk ---------------------------------------------------------------------------------------


async def answer(bed: Testbed, post: Posted, *people: str) -> None:
    """These people reply in the thread of a prompt."""
    for who in people:
        bed.clock.advance(10 * MINUTE)
        await bed.write(
            who, "Mine is the list on the door.", post.address.handle, thread=post.message, reply=True
        )


async def weeks(bed: Testbed, *people: tuple[str, ...]) -> None:
    """A prompt each week, answered by these."""
    for number, some in enumerate(people):
        await until(bed, TUESDAY + number * WEEK)
        await answer(bed, prompts(bed)[-1], *some)
    await bed.pass_time(2 * DAY)


async def test_the_list_shows_what_a_prompt_drew(either: Testbed) -> None:
    bed = either
    await make(bed)
    await weeks(bed, ("marek", "nadia", "marek"))
    listed = words_of(await bed.send("ines", "/coordinate rhythm list"))
    assert "Last prompt, Tue 3 Mar 10:00: 2 people, 3 replies, the first after 11 minutes" in listed


async def test_answers_are_shown_prompt_by_prompt_and_by_day_and_deck(either: Testbed) -> None:
    bed = either
    made = await make(bed, "mon, tue at 10:00")
    empty = await bed.press("ines", await bed.send("ines", "/coordinate rhythm list"), "Answers")
    assert "No prompt has been posted yet." in words_of(empty)
    await until(bed, TUESDAY - DAY)
    await answer(bed, prompts(bed)[-1], "marek", "nadia", "kofi")
    await until(bed, TUESDAY)
    await answer(bed, prompts(bed)[-1], "lena")
    await bed.pass_time(2 * DAY)
    shown = words_of(await bed.press("ines", await bed.send("ines", "/coordinate rhythm list"), "Answers"))
    lines = shown.splitlines()
    assert lines[0] == made.name
    assert "Which piece of advice" in lines[1]
    assert lines[2] == "Tue 3 Mar 10:00: one person, one reply, the first after 11 minutes"
    assert "Mon 2 Mar 10:00: 3 people, 3 replies" in lines[4]
    assert "Monday 3 with one prompt and Tuesday 1 with one prompt" in shown
    assert "Seeking experience 2 on average of 2" in shown


async def test_four_flat_ones_bring_a_suggestion_with_the_figures(either: Testbed) -> None:
    bed = either
    await make(bed)
    await weeks(bed, ("marek",), (), ("nadia",))
    assert "last four" not in words_of(await bed.send("ines", "/coordinate desk"))
    await until(bed, TUESDAY + 3 * WEEK)
    assert "last four" not in words_of(await bed.send("ines", "/coordinate desk")), "people have a day"
    await until(bed, TUESDAY + 3 * WEEK + DAY)
    desk = await bed.send("ines", "/coordinate desk")
    assert "Tuesday prompt: the last four prompts were answered by 1, 0, 1, 0 people." in words_of(desk)
    assert "“Problem solving” has not been tried yet." in words_of(desk)
    assert labels(desk)[-3:] == ["Every two weeks instead", "Other deck", "Leave it"]
    assert "If ignored: it goes on as it is." in words_of(desk)
    [made] = await rhythms(bed)
    assert made.rrule == "FREQ=WEEKLY;BYDAY=TU", "nothing changes by itself"


async def test_two_people_on_one_of_them_are_enough(bed: Testbed) -> None:
    await make(bed)
    await weeks(bed, (), ("marek", "nadia"), (), (), ())
    assert "last four" not in words_of(await bed.send("ines", "/coordinate desk"))


async def test_every_two_weeks_instead_counts_from_the_last_prompt(bed: Testbed) -> None:
    await make(bed)
    await weeks(bed, (), (), (), ())
    answered_ = await bed.press("ines", await bed.send("ines", "/coordinate desk"), "Every two weeks instead")
    assert "comes every 2 weeks on Tuesday at 10:00" in words_of(answered_)
    assert "last four" not in words_of(await bed.send("ines", "/coordinate desk"))
    await until(bed, TUESDAY + 6 * WEEK)
    assert [post.at for post in prompts(bed)][4:] == [TUESDAY + 5 * WEEK - HOUR]


async def test_another_deck_with_one_press(bed: Testbed) -> None:
    await make(bed)
    await weeks(bed, (), (), (), ())
    answered_ = await bed.press("ines", await bed.send("ines", "/coordinate desk"), "Other deck")
    assert "draws from “Problem solving” from now on" in words_of(answered_)
    await until(bed, TUESDAY + 4 * WEEK)
    assert "What is stuck on your desk" in prompts(bed)[-1].words


async def test_left_alone_it_is_judged_afresh(bed: Testbed) -> None:
    await make(bed)
    await weeks(bed, (), (), (), ())
    await bed.press("ines", await bed.send("ines", "/coordinate desk"), "Leave it")
    assert "last four" not in words_of(await bed.send("ines", "/coordinate desk"))
    await until(bed, TUESDAY + 6 * WEEK + 2 * DAY)
    assert "last four" not in words_of(await bed.send("ines", "/coordinate desk"))
    await until(bed, TUESDAY + 7 * WEEK + 2 * DAY)
    assert "last four" in words_of(await bed.send("ines", "/coordinate desk"))
