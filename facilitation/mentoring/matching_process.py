"""Matches in a process of its own: a plain `python -c` that imports the matching and nothing else."""

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE

from facilitation.mentoring.values import Id, Matching, Round

_CHILD = """
import sys
sys.path[:] = sys.argv[1:]
from facilitation.mentoring.matching_process import answer_here
answer_here()
"""


async def match_in_a_process(asked: Round[Id], minimum: int) -> Matching[Id]:
    """What `match` answers; raises ChildProcessError where the process came to grief."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, *sys.path, stdin=PIPE, stdout=PIPE
    )
    try:
        answer, _ = await child.communicate(pickle.dumps((asked, minimum)))
    finally:
        if child.returncode is None:
            child.kill()
    if child.returncode:
        raise ChildProcessError(f"the process that matches ended with status {child.returncode}")
    found: Matching[Id] = pickle.loads(answer)  # noqa: S301  # written by our own child
    return found


def answer_here() -> None:
    """The child: reads a round from its standard input, writes the matching to its standard output."""
    from facilitation.mentoring.matching import match  # noqa: PLC0415  # which itself starts the child

    asked, minimum = pickle.load(sys.stdin.buffer)  # noqa: S301  # written by our own parent
    pickle.dump(match(asked, minimum), sys.stdout.buffer)
