"""How another community tries to reach terms of roles."""

from storage.coordination import Terms
from storage.unit import Session
from tests.conftest import NOW
from tests.storage.isolation import WEEK, Cases, FilledCommunity, args


async def fill(session: Session, there: FilledCommunity) -> FilledCommunity:
    """Roles of ines that are held, ended and noted."""
    ines, terms = there.ines, Terms(session, there.community)
    for role, note in (("facilitator", f"left by {there.name}"), ("resource keeper", "")):
        await terms.put(ines, role, NOW, NOW.date(), there.name)
        await terms.end(ines, role, NOW.date())
        assert await terms.leave_note(ines, role, note)
    await terms.put(ines, "member support", NOW, NOW.date(), there.name)
    return there


CASES: Cases[FilledCommunity] = {
    "Terms.end": lambda a: args(a.ines, "member support", NOW.date()),
    "Terms.export": lambda a: args(a.ines),
    "Terms.find": lambda a: args(a.ines, "member support"),
    "Terms.forget": lambda a: args(a.ines),
    "Terms.held": lambda _: args(),
    "Terms.leave_note": lambda a: args(a.ines, "facilitator", "other"),
    "Terms.notes": lambda _: args("facilitator"),
    "Terms.put": lambda a: args(a.marek, "facilitator", NOW, NOW.date(), "new"),
    "Terms.renew": lambda a: args(a.ines, "member support", NOW.date() + WEEK),
    "Terms.show": lambda a: args(a.ines),
}
