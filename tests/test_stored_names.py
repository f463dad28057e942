"""What is stored under a name is found under it by every later version."""

from pathlib import Path

import pytest
from pydantic import Field

from bot.features import FEATURES
from facilitation.core.features.feature import Feature
from facilitation.core.features.registry import Registry
from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects
from storage.base import VALUES, StoredEnum
from tests import stored_names
from tests.shape.tables import tables
from tests.stored_names import COMMAND, FILE, listed, merged, missing, names, vanished, written

REMEDY = """
Databases and messages of earlier versions have these names, and the code knows them no longer:
  {}
Keep the name, or give the new one an alias (`former_ids` of an endpoint, `validation_alias` of a field).
Where a revision rewrites what is stored, remove the line from {} in the same commit."""


def test_no_stored_name_vanishes() -> None:
    gone = vanished(names(), listed(), Registry(FEATURES))
    assert not gone, REMEDY.format("\n  ".join(gone), FILE.name)


def test_every_stored_name_is_listed() -> None:
    new = missing(listed(), names())
    assert not new, f"Stored from now on: {', '.join(new)}. If the names are final, run: {COMMAND}"


def test_the_list_is_as_the_command_writes_it() -> None:
    assert FILE.read_text("utf-8") == written(merged(listed(), names())), f"run: {COMMAND}"


def test_a_key_begins_with_its_feature() -> None:
    keys = {owner: found for owner, found in names()["keys"].items() if not owner.startswith("core ")}
    wrong = [
        f"{owner}: {key}"
        for owner, found in keys.items()
        for key in found
        if not key.startswith((f"{owner}:", "{}"))  # {} is another key
    ]
    assert not wrong, "two features must never use the same key"


def test_every_vocabulary_names_its_column() -> None:
    used = {column.info.get(VALUES) for table in tables().values() for column in table.columns}
    forgotten = [kind.__name__ for kind in StoredEnum.__subclasses__() if kind not in used]
    assert not forgotten, f"put info={{VALUES: …}} into the columns of {forgotten}"


# What is found, and what is not -----------------------------------------------------------------------


class Paint(Command):
    """Paint a wall."""

    colour: str = Field(default="", validation_alias="color")


feature = Feature("walls", "Walls")


@feature.command("paint", id="walls.paint", former_ids=("walls.brush",))
async def paint(command: Paint, context: Context) -> Effects:
    return []


@pytest.mark.parametrize(
    ("section", "owner", "entry"),
    [
        ("endpoints", "resources.gone", ""),
        ("endpoints", "resources.share", "gone"),
        ("endpoints", "mentoring.answer_checkin", "how=gone"),
        ("tables", "gone", ""),
        ("tables", "member", "gone"),
        ("values", "mentoring_pair.stage", "gone"),
        ("structs", "card.text", "gone"),
        ("structs", "event.gone", ""),
        ("keys", "mentoring", "mentoring:gone:{}"),
    ],
)
def test_a_name_that_vanishes_is_noticed(section: str, owner: str, entry: str) -> None:
    before = listed()
    before[section][owner] = [*before[section].get(owner, ()), *([entry] if entry else [])]
    found = vanished(names(), before, Registry(FEATURES))
    assert found == [f"{section}: {owner}" + (f": {entry}" if entry else "")]


def test_a_name_with_an_alias_has_not_vanished() -> None:
    now = {"endpoints": {"walls.paint": ["colour"]}}
    before = {"endpoints": {"walls.brush": ["color"], "walls.paint": ["color", "colour"]}}
    assert vanished(now, before, Registry([feature])) == []
    before["endpoints"]["walls.paint"].append("hue")
    assert vanished(now, before, Registry([feature])) == ["endpoints: walls.paint: hue"]


def test_an_alias_of_an_id_or_of_a_field_hides_nothing_else() -> None:
    before = {"endpoints": {"walls.brush": ["color", "size"], "walls.paint": ["color", "color=red"]}}
    assert vanished({"endpoints": {"walls.paint": ["colour"]}}, before, Registry([feature])) == [
        "endpoints: walls.brush: size",
        "endpoints: walls.paint: color=red",
    ]


def test_a_new_name_is_missing_until_the_list_is_written() -> None:
    before = listed()
    del before["tables"]["member"]
    before["endpoints"]["resources.share"].remove("tags")
    assert missing(before, names()) == ["endpoints: resources.share: tags", "tables: member"]
    assert missing(merged(before, names()), names()) == []


def test_writing_only_adds() -> None:
    before = {"tables": {"gone": ["a"], "member": ["former"]}}
    found = merged(before, {"tables": {"member": ["id"]}})
    assert found == {"tables": {"gone": ["a"], "member": ["former", "id"]}}


def test_what_is_written_is_read_again_as_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    entries = {"keys": {"a": ["x:{}", 'with "quotes" and \\'], "b": []}}
    path = tmp_path / "names.toml"
    monkeypatch.setattr(stored_names, "FILE", path)
    assert listed() == {}
    path.write_text(written(entries), "utf-8")
    assert listed() == entries


def test_no_id_is_used_twice_present_or_former() -> None:
    endpoints = Registry(FEATURES).endpoints.values()
    ids = [one for endpoint in endpoints for one in (endpoint.id, *endpoint.former_ids)]
    assert sorted(ids) == sorted(set(ids))
