"""Reports the result of a rehearsal: on the terminal, as an HTML page, and as JSON."""

import base64
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from typing import Any, assert_never

import orjson
from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as RichText

from adapters.archive.transcript import Entry, words_of
from bot.rehearsal import Rehearsal
from facilitation.core.platforms.surface import RenderableCard, Response
from facilitation.core.values.cards import (
    Buttons,
    Card,
    Divider,
    Emoji,
    Fields,
    File,
    Item,
    Items,
    Link,
    Mention,
    Menu,
    Moment,
    Name,
    Part,
    Picture,
    PlaceRef,
    Plain,
    Small,
    Span,
    Text,
    buttons_in,
)
from facilitation.core.values.links import is_web_address
from facilitation.core.values.speech import plain

FIGURES = ("messages", "authors", "replies", "reactions", "joins", "links", "questions")


# As JSON -----------------------------------------------------------------------------------------


def as_json(result: Rehearsal) -> bytes:
    """The result as JSON in UTF-8, with `totals`, `weeks` and `posts`; see docs/rehearsing.md."""
    document = {
        "totals": result.counts.totals,
        "weeks": result.counts.weeks,
        "posts": [_post(entry) for entry in result.entries],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _post(entry: Entry) -> dict[str, Any]:
    return {
        "at": f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
        "feature": entry.feature,
        "key": entry.key,
        "place": entry.place,
        "to": entry.to,
        "title": entry.card.title,
        "text": entry.text,
    }


# On the terminal ---------------------------------------------------------------------------------


def show(result: Rehearsal, console: Console) -> None:
    """Print posts, responses, totals and problems. Posts are framed on a terminal, plain lines elsewhere."""
    for entry in result.entries:
        where = _where(entry, result)
        if console.is_terminal:
            console.print(
                Panel(
                    Group(*_on_terminal(entry.renderable)),
                    title=RichText(entry.card.title or "…", style="bold"),
                    subtitle=RichText(f"{entry.at:%a %d %b %Y %H:%M} UTC · {where}", style="dim"),
                    title_align="left",
                    subtitle_align="left",
                    box=box.ROUNDED,
                    width=min(console.width, 100),
                )
            )
        else:
            lines = "\n  ".join(entry.text.split("\n"))
            console.print(
                f"{entry.at:%Y-%m-%d %H:%M} {where}: {entry.card.title}\n  {lines}\n",
                markup=False,
                emoji=False,
                highlight=False,
                soft_wrap=True,
            )
    for at, who, answer in result.answers:
        head = f"{at:%Y-%m-%d %H:%M} to {result.people.get(who) or who} alone: "
        console.print(
            f"{head}{_answered(answer)}\n", markup=False, emoji=False, highlight=False, soft_wrap=True
        )
    console.print(_totals(result))
    for problem in result.problems:
        console.print(f"! {problem}", markup=False, emoji=False, highlight=False, soft_wrap=True)


def _answered(answer: Response) -> str:
    """The text of a response: its card, or the labels of its form, or the errors in its form."""
    lines: list[str] = []
    if answer.renderable is not None:
        lines = [answer.renderable.card.title, *words_of(answer.renderable).split("\n")]
    if answer.form is not None:
        labels = {field.name: field.label for field in answer.form.fields}
        errors = [f"{labels.get(name, name)}: {words}" for name, words in answer.form.errors.items()]
        lines = [f"the form “{answer.form.title}”", *(errors or [", ".join(labels.values())])]
    return "\n  ".join(lines)


def _totals(result: Rehearsal) -> Table:
    table = Table(
        box=box.SIMPLE, title=f"{result.name}: {len(result.counts.weeks)} weeks, {len(result.entries)} posts"
    )
    for figure in FIGURES:
        table.add_column(figure, justify="right")
    totals: dict[str, Any] = dict(result.counts.totals)
    table.add_row(*(f"{totals[figure]:,}" for figure in FIGURES))
    return table


def _where(entry: Entry, result: Rehearsal) -> str:
    if entry.to is not None:
        return f"to {result.people.get(entry.to) or entry.to}"
    return "#" + result.places.get(entry.place, entry.place)


def _on_terminal(renderable: RenderableCard) -> Iterator[RenderableType]:
    names = {member: person.name for member, person in renderable.people.items()}

    def words(text: Text) -> str:
        return plain(text, names, renderable.places)

    for part in renderable.card.parts:
        match part:
            case Text():
                yield RichText(words(part) + "\n")
            case Small():
                yield RichText(words(part.text), style="dim")
            case Fields():
                for row in part.rows:
                    yield RichText.assemble((f"{row.label}  ", "bold"), words(row.value))
            case Items():
                for item in part.items:
                    yield RichText(f"• {words(item.text)}")
                    if item.detail:
                        yield RichText(f"  {words(item.detail)}", style="dim")
                yield RichText("")
            case Divider():
                yield RichText("─" * 20, style="dim")
            case Picture():
                yield RichText(f"[picture: {part.alt}]", style="italic dim")
            case File():
                yield RichText(f"[file {part.name}: {part.words}]", style="italic dim")
            case Buttons() | Menu():
                pass
            case _:
                assert_never(part)
    labels = [f"[ {button.label} ]" for button in buttons_in(renderable.card)]
    if labels:
        yield RichText("  ".join(labels), style="cyan")


# As a page ---------------------------------------------------------------------------------------


def as_page(result: Rehearsal) -> str:
    """The result as one self-contained HTML file: posts as cards, then a table of the figures per week."""
    style = files("bot").joinpath("transcript.css").read_text("utf-8")
    posts = "\n".join(_post_html(entry, result) for entry in result.entries)
    weeks = "\n".join(
        "<tr><th>"
        + week["week"]
        + "</th>"
        + "".join(f"<td>{dict(week)[name]}</td>" for name in FIGURES)
        + "</tr>"
        for week in result.counts.weeks
    )
    head = "".join(f"<th>{name}</th>" for name in FIGURES)
    name = escape(result.name)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}: a rehearsal</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>'
        f"<body><main><h1>{name}</h1><p>What Tertulia would have posted, and where.</p>{posts}"
        f"<h2>The weeks</h2><div class=wide><table><thead><tr><th>week</th>{head}</tr></thead>"
        f"<tbody>{weeks}</tbody></table></div></main></body></html>"
    )


def _post_html(entry: Entry, result: Rehearsal) -> str:
    body = "".join(_part_html(part, entry.renderable) for part in entry.card.parts)
    title = f"<h3>{escape(entry.card.title)}</h3>" if entry.card.title else ""
    when = f"{entry.at:%A %d %B %Y, %H:%M} UTC"
    return (
        f'<article class="{entry.card.tone}"><header>{escape(_where(entry, result))}'
        f'<time datetime="{entry.at.isoformat()}">{when}</time></header>{title}{body}</article>'
    )


def _part_html(part: Part, renderable: RenderableCard) -> str:
    match part:
        case Text():
            return f"<p>{_text_html(part, renderable)}</p>"
        case Small():
            return f"<p class=small>{_text_html(part.text, renderable)}</p>"
        case Fields():
            rows = (
                f"<dt>{escape(row.label)}</dt><dd>{_text_html(row.value, renderable)}</dd>"
                for row in part.rows
            )
            return f"<dl>{''.join(rows)}</dl>"
        case Items():
            return f"<ul>{''.join(_item_html(item, renderable) for item in part.items)}</ul>"
        case Divider():
            return "<hr>"
        case Picture():
            data = base64.b64encode(part.png).decode()
            return f'<img alt="{escape(part.alt)}" src="data:image/png;base64,{data}">'
        case File():
            return f"<p><span class=button>{escape(part.name)}</span> {escape(part.words)}</p>"
        case Buttons():
            labels = [button.label for button in part.buttons] + [link.label for link in part.links]
            return "<p>" + "".join(f"<span class=button>{escape(label)}</span>" for label in labels) + "</p>"
        case Menu():
            return f"<p><span class=button>{escape(part.label)} ▾</span></p>"
        case _:
            assert_never(part)


def _item_html(item: Item, renderable: RenderableCard) -> str:
    detail = f"<span class=detail>{_text_html(item.detail, renderable)}</span>" if item.detail else ""
    return f"<li>{_text_html(item.text, renderable)}{detail}</li>"


def _text_html(text: Text, renderable: RenderableCard) -> str:
    return "".join(_span_html(span, renderable) for span in text.spans)


def _span_html(span: Span, renderable: RenderableCard) -> str:
    match span:
        case Plain():
            words = escape(span.text).replace("\n", "<br>")
            tag = {"plain": "", "bold": "b", "italic": "i", "code": "code"}[span.style]
            return f"<{tag}>{words}</{tag}>" if tag else words
        case Link():
            is_safe = is_web_address(span.url)
            label = escape(span.label)
            return f'<a rel="noopener noreferrer" href="{escape(span.url)}">{label}</a>' if is_safe else label
        case Name() | Mention():
            person = renderable.people.get(span.member)
            return f"<b class=name>{escape(person.name if person else 'someone')}</b>"
        case PlaceRef() | Moment() | Emoji():
            return escape(plain(Text((span,)), {}, renderable.places))
        case _:
            assert_never(span)


def card_words(card: Card) -> str:
    """The title and the texts of a card."""
    return "\n\n".join(part for part in (card.title, words_of(RenderableCard(card))) if part)
