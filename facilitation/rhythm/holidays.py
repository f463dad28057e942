"""The public holidays on which a rhythm rests."""

from datetime import date

from facilitation.core.values.public_holidays import holiday
from storage.communities import Community
from storage.rhythm import Rhythm


def holiday_of(community: Community, rhythm: Rhythm, day: date) -> str:
    """The name of the holiday on which a rhythm rests, empty for none."""
    return holiday(community.country, day) if rhythm.holidays else ""
