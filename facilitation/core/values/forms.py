"""Forms: the types of a command's fields, and the inputs that a form shows for them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BeforeValidator, HttpUrl
from pydantic.fields import FieldInfo

from facilitation.core.values.cards import Option
from facilitation.core.values.commands import Command
from facilitation.core.values.local_time import zone_names

WidgetKind = Literal[
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

# Field types -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Widget:
    """How a form shows a field whose Python type does not tell."""

    kind: WidgetKind


def split_tags(value: object) -> object:
    """Tags from `python, #testing` or a list: lower case, without `#`, without repetitions, at most ten."""
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


@cache
def _zones_by_fold() -> dict[str, str]:
    return {zone.casefold(): zone for zone in zone_names()}


def known_zone(value: str) -> str:
    """The IANA name of a zone, from any case: `europe/lisbon`. Raises ValueError for an unknown zone."""
    zone = _zones_by_fold().get(value.strip().replace(" ", "_").casefold())
    if zone is None:
        raise ValueError("a time zone is a region and a city, such as Europe/Lisbon")
    return zone


def read_time(value: object) -> object:
    """A time of day from `9`, `9:30` or `09:30`. Raises ValueError for anything else."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"\s*(\d{1,2})(?:[:.h](\d{2}))?\s*", value)
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError("a time of day is written like 9:30 or 16:00")
    return time(int(found[1]), int(found[2] or 0))


Tags = Annotated[tuple[str, ...], BeforeValidator(split_tags), Widget("tags")]
LongText = Annotated[str, Widget("text")]
MemberId = Annotated[int, Widget("person")]
"""A member's id. Adapters pass the platform's handle, which the core resolves."""
ChannelHandle = Annotated[str, Widget("channel")]
"""A channel's handle in the space of the sender."""
ChannelHandles = Annotated[tuple[str, ...], Widget("channels")]
ZoneName = Annotated[str, AfterValidator(known_zone), Widget("zone")]
TimeOfDay = Annotated[time, BeforeValidator(read_time), Widget("time")]
Hidden = Widget("hidden")
"""Marks a field that buttons carry and forms keep, and that nobody types."""


@dataclass(frozen=True)
class _ByName:
    """The type of `ByName`."""


ByName = _ByName()
"""Marks a field that is given in the form, or typed as `name:value`, and never gets a word without its name.

An optional field that is added to a command needs this mark, or it would change what people already type.
"""


# Forms -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormField:
    """One input of a form."""

    name: str
    label: str
    kind: WidgetKind
    required: bool
    hint: str = ""
    options: tuple[Option, ...] = ()
    max_length: int | None = None
    value: Any = None
    is_person: bool = False
    """Whether it holds a member, visibly or hidden."""
    by_name: bool = False
    """Whether typed words go to it only as `name:value`."""


@dataclass(frozen=True)
class Form:
    """A form to open. Submitting it sends `command` (an endpoint's id) with `kept` and the inputs."""

    command: str
    title: str
    fields: tuple[FormField, ...]
    kept: dict[str, Any] = field(default_factory=dict)
    submit: str = "Save"
    errors: dict[str, str] = field(default_factory=dict)


def fields_of(command: type[Command]) -> tuple[FormField, ...]:
    """The inputs of a command's form, in the order of its fields."""
    return tuple(_form_field(name, info) for name, info in command.model_fields.items())


def help_of(command: type[Command]) -> str:
    """The help text of a command: its docstring on one line."""
    return " ".join((command.__doc__ or "").split())


def missing_fields(command: type[Command], given: dict[str, Any]) -> list[str]:
    """The names of required fields without a value."""
    return [
        name
        for name, info in command.model_fields.items()
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
        by_name=any(isinstance(mark, _ByName) for mark in info.metadata),
    )


def _kinds(annotation: Any, info: FieldInfo) -> list[WidgetKind]:
    """The widget kinds of a field, the outermost first: `Annotated[MemberId | None, Hidden]` has two."""
    inner = [mark for part in get_args(annotation) for mark in get_args(part)]
    return [mark.kind for mark in (*info.metadata, *inner) if isinstance(mark, Widget)]


def _kind(annotation: Any, kinds: Sequence[WidgetKind], has_options: bool) -> WidgetKind:
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
