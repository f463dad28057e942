"""What all commands share: the console, the configuration, the progress bar and the event loop."""

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
    """The settings of a file, of ./config.toml, or the defaults. Raises BadInput."""
    return configuration.load(configuration.find(path))


def run_async(start: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on a loop of its own; Ctrl+C ends it quietly."""
    return asyncio.run(start())


def upgrade_or_refuse(url: str) -> None:
    """Upgrade an SQLite database after copying it aside; refuse a shared one that is not at this version."""
    if is_sqlite(url):
        done = upgrade(url, SystemClock().now())
        if done.copy is not None:
            err.print(f"The older database is kept as {done.copy}", markup=False, soft_wrap=True)
        return
    current, head = current_and_head(url)
    if current != head:
        raise BadInput(
            f"the database is at {current or 'nothing'} and this version wants {head}: "
            "stop all replicas, run tertulia db upgrade once, then start them again."
        )


@contextmanager
def bar(words: str, total: int) -> Iterator[Callable[..., None]]:
    """A progress bar on standard error. Call it with the bytes done, and with the total once it is known."""
    columns = (TextColumn(words), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    # Without a terminal it would leave an empty line before the output.
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(words, total=total or None)

        def advance(done: int, of: int | None = None) -> None:
            progress.update(task, completed=done, total=of or total or None)

        yield advance


def show_problems(problems: Sequence[str]) -> None:
    """Print one line each on standard error."""
    for problem in problems:
        err.print(f"! {problem}", markup=False, soft_wrap=True)


def must_be_writable(path: Path | None) -> None:
    """Raises BadInput if a file could not be written at the end of a long task."""
    if path is not None and str(path) != "-" and not path.parent.is_dir():
        raise BadInput(f"{path}: there is no folder {path.parent} to write it to.")
