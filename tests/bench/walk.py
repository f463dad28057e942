"""How far a command goes through the code: `python -m tests.bench.walk ["/cop share …" …]`.

For each command, typed by a member in a process that has handled it before: the calls of functions of the
project, the source files that they are in, and the statements that reach the database.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import event

from bot.features import FEATURES
from facilitation.core.values.clock import VirtualClock
from tests.conftest import NOW, units_on
from tests.features.community import running_community
from tests.shape.sources import PACKAGES, ROOT
from tests.sqlite import empty_database
from tests.testbed import Testbed

COMMANDS = ("/cop share https://example.org/{n} #testing", "/cop shelf", "/cop home")
MEMBER = "marek"
OURS = tuple(f"{ROOT / package}/" for package in PACKAGES)


@dataclass
class Walk:
    """What one command took."""

    calls: Counter[str] = field(default_factory=Counter)
    """The calls of functions, by file."""
    statements: list[str] = field(default_factory=list)


def main() -> None:
    """Print a line for each command."""
    commands = sys.argv[1:] or COMMANDS
    width = max(len(command) for command in commands)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "walk.db")
        path.write_bytes(empty_database())
        walks = asyncio.run(_walks(commands, f"sqlite+aiosqlite:///{path}"))
    print(f"{'':{width}}  calls  files  statements")
    for command, walk in walks:
        print(f"{command:{width}}  {walk.calls.total():5}  {len(walk.calls):5}  {len(walk.statements):10}")


async def _walks(commands: Sequence[str], url: str) -> list[tuple[str, Walk]]:
    async with units_on(url, on_loop_thread=True) as units:
        bed = await running_community(units, VirtualClock(NOW), features=FEATURES)
        return [(command, await _walk(bed, command)) for command in commands]


async def _walk(bed: Testbed, command: str) -> Walk:
    await bed.send(MEMBER, command.format(n="first"))
    walk = Walk()
    with _counted(bed, walk):
        await bed.send(MEMBER, command.format(n="second"))
    return walk


@contextmanager
def _counted(bed: Testbed, walk: Walk) -> Iterator[None]:
    def count_call(frame: FrameType, what: str, _: Any) -> None:
        if what == "call" and frame.f_code.co_filename.startswith(OURS):
            walk.calls[frame.f_code.co_filename] += 1

    def count_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        walk.statements.append(statement)

    engine = bed.units.engine.sync_engine
    event.listen(engine, "before_cursor_execute", count_statement)
    sys.setprofile(count_call)
    try:
        yield
    finally:
        sys.setprofile(None)
        event.remove(engine, "before_cursor_execute", count_statement)


if __name__ == "__main__":
    main()
