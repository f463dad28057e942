"""Renders typed text as plain characters, except for code, addresses, mentions and emoji."""

from collections.abc import Mapping
from typing import assert_never

from adapters.web.kit.elements import text_element
from adapters.web.kit.render import RenderContext, show_channel, show_emoji, show_link, show_mention
from adapters.web.local.typed_text import segments


def show_typed_text(text: str, context: RenderContext, names: Mapping[str, str]) -> None:
    """Add a typed text to the page; `names` maps handles of people to names, for mentions."""
    for segment in segments(text):
        match segment.kind:
            case "plain":
                text_element(segment.text)
            case "code":
                text_element(segment.text, "code")
            case "link":
                show_link(segment.target, segment.text)
            case "person":
                name = names.get(segment.target)
                if name:
                    show_mention(name, is_reader=segment.target == context.handle)
                else:
                    text_element(segment.text)
            case "channel":
                if segment.target in context.places:
                    show_channel(segment.target, context)
                else:
                    text_element(segment.text)
            case "emoji":
                show_emoji(segment.target)
            case _:
                assert_never(segment.kind)
