"""What Discord refuses in a tree of commands."""

from typing import Any

from tests.fakes.discord.form_body import Path, Problems

Json = dict[str, Any]

SLASH, OF_PERSON, OF_MESSAGE = 1, 2, 3
SUB, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
MOST = {SLASH: 100, OF_PERSON: 15, OF_MESSAGE: 15}
CHARACTERS = 8000
"""Of all names, descriptions and values of one command."""


def check_commands(commands: list[Json], problems: Problems) -> None:
    """A whole tree, as it is put."""
    for at, command in enumerate(commands):
        check_command(command, (at,), problems)
    for kind, most in MOST.items():
        count = sum(1 for one in commands if one.get("type", SLASH) == kind)
        words = f"Maximum number of application commands reached ({most})."
        problems.check(count <= most, (), "MAX_APPLICATION_COMMANDS", words)
    names: list[tuple[Path, Any]] = [
        ((at, "name"), (one.get("type", SLASH), one.get("name"))) for at, one in enumerate(commands)
    ]
    problems.unique(names, "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")


def check_command(command: Json, path: Path, problems: Problems) -> None:
    """One command."""
    if command.get("type", SLASH) == SLASH:
        _check_name(command, path, problems)
        problems.text(command, "description", path, 100, least=1)
        _check_options(command.get("options") or [], (*path, "options"), problems, depth=0)
        words = f"Command exceeds maximum size ({CHARACTERS})"
        is_small = size_of(command) <= CHARACTERS
        problems.check(is_small, path, "APPLICATION_COMMAND_TOO_LARGE", words)
    else:
        problems.text(command, "name", path, 32, least=1)
        words = "Context menu commands cannot have description"
        is_right = not command.get("description")
        problems.check(is_right, (*path, "description"), "APPLICATION_COMMAND_DESCRIPTION", words)
        words = "Context menu commands cannot have options"
        problems.check(not command.get("options"), (*path, "options"), "APPLICATION_COMMAND_OPTIONS", words)


def size_of(command: Json) -> int:
    """The characters of a command that count."""
    total = len(command.get("name") or "") + len(command.get("description") or "")
    total += sum(len(one["name"]) + len(str(one["value"])) for one in command.get("choices") or ())
    return total + sum(size_of(one) for one in command.get("options") or ())


def _check_name(named: Json, path: Path, problems: Problems) -> None:
    problems.text(named, "name", path, 32, least=1)
    name = str(named.get("name", ""))
    is_plain = all(letter.isalnum() or letter in "-_'" for letter in name)
    words = "String value did not match validation regex."
    problems.check(is_plain, (*path, "name"), "STRING_TYPE_REGEX", words)
    words = "Command name must be lower case."
    problems.check(name == name.lower(), (*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", words)


def _check_options(options: Any, path: Path, problems: Problems, *, depth: int) -> None:
    is_optional_before = False
    for at, one in enumerate(problems.count(options, path, 0, 25)):
        here = (*path, at)
        _check_name(one, here, problems)
        problems.text(one, "description", here, 100, least=1)
        kind = one.get("type")
        if kind in (SUB, GROUP):
            is_right = depth < (2 if kind == SUB else 1)
            words = "Sub-commands can be nested only one level deep."
            problems.check(is_right, here, "APPLICATION_COMMAND_NESTED", words)
            _check_options(one.get("options") or [], (*here, "options"), problems, depth=depth + 1)
            continue
        problems.check(kind in range(3, 12), (*here, "type"), "BASE_TYPE_CHOICES", "Unknown type.")
        words = "Required options must be placed before non-required options"
        is_ordered = not (one.get("required") and is_optional_before)
        problems.check(is_ordered, here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words)
        is_optional_before |= not one.get("required")
        _check_value(one, here, problems)
    names: list[tuple[Path, Any]] = [((*path, at, "name"), one.get("name")) for at, one in enumerate(options)]
    problems.unique(names, "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE", "Option names must be unique")
    kinds = {one.get("type") in (SUB, GROUP) for one in options}
    words = "Sub-command and sub-command group option types are mutually exclusive to all other types"
    problems.check(len(kinds) < 2, path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words)


def _check_value(option: Json, path: Path, problems: Problems) -> None:
    choices = problems.count(option.get("choices") or [], (*path, "choices"), 0, 25)
    for at, one in enumerate(choices):
        problems.text(one, "name", (*path, "choices", at), 100, least=1)
        if option.get("type") == STRING:
            problems.text(one, "value", (*path, "choices", at), 100, least=1)
    words = "choices and autocomplete are mutually exclusive"
    problems.check(
        not (choices and option.get("autocomplete")), path, "APPLICATION_COMMAND_AUTOCOMPLETE", words
    )
    if option.get("autocomplete") or choices:
        is_right = option.get("type") in (STRING, INTEGER, NUMBER)
        problems.check(is_right, path, "APPLICATION_COMMAND_CHOICES_TYPE", "Not for this type.")
    problems.number(option, "min_length", path, 0, 6000)
    problems.number(option, "max_length", path, 1, 6000)
