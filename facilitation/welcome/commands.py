"""Newcomers' commands: start, say how to take part, agree, introduce themselves, find a buddy, do steps."""

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.core.features.contributions import Posts
from facilitation.core.people.contact import zone_of
from facilitation.core.people.recipients import to_support
from facilitation.core.values.cards import Button, Buttons, Channel, Direct, Group, Mention
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effect, Effects, OpenForm, Post, Reply, Retract, Revise
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText
from facilitation.core.values.speech import card, say
from facilitation.welcome import cards, keys
from facilitation.welcome.feature import feature
from facilitation.welcome.journey import Choice, start_of
from facilitation.welcome.schedule import next_step, reminder
from facilitation.welcome.services import JourneyServices
from storage.communities import Member, Use
from storage.welcome import Journeys, JourneyState

MAX_LENGTH = 600
"""Characters of an introduction, and of an answer to a step."""


# The button in the channel -------------------------------------------------------------------------


class Start(Command):
    """Show me around."""


@feature.action(id="welcome.start")
async def start(command: Start, context: Context, services: JourneyServices) -> Effects:
    """Send a newcomer the first message, by direct message unless theirs are closed."""
    journey = await services.journeys.get(context.member.id)
    if journey is None:
        home = Buttons((Button("What is on", "charter.show_home", optional=True),))
        return [
            Reply(card("", "You know your way around here. Thank you for looking in all the same.", home))
        ]
    message = cards.hello(await services.facts(), context.member.id, (await services.plan.settings()).words)
    accounts = await services.people.accounts(context.member.id)
    account = next((one for one in accounts if one.space == context.space), None)
    if journey.answer or journey.post_key or account is None or account.dms_closed:
        return [Reply(message)]
    key = keys.hello(context.member.id)
    await services.journeys.put(
        replace(
            journey,
            state=JourneyState.GREETED,
            greeted_at=journey.greeted_at or context.at,
            post_key=key,
            fell_back=True,
        )
    )
    return [
        Post(Direct(context.member.id), message, key),
        reminder(context.at, context.member, account, context.community),
        Reply(card("", say("I have written to you, {who}. See you there.", who=context.member), tone="good")),
    ]


# How to take part ----------------------------------------------------------------------------------


class TakePart(Command):
    """Say how I would like to take part."""

    choice: Annotated[Choice, Hidden]
    preview: Annotated[bool, Hidden] = False


@feature.action(id="welcome.take_part")
async def take_part(command: TakePart, context: Context, services: JourneyServices, posts: Posts) -> Effects:
    """Start the steps that fit the answer, or change to those that fit another answer."""
    facts = await services.facts()
    journey = await services.journeys.get(context.member.id)
    if command.preview or journey is None:
        return [Reply(cards.after_answer(command.choice, facts, preview=True))]
    account = await services.account(context.member.id)
    zone = zone_of(context.member, account, context.community)
    is_first = not journey.answer
    journey = replace(
        journey,
        state=JourneyState.UNDER_WAY,
        answer=command.choice,
        greeted_at=journey.greeted_at or context.at,
        steps_from=journey.steps_from or start_of(journey, context.at, zone),
        checked_until=journey.checked_until or context.at,
    )
    await services.journeys.put(journey)
    effects: Effects = [
        Reply(cards.after_answer(command.choice, facts, agreed=journey.agreed_at is not None)),
        await next_step(services, journey, context.member),
    ]
    for key in (keys.hello(context.member.id), keys.reminder(context.member.id)):
        if await posts.is_waiting(key):
            # It waits for the end of quiet hours, and asks what has just been answered.
            effects.append(Retract(key))
    if is_first:
        line = cards.line_about(context.member, account, context.community, command.choice)
        effects += await to_support(services.people, line, keys.participation(context.member.id))
    return effects


class AgreeToRules(Command):
    """Agree to the ground rules."""

    preview: Annotated[bool, Hidden] = False


@feature.action(id="welcome.agree_to_rules")
async def agree_to_rules(command: AgreeToRules, context: Context, services: JourneyServices) -> Effects:
    """Record that a newcomer agrees, and offer to bring them together with others."""
    facts = await services.facts()
    journey = await services.journeys.get(context.member.id)
    if command.preview or journey is None:
        return [Reply(cards.after_agreement("", facts, preview=True))]
    await services.journeys.put(replace(journey, agreed_at=journey.agreed_at or context.at))
    return [Reply(cards.after_agreement(journey.answer, facts))]


# Introductions -------------------------------------------------------------------------------------


class Introduce(Command):
    """Introduce myself in the introductions channel."""

    heading: ClassVar[str] = "Introduce yourself"
    submit: ClassVar[str] = "Say hello"

    words: LongText = Field(
        title="A few words about you",
        description="what you work on, what you would like to try; everybody here can read it",
        max_length=MAX_LENGTH,
    )
    preview: Annotated[bool, Hidden] = False


@feature.form(Introduce)
async def open_introduction(context: Context, journeys: Journeys) -> Effects:
    """Open the form with the newcomer's former introduction."""
    journey = await journeys.get(context.member.id)
    words = journey.introduction if journey is not None else ""
    return [OpenForm(Introduce, {"words": words})]


@feature.action(id="welcome.introduce")
async def introduce(command: Introduce, context: Context, services: JourneyServices) -> Effects:
    """Post a newcomer's own words in the introductions channel, or revise the former post."""
    spot = await services.people.spot_for(Use.INTRODUCTIONS)
    if spot is None:
        raise Refusal("There is no channel for introductions yet. Say hello wherever you feel at home.")
    place = Channel(spot.space, spot.handle)
    if command.preview:
        return [Reply(cards.tried(say("This would stand in {place} now.", place=place)))]
    journey = await services.newcomers_journey(context)
    message, key = cards.introduction(context.member.id, command.words), keys.introduction(context.member.id)
    await services.journeys.put(
        replace(journey, introduction=command.words, introduced_at=journey.introduced_at or context.at)
    )
    post: Effect = Revise(key, message) if journey.introduced_at else Post(place, message, key)
    words = say("Your hello stands in {place}. Nice to meet you.", place=place)
    return [post, Reply(card("", words, tone="good"))]


# A buddy -------------------------------------------------------------------------------------------


class FindBuddy(Command):
    """Find me a buddy."""

    preview: Annotated[bool, Hidden] = False


@feature.action(id="welcome.find_buddy")
async def find_buddy(command: FindBuddy, context: Context, services: JourneyServices) -> Effects:
    """Bring a newcomer together with a volunteer, else with member support, else with a coordinator."""
    if command.preview:
        words = say("Somebody who ticked it in `/cop me` would be introduced now, else member support.")
        return [Reply(cards.tried(words))]
    journey = await services.newcomers_journey(context)
    if journey.buddy is not None:
        words = say("Your buddy is {who}. Just write to them.", who=Mention(journey.buddy))
        return [Reply(card("", words))]
    buddy = await _buddy_for(context.member, services)
    if buddy is None:
        raise Refusal("Nobody is free to be a buddy just now. Ask anything in the channels: someone answers.")
    await services.journeys.put(replace(journey, buddy=buddy.id))
    key, pair = keys.buddy(context.member.id), (context.member.id, buddy.id)
    note = (await services.capabilities.of_group(pair)).small_group_note
    together = Post(Group(key, pair), cards.meet(*pair, await services.facts(), note), key)
    words = say("{buddy} is your buddy. I have brought the two of you together.", buddy=Mention(buddy.id))
    return [together, Reply(card("", words, tone="good"))]


async def _buddy_for(member: Member, services: JourneyServices) -> Member | None:
    """The available buddy with the fewest newcomers so far; None if nobody is available.

    Member support is considered only if no volunteer is available, and coordinators only after that.
    """
    newcomers = await services.journeys.newcomers_per_buddy()
    people = services.people
    volunteers = await people.buddies()
    for group in (volunteers, await people.holders(Role.SUPPORT), await people.holders(Role.COORDINATOR)):
        free = [one for one in group if one.id != member.id and not one.quiet]
        if free:
            return min(free, key=lambda one: (newcomers.get(one.id, 0), one.id))
    return None


# Steps ---------------------------------------------------------------------------------------------


class CompleteTask(Command):
    """Say that this is done."""

    step: Annotated[int, Hidden]
    preview: Annotated[bool, Hidden] = False


@feature.action(id="welcome.complete_task")
async def complete_task(command: CompleteTask, context: Context, journeys: Journeys) -> Effects:
    """Record that a newcomer has done the task of a step."""
    thanks = say("Lovely, thank you.")
    if command.preview:
        return [Reply(cards.tried(thanks))]
    await journeys.record_done(context.member.id, command.step, context.at)
    return [Reply(card("", thanks, tone="good"))]


class AnswerStep(Command):
    """Answer this question."""

    heading: ClassVar[str] = "Your answer"
    submit: ClassVar[str] = "Send"

    step: Annotated[int, Hidden]
    words: LongText = Field(
        title="Your answer", description="for those who look after newcomers", max_length=MAX_LENGTH
    )
    preview: Annotated[bool, Hidden] = False


@feature.action(id="welcome.answer_step")
async def answer_step(command: AnswerStep, context: Context, services: JourneyServices) -> Effects:
    """Pass the answer to the question of a step on to member support, once for each step."""
    if command.preview:
        return [Reply(cards.tried(say("This would go to those who look after newcomers.")))]
    if not await services.journeys.record_done(context.member.id, command.step, context.at):
        raise Refusal("You have answered this one already. Thank you.")
    message = cards.step_answer(context.member, command.words)
    passed = await to_support(services.people, message, keys.step_answer(context.member.id, command.step))
    return [*passed, Reply(card("", "Thank you. I have passed it on.", tone="good"))]
