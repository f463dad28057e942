"""The fake's gateway with the real discord.py: what is told, to whom, and what survives a break."""

import asyncio

import discord
import pytest

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import Recorder, all_intents, connected, point_at


async def test_a_client_knows_the_guild_its_people_channels_and_threads(
    fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1200):
        fake.add_person(f"p{number}", f"Person {number}")
    fake.open_thread("ana", "general", "A plan")
    async with connected(fake, monkeypatch) as client:
        guild = client.guilds[0]
        assert guild.name == "The Workshop"
        assert len(guild.members) == 1203
        assert {channel.name for channel in guild.text_channels} == {"general", "quiet"}
        assert [thread.name for thread in guild.threads] == ["A plan"]
        assert guild.owner is not None
        assert guild.owner.display_name == "Ana Sousa"


async def test_messages_arrive_with_their_edits_and_deletions(fake: FakeDiscord, client: Recorder) -> None:
    first = fake.write("ben", "general", "hello")
    second = fake.write("ana", "general", "welcome", reply_to=first)
    fake.edit(first, "hello there")
    fake.unfurl(first)
    fake.delete(second)
    third = fake.write("ben", "general", "three")
    fake.bulk_delete(first, third)
    await fake.until(lambda: client.received("raw_bulk_message_delete"))
    messages: list[discord.Message] = client.received("message")
    assert [message.content for message in messages] == ["hello there", "welcome", "three"]
    assert messages[1].reference is not None
    assert str(messages[1].reference.message_id) == first
    edits: list[discord.RawMessageUpdateEvent] = client.received("raw_message_edit")
    assert [edit.message.edited_at is not None for edit in edits] == [True, True]
    assert [edit.data["content"] for edit in edits] == ["hello there", "hello there"]
    assert [str(one.message_id) for one in client.received("raw_message_delete")] == [second]
    assert client.received("raw_bulk_message_delete")[0].message_ids == {int(first), int(third)}
    assert abs((messages[0].created_at - discord.utils.utcnow()).total_seconds()) < 5


async def test_people_join_pass_screening_change_and_leave(fake: FakeDiscord, client: Recorder) -> None:
    fake.join("cleo", pending=True)
    fake.pass_screening("cleo")
    fake.rename("cleo", "Cleopatra")
    fake.leave("cleo")
    await fake.until(lambda: client.received("raw_member_remove"))
    assert [member.name.split(".")[0] for member in client.received("member_join")] == ["cleo"]
    updates = [args for name, args in client.told if name == "member_update"]
    assert (updates[0][0].pending, updates[0][1].pending) == (True, False)
    assert updates[1][1].display_name == "Cleopatra"


async def test_reactions_and_threads_arrive(fake: FakeDiscord, client: Recorder) -> None:
    message = fake.write("ben", "general", "shall we?")
    fake.react("ana", message, "🎉")
    fake.unreact("ana", message, "🎉")
    thread = fake.open_thread("ana", "general", "Plans", message=message)
    fake.write("ben", thread, "in the thread")
    fake.archive_thread(thread)
    fake.delete_thread(thread)
    await fake.until(lambda: client.received("raw_thread_delete"))
    assert str(client.received("raw_reaction_add")[0].emoji) == "🎉"
    assert client.received("raw_reaction_remove")[0].message_id == int(message)
    assert client.received("thread_create")[0].id == int(message)
    inside = client.received("message")[-1]
    assert isinstance(inside.channel, discord.Thread)
    assert inside.content == "in the thread"


async def test_a_private_thread_is_news_only_to_who_is_in_it(fake: FakeDiscord, client: Recorder) -> None:
    thread = fake.open_thread("ana", "general", "Secret", private=True)
    fake.write("ana", thread, "not for the bot")
    fake.write("ana", "quiet", "nor this")
    fake.enter_thread("bot", thread)
    fake.write("ana", thread, "now it is")
    await fake.until(lambda: client.received("message"))
    assert [message.content for message in client.received("message")] == ["now it is"]


async def test_channels_come_change_and_go(fake: FakeDiscord, client: Recorder) -> None:
    fake.add_channel("new", "new", topic="fresh")
    fake.change_channel("new", name="newer", private=True)
    await fake.until(lambda: client.received("guild_channel_update"))
    channel = client.get_channel(int(fake.id_of("new")))
    assert isinstance(channel, discord.TextChannel)
    assert channel.name == "newer"
    assert not channel.permissions_for(channel.guild.me).view_channel
    fake.remove_channel("new")
    await fake.until(lambda: client.received("guild_channel_delete"))


async def test_a_guild_is_lost_regained_left_and_joined(fake: FakeDiscord, client: Recorder) -> None:
    fake.lose_guild()
    fake.regain_guild()
    await fake.until(lambda: client.received("guild_available"))
    fake.remove_bot()
    await fake.until(lambda: client.received("guild_remove"))
    fake.invite_bot()
    fake.add_guild("second", "The Second", owner="ana")
    await fake.until(lambda: len(client.received("guild_join")) == 2)
    assert client.received("guild_unavailable")


async def test_what_members_write_is_hidden_without_the_intent(
    fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    intents = all_intents()
    intents.message_content = False
    async with connected(fake, monkeypatch, intents) as client:
        fake.write("ben", "general", "nobody reads this")
        fake.write("ben", "general", f"<@{fake.bot}> but you read this")
        fake.dm("ben", "and this")
        await fake.until(lambda: len(client.received("message")) == 3)
        hidden, *read = [message.content for message in client.received("message")]
        assert hidden == ""
        assert all(read)


async def test_without_the_members_intent_nobody_comes_or_goes(
    fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    intents = all_intents()
    intents.members = False
    async with connected(fake, monkeypatch, intents) as client:
        fake.join("cleo")
        fake.leave("cleo")
        fake.write("ben", "general", "hello")
        await fake.until(lambda: client.received("message"))
        assert client.received("member_join") == client.received("raw_member_remove") == []


async def test_an_intent_that_is_not_switched_on_ends_it(
    fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.forbid_intents("message_content")
    point_at(fake, monkeypatch)
    client = discord.Client(intents=all_intents())
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await client.start(fake.token)
    await client.close()


async def test_a_wrong_token_is_refused(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at(fake, monkeypatch)
    client = discord.Client(intents=all_intents())
    with pytest.raises(discord.LoginFailure):
        await client.start("wrong")
    await client.close()


# Breaks ------------------------------------------------------------------------------------------------


async def test_what_was_missed_is_replayed_once(fake: FakeDiscord, client: Recorder) -> None:
    fake.write("ben", "general", "before")
    await fake.until(lambda: client.received("message"))
    fake.shut_gateway()
    for number in range(3):
        fake.write("ben", "general", f"missed {number}")
    fake.open_gateway()
    await fake.until(lambda: client.received("resumed"), seconds=20)
    fake.write("ben", "general", "after")
    await fake.until(lambda: len(client.received("message")) > 4)
    contents = [message.content for message in client.received("message")]
    assert contents == ["before", "missed 0", "missed 1", "missed 2", "after"]
    assert (fake.identifies, fake.resumes) == (1, 1)


async def test_a_reconnect_is_asked_for_and_resumed(fake: FakeDiscord, client: Recorder) -> None:
    fake.ask_to_reconnect()
    fake.write("ben", "general", "meanwhile")
    await fake.until(lambda: fake.resumes, seconds=20)
    await fake.until(lambda: client.received("message"))
    assert fake.identifies == 1


@pytest.mark.parametrize(("resumable", "identifies"), [(True, 1), (False, 2)])
async def test_an_invalid_session_is_resumed_or_begun_anew(
    fake: FakeDiscord, client: Recorder, resumable: bool, identifies: int
) -> None:
    fake.invalidate_session(resumable=resumable)
    await fake.until(lambda: fake.identifies + fake.resumes == 2, seconds=20)
    assert fake.identifies == identifies


async def test_a_session_that_timed_out_is_not_resumed(fake: FakeDiscord, client: Recorder) -> None:
    fake.close_gateway(4009)
    await fake.until(lambda: fake.identifies == 2, seconds=20)
    assert fake.resumes == 0


async def test_a_dead_connection_is_noticed(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.beat_every(0.2)
    async with connected(fake, monkeypatch) as client:
        client._connection.heartbeat_timeout = 0.5
        client.ws._max_heartbeat_timeout = 0.5
        await fake.until(lambda: fake.heartbeats > 1)
        fake.stall_gateway()
        fake.write("ben", "general", "unheard")
        await fake.until(lambda: client.received("message"), seconds=20)
        assert fake.resumes == 1


async def test_events_can_come_twice(fake: FakeDiscord, client: Recorder) -> None:
    fake.repeat_events(2)
    fake.write("ben", "general", "echo")
    await fake.until(lambda: len(client.received("message")) == 2)
    assert len({message.id for message in client.received("message")}) == 1


async def test_all_members_are_given_once_in_a_while(fake: FakeDiscord, client: Recorder) -> None:
    """They were asked for when the client connected."""
    fake.chunk_every(30)
    assert len(await client.guilds[0].query_members("Ben")) == 1
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.guilds[0].chunk(), 0.2)
    fake.chunk_every(0)
    client._connection._chunk_requests.clear()
    assert len(await asyncio.wait_for(client.guilds[0].chunk(), 5)) == 3
