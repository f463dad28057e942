"""What newcomers do: answer, agree, introduce themselves, find a buddy, tell, be done."""

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.core.ask import Ask, Call, Hidden, LongText, Role
from facilitation.core.cards import Channel, Group, Mention
from facilitation.core.charter import CharterText
from facilitation.core.contact import zone_of
from facilitation.core.effects import Effect, Effects, Open, Post, Reply, Retract, Revise
from facilitation.core.errors import Refusal
from facilitation.core.gathering import Posts
from facilitation.core.reaching import to_support
from facilitation.core.speech import card, quoted, say
from facilitation.welcome import cards, keys
from facilitation.welcome.journey import Choice, start_of
from facilitation.welcome.room import room
from facilitation.welcome.support import line_about
from facilitation.welcome.walking import planned, steps_of
from facilitation.welcome.words import surroundings
from storage.communities import Member, People, Use
from storage.welcome import Journey, Journeys, Plan, State

LONGEST = 600
"""Characters of an introduction, and of an answer."""


# How to take part ----------------------------------------------------------------------------------


class Answer(Ask):
    """Say how I would like to take part."""

    choice: Annotated[Choice, Hidden]
    preview: Annotated[bool, Hidden] = False


@room.action()
async def answer(
    ask: Answer,
    call: Call,
    journeys: Journeys,
    plan: Plan,
    people: People,
    posts: Posts,
    charter: CharterText,
) -> Effects:
    """The journey is under way; answered again, it goes on another way."""
    around = await surroundings(call.community, charter, people)
    journey = await journeys.get(call.who.id)
    if ask.preview or journey is None:
        return [Reply(cards.after(ask.choice, around, preview=True))]
    account = next(iter(await people.accounts(call.who.id)), None)
    zone = zone_of(call.who, account, call.community)
    is_first = not journey.answer
    journey = replace(
        journey,
        state=State.UNDER_WAY,
        answer=ask.choice,
        greeted_at=journey.greeted_at or call.at,
        since=journey.since or start_of(journey, call.at, zone),
        walked_until=journey.walked_until or call.at,
    )
    await journeys.put(journey)
    effects: Effects = [
        Reply(cards.after(ask.choice, around, agreed=journey.agreed_at is not None)),
        await planned(journey, call.who, await steps_of(plan), people, call.community),
    ]
    for key in (keys.hello(call.who.id), keys.again(call.who.id)):
        if await posts.is_waiting(key):
            # It waits for the morning, and asks what is answered by now.
            effects.append(Retract(key))
    if is_first:
        line = line_about(call.who, account, call.community, ask.choice)
        effects += await to_support(people, line, keys.answered(call.who.id))
    return effects


class Agree(Ask):
    """Agree to the ground rules."""

    preview: Annotated[bool, Hidden] = False


@room.action()
async def agree(ask: Agree, call: Call, journeys: Journeys, people: People, charter: CharterText) -> Effects:
    """The ground rules are theirs now; the offers to meet others follow."""
    around = await surroundings(call.community, charter, people)
    journey = await journeys.get(call.who.id)
    if ask.preview or journey is None:
        return [Reply(cards.agreed("", around, preview=True))]
    await journeys.put(replace(journey, agreed_at=journey.agreed_at or call.at))
    return [Reply(cards.agreed(journey.answer, around))]


# Saying hello --------------------------------------------------------------------------------------


class Introduce(Ask):
    """Introduce myself in the introductions channel."""

    heading: ClassVar[str] = "Introduce yourself"
    submit: ClassVar[str] = "Say hello"

    words: LongText = Field(
        title="A few words about you",
        description="what you work on, what you would like to try; everybody here can read it",
        max_length=LONGEST,
    )
    preview: Annotated[bool, Hidden] = False


@room.opening(Introduce)
async def open_introduction(call: Call, journeys: Journeys) -> Effects:
    """The form, with what they said before."""
    journey = await journeys.get(call.who.id)
    words = journey.introduction if journey is not None else ""
    return [Open(Introduce, {"words": words})]


@room.action()
async def introduce(ask: Introduce, call: Call, journeys: Journeys, people: People) -> Effects:
    """Their own words in the channel for introductions; said again, they stand where they stood."""
    spot = await people.spot_for(Use.INTRODUCTIONS)
    if spot is None:
        raise Refusal("There is no channel for introductions yet. Say hello wherever you feel at home.")
    place = Channel(spot.space, spot.handle)
    if ask.preview:
        return [Reply(cards.tried(say("This would stand in {place} now.", place=place)))]
    journey = await _of_newcomer(call, journeys)
    shown, key = cards.introduction(call.who.id, ask.words), keys.introduction(call.who.id)
    await journeys.put(
        replace(journey, introduction=ask.words, introduced_at=journey.introduced_at or call.at)
    )
    said: Effect = Revise(key, shown) if journey.introduced_at else Post(place, shown, key)
    words = say("Your hello stands in {place}. Nice to meet you.", place=place)
    return [said, Reply(card("", words, tone="good"))]


# A buddy -------------------------------------------------------------------------------------------


class FindBuddy(Ask):
    """Find me a buddy."""

    preview: Annotated[bool, Hidden] = False


@room.action()
async def find_buddy(
    ask: FindBuddy, call: Call, journeys: Journeys, people: People, charter: CharterText
) -> Effects:
    """Whoever volunteered and has had the fewest newcomers, else who looks after members."""
    if ask.preview:
        words = say("Somebody who ticked it in `/cop me` would be introduced now, else member support.")
        return [Reply(cards.tried(words))]
    journey = await _of_newcomer(call, journeys)
    if journey.buddy is not None:
        words = say("Your buddy is {who}. Just write to them.", who=Mention(journey.buddy))
        return [Reply(card("", words))]
    buddy = await _buddy_for(call.who, journeys, people)
    if buddy is None:
        raise Refusal("Nobody is free to be a buddy just now. Ask anything in the channels: someone answers.")
    await journeys.put(replace(journey, buddy=buddy.id))
    around = await surroundings(call.community, charter, people)
    key = keys.buddy(call.who.id)
    together = Post(Group(key, (call.who.id, buddy.id)), cards.meet(call.who.id, buddy.id, around), key)
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


class Done(Ask):
    """Say that this is done."""

    step: Annotated[int, Hidden]
    preview: Annotated[bool, Hidden] = False


@room.action()
async def done(ask: Done, call: Call, journeys: Journeys) -> Effects:
    """A task of the journey is done."""
    thanks = say("Lovely, thank you.")
    if ask.preview:
        return [Reply(cards.tried(thanks))]
    await journeys.done(call.who.id, ask.step, call.at)
    return [Reply(card("", thanks, tone="good"))]


class Tell(Ask):
    """Answer this question."""

    heading: ClassVar[str] = "Your answer"
    submit: ClassVar[str] = "Send"

    step: Annotated[int, Hidden]
    words: LongText = Field(
        title="Your answer", description="for those who look after newcomers", max_length=LONGEST
    )
    preview: Annotated[bool, Hidden] = False


@room.action()
async def tell(ask: Tell, call: Call, journeys: Journeys, people: People) -> Effects:
    """What a newcomer answers goes to those who look after members, once for each question."""
    if ask.preview:
        return [Reply(cards.tried(say("This would go to those who look after newcomers.")))]
    if not await journeys.done(call.who.id, ask.step, call.at):
        raise Refusal("You have answered this one already. Thank you.")
    message = card(
        "",
        say("{who} answers to the welcome:", who=call.who),
        say("{words}", words=quoted(ask.words, call.who.id)),
    )
    passed = await to_support(people, message, keys.told(call.who.id, ask.step))
    return [*passed, Reply(card("", "Thank you. I have passed it on.", tone="good"))]


async def _of_newcomer(call: Call, journeys: Journeys) -> Journey:
    journey = await journeys.get(call.who.id)
    if journey is None:
        raise Refusal("This is for people who are new here, and you are at home already.")
    return journey
