"""Matches beside the event loop: in a thread, or a large input in a process of its own.

The process is a plain `python -c` that runs `run_child`.
"""

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE

from facilitation.mentoring.matching import MINIMUM_FIT, match
from facilitation.mentoring.values import Id, Matching, MatchingInput

IN_A_THREAD = 250_000
"""The most pairs of mentors and requests that are matched in a thread."""
_CHILD = """
import sys
sys.path[:] = sys.argv[1:]
from facilitation.mentoring.matching_process import run_child
run_child()
"""


async def match_in_background(people: MatchingInput[Id], minimum: int = MINIMUM_FIT) -> Matching[Id]:
    """The result of `match`, without blocking the event loop.

    The solver holds Python's global lock while it works: hundredths of a second for a thousand people, but
    seconds for ten thousand, in which a thread would block everything else. Raises ChildProcessError if the
    process fails.
    """
    if len(people.mentors) * len(people.requests) <= IN_A_THREAD:
        return await asyncio.to_thread(match, people, minimum)
    return await _match_in_process(people, minimum)


async def _match_in_process(people: MatchingInput[Id], minimum: int) -> Matching[Id]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, *sys.path, stdin=PIPE, stdout=PIPE
    )
    try:
        output, _ = await child.communicate(pickle.dumps((people, minimum)))
    finally:
        if child.returncode is None:
            child.kill()
    if child.returncode:
        raise ChildProcessError(f"the process that matches ended with status {child.returncode}")
    matching: Matching[Id] = pickle.loads(output)  # noqa: S301  # written by our own child
    return matching


def run_child() -> None:
    """In the process: read an input from standard input, and write its matching to standard output."""
    people, minimum = pickle.load(sys.stdin.buffer)  # noqa: S301  # written by our own parent
    pickle.dump(match(people, minimum), sys.stdout.buffer)
