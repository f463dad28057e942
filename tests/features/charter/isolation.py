"""How another community tries to reach profiles."""

from storage.charter import AboutMe
from storage.unit import Session
from tests.storage.isolation import Cases, FilledCommunity, args


async def fill(session: Session, there: FilledCommunity) -> FilledCommunity:
    """The profile of ines."""
    await AboutMe(session, there.community).put(
        there.ines, interests=(f"i-{there.name}",), expertise=("x",), line=there.name
    )
    return there


CASES: Cases[FilledCommunity] = {
    "AboutMe.export": lambda a: args(a.ines),
    "AboutMe.forget": lambda a: args(a.ines),
    "AboutMe.get": lambda a: args(a.ines),
    "AboutMe.put": lambda a: args(a.ines, interests=("new",), expertise=(), line="new"),
    "AboutMe.show": lambda a: args(a.ines),
}
