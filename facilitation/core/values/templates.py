"""Texts that coordinators write for others, with placeholders from a checked list.

There is no template language: a name stands for a value. `str.format` is never called on what people typed,
because it looks up attributes of its arguments.
"""

from collections.abc import Collection, Mapping
from string import Formatter

from facilitation.core.values.cards import Text
from facilitation.core.values.speech import Sayable, say


def checked(words: str, accepted: Collection[str]) -> str:
    """The text itself. Raises ValueError, in words for its author, for a placeholder that is not accepted."""
    offered = " ".join(f"{{{name}}}" for name in accepted)
    try:
        pieces = list(Formatter().parse(words))
    except ValueError:
        raise ValueError(
            f"a curly bracket opens a placeholder such as {{name}}, and is written twice for itself; "
            f"I know {offered}"
        ) from None
    for _, name, form, conversion in pieces:
        if name is None:
            continue
        if name not in accepted or form or conversion:
            raise ValueError(f"I do not know {{{name}}}; I know {offered}")
    return words


def fill(words: str, arguments: Mapping[str, Sayable]) -> Text:
    """A checked text with a value for each placeholder; light Markdown is read as in `say`."""
    return say(words, **arguments)
