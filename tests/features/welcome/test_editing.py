"""Coordinators make the journey theirs, try it on themselves, and see how far newcomers come."""

import pytest

from facilitation.core.platforms.surface import Response
from facilitation.core.values.cards import Button, Card, Fields, Items, buttons_in
from facilitation.core.values.speech import plain
from facilitation.core.values.templates import checked
from tests.features.community import value_of
from tests.features.welcome.steps import DAY, MINUTE, at, greeted, journey_of, sent, under_way
from tests.testbed import Testbed, words_of

STEP = {"kind": "text", "words": "Have a nice day, {name}.", "day": 2}


async def editor(bed: Testbed) -> Response:
    return await bed.send("ines", "/coordinate welcome edit")


def card_of(answer: Response) -> Card:
    assert answer.renderable is not None
    return answer.renderable.card


def listed(answer: Response) -> list[str]:
    """The steps of a list, each with its first words."""
    [items] = [part for part in card_of(answer).parts if isinstance(part, Items)]
    return [f"{plain(item.text)} | {plain(item.detail)[:18]}" for item in items.items]


def tool(answer: Response, number: int, label: str) -> Button:
    """A button beside the step of that number."""
    [items] = [part for part in card_of(answer).parts if isinstance(part, Items)]
    return next(button for button in items.items[number].buttons if button.label == label)


async def use(bed: Testbed, number: int, label: str) -> Response:
    """Press a button beside a step, as the list has it now."""
    button = tool(await editor(bed), number, label)
    return await bed.send("ines", command=button.command, args=button.args, via="button")


# Editing -------------------------------------------------------------------------------------------


async def test_a_step_is_added_in_its_place_in_time(bed: Testbed) -> None:
    answer = await bed.submit("ines", "welcome.add_step", **STEP)
    assert len(listed(answer)) == 9
    assert listed(answer)[1] == "Day 2 at 10:00: a few words, for everyone | Have a nice day, {"
    assert "The steps are your own." in words_of(answer)
    await under_way(bed)
    await bed.pass_time(2 * DAY)
    await bed.pass_time(DAY)
    assert sent(bed, "ana")[2].words == "Have a nice day, Ana."


async def test_a_step_is_changed_where_it_stands(bed: Testbed) -> None:
    opened = await use(bed, 0, "Change")
    assert opened.form is not None
    assert value_of(opened.form, "kind") == "channel"
    filled = {field.name: field.value for field in opened.form.fields}
    changed = filled | {"words": "Say hi in {channel}.", "day": 2, "channel": "help", "whom": "learn"}
    answer = await bed.submit("ines", opened.form.command, **opened.form.kept, **changed)
    assert listed(answer)[0].startswith(
        "Day 2 at 10:00: a channel to visit, for those who would like to learn"
    )
    assert len(listed(answer)) == 8
    again = await use(bed, 0, "Change")
    assert value_of(again.form, "channel") == "help"
    await under_way(bed)
    await bed.pass_time(2 * DAY + 2 * 60 * MINUTE)
    assert [step.words for step in sent(bed, "ana")][1:] == ["Say hi in #help."]


async def test_a_step_moves_and_takes_the_time_of_its_neighbour(bed: Testbed) -> None:
    before = listed(await editor(bed))
    after = listed(await use(bed, 0, "Later"))
    assert [line.split(" | ")[1] for line in after[:2]] == [line.split(" | ")[1] for line in before[:2]][::-1]
    assert [line.split(" at")[0] for line in after] == [line.split(" at")[0] for line in before]
    back = listed(await use(bed, 1, "Earlier"))
    assert back == before


async def test_a_step_is_removed_and_all_of_them_come_back(bed: Testbed) -> None:
    before = listed(await editor(bed))
    assert listed(await use(bed, 0, "Remove")) == before[1:]
    gone = await bed.send("ines", command="welcome.remove_step", args={"step": -1}, via="button")
    assert "That step is not there any more." in words_of(gone)
    asked = await bed.press("ines", await editor(bed), "Back to the built-in one")
    assert "Your 7 steps and your first message would be gone." in words_of(asked)
    assert listed(await editor(bed)) == before[1:]
    assert listed(await bed.press("ines", asked, "Yes, the built-in one")) == before


async def test_a_newcomer_who_had_a_step_does_not_get_it_again_when_it_was_edited(quick: Testbed) -> None:
    await under_way(quick)
    await quick.pass_time(2 * DAY)
    await use(quick, 6, "Change")
    await quick.submit("ines", "welcome.add_step", **{**STEP, "day": 4})
    await quick.pass_time(30 * DAY)
    assert [f"{step.at:%m-%d}" for step in sent(quick, "ana")[1:]] == [
        "03-03",
        "03-05",
        "03-06",
        "03-09",
        "03-16",
        "04-01",
    ]


async def test_a_journey_without_steps_ends_with_the_answer(quick: Testbed) -> None:
    for _ in range(8):
        await use(quick, 0, "Remove")
    await under_way(quick)
    await quick.pass_time(35 * DAY)
    assert len(sent(quick, "ana")) == 1


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Hello {nome}", "I do not know {nome}; I know {name} {community}"),
        ("Hello {name.__class__}", "I do not know {name.__class__}"),
        ("Hello {0}", "I do not know {0}"),
        ("Hello {}", "I do not know {}"),
        ("Hello {name!r}", "I do not know {name}"),
        ("Hello {name:>9}", "I do not know {name}"),
        ("Hello {name", "a curly bracket opens a placeholder"),
        ("Hello }", "a curly bracket opens a placeholder"),
    ],
)
async def test_words_with_a_wrong_placeholder_are_refused_with_what_is_accepted(
    quick: Testbed, words: str, fault: str
) -> None:
    for command, args in (
        ("welcome.add_step", {**STEP, "words": words}),
        ("welcome.edit_first_message", {"manner": "button", "words": words}),
    ):
        answer = await quick.submit("ines", command, **args)
        assert answer.form is not None
        assert fault in answer.form.errors["words"]
    assert len(listed(await editor(quick))) == 8


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": -1}, "day"),
        ({"day": 1000}, "day"),
        ({"day": "soon"}, "day"),
        ({"at": "noon"}, "at"),
        ({"kind": "song"}, "kind"),
        ({"whom": "cats"}, "whom"),
        ({"words": ""}, "words"),
        ({"words": "x" * 1001}, "words"),
        ({"words": "Meet {person}"}, "person"),
        ({"person": "nobody"}, "person"),
        ({"channel": "nowhere"}, "channel"),
        ({"link": "javascript:alert(1)"}, "link"),
    ],
)
async def test_a_wrong_field_of_a_step_says_which(
    quick: Testbed, wrong: dict[str, object], field: str
) -> None:
    answer = await quick.submit("ines", "welcome.add_step", **{**STEP, **wrong})
    assert answer.form is not None
    assert list(answer.form.errors) == [field]


async def test_a_journey_is_kept_short(quick: Testbed) -> None:
    for _ in range(12):
        await quick.submit("ines", "welcome.add_step", **STEP)
    assert "A journey has at most 20 steps." in words_of(
        await quick.submit("ines", "welcome.add_step", **STEP)
    )


async def test_the_first_message_says_what_coordinators_wrote(quick: Testbed) -> None:
    answer = await quick.submit(
        "ines",
        "welcome.edit_first_message",
        manner="direct message",
        words="Olá {name}, this is **{community}** {{really}}.",
    )
    assert "Newcomers are greeted once, by direct message." in words_of(answer)
    hello = await greeted(quick)
    assert hello.words.split("\n")[1] == "Olá Ana, this is Test community {really}."
    opened = await quick.send("ines", command="welcome.edit_first_message", via="button")
    assert value_of(opened.form, "manner") == "direct message"


async def test_members_may_not_look_behind_it(quick: Testbed) -> None:
    for words in ("show", "edit", "preview", "progress"):
        answer = await quick.send("marek", f"/coordinate welcome {words}")
        assert "Only a coordinator can do that." in words_of(answer)
    for command in ("add_step", "edit_step", "move_step", "remove_step", "reset", "edit_first_message"):
        answer = await quick.submit("marek", f"welcome.{command}", step=-1, **STEP)
        assert "Only a coordinator can do that." in words_of(answer)


async def test_a_link_and_a_person_of_a_step_are_shown(quick: Testbed) -> None:
    await quick.submit(
        "ines", "welcome.add_step", kind="resource", words="Read this.", day=1, link="https://a.example/b"
    )
    await quick.submit(
        "ines", "welcome.add_step", kind="person", words="Meet {person}.", day=2, person="marek"
    )
    await under_way(quick)
    await quick.pass_time(3 * DAY)
    found = {step.words: step.card for step in sent(quick, "ana")}
    assert "Meet Marek." in found
    assert [link.url for part in found["Read this."].parts for link in getattr(part, "links", ())] == [
        "https://a.example/b"
    ]


@pytest.mark.parametrize("words", ["{name}", "{{", "{{name}} {name}", "plain", "50 % _off_"])
def test_words_that_fit_are_kept_as_they_are(words: str) -> None:
    assert checked(words, ("name",)) == words


# Preview -------------------------------------------------------------------------------------------


async def test_a_preview_plays_all_of_it_on_the_coordinator_and_keeps_nothing(bed: Testbed) -> None:
    answer = await bed.send("ines", "/coordinate welcome preview")
    assert words_of(answer) == "I am writing you 9 messages, all at once."
    await bed.settle()
    played = sent(bed, "ines")
    assert len(played) == 9
    assert all("Preview: " in message.words for message in played)
    assert "Preview: day 3 at 10:00, for those who would like to learn." in played[3].words
    chosen = await bed.press("ines", played[0], "Learn")
    rules = await bed.press("ines", chosen, "I agree")
    assert "This is a preview, so nothing was kept." in words_of(chosen)
    assert "This is a preview, so nothing was kept." in words_of(rules)
    form = (await bed.press("ines", rules, "Introduce myself")).form
    assert form is not None
    said = await bed.submit("ines", form.command, **form.kept, words="Hello")
    assert "This would stand in #introductions now." in words_of(said)
    for message in played[1:]:
        for button in buttons_in(message.card):
            if button.label in {"Done", "Find me a buddy"}:
                tried = await bed.press("ines", message, button.label)
                assert "nothing was kept" in words_of(tried)
    await bed.settle()
    assert len(bed.posts) == 9
    assert await journey_of(bed, "ines") is None


# Progress ------------------------------------------------------------------------------------------


async def progress(bed: Testbed) -> dict[str, str]:
    answer = await bed.send("ines", "/coordinate welcome progress")
    rows = [row for part in card_of(answer).parts if isinstance(part, Fields) for row in part.rows]
    return {row.label: plain(row.value) for row in rows}


async def test_before_anybody_came_nothing_is_known(quick: Testbed) -> None:
    answer = await quick.send("ines", "/coordinate welcome progress")
    assert words_of(answer).endswith("Nobody has joined since we began.")


async def test_groups_under_three_are_not_told_in_figures(quick: Testbed) -> None:
    for who in ("ana", "ben"):
        await under_way(quick, who)
    found = await progress(quick)
    assert (found["Joined"], found["Answered"]) == ("fewer than three people", "fewer than three people")
    assert "Learn" not in found
    assert found["Introduced themselves"] == "nobody"


async def test_progress_counts_each_step_and_knows_what_is_not_known(bed: Testbed) -> None:
    for who in ("ana", "ben", "cleo", "dora"):
        await under_way(bed, who, "Share what I know" if who == "dora" else "Learn")
    await bed.submit("ana", "welcome.introduce", words="Hello")
    await bed.pass_time(at("2026-03-16T12:00") - bed.clock.now())
    for who in ("ana", "ben", "cleo"):
        await bed.press(who, sent(bed, who)[-1], "Done")
    found = await progress(bed)
    assert found["Joined"] == found["Greeted"] == found["Answered"] == "4 people"
    assert (found["Learn"], found["Look around"]) == ("3 people", "nobody")
    assert found["Share what I know"] == "fewer than three people"
    assert found["Day 1: a channel to visit"] == "3 people got it"
    assert found["Day 14: something to do"] == "4 people got it, 3 people did it"
    assert found["Day 30: a question"] == "nobody has come so far yet"
    await bed.submit("ines", "welcome.add_step", **STEP)
    assert (await progress(bed))["Day 14: something to do"] == "4 people got it, 3 people did it"
