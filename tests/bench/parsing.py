"""Parsing a Slack export and doing nothing with it: what reading and importing are held against."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import orjson

from adapters.archive.slack_export import DAY_ROWS

WHOLE = ("orjson", "msgspec")
"""The parsers that read every field of a row, as a general one must."""
SKIPPING = "msgspec, skipping what we do not keep"
"""Told the seven fields that are wanted, it reads no others: what our own reader is built on."""


def _parse_with(decode: Callable[[bytes], Any]) -> Callable[[Path], int]:
    def parse(path: Path) -> int:
        with zipfile.ZipFile(path) as package:
            return sum(len(decode(package.read(name))) for name in package.namelist() if "/" in name)

    return parse


PARSERS: dict[str, Callable[[Path], int]] = {
    "orjson": _parse_with(orjson.loads),
    "msgspec": _parse_with(msgspec.json.decode),
    SKIPPING: _parse_with(DAY_ROWS.decode),
}
"""Unpack and parse every day file of an export; each returns the number of rows."""
