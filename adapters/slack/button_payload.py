"""Encodes what buttons, menus and forms carry, as JSON in their values and in the metadata of views."""

import json
from dataclasses import dataclass, field
from typing import Any

from adapters.slack import limits

Args = dict[str, Any]


@dataclass(frozen=True)
class ButtonPayload:
    """What a button or menu sends; the option that is chosen in a menu becomes the argument `field`."""

    command: str
    args: Args = field(default_factory=dict)
    community: int = 0
    field: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a request came from: the place, the thread, the response_url, and whether from the App Home."""

    place: str = ""
    thread: str = ""
    direct: bool = False
    response_url: str = ""
    home: bool = False


@dataclass(frozen=True)
class FormMetadata:
    """What a form keeps until it is submitted: its command, hidden arguments, and where it was asked for."""

    command: str
    kept: Args = field(default_factory=dict)
    community: int = 0
    origin: Origin = Origin()


def encode_button(payload: ButtonPayload) -> str:
    """A payload as short JSON."""
    return _compact_json(
        {"a": payload.command, "g": payload.args, "c": payload.community, "f": payload.field}
    )


def decode_button(text: str) -> ButtonPayload | None:
    """The payload; None for JSON that is not ours or of another version."""
    found = _json_object(text)
    if found is None or not isinstance(found.get("a"), str):
        return None
    return ButtonPayload(
        found["a"], found.get("g") or {}, int(found.get("c") or 0), str(found.get("f") or "")
    )


def encode_metadata(metadata: FormMetadata) -> str:
    """Metadata as JSON within `PRIVATE_METADATA`; if it is too long, the response_url is left out."""
    origin = metadata.origin
    whole = {
        "a": metadata.command,
        "g": metadata.kept,
        "c": metadata.community,
        "p": origin.place,
        "t": origin.thread,
        "d": origin.direct,
        "h": origin.home,
        "r": origin.response_url,
    }
    text = _compact_json(whole)
    return text if len(text) <= limits.PRIVATE_METADATA else _compact_json(whole | {"r": ""})


def decode_metadata(text: str) -> FormMetadata | None:
    """The metadata; None for JSON that is not ours."""
    found = _json_object(text)
    if found is None or not isinstance(found.get("a"), str):
        return None
    origin = Origin(
        str(found.get("p") or ""),
        str(found.get("t") or ""),
        bool(found.get("d")),
        str(found.get("r") or ""),
        bool(found.get("h")),
    )
    return FormMetadata(found["a"], found.get("g") or {}, int(found.get("c") or 0), origin)


def _compact_json(thing: Args) -> str:
    return json.dumps({k: v for k, v in thing.items() if v or k == "a"}, separators=(",", ":"))


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
