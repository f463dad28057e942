"""Coordinators: who they are and how that changes, the desk, hush, and what becomes of the bot's posts."""

from datetime import UTC, datetime, timedelta

import pytest

from facilitation.core.platforms.surface import Response
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import Unreachable
from facilitation.core.values.events import (
    ChannelChanged,
    ChannelFacts,
    MemberChanged,
    MemberLeft,
    Profile,
    Roster,
)
from storage.communities import Directory
from storage.unit import Units
from tests.features.community import (
    FEATURES,
    announcer,
    begin,
    button_labels,
    channel_messages,
    coordinators,
    direct_messages,
    make_community,
    save_settings,
    submit_form,
)
from tests.testbed import PEOPLE, Testbed, words_of

WITH_A_MANAGER = (Profile("ines", "Ines"), Profile("boss", "Boss", manager=True), Profile("marek", "Marek"))


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    """A community that nobody has begun yet; ines coordinates."""
    return await make_community(units, clock)


@pytest.fixture
async def quick(sqlite_units: Units, clock: VirtualClock) -> Testbed:
    """The same on one database: for words, which no database changes."""
    return await make_community(sqlite_units, clock)


@pytest.fixture
async def managed(units: Units, clock: VirtualClock) -> Testbed:
    """A community that nobody coordinates, in a space that boss manages."""
    return await make_community(units, clock, people=WITH_A_MANAGER, first=())


async def leave(bed: Testbed, who: str) -> None:
    await bed.receive(MemberLeft(bed.clock.now(), who))


async def come_back_after_a_restart(bed: Testbed, *people: Profile) -> None:
    """Do what the process does at startup: sync the roster of the space."""
    profiles = people or tuple(Profile(name, name.capitalize()) for name in PEOPLE)
    await bed.dispatcher.sync_roster(Roster(bed.space, "Test community", profiles))
    await bed.settle()


# The first ones, from the configuration ----------------------------------------------------------


async def test_the_configuration_names_the_first_coordinators(bed: Testbed) -> None:
    assert await coordinators(bed) == ["Ines"]


async def test_several_first_coordinators_are_all_appointed(units: Units, clock: VirtualClock) -> None:
    bed = await make_community(units, clock, first=("ines", "nobody-here", "kofi"))
    assert sorted(await coordinators(bed)) == ["Ines", "Kofi"]


async def test_a_guest_or_a_bot_is_not_appointed(units: Units, clock: VirtualClock) -> None:
    people = (Profile("g", "Guest", guest=True), Profile("b", "Bot", bot=True), Profile("ines", "Ines"))
    bed = await make_community(units, clock, people=people, first=("g", "b"))
    assert await coordinators(bed) == []


async def test_the_configuration_is_not_read_again_while_somebody_coordinates(bed: Testbed) -> None:
    await submit_form(bed, "ines", "coordination.hand_over", who="marek")
    await come_back_after_a_restart(bed)
    assert await coordinators(bed) == ["Marek"]


async def test_the_configuration_is_read_again_once_nobody_coordinates(bed: Testbed) -> None:
    await submit_form(bed, "ines", "coordination.hand_over", who="marek")
    await leave(bed, "marek")
    await come_back_after_a_restart(
        bed, *(Profile(name, name.capitalize()) for name in PEOPLE if name != "marek")
    )
    assert await coordinators(bed) == ["Ines"]


# The managers of a space --------------------------------------------------------------------------


async def test_while_nobody_coordinates_a_manager_of_the_space_may_add_one(managed: Testbed) -> None:
    answer = await managed.send("boss", "/coordinate coordinators add <@marek>")
    assert "Marek is now a coordinator" in words_of(answer)
    assert await coordinators(managed) == ["Marek"]


async def test_a_manager_may_add_themselves(managed: Testbed) -> None:
    await managed.send("boss", "/coordinate coordinators add <@boss>")
    assert await coordinators(managed) == ["Boss"]
    await managed.settle()
    assert managed.posts == [], "nobody needs to be told what they did themselves"


async def test_a_manager_may_do_nothing_else(managed: Testbed) -> None:
    for words in (
        "settings",
        "desk",
        "hush",
        "coordinators handover <@marek>",
        "coordinators remove <@marek>",
    ):
        answer = await managed.send("boss", f"/coordinate {words}")
        assert "Only a coordinator can do that" in words_of(answer), words


async def test_who_does_not_manage_the_space_adds_nobody(managed: Testbed) -> None:
    answer = await managed.send("marek", "/coordinate coordinators add <@marek>")
    assert "Only a coordinator can add one" in words_of(answer)
    assert await coordinators(managed) == []


async def test_a_manager_may_add_nobody_once_somebody_coordinates(managed: Testbed) -> None:
    await managed.send("boss", "/coordinate coordinators add <@marek>")
    answer = await managed.send("boss", "/coordinate coordinators add <@ines>")
    assert "Only a coordinator can add one" in words_of(answer)
    assert await coordinators(managed) == ["Marek"]


@pytest.mark.parametrize(
    "profile",
    [
        Profile("marek", "Marek", gone=True),
        Profile("marek", "Marek", guest=True),
        None,
    ],
    ids=["account gone", "made a guest", "left"],
)
async def test_a_manager_may_add_one_again_when_the_last_coordinator_vanishes(
    managed: Testbed, profile: Profile | None
) -> None:
    await managed.send("boss", "/coordinate coordinators add <@marek>")
    now = managed.clock.now()
    await managed.receive(MemberChanged(now, profile) if profile else MemberLeft(now, "marek"))
    assert await coordinators(managed) == []
    await managed.send("boss", "/coordinate coordinators add <@ines>")
    assert await coordinators(managed) == ["Ines"]


async def test_a_coordinator_who_returns_coordinates_again(managed: Testbed) -> None:
    await managed.send("boss", "/coordinate coordinators add <@marek>")
    await leave(managed, "marek")
    await managed.join("marek")
    assert await coordinators(managed) == ["Marek"]


async def test_the_list_says_how_to_get_a_first_one(managed: Testbed) -> None:
    answer = await managed.send("marek", "/coordinate coordinators list")
    assert "Nobody coordinates here yet" in words_of(answer)
    assert "/coordinate coordinators add" in words_of(answer)


# Adding, removing, handing over ------------------------------------------------------------------


async def test_everyone_may_know_who_coordinates(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate coordinators add <@marek>")
    assert words_of(await bed.send("lena", "/coordinate coordinators list")) == "Coordinators\nInes and Marek"


async def test_a_new_coordinator_is_told_by_whom_and_what_to_do(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate coordinators add <@marek>")
    await bed.settle()
    [told] = direct_messages(bed, "marek")
    assert "Ines made you a coordinator of Test community" in told.words
    assert "/coordinate desk" in told.words


async def test_adding_without_a_name_opens_a_form(quick: Testbed) -> None:
    answer = await quick.send("ines", "/coordinate coordinators add")
    assert answer.form is not None
    assert answer.form.title == "Add a coordinator"
    assert [(field.name, field.kind, field.required) for field in answer.form.fields] == [
        ("who", "person", True)
    ]


@pytest.mark.parametrize("command", ["add_coordinator", "remove_coordinator", "hand_over"])
async def test_a_form_sent_empty_says_what_is_missing(quick: Testbed, command: str) -> None:
    answer = await submit_form(quick, "ines", f"coordination.{command}")
    assert answer.form is not None
    assert answer.form.errors == {"who": "please fill this in"}


@pytest.mark.parametrize("command", ["add_coordinator", "remove_coordinator", "hand_over"])
@pytest.mark.parametrize("who", ["nobody", "kofi", 4_711], ids=["unknown", "who left", "no such member"])
async def test_who_is_not_here_is_refused_beside_the_field(quick: Testbed, command: str, who: object) -> None:
    await leave(quick, "kofi")
    answer = await submit_form(quick, "ines", f"coordination.{command}", who=who)
    assert answer.form is not None
    assert answer.form.errors == {"who": "That is not a member of this community."}
    assert await coordinators(quick) == ["Ines"]


async def test_a_name_typed_as_words_is_refused_in_words(quick: Testbed) -> None:
    answer = await quick.send("ines", "/coordinate coordinators add Marek")
    assert "not a member of this community" in words_of(answer)


async def test_nobody_is_added_twice(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate coordinators add <@marek>")
    assert "Marek coordinates here already" in words_of(
        await bed.send("ines", "/coordinate coordinators add <@marek>")
    )
    await bed.settle()
    assert len(direct_messages(bed, "marek")) == 1


async def test_a_coordinator_is_removed(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate coordinators add <@marek>")
    answer = await bed.send("ines", "/coordinate coordinators remove <@marek>")
    assert "Marek no longer coordinates here" in words_of(answer)
    assert "Only a coordinator can do that" in words_of(await bed.send("marek", "/coordinate desk"))


async def test_who_does_not_coordinate_cannot_be_removed(bed: Testbed) -> None:
    answer = await submit_form(bed, "ines", "coordination.remove_coordinator", who="marek")
    assert answer.form is not None
    assert answer.form.errors == {"who": "Marek does not coordinate here."}


async def test_the_last_one_cannot_step_down_without_a_successor(bed: Testbed) -> None:
    answer = await bed.send("ines", "/coordinate coordinators remove <@ines>")
    assert "/coordinate coordinators handover" in words_of(answer)
    assert await coordinators(bed) == ["Ines"]


async def test_one_of_two_may_step_down(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate coordinators add <@marek>")
    await bed.send("ines", "/coordinate coordinators remove <@ines>")
    assert await coordinators(bed) == ["Marek"]


async def test_who_left_does_not_count_as_another_one(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate coordinators add <@marek>")
    await leave(bed, "marek")
    await bed.send("ines", "/coordinate coordinators remove <@ines>")
    assert await coordinators(bed) == ["Ines"]


async def test_a_handover_passes_the_role_and_the_note(bed: Testbed) -> None:
    answer = await submit_form(
        bed, "ines", "coordination.hand_over", who="marek", note="The *recap* waits; look after Nadia."
    )
    assert "Marek coordinates from now on" in words_of(answer)
    assert await coordinators(bed) == ["Marek"]
    await bed.settle()
    [told] = direct_messages(bed, "marek")
    assert "Their note: The *recap* waits; look after Nadia." in told.words


async def test_a_handover_needs_no_note(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate coordinators handover <@marek>")
    await bed.settle()
    [told] = direct_messages(bed, "marek")
    assert "note" not in told.words


async def test_a_note_too_long_is_told_beside_it(quick: Testbed) -> None:
    answer = await submit_form(quick, "ines", "coordination.hand_over", who="marek", note="x" * 501)
    assert answer.form is not None
    assert answer.form.errors == {"note": "at most 500 characters, please"}


async def test_nobody_hands_over_to_themselves(bed: Testbed) -> None:
    answer = await bed.send("ines", "/coordinate coordinators handover <@ines>")
    assert "That is you" in words_of(answer)
    assert await coordinators(bed) == ["Ines"]


async def test_handing_over_to_a_fellow_coordinator_only_steps_down(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate coordinators add <@marek>")
    await bed.send("ines", "/coordinate coordinators handover <@marek>")
    assert await coordinators(bed) == ["Marek"]


async def test_members_cannot_change_who_coordinates(bed: Testbed) -> None:
    for words in ("add <@kofi>", "remove <@ines>", "handover <@kofi>"):
        answer = await bed.send("kofi", f"/coordinate coordinators {words}")
        assert "Only a coordinator can" in words_of(answer), words
    assert await coordinators(bed) == ["Ines"]


# The desk ----------------------------------------------------------------------------------------


async def test_the_desk_is_for_coordinators(bed: Testbed) -> None:
    assert "Only a coordinator can do that" in words_of(await bed.send("marek", "/coordinate desk"))


async def test_coordinate_alone_is_the_desk(bed: Testbed) -> None:
    assert words_of(await bed.send("ines", "/coordinate")) == words_of(
        await bed.send("ines", "/coordinate desk")
    )


async def test_an_empty_desk_wishes_a_good_hour(bed: Testbed) -> None:
    await begin(bed)
    assert (
        words_of(await bed.send("ines", "/coordinate desk"))
        == "The desk\nNothing waits for you. Enjoy your hour."
    )


async def test_the_desk_stays_silent_on_mondays_when_nothing_waits(bed: Testbed) -> None:
    await begin(bed)
    await bed.pass_time(timedelta(days=22))
    assert [post.card.title for post in bed.posts] == ["Hello"]


async def test_what_waits_comes_on_monday_at_nine_local_time_also_across_a_clock_change(bed: Testbed) -> None:
    await begin(bed, recap="", zone="America/New_York")
    await bed.pass_time(timedelta(days=15))
    assert [post.at for post in channel_messages(bed, "desk")] == [
        datetime(2026, 3, 2, 14, tzinfo=UTC),
        datetime(2026, 3, 9, 13, tzinfo=UTC),  # clocks went forward the day before
        datetime(2026, 3, 16, 13, tzinfo=UTC),
    ]


async def test_the_monday_desk_says_what_happens_if_it_is_ignored(bed: Testbed) -> None:
    await begin(bed, recap="")
    await bed.pass_time(timedelta(hours=1))
    [desk] = channel_messages(bed, "desk")
    assert "No channel is set for the weekly recap." in desk.words
    assert "If ignored: there is no recap." in desk.words
    assert (await bed.press("ines", desk, "Settings")).form is not None


async def test_without_a_channel_for_coordinators_each_of_them_gets_the_desk(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate coordinators add <@marek>")
    await begin(bed, recap="", coordinators="")
    await bed.pass_time(timedelta(hours=1))
    assert [post.card.title for post in direct_messages(bed, "ines")] == ["The desk"]
    assert [post.card.title for post in direct_messages(bed, "marek")] == ["You coordinate", "The desk"]
    assert direct_messages(bed, "kofi") == []


async def test_a_late_desk_comes_once_and_the_next_on_its_monday(bed: Testbed) -> None:
    """The process was down from Monday to Thursday a week later."""
    await begin(bed, recap="")
    bed.clock.advance(timedelta(days=10))
    await bed.settle()
    assert len(channel_messages(bed, "desk")) == 1
    assert await bed.next_due() == datetime(2026, 3, 16, 9, tzinfo=UTC)


# Hush --------------------------------------------------------------------------------------------


@pytest.fixture
async def talking(units: Units, clock: VirtualClock) -> Testbed:
    """A begun community with a feature that posts, nudges and keeps a beat on demand."""
    bed = await make_community(units, clock, features=(*FEATURES, announcer))
    await begin(bed)
    await bed.settle()
    bed.surface.posts.clear()
    return bed


async def test_hush_stops_beats_and_nudges_at_once_and_nothing_else(talking: Testbed) -> None:
    answer = await talking.send("ines", "/coordinate hush")
    assert "what is missed is skipped" in words_of(answer)
    assert "Until you lift it." in words_of(answer)
    for kind in ("beat", "nudge", "note"):
        await talking.write("marek", f"please {kind}")
    assert len(talking.posts) == 1
    assert "We have not" not in words_of(await talking.send("marek", "/cop home"))


async def test_without_hush_all_of_them_come(talking: Testbed) -> None:
    for kind in ("beat", "nudge", "note"):
        await talking.write("marek", f"please {kind}")
    assert len(talking.posts) == 3


async def test_what_was_missed_is_skipped_when_the_hush_is_lifted(talking: Testbed) -> None:
    hushed = await talking.send("ines", "/coordinate hush")
    await talking.write("marek", "please beat")
    await talking.write("marek", "please nudge")
    await talking.pass_time(timedelta(hours=3))
    answer = await talking.press("ines", hushed, "Speak again")
    assert "I am back" in words_of(answer)
    await talking.pass_time(timedelta(hours=3))
    assert (channel_messages(talking, "general"), direct_messages(talking, "marek")) == ([], [])
    await talking.write("marek", "please beat")
    assert len(channel_messages(talking, "general")) == 1


async def test_hush_with_a_date_ends_by_itself_that_day_at_midnight_local_time(talking: Testbed) -> None:
    await save_settings(talking, zone="America/New_York")
    answer = await talking.send("ines", "/coordinate hush 2026-03-04")
    assert "Until" in words_of(answer)
    talking.clock.move_to(datetime(2026, 3, 4, 4, 59, tzinfo=UTC))
    await talking.write("marek", "please beat")
    assert channel_messages(talking, "general") == []
    talking.clock.move_to(datetime(2026, 3, 4, 5, tzinfo=UTC))
    await talking.write("marek", "please beat")
    assert len(channel_messages(talking, "general")) == 1


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2026-03-02", "That day is over"),
        ("2025-12-24", "That day is over"),
        ("next week", "a date is written like 2026-03-09"),
        ("2026-02-30", "a date is written like 2026-03-09"),
    ],
)
async def test_a_date_that_cannot_be_is_refused_and_nothing_is_hushed(
    quick: Testbed, until: str, words: str
) -> None:
    assert words in words_of(await quick.send("ines", f"/coordinate hush {until}"))
    assert not (await quick.community()).hushed


async def test_a_hush_stands_on_the_desk_with_its_end_until_it_is_over(talking: Testbed) -> None:
    await talking.send("ines", "/coordinate hush 2026-03-04")
    during = await talking.send("ines", "/coordinate desk")
    assert "I am hushed." in words_of(during)
    assert button_labels(during) == ["Speak again"]
    talking.clock.move_to(datetime(2026, 3, 4, tzinfo=UTC))
    assert "Nothing waits for you" in words_of(await talking.send("ines", "/coordinate desk"))


async def test_lifting_a_hush_that_is_over_says_so(talking: Testbed) -> None:
    hushed = await talking.send("ines", "/coordinate hush 2026-03-04")
    talking.clock.move_to(datetime(2026, 3, 5, tzinfo=UTC))
    assert "I am not hushed." in words_of(await talking.press("ines", hushed, "Speak again"))


async def test_the_monday_desk_comes_also_while_hushed(talking: Testbed) -> None:
    await talking.send("ines", "/coordinate hush")
    await talking.pass_time(timedelta(days=1))
    assert [post.card.title for post in channel_messages(talking, "desk")] == ["The desk"]


async def test_only_coordinators_hush_and_lift(talking: Testbed) -> None:
    assert "Only a coordinator can do that" in words_of(await talking.send("marek", "/coordinate hush"))
    hushed = await talking.send("ines", "/coordinate hush")
    assert "Only a coordinator can do that" in words_of(await talking.press("marek", hushed, "Speak again"))
    assert (await talking.community()).hushed


# Take back ---------------------------------------------------------------------------------------


async def take_back(bed: Testbed, who: str, place: str, message: str, community: int = 0) -> Response:
    """The message action, as a platform sends it."""
    args = {"place": place, "message": message}
    return await bed.send(who, command="coordination.take_back", args=args, via="button", community=community)


async def test_take_back_is_offered_on_messages() -> None:
    [endpoint] = [endpoint for endpoint in FEATURES[0].endpoints if endpoint.label]
    assert (endpoint.label, endpoint.id) == ("Take back", "coordination.take_back")


async def test_a_post_of_the_bot_is_taken_back(bed: Testbed) -> None:
    await begin(bed)
    await bed.settle()
    [hello] = bed.posts
    answer = await take_back(bed, "ines", "general", hello.message)
    assert words_of(answer) == "Taken back."
    await bed.settle()
    assert bed.posts == []


async def test_it_is_taken_back_once(bed: Testbed) -> None:
    await begin(bed)
    await bed.settle()
    [hello] = bed.posts
    await take_back(bed, "ines", "general", hello.message)
    assert "not a message of mine" in words_of(await take_back(bed, "ines", "general", hello.message))


async def test_a_persons_message_cannot_be_taken_back(bed: Testbed) -> None:
    await begin(bed)
    message = await bed.write("marek", "mine to keep")
    answer = await take_back(bed, "ines", "general", message.message)
    assert "not a message of mine that I could take back" in words_of(answer)


async def test_a_member_cannot_take_a_post_back(bed: Testbed) -> None:
    await begin(bed)
    await bed.settle()
    [hello] = bed.posts
    assert "Only a coordinator can do that" in words_of(
        await take_back(bed, "marek", "general", hello.message)
    )
    await bed.settle()
    assert len(bed.posts) == 1


async def test_a_post_of_another_community_in_the_space_cannot_be_taken_back(bed: Testbed) -> None:
    await begin(bed)
    await bed.settle()
    [hello] = bed.posts
    await bed.dispatcher.sync_roster(
        Roster(bed.space, "Test community", tuple(Profile(name, name.capitalize()) for name in PEOPLE)),
        community_name="Neighbours",
    )
    async with bed.units.read() as session:
        mine, other = await Directory(session).communities(1)
    assert (mine.name, other.name) == ("Test community", "Neighbours")
    there = await take_back(bed, "ines", "general", hello.message, community=other.id)
    assert "not a message of mine" in words_of(there)
    here = await take_back(bed, "ines", "general", hello.message, community=mine.id)
    assert words_of(here) == "Taken back."


# Channels that are gone --------------------------------------------------------------------------


def gone(bed: Testbed, name: str, *, lost: bool = False) -> ChannelChanged:
    return ChannelChanged(bed.clock.now(), ChannelFacts(name, name, archived=not lost), lost=lost)


@pytest.mark.parametrize("lost", [True, False], ids=["removed", "archived"])
async def test_coordinators_are_told_once_that_a_channel_in_use_is_gone(bed: Testbed, lost: bool) -> None:
    await begin(bed, help="help")
    await bed.receive(gone(bed, "help", lost=lost))
    await bed.pass_time(timedelta(minutes=5))
    await bed.receive(gone(bed, "help", lost=lost))
    [told] = channel_messages(bed, "desk")
    assert "#help, the channel for help." in told.words
    assert ("I was removed from" in told.words) is lost
    assert "/coordinate settings" in told.words


async def test_nobody_hears_of_a_channel_without_a_job(bed: Testbed) -> None:
    await begin(bed, help="")
    await bed.receive(gone(bed, "help", lost=True))
    assert channel_messages(bed, "desk") == []


async def test_when_the_coordinators_channel_is_gone_they_are_told_directly(bed: Testbed) -> None:
    await begin(bed)
    await bed.receive(gone(bed, "desk"))
    [told] = direct_messages(bed, "ines")
    assert "Someone archived #desk, the channel for coordinators." in told.words


async def test_a_channel_that_is_back_and_gone_again_is_told_again(bed: Testbed) -> None:
    await begin(bed, help="help")
    await bed.receive(gone(bed, "help", lost=True))
    await bed.pass_time(timedelta(days=2))
    await bed.receive(ChannelChanged(bed.clock.now(), ChannelFacts("help", "help")))
    await bed.pass_time(timedelta(minutes=5))
    await bed.receive(gone(bed, "help", lost=True))
    assert len(channel_messages(bed, "desk")) == 2


async def test_a_lost_channel_is_no_choice_any_more(bed: Testbed) -> None:
    await begin(bed)
    await bed.receive(gone(bed, "help", lost=True))
    answer = await submit_form(bed, "ines", "coordination.edit_settings", help="help")
    assert answer.form is not None
    assert "invite me first" in answer.form.errors["help"]


async def test_the_recap_channel_gone_is_also_on_the_desk(bed: Testbed) -> None:
    await begin(bed, recap="help")
    await bed.receive(gone(bed, "help", lost=True))
    assert "No channel is set for the weekly recap." in words_of(await bed.send("ines", "/coordinate desk"))


# What could not be said --------------------------------------------------------------------------


async def test_coordinators_are_told_once_a_day_that_something_could_not_be_posted(talking: Testbed) -> None:
    talking.surface.faults = [Unreachable("archived")]
    await talking.write("marek", "please note")
    talking.surface.faults = [Unreachable("archived")]
    await talking.write("marek", "please note")
    [told] = channel_messages(talking, "desk")
    assert "The channel is archived. What was to be said is dropped." in told.words
    await talking.pass_time(timedelta(days=1))
    talking.surface.faults = [Unreachable("archived")]
    await talking.write("marek", "please note")
    assert len(channel_messages(talking, "desk")) == 2


async def test_closed_direct_messages_are_nobodys_business(talking: Testbed) -> None:
    talking.surface.faults = [Unreachable("closed")]
    await talking.write("marek", "please nudge")
    await talking.pass_time(timedelta(hours=1))
    assert talking.posts == []


async def test_when_even_that_cannot_be_said_it_is_left_at_that(talking: Testbed) -> None:
    before = talking.surface.deliveries
    talking.surface.faults = [Unreachable("forbidden"), Unreachable("forbidden")]
    await talking.write("marek", "please note")
    await talking.pass_time(timedelta(hours=1))
    assert talking.posts == []
    assert talking.surface.deliveries == before + 2, "the note, and the word about it: each tried once"


# Entering channels -------------------------------------------------------------------------------


async def test_settings_enter_every_channel_of_a_community_that_is_the_whole_space(bed: Testbed) -> None:
    await begin(bed, help="help")
    await bed.settle()
    assert set(bed.surface.entered) == {"general", "introductions", "help", "desk"}


async def test_settings_of_chosen_home_channels_leave_other_channels_alone(bed: Testbed) -> None:
    await bed.receive(ChannelChanged(bed.clock.now(), ChannelFacts("random", "random")))
    await begin(bed, home=["help"])
    await bed.settle()
    assert "help" in bed.surface.entered
    assert "random" not in bed.surface.entered


async def test_a_new_channel_of_a_whole_space_is_entered_once(bed: Testbed) -> None:
    await begin(bed)
    await bed.receive(ChannelChanged(bed.clock.now(), ChannelFacts("brand-new", "brand-new")))
    await bed.pass_time(timedelta(minutes=5))
    await bed.receive(ChannelChanged(bed.clock.now(), ChannelFacts("brand-new", "renamed")))
    assert bed.surface.entered.count("brand-new") == 1


async def test_coordinators_are_asked_to_invite_it_where_it_cannot_enter(bed: Testbed) -> None:
    bed.surface.locked = {"desk"}
    await begin(bed)
    await bed.settle()
    asked = [post for post in bed.posts if "cannot enter by myself" in post.words]
    assert [post.address.people for post in asked] == [("ines",)]


async def test_a_typed_value_that_its_field_could_not_show_is_refused_and_nothing_is_reset(
    quick: Testbed,
) -> None:
    before = await quick.community()
    for typed, words in (("zone:Mars", "Time zone: "), ("recap_day:someday", "please choose monday, ")):
        answer = await quick.send("ines", f"/coordinate settings {typed}")
        assert answer.form is None
        assert words in words_of(answer)
    opened = await quick.send("ines", "/coordinate settings zone:Europe/Lisbon")
    assert opened.form is not None
    assert await quick.community() == before
