"""Reads the page's elements as the lines of the contract suite: what a person would read, top to bottom."""

from collections.abc import Iterator

from nicegui import ui

MARKS = {"strong": "**", "em": "_", "code": "`"}


def elements(root: ui.element) -> Iterator[ui.element]:
    """Everything within an element, in reading order."""
    for child in root:
        yield child
        yield from elements(child)


def has(element: ui.element, name: str) -> bool:
    """Whether an element has a class."""
    return name in element.classes


def inside(root: ui.element, name: str) -> list[ui.element]:
    """All elements of a class within another."""
    return [element for element in elements(root) if has(element, name)]


def words(element: ui.element) -> str:
    """The words of an element and all within it, with marks for styles and addresses."""
    own = getattr(element, "text", "") or ""
    inner = own + "".join(words(child) for child in element)
    mark = MARKS.get(element.tag, "")
    if element.tag == "a":
        return f"{inner} <{element.props['href']}>"
    if has(element, "emoji"):
        return f":{str(element.props['aria-label']).replace(' ', '_')}:"
    return f"{mark}{inner}{mark}"


def message_lines(article: ui.element) -> list[str]:
    """One message as lines."""
    lines = [line for body in inside(article, "message-text") for line in words(body).split("\n")]
    for card in inside(article, "card"):
        lines += card_lines(card)
    only_you = "(only you) " if has(article, "is-only-you") else ""
    return [only_you + line for line in lines]


def card_lines(card: ui.element) -> list[str]:
    """One card as lines."""
    return [line for part in card for line in _part(part)]


def _part(part: ui.element) -> Iterator[str]:
    if has(part, "card-title"):
        yield f"# {words(part)}"
    elif has(part, "card-fields"):
        for row in part:
            label, value = list(row)
            yield f"{words(label)}: {words(value)}"
    elif has(part, "card-items"):
        yield from (_item(item) for item in part)
    elif has(part, "card-line"):
        yield "---"
    elif has(part, "card-picture"):
        yield f"(picture: {part.props['alt']})"
    elif has(part, "card-file"):
        yield f"(file: {part.props['download']})"
    elif has(part, "card-buttons"):
        yield " ".join(f"[{words(button)}]" for button in part)
    elif has(part, "card-menu"):
        select = next(element for element in elements(part) if isinstance(element, ui.select))
        options = select.options
        assert isinstance(options, dict)
        yield f"{{{words(inside(part, 'card-menu-label')[0])}: {' | '.join(options.values())}}}"
    else:
        yield from words(part).split("\n")


def _item(item: ui.element) -> str:
    texts = [
        words(element) for name in ("card-item-text", "card-item-detail") for element in inside(item, name)
    ]
    buttons = [f"[{words(button)}]" for button in inside(item, "button")]
    return "- " + " ".join([" / ".join(texts), *buttons])
