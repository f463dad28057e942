"""Slack's sizes: https://docs.slack.dev/reference/block-kit, and what was measured where that is silent."""

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
CHARACTERS_IN_MESSAGE = 12_000
"""Of all blocks together. Undocumented: `msg_blocks_too_long` comes at about 13,200."""
CHARACTERS_IN_BLOCK = 4_000
"""Of one rich text of ours, so that three fill a message."""
CHARACTERS_IN_TEXT = 3_000
"""Of one text object, in a section, a context or an input."""
FALLBACK = 300
"""Of the text for notifications: it is a glimpse of the blocks, which have it whole."""

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
"""Rows asked for at once from lists."""
RESPONSES = 5
"""How often a response_url can be used, within half an hour."""
