"""The commands of the features as Discord registers them, and how typed ones are parsed."""

import json
from typing import Any

from adapters.discord import command_tree
from bot.features import FEATURES
from facilitation.core.features.registry import Registry
from facilitation.core.values.forms import fields_of

REGISTRY = Registry(FEATURES)
TREE = command_tree.build_commands(REGISTRY)


def entries(command: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The subcommands of a root by their words."""
    found: dict[str, dict[str, Any]] = {}
    for one in command["options"]:
        if one["type"] == 2:
            found |= {f"{one['name']} {inner['name']}": inner for inner in one["options"]}
        else:
            found[one["name"]] = one
    return found


def test_every_command_of_the_features_can_be_typed() -> None:
    by_root = {one["name"]: set(entries(one)) for one in TREE if one["type"] == 1}
    assert by_root == {
        "cop": {endpoint.words for endpoint in REGISTRY.commands("cop")},
        "coordinate": {endpoint.words for endpoint in REGISTRY.commands("coordinate")},
    }


def test_every_message_action_is_an_entry_of_the_menu() -> None:
    assert [one["name"] for one in TREE if one["type"] == 3] == [
        one.label for one in REGISTRY.message_actions()
    ]


def test_the_tree_fits() -> None:
    """Discord: 25 entries and options, descriptions of 100, 8,000 characters for a command."""
    for command in TREE:
        if command["type"] != 1:
            continue
        words = [part for part in _walk(command) if isinstance(part, str)]
        assert sum(len(word) for word in words) <= 8_000
        assert len(command["options"]) <= 25
        for entry in entries(command).values():
            assert len(entry["options"]) <= 25
        assert all(0 < len(one["description"]) <= 100 for one in _objects(command) if "description" in one)


def test_options_are_typed() -> None:
    cop = entries(next(one for one in TREE if one["name"] == "cop"))
    coordinate = entries(next(one for one in TREE if one["name"] == "coordinate"))
    kinds = {one["name"]: one["type"] for one in cop["find"]["options"]}
    assert kinds == {"words": 3, "by": 6}
    settings = {one["name"]: one for one in coordinate["settings"]["options"]}
    assert settings["zone"]["autocomplete"]
    assert settings["recap"]["type"] == 7
    assert settings["quiet_weekends"]["type"] == 5
    assert settings["recap_day"]["choices"][0] == {"name": "monday", "value": "monday"}


def test_nothing_hidden_can_be_typed() -> None:
    for command in TREE:
        for words, entry in entries(command).items() if command["type"] == 1 else ():
            endpoint = next(one for one in REGISTRY.commands(command["name"]) if one.words == words)
            hidden = {field.name for field in fields_of(endpoint.command) if field.kind == "hidden"}
            assert hidden & {one["name"] for one in entry["options"]} == set()


def test_what_was_typed_is_the_action_with_its_arguments() -> None:
    data = {
        "name": "coordinate",
        "options": [{"type": 2, "name": "recap", "options": [{"type": 1, "name": "preview", "options": []}]}],
    }
    assert command_tree.parse_command(REGISTRY, data) == command_tree.TypedCommand("recap.preview", {})
    found = command_tree.parse_command(
        REGISTRY,
        {
            "name": "coordinate",
            "options": [
                {"type": 1, "name": "settings", "options": [{"type": 7, "name": "home", "value": "123"}]}
            ],
        },
    )
    assert found == command_tree.TypedCommand("coordination.edit_settings", {"home": ("123",)})


def test_a_command_of_another_version_is_none() -> None:
    assert (
        command_tree.parse_command(REGISTRY, {"name": "cop", "options": [{"type": 1, "name": "dance"}]})
        is None
    )


def test_only_a_change_is_registered() -> None:
    given_back = json.loads(json.dumps(TREE))
    for one in given_back:
        one |= {
            "id": "1",
            "application_id": "2",
            "version": "3",
            "nsfw": False,
            "default_member_permissions": None,
        }
    assert command_tree.is_up_to_date(list(reversed(given_back)), TREE)
    given_back[0]["options"][0]["description"] = "Another."
    assert not command_tree.is_up_to_date(given_back, TREE)
    assert not command_tree.is_up_to_date(TREE[:-1], TREE)


def test_zones_are_offered_by_their_beginning() -> None:
    data = {
        "name": "cop",
        "options": [
            {
                "type": 1,
                "name": "me",
                "options": [{"type": 3, "name": "zone", "value": "lis", "focused": True}],
            }
        ],
    }
    assert "Europe/Lisbon" in command_tree.autocomplete(data)
    assert command_tree.zones_like("new yo")[0] == "America/New_York"
    assert command_tree.zones_like("europe/")[0].startswith("Europe/")
    assert len(command_tree.autocomplete({"name": "cop", "options": []})) == 25


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(deeper for one in value.values() for deeper in _objects(one))]
    return [deeper for one in value for deeper in _objects(one)] if isinstance(value, list) else []


def _walk(value: Any) -> list[Any]:
    counted = ("name", "description", "value")
    return [one[name] for one in _objects(value) for name in counted if name in one]
