"""The courier: what is to be said is said once, in order, in time, and only to whom it may."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from facilitation.core.execution.effect_store import store_effects
from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt
from facilitation.core.values.cards import Channel, Group, PostThread, Thread
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.effects import NUDGE_PRIORITIES, Post, React, Retract, Revise
from facilitation.core.values.errors import Throttled, Unknown, Unreachable
from facilitation.core.values.events import MemberLeft, SpaceRef
from facilitation.core.values.speech import card, mention, say
from facilitation.core.workers.courier import LAST_BREATH, LEASE, TRIES
from storage.communities import AccountRow, Directory, MemberRow, People
from storage.diary import DiaryRow
from storage.outbox import OutboxRow, claim
from storage.session import orm_of
from storage.unit import Units
from tests.core.conftest import only_sqlite
from tests.core.delivery import NUDGES, DeliveryTestbed, make_delivery_testbed, text_card
from tests.testbed import SPACE, RecordingSurface

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def here(units: Units, clock: VirtualClock) -> DeliveryTestbed:
    return await make_delivery_testbed(units, clock)


# saying ----------------------------------------------------------------------------------------------


async def test_a_post_is_said_where_it_belongs_and_once(here: DeliveryTestbed) -> None:
    await here.tell(Post(await here.channel("help"), text_card("Hello"), "a"))
    await here.tell(Post(await here.channel("help"), text_card("Hello again"), "a"))
    await here.settle()
    assert [(post.address, post.words) for post in here.bed.posts] == [(Address("channel", "help"), "Hello")]
    assert here.delivered == ["a"]
    assert here.bed.surface.deliveries == 1


async def test_what_is_said_stands_in_the_diary_with_where_it_stands(here: DeliveryTestbed) -> None:
    await here.tell(Post(await here.channel("help"), text_card("Hello"), "a"))
    await here.settle()
    async with here.bed.units.read() as session:
        row = (await orm_of(session).scalars(select(DiaryRow).where(DiaryRow.kind == "delivered"))).one()
        assert (row.message, row.at) == ("m1", here.bed.clock.now())


async def test_a_direct_message_goes_to_the_person_and_names_who_is_named(here: DeliveryTestbed) -> None:
    marek = await here.bed.member("marek")
    await here.tell(Post(await here.to("ines"), card("", say("Meet {who}", who=mention(marek))), "a"))
    await here.settle()
    assert [(post.address, post.words) for post in here.bed.posts] == [
        (Address("direct", people=("ines",)), "Meet Marek")
    ]
    assert here.bed.posts[0].renderable.people[marek.id].handle == "marek"


@only_sqlite
async def test_messages_of_one_place_come_in_order(here: DeliveryTestbed) -> None:
    general = await here.channel()
    await here.tell(*(Post(general, text_card(str(number)), str(number)) for number in range(5)))
    await here.settle()
    assert here.words == ["0", "1", "2", "3", "4"]


@only_sqlite
async def test_an_emoji_is_put_under_a_message(here: DeliveryTestbed) -> None:
    general = await here.channel()
    await here.tell(React(general, "m77", "tada"), React(general, "m77", "tada"))
    await here.settle()
    assert [(post.emoji, post.address) for post in here.bed.posts] == [
        ("tada", Address("thread", "general", "m77"))
    ]


@only_sqlite
async def test_a_reply_in_a_thread_goes_there(here: DeliveryTestbed) -> None:
    general = await here.channel()
    await here.tell(Post(Thread(general.space, "general", "m5"), text_card("Here"), "a"))
    await here.settle()
    assert here.bed.posts[0].address == Address("thread", "general", "m5")


async def test_what_stands_under_a_post_waits_for_it(here: DeliveryTestbed) -> None:
    general = await here.channel()
    here.bed.surface.faults = [Throttled(MINUTE)]
    await here.tell(
        Post(general, text_card("Question"), "q"), Post(PostThread("q"), text_card("Answer"), "a")
    )
    await here.settle()
    assert here.words == []
    await here.pass_time(2 * MINUTE)
    assert here.words == ["Question", "Answer"]
    assert here.bed.posts[1].address == Address("thread", "general", "m1")


@only_sqlite
async def test_what_stands_under_a_post_that_never_comes_is_dropped_in_the_end(here: DeliveryTestbed) -> None:
    await here.tell(Post(PostThread("never"), text_card("Answer"), "a", stale=timedelta(seconds=20)))
    await here.pass_time(MINUTE)
    assert here.words == []
    assert here.failed == [("a", "stale")]


async def test_a_group_is_opened_once_and_used_again(here: DeliveryTestbed) -> None:
    members = tuple([(await here.bed.member(who)).id for who in ("ines", "marek")])
    pair = Group("pair:1", members)
    await here.tell(Post(pair, text_card("Meet"), "a"), Post(pair, text_card("Again"), "b"))
    await here.settle()
    first, second = (post.address for post in here.bed.posts)
    assert first == Address("group", "", people=("ines", "marek"))
    assert second == Address("group", "dm1", people=("ines", "marek"))


# changing --------------------------------------------------------------------------------------------


async def test_a_post_is_revised_where_it_stands(here: DeliveryTestbed) -> None:
    await here.tell(Post(await here.channel(), text_card("Old"), "a"))
    await here.settle()
    await here.tell(Revise("a", text_card("New")))
    await here.settle()
    assert [(post.words, post.edits) for post in here.bed.posts] == [("New", 1)]
    assert here.delivered == ["a"]


@only_sqlite
async def test_a_post_revised_before_it_is_said_is_said_as_it_should_be(here: DeliveryTestbed) -> None:
    await here.tell(Post(await here.channel(), text_card("Old"), "a"), Revise("a", text_card("New")))
    await here.settle()
    assert [(post.words, post.edits) for post in here.bed.posts] == [("New", 0)]


async def test_a_post_is_taken_back(here: DeliveryTestbed) -> None:
    await here.tell(Post(await here.channel(), text_card("Oops"), "a"))
    await here.settle()
    await here.tell(Retract("a"))
    await here.settle()
    assert here.words == []
    assert len(here.bed.surface.posts) == 1


async def test_a_post_taken_back_before_it_was_said_is_never_said(here: DeliveryTestbed) -> None:
    await here.tell(Post(await here.channel(), text_card("Oops"), "a"), Retract("a"))
    await here.settle()
    assert here.bed.surface.deliveries == 0
    assert here.failed == [("a", "withdrawn")]


# in doubt --------------------------------------------------------------------------------------------


async def test_a_post_whose_answer_was_lost_is_looked_up_and_not_repeated(here: DeliveryTestbed) -> None:
    here.bed.surface.faults = [("after", Unknown("connection reset"))]
    await here.tell(Post(await here.channel(), text_card("Hello"), "a"))
    await here.settle()
    assert here.delivered == []
    await here.pass_time(MINUTE)
    assert [(post.words, post.edits) for post in here.bed.posts] == [("Hello", 1)]
    assert here.delivered == ["a"]


@only_sqlite
async def test_a_post_in_doubt_that_was_revised_since_ends_up_as_it_should_look(
    here: DeliveryTestbed,
) -> None:
    here.bed.surface.faults = [("after", Unknown("connection reset"))]
    await here.tell(Post(await here.channel(), text_card("Old"), "a"))
    await here.settle()
    await here.tell(Revise("a", text_card("New")))
    await here.pass_time(MINUTE)
    assert here.words == ["New"]
    assert len(here.bed.surface.posts) == 1


@only_sqlite
async def test_a_post_in_doubt_that_never_arrived_is_said(here: DeliveryTestbed) -> None:
    here.bed.surface.faults = [Unknown("connection refused")]
    await here.tell(Post(await here.channel(), text_card("Hello"), "a"))
    await here.settle()
    await here.pass_time(MINUTE)
    assert [(post.words, post.edits) for post in here.bed.posts] == [("Hello", 0)]


@only_sqlite
async def test_a_long_outage_repeats_nothing_and_loses_nothing(here: DeliveryTestbed) -> None:
    here.bed.surface.faults = [Unknown("refused") for _ in range(12)]
    await here.tell(Post(await here.channel(), text_card("Hello"), "a"))
    await here.pass_time(HOUR)
    assert here.words == ["Hello"]
    assert here.delivered == ["a"]


async def die_while_sending(here: DeliveryTestbed, *, arrived: bool) -> None:
    """As a process leaves it that is killed between handing a message over and noting that it did."""
    await here.tell(Post(await here.channel(), text_card("Hello"), "a"))
    async with here.bed.units.write() as session:
        (letter,) = await claim(session, here.bed.clock.now(), [], 20)
        await orm_of(session).execute(
            update(OutboxRow).values(state="sending", lease_until=here.bed.clock.now() + LEASE)
        )
    if arrived:
        renderable = (await here.bed.send("ines", "nothing like that")).renderable
        assert renderable is not None
        await here.bed.surface.deliver(
            OutgoingMessage(letter.delivery, Address("channel", "general"), renderable)
        )


async def assert_said_once(here: DeliveryTestbed, *, arrived: bool, after: timedelta) -> None:
    """It is not touched before, and looked up then."""
    await here.settle()
    assert len(here.bed.posts) == arrived
    await here.pass_time(after)
    assert here.words == ["Hello"]
    assert len(here.bed.surface.posts) == 1
    assert here.delivered == ["a"]


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_post_on_its_way_when_the_process_died_is_looked_up(
    here: DeliveryTestbed, arrived: bool
) -> None:
    await die_while_sending(here, arrived=arrived)
    await assert_said_once(here, arrived=arrived, after=LEASE + MINUTE)


@pytest.mark.parametrize("arrived", [True, False])
async def test_who_is_alone_at_work_soon_looks_up_what_the_dead_left(
    here: DeliveryTestbed, arrived: bool
) -> None:
    await die_while_sending(here, arrived=arrived)
    await here.bed.courier.take_over()
    await assert_said_once(here, arrived=arrived, after=LAST_BREATH + timedelta(seconds=1))


class Forgetful(RecordingSurface):
    """A surface that cannot always look up what it said."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.not_now: list[Exception] = []

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        if self.not_now:
            raise self.not_now.pop(0)
        return await super().find(delivery, address)


@only_sqlite
@pytest.mark.parametrize(
    "fault",
    [
        Unknown("still down"),
        OSError("no route"),
        Throttled(MINUTE),
    ],
    ids=["unknown", "error", "throttled"],
)
async def test_a_look_that_fails_leaves_the_doubt(here: DeliveryTestbed, fault: Exception) -> None:
    surface = Forgetful(here.bed.clock)
    here.bed.surface = surface
    here.bed.courier.connect(SPACE, surface)
    surface.faults, surface.not_now = [("after", Unknown("reset"))], [fault]
    await here.tell(Post(await here.channel(), text_card("Hello"), "a"))
    await here.settle()
    await here.pass_time(10 * MINUTE)
    assert here.words == ["Hello"]


@only_sqlite
async def test_a_post_taken_back_while_in_doubt_is_not_said_after_all(here: DeliveryTestbed) -> None:
    here.bed.surface.faults = [Unknown("refused")]
    await here.tell(Post(await here.channel(), text_card("Oops"), "a"))
    await here.settle()
    await here.tell(Retract("a"))
    await here.pass_time(10 * MINUTE)
    assert here.words == []
    assert here.bed.surface.posts == []


@only_sqlite
async def test_a_post_in_doubt_that_never_arrived_is_not_said_when_it_is_stale(here: DeliveryTestbed) -> None:
    here.bed.surface.faults = [Unknown("refused") for _ in range(8)]
    await here.tell(Post(await here.channel(), text_card("Good morning"), "a", stale=5 * MINUTE))
    await here.pass_time(HOUR)
    assert here.words == []
    assert here.failed == [("a", "stale")]


async def test_who_lives_in_a_zone_that_nobody_knows_is_written_to_by_the_communitys(
    here: DeliveryTestbed,
) -> None:
    async with here.bed.units.write() as session:
        await orm_of(session).execute(update(AccountRow).values(zone="No/Where"))
    await here.tell(Post(await here.to("ines"), text_card("Hello"), "a", nudge=NUDGES["welcome"]))
    await here.pass_time(DAY)
    assert len(here.words) == 1
    assert here.failed == []


async def test_a_nudge_in_doubt_that_never_arrived_respects_a_wish_made_since(here: DeliveryTestbed) -> None:
    here.bed.surface.faults = [Unknown("refused")]
    await here.tell(Post(await here.to("ines"), text_card("Hello"), "a", nudge=NUDGES["welcome"]))
    await here.settle()
    async with here.bed.units.write() as session:
        await orm_of(session).execute(update(MemberRow).values(quiet=True))
    await here.pass_time(10 * MINUTE)
    assert here.words == []


# a platform that says no -----------------------------------------------------------------------------


async def test_a_throttled_place_waits_as_told_and_delays_no_other(here: DeliveryTestbed) -> None:
    here.bed.surface.faults = [Throttled(5 * MINUTE)]
    await here.tell(
        Post(await here.channel("general"), text_card("slow"), "a"),
        Post(await here.channel("general"), text_card("behind"), "b"),
        Post(await here.channel("help"), text_card("free"), "c"),
    )
    await here.settle()
    assert here.words == ["free"]
    here.bed.clock.advance(4 * MINUTE)
    await here.settle()
    assert here.words == ["free"]
    here.bed.clock.advance(MINUTE)
    await here.settle()
    assert here.words == ["free", "slow", "behind"]


async def test_a_closed_door_is_remembered_and_not_knocked_at_unasked(here: DeliveryTestbed) -> None:
    here.bed.surface.faults = [Unreachable("closed")]
    await here.tell(Post(await here.to("ines"), text_card("Hello"), "a", nudge=NUDGES["welcome"]))
    await here.settle()
    assert here.failed == [("a", "closed")]
    await here.tell(Post(await here.to("ines"), text_card("Hello again"), "b", nudge=NUDGES["welcome"]))
    await here.settle()
    assert here.failed == [("a", "closed"), ("b", "closed")]
    assert here.bed.surface.deliveries == 1


@only_sqlite
async def test_a_place_that_is_gone_is_given_up_and_the_next_message_goes(here: DeliveryTestbed) -> None:
    here.bed.surface.faults = [Unreachable("archived")]
    general = await here.channel()
    await here.tell(Post(general, text_card("one"), "a"), Post(general, text_card("two"), "b"))
    await here.settle()
    assert here.failed == [("a", "archived")]
    assert here.words == ["two"]


class Broken(RecordingSurface):
    """A surface with a bug."""

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        self.deliveries += 1
        raise KeyError("x" * 500)


async def test_a_bug_in_a_surface_is_tried_some_times_and_then_given_up(here: DeliveryTestbed) -> None:
    surface = Broken(here.bed.clock)
    here.bed.courier.connect(SPACE, surface)
    await here.tell(Post(await here.channel(), text_card("Hello"), "a"))
    await here.pass_time(2 * HOUR)
    assert surface.deliveries == TRIES
    ((key, why),) = here.failed
    assert key == "a"
    assert why.startswith("KeyError")
    state, reason = (await here.states())["a"]
    assert state == "failed"
    assert reason == why[:300]


@only_sqlite
async def test_a_space_that_is_not_connected_is_waited_for(here: DeliveryTestbed) -> None:
    here.bed.courier.disconnect(SPACE)
    await here.tell(Post(await here.channel(), text_card("Hello"), "a"))
    await here.pass_time(10 * MINUTE)
    assert here.words == []
    here.bed.courier.connect(SPACE, here.bed.surface)
    await here.pass_time(2 * MINUTE)
    assert here.words == ["Hello"]


@only_sqlite
async def test_to_a_lost_space_nothing_is_said(here: DeliveryTestbed) -> None:
    await here.tell(Post(await here.channel(), text_card("Hello"), "a"))
    async with here.bed.units.write() as session:
        facts = await Directory(session).space("page", "T1")
        assert facts is not None
        await Directory(session).lose_space(facts.id, here.bed.clock.now())
    await here.settle()
    assert here.bed.surface.deliveries == 0
    assert (await here.states())["a"] == ("expired", "gone")


@only_sqlite
async def test_places_are_paced(here: DeliveryTestbed) -> None:
    here.bed.courier.connect(SPACE, here.bed.surface, timedelta(seconds=10))
    general, help_ = await here.channel("general"), await here.channel("help")
    await here.tell(
        *(Post(general, text_card(f"g{n}"), f"g{n}") for n in range(3)), Post(help_, text_card("h"), "h")
    )
    await here.settle()
    assert sorted(here.words) == ["g0", "h"]
    here.bed.clock.advance(timedelta(seconds=9))
    await here.settle()
    assert len(here.words) == 2
    here.bed.clock.advance(timedelta(seconds=1))
    await here.settle()
    assert len(here.words) == 3


async def test_the_next_time_is_when_a_paced_place_is_free_again(here: DeliveryTestbed) -> None:
    here.bed.courier.connect(SPACE, here.bed.surface, timedelta(seconds=10))
    general = await here.channel("general")
    await here.tell(*(Post(general, text_card(f"g{n}"), f"g{n}") for n in range(2)))
    await here.settle()
    assert await here.bed.courier.next_at() == here.bed.clock.now() + timedelta(seconds=10)


# whom it may reach -----------------------------------------------------------------------------------


async def test_who_got_two_unasked_messages_this_week_waits_for_the_third(here: DeliveryTestbed) -> None:
    ines = await here.to("ines")
    for key in ("a", "b", "c"):
        await here.tell(Post(ines, text_card(key), key, nudge=NUDGES["welcome"], stale=30 * DAY))
        await here.settle()
    await here.tell(
        Post(ines, text_card("asked for"), "d"),
        Post(await here.to("marek"), text_card("m"), "m", nudge=NUDGES["help"]),
    )
    await here.settle()
    assert [post.words.split("\n")[0] for post in here.bed.posts] == ["a", "b", "asked for", "m"]
    await here.pass_time(6 * DAY)
    assert "c" not in here.delivered
    await here.pass_time(2 * DAY)
    assert "c" in here.delivered


async def test_a_tight_budget_is_spent_on_what_matters_more(
    here: DeliveryTestbed, clock: VirtualClock
) -> None:
    """Held over night they stand in any order; in the morning the two most important ones go."""
    clock.move_to(clock.now() + 13 * HOUR)
    ines = await here.to("ines")
    for nudge in NUDGE_PRIORITIES[::-1]:
        await here.tell(Post(ines, text_card(nudge), nudge, nudge=NUDGES[nudge], stale=10 * DAY))
    await here.settle()
    assert here.delivered == []
    await here.pass_time(12 * HOUR)
    assert set(here.delivered) == {"welcome", "mentoring"}
    await here.pass_time(6 * DAY)
    assert len(here.delivered) == 2
    await here.pass_time(DAY)
    assert set(here.delivered[2:]) == {"help", "milestone"}


@only_sqlite
async def test_what_the_budget_holds_too_long_is_dropped(here: DeliveryTestbed) -> None:
    ines = await here.to("ines")
    for number in range(3):
        await here.tell(
            Post(ines, text_card("milestone"), f"{number}", nudge=NUDGES["milestone"], stale=3 * DAY)
        )
    await here.pass_time(8 * DAY)
    assert here.delivered == ["0", "1"]
    assert here.failed == [("2", "stale")]


@only_sqlite
async def test_whoever_wants_fewer_gets_fewer(here: DeliveryTestbed) -> None:
    member = await here.bed.member("ines")
    async with here.bed.units.write() as session:
        await People(session, member.community).change(member.id, weekly_limit=1)
    ines = await here.to("ines")
    for key in ("a", "b"):
        await here.tell(Post(ines, text_card(key), key, nudge=NUDGES["welcome"], stale=30 * DAY))
    await here.settle()
    assert here.delivered == ["a"]
    assert await here.bed.next_due() == here.bed.clock.now() + 7 * DAY + timedelta(seconds=1)
    await here.pass_time(8 * DAY)
    assert here.delivered == ["a", "b"]


@only_sqlite
async def test_an_unasked_message_in_doubt_counts_as_said(here: DeliveryTestbed) -> None:
    here.bed.surface.faults = [("after", Unknown("connection reset"))] * 2
    ines = await here.to("ines")
    for key in ("a", "b", "c"):
        await here.tell(Post(ines, text_card(key), key, nudge=NUDGES["welcome"]))
        await here.settle()
    await here.pass_time(HOUR)
    assert here.words[:2] == [f"{key}\nYou get this in a test." for key in "ab"]
    assert len(here.bed.posts) == 2


@only_sqlite
async def test_an_unasked_message_says_why_it_came(here: DeliveryTestbed) -> None:
    await here.tell(Post(await here.to("ines"), text_card("Hello"), "a", nudge=NUDGES["welcome"]))
    await here.settle()
    assert here.words == ["Hello\nYou get this in a test."]


async def test_at_night_nobody_is_written_to_unasked(here: DeliveryTestbed, clock: VirtualClock) -> None:
    clock.move_to(datetime.fromisoformat("2026-03-02T21:00+00:00"))
    await here.tell(
        Post(await here.to("ines"), text_card("nudge"), "a", nudge=NUDGES["welcome"]),
        Post(await here.to("ines"), text_card("asked for"), "b"),
    )
    await here.settle()
    assert here.words == ["asked for"]
    await here.pass_time(timedelta(hours=10, minutes=50))
    assert here.words == ["asked for"]
    await here.pass_time(10 * MINUTE)
    assert len(here.words) == 2
    assert here.bed.posts[1].at == datetime.fromisoformat("2026-03-03T08:00+00:00")


@only_sqlite
async def test_it_is_night_where_the_person_is(here: DeliveryTestbed) -> None:
    async with here.bed.units.write() as session:
        await orm_of(session).execute(
            update(MemberRow).where(MemberRow.name == "Ines").values(zone="Asia/Tokyo")
        )
        await orm_of(session).execute(
            update(AccountRow).where(AccountRow.handle == "marek").values(zone="Pacific/Auckland")
        )
    for who in ("ines", "marek", "nadia"):
        await here.tell(Post(await here.to(who), text_card(who), who, nudge=NUDGES["welcome"]))
    await here.pass_time(HOUR)
    # 8:55 in Lisbon is the afternoon in Tokyo and late evening in Auckland.
    assert sorted(here.delivered) == ["ines", "nadia"]


@only_sqlite
async def test_a_hush_drops_what_was_not_asked_for_and_nothing_else(here: DeliveryTestbed) -> None:
    await here.configure(hushed=True)
    await here.tell(
        Post(await here.channel(), text_card("prompt"), "a", hushable=True),
        Post(await here.to("ines"), text_card("nudge"), "b", nudge=NUDGES["welcome"]),
        Post(await here.to("ines"), text_card("asked for"), "c"),
    )
    await here.settle()
    assert here.words == ["asked for"]
    assert sorted(here.failed) == [("a", "hushed"), ("b", "hushed")]
    await here.configure(hushed=False)
    await here.pass_time(DAY)
    assert here.words == ["asked for"]


@only_sqlite
async def test_what_stands_already_can_be_mended_in_a_hush(here: DeliveryTestbed) -> None:
    await here.tell(Post(await here.channel(), text_card("prompt"), "a", hushable=True))
    await here.settle()
    await here.configure(hushed=True)
    await here.tell(Revise("a", text_card("mended")))
    await here.settle()
    assert here.words == ["mended"]


@only_sqlite
async def test_who_wants_to_be_left_alone_is(here: DeliveryTestbed) -> None:
    async with here.bed.units.write() as session:
        await orm_of(session).execute(update(MemberRow).where(MemberRow.name == "Ines").values(quiet=True))
    await here.tell(
        Post(await here.to("ines"), text_card("nudge"), "a", nudge=NUDGES["help"]),
        Post(await here.to("ines"), text_card("ask"), "b"),
    )
    await here.settle()
    assert here.words == ["ask"]
    assert here.failed == [("a", "quiet")]


@only_sqlite
async def test_who_has_left_is_written_to_no_more(here: DeliveryTestbed) -> None:
    ines = await here.to("ines")
    await here.bed.receive(MemberLeft(here.bed.clock.now(), "ines"))
    await here.tell(Post(ines, text_card("Hello"), "a"))
    await here.settle()
    assert here.bed.surface.deliveries == 0
    assert here.failed == [("a", "left")]


async def test_what_is_stale_is_not_said_late(here: DeliveryTestbed) -> None:
    here.bed.courier.disconnect(SPACE)
    await here.tell(Post(await here.channel(), text_card("Good morning"), "a", stale=HOUR))
    await here.settle()
    here.bed.clock.advance(HOUR + MINUTE)
    here.bed.courier.connect(SPACE, here.bed.surface)
    await here.settle()
    assert here.words == []
    assert here.failed == [("a", "stale")]


# one for all -----------------------------------------------------------------------------------------


async def test_a_message_that_cannot_be_read_stops_no_other(here: DeliveryTestbed) -> None:
    await here.tell(Post(await here.channel("general"), text_card("broken"), "a"))
    async with here.bed.units.write() as session:
        await orm_of(session).execute(
            update(OutboxRow).values(card='{"parts":[{"type":"of another version"}]}')
        )
    await here.tell(Post(await here.channel("help"), text_card("fine"), "b"))
    await here.settle()
    assert here.words == ["fine"]


async def test_who_lives_in_a_zone_that_nobody_knows_has_the_communitys(here: DeliveryTestbed) -> None:
    async with here.bed.units.write() as session:
        await orm_of(session).execute(
            update(AccountRow).where(AccountRow.handle == "ines").values(zone="Mars/Olympus")
        )
    await here.tell(Post(await here.to("ines"), text_card("nudge"), "a", nudge=NUDGES["help"]))
    await here.tell(Post(await here.to("marek"), text_card("fine"), "b"))
    await here.settle()
    assert set(here.delivered) == {"a", "b"}


async def test_two_communities_of_a_space_hear_of_their_own_posts(units: Units, clock: VirtualClock) -> None:
    here = await make_delivery_testbed(units, clock)
    async with units.write() as session:
        space = await Directory(session).space("page", "T1")
        assert space is not None
        other = await Directory(session).put_community("Other", space.id)
    general, help_ = await here.channel("general"), await here.channel("help")
    await here.tell(Post(general, text_card("ours"), "recap:2026-W09"))
    async with units.write() as session:
        await store_effects(
            session,
            here.bed.dispatcher.registry,
            other,
            "test",
            [Post(help_, text_card("theirs"), "recap:2026-W09")],
            clock.now(),
        )
    await here.settle()
    async with units.read() as session:
        told = set(
            await orm_of(session).scalars(select(DiaryRow.community_id).where(DiaryRow.kind == "delivered"))
        )
    assert told == {(await here.bed.community()).id, other.id}


@only_sqlite
async def test_two_spaces_are_served_each_by_its_surface(here: DeliveryTestbed, clock: VirtualClock) -> None:
    other = RecordingSurface(clock)
    here.bed.courier.connect(SpaceRef("page", "T2"), other)
    community = await here.bed.community()
    async with here.bed.units.write() as session:
        directory = Directory(session)
        facts = await directory.put_space("page", "T2", "T2")
        await directory.put_community(community.name, facts.id)
        await directory.put_channels(facts.id, [("general", "general", False, False)])
    await here.tell(
        Post(await here.channel(), text_card("here"), "a"),
        Post(Channel(facts.id, "general"), text_card("there"), "b"),
    )
    await here.settle()
    assert here.words == ["here"]
    assert [post.words for post in other.posts] == ["there"]
