"""Builds the app manifest from the tables of `api_usage` and the commands of the features."""

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
_SLASH_COMMANDS: dict[Root, tuple[str, str]] = {
    "cop": ("Your community of practice", "help | share | find | me"),
    "coordinate": ("For the community’s coordinators", "settings | desk | recap preview"),
}
"""The description and the usage hint of each slash command, as Slack shows them."""

Json = dict[str, Any]


def manifest(registry: Registry, base_url: str = "") -> Json:
    """The manifest of the app (https://docs.slack.dev/reference/app-manifest).

    Without `base_url` the app uses Socket Mode. With one, such as `https://bot.example.org`, Slack sends
    signed HTTP requests to the paths in `PATHS` below it.
    """
    base_url = base_url.rstrip("/")
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
            "slash_commands": [_slash_command(root, base_url) for root in ROOTS],
        },
        "oauth_config": {"scopes": {"bot": api_usage.scopes()}},
        "settings": {
            "event_subscriptions": {
                **({"request_url": base_url + EVENTS_PATH} if base_url else {}),
                "bot_events": sorted(api_usage.EVENTS),
            },
            "interactivity": _interactivity(base_url),
            "org_deploy_enabled": False,
            "socket_mode_enabled": not base_url,
            "token_rotation_enabled": False,
        },
    }


def _slash_command(root: Root, base_url: str) -> Json:
    description, hint = _SLASH_COMMANDS[root]
    command = {
        "command": f"/{root}",
        "description": description,
        "usage_hint": hint,
        # Slack then sends mentioned people and channels as ids instead of names.
        "should_escape": True,
    }
    return {**command, "url": base_url + COMMANDS_PATH} if base_url else command


def _interactivity(base_url: str) -> Json:
    if not base_url:
        return {"is_enabled": True}
    url = base_url + INTERACTIVITY_PATH
    return {"is_enabled": True, "request_url": url, "message_menu_options_url": url}
