"""The first run: silence, the settings form, *Begin*, and who is new after it."""

from datetime import UTC, datetime, time, timedelta

import pytest

from facilitation.core.values.cards import mentioned_in
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import Unknown
from facilitation.core.values.events import (
    ChannelChanged,
    ChannelFacts,
    MemberChanged,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    Profile,
    ReactionAdded,
    Roster,
    SpaceRef,
)
from storage.communities import Directory, People, Use
from storage.communities.tables import OwnershipRow
from storage.session import orm_of
from storage.unit import Units
from tests.features.community import (
    begin,
    button_labels,
    excerpts,
    make_community,
    save_settings,
    submit_form,
    value_of,
)
from tests.testbed import PEOPLE, Testbed, words_of

GUESSABLE = (
    "general",
    "random",
    "introductions",
    "help-me",
    "announcements",
    ChannelFacts("C-leads", "coordinators", private=True),
)


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    """A community that nobody has begun yet."""
    return await make_community(units, clock)


@pytest.fixture
async def quick(sqlite_units: Units, clock: VirtualClock) -> Testbed:
    """The same on one database: for words, which no database changes."""
    return await make_community(sqlite_units, clock)


# Silence -----------------------------------------------------------------------------------------


async def test_no_event_makes_the_bot_speak_before_begin(bed: Testbed) -> None:
    await bed.join("zoe", zone="Europe/Paris")
    await bed.join("zoe", place="general")
    message = await bed.write("marek", "does anybody read this? https://example.org/a")
    await bed.write("zoe", "hello, I am new", place="introductions")
    now = bed.clock.now()
    await bed.receive(
        ReactionAdded(now, "general", message.message, "kofi", "tada"),
        MessageEdited(now, "general", message.message, "edited"),
        MessageDeleted(now, "general", message.message),
        MemberChanged(now, Profile("nadia", "Nadia B", "Africa/Tunis")),
        ChannelChanged(now, ChannelFacts("help", "help", archived=True)),
        ChannelChanged(now, ChannelFacts("general", "general"), lost=True),
        MemberLeft(now, "kofi"),
    )
    await bed.pass_time(timedelta(days=14))
    assert bed.surface.deliveries == 0
    assert await bed.next_due() is None


async def test_nothing_is_kept_of_what_people_write_before_begin(bed: Testbed) -> None:
    await bed.write("marek", "not for the diary")
    assert await excerpts(bed) == []


async def test_saving_the_settings_ends_no_silence(bed: Testbed) -> None:
    await save_settings(bed)
    await bed.pass_time(timedelta(days=14))
    assert bed.surface.deliveries == 0


async def test_commands_are_answered_before_begin_to_the_asker_alone(bed: Testbed) -> None:
    assert "We have not begun yet" in words_of(await bed.send("marek", "/cop home"))
    assert "What I keep" in words_of(await bed.send("marek", "/cop about"))
    await bed.settle()
    assert bed.surface.deliveries == 0


async def test_until_begin_the_desk_leads_to_the_settings_and_then_to_begin(bed: Testbed) -> None:
    first = await bed.send("ines", "/coordinate desk")
    assert button_labels(first) == ["Settings"]
    assert "If ignored: I stay silent." in words_of(first)
    form = (await bed.press("ines", first, "Settings")).form
    assert form is not None
    assert form.command == "coordination.edit_settings"
    await save_settings(bed)
    second = await bed.send("ines", "/coordinate desk")
    assert button_labels(second) == ["Begin"]
    assert "We have begun" in words_of(await bed.press("ines", second, "Begin"))


# Settings ----------------------------------------------------------------------------------------


async def test_the_first_settings_form_guesses_channels_by_their_names(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    bed = await make_community(sqlite_units, clock, channels=GUESSABLE)
    form = (await bed.send("ines", "/coordinate settings")).form
    assert value_of(form, "welcome") == "general"
    assert value_of(form, "introductions") == "introductions"
    assert value_of(form, "help") == "help-me"
    assert value_of(form, "recap") == "general"
    assert value_of(form, "coordinators") == "C-leads"


async def test_a_public_or_an_archived_channel_is_not_guessed(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    channels = (ChannelFacts("c1", "coordinators"), ChannelFacts("c2", "help", archived=True), "random")
    bed = await make_community(sqlite_units, clock, channels=channels)
    form = (await bed.send("ines", "/coordinate settings")).form
    assert value_of(form, "coordinators") is None
    assert value_of(form, "help") is None


async def test_settings_come_back_as_they_were_saved(bed: Testbed) -> None:
    answer = await save_settings(
        bed,
        welcome="introductions",
        help="",
        zone="europe/lisbon",
        country="pt",
        recap_day="tuesday",
        recap_at="9",
        quiet_from="21:30",
        quiet_to="7",
        quiet_weekends=False,
    )
    words = words_of(answer)
    assert "#introductions" in words
    assert "Tuesday at 09:00" in words
    assert "21:30 to 07:00" in words
    assert "weekends" not in words
    form = (await bed.send("ines", "/coordinate settings")).form
    expected: dict[str, object] = {
        "welcome": "introductions",
        "help": None,
        "zone": "Europe/Lisbon",
        "country": "PT",
        "recap_day": "tuesday",
        "recap_at": time(9),
        "quiet_from": time(21, 30),
        "quiet_to": time(7),
        "quiet_weekends": False,
    }
    assert {name: value_of(form, name) for name in expected} == expected


async def test_a_cleared_channel_is_not_guessed_again(bed: Testbed) -> None:
    await save_settings(bed, welcome="", help="")
    form = (await bed.send("ines", "/coordinate settings")).form
    assert (value_of(form, "welcome"), value_of(form, "help")) == (None, None)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("zone", "Lisboa", "Europe/Lisbon"),
        ("recap_at", "half past nine", "9:30"),
        ("recap_at", "25:00", "9:30"),
        ("quiet_from", "8pm", "9:30"),
        ("country", "Portugal", "2 characters"),
        ("recap_day", "someday", "friday"),
        ("welcome", "nowhere", "not a channel I can see"),
        ("home", ["general", "nowhere"], "not a channel I can see"),
    ],
)
async def test_a_wrong_setting_is_told_beside_its_field(
    quick: Testbed, field: str, value: object, words: str
) -> None:
    answer = await save_settings(quick, **{field: value})
    assert answer.form is not None
    assert list(answer.form.errors) == [field]
    assert words in answer.form.errors[field]
    assert value_of(answer.form, field) == value, "what was typed is still there"
    assert not (await quick.community()).configured


async def test_all_wrong_settings_are_told_at_once(quick: Testbed) -> None:
    answer = await save_settings(quick, zone="x", recap_at="x", quiet_to="x")
    assert answer.form is not None
    assert sorted(answer.form.errors) == ["quiet_to", "recap_at", "zone"]


async def test_typed_settings_change_what_they_name_and_nothing_else(bed: Testbed) -> None:
    await save_settings(bed, recap_day="tuesday")
    answer = await bed.send("ines", "/coordinate settings zone:Africa/Accra")
    assert answer.form is not None, "a form that shows what is stored, to be looked through"
    assert value_of(answer.form, "zone") == "Africa/Accra"
    assert value_of(answer.form, "recap_day") == "tuesday"
    assert value_of(answer.form, "welcome") == "general"


async def test_only_a_coordinator_opens_and_saves_the_settings(bed: Testbed) -> None:
    for answer in (
        await bed.send("marek", "/coordinate settings"),
        await bed.submit("marek", "coordination.edit_settings", zone="Africa/Accra"),
    ):
        assert answer.form is None
        assert "Only a coordinator can do that" in words_of(answer)
    assert (await bed.community()).zone == "UTC"


# Begin -------------------------------------------------------------------------------------------


async def test_begin_says_hello_in_the_welcome_channel_with_what_is_kept_and_how_to_opt_out(
    bed: Testbed,
) -> None:
    answer = await begin(bed, welcome="introductions")
    assert "5 people are here" in words_of(answer)
    await bed.settle()
    [hello] = bed.posts
    assert hello.address.handle == "introductions"
    assert "I am Tertulia" in hello.words
    assert "Test community" in hello.words
    assert "looked after by Ines" in hello.words
    assert "What I keep." in hello.words
    assert "first 200 characters for five weeks" in hello.words
    assert "Nothing from direct messages" in hello.words
    assert "with /cop privacy quiet I write to you only when you ask me something" in hello.words


async def test_hello_notifies_nobody(bed: Testbed) -> None:
    await begin(bed)
    await bed.settle()
    assert mentioned_in(bed.posts[0].card) == set()


async def test_begin_without_a_welcome_channel_says_nothing_in_public(bed: Testbed) -> None:
    assert "We have begun" in words_of(await begin(bed, welcome=""))
    await bed.settle()
    assert bed.posts == []


async def test_one_person_is_counted_as_one(sqlite_units: Units, clock: VirtualClock) -> None:
    bed = await make_community(sqlite_units, clock, people=("ines",))
    assert "One person is here" in words_of(await begin(bed))


async def test_begin_comes_after_the_settings(bed: Testbed) -> None:
    answer = await bed.send("ines", command="coordination.begin", via="button")
    assert "/coordinate settings" in words_of(answer)
    await bed.settle()
    assert bed.surface.deliveries == 0
    assert (await bed.community()).begun_at is None


async def test_begin_happens_once_even_if_somebody_else_presses_again(bed: Testbed) -> None:
    saved = await save_settings(bed)
    await bed.press("ines", saved, "Begin")
    at = (await bed.community()).begun_at
    await bed.pass_time(timedelta(hours=1))
    again = await bed.press("ines", saved, "Begin")
    assert "begun already" in words_of(again)
    await bed.settle()
    assert len(bed.posts) == 1
    assert (await bed.community()).begun_at == at


async def test_a_member_cannot_begin(bed: Testbed) -> None:
    saved = await save_settings(bed)
    answer = await bed.press("marek", saved, "Begin")
    assert "Only a coordinator can do that" in words_of(answer)
    assert (await bed.community()).begun_at is None


async def test_rights_are_checked_at_the_press_and_not_when_the_button_was_shown(bed: Testbed) -> None:
    await submit_form(bed, "ines", "coordination.add_coordinator", who="marek")
    saved = await save_settings(bed, "marek")
    await submit_form(bed, "ines", "coordination.remove_coordinator", who="marek")
    answer = await bed.press("marek", saved, "Begin")
    assert "Only a coordinator can do that" in words_of(answer)
    assert (await bed.community()).begun_at is None


async def test_everyone_present_at_begin_is_the_baseline_and_those_who_join_later_are_new(
    bed: Testbed,
) -> None:
    await bed.join("zoe")
    await begin(bed)
    await bed.pass_time(timedelta(hours=2))
    await bed.join("amir")
    assert {name: (await bed.member(name)).baseline for name in (*PEOPLE, "zoe", "amir")} == {
        **dict.fromkeys((*PEOPLE, "zoe"), True),
        "amir": False,
    }
    amir = await bed.member("amir")
    assert amir.joined_at == bed.clock.now()


async def test_a_member_who_leaves_and_returns_is_not_new(bed: Testbed) -> None:
    await begin(bed)
    await bed.receive(MemberLeft(bed.clock.now(), "kofi"))
    assert (await bed.member("kofi")).left_at is not None
    await bed.pass_time(timedelta(days=1))
    await bed.join("kofi")
    kofi = await bed.member("kofi")
    assert (kofi.baseline, kofi.left_at) == (True, None)


async def test_somebody_who_joined_while_the_bot_was_down_is_new(bed: Testbed) -> None:
    await begin(bed)
    people = tuple(Profile(name, name.capitalize()) for name in (*PEOPLE, "zoe"))
    await bed.pass_time(timedelta(hours=1))
    await bed.dispatcher.sync_roster(Roster(bed.space, "Test community", people))
    await bed.settle()
    zoe = await bed.member("zoe")
    assert (zoe.baseline, zoe.joined_at) == (False, bed.clock.now())


async def test_the_home_card_says_when_we_have_begun(bed: Testbed) -> None:
    before = words_of(await bed.send("marek", "/cop"))
    await begin(bed)
    after = words_of(await bed.send("marek", "/cop"))
    assert "not begun" in before
    assert "not begun" not in after


async def test_settings_saved_while_running_move_the_desk(bed: Testbed) -> None:
    """Monday 09:00 is another instant in another zone."""
    await begin(bed)
    assert await bed.next_due() is not None
    await bed.pass_time(timedelta(hours=1))
    await save_settings(bed, zone="America/New_York")
    await bed.settle()
    assert await bed.next_due() == datetime(2026, 3, 2, 14, tzinfo=UTC)


async def test_home_channels_make_members_of_who_is_in_them(bed: Testbed) -> None:
    for name in ("ines", "marek"):
        await bed.join(name, place="help")
    answer = await begin(bed, home=("help",))
    assert "2 people are here" in words_of(answer)
    async with bed.units.read() as session:
        present = await People(session, (await bed.community()).id).present()
    assert [member.name for member in present] == ["Ines", "Marek"]
    outsider = await bed.send("nadia", "/cop home")
    assert "not in this community yet" in words_of(outsider)
    await bed.join("nadia", place="help")
    nadia = await bed.member("nadia")
    assert (nadia.left_at, nadia.baseline) == (None, False)


async def present(bed: Testbed) -> list[str]:
    async with bed.units.read() as session:
        return [member.name for member in await People(session, (await bed.community()).id).present()]


async def test_begin_can_be_pressed_before_it_is_known_who_is_in_a_home_channel(bed: Testbed) -> None:
    """On Slack that is read once the bot is in the channel, which takes a moment."""
    everybody = await present(bed)
    answer = await begin(bed, home=("help", "general"))
    assert "We have begun" in words_of(answer)
    inside = Roster(bed.space, "Test community", channels=(ChannelFacts("help", "help", members=("marek",)),))
    await bed.dispatcher.sync_roster(inside)
    await bed.settle()
    assert await present(bed) == everybody, "of the other one nothing is known yet"
    both = (*inside.channels, ChannelFacts("general", "general", members=("ines",)))
    for _ in range(2):
        await bed.dispatcher.sync_roster(Roster(bed.space, "Test community", channels=both))
        await bed.settle()
        assert await present(bed) == ["Ines", "Marek"]
    kofi = await bed.member("kofi")
    assert kofi.left_at == bed.clock.now()
    assert "not in this community yet" in words_of(await bed.send("kofi", "/cop home"))
    await bed.join("kofi", place="help")
    assert (await bed.member("kofi")).left_at is None


async def test_who_is_at_home_by_another_account_has_not_left(bed: Testbed) -> None:
    await begin(bed, home=("help",))
    community, kofi = await bed.community(), await bed.member("kofi")
    async with bed.units.write() as session:
        directory = Directory(session)
        [space] = await directory.spaces_of(community.id)
        await directory.put_accounts(space, [("kofi-too", "Kofi", "", True, False)])
        account = await directory.account(space, "kofi-too")
        assert account is not None
        orm_of(session).add(OwnershipRow(account_id=account.id, community_id=community.id, member_id=kofi.id))
    inside = ChannelFacts("help", "help", members=("ines", "kofi-too"))
    await bed.dispatcher.sync_roster(Roster(bed.space, "Test community", channels=(inside,)))
    await bed.settle()
    assert await present(bed) == ["Ines", "Kofi"]


async def test_only_what_is_written_in_home_channels_is_kept(bed: Testbed) -> None:
    for name in ("ines", "marek"):
        await bed.join(name, place="help")
    await begin(bed, home=("help",))
    await bed.write("marek", "inside", place="help")
    await bed.write("marek", "outside", place="general")
    await bed.write("marek", "private", place="desk")
    assert await excerpts(bed) == ["inside"]


async def test_a_private_channel_that_was_not_chosen_is_not_kept(bed: Testbed) -> None:
    await begin(bed)
    await bed.write("marek", "in public")
    await bed.write("ines", "among us", place="desk")
    assert await excerpts(bed) == ["in public"]


async def test_a_private_channel_chosen_as_home_is_kept(bed: Testbed) -> None:
    await bed.join("ines", place="desk")
    await begin(bed, home=("desk",))
    await bed.write("ines", "among us", place="desk")
    assert await excerpts(bed) == ["among us"]


async def test_a_channel_made_later_can_be_chosen(bed: Testbed) -> None:
    await bed.receive(ChannelChanged(bed.clock.now(), ChannelFacts("C-new", "newsroom")))
    answer = await save_settings(bed, recap="C-new")
    assert "#newsroom" in words_of(answer)


async def test_the_hello_post_is_for_the_whole_space_even_if_the_surface_fails_once(bed: Testbed) -> None:
    bed.surface.faults = [("after", Unknown("connection lost"))]
    await begin(bed)
    await bed.pass_time(timedelta(minutes=5))
    assert len(bed.posts) == 1, "it did arrive, and is not said twice"


# Several spaces ----------------------------------------------------------------------------------


async def test_settings_saved_in_one_space_leave_the_channels_of_another_alone(bed: Testbed) -> None:
    """The community moves: its people are in a second space, where nothing is chosen yet."""
    await begin(bed, recap="help", introductions="introductions")
    there = SpaceRef("page", "T2")
    people = tuple(Profile(name, name.capitalize()) for name in PEOPLE)
    await bed.dispatcher.sync_roster(
        Roster(there, "The new place", people, (ChannelFacts("lobby", "lobby"), ChannelFacts("den", "den"))),
        community_name="Test community",
    )
    await bed.settle()
    bed.space = there
    community = await bed.community()
    ines = await bed.member("ines")
    async with bed.units.write() as session:
        await People(session, community.id).grant(ines.id, "coordinator", bed.clock.now())
    form = (await bed.send("ines", "/coordinate settings")).form
    assert value_of(form, "recap") is None, "a channel of the other space cannot be shown here"
    answer = await save_settings(bed, welcome="lobby")
    assert "Settings saved" in words_of(answer)
    async with bed.units.read() as session:
        spots = await People(session, community.id).spots()
    uses = {use: spot.handle for spot in spots for use in spot.uses}
    assert uses == {
        Use.WELCOME: "lobby",
        Use.RECAP: "help",
        Use.INTRODUCTIONS: "introductions",
        Use.HELP: "help",
        Use.COORDINATORS: "desk",
    }


async def test_a_channel_of_another_space_cannot_be_chosen(bed: Testbed) -> None:
    await bed.dispatcher.sync_roster(
        Roster(SpaceRef("page", "T2"), "Elsewhere", (), (ChannelFacts("den", "den"),)),
        community_name="Test community",
    )
    answer = await save_settings(bed, welcome="den")
    assert answer.form is not None
    assert "not a channel I can see" in answer.form.errors["welcome"]
