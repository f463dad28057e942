"""Plain HTML elements for NiceGUI: a tag, classes, attributes and text, which is never parsed as HTML."""

from collections.abc import Callable
from typing import Any, TypeVar

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from adapters.web.kit import formatting

E = TypeVar("E", bound=ui.element)


def box(tag: str = "div", classes: str = "", **attributes: Any) -> ui.element:
    """An element without text of its own: a container such as `div`, or an empty element such as `img`.

    Underscores in attribute names become hyphens (`aria_label` becomes `aria-label`); a trailing underscore
    is dropped (`for_` becomes `for`). An attribute whose value is None is omitted.
    """
    return _with_attributes(ui.element(tag), classes, attributes)


def text_element(text: str, tag: str = "span", classes: str = "", **attributes: Any) -> TextElement:
    """An element that contains only text; `attributes` are those of `box`."""
    return _with_attributes(TextElement(tag=tag, text=text), classes, attributes)


def push_button(label: str, on_press: Callable[[], Any], classes: str = "", **attributes: Any) -> TextElement:
    """A button with a text label; `on_press` takes no arguments and may be a coroutine function."""
    button = text_element(label, "button", classes, type="button", **attributes)
    button.on("click", lambda _: on_press(), args=[])
    return button


def icon_button(
    name: str, label: str, on_press: Callable[[], Any], classes: str = "", **attributes: Any
) -> ui.element:
    """A button that shows an icon; `label` is its tooltip and accessible name."""
    button = box(
        "button", f"icon-button {classes}", type="button", aria_label=label, title=label, **attributes
    )
    with button:
        icon(name)
    button.on("click", lambda _: on_press(), args=[])
    return button


def icon(name: str, classes: str = "") -> ui.element:
    """An icon of `static/icons.css`, by its name there; hidden from screen readers."""
    return box("span", f"icon icon-{name} {classes}", aria_hidden="true")


def avatar(name: str, key: str, classes: str = "") -> ui.element:
    """A person's initials on a background colour derived from `key`, a stable id of the person."""
    classes = f"avatar hue-{formatting.hue_of(key)} {classes}"
    return text_element(formatting.initials(name), "span", classes, aria_hidden="true")


def bot_avatar(classes: str = "") -> ui.element:
    """The bot's logo at the size of an avatar."""
    return box("span", f"avatar avatar-bot {classes}", aria_hidden="true")


def _with_attributes(element: E, classes: str, attributes: dict[str, Any]) -> E:
    if classes:
        element.classes(classes)
    for name, value in attributes.items():
        if value is not None:
            element.props[name.rstrip("_").replace("_", "-")] = value
    return element
