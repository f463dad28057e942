"""The capabilities of the platforms that this process supports; others get conservative defaults."""

from collections.abc import Mapping

from adapters.discord import capabilities as discord
from adapters.slack import capabilities as slack
from adapters.web.local import capabilities as local_page
from facilitation.core.platforms.capabilities import Capabilities

CAPABILITIES: Mapping[str, Capabilities] = {
    platform.PLATFORM: platform.CAPABILITIES for platform in (discord, slack, local_page)
}
"""Keyed by the name of the platform in space ids, such as `slack`."""
