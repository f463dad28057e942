"""Making a circle: a form, the draft in words with its next dates, and then *Save*."""

from datetime import date, time
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.circles.cards import MIX_IN_WORDS
from facilitation.circles.dates import WEEKDAYS, Recurrence, recurrence_in_words
from facilitation.circles.feature import feature
from facilitation.circles.schedule import plan_next_round
from facilitation.core.values.cards import Button, Buttons, Card, Channel, Fields, Small
from facilitation.core.values.cards import Field as Row
from facilitation.core.values.commands import Command, Context, Prefill, Role
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import ByName, ChannelHandle, Hidden, TimeOfDay
from facilitation.core.values.local_time import local_date, moment_in_words
from facilitation.core.values.speech import card, count, say
from storage.circles import LONGEST_NAME, Circle, Circles
from storage.communities import People, Use

MAX_CIRCLES = 10
DATES_SHOWN = 4
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class DraftCircle(Command):
    """Make a circle: small groups that meet over a coffee."""

    heading: ClassVar[str] = "A new circle"
    submit: ClassVar[str] = "Show me"

    draft: Annotated[int, Hidden] = 0
    name: str = Field(title="Name", description="such as Coffee", max_length=LONGEST_NAME)
    channel: ChannelHandle = Field(title="Channel", description="where people are invited to each round")
    size: Annotated[Literal["2", "3", "4", "5"], ByName] = Field(
        default="3",
        title="People in a group",
        description="anyone left over joins a group, so nobody is alone",
    )
    every: Annotated[Literal["1", "2", "3", "4", "6", "8"], ByName] = Field(
        default="2", title="Every so many weeks", description="how often there is a round"
    )
    weekday: Annotated[Weekday, ByName] = Field(
        default="tuesday", title="Day", description="when the groups are made"
    )
    at: Annotated[TimeOfDay, ByName] = Field(
        default=time(10), title="Time", description="in the community’s zone"
    )
    mix: Annotated[Literal["nothing", "tenure", "channel"], ByName] = Field(
        default="nothing",
        title="Mix by",
        description="how long people are here, or where they write the most",
    )
    start: Annotated[date | None, ByName] = Field(
        default=None, title="From", description="the first round is on or after it, such as 2026-03-09"
    )


@feature.form(DraftCircle)
async def open_draft(context: Context, prefill: Prefill, people: People, circles: Circles) -> Effects:
    """The form, filled with the draft that a button names. None opens if name and channel were typed."""
    number = str(prefill.values.get("draft", ""))
    draft = await circles.drafted(int(number), context.member.id) if number.isdecimal() else None
    if draft is not None:
        return [OpenForm(DraftCircle, _filled(draft))]
    if prefill.values.get("name") and prefill.values.get("channel"):
        return []
    spots = [spot for spot in await people.spots() if not spot.archived and not spot.private]
    likely = next((spot for spot in spots if Use.WELCOME in spot.uses), next(iter(spots), None))
    return [OpenForm(DraftCircle, {"channel": likely.handle} if likely else {})]


@feature.command("circles new", id="circles.draft", role=Role.COORDINATOR)
async def draft(command: DraftCircle, context: Context, people: People, circles: Circles) -> Effects:
    """Store a draft, and show it; no circle exists yet."""
    name = " ".join(command.name.split())
    await _check(name, circles)
    spot = await people.spot(context.space, command.channel)
    if spot is None or spot.archived:
        raise Refusal("That channel is archived, or I cannot see it.", "channel")
    today = local_date(context.at, context.community.zone)
    stored = await circles.draft(
        context.member.id,
        spot.id,
        name=name,
        size=int(command.size),
        every=int(command.every),
        weekday=WEEKDAYS.index(command.weekday.capitalize()),
        at=command.at,
        zone=context.community.zone or "UTC",
        start=max(command.start or today, today),
        mix=command.mix,
    )
    circle = await circles.drafted(stored, context.member.id) if stored is not None else None
    assert circle is not None
    return [Reply(_draft_card(circle, context))]


def _draft_card(circle: Circle, context: Context) -> Card:
    dates = Recurrence.of(circle).upcoming(context.at, DATES_SHOWN)
    rows = (
        Row("Where", say("{place}", place=Channel(circle.space, circle.place))),
        Row("When", say("{words}", words=recurrence_in_words(circle))),
        Row("Next", say("{dates}", dates="\n".join(moment_in_words(one.at, circle.zone) for one in dates))),
        Row("Groups", count(circle.size, "one person", "{n} people each; anyone left over joins a group")),
        Row("Together", say("{mixed}", mixed=MIX_IN_WORDS[circle.mix])),
    )
    buttons = Buttons(
        (
            Button("Save", "circles.save_draft", {"draft": circle.id}, style="primary"),
            Button("Change it", "circles.draft", {"draft": circle.id}),
        )
    )
    return card(circle.name, Fields(rows), buttons, Small(say("Nothing is saved until you press Save.")))


class SaveDraft(Command):
    """Save the circle as it was shown."""

    draft: Annotated[int, Hidden]


@feature.action(id="circles.save_draft", role=Role.COORDINATOR)
async def save_draft(command: SaveDraft, context: Context, circles: Circles) -> Effects:
    """Make the draft a circle, and plan its first round."""
    drafted = await circles.drafted(command.draft, context.member.id)
    if drafted is None:
        raise Refusal(
            "That was saved already, or is from an earlier form. /coordinate circles list shows all."
        )
    await _check(drafted.name, circles)
    await circles.save(drafted.id)
    effects = await plan_next_round(circles, drafted, context.at, context.at)
    saved = await circles.get(drafted.id)
    assert saved is not None
    assert saved.next_at is not None
    parts = [
        say(
            "The first round of **{name}** is on {when}. A few days before I invite people in {place}, and "
            "everybody who presses **Join** is in from then on.",
            name=saved.name,
            when=moment_in_words(saved.next_at, saved.zone),
            place=Channel(saved.space, saved.place),
        )
    ]
    if context.community.begun_at is None:
        parts.append(say("We have not begun yet: until then its rounds are skipped."))
    buttons = Buttons(
        (
            Button("Join it myself", "circles.join", {"circle": saved.id}),
            Button("All circles", "circles.list"),
        )
    )
    return [*effects, Reply(card("Saved", *parts, buttons, tone="good"))]


async def _check(name: str, circles: Circles) -> None:
    """Raise Refusal if there is no name or another circle has it, or if there are enough circles."""
    if not name:
        raise Refusal("Please give it a name.", "name")
    running = await circles.running()
    if any(one.name.casefold() == name.casefold() for one in running):
        raise Refusal(f"There is a circle “{name}” already.", "name")
    if len(running) >= MAX_CIRCLES:
        raise Refusal(f"A community has at most {MAX_CIRCLES} circles; more would compete for people.")


def _filled(circle: Circle) -> dict[str, object]:
    return {
        "draft": circle.id,
        "name": circle.name,
        "channel": circle.place,
        "size": str(circle.size),
        "every": str(circle.every),
        "weekday": WEEKDAYS[circle.weekday].lower(),
        "at": circle.at,
        "mix": circle.mix.value,
        "start": str(circle.start),
    }
