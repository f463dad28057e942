"""Encodes what a button or menu carries in the 100 characters of its custom id.

`resources.drop|7|resource:12|words=a b` is the command, the community and the arguments; the character behind
a name tells the type of its value. The id contains everything, so a button works after a restart. In a direct
message nothing else tells the server, so `7@3w5e11264sgsf` names it behind the community.

What does not fit is kept in memory for a while under `kept|TOKEN`: the arguments of a typed command, on the
button that asks which community is meant.
"""

import hashlib
import math
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from adapters.discord.limits import CUSTOM_ID, NONCE, size

PATTERN = re.compile(r"(?:[a-z_]+\.[a-z_]+|kept)\|[\s\S]*")
_PART = re.compile(r"([a-z_]+)([=:!~*?-])([\s\S]*)")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
T = TypeVar("T")


@dataclass(frozen=True)
class ButtonPayload:
    """What a button or menu sends; the option that is chosen in a menu becomes the argument `field`."""

    command: str
    args: dict[str, Any] = field(default_factory=dict)
    community: int = 0
    guild: str = ""
    field: str = ""


class TokenCache(Generic[T]):
    """Keeps a limited number of values under tokens; the least recently stored are dropped first."""

    def __init__(self, capacity: int = 2_000) -> None:
        self._capacity = capacity
        self._things: OrderedDict[str, T] = OrderedDict()

    def put(self, thing: T, token: str = "") -> str:
        """Store a value, in place of an earlier one with the same token; returns the token."""
        token = token or secrets.token_urlsafe(9)
        self._things[token] = thing
        self._things.move_to_end(token)
        while len(self._things) > self._capacity:
            self._things.popitem(last=False)
        return token

    def get(self, token: str) -> T | None:
        """The value of a token; None if it was dropped."""
        return self._things.get(token)

    def drop(self, token: str) -> None:
        """Remove a value."""
        self._things.pop(token, None)


class CustomIds:
    """Makes custom ids that all differ, for one message or several."""

    def __init__(self, kept: TokenCache[ButtonPayload]) -> None:
        self._kept = kept
        self._given: set[str] = set()

    def id_for(self, payload: ButtonPayload) -> str:
        """A custom id; one that occurs twice gets a number, because Discord requires unique ids."""
        plain = encode(payload)
        for turn in range(50):
            found = plain + (f"|#{turn}" if turn else "") if plain is not None else None
            if found is None or size(found) > CUSTOM_ID:
                break
            if found not in self._given:
                self._given.add(found)
                return found
        return f"kept|{self._kept.put(payload)}"


def decode(custom_id: str, kept: TokenCache[ButtonPayload]) -> ButtonPayload | None:
    """The payload of a custom id; None if it is not ours, or was kept in memory and is gone."""
    command, _, rest = custom_id.partition("|")
    if command == "kept":
        return kept.get(rest)
    where, *parts = rest.split("|")
    community, _, guild = where.partition("@")
    payload = ButtonPayload(command, {}, int(community) if community.isdigit() else 0, _from_36(guild))
    for part in parts:
        found = _PART.fullmatch(part)
        if found is None:
            continue
        name, mark, text = found.groups()
        if mark == "?":
            payload = replace(payload, field=name)
        else:
            payload.args[name] = _DECODERS[mark](text)
    return payload


def encode(payload: ButtonPayload) -> str | None:
    """The custom id of a payload; None if it is too long or a value cannot be encoded."""
    guild = f"@{_to_36(payload.guild)}" if payload.guild else ""
    parts = [payload.command, f"{payload.community or ''}{guild}"]
    for name, value in payload.args.items():
        text = _encode_value(value)
        if text is None:
            return None
        parts.append(name + text)
    if payload.field:
        parts.append(f"{payload.field}?")
    found = "|".join(parts)
    return found if size(found) <= CUSTOM_ID else None


def component_id(delivery: str, part: int) -> int:
    """The component id by which a part of a delivery is found again in the history of a channel.

    Discord keeps no nonce with a message, but it keeps the `id` of every component, a positive 32-bit number:
    the outermost component of each message gets this one.
    """
    digest = hashlib.blake2s(f"{delivery}/{part}".encode(), digest_size=4).digest()
    return 2**20 + int.from_bytes(digest) % (2**31 - 2**20)


def nonce_for(delivery: str, part: int) -> str:
    """The nonce by which Discord recognises a message that is sent twice within a few minutes."""
    return hashlib.blake2s(f"{delivery}/{part}".encode(), digest_size=10).hexdigest()[:NONCE]


# ------------------------------------------------------------------------------------------------


def _encode_value(value: Any) -> str | None:
    match value:
        case bool():
            return f"!{int(value)}"
        case None:
            return "-"
        case int():
            return f":{value}"
        case float():
            return f"~{value!r}" if math.isfinite(value) else None
        case str():
            return f"={_escape(value)}"
        case tuple() | list() if all(isinstance(one, str) for one in value):
            return "*" + "".join(_escape(one) + "," for one in value)
        case _:
            return None


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\p").replace(",", "\\c")


def _unescape(text: str) -> str:
    signs = {"p": "|", "c": ",", "\\": "\\"}
    return re.sub(r"\\(.)", lambda found: signs.get(found[1], found[1]), text, flags=re.DOTALL)


_DECODERS: dict[str, Callable[[str], Any]] = {
    "!": lambda text: text == "1",
    "-": lambda _: None,
    ":": int,
    "~": float,
    "=": _unescape,
    "*": lambda text: tuple(_unescape(one) for one in text.split(",")[:-1]),
}


def _to_36(snowflake: str) -> str:
    number, digits = int(snowflake), ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _from_36(text: str) -> str:
    return str(int(text, 36)) if text.isalnum() and text.isascii() else ""
