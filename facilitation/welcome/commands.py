"""What newcomers do: answer, agree, introduce themselves, find a buddy, tell, be done."""

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.core.features.contributions import Posts
from facilitation.core.people.contact import zone_of
from facilitation.core.people.recipients import to_support
from facilitation.core.platforms.capabilities import PlatformCapabilities
from facilitation.core.values.cards import Channel, Group, Mention
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import (
    Effect,
    Effects,
    OpenForm,
    Post,
    Reply,
    Retract,
    Revise,
)
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText
from facilitation.core.values.speech import card, quoted, say
from facilitation.welcome import cards, keys
from facilitation.welcome.feature import feature
from facilitation.welcome.jobs import planned, steps_of
from facilitation.welcome.journey import Choice, start_of
from facilitation.welcome.member_support import line_about
from facilitation.welcome.templates import surroundings
from storage.communities import Member, People, Use
from storage.welcome import Journey, Journeys, JourneyState, Plan

LONGEST = 600
"""Characters of an introduction, and of an answer."""


# How to take part ----------------------------------------------------------------------------------


class AnswerQuestion(Command):
    """Say how I would like to take part."""

    choice: Annotated[Choice, Hidden]
    preview: Annotated[bool, Hidden] = False


@feature.action(id="welcome.answer")
async def answer(
    command: AnswerQuestion,
    context: Context,
    journeys: Journeys,
    plan: Plan,
    people: People,
    posts: Posts,
    charter: CharterText,
) -> Effects:
    """The journey is under way; answered again, it goes on another way."""
    around = await surroundings(context.community, charter, people)
    journey = await journeys.get(context.member.id)
    if command.preview or journey is None:
        return [Reply(cards.after(command.choice, around, preview=True))]
    account = next(iter(await people.accounts(context.member.id)), None)
    zone = zone_of(context.member, account, context.community)
    is_first = not journey.answer
    journey = replace(
        journey,
        state=JourneyState.UNDER_WAY,
        answer=command.choice,
        greeted_at=journey.greeted_at or context.at,
        since=journey.since or start_of(journey, context.at, zone),
        walked_until=journey.walked_until or context.at,
    )
    await journeys.put(journey)
    effects: Effects = [
        Reply(cards.after(command.choice, around, agreed=journey.agreed_at is not None)),
        await planned(journey, context.member, await steps_of(plan), people, context.community),
    ]
    for key in (keys.hello(context.member.id), keys.again(context.member.id)):
        if await posts.is_waiting(key):
            # It waits for the morning, and asks what is answered by now.
            effects.append(Retract(key))
    if is_first:
        line = line_about(context.member, account, context.community, command.choice)
        effects += await to_support(people, line, keys.answered(context.member.id))
    return effects


class Agree(Command):
    """Agree to the ground rules."""

    preview: Annotated[bool, Hidden] = False


@feature.action(id="welcome.agree")
async def agree(
    command: Agree, context: Context, journeys: Journeys, people: People, charter: CharterText
) -> Effects:
    """The ground rules are theirs now; the offers to meet others follow."""
    around = await surroundings(context.community, charter, people)
    journey = await journeys.get(context.member.id)
    if command.preview or journey is None:
        return [Reply(cards.agreed("", around, preview=True))]
    await journeys.put(replace(journey, agreed_at=journey.agreed_at or context.at))
    return [Reply(cards.agreed(journey.answer, around))]


# Saying hello --------------------------------------------------------------------------------------


class Introduce(Command):
    """Introduce myself in the introductions channel."""

    heading: ClassVar[str] = "Introduce yourself"
    submit: ClassVar[str] = "Say hello"

    words: LongText = Field(
        title="A few words about you",
        description="what you work on, what you would like to try; everybody here can read it",
        max_length=LONGEST,
    )
    preview: Annotated[bool, Hidden] = False


@feature.form(Introduce)
async def open_introduction(context: Context, journeys: Journeys) -> Effects:
    """The form, with what they said before."""
    journey = await journeys.get(context.member.id)
    words = journey.introduction if journey is not None else ""
    return [OpenForm(Introduce, {"words": words})]


@feature.action(id="welcome.introduce")
async def introduce(command: Introduce, context: Context, journeys: Journeys, people: People) -> Effects:
    """Their own words in the channel for introductions; said again, they stand where they stood."""
    spot = await people.spot_for(Use.INTRODUCTIONS)
    if spot is None:
        raise Refusal("There is no channel for introductions yet. Say hello wherever you feel at home.")
    place = Channel(spot.space, spot.handle)
    if command.preview:
        return [Reply(cards.tried(say("This would stand in {place} now.", place=place)))]
    journey = await _of_newcomer(context, journeys)
    shown, key = cards.introduction(context.member.id, command.words), keys.introduction(context.member.id)
    await journeys.put(
        replace(journey, introduction=command.words, introduced_at=journey.introduced_at or context.at)
    )
    said: Effect = Revise(key, shown) if journey.introduced_at else Post(place, shown, key)
    words = say("Your hello stands in {place}. Nice to meet you.", place=place)
    return [said, Reply(card("", words, tone="good"))]


# A buddy -------------------------------------------------------------------------------------------


class FindBuddy(Command):
    """Find me a buddy."""

    preview: Annotated[bool, Hidden] = False


@feature.action(id="welcome.find_buddy")
async def find_buddy(
    command: FindBuddy,
    context: Context,
    journeys: Journeys,
    people: People,
    charter: CharterText,
    capabilities: PlatformCapabilities,
) -> Effects:
    """Whoever volunteered and has had the fewest newcomers, else who looks after members."""
    if command.preview:
        words = say("Somebody who ticked it in `/cop me` would be introduced now, else member support.")
        return [Reply(cards.tried(words))]
    journey = await _of_newcomer(context, journeys)
    if journey.buddy is not None:
        words = say("Your buddy is {who}. Just write to them.", who=Mention(journey.buddy))
        return [Reply(card("", words))]
    buddy = await _buddy_for(context.member, journeys, people)
    if buddy is None:
        raise Refusal("Nobody is free to be a buddy just now. Ask anything in the channels: someone answers.")
    await journeys.put(replace(journey, buddy=buddy.id))
    around = await surroundings(context.community, charter, people)
    key, pair = keys.buddy(context.member.id), (context.member.id, buddy.id)
    note = (await capabilities.of_group(pair)).small_group_note
    together = Post(Group(key, pair), cards.meet(*pair, around, note), key)
    words = say("{buddy} is your buddy. I have brought the two of you together.", buddy=Mention(buddy.id))
    return [together, Reply(card("", words, tone="good"))]


async def _buddy_for(who: Member, journeys: Journeys, people: People) -> Member | None:
    loads = await journeys.loads()
    volunteers = await people.buddies()
    for circle in (volunteers, await people.holders(Role.SUPPORT), await people.holders(Role.COORDINATOR)):
        free = [one for one in circle if one.id != who.id and not one.quiet]
        if free:
            return min(free, key=lambda one: (loads.get(one.id, 0), one.id))
    return None


# Steps ---------------------------------------------------------------------------------------------


class Done(Command):
    """Say that this is done."""

    step: Annotated[int, Hidden]
    preview: Annotated[bool, Hidden] = False


@feature.action(id="welcome.done")
async def done(command: Done, context: Context, journeys: Journeys) -> Effects:
    """A task of the journey is done."""
    thanks = say("Lovely, thank you.")
    if command.preview:
        return [Reply(cards.tried(thanks))]
    await journeys.done(context.member.id, command.step, context.at)
    return [Reply(card("", thanks, tone="good"))]


class Tell(Command):
    """Answer this question."""

    heading: ClassVar[str] = "Your answer"
    submit: ClassVar[str] = "Send"

    step: Annotated[int, Hidden]
    words: LongText = Field(
        title="Your answer", description="for those who look after newcomers", max_length=LONGEST
    )
    preview: Annotated[bool, Hidden] = False


@feature.action(id="welcome.tell")
async def tell(command: Tell, context: Context, journeys: Journeys, people: People) -> Effects:
    """What a newcomer answers goes to those who look after members, once for each question."""
    if command.preview:
        return [Reply(cards.tried(say("This would go to those who look after newcomers.")))]
    if not await journeys.done(context.member.id, command.step, context.at):
        raise Refusal("You have answered this one already. Thank you.")
    message = card(
        "",
        say("{who} answers to the welcome:", who=context.member),
        say("{words}", words=quoted(command.words, context.member.id)),
    )
    passed = await to_support(people, message, keys.told(context.member.id, command.step))
    return [*passed, Reply(card("", "Thank you. I have passed it on.", tone="good"))]


async def _of_newcomer(context: Context, journeys: Journeys) -> Journey:
    journey = await journeys.get(context.member.id)
    if journey is None:
        raise Refusal("This is for people who are new here, and you are at home already.")
    return journey
