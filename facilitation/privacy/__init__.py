"""Privacy: members see, export and erase what is stored about them, and opt out of unsolicited messages."""

from facilitation.privacy import commands
from facilitation.privacy.feature import feature

__all__ = ["commands", "feature"]
