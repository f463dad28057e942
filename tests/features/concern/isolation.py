"""How another community tries to reach concerns."""

from storage.concern import Concerns, Matter, Remark
from storage.unit import Session
from tests.conftest import NOW
from tests.storage.isolation import Cases, FilledCommunity, args


async def fill(session: Session, there: FilledCommunity) -> FilledCommunity:
    """A concern of ines."""
    name, marek = there.name, there.marek
    matter = Matter(f"words of {name}", excluded=(marek,), remarks=(Remark(NOW.date(), marek, name),))
    await Concerns(session, there.community).put(f"t-{name}", there.ines, matter, NOW.date())
    return there


CASES: Cases[FilledCommunity] = {
    "Concerns.change": lambda a: args(f"t-{a.name}", Matter("other words")),
    "Concerns.close": lambda a: args(f"t-{a.name}", NOW.date()),
    "Concerns.export": lambda a: args(a.ines),
    "Concerns.forget": lambda a: args(a.ines),
    "Concerns.get": lambda a: args(f"t-{a.name}"),
    "Concerns.put": lambda a: args(f"n-{a.name}", a.ines, Matter("new"), NOW.date()),
    "Concerns.raised_by": lambda a: args(a.ines),
    "Concerns.running": lambda _: args(),
    "Concerns.show": lambda a: args(a.ines),
    "Concerns.take": lambda a: args(f"t-{a.name}", NOW.date()),
}
