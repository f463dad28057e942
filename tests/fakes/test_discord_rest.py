"""The fake's REST with the real discord.py: messages, threads, rights, and what is refused as malformed."""

import asyncio
import io

import discord
import pytest

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import Recorder, all_intents, connected

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x01\x08\x02\x00\x00\x00"


def channel_of(client: Recorder, fake: FakeDiscord, handle: str = "general") -> discord.TextChannel:
    found = client.get_channel(int(fake.id_of(handle)))
    assert isinstance(found, discord.TextChannel)
    return found


def layout(*parts: discord.ui.Item[discord.ui.LayoutView]) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    for part in parts:
        view.add_item(part)
    return view


async def refused(fake: FakeDiscord, sending: object) -> int:
    """The code with which something is refused, and one complaint fewer to be explained."""
    with pytest.raises(discord.HTTPException) as caught:
        await sending  # type: ignore[misc] # any coroutine
    if caught.value.code == 50035:
        fake.complaints.pop()
    return caught.value.code


async def test_a_message_is_sent_found_edited_and_deleted(fake: FakeDiscord, client: Recorder) -> None:
    channel = channel_of(client, fake)
    asked = fake.write("ben", "general", "anyone?")
    picture = discord.File(io.BytesIO(PNG), "chart.png", description="a rising line")
    embed = discord.Embed(title="Title", description="words").add_field(name="n", value="v")
    about = channel.get_partial_message(int(asked))
    sent = await channel.send("yes", reference=about, file=picture, embed=embed, nonce="n1")
    shown = fake.messages("general")[-1]
    assert (shown.text, shown.reply_to) == ("yes\nTitle\nwords\nn: v", asked)
    assert shown.attachments[0]["description"] == "a rising line"
    assert shown.attachments[0]["width"] == 2
    assert shown.files["chart.png"] == PNG
    found = [message async for message in channel.history(limit=10)]
    assert [message.id for message in found] == [sent.id, int(asked)]
    assert [message.nonce for message in found] == [None, None]
    assert [m.id async for m in channel.history(after=discord.Object(int(asked)))] == [sent.id]
    assert [m.id async for m in channel.history(before=sent)] == [int(asked)]
    await sent.edit(content="no", attachments=[])
    assert fake.messages("general")[-1].content == "no"
    assert fake.messages("general")[-1].attachments == []
    await sent.delete()
    assert [message.id for message in fake.messages("general")] == [asked]
    assert await refused(fake, channel.fetch_message(sent.id)) == 10008


async def test_a_layout_keeps_its_ids_and_shows_its_files(fake: FakeDiscord, client: Recorder) -> None:
    button = discord.ui.Button[discord.ui.LayoutView](label="Yes", custom_id="yes")
    gallery = discord.ui.MediaGallery[discord.ui.LayoutView](
        discord.MediaGalleryItem("attachment://chart.png", description="a rising line")
    )
    box = discord.ui.Container[discord.ui.LayoutView](
        discord.ui.TextDisplay("**Hello**"),
        discord.ui.Section("a section", accessory=button),
        gallery,
        accent_colour=0xAA5500,
        id=77_000,
    )
    picture = discord.File(io.BytesIO(PNG), "chart.png")
    sent = await channel_of(client, fake).send(view=layout(box), file=picture)
    shown = fake.messages("general")[-1]
    assert shown.is_v2
    assert shown.text == "**Hello**\na section"
    assert shown.buttons == ["Yes"]
    assert [part["type"] for part in shown.parts] == [17, 10, 9, 10, 2, 12]
    assert shown.parts[0]["id"] == 77_000
    assert len({part["id"] for part in shown.parts}) == 6
    fetched = await channel_of(client, fake).fetch_message(sent.id)
    assert fetched.components[0].to_dict()["id"] == 77_000
    assert "/attachments/" in shown.parts[5]["items"][0]["media"]["url"]


async def test_the_same_nonce_sends_once(fake: FakeDiscord, client: Recorder) -> None:
    first = await channel_of(client, fake).send("once", nonce="delivery-1")
    second = await channel_of(client, fake).send("once", nonce="delivery-1")
    third = await channel_of(client, fake).send("once", nonce="delivery-2")
    assert first.id == second.id != third.id
    assert len(fake.messages("general")) == 2


async def test_who_is_notified_follows_from_text_and_permission_to_mention(
    fake: FakeDiscord, client: Recorder
) -> None:
    fake.add_role("helpers", "Helpers", mentionable=True)
    fake.bot_may("view_channel", "send_messages", "read_message_history", "mention_everyone")
    ben, helpers = fake.id_of("ben"), fake.id_of("helpers")
    asked = fake.write("ana", "general", "hm")
    channel = channel_of(client, fake)
    text = f"@everyone @here <@{ben}> <@&{helpers}>"
    await channel.send(text)
    await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    only_ben = discord.AllowedMentions(
        everyone=False, roles=False, users=[discord.Object(int(ben))], replied_user=False
    )
    await channel.send(text, allowed_mentions=only_ben, reference=channel.get_partial_message(int(asked)))
    loud, silent, one = [fake.pings(message.id) for message in fake.messages("general")[1:]]
    assert loud == {"@everyone", "@here", "ben", "@helpers"}
    assert silent == set()
    assert one == {"ben"}


async def test_an_edit_parses_mentions_again(fake: FakeDiscord, client: Recorder) -> None:
    text = f"<@{fake.id_of('ben')}>"
    sent = await channel_of(client, fake).send("nobody", allowed_mentions=discord.AllowedMentions.none())
    await sent.edit(content=text)
    assert fake.pings(str(sent.id)) == {"ben"}


async def test_threads_are_made_entered_archived_and_listed(fake: FakeDiscord, client: Recorder) -> None:
    channel = channel_of(client, fake)
    sent = await channel.send("a prompt")
    under = await sent.create_thread(name="Answers")
    assert str(under.id) == fake.messages("general")[0].id
    private = await channel.create_thread(name="Pair", type=discord.ChannelType.private_thread)
    await private.add_user(discord.Object(int(fake.id_of("ben"))))
    assert fake.members_of(str(private.id)) == {"bot", "ben"}
    await private.send("hello you two")
    assert [one.name for one in await channel.guild.active_threads()] == ["Answers", "Pair"]
    await private.edit(archived=True)
    assert [one.name for one in await channel.guild.active_threads()] == ["Answers"]
    await private.send("opened again")
    assert not fake.channel(str(private.id)).archived
    assert await refused(fake, sent.create_thread(name="Again")) == 160004
    fake.add_stranger("out", "Outsider")
    assert await refused(fake, private.add_user(discord.Object(int(fake.id_of("out"))))) == 10007


async def test_reactions_come_and_go(fake: FakeDiscord, client: Recorder) -> None:
    sent = await channel_of(client, fake).send("done")
    await sent.add_reaction("🎉")
    fake.react("ben", str(sent.id), "🎉")
    assert fake.reactions(str(sent.id)) == {"🎉": ["bot", "ben"]}
    await sent.remove_reaction("🎉", discord.Object(int(fake.bot)))
    assert fake.reactions(str(sent.id)) == {"🎉": ["ben"]}


async def test_private_messages_reach_people_who_take_them(fake: FakeDiscord, client: Recorder) -> None:
    ben = client.guilds[0].get_member(int(fake.id_of("ben")))
    assert ben is not None
    await ben.send("hello")
    assert [message.text for message in fake.direct("ben")] == ["hello"]
    fake.close_dms("ben")
    assert await refused(fake, ben.send("hello?")) == 50007
    fake.close_dms("ben", code=40003)
    client._connection._private_channels.clear()
    client._connection._private_channels_by_user.clear()
    assert await refused(fake, ben.create_dm()) == 40003
    fake.open_dms("ben")
    fake.leave("ben")
    assert await refused(fake, ben.send("gone?")) == 50278


@pytest.mark.parametrize(
    ("lacks", "code"), [("view_channel", 50001), ("send_messages", 50013), ("attach_files", 50013)]
)
async def test_rights_of_the_bot_are_checked(
    fake: FakeDiscord, client: Recorder, lacks: str, code: int
) -> None:
    fake.change_channel("general", denied=[lacks])
    picture = discord.File(io.BytesIO(PNG), "chart.png")
    assert await refused(fake, channel_of(client, fake).send("hello", file=picture)) == code
    assert fake.messages("general") == []


async def test_history_is_empty_without_the_right_to_read_it(fake: FakeDiscord, client: Recorder) -> None:
    fake.write("ben", "general", "hello")
    fake.change_channel("general", denied=["read_message_history"])
    assert [message async for message in channel_of(client, fake).history()] == []


async def test_an_empty_message_is_refused(fake: FakeDiscord, client: Recorder) -> None:
    assert await refused(fake, channel_of(client, fake).send("  ")) == 50006
    fake.complaints.clear()


# Faults ------------------------------------------------------------------------------------------------

SEND = "POST /channels/{channel}/messages"


async def test_a_limited_channel_delays_no_other(fake: FakeDiscord, client: Recorder) -> None:
    fake.add_channel("other", "other")
    await fake.until(lambda: client.get_channel(int(fake.id_of("other"))))
    fake.limit(SEND, 0.3, channel="general")
    slow = asyncio.create_task(channel_of(client, fake).send("slow"))
    await fake.until(lambda: [call for call in fake.calls if call.status == 429])
    await channel_of(client, fake, "other").send("quick")
    assert not slow.done()
    assert fake.messages("general") == []
    await slow
    assert [call.status for call in fake.calls if call.path.endswith("/messages")] == [429, 200, 200]


async def test_a_global_limit_holds_everything_until_it_is_over(fake: FakeDiscord, client: Recorder) -> None:
    fake.limit_globally(0.3)
    await asyncio.gather(*(channel_of(client, fake).send(str(n)) for n in range(5)))
    assert len(fake.messages("general")) == 5


async def test_a_pace_is_kept_by_the_library(fake: FakeDiscord, client: Recorder) -> None:
    fake.pace(2, 0.2)
    await asyncio.gather(*(channel_of(client, fake).send(str(n)) for n in range(5)))
    assert len(fake.messages("general")) == 5
    times = [call.at for call in fake.calls if call.path.endswith("/messages") and call.status == 200]
    assert times[-1] - times[0] > 0.2


async def test_a_lost_answer_leaves_the_message(fake: FakeDiscord, client: Recorder) -> None:
    fake.drop(SEND)
    fake.drop(SEND, late=0.1)
    fake.drop(SEND, done=False)
    for words in ("at once", "late", "never"):
        with pytest.raises((discord.DiscordException, OSError, Exception)):  # aiohttp's own
            await channel_of(client, fake).send(words)
    await fake.until(lambda: len(fake.messages("general")) == 2)
    await channel_of(client, fake).send("then")
    assert [message.text for message in fake.messages("general")] == ["at once", "late", "then"]


async def test_errors_are_answered_as_asked(fake: FakeDiscord, client: Recorder) -> None:
    fake.refuse(SEND, 50013)
    assert await refused(fake, channel_of(client, fake).send("no")) == 50013
    fake.delay(SEND, 0.1)
    await channel_of(client, fake).send("late answer")
    fake.fail(SEND, 503)
    with pytest.raises(discord.DiscordServerError):
        await channel_of(client, fake).send("down")
    fake.revoke_token()
    assert await refused(fake, channel_of(client, fake).send("who?")) == 0


async def test_the_application_tells_what_is_switched_on(
    fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.forbid_intents("message_content")
    intents = all_intents()
    intents.message_content = False
    async with connected(fake, monkeypatch, intents) as client:
        application = await client.application_info()
        assert application.flags.gateway_guild_members_limited
        assert not application.flags.gateway_message_content_limited
        fake.write("ben", "general", "hidden in history too")
        assert [message.content async for message in channel_of(client, fake).history()] == [""]
