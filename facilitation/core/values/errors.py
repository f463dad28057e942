"""The errors of the house.

TertuliaError
├── Refusal            a person asked for something that cannot be: its text is shown to them
├── BadInput           an operator gave something unusable: one line, exit 2
└── DeliveryError      a surface could not deliver
    ├── Throttled      try again after a stated time; nothing was said
    ├── Unknown        the connection broke: it may or may not have been said
    └── Unreachable    it will never arrive there
"""

from datetime import timedelta

from facilitation.core.values.cards import Text


class TertuliaError(Exception):
    """Whatever the house itself raises."""


class Refusal(TertuliaError):
    """The only exception whose text people read.

    `field` names the argument at fault, so that a form can show the words beside it.
    """

    def __init__(self, text: Text | str, field: str = "") -> None:
        super().__init__(str(text))
        self.text = text
        self.field = field


class BadInput(TertuliaError):
    """A file, argument or configuration an operator must mend; the message says what is accepted."""


class DeliveryError(TertuliaError):
    """A surface did not deliver."""


class Throttled(DeliveryError):
    """The platform wants a pause; nothing was said."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"asked to wait {wait.total_seconds():.0f} s")
        self.wait = wait


class Unknown(DeliveryError):
    """The outcome of a send is unknown: look it up before anything is repeated."""


class Unreachable(DeliveryError):
    """It will never arrive. `why` is one of: closed, gone, left, archived, forbidden, uninvited, invalid."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
