"""`tertulia db` and `tertulia config`: maintain the database and the configuration."""

import sys
from pathlib import Path
from typing import Annotated

import orjson
from cyclopts import App, Parameter

from bot import config as configuration
from bot.cli.console import ConfigFile, out, settings_of
from facilitation.core.values.clock import SystemClock
from storage.backup import back_up
from storage.backup import restore as put_back
from storage.migration import upgrade
from storage.process_lock import hold

db = App(name="db", help="The database: upgrade, back up, restore.")
conf = App(name="config", help="The configuration: a commented example, its JSON Schema, a key.")


@db.command(name="upgrade")
def db_upgrade(*, config: ConfigFile = None) -> None:
    """Bring the database to this version; an SQLite file is copied aside first."""
    url = settings_of(config).database.url.get_secret_value()
    with hold(url):
        done = upgrade(url, SystemClock().now())
    if done.before == done.after:
        out.print(f"The database is at {done.after} already.")
        return
    out.print(f"The database went from {done.before or 'nothing'} to {done.after}.")
    if done.copy is not None:
        out.print(f"The older file is kept as {done.copy}", markup=False, soft_wrap=True)


@db.command
def backup(
    target: Annotated[Path, Parameter(help="The file to write.")], *, config: ConfigFile = None
) -> None:
    """Copy an SQLite database, also while the bot runs."""
    back_up(settings_of(config).database.url.get_secret_value(), target)
    out.print(f"Copied to {target}", markup=False, soft_wrap=True)


@db.command
def restore(
    source: Annotated[Path, Parameter(help="A copy made by db backup.")], *, config: ConfigFile = None
) -> None:
    """Put a copy in the place of an SQLite database; what is there is kept aside. The bot must be stopped."""
    url = settings_of(config).database.url.get_secret_value()
    with hold(url):
        aside = put_back(url, source, SystemClock().now())
    out.print(f"Restored from {source}", markup=False, soft_wrap=True)
    if aside is not None:
        out.print(f"What was there is kept as {aside}", markup=False, soft_wrap=True)


@conf.command
def example() -> None:
    """Print config.example.toml: every key with its meaning and default."""
    sys.stdout.write(configuration.example())


@conf.command
def key() -> None:
    """Print a new key that encrypts confidential concerns: TERTULIA_SEALING__KEY in the environment."""
    from storage.sealing import fresh_key

    sys.stdout.write(fresh_key() + "\n")


@conf.command
def schema() -> None:
    """Print the JSON Schema of config.toml, for editors."""
    sys.stdout.write(orjson.dumps(configuration.schema(), option=orjson.OPT_INDENT_2).decode() + "\n")
