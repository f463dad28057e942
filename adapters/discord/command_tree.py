"""Builds Discord's application commands from the registry, and parses what people type.

`/cop` and `/coordinate` are two commands with subcommands; commands of two words such as `recap preview`
become a subcommand group. No option is required: a form asks for what is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, assert_never

from adapters.discord.forms import POSTABLE
from adapters.discord.limits import (
    COMMAND_CHOICES,
    COMMAND_DESCRIPTION,
    COMMAND_TEXT,
    MENU_NAME,
    OPTION_LABEL,
    shortened,
)
from facilitation.core.features.feature import ROOTS, Endpoint, Root
from facilitation.core.features.registry import Registry
from facilitation.core.values.forms import FormField, fields_of, help_of
from facilitation.core.values.local_time import zone_names

Payload = dict[str, Any]

DESCRIPTIONS: dict[Root, str] = {
    "cop": "What I can do for you in this community.",
    "coordinate": "What coordinators do: settings, the desk, the recap.",
}
_SUBCOMMAND, _SUBCOMMAND_GROUP, _STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL = 1, 2, 3, 4, 5, 6, 7
_CHAT_INPUT, _MESSAGE_COMMAND = 1, 3
_IN_SERVERS, _IN_DIRECT_MESSAGES = 0, 1
_COMPARED_KEYS = (
    "type",
    "name",
    "description",
    "options",
    "choices",
    "channel_types",
    "max_length",
    "autocomplete",
    "contexts",
    "integration_types",
)


@dataclass(frozen=True)
class TypedCommand:
    """A slash command as typed: the id of its endpoint, and the values of its options."""

    command: str
    args: dict[str, Any]


def build_commands(registry: Registry) -> list[Payload]:
    """All slash commands and message commands, as they are registered."""
    roots = [_root(registry, root) for root in ROOTS if registry.commands(root)]
    return roots + [_message_command(endpoint) for endpoint in registry.message_actions()]


def is_up_to_date(registered: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the registered commands are the wanted ones, but for Discord's ids, versions and defaults."""
    return _comparable(registered) == _comparable(wanted)


def parse_command(registry: Registry, data: Mapping[str, Any]) -> TypedCommand | None:
    """The command that a person typed; None if this version does not have it."""
    words, options = _words_and_options(data)
    root = next((one for one in ROOTS if one == data["name"]), None)
    endpoints = registry.commands(root) if root else []
    endpoint = next((one for one in endpoints if one.words == " ".join(words)), None)
    if endpoint is None:
        return None
    fields = {field.name: field for field in fields_of(endpoint.command)}
    args = {one["name"]: _argument(fields.get(one["name"]), one["value"]) for one in options}
    return TypedCommand(endpoint.id, args)


def autocomplete(data: Mapping[str, Any]) -> list[str]:
    """The suggestions for an option that is being typed: time zones only; all others have choices."""
    _, options = _words_and_options(data)
    start = next((str(one["value"]) for one in options if one.get("focused")), "")
    return zones_like(start)[:COMMAND_CHOICES]


def zones_like(typed: str) -> list[str]:
    """The time zones with a part that begins with the typed text; zones that begin with it come first."""
    start = typed.strip().replace(" ", "_").casefold()
    known = _zones()
    at_front = [zone for zone in known if zone.casefold().startswith(start)]
    within = [
        zone
        for zone in known
        if zone not in at_front and any(part.startswith(start) for part in zone.casefold().split("/"))
    ]
    return at_front + within


# ------------------------------------------------------------------------------------------------


@cache
def _zones() -> list[str]:
    """All zones with a city. Cached, because the system's list is read from many files."""
    return sorted(zone for zone in zone_names() if "/" in zone and not zone.startswith("Etc/"))


def _root(registry: Registry, root: Root) -> Payload:
    groups: dict[str, Payload] = {}
    entries: list[Payload] = []
    for endpoint in registry.commands(root):
        first, _, second = endpoint.words.partition(" ")
        subcommand = _subcommand(endpoint, second or first)
        if not second:
            entries.append(subcommand)
        elif first in groups:
            groups[first]["options"].append(subcommand)
        else:
            groups[first] = {"type": _SUBCOMMAND_GROUP, "name": first, "options": [subcommand]}
            entries.append(groups[first])
    for name, group in groups.items():
        words = " · ".join(one["name"] for one in group["options"])
        group["description"] = shortened(f"{name}: {words}", COMMAND_DESCRIPTION)
    return _with_contexts(
        {"type": _CHAT_INPUT, "name": root, "description": DESCRIPTIONS[root], "options": entries}
    )


def _subcommand(endpoint: Endpoint, name: str) -> Payload:
    shown = [field for field in fields_of(endpoint.command) if field.kind != "hidden"]
    return {
        "type": _SUBCOMMAND,
        "name": name,
        "description": shortened(help_of(endpoint.command), COMMAND_DESCRIPTION),
        "options": [_option(field) for field in shown],
    }


def _option(field: FormField) -> Payload:
    described = {"name": field.name, "description": shortened(field.hint or field.label, COMMAND_DESCRIPTION)}
    match field.kind:
        case "line" | "text" | "url" | "tags" | "time":
            longest = {"max_length": min(field.max_length, COMMAND_TEXT)} if field.max_length else {}
            return {"type": _STRING, **described, **longest}
        case "zone":
            return {"type": _STRING, **described, "autocomplete": True}
        case "choice":
            choices = [
                {"name": shortened(one.label, OPTION_LABEL), "value": one.value}
                for one in field.options[:COMMAND_CHOICES]
            ]
            return {"type": _STRING, **described, "choices": choices}
        case "number":
            return {"type": _INTEGER, **described}
        case "tick":
            return {"type": _BOOLEAN, **described}
        case "person":
            return {"type": _USER, **described}
        case "channel" | "channels":
            return {"type": _CHANNEL, **described, "channel_types": [kind.value for kind in POSTABLE]}
        case "hidden":
            raise ValueError(f"{field.name} is not typed")
        case _:
            assert_never(field.kind)


def _message_command(endpoint: Endpoint) -> Payload:
    return _with_contexts(
        {"type": _MESSAGE_COMMAND, "name": shortened(endpoint.label, MENU_NAME)}, direct=False
    )


def _with_contexts(command: Payload, *, direct: bool = True) -> Payload:
    contexts = [_IN_SERVERS, _IN_DIRECT_MESSAGES] if direct else [_IN_SERVERS]
    return {**command, "contexts": contexts, "integration_types": [0]}


def _words_and_options(data: Mapping[str, Any]) -> tuple[list[str], list[Mapping[str, Any]]]:
    """The words of a typed command, and its innermost options."""
    words: list[str] = []
    options: list[Mapping[str, Any]] = list(data.get("options") or ())
    while options and options[0]["type"] in (_SUBCOMMAND, _SUBCOMMAND_GROUP):
        words.append(options[0]["name"])
        options = list(options[0].get("options") or ())
    return words, options


def _argument(field: FormField | None, value: Any) -> Any:
    if field is not None and field.kind == "channels":
        return (str(value),)
    return value


def _comparable(commands: Iterable[Mapping[str, Any]]) -> list[Any]:
    return sorted(
        (_without_defaults(one) for one in commands), key=lambda one: (one.get("type", 0), one["name"])
    )


def _without_defaults(command: Mapping[str, Any]) -> dict[str, Any]:
    """A command without what Discord adds; empty values and false count as absent."""
    found: dict[str, Any] = {}
    for name in _COMPARED_KEYS:
        value = command.get(name)
        if value in (None, "", False, [], ()):
            continue
        if name == "options":
            value = [_without_defaults(one) for one in value]
        elif name == "choices":
            value = [(one["name"], one["value"]) for one in value]
        elif name in ("contexts", "integration_types", "channel_types"):
            value = sorted(value)
        found[name] = value
    return found
