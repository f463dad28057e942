"""Whether Slack would take an element of a block or a text object: shapes and limits, piece by piece."""

import re
from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.values import Json

_SELECT = {"action_id", "placeholder", "confirm", "focus_on_load"}
_MULTI = _SELECT | {"max_selected_items"}
_TYPED = {"action_id", "initial_value", "dispatch_action_config", "focus_on_load", "placeholder"}
ELEMENTS: dict[str, set[str]] = {
    "button": {"action_id", "text", "url", "value", "style", "confirm", "accessibility_label"},
    "image": {"alt_text", "image_url", "slack_file"},
    "overflow": {"action_id", "options", "confirm"},
    "static_select": _SELECT | {"options", "option_groups", "initial_option"},
    "external_select": _SELECT | {"initial_option", "min_query_length"},
    "users_select": _SELECT | {"initial_user"},
    "channels_select": _SELECT | {"initial_channel", "response_url_enabled"},
    "conversations_select": _SELECT
    | {"initial_conversation", "default_to_current_conversation", "response_url_enabled", "filter"},
    "multi_static_select": _MULTI | {"options", "option_groups", "initial_options"},
    "multi_external_select": _MULTI | {"initial_options", "min_query_length"},
    "multi_users_select": _MULTI | {"initial_users"},
    "multi_channels_select": _MULTI | {"initial_channels"},
    "multi_conversations_select": _MULTI
    | {"initial_conversations", "default_to_current_conversation", "filter"},
    "datepicker": _SELECT | {"initial_date"},
    "timepicker": _SELECT | {"initial_time", "timezone"},
    "checkboxes": {"action_id", "options", "initial_options", "confirm", "focus_on_load"},
    "radio_buttons": {"action_id", "options", "initial_option", "confirm", "focus_on_load"},
    "plain_text_input": _TYPED | {"multiline", "min_length", "max_length"},
    "number_input": _TYPED | {"is_decimal_allowed", "min_value", "max_value"},
    "url_text_input": _TYPED,
    "email_text_input": _TYPED,
}
ONLY_IN_INPUT = {"plain_text_input", "number_input", "url_text_input", "email_text_input"}


def wrong_with_element(element: Any, allowed: set[str]) -> Iterator[str]:
    """What Slack would mind in an element, which has to be of an allowed kind."""
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in allowed:
        yield f"element {kind!r} may not stand here"
        return
    yield from unknown_keys(kind, element, ELEMENTS[kind] | {"type"})
    if len(element.get("action_id") or "") > 255:
        yield "action_id: longer than 255"
    if "placeholder" in element:
        yield from wrong_with_text("placeholder", element["placeholder"], 150, plain=True)
    match kind:
        case "button":
            yield from _button(element)
        case "image":
            yield from wrong_with_image(element)
        case "plain_text_input" | "url_text_input" | "email_text_input" | "number_input":
            yield from _text_input(element)
        case "timepicker" if not re.fullmatch(r"\d\d:\d\d", element.get("initial_time", "00:00")):
            yield "initial_time: HH:MM"
        case _:
            yield from _options(element, kind)


def _button(button: Json) -> Iterator[str]:
    yield from wrong_with_text("button", button.get("text"), 75, plain=True)
    if len(button.get("value") or "") > 2000:
        yield "value: longer than 2000"
    if len(button.get("url") or "") > 3000:
        yield "url: longer than 3000"
    if button.get("style", "primary") not in ("primary", "danger"):
        yield f"style: {button['style']!r}"


def _text_input(element: Json) -> Iterator[str]:
    most, value = element.get("max_length", 3000), element.get("initial_value", "")
    if not 1 <= most <= 3000:
        yield "max_length: 1 to 3000"
    if not isinstance(value, str) or len(value) > most:
        yield "initial_value: text, and not longer than max_length"
    if element["type"] == "number_input" and not isinstance(element.get("is_decimal_allowed"), bool):
        yield "is_decimal_allowed: required"


def _options(element: Json, kind: str) -> Iterator[str]:
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(one for group in groups for one in group["options"])]
    most = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}.get(kind, 100)
    if kind in ("static_select", "multi_static_select", "overflow", "checkboxes", "radio_buttons"):
        counted = [group["options"] for group in groups] or [options]
        if not all(1 <= len(some) <= most for some in counted) or len(groups) > 100:
            yield f"options: 1 to {most}"
        values = [option.get("value") for option in options]
        if len(set(values)) < len(values):
            yield "options: a value stands there twice"
        chosen = (
            [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
        )
        if any(one not in options for one in chosen):
            yield "initial_option: none of the options"
    for option in options:
        yield from _option(option, rich=kind in ("checkboxes", "radio_buttons"))
    if element.get("initial_options") == []:
        yield "initial_options: empty"


def _option(option: Json, *, rich: bool) -> Iterator[str]:
    yield from unknown_keys("option", option, {"text", "value", "description", "url"})
    yield from wrong_with_text("option", option.get("text"), 75, plain=not rich)
    if not isinstance(option.get("value"), str) or not 0 < len(option["value"]) <= 150:
        yield "option: a value of 1 to 150 characters"
    if "description" in option:
        yield from wrong_with_text("description", option["description"], 75, plain=not rich)


def wrong_with_text(what: str, text: Any, most: int, *, plain: bool = False) -> Iterator[str]:
    """What Slack would mind in a text object of at most so many characters."""
    if not isinstance(text, dict) or text.get("type") not in ("plain_text", "mrkdwn"):
        yield f"{what}: no text object"
        return
    if plain and text["type"] != "plain_text":
        yield f"{what}: plain_text only"
    yield from unknown_keys(
        what, text, {"type", "text", "emoji" if text["type"] == "plain_text" else "verbatim"}
    )
    if not isinstance(text.get("text"), str) or not 0 < len(text["text"]) <= most:
        yield f"{what}: 1 to {most} characters"


def wrong_with_image(block: Json) -> Iterator[str]:
    """What Slack would mind in an image, be it a block or an element."""
    if not 0 < len(block.get("alt_text") or "") <= 2000:
        yield "alt_text: 1 to 2000 characters"
    if ("image_url" in block) == ("slack_file" in block):
        yield "image: either image_url or slack_file"
    if len(block.get("image_url") or "") > 3000:
        yield "image_url: longer than 3000"
    if "title" in block:
        yield from wrong_with_text("title", block["title"], 2000, plain=True)


def unknown_keys(what: str, found: Json, allowed: set[str]) -> Iterator[str]:
    """What stands there and has no business to."""
    unknown = found.keys() - allowed
    if unknown:
        yield f"{what}: unknown {', '.join(sorted(unknown))}"
