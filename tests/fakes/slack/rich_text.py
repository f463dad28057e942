"""Whether Slack would take a `rich_text` block: it knows these elements, keys and styles, and no others."""

import re
from collections.abc import Iterator

from tests.fakes.slack.elements import unknown_keys
from tests.fakes.slack.values import Json

_SECTIONS = {
    "rich_text_section": {"elements"},
    "rich_text_list": {"elements", "style", "indent", "offset", "border"},
    "rich_text_preformatted": {"elements", "border", "language"},
    "rich_text_quote": {"elements", "border"},
}
_INLINE: dict[str, tuple[set[str], set[str]]] = {
    "text": ({"text"}, {"style"}),
    "link": ({"url"}, {"text", "unsafe", "style"}),
    "user": ({"user_id"}, {"style"}),
    "channel": ({"channel_id"}, {"style"}),
    "usergroup": ({"usergroup_id"}, {"style"}),
    "emoji": ({"name"}, {"unicode", "skin_tone", "style"}),
    "broadcast": ({"range"}, {"style"}),
    "date": ({"timestamp", "format"}, {"url", "fallback", "style"}),
    "color": ({"value"}, {"style"}),
    "team": ({"team_id"}, {"style"}),
}
_STYLES = {"bold", "italic", "strike", "code", "underline"}
_MENTION_STYLES = {"bold", "italic", "strike", "highlight", "client_highlight", "unlink"}
_DATE_TOKENS = {
    "date_num", "date", "date_short", "date_long", "date_pretty", "date_short_pretty", "date_long_pretty",
    "date_long_full", "day_divider_pretty", "time", "time_secs", "ago",
}  # fmt: skip


def wrong_with_rich_text(block: Json) -> Iterator[str]:
    """What Slack would mind in a block of rich text."""
    elements = block.get("elements")
    if not isinstance(elements, list) or not elements:
        yield "rich_text: no elements"
        return
    for element in elements:
        kind = element.get("type", "")
        if kind not in _SECTIONS:
            yield f"rich_text: unknown element {kind!r}"
            continue
        yield from unknown_keys(kind, element, _SECTIONS[kind] | {"type"})
        if kind == "rich_text_list":
            yield from _list(element)
        else:
            for inline in element.get("elements", ()):
                yield from _inline(
                    inline, {"text", "link"} if kind == "rich_text_preformatted" else set(_INLINE)
                )


def _list(element: Json) -> Iterator[str]:
    if element.get("style") not in ("bullet", "ordered"):
        yield "rich_text_list: style is bullet or ordered"
    if not 0 <= element.get("indent", 0) <= 8:
        yield "rich_text_list: indent 0 to 8"
    for section in element.get("elements", ()):
        if section.get("type") != "rich_text_section":
            yield "rich_text_list: sections only"
        for inline in section.get("elements", ()):
            yield from _inline(inline, set(_INLINE))


def _inline(inline: Json, allowed: set[str]) -> Iterator[str]:
    kind = inline.get("type", "")
    if kind not in allowed:
        yield f"rich_text: unknown element {kind!r}"
        return
    needed, more = _INLINE[kind]
    yield from unknown_keys(kind, inline, needed | more | {"type"})
    missing = [name for name in needed if inline.get(name) in (None, "")]
    if missing:
        yield f"{kind}: needs {', '.join(missing)}"
        return
    style = inline.get("style", {})
    styles = _MENTION_STYLES if kind in ("user", "channel", "usergroup") else _STYLES
    if (
        not isinstance(style, dict)
        or style.keys() - styles
        or not all(v is True or v is False for v in style.values())
    ):
        yield f"{kind}: style {style!r}"
    if kind == "broadcast" and inline["range"] not in ("here", "channel", "everyone"):
        yield f"broadcast: {inline['range']!r}"
    if kind == "date":
        yield from _date(inline)


def _date(inline: Json) -> Iterator[str]:
    tokens = set(re.findall(r"\{([^{}]*)\}", inline["format"]))
    if not isinstance(inline["timestamp"], int) or not tokens or tokens - _DATE_TOKENS:
        yield f"date: {inline['timestamp']!r} as {inline['format']!r}"
