"""Every part of a card and every span of a text is shown on every platform."""

import pytest

from tests.adapters.contract.harness import Harness
from tests.adapters.contract.puppet import ANA, BEN, HOSTILE, PARTS

PLAIN = {
    "text": ["First line", "second line", "Another paragraph"],
    "link": ["Read the guide <https://example.org/a?b=1&c=2>"],
    "name": ["Thanks to Ben Okafor!"],
    "mention": ["@Ana Sousa meet @Chiara Neri"],
    "stranger": ["Once said by someone"],
    "place": ["See #help"],
    "elsewhere": ["See #far"],
    "emoji": ["Well done :tada:"],
    "small": ["# Title", "From the last four weeks."],
    "fields": ["# Figures", "Messages: 128", "People: 17"],
    "items": ["# Shelf", "- A guide to tests / saved by Ben [Still good]", "- A talk on names"],
    "divider": ["above", "---", "below"],
    "picture": ["# Chart", "(picture: Messages per week, rising)"],
    "buttons": ["# Choose", "[Yes] [Later] [Never] [Open the guide <https://example.org/guide>]"],
    "menu": ["{How often?: Every week | Every month}"],
    "good": ["# All set", "It is saved."],
    "careful": ["# Please look", "Something is not right."],
}


@pytest.mark.parametrize("part", PLAIN)
async def test_a_part_is_shown(platform: Harness, part: str) -> None:
    await platform.command(ANA, "C-general", f"show {part}")
    assert await platform.seen(ANA, "C-general") == [f"(only you) {line}" for line in PLAIN[part]]


async def test_a_file_comes_with_the_answer_or_is_said_to_have_come_by_direct_message(
    platform: Harness,
) -> None:
    await platform.command(ANA, "C-general", "show file")
    said, file = await platform.seen(ANA, "C-general")
    assert said == "(only you) Here it is."
    if file != "(only you) (file: export.json)":
        assert file.startswith("(only you) export.json: Everything about you")
        assert "by direct message" in file
        assert await platform.seen(ANA, "direct") == ["(file: export.json)"]
    assert await platform.seen(BEN, "direct") == []


@pytest.mark.parametrize("route", ["", "say "], ids=["answered", "posted"])
async def test_a_message_that_is_referred_to_can_be_opened(platform: Harness, route: str) -> None:
    other = await platform.write(BEN, "C-help", "Good morning")
    message = await platform.write(BEN, "C-help", "Who knows?")
    await platform.command(ANA, "C-general", f"{route}point {message}")
    [line] = await platform.seen(ANA, "C-general")
    assert line.removeprefix("(only you) ").startswith("See #help")
    assert await platform.follow(ANA, "C-general", "#help") == ("C-help", message) != ("C-help", other)


async def test_styles_are_told_apart(platform: Harness) -> None:
    if not platform.shows_styles:
        pytest.skip("what is seen there is plain characters")
    await platform.command(ANA, "C-general", "show styles")
    assert await platform.seen(ANA, "C-general") == ["(only you) so **bold** and _slanted_`f(x)`"]


async def test_a_moment_is_shown_in_the_zone_of_the_reader(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "show moment")
    await platform.command(BEN, "C-general", "show moment")
    assert await platform.seen(ANA, "C-general") == ["(only you) We meet Mon 5 May, 15:30; Mon 5 May"]
    assert await platform.seen(BEN, "C-general") == ["(only you) We meet Mon 5 May, 10:30; Mon 5 May"]


async def test_only_web_addresses_can_be_followed(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "show bad-link")
    seen = " ".join(await platform.seen(ANA, "C-general"))
    assert "press me" in seen
    assert "<javascript:" not in seen
    assert "<ftp:" not in seen


async def test_what_people_typed_is_shown_as_it_is_in_every_part(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "show hostile")
    seen = await platform.seen(ANA, "C-general")
    assert sum(HOSTILE in line for line in seen) == 5
    assert f"[{HOSTILE[:70]}]" in seen[-1]


async def test_a_very_long_text_is_shown_whole(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "show long")
    seen = "".join(await platform.seen(ANA, "C-general"))
    assert seen.count("\u0301") == 20_000


def test_every_part_has_its_test() -> None:
    other = {"file", "styles", "moment", "bad-link", "hostile", "long"}
    assert set(PARTS) == set(PLAIN) | other
