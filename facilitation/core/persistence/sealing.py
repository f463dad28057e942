"""Sealing: confidential posts and agenda entries are encrypted in the database.

The place and the card of a sealed post are encrypted until the courier claims it, and wiped afterwards. Its
key and its lane are keyed hashes, which reveal nothing. Sealed agenda entries are kept likewise.
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
    """The columns of a sealed post, without feature, space and reader. Raises NoKey."""
    columns = codec.outbox_columns(post, "", community, at)
    key = _key(post.key, community, seals)
    return columns | {
        "key": key,
        "space": None,
        "member": None,
        "lane": f"sealed:{seals.mark(columns['lane'])}",
        "place": seals.seal(columns["place"], _associated_data("place", community, key)),
        "card": seals.seal(columns["card"], _associated_data("card", community, key)),
        "sealed": True,
    }


def unsealed_letter(letter: Letter, seals: Seals) -> Letter:
    """A message with a readable place and card. Raises Unopened if no key opens it."""
    if not letter.sealed:
        return letter
    place = seals.open(letter.place, _associated_data("place", letter.community, letter.key))
    card = seals.open(letter.card, _associated_data("card", letter.community, letter.key))
    return letter._replace(place=place, card=card)


def sealed_agenda_columns(command: Command, key: str, community: int, seals: Seals) -> tuple[str, str]:
    """The key and the arguments of a sealed agenda entry. Raises NoKey."""
    key = _key(key, community, seals)
    return key, seals.seal(codec.encode_args(command), _associated_data("args", community, key))


def command_args(entry: Entry, seals: Seals) -> dict[str, Any]:
    """The arguments of a due entry, sealed or not. Raises Unopened."""
    if not entry.sealed:
        return codec.decode_args(entry.args)
    return codec.decode_args(seals.open(entry.args, _associated_data("args", entry.community, entry.key)))


def _key(key: str, community: int, seals: Seals) -> str:
    """A hash of the key, the same each time. Raises NoKey."""
    return f"sealed:{seals.mark(f'{community}:{key}')}"


def error_details(error: BaseException, *, sealed: bool) -> dict[str, Any]:
    """An error for the log: with its traceback or, if `sealed`, its type and position only."""
    if not sealed:
        return {"exc_info": error}
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    steps = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return {"error": f"{type(error).__name__} at {steps}"}


def error_words(error: BaseException, *, sealed: bool) -> str:
    """An error for the column of a list; of a sealed entry its type only."""
    if sealed and not isinstance(error, NoKey | Unopened):
        return type(error).__name__
    return f"{type(error).__name__}: {error}"


def _associated_data(column: str, community: int, key: str) -> str:
    """The text that binds a sealed value to its column and row."""
    return f"{column}:{community}:{key}"
