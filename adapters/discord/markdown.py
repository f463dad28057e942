"""Renders texts as Discord's Markdown, in which nothing that a person typed is formatting.

A backslash before any punctuation mark shows the mark itself. Marks that have a meaning anywhere are always
escaped: `\\ * _ ~ | `` ` `` < > [ ] @ :`. So nobody can type a mention, timestamp, custom emoji, masked link
or bare address (`https\\://` is no link), and zero-width characters do not help, because each mark is escaped
by itself. At the start of a line `# - + 1.` make headings and lists: there all punctuation before the first
letter is escaped.
"""

import re
from collections.abc import Iterator
from typing import assert_never

from rich.emoji import Emoji as NamedEmoji
from rich.emoji import NoEmoji

from adapters.discord.limits import size
from facilitation.core.platforms.surface import RenderableCard
from facilitation.core.values.cards import (
    Emoji,
    Link,
    Mention,
    Moment,
    Name,
    PlaceRef,
    Plain,
    Span,
    Style,
    Text,
)

MAX_PIECE = 400
"""The most characters of plain text in one piece; a long text is split between pieces."""
LONGEST_LINK = 1_500
"""Characters of an address; for a longer one only the label is shown, as plain text."""

_ALWAYS_ESCAPED = re.compile(r"[\\*_~|`<>\[\]@]|:(?!\s)")
_LINE_START = re.compile(r"\W*(?:\d+[.)])?")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_STYLE_MARKS: dict[Style, str] = {"plain": "", "bold": "**", "italic": "*", "code": "`"}
_ZERO_WIDTH_SPACE = "\u200b"
_TIMESTAMP_STYLES = {"date": "D", "time": "t", "both": "f"}


def escaped(text: str, newline: str = "\n") -> str:
    """A text in which nothing is formatting; `newline` replaces line breaks."""
    shown = clean(text)
    lines = []
    for line in shown.split("\n"):
        start = _LINE_START.match(line)
        cut = start.end() if start else 0
        lines.append(_PUNCTUATION.sub(r"\\\1", line[:cut]) + _ALWAYS_ESCAPED.sub(r"\\\g<0>", line[cut:]))
    return newline.join(lines)


def clean(text: str) -> str:
    """A text that Discord accepts: without NUL and lone surrogates, with newlines as line breaks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def one_line(text: str) -> str:
    """A text on one line, in which nothing is formatting."""
    return escaped(" ".join(clean(text).split()))


def split_markdown(text: Text, renderable: RenderableCard, limit: int, newline: str = "\n") -> list[str]:
    """A text as Markdown, in pieces of at most `limit` characters."""
    found: list[str] = []
    current = ""
    for markup in _separated(_markup_of(text, renderable, newline)):
        if current and size(current) + size(markup) > limit:
            found.append(current)
            current = ""
        current += markup
    return [*found, current] if current else found


def emoji(name: str) -> str | None:
    """The emoji of a short name; None if there is none."""
    try:
        return str(NamedEmoji(name.casefold().strip(":")))
    except NoEmoji:
        return None if name.isascii() else name


def link_address(url: str) -> str | None:
    """A web address with characters escaped that would end a link; None for any other address."""
    url = clean(url).strip()
    if not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        return None
    return re.sub(r"[\s<>()\\`|]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)


# ------------------------------------------------------------------------------------------------


def _markup_of(text: Text, renderable: RenderableCard, newline: str) -> Iterator[str]:
    for span in text.spans:
        yield from _markup(span, renderable, newline)


def _separated(marked: Iterator[str]) -> Iterator[str]:
    """Join pieces of markup; a zero-width space separates style marks that would be read as one."""
    last = ""
    for markup in marked:
        touches = last.endswith(("*", "`")) and markup.startswith(("*", "`"))
        yield _ZERO_WIDTH_SPACE + markup if touches else markup
        last = markup


def _markup(span: Span, renderable: RenderableCard, newline: str) -> Iterator[str]:
    match span:
        case Plain():
            for piece in _split(clean(span.text)):
                yield _styled(piece, span.style, newline)
        case Link():
            yield from _link(span, newline)
        case Name():
            person = renderable.people.get(span.member)
            yield one_line(person.name if person else "someone")
        case Mention():
            person = renderable.people.get(span.member)
            if person and person.handle.isdigit():
                yield f"<@{person.handle}>"
            else:
                yield one_line(person.name if person else "someone")
        case PlaceRef():
            if span in renderable.links:
                yield from _link(Link(renderable.links[span], renderable.place_name(span)), newline)
            elif span.handle.isdigit() and renderable.is_here(span):
                yield f"<#{span.handle}>"
            else:
                yield one_line(renderable.place_name(span))
        case Moment():
            yield f"<t:{int(span.at.timestamp())}:{_TIMESTAMP_STYLES[span.form]}>"
        case Emoji():
            yield emoji(span.name) or escaped(f":{span.name}:")
        case _:
            assert_never(span)


def _styled(text: str, style: Style, newline: str) -> str:
    mark = _STYLE_MARKS[style]
    inner = text.strip()
    if not mark or not inner:
        return escaped(text, newline)
    if style == "code":
        if "`" in inner or "\n" in inner:
            return escaped(text, newline)
        return text.replace(inner, f"`{inner}`", 1)
    before, after = text[: text.index(inner)], text[text.index(inner) + len(inner) :]
    return f"{escaped(before, newline)}{mark}{escaped(inner, newline)}{mark}{escaped(after, newline)}"


def _link(link: Link, newline: str) -> Iterator[str]:
    """`[label](<address>)`: the angle brackets keep Discord from unfurling the address."""
    url = link_address(link.url)
    if url is None or size(url) > LONGEST_LINK:
        label = link.label if link.label != link.url else link.url
        for piece in _split(clean(label)):
            yield escaped(piece, newline)
    elif link.label in ("", link.url):
        yield f"<{url}>"
    else:
        yield f"[{one_line(link.label[:MAX_PIECE])}](<{url}>)"


def _split(text: str) -> Iterator[str]:
    """A text in pieces, split after a line break or a space where there is one."""
    while len(text) > MAX_PIECE:
        at = max(text.rfind("\n", 0, MAX_PIECE), text.rfind(" ", 0, MAX_PIECE)) + 1 or MAX_PIECE
        yield text[:at]
        text = text[at:]
    if text:
        yield text
