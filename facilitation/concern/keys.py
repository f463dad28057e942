"""Keys of posts and reminders about a concern, which is named by its token."""


def reminder(token: str) -> str:
    """The next reminder."""
    return f"concern:{token}"


def post(token: str, what: str) -> str:
    """A direct message to the reporter."""
    return f"concern:{token}:{what}"


def coordinator_post(token: str, what: str, member: int) -> str:
    """A direct message to one of the coordinators who may know."""
    return f"concern:{token}:{what}:{member}"
