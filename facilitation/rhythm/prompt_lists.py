"""Parses prompts from a pasted list or a file, one a line. Pure functions."""

import re
import unicodedata

from facilitation.core.values.errors import Refusal
from storage.rhythm import LONGEST_PROMPT

SHORTEST = 8
AT_MOST = 200
_BULLET = re.compile(r"^\s*(?:[-*•–·]|\d{1,3}[.)]|\[[ x]?\])\s+")


def parse_prompts(text: str, field: str = "prompts") -> tuple[str, ...]:
    """The prompts of a list, each once, without bullets and numbers. Lines that begin with `#` are comments.

    Raises Refusal, for the argument `field`, which names the line at fault.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = " ".join(_clean(_BULLET.sub("", line)).strip().strip('“”"').split())
        if not words or line.lstrip().startswith("#"):
            continue
        if len(words) < SHORTEST:
            raise Refusal(f"Line {number} is too short for a prompt: “{words}”.", field)
        if len(words) > LONGEST_PROMPT:
            raise Refusal(
                f"Line {number} has {len(words)} characters; a prompt has at most {LONGEST_PROMPT}.", field
            )
        found.setdefault(words.casefold(), words)
    if not found:
        raise Refusal("There is no prompt in that. Write one a line.", field)
    if len(found) > AT_MOST:
        raise Refusal(f"That is {len(found)} prompts; at most {AT_MOST} at a time, please.", field)
    return tuple(found.values())


def _clean(words: str) -> str:
    return "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in words)
