"""What Discord can do, as far as features depend on it."""

from facilitation.core.platforms.capabilities import Capabilities

PLATFORM = "discord"
"""The platform's name in the ids of spaces."""

CAPABILITIES = Capabilities(
    name="Discord",
    # The developer policy forbids contact without permission, and unsolicited messages get bots quarantined.
    can_message_unasked=False,
    # Moderators with Manage Threads can open private threads.
    small_group_note="Moderators can open private threads.",
)
