"""Making a circle: a form, an echo in words with the next dates, and then *Save*."""

from datetime import date, time
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.circles.dates import WEEKDAYS, Beat, in_words, moment_in_words
from facilitation.circles.feature import feature
from facilitation.circles.schedule import planned
from facilitation.core.values.cards import Button, Buttons, Card, Channel, Fields, Small
from facilitation.core.values.cards import Field as Row
from facilitation.core.values.commands import Command, Context, Prefill, Role
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import ChannelHandle, Hidden, TimeOfDay
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import card, count, say
from storage.circles import LONGEST_NAME, Circle, Circles, Mix
from storage.communities import People, Use

CIRCLES_AT_MOST = 10
DATES_SHOWN = 4
MIXED = {
    Mix.NOTHING: "whoever has not met yet",
    Mix.TENURE: "those who came within half a year with those who were here before",
    Mix.CHANNEL: "people who mostly write in different channels",
}
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class NewCircle(Command):
    """Make a circle: small groups that meet over a coffee."""

    heading: ClassVar[str] = "A new circle"
    submit: ClassVar[str] = "Show me"

    draft: Annotated[int, Hidden] = 0
    name: str = Field(title="Name", description="such as Coffee", max_length=LONGEST_NAME)
    channel: ChannelHandle = Field(title="Channel", description="where people are invited to each round")
    size: Literal["2", "3", "4", "5"] = Field(
        default="3", title="People in a group", description="odd ones join a group, so nobody is alone"
    )
    every: Literal["1", "2", "3", "4", "6", "8"] = Field(
        default="2", title="Every so many weeks", description="how often there is a round"
    )
    weekday: Weekday = Field(default="tuesday", title="Day", description="when the groups are made")
    at: TimeOfDay = Field(default=time(10), title="Time", description="in the community’s zone")
    mix: Literal["nothing", "tenure", "channel"] = Field(
        default="nothing",
        title="Mix by",
        description="how long people are here, or where they write the most",
    )
    start: date | None = Field(
        default=None, title="From", description="the first round is on or after it, such as 2026-03-09"
    )


@feature.form(NewCircle)
async def open_new(context: Context, given: Prefill, people: People, circles: Circles) -> Effects:
    """The form, as it was filled in a moment ago if it was; typed in full, nothing needs to open."""
    number = str(given.values.get("draft", ""))
    draft = await circles.drafted(int(number), context.member.id) if number.isdecimal() else None
    if draft is not None:
        return [OpenForm(NewCircle, _filled(draft))]
    if given.values.get("name") and given.values.get("channel"):
        return []
    spots = [spot for spot in await people.spots() if not spot.archived and not spot.private]
    likely = next((spot for spot in spots if Use.WELCOME in spot.uses), next(iter(spots), None))
    return [OpenForm(NewCircle, {"channel": likely.handle} if likely else {})]


@feature.command("circles new", id="circles.draft", role=Role.COORDINATOR)
async def new(command: NewCircle, context: Context, people: People, circles: Circles) -> Effects:
    """Echo it; nothing is made yet."""
    name = " ".join(command.name.split())
    await _refuse_impossible(name, circles)
    spot = await people.spot(context.space, command.channel)
    if spot is None or spot.archived:
        raise Refusal("That channel is archived, or I cannot see it.", "channel")
    today = local_date(context.at, context.community.zone)
    draft = await circles.draft(
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
    shown = await circles.drafted(draft, context.member.id) if draft is not None else None
    assert shown is not None
    return [Reply(_echo(shown, context))]


def _echo(draft: Circle, context: Context) -> Card:
    dates = Beat.of(draft).upcoming(context.at, DATES_SHOWN)
    rows = (
        Row("Where", say("{place}", place=Channel(draft.space, draft.place))),
        Row("When", say("{words}", words=in_words(draft))),
        Row("Next", say("{dates}", dates="\n".join(moment_in_words(one.at, draft.zone) for one in dates))),
        Row("Groups", count(draft.size, "one person", "{n} people each; odd ones join a group")),
        Row("Together", say("{mixed}", mixed=MIXED[draft.mix])),
    )
    buttons = Buttons(
        (
            Button("Save", "circles.save_draft", {"draft": draft.id}, style="primary"),
            Button("Change it", "circles.draft", {"draft": draft.id}),
        )
    )
    return card(draft.name, Fields(rows), buttons, Small(say("Nothing is saved until you press Save.")))


class SaveCircle(Command):
    """Save the circle as it was shown."""

    draft: Annotated[int, Hidden]


@feature.action(id="circles.save_draft", role=Role.COORDINATOR)
async def save(command: SaveCircle, context: Context, circles: Circles) -> Effects:
    """From now on there are rounds."""
    draft = await circles.drafted(command.draft, context.member.id)
    if draft is None:
        raise Refusal(
            "That was saved already, or is from an earlier form. /coordinate circles list shows all."
        )
    await _refuse_impossible(draft.name, circles)
    await circles.save(draft.id)
    effects = await planned(circles, draft, context.at, context.at)
    saved = await circles.get(draft.id)
    assert saved is not None
    assert saved.next_at is not None
    parts = [
        say(
            "The first round of **{name}** is on {when}. A few days before I invite people in {place}, and "
            "whoever presses **Join** is in from then on.",
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


async def _refuse_impossible(name: str, circles: Circles) -> None:
    if not name:
        raise Refusal("Please give it a name.", "name")
    there = await circles.running()
    if any(one.name.casefold() == name.casefold() for one in there):
        raise Refusal(f"There is a circle “{name}” already.", "name")
    if len(there) >= CIRCLES_AT_MOST:
        raise Refusal(f"A community has at most {CIRCLES_AT_MOST} circles; more would compete for people.")


def _filled(draft: Circle) -> dict[str, object]:
    return {
        "draft": draft.id,
        "name": draft.name,
        "channel": draft.place,
        "size": str(draft.size),
        "every": str(draft.every),
        "weekday": WEEKDAYS[draft.weekday].lower(),
        "at": draft.at,
        "mix": draft.mix.value,
        "start": str(draft.start),
    }
