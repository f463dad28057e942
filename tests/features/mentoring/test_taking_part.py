"""Offers, requests, breaks, and what stays secret; buttons pressed late, twice or by somebody else."""

from datetime import timedelta

import pytest

from storage.communities import People
from storage.mentoring import Stage
from tests.features.community import button_labels, direct_messages, submit_form, value_of
from tests.features.mentoring.steps import (
    DAY,
    WEEK,
    configure,
    grouped,
    newest,
    offer,
    pair_of,
    paired,
    pairs_of,
    request,
    say,
    to,
)
from tests.testbed import Testbed, words_of


async def test_what_was_offered_and_asked_for_stands_in_the_form(quick: Testbed) -> None:
    await offer(quick, "kofi", "python, tests", capacity=2, enjoys="calm talks")
    form = (await quick.send("kofi", "/cop mentor offer")).form
    assert value_of(form, "topics") == ("python", "tests")
    assert (value_of(form, "capacity"), value_of(form, "enjoys")) == (2, "calm talks")
    typed = (await quick.send("nadia", "/cop mentor request #python #testing")).form
    assert value_of(typed, "topics") == ["#python", "#testing"]


async def test_a_name_typed_after_the_command_is_not_taken_for_somebody_to_avoid(quick: Testbed) -> None:
    answer = await quick.send("nadia", "/cop mentor request #python <@kofi>")
    assert "for the form alone" in words_of(answer)


async def test_no_more_mentees_than_offered(quick: Testbed) -> None:
    await offer(quick, "kofi", capacity=2)
    for who in ("nadia", "lena", "marek"):
        await request(quick, who)
    asked = [who for who in ("nadia", "lena", "marek") if "Kofi" in newest(quick, who)]
    assert len(asked) == 2
    left = ({"nadia", "lena", "marek"} - set(asked)).pop()
    assert "free just now and fits" in newest(quick, left)


async def test_whom_one_would_rather_avoid_is_never_proposed_and_never_told(bed: Testbed) -> None:
    kofi = await bed.member("kofi")
    await offer(bed, "kofi")
    await request(bed, "nadia", not_with=kofi.id)
    assert "Kofi" not in newest(bed, "nadia")
    assert "Kofi" in words_of(await bed.send("nadia", "/cop mentor status"))
    for answer in (
        await bed.send("ines", "/coordinate pairs review"),
        await bed.send("ines", "/coordinate pairs list"),
        await bed.send("ines", "/coordinate pairs exclude"),
        await bed.send("kofi", "/cop mentor status"),
    ):
        words = words_of(answer)
        assert "exclu" not in words.replace("pairs exclude", "")
        assert not ("Kofi" in words and "Nadia" in words)


async def test_what_a_mentor_wishes_in_secret_holds_against_coordinators_too(quick: Testbed) -> None:
    nadia, kofi = await quick.member("nadia"), await quick.member("kofi")
    await offer(quick, "kofi", not_with=nadia.id)
    answer = await submit_form(quick, "ines", "mentoring.propose_pair", mentor=kofi.id, mentee=nadia.id)
    await quick.settle()
    assert "I ask Nadia first" in words_of(answer)
    await quick.pass_time(4 * DAY)
    assert (to(quick, "nadia"), to(quick, "kofi")) == ([], [])
    assert (await pair_of(quick, "nadia")).stage is Stage.DECLINED


async def test_somebody_is_taken_off_the_list_again(quick: Testbed) -> None:
    await request(quick, "nadia", not_with=(await quick.member("kofi")).id)
    await quick.press("nadia", await quick.send("nadia", "/cop mentor status"), "Take off")
    assert "Kofi" not in words_of(await quick.send("nadia", "/cop mentor status"))


async def test_a_press_by_somebody_else_is_refused(quick: Testbed) -> None:
    await offer(quick, "kofi")
    await request(quick, "nadia")
    question = direct_messages(quick, "nadia")[-1]
    for who in ("kofi", "lena", "ines"):
        assert "for somebody else" in words_of(await quick.press(who, question, "Fine"))
    assert (await pair_of(quick, "nadia")).stage is Stage.PROPOSED


async def test_a_button_pressed_twice_or_late_does_nothing_twice(quick: Testbed) -> None:
    await offer(quick, "kofi")
    await request(quick, "nadia")
    asked = direct_messages(quick, "nadia")[-1].renderable
    await say(quick, "nadia", "Fine")
    assert "I have it already" in words_of(await quick.press("nadia", asked, "Fine"))
    offered = direct_messages(quick, "kofi")[-1].renderable
    await say(quick, "kofi", "Accept")
    assert "said yes already" in words_of(await quick.press("kofi", offered, "Accept"))
    assert "said yes already" in words_of(await quick.press("kofi", offered, "Not now"))
    await quick.settle()
    assert len(grouped(quick)) == 1
    assert (await pair_of(quick, "nadia")).stage is Stage.ACTIVE


async def test_a_check_in_is_answered_once(quick: Testbed) -> None:
    await paired(quick)
    await quick.pass_time(3 * DAY + timedelta(hours=2))
    asked = grouped(quick)[-1].renderable
    await quick.press("nadia", asked, "Not yet")
    assert "I have an answer" in words_of(await quick.press("kofi", asked, "We met"))
    assert (await pair_of(quick, "nadia")).checkin_answer == "not_yet"


async def test_a_break_keeps_new_ones_away_and_check_ins_silent(quick: Testbed) -> None:
    await paired(quick)
    await submit_form(quick, "kofi", "mentoring.pause", until="2026-04-06")
    await quick.pass_time(4 * WEEK)
    assert len(grouped(quick)) == 1
    await quick.pass_time(WEEK)
    assert "How is it going" in grouped(quick)[-1].words or "found a time" in grouped(quick)[-1].words


async def test_who_is_on_a_break_is_not_proposed_until_they_are_back(quick: Testbed) -> None:
    await offer(quick, "kofi")
    away = await submit_form(quick, "kofi", "mentoring.pause")
    await request(quick, "nadia")
    assert "Kofi" not in newest(quick, "nadia")
    await quick.press("kofi", away, "I am back")
    await quick.settle()
    assert "Kofi could be a good mentor" in newest(quick, "nadia")


async def test_a_day_that_is_over_ends_no_break(quick: Testbed) -> None:
    answer = await submit_form(quick, "kofi", "mentoring.pause", until="2026-03-01")
    assert answer.form is not None
    assert "still to come" in answer.form.errors["until"]


async def test_who_takes_back_a_request_is_asked_no_more(quick: Testbed) -> None:
    await offer(quick, "kofi")
    await request(quick, "nadia")
    await quick.press("nadia", await quick.send("nadia", "/cop mentor end"), "Take back my request")
    await quick.settle()
    assert "settled" in newest(quick, "nadia")
    assert [pair.stage for pair in await pairs_of(quick, "nadia")] == [Stage.DECLINED]


async def test_an_offer_taken_back_while_it_is_asked_for_goes_to_the_next(quick: Testbed) -> None:
    await offer(quick, "kofi", "python, testing")
    await request(quick, "nadia", "python, testing")
    await say(quick, "nadia", "Fine")
    await offer(quick, "lena", "python")
    await quick.press("kofi", await quick.send("kofi", "/cop mentor end"), "Take back my offer")
    await quick.settle()
    assert "Lena could be a good mentor" in newest(quick, "nadia")


async def test_there_may_be_nothing_to_end(quick: Testbed) -> None:
    answer = await quick.send("nadia", "/cop mentor end")
    assert "nothing to end" in words_of(answer)
    assert button_labels(answer) == []


async def test_questions_wait_for_the_morning_of_who_is_asked(quick: Testbed) -> None:
    member = await quick.member("kofi")
    async with quick.units.write() as session:
        await People(session, member.community).change(member.id, zone="America/New_York")
    await offer(quick, "kofi")
    await request(quick, "nadia")
    await say(quick, "nadia", "Fine")
    assert to(quick, "kofi") == []
    await quick.pass_time(timedelta(hours=8))
    assert "Would you be a mentor?" in newest(quick, "kofi")
    assert to(quick, "kofi")[-1].at.hour == 13


async def test_nobody_is_offered_themselves(quick: Testbed) -> None:
    await offer(quick, "nadia")
    await request(quick, "nadia")
    assert await pairs_of(quick, "nadia") == []
    assert "nobody offers that yet" in newest(quick, "nadia")


async def test_a_hush_stops_the_clock_and_not_the_people(quick: Testbed) -> None:
    await paired(quick)
    await submit_form(quick, "ines", "coordination.hush", until="2026-03-16")
    await quick.pass_time(WEEK)
    assert len(grouped(quick)) == 1
    await quick.pass_time(WEEK + DAY)
    assert "found a time" in grouped(quick)[-1].words


@pytest.mark.parametrize("shared", [True, False])
async def test_feedback_is_for_coordinators_only_if_given_to_them(quick: Testbed, shared: bool) -> None:
    number = await paired(quick)
    await submit_form(
        quick, "nadia", "mentoring.give_feedback", pair=number, words="It helped a lot.", shared=shared
    )
    assert ("It helped a lot." in words_of(await quick.send("ines", "/coordinate pairs list"))) is shared
    assert "It helped a lot." not in words_of(await quick.send("kofi", "/cop mentor status"))


async def test_home_shows_my_mentor(quick: Testbed) -> None:
    await configure(quick)
    await paired(quick)
    assert "Your mentor is Kofi" in words_of(await quick.send("nadia", "/cop home"))
    assert "You are the mentor of Nadia" in words_of(await quick.send("kofi", "/cop home"))
