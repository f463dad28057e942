"""Renders forms as modals, and reads what was submitted.

The block_id of an input is the name of its field, so that errors find their place. Its action_id is the kind
of the field, so that a submission can be read without knowing the form.
"""

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any, assert_never

from adapters.markup.slack import clean
from adapters.slack import limits
from adapters.slack.button_payload import FormMetadata, encode_metadata
from adapters.slack.render import Page, option_of, options_of
from facilitation.core.values.cards import Option
from facilitation.core.values.forms import Form, FormField
from facilitation.core.values.local_time import zone_names

Json = dict[str, Any]

FORM = "form"
"""The callback_id of every form."""
CARD = "sheet"
"""The callback_id of a card that is shown as a modal."""
MAX_RADIO_OPTIONS = 4
"""A required choice with at most this many options is shown as radio buttons, else as a menu."""
TICKED = "yes"


def modal(form: Form, metadata: FormMetadata) -> Json:
    """A form as a view, with its metadata."""
    blocks = [_words(f"⚠️ {words}") for name, words in form.errors.items() if name not in _shown(form)]
    blocks += [_input(field) for field in form.fields if field.kind != "hidden"]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _plain(form.title[: limits.MODAL_TITLE] or "A form"),
        "submit": _plain(form.submit[: limits.MODAL_BUTTON] or "Save"),
        "close": _plain("Cancel"),
        "private_metadata": encode_metadata(metadata),
        "blocks": blocks or [_words("There is nothing to fill in.")],
    }


def hidden_args(form: Form) -> dict[str, Any]:
    """The arguments of a form that people do not see."""
    return {**form.kept, **{field.name: field.value for field in form.fields if field.kind == "hidden"}}


def card_modal(page: Page, title: str, metadata: str) -> Json:
    """A card as a view without inputs."""
    return {
        "type": "modal",
        "callback_id": CARD,
        "title": _plain(title[: limits.MODAL_TITLE]),
        "close": _plain("Close"),
        "private_metadata": metadata,
        "blocks": list(page.blocks),
    }


def errors_by_block(form: Form) -> dict[str, str]:
    """A form's errors by block_id; those of no field are put beside the first. Empty without fields."""
    shown = _shown(form)
    if not shown:
        return {}
    errors: dict[str, str] = {}
    for name, words in form.errors.items():
        place = name if name in shown else shown[0]
        errors[place] = f"{errors[place]} {words}" if place in errors else words
    return errors


def submitted_args(state: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in `view.state.values`; empty fields are left out."""
    args: dict[str, Any] = {}
    for name, inputs in state.items():
        for kind, given in inputs.items():
            value = _value(kind, given)
            if value not in (None, "", ()):
                args[name] = value
    return args


def zone_options(typed: str) -> Json:
    """The options for a time zone of which a person has typed the beginning."""
    wanted = typed.strip().replace(" ", "_").casefold()
    known = sorted(zone for zone in zone_names() if "/" in zone and wanted in zone.casefold())
    # Zones that begin with the words, or whose city does, come first.
    known.sort(key=lambda zone: not any(part.casefold().startswith(wanted) for part in zone.split("/")))
    return {"options": [_zone(zone) for zone in known[: limits.OPTIONS]]}


# Inputs ------------------------------------------------------------------------------------------


def _shown(form: Form) -> list[str]:
    return [field.name for field in form.fields if field.kind != "hidden"]


def _input(field: FormField) -> Json:
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "optional": not field.required,
        "label": _plain(field.label[: limits.LABEL]),
        "element": {"action_id": field.kind, **_element(field)},
    }
    return {**block, "hint": _plain(field.hint[: limits.HINT])} if field.hint else block


def _element(field: FormField) -> Json:
    value = field.value
    match field.kind:
        # A URL is a plain line, too: Slack refuses to open a form whose URL input has an incomplete value.
        case "line" | "url":
            return _text_input(field, value)
        case "text":
            return {**_text_input(field, value), "multiline": True}
        case "tags":
            return _text_input(field, ", ".join(value) if isinstance(value, list | tuple) else value)
        case "number":
            number = str(value) if value is not None and str(value).lstrip("-").isdecimal() else ""
            return _with_initial(
                {"type": "number_input", "is_decimal_allowed": False}, "initial_value", number
            )
        case "time":
            return _with_initial({"type": "timepicker"}, "initial_time", _time_text(value))
        case "tick":
            yes = option_of(Option(TICKED, "Yes"))
            return _with_initial(
                {"type": "checkboxes", "options": [yes]}, "initial_options", [yes] if value else []
            )
        case "choice":
            return _choice(field)
        case "person":
            # A member's id is not a Slack id, so it is not preselected.
            handle = value if isinstance(value, str) else ""
            return _with_initial({"type": "users_select"}, "initial_user", handle)
        case "channel":
            handle = value if isinstance(value, str) else ""
            return _with_initial(
                {"type": "conversations_select", **_CHANNELS}, "initial_conversation", handle
            )
        case "channels":
            handles = list(value) if isinstance(value, list | tuple) else []
            return _with_initial(
                {"type": "multi_conversations_select", **_CHANNELS}, "initial_conversations", handles
            )
        case "zone":
            zone = _zone(str(value)) if value else None
            return _with_initial({"type": "external_select", "min_query_length": 2}, "initial_option", zone)
        case "hidden":
            raise ValueError(f"{field.name} is not shown")
        case _:
            assert_never(field.kind)


_CHANNELS = {"filter": {"include": ["public", "private"], "exclude_bot_users": True}}


def _text_input(field: FormField, value: object) -> Json:
    max_length = min(field.max_length or limits.INPUT, limits.INPUT)
    element = {"type": "plain_text_input", "max_length": max_length}
    return _with_initial(element, "initial_value", "" if value is None else str(value)[:max_length])


def _choice(field: FormField) -> Json:
    chosen = next((option for option in field.options if option.value == field.value), None)
    initial = option_of(chosen) if chosen is not None else None
    if field.required and len(field.options) <= MAX_RADIO_OPTIONS:
        options = [option_of(option) for option in field.options]
        return _with_initial({"type": "radio_buttons", "options": options}, "initial_option", initial)
    return _with_initial({"type": "static_select", **options_of(field.options)}, "initial_option", initial)


def _with_initial(element: Json, name: str, value: object) -> Json:
    return {**element, name: value} if value else element


def _time_text(value: object) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    hours, _, minutes = str(value or "").partition(":")
    return f"{int(hours):02}:{minutes[:2]}" if hours.isdecimal() and len(minutes) >= 2 else ""


def _zone(zone: str) -> Json:
    return option_of(Option(zone, zone.replace("_", " ")))


def _value(kind: str, given: Mapping[str, Any]) -> Any:
    """The value of one input, by the kind of its field."""
    match kind:
        case "tick":
            return bool(given.get("selected_options"))
        case "choice" | "zone":
            return (given.get("selected_option") or {}).get("value")
        case "person":
            return given.get("selected_user")
        case "channel":
            return given.get("selected_conversation")
        case "channels":
            return tuple(given.get("selected_conversations") or ())
        case "time":
            return given.get("selected_time")
        case _:
            return clean(str(given.get("value") or "")).strip()


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def _words(text: str) -> Json:
    return {"type": "section", "text": _plain(text[: limits.CHARACTERS_IN_TEXT])}


def field_names(view: Mapping[str, Any]) -> Iterator[str]:
    """The names of a view's fields."""
    return (block["block_id"] for block in view.get("blocks", ()) if block.get("type") == "input")
