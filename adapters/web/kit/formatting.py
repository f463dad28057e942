"""How people, times and emoji are shown: initials, avatar colours, local times, names of days."""

import re
import zlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.emoji import Emoji, NoEmoji

HUES = 10
"""The number of avatar colours in `static/theme.css`: `.hue-0` and so on."""


def initials(name: str) -> str:
    """One or two letters for an avatar; `?` for a name without letters."""
    parts = [part for part in re.split(r"[\s_.-]+", name) if part and part[0].isalnum()]
    if not parts:
        return (name.strip() or "?")[0].upper()
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


def hue_of(key: str) -> int:
    """The number of the avatar colour for a key, from 0 to `HUES` - 1; the same in every process."""
    return zlib.crc32(key.encode("utf-8", "replace")) % HUES


def emoji(name: str) -> str:
    """The emoji of a short name such as `tada`; `:name:` if there is none."""
    try:
        return str(Emoji(name.casefold()))
    except NoEmoji:
        return name if not name.isascii() else f":{name}:"


def zone(name: str, otherwise: str = "UTC") -> ZoneInfo:
    """The time zone with this IANA name; if it is unknown, that of `otherwise`, else UTC."""
    for candidate in (name, otherwise):
        try:
            return ZoneInfo(candidate)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def city(name: str) -> str:
    """The city in the name of an IANA zone: `Mexico City` for `America/Mexico_City`."""
    return name.rsplit("/", 1)[-1].replace("_", " ")


def moment(at: datetime, where: ZoneInfo, form: str) -> str:
    """An instant in local time: `Mon 5 May, 09:30`; `form` is `date`, `time` or `both`."""
    local = at.astimezone(where)
    day, clock = f"{local:%a} {local.day} {local:%b}", f"{local:%H:%M}"
    return {"date": day, "time": clock}.get(form, f"{day}, {clock}")


def full_moment(at: datetime, where: ZoneInfo) -> str:
    """An instant with its weekday, year and zone, for tooltips."""
    local = at.astimezone(where)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({city(str(where))})"


def day_name(day: date, today: date) -> str:
    """A day as a heading between messages: `Today`, `Yesterday` or the date."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A} {day.day} {day:%B}" + (f" {day.year}" if day.year != today.year else "")
