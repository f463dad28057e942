"""The bodies that Slack sends: whose they are, and whether they are whole."""

from typing import Any

Json = dict[str, Any]
Paths = tuple[tuple[str, ...], ...]

_SHAPES: dict[str, Paths] = {
    "block_actions": (("user", "id"), ("actions",)),
    "message_action": (("user", "id"), ("callback_id",), ("channel", "id"), ("message", "ts")),
    "view_submission": (("user", "id"), ("view",)),
    "block_suggestion": (("user", "id"),),
}
"""What is listened to besides commands and events, and where what is read of it stands."""
_COMMAND: Paths = (("user_id",), ("command",), ("channel_id",))
_EVENT: Paths = (("event", "type"),)


def is_supported(body: Json) -> bool:
    """Whether it is a command, or one of the interactions that are answered."""
    return "command" in body or body.get("type") in _SHAPES


def is_complete(body: Json) -> bool:
    """Whether a request of a kind that is known has what is read of it."""
    wanted: Paths
    if "event" in body:
        wanted = _EVENT
    elif "command" in body:
        wanted = _COMMAND
    else:
        wanted = _SHAPES.get(str(body.get("type")), ())
    return all(_there(body, path) for path in wanted)


def team_of(body: Json) -> str:
    """The workspace in which the app is asked or told something.

    In a channel shared with others `team_id` may be theirs; the authorization is always our own.
    """
    for authorization in body.get("authorizations") or ():
        return str(authorization.get("team_id") or "")
    team = body.get("team") or {}
    return str(team.get("id") or body.get("team_id") or (body.get("user") or {}).get("team_id") or "")


def _there(body: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return bool(body)
