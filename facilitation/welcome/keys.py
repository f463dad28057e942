"""Keys of posts and plans, one function each."""

from datetime import datetime

GREETING = "welcome:greet"
"""The plan to greet those who have joined."""
FIRST_MESSAGES = "welcome:first-messages"
"""The plan to check newcomers' first messages for replies."""


def journey(member: int) -> str:
    """The plan of the next message to a newcomer."""
    return f"welcome:{member}"


def hello(member: int) -> str:
    """The first message."""
    return f"welcome:{member}:hello"


def reminder(member: int) -> str:
    """The second and last message to a newcomer who did not answer."""
    return f"welcome:{member}:reminder"


def start_button(member: int) -> str:
    """The post in the welcome channel for one newcomer."""
    return f"welcome:{member}:start"


def group_start_button(at: datetime) -> str:
    """The post in the welcome channel for many newcomers at once."""
    return f"welcome:group:{at.timestamp():.6f}"


def step(member: int, number: int) -> str:
    """One step of one journey."""
    return f"welcome:{member}:step:{number}"


def introduction(member: int) -> str:
    """A newcomer's introduction of themselves."""
    return f"welcome:{member}:introduction"


def buddy(member: int) -> str:
    """The small group of a newcomer and their buddy."""
    return f"welcome:{member}:buddy"


def participation(member: int) -> str:
    """The news to member support of how a newcomer would like to take part."""
    return f"welcome:{member}:participation"


def step_answer(member: int, number: int) -> str:
    """A newcomer's answer to the question of a step."""
    return f"welcome:{member}:answer:{number}"


def unanswered(member: int) -> str:
    """The news to member support that nobody has replied to a first message."""
    return f"welcome:{member}:unanswered"


def preview(member: int, at: datetime, number: int) -> str:
    """One message of a preview."""
    return f"welcome:preview:{member}:{at.timestamp():.6f}:{number}"
