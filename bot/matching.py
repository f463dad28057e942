"""Matching from a file, without a community: reads CSV or JSON, and writes the pairs as JSON."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
import orjson

from facilitation.core.values.errors import BadInput
from facilitation.mentoring.fit import is_zone
from facilitation.mentoring.matching import Matching, MatchingInput, Mentor, Request

MAX_FILE_BYTES = 64_000_000
MAX_PEOPLE = 50_000
"""The maximum number of people in a file: they make up to 625 million pairs."""
COLUMNS = ("role", "id", "topics", "capacity", "zone", "languages")
"""The columns of a spreadsheet; only `role` and `id` are required.

A spreadsheet may also have `waited` (days), `load` (current mentees) and `goal`. Other columns are ignored.
"""
_DELIMITERS = ",;\t"
_MAX_COUNT = 1_000_000

_Id = str | int
_Count = Annotated[int, msgspec.Meta(ge=0, le=_MAX_COUNT)]
_PairOfIds = tuple[_Id, _Id]


class _Mentor(msgspec.Struct, frozen=True):
    id: _Id
    topics: tuple[str, ...] = ()
    capacity: _Count = 1
    load: _Count = 0
    zone: str | None = ""
    languages: tuple[str, ...] = ()


class _Request(msgspec.Struct, frozen=True):
    id: _Id
    topics: tuple[str, ...] = ()
    waited: _Count = 0
    zone: str | None = ""
    languages: tuple[str, ...] = ()
    goal: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mentors: tuple[_Mentor, ...]
    requests: tuple[_Request, ...]
    exclude: tuple[_PairOfIds, ...] = ()
    past: tuple[_PairOfIds, ...] = ()
    near: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Sheet:
    """The input of a matching, read from a file.

    `ids` maps the ids of the input, which are strings, to the ids in the file, which may be numbers.
    """

    round: MatchingInput[str]
    ids: Mapping[str, _Id]


def read_sheet(path: Path) -> Sheet:
    """Read a CSV or JSON file. Raises BadInput that says what to correct, or OSError."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BadInput(
            f"{path}: that is larger than a file of people may be, {MAX_FILE_BYTES // 1_000_000} MB."
        )
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path}: this is not UTF-8 text; save the spreadsheet as “CSV UTF-8”.") from None
    if not text.strip():
        raise BadInput(f"{path}: there is nothing in it.")
    try:
        is_json = text.lstrip()[0] in "{["
        return _round(_from_json(text) if is_json else _from_csv(text))
    except BadInput as fault:
        raise BadInput(f"{path}: {fault}") from None


def as_json(
    sheet: Sheet, matching: Matching[str], fits: Iterable[tuple[str, str, int]] | None = None
) -> Iterator[bytes]:
    """Yield the pieces of one JSON document in UTF-8; `fits` may have millions of entries.

    Each of `fits` is a mentor, a request and the fit of the two.
    """
    ids = sheet.ids
    document = {
        "proposals": [
            {"mentor": ids[one.mentor], "request": ids[one.request], "fit": one.fit, "reasons": one.reasons}
            for one in matching.proposals
        ],
        "unmatched": [{"request": ids[one.request], "reason": one.reason} for one in matching.unmatched],
        "total_fit": matching.total_fit,
    }
    written = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    if fits is None:
        yield written + b"\n"
        return
    yield written.removesuffix(b"\n}") + b',\n  "fits": ['
    before = b"\n    "
    for mentor, request, fit in fits:
        yield before + orjson.dumps({"mentor": ids[mentor], "request": ids[request], "fit": fit})
        before = b",\n    "
    yield b"\n  ]\n}\n"


# The two formats ---------------------------------------------------------------------------------


def _from_json(text: str) -> _File:
    try:
        return msgspec.json.decode(text, type=_File)
    except msgspec.ValidationError as fault:
        raise BadInput(f"{_lower(str(fault))}.") from None
    except (msgspec.DecodeError, RecursionError) as fault:
        raise BadInput(f"this is no JSON that I can read: {_lower(str(fault))}.") from None


def _from_csv(text: str) -> _File:
    header = text.lstrip().splitlines()[0]
    delimiter = max(_DELIMITERS, key=header.count)
    rows = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter)
    mentors: list[_Mentor] = []
    requests: list[_Request] = []
    try:
        names = [name.strip().casefold() for name in next(rows)]
        _check_header(names)
        for cells in rows:
            if any(cell.strip() for cell in cells):
                person = _person(names, cells, rows.line_num)
                if isinstance(person, _Mentor):
                    mentors.append(person)
                else:
                    requests.append(person)
    except csv.Error as fault:
        raise BadInput(f"line {rows.line_num}: {_lower(str(fault))}.") from None
    return _File(tuple(mentors), tuple(requests))


def _check_header(names: list[str]) -> None:
    for name in ("role", "id"):
        if name not in names:
            raise BadInput(
                f"the first line names no column {name}; the columns are {', '.join(COLUMNS)}, "
                "and JSON begins with {."
            )
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if twice:
        raise BadInput(f"the column {twice[0]} is there twice.")


def _person(names: list[str], cells: list[str], line: int) -> _Mentor | _Request:
    if len(cells) > len(names):
        raise BadInput(
            f"line {line} has {len(cells)} cells, and the header {len(names)}; "
            "what contains the separator needs quotes around it."
        )
    cell = defaultdict(str, {name: text.strip() for name, text in zip(names, cells, strict=False)})
    topics, languages = _several(cell["topics"]), _several(cell["languages"])
    match cell["role"].casefold():
        case "mentor":
            capacity, load = _count(cell, "capacity", 1, line), _count(cell, "load", 0, line)
            return _Mentor(cell["id"], topics, capacity, load, cell["zone"], languages)
        case "request":
            waited = _count(cell, "waited", 0, line)
            return _Request(cell["id"], topics, waited, cell["zone"], languages, cell["goal"])
        case other:
            raise BadInput(f"line {line}: the role is mentor or request, not {other[:40]!r}.")


def _several(cell: str) -> tuple[str, ...]:
    """The entries of a cell: separated by semicolons or commas if it has any, else by spaces."""
    if ";" in cell or "," in cell:
        return tuple(filter(None, (one.strip() for one in cell.replace(",", ";").split(";"))))
    return tuple(cell.split())


def _count(cell: Mapping[str, str], name: str, default: int, line: int) -> int:
    text = cell[name]
    if not text:
        return default
    # A spreadsheet may write whole numbers as 2.0, or 2,0.
    whole = text.replace(",", ".").removesuffix(".0")
    if not (whole.isascii() and whole.isdecimal() and int(whole[:20]) <= _MAX_COUNT):
        raise BadInput(f"line {line}: {name} is a whole number from 0 to {_MAX_COUNT:,}, not {text[:40]!r}.")
    return int(whole)


# Checks for both formats --------------------------------------------------------------------------


def _round(file: _File) -> Sheet:
    """Validate the content of a file, and convert it. Raises BadInput."""
    if len(file.mentors) + len(file.requests) > MAX_PEOPLE:
        raise BadInput(f"that is more people than I match at once, {MAX_PEOPLE:,}.")
    mentors = _by_id(file.mentors, "mentor")
    requests = _by_id(file.requests, "request")
    return Sheet(
        MatchingInput(
            tuple(
                Mentor(key, _clean(one.topics), one.capacity, one.load, one.zone or "", _clean(one.languages))
                for key, one in mentors.items()
            ),
            tuple(
                Request(
                    key, _clean(one.topics), one.waited, one.zone or "", _clean(one.languages), goal=one.goal
                )
                for key, one in requests.items()
            ),
            _pairs(file.exclude, mentors, requests, "exclude"),
            _pairs(file.past, mentors, requests, "past"),
            {topic: frozenset(others) for topic, others in file.near.items()},
        ),
        {key: one.id for people in (mentors, requests) for key, one in people.items()},
    )


def _by_id(people: Iterable[Any], role: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for at, one in enumerate(people, 1):
        key = str(one.id)
        if not key.strip() or not key.isprintable():
            raise BadInput(f"{role} number {at} has no id that can be printed.")
        if key in found:
            raise BadInput(f"the {role} {key} is there twice; each id stands once for each role.")
        if one.zone and not is_zone(one.zone):
            raise BadInput(f"the zone of {role} {key}, {one.zone[:60]!r}, is none; one is Europe/Berlin.")
        found[key] = one
    return found


def _pairs(
    pairs: Iterable[_PairOfIds], mentors: Mapping[str, Any], requests: Mapping[str, Any], name: str
) -> frozenset[tuple[str, str]]:
    for mentor, request in pairs:
        if str(mentor) not in mentors:
            raise BadInput(f"{name} names a mentor who is not there: {mentor!r}.")
        if str(request) not in requests:
            raise BadInput(f"{name} names a request that is not there: {request!r}.")
    return frozenset((str(mentor), str(request)) for mentor, request in pairs)


def _clean(words: Iterable[str]) -> tuple[str, ...]:
    """Words without unprintable characters, such as control characters."""
    return tuple("".join(one for one in word if one.isprintable()) for word in words)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
