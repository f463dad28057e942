"""Reads JSON that the fast decoder refuses, so that bad rows are skipped one by one."""

import json
import re
from collections.abc import Iterable
from typing import Any, TypeVar, get_args

import msgspec

from adapters.archive.import_report import Damaged

T = TypeVar("T")

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
DECODE_ERRORS = (msgspec.MsgspecError, ValueError, RecursionError)
"""What a decoder raises for bad input: a wrong type, invalid JSON, invalid UTF-8, too deep nesting."""


def parse_leniently(raw: bytes) -> Any:
    """Parse with the standard library: it accepts control characters, lone surrogates and a BOM.

    Raises Damaged if it is not JSON.
    """
    try:
        return json.loads(raw.decode("utf-8-sig", "replace"), strict=False)
    except ValueError as error:
        raise Damaged(f"is not JSON ({error})") from None
    except RecursionError:
        raise Damaged("is not JSON that a chat would hold (nested too deeply)") from None


def decode_rows(raw: bytes, decoder: msgspec.json.Decoder[list[T]]) -> tuple[list[T], int]:
    """The usable rows of a JSON list, and the number of unusable ones; raises Damaged."""
    try:
        return decoder.decode(raw), 0
    except DECODE_ERRORS:
        found = parse_leniently(raw)
    if not isinstance(found, list):
        raise Damaged("is not a list of rows")
    kind: type[T] = get_args(decoder.type)[0]
    return convert_rows(found, kind)


def convert_rows(values: Iterable[Any], kind: type[T]) -> tuple[list[T], int]:
    """Convert values one by one; returns those that fit the type, and the number of those that do not."""
    rows: list[T] = []
    bad = 0
    for value in values:
        try:
            rows.append(msgspec.convert(_clean(value), kind, strict=False))
        except DECODE_ERRORS:
            bad += 1
    return rows, bad


def _clean(value: Any) -> Any:
    """A value without lone surrogates, which UTF-8 and databases cannot hold."""
    if isinstance(value, str):
        return value if value.isascii() else _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_clean(entry) for entry in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(entry) for key, entry in value.items()}
    return value
