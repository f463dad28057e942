"""The first run: coordinators fill in the settings, then press *Begin*, which ends the silence."""

from datetime import time
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.coordination import cards, keys
from facilitation.coordination.feature import feature
from facilitation.coordination.jobs import next_desk
from facilitation.coordination.values import DAYS, Day
from facilitation.core.features.contributions import Contributions
from facilitation.core.people.personal_data import PersonalData
from facilitation.core.values.cards import Channel
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, JoinChannel, OpenForm, Post, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import ByName, ChannelHandle, ChannelHandles, TimeOfDay, ZoneName
from storage.communities import Community, People, Spot, Use

USES: dict[str, Use] = {use.value: use for use in Use}
"""Uses of channels by the field of the form that chooses the channel."""
TYPICAL_NAMES = {
    Use.WELCOME: ("welcome", "general", "lobby"),
    Use.INTRODUCTIONS: ("introductions", "introduction", "intros", "introduce", "new-members"),
    Use.HELP: ("help", "questions", "support"),
    Use.RECAP: ("recap", "general", "announcements", "announce"),
    Use.COORDINATORS: ("coordinators", "organizers", "organisers", "admins", "moderators"),
}
"""Names that channels for a use often have, the likeliest first."""


# Settings ------------------------------------------------------------------------------------------


class EditSettings(Command):
    """Where this community lives: its channels, its clock and its quiet hours."""

    heading: ClassVar[str] = "Community settings"

    home: Annotated[ChannelHandles, ByName] = Field(
        default=(), title="Home channels", description="leave empty if the community is everyone here"
    )
    welcome: Annotated[ChannelHandle | None, ByName] = Field(
        default=None, title="Welcome channel", description="where newcomers arrive"
    )
    introductions: Annotated[ChannelHandle | None, ByName] = Field(
        default=None, title="Introductions channel", description="where people say hello"
    )
    help: Annotated[ChannelHandle | None, ByName] = Field(
        default=None, title="Help channel", description="where questions are asked"
    )
    recap: Annotated[ChannelHandle | None, ByName] = Field(
        default=None, title="Recap channel", description="where the weekly recap is posted"
    )
    coordinators: Annotated[ChannelHandle | None, ByName] = Field(
        default=None,
        title="Coordinators’ channel",
        description="a private one; I write there what waits for you",
    )
    zone: Annotated[ZoneName, ByName] = Field(
        default="UTC", title="Time zone", description="such as Europe/Lisbon"
    )
    country: Annotated[str, ByName] = Field(
        default="",
        title="Country",
        description="two letters, for public holidays",
        max_length=2,
        pattern="^[A-Za-z]{0,2}$",
    )
    recap_day: Annotated[Day, ByName] = Field(
        default="friday", title="Recap on", description="the day of the weekly recap"
    )
    recap_at: Annotated[TimeOfDay, ByName] = Field(
        default=time(15), title="Recap at", description="local time, such as 15:00"
    )
    quiet_from: Annotated[TimeOfDay, ByName] = Field(
        default=time(20), title="Quiet from", description="no unasked messages after"
    )
    quiet_to: Annotated[TimeOfDay, ByName] = Field(
        default=time(8), title="Quiet until", description="and none before"
    )
    quiet_weekends: Annotated[bool, ByName] = Field(
        default=True, title="Quiet at weekends", description="no unasked messages then"
    )
    excerpts: Annotated[bool, ByName] = Field(
        default=True,
        title="Keep excerpts",
        description="how messages begin, for five weeks; without them the recap quotes nobody",
    )


@feature.form(EditSettings)
async def open_settings(context: Context, people: People) -> Effects:
    """Open the form with the saved settings; the first time, with channels guessed by their names."""
    spots = [spot for spot in await people.spots() if spot.space == context.space]
    community = context.community
    by_use = {use.value: spot.handle for spot in spots for use in spot.uses}
    if not community.configured:
        by_use = _guess_channels(spots) | by_use
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


def _guess_channels(spots: list[Spot]) -> dict[str, str]:
    """The handle of a likely channel for each use: a form that is nearly right saves time.

    Only a private channel is taken for the coordinators' channel.
    """
    guesses: dict[str, str] = {}
    for use, names in TYPICAL_NAMES.items():
        for name in names:
            found = next((s for s in spots if name in s.name and not s.archived), None)
            if found is not None and (use is not Use.COORDINATORS or found.private):
                guesses.setdefault(use.value, found.handle)
    return guesses


@feature.command("settings", id="coordination.edit_settings", role=Role.COORDINATOR)
async def edit_settings(
    command: EditSettings,
    context: Context,
    people: People,
    personal_data: PersonalData,
    contributions: Contributions,
) -> Effects:
    """Save the settings, and replan at once what a running community has planned.

    The form shows the channels of one space. Channels that were chosen in another space stay chosen.
    """
    await _save_channels(command, context, people)
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
        await personal_data.drop_excerpts()
    await people.enrol_present(context.at)
    spots = await people.spots()
    effects: Effects = [Reply(cards.settings_saved(community, spots)), *_channels_to_join(spots, context)]
    if community.begun_at is not None:
        effects += await _plans(community, context, contributions)
    return effects


async def _save_channels(command: EditSettings, context: Context, people: People) -> None:
    spots = await people.spots()
    by_handle = {spot.handle: spot for spot in spots if spot.space == context.space}
    elsewhere = [spot for spot in spots if spot.space != context.space]
    taken = [by_handle[h] for h in command.home if by_handle[h].community not in (None, context.community.id)]
    if taken:
        raise Refusal(f"#{taken[0].name} is home to another community here already.", "home")
    unseen = [spot.id for spot in elsewhere if spot.community == context.community.id]
    await people.settle([*unseen, *(by_handle[handle].id for handle in command.home)])
    for name, use in USES.items():
        handle = getattr(command, name)
        if handle or not any(use in spot.uses for spot in elsewhere):
            await people.assign(use, by_handle[handle].id if handle else None)


def _channels_to_join(spots: list[Spot], context: Context) -> list[JoinChannel]:
    """Join every channel in use. A community that is the whole space uses all public channels.

    Channels of other communities in the space are left out.
    """
    is_whole_space = not any(spot.community == context.community.id for spot in spots)
    return [
        JoinChannel(Channel(spot.space, spot.handle), keys.enter_again(spot.handle, context.at))
        for spot in spots
        if spot.space == context.space
        and not spot.archived
        and (
            spot.uses
            or spot.community == context.community.id
            or (is_whole_space and spot.community is None and not spot.private)
        )
    ]


async def _plans(community: Community, context: Context, contributions: Contributions) -> Effects:
    return [*await contributions.on_begin(community), next_desk(community, context.at)]


# Begin ---------------------------------------------------------------------------------------------


class Begin(Command):
    """Start: everyone present is a member of old, and I say hello."""


@feature.action(id="coordination.begin", role=Role.COORDINATOR)
async def begin(command: Begin, context: Context, people: People, contributions: Contributions) -> Effects:
    """End the silence, once: introduce the bot in the welcome channel and plan what every feature plans."""
    if context.community.begun_at is not None:
        raise Refusal("We have begun already.")
    if not context.community.configured:
        raise Refusal("Please look through the settings first: /coordinate settings")
    present = await people.begin(context.at)
    community = await people.community()
    effects: Effects = [Reply(cards.begun(present))]
    spot = await people.spot_for(Use.WELCOME)
    if spot is not None:
        hello = cards.hello(community, await people.holders(Role.COORDINATOR))
        effects.append(Post(Channel(spot.space, spot.handle), hello, keys.BEGIN))
    return [*effects, *await _plans(community, context, contributions)]
