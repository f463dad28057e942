"""Slack's size limits, from https://docs.slack.dev/reference/block-kit or else measured."""

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
CHARACTERS_IN_MESSAGE = 12_000
"""In all blocks of a message together. Undocumented: `msg_blocks_too_long` comes at about 13,200."""
CHARACTERS_IN_BLOCK = 4_000
"""In each rich text block that the bot sends, so that three fit a message."""
CHARACTERS_IN_TEXT = 3_000
"""In one text object of a section, a context or an input."""
FALLBACK = 300
"""In the notification text, which is only the beginning of the message."""

HEADER = 150
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
ACTION_ID = 255
OPTIONS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
URL = 3_000
ALT_TEXT = 2_000

MODAL_TITLE = 24
MODAL_BUTTON = 24
LABEL = 2_000
HINT = 2_000
PRIVATE_METADATA = 3_000
INPUT = 3_000

PAGE = 200
"""Rows requested at once from lists."""
RESPONSES = 5
"""How often a response_url can be used, within 30 minutes."""
