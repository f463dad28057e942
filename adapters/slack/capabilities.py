"""What Slack can do, as far as features depend on it."""

from facilitation.core.platforms.capabilities import Capabilities

PLATFORM = "slack"
"""The name of the platform in the ids of spaces."""

CAPABILITIES = Capabilities(
    name="Slack",
    can_message_unasked=True,
    small_group_note="",  # a group DM is read by its members alone
)
