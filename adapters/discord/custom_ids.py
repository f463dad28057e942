"""What a button or a menu carries, within the hundred characters of its custom id.

`resources.drop|7|resource:12|words=a b` is an ask, the community and the arguments; the sign behind a name
says what the value is. It is all there is to know, so a button works after a restart, and for ever. In a
direct message, where nothing else tells the server, `7@3w5e11264sgsf` names it behind the community.

What does not fit (the arguments of a typed command, in the question which community is meant) is kept in
memory for a while: `kept|TOKEN`.
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
    """What is asked when something is pressed; `field` takes the option that was chosen."""

    command: str
    args: dict[str, Any] = field(default_factory=dict)
    community: int = 0
    guild: str = ""
    field: str = ""


class TokenCache(Generic[T]):
    """Things kept for a while under a token, the oldest given up first."""

    def __init__(self, room: int = 2_000) -> None:
        self._room = room
        self._things: OrderedDict[str, T] = OrderedDict()

    def put(self, thing: T, token: str = "") -> str:
        """Keep something, in the place of what was there; returns the token."""
        token = token or secrets.token_urlsafe(9)
        self._things[token] = thing
        self._things.move_to_end(token)
        while len(self._things) > self._room:
            self._things.popitem(last=False)
        return token

    def get(self, token: str) -> T | None:
        """What is kept, unless it is gone."""
        return self._things.get(token)

    def drop(self, token: str) -> None:
        """Forget it."""
        self._things.pop(token, None)


class CustomIds:
    """Custom ids of one message or of many: each differs from all the others."""

    def __init__(self, kept: TokenCache[ButtonPayload]) -> None:
        self._kept = kept
        self._given: set[str] = set()

    def of(self, press: ButtonPayload) -> str:
        """An id for this; two that ask the same are told apart by a number, since Discord wants that."""
        plain = encode(press)
        for turn in range(50):
            found = plain + (f"|#{turn}" if turn else "") if plain is not None else None
            if found is None or size(found) > CUSTOM_ID:
                break
            if found not in self._given:
                self._given.add(found)
                return found
        return f"kept|{self._kept.put(press)}"


def decode(custom_id: str, kept: TokenCache[ButtonPayload]) -> ButtonPayload | None:
    """What an id asks; None for one that is not ours, or was kept in memory and is gone."""
    command, _, rest = custom_id.partition("|")
    if command == "kept":
        return kept.get(rest)
    where, *parts = rest.split("|")
    community, _, guild = where.partition("@")
    press = ButtonPayload(command, {}, int(community) if community.isdigit() else 0, _from_36(guild))
    for part in parts:
        found = _PART.fullmatch(part)
        if found is None:
            continue
        name, mark, text = found.groups()
        if mark == "?":
            press = replace(press, field=name)
        else:
            press.args[name] = _VALUES[mark](text)
    return press


def encode(press: ButtonPayload) -> str | None:
    """The id of this, None where it does not fit or a value has no short form."""
    guild = f"@{_to_36(press.guild)}" if press.guild else ""
    parts = [press.command, f"{press.community or ''}{guild}"]
    for name, value in press.args.items():
        text = _value(value)
        if text is None:
            return None
        parts.append(name + text)
    if press.field:
        parts.append(f"{press.field}?")
    found = "|".join(parts)
    return found if size(found) <= CUSTOM_ID else None


def component_id(delivery: str, part: int) -> int:
    """The number under which a part of a delivery is found again in a channel's history.

    Discord keeps no nonce with a message, but every component's `id`, a positive number of 32 bits: the
    outermost component of each message has this one.
    """
    digest = hashlib.blake2s(f"{delivery}/{part}".encode(), digest_size=4).digest()
    return 2**20 + int.from_bytes(digest) % (2**31 - 2**20)


def nonce_for(delivery: str, part: int) -> str:
    """What lets Discord recognise a message that is sent twice within a few minutes."""
    return hashlib.blake2s(f"{delivery}/{part}".encode(), digest_size=10).hexdigest()[:NONCE]


# ------------------------------------------------------------------------------------------------


def _value(value: Any) -> str | None:
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
            return f"={_hidden(value)}"
        case tuple() | list() if all(isinstance(one, str) for one in value):
            return "*" + "".join(_hidden(one) + "," for one in value)
        case _:
            return None


def _hidden(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\p").replace(",", "\\c")


def _shown(text: str) -> str:
    signs = {"p": "|", "c": ",", "\\": "\\"}
    return re.sub(r"\\(.)", lambda found: signs.get(found[1], found[1]), text, flags=re.DOTALL)


_VALUES: dict[str, Callable[[str], Any]] = {
    "!": lambda text: text == "1",
    "-": lambda _: None,
    ":": int,
    "~": float,
    "=": _shown,
    "*": lambda text: tuple(_shown(one) for one in text.split(",")[:-1]),
}


def _to_36(snowflake: str) -> str:
    number, digits = int(snowflake), ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _from_36(text: str) -> str:
    return str(int(text, 36)) if text.isalnum() and text.isascii() else ""
