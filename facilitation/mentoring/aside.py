"""Matches beside the event loop: small rounds in a thread, large ones in a process.

The solver keeps Python's lock while it works. For a thousand people that is some hundredths of a second, for
ten thousand it is seconds in which a thread would let nothing else happen. The process is a plain `python -c`
that imports the matching and nothing else, whatever the parent is.
"""

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE

from facilitation.mentoring.matching import MINIMUM_FIT, match
from facilitation.mentoring.values import Id, Matching, Round

SMALL = 250_000
"""Pairs up to which a thread does not hold up the loop for long."""
_CHILD = "import sys; sys.path[:] = sys.argv[1:]; from facilitation.mentoring.aside import answer_here; answer_here()"


async def match_aside(asked: Round[Id], minimum: int = MINIMUM_FIT) -> Matching[Id]:
    """What `match` answers; raises ChildProcessError where its process came to grief."""
    if len(asked.mentors) * len(asked.requests) <= SMALL:
        return await asyncio.to_thread(match, asked, minimum)
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
    asked, minimum = pickle.load(sys.stdin.buffer)  # noqa: S301  # written by our own parent
    pickle.dump(match(asked, minimum), sys.stdout.buffer)
