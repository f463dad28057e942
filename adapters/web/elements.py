"""Plain HTML elements for NiceGUI: a tag, classes, attributes, and text that is always just characters."""

from collections.abc import Callable
from typing import Any, TypeVar

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

E = TypeVar("E", bound=ui.element)


def box(tag: str = "div", classes: str = "", **attributes: Any) -> ui.element:
    """An element to put others into; `aria_label="…"` becomes `aria-label`, None is left out."""
    return _dressed(ui.element(tag), classes, attributes)


def words(text: str, tag: str = "span", classes: str = "", **attributes: Any) -> TextElement:
    """An element with text in it."""
    return _dressed(TextElement(tag=tag, text=text), classes, attributes)


def push(label: str, on_press: Callable[[], Any], classes: str = "", **attributes: Any) -> TextElement:
    """A button with words on it."""
    button = words(label, "button", classes, type="button", **attributes)
    button.on("click", lambda _: on_press(), args=[])
    return button


def icon_button(
    icon: str, label: str, on_press: Callable[[], Any], classes: str = "", **attributes: Any
) -> ui.element:
    """A button with a drawing on it, named for whoever cannot see it."""
    button = box(
        "button", f"icon-button {classes}", type="button", aria_label=label, title=label, **attributes
    )
    with button:
        drawn(icon)
    button.on("click", lambda _: on_press(), args=[])
    return button


def drawn(icon: str, classes: str = "") -> ui.element:
    """One of the page's own drawings, by its name in `static/style.css`; decoration only."""
    return box("span", f"icon icon-{icon} {classes}", aria_hidden="true")


def _dressed(element: E, classes: str, attributes: dict[str, Any]) -> E:
    if classes:
        element.classes(classes)
    for name, value in attributes.items():
        if value is not None:
            element.props[name.rstrip("_").replace("_", "-")] = value
    return element
