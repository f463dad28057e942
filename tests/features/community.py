"""Steps that many tests of features share, as coordinators and members take them."""

from typing import Any

from sqlalchemy import text

from facilitation import charter, coordination
from facilitation.concern import Fallback
from facilitation.core.features.contributions import EventContext
from facilitation.core.features.feature import Feature
from facilitation.core.platforms.surface import Response
from facilitation.core.values.cards import Channel, Direct, buttons_in
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.effects import Effects, Post
from facilitation.core.values.events import MessagePosted, Profile
from facilitation.core.values.forms import Form
from facilitation.core.values.speech import card
from storage.communities import People
from storage.session import orm_of
from storage.unit import Units
from tests.snapshots import remembered
from tests.testbed import PEOPLE, Posted, Testbed, make_testbed

FEATURES: tuple[Feature, ...] = (coordination.feature, charter.feature)
CHARTER = CharterText(
    "Pipelines people can trust.", "We help each other run them.", ("Ask early.", "Assume good will.")
)

FALLBACK = Fallback("Rita Alves, rita@example.org")
KEY = bytes(range(32))

announcer = Feature("crier", "Posts on demand, so that there is something to stop")
HELP = announcer.nudge("help", priority="help", why="You get this because you like to help.")


@announcer.on(MessagePosted, when=lambda posted: posted.text.startswith("please"))
async def announce(context: EventContext) -> Effects:
    """`please beat`, `please nudge` and `please note` each post something of that kind."""
    assert isinstance(context.event, MessagePosted)
    assert context.member is not None
    kind = context.event.text.split()[1]
    message = card("", "Something for you")
    key = f"{kind}:{context.event.message}"
    if kind == "nudge":
        return [Post(Direct(context.member.id), message, key, nudge=HELP)]
    return [Post(Channel(1, context.event.place), message, key, hushable=kind == "beat")]


async def make_community(
    units: Units, clock: VirtualClock, *, features: tuple[Feature, ...] = FEATURES, **options: Any
) -> Testbed:
    """Five people and four channels that nobody has begun yet; ines coordinates."""
    values = {CharterText: lambda _: CHARTER, Fallback: lambda _: FALLBACK}
    given: dict[str, Any] = {"factories": values, **options}
    return await make_testbed(units, clock, features, **given)


@remembered
async def running_community(
    units: Units,
    clock: VirtualClock,
    *,
    features: tuple[Feature, ...] = FEATURES,
    people: tuple[str | Profile, ...] = PEOPLE,
    first: tuple[str, ...] = ("ines",),
    recap: str | None = None,
) -> Testbed:
    """The same after *Begin*."""
    bed = await make_community(units, clock, features=features, people=people, first=first)
    await begin(bed, **({} if recap is None else {"recap": recap}))
    await bed.settle()
    return bed


async def save_settings(bed: Testbed, by: str = "ines", /, **more: object) -> Response:
    """Submit the settings as the form shows them, with some changes."""
    opened = await bed.send(by, "/coordinate settings")
    assert opened.form is not None, "the settings did not open"
    filled = {field.name: field.value for field in opened.form.fields}
    return await bed.submit(by, opened.form.command, **{**filled, **more})


async def begin(bed: Testbed, **more: object) -> Response:
    """Settings saved, with a coordinators' channel, then the button pressed."""
    return await bed.press("ines", await save_settings(bed, **{"coordinators": "desk", **more}), "Begin")


async def submit_form(bed: Testbed, by: str, command: str, /, **args: object) -> Response:
    """Submit a form whose fields may have any name."""
    return await bed.send(by, command=command, args=args, via="form", submitted=True)


async def excerpts(bed: Testbed) -> list[str]:
    """What the diary keeps of what people wrote."""
    async with bed.units.read() as session:
        rows = await orm_of(session).execute(
            text("SELECT excerpt FROM diary WHERE kind = 'posted' ORDER BY id")
        )
        return [row.excerpt or "" for row in rows]


async def coordinators(bed: Testbed) -> list[str]:
    """Who coordinates, by name."""
    community = await bed.community()
    async with bed.units.read() as session:
        return [member.name for member in await People(session, community.id).holders("coordinator")]


def direct_messages(bed: Testbed, who: str) -> list[Posted]:
    """The direct messages that someone got from the bot."""
    return [post for post in bed.posts if post.address.kind == "direct" and post.address.people == (who,)]


def channel_messages(bed: Testbed, name: str) -> list[Posted]:
    """What stands in a channel."""
    return [post for post in bed.posts if post.address.kind == "channel" and post.address.handle == name]


def value_of(form: Form | None, name: str) -> object:
    """What stands in a field of a form."""
    assert form is not None, "no form was opened"
    return next(field.value for field in form.fields if field.name == name)


def button_labels(answer: Response) -> list[str]:
    """The buttons of an answer."""
    assert answer.renderable is not None, "there is no card"
    return [button.label for button in buttons_in(answer.renderable.card)]
