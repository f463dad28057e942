"""Concerns: raised by form, told to whom they are meant for, answered, closed, and nowhere in clear."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.features import FEATURES
from facilitation.concern import Fallback
from facilitation.core.platforms.surface import Response
from facilitation.core.values.cards import buttons_in
from facilitation.core.values.clock import VirtualClock
from storage.communities import People
from storage.sealing import Seals
from storage.session import orm_of
from storage.unit import Units
from tests.features.community import (
    KEY,
    button_labels,
    channel_messages,
    coordinators,
    direct_messages,
    running_community,
    submit_form,
    value_of,
)
from tests.testbed import Posted, Testbed, words_of

WORDS = "Somebody shouts at newcomers."
UNKNOWN = "I know of no such concern"


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    """A running community; ines, kofi and lena coordinate."""
    return await _running(units, clock)


@pytest.fixture
async def quick(sqlite_units: Units, clock: VirtualClock) -> Testbed:
    """The same on one database: for words and rights, which no database changes."""
    return await _running(sqlite_units, clock)


async def _running(units: Units, clock: VirtualClock) -> Testbed:
    units.seals = Seals([KEY])
    return await running_community(units, clock, features=FEATURES, first=("ines", "kofi", "lena"))


async def report(bed: Testbed, who: str = "marek", words: str = WORDS, **more: object) -> Response:
    """Raise a concern and let it be told."""
    answer = await submit_form(bed, who, "concern.submit", words=words, **more)
    await bed.settle()
    return answer


def told(bed: Testbed, who: str) -> list[Posted]:
    """The direct messages about concerns that somebody got."""
    return [post for post in direct_messages(bed, who) if "oncern" in post.words]


async def look(bed: Testbed, who: str) -> Response:
    """Open what one was told of last."""
    return await bed.press(who, told(bed, who)[-1], "Open it")


async def desk(bed: Testbed, who: str) -> str:
    return words_of(await bed.send(who, "/coordinate desk"))


async def revoke(bed: Testbed, who: str) -> None:
    member = await bed.member(who)
    async with bed.units.write() as session:
        await People(session, member.community).revoke(member.id, "coordinator")


# Raising ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["/cop concern", f"/cop concern {WORDS}"])
async def test_it_is_always_a_form_and_nothing_typed_is_read(quick: Testbed, words: str) -> None:
    answer = await quick.send("marek", words)
    assert answer.form is not None
    assert answer.form.command == "concern.submit"
    assert value_of(answer.form, "words") is None
    assert len(answer.form.fields) <= 5, "more do not fit one step of Discord's forms"
    hints = " ".join(field.hint for field in answer.form.fields)
    assert "the operator of this bot could technically find out" in hints


async def test_the_form_cannot_be_gone_round(quick: Testbed) -> None:
    opened = await quick.send("marek", command="concern.submit", args={"words": WORDS}, via="button")
    assert opened.form is not None
    assert "use the form" in words_of(await submit_form(quick, "marek", "concern.raise_concern"))
    await quick.settle()
    assert told(quick, "ines") == []


async def test_every_coordinator_is_told_at_once_without_a_word_of_it(bed: Testbed) -> None:
    bed.clock.advance(timedelta(hours=14))  # at night
    answer = await report(bed, urgency="now")
    assert "Thank you for telling" in words_of(answer)
    for who in ("ines", "kofi", "lena"):
        [post] = told(bed, who)
        assert "Urgency: now" in post.words
        assert WORDS not in post.words
        assert "Marek" not in post.words
    assert channel_messages(bed, "desk") == []
    assert told(bed, "marek") == told(bed, "nadia") == []


async def test_a_button_shows_it_to_a_coordinator_alone(bed: Testbed) -> None:
    await report(bed)
    opened = await look(bed, "kofi")
    assert opened.to == "asker"
    assert WORDS in words_of(opened)
    assert "by Marek, in confidence" in words_of(opened)
    assert button_labels(opened) == ["Take it in hand", "Answer", "Close it"]


async def test_anonymous_it_is_from_nobody(quick: Testbed) -> None:
    await report(quick, sender="anonymous")
    opened = await look(quick, "ines")
    assert WORDS in words_of(opened)
    assert "somebody who stays anonymous" in words_of(opened)
    assert opened.renderable is not None
    assert opened.renderable.people == {}


async def test_who_is_left_out_is_not_told_and_cannot_open_it(bed: Testbed) -> None:
    await report(bed, left_out="kofi", left_out_too="lena")
    assert told(bed, "kofi") == told(bed, "lena") == []
    assert "Not meant for Kofi and Lena" in words_of(await look(bed, "ines"))
    [post] = told(bed, "ines")
    assert UNKNOWN in words_of(await bed.press("kofi", post, "Open it"))
    token = next(buttons_in(post.card)).args["concern"]
    for endpoint, words in (
        ("show", {}),
        ("take", {}),
        ("answer", {"words": "x"}),
        ("close", {"words": "x"}),
    ):
        answer = await submit_form(bed, "lena", f"concern.{endpoint}", concern=token, **words)
        assert UNKNOWN in words_of(answer), endpoint
        never = await submit_form(bed, "lena", f"concern.{endpoint}", concern="0" * 16, **words)
        assert words_of(never) == words_of(answer), "the answer tells that there is something"


async def test_the_desk_shows_it_to_whom_it_is_meant_for_alone(quick: Testbed) -> None:
    await report(quick, left_out="kofi")
    assert "A concern of 2 March is open" in await desk(quick, "ines")
    assert "oncern" not in await desk(quick, "kofi")
    assert "A concern of 2 March is open" in words_of(await quick.send("ines", "/cop home"))
    assert "oncern" not in words_of(await quick.send("kofi", "/cop home"))
    await quick.pass_time(timedelta(days=7))  # over a Monday morning
    assert [
        post
        for name in ("desk", "general")
        for post in channel_messages(quick, name)
        if "oncern" in post.words
    ] == []


@pytest.mark.parametrize(
    ("who", "left_out"),
    [("marek", ("ines", "kofi")), ("ines", ("kofi",))],
    ids=["all are left out", "only the reporter is left"],
)
async def test_where_nobody_is_left_the_fallback_is_shown_and_nothing_kept(
    bed: Testbed, who: str, left_out: Sequence[str]
) -> None:
    await revoke(bed, "lena")
    fields = dict(zip(("left_out", "left_out_too"), left_out, strict=False))
    answer = await report(bed, who, **fields)
    assert answer.form is not None, "what was written is lost"
    assert "Rita Alves, rita@example.org" in answer.form.errors["left_out"]
    assert value_of(answer.form, "words") == WORDS
    assert told(bed, "ines") == told(bed, "kofi") == []
    assert await rows(bed, "concern") == []


async def test_where_nobody_coordinates_the_form_does_not_even_open(quick: Testbed) -> None:
    for who in ("ines", "kofi", "lena"):
        await revoke(quick, who)
    answer = await quick.send("marek", "/cop concern")
    assert answer.form is None
    assert "Rita Alves" in words_of(answer)


async def test_without_a_key_it_is_not_set_up(quick: Testbed) -> None:
    quick.units.seals = Seals()
    for answer in (await quick.send("marek", "/cop concern"), await report(quick)):
        assert "not set up for concerns" in words_of(answer)
        assert "Rita Alves" in words_of(answer)
    assert await rows(quick, "concern") == []


def test_without_a_fallback_in_the_configuration_there_are_kind_words() -> None:
    assert "someone you trust" in Fallback().words()


async def test_nobody_floods_coordinators(quick: Testbed) -> None:
    for _ in range(5):
        await report(quick)
    assert "5 concerns running" in words_of(await report(quick))
    assert len(told(quick, "ines")) == 5


# The way back ----------------------------------------------------------------------------------------


async def test_answers_go_back_and_forth_and_the_reporter_stays_anonymous(bed: Testbed) -> None:
    await report(bed, sender="anonymous", left_out="lena")
    form = await bed.press("kofi", await look(bed, "kofi"), "Answer")
    assert form.form is not None
    await bed.submit("kofi", form.form.command, **form.form.kept, words="Since when?")
    await bed.settle()
    [message] = told(bed, "marek")
    assert "Kofi answers" in message.words
    assert "Since when?" in message.words
    assert "You stay anonymous" in message.words
    form = await bed.press("marek", message, "Answer")
    assert form.form is not None
    await bed.submit("marek", form.form.command, **form.form.kept, words="Since January.")
    await bed.settle()
    assert told(bed, "lena") == []
    for who in ("ines", "kofi"):
        assert "Since January" not in told(bed, who)[-1].words
        opened = await look(bed, who)
        assert "They added: Since January." in words_of(opened)
        assert "Kofi answered: Since when?" in words_of(opened)
        assert "Marek" not in words_of(opened)


async def test_nobody_else_can_add_or_withdraw(quick: Testbed) -> None:
    await report(quick)
    token = next(buttons_in(told(quick, "ines")[0].card)).args["concern"]
    for who in ("nadia", "ines"):
        for endpoint, args in (("add_remark", {"words": "x"}), ("withdraw", {"sure": True})):
            answer = await submit_form(quick, who, f"concern.{endpoint}", concern=token, **args)
            assert UNKNOWN in words_of(answer)


async def test_the_reporter_hears_when_it_is_in_hand_and_when_it_is_closed(bed: Testbed) -> None:
    await report(bed)
    opened = await look(bed, "kofi")
    await bed.press("kofi", opened, "Take it in hand")
    await bed.settle()
    assert "Kofi looks after your concern" in told(bed, "marek")[-1].words
    assert "Kofi has it in hand already" in words_of(await bed.press("ines", opened, "Take it in hand"))
    assert "A concern of 2 March is in hand" in await desk(bed, "ines")
    form = await bed.press("kofi", opened, "Close it")
    assert form.form is not None
    await bed.submit("kofi", form.form.command, **form.form.kept, words="They apologised.")
    await bed.settle()
    assert "is closed" in told(bed, "marek")[-1].words
    assert "They apologised." in told(bed, "marek")[-1].words
    assert "oncern" not in await desk(bed, "ines")
    assert UNKNOWN in words_of(await look(bed, "ines"))
    [(state, opened_on, taken_on, closed_on, reporter, matter)] = await rows(bed, "concern")
    assert (state, reporter, matter) == ("closed", "", "")
    assert opened_on == taken_on == closed_on


async def test_the_reporter_withdraws_it_once_sure(bed: Testbed) -> None:
    answer = await report(bed)
    asked = await bed.press("marek", answer, "Withdraw it")
    assert WORDS in words_of(await look(bed, "ines"))
    await bed.press("marek", asked, "Yes, withdraw it")
    await bed.settle()
    assert "withdrawn" in told(bed, "ines")[-1].words
    [(state, *_, reporter, matter)] = await rows(bed, "concern")
    assert (state, reporter, matter) == ("closed", "", "")


async def test_home_shows_my_concern_to_me_alone(quick: Testbed) -> None:
    await report(quick)
    home = await quick.send("marek", "/cop home")
    assert "Your concern of 2 March is open" in words_of(home)
    assert {"Add something", "Withdraw it"} <= set(button_labels(home))
    assert "Your concern" not in words_of(await quick.send("nadia", "/cop home"))


# Coordinators who come and go -----------------------------------------------------------------------


async def test_who_coordinates_no_longer_cannot_open_it(quick: Testbed) -> None:
    await report(quick)
    opened = await look(quick, "kofi")
    await revoke(quick, "kofi")
    assert "Only a coordinator" in words_of(await look(quick, "kofi"))
    for label in ("Take it in hand", "Answer", "Close it"):
        assert "Only a coordinator" in words_of(await quick.press("kofi", opened, label))
    await submit_form(quick, "marek", "concern.add_remark", words="More.", concern=token_of(opened))
    await quick.settle()
    assert len(told(quick, "kofi")) == 1
    assert len(told(quick, "ines")) == 2


async def test_a_new_coordinator_finds_it_on_the_desk_unless_left_out(quick: Testbed) -> None:
    await report(quick, left_out="nadia")
    for who in ("nadia", "marek"):
        await quick.send("ines", f"/coordinate coordinators add <@{who}>")
    assert "concern" not in await desk(quick, "nadia")
    assert "A concern of 2 March is open" in await desk(quick, "marek")


async def test_from_who_left_the_coordinators_another_takes_over(quick: Testbed) -> None:
    await report(quick)
    opened = await look(quick, "kofi")
    await quick.press("kofi", opened, "Take it in hand")
    await revoke(quick, "kofi")
    assert "in your hands" in words_of(await quick.press("ines", opened, "Take it in hand"))
    await quick.settle()
    assert "Ines looks after" in told(quick, "marek")[-1].words


async def test_a_coordinator_may_raise_one_and_is_told_like_the_others(quick: Testbed) -> None:
    await report(quick, "ines", sender="anonymous")
    assert len(told(quick, "ines")) == len(told(quick, "kofi")) == 1
    assert sorted(await coordinators(quick)) == ["Ines", "Kofi", "Lena"]


# Reminders -------------------------------------------------------------------------------------------


async def test_what_waits_is_reminded_of_and_the_reporter_hears_whom_else_to_turn_to(bed: Testbed) -> None:
    await report(bed, left_out="lena")
    await bed.pass_time(timedelta(days=3))
    assert "waits for somebody" in told(bed, "ines")[-1].words
    assert told(bed, "marek") == []
    await bed.pass_time(timedelta(days=5))
    assert len(told(bed, "ines")) == 3
    [message] = told(bed, "marek")
    assert "Rita Alves" in message.words
    await bed.pass_time(timedelta(days=12))
    assert len(told(bed, "ines")) == 5
    assert len(told(bed, "marek")) == 1
    assert told(bed, "lena") == []


async def test_in_hand_it_is_reminded_of_once_a_month_and_closed_never(quick: Testbed) -> None:
    await report(quick)
    opened = await look(quick, "ines")
    await quick.press("ines", opened, "Take it in hand")
    await quick.pass_time(timedelta(days=30))
    assert len(told(quick, "ines")) == 2
    await quick.pass_time(timedelta(days=30))
    assert "still in hand" in told(quick, "ines")[-1].words
    assert len(told(quick, "ines")) == 3
    await submit_form(quick, "ines", "concern.close", concern=token_of(opened))
    await quick.pass_time(timedelta(days=90))
    assert len(told(quick, "ines")) == 3


async def test_where_nobody_is_left_the_reporter_hears_it(quick: Testbed) -> None:
    await report(quick)
    for who in ("ines", "kofi", "lena"):
        await revoke(quick, who)
    await quick.pass_time(timedelta(days=3))
    assert "Rita Alves" in told(quick, "marek")[-1].words


def token_of(seen: Response) -> str:
    assert seen.renderable is not None
    return str(next(buttons_in(seen.renderable.card)).args["concern"])


async def rows(bed: Testbed, table: str) -> list[tuple[object, ...]]:
    columns = "state, opened_on, taken_on, closed_on, reporter, matter"
    async with bed.units.read() as session:
        return [tuple(row) for row in await orm_of(session).execute(text(f"SELECT {columns} FROM {table}"))]


async def test_while_a_concern_is_open_everybody_may_see_and_take_and_erase_what_is_theirs(
    quick: Testbed,
) -> None:
    await submit_form(quick, "nadia", "concern.submit", words="x")
    await quick.settle()
    for who in ("kofi", "nadia"):
        assert words_of(await quick.send(who, "/cop privacy show")).startswith("What I keep about you")
        assert "on its way" in words_of(await quick.send(who, "/cop privacy export"))
        asked = await quick.send(who, "/cop privacy forget")
        done = await quick.press(who, asked, "Erase everything about me")
        assert words_of(done).startswith("You are forgotten")
