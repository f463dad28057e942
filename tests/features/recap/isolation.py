"""How another community tries to reach recaps."""

from dataclasses import dataclass

from storage.recap import Recaps, RecapState
from storage.unit import Session
from tests.conftest import NOW
from tests.storage.isolation import DAY, WEEK, Cases, FilledCommunity, args


@dataclass(frozen=True)
class Filled(FilledCommunity):
    """A community with recaps."""

    recap: int
    """Waits for approval."""
    skipped: int


async def fill(session: Session, there: FilledCommunity) -> Filled:
    """A recap that was posted, one that was skipped and one that waits."""
    name, recaps = there.name, Recaps(session, there.community)
    await recaps.put(NOW - 2 * WEEK, NOW - WEEK, RecapState.POSTED, f"posted-{name}", NOW)
    skipped = await recaps.put(NOW, NOW + WEEK, RecapState.SKIPPED, f"skipped-{name}", NOW)
    waiting = await recaps.put(NOW - WEEK, NOW, RecapState.WAITING, f"recap-{name}", NOW)
    assert waiting is not None
    assert skipped is not None
    return Filled(**vars(there), recap=waiting, skipped=skipped)


CASES: Cases[Filled] = {
    "Recaps.began": lambda _: args(),
    "Recaps.bring_back": lambda a: args(a.skipped, NOW),
    "Recaps.get": lambda a: args(a.recap),
    "Recaps.introduced": lambda a: args(a.channel, NOW - DAY, NOW + DAY, joined=NOW - DAY),
    "Recaps.is_trusted": lambda _: args(),
    "Recaps.last_posted": lambda _: args(),
    "Recaps.mark_failed": lambda a: args(f"posted-{a.name}"),
    "Recaps.messages": lambda _: args(NOW - DAY, NOW + DAY),
    "Recaps.newcomers": lambda _: args(NOW - DAY, NOW + DAY, joined=NOW - DAY),
    "Recaps.people_per_week": lambda _: args([NOW - DAY, NOW + DAY]),
    "Recaps.put": lambda a: args(NOW, NOW + DAY, RecapState.POSTED, f"recap-{a.name}", NOW),
    "Recaps.roots": lambda a: args([(a.space, a.handle, "1")]),
    "Recaps.settle": lambda a: args(a.recap, RecapState.POSTED, NOW),
    "Recaps.settled": lambda _: args(NOW),
    "Recaps.speakers": lambda _: args(NOW - DAY, NOW + DAY),
    "Recaps.waiting": lambda _: args(),
}
HARMLESS = {"Recaps.show", "Recaps.export", "Recaps.forget"}
CASES |= {method: lambda a: args(a.ines) for method in HARMLESS}
