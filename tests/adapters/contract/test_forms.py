"""On every platform, every kind of field is shown, filled in, and passed to the gateway."""

from typing import Any

import pytest

from tests.adapters.contract.harness import Harness
from tests.adapters.contract.puppet import ANA, BEN, FIELDS

FILLED: dict[str, tuple[str | bool | list[str], Any]] = {
    "line": ("A title", "A title"),
    "text": ("One line\nand another", "One line\nand another"),
    "url": ("https://example.org", "https://example.org"),
    "number": ("12", "12"),
    "tick": (True, True),
    "choice": ("Monthly", "monthly"),
    "tags": ("python, testing", "python, testing"),
    "person": ("Ben Okafor", BEN),
    "channel": ("#help", "C-help"),
    "channels": (["#help", "#general"], ("C-help", "C-general")),
    "zone": ("Europe/Lisbon", "Europe/Lisbon"),
    "time": ("09:30", "09:30"),
}
"""What is filled in, in the words that are visible, and what the gateway gets."""


@pytest.mark.parametrize("kind", FILLED)
async def test_a_field_is_filled_in_and_handed_over(platform: Harness, kind: str) -> None:
    field = FIELDS[kind]
    await platform.command(ANA, "C-general", f"form {kind}")
    star = "*" if field.required or kind == "tick" else ""
    hint = f" ({field.hint})" if field.hint else ""
    assert await platform.form(ANA) == ["A form", f"{field.label}{star}{hint}"]
    shown, handed = FILLED[kind]
    await platform.fill(ANA, {field.label: shown})
    interaction = platform.gateway.interactions[-1]
    assert (interaction.command, interaction.via, interaction.submitted, interaction.community) == (
        "puppet.form",
        "form",
        True,
        5,
    )
    assert interaction.args == {"kept": "this", kind: handed}
    assert await platform.form(ANA) is None
    assert "(only you) # Taken" in await platform.seen(ANA, "C-general")


async def test_a_hidden_field_is_kept_and_not_shown(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "form hidden")
    assert await platform.form(ANA) == ["A form"]
    await platform.fill(ANA, {})
    assert platform.gateway.interactions[-1].args == {"kept": "this", "hidden": 42}


async def test_all_kinds_fit_on_one_form(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "form all")
    form = await platform.form(ANA)
    assert form is not None
    assert len(form) == len(FIELDS)  # the title, and all but the hidden one
    await platform.fill(ANA, {FIELDS[kind].label: shown for kind, (shown, _) in FILLED.items()})
    assert platform.gateway.interactions[-1].args == {"kept": "this", "hidden": 42} | {
        k: v for k, (_, v) in FILLED.items()
    }


async def test_an_error_stands_beside_its_field_until_it_is_corrected(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "share")
    await platform.fill(ANA, {"Link": "example", "Note": "It helps"})
    form = await platform.form(ANA)
    assert form is not None
    assert form[1].endswith("! A link begins with https://")
    await platform.fill(ANA, {"Link": "https://example.org"})
    assert await platform.form(ANA) is None
    assert platform.gateway.interactions[-1].args == {
        "kept": "share",
        "url": "https://example.org",
        "note": "It helps",
    }
