"""Roles and their terms: given, reminded of, renewed, ended, and handed over with a note."""

from datetime import date, timedelta

import pytest

from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import MemberLeft
from storage.coordination import Terms
from storage.unit import Units
from tests.features.community import (
    button_labels,
    channel_messages,
    coordinators,
    direct_messages,
    running_community,
    save_settings,
    submit_form,
)
from tests.testbed import Posted, Testbed, words_of

HALF_A_YEAR = date(2026, 9, 1)
DAY = timedelta(days=1)


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    """A running community; ines coordinates."""
    return await running_community(units, clock)


@pytest.fixture
async def quick(sqlite_units: Units, clock: VirtualClock) -> Testbed:
    """The same on one database: for words and rights, which no database changes."""
    return await running_community(sqlite_units, clock)


async def give(bed: Testbed, who: str, role: str, by: str = "ines", /, **more: object) -> str:
    answer = await submit_form(bed, by, "coordination.add_role", who=who, role=role, **more)
    await bed.settle()
    return words_of(answer) if answer.form is None else str(answer.form.errors)


async def held(bed: Testbed) -> dict[tuple[str, str], date | None]:
    """Who holds what, until when."""
    community = await bed.community()
    async with bed.units.read() as session:
        return {(one.member.name, one.role): one.until for one in await Terms(session, community.id).held()}


def about(bed: Testbed, who: str, words: str) -> list[Posted]:
    return [post for post in direct_messages(bed, who) if words in post.words]


# Giving and taking -----------------------------------------------------------------------------------


async def test_a_role_is_given_by_form_with_a_term_and_a_note(bed: Testbed) -> None:
    form = (await bed.send("ines", "/coordinate roles add")).form
    assert form is not None
    assert [field.name for field in form.fields] == ["who", "role", "until", "note"]
    said = await give(bed, "marek", "keeper", until="2026-09-01", note="Mind the old links.")
    assert "Marek is resource keeper now, until 1 September 2026" in said
    assert (await held(bed))["Marek", "resource keeper"] == HALF_A_YEAR
    [post] = about(bed, "marek", "made you resource keeper")
    assert "Mind the old links." in post.words
    assert "Until 1 September 2026" in post.words


async def test_it_can_be_typed_too(quick: Testbed) -> None:
    answer = await quick.send("ines", "/coordinate roles add <@marek> support 2026-09-01")
    assert "Marek is member support now" in words_of(answer)


async def test_several_may_hold_one_role_and_one_several(quick: Testbed) -> None:
    for who, role in (("marek", "support"), ("nadia", "support"), ("marek", "facilitator")):
        await give(quick, who, role)
    listed = words_of(await quick.send("ines", "/coordinate roles list"))
    assert "Marek and Nadia" in listed
    assert "Resource keeper (keeper)\nnobody" in listed


async def test_given_again_only_the_term_changes(bed: Testbed) -> None:
    await give(bed, "marek", "keeper", until="2026-04-01")
    assert "as before, from now on, until 1 September 2026" in await give(
        bed, "marek", "keeper", until="2026-09-01"
    )
    assert len(about(bed, "marek", "made you")) == 1
    await bed.pass_time(60 * DAY)
    assert about(bed, "marek", "Your term ends") == [], "the former date still counts"
    assert (await held(bed))["Marek", "resource keeper"] == HALF_A_YEAR


async def test_a_day_that_is_over_is_refused(quick: Testbed) -> None:
    assert "That day is over" in await give(quick, "marek", "keeper", until="2026-03-02")


async def test_a_role_is_taken_back_but_not_the_last_coordinators(quick: Testbed) -> None:
    await give(quick, "marek", "keeper")
    answer = await submit_form(quick, "ines", "coordination.remove_role", who="marek", role="keeper")
    assert "Marek is no longer resource keeper" in words_of(answer)
    for who, role, words in (
        ("marek", "keeper", "is no resource keeper"),
        ("ines", "coordinator", "A community needs a coordinator"),
    ):
        refused = await submit_form(quick, "ines", "coordination.remove_role", who=who, role=role)
        assert refused.form is not None
        assert words in refused.form.errors["who"]
    assert await coordinators(quick) == ["Ines"]


async def test_only_coordinators_see_and_give_roles(quick: Testbed) -> None:
    await give(quick, "marek", "support")
    for words in ("roles list", "roles add <@marek> coordinator", "roles remove <@ines> coordinator"):
        assert "Only a coordinator" in words_of(await quick.send("marek", f"/coordinate {words}"))
    assert await coordinators(quick) == ["Ines"]


# The term --------------------------------------------------------------------------------------------


async def test_two_weeks_before_the_end_holder_and_coordinators_are_reminded(bed: Testbed) -> None:
    await give(bed, "marek", "facilitator", until="2026-04-01")
    await bed.pass_time(timedelta(days=15))
    assert about(bed, "marek", "Your term ends") == []
    await bed.pass_time(2 * DAY)
    [own] = about(bed, "marek", "Your term ends")
    assert "until 1 April 2026" in own.words
    assert "Renew" not in str(own.card)
    [theirs] = [post for post in channel_messages(bed, "desk") if "A term ends" in post.words]
    assert "Marek is facilitator until 1 April 2026" in theirs.words
    assert "Only a coordinator" in words_of(await bed.press("marek", theirs, "Renew for half a year"))


async def test_one_press_renews_it_and_a_second_does_nothing(bed: Testbed) -> None:
    await give(bed, "marek", "facilitator", until="2026-04-01")
    await bed.pass_time(timedelta(days=17))
    [theirs] = [post for post in channel_messages(bed, "desk") if "A term ends" in post.words]
    assert "until 30 September 2026" in words_of(await bed.press("ines", theirs, "Renew for half a year"))
    assert "settled already" in words_of(await bed.press("ines", theirs, "Renew for half a year"))
    await bed.pass_time(timedelta(days=100))
    assert (await held(bed))["Marek", "facilitator"] == date(2026, 9, 30)
    await bed.pass_time(timedelta(days=82))
    assert len(about(bed, "marek", "Your term ends")) == 2


async def test_on_its_day_a_role_ends_and_a_note_is_left_for_who_follows(bed: Testbed) -> None:
    await give(bed, "marek", "facilitator", until="2026-04-01")
    await bed.pass_time(timedelta(days=29))
    assert ("Marek", "facilitator") in await held(bed)
    await bed.pass_time(2 * DAY)
    assert ("Marek", "facilitator") not in await held(bed)
    assert [post for post in channel_messages(bed, "desk") if "Marek is no longer facilitator" in post.words]
    [own] = about(bed, "marek", "Your term has ended")
    opened = await bed.press("marek", own, "Leave a note")
    assert opened.form is not None
    await bed.submit("marek", opened.form.command, **opened.form.kept, note="Tuesdays work best.")
    await give(bed, "nadia", "facilitator")
    assert "Marek left this: Tuesdays work best." in about(bed, "nadia", "made you")[0].words


async def test_a_note_is_left_by_who_held_the_role_alone(quick: Testbed) -> None:
    answer = await submit_form(quick, "nadia", "coordination.leave_note", role="facilitator", note="Mine!")
    assert "That note is for who held the role" in words_of(answer)


async def test_a_short_term_is_reminded_of_half_way(quick: Testbed) -> None:
    await give(quick, "marek", "keeper", until="2026-03-12")
    assert about(quick, "marek", "Your term ends") == []
    await quick.pass_time(6 * DAY)
    assert len(about(quick, "marek", "Your term ends")) == 1


async def test_the_last_coordinator_goes_on_and_the_desk_says_so(bed: Testbed) -> None:
    await give(bed, "ines", "coordinator", until="2026-04-01")
    await bed.pass_time(timedelta(days=33))
    assert await coordinators(bed) == ["Ines"]
    desk = await bed.send("ines", "/coordinate desk")
    assert "Ines’s term as coordinator is over, and nobody else coordinates" in words_of(desk)
    assert {"Renew for half a year", "Add a coordinator"} <= set(button_labels(desk))
    await bed.send("ines", "/coordinate coordinators add <@kofi>")
    await bed.pass_time(DAY)
    assert await coordinators(bed) == ["Kofi"]
    assert len(about(bed, "ines", "Your term has ended")) == 1


async def test_of_two_whose_terms_end_on_one_day_one_stays(bed: Testbed) -> None:
    for who in ("kofi", "ines"):
        await give(bed, who, "coordinator", until="2026-04-01")
    await bed.pass_time(timedelta(days=40))
    assert len(await coordinators(bed)) == 1


async def test_a_coordinator_whose_term_ends_renews_it_themselves(bed: Testbed) -> None:
    await give(bed, "ines", "coordinator", until="2026-04-01")
    await bed.pass_time(timedelta(days=17))
    [own] = about(bed, "ines", "Your term ends")
    assert "goes on as coordinator" in words_of(await bed.press("ines", own, "Renew for half a year"))
    assert "term as coordinator" not in words_of(await bed.send("ines", "/coordinate desk"))


async def test_rights_end_with_the_term(bed: Testbed) -> None:
    await give(bed, "kofi", "coordinator", until="2026-04-01")
    opened = await save_settings(bed, "kofi")
    assert "Settings saved" in words_of(opened)
    await bed.pass_time(timedelta(days=31))
    assert "Only a coordinator" in words_of(await bed.send("kofi", "/coordinate settings"))


async def test_a_holder_who_left_needs_no_reminder(quick: Testbed) -> None:
    await give(quick, "marek", "keeper", until="2026-04-01")
    await quick.receive(MemberLeft(quick.clock.now(), "marek"))
    await quick.pass_time(timedelta(days=40))
    assert [post for post in channel_messages(quick, "desk") if "term" in post.words] == []
