"""Read-only commands on PostgreSQL, which refuses every write in their unit of work."""

from datetime import timedelta

from bot.features import FEATURES
from facilitation.concern import Fallback
from facilitation.core.values.cards import buttons_in
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.forms import missing_fields
from storage.mentoring import Pairs, Stage
from storage.recap import Recaps
from storage.rhythm import Decks, Rhythms
from storage.sealing import Seals
from storage.unit import Units
from tests.conftest import units_on
from tests.features.coordinating import CHARTER, FALLBACK, KEY
from tests.testbed import Testbed, furnished, words_of


async def furnished_with_everything(units: Units, clock: VirtualClock) -> Testbed:
    """A community with one thing of each kind that commands show."""
    values = {CharterText: lambda _: CHARTER, Fallback: lambda _: FALLBACK}
    bed = await furnished(units, clock, FEATURES, factories=values)
    opened = await bed.send("ines", "/coordinate settings")
    assert opened.form is not None
    filled = {field.name: field.value for field in opened.form.fields}
    await bed.press("ines", await bed.submit("ines", opened.form.command, **filled), "Begin")
    await bed.submit("ines", "resources.share", url="https://docs.dask.org/en/stable/", note="Start here.")
    circle = await bed.submit("ines", "circles.draft", name="Coffee", channel="general")
    await bed.press("ines", circle, "Save")
    rhythm = await bed.submit(
        "ines",
        "rhythm.draft",
        name="Tuesday prompt",
        channel="general",
        deck="Seeking experience",
        when="every week on tue at 10:00",
    )
    await bed.press("ines", rhythm, "Save")
    await bed.submit("ines", "mentoring.change_settings", rounds=False, at_once=True)
    await bed.submit("kofi", "mentoring.offer", topics="python")
    await bed.submit("nadia", "mentoring.request", topics="python")
    await bed.submit("marek", "concern.submit", words="Somebody was unkind.")
    await bed.pass_time(timedelta(days=5))
    return bed


async def test_read_only_commands_write_nothing(postgres_url: str, clock: VirtualClock) -> None:
    async with units_on(postgres_url, on_loop_thread=True) as units:
        units.seals = Seals([KEY])
        assert await refused(await furnished_with_everything(units, clock)) == []


async def refused(bed: Testbed) -> list[str]:
    """The read-only commands that fail when a coordinator sends them, or refuse though they need no form."""
    community = (await bed.community()).id
    async with bed.units.read() as session:
        assert await Pairs(session, community).in_stage(Stage.DRAFT)
        recap = await Recaps(session, community).waiting()
        assert recap is not None
        arguments = {
            "deck": (await Decks(session, community).all())[0].id,
            "rhythm": (await Rhythms(session, community).all())[0].id,
            "recap": recap.id,
            "words": "dask",
            "concern": next(
                button.args["concern"]
                for post in bed.posts
                for button in buttons_in(post.card)
                if "concern" in button.args
            ),
        }
    read_only = [one for one in bed.dispatcher.registry.endpoints.values() if one.read_only]
    assert read_only
    wrong = []
    for endpoint in read_only:
        needed = missing_fields(endpoint.command, {})
        assert set(needed) <= arguments.keys(), f"say here what {endpoint.id} is sent with"
        args = {name: arguments[name] for name in needed}
        answer = await bed.send("ines", command=endpoint.id, args=args, via="button", submitted=True)
        assert answer.renderable is not None, endpoint.id
        card = answer.renderable.card
        is_refused = card.tone == "careful" and not card.title
        if answer.reference or (is_refused and endpoint.command not in bed.dispatcher.registry.forms):
            wrong.append(f"{endpoint.id}: {words_of(answer)}")
    return wrong
