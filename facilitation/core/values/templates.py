"""Words that coordinators write for others to read: placeholders are plain names from a checked list.

There is no template language: a name stands for a value, and `str.format` is never called on what people
typed, since it would look up attributes of whatever it is given.
"""

from collections.abc import Collection, Mapping
from string import Formatter

from facilitation.core.values.cards import Text
from facilitation.core.values.speech import Sayable, say


def checked(words: str, accepted: Collection[str]) -> str:
    """The words themselves; raises ValueError, in words for their author, for a placeholder not accepted."""
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
    """Checked words with a value for each placeholder; light Markdown is read as in our own."""
    return say(words, **arguments)
