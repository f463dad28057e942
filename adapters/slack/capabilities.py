"""What Slack can do, as far as features depend on it."""

from facilitation.core.platforms.capabilities import Capabilities

PLATFORM = "slack"
"""The platform's name in the ids of spaces."""

CAPABILITIES = Capabilities(
    name="Slack",
    can_message_unasked=True,
    small_group_note="",  # only its members read a group DM
)
