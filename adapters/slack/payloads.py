"""Checks the bodies of requests: which workspace they are for, and whether they are complete."""

from typing import Any

Json = dict[str, Any]
Paths = tuple[tuple[str, ...], ...]

_INTERACTION_PATHS: dict[str, Paths] = {
    "block_actions": (("user", "id"), ("actions",)),
    "message_action": (("user", "id"), ("callback_id",), ("channel", "id"), ("message", "ts")),
    "view_submission": (("user", "id"), ("view",)),
    "block_suggestion": (("user", "id"),),
}
"""The interactions that are handled, with the paths of the values that are read from each."""
_COMMAND_PATHS: Paths = (("user_id",), ("command",), ("channel_id",))
_EVENT_PATHS: Paths = (("event", "type"),)


def is_supported(body: Json) -> bool:
    """Whether a body is a command, or an interaction that is handled."""
    return "command" in body or body.get("type") in _INTERACTION_PATHS


def is_complete(body: Json) -> bool:
    """Whether a body of a known kind contains everything that is read from it."""
    wanted: Paths
    if "event" in body:
        wanted = _EVENT_PATHS
    elif "command" in body:
        wanted = _COMMAND_PATHS
    else:
        wanted = _INTERACTION_PATHS.get(str(body.get("type")), ())
    return all(_is_present(body, path) for path in wanted)


def team_of(body: Json) -> str:
    """The id of the workspace that a request is for.

    In a channel that is shared with others `team_id` may be theirs; the authorization is always ours.
    """
    for authorization in body.get("authorizations") or ():
        return str(authorization.get("team_id") or "")
    team = body.get("team") or {}
    return str(team.get("id") or body.get("team_id") or (body.get("user") or {}).get("team_id") or "")


def _is_present(body: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return bool(body)
