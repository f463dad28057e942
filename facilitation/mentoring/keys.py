"""Keys of the posts and plans of mentoring. Nothing parses them; listeners only look at `PREFIX`."""

from datetime import datetime

PREFIX = "mentoring:"
ROUND_PLAN = "mentoring:round"
MATCHING = "mentoring:match"
MORNING_CHECK = "mentoring:morning_check"


def pair_plan(pair: int) -> str:
    """The plan to advance a pair."""
    return f"mentoring:pair:{pair}"


def mentee_question(pair: int) -> str:
    """The question to the mentee whether a mentor suits them."""
    return f"mentoring:pair:{pair}:mentee_question"


def mentor_question(pair: int) -> str:
    """The question to the mentor whether they take a mentee."""
    return f"mentoring:pair:{pair}:mentor_question"


def introduction(pair: int) -> str:
    """The small group of a pair, and its introduction there."""
    return f"mentoring:pair:{pair}:introduction"


def direct_introduction(pair: int, member: int) -> str:
    """The introduction by direct message, if no group could be opened."""
    return f"mentoring:pair:{pair}:introduction:{member}"


def checkin(pair: int, number: int) -> str:
    """A check-in."""
    return f"mentoring:pair:{pair}:checkin:{number}"


def closing_question(pair: int, weeks: int) -> str:
    """The question how to end a pair after a number of weeks; an extension leads to another one."""
    return f"mentoring:pair:{pair}:closing:{weeks}"


def stay_or_leave(pair: int, number: int, member: int = 0) -> str:
    """The question to a member whether to go on, after a check-in. Without a member, the question to both."""
    return f"mentoring:pair:{pair}:stay_or_leave:{number}:{member}"


def ended(pair: int, member: int) -> str:
    """The last message to a member of a pair."""
    return f"mentoring:pair:{pair}:ended:{member}"


def review(pair: int) -> str:
    """The message that pairs wait for review; `pair` is the last of them."""
    return f"mentoring:review:{pair}"


def sign_up(round_: int) -> str:
    """The post with which a round begins."""
    return f"mentoring:round:{round_}"


def unmatched_plan(request: int) -> str:
    """The plan to tell somebody that nobody was found."""
    return f"mentoring:request:{request}"


def unmatched(request: int, at: datetime) -> str:
    """The message that nobody was found."""
    return f"mentoring:request:{request}:{at.timestamp():.6f}"
