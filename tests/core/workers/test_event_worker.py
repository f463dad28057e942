"""The digest: what happened becomes what the house knows, in order, and rooms are told once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from facilitation.core.features.contributions import EventContext
from facilitation.core.features.feature import Feature
from facilitation.core.values.cards import Direct
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.effects import Effects, Post
from facilitation.core.values.events import (
    ChannelChanged,
    ChannelFacts,
    Event,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Profile,
    Roster,
    SpaceLost,
    SpaceRef,
)
from facilitation.core.workers.event_worker import AT_ONCE, TRIES
from storage import diary as diaries
from storage.communities import Directory, People
from storage.diary import DiaryRow
from storage.outbox import OutboxRow
from storage.session import orm_of
from storage.unit import Units
from tests.core.delivery import DeliveryTestbed, make_delivery_testbed, text_card
from tests.testbed import SPACE, make_testbed

SECOND = timedelta(seconds=1)


class EventRecorder:
    """A room that writes down what it hears, and fails where it is told to."""

    def __init__(self, *kinds: type[Any]) -> None:
        self.received: list[EventContext] = []
        self.answer: Callable[[EventContext], Effects] = lambda _: []
        self.feature = Feature("ears", "For tests")

        async def listen(context: EventContext) -> Effects:
            effects = self.answer(context)
            self.received.append(context)
            return effects

        for kind in kinds:
            self.feature.on(kind)(listen)

    @property
    def keys(self) -> list[str]:
        return [context.event.key for context in self.received]


def message(here: DeliveryTestbed, number: int, who: str = "ines", place: str = "general") -> MessagePosted:
    return MessagePosted(here.bed.clock.now(), place, f"{number:04}", who, f"words {number}")


@pytest.fixture
def listeners() -> EventRecorder:
    return EventRecorder(MessagePosted, MemberJoined, MemberLeft, MemberChanged, ChannelChanged, SpaceLost)


@pytest.fixture
async def here(units: Units, clock: VirtualClock, listeners: EventRecorder) -> DeliveryTestbed:
    return await make_delivery_testbed(units, clock, features=[listeners.feature])


async def test_rooms_hear_in_order_of_arrival_and_once(
    here: DeliveryTestbed, listeners: EventRecorder
) -> None:
    for start in (30, 0, 60):
        await here.bed.dispatcher.intake.commit(SPACE, [message(here, start)])
    assert await here.bed.dispatcher.digest() == 3
    assert await here.bed.dispatcher.digest() == 0
    assert listeners.keys == ["general:0030", "general:0000", "general:0060"]
    assert listeners.received[0].member == await here.bed.member("ines")


async def test_only_so_many_are_digested_at_once(here: DeliveryTestbed, listeners: EventRecorder) -> None:
    await here.bed.dispatcher.intake.commit(SPACE, [message(here, number) for number in range(AT_ONCE + 5)])
    assert await here.bed.dispatcher.digest() == AT_ONCE
    assert await here.bed.dispatcher.digest() == 5
    assert len(listeners.received) == AT_ONCE + 5


async def test_what_a_feature_answers_is_stored_with_the_digest(
    here: DeliveryTestbed, listeners: EventRecorder
) -> None:
    general = await here.channel()
    listeners.answer = lambda context: [Post(general, text_card("Heard"), f"re:{context.event.key}")]
    await here.bed.receive(message(here, 1))
    assert here.words == ["Heard"]


# poison ----------------------------------------------------------------------------------------------


async def test_what_cannot_be_digested_is_set_aside_and_the_rest_goes_on(
    here: DeliveryTestbed, listeners: EventRecorder
) -> None:
    tries = 0

    def fail(context: EventContext) -> Effects:
        nonlocal tries
        if context.event.key == "general:0002":
            tries += 1
            raise ValueError("poison")
        return []

    listeners.answer = fail
    await here.bed.receive(*(message(here, number) for number in range(5)))
    assert tries == TRIES
    assert listeners.keys == ["general:0000", "general:0001", "general:0003", "general:0004"]
    async with here.bed.units.read() as session:
        assert [key for _, key, _ in await diaries.set_aside(session)] == ["general:0002"]


async def test_what_comes_after_poison_waits_until_it_is_set_aside(
    here: DeliveryTestbed, listeners: EventRecorder
) -> None:
    def fail(context: EventContext) -> Effects:
        raise ValueError("poison")

    listeners.answer = fail
    await here.bed.dispatcher.intake.commit(SPACE, [message(here, 1)])
    await here.bed.dispatcher.intake.commit(SPACE, [message(here, 2)])
    for _ in range(TRIES - 1):
        assert await here.bed.dispatcher.digest() == 1
    async with here.bed.units.read() as session:
        rows = {row.key: row.tries for row in await orm_of(session).scalars(select(DiaryRow))}
    assert rows == {"general:0001": TRIES - 1, "general:0002": 0}


async def test_a_feature_that_fails_half_way_leaves_nothing_half_done(
    here: DeliveryTestbed, listeners: EventRecorder
) -> None:
    general = await here.channel()
    # The second effect cannot be stored: there is no such member.
    listeners.answer = lambda _: [
        Post(general, text_card("one"), "a"),
        Post(Direct(999_999), text_card("two"), "b"),
    ]
    await here.bed.receive(message(here, 1))
    assert here.words == []
    async with here.bed.units.read() as session:
        assert list(await orm_of(session).scalars(select(OutboxRow.key))) == []


async def test_a_page_that_cannot_be_read_is_set_aside(
    here: DeliveryTestbed, listeners: EventRecorder
) -> None:
    await here.bed.dispatcher.intake.commit(SPACE, [message(here, 1), message(here, 2)])
    async with here.bed.units.write() as session:
        row = (await orm_of(session).scalars(select(DiaryRow).order_by(DiaryRow.id))).first()
        assert row is not None
        broken = row.key
        row.body = '{"type":"of another version"}'
    await here.settle()
    assert len(listeners.received) == 1
    async with here.bed.units.read() as session:
        assert [key for _, key, _ in await diaries.set_aside(session)] == [broken]


async def test_poison_in_one_space_does_not_stop_another(
    here: DeliveryTestbed, listeners: EventRecorder
) -> None:
    other = SpaceRef("page", "T2")
    await here.bed.dispatcher.sync_roster(
        Roster(other, "Other", (Profile("olga", "Olga"),), (ChannelFacts("o", "o"),))
    )
    async with here.bed.units.write() as session:
        space = await Directory(session).space("page", "T2")
        assert space is not None
        await People(session, (await Directory(session).communities(space.id))[0].id).begin(
            here.bed.clock.now()
        )
    here.bed.dispatcher.intake.invalidate()

    def fail(context: EventContext) -> Effects:
        if context.event.key.startswith("general"):
            raise ValueError("poison")
        return []

    listeners.answer = fail
    await here.bed.dispatcher.intake.commit(SPACE, [message(here, 1)])
    await here.bed.dispatcher.intake.commit(other, [message(here, 2, "olga", "o")])
    await here.settle()
    assert listeners.keys == ["o:0002"]


# people ----------------------------------------------------------------------------------------------


async def test_who_joins_is_a_member_and_new(here: DeliveryTestbed, listeners: EventRecorder) -> None:
    await here.bed.join("zoe", zone="Asia/Tokyo")
    ((context),) = listeners.received
    assert context.is_new
    assert context.member == await here.bed.member("zoe")
    assert context.member is not None
    assert (context.member.name, context.member.joined_at) == ("Zoe", here.bed.clock.now())


async def test_who_comes_back_is_not_new(here: DeliveryTestbed, listeners: EventRecorder) -> None:
    await here.bed.join("zoe")
    here.bed.clock.advance(SECOND)
    await here.bed.receive(MemberLeft(here.bed.clock.now(), "zoe"))
    assert (await here.bed.member("zoe")).left_at == here.bed.clock.now()
    here.bed.clock.advance(SECOND)
    await here.bed.join("zoe")
    assert [context.is_new for context in listeners.received] == [True, False, False]
    assert (await here.bed.member("zoe")).left_at is None


async def test_one_join_told_twice_is_one_join(here: DeliveryTestbed, listeners: EventRecorder) -> None:
    joined = MemberJoined(here.bed.clock.now(), Profile("zoe", "Zoe"))
    await here.bed.receive(joined)
    await here.bed.receive(joined)
    await here.bed.receive(MemberJoined(joined.at + SECOND, joined.who))
    assert [context.is_new for context in listeners.received] == [True, False]


@pytest.mark.parametrize("facts", [{"bot": True}, {"guest": True}, {"gone": True}])
async def test_guests_and_bots_do_not_become_members(
    here: DeliveryTestbed, listeners: EventRecorder, facts: dict[str, Any]
) -> None:
    await here.bed.join("zoe", **facts)
    with pytest.raises(AssertionError):
        await here.bed.member("zoe")
    assert listeners.received == []


async def test_who_becomes_a_guest_has_left_and_who_is_one_no_more_is_back(here: DeliveryTestbed) -> None:
    await here.bed.receive(MemberChanged(here.bed.clock.now(), Profile("ines", "Ines", guest=True)))
    assert (await here.bed.member("ines")).left_at == here.bed.clock.now()
    here.bed.clock.advance(SECOND)
    await here.bed.receive(MemberChanged(here.bed.clock.now(), Profile("ines", "Inês")))
    ines = await here.bed.member("ines")
    assert (ines.left_at, ines.name) == (None, "Inês")


async def test_before_it_begins_people_are_learnt_of_and_nobody_is_told(
    units: Units, clock: VirtualClock, listeners: EventRecorder
) -> None:
    bed = await make_testbed(units, clock, [listeners.feature])
    await bed.join("zoe")
    assert (await bed.member("zoe")).name == "Zoe"
    assert listeners.received == []


async def test_in_a_community_of_home_channels_a_join_is_that_of_a_home_channel(
    here: DeliveryTestbed, listeners: EventRecorder
) -> None:
    community = await here.bed.community()
    async with here.bed.units.write() as session:
        people = People(session, community.id)
        await people.settle([spot.id for spot in await people.spots() if spot.name == "help"])
        await people.enrol_present(here.bed.clock.now())
    here.bed.dispatcher.intake.invalidate()
    await here.bed.join("zoe", "general")
    with pytest.raises(AssertionError):
        await here.bed.member("zoe")
    here.bed.clock.advance(SECOND)
    await here.bed.join("zoe", "help")
    assert [context.is_new for context in listeners.received] == [True]
    here.bed.clock.advance(SECOND)
    await here.bed.receive(MemberLeft(here.bed.clock.now(), "zoe", "help"))
    assert (await here.bed.member("zoe")).left_at == here.bed.clock.now()


# messages and channels -------------------------------------------------------------------------------


async def test_an_edit_changes_what_is_kept_and_a_deletion_removes_it(here: DeliveryTestbed) -> None:
    await here.bed.receive(message(here, 1), message(here, 2))
    now = here.bed.clock.now()
    await here.bed.receive(
        MessageEdited(now, "general", "0001", "better?", links=("https://x.org",), question=True),
        MessageDeleted(now, "general", "0002"),
    )
    async with here.bed.units.read() as session:
        posted = select(DiaryRow).where(DiaryRow.kind == "posted")
        ((row),) = list(await orm_of(session).scalars(posted))
        assert (row.key, row.excerpt, row.links, row.question) == ("general:0001", "better?", 1, True)


async def test_a_renamed_channel_keeps_its_use_and_a_lost_one_is_not_shown(
    here: DeliveryTestbed, listeners: EventRecorder
) -> None:
    community = await here.bed.community()
    here.bed.clock.advance(SECOND)
    await here.bed.receive(ChannelChanged(here.bed.clock.now(), ChannelFacts("help", "ask-away")))
    async with here.bed.units.read() as session:
        people = People(session, community.id)
        assert [spot.name for spot in await people.spots() if spot.uses and spot.handle == "help"] == [
            "ask-away"
        ]
    here.bed.clock.advance(SECOND)
    await here.bed.receive(ChannelChanged(here.bed.clock.now(), ChannelFacts("help", "ask-away"), lost=True))
    async with here.bed.units.read() as session:
        assert "help" not in {spot.handle for spot in await People(session, community.id).spots()}
    assert len(listeners.received) == 2


async def test_a_lost_space_is_left_alone(here: DeliveryTestbed) -> None:
    community = await here.bed.community()
    await here.bed.receive(SpaceLost(here.bed.clock.now()))
    async with here.bed.units.read() as session:
        assert await Directory(session).spaces_of(community.id) == []


# after a gap -----------------------------------------------------------------------------------------


def roster(*people: Profile, channels: tuple[ChannelFacts, ...] = ()) -> Roster:
    known = [Profile(name, name.capitalize()) for name in ("ines", "marek", "nadia", "kofi", "lena")]
    return Roster(SPACE, "Test community", (*known, *people), channels)


async def joined_events(here: DeliveryTestbed, listeners: EventRecorder) -> list[Event]:
    await here.settle()
    return [context.event for context in listeners.received if context.is_new]


async def test_who_came_while_nobody_listened_joins_now(
    here: DeliveryTestbed, listeners: EventRecorder
) -> None:
    await here.bed.dispatcher.sync_roster(roster(Profile("zoe", "Zoe"), Profile("robot", "Robot", bot=True)))
    assert [
        one.who.handle for one in await joined_events(here, listeners) if isinstance(one, MemberJoined)
    ] == ["zoe"]
    await here.bed.dispatcher.sync_roster(roster(Profile("zoe", "Zoe")))
    assert len(await joined_events(here, listeners)) == 1


async def test_who_left_while_nobody_listened_has_left(here: DeliveryTestbed) -> None:
    without = Roster(SPACE, "Test community", tuple(p for p in roster().people if p.handle != "lena"))
    await here.bed.dispatcher.sync_roster(without)
    await here.settle()
    assert (await here.bed.member("lena")).left_at is not None


async def test_who_entered_a_home_channel_while_nobody_listened_joins_now(
    here: DeliveryTestbed, listeners: EventRecorder
) -> None:
    community = await here.bed.community()
    async with here.bed.units.write() as session:
        people = People(session, community.id)
        await people.settle([spot.id for spot in await people.spots() if spot.name == "help"])
        await people.enrol_present(here.bed.clock.now())
    await here.bed.dispatcher.sync_roster(roster(channels=(ChannelFacts("help", "help", members=("kofi",)),)))
    await here.settle()
    assert (await here.bed.member("kofi")).left_at is None


async def test_who_left_a_home_channel_while_nobody_listened_has_left(here: DeliveryTestbed) -> None:
    community = await here.bed.community()
    everyone = ChannelFacts("help", "help", members=("ines", "kofi"))
    await here.bed.dispatcher.sync_roster(roster(channels=(everyone,)))
    async with here.bed.units.write() as session:
        people = People(session, community.id)
        await people.settle([spot.id for spot in await people.spots() if spot.name == "help"])
        await people.enrol_present(here.bed.clock.now())
    await here.bed.dispatcher.sync_roster(roster(channels=(ChannelFacts("help", "help"),)))
    await here.settle()
    assert (await here.bed.member("kofi")).left_at is None, "of a channel without people nothing is known"
    await here.bed.dispatcher.sync_roster(roster(channels=(ChannelFacts("help", "help", members=("ines",)),)))
    await here.settle()
    assert (await here.bed.member("kofi")).left_at is not None
    assert (await here.bed.member("ines")).left_at is None


async def test_two_spaces_of_one_name_are_two_communities(here: DeliveryTestbed) -> None:
    other = SpaceRef("page", "T2")
    await here.bed.dispatcher.sync_roster(Roster(other, "Test community", (Profile("olga", "Olga"),)))
    async with here.bed.units.read() as session:
        space = await Directory(session).space("page", "T2")
        assert space is not None
        theirs = await Directory(session).communities(space.id)
    assert [one.id for one in theirs] != [(await here.bed.community()).id]
