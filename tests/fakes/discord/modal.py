"""A form as a person sees it, and what a client sends when it is submitted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Value = str | bool | list[str]

KINDS = {
    3: "menu",
    4: "text",
    5: "person",
    6: "role",
    7: "mentionable",
    8: "channel",
    19: "file",
    21: "radio",
    22: "checks",
    23: "check",
}


@dataclass(frozen=True)
class Field:
    """One input."""

    label: str
    kind: str
    """text, menu, person, role, channel, radio, checks, check, file."""
    required: bool
    description: str = ""
    placeholder: str = ""
    value: Value = ""
    """What it was opened with: text, whether it is ticked, or labels (people and channels by id)."""
    options: tuple[str, ...] = ()
    is_long: bool = False
    """Whether a text has several lines."""
    most: int = 1
    """How many may be chosen."""
    raw: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Modal:
    """A form in a window of its own."""

    title: str
    fields: tuple[Field, ...]
    texts: tuple[str, ...]
    """What stands between the fields."""
    raw: Json = field(default_factory=dict)

    def field(self, label: str) -> Field:
        """A field by its label; ValueError names those there are."""
        found = next((one for one in self.fields if one.label == label), None)
        if found is None:
            raise ValueError(f"no field {label!r} among {[one.label for one in self.fields]}")
        return found


def seen(raw: Json) -> Modal:
    """What a person sees of a modal."""
    texts = tuple(one["content"] for one in raw["components"] if one["type"] == 10)
    return Modal(raw["title"], tuple(_fields(raw["components"])), texts, raw)


def submitted(modal: Modal, values: Mapping[str, Value], id_of: Callable[[str], str]) -> list[Json]:
    """The components of a submission; ValueError for what a client would not let through."""
    for label in values:
        modal.field(label)
    filled = {
        one.raw["custom_id"]: _filled(one, values.get(one.label, one.value), id_of) for one in modal.fields
    }
    found: list[Json] = []
    for at, one in enumerate(modal.raw["components"], 1):
        id_ = one.get("id", at)
        match one["type"]:
            case 1:
                inner = one["components"][0]
                found.append({"type": 1, "id": id_, "components": [filled[inner["custom_id"]]]})
            case 18:
                found.append({"type": 18, "id": id_, "component": filled[one["component"]["custom_id"]]})
            case _:
                found.append({"type": 10, "id": id_, "content": one["content"]})
    return found


def _fields(components: list[Json]) -> list[Field]:
    found = []
    for one in components:
        if one["type"] == 10:
            continue
        raw = one["components"][0] if one["type"] == 1 else one["component"]
        found.append(
            Field(
                label=raw["label"] if one["type"] == 1 else one["label"],
                kind=KINDS[raw["type"]],
                required=raw["type"] != 23 and raw.get("required", True),
                description=one.get("description") or "",
                placeholder=raw.get("placeholder") or "",
                value=_opened_with(raw),
                options=tuple(option["label"] for option in raw.get("options") or ()),
                is_long=raw.get("style") == 2,
                most=raw.get("max_values") or 1,
                raw=raw,
            )
        )
    return found


def _opened_with(raw: Json) -> Value:
    match raw["type"]:
        case 4:
            return str(raw.get("value") or "")
        case 23:
            return bool(raw.get("default"))
        case 3 | 21 | 22:
            return [one["label"] for one in raw.get("options") or () if one.get("default")]
        case _:
            return [str(one["id"]) for one in raw.get("default_values") or ()]


def _filled(shown: Field, value: Value, id_of: Callable[[str], str]) -> Json:
    raw = shown.raw
    found: Json = {"type": raw["type"], "custom_id": raw["custom_id"], "id": raw.get("id", 0)}
    if shown.kind == "check":
        return found | {"value": bool(value)}
    if shown.kind == "text":
        return found | {"value": _typed(shown, str(value))}
    chosen = [value] if isinstance(value, str) else [] if isinstance(value, bool) else value
    chosen = [one for one in chosen if one]
    if shown.required and not chosen:
        raise ValueError(f"{shown.label!r} is required")
    if len(chosen) > shown.most and shown.kind not in ("checks", "radio"):
        raise ValueError(f"at most {shown.most} of {shown.label!r}")
    if shown.kind in ("menu", "radio", "checks"):
        by_label = {one["label"]: one["value"] for one in raw["options"]}
        unknown = [one for one in chosen if one not in by_label]
        if unknown:
            raise ValueError(f"{unknown} not among {list(by_label)}")
        picked = [by_label[one] for one in chosen]
        return found | (
            {"value": picked[0] if picked else None} if shown.kind == "radio" else {"values": picked}
        )
    return found | {"values": [id_of(one) for one in chosen]}


def _typed(shown: Field, text: str) -> str:
    least, most = shown.raw.get("min_length") or 0, shown.raw.get("max_length") or 4000
    if shown.required and not text:
        raise ValueError(f"{shown.label!r} is required")
    if len(text) > most or (text and len(text) < least):
        raise ValueError(f"{shown.label!r} takes {least} to {most} characters, not {len(text)}")
    if not shown.is_long and "\n" in text:
        raise ValueError(f"{shown.label!r} is one line")
    return text
