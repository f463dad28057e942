"""What gives people, times and emoji their look: initials, colours, names of days."""

import re
import zlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.emoji import Emoji, NoEmoji

HUES = 10
"""How many avatar colours `static/style.css` has, as `.hue-0` and so on."""

QUICK = ("+1", "heart", "tada", "raised_hands", "bulb", "eyes", "thinking_face", "coffee")
"""The emoji offered under a message."""


def initials(name: str) -> str:
    """One or two letters that stand for a person."""
    parts = [part for part in re.split(r"[\s_.-]+", name) if part and part[0].isalnum()]
    if not parts:
        return (name.strip() or "?")[0].upper()
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


def hue_of(handle: str) -> int:
    """The number of a person's colour: the same on every visit."""
    return zlib.crc32(handle.encode("utf-8", "replace")) % HUES


def emoji(name: str) -> str:
    """An emoji by its short name; the name itself between colons where there is none."""
    try:
        return str(Emoji(name.casefold()))
    except NoEmoji:
        return name if not name.isascii() else f":{name}:"


def zone(name: str, otherwise: str = "UTC") -> ZoneInfo:
    """A time zone by its name, or another where the name is none."""
    for candidate in (name, otherwise):
        try:
            return ZoneInfo(candidate)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def city(name: str) -> str:
    """The city of an IANA zone."""
    return name.rsplit("/", 1)[-1].replace("_", " ")


def moment(at: datetime, where: ZoneInfo, form: str) -> str:
    """An instant as people write it, in a zone; `form` is `date`, `time` or `both`."""
    local = at.astimezone(where)
    day, clock = f"{local:%a} {local.day} {local:%b}", f"{local:%H:%M}"
    return {"date": day, "time": clock}.get(form, f"{day}, {clock}")


def full_moment(at: datetime, where: ZoneInfo) -> str:
    """An instant with everything: for titles and for whoever needs to know exactly."""
    local = at.astimezone(where)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({city(str(where))})"


def day_name(day: date, today: date) -> str:
    """A day as a separator says it."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A} {day.day} {day:%B}" + (f" {day.year}" if day.year != today.year else "")
