"""Keys of the posts and plans of rhythms. Nothing parses them; listeners only look at `PREFIX`."""

from datetime import date, datetime

PREFIX = "rhythm:"


def prompt_plan(rhythm: int) -> str:
    """The plan to post the next prompt of a rhythm."""
    return f"rhythm:{rhythm}"


def facilitator_plan(rhythm: int) -> str:
    """The plan to notify the next facilitator of a rhythm."""
    return f"rhythm:{rhythm}:notify"


def prompt(rhythm: int, day: date) -> str:
    """The post of a date. A rhythm posts one prompt on a day, however often it is changed."""
    return f"rhythm:{rhythm}:{day}"


def prompt_by_hand(rhythm: int, at: datetime) -> str:
    """A prompt that somebody posts between the dates."""
    return f"rhythm:{rhythm}:{at:%Y%m%dT%H%M%S.%f}"


def turn(rhythm: int, day: date | None, member: int) -> str:
    """The message that tells a member of their turn to facilitate."""
    return f"rhythm:{rhythm}:turn:{day}:{member}"


def prompt_approved(prompt_id: int) -> str:
    """The message that tells a member that their prompt was approved."""
    return f"rhythm:prompt:{prompt_id}"
