"""A script: what members say, press and fill, in the order of time; and what is wrong with it, in words."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.playground import SAMPLE_SCRIPT
from bot.script import Step, load_script
from facilitation.core.platforms.surface import RenderableCard
from facilitation.core.values.cards import Button, Buttons, Item, Items
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import SpaceRef
from facilitation.core.values.speech import card, say

SPACE = SpaceRef("slack", "T1")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def written(folder: Path, text: str) -> Path:
    path = folder / "script.toml"
    path.write_text(text, "utf-8")
    return path


def faults(path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        load_script(path)
    return str(refused.value)


# Reading -----------------------------------------------------------------------------------------


def test_steps_come_in_the_order_of_their_time(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        [[steps]]
        at = 2026-03-03T09:00:00Z
        who = "U2"
        press = "Begin"
        [[steps]]
        at = 2026-03-02T10:00:00+02:00
        who = "U1"
        say = "/cop home"
        """,
    )
    assert [(step.who, step.at) for step in load_script(path)] == [
        ("U1", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("U2", datetime(2026, 3, 3, 9, tzinfo=UTC)),
    ]


def test_an_empty_script_has_no_steps(tmp_path: Path) -> None:
    assert load_script(written(tmp_path, "")) == ()


def test_the_script_of_the_sample_can_be_read() -> None:
    assert len(load_script(SAMPLE_SCRIPT)) > 5


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ('at = 2026-03-02T09:00:00Z\nsay = "/cop home"', "steps.0.who"),
        ('who = "U1"\nsay = "/cop home"', "steps.0.at"),
        ('at = 2026-03-02T09:00:00\nwho = "U1"\nsay = "/cop home"', "timezone"),
        ('at = 2026-03-02T09:00:00Z\nwho = "U1"', "exactly one of say, press and fill"),
        (
            'at = 2026-03-02T09:00:00Z\nwho = "U1"\nsay = "/cop"\npress = "x"',
            "exactly one of say, press and fill",
        ),
        ('at = 2026-03-02T09:00:00Z\nwho = "U1"\nsay = "hello"', "say begins with /cop or /coordinate"),
        (
            'at = 2026-03-02T09:00:00Z\nwho = "U1"\nsay = "/copper wire"',
            "say begins with /cop or /coordinate",
        ),
        ('at = 2026-03-02T09:00:00Z\nwho = "U1"\nsya = "/cop"', "steps.0.sya"),
    ],
)
def test_a_wrong_step_is_named(tmp_path: Path, step: str, words: str) -> None:
    path = written(tmp_path, f"[[steps]]\n{step}\n")
    assert str(path) in faults(path)
    assert words in faults(path)


def test_a_script_that_is_no_toml_or_not_there_is_told(tmp_path: Path) -> None:
    assert "is not valid TOML" in faults(written(tmp_path, "steps = ["))
    assert "cannot be read" in faults(tmp_path / "nowhere.toml")


# What a step asks --------------------------------------------------------------------------------


def step(**more: object) -> Step:
    return Step.model_validate({"at": AT, "who": "U1", **more})


def test_say_is_a_command_as_typed() -> None:
    interaction = step(say="/cop share https://a.example #x", place="C1").interaction(SPACE, [])
    assert (interaction.root, interaction.words, interaction.who, interaction.place, interaction.direct) == (
        "cop",
        "share https://a.example #x",
        "U1",
        "C1",
        False,
    )
    assert step(say="/coordinate desk").interaction(SPACE, []).root == "coordinate"


def test_without_a_place_it_is_a_direct_message() -> None:
    assert step(say="/cop").interaction(SPACE, []).direct


def test_fill_is_a_form_that_was_sent() -> None:
    interaction = step(fill="charter.edit_profile", values={"zone": "Africa/Accra"}).interaction(SPACE, [])
    assert (interaction.command, interaction.args, interaction.submitted, interaction.via) == (
        "charter.edit_profile",
        {"zone": "Africa/Accra"},
        True,
        "form",
    )


def shown(label: str, number: int, community: int = 3) -> RenderableCard:
    button = Button(label, "room.act", {"number": number})
    return RenderableCard(card("", Buttons((button,))), community=community)


def test_press_finds_the_newest_button_of_that_label() -> None:
    seen = [shown("Later", 3), shown("Begin", 2), shown("Begin", 1)]
    interaction = step(press="Begin").interaction(SPACE, seen)
    assert (interaction.command, interaction.args, interaction.via, interaction.community) == (
        "room.act",
        {"number": 2},
        "button",
        3,
    )


def test_press_finds_a_button_of_an_entry_in_a_list() -> None:
    entry = Item(say("A link"), buttons=(Button("Retire", "room.retire", community=8),))
    interaction = step(press="Retire").interaction(
        SPACE, [RenderableCard(card("", Items((entry,))), community=3)]
    )
    assert (interaction.command, interaction.community) == ("room.retire", 8)


def test_a_button_that_is_not_there_is_told_with_who_and_when() -> None:
    with pytest.raises(BadInput, match="at 2026-03-02 09:00 U1 finds no button “Begin”"):
        step(press="Begin").interaction(SPACE, [shown("Later", 1)])
