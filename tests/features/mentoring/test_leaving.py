"""A member of a pair leaves, is forgotten, refuses messages or goes quiet: the other one is told."""

from datetime import timedelta

from facilitation import privacy
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import Throttled, Unreachable
from storage.mentoring import RequestState, Stage
from storage.unit import Units
from tests.features.community import direct_messages, submit_form
from tests.features.mentoring.steps import (
    DAY,
    FEATURES,
    WEEK,
    begun,
    leave,
    newest,
    offer,
    pair_of,
    paired,
    pairs_of,
    request,
    request_of,
    say,
    to,
)
from tests.testbed import Testbed, words_of


async def test_a_mentee_whose_mentor_leaves_is_told_and_served_first(bed: Testbed) -> None:
    await paired(bed)
    await offer(bed, "lena")
    await leave(bed, "kofi")
    words = [post.words for post in direct_messages(bed, "nadia")]
    assert any("no longer in the community" in one and "front of the list" in one for one in words)
    assert "Lena could be a good mentor" in words[-1]
    assert [pair.stage for pair in await pairs_of(bed, "nadia")] == [Stage.ENDED, Stage.PROPOSED]


async def test_without_another_mentor_they_stand_at_the_front(quick: Testbed) -> None:
    await paired(quick)
    await request(quick, "marek")
    await leave(quick, "kofi")
    wanted = await request_of(quick, "nadia")
    assert wanted is not None
    assert (wanted.state, wanted.priority) == (RequestState.WAITING, True)
    await offer(quick, "lena")
    assert "Lena could be a good mentor" in newest(quick, "nadia")
    assert "Lena" not in newest(quick, "marek")


async def test_a_mentor_whose_mentee_leaves_has_room_again(quick: Testbed) -> None:
    await paired(quick)
    await leave(quick, "nadia")
    assert "no longer in the community" in newest(quick, "kofi")
    assert "It is not about you" in newest(quick, "kofi")
    await request(quick, "lena")
    assert "Kofi could be a good mentor" in newest(quick, "lena")


async def test_a_mentor_who_is_asked_and_leaves_is_followed_by_the_next(quick: Testbed) -> None:
    await offer(quick, "kofi", "python, testing")
    await request(quick, "nadia", "python, testing")
    await say(quick, "nadia", "Fine")
    await offer(quick, "lena", "python")
    await leave(quick, "kofi")
    assert "Lena could be a good mentor" in newest(quick, "nadia")


async def test_who_forgets_themselves_is_gone_and_the_other_hears_it_next_morning(
    units: Units, clock: VirtualClock
) -> None:
    bed = await begun(units, clock, features=(*FEATURES, privacy.feature))
    await paired(bed)
    await submit_form(bed, "kofi", "privacy.forget_now")
    await bed.settle()
    await bed.pass_time(DAY)
    told = newest(bed, "nadia")
    assert "no longer in the community" in told
    assert "Kofi" not in told
    wanted = await request_of(bed, "nadia")
    assert wanted is not None
    assert wanted.priority


async def test_a_mentee_who_forgets_themselves_frees_the_place(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    bed = await begun(sqlite_units, clock, features=(*FEATURES, privacy.feature))
    await paired(bed)
    await submit_form(bed, "nadia", "privacy.forget_now")
    await bed.settle()
    await bed.pass_time(DAY)
    assert "no longer in the community" in newest(bed, "kofi")
    await request(bed, "lena")
    assert "Kofi could be a good mentor" in newest(bed, "lena")


async def test_a_closed_door_is_silence_at_once(quick: Testbed) -> None:
    await offer(quick, "kofi", "python, testing")
    await offer(quick, "lena", "python")
    await request(quick, "nadia", "python, testing")
    # The first fault meets what changes where the mentee was asked.
    quick.surface.faults += [Throttled(timedelta(seconds=1)), Unreachable("closed")]
    await say(quick, "nadia", "Fine")
    await quick.pass_time(timedelta(minutes=1))
    assert "Lena could be a good mentor" in newest(quick, "nadia")
    assert next(pair.why for pair in await pairs_of(quick, "nadia")) == "silence"


async def test_where_no_group_can_be_opened_they_are_told_of_each_other(quick: Testbed) -> None:
    await offer(quick, "kofi")
    await request(quick, "nadia")
    await say(quick, "nadia", "Fine")
    question = next(post for post in reversed(direct_messages(quick, "kofi")) if "Would you be" in post.words)
    await quick.press("kofi", question, "Accept")
    while await quick.courier.step():
        pass
    await quick.dispatcher.due()
    quick.surface.faults.append(Unreachable("forbidden"))
    await quick.settle()
    for who in ("kofi", "nadia"):
        assert any("just write to them" in post.words for post in direct_messages(quick, who))
    assert (await pair_of(quick, "nadia")).stage is Stage.ACTIVE


async def test_both_silent_to_the_end_are_left_in_peace(quick: Testbed) -> None:
    await paired(quick)
    await quick.pass_time(7 * WEEK)
    before = {who: len(to(quick, who)) for who in ("kofi", "nadia")}
    await quick.pass_time(WEEK)
    assert (await pair_of(quick, "nadia")).stage is Stage.LAPSED
    assert {who: len(to(quick, who)) for who in ("kofi", "nadia")} == before
    assert await request_of(quick, "nadia") is None


async def test_leaving_is_one_press_and_the_other_hears_no_reproach(quick: Testbed) -> None:
    await paired(quick)
    answer = await quick.press("nadia", await quick.send("nadia", "/cop mentor end"), "End my pair")
    await quick.settle()
    assert "that is fine" in words_of(answer)
    assert "It is not about you" in newest(quick, "kofi")
    assert (await pair_of(quick, "nadia")).stage is Stage.ENDED
    assert await request_of(quick, "nadia") is None


async def test_a_mentor_who_ends_it_leaves_nobody_alone(quick: Testbed) -> None:
    await paired(quick)
    await offer(quick, "lena")
    await quick.press("kofi", await quick.send("kofi", "/cop mentor end"), "End my pair")
    await quick.settle()
    assert "Lena could be a good mentor" in newest(quick, "nadia")
