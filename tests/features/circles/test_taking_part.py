"""Making, joining, skipping and leaving a circle, keeping apart, and circles on the home card and desk."""

import pytest

from facilitation.core.platforms.surface import Response
from facilitation.core.values.cards import Menu
from storage.circles import Circles
from tests.features.circles.steps import (
    EIGHT,
    all_circles,
    invitations,
    labels,
    make,
    propose,
    skip,
    until,
    who_met,
)
from tests.features.community import value_of
from tests.testbed import Testbed, words_of


def choices(answer: Response) -> list[str]:
    """What a menu offers."""
    assert answer.renderable is not None
    [menu] = [part for part in answer.renderable.card.parts if isinstance(part, Menu)]
    return [option.label for option in menu.options]


async def seats(bed: Testbed, circle: int) -> int:
    async with bed.units.read() as session:
        return len(await Circles(session, (await bed.community()).id).seats(circle))


# Making one ----------------------------------------------------------------------------------------


async def test_it_is_said_back_with_its_next_dates_before_it_is_saved(either: Testbed) -> None:
    echo = await propose(either, every="2", size="4", mix="tenure")
    assert words_of(echo).splitlines() == [
        "Coffee",
        "#general",
        "every 2 weeks on Tuesday at 10:00 (Europe/Lisbon)",
        "Tue 3 Mar 10:00",
        "Tue 17 Mar 10:00",
        "Tue 31 Mar 10:00",
        "Tue 14 Apr 10:00",
        "4 people each; anyone left over joins a group",
        "those who came within half a year with those who were here before",
        "Nothing is saved until you press Save.",
    ]
    assert await all_circles(either) == []
    saved = await either.press("ines", echo, "Save")
    assert "The first round of Coffee is on Tue 3 Mar 10:00." in words_of(saved)
    assert labels(saved) == ["Join it myself", "All circles"]
    assert "saved already" in words_of(await either.press("ines", echo, "Save"))


async def test_it_can_be_changed_before_it_is_saved(bed: Testbed) -> None:
    echo = await propose(bed, start="2026-03-16", size="5")
    opened = await bed.press("ines", echo, "Change it")
    assert opened.form is not None
    assert [value_of(opened.form, name) for name in ("name", "channel", "size", "start")] == [
        "Coffee",
        "general",
        "5",
        "2026-03-16",
    ]
    filled = {field.name: field.value for field in opened.form.fields}
    again = await bed.submit("ines", opened.form.command, **{**opened.form.kept, **filled, "name": "Tea"})
    await bed.press("ines", again, "Save")
    [circle] = await all_circles(bed)
    assert (circle.name, circle.size, str(circle.next_day)) == ("Tea", 5, "2026-03-17")


@pytest.mark.parametrize(
    ("given", "field"), [({"name": "coffee"}, "name"), ({"name": " "}, "name"), ({"at": "25:00"}, "at")]
)
async def test_what_cannot_be_is_said_beside_its_field(
    bed: Testbed, given: dict[str, str], field: str
) -> None:
    await make(bed)
    answer = await propose(bed, **given)
    assert answer.form is not None
    assert list(answer.form.errors) == [field]


async def test_a_circle_that_ended_makes_no_more_rounds(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:4])
    paused = await bed.send("ines", "/coordinate circles pause")
    assert "Coffee has ended." in words_of(await bed.press("ines", paused, "End it"))
    await until(bed, "2026-03-10T10:00")
    assert len(invitations(bed)) == 1
    gone = await bed.send("kofi", command="circles.join", args={"circle": circle.id}, via="button")
    assert words_of(gone) == "That circle is over. /cop home shows those that there are."
    assert words_of(await bed.send("ines", "/coordinate circles list")).startswith("No circle yet")


# Joining and leaving -------------------------------------------------------------------------------


async def test_join_says_when_and_a_second_press_changes_nothing(bed: Testbed) -> None:
    circle = await make(bed)
    first = await bed.press("marek", invitations(bed)[0], "Join")
    assert words_of(first) == (
        "You are in Coffee.\nThe next groups are made on Tue 3 Mar 10:00, and you need not do anything."
    )
    second = await bed.press("marek", invitations(bed)[0], "Join")
    assert "You are in Coffee already. Good to have you." in words_of(second)
    assert await seats(bed, circle.id) == 1


async def test_who_can_come_after_all_is_in_again(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:3])
    answer = await skip(bed, "marek", circle)
    await bed.press("marek", answer, "I can come after all")
    await until(bed, "2026-03-03T10:00")
    assert await who_met(bed, circle) == [["ines", "marek", "nadia"]]


async def test_which_one_is_asked_where_there_are_several(bed: Testbed) -> None:
    coffee = await make(bed, "marek")
    walk = await make(bed, "marek", name="Walk")
    assert choices(await bed.send("kofi", "/cop circle join")) == ["Coffee", "Walk"]
    assert choices(await bed.send("marek", "/cop circle skip")) == ["Coffee", "Walk"]
    assert "You are out of Walk." in words_of(await bed.send("marek", "/cop circle leave walk"))
    assert "You sit out Coffee" in words_of(await bed.send("marek", "/cop circle skip"))
    assert [await seats(bed, one.id) for one in (coffee, walk)] == [1, 0]


async def test_what_is_not_there_is_said_kindly(bed: Testbed) -> None:
    nothing = words_of(await bed.send("kofi", "/cop circle join"))
    assert nothing == "There is no circle here yet. A coordinator can make one: /coordinate circles new"
    circle = await make(bed)
    assert "You are in no circle." in words_of(await bed.send("kofi", "/cop circle skip"))
    assert "You are in no circle." in words_of(await bed.send("kofi", "/cop circle leave"))
    assert "You are not in “Coffee”" in words_of(await skip(bed, "kofi", circle))
    assert "There is no circle “tea”. There is “Coffee”." in words_of(
        await bed.send("kofi", "/cop circle join tea")
    )


async def test_who_asked_for_quiet_is_told_that_they_are_left_out(bed: Testbed) -> None:
    await make(bed)
    await bed.send("marek", "/cop privacy quiet")
    assert "so I leave you out. /cop privacy quiet changes that." in words_of(
        await bed.send("marek", "/cop circle join")
    )


# Apart ---------------------------------------------------------------------------------------------


async def test_who_asked_for_it_is_never_put_together(bed: Testbed) -> None:
    circle = await make(bed, *EIGHT[:5], size="2")
    joined = await bed.send("marek", "/cop circle join")
    opened = await bed.press("marek", joined, "Rather not with …")
    assert opened.form is not None
    answer = await bed.submit("marek", opened.form.command, not_with="kofi", nor_with="lena")
    assert words_of(answer) == "Noted. Nobody is told, and you will not be in a group together."
    for day in ("03", "10"):
        await until(bed, f"2026-03-{day}T10:00")
        for group in await who_met(bed, circle):
            assert "marek" not in group or not {"kofi", "lena"} & set(group)


async def test_the_form_shows_what_they_said_and_empty_takes_it_back(bed: Testbed) -> None:
    await bed.submit("marek", "circles.keep_apart", not_with="kofi")
    opened = await bed.send("marek", command="circles.keep_apart", via="button")
    assert value_of(opened.form, "not_with") == "kofi"
    assert words_of(await bed.submit("marek", "circles.keep_apart")) == "Noted: nobody in particular."
    opened = await bed.send("marek", command="circles.keep_apart", via="button")
    assert value_of(opened.form, "not_with") is None
    own = await bed.submit("marek", "circles.keep_apart", not_with="marek")
    assert own.form is not None
    assert list(own.form.errors) == ["not_with"]


async def test_two_who_are_apart_have_no_round_and_nobody_learns_why(bed: Testbed) -> None:
    await make(bed, "marek", "kofi")
    await bed.submit("marek", "circles.keep_apart", not_with="kofi")
    await until(bed, "2026-03-03T10:00")
    said = [post.words for post in bed.posts]
    assert sum("There were too few people for a group with you this time." in words for words in said) == 2
    assert not any("apart" in words or "together" in words for words in said if "hardly know" not in words)
    listed = words_of(await bed.send("ines", "/coordinate circles list"))
    assert "Skipped Tue 3 Mar: too few people." in listed
    shown = words_of(await bed.send("kofi", "/cop privacy show"))
    assert "rather not" not in shown


# Home and desk -------------------------------------------------------------------------------------


async def test_the_home_card_has_my_next_circle_and_the_way_into_others(bed: Testbed) -> None:
    await make(bed, "marek")
    await make(bed, name="Walk", weekday="wednesday")
    home = await bed.send("marek", "/cop home")
    assert "Your circle Coffee has its next round on Tue 03 Mar 10:00." in words_of(home)
    assert {"Skip Coffee", "Join Walk"} <= set(labels(home))
    await bed.press("marek", home, "Skip Coffee")
    home = await bed.send("marek", "/cop home")
    assert "Your circle Coffee has its next round on Tue 10 Mar 10:00." in words_of(home)
    assert "Skip Coffee" not in labels(home)
    await bed.send("ines", "/coordinate circles pause coffee")
    assert "Your circle Coffee rests at the moment." in words_of(await bed.send("marek", "/cop home"))


async def test_the_desk_tells_of_a_circle_with_hardly_anybody(bed: Testbed) -> None:
    await make(bed, "marek", "kofi")
    desk = words_of(await bed.send("ines", "/coordinate desk"))
    assert "Fewer than three people are in the circle Coffee." in desk
    assert "If ignored: I go on inviting people." in desk
    await bed.send("lena", "/cop circle join")
    assert "circle Coffee" not in words_of(await bed.send("ines", "/coordinate desk"))


async def test_the_list_shows_every_circle(bed: Testbed) -> None:
    await make(bed, "marek", "kofi", mix="channel")
    listed = await bed.send("ines", "/coordinate circles list")
    assert words_of(listed).splitlines() == [
        "Circles",
        "Coffee",
        "every Tuesday at 10:00 (Europe/Lisbon), in groups of 3; invitations in #general",
        "It brings together people who mostly write in different channels.",
        "Next: Tue 3 Mar 10:00.",
        "Fewer than three people are in so far.",
    ]
    assert labels(listed) == ["Pause", "New circle"]
