"""Speech: literal templates, parsed once, into which arguments are inserted as spans.

Everything people read passes `say`, so that it can be translated there. What people typed is an argument and
therefore always plain text.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from string import Formatter

from facilitation.core.values.cards import (
    Card,
    Channel,
    Emoji,
    Link,
    Mention,
    Moment,
    Name,
    Part,
    PlaceRef,
    Plain,
    Span,
    Style,
    Text,
    Tone,
    texts,
)
from storage.communities import Member

_STYLE_OF_MARK: dict[str, Style] = {"**": "bold", "_": "italic", "`": "code"}
Sayable = str | int | float | datetime | Member | Text | Span | Channel
_MARK = re.compile(r"(\*\*|`|(?<![A-Za-z0-9])_(?=\S)|(?<=\S)_(?![A-Za-z0-9]))|:([a-z0-9_+-]+):")


def say(template: str, /, **arguments: Sayable) -> Text:
    """A text from a literal template with light Markdown (`**bold**`, `_italic_`, `` `code` ``, `:emoji:`).

    `{name}` inserts an argument as a span: a member becomes a name that does not notify, a datetime a moment,
    a channel a reference, a text its spans, and anything else plain characters in the surrounding style.
    Raises KeyError for a placeholder without an argument, which is a programming error.
    """
    spans: list[Span] = []
    for piece in _parse(template):
        match piece:
            case (str(name), style):
                spans.extend(_spans(arguments[name], style))
            case _:
                spans.append(piece)
    return Text(tuple(_joined(spans)))


def count(n: int, one: str, many: str, /, **arguments: Sayable) -> Text:
    """`say` with the template that fits a number, which is `{n}` in both."""
    return say(one if n == 1 else many, n=n, **arguments)


def listed(things: list[Sayable], /, *, conjunction: str = "and") -> Text:
    """`a, b and c` as one text."""
    spans: list[Span] = []
    for index, thing in enumerate(things):
        if index:
            spans.append(Plain(f" {conjunction} " if index == len(things) - 1 else ", "))
        spans.extend(_spans(thing, "plain"))
    return Text(tuple(_joined(spans)))


def join(texts: Sequence[Text], separator: str) -> Text:
    """Texts one after the other, with plain characters between them."""
    spans: list[Span] = []
    for index, text in enumerate(texts):
        spans += [Plain(separator), *text.spans] if index else text.spans
    return Text(tuple(_joined(spans)))


def quoted(words: str, by: int | None) -> Plain:
    """Somebody's own words as plain characters. They disappear from every card when the author is forgotten.

    `by` is a member's id, minus the id of an account that never belonged to a member, or None for an author
    who is forgotten already.
    """
    return Plain(words, by=by or 0)


def mention(member: Member) -> Mention:
    """A name that notifies. Used in direct messages, introductions and replies only."""
    return Mention(member.id)


def card(title: str = "", *parts: Part | str, tone: Tone = "plain") -> Card:
    """A card. A part given as a string is a literal template without arguments."""
    return Card(title, tuple(say(part) if isinstance(part, str) else part for part in parts), tone)


def plain(text: Text, names: dict[int, str] | None = None, places: dict[str, str] | None = None) -> str:
    """The characters of a text, for logs, notifications and terminals; times are in UTC.

    `names` maps member ids, and `places` channel handles, to what is shown for them.
    """
    return "".join(_characters(span, names or {}, places or {}) for span in text.spans)


def plain_card(card: Card) -> str:
    """The characters of a card, one line for each text, without names."""
    lines = [card.title, *(plain(text) for text in texts(card))]
    return "\n".join(line for line in lines if line)


def _characters(span: Span, names: dict[int, str], places: dict[str, str]) -> str:
    match span:
        case Plain():
            return span.text
        case Link():
            return span.label if span.label == span.url else f"{span.label} ({span.url})"
        case Name() | Mention():
            return names.get(span.member, "someone")
        case PlaceRef():
            return "#" + places.get(span.handle, span.handle)
        case Moment():
            form = {"date": "%a %d %b", "time": "%H:%M", "both": "%a %d %b %H:%M"}[span.form]
            return f"{span.at:{form}}"
        case Emoji():
            return f":{span.name}:"


@lru_cache(maxsize=2048)
def _parse(template: str) -> tuple[Span | tuple[str, Style], ...]:
    """The spans of a template, with `(name, style)` in place of each argument."""
    pieces: list[Span | tuple[str, Style]] = []
    style: Style = "plain"
    for literal, name, _, _ in Formatter().parse(template):
        at = 0
        for mark in _MARK.finditer(literal):
            if literal[at : mark.start()]:
                pieces.append(Plain(literal[at : mark.start()], style))
            at = mark.end()
            if mark[2]:
                pieces.append(Emoji(mark[2]))
            else:
                style = _STYLE_OF_MARK[mark[1]] if style == "plain" else "plain"
        if literal[at:]:
            pieces.append(Plain(literal[at:], style))
        if name is not None:
            pieces.append((name, style))
    return tuple(pieces)


def _spans(argument: Sayable, style: Style) -> list[Span]:
    match argument:
        case Text():
            return list(argument.spans)
        case Member():
            return [Name(argument.id)]
        case datetime():
            return [Moment(argument)]
        case Channel():
            return [PlaceRef(argument.space, argument.handle)]
        case str() | int() | float():
            return [Plain(str(argument), style)]
        case Plain(style="plain"):
            return [Plain(argument.text, style, argument.by)]
        case _:
            return [argument]


def _joined(spans: list[Span]) -> list[Span]:
    """Neighbouring plain spans of one style as one span; quoted words stay separate from ours."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if isinstance(span, Plain) and isinstance(last, Plain) and _is_alike(span, last):
            joined[-1] = Plain(last.text + span.text, span.style, span.by)
        elif not (isinstance(span, Plain) and not span.text):
            joined.append(span)
    return joined


def _is_alike(one: Plain, other: Plain) -> bool:
    return (one.style, one.by) == (other.style, other.by)
