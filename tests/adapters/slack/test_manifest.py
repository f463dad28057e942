"""The manifest asks for exactly what is used: no right, event or shortcut too few or too many."""

import ast
from pathlib import Path

import pytest

import adapters.slack
from adapters.slack import api_usage
from adapters.slack.events import READERS
from adapters.slack.manifest import PATHS, manifest
from bot.features import FEATURES
from facilitation.core.features.registry import Registry

REGISTRY = Registry(FEATURES)
FOLDER = Path(adapters.slack.__path__[0])
CALLS = ("call", "call_with_headers", "collect", "_call_with_page")
"""Functions whose first argument may be the name of a method of the Web API."""


def called() -> set[str]:
    """Every method that the adapter's sources name in a call, and those that the library calls for it."""
    found = {"apps.connections.open"}
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CALLS
            ):
                named = [
                    one.value
                    for argument in node.args[:1]
                    for one in ast.walk(argument)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                ]
                found |= set(named)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp):
                chosen = [node.value.body, node.value.orelse]
                found |= {
                    str(one.value)
                    for one in chosen
                    if isinstance(one, ast.Constant) and str(one.value).startswith("views.")
                }
    return found


def test_every_method_that_is_called_has_its_rights_and_no_other_has() -> None:
    assert called() == set(api_usage.METHODS)


def test_every_event_that_is_read_is_subscribed_to_and_no_other_is() -> None:
    assert set(READERS) == api_usage.event_types()


def test_the_rights_are_those_of_what_is_used() -> None:
    wanted = {"commands"}
    wanted |= {scope for method in api_usage.METHODS.values() for scope in method.scopes}
    wanted |= {scope for scopes in api_usage.EVENTS.values() for scope in scopes}
    made = manifest(REGISTRY)
    assert made["oauth_config"] == {"scopes": {"bot": sorted(wanted)}}
    assert made["settings"]["event_subscriptions"] == {"bot_events": sorted(api_usage.EVENTS)}


def test_no_right_is_asked_for_that_reads_more_than_is_needed() -> None:
    scopes = set(api_usage.scopes())
    assert not {one for one in scopes if one.startswith(("admin", "search", "identity", "email"))}
    assert "users:read.email" not in scopes
    assert "message.mpim" not in api_usage.EVENTS, "what is said in small groups is nobody's"


def test_both_commands_hand_over_people_and_channels_as_ids() -> None:
    commands = manifest(REGISTRY)["features"]["slash_commands"]
    assert [(one["command"], one["should_escape"]) for one in commands] == [
        ("/cop", True),
        ("/coordinate", True),
    ]


def test_every_message_action_of_the_features_is_a_shortcut() -> None:
    shortcuts = manifest(REGISTRY)["features"]["shortcuts"]
    assert {one["callback_id"] for one in shortcuts} == {one.id for one in REGISTRY.message_actions()}
    assert "resources.save_from_message" in {one["callback_id"] for one in shortcuts}
    for one in shortcuts:
        assert one["type"] == "message"
        assert len(one["name"]) <= 24
        assert len(one["description"]) <= 150


def test_socket_mode_names_no_address_and_http_mode_names_three() -> None:
    socket, http = manifest(REGISTRY), manifest(REGISTRY, "https://bot.example.org/")
    assert socket["settings"]["socket_mode_enabled"]
    assert "https://" not in str(socket)
    assert not http["settings"]["socket_mode_enabled"]
    for path in PATHS:
        assert f"https://bot.example.org{path}" in str(http)


@pytest.mark.parametrize(("words", "most"), [("name", 35), ("description", 140)])
def test_the_display_information_fits(words: str, most: int) -> None:
    assert 0 < len(manifest(REGISTRY)["display_information"][words]) <= most
