"""The methods and events of Slack that are used, with their scopes; the manifest is made from these tables.

Source: the page of each method and event at https://docs.slack.dev/reference. A method that is not listed
cannot be called, and an event that is not listed is not read, so the app asks for exactly what it uses.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Method:
    """A method of the Web API: the bot scopes that it needs, and how its arguments are encoded.

    `get` is GET with a query, `query` is POST with a query and an empty body, `json` is POST with a JSON
    body. Slack accepts JSON for some methods only and responds `invalid_form_data` for the others.

    Only `patient` methods, which run in the background, are retried by slack_sdk after 429 and server errors.
    All others are retried by the outbox.
    """

    scopes: tuple[str, ...] = ()
    encoding: Literal["get", "query", "json"] = "json"
    patient: bool = False


_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")

METHODS: dict[str, Method] = {
    "apps.connections.open": Method((), "query"),
    "auth.test": Method((), "query"),
    "users.list": Method(("users:read",), "get", patient=True),
    "users.info": Method(("users:read",), "get"),
    "conversations.list": Method(("channels:read", "groups:read"), "get", patient=True),
    "conversations.info": Method(("channels:read", "groups:read"), "get"),
    "conversations.members": Method(("channels:read", "groups:read"), "get", patient=True),
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

COMMANDS = "commands"
"""The scope of slash commands and shortcuts."""


def scopes() -> list[str]:
    """Every scope of the bot token, sorted."""
    needed = {COMMANDS}
    for method in METHODS.values():
        needed.update(method.scopes)
    for of_event in EVENTS.values():
        needed.update(of_event)
    return sorted(needed)


def event_types() -> set[str]:
    """The `type` of every event that is read; `message` stands for all of `message.…`."""
    return {name.partition(".")[0] for name in EVENTS}
