"""Steps of tests about rhythms: make and change one, let time pass, look at its posts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from facilitation import charter, coordination, rhythm
from facilitation.core.features.feature import Feature
from facilitation.core.platforms.surface import Response
from facilitation.core.values.cards import buttons_in
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from storage.rhythm import Dealt, Rhythm, Rhythms
from storage.unit import Units
from tests.snapshots import remembered
from tests.testbed import Posted, Testbed, make_testbed, words_of

FEATURES = (coordination.feature, rhythm.feature, charter.feature)
TUESDAY = datetime(2026, 3, 3, 10, tzinfo=UTC)
"""The first Tuesday at ten, in the winter time of Lisbon."""
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@remembered
async def begun(
    units: Units, clock: VirtualClock, features: Sequence[Feature] = FEATURES, **settings: object
) -> Testbed:
    """Settings saved and Begin pressed, as a coordinator does it."""
    bed = await make_testbed(units, clock, features, factories={CharterText: lambda _: CharterText()})
    opened = await bed.send("ines", "/coordinate settings")
    assert opened.form is not None
    filled = {field.name: field.value for field in opened.form.fields}
    given = {"coordinators": "desk", "zone": "Europe/Lisbon", "country": "PT"}
    answer = await bed.submit("ines", opened.form.command, **(filled | given | settings))
    await bed.press("ines", answer, "Begin")
    await bed.settle()
    return bed


async def propose(
    bed: Testbed,
    when: str = "every week on tue at 10:00",
    *,
    name: str = "Tuesday prompt",
    deck: str = "Seeking experience",
    channel: str = "general",
) -> Response:
    """Fill in the form of a new rhythm."""
    return await bed.send(
        "ines",
        command="rhythm.draft",
        args={"name": name, "channel": channel, "deck": deck, "when": when},
        via="form",
        submitted=True,
    )


async def make(bed: Testbed, when: str = "every week on tue at 10:00", **more: str) -> Rhythm:
    """A rhythm, saved."""
    answer = await bed.press("ines", await propose(bed, when, **more), "Save")
    assert words_of(answer).startswith("Saved"), words_of(answer)
    return (await rhythms(bed))[-1]


async def change(bed: Testbed, rhythm: int, **changes: object) -> Response:
    """Change a rhythm with its form, and save."""
    opened = await bed.send("ines", command="rhythm.draft_change", args={"rhythm": rhythm}, via="button")
    assert opened.form is not None, words_of(opened)
    filled = {field.name: field.value for field in opened.form.fields}
    echo = await bed.send(
        "ines",
        command="rhythm.draft_change",
        args={**opened.form.kept, **filled, **changes},
        via="form",
        submitted=True,
    )
    return await bed.press("ines", echo, "Save")


async def rhythms(bed: Testbed) -> list[Rhythm]:
    """All rhythms as they are stored."""
    community = await bed.community()
    async with bed.units.read() as session:
        return await Rhythms(session, community.id).all()


async def dates(bed: Testbed, rhythm: int) -> list[tuple[str, str, str]]:
    """Day, outcome and reason of all recorded dates, the oldest first."""
    return [(str(one.day), one.outcome.value, one.why) for one in reversed(await dealt(bed, rhythm))]


async def dealt(bed: Testbed, rhythm: int) -> list[Dealt]:
    """All recorded dates, the newest first."""
    community = await bed.community()
    async with bed.units.read() as session:
        return await Rhythms(session, community.id).latest(rhythm, 1_000)


async def until(bed: Testbed, at: datetime) -> None:
    """Let time pass up to an instant, and a minute more."""
    await bed.pass_time(at + MINUTE - bed.clock.now())


def prompts(bed: Testbed, name: str = "Tuesday prompt") -> list[Posted]:
    """What a rhythm has posted in channels."""
    return [post for post in bed.posts if post.card.title == name and post.address.kind == "channel"]


def labels(seen: Response | Posted) -> list[str]:
    """The labels of the buttons on a card."""
    assert seen.renderable is not None
    return [button.label for button in buttons_in(seen.renderable.card)]
