"""How a person fills in a field: words that are seen become the values that Slack sends."""

import re
from typing import Any

from tests.fakes.slack.values import Json, View
from tests.fakes.slack.viewing import VALUE_NAMES
from tests.fakes.slack.workspace import Workspace


def chosen(slack: Workspace, element: Json, value: str | bool | list[str]) -> Json:
    """The value of an element, as in `state.values` and in actions."""
    kind = element["type"]
    if kind in ("plain_text_input", "number_input", "url_text_input", "email_text_input"):
        assert isinstance(value, str), f"{kind} takes text"
        # The client lets nobody type more than fits.
        return {"type": kind, "value": value[: element.get("max_length", 3000)] or None}
    if kind == "overflow":
        return {"type": kind, "selected_option": _option(element, str(value))}
    name = VALUE_NAMES[kind]
    if kind == "checkboxes" and isinstance(value, bool):
        return {"type": kind, name: element["options"][:1] if value else []}
    if name.endswith("s"):
        several = [value] if isinstance(value, str) else value
        assert isinstance(several, list), f"{kind} takes a list"
        return {"type": kind, name: [_one(slack, element, one) for one in several]}
    return {"type": kind, name: _one(slack, element, str(value)) if value else None}


def names_of(block: Json, element: Json) -> set[str]:
    """Under which names a menu is found: its placeholder, the words beside it, its action_id."""
    beside = [block.get("label"), block.get("text"), element.get("placeholder")]
    return {text["text"] for text in beside if text} | {str(element.get("action_id"))}


def block_labelled(view: View, label: str) -> Json:
    """The input block with this label; a lone tick box may carry it itself."""
    for block in view.body["blocks"]:
        if block["type"] != "input":
            continue
        ticks = block["element"].get("options", []) if block["element"]["type"] == "checkboxes" else []
        if block["label"]["text"] == label or [tick["text"]["text"] for tick in ticks] == [label]:
            return dict(block)
    raise AssertionError(f"the open modal has no field {label!r}")


def refused_by_client(view: View) -> dict[str, str]:
    """Errors that Slack's client shows itself, by block_id, without asking the bot."""
    found = {}
    for block in view.body["blocks"]:
        if block["type"] != "input":
            continue
        value = view.values.get(block["block_id"], {}).get(block["element"]["action_id"], {})
        said = next((value[name] for name in ("value", *set(VALUE_NAMES.values())) if value.get(name)), None)
        if said is None:
            if not block.get("optional"):
                found[block["block_id"]] = "Please complete this required field."
        elif wrong := _wrong(block["element"], said):
            found[block["block_id"]] = wrong
    return found


def _wrong(element: Json, said: Any) -> str:
    match element["type"]:
        case "url_text_input" if not re.fullmatch(r"[a-z][a-z0-9+.-]*://\S+", said):
            return "Please enter a valid URL."
        case "number_input" if not re.fullmatch(r"-?\d+(\.\d+)?", said):
            return "Please enter a number."
        case "plain_text_input" if len(said) < element.get("min_length", 0):
            return "Please enter more."
        case _:
            return ""


def _one(slack: Workspace, element: Json, word: str) -> Any:
    kind = element["type"].removeprefix("multi_")
    if kind == "users_select":
        return next(
            p.id for p in slack.people.values() if word.removeprefix("@") in (p.id, p.name, p.display)
        )
    if kind in ("channels_select", "conversations_select"):
        return next(c.id for c in slack.channels.values() if word.removeprefix("#") in (c.id, c.name))
    if kind in ("timepicker", "datepicker"):
        # The picker offers whole times: what is typed as 9:30 is 09:30.
        return word.zfill(5) if kind == "timepicker" else word
    return _option(element, word)


def _option(element: Json, word: str) -> Json:
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(one for group in groups for one in group["options"])]
    for option in options:
        if word in (option["text"]["text"], option["value"]):
            return dict(option)
    raise AssertionError(f"no option {word!r} among {[option['text']['text'] for option in options]}")
