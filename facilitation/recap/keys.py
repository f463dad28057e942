"""Keys of the posts and plans of recaps."""

from datetime import datetime
from zoneinfo import ZoneInfo

from storage.communities import Community

PREFIX = "recap:"
NEXT_RECAP = "recap:next"
"""The plan to compose the next recap."""


def recap(community: Community, until: datetime) -> str:
    """The recap of the period that ends at an instant."""
    return f"{PREFIX}{until.astimezone(ZoneInfo(community.zone or 'UTC')):%Y-%m-%dT%H:%M:%S}"


def preview(recap_key: str) -> str:
    """The message that shows a recap to coordinators for approval."""
    return f"{recap_key}:preview"
