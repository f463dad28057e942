"""What people type after a command, read into the fields of its ask."""

import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import FormField


def parse_arguments(
    fields: Iterable[FormField], tokens: list[str], names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Words typed after a command, given to the fields they fit.

    `name:value` or `name=value` names its field. Else `#tags` go to a field of topics, addresses to a field
    of addresses, `<@…>` and `<#…>` to people and channels; one word each to choices, numbers, times and
    zones; the rest, joined, to the last field of words.

    Platforms make `<#…>` of every `#word` that is also a channel's name. Where no channel is wanted it is
    that word again, and a topic if topics are wanted; `names` gives channels' names by handle.
    """
    shown = [field for field in fields if field.kind != "hidden"]
    by_name = {field.name: field for field in shown}
    given: dict[str, Any] = {}
    rest: list[str] = []
    wants_channel = any(field.kind in ("channel", "channels") for field in shown)
    for token in tokens if wants_channel else [_worded(token, names or {}) for token in tokens]:
        name, mark, value = token.partition("=") if "=" in token.partition(":")[0] else token.partition(":")
        if mark and name in by_name and value and not value.startswith("//"):
            given[name] = value
        elif not _placed(token, shown, given):
            rest.append(token)
    _pour(rest, shown, given)
    return given


def _worded(token: str, names: Mapping[str, str]) -> str:
    """`<#handle>` or `<#handle|name>` as the `#name` that was typed; anything else as it is."""
    if not (token.startswith("<#") and token.endswith(">")):
        return token
    handle, _, label = token[2:-1].partition("|")
    name = label or names.get(handle)
    return f"#{name}" if name else token


def _placed(token: str, fields: list[FormField], given: dict[str, Any]) -> bool:
    """Put a token whose form says where it belongs; False if it is a plain word."""
    kinds: tuple[str, ...]
    if token.startswith("<@") and token.endswith(">"):
        kinds, value = ("person",), token[2:-1].partition("|")[0].lstrip("!")
    elif token.startswith("<#") and token.endswith(">"):
        kinds, value = ("channel", "channels"), token[2:-1].partition("|")[0]
    elif token.startswith("#") and len(token) > 1:
        kinds, value = ("tags",), token
    elif "://" in token:
        kinds, value = ("url",), token.strip("<>").partition("|")[0]
    else:
        return False
    for field in fields:
        if field.kind not in kinds:
            continue
        if field.kind in ("tags", "channels"):
            given[field.name] = [*given.get(field.name, []), value]
            return True
        if field.name not in given:
            given[field.name] = value
            return True
    return False


def _pour(words: list[str], fields: list[FormField], given: dict[str, Any]) -> None:
    """Give plain words to the fields still empty, in order; the last field of words takes the rest."""
    free = [field for field in fields if field.name not in given or field.kind == "tags"]
    wordy = [field for field in free if field.kind in ("line", "text")]
    for field in free:
        if not words:
            return
        if field.kind in ("line", "text"):
            taken = words[:] if field is wordy[-1] else words[:1]
        elif field.kind == "choice" and words[0].casefold() not in {option.value for option in field.options}:
            continue
        elif field.kind == "tags":
            if wordy:
                continue
            taken = words[:]
        elif field.kind == "tick":
            if words[0].casefold() in (field.name, "yes"):
                given[field.name] = True
                del words[:1]
            continue
        else:
            taken = words[:1]
        del words[: len(taken)]
        if field.kind in ("tags", "channels"):
            given[field.name] = [*given.get(field.name, ()), *taken]
        else:
            given[field.name] = " ".join(taken)
    if words:
        raise Refusal(f"I don’t know what to do with “{' '.join(words)}” here.")


def tokenize(words: str) -> list[str]:
    """Words, with quotes around several; a lone quote or apostrophe is just a character."""
    lexer = shlex.shlex(words.replace("“", '"').replace("”", '"'), posix=True)
    lexer.whitespace_split = True
    lexer.quotes = '"'
    lexer.escape = ""
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        return words.split()
