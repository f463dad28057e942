"""The errors of the core.

TertuliaError
├── Refusal            a person asked for something impossible: the text is shown to them
├── BadInput           an operator gave something unusable: one line, exit code 2
└── DeliveryError      a surface could not deliver
    ├── Throttled      try again after a stated time; nothing was sent
    ├── Unknown        the connection broke: it may or may not have been sent
    └── Unreachable    it will never arrive there
"""

from datetime import timedelta

from facilitation.core.values.cards import Text


class TertuliaError(Exception):
    """The root of all errors that the core raises."""


class Refusal(TertuliaError):
    """The only exception whose text people read.

    `field` names the argument at fault, so that a form can show the text beside it.
    """

    def __init__(self, text: Text | str, field: str = "") -> None:
        super().__init__(str(text))
        self.text = text
        self.field = field


class BadInput(TertuliaError):
    """A file, an argument or a configuration that an operator must correct; the message says what is
    accepted.
    """


class DeliveryError(TertuliaError):
    """A surface did not deliver."""


class Throttled(DeliveryError):
    """The platform asks for a pause; nothing was sent."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"asked to wait {wait.total_seconds():.0f} s")
        self.wait = wait


class Unknown(DeliveryError):
    """The outcome of a send is unknown: look the message up before it is repeated."""


class Unreachable(DeliveryError):
    """It will never arrive. `why` is closed, gone, left, archived, forbidden, uninvited or invalid."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
