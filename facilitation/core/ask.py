"""Everything asked is an `Ask`: the frozen, validated arguments of one request, whatever door it came by.

An Ask's docstring is its help text; its fields' descriptions are the labels of options and forms. The
field types below carry what a form needs to know about them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, HttpUrl
from pydantic.fields import FieldInfo

from facilitation.core.cards import Option, Place
from storage.communities import Community, Member

Via = Literal["slash", "button", "form", "page", "clock"]
Kind = Literal[
    "line",
    "text",
    "url",
    "number",
    "tick",
    "choice",
    "tags",
    "person",
    "channel",
    "channels",
    "zone",
    "time",
    "hidden",
]


class Ask(BaseModel):
    """The arguments of one request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heading: ClassVar[str] = ""
    """The title of the form, at most 24 characters (Slack's limit)."""
    submit: ClassVar[str] = "Save"
    """The words on the form's button."""


class Role(StrEnum):
    """What someone may do beyond taking part; each holdable by several."""

    COORDINATOR = "coordinator"
    SUPPORT = "member support"
    KEEPER = "resource keeper"
    FACILITATOR = "facilitator"


@dataclass(frozen=True)
class Call:
    """One ask of a person, as a handler sees it."""

    ask: Ask
    who: Member
    community: Community
    place: Place
    via: Via
    at: datetime
    roles: frozenset[Role] = frozenset()
    space: int = 0
    manager: bool = False


@dataclass(frozen=True)
class Given:
    """What came with a request whose form opens, as it came: which thing it is about, what was typed."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class Due:
    """One ask of the clock: only what is annotated so can be asked by the agenda, and by nobody else."""

    ask: Ask
    community: Community
    key: str
    due: datetime
    at: datetime


# Field types -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """How a form shows a field whose Python type alone does not say."""

    kind: Kind


def split_tags(value: object) -> object:
    """Tags from `python, #testing` or a list: lower case, without `#`, each once, at most ten."""
    words = re.split(r"[,\s]+", value) if isinstance(value, str) else value
    if not isinstance(words, list | tuple):
        return value
    tags = dict.fromkeys(str(word).strip().lstrip("#").casefold() for word in words)
    kept = tuple(tag for tag in tags if tag)
    if len(kept) > 10:
        raise ValueError("at most ten topics, please")
    if any(len(tag) > 40 for tag in kept):
        raise ValueError("a topic has at most 40 characters")
    return kept


def known_zone(value: str) -> str:
    """An IANA zone by its name in any case, e.g. `europe/lisbon`."""
    by_fold = {zone.casefold(): zone for zone in available_timezones()}
    zone = by_fold.get(value.strip().replace(" ", "_").casefold())
    if zone is None:
        raise ValueError("a time zone is a region and a city, such as Europe/Lisbon")
    return zone


def read_time(value: object) -> object:
    """A time of day from `9`, `9:30` or `09:30`."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"\s*(\d{1,2})(?:[:.h](\d{2}))?\s*", value)
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError("a time of day is written like 9:30 or 16:00")
    return time(int(found[1]), int(found[2] or 0))


Tags = Annotated[tuple[str, ...], BeforeValidator(split_tags), Shown("tags")]
LongText = Annotated[str, Shown("text")]
Person = Annotated[int, Shown("person")]
"""A member's id; adapters hand in the platform's handle, the house resolves it."""
Spot = Annotated[str, Shown("channel")]
"""A channel's handle in the asker's space."""
Spots = Annotated[tuple[str, ...], Shown("channels")]
Zone = Annotated[str, AfterValidator(known_zone), Shown("zone")]
TimeOfDay = Annotated[time, BeforeValidator(read_time), Shown("time")]
Hidden = Shown("hidden")
"""Marks a field that buttons carry and forms keep, but nobody types."""


# Forms -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormField:
    """One input of a form, whatever the platform calls it."""

    name: str
    label: str
    kind: Kind
    required: bool
    hint: str = ""
    options: tuple[Option, ...] = ()
    max_length: int | None = None
    value: Any = None
    is_person: bool = False
    """Whether it holds a member, shown or hidden."""


@dataclass(frozen=True)
class Form:
    """A form to open; submitting it asks `ask` with `kept` and what was filled in."""

    ask: str
    title: str
    fields: tuple[FormField, ...]
    kept: dict[str, Any] = field(default_factory=dict)
    submit: str = "Save"
    errors: dict[str, str] = field(default_factory=dict)


def fields_of(ask: type[Ask]) -> tuple[FormField, ...]:
    """The inputs of an ask's form, in the order of its fields."""
    return tuple(_form_field(name, info) for name, info in ask.model_fields.items())


def help_of(ask: type[Ask]) -> str:
    """The help text: an ask's docstring on one line."""
    return " ".join((ask.__doc__ or "").split())


def missing(ask: type[Ask], given: dict[str, Any]) -> list[str]:
    """The names of required fields that are not given."""
    return [
        name
        for name, info in ask.model_fields.items()
        if info.is_required() and given.get(name) in (None, "", ())
    ]


def _form_field(name: str, info: FieldInfo) -> FormField:
    options: tuple[Option, ...] = ()
    annotation = info.annotation
    if get_origin(annotation) is not Literal:
        literal = next((arg for arg in get_args(annotation) if get_origin(arg) is Literal), None)
    else:
        literal = annotation
    if literal is not None:
        options = tuple(Option(str(value), str(value)) for value in get_args(literal))
    kinds = _kinds(annotation, info)
    length = next((m.max_length for m in info.metadata if getattr(m, "max_length", None)), None)
    return FormField(
        name=name,
        label=info.title or name.replace("_", " ").capitalize(),
        kind=_kind(annotation, kinds, bool(options)),
        required=info.is_required(),
        hint=info.description or "",
        options=options,
        max_length=length,
        value=None if info.is_required() else info.get_default(call_default_factory=True),
        is_person="person" in kinds,
    )


def _kinds(annotation: Any, info: FieldInfo) -> list[Kind]:
    """What its marks say of a field, the outermost first: `Annotated[Person | None, Hidden]` has two."""
    inner = [mark for part in get_args(annotation) for mark in get_args(part)]
    return [mark.kind for mark in (*info.metadata, *inner) if isinstance(mark, Shown)]


def _kind(annotation: Any, kinds: Sequence[Kind], has_options: bool) -> Kind:
    if "hidden" in kinds:
        return "hidden"
    if kinds:
        return kinds[0]
    types = {annotation, *get_args(annotation)}
    if has_options:
        return "choice"
    if bool in types:
        return "tick"
    if int in types:
        return "number"
    if HttpUrl in types:
        return "url"
    return "line"
