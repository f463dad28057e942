"""What newcomers do: answer, agree, say hello, find a buddy, be done; and who is told of it."""

from collections.abc import Mapping

import pytest

from facilitation import charter, coordination, recap, welcome
from facilitation.core.platforms.capabilities import Capabilities
from facilitation.core.values.cards import Name, PlaceRef, buttons_in, mentioned_in, texts
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Role
from storage.communities import Directory, People, Use
from storage.unit import Units
from tests.features.community import button_labels, channel_messages, value_of
from tests.features.welcome.steps import (
    DAY,
    HOUR,
    MINUTE,
    at,
    begun,
    greeted,
    hold,
    journey_of,
    leave,
    sent,
    under_way,
)
from tests.testbed import Posted, Testbed, words_of

# Answering -----------------------------------------------------------------------------------------


async def test_after_the_answer_come_topics_and_ground_rules(quick: Testbed) -> None:
    answer = await quick.press("ana", await greeted(quick), "Learn")
    assert "• Ask early.\n• Assume good will." in words_of(answer)
    assert button_labels(answer) == ["Tell us about you", "I agree"]
    form = (await quick.press("ana", answer, "Tell us about you")).form
    assert form is not None
    assert form.command == "charter.edit_profile"
    agreed = await quick.press("ana", answer, "I agree")
    assert button_labels(agreed) == ["Introduce myself", "Find me a buddy"]
    journey = await journey_of(quick, "ana")
    assert journey is not None
    assert journey.agreed_at == quick.clock.now()


async def test_who_has_agreed_is_not_asked_again(quick: Testbed) -> None:
    hello = await greeted(quick)
    await quick.press("ana", await quick.press("ana", hello, "Learn"), "I agree")
    assert button_labels(await quick.press("ana", hello, "Help run things")) == [
        "Tell us about you",
        "Introduce myself",
        "Find me a buddy",
    ]


async def test_without_ground_rules_nobody_is_asked_to_agree(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    bed = await begun(sqlite_units, clock, factories={CharterText: lambda _: CharterText()})
    hello = await greeted(bed)
    assert hello.words.split("\n")[2].startswith("How would you like to take part?")
    assert "I agree" not in button_labels(await bed.press("ana", hello, "Learn"))


# Saying hello --------------------------------------------------------------------------------------


async def test_an_introduction_stands_in_its_channel_in_their_own_words(bed: Testbed) -> None:
    await under_way(bed)
    words = "I am _Ana_ {name} <@U1> @everyone"
    answer = await bed.submit("ana", "welcome.introduce", words=words)
    assert words_of(answer) == "Your hello stands in #introductions. Nice to meet you."
    await bed.settle()
    [hello] = channel_messages(bed, "introductions")
    assert hello.words.split("\n")[1] == words
    assert mentioned_in(hello.card) == {(await bed.member("ana")).id}


async def test_said_again_it_stands_where_it_stood(quick: Testbed) -> None:
    await under_way(quick)
    await quick.submit("ana", "welcome.introduce", words="First")
    await quick.settle()
    opened = await quick.send("ana", command="welcome.introduce", via="button")
    assert value_of(opened.form, "words") == "First"
    await quick.submit("ana", "welcome.introduce", words="Second")
    await quick.settle()
    [hello] = channel_messages(quick, "introductions")
    assert "Second" in hello.words


async def test_members_of_old_are_told_that_this_is_for_newcomers(quick: Testbed) -> None:
    for command, args in (("welcome.introduce", {"words": "me"}), ("welcome.find_buddy", {})):
        answer = await quick.send("marek", command=command, args=args, via="form", submitted=True)
        assert "you are at home already" in words_of(answer)
    await quick.settle()
    assert channel_messages(quick, "introductions") == []


# A buddy -------------------------------------------------------------------------------------------


def groups(bed: Testbed) -> list[Posted]:
    return [post for post in bed.posts if post.address.kind == "group"]


async def test_a_volunteer_becomes_the_buddy_and_both_are_brought_together(bed: Testbed) -> None:
    await bed.submit("nadia", "charter.edit_profile", buddy=True)
    await under_way(bed)
    answer = await bed.send("ana", command="welcome.find_buddy", via="button")
    assert words_of(answer) == "Nadia is your buddy. I have brought the two of you together."
    await bed.settle()
    [meeting] = groups(bed)
    assert meeting.address.people == ("ana", "nadia")
    again = await bed.send("ana", command="welcome.find_buddy", via="button")
    assert words_of(again) == "Your buddy is Nadia. Just write to them."
    await bed.settle()
    assert len(groups(bed)) == 1


async def test_volunteers_take_turns(quick: Testbed) -> None:
    for who in ("nadia", "kofi"):
        await quick.submit(who, "charter.edit_profile", buddy=True)
    await quick.submit("lena", "charter.edit_profile", buddy=True, contact=False)
    for who in ("ana", "ben", "cleo", "dora"):
        await under_way(quick, who)
        await quick.send(who, command="welcome.find_buddy", via="button")
    await quick.settle()
    assert [group.address.people[1] for group in groups(quick)] == ["nadia", "kofi", "nadia", "kofi"]


@pytest.mark.parametrize(("role", "who"), [(Role.SUPPORT, "kofi"), (Role.KEEPER, "ines")])
async def test_without_volunteers_it_is_member_support_and_then_a_coordinator(
    quick: Testbed, role: Role, who: str
) -> None:
    await hold(quick, "kofi", role)
    await under_way(quick)
    await quick.send("ana", command="welcome.find_buddy", via="button")
    await quick.settle()
    assert [group.address.people for group in groups(quick)] == [("ana", who)]


# Steps ---------------------------------------------------------------------------------------------


async def test_a_question_is_passed_on_once(quick: Testbed) -> None:
    await under_way(quick)
    await quick.pass_time(31 * DAY)
    form = (await quick.press("ana", sent(quick, "ana")[-1], "Answer")).form
    assert form is not None
    told = await quick.submit("ana", form.command, **form.kept, words="More on _Fridays_")
    assert words_of(told) == "Thank you. I have passed it on."
    await quick.settle()
    assert channel_messages(quick, "desk")[-1].words == "Ana answers to the welcome:\nMore on _Fridays_"
    again = await quick.submit("ana", form.command, **form.kept, words="More")
    assert "answered this one already" in words_of(again)


async def test_a_task_is_done(quick: Testbed) -> None:
    await under_way(quick)
    await quick.pass_time(15 * DAY)
    assert words_of(await quick.press("ana", sent(quick, "ana")[-1], "Done")) == "Lovely, thank you."


# Member support ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "label", "line"),
    [
        ("Europe/Lisbon", "Learn", "Ana would like to learn; in Lisbon."),
        ("America/New_York", "Share what I know", "Ana would like to share what they know; in New York."),
        ("", "Look around", "Ana would like to look around."),
        ("UTC", "Help run things", "Ana would like to help run things."),
    ],
)
async def test_coordinators_read_a_line_about_who_answered(
    quick: Testbed, zone: str, label: str, line: str
) -> None:
    quick.clock.move_to(at("2026-03-02T15:00"))
    await under_way(quick, "ana", label, zone=zone)
    await quick.press("ana", sent(quick, "ana")[0], "Learn")
    await quick.settle()
    assert [post.words for post in channel_messages(quick, "desk")] == [line]
    assert mentioned_in(channel_messages(quick, "desk")[0].card) == set()


async def test_member_support_reads_it_instead_of_the_coordinators(bed: Testbed) -> None:
    for who in ("kofi", "lena"):
        await hold(bed, who, Role.SUPPORT)
    await under_way(bed)
    assert [len(sent(bed, who)) for who in ("kofi", "lena", "ines")] == [1, 1, 0]
    assert channel_messages(bed, "desk") == []


# First messages ------------------------------------------------------------------------------------


def flags(bed: Testbed) -> list[Posted]:
    return [post for post in channel_messages(bed, "desk") if "wrote for the first time" in post.words]


async def test_first_words_without_a_reply_are_flagged_after_a_working_day(bed: Testbed) -> None:
    await bed.join("ana")
    await bed.pass_time(5 * HOUR)
    message = await bed.write("ana", "How do you test this?", "help")
    await bed.pass_time(5 * DAY)
    [flag] = flags(bed)
    assert flag.at == at("2026-03-03T13:55")
    assert [name.member for text in texts(flag.card) for name in text.spans if isinstance(name, Name)] == [
        (await bed.member("ana")).id
    ]
    [link] = [span for text in texts(flag.card) for span in text.spans if isinstance(span, PlaceRef)]
    assert (link.handle, link.message) == ("help", message.message)
    desk = words_of(await bed.send("ines", "/coordinate desk"))
    assert "Ana posted for the first time, in #help, and has had no answer since" in desk
    await bed.write("marek", "Like this", "help", thread=message.message, reply=True)
    assert "Ana wrote here" not in words_of(await bed.send("ines", "/coordinate desk"))


@pytest.mark.parametrize("how", ["thread", "refers", "next", "late", "self", "elsewhere"])
async def test_what_counts_as_a_reply(quick: Testbed, how: str) -> None:
    await quick.join("ana")
    message = await quick.write("ana", "Hello?", "help")
    quick.clock.advance(10 * MINUTE)
    match how:
        case "thread":
            await quick.write("marek", "Hi", "help", thread=message.message, reply=True)
        case "refers":
            await quick.write("marek", "Hi", "general", refers_to=message.message)
        case "next":
            await quick.write("marek", "Hi", "help")
        case "late":
            quick.clock.advance(30 * MINUTE)
            await quick.write("marek", "Something else", "help")
        case "self":
            await quick.write("ana", "Nobody?", "help", thread=message.message)
        case _:
            await quick.write("marek", "Something else", "general")
    await quick.pass_time(5 * DAY)
    assert len(flags(quick)) == (how in {"late", "self", "elsewhere"})


async def test_written_on_friday_it_is_flagged_on_monday(quick: Testbed) -> None:
    await quick.join("ana")
    await quick.pass_time(4 * DAY + 6 * HOUR)
    await quick.write("ana", "Hello?")
    await quick.pass_time(6 * DAY)
    assert [f"{flag.at:%a %H:%M}" for flag in flags(quick)] == ["Mon 14:55"]


async def test_who_is_here_for_long_is_not_looked_after(quick: Testbed) -> None:
    await quick.join("ana")
    await quick.write("marek", "Hello?")
    await quick.pass_time(32 * DAY)
    await quick.write("ana", "Hello?")
    await quick.pass_time(5 * DAY)
    assert flags(quick) == []


async def test_who_has_left_is_not_flagged(quick: Testbed) -> None:
    await quick.join("ana")
    await quick.write("ana", "Hello?")
    await leave(quick, "ana")
    await quick.pass_time(5 * DAY)
    assert flags(quick) == []


# Home and recap ------------------------------------------------------------------------------------


async def test_home_asks_a_newcomer_and_then_says_when_i_write_next(quick: Testbed) -> None:
    await greeted(quick)
    home = await quick.send("ana", "/cop home")
    assert "How would you like to take part?" in words_of(home)
    await quick.press("ana", home, "Learn")
    assert "I write to you next on Tue 03 Mar 10:00." in words_of(await quick.send("ana", "/cop home"))
    assert "new here" not in words_of(await quick.send("marek", "/cop home"))


async def test_who_introduced_themselves_by_form_stands_in_the_recap(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    features = (coordination.feature, welcome.feature, recap.feature, charter.feature)
    bed = await begun(sqlite_units, clock, features=features)
    for who in ("ana", "ben"):
        await under_way(bed, who)
        await bed.submit(who, "welcome.introduce", words="Hello from me")
    await bed.write("ben", "And hello again", "introductions")
    bed.clock.advance(MINUTE)
    preview = await bed.send("ines", "/coordinate recap preview")
    words = words_of(preview)
    assert words.count("New here") == 1
    assert "Ana introduced themselves in #introductions. Say hello." in words
    assert "Ben introduced themselves in #introductions. Say hello." in words
    assert preview.renderable is not None
    assert mentioned_in(preview.renderable.card) == set()
    assert [b.label for b in buttons_in(preview.renderable.card)] == []


async def test_a_button_without_a_channel_stands_on_the_desk(quick: Testbed) -> None:
    await quick.submit("ines", "welcome.edit_first_message", manner="button", words="")
    assert "greeted with a button" not in words_of(await quick.send("ines", "/coordinate desk"))
    async with quick.units.write() as session:
        await People(session, (await quick.community()).id).assign(Use.WELCOME, None)
    assert "Newcomers are to be greeted with a button, and no welcome channel is set for it" in words_of(
        await quick.send("ines", "/coordinate desk")
    )


@pytest.mark.parametrize(
    ("platforms", "line"),
    [
        ({"page": Capabilities("Page", can_message_unasked=True)}, ""),
        ({"page": Capabilities("Page")}, "Newcomers are to be greeted with a button"),
        (
            {"page": Capabilities("Page", can_message_unasked=True), "other": Capabilities("Other")},
            "Newcomers on Other are to be greeted with a button",
        ),
    ],
)
async def test_where_nobody_is_messaged_unasked_a_missing_welcome_channel_stands_on_the_desk(
    sqlite_units: Units, clock: VirtualClock, platforms: Mapping[str, Capabilities], line: str
) -> None:
    bed = await begun(sqlite_units, clock, capabilities=platforms)
    community = (await bed.community()).id
    async with bed.units.write() as session:
        directory = Directory(session)
        for platform in list(platforms)[1:]:
            space = await directory.put_space(platform, "T2", "Elsewhere")
            await directory.put_community("Test community", space.id)
    desk = words_of(await bed.send("ines", "/coordinate desk"))
    assert "greeted with a button" not in desk, "the channel is set"
    async with bed.units.write() as session:
        await People(session, community).assign(Use.WELCOME, None)
    desk = words_of(await bed.send("ines", "/coordinate desk"))
    assert line in desk
    assert ("greeted with a button" in desk) is bool(line)
