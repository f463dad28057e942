"""Newcomers are greeted once ever: in the right way, many together, and nobody who takes no messages."""

from datetime import timedelta

import pytest

from facilitation.core.platforms.capabilities import Capabilities
from facilitation.core.values.cards import buttons_in, mentioned_in
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import Unreachable
from facilitation.core.values.events import MemberChanged, MemberJoined, Profile, Roster
from storage.communities import People
from storage.unit import Units
from storage.welcome import JourneyState
from tests.features.welcome.welcoming import (
    DAY,
    HOUR,
    MINUTE,
    at,
    begun,
    greeted,
    journey_of,
    leave,
    sent,
    start_buttons,
    under_way,
)
from tests.testbed import PEOPLE, SPACE, Testbed, words_of

BUTTON = {"manner": "button", "words": ""}


# Greeting ------------------------------------------------------------------------------------------


async def test_a_newcomer_is_greeted_a_minute_after_joining(bed: Testbed) -> None:
    await bed.join("ana")
    assert sent(bed, "ana") == []
    await bed.pass_time(MINUTE)
    [hello] = sent(bed, "ana")
    assert hello.words.split("\n") == [
        "Welcome to Test community",
        "Hello Ana, good to have you here.",
        "Pipelines people can trust.",
        "We help each other run them.",
        "How would you like to take part? You can change your mind at any time.",
        "You get this because you joined not long ago.",
    ]
    assert [button.label for button in buttons_in(hello.card)] == [
        "Look around",
        "Learn",
        "Share what I know",
        "Help run things",
        "Fewer of these",
    ]
    assert start_buttons(bed) == []


async def test_who_was_there_at_the_start_is_never_greeted(bed: Testbed) -> None:
    for who in PEOPLE:
        await bed.join(who)
        await leave(bed, who)
        await bed.join(who)
    await bed.pass_time(10 * DAY)
    assert [post for post in bed.posts if "Welcome" in post.words] == []


async def test_nobody_is_greeted_before_begin(units: Units, clock: VirtualClock) -> None:
    bed = await begun(units, clock)
    async with units.write() as session:
        await People(session, (await bed.community()).id).configure(begun_at=None)
    bed.dispatcher.intake.invalidate()
    await bed.join("ana")
    await bed.pass_time(DAY)
    assert bed.posts == []


async def test_leaving_and_rejoining_fifty_times_makes_one_welcome(bed: Testbed) -> None:
    for _ in range(50):
        await bed.join("ana")
        await bed.pass_time(2 * MINUTE)
        await leave(bed, "ana")
        await bed.pass_time(3 * HOUR)
    await bed.join("ana")
    await bed.pass_time(35 * DAY)
    assert len(sent(bed, "ana")) == 1
    assert start_buttons(bed) == []


async def test_who_left_within_the_minute_is_greeted_when_they_return(bed: Testbed) -> None:
    await bed.join("ana")
    await leave(bed, "ana")
    await bed.pass_time(DAY)
    assert sent(bed, "ana") == []
    await bed.join("ana")
    await bed.pass_time(MINUTE)
    assert len(sent(bed, "ana")) == 1


async def test_entering_a_second_channel_is_no_second_joining(quick: Testbed) -> None:
    await quick.join("ana")
    for place in ("general", "help"):
        await quick.join("ana", place)
    await quick.pass_time(DAY)
    assert len(sent(quick, "ana")) == 1


async def test_a_guest_who_becomes_a_member_is_greeted(quick: Testbed) -> None:
    await quick.receive(MemberJoined(quick.clock.now(), Profile("ana", "Ana", guest=True)))
    await quick.pass_time(DAY)
    assert sent(quick, "ana") == []
    await quick.receive(MemberChanged(quick.clock.now(), Profile("ana", "Ana")))
    await quick.pass_time(MINUTE)
    assert len(sent(quick, "ana")) == 1


async def test_a_join_that_comes_after_the_first_words_still_counts(bed: Testbed) -> None:
    people = tuple(Profile(name, name.capitalize()) for name in (*PEOPLE, "ana"))
    joined = MemberJoined(bed.clock.now(), people[-1])
    bed.clock.advance(MINUTE)
    await bed.write("ana", "Hello everybody")
    assert (await bed.member("ana")).joined_at is not None
    await bed.receive(joined)
    await bed.pass_time(MINUTE)
    assert len(sent(bed, "ana")) == 1


async def test_somebody_who_joined_while_the_bot_was_down_is_greeted(bed: Testbed) -> None:
    people = tuple(Profile(name, name.capitalize()) for name in (*PEOPLE, "ana"))
    await bed.dispatcher.sync_roster(Roster(bed.space, "Test community", people))
    await bed.settle()
    await bed.pass_time(MINUTE)
    assert len(sent(bed, "ana")) == 1


async def test_at_night_the_greeting_waits_for_the_newcomers_morning(quick: Testbed) -> None:
    await quick.join("ana", zone="America/Los_Angeles")
    await quick.pass_time(DAY)
    assert [post.at for post in sent(quick, "ana")] == [at("2026-03-02T16:00")]


async def test_who_does_not_answer_is_asked_once_more_and_then_left_in_peace(quick: Testbed) -> None:
    await greeted(quick)
    await quick.pass_time(35 * DAY)
    first, second = sent(quick, "ana")
    assert second.at == at("2026-03-05T10:00")
    assert "no hurry at all" in second.words
    assert first.words != second.words
    answered = await quick.press("ana", second, "Learn")
    assert words_of(answered).startswith("Thank you")


async def test_a_hush_drops_the_greeting(quick: Testbed) -> None:
    await quick.send("ines", "/coordinate hush")
    await quick.join("ana")
    await quick.pass_time(5 * DAY)
    assert sent(quick, "ana") == []


# By a button ---------------------------------------------------------------------------------------


@pytest.fixture
async def by_button(quick: Testbed) -> Testbed:
    """A community that greets with the button."""
    await quick.submit("ines", "welcome.edit_first_message", **BUTTON)
    return quick


async def test_with_the_button_the_channel_names_the_newcomer_and_notifies_nobody(by_button: Testbed) -> None:
    await by_button.join("ana")
    await by_button.pass_time(DAY)
    [button] = start_buttons(by_button)
    assert button.words.startswith("Welcome, Ana.")
    assert mentioned_in(button.card) == set()
    assert sent(by_button, "ana") == []


async def test_start_here_begins_the_journey_by_direct_message(by_button: Testbed) -> None:
    await by_button.join("ana")
    await by_button.pass_time(MINUTE)
    answer = await by_button.press("ana", start_buttons(by_button)[0], "Start here")
    assert "I have written to you, Ana." in words_of(answer)
    await by_button.settle()
    [hello] = sent(by_button, "ana")
    assert "You get this because" not in hello.words, "they asked for it"
    again = await by_button.press("ana", start_buttons(by_button)[0], "Start here")
    assert "How would you like to take part?" in words_of(again)
    await by_button.settle()
    assert len(sent(by_button, "ana")) == 1


async def test_without_a_press_nobody_is_written_to(by_button: Testbed) -> None:
    await by_button.join("ana")
    await by_button.pass_time(35 * DAY)
    assert sent(by_button, "ana") == []
    assert len(start_buttons(by_button)) == 1


async def test_a_newcomer_who_presses_late_is_reminded_three_days_after_that(by_button: Testbed) -> None:
    await by_button.join("ana", zone="Europe/Lisbon")
    await by_button.pass_time(20 * DAY)
    await by_button.press("ana", start_buttons(by_button)[0], "Start here")
    await by_button.pass_time(10 * DAY)
    assert [f"{post.at:%a %d %H:%M}" for post in sent(by_button, "ana")] == ["Sun 22 08:55", "Thu 26 10:00"]


async def test_who_is_no_newcomer_gets_a_kind_word(by_button: Testbed) -> None:
    await by_button.join("ana")
    await by_button.pass_time(MINUTE)
    answer = await by_button.press("marek", start_buttons(by_button)[0], "Start here")
    assert "You know your way around here." in words_of(answer)
    await by_button.settle()
    assert sent(by_button, "marek") == []


@pytest.mark.parametrize(("can_message_unasked", "by_message"), [(True, 1), (False, 0)])
async def test_newcomers_get_a_message_or_the_button_as_the_platform_allows(
    sqlite_units: Units, clock: VirtualClock, can_message_unasked: bool, by_message: int
) -> None:
    platform = Capabilities(can_message_unasked=can_message_unasked)
    bed = await begun(sqlite_units, clock, capabilities={SPACE.platform: platform})
    await bed.join("ana")
    await bed.pass_time(MINUTE)
    assert (len(sent(bed, "ana")), len(start_buttons(bed))) == (by_message, 1 - by_message)


# Closed direct messages ----------------------------------------------------------------------------


async def test_closed_direct_messages_lead_to_the_button_once_and_then_to_silence(bed: Testbed) -> None:
    bed.surface.faults = [Unreachable("closed")]
    await bed.join("ana")
    await bed.pass_time(35 * DAY)
    assert len(start_buttons(bed)) == 1
    assert sent(bed, "ana") == []


async def test_with_closed_direct_messages_the_button_asks_in_place(quick: Testbed) -> None:
    quick.surface.faults = [Unreachable("closed")]
    await quick.join("ana")
    await quick.pass_time(MINUTE)
    asked = await quick.press("ana", start_buttons(quick)[0], "Start here")
    assert "How would you like to take part?" in words_of(asked)
    answered = await quick.press("ana", asked, "Share what I know")
    assert words_of(answered).startswith("Thank you")
    await quick.pass_time(35 * DAY)
    assert sent(quick, "ana") == [], "there is nowhere to send the steps"
    assert len(start_buttons(quick)) == 1


async def test_direct_messages_that_close_on_the_way_end_the_journey(quick: Testbed) -> None:
    await under_way(quick)
    quick.surface.faults = [Unreachable("closed")]
    await quick.pass_time(35 * DAY)
    assert len(sent(quick, "ana")) == 1
    assert start_buttons(quick) == []
    journey = await journey_of(quick, "ana")
    assert journey is not None
    assert journey.state is JourneyState.ENDED


async def test_pressing_with_closed_direct_messages_posts_no_second_button(quick: Testbed) -> None:
    await quick.submit("ines", "welcome.edit_first_message", **BUTTON)
    await quick.join("ana")
    await quick.pass_time(MINUTE)
    quick.surface.faults = [Unreachable("closed")]
    await quick.press("ana", start_buttons(quick)[0], "Start here")
    await quick.pass_time(10 * DAY)
    assert len(start_buttons(quick)) == 1
    again = await quick.press("ana", start_buttons(quick)[0], "Start here")
    assert "How would you like to take part?" in words_of(again)


# Many at once --------------------------------------------------------------------------------------


async def raid(bed: Testbed, many: int, *, within: timedelta = MINUTE, name: str = "r") -> None:
    """So many join within a time."""
    for number in range(many):
        await bed.join(f"{name}{number}")
        await bed.pass_time(within / many)


async def test_many_joins_at_once_become_one_post_for_all_of_them(bed: Testbed) -> None:
    await raid(bed, 40, within=timedelta(seconds=50))
    await bed.pass_time(10 * DAY)
    [button] = start_buttons(bed)
    assert button.words.startswith("Welcome to everyone who has just come in.")
    assert mentioned_in(button.card) == set()
    assert [post for post in bed.posts if post.address.kind == "direct"] == []


async def test_five_joins_in_a_minute_are_greeted_one_by_one(quick: Testbed) -> None:
    await raid(quick, 5, within=timedelta(seconds=50))
    await quick.pass_time(HOUR)
    assert start_buttons(quick) == []
    assert [len(sent(quick, f"r{n}")) for n in range(5)] == [1] * 5


async def test_many_joins_that_go_on_have_the_one_post(quick: Testbed) -> None:
    await raid(quick, 60, within=timedelta(minutes=10))
    await quick.pass_time(HOUR)
    assert len(start_buttons(quick)) == 1


async def test_many_joins_on_the_edge_of_two_minutes_are_greeted_together(quick: Testbed) -> None:
    """One comes first, then four just before its minute ends and four just after."""
    await raid(quick, 1, within=timedelta(seconds=56), name="a")
    await raid(quick, 4, within=timedelta(seconds=3), name="b")
    await quick.pass_time(timedelta(seconds=2))
    await raid(quick, 4, within=timedelta(seconds=3), name="c")
    await quick.pass_time(HOUR)
    assert len(start_buttons(quick)) == 1
    assert [len(sent(quick, f"c{n}")) for n in range(4)] == [0] * 4


async def test_each_of_many_newcomers_may_press(quick: Testbed) -> None:
    await raid(quick, 6, within=timedelta(seconds=10))
    await quick.pass_time(MINUTE)
    for who in ("r0", "r5"):
        await quick.press(who, start_buttons(quick)[0], "Start here")
    await quick.settle()
    assert [len(sent(quick, f"r{n}")) for n in range(6)] == [1, 0, 0, 0, 0, 1]


async def test_many_newcomers_on_a_roster_are_greeted_together(quick: Testbed) -> None:
    newcomers = [f"r{number}" for number in range(12)]
    people = tuple(Profile(name, name.capitalize()) for name in (*PEOPLE, *newcomers))
    await quick.dispatcher.sync_roster(Roster(quick.space, "Test community", people))
    await quick.settle()
    await quick.pass_time(DAY)
    assert len(start_buttons(quick)) == 1
    assert [post for post in quick.posts if post.address.kind == "direct"] == []
