"""The Slack methods and events that the app uses, with their scopes; the manifest is built from these tables.

Source: the page of each method and event at https://docs.slack.dev/reference. A method that is not listed
cannot be called, and an event that is not listed is ignored, so the app asks for exactly what it uses.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Method:
    """A method of the Web API: the bot scopes that it needs, and how its arguments are encoded.

    `get` is GET with a query, `query` is POST with a query and an empty body, `json` is POST with a JSON
    body. Slack accepts JSON for some methods only and responds `invalid_form_data` for the others.

    With `retries`, slack_sdk repeats a call after status 429 and server errors, and waits as long as Slack
    asks: only for methods that background tasks call. A failed message is retried by the outbox.
    """

    scopes: tuple[str, ...] = ()
    encoding: Literal["get", "query", "json"] = "json"
    retries: bool = False


_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")

METHODS: dict[str, Method] = {
    "apps.connections.open": Method((), "query"),
    "auth.test": Method((), "query"),
    "users.list": Method(("users:read",), "get", retries=True),
    "users.info": Method(("users:read",), "get"),
    "conversations.list": Method(("channels:read", "groups:read"), "get", retries=True),
    "conversations.info": Method(("channels:read", "groups:read"), "get"),
    "conversations.members": Method(("channels:read", "groups:read"), "get", retries=True),
    "conversations.history": Method(_HISTORY, "get"),
    "conversations.replies": Method(_HISTORY, "get"),
    "conversations.open": Method(("im:write", "mpim:write"), "query"),
    "conversations.join": Method(("channels:join",), "query"),
    "chat.postMessage": Method(("chat:write",)),
    "chat.postEphemeral": Method(("chat:write",)),
    "chat.update": Method(("chat:write",)),
    "chat.delete": Method(("chat:write",)),
    "reactions.add": Method(("reactions:write",), "query"),
    "files.getUploadURLExternal": Method(("files:write",), "query"),
    "files.completeUploadExternal": Method(("files:write",), "query"),
    "views.open": Method(),
    "views.push": Method(),
    "views.update": Method(),
    "views.publish": Method(),
}
"""The methods of the Web API by name."""

EVENTS: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "tokens_revoked": (),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "channel_created": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_archive": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_left": ("channels:read",),
    "group_rename": ("groups:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
}
"""The events to subscribe to, with the bot scopes that each needs."""

COMMANDS_SCOPE = "commands"
"""The scope of slash commands and shortcuts."""


def scopes() -> list[str]:
    """Every scope of the bot token, sorted."""
    needed = {COMMANDS_SCOPE}
    for method in METHODS.values():
        needed.update(method.scopes)
    for event_scopes in EVENTS.values():
        needed.update(event_scopes)
    return sorted(needed)


def event_types() -> set[str]:
    """The `type` fields of the events in `EVENTS`, such as `message` for `message.channels`."""
    return {name.partition(".")[0] for name in EVENTS}
