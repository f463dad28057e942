"""Whether Slack would take a payload: the shapes and limits of blocks and views, and slack_sdk's own models.

Each check yields what is wrong, in words; nothing means that Slack takes it. Sources: the block kit
reference, the measured limits of the design, `slack_sdk.models`.
"""

from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View as SdkView

from tests.fakes.slack.elements import (
    ELEMENTS,
    ONLY_IN_INPUT,
    unknown_keys,
    wrong_with_element,
    wrong_with_image,
    wrong_with_text,
)
from tests.fakes.slack.rich_text import wrong_with_rich_text
from tests.fakes.slack.values import Json

MESSAGE_CHARACTERS = 13_200
"""Characters in the blocks of one message; above, Slack answers `msg_blocks_too_long` (measured)."""

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
_VIEW = {
    "type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "clear_on_close",
    "notify_on_close", "external_id", "submit_disabled",
}  # fmt: skip


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
    yield from unknown_keys("view", view, _VIEW)
    if kind == "modal":
        yield from wrong_with_text("title", view.get("title"), 24, plain=True)
    for name in ("submit", "close"):
        if name in view:
            yield from wrong_with_text(name, view[name], 24, plain=True)
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
    yield from unknown_keys(kind, block, _BLOCKS[kind] | {"type", "block_id"})
    if len(block.get("block_id") or "") > 255:
        yield "block_id: longer than 255"
    match kind:
        case "rich_text":
            yield from wrong_with_rich_text(block)
        case "section":
            yield from _section(block)
        case "header":
            yield from wrong_with_text("header", block.get("text"), 150, plain=True)
        case "context":
            yield from _several(block, 10, {"image"})
        case "actions":
            yield from _several(block, 25, ELEMENTS.keys() - ONLY_IN_INPUT - {"image"})
        case "image":
            yield from wrong_with_image(block)
        case "input":
            yield from _input(block)
        case "markdown" if not 0 < len(block.get("text") or "") <= 12_000:
            yield "markdown: 1 to 12000 characters"
        case _:
            pass


def _section(block: Json) -> Iterator[str]:
    if "text" in block:
        yield from wrong_with_text("section", block["text"], 3000)
    fields = block.get("fields", [])
    if len(fields) > 10:
        yield "fields: more than 10"
    for field in fields:
        yield from wrong_with_text("field", field, 2000)
    if "text" not in block and not fields:
        yield "section: neither text nor fields"
    if "accessory" in block:
        yield from wrong_with_element(block["accessory"], ELEMENTS.keys() - ONLY_IN_INPUT)


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
            yield from wrong_with_text("context", element, 2000)
        else:
            yield from wrong_with_element(element, allowed)


def _input(block: Json) -> Iterator[str]:
    yield from wrong_with_text("label", block.get("label"), 2000, plain=True)
    if "hint" in block:
        yield from wrong_with_text("hint", block["hint"], 2000, plain=True)
    yield from wrong_with_element(block.get("element"), ELEMENTS.keys() - {"button", "image", "overflow"})


def _by_the_sdk(parse: Any, body: Json, where: str) -> Iterator[str]:
    """What slack_sdk's models say; they take their arguments by keyword, so a missing one is a TypeError."""
    try:
        parsed = parse(body)
        parsed.to_dict()
    except (SlackObjectFormationError, TypeError, AttributeError) as error:
        yield f"{where} slack_sdk: {error}"
