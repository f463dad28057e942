"""Builds the app manifest from what is used of Slack and from the commands of the features."""

from typing import Any

from adapters.slack import api_usage
from facilitation.core.features.feature import ROOTS, Root
from facilitation.core.features.registry import Registry
from facilitation.core.values.forms import help_of

EVENTS_PATH = "/slack/events"
COMMANDS_PATH = "/slack/commands"
INTERACTIVITY_PATH = "/slack/interactivity"
PATHS = (EVENTS_PATH, COMMANDS_PATH, INTERACTIVITY_PATH)

NAME = "Tertulia"
COLOUR = "#7a3b2e"
_COMMANDS: dict[Root, tuple[str, str]] = {
    "cop": ("Your community of practice", "help | share | find | me"),
    "coordinate": ("For the community’s coordinators", "settings | desk | recap preview"),
}

Json = dict[str, Any]


def manifest(registry: Registry, address: str = "") -> Json:
    """The manifest of the app (https://docs.slack.dev/reference/app-manifest).

    Without an `address` it is for Socket Mode; with one, such as `https://bot.example.org`, for signed
    requests to it.
    """
    address = address.rstrip("/")
    return {
        "display_information": {
            "name": NAME,
            "description": "Facilitates your community of practice",
            "background_color": COLOUR,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [
                {
                    "name": endpoint.label,
                    "type": "message",
                    "callback_id": endpoint.id,
                    "description": help_of(endpoint.command),
                }
                for endpoint in registry.message_actions()
            ],
            "slash_commands": [_command(root, address) for root in ROOTS],
        },
        "oauth_config": {"scopes": {"bot": api_usage.scopes()}},
        "settings": {
            "event_subscriptions": {
                **({"request_url": address + EVENTS_PATH} if address else {}),
                "bot_events": sorted(api_usage.EVENTS),
            },
            "interactivity": _interactivity(address),
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }


def _command(root: Root, address: str) -> Json:
    description, hint = _COMMANDS[root]
    command = {
        "command": f"/{root}",
        "description": description,
        "usage_hint": hint,
        # So that people and channels arrive as ids.
        "should_escape": True,
    }
    return {**command, "url": address + COMMANDS_PATH} if address else command


def _interactivity(address: str) -> Json:
    if not address:
        return {"is_enabled": True}
    url = address + INTERACTIVITY_PATH
    return {"is_enabled": True, "request_url": url, "message_menu_options_url": url}
