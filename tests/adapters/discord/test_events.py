"""Events of the gateway are stored as facts, each once, and nothing that is private."""

from datetime import UTC, datetime

import pytest

from facilitation.core.values.events import (
    ChannelChanged,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    SpaceLost,
)
from tests.adapters.discord.connected_server import ConnectedServer

# Messages ----------------------------------------------------------------------------------------


async def test_a_message_arrives_with_its_facts(server: ConnectedServer) -> None:
    fake = server.fake
    first = fake.write("ana", "general", "Does https://a.example/x?y=1, help? (see https://b.example/(z))")
    second = fake.write("ben", "general", "Yes", reply_to=first)
    asked, answered = await server.wait_for(MessagePosted, 2)
    assert (asked.who, asked.place, asked.message) == (fake.id_of("ana"), fake.id_of("general"), first)
    assert asked.links == ("https://a.example/x?y=1", "https://b.example/(z)")
    assert (asked.question, asked.reply, asked.thread) == (True, False, "")
    assert (answered.message, answered.refers_to, answered.reply, answered.question) == (
        second,
        first,
        True,
        False,
    )
    assert asked.at.tzinfo is UTC
    assert server.gateway.spaces[-1].handle == fake.id_of("workshop")


async def test_a_message_in_a_thread_stands_in_its_channel(server: ConnectedServer) -> None:
    fake = server.fake
    root = fake.write("ana", "general", "Who knows?")
    thread = fake.open_thread("ana", "general", "Who knows?", message=root)
    fake.write("ben", thread, "I do")
    *_, answered = await server.wait_for(MessagePosted, 2)
    assert (answered.place, answered.thread, answered.reply) == (fake.id_of("general"), root, True)


async def test_a_forum_post_is_no_reply_and_its_answers_are(server: ConnectedServer) -> None:
    fake = server.fake
    fake.add_channel("forum", "forum", kind="forum")
    thread = fake.open_thread("ana", "forum", "Idea")
    fake.write("ana", thread, "What if?")
    fake.write("ben", thread, "Why not")
    posts = await server.wait_for(MessagePosted, 2)
    assert [post.place for post in posts] == [fake.id_of("forum")] * 2
    assert [post.thread for post in posts] == [thread] * 2


async def test_an_edit_arrives_and_an_unfurled_link_is_none(server: ConnectedServer) -> None:
    fake = server.fake
    message = fake.write("ana", "general", "See https://a.example")
    fake.unfurl(message)
    fake.edit(message, "Is it https://b.example?")
    (changed,) = await server.wait_for(MessageEdited)
    assert (changed.message, changed.text, changed.links) == (
        message,
        "Is it https://b.example?",
        ("https://b.example",),
    )
    fake.unfurl(message)
    fake.delete(message)
    await server.wait_for(MessageDeleted)
    assert len({one.key for one in server.gateway.of(MessageEdited)}) == 1


async def test_deletions_arrive_one_by_one(server: ConnectedServer) -> None:
    fake = server.fake
    messages = [fake.write("ana", "general", f"{n}") for n in range(3)]
    fake.delete(messages[0])
    fake.bulk_delete(*messages[1:])
    gone = await server.wait_for(MessageDeleted, 3)
    assert [one.message for one in gone] == messages


async def test_reactions_arrive_from_channels_and_threads(server: ConnectedServer) -> None:
    fake = server.fake
    root = fake.write("ana", "general", "Done")
    thread = fake.open_thread("ana", "general", "Done", message=root)
    inner = fake.write("ben", thread, "Well done")
    fake.react("ben", root, "🎉")
    fake.react("ana", inner, "🎉")
    fake.unreact("ben", root, "🎉")
    added, (removed,) = await server.wait_for(ReactionAdded, 2), await server.wait_for(ReactionRemoved)
    assert [(one.message, one.place) for one in added] == [
        (root, fake.id_of("general")),
        (inner, fake.id_of("general")),
    ]
    assert (removed.who, removed.emoji) == (fake.id_of("ben"), "🎉")


async def test_what_is_delivered_twice_counts_once(server: ConnectedServer) -> None:
    fake = server.fake
    fake.repeat_events(2)
    message = fake.write("ana", "general", "Hello")
    fake.edit(message, "Hello all")
    fake.react("ben", message, "🎉")
    fake.join("dev")
    fake.delete(message)
    await server.wait_for(MessageDeleted, 2)
    received = server.gateway.events
    for kind in (MessagePosted, MessageEdited, ReactionAdded, MemberJoined, MessageDeleted):
        assert len({one.key for one in received if isinstance(one, kind)}) == 1, kind


async def test_private_talk_is_not_even_passed_on(server: ConnectedServer) -> None:
    fake = server.fake
    private = fake.open_thread("ana", "general", "Between us", private=True)
    fake.dm("ana", "Psst")
    fake.write("ana", private, "Psst")
    fake.add_person("robot", "Robot", bot=True)
    fake.write("robot", "general", "beep")
    fake.write("ana", "general", "Aloud")
    (received,) = await server.wait_for(MessagePosted)
    assert received.text == "Aloud"
    assert len(server.gateway.events) == 1


async def test_a_private_channel_counts_only_once_the_core_knows_that_it_is_private(
    server: ConnectedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The core would treat an unknown channel as public."""
    monkeypatch.setattr("adapters.discord.platform.SETTLE_AFTER", 0.05)
    fake = server.fake
    fake.add_channel("secret", "secret", private=True, members=("ana", "bot"))
    fake.write("ana", "secret", "Too early")
    fake.add_channel("parlour", "parlour", kind="voice")
    fake.write("ana", "parlour", "In a voice channel")
    fake.write("ana", "quiet", "Known to be private")
    (received,) = await server.wait_for(MessagePosted)
    assert received.text == "Known to be private"
    await fake.until(lambda: len(server.gateway.rosters) > 1)
    fake.write("ana", "secret", "Now it is known")
    assert [one.text for one in await server.wait_for(MessagePosted, 2)][-1] == "Now it is known"


async def test_what_cannot_be_stored_is_tried_again(
    server: ConnectedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.events.RETRY_PAUSES", (0.0, 0.0))
    server.gateway.refusals = 2
    server.fake.write("ana", "general", "Hello")
    (received,) = await server.wait_for(MessagePosted)
    assert (received.text, server.gateway.refusals) == ("Hello", 0)


async def test_without_message_content_messages_still_arrive(unstarted: ConnectedServer) -> None:
    fake = unstarted.fake
    fake.forbid_intents("message_content")
    await unstarted.start()
    fake.write("ana", "general", "Does https://a.example help?")
    (received,) = await unstarted.wait_for(MessagePosted)
    assert (received.text, received.links, received.question) == ("", (), False)


# People ------------------------------------------------------------------------------------------


async def test_joining_is_passing_the_screening(server: ConnectedServer) -> None:
    fake = server.fake
    fake.join("eva", pending=True)
    fake.join("dev")
    await server.wait_for(MemberJoined)
    fake.pass_screening("eva")
    joined = await server.wait_for(MemberJoined, 2)
    assert [one.who.handle for one in joined] == [fake.id_of("dev"), fake.id_of("eva")]


async def test_leaving_arrives(server: ConnectedServer) -> None:
    server.fake.leave("ben")
    (left,) = await server.wait_for(MemberLeft)
    assert left.who == server.fake.id_of("ben")


async def test_names_and_rights_arrive_when_they_change(server: ConnectedServer) -> None:
    fake = server.fake
    fake.add_role("stewards", "Stewards", permissions=("manage_guild",))
    fake.add_role("friends", "Friends")
    fake.rename("ana", "Ana S.")
    fake.grant("ben", "friends")
    fake.grant("ben", "stewards")
    named, steward = await server.wait_for(MemberChanged, 2)
    assert (named.who.name, named.who.manager) == ("Ana S.", False)
    assert (steward.who.handle, steward.who.manager) == (fake.id_of("ben"), True)


async def test_a_bot_is_known_as_one(unstarted: ConnectedServer) -> None:
    unstarted.fake.add_person("robot", "Robot", bot=True)
    await unstarted.start()
    people = {one.name: one for one in unstarted.gateway.rosters[0].people}
    assert not people["Robot"].is_person
    assert people["Ana Sousa"].is_person


# Channels and servers ----------------------------------------------------------------------------


async def test_channels_arrive_as_they_change(server: ConnectedServer) -> None:
    fake = server.fake
    fake.add_channel("news", "news", kind="news")
    fake.change_channel("general", name="plaza")
    fake.change_channel("general", topic="only the topic")
    fake.remove_channel("help")
    made, renamed, removed = await server.wait_for(ChannelChanged, 3)
    assert (made.channel.name, made.lost) == ("news", False)
    assert (renamed.channel.handle, renamed.channel.name) == (fake.id_of("general"), "plaza")
    assert (removed.channel.name, removed.channel.archived, removed.lost) == ("help", True, True)


async def test_a_channel_closed_to_the_bot_is_lost_and_can_come_back(server: ConnectedServer) -> None:
    fake = server.fake
    fake.change_channel("general", private=True)
    (lost,) = await server.wait_for(ChannelChanged)
    assert (lost.channel.handle, lost.lost) == (fake.id_of("general"), True)
    fake.change_channel("general", private=False)
    _, back = await server.wait_for(ChannelChanged, 2)
    assert not back.lost


async def test_a_server_is_lost_when_the_bot_is_removed_and_not_in_an_outage(server: ConnectedServer) -> None:
    fake = server.fake
    fake.lose_guild()
    fake.regain_guild()
    fake.write("ana", "general", "Still here")
    await server.wait_for(MessagePosted)
    assert server.gateway.of(SpaceLost) == []
    fake.remove_bot()
    await server.wait_for(SpaceLost)
    assert server.surfaces.surfaces == {}


async def test_a_second_server_is_a_space_of_its_own(server: ConnectedServer) -> None:
    fake = server.fake
    fake.add_guild("annexe", "The Annexe", owner="owner")
    await fake.until(lambda: len(server.surfaces.surfaces) == 2)
    assert [roster.name for roster in server.gateway.rosters] == ["The Workshop", "The Annexe"]


# The roster --------------------------------------------------------------------------------------


async def test_the_roster_has_everybody_and_who_sees_which_channel(unstarted: ConnectedServer) -> None:
    fake = unstarted.fake
    fake.add_person("eva", "Eva", pending=True)
    fake.add_channel("closed", "closed", private=True)
    await unstarted.start()
    (roster,) = unstarted.gateway.rosters
    ids = {name: fake.id_of(name) for name in ("ana", "ben", "chi", "owner", "eva")}
    channels = {one.name: one for one in roster.channels}
    assert roster.space.handle == fake.id_of("workshop")
    assert {one.handle for one in roster.people} >= {ids["ana"], ids["ben"], ids["chi"], ids["owner"]}
    assert ids["eva"] not in {one.handle for one in roster.people}
    assert [one.handle for one in roster.people if one.manager] == [ids["owner"]]
    assert set(channels) == {"general", "help", "quiet"}
    assert (channels["quiet"].private, set(channels["quiet"].members)) == (True, {ids["ana"], ids["owner"]})
    assert ids["ben"] in channels["help"].members
    assert channels["help"].topic == "Ask here"
    assert unstarted.gateway.events == []


async def at_once(*_: object, **__: object) -> None:
    """Greet the gateway again without a pause."""


@pytest.mark.parametrize("is_resumable", [True, False])
async def test_who_joined_in_a_gap_is_reported(
    server: ConnectedServer, monkeypatch: pytest.MonkeyPatch, is_resumable: bool
) -> None:
    """Missed events are replayed, or all members are loaded again."""
    monkeypatch.setattr("adapters.discord.platform.ALL_MEMBERS_EVERY", 0.1)
    monkeypatch.setattr("discord.Client.before_identify_hook", at_once)  # else five seconds
    fake = server.fake
    fake.close_gateway(4000 if is_resumable else 4009)
    fake.join("dev")
    if is_resumable:
        (joined,) = await server.wait_for(MemberJoined)
        assert joined.who.handle == fake.id_of("dev")
    else:
        await fake.until(lambda: len(server.gateway.rosters) > 1)
        assert fake.id_of("dev") in {one.handle for one in server.gateway.rosters[-1].people}


async def test_who_loses_sight_of_a_private_channel_has_left_it(
    server: ConnectedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.platform.SETTLE_AFTER", 0.01)
    fake = server.fake
    fake.change_channel("quiet", members=("ben", "bot"))
    await fake.until(lambda: len(server.gateway.rosters) > 1)
    (left,) = server.gateway.of(MemberLeft)
    assert (left.who, left.place) == (fake.id_of("ana"), fake.id_of("quiet"))
    quiet = next(one for one in server.gateway.rosters[-1].channels if one.name == "quiet")
    assert fake.id_of("ben") in quiet.members


async def test_a_join_has_the_date_that_discord_gives_it(server: ConnectedServer) -> None:
    server.fake.join("dev")
    (joined,) = await server.wait_for(MemberJoined)
    assert abs((joined.at - datetime.now(UTC)).total_seconds()) < 60
