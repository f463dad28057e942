"""The charter: home, help, about, me; and who is answered, in which community, in which words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import build
from bot.config import CommunityConfig, Settings
from bot.features import FEATURES as EVERY_FEATURE
from facilitation.core.platforms.surface import Response
from facilitation.core.values.cards import Buttons, Fields, Items, Small
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import MemberLeft, Profile, Roster, SpaceLost
from facilitation.core.values.speech import plain
from storage.communities import Community, Directory
from storage.unit import Units
from tests.conftest import NOW
from tests.features.community import (
    FEATURES,
    announcer,
    button_labels,
    direct_messages,
    make_community,
    running_community,
    save_settings,
    submit_form,
    value_of,
)
from tests.testbed import PEOPLE, Testbed, make_testbed, words_of

CONFIGURED = CommunityConfig(
    name="Test community",
    domain="Pipelines.",
    purpose="Helping.",
    ground_rules=("Ask early.", "Be kind."),
    goals=("A handbook.",),
)


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    """A running community of charter and coordination alone, with a feature that nudges on demand."""
    bed = await running_community(units, clock, features=(*FEATURES, announcer))
    bed.surface.posts.clear()
    return bed


@pytest.fixture
async def quick(sqlite_units: Units, clock: VirtualClock) -> Testbed:
    """The same before Begin, on one database: for words, which no database changes."""
    return await make_community(sqlite_units, clock)


@pytest.fixture
async def whole(units: Units, clock: VirtualClock) -> Testbed:
    """A community with every feature."""
    return await make_community(units, clock, features=EVERY_FEATURE)


def rows(answer: Response) -> dict[str, str]:
    """The labelled values of a card."""
    assert answer.renderable is not None
    found = [row for part in answer.renderable.card.parts if isinstance(part, Fields) for row in part.rows]
    names = {member: person.name for member, person in answer.renderable.people.items()}
    return {row.label: plain(row.value, names) for row in found}


def commands_in(answer: Response) -> list[str]:
    """The commands that a help card lists."""
    assert answer.renderable is not None
    lists = [part for part in answer.renderable.card.parts if isinstance(part, Items)]
    return [plain(item.text) for part in lists for item in part.items]


# Home --------------------------------------------------------------------------------------------


async def test_cop_alone_is_home(bed: Testbed) -> None:
    assert words_of(await bed.send("marek", "/cop")) == words_of(await bed.send("marek", "/cop home"))


async def test_home_shows_a_member_the_purpose_and_their_own_things(bed: Testbed) -> None:
    home = await bed.send("marek", "/cop home")
    words = words_of(home)
    assert words.startswith("Test community\nWe help each other run them.")
    assert "Tell us what you would like to learn and can help with: /cop me" in words
    assert "desk" not in words
    assert button_labels(home) == ["About me", "Help"]


async def test_home_shows_a_coordinator_the_desk_too(bed: Testbed) -> None:
    await save_settings(bed, recap="")
    home = await bed.send("ines", "/cop home")
    assert "The desk\nNo channel is set for the weekly recap.\nIf ignored: there is no recap." in words_of(
        home
    )
    assert button_labels(home) == ["Settings", "About me", "Help"]


async def test_home_wishes_a_coordinator_a_good_hour_when_nothing_waits(bed: Testbed) -> None:
    assert "Nothing waits for you. Enjoy your hour." in words_of(await bed.send("ines", "/cop home"))


async def test_home_offers_to_share_a_link_where_there_is_a_shelf(whole: Testbed) -> None:
    assert button_labels(await whole.send("marek", "/cop home")) == ["Share a link", "About me", "Help"]


async def test_the_buttons_of_home_lead_on(bed: Testbed) -> None:
    home = await bed.send("marek", "/cop home")
    form = (await bed.press("marek", home, "About me")).form
    assert form is not None
    assert form.title == "About me"
    assert words_of(await bed.press("marek", home, "Help")).startswith("What I can do")


async def test_without_a_charter_home_has_no_empty_lines(units: Units, clock: VirtualClock) -> None:
    bed = await make_community(units, clock, factories={CharterText: lambda _: CharterText()})
    words = words_of(await bed.send("marek", "/cop home"))
    assert words.split("\n")[:2] == [
        "Test community",
        "We have not begun yet. I stay silent until a coordinator presses Begin.",
    ]


# Help --------------------------------------------------------------------------------------------


async def test_help_shows_the_few_commands_that_most_people_need(whole: Testbed) -> None:
    """Of the five (share, find, ask, mentor, me) those which there are today."""
    answer = await whole.send("marek", "/cop help")
    there = {endpoint.words for endpoint in whole.dispatcher.registry.commands("cop")}
    five = [command for command in ("share", "find", "ask", "mentor request", "me") if command in there]
    assert sorted(commands_in(answer)) == sorted(f"/cop {command}" for command in five)
    assert button_labels(answer) == ["More"]


async def test_help_says_what_each_command_does(whole: Testbed) -> None:
    assert "/cop me\nTell us what you would like to learn and can help with." in words_of(
        await whole.send("marek", "/cop help")
    )


async def test_more_help_shows_every_command_for_members(whole: Testbed) -> None:
    short = await whole.send("marek", "/cop help")
    answer = await whole.press("marek", short, "More")
    registry = whole.dispatcher.registry
    assert commands_in(answer) == [f"/cop {endpoint.words}" for endpoint in registry.commands("cop")]
    assert "Save to shelf" in words_of(answer)
    assert "Take back" not in words_of(answer)
    assert button_labels(answer) == []


async def test_more_help_shows_coordinators_theirs_too(whole: Testbed) -> None:
    answer = await whole.send("ines", "/cop help more")
    registry = whole.dispatcher.registry
    theirs = [f"/coordinate {endpoint.words}" for endpoint in registry.commands("coordinate")]
    assert commands_in(answer)[-len(theirs) :] == theirs
    assert "Take back" in words_of(answer)


# About -------------------------------------------------------------------------------------------


async def test_about_shows_the_charter_who_coordinates_and_what_is_kept(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate coordinators add <@kofi>")
    answer = await bed.send("marek", "/cop about")
    assert rows(answer) == {
        "What we care about": "Pipelines people can trust.",
        "What we are here for": "We help each other run them.",
        "Ground rules": "• Ask early.\n• Assume good will.",
        "Who coordinates": "Ines and Kofi",
    }
    assert "first 200 characters for five weeks" in words_of(answer)
    assert "I read no direct messages between people." in words_of(answer)
    assert "/cop privacy show" in words_of(answer)


async def test_about_leaves_out_what_is_not_written_yet(units: Units, clock: VirtualClock) -> None:
    bed = await make_community(units, clock, first=(), factories={CharterText: lambda _: CharterText()})
    assert rows(await bed.send("marek", "/cop about")) == {"Who coordinates": "Nobody yet."}


# The charter, edited -----------------------------------------------------------------------------


async def test_the_charter_opens_as_it_stands_and_what_is_saved_counts(sqlite_units: Units) -> None:
    app = build(Settings(communities=(CONFIGURED,)), clock=VirtualClock(NOW), engine=sqlite_units.engine)
    bed = replace(await make_testbed(app.units, VirtualClock(NOW), FEATURES), dispatcher=app.dispatcher)
    opened = await bed.send("ines", "/coordinate charter")
    assert value_of(opened.form, "domain") == "Pipelines."
    assert value_of(opened.form, "ground_rules") == "Ask early.\nBe kind."
    assert value_of(opened.form, "goals") == "A handbook."
    rules = " • Ask early.\n\n- Bring a friend. "
    saved = await bed.submit("ines", "charter.edit", domain="Water.", ground_rules=rules, goals="")
    about = rows(await bed.send("marek", "/cop about"))
    assert about == {
        "What we care about": "Water.",
        "Ground rules": "• Ask early.\n• Bring a friend.",
        "Who coordinates": "Ines",
    }
    assert rows(saved) == about
    again = await bed.send("ines", "/coordinate charter")
    assert value_of(again.form, "purpose") == "", (
        "what was taken out does not come back from the configuration"
    )


async def test_goals_of_the_configuration_are_shown(sqlite_units: Units) -> None:
    app = build(Settings(communities=(CONFIGURED,)), clock=VirtualClock(NOW), engine=sqlite_units.engine)
    bed = replace(await make_testbed(app.units, VirtualClock(NOW), FEATURES), dispatcher=app.dispatcher)
    assert rows(await bed.send("marek", "/cop about"))["What we want to reach"] == "• A handbook."


async def test_only_coordinators_write_the_charter(bed: Testbed) -> None:
    answer = await bed.submit("marek", "charter.edit", domain="Mine.")
    assert "Only a coordinator can do that." in words_of(answer)


# Me ----------------------------------------------------------------------------------------------


async def test_me_comes_back_as_it_was_saved(bed: Testbed) -> None:
    answer = await bed.submit(
        "marek",
        "charter.edit_profile",
        interests="Testing, #Naming, testing",
        expertise="airflow",
        line="Nights, mostly.",
        zone="africa/accra",
        contact=False,
        buddy=True,
    )
    assert rows(answer) == {"You would like to learn": "testing, naming", "You can help with": "airflow"}
    assert "I will only answer when you ask me something." in words_of(answer)
    assert "When a newcomer would like a buddy, I may introduce the two of you. Thank you." in words_of(
        answer
    )
    assert (await bed.member("marek")).buddy
    form = (await bed.send("marek", "/cop me")).form
    expected: dict[str, object] = {
        "interests": ("testing", "naming"),
        "expertise": ("airflow",),
        "line": "Nights, mostly.",
        "zone": "Africa/Accra",
        "contact": False,
        "buddy": True,
    }
    assert {name: value_of(form, name) for name in expected} == expected
    home = words_of(await bed.send("marek", "/cop home"))
    assert "You would like to learn testing, naming." in home
    assert "You can help with airflow." in home


async def test_a_first_me_is_empty_and_says_that_we_may_write(bed: Testbed) -> None:
    form = (await bed.send("marek", "/cop me")).form
    assert {name: value_of(form, name) for name in ("interests", "expertise", "line", "zone", "contact")} == {
        "interests": (),
        "expertise": (),
        "line": "",
        "zone": None,
        "contact": True,
    }


async def test_what_is_cleared_in_me_is_gone(bed: Testbed) -> None:
    await bed.submit("marek", "charter.edit_profile", interests="testing", line="x", zone="Africa/Accra")
    await bed.submit("marek", "charter.edit_profile", interests="", line="", zone="")
    form = (await bed.send("marek", "/cop me")).form
    assert (value_of(form, "interests"), value_of(form, "line"), value_of(form, "zone")) == ((), "", None)


async def test_me_of_one_is_not_me_of_another(bed: Testbed) -> None:
    await bed.submit("marek", "charter.edit_profile", interests="testing", contact=False)
    form = (await bed.send("lena", "/cop me")).form
    assert (value_of(form, "interests"), value_of(form, "contact")) == ((), True)
    assert (await bed.member("lena")).quiet is False


async def test_a_word_typed_after_me_resets_nothing_else(bed: Testbed) -> None:
    """Least of all the choice to be left in peace."""
    await bed.submit("marek", "charter.edit_profile", expertise="airflow", contact=False)
    form = (await bed.send("marek", "/cop me interests:testing")).form
    assert value_of(form, "interests") == "testing"
    assert (value_of(form, "expertise"), value_of(form, "contact")) == (("airflow",), False)
    assert (await bed.member("marek")).quiet is True


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("zone", "Accra", "Europe/Lisbon"),
        ("interests", ",".join(f"topic{n}" for n in range(11)), "at most ten topics"),
        ("expertise", "x" * 41, "at most 40 characters"),
        ("line", "x" * 301, "at most 300 characters"),
    ],
)
async def test_what_does_not_fit_in_me_is_told_beside_it(
    quick: Testbed, field: str, value: str, words: str
) -> None:
    answer = await submit_form(quick, "marek", "charter.edit_profile", **{field: value})
    assert answer.form is not None
    assert list(answer.form.errors) == [field]
    assert words in answer.form.errors[field]
    assert value_of((await quick.send("marek", "/cop me")).form, field) in ((), "", None)


# Being written to --------------------------------------------------------------------------------


async def test_an_unasked_message_says_why_it_came_and_offers_fewer(bed: Testbed) -> None:
    await bed.write("marek", "please nudge")
    [nudge] = direct_messages(bed, "marek")
    small = [part for part in nudge.card.parts if isinstance(part, Small)]
    assert len(small) == 1
    assert "You get this because" in nudge.words
    assert isinstance(nudge.card.parts[-1], Buttons)


async def test_fewer_halves_them_and_a_second_press_ends_them(bed: Testbed) -> None:
    await bed.write("marek", "please nudge")
    once = await bed.press("marek", direct_messages(bed, "marek")[0], "Fewer of these")
    assert "from now on at most once a week" in words_of(once)
    await bed.pass_time(timedelta(days=6))
    await bed.write("marek", "please nudge")
    assert len(direct_messages(bed, "marek")) == 1
    await bed.pass_time(timedelta(days=2))
    assert len(direct_messages(bed, "marek")) == 2
    twice = await bed.press("marek", direct_messages(bed, "marek")[1], "Fewer of these")
    assert "from now on I only answer when you ask me something" in words_of(twice)
    await bed.write("marek", "please nudge")
    await bed.pass_time(timedelta(days=9))
    assert len(direct_messages(bed, "marek")) == 2
    assert value_of((await bed.send("marek", "/cop me")).form, "contact") is False


async def test_fewer_can_be_undone_each_time(bed: Testbed) -> None:
    await bed.write("marek", "please nudge")
    [nudge] = direct_messages(bed, "marek")
    once = await bed.press("marek", nudge, "Fewer of these")
    assert "As before: at most twice a week." in words_of(await bed.press("marek", once, "Undo"))
    await bed.press("marek", nudge, "Fewer of these")
    twice = await bed.press("marek", nudge, "Fewer of these")
    assert "As before: at most once a week." in words_of(await bed.press("marek", twice, "Undo"))
    marek = await bed.member("marek")
    assert (marek.weekly_limit, marek.quiet) == (1, False)


async def test_a_wish_for_fewer_is_theirs_alone(bed: Testbed) -> None:
    for who in ("marek", "nadia"):
        await bed.write(who, "please nudge")
    await bed.press("marek", direct_messages(bed, "marek")[0], "Fewer of these")
    for who in ("marek", "nadia"):
        await bed.write(who, "please nudge")
    assert [len(direct_messages(bed, who)) for who in ("marek", "nadia")] == [1, 2]


async def test_me_lets_them_come_again(bed: Testbed) -> None:
    await bed.submit("marek", "charter.edit_profile", contact=False)
    await bed.write("marek", "please nudge")
    assert direct_messages(bed, "marek") == []
    await bed.submit("marek", "charter.edit_profile", contact=True)
    await bed.write("marek", "please nudge")
    assert len(direct_messages(bed, "marek")) == 1


async def test_the_zone_in_me_decides_when_it_is_night(bed: Testbed) -> None:
    """Monday 08:55 in Lisbon is two hours before dawn in New York: it comes at eight there."""
    await bed.submit("marek", "charter.edit_profile", zone="America/New_York")
    await bed.write("marek", "please nudge")
    assert direct_messages(bed, "marek") == []
    await bed.pass_time(timedelta(hours=12))
    [nudge] = direct_messages(bed, "marek")
    assert f"{nudge.at:%H:%M}" == "13:00"


# Several communities in one space ----------------------------------------------------------------


@pytest.fixture
async def two(units: Units, clock: VirtualClock) -> Testbed:
    """Everyone is in the one community; ines and marek also in Readers, whose home is #help."""
    bed = await make_community(units, clock)
    people = tuple(Profile(name, name.capitalize()) for name in PEOPLE)
    await bed.dispatcher.sync_roster(Roster(bed.space, "Test community", people), community_name="Readers")
    for name in ("ines", "marek"):
        await bed.join(name, place="help")
    readers = (await communities(bed))[1]
    await bed.send(
        "ines",
        command="coordination.edit_settings",
        args={"home": ["help"]},
        via="form",
        submitted=True,
        community=readers.id,
    )
    return bed


async def communities(bed: Testbed) -> list[Community]:
    async with bed.units.read() as session:
        return await Directory(session).communities(1)


def title(answer: Response) -> str:
    assert answer.renderable is not None
    return answer.renderable.card.title


async def test_a_command_acts_in_the_community_of_its_channel(two: Testbed) -> None:
    assert title(await two.send("marek", "/cop home", place="help")) == "Readers"
    assert title(await two.send("marek", "/cop home", place="general")) == "Test community"


async def test_a_command_acts_in_ones_only_community_wherever_it_is_typed(two: Testbed) -> None:
    for place in ("help", "general", "unheard-of", ""):
        assert title(await two.send("lena", "/cop home", place=place)) == "Test community"


async def test_where_no_channel_decides_the_person_is_asked_which(two: Testbed) -> None:
    answer = await two.send("marek", "/cop help more", place="", direct=True)
    assert "Which one do you mean?" in words_of(answer)
    assert button_labels(answer) == ["Test community", "Readers"]
    chosen = await two.press("marek", answer, "Readers")
    assert chosen.community == (await communities(two))[1].id
    assert "/cop about" in words_of(chosen), "what was typed is still known: all of the help"


async def test_the_question_comes_before_the_form_and_the_form_knows_the_answer(two: Testbed) -> None:
    asked = await two.send("marek", "/cop me", place="", direct=True)
    opened = await two.press("marek", asked, "Readers")
    assert opened.form is not None
    await two.send(
        "marek",
        command=opened.form.command,
        args={"interests": "poetry"},
        via="form",
        submitted=True,
        place="",
        direct=True,
        community=opened.community,
    )
    there = (await two.send("marek", "/cop me", place="help")).form
    here = (await two.send("marek", "/cop me", place="general")).form
    assert (value_of(there, "interests"), value_of(here, "interests")) == (("poetry",), ())


async def test_a_button_belongs_to_the_community_of_its_card_wherever_it_is_pressed(two: Testbed) -> None:
    home = await two.send("marek", "/cop home", place="help")
    assert home.renderable is not None
    form = await two.press("marek", home, "About me")
    assert form.community == (await communities(two))[1].id


async def test_a_button_of_a_community_one_is_not_in_is_refused(two: Testbed) -> None:
    home = await two.send("marek", "/cop home", place="help")
    answer = await two.press("lena", home, "Help")
    assert "You are not in this community yet" in words_of(answer)


async def test_coordinating_one_community_is_nothing_in_the_other(two: Testbed) -> None:
    first = (await communities(two))[0]
    await two.send(
        "ines",
        command="coordination.add_coordinator",
        args={"who": "marek"},
        via="form",
        submitted=True,
        community=first.id,
    )
    assert "The desk" in words_of(await two.send("marek", "/coordinate desk", place="general"))
    there = await two.send("marek", "/coordinate desk", place="help")
    assert "Only a coordinator can do that" in words_of(there)


async def test_a_member_of_the_neighbours_is_nobody_here(two: Testbed) -> None:
    """Lena is not in Readers: who coordinates there cannot add her, not even by her number."""
    lena = await two.member("lena")
    for who in ("lena", lena.id):
        answer = await two.send(
            "ines",
            command="coordination.add_coordinator",
            args={"who": who},
            via="form",
            submitted=True,
            place="help",
        )
        assert answer.form is not None
        assert answer.form.errors == {"who": "That is not a member of this community."}


async def test_a_channel_is_home_to_one_community(two: Testbed) -> None:
    first = (await communities(two))[0]
    answer = await two.send(
        "ines",
        command="coordination.edit_settings",
        args={"home": ["help", "general"]},
        via="form",
        submitted=True,
        community=first.id,
    )
    assert answer.form is not None
    assert answer.form.errors == {"home": "#help is home to another community here already."}


# Who is answered ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who",
    [Profile("x", "Guest", guest=True), Profile("x", "Helper", bot=True), None],
    ids=["guest", "bot", "?"],
)
async def test_guests_bots_and_strangers_are_refused_kindly(quick: Testbed, who: Profile | None) -> None:
    people = (Profile("ines", "Ines"), *([who] if who else []))
    await quick.dispatcher.sync_roster(Roster(quick.space, "Test community", people))
    answer = await quick.send("x", "/cop home")
    assert words_of(answer) == "I can only answer members of this community, not guests or other bots."


async def test_who_has_left_is_refused(bed: Testbed) -> None:
    await bed.receive(MemberLeft(bed.clock.now(), "marek"))
    assert "I can only answer members" in words_of(await bed.send("marek", "/cop home"))


async def test_a_space_that_is_lost_or_unknown_is_told_so(bed: Testbed) -> None:
    await bed.receive(SpaceLost(bed.clock.now()))
    assert "I am not at home here yet" in words_of(await bed.send("marek", "/cop home"))


async def test_an_outsider_of_the_home_channels_learns_how_to_get_in(bed: Testbed) -> None:
    await bed.join("ines", place="help")
    await save_settings(bed, home=("help",))
    answer = await bed.send("lena", "/cop home")
    assert words_of(answer) == (
        "You are not in this community yet. Joining one of its channels makes you a member."
    )


# Words that do not fit ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "offer"),
    [
        ("/cop abuot", "/cop about"),
        ("/cop hlep", "/cop help"),
        ("/cop mee", "/cop me"),
        ("/coordinate setings", "/coordinate settings"),
        ("/coordinate coordinators lst", "/coordinate coordinators list"),
        ("/coordinate coordinators", "/coordinate coordinators handover"),
        ("/cop settings", "/coordinate settings"),
        ("/coordinate home", "/cop home"),
        ("/cop xyzzy", "/cop help"),
        ("/cop ?", "/cop help"),
    ],
)
async def test_unknown_words_are_answered_with_the_nearest_command(
    quick: Testbed, typed: str, offer: str
) -> None:
    assert offer in words_of(await quick.send("ines", typed))


@pytest.mark.parametrize("typed", ["/cop HELP", "/cop  help ", "/cop Help More"])
async def test_commands_may_be_typed_in_any_case(quick: Testbed, typed: str) -> None:
    assert words_of(await quick.send("marek", typed)).startswith("What I can do")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/cop help a tune", "I don’t know what to do with “a tune” here."),
        ("/cop about everything", "I don’t know what to do with “everything” here."),
        ("/coordinate hush tomorrow", "Until: a date is written like 2026-03-09."),
        ("/coordinate hush until:soon", "Until: a date is written like 2026-03-09."),
        ("/cop help more:perhaps", "Everything: please say yes or no."),
    ],
)
async def test_a_wrong_argument_says_which_and_why(quick: Testbed, typed: str, words: str) -> None:
    assert words_of(await quick.send("ines", typed)) == words


async def test_an_old_button_is_told_kindly(quick: Testbed) -> None:
    answer = await quick.send("marek", command="charter.of_yesterday", via="button")
    assert "earlier version of me" in words_of(answer)
    assert "/cop help" in words_of(answer)


async def test_an_argument_that_nobody_knows_is_refused_and_not_dropped(quick: Testbed) -> None:
    answer = await quick.send("marek", command="charter.show_help", args={"les": "yes"}, via="button")
    assert "les" in words_of(answer)
