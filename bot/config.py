"""The settings of a process: config.toml, overridden by environment variables TERTULIA_…"""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot import toml
from facilitation.core.values.errors import BadInput
from facilitation.core.values.forms import known_zone
from storage.sealing import Seals, keys_from

ENV_PREFIX = "TERTULIA_"
SHORTEST_KEY = 32
"""The minimum length of `privacy.key`, in characters."""
KNOWN_DATABASES = ("sqlite+aiosqlite:///", "postgresql+psycopg://")


class _Section(BaseModel):
    """A section of the configuration; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _known_database(url: SecretStr) -> SecretStr:
    """Validate a database address. Raises ValueError, which never shows it: it may hold a password."""
    address = url.get_secret_value()
    if not address.startswith(KNOWN_DATABASES):
        raise ValueError(f"must begin with {' or '.join(KNOWN_DATABASES)}")
    try:
        parsed = make_url(address)
    except (ArgumentError, ValueError):
        raise ValueError("cannot be read; in a password write @ as %40, / as %2F and : as %3A") from None
    if not parsed.database:
        raise ValueError("names no file or database at its end")
    return url


class Database(_Section):
    """Where everything is kept."""

    url: Annotated[SecretStr, AfterValidator(_known_database)] = Field(
        default=SecretStr("sqlite+aiosqlite:///tertulia.db"),
        description="sqlite+aiosqlite:///FILE for one process, "
        "postgresql+psycopg://USER:PASSWORD@HOST/NAME for several",
    )


class Web(_Section):
    """Where health and figures are served."""

    host: str = Field(default="127.0.0.1", description="address to listen on; 0.0.0.0 in a container")
    port: int = Field(default=8080, ge=1, le=65535, description="port of /health and /metrics")


class Log(_Section):
    """What the log says, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="how much")
    format: Literal["text", "json"] = Field(
        default="text", description="text for people, json for collectors"
    )


def _known_keys(written: SecretStr) -> SecretStr:
    """Validate keys as `tertulia config key` prints them. Raises ValueError, which does not show them."""
    keys_from(written.get_secret_value())
    return written


class Sealing(_Section):
    """The key that encrypts confidential concerns; keep it apart from the database."""

    key: Annotated[SecretStr, AfterValidator(_known_keys)] = Field(
        default=SecretStr(""),
        description="what tertulia config key prints, best in the environment; "
        "of several, with commas between, the first seals and all open",
    )

    def seals(self) -> Seals:
        """The seals for these keys; they are falsy if no key is set."""
        return Seals(keys_from(self.key.get_secret_value()))


def _long_enough(key: SecretStr) -> SecretStr:
    """Validate that a key is empty or long enough. Raises ValueError."""
    if 0 < len(key.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"must have at least {SHORTEST_KEY} characters, or be empty")
    return key


class Privacy(_Section):
    """What keeps people out who asked to be forgotten; docs/privacy.md tells more."""

    key: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        default=SecretStr(""),
        description="a long random text, best in the environment; empty: a key of my own, in the database",
    )


class SlackConfig(_Section):
    """Slack: one workspace, by the tokens of the app made from tertulia manifest slack."""

    bot_token: SecretStr = Field(
        default=SecretStr(""), description="xoxb-…, from OAuth & Permissions; empty: no Slack"
    )
    app_token: SecretStr = Field(
        default=SecretStr(""), description="xapp-…, with connections:write; for Socket Mode, the default"
    )
    signing_secret: SecretStr = Field(
        default=SecretStr(""),
        description="for HTTP mode instead, when there is no app_token: from Basic Information",
    )
    api_url: str = Field(
        default="https://slack.com/api/",
        pattern="^https?://.+/$",
        description="address of the Web API; https://slack-gov.com/api/ for GovSlack",
    )


class DiscordConfig(_Section):
    """Discord: one bot, in any number of servers."""

    token: SecretStr = Field(
        default=SecretStr(""), description="from the developer portal, under Bot; empty: no Discord"
    )
    message_content: bool = Field(
        default=True, description="ask for the message content intent; without it I read only what is for me"
    )
    api_url: str = Field(
        default="https://discord.com/api/v10", pattern="^https?://.+[^/]$", description="address of the API"
    )
    gateway_url: str = Field(
        default="wss://gateway.discord.gg/", pattern="^wss?://.+/$", description="address of the gateway"
    )


class CommunityConfig(_Section):
    """One community of practice: its charter, and where it lives."""

    name: str = Field(min_length=1, max_length=200, description="the community’s name")
    spaces: tuple[str, ...] = Field(
        default=(),
        description="spaces it lives in, such as slack:T0123 or discord:9876; may be empty for an only "
        "community; a space named nowhere gets a community of its own name",
    )
    zone: Annotated[str, AfterValidator(known_zone)] = Field(
        default="UTC", description="time zone until /coordinate settings says otherwise"
    )
    country: str = Field(default="", pattern="^([A-Z]{2})?$", description="two letters, for public holidays")
    coordinators: tuple[str, ...] = Field(
        default=(), description="platform ids of the first coordinators; read only while there are none"
    )
    domain: str = Field(default="", description="charter: what we care about")
    purpose: str = Field(default="", description="charter: what we are here for")
    ground_rules: tuple[str, ...] = Field(default=(), description="charter: how we treat each other")
    fallback_contact: str = Field(
        default="",
        max_length=300,
        description="whom to turn to with a concern that no coordinator should see: a name and an address",
    )
    goals: tuple[str, ...] = Field(default=(), description="charter: what we want to reach")


class Settings(BaseSettings):
    """All settings. An invalid file names every wrong key and shows no secret."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    database: Database = Database()
    web: Web = Web()
    log: Log = Log()
    sealing: Sealing = Sealing()
    privacy: Privacy = Privacy()
    slack: SlackConfig = SlackConfig()
    discord: DiscordConfig = DiscordConfig()
    communities: tuple[CommunityConfig, ...] = Field(default=(), description="one [[communities]] table each")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # pydantic-settings passes all five by name
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # likewise
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment takes precedence over the file; there are no other sources."""
        return env_settings, init_settings

    def community(self, name: str) -> CommunityConfig | None:
        """The configuration of the community with this name; None if there is none."""
        return next((one for one in self.communities if one.name == name), None)

    def community_in(self, space: str) -> CommunityConfig | None:
        """The first community that the file assigns to a space, written `platform:id`.

        If the file has only one community and it names no space, it belongs to every space.
        """
        if len(self.communities) == 1 and not self.communities[0].spaces:
            return self.communities[0]
        return next((one for one in self.communities if space in one.spaces), None)


def load(path: Path | None) -> Settings:
    """Read the settings: environment variables first, then the file if `path` is given, then the defaults.

    Raises BadInput naming every wrong key.
    """
    return check(toml.read(path) if path is not None else {}, path)


def check(given: dict[str, Any], path: Path | str | None) -> Settings:
    """Validate the parsed content of a file, overridden by environment variables.

    `path` names the file in errors. Raises BadInput naming every wrong key.
    """
    try:
        return Settings(**given)
    except SettingsError as error:
        field = re.search(r'field "(\w+)"', str(error))
        name = ENV_PREFIX + field[1].upper() if field else "the environment"
        raise BadInput(f"{name}: must be JSON.") from None
    except ValidationError as error:
        raise BadInput("\n".join(_faults(error, path))) from None


def find(path: Path | None) -> Path | None:
    """The file to read: `path` if given, else ./config.toml if it exists, else None."""
    if path is not None:
        return path
    here = Path("config.toml")
    return here if here.exists() else None


def _source(where: tuple[int | str, ...], path: Path | str | None) -> str:
    """The origin of a key: its environment variable, which takes precedence, or the file."""
    names = {name.upper() for name in os.environ}
    for length in range(len(where), 0, -1):
        variable = (ENV_PREFIX + "__".join(map(str, where[:length]))).upper()
        if variable in names:
            return variable
    return str(path) if path else "the environment"


def _faults(error: ValidationError, path: Path | str | None) -> list[str]:
    """One line per wrong key: where it is and what was expected, never its value."""
    lines = []
    for fault in error.errors(include_input=False, include_url=False):
        where = ".".join(str(step) for step in fault["loc"]) or "the file"
        match fault["type"]:
            case "extra_forbidden":
                words = f"unknown key; here I know {_known(fault['loc'])}"
            case "missing":
                words = "is missing"
            case "literal_error":
                words = f"must be {fault['ctx']['expected']}"
            case "string_pattern_mismatch":
                words = "must be two capital letters such as PT, or empty"
            case "value_error":
                words = str(fault["msg"]).removeprefix("Value error, ")
            case _:
                words = str(fault["msg"])
        lines.append(f"{_source(fault['loc'], path)}: {where}: {words}.")
    return lines


def _known(where: tuple[int | str, ...]) -> str:
    """The valid keys of the section that has an unknown key."""
    model: Any = Settings
    for step in where[:-1]:
        if isinstance(step, str):
            annotation = model.model_fields[step].annotation
            arguments = getattr(annotation, "__args__", ())
            model = next(
                (a for a in (annotation, *arguments) if isinstance(a, type) and issubclass(a, BaseModel)),
                model,
            )
    return ", ".join(model.model_fields)


# The example and the schema, generated from the model ---------------------------------------------------


def schema() -> dict[str, Any]:
    """The JSON Schema of config.toml."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Settings.model_json_schema()}


def example() -> str:
    """The content of config.example.toml: every key with its description and default.

    All keys except those of the example community are commented out.
    """
    lines = [
        "# Tertulia's configuration. Every key is optional; what stands behind a # is the default.",
        f"# Any key can also come from the environment, which wins: {ENV_PREFIX}DATABASE__URL and so on.",
    ]
    for name in ("database", "web", "log", "sealing", "privacy", "slack", "discord"):
        section: Any = Settings.model_fields[name].annotation
        lines += [
            "",
            f"[{name}]  # {section.__doc__.strip().rstrip('.')}",
            *_example_keys(section, commented=True),
        ]
    lines += ["", "# One table for each community. Delete it, and a space gets a community of its own name."]
    lines += ["[[communities]]", *_example_keys(CommunityConfig, commented=False, values=_EXAMPLE_COMMUNITY)]
    return "\n".join(lines) + "\n"


_EXAMPLE_COMMUNITY: dict[str, Any] = {
    "name": "Data Pipelines Circle",
    "spaces": ["slack:T0123456789"],
    "zone": "Europe/Lisbon",
    "country": "PT",
    "coordinators": ["U0123456789"],
    "domain": "Data pipelines that people can trust.",
    "purpose": "We help each other run, test and mend them, and write down what we learn.",
    "ground_rules": ["Ask early.", "Assume good will.", "What is said here stays here."],
    "fallback_contact": "Rita Alves, ombudsperson, rita@example.org",
    "goals": ["A handbook of our own by the end of the year."],
}


def _example_keys(section: Any, *, commented: bool, values: dict[str, Any] | None = None) -> list[str]:
    lines: list[str] = []
    for name, field in section.model_fields.items():
        default = field.get_default() if not field.is_required() else ""
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        value = (values or {}).get(name, default)
        lines += [f"# {field.description}", f"{'# ' if commented else ''}{name} = {as_toml(value)}"]
    return lines


def as_toml(value: Any) -> str:
    """A value as TOML: a string, a list, a boolean or a number."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(as_toml(one) for one in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def in_container() -> bool:
    """Whether the process runs in a container, where loopback is not reachable from outside."""
    return Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()
