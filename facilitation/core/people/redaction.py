"""Redaction: removes a person from cards, arguments and events. Pure functions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, assert_never

from msgspec.structs import replace

from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Divider,
    Field,
    Fields,
    File,
    Item,
    Items,
    Link,
    LinkButton,
    Mention,
    Menu,
    Name,
    Option,
    Part,
    Picture,
    Plain,
    Small,
    Span,
    Text,
)
from facilitation.core.values.events import ChannelChanged, Event, MessageEdited, MessagePosted
from storage.name_redaction import SOMEONE

REDACTED_QUOTE = "…"
"""What replaces the words of a forgotten person."""


@dataclass(frozen=True)
class PersonTrace:
    """How a card can identify a person: by ids in its spans, and by their names in other text."""

    members: frozenset[int]
    """The member ids that spans may name."""
    words_by: frozenset[int]
    """The authors that spans may quote: member ids, and negated account ids."""
    hide_names: Callable[[str], str]
    """Replaces each of the person's names in a text with `someone`."""


def redacted(card: Card, trace: PersonTrace) -> Card:
    """A card that neither names nor quotes a person."""

    def without(span: Span) -> Span:
        match span:
            case Name() | Mention():
                return Plain(SOMEONE) if span.member in trace.members else span
            case Plain() | Link() if span.by in trace.words_by:
                return _wordless(span)
            case Plain():
                return replace(span, text=trace.hide_names(span.text))
            case Link():
                return span if span.label == span.url else replace(span, label=trace.hide_names(span.label))
            case _:
                return span

    return _mapped(card, without, trace.hide_names)


def without_quotes(card: Card) -> Card:
    """A card without quoted words and without the content of its files."""

    def without(span: Span) -> Span:
        return _wordless(span) if isinstance(span, Plain | Link) and span.by else span

    parts = (replace(part, data=b"") if isinstance(part, File) else part for part in card.parts)
    return _mapped(replace(card, parts=tuple(parts)), without, lambda words: words)


def redacted_args(value: Any, hidden: Callable[[str], str]) -> Any:
    """Apply `hidden`, which replaces a person's names, to every string in decoded JSON arguments."""
    match value:
        case str():
            return hidden(value)
        case list():
            return [redacted_args(one, hidden) for one in value]
        case dict():
            return {name: redacted_args(one, hidden) for name, one in value.items()}
        case _:
            return value


def redacted_event(event: Event, handles: frozenset[str], hidden: Callable[[str], str]) -> Event:
    """Remove the person who has these handles from an event that somebody else caused."""
    match event:
        case MessagePosted() | MessageEdited():
            return replace(event, text=hidden(event.text))
        case ChannelChanged(channel=channel):
            there = tuple(handle for handle in channel.members if handle not in handles)
            return replace(event, channel=replace(channel, members=there, topic=hidden(channel.topic)))
        case _:
            return event


# Small parts ---------------------------------------------------------------------------------------


def _wordless(span: Plain | Link) -> Span:
    return Plain(REDACTED_QUOTE, span.style) if isinstance(span, Plain) else Link(span.url, span.url)


def _mapped(card: Card, span: Callable[[Span], Span], words: Callable[[str], str]) -> Card:
    """Apply `span` to every span of a card, and `words` to every other text, such as labels and titles."""

    def text(one: Text) -> Text:
        return Text(tuple(map(span, one.spans)))

    def button(one: Button) -> Button:
        return replace(one, label=words(one.label))

    def item(one: Item) -> Item:
        return Item(text(one.text), text(one.detail), tuple(map(button, one.buttons)))

    def part(one: Part) -> Part:
        match one:
            case Text():
                return text(one)
            case Small():
                return Small(text(one.text))
            case Fields():
                return Fields(tuple(Field(words(row.label), text(row.value)) for row in one.rows))
            case Items():
                return Items(
                    tuple(
                        Item(text(i.text), text(i.detail), tuple(map(button, i.buttons))) for i in one.items
                    )
                )
            case Divider():
                return one
            case Picture():
                return replace(one, alt=words(one.alt))
            case File():
                return replace(one, words=words(one.words))
            case Buttons():
                links = tuple(LinkButton(words(link.label), link.url) for link in one.links)
                return Buttons(tuple(map(button, one.buttons)), links)
            case Menu():
                options = tuple(Option(option.value, words(option.label)) for option in one.options)
                return replace(one, label=words(one.label), options=options)
            case _:
                assert_never(one)

    return replace(card, title=words(card.title), parts=tuple(map(part, card.parts)))
