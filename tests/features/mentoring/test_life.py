"""A pair from the first question to the last: introduced, checked in on, extended, completed, ended."""

from storage.mentoring import RequestState, Stage
from tests.features.community import direct_messages
from tests.features.mentoring.steps import (
    DAY,
    HOUR,
    WEEK,
    configure,
    grouped,
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


async def test_the_mentee_is_asked_before_the_mentor(bed: Testbed) -> None:
    await offer(bed, "kofi", enjoys="pairing on tests")
    await request(bed, "nadia", goal="to sleep well after a release")
    assert "Kofi could be a good mentor" in newest(bed, "nadia")
    assert "pairing on tests" in newest(bed, "nadia")
    assert to(bed, "kofi") == []
    await say(bed, "nadia", "Fine")
    assert "Nadia would like to learn about python" in newest(bed, "kofi")
    assert "sleep well after a release" in newest(bed, "kofi")
    assert (await pair_of(bed, "nadia")).stage is Stage.OFFERED
    await say(bed, "kofi", "Accept")
    assert (await pair_of(bed, "nadia")).stage is Stage.ACTIVE
    introduction = grouped(bed)[-1]
    assert set(introduction.address.people) == {"kofi", "nadia"}
    assert "Nadia, this is Kofi, your mentor." in introduction.words
    assert "for both of you" in introduction.words


async def test_no_member_ever_sees_a_fit(quick: Testbed) -> None:
    await paired(quick)
    fit = (await pair_of(quick, "nadia")).fit
    assert fit > 0
    assert [post.words for post in quick.posts if "fit" in post.words or str(fit) in post.words] == []


async def test_a_decline_goes_to_the_next_best_and_nobody_hears_of_it(quick: Testbed) -> None:
    await offer(quick, "kofi")
    await offer(quick, "lena")
    await request(quick, "nadia")
    first = (await pair_of(quick, "nadia")).mentor
    one, other = ("kofi", "lena") if first == (await quick.member("kofi")).id else ("lena", "kofi")
    await say(quick, "nadia", "Fine")
    await say(quick, one, "Not now")
    assert other.capitalize() in newest(quick, "nadia")
    assert "declin" not in " ".join(post.words for post in to(quick, "nadia"))
    await say(quick, "nadia", "Fine")
    await say(quick, other, "Accept")
    assert (await pair_of(quick, "nadia")).stage is Stage.ACTIVE


async def test_three_working_days_of_silence_are_a_decline(quick: Testbed) -> None:
    await offer(quick, "kofi")
    await request(quick, "nadia")
    await say(quick, "nadia", "Fine")
    await quick.pass_time(2 * DAY)
    assert (await pair_of(quick, "nadia")).stage is Stage.OFFERED
    await quick.pass_time(DAY)
    pair = await pair_of(quick, "nadia")
    assert (pair.stage, pair.why) == (Stage.DECLINED, "silence")
    assert "This one is settled" in newest(quick, "kofi")
    assert "free just now and fits" in newest(quick, "nadia")
    wanted = await request_of(quick, "nadia")
    assert wanted is not None
    assert wanted.state is RequestState.WAITING


async def test_check_ins_come_on_day_three_and_every_two_weeks(quick: Testbed) -> None:
    await paired(quick)
    await quick.pass_time(3 * DAY + 2 * HOUR)
    assert "Have you found a time" in grouped(quick)[-1].words
    reply = await say(quick, "nadia", "We met")
    assert "How good to hear" in words_of(reply)
    assert "You have met" in grouped(quick)[-1].words
    await quick.pass_time(2 * WEEK)
    assert "How is it going" in grouped(quick)[-1].words
    assert len(grouped(quick)) == 3
    assert (await pair_of(quick, "nadia")).met_at is not None


async def test_at_the_end_a_pair_goes_on_for_longer_and_then_completes(bed: Testbed) -> None:
    await configure(bed, weeks=4)
    await paired(bed)
    await bed.pass_time(4 * WEEK)
    assert "Your 4 weeks are over" in grouped(bed)[-1].words
    assert "You go on until" in words_of(await say(bed, "kofi", "Go on for longer"))
    assert "You go on until" in grouped(bed)[-1].words
    await bed.pass_time(4 * WEEK)
    assert "Your 8 weeks are over" in grouped(bed)[-1].words
    await say(bed, "nadia", "We are done")
    pair = await pair_of(bed, "nadia")
    assert (pair.stage, pair.weeks) == (Stage.COMPLETED, 8)
    for who in ("kofi", "nadia"):
        assert "is complete" in direct_messages(bed, who)[-1].words
    assert await request_of(bed, "nadia") is None


async def test_three_silences_and_each_is_asked_how_to_go_on(quick: Testbed) -> None:
    await paired(quick)
    await quick.pass_time(7 * WEEK)
    for who in ("kofi", "nadia"):
        assert "It has been quiet" in direct_messages(quick, who)[-1].words
    await say(quick, "nadia", "Stay")
    await say(quick, "kofi", "Stay")
    pair = await pair_of(quick, "nadia")
    assert (pair.stage, pair.unmet_checkins) == (Stage.ACTIVE, 0)


async def test_who_stays_alone_is_told_kindly_and_served_first(quick: Testbed) -> None:
    await paired(quick)
    await offer(quick, "lena")
    await quick.pass_time(7 * WEEK)
    await say(quick, "nadia", "Stay")
    await quick.pass_time(WEEK)
    assert [one.stage for one in await pairs_of(quick, "nadia")] == [Stage.LAPSED, Stage.PROPOSED]
    told = [post.words for post in direct_messages(quick, "nadia")]
    assert any("Kofi has not been around" in words for words in told)
    assert "Lena could be a good mentor" in told[-1]
