"""Privacy by command: everything shown, everything handed over, everything erased, and silence."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

import pytest
from sqlalchemy import func, select, text

from bot.features import FEATURES as EVERY_FEATURE
from facilitation.core.dispatcher import Dispatcher
from facilitation.core.features.contributions import EventContext
from facilitation.core.features.feature import Feature
from facilitation.core.people.personal_data import drop_old_quotes
from facilitation.core.persistence import codec
from facilitation.core.platforms.surface import OutgoingMessage, Receipt, Response
from facilitation.core.values.cards import Channel, Direct, File, Group
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Command, Context, Due
from facilitation.core.values.effects import Effects, Later, Post, Reply
from facilitation.core.values.errors import Unknown
from facilitation.core.values.events import (
    ChannelChanged,
    ChannelFacts,
    MemberChanged,
    MemberJoined,
    MessageEdited,
    MessagePosted,
    Profile,
    ReactionAdded,
    Roster,
)
from facilitation.core.values.forms import Hidden, MemberId
from facilitation.core.values.speech import card, quoted, say
from storage.agenda import Agenda
from storage.communities import Directory
from storage.diary import Diary, DiaryRow
from storage.outbox import Outbox, OutboxRow
from storage.session import orm_of
from storage.suppression import SuppressionRow, suppressions_of
from storage.unit import Session, Units
from tests.conftest import NOW
from tests.features.community import (
    channel_messages,
    direct_messages,
    running_community,
    save_settings,
    submit_form,
)
from tests.snapshots import remembered
from tests.testbed import CHANNELS, PEOPLE, SPACE, Testbed, words_of
from tests.traces import traces_of

ZOE = "U0ZEBRA"
NAME = "Zoe Quagga"
WORD = "xylophonic"
"""A word that only Zoe uses."""
TRACES = (ZOE, NAME, "quagga", WORD)
ZOE_AS_MEMBER = Profile(ZOE, NAME, "Europe/Lisbon")
DESK_OF_FOUR = tuple(ChannelFacts(name, name, private=name == "desk") for name in CHANNELS)


# A feature that does what features do with people --------------------------------------------------

stage = Feature("stage", "Says and plans things about people")


class Remind(Command):
    """Remind somebody."""

    who: Annotated[MemberId, Hidden]


@stage.action(id="stage.remind")
async def remind(command: Remind, due: Due) -> Effects:
    """Never due in these tests."""
    return []


class Prompt(Command):
    """Post something, with or without somebody who looks after it."""

    about: Annotated[str, Hidden] = ""
    host: Annotated[MemberId | None, Hidden] = None


@stage.action(id="stage.prompt")
async def prompt(command: Prompt, due: Due) -> Effects:
    """Never due in these tests."""
    return []


class Introduce(Command):
    """Say a few things about yourself in many places."""


@stage.command("introduce", id="stage.introduce")
async def introduce(command: Introduce, context: Context) -> Effects:
    """A channel, a small group, a direct message, two plans."""
    words = quoted(f"{WORD} words", context.member.id)
    other = 1 if context.member.id != 1 else 2
    return [
        Post(
            Channel(context.space, "general"),
            card("", say("Meet {who}: “{words}”", who=context.member, words=words)),
            "i",
        ),
        Post(Channel(context.space, "general"), card("", say("Nobody here")), "nobody"),
        Post(Group("g", (context.member.id, other)), card("", say("{who} is here", who=context.member)), "g"),
        Post(Direct(context.member.id), card("", say("Hello, {words}", words=WORD)), "hello"),
        Later(context.at + timedelta(days=9), Remind(who=context.member.id), "remind"),
        Later(context.at + timedelta(days=9), Prompt(about=f"by {NAME}", host=context.member.id), "prompt"),
        Reply(card("", "Done.")),
    ]


newcomers: list[str] = []


@stage.on(MemberJoined)
async def on_joined(context: EventContext) -> Effects:
    """Who would be welcomed."""
    if context.is_new and context.member is not None:
        newcomers.append(context.member.name)
    return []


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    """A begun community, with Zoe in it."""
    newcomers.clear()
    return await begun(units, clock)


async def begun(units: Units, clock: VirtualClock) -> Testbed:
    people = (*PEOPLE, ZOE_AS_MEMBER)
    return await running_community(
        units, clock, features=(*EVERY_FEATURE, stage), people=people, recap="general"
    )


@pytest.fixture
async def lived(units: Units, clock: VirtualClock) -> Testbed:
    """Zoe did a little of everything, and others did things with her."""
    newcomers.clear()
    return await lived_a_while(units, clock)


@remembered
async def lived_a_while(units: Units, clock: VirtualClock) -> Testbed:
    bed = await begun(units, clock)
    await submit_form(
        bed,
        ZOE,
        "charter.edit_profile",
        interests=WORD,
        expertise=f"{WORD}s",
        line=f"{WORD} {NAME}",
        buddy=True,
    )
    await submit_form(
        bed, ZOE, "resources.share", url="https://first.example/", note=f"A {WORD} note", tags="sound"
    )
    await submit_form(
        bed, "kofi", "resources.share", url="https://second.example/", note=f"Ask {NAME} about it."
    )
    await submit_form(bed, "kofi", "resources.share", url="https://third.example/", tags="zoe-quagga")
    message = await bed.write(ZOE, f"The {WORD} one: https://a.example/1 or https://b.example/2")
    saved = {"place": "general", "message": message.message, "text": message.text, "author": ZOE}
    await submit_form(bed, "kofi", "resources.save_from_message", **saved)
    await submit_form(bed, ZOE, "resources.save_from_message", **saved)
    await bed.write(ZOE, f"How does anybody tune such a {WORD} instrument at home?")
    await bed.write("kofi", f"Good question, @{NAME}. I would ask zoe quagga herself.")
    await bed.write("marek", f"<@{ZOE}> with patience and a very small hammer")
    await bed.receive(
        ReactionAdded(bed.clock.now(), "general", message.message, ZOE, "tada"),
        MemberChanged(bed.clock.now(), ZOE_AS_MEMBER),
        MemberJoined(bed.clock.now(), ZOE_AS_MEMBER, "help"),
    )
    await submit_form(bed, "ines", "coordination.add_coordinator", who=ZOE)
    await submit_form(bed, ZOE, "coordination.hand_over", who="kofi", note=f"Mind the {WORD} ones")
    await submit_form(bed, "ines", "coordination.add_coordinator", who=ZOE)
    await bed.send(ZOE, "/cop introduce")
    bed.clock.move_to(bed.clock.now() + timedelta(minutes=1))
    await bed.send("ines", "/coordinate recap post")
    await bed.settle()
    return bed


async def traces(bed: Testbed, words: Sequence[str] = TRACES) -> list[str]:
    async with bed.units.read() as session:
        return await traces_of(session, words)


async def forget(bed: Testbed, who: str = ZOE) -> Response:
    """Send the command, and confirm."""
    asked = await bed.send(who, "/cop privacy forget")
    return await bed.press(who, asked, "Erase everything about me")


async def written(bed: Testbed) -> int:
    """How many messages the diary counts."""
    async with bed.units.read() as session:
        query = select(func.count()).select_from(DiaryRow).where(DiaryRow.kind == "posted")
        return await orm_of(session).scalar(query) or 0


# Show and export ---------------------------------------------------------------------------------


async def test_what_is_stored_is_shown_feature_by_feature(lived: Testbed) -> None:
    shown = words_of(await lived.send(ZOE, "/cop privacy show"))
    for line in (
        "What I keep about you",
        "You",
        f"Account {ZOE} of Test community, called {NAME}",
        "Your role: coordinator, since 2026-03-02",
        "Glad to help a newcomer find their way",
        "What you wrote",
        "Messages you wrote since 2026-03-02, when and where: 2",
        "About you",
        f"Can help with: {WORD}s",
        "The shelf",
        f"Said about https://first.example/: A {WORD} note",
        "Planned, with you in it: 2",
    ):
        assert line in shown.splitlines(), line
    assert "patience" not in shown, "what others wrote is theirs"


async def test_a_member_who_did_nothing_is_shown_that_they_are_here(bed: Testbed) -> None:
    shown = words_of(await bed.send("lena", "/cop privacy show")).splitlines()
    assert "Account lena of Test community, called Lena" in shown
    assert "What you wrote" not in shown


async def exported(bed: Testbed, who: str) -> dict[str, Any]:
    answer = await bed.send(who, "/cop privacy export")
    assert "on its way to you as a direct message" in words_of(answer)
    await bed.settle()
    post = direct_messages(bed, who)[-1]
    (file,) = [part for part in post.card.parts if isinstance(part, File)]
    assert file.name == "tertulia-2026-03-02.json"
    found: dict[str, Any] = json.loads(file.data)
    return found


async def test_the_export_has_everything_and_nothing_of_others(lived: Testbed) -> None:
    found = await exported(lived, ZOE)
    assert found.keys() == {"format", "made_at", "accounts", "written", "communities"}
    assert found["made_at"] == lived.clock.now().isoformat()
    assert found["accounts"][0] | {"last_asked_at": None} == {
        "platform": "page",
        "space": "Test community",
        "handle": ZOE,
        "name": NAME,
        "zone": "Europe/Lisbon",
        "may_manage": False,
        "takes_direct_messages": True,
        "last_asked_at": None,
        "channels": ["help"],
    }
    assert {one["what"] for one in found["written"]} == {"posted", "changed", "joined", "reacted"}
    begins = [one["begins"] for one in found["written"] if one["what"] == "posted"]
    assert begins[1] == f"How does anybody tune such a {WORD} instrument at home?"
    (there,) = found["communities"]
    assert there["member"]["roles"] == [{"role": "coordinator", "since": NOW.isoformat(), "note": ""}]
    assert {"profile", "shelf", "recaps"} <= there["features"].keys()
    assert there["features"]["profile"]["interests"] == [WORD]
    assert {one["what"] for one in there["planned"]} == {"stage.remind", "stage.prompt"}
    assert any(f"Hello, {WORD}" in one["words"] for one in there["messages_to_you"])
    assert "patience" not in json.dumps(found)


async def test_the_file_itself_is_not_kept_once_it_is_there(lived: Testbed) -> None:
    await exported(lived, ZOE)
    assert any("outbox.card" in one for one in await traces(lived, ["tertulia-2026-03-02.json"]))
    async with lived.units.write() as session:
        assert await drop_old_quotes(session, lived.clock.now()) == 1
        assert await drop_old_quotes(session, lived.clock.now()) == 0
    async with lived.units.read() as session:
        stored = await orm_of(session).scalars(
            select(OutboxRow.card).where(OutboxRow.card.contains("tertulia-2026"))
        )
        assert [('"data":""' in one) for one in stored] == [True]


# Forget ------------------------------------------------------------------------------------------


async def test_before_anybody_is_forgotten_all_that_will_happen_is_said(lived: Testbed) -> None:
    said = words_of(await lived.send(ZOE, "/cop privacy forget"))
    assert said.startswith("Shall I forget you?\nThis cannot be undone.")
    assert "Your own messages stay where you wrote them." in said
    assert "only coordinator" not in said, "ines coordinates too"
    assert await traces(lived) != []


async def test_the_only_coordinator_is_told_so(bed: Testbed) -> None:
    assert "You are the only coordinator here." in words_of(await bed.send("ines", "/cop privacy forget"))


async def test_nothing_about_a_forgotten_person_is_left_in_the_database(lived: Testbed) -> None:
    assert {one.partition(":")[0] for one in await traces(lived)} >= {
        "about_me.line",
        "account.handle",
        "agenda.args",
        "diary.excerpt",
        "diary.key",
        "member.name",
        "outbox.card",
        "resource_choice.words",
        "resource_note.text",
        "resource.note_words",
        "role.note",
    }, "there is too little to forget"
    before = await written(lived)
    answer = await forget(lived)
    assert words_of(answer).startswith("You are forgotten\nEverything I kept about you is erased.")
    assert await traces(lived) == []
    assert await written(lived) == before, "counts stay"
    await lived.settle()
    lived.clock.move_to(lived.clock.now() + timedelta(minutes=5))
    await lived.settle()
    assert await traces(lived) == []


async def test_what_stands_is_shown_anew_without_them(lived: Testbed) -> None:
    stood = {post.message: post.words for post in channel_messages(lived, "general")}
    recap = next(message for message, words in stood.items() if f"{WORD} one" in words)
    answer = await forget(lived)
    assert "messages of mine that name or quote you are being mended" in words_of(answer)
    for _ in range(10):
        lived.clock.move_to(lived.clock.now() + timedelta(seconds=10))
        await lived.settle()
    stands = {post.message: post for post in lived.posts}
    assert [
        post.words
        for post in lived.posts
        if any(word in post.words for word in (NAME, WORD)) and post.address.people != (ZOE,)
    ] == []
    (meeting,) = [post for post in stands.values() if post.words.startswith("Meet")]
    assert (meeting.words, meeting.edits) == ("Meet someone: “…”", 1)
    (group,) = [post for post in stands.values() if post.words.endswith("is here")]
    assert (group.words, group.edits) == ("someone is here", 1)
    (nobody,) = [post for post in stands.values() if post.words == "Nobody here"]
    assert nobody.edits == 0, "what does not name them is left alone"
    assert stands[recap].edits == 1
    assert "“…”" in stands[recap].words


async def test_posts_of_one_channel_are_mended_one_after_the_other(lived: Testbed) -> None:
    await forget(lived)
    async with lived.units.read() as session:
        held = select(OutboxRow.not_before).where(
            OutboxRow.state == "held", OutboxRow.lane.contains("general")
        )
        times = sorted(await orm_of(session).scalars(held))
    assert len(times) >= 2
    assert len(set(times)) == len(times)
    await put(lived, Post(Channel(1, "general"), card("", "News"), "news"))
    await lived.courier.step()
    assert channel_messages(lived, "general")[-1].words == "News", "nobody waits behind them"


async def test_what_was_planned_for_them_is_off_and_the_rest_goes_on(lived: Testbed) -> None:
    await forget(lived)
    community = await lived.community()
    async with lived.units.read() as session:
        planned = {key: json.loads(args) for key, _, args in await Agenda(session, community.id).entries()}
    assert "remind" not in planned
    assert planned["prompt"] == {"about": "by someone", "host": None}
    assert {"recap:next", "coordination:desk"} <= planned.keys()


async def test_links_stay_on_the_shelf_without_the_name(lived: Testbed) -> None:
    await forget(lived)
    found = words_of(await lived.send("lena", "/cop shelf"))
    assert "https://first.example/" in found
    assert "Ask someone about it." in found
    assert words_of(await lived.send("lena", f"/cop find {WORD}")).startswith("Nothing")
    assert "third" not in words_of(await lived.send("lena", "/cop find quagga"))


async def test_others_are_known_as_before(lived: Testbed) -> None:
    kofi = await lived.member("kofi")
    shown = words_of(await lived.send("kofi", "/cop privacy show"))
    await forget(lived)
    assert await lived.member("kofi") == kofi
    after = words_of(await lived.send("kofi", "/cop privacy show"))
    told = shown.replace(f"Ask {NAME} about it.", "Ask someone about it.").splitlines()
    gone = ("“Good question", "How some of them begin", "A note with it", "Waits for a day")
    assert after.splitlines() == [line for line in told if not line.startswith(gone)]


# From then on ------------------------------------------------------------------------------------


async def test_a_forgotten_person_is_neither_recorded_nor_brought_back(lived: Testbed) -> None:
    await forget(lived)
    before = await written(lived)
    await lived.write(ZOE, f"Is this {WORD} thing on?")
    await lived.receive(
        MemberJoined(lived.clock.now(), ZOE_AS_MEMBER),
        MemberChanged(lived.clock.now(), ZOE_AS_MEMBER),
        ReactionAdded(lived.clock.now(), "general", "m1", ZOE, "tada"),
    )
    people = tuple(Profile(who, who.capitalize()) for who in PEOPLE)
    channels = tuple(replace_members(facts) for facts in DESK_OF_FOUR)
    await lived.dispatcher.sync_roster(Roster(SPACE, "Test community", (*people, ZOE_AS_MEMBER), channels))
    await lived.settle()
    await lived.dispatcher.intake.commit(
        SPACE, [MessagePosted(NOW, "general", "old", ZOE, f"{WORD} of old")], history=True
    )
    assert await traces(lived) == []
    assert await written(lived) == before
    assert newcomers == []


def replace_members(facts: ChannelFacts) -> ChannelFacts:
    return ChannelFacts(facts.handle, facts.name, facts.private, members=(*PEOPLE, ZOE))


@pytest.mark.parametrize("words", ["/cop privacy show", "/cop privacy forget", "/coordinate desk"])
async def test_to_look_whether_one_is_forgotten_is_not_to_come_back(lived: Testbed, words: str) -> None:
    await forget(lived)
    assert "You asked me to forget you, and I did" in words_of(await lived.send(ZOE, words))
    assert await traces(lived) == []


async def test_a_second_press_finds_that_it_is_done(lived: Testbed) -> None:
    asked = await lived.send(ZOE, "/cop privacy forget")
    await lived.press(ZOE, asked, "Erase everything about me")
    again = await lived.press(ZOE, asked, "Erase everything about me")
    assert "You asked me to forget you, and I did" in words_of(again)
    assert await traces(lived) == []


async def test_a_forgotten_person_who_types_a_command_is_a_member_and_no_newcomer(
    lived: Testbed,
) -> None:
    old = await lived.member(ZOE)
    await forget(lived)
    answer = await lived.send(ZOE, "/cop home")
    assert words_of(answer).startswith("Test community")
    member = await lived.member(ZOE)
    assert member.id != old.id
    assert (member.baseline, member.joined_at, member.quiet, member.left_at) == (True, None, False, None)
    await lived.receive(MemberJoined(lived.clock.now(), ZOE_AS_MEMBER))
    assert newcomers == []
    assert (await lived.member(ZOE)).name == NAME
    await lived.write(ZOE, "Here I am again, and glad of it")
    async with lived.units.read() as session:
        assert list(await orm_of(session).scalars(select(SuppressionRow.hash))) == []
    shown = words_of(await lived.send(ZOE, "/cop privacy show"))
    assert "when and where: 1" in shown
    assert WORD not in shown


async def test_one_may_be_forgotten_again_and_again(lived: Testbed) -> None:
    for _ in range(3):
        await forget(lived)
        assert await traces(lived) == []
        await lived.send(ZOE, "/cop home")
        await submit_form(lived, ZOE, "charter.edit_profile", line=f"{WORD} again")
    assert newcomers == []


async def test_what_is_left_is_a_keyed_hash_for_each_account(lived: Testbed) -> None:
    await forget(lived)
    async with lived.units.read() as session:
        (left,) = await orm_of(session).scalars(select(SuppressionRow.hash))
        assert len(left) == 64
        assert (await suppressions_of(session, 1)).has(ZOE)
        assert not (await suppressions_of(session, 1)).has("kofi")


async def test_a_key_that_the_operator_gives_later_recognises_people_too(lived: Testbed) -> None:
    await forget(lived)
    keyed = Units(lived.units.engine, secret=b"a long random text that nobody guesses")
    async with keyed.read() as session:
        assert (await suppressions_of(session, 1)).has(ZOE)
    lived.dispatcher = Dispatcher(EVERY_FEATURE, keyed, lived.clock)
    await forget(lived, "kofi")
    async with keyed.read() as session:
        assert (await suppressions_of(session, 1)).has("kofi")
    async with lived.units.read() as session:
        assert not (await suppressions_of(session, 1)).has("kofi"), "the key is not in the database"


# Races -------------------------------------------------------------------------------------------


async def in_flight(bed: Testbed, fault: Unknown | None = None) -> None:
    """Zoe is forgotten while the next message is on its way."""
    deliver = bed.surface.deliver

    async def forgotten_meanwhile(outgoing: OutgoingMessage) -> Receipt:
        patch.undo()  # once is enough
        await forget(bed)
        if fault is not None:
            raise fault
        return await deliver(outgoing)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bed.surface, "deliver", forgotten_meanwhile)
        await bed.courier.step()


async def put(bed: Testbed, post: Post) -> None:
    """Let the stage say one thing."""
    community = await bed.community()
    async with bed.units.write() as session:
        await Outbox(session, community.id).put(
            **codec.outbox_columns(post, "stage", community.id, bed.clock.now())
        )


async def test_a_message_to_them_that_was_on_its_way_is_taken_back(bed: Testbed) -> None:
    zoe = await bed.member(ZOE)
    await put(bed, Post(Direct(zoe.id), card("", say("A {word} hello", word=WORD)), "late"))
    await in_flight(bed)
    assert [post.words for post in direct_messages(bed, ZOE)] == [f"A {WORD} hello"], "it arrives after all"
    await bed.settle()
    assert direct_messages(bed, ZOE) == [], "and goes again"
    assert await traces(bed) == []
    async with bed.units.read() as session:
        assert list(await orm_of(session).scalars(select(OutboxRow.key).where(OutboxRow.erased))) == []
        assert (
            list(await orm_of(session).scalars(select(DiaryRow.key).where(DiaryRow.key.contains("late"))))
            == []
        )


async def test_one_of_which_nobody_knows_whether_it_arrived_leaves_nothing(bed: Testbed) -> None:
    zoe = await bed.member(ZOE)
    await put(bed, Post(Direct(zoe.id), card("", say("A {word} hello", word=WORD)), "late"))
    await in_flight(bed, Unknown("the line broke"))
    bed.clock.move_to(bed.clock.now() + timedelta(minutes=10))
    await bed.settle()
    assert await traces(bed) == []
    async with bed.units.read() as session:
        assert list(await orm_of(session).scalars(select(OutboxRow.key).where(OutboxRow.erased))) == []


async def test_a_post_that_names_them_and_was_on_its_way_is_mended(bed: Testbed) -> None:
    zoe = await bed.member(ZOE)
    await put(bed, Post(Channel(1, "general"), card("", say("Meet {who}", who=zoe)), "meet"))
    await in_flight(bed)
    assert channel_messages(bed, "general")[-1].words == f"Meet {NAME}"
    await bed.settle()
    assert channel_messages(bed, "general")[-1].words == "Meet someone"
    assert await traces(bed) == []


async def test_a_post_composed_meanwhile_quotes_nobody_who_is_forgotten(bed: Testbed) -> None:
    zoe = await bed.member(ZOE)
    await forget(bed)
    late = card("", say("{who} said “{words}”", who=zoe, words=quoted(f"{WORD} things", zoe.id)))
    await put(bed, Post(Channel(1, "general"), late, "late"))
    await bed.settle()
    assert channel_messages(bed, "general")[-1].words == "someone said “…”"


async def test_messages_that_wait_for_their_listeners_reach_them_without_the_name(bed: Testbed) -> None:
    said = MessagePosted(bed.clock.now(), "general", "m9", "kofi", f"please beat it, {NAME} <@{ZOE}>")
    channel = ChannelFacts("help", "help", members=("kofi", ZOE))
    await bed.dispatcher.intake.commit(SPACE, [said, ChannelChanged(bed.clock.now(), channel)])
    await forget(bed)
    assert await traces(bed) == []
    await bed.settle()
    assert await traces(bed) == []


async def test_another_process_that_still_knows_them_stores_nothing(bed: Testbed) -> None:
    other = Dispatcher(EVERY_FEATURE, bed.units, bed.clock)
    first = MessagePosted(bed.clock.now(), "general", "m1", ZOE, "known there")
    assert await other.intake.commit(SPACE, [first]) == 1
    await forget(bed)
    message = MessagePosted(bed.clock.now(), "general", "m2", ZOE, f"{WORD} after all")
    others = MessagePosted(bed.clock.now(), "general", "m3", "kofi", "as ever")
    assert await other.intake.commit(SPACE, [message, others]) == 1
    assert await traces(bed) == []


async def test_what_another_process_is_just_writing_down_is_waited_for(bed: Testbed) -> None:
    if not bed.units.shared:
        pytest.skip("there one writes after the other")
    writer = Dispatcher(EVERY_FEATURE, bed.units, bed.clock)
    await writer.intake.commit(SPACE, [MessagePosted(bed.clock.now(), "general", "m1", ZOE, "known there")])
    async with bed.units.read() as session:
        account = await Directory(session).account(1, ZOE)
    assert account is not None
    message = MessagePosted(bed.clock.now(), "general", "m2", ZOE, f"{WORD} at the same time")
    row = codec.message_entry(message, (await bed.community()).id, None, account.id, fresh=True)
    async with bed.units.write() as session:
        await Diary(session, 1).write([row], bed.clock.now())
        forgetting = asyncio.create_task(forget(bed))
        await somebody_waits(session)
        assert not forgetting.done()
    assert "You are forgotten" in words_of(await forgetting)
    assert await traces(bed) == []


async def somebody_waits(session: Session) -> None:
    """Return when a transaction of PostgreSQL waits for another."""
    for _ in range(2_000):
        if await orm_of(session).scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def test_a_forgotten_persons_events_in_waiting_are_not_digested(bed: Testbed) -> None:
    new = Profile("U0NEW", "Zoe Quagga the Younger")
    await bed.dispatcher.intake.commit(SPACE, [MemberJoined(bed.clock.now(), ZOE_AS_MEMBER)])
    await bed.dispatcher.intake.commit(SPACE, [MemberJoined(bed.clock.now(), new)])
    await forget(bed)
    await bed.settle()
    assert newcomers == ["Zoe Quagga the Younger"], "somebody else"
    assert [one for one in await traces(bed, [ZOE, WORD]) if one] == []


# Quiet -------------------------------------------------------------------------------------------


async def test_quiet_goes_on_and_off(bed: Testbed) -> None:
    answer = await bed.send("lena", "/cop privacy quiet")
    assert (await bed.member("lena")).quiet
    assert "only when you ask me something" in words_of(answer)
    again = await bed.press("lena", answer, "You may write to me")
    assert not (await bed.member("lena")).quiet
    await bed.press("lena", again, "Don’t write to me")
    await bed.press("lena", again, "Don’t write to me")
    assert (await bed.member("lena")).quiet, "a button means what it says, however often it is pressed"
    await bed.send("lena", "/cop privacy quiet")
    assert not (await bed.member("lena")).quiet


# Retention and excerpts --------------------------------------------------------------------------


async def test_after_five_weeks_a_stored_recap_quotes_nobody(lived: Testbed) -> None:
    async with lived.units.write() as session:
        assert await drop_old_quotes(session, lived.clock.now() + timedelta(days=34)) == 0
        assert await drop_old_quotes(session, lived.clock.now() + timedelta(days=36)) > 0
        assert await drop_old_quotes(session, lived.clock.now() + timedelta(days=36)) == 0
        quoting = select(OutboxRow.key).where(OutboxRow.card.contains('"by":'))
        assert list(await orm_of(session).scalars(quoting)) == []
    await lived.settle()
    assert WORD in next(
        post.words for post in channel_messages(lived, "general") if f"{WORD} one" in post.words
    ), "what stands on the platform stays"


async def test_without_excerpts_no_words_are_kept(lived: Testbed) -> None:
    assert any(one.startswith("diary.excerpt") for one in await traces(lived))
    answer = await save_settings(lived, excerpts=False)
    assert "not kept" in words_of(answer)
    assert not any(one.startswith("diary") for one in await traces(lived, [WORD]))
    message = await lived.write(ZOE, f"One more {WORD} thing")
    await lived.receive(MessageEdited(lived.clock.now(), "general", message.message, f"{WORD}, edited"))
    await lived.dispatcher.intake.commit(
        SPACE, [MessagePosted(NOW, "general", "old", "kofi", f"{WORD} of old")], history=True
    )
    assert not any(one.startswith("diary") for one in await traces(lived, [WORD]))
    assert "first 200 characters" not in words_of(await lived.send("lena", "/cop about"))
    await save_settings(lived, excerpts=True)
    await lived.write(ZOE, f"And {WORD} again")
    assert any(one.startswith("diary.excerpt") for one in await traces(lived, [WORD]))
