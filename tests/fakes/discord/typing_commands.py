"""What a client lets somebody type: only commands that are registered, with options that fit."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.fakes.discord.world import PERMISSIONS

Json = dict[str, Any]

SUB, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE = 1, 2, 3, 4, 5, 6, 7, 8


def found_command(commands: Iterable[Json], kind: int, name: str, rights: int) -> Json:
    """A registered command that somebody with these rights is offered; else ValueError."""
    offered = [one for one in commands if one["type"] == kind and _is_offered(one, rights)]
    for command in offered:
        if command["name"] == name:
            return command
    raise ValueError(f"no command {name!r} among {[one['name'] for one in offered]}")


def _is_offered(command: Json, rights: int) -> bool:
    needed = command.get("default_member_permissions")
    return (
        needed is None or bool(rights & PERMISSIONS["administrator"]) or rights & int(needed) == int(needed)
    )


def descend(command: Json, words: list[str]) -> tuple[list[tuple[int, str]], list[Json]]:
    """The subcommands that words name, and the options there; ValueError for unknown words."""
    path: list[tuple[int, str]] = []
    here = command
    for word in words:
        subs = {one["name"]: one for one in here.get("options") or () if one["type"] in (SUB, GROUP)}
        if word not in subs:
            raise ValueError(f"no {word!r} among {sorted(subs)}")
        here = subs[word]
        path.append((here["type"], word))
    options = list(here.get("options") or ())
    if any(one["type"] in (SUB, GROUP) for one in options):
        raise ValueError(
            f"{here['name']!r} is a group: one of {[one['name'] for one in options]} has to follow"
        )
    return path, options


def nested(path: list[tuple[int, str]], inner: list[Json]) -> list[Json]:
    """Options below the subcommands that lead to them."""
    for kind, name in reversed(path):
        inner = [{"type": kind, "name": name, "options": inner}]
    return inner


def filled(options: list[Json], given: Mapping[str, Any], id_of: Callable[[str], str]) -> list[Json]:
    """Values for options, checked as a client checks them; else ValueError."""
    names = {one["name"] for one in options}
    if set(given) - names:
        raise ValueError(f"no option {sorted(set(given) - names)} among {sorted(names)}")
    found = []
    for option in options:
        if option["name"] in given:
            value = _value(option, given[option["name"]], id_of)
            found.append({"name": option["name"], "type": option["type"], "value": value})
        elif option.get("required"):
            raise ValueError(f"{option['name']!r} is required")
    return found


def _value(option: Json, value: Any, id_of: Callable[[str], str]) -> Any:
    name = option["name"]
    if option["type"] in (USER, CHANNEL, ROLE):
        return id_of(value)
    if option.get("choices"):
        by_name = {one["name"]: one["value"] for one in option["choices"]}
        if value not in by_name and value not in by_name.values():
            raise ValueError(f"{value!r} is no choice of {name!r}: {list(by_name)}")
        return by_name.get(value, value)
    wanted = {STRING: str, INTEGER: int, BOOLEAN: bool}.get(option["type"])
    if wanted is not None and not isinstance(value, wanted):
        raise ValueError(f"{name!r} takes {wanted.__name__}, not {value!r}")
    if option["type"] == STRING and not (option.get("min_length") or 0) <= len(value) <= (
        option.get("max_length") or 6000
    ):
        raise ValueError(f"{name!r} has the wrong length: {len(value)}")
    low, high = option.get("min_value"), option.get("max_value")
    if option["type"] == INTEGER and (
        (low is not None and value < low) or (high is not None and value > high)
    ):
        raise ValueError(f"{name!r} is out of range: {value}")
    return value
