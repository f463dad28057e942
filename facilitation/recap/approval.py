"""The first recap waits for a coordinator's word; ignored, it is not posted and the next one asks again."""

from datetime import datetime
from typing import Annotated

from facilitation.core.features.contributions import Contributions, DeskItem, Period
from facilitation.core.people.recipients import recipient_key, to_coordinators
from facilitation.core.values.cards import (
    Arg,
    Button,
    Buttons,
    Card,
    Channel,
    Divider,
    Small,
    Text,
)
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply, Revise
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.speech import card, say
from facilitation.recap.composition import composed
from facilitation.recap.feature import feature
from facilitation.recap.periods import day_in_words, key_of, rhythm_in_words
from facilitation.recap.posting import next_at, planned, post, recap_channel, refuse_silence
from storage.communities import Community, People, Spot
from storage.recap import Recap, Recaps, RecapState


async def proposed(
    community: Community,
    people: People,
    recaps: Recaps,
    spot: Spot,
    period: Period,
    message: Card,
    at: datetime,
) -> Effects:
    """Show coordinators the recap and wait; one that still waited is superseded."""
    effects: Effects = []
    older = await recaps.waiting()
    if older is not None:
        effects += await superseded(people, recaps, older, at)
    key = key_of(community, period.until)
    recap = await recaps.put(period.since, period.until, RecapState.WAITING, key, at)
    if recap is None:
        return effects
    preview = _preview(community, spot, message, recap, at, await next_at(community, recaps, at))
    return [
        *effects,
        *await to_coordinators(people, preview, _preview_key(key)),
    ]


async def superseded(people: People, recaps: Recaps, older: Recap, at: datetime) -> list[Revise]:
    """Nobody decided about a recap, and a newer one is there."""
    await recaps.settle(older.id, RecapState.SUPERSEDED, at)
    return await _revised(people, older, say("This one was not posted. A newer one has taken its place."))


# What a coordinator decides ------------------------------------------------------------------------


class LookAtWaiting(Command):
    """Show me the recap that waits."""

    recap: Annotated[int, Hidden]


@feature.action(id="recap.look", role=Role.COORDINATOR)
async def look(
    command: LookAtWaiting, context: Context, people: People, recaps: Recaps, contributions: Contributions
) -> Effects:
    """The recap that waits, with its buttons, for the asker alone."""
    recap = await _waiting(recaps, command.recap)
    spot = await recap_channel(people)
    message = await composed(context.community, Period(recap.since, recap.until), contributions, recaps)
    again = await next_at(context.community, recaps, context.at)
    return [Reply(_preview(context.community, spot, message, recap.id, context.at, again))]


class PostWaiting(Command):
    """Post the recap that waits."""

    recap: Annotated[int, Hidden]


@feature.action(id="recap.post_it", role=Role.COORDINATOR)
async def post_it(
    command: PostWaiting, context: Context, people: People, recaps: Recaps, contributions: Contributions
) -> Effects:
    """It goes out, and so will later ones by themselves. Composed anew: what was deleted since is gone."""
    recap = await _waiting(recaps, command.recap)
    spot = await recap_channel(people)
    refuse_silence(context.community, context.at)
    message = await composed(context.community, Period(recap.since, recap.until), contributions, recaps)
    await recaps.settle(recap.id, RecapState.POSTED, context.at)
    place = Channel(spot.space, spot.handle)
    answer = say(
        "It is on its way to {place}. From now on the recap comes by itself, {rhythm}.",
        place=place,
        rhythm=rhythm_in_words(context.community, context.at),
    )
    return [
        post(spot, message, recap.key),
        *await _revised(
            people, recap, say("Posted in {place}. {who} said yes.", place=place, who=context.member)
        ),
        await planned(context.community, recaps, context.at),
        Reply(card("", answer, "`/coordinate recap skip` holds the next one.", tone="good")),
    ]


class SkipWaiting(Command):
    """Do not post the recap that waits."""

    recap: Annotated[int, Hidden]


@feature.action(id="recap.skip_it", role=Role.COORDINATOR)
async def skip_it(command: SkipWaiting, context: Context, people: People, recaps: Recaps) -> Effects:
    """It is put away; the next one asks again."""
    return await skipped(await _waiting(recaps, command.recap), context, people, recaps)


async def skipped(recap: Recap, context: Context, people: People, recaps: Recaps) -> Effects:
    """A recap that waited is put away by a coordinator."""
    await recaps.settle(recap.id, RecapState.SKIPPED, context.at)
    later = await planned(context.community, recaps, context.at)
    answer = say("Skipped. The next one comes to you on {day}, and I ask again.", day=later.at)
    return [
        *await _revised(people, recap, say("Skipped by {who}.", who=context.member)),
        later,
        Reply(card("", answer, tone="good")),
    ]


@feature.desk("recap")
async def waits(community: Community, recaps: Recaps) -> list[DeskItem]:
    """A recap that waits for approval."""
    recap = await recaps.waiting()
    if recap is None:
        return []
    args: dict[str, Arg] = {"recap": recap.id}
    return [
        DeskItem(
            say("The recap up to {day} waits for your word.", day=day_in_words(recap.until, community.zone)),
            say("If ignored: it is not posted, and the next one asks again."),
            (
                Button("Look at it", "recap.look", args),
                Button("Post it", "recap.post_it", args, style="primary"),
                Button("Skip this one", "recap.skip_it", args),
            ),
        )
    ]


# Small parts ---------------------------------------------------------------------------------------


def _preview(
    community: Community, spot: Spot, message: Card, recap: int, at: datetime, again: datetime
) -> Card:
    """The recap as it would be posted, between what it is and what can be done with it."""
    place = Channel(spot.space, spot.handle)
    intro = say(
        "This is what I would post in {place}. "
        "Once you have let one through, they come by themselves, {rhythm}.",
        place=place,
        rhythm=rhythm_in_words(community, at),
    )
    buttons = Buttons(
        (
            Button("Post it", "recap.post_it", {"recap": recap}, style="primary"),
            Button("Skip this one", "recap.skip_it", {"recap": recap}),
        )
    )
    ignored = say(
        "If you press nothing, it is not posted, and I ask again on {day}.",
        day=day_in_words(again, community.zone),
    )
    return card(
        "A recap waits for your word",
        intro,
        Divider(),
        say("**{title}**", title=message.title),
        *message.parts,
        Divider(),
        buttons,
        Small(ignored),
    )


async def _waiting(recaps: Recaps, recap: int) -> Recap:
    """A recap that waits; refuses one about which somebody or time has decided."""
    found = await recaps.get(recap)
    if found is not None and found.state is RecapState.WAITING:
        return found
    match found.state if found else RecapState.SUPERSEDED:
        case RecapState.POSTED | RecapState.UNSAID:
            raise Refusal("That one was posted already.")
        case RecapState.SKIPPED:
            raise Refusal("That one was skipped already. /coordinate recap post makes a new one.")
        case _:
            raise Refusal("A newer recap has taken the place of that one.")


async def _revised(people: People, recap: Recap, words: Text) -> list[Revise]:
    """What was asked is decided: the previews say how, and their buttons go."""
    shown = card("A recap waited for your word", words)
    holders = await people.holders(Role.COORDINATOR)
    key = _preview_key(recap.key)
    keys = [key, *(recipient_key(key, holder.id) for holder in holders)]
    return [Revise(key, shown) for key in keys]


def _preview_key(key: str) -> str:
    return f"{key}:preview"
