"""Rounds, the review, pairs by hand, exclusions, and mentoring on the desk."""

import pytest

from facilitation.core.values.cards import buttons_in
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import Profile
from storage.mentoring import Stage
from storage.unit import Units
from tests.features.community import button_labels, channel_messages, direct_messages, submit_form
from tests.features.mentoring.steps import (
    DAY,
    HOUR,
    WEEK,
    begun,
    configure,
    newest,
    offer,
    pair_of,
    paired,
    pairs_of,
    public,
    request,
    request_of,
    say,
    to,
)
from tests.testbed import Testbed, words_of

MONTHLY = {"rounds": True, "day": 9, "at_once": False, "review": "by a coordinator"}


# Rounds --------------------------------------------------------------------------------------------------


async def test_a_round_has_a_sign_up_a_closing_date_and_a_review(bed: Testbed) -> None:
    saved = await configure(bed, **MONTHLY)
    assert "next on Mon 09 Mar 10:00" in words_of(saved)
    await bed.pass_time(WEEK + 2 * HOUR)
    assert "A mentoring round" in public(bed)[-1].words
    assert [one.label for one in buttons_in(public(bed)[-1].card)] == ["Ask for a mentor", "Offer"]
    await offer(bed, "kofi")
    await request(bed, "nadia")
    assert to(bed, "nadia") == [], "nobody is asked before the round closes"
    await bed.pass_time(WEEK)
    assert "closed" in public(bed)[-1].words
    review = channel_messages(bed, "desk")[-1]
    assert "One pair waits for your word" in review.words
    looked = await bed.press("ines", review, "Look at them")
    assert "Nadia with Kofi, fit" in words_of(looked)
    await bed.press("ines", looked, "Approve all")
    await bed.settle()
    assert "Kofi could be a good mentor" in newest(bed, "nadia")


async def test_a_round_for_which_nobody_signs_up_says_nothing_more(quick: Testbed) -> None:
    await configure(quick, **MONTHLY)
    await quick.pass_time(WEEK + 2 * HOUR)
    posts = len(quick.posts)
    await quick.pass_time(WEEK + DAY)
    assert [post.words for post in quick.posts[posts:] if "mentor" in post.words.lower()] == []


async def test_without_rounds_nothing_is_posted_at_all(quick: Testbed) -> None:
    await quick.pass_time(6 * WEEK)
    assert not any("mentor" in post.words.lower() for post in quick.posts)


async def test_a_hush_skips_the_round(quick: Testbed) -> None:
    await configure(quick, **MONTHLY)
    await submit_form(quick, "ines", "coordination.hush", until="2026-03-12")
    await quick.pass_time(3 * WEEK)
    assert public(quick) == []


async def test_who_is_not_matched_hears_why_and_when_the_next_round_is(quick: Testbed) -> None:
    await configure(quick, **MONTHLY)
    await quick.pass_time(WEEK + 2 * HOUR)
    await request(quick, "nadia", "knitting")
    await quick.pass_time(WEEK)
    assert "nobody offers that yet" in newest(quick, "nadia")
    assert "The next round is on Thu 09 Apr" in newest(quick, "nadia")
    looked = words_of(await quick.send("ines", "/coordinate pairs review"))
    assert "no free mentor on knitting" in looked


async def test_pairs_go_out_by_themselves_after_three_working_days_if_that_is_set(quick: Testbed) -> None:
    await configure(quick, review="by itself after 3 days")
    await offer(quick, "kofi")
    await request(quick, "nadia")
    assert to(quick, "nadia") == []
    await quick.pass_time(4 * DAY)
    assert "Kofi could be a good mentor" in newest(quick, "nadia")


async def test_switched_off_rounds_stop_and_an_open_one_is_finished(quick: Testbed) -> None:
    await configure(quick, **MONTHLY)
    await quick.pass_time(WEEK + 2 * HOUR)
    await configure(quick, **{**MONTHLY, "rounds": False})
    await quick.pass_time(8 * WEEK)
    assert len(public(quick)) == 1
    assert "closed" in public(quick)[0].words


# The review ----------------------------------------------------------------------------------------------


async def test_a_skipped_pair_is_followed_by_the_next_best(quick: Testbed) -> None:
    await configure(quick, review="by a coordinator")
    await offer(quick, "kofi", "python, testing")
    await offer(quick, "lena", "python")
    await request(quick, "nadia", "python, testing")
    looked = await quick.send("ines", "/coordinate pairs review")
    assert "Nadia with Kofi" in words_of(looked)
    looked = await quick.press("ines", looked, "Skip")
    assert "Nadia with Lena" in words_of(looked)
    await quick.press("ines", looked, "Approve")
    await quick.settle()
    assert "Lena could be a good mentor" in newest(quick, "nadia")
    assert to(quick, "kofi") == []


async def test_what_was_approved_is_not_approved_twice(quick: Testbed) -> None:
    await configure(quick, review="by a coordinator")
    await offer(quick, "kofi")
    await request(quick, "nadia")
    looked = await quick.send("ines", "/coordinate pairs review")
    for _ in range(2):
        await quick.press("ines", looked, "Approve")
        await quick.settle()
    assert len(direct_messages(quick, "nadia")) == 1


async def test_approve_all_is_for_those_that_were_shown(quick: Testbed) -> None:
    await configure(quick, review="by a coordinator")
    await offer(quick, "kofi")
    await request(quick, "nadia")
    looked = await quick.send("ines", "/coordinate pairs review")
    await offer(quick, "marek")
    await request(quick, "lena")
    await quick.press("ines", looked, "Approve all")
    await quick.settle()
    assert (await pair_of(quick, "nadia")).stage is Stage.PROPOSED
    assert (await pair_of(quick, "lena")).stage is Stage.DRAFT


async def test_coordinators_match_by_hand_between_rounds(quick: Testbed) -> None:
    await configure(quick, **MONTHLY)
    await offer(quick, "kofi")
    await request(quick, "nadia")
    looked = await quick.send("ines", "/coordinate pairs review")
    assert "not looked at yet" in words_of(looked)
    await quick.press("ines", looked, "Match now")
    await quick.settle()
    assert "One pair waits" in channel_messages(quick, "desk")[-1].words


async def test_a_long_review_is_shown_in_pages_that_fit_a_phone(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    people = ["ines", "kofi", *(f"p{n}" for n in range(10))]
    bed = await begun(sqlite_units, clock, people=[Profile(one, one.capitalize(), "UTC") for one in people])
    await configure(bed, review="by a coordinator", at_once=False)
    for number in range(10):
        await offer(bed, f"p{number}", f"topic{number}")
        await request(bed, f"p{number}", f"topic{(number + 1) % 10}")
    await bed.press("ines", await bed.send("ines", "/coordinate pairs review"), "Match now")
    await bed.settle()
    looked = await bed.send("ines", "/coordinate pairs review")
    assert button_labels(looked).count("Approve") == 8
    assert "2 more follow" in words_of(looked)


# By hand, and kept apart ---------------------------------------------------------------------------------


async def test_two_are_paired_by_hand_as_ever_with_both_asked(bed: Testbed) -> None:
    kofi, nadia = await bed.member("kofi"), await bed.member("nadia")
    await submit_form(bed, "ines", "mentoring.propose_pair", mentor=kofi.id, mentee=nadia.id)
    await bed.settle()
    assert "The coordinators think that Kofi" in newest(bed, "nadia")
    assert "because you take part in mentoring" in newest(bed, "nadia")
    await say(bed, "nadia", "Fine")
    await say(bed, "kofi", "Accept")
    assert (await pair_of(bed, "nadia")).stage is Stage.ACTIVE


@pytest.mark.parametrize(
    ("mentor", "mentee", "words"),
    [
        ("kofi", "kofi", "two people"),
        ("kofi", "lena", "as many as they offered"),
        ("lena", "nadia", "have a mentor"),
    ],
)
async def test_what_cannot_be_paired_by_hand_is_said(
    quick: Testbed, mentor: str, mentee: str, words: str
) -> None:
    await paired(quick)
    answer = await submit_form(quick, "ines", "mentoring.propose_pair", mentor=mentor, mentee=mentee)
    assert answer.form is not None
    assert words in " ".join(answer.form.errors.values())


async def test_two_who_are_kept_apart_are_not_paired_until_it_is_lifted(quick: Testbed) -> None:
    await submit_form(quick, "ines", "mentoring.exclude_pair", one="kofi", other="nadia")
    await offer(quick, "kofi")
    await request(quick, "nadia")
    assert await pairs_of(quick, "nadia") == []
    refused = await submit_form(quick, "ines", "mentoring.propose_pair", mentor="kofi", mentee="nadia")
    assert refused.form is not None
    assert "kept apart" in refused.form.errors["mentee"]
    listed = await quick.send("ines", "/coordinate pairs exclude")
    assert "Nadia and Kofi" in words_of(listed)
    await quick.press("ines", listed, "Lift")
    await request(quick, "nadia")
    assert "Kofi could be a good mentor" in newest(quick, "nadia")


async def test_keeping_two_apart_drops_what_was_on_its_way(quick: Testbed) -> None:
    await offer(quick, "kofi")
    await request(quick, "nadia")
    await submit_form(quick, "ines", "mentoring.exclude_pair", one="kofi", other="nadia")
    await quick.settle()
    assert (await pair_of(quick, "nadia")).stage is Stage.DECLINED
    wanted = await request_of(quick, "nadia")
    assert wanted is not None


# The desk and the list -----------------------------------------------------------------------------------


async def test_the_desk_says_what_waits_and_what_happens_if_it_is_ignored(quick: Testbed) -> None:
    await configure(quick, review="by a coordinator")
    await offer(quick, "kofi")
    await request(quick, "nadia")
    assert "One mentor pair waits for your word" in words_of(await quick.send("ines", "/coordinate desk"))
    await request(quick, "lena", "knitting")
    await quick.pass_time(15 * DAY)
    desk = words_of(await quick.send("ines", "/coordinate desk"))
    assert "Somebody has waited for a mentor for more than two weeks" in desk
    assert "If ignored: I go on looking" in desk


async def test_the_desk_says_that_mentoring_is_off_while_somebody_asks(quick: Testbed) -> None:
    await configure(quick, at_once=False)
    await request(quick, "nadia")
    assert "mentoring is not switched on" in words_of(await quick.send("ines", "/coordinate desk"))


async def test_the_list_has_pairs_with_their_last_check_in_and_no_small_groups(quick: Testbed) -> None:
    await paired(quick)
    await quick.pass_time(3 * DAY + 2 * HOUR)
    await say(quick, "nadia", "We met")
    listed = words_of(await quick.send("ines", "/coordinate pairs list"))
    assert "Kofi with Nadia" in listed
    assert "met" in listed
    assert "fewer than three" in listed
