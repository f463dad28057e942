"""Keys of posts and plans, one function each."""

from datetime import date, datetime

from facilitation.coordination.values import RoleWord

DESK = "coordination:desk"
"""The plan of the next weekly desk."""
BEGIN = "coordination:begin"
"""The post that introduces the bot."""


def desk(day: date) -> str:
    """The weekly desk in the coordinators' channel."""
    return f"coordination:desk:{day:%Y-%m-%d}"


def enter(handle: str) -> str:
    """Joining a channel that was made after *Begin*."""
    return f"coordination:enter:{handle}"


def enter_again(handle: str, at: datetime) -> str:
    """Joining a channel whenever the settings are saved."""
    return f"coordination:enter:{handle}:{at.timestamp():.6f}"


def new_coordinator(member: int, at: datetime) -> str:
    """The direct message to a new coordinator."""
    return f"coordination:coordinator:{member}:{at:%Y%m%dT%H%M%S}"


def new_holder(role: RoleWord, member: int, at: datetime) -> str:
    """The direct message to somebody who was given a role."""
    return f"coordination:role:{role}:{member}:{at:%Y%m%dT%H%M%S}"


def term(role: RoleWord, member: int) -> str:
    """The plan to check a term."""
    return f"coordination:term:{role}:{member}"


def term_ends(role: RoleWord, member: int, until: date) -> str:
    """The reminder before a term ends."""
    return f"coordination:term:{role}:{member}:{until}:ends"


def term_ended(role: RoleWord, member: int, until: date) -> str:
    """The news that a term has ended."""
    return f"coordination:term:{role}:{member}:{until}:ended"


def for_coordinators(key: str) -> str:
    """The coordinators' version of a message that its subject gets too."""
    return f"{key}:desk"


def channel_lost(handle: str, at: datetime) -> str:
    """The news that a channel in use is gone, once a day."""
    return f"coordination:gone:{handle}:{at:%Y-%m-%d}"


def invitation(member: int, at: datetime) -> str:
    """The request to invite the bot, once a day."""
    return f"coordination:invite:{at:%Y-%m-%d}:{member}"


POST_FAILED = "coordination:failed:"


def post_failed(why: str, at: datetime) -> str:
    """The news that a post could not be delivered, once a day for each reason."""
    return f"{POST_FAILED}{why}:{at:%Y-%m-%d}"
