"""What Discord can do, as far as features depend on it."""

from facilitation.core.platforms.capabilities import Capabilities

PLATFORM = "discord"
"""The name of the platform in the ids of spaces."""

CAPABILITIES = Capabilities(
    name="Discord",
    # The developer policy: no contact with people who did not permit it. Cold messages get bots quarantined.
    can_message_unasked=False,
    # Holders of Manage Threads can open private threads.
    small_group_note="Moderators can open private threads.",
)
