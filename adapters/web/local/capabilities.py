"""The capabilities of the local page, which features read."""

from facilitation.core.platforms.capabilities import Capabilities

PLATFORM = "page"
"""The name of the platform in space ids."""

CAPABILITIES = Capabilities(name="the local page", can_message_unasked=True, small_group_note="")
