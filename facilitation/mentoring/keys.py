"""Keys of mentoring's posts and plans: one function each, and nobody takes them apart."""

from datetime import datetime

OURS = "mentoring:"
"""How all of them begin, so that what is said elsewhere costs no look."""
ROUND = "mentoring:round"
MATCH = "mentoring:match"
MORNING = "mentoring:morning"


def plan(pair: int) -> str:
    """What comes next for a pair."""
    return f"mentoring:pair:{pair}"


def fine(pair: int) -> str:
    """The question to the mentee."""
    return f"mentoring:pair:{pair}:fine"


def offer(pair: int) -> str:
    """The question to the mentor."""
    return f"mentoring:pair:{pair}:offer"


def together(pair: int) -> str:
    """The small group of a pair, and their introduction."""
    return f"mentoring:pair:{pair}:together"


def by_message(pair: int, member: int) -> str:
    """The introduction to each of a pair for whom no group could be opened."""
    return f"mentoring:pair:{pair}:together:{member}"


def check(pair: int, number: int) -> str:
    """A check-in."""
    return f"mentoring:pair:{pair}:check:{number}"


def close(pair: int, number: int) -> str:
    """The question how to round off; after an extension there is another one."""
    return f"mentoring:pair:{pair}:close:{number}"


def stay(pair: int, number: int, member: int = 0) -> str:
    """The question whether to go on, to one of the two; without a member, that it was put at all."""
    return f"mentoring:pair:{pair}:stay:{number}:{member}"


def extended(pair: int, number: int) -> str:
    """That a pair goes on for longer."""
    return f"mentoring:pair:{pair}:extended:{number}"


def over(pair: int, member: int = 0) -> str:
    """The last words to one of a pair; without a member, to both."""
    return f"mentoring:pair:{pair}:over:{member}"


def review(pair: int) -> str:
    """That pairs wait for coordinators; named after the last of them."""
    return f"mentoring:review:{pair}"


def sign_up(number: int) -> str:
    """The post with which a round begins."""
    return f"mentoring:round:{number}"


def unserved(request: int) -> str:
    """The plan to tell somebody that nobody was found."""
    return f"mentoring:request:{request}"


def nobody_yet(request: int, at: datetime) -> str:
    """The message that nobody was found."""
    return f"mentoring:request:{request}:{at.timestamp():.6f}"
