"""The first run: settings by form, then *Begin*, which ends the silence."""

from datetime import time
from typing import ClassVar, Literal

from pydantic import Field

from facilitation.coordination.desk import next_desk
from facilitation.coordination.feature import feature
from facilitation.core.features.contributions import Contributions
from facilitation.core.people.personal_data import PersonalData
from facilitation.core.values.cards import Button, Buttons, Card, Channel, Fields, Part
from facilitation.core.values.cards import Field as Row
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, JoinChannel, OpenForm, Post, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import ChannelHandle, ChannelHandles, TimeOfDay, ZoneName
from facilitation.core.values.speech import card, count, listed, say
from storage.communities import Community, People, Use
from storage.communities import Spot as ChannelSpot

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
USES: dict[str, Use] = {use.value: use for use in Use}


# Settings ------------------------------------------------------------------------------------------


class EditSettings(Command):
    """Where this community lives: its channels, its clock and its quiet hours."""

    heading: ClassVar[str] = "Community settings"

    home: ChannelHandles = Field(
        default=(), title="Home channels", description="leave empty if the community is everyone here"
    )
    welcome: ChannelHandle | None = Field(
        default=None, title="Welcome channel", description="where newcomers arrive"
    )
    introductions: ChannelHandle | None = Field(
        default=None, title="Introductions channel", description="where people say hello"
    )
    help: ChannelHandle | None = Field(
        default=None, title="Help channel", description="where questions are asked"
    )
    recap: ChannelHandle | None = Field(
        default=None, title="Recap channel", description="where the weekly recap is posted"
    )
    coordinators: ChannelHandle | None = Field(
        default=None,
        title="Coordinators’ channel",
        description="a private one; I write there what waits for you",
    )
    zone: ZoneName = Field(default="UTC", title="Time zone", description="such as Europe/Lisbon")
    country: str = Field(
        default="",
        title="Country",
        description="two letters, for public holidays",
        max_length=2,
        pattern="^[A-Za-z]{0,2}$",
    )
    recap_day: Day = Field(default="friday", title="Recap on", description="the day of the weekly recap")
    recap_at: TimeOfDay = Field(default=time(15), title="Recap at", description="local time, such as 15:00")
    quiet_from: TimeOfDay = Field(
        default=time(20), title="Quiet from", description="no unasked messages after"
    )
    quiet_to: TimeOfDay = Field(default=time(8), title="Quiet until", description="and none before")
    quiet_weekends: bool = Field(
        default=True, title="Quiet at weekends", description="no unasked messages then"
    )
    excerpts: bool = Field(
        default=True,
        title="Keep excerpts",
        description="how messages begin, for five weeks; without them the recap quotes nobody",
    )


@feature.form(EditSettings)
async def open_settings(context: Context, people: People) -> Effects:
    """The form as it was saved; the first time with the best guesses from the channels' names."""
    spots = [spot for spot in await people.spots() if spot.space == context.space]
    community = context.community
    by_use = {use.value: spot.handle for spot in spots for use in spot.uses}
    if not community.configured:
        by_use = _guesses(spots) | by_use
    filled = {
        **by_use,
        "home": tuple(spot.handle for spot in spots if spot.community == community.id),
        "zone": community.zone,
        "country": community.country,
        "recap_day": DAYS[community.recap_day],
        "recap_at": community.recap_at,
        "quiet_from": community.quiet_from,
        "quiet_to": community.quiet_to,
        "quiet_weekends": community.quiet_weekends,
        "excerpts": community.keep_excerpts,
    }
    return [OpenForm(EditSettings, filled)]


@feature.command("settings", id="coordination.edit_settings", role=Role.COORDINATOR)
async def edit_settings(
    command: EditSettings, context: Context, people: People, kept: PersonalData, contributions: Contributions
) -> Effects:
    """Save where the community lives; a running one follows at once.

    The form shows the channels of one space: what was chosen in another stays as it is.
    """
    spots = await people.spots()
    by_handle = {spot.handle: spot for spot in spots if spot.space == context.space}
    elsewhere = [spot for spot in spots if spot.space != context.space]
    taken = [by_handle[h] for h in command.home if by_handle[h].community not in (None, context.community.id)]
    if taken:
        raise Refusal(f"#{taken[0].name} is home to another community here already.", "home")
    there = [spot.id for spot in elsewhere if spot.community == context.community.id]
    await people.settle([*there, *(by_handle[handle].id for handle in command.home)])
    for name, use in USES.items():
        handle = getattr(command, name)
        if handle or not any(use in spot.uses for spot in elsewhere):
            await people.assign(use, by_handle[handle].id if handle else None)
    community = await people.configure(
        configured=True,
        zone=command.zone,
        country=command.country.upper(),
        recap_day=DAYS.index(command.recap_day),
        recap_at=command.recap_at,
        quiet_from=command.quiet_from,
        quiet_to=command.quiet_to,
        quiet_weekends=command.quiet_weekends,
        keep_excerpts=command.excerpts,
    )
    if not command.excerpts:
        await kept.drop_excerpts()
    await people.enrol_present(context.at)
    spots = await people.spots()
    effects: Effects = [Reply(_settings_card(community, spots)), *_entering(spots, context)]
    if community.begun_at is not None:
        effects += [*await contributions.begins(community), next_desk(community, context.at)]
    return effects


def _entering(spots: list[ChannelSpot], context: Context) -> Effects:
    """Be in every channel that has a part, so as to hear and to be heard there.

    A community without home channels is the whole space: all its public channels, but for those of others.
    """
    is_whole = not any(spot.community == context.community.id for spot in spots)
    return [
        JoinChannel(Channel(spot.space, spot.handle), f"enter:{spot.handle}:{context.at.timestamp():.6f}")
        for spot in spots
        if spot.space == context.space
        and not spot.archived
        and (
            spot.uses
            or spot.community == context.community.id
            or (is_whole and spot.community is None and not spot.private)
        )
    ]


def _guesses(spots: list[ChannelSpot]) -> dict[str, str]:
    """A channel for each use by its name: a form that is nearly right is quicker than an empty one."""
    words = {
        Use.WELCOME: ("welcome", "general", "lobby"),
        Use.INTRODUCTIONS: ("introductions", "introduction", "intros", "introduce", "new-members"),
        Use.HELP: ("help", "questions", "support"),
        Use.RECAP: ("recap", "general", "announcements", "announce"),
        Use.COORDINATORS: ("coordinators", "organizers", "organisers", "admins", "moderators"),
    }
    guesses: dict[str, str] = {}
    for use, names in words.items():
        for name in names:
            found = next((s for s in spots if name in s.name and not s.archived), None)
            if found is not None and (use is not Use.COORDINATORS or found.private):
                guesses.setdefault(use.value, found.handle)
    return guesses


def _settings_card(community: Community, spots: list[ChannelSpot]) -> Card:
    by_use = {use: spot for spot in spots for use in spot.uses}
    home = [Channel(spot.space, spot.handle) for spot in spots if spot.community == community.id]
    where = listed(list(home)) if home else say("everyone here")
    rows = [Row("The community is", where)]
    for use, label in (
        (Use.WELCOME, "Newcomers arrive in"),
        (Use.INTRODUCTIONS, "Introductions in"),
        (Use.HELP, "Questions in"),
        (Use.RECAP, "Weekly recap in"),
        (Use.COORDINATORS, "Coordinators in"),
    ):
        spot = by_use.get(use)
        rows.append(Row(label, say("{it}", it=Channel(spot.space, spot.handle)) if spot else say("not set")))
    rows.append(
        Row(
            "Recap on",
            say("{day} at {at}", day=DAYS[community.recap_day].capitalize(), at=_clock(community.recap_at)),
        )
    )
    quiet = say("{a} to {b}", a=_clock(community.quiet_from), b=_clock(community.quiet_to))
    rows.append(
        Row(
            "Quiet hours",
            say(
                "{quiet}{weekends}",
                quiet=quiet,
                weekends=", and weekends" if community.quiet_weekends else "",
            ),
        )
    )
    rows.append(Row("Time zone", say("{zone}", zone=community.zone)))
    rows.append(Row("Excerpts", say("kept for five weeks") if community.keep_excerpts else say("not kept")))
    parts: list[Part] = [Fields(tuple(rows))]
    if community.begun_at is None:
        parts += _before_begin()
    return card("Settings saved", *parts, tone="good")


def _before_begin() -> list[Part]:
    return [
        say(
            "I am silent so far. When you press **Begin**, everyone present counts as a member of old, "
            "I say in the welcome channel who I am, what I keep and how to opt out, and my weekly work "
            "starts. The first recap waits for your approval."
        ),
        Buttons(
            (
                Button("Begin", "coordination.begin", style="primary"),
                Button("Change settings", "coordination.edit_settings"),
            )
        ),
    ]


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


# Begin ---------------------------------------------------------------------------------------------


class Begin(Command):
    """Start: everyone present is a member of old, and I say hello."""


@feature.action(id="coordination.begin", role=Role.COORDINATOR)
async def begin(command: Begin, context: Context, people: People, contributions: Contributions) -> Effects:
    """End the silence, once."""
    if context.community.begun_at is not None:
        raise Refusal("We have begun already.")
    if not context.community.configured:
        raise Refusal("Please look through the settings first: /coordinate settings")
    present = await people.begin(context.at)
    community = await people.community()
    effects: Effects = [Reply(_begun(present))]
    hello = await people.spot_for(Use.WELCOME)
    if hello is not None:
        post = await _hello(community, people)
        effects.append(Post(Channel(hello.space, hello.handle), post, "begin"))
    return [*effects, *await contributions.begins(community), next_desk(community, context.at)]


async def _hello(community: Community, people: People) -> Card:
    coordinators = await people.holders(Role.COORDINATOR)
    return card(
        "Hello",
        say(
            "I am Tertulia, a bot that helps **{name}** keep its rhythm. I remember the links you share, "
            "and once a week I tell what is worth catching up on. "
            "I am looked after by {who}.",
            name=community.name,
            who=listed(list(coordinators)),
        ),
        say(
            "**What I keep.** In this community’s channels: who wrote when, in which thread{begins}; "
            "after thirteen months only daily counts. "
            "Nothing from direct messages between people.",
            begins=", and the first 200 characters for five weeks" if community.keep_excerpts else "",
        ),
        say(
            "**Your say.** `/cop privacy show` is all that I keep about you, `/cop privacy forget` erases "
            "it, and with `/cop privacy quiet` I write to you only when you ask me something. "
            "`/cop help` shows what I can do."
        ),
    )


def _begun(present: int) -> Card:
    return card(
        "We have begun",
        count(
            present,
            "One person is here; whoever joins from now on is a newcomer.",
            "{n} people are here; whoever joins from now on is a newcomer.",
        ),
        "`/coordinate desk` shows what waits for you, and every Monday I write it into your channel.",
        tone="good",
    )
