"""Keys of posts."""

from datetime import datetime


def export(member: int, at: datetime) -> str:
    """The direct message with a member's file."""
    return f"privacy:export:{member}:{at.timestamp():.6f}"
