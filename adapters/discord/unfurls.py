"""Reads what Discord unfurled under a message."""

from collections.abc import Iterable, Mapping
from typing import Any


def link_titles(embeds: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The titles of the pages that a message links to, by address; embeds that a bot made are left out."""
    return {
        str(one["url"]): str(one["title"])
        for one in embeds
        if one.get("url") and one.get("title") and one.get("type") != "rich"
    }
