"""Resources: the shelf of links worth keeping, and how they are found again."""

from facilitation.resources.feature import feature

__all__ = ["feature"]
