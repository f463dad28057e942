"""The charter: what the community is about, what the bot can do, and what members say about themselves."""

from facilitation.charter import commands, contributions, coordinator_commands
from facilitation.charter.feature import feature

__all__ = ["commands", "contributions", "coordinator_commands", "feature"]
