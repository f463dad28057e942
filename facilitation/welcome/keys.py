"""Keys of the welcome's posts and plans: one function each, and nobody takes them apart."""

from datetime import datetime

GREETINGS = "welcome:greet"
LOOKS = "welcome:look"


def walk(member: int) -> str:
    """The plan of one journey."""
    return f"welcome:{member}"


def hello(member: int) -> str:
    """The first message."""
    return f"welcome:{member}:hello"


def again(member: int) -> str:
    """The second and last message to whoever did not answer."""
    return f"welcome:{member}:again"


def door(member: int) -> str:
    """The button in the channel for one newcomer."""
    return f"welcome:{member}:door"


def wide_door(at: datetime) -> str:
    """The button for a crowd."""
    return f"welcome:crowd:{at.timestamp():.6f}"


def step(member: int, number: int) -> str:
    """One step of one journey."""
    return f"welcome:{member}:step:{number}"


def introduction(member: int) -> str:
    """What somebody said of themselves."""
    return f"welcome:{member}:introduction"


def buddy(member: int) -> str:
    """A newcomer and their buddy."""
    return f"welcome:{member}:buddy"


def answered(member: int) -> str:
    """The line that tells how somebody would like to take part."""
    return f"welcome:{member}:answered"


def told(member: int, number: int) -> str:
    """What somebody answered to a step."""
    return f"welcome:{member}:told:{number}"


def flag(member: int) -> str:
    """A first message that waits for a reply."""
    return f"welcome:{member}:flag"


def preview(member: int, at: datetime, number: int) -> str:
    """One message of a preview."""
    return f"welcome:preview:{member}:{at.timestamp():.6f}:{number}"
