"""Keys of the posts and plans of circles. Nothing parses them; listeners only look at `PREFIX`."""

from datetime import date

PREFIX = "circles:"


def round_plan(circle: int) -> str:
    """The plan to make the groups of a circle's next round."""
    return f"circles:{circle}"


def invitation_plan(circle: int) -> str:
    """The plan to invite people to a circle's next round."""
    return f"circles:{circle}:invite"


def invitation(circle: int, day: date) -> str:
    """The post that invites people to a round."""
    return f"circles:{circle}:{day}"


def group(circle: int, day: date, number: int) -> str:
    """A group's conversation, and its introduction there."""
    return f"circles:{circle}:{day}:{number}"


def grown_group(before: str, member: int) -> str:
    """The conversation of a group that a member joined. On Slack, other people are another conversation."""
    return f"{before.partition('+')[0]}+{member}"


def question(group_id: int) -> str:
    """The question whether a group met."""
    return f"circles:question:{group_id}"


def no_group(circle: int, day: date, member: int) -> str:
    """The message to a member for whom there was no group."""
    return f"circles:{circle}:{day}:without:{member}"


def group_dissolved(group_id: int, member: int) -> str:
    """The message to the last member of a group."""
    return f"circles:dissolved:{group_id}:{member}"


def merge_plan(round_: int) -> str:
    """The plan to merge the groups of a round that became too small."""
    return f"circles:merge:{round_}"


def question_plan(round_: int) -> str:
    """The plan to ask the groups of a round whether they met."""
    return f"circles:ask:{round_}"
