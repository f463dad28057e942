"""A community in which every feature has been used.

Each feature says in tests/features/<feature>/lived_in.py how: `live(bed)` is a coroutine in which marek and
nadia use it, each with their own word wherever there is room for words. The module may also have

- `read_only_arguments(bed)`: arguments of its read-only commands that require some, by id,
- `NOTHING_OF_PEOPLE`, `WITHOUT_WORDS`: names of its repositories that store nothing about a person, or
  something but no words of theirs.
"""

from bot.features import FEATURES
from facilitation.core.values.clock import VirtualClock
from storage.unit import Units
from tests.features.community import running_community
from tests.features.discovery import declared
from tests.snapshots import remembered
from tests.testbed import Testbed

MAREKS_WORD = "zebrafinch"
"""A word that only marek uses."""
NADIAS_WORD = "waxwing"
"""A word that only nadia uses."""
WORDS = {"marek": MAREKS_WORD, "nadia": NADIAS_WORD}


@remembered
async def lived_in(units: Units, clock: VirtualClock) -> Testbed:
    """A community that ines coordinates, in which marek and nadia did a little of everything.

    The units need a key for concerns.
    """
    bed = await running_community(units, clock, features=FEATURES, people=("ines", "kofi", "lena"))
    for who in WORDS:
        await bed.join(who)
    for live in declared("lived_in", "live").values():
        await live(bed)
        await bed.settle()
    return bed
