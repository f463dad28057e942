"""What is said and planned in confidence: sealed on its way into the lists, opened by who acts on it.

A sealed post keeps its place and its card sealed in the outbox until the courier claims it, and neither of
them afterwards; key and lane are marks that only the key's owner could have made. A sealed plan likewise.
"""

import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

from facilitation.core.persistence import codec
from facilitation.core.values.commands import Command
from facilitation.core.values.effects import Post
from storage.agenda import Entry
from storage.outbox import Letter
from storage.sealing import NoKey, Seals, Unopened

__all__ = [
    "NoKey",
    "Seals",
    "Unopened",
    "command_args",
    "error_details",
    "error_words",
    "sealed_agenda_columns",
    "sealed_outbox_columns",
    "unsealed_letter",
]


def sealed_outbox_columns(post: Post, community: int, at: datetime, seals: Seals) -> dict[str, Any]:
    """The columns of a sealed post: its room, its space and its reader are not among them. Raises NoKey."""
    columns = codec.outbox_columns(post, "", community, at)
    key = _key(post.key, community, seals)
    return columns | {
        "key": key,
        "space": None,
        "member": None,
        "lane": f"sealed:{seals.mark(columns['lane'])}",
        "place": seals.seal(columns["place"], _of("place", community, key)),
        "card": seals.seal(columns["card"], _of("card", community, key)),
        "sealed": True,
    }


def unsealed_letter(letter: Letter, seals: Seals) -> Letter:
    """A letter with its place and card to be read; one not sealed is that already. Raises Unopened."""
    if not letter.sealed:
        return letter
    place = seals.open(letter.place, _of("place", letter.community, letter.key))
    card = seals.open(letter.card, _of("card", letter.community, letter.key))
    return letter._replace(place=place, card=card)


def sealed_agenda_columns(command: Command, key: str, community: int, seals: Seals) -> tuple[str, str]:
    """The key and the arguments of a sealed plan as the agenda keeps them. Raises NoKey."""
    key = _key(key, community, seals)
    return key, seals.seal(codec.encode_args(command), _of("args", community, key))


def command_args(entry: Entry, seals: Seals) -> dict[str, Any]:
    """The arguments of a due entry, sealed or not. Raises Unopened."""
    if not entry.sealed:
        return codec.decode_args(entry.args)
    return codec.decode_args(seals.open(entry.args, _of("args", entry.community, entry.key)))


def _key(key: str, community: int, seals: Seals) -> str:
    """A key that says nothing, the same each time. Raises NoKey."""
    return f"sealed:{seals.mark(f'{community}:{key}')}"


def error_details(error: BaseException, *, sealed: bool) -> dict[str, Any]:
    """An error for the log: with its traceback, or its kind and place, since its words may be people's."""
    if not sealed:
        return {"exc_info": error}
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    steps = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return {"error": f"{type(error).__name__} at {steps}"}


def error_words(error: BaseException, *, sealed: bool) -> str:
    """An error for a list's own column: of something sealed its kind alone."""
    if sealed and not isinstance(error, NoKey | Unopened):
        return type(error).__name__
    return f"{type(error).__name__}: {error}"


def _of(what: str, community: int, key: str) -> str:
    return f"{what}:{community}:{key}"
