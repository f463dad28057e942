"""What the tests of the first rooms do again and again, as a coordinator does it."""

from sqlalchemy import text

from facilitation import charter, coordination
from facilitation.charter import CharterText
from facilitation.core.ask import Form
from facilitation.core.cards import buttons_in
from facilitation.core.clock import VirtualClock
from facilitation.core.room import Room
from facilitation.core.surface import Answer
from storage.communities import People
from storage.unit import Units
from tests.testbed import Testbed, furnished

ROOMS: tuple[Room, ...] = (coordination.room, charter.room)
CHARTER = CharterText(
    "Pipelines people can trust.", "We help each other run them.", ("Ask early.", "Assume good will.")
)


async def house_of(units: Units, clock: VirtualClock, **options: object) -> Testbed:
    """Five people and four channels that nobody has begun yet; ines coordinates."""
    given: dict[str, object] = {"values": {CharterText: lambda _: CHARTER}, **options}
    return await furnished(units, clock, ROOMS, **given)  # type: ignore[arg-type]


async def save(bed: Testbed, by: str = "ines", /, **more: object) -> Answer:
    """Submit the settings as the form shows them, with some changes."""
    opened = await bed.ask(by, "/coordinate settings")
    assert opened.form is not None, "the settings did not open"
    filled = {field.name: field.value for field in opened.form.fields}
    return await bed.submit(by, opened.form.ask, **{**filled, **more})


async def begin(bed: Testbed, **more: object) -> Answer:
    """Settings saved, with a coordinators' channel, then the button pressed."""
    return await bed.press("ines", await save(bed, **{"coordinators": "desk", **more}), "Begin")


async def ask_of(bed: Testbed, by: str, ask: str, /, **args: object) -> Answer:
    """Submit a form whose fields may have any name."""
    return await bed.ask(by, ask=ask, args=args, via="form", submitted=True)


async def excerpts(bed: Testbed) -> list[str]:
    """What the diary keeps of what people wrote."""
    async with bed.units.read() as session:
        rows = await session.execute(text("SELECT excerpt FROM diary WHERE kind = 'posted' ORDER BY id"))
        return [str(row.excerpt) for row in rows]


async def coordinators(bed: Testbed) -> list[str]:
    """Who coordinates, by name."""
    community = await bed.community()
    async with bed.units.read() as session:
        return [member.name for member in await People(session, community.id).holders("coordinator")]


def value_of(form: Form | None, name: str) -> object:
    """What stands in a field of a form."""
    assert form is not None, "no form was opened"
    return next(field.value for field in form.fields if field.name == name)


def labels(answer: Answer) -> list[str]:
    """The buttons of an answer."""
    assert answer.spoken is not None, "there is no card"
    return [button.label for button in buttons_in(answer.spoken.card)]
