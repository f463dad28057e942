"""Functions shared by all commands: console, configuration, progress bar and event loop."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bot import config as configuration
from facilitation.core.values.clock import SystemClock
from facilitation.core.values.errors import BadInput
from storage.engine import is_sqlite
from storage.migration import current_and_head, upgrade

T = TypeVar("T")
out = Console(highlight=False, emoji=False)
err = Console(stderr=True, highlight=False, emoji=False)

ConfigFile = Annotated[
    Path | None,
    Parameter(name=["--config", "-c"], help="The configuration; default: ./config.toml if it is there."),
]


def settings_of(path: Path | None) -> configuration.Settings:
    """The settings from `path`, else from ./config.toml if it exists, else the defaults. Raises BadInput."""
    return configuration.load(configuration.find(path))


def run_async(start: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on a new event loop, and return its result."""
    return asyncio.run(start())


def upgrade_or_refuse(url: str) -> None:
    """Upgrade an SQLite database, keeping a copy of the older file.

    Raises BadInput for a PostgreSQL database that is not at this version, since other processes may use it.
    """
    if is_sqlite(url):
        done = upgrade(url, SystemClock().now())
        if done.copy is not None:
            err.print(f"The older database is kept as {done.copy}", markup=False, soft_wrap=True)
        return
    current, head = current_and_head(url)
    if current != head:
        raise BadInput(
            f"the database is at {current or 'nothing'} and this version needs {head}: "
            "stop all replicas, run tertulia db upgrade once, then start them again."
        )


@contextmanager
def bar(words: str, total: int) -> Iterator[Callable[..., None]]:
    """Show a progress bar on standard error; yields a function of the bytes done and, if known, the total."""
    columns = (TextColumn(words), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    # Without a terminal, the bar would print an empty line before the output.
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(words, total=total or None)

        def advance(done: int, of: int | None = None) -> None:
            progress.update(task, completed=done, total=of or total or None)

        yield advance


def show_problems(problems: Sequence[str]) -> None:
    """Print each problem as one line on standard error."""
    for problem in problems:
        err.print(f"! {problem}", markup=False, soft_wrap=True)


def must_be_writable(path: Path | None) -> None:
    """Raise BadInput before a long task if the folder of its output file does not exist."""
    if path is not None and str(path) != "-" and not path.parent.is_dir():
        raise BadInput(f"{path}: there is no folder {path.parent} to write it to.")
