"""The side of coordinators: what they may know of is asked at each press, and of nothing else they learn."""

from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.concern import telling
from facilitation.concern.room import LONGEST, UNKNOWN, day_in_words, hearers, room
from facilitation.core.ask import Ask, Call, Hidden, LongText, Role
from facilitation.core.cards import Button
from facilitation.core.effects import Effects, Open, Reply
from facilitation.core.errors import Refusal
from facilitation.core.gathering import DeskItem
from facilitation.core.local_time import local_date
from facilitation.core.speech import card, say
from storage.communities import People
from storage.concern import Concern, Concerns, Remark, State


class Look(Ask):
    """Show me a concern."""

    concern: Annotated[str, Hidden] = Field(max_length=16)


@room.action(role=Role.COORDINATOR, discreet=True)
async def look(ask: Look, call: Call, concerns: Concerns) -> Effects:
    """All of it, for the asker alone."""
    return [Reply(telling.whole(await _meant_for(concerns, ask.concern, call)))]


class Take(Ask):
    """Take a concern in hand."""

    concern: Annotated[str, Hidden] = Field(max_length=16)


@room.action(role=Role.COORDINATOR, discreet=True)
async def take(ask: Take, call: Call, concerns: Concerns, people: People) -> Effects:
    """One coordinator looks after it; from whoever can no longer, another takes over."""
    found = await _meant_for(concerns, ask.concern, call)
    keeper = found.matter.keeper
    able = {one.id: one for one in await hearers(people, found.matter.left_out)}
    if found.state is State.IN_HAND and keeper in able:
        who = "You have" if keeper == call.who.id else f"{able[keeper].name} has"
        raise Refusal(f"{who} it in hand already.")
    await concerns.take(found.token, local_date(call.at, call.community.zone))
    await concerns.change(found.token, found.matter.kept_by(call.who.id))
    return [
        Reply(
            card("", "It is in your hands, and whoever raised it hears so. Thank you.", tone="good"),
        ),
        telling.to_reporter(found, telling.in_hand(found, call.who), f"taken:{call.who.id}"),
    ]


class Answer(Ask):
    """Answer whoever raised a concern."""

    heading: ClassVar[str] = "Answer a concern"
    submit: ClassVar[str] = "Send"

    concern: Annotated[str, Hidden] = Field(max_length=16)
    words: LongText = Field(
        title="Your answer", description="they see your name, and can answer back", max_length=LONGEST
    )


@room.action(role=Role.COORDINATOR, discreet=True)
async def answer(ask: Answer, call: Call, concerns: Concerns) -> Effects:
    """Passed on by the bot, so that who raised it can stay anonymous."""
    found = await _meant_for(concerns, ask.concern, call)
    remark = Remark(local_date(call.at, call.community.zone), call.who.id, ask.words)
    await concerns.change(found.token, found.matter.with_remark(remark))
    message = telling.answered(found, call.who, ask.words)
    return [
        Reply(card("", "Passed on.", tone="good")),
        telling.to_reporter(found, message, f"answered:{len(found.matter.remarks)}"),
    ]


class Close(Ask):
    """Close a concern, which erases it."""

    heading: ClassVar[str] = "Close the concern"
    submit: ClassVar[str] = "Close and erase"

    concern: Annotated[str, Hidden] = Field(max_length=16)
    words: LongText = Field(
        default="",
        title="Last words to whoever raised it",
        description="what was done; or leave it empty",
        max_length=LONGEST,
    )


@room.opening(Close)
async def open_close(call: Call) -> Effects:
    """The form, so that nothing is erased by a slip."""
    return [Open(Close, {})]


@room.action(role=Role.COORDINATOR, discreet=True)
async def close(ask: Close, call: Call, concerns: Concerns) -> Effects:
    """Erase words and persons; a count and days are left."""
    found = await _meant_for(concerns, ask.concern, call)
    await concerns.close(found.token, local_date(call.at, call.community.zone))
    return [
        Reply(card("", "Closed and erased. Thank you for looking after it.", tone="good")),
        telling.to_reporter(found, telling.closed(found, ask.words), "closed"),
    ]


@room.desk(order=5, personal=True)
async def waits(call: Call, concerns: Concerns) -> list[DeskItem]:
    """What is open or in hand, for who may know of it; their channel never hears of it."""
    return [
        DeskItem(
            say("A concern of {day} is {state}.", day=day_in_words(one.opened_on), state=one.state.value),
            say("If ignored: I remind you, and tell whoever raised it whom else to turn to.")
            if one.state is State.OPEN
            else say("If ignored: I remind you once a month."),
            (Button("Open it", "concern.look", {"concern": one.token}, style="primary"),),
        )
        for one in await concerns.running()
        if one.is_for(call.who.id)
    ]


async def _meant_for(concerns: Concerns, token: str, call: Call) -> Concern:
    """A concern that a coordinator may know of; of any other they do not even learn that it is there."""
    found = await concerns.get(token)
    if found is None or not found.is_for(call.who.id):
        raise Refusal(UNKNOWN)
    return found
