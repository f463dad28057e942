"""Encodes what a button or menu carries in the 100 characters of its custom id.

`resources.drop|7|resource:12|words=a b` is the command, the community and the arguments; the character after
a name is the type of its value. The id contains everything, so a button works after a restart. In a direct
message the id also contains the server, in base 36, which an interaction there lacks: `7@3w5e11264sgsf`.

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
_BASE_36_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
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
        self._values: OrderedDict[str, T] = OrderedDict()

    def put(self, value: T, token: str = "") -> str:
        """Store a value, in place of an earlier one with the same token; returns the token."""
        token = token or secrets.token_urlsafe(9)
        self._values[token] = value
        self._values.move_to_end(token)
        while len(self._values) > self._capacity:
            self._values.popitem(last=False)
        return token

    def get(self, token: str) -> T | None:
        """The value of a token; None if it was dropped."""
        return self._values.get(token)

    def drop(self, token: str) -> None:
        """Remove a value."""
        self._values.pop(token, None)


class CustomIds:
    """Makes custom ids that all differ, for one message or several."""

    def __init__(self, payloads: TokenCache[ButtonPayload]) -> None:
        self._payloads = payloads
        self._used: set[str] = set()

    def id_for(self, payload: ButtonPayload) -> str:
        """A custom id; one that occurs twice gets a number, because Discord requires unique ids."""
        plain = encode(payload)
        for number in range(50):
            found = plain + (f"|#{number}" if number else "") if plain is not None else None
            if found is None or size(found) > CUSTOM_ID:
                break
            if found not in self._used:
                self._used.add(found)
                return found
        return f"kept|{self._payloads.put(payload)}"


def decode(custom_id: str, payloads: TokenCache[ButtonPayload]) -> ButtonPayload | None:
    """The payload of a custom id; None if it is not ours, or was kept in memory and is gone."""
    command, _, rest = custom_id.partition("|")
    if command == "kept":
        return payloads.get(rest)
    where, *parts = rest.split("|")
    community, _, guild = where.partition("@")
    payload = ButtonPayload(command, {}, int(community) if community.isdigit() else 0, _from_base_36(guild))
    for part in parts:
        found = _PART.fullmatch(part)
        if found is None:
            continue
        name, type_sign, text = found.groups()
        if type_sign == "?":
            payload = replace(payload, field=name)
        else:
            payload.args[name] = _DECODERS[type_sign](text)
    return payload


def encode(payload: ButtonPayload) -> str | None:
    """The custom id of a payload; None if it is too long or a value cannot be encoded."""
    guild = f"@{_to_base_36(payload.guild)}" if payload.guild else ""
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
    """The component id by which a part of a delivery is looked up in the history of a channel.

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


def _to_base_36(snowflake: str) -> str:
    number, digits = int(snowflake), ""
    while number:
        number, digit = divmod(number, 36)
        digits = _BASE_36_DIGITS[digit] + digits
    return digits


def _from_base_36(text: str) -> str:
    return str(int(text, 36)) if text.isalnum() and text.isascii() else ""
