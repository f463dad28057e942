"""What the local page can do, as far as features depend on it."""

from facilitation.core.platforms.capabilities import Capabilities

PLATFORM = "page"
"""The name of the platform in the ids of spaces."""

CAPABILITIES = Capabilities(name="the local page", can_message_unasked=True, small_group_note="")
