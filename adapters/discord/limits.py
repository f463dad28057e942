"""Discord's size limits for messages, forms and commands, in characters or as numbers of things."""

MESSAGE_TEXT = 4_000
"""Characters in all texts of a message that is made of components."""
MESSAGE_COMPONENTS = 40
"""Components of one message, nested ones included."""
MESSAGE_FILES = 10
"""Attachments of one message, pictures included."""
FILE_NAME = 100
ROW_BUTTONS = 5
BUTTON_LABEL = 80
BUTTON_URL = 512
CUSTOM_ID = 100
MENU_OPTIONS = 25
OPTION_LABEL = 100
PLACEHOLDER = 150
ALT_TEXT = 1_024

NONCE = 25

MODAL_FIELDS = 5
MODAL_TITLE = 45
MODAL_LABEL = 45
MODAL_HINT = 100
MODAL_INPUT = 4_000
MODAL_SELECTED = 25

COMMAND_DESCRIPTION = 100
COMMAND_CHOICES = 25
COMMAND_TEXT = 6_000
MENU_NAME = 32

THREAD_NAME = 100
HISTORY = 100
"""The most messages that one request of a channel's history returns."""


def size(text: str) -> int:
    """The length of a text in UTF-16 code units, the most that Discord can count."""
    return len(text) + sum(character > "\uffff" for character in text)


def shortened(text: str, limit: int) -> str:
    """A label cut to fit, with an ellipsis: for buttons and titles only, never for messages."""
    line = " ".join(text.split()) or "…"
    if size(line) <= limit:
        return line
    while size(line) > limit - 1:
        line = line[: -max(1, (size(line) - limit + 1) // 2)]
    return line.rstrip() + "…"
