"""Keys of a circle's posts and plans: one function each, and nobody takes them apart."""

from datetime import date


def invitation(circle: int, day: date) -> str:
    """The sign-up post of a round."""
    return f"circles:{circle}:{day}"


def group(circle: int, day: date, number: int) -> str:
    """A group's place, and its introduction there."""
    return f"circles:{circle}:{day}:{number}"


def grown(before: str, member: int) -> str:
    """The place of a group that somebody joined: on Slack, other people are another conversation."""
    return f"{before.partition('+')[0]}+{member}"


def question(group_id: int) -> str:
    """The question whether a group met."""
    return f"circles:met:{group_id}"


def no_group(circle: int, day: date, member: int) -> str:
    """To whom no group could be given."""
    return f"circles:{circle}:{day}:without:{member}"


def gone(group_id: int, member: int) -> str:
    """To whose group nobody is left."""
    return f"circles:gone:{group_id}:{member}"


def look_after(round_: int) -> str:
    """The plan to see whether a group has become too small."""
    return f"circles:after:{round_}"


def asking(round_: int) -> str:
    """The plan to ask the groups of a round."""
    return f"circles:asking:{round_}"
