"""`tertulia init`: the questions for each platform, and the resulting config.toml."""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot import config as configuration
from bot import toml
from facilitation.core.values.errors import BadInput


@dataclass(frozen=True)
class Secret:
    """A token of a platform: key in config.toml, name on the platform, where to find it, and prefix."""

    key: str
    label: str
    where: str
    begins: str = ""
    instead_of: str = ""
    """The key of a token that this one replaces. Such a secret is accepted, but never asked for."""


@dataclass(frozen=True)
class Setup:
    """How a platform is set up: the steps before config.toml is written, the tokens, and the steps after."""

    name: str
    before: tuple[str, ...]
    secrets: tuple[Secret, ...]
    after: tuple[str, ...]
    who: str
    """Where people find their own id on the platform; the first coordinator's is asked for."""
    invited: Callable[[Mapping[str, str]], tuple[str, ...]] = lambda _: ()
    """Returns the steps that let the bot into a space, given its tokens; none if installing is enough."""


@dataclass(frozen=True)
class Answers:
    """The answers of an operator: tokens by section and key, the database, and the first community."""

    database: str
    tokens: Mapping[str, Mapping[str, str]]
    community: str = ""
    coordinator: str = ""
    zone: str = "UTC"


SLACK = Setup(
    name="Slack",
    before=(
        "Save the manifest: tertulia manifest slack > slack-manifest.json",
        "At https://api.slack.com/apps choose Create New App, From a manifest, and paste it.",
        "Install the app to your workspace.",
    ),
    secrets=(
        Secret("bot_token", "Bot User OAuth Token", "OAuth & Permissions", "xoxb-"),
        Secret(
            "app_token",
            "App-level token",
            "Basic Information, App-Level Tokens, with the scope connections:write",
            "xapp-",
        ),
        Secret("signing_secret", "Signing secret", "Basic Information", instead_of="app_token"),
    ),
    after=(
        "In Slack, type /coordinate settings in the channel that will be your community's home.",
        "Save the form, then press Begin. Until then I say nothing.",
    ),
    who="your profile, the three dots, Copy member ID",
)


def _invitation(tokens: Mapping[str, str]) -> tuple[str, ...]:
    """The step in which a server's owner opens the invitation link, made from the id in the bot's token."""
    from adapters.discord.invitation import application_id_of, invitation_link  # noqa: PLC0415  # it takes a second

    token = tokens.get("token", "")
    if not token:
        return ("tertulia invite discord prints the link by which you let me into your server: open it.",)
    return (f"Open {invitation_link(application_id_of(token))} and choose your server.",)


DISCORD = Setup(
    name="Discord",
    before=(
        "At https://discord.com/developers/applications choose New Application.",
        "Under Bot, switch on the Server Members Intent and the Message Content Intent.",
        "There too, choose Reset Token and copy it.",
    ),
    secrets=(Secret("token", "Bot token", "Bot, Reset Token"),),
    after=(
        "In your server, type /coordinate settings and fill in the steps.",
        "Then press Begin. Until then I say nothing.",
    ),
    who="Developer Mode under Advanced, then right-click yourself, Copy User ID",
    invited=_invitation,
)

SETUPS: dict[str, Setup] = {"slack": SLACK, "discord": DISCORD}
"""Keyed by the section of config.toml."""


def text_of(answers: Answers) -> str:
    """The content of config.toml for these answers. Raises BadInput if it is not a valid configuration."""
    lines = ["# Written by tertulia init. `tertulia config example` shows every key there is.", ""]
    lines += ["[database]", f"url = {configuration.as_toml(answers.database)}"]
    for section, tokens in answers.tokens.items():
        lines += ["", f"[{section}]"]
        lines += [f"{key} = {configuration.as_toml(token)}" for key, token in tokens.items() if token]
    if answers.community:
        lines += ["", "[[communities]]", f"name = {configuration.as_toml(answers.community)}"]
        lines.append(f"zone = {configuration.as_toml(answers.zone)}")
        if answers.coordinator:
            lines.append(f"coordinators = {configuration.as_toml([answers.coordinator])}")
    text = "\n".join(lines) + "\n"
    configuration.check(toml.parse(text, "these answers"), "these answers")
    return text


def write(text: str, path: Path) -> None:
    """Write the file atomically, readable by its owner only.

    Raises BadInput if the folder does not exist, and OSError if writing fails.
    """
    if not path.parent.is_dir():
        raise BadInput(f"{path}: there is no folder {path.parent} to write it to.")
    # mkstemp creates files that only their owner can read.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
