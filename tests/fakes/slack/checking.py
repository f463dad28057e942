"""Whether Slack would take a payload: the shapes and limits of blocks and views, and slack_sdk's own models.

Each check yields what is wrong, in words; nothing means that Slack takes it. Sources: the block kit
reference, the measured limits of the design, `slack_sdk.models`.
"""

import re
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View as SdkView

from tests.fakes.slack.values import Json

MESSAGE_CHARACTERS = 13_200
"""Characters in the blocks of one message; above, Slack answers `msg_blocks_too_long` (measured)."""

_SECTIONS = {
    "rich_text_section": {"elements"},
    "rich_text_list": {"elements", "style", "indent", "offset", "border"},
    "rich_text_preformatted": {"elements", "border", "language"},
    "rich_text_quote": {"elements", "border"},
}
_INLINE: dict[str, tuple[set[str], set[str]]] = {
    "text": ({"text"}, {"style"}),
    "link": ({"url"}, {"text", "unsafe", "style"}),
    "user": ({"user_id"}, {"style"}),
    "channel": ({"channel_id"}, {"style"}),
    "usergroup": ({"usergroup_id"}, {"style"}),
    "emoji": ({"name"}, {"unicode", "skin_tone", "style"}),
    "broadcast": ({"range"}, {"style"}),
    "date": ({"timestamp", "format"}, {"url", "fallback", "style"}),
    "color": ({"value"}, {"style"}),
    "team": ({"team_id"}, {"style"}),
}
_STYLES = {"bold", "italic", "strike", "code", "underline"}
_MENTION_STYLES = {"bold", "italic", "strike", "highlight", "client_highlight", "unlink"}
_DATE_TOKENS = {
    "date_num", "date", "date_short", "date_long", "date_pretty", "date_short_pretty", "date_long_pretty",
    "date_long_full", "day_divider_pretty", "time", "time_secs", "ago",
}  # fmt: skip

_BLOCKS: dict[str, set[str]] = {
    "rich_text": {"elements"},
    "section": {"text", "fields", "accessory", "expand"},
    "divider": set(),
    "header": {"text"},
    "context": {"elements"},
    "actions": {"elements"},
    "image": {"alt_text", "image_url", "slack_file", "title"},
    "input": {"label", "element", "hint", "optional", "dispatch_action"},
    "markdown": {"text"},
}
_SELECT = {"action_id", "placeholder", "confirm", "focus_on_load"}
_MULTI = _SELECT | {"max_selected_items"}
_TYPED = {"action_id", "initial_value", "dispatch_action_config", "focus_on_load", "placeholder"}
_ELEMENTS: dict[str, set[str]] = {
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
_VIEW = {
    "type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "clear_on_close",
    "notify_on_close", "external_id", "submit_disabled",
}  # fmt: skip
_ONLY_IN_INPUT = {"plain_text_input", "number_input", "url_text_input", "email_text_input"}


def wrong_with_blocks(blocks: Any, *, most: int = 50) -> Iterator[str]:
    """What Slack would mind in the blocks of a message (50 of them at most) or of a view (100)."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        yield "blocks: not a list of objects"
        return
    if len(blocks) > most:
        yield f"blocks: {len(blocks)} of at most {most}"
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(set(ids)) < len(ids):
        yield "block_id: not unique"
    for number, block in enumerate(blocks):
        for trouble in _block(block):
            yield f"blocks[{number}] {trouble}"
        yield from _by_the_sdk(Block.parse, block, f"blocks[{number}]")


def wrong_with_view(view: Any, kind: str) -> Iterator[str]:
    """What Slack would mind in a `modal` or a `home`."""
    if not isinstance(view, dict) or view.get("type") != kind:
        yield f"view: not a {kind}"
        return
    yield from _keys("view", view, _VIEW)
    if kind == "modal":
        yield from _text("title", view.get("title"), 24, plain=True)
    for name in ("submit", "close"):
        if name in view:
            yield from _text(name, view[name], 24, plain=True)
    blocks = view.get("blocks")
    if kind == "modal" and "submit" not in view and any(b.get("type") == "input" for b in blocks or ()):
        yield "view: input blocks need a submit"
    if len(view.get("private_metadata") or "") > 3000:
        yield "private_metadata: longer than 3000"
    if len(view.get("callback_id") or "") > 255:
        yield "callback_id: longer than 255"
    yield from wrong_with_blocks(blocks, most=100)
    yield from _by_the_sdk(lambda body: SdkView(**body), view, "view")


def characters(blocks: Any) -> int:
    """How much text stands in blocks: every `text` and `url` that is a string."""
    if isinstance(blocks, list):
        return sum(map(characters, blocks))
    if not isinstance(blocks, dict):
        return 0
    own = sum(len(blocks[name]) for name in ("text", "url") if isinstance(blocks.get(name), str))
    return own + sum(characters(value) for value in blocks.values())


def mentions(blocks: Any) -> Iterator[str]:
    """Whom the rich text of blocks notifies: ids of people and groups, `channel`, `here`, `everyone`."""
    if isinstance(blocks, list):
        for block in blocks:
            yield from mentions(block)
    elif isinstance(blocks, dict):
        match blocks.get("type"):
            case "user":
                yield blocks["user_id"]
            case "usergroup":
                yield blocks["usergroup_id"]
            case "broadcast":
                yield blocks["range"]
            case _:
                pass
        for value in blocks.values():
            yield from mentions(value)


def named(blocks: Any, kind: str) -> Iterator[str]:
    """The ids of all `user` or `channel` elements."""
    if isinstance(blocks, list):
        for block in blocks:
            yield from named(block, kind)
    elif isinstance(blocks, dict):
        if blocks.get("type") == kind and f"{kind}_id" in blocks:
            yield blocks[f"{kind}_id"]
        for value in blocks.values():
            yield from named(value, kind)


def slack_files(blocks: Any) -> Iterator[str]:
    """The ids of the uploaded files that image blocks show."""
    if isinstance(blocks, list):
        for block in blocks:
            yield from slack_files(block)
    elif isinstance(blocks, dict):
        if isinstance(blocks.get("slack_file"), dict):
            yield str(blocks["slack_file"].get("id"))
        for value in blocks.values():
            yield from slack_files(value)


# Blocks ------------------------------------------------------------------------------------------------


def _block(block: Json) -> Iterator[str]:
    kind = block.get("type", "")
    if kind not in _BLOCKS:
        yield f"type: {kind!r} is none of ours"
        return
    yield from _keys(kind, block, _BLOCKS[kind] | {"type", "block_id"})
    if len(block.get("block_id") or "") > 255:
        yield "block_id: longer than 255"
    match kind:
        case "rich_text":
            yield from _rich_text(block)
        case "section":
            yield from _section(block)
        case "header":
            yield from _text("header", block.get("text"), 150, plain=True)
        case "context":
            yield from _several(block, 10, {"image"})
        case "actions":
            yield from _several(block, 25, _ELEMENTS.keys() - _ONLY_IN_INPUT - {"image"})
        case "image":
            yield from _image(block)
        case "input":
            yield from _input(block)
        case "markdown" if not 0 < len(block.get("text") or "") <= 12_000:
            yield "markdown: 1 to 12000 characters"
        case _:
            pass


def _section(block: Json) -> Iterator[str]:
    if "text" in block:
        yield from _text("section", block["text"], 3000)
    fields = block.get("fields", [])
    if len(fields) > 10:
        yield "fields: more than 10"
    for field in fields:
        yield from _text("field", field, 2000)
    if "text" not in block and not fields:
        yield "section: neither text nor fields"
    if "accessory" in block:
        yield from _element(block["accessory"], _ELEMENTS.keys() - _ONLY_IN_INPUT)


def _several(block: Json, most: int, allowed: set[str]) -> Iterator[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= most:
        yield f"elements: 1 to {most}"
        return
    ids = [element["action_id"] for element in elements if element.get("action_id")]
    if len(set(ids)) < len(ids):
        yield "action_id: not unique in its block"
    for element in elements:
        if element.get("type") in ("plain_text", "mrkdwn") and block["type"] == "context":
            yield from _text("context", element, 2000)
        else:
            yield from _element(element, allowed)


def _image(block: Json) -> Iterator[str]:
    if not 0 < len(block.get("alt_text") or "") <= 2000:
        yield "alt_text: 1 to 2000 characters"
    if ("image_url" in block) == ("slack_file" in block):
        yield "image: either image_url or slack_file"
    if len(block.get("image_url") or "") > 3000:
        yield "image_url: longer than 3000"
    if "title" in block:
        yield from _text("title", block["title"], 2000, plain=True)


def _input(block: Json) -> Iterator[str]:
    yield from _text("label", block.get("label"), 2000, plain=True)
    if "hint" in block:
        yield from _text("hint", block["hint"], 2000, plain=True)
    yield from _element(block.get("element"), _ELEMENTS.keys() - {"button", "image", "overflow"})


# Elements ----------------------------------------------------------------------------------------------


def _element(element: Any, allowed: set[str]) -> Iterator[str]:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in allowed:
        yield f"element {kind!r} may not stand here"
        return
    yield from _keys(kind, element, _ELEMENTS[kind] | {"type"})
    if len(element.get("action_id") or "") > 255:
        yield "action_id: longer than 255"
    if "placeholder" in element:
        yield from _text("placeholder", element["placeholder"], 150, plain=True)
    match kind:
        case "button":
            yield from _button(element)
        case "image":
            yield from _image(element)
        case "plain_text_input" | "url_text_input" | "email_text_input" | "number_input":
            yield from _text_input(element)
        case "timepicker" if not re.fullmatch(r"\d\d:\d\d", element.get("initial_time", "00:00")):
            yield "initial_time: HH:MM"
        case _:
            yield from _options(element, kind)


def _button(button: Json) -> Iterator[str]:
    yield from _text("button", button.get("text"), 75, plain=True)
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
    yield from _keys("option", option, {"text", "value", "description", "url"})
    yield from _text("option", option.get("text"), 75, plain=not rich)
    if not isinstance(option.get("value"), str) or not 0 < len(option["value"]) <= 150:
        yield "option: a value of 1 to 150 characters"
    if "description" in option:
        yield from _text("description", option["description"], 75, plain=not rich)


def _text(what: str, text: Any, most: int, *, plain: bool = False) -> Iterator[str]:
    if not isinstance(text, dict) or text.get("type") not in ("plain_text", "mrkdwn"):
        yield f"{what}: no text object"
        return
    if plain and text["type"] != "plain_text":
        yield f"{what}: plain_text only"
    yield from _keys(what, text, {"type", "text", "emoji" if text["type"] == "plain_text" else "verbatim"})
    if not isinstance(text.get("text"), str) or not 0 < len(text["text"]) <= most:
        yield f"{what}: 1 to {most} characters"


# Rich text ---------------------------------------------------------------------------------------------


def _rich_text(block: Json) -> Iterator[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not elements:
        yield "rich_text: no elements"
        return
    for element in elements:
        kind = element.get("type", "")
        if kind not in _SECTIONS:
            yield f"rich_text: unknown element {kind!r}"
            continue
        yield from _keys(kind, element, _SECTIONS[kind] | {"type"})
        if kind == "rich_text_list":
            yield from _list(element)
        else:
            for inline in element.get("elements", ()):
                yield from _inline(
                    inline, {"text", "link"} if kind == "rich_text_preformatted" else set(_INLINE)
                )


def _list(element: Json) -> Iterator[str]:
    if element.get("style") not in ("bullet", "ordered"):
        yield "rich_text_list: style is bullet or ordered"
    if not 0 <= element.get("indent", 0) <= 8:
        yield "rich_text_list: indent 0 to 8"
    for section in element.get("elements", ()):
        if section.get("type") != "rich_text_section":
            yield "rich_text_list: sections only"
        for inline in section.get("elements", ()):
            yield from _inline(inline, set(_INLINE))


def _inline(inline: Json, allowed: set[str]) -> Iterator[str]:
    kind = inline.get("type", "")
    if kind not in allowed:
        yield f"rich_text: unknown element {kind!r}"
        return
    needed, more = _INLINE[kind]
    yield from _keys(kind, inline, needed | more | {"type"})
    missing = [name for name in needed if inline.get(name) in (None, "")]
    if missing:
        yield f"{kind}: needs {', '.join(missing)}"
        return
    style = inline.get("style", {})
    styles = _MENTION_STYLES if kind in ("user", "channel", "usergroup") else _STYLES
    if (
        not isinstance(style, dict)
        or style.keys() - styles
        or not all(v is True or v is False for v in style.values())
    ):
        yield f"{kind}: style {style!r}"
    if kind == "broadcast" and inline["range"] not in ("here", "channel", "everyone"):
        yield f"broadcast: {inline['range']!r}"
    if kind == "date":
        yield from _date(inline)


def _date(inline: Json) -> Iterator[str]:
    tokens = set(re.findall(r"\{([^{}]*)\}", inline["format"]))
    if not isinstance(inline["timestamp"], int) or not tokens or tokens - _DATE_TOKENS:
        yield f"date: {inline['timestamp']!r} as {inline['format']!r}"


# ------------------------------------------------------------------------------------------------------


def _keys(what: str, found: Json, allowed: set[str]) -> Iterator[str]:
    unknown = found.keys() - allowed
    if unknown:
        yield f"{what}: unknown {', '.join(sorted(unknown))}"


def _by_the_sdk(parse: Any, body: Json, where: str) -> Iterator[str]:
    """What slack_sdk's models say; they take their arguments by keyword, so a missing one is a TypeError."""
    try:
        parsed = parse(body)
        parsed.to_dict()
    except (SlackObjectFormationError, TypeError, AttributeError) as error:
        yield f"{where} slack_sdk: {error}"
