"""Choosing a thing by id or name, and the refusals when there is none."""

from dataclasses import dataclass

import pytest

from facilitation.core.features.selection import Selection
from facilitation.core.values.cards import Menu
from facilitation.core.values.errors import Refusal


@dataclass(frozen=True)
class Thing:
    id: int
    name: str


TEA, TEA_TIME, GREEN_TEA = Thing(1, "Tea"), Thing(2, "Tea-time"), Thing(3, "Green tea")
THINGS = (TEA, TEA_TIME, GREEN_TEA)
CUP = Selection("cup", "cup_id", gone="It is gone.", none_yet="There is none yet.")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tea", [TEA]),
        ("TEA TIME", [TEA_TIME]),
        ("green", [GREEN_TEA]),
        ("e", [TEA, TEA_TIME, GREEN_TEA]),
        ("", [TEA, TEA_TIME, GREEN_TEA]),
    ],
)
def test_the_whole_name_comes_before_its_beginning_and_that_before_a_part_of_it(
    name: str, found: list[Thing]
) -> None:
    assert CUP.matches(THINGS, 0, name) == found


def test_an_id_comes_before_a_name() -> None:
    assert CUP.matches(THINGS, 3, "tea") == [GREEN_TEA]


@pytest.mark.parametrize(
    ("known", "id_", "name", "words", "field"),
    [
        (THINGS, 9, "tea", "It is gone.", ""),
        ((), 0, "tea", "There is none yet.", ""),
        (THINGS, 0, "milk", "There is no cup “milk”. There is “Tea”, “Tea-time”, “Green tea”.", "which"),
    ],
)
def test_a_refusal_says_what_there_is(
    known: tuple[Thing, ...], id_: int, name: str, words: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        CUP.matches(known, id_, name)
    assert (refused.value.text, refused.value.field) == (words, field)


def test_with_an_overview_a_refusal_names_the_closest_one() -> None:
    cup = Selection("cup", "cup_id", gone="", none_yet="", overview="/cop cups shows all.")
    for name, hint in (("tee", "Did you mean “Tea”? "), ("zzz", "")):
        with pytest.raises(Refusal) as refused:
            cup.by_name(THINGS, name)
        assert refused.value.text == f"There is no cup “{name}”. {hint}/cop cups shows all."


def test_the_menu_sends_the_id_of_the_chosen_one() -> None:
    card = CUP.menu(THINGS[:2], "cups.drink")
    [menu] = [part for part in card.parts if isinstance(part, Menu)]
    assert (card.title, menu.command, menu.field) == ("Which cup?", "cups.drink", "cup_id")
    assert [(option.value, option.label) for option in menu.options] == [("1", "Tea"), ("2", "Tea-time")]
