"""`tertulia init` and `tertulia manifest`: set up a new bot."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from getpass import getpass
from pathlib import Path
from typing import Annotated

import orjson
from cyclopts import App, Parameter

from bot.cli.console import out
from bot.config import ENV_PREFIX
from bot.setup import SETUPS, Answers, Secret, Setup, text_of, write
from facilitation.core.values.errors import BadInput
from facilitation.core.values.forms import known_zone

cli = App()
manifest = App(name="manifest", help="Print what a platform needs to know to install the bot.")
cli.command(manifest)


@manifest.command
def slack(
    *,
    address: Annotated[
        str,
        Parameter(help="HTTP mode instead of Socket Mode: where Slack reaches us, https://bot.example.org"),
    ] = "",
) -> None:
    """Print the manifest of the Slack app: exactly the rights, events and commands that are used."""
    from adapters.slack.manifest import manifest as made  # each command imports only what it needs
    from bot.features import FEATURES
    from facilitation.core.features.registry import Registry

    if address and not address.startswith("https://"):
        raise BadInput("--address: Slack sends to https:// only.")
    sys.stdout.write(
        orjson.dumps(made(Registry(FEATURES), address), option=orjson.OPT_INDENT_2).decode() + "\n"
    )


@cli.command
def init(
    *,
    platform: Annotated[
        list[str] | None, Parameter(help="Which platforms: slack, discord. May be given several times.")
    ] = None,
    token: Annotated[
        list[str] | None,
        Parameter(
            help="A token without being asked, such as slack.bot_token=xoxb-…; may be given several times."
        ),
    ] = None,
    database: Annotated[
        str | None, Parameter(help="The database's address; default: an SQLite file here.")
    ] = None,
    community: Annotated[str | None, Parameter(help="The community's name.")] = None,
    coordinator: Annotated[str | None, Parameter(help="The first coordinator's id on the platform.")] = None,
    zone: Annotated[str | None, Parameter(help="The community's time zone, such as Europe/Lisbon.")] = None,
    config: Annotated[Path, Parameter(name=["--config", "-c"], help="The file to write.")] = Path(
        "config.toml"
    ),
    overwrite: Annotated[bool, Parameter(negative="", help="Replace a file that is there.")] = False,
) -> None:
    """Write config.toml. It asks for what is not given; without a terminal, it uses the defaults."""
    asking = _Asking(is_live=sys.stdin.isatty())
    if config.exists() and not overwrite and not asking.yes(f"{config} is there already. Replace it?"):
        raise BadInput(f"{config} is there already and stays as it is: --overwrite replaces it.")
    given = _tokens(token or [], SETUPS)
    chosen = platform or sorted(given) or _names(asking.line(f"Platform ({', '.join(SETUPS)})", "slack"))
    _must_be_known(chosen, SETUPS)
    tokens: dict[str, dict[str, str]] = {}
    for name in chosen:
        setup = SETUPS[name]
        asking.show(f"{setup.name}, first:", setup.before)
        tokens[name] = _asked(asking, setup, given.get(name, {}))
    name = community or asking.line("Name of your community", "Our community of practice")
    where = SETUPS[chosen[0]].who
    answers = Answers(
        database=database or asking.line("Database", "sqlite+aiosqlite:///tertulia.db"),
        tokens=tokens,
        community=name,
        coordinator=coordinator or asking.line(f"First coordinator's id ({where})", ""),
        zone=_zone(zone or asking.line("Time zone", "UTC")),
    )
    steps = _next(tokens, chosen, SETUPS, config)
    write(text_of(answers), config)
    out.print(f"Written: {config}, readable by you alone.", markup=False, soft_wrap=True)
    asking.show("Next:", steps)


class _Asking:
    """Asks questions at a terminal; without a terminal, each answer is the default."""

    def __init__(self, *, is_live: bool) -> None:
        self._is_live = is_live

    def line(self, question: str, default: str) -> str:
        """Ask for a line; an empty line means the default."""
        if not self._is_live:
            return default
        shown = f"{question} [{default}]: " if default else f"{question}: "
        return self._answered(lambda: input(shown)) or default

    def secret(self, question: str) -> str:
        """Ask for a line without echo. It may be empty: the operator then fills it in later."""
        return self._answered(lambda: getpass(f"{question}: ")) if self._is_live else ""

    def yes(self, question: str) -> bool:
        """Ask a yes-or-no question; returns False without a terminal."""
        return self._is_live and self._answered(lambda: input(f"{question} [y/N]: ")).casefold() in (
            "y",
            "yes",
        )

    @staticmethod
    def show(title: str, steps: Sequence[str]) -> None:
        """Print numbered steps."""
        out.print(title)
        for number, step in enumerate(steps, 1):
            out.print(f"  {number}. {step}", markup=False, soft_wrap=True)

    @staticmethod
    def _answered(command: Callable[[], str]) -> str:
        try:
            return command().strip()
        except EOFError:
            return ""


def _tokens(given: Sequence[str], known: dict[str, Setup]) -> dict[str, dict[str, str]]:
    """Parse tokens given as `section.key=value`. Raises BadInput, which never shows the value."""
    keys = [f"{name}.{secret.key}" for name, setup in known.items() for secret in setup.secrets]
    found: dict[str, dict[str, str]] = {}
    for one in given:
        key, mark, value = one.partition("=")
        if key not in keys or not mark or not value:
            raise BadInput(f"--token: write KEY=VALUE; I know {', '.join(keys)}.")
        section, _, name = key.partition(".")
        found.setdefault(section, {})[name] = value
    return found


def _asked(asking: _Asking, setup: Setup, given: Mapping[str, str]) -> dict[str, str]:
    """The tokens of a platform: those given, and the others asked for unless a given one replaces them."""
    unnecessary = {secret.instead_of for secret in setup.secrets if secret.key in given}
    wanted = [one for one in setup.secrets if not one.instead_of and one.key not in unnecessary]
    asked = {
        secret.key: asking.secret(f"{secret.label} ({_whence(secret)})")
        for secret in wanted
        if secret.key not in given
    }
    return {**given, **asked}


def _whence(secret: Secret) -> str:
    """Where to find a token, with its prefix if it has one."""
    return f"{secret.begins}…, from {secret.where}" if secret.begins else f"from {secret.where}"


def _names(line: str) -> list[str]:
    return [word.strip().casefold() for word in line.replace(",", " ").split()]


def _must_be_known(chosen: Sequence[str], known: dict[str, Setup]) -> None:
    unknown = [name for name in chosen if name not in known]
    if unknown or not chosen:
        raise BadInput(
            f"--platform: I know {', '.join(known)}" + (f", not {unknown[0]}." if unknown else ".")
        )


def _zone(zone: str) -> str:
    try:
        return known_zone(zone)
    except ValueError as error:
        raise BadInput(f"--zone: {error}.") from None


def _next(
    tokens: dict[str, dict[str, str]], chosen: Sequence[str], known: dict[str, Setup], config: Path
) -> list[str]:
    """The steps that remain for the operator after config.toml is written."""
    missing = [f"{name}.{key}" for name, of in tokens.items() for key, value in of.items() if not value]
    steps = [f"Put {', '.join(missing)} into {config}."] if missing else []
    option = "" if config == Path("config.toml") else f" --config {config}"
    steps += [step for name in chosen for step in known[name].invited(tokens[name])]
    if f"{ENV_PREFIX}SEALING__KEY" not in os.environ:
        steps.append(
            f"For confidential concerns: put what tertulia config key prints into {ENV_PREFIX}SEALING__KEY."
        )
    steps += [f"tertulia check{option}", f"tertulia run{option}"]
    return steps + [step for name in chosen for step in known[name].after]
