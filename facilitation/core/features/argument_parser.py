"""Parses the words that people type after a command into the fields of the command."""

import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import FormField

_CHANNEL = re.compile(r"<#([^|>]+)(?:\|([^>]*))?>")
"""A channel as Slack sends it, `<#C1|general>`, or as Discord and the local page do, `<#C1>`."""


def parse_arguments(
    fields: Iterable[FormField], tokens: list[str], names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Assign typed words to fields, as values by field name. Raises Refusal for words that fit no field.

    `name:value` or `name=value` sets the field of that name, in either case. A text or tags field takes the
    plain words that follow, too, unless its value was in quotes. Every other token goes to a field that is
    not given by name only. A `#tag` goes to tags, an address to a URL field, `<@…>` to a person and `<#…>` to
    a channel. Choices, numbers, times and zones get one plain word each. The remaining words, joined, go to
    the last text field.

    Platforms replace each `#word` that is also the name of a channel with `<#…>`. If no field takes a
    channel, it is turned back into `#word`, which a tags field takes. `names` maps channel handles to
    channel names.
    """
    known = names or {}
    shown = [field for field in fields if field.kind != "hidden"]
    by_name = {field.name: field for field in shown}
    positional = [field for field in shown if not field.by_name]
    takes_channel = any(field.kind in ("channel", "channels") for field in positional)
    given: dict[str, Any] = {}
    rest: list[str] = []
    open_field = ""  # the field that was named last, as long as plain words belong to it
    for token in tokens:
        field, value = _named(token, by_name)
        if field is not None:
            given[field.name] = _read(field, value, known)
            goes_on = field.kind in ("line", "text", "tags") and " " not in value
            open_field = field.name if goes_on else ""
            continue
        word = token if takes_channel else with_channel_names(token, known)
        if _assign(word, positional, given):
            open_field = ""
        elif open_field:
            given[open_field] = f"{given[open_field]} {word}".strip()
        else:
            rest.append(word)
    _assign_words(rest, positional, given)
    return given


def _named(token: str, fields: Mapping[str, FormField]) -> tuple[FormField | None, str]:
    """The field and the value of `name:value` or `name=value`. Without a value, words have to follow."""
    separator = "=" if "=" in token.partition(":")[0] else ":"
    name, found, value = token.partition(separator)
    field = fields.get(name.casefold()) if found and not value.startswith("//") else None
    if field is None or not (value or field.kind in ("line", "text", "tags")):
        return None, ""
    return field, value


def _read(field: FormField, value: str, names: Mapping[str, str]) -> Any:
    """Convert a value given by name to what an adapter's form would send for the field."""
    match field.kind:
        case "person" | "channel":
            return _handle(value)
        case "channels":
            return [_handle(one) for one in re.split(r"[,\s]+", value) if one]
        case "url":
            return _address(value)
        case "choice":
            return value.casefold()
        case _:
            return with_channel_names(value, names)


def _handle(token: str) -> str:
    """The handle in `<@U1|ana>`, `<@!7>` or `<#C1|general>`; a bare handle stays as it is."""
    if not _is_reference(token):
        return token
    return token[2:-1].partition("|")[0].lstrip("!")


def _is_reference(token: str) -> bool:
    return token.startswith(("<@", "<#")) and token.endswith(">")


def _address(token: str) -> str:
    """The address in `<https://x.org|x.org>`, as Slack writes it."""
    return token.strip("<>").partition("|")[0]


def with_channel_names(text: str, names: Mapping[str, str]) -> str:
    """The text with `#name` for each channel whose name is known."""

    def name_of(found: re.Match[str]) -> str:
        name = found[2] or names.get(found[1])
        return f"#{name}" if name else found[0]

    return _CHANNEL.sub(name_of, text)


def _assign(token: str, fields: list[FormField], given: dict[str, Any]) -> bool:
    """Assign a token with a syntax of its own, such as `#tag`. Returns False if it is a plain word or fits no
    field.
    """
    kinds: tuple[str, ...]
    value: Any
    if _is_reference(token):
        kinds = ("person",) if token.startswith("<@") else ("channel", "channels")
        value = _handle(token)
    elif token.startswith("#") and len(token) > 1:
        kinds = ("tags",)
        value = [one for one in token.split(",") if one]
    elif "://" in token:
        kinds, value = ("url",), _address(token)
    else:
        return False
    for field in fields:
        if field.kind not in kinds:
            continue
        if field.kind == "tags":
            before = given.get(field.name, [])
            given[field.name] = [*([before] if isinstance(before, str) else before), *value]
            return True
        if field.kind == "channels":
            given[field.name] = [*given.get(field.name, []), value]
            return True
        if field.name not in given:
            given[field.name] = value
            return True
    return False


def _assign_words(words: list[str], fields: list[FormField], given: dict[str, Any]) -> None:
    """Assign plain words to the fields that are still empty; the last text field takes the rest.

    Raises Refusal for words that are left over.
    """
    free = [field for field in fields if field.name not in given or field.kind == "tags"]
    texts = [field for field in free if field.kind in ("line", "text")]
    for field in free:
        taken, left = _split(field, words, last_text=texts[-1] if texts else None)
        if not taken:
            continue
        match field.kind:
            case "tags" | "channels":
                given[field.name] = [*given.get(field.name, ()), *taken]
            case "tick":
                given[field.name] = True
            case "choice":
                given[field.name] = taken[0].casefold()
            case _:
                given[field.name] = " ".join(taken)
        words = left
    if words:
        raise Refusal(f"I don’t know what to do with “{' '.join(words)}” here.")


def _split(field: FormField, words: list[str], *, last_text: FormField | None) -> tuple[list[str], list[str]]:
    """Split words into those that a field takes and those that remain."""
    match field.kind:
        case "line" | "text":
            count = len(words) if field is last_text else 1
        case "tags" if last_text is not None:
            count = 0
        case "tags":
            return [w for w in words if not _is_reference(w)], [w for w in words if _is_reference(w)]
        case "choice":
            count = int(words[:1] != [] and words[0].casefold() in {one.value for one in field.options})
        case "tick":
            count = int(words[:1] != [] and words[0].casefold() in (field.name, "yes"))
        case _:
            count = int(words[:1] != [] and not _is_reference(words[0]))
    return words[:count], words[count:]


def tokenize(words: str) -> list[str]:
    """Split at spaces, except within double quotes. An unclosed quote or an apostrophe is plain text."""
    lexer = shlex.shlex(words.replace("“", '"').replace("”", '"'), posix=True)
    lexer.whitespace_split = True
    lexer.quotes = '"'
    lexer.escape = ""
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        return words.split()
