"""The bot as a process on Discord, from first settings to recap, through restarts, breaks, limits and raids.

Discord is the fake; the library, the process, its database and its log are real. What people see is read in
the fake, what was kept in the database file.
"""

import asyncio
import re
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.discord.reading import inline
from tests.bot.discord_process import begin, bot_on, furnish, kept, said
from tests.bot.processes import Running, is_words
from tests.fakes.discord import Exchange, FakeDiscord, Message
from tests.samples import RAID, sampled

pytestmark = pytest.mark.waits

SEND = "POST /channels/{channel}/messages"
GUIDE = "https://example.org/guide"


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    """A Discord whose server the bot is in; nothing that the bot sent it may be malformed."""
    async with FakeDiscord() as fake:
        furnish(fake)
        yield fake
        assert fake.complaints == []


@pytest.fixture
async def bot(discord: FakeDiscord, tmp_path: Path) -> AsyncIterator[Running]:
    """The process, begun; its log is fit for people."""
    async with bot_on(discord, tmp_path) as running:
        await begin(discord)
        await discord.until(lambda: own(discord, "general"), seconds=15)
        yield running
        assert is_words(running.log)


def counted(folder: Path) -> int:
    """How many messages of people the diary has."""
    [(count,)] = kept(folder, "SELECT count(*) FROM diary WHERE kind = 'posted'")
    assert isinstance(count, int)
    return count


def said_by_bot(discord: FakeDiscord) -> list[Message]:
    """All that the bot has said anywhere, to one person or to all."""
    answers = {message.id: message for exchange in discord.exchanges for message in exchange.messages}
    places = ("general", "help", "recap", "coordinators")
    return [*answers.values(), *(one for place in places for one in own(discord, place))]


def own(discord: FakeDiscord, place: str) -> list[Message]:
    """The bot's messages in a channel."""
    return [one for one in discord.messages(place) if one.author.bot]


async def answer(discord: FakeDiscord, exchange: Exchange, words: str) -> None:
    """Wait until somebody is answered so."""
    await discord.until(lambda: words in inline(exchange.text), seconds=10)


# First steps -------------------------------------------------------------------------------------------


async def test_settings_are_filled_in_by_steps_and_begin_ends_the_silence(
    discord: FakeDiscord, tmp_path: Path
) -> None:
    async with bot_on(discord, tmp_path):
        opened = await discord.slash("ana", "general", "coordinate settings")
        assert opened.callback is not None
        assert opened.callback.type == 9
        titles, filled = [], opened
        while (form := discord.modal("ana")) is not None:
            titles.append(form.title)
            labels = {field.label for field in form.fields}
            values = {"Country": "PT", "Time zone": "lisbon/nowhere", "Recap at": "16:30"}
            filled = await discord.submit_modal("ana", {k: v for k, v in values.items() if k in labels})
            await said(discord, filled)
            if "Go on" in filled.messages[-1].buttons:
                await discord.press("ana", "Go on", message=filled.messages[-1].id)
        assert len(titles) == 3, "thirteen fields, five at a time"

        assert "such as Europe/Lisbon" in inline(filled.text)
        await discord.press("ana", "Correct it", message=filled.messages[-1].id)
        mended = await discord.submit_modal("ana", {"Time zone": "europe/lisbon"})
        await answer(discord, mended, "Settings saved")
        assert "Friday at 16:30" in inline(mended.text)
        assert "Europe/Lisbon" in inline(mended.text)
        assert all(exchange.ephemeral for exchange in discord.exchanges if exchange.messages)
        assert discord.messages("general") == [], "silent until Begin"

        begun = await discord.press("ana", "Begin")
        await answer(discord, begun, "3 people are here")
        await discord.until(lambda: own(discord, "general"), seconds=10)
        [hello] = own(discord, "general")
        assert "looked after by Ana Sousa" in inline(hello.text)
        assert discord.pings(hello.id) == set()


async def test_who_is_no_coordinator_is_told_so(discord: FakeDiscord, bot: Running) -> None:
    asked = await discord.slash("ben", "general", "coordinate settings")
    await said(discord, asked)
    assert asked.ephemeral
    assert "coordinator" in asked.text
    assert discord.modal("ben") is None


# Asking ------------------------------------------------------------------------------------------------


async def test_commands_take_options_forms_offers_and_message_menus(
    discord: FakeDiscord, bot: Running
) -> None:
    typed = await discord.slash("ben", "general", "cop share", {"url": GUIDE, "note": "well explained"})
    await answer(discord, typed, "example.org/guide")
    assert typed.ephemeral

    opened = await discord.slash("chi", "help", "cop share")
    assert opened.callback is not None
    assert opened.callback.type == 9
    wrong = await discord.submit_modal("chi", {"Link": "nonsense"})
    await discord.until(lambda: "Correct it" in [label for one in wrong.messages for label in one.buttons])
    await discord.press("chi", "Correct it")
    form = discord.modal("chi")
    assert form is not None
    assert form.field("Link").value == "nonsense", "what was typed is not lost"
    filled = await discord.submit_modal("chi", {"Link": "https://example.org/talk", "Topics": "naming"})
    await answer(discord, filled, "example.org/talk")

    found = await discord.slash("ana", "general", "cop find", {"words": "guide", "by": "ben"})
    await answer(discord, found, "well explained")
    offered = await discord.autocomplete("ana", "general", "cop me", "zone", "lisb")
    assert "Europe/Lisbon" in [value for _, value in offered]

    message = discord.write("ben", "help", "this helped me: https://example.net/names")
    saved = await discord.context_menu("ana", "Save to shelf", message)
    await answer(discord, saved, "example.net/names")


async def test_a_button_and_a_form_from_before_a_kill_still_work(
    discord: FakeDiscord, tmp_path: Path
) -> None:
    async with bot_on(discord, tmp_path) as bot:
        await begin(discord)
        await discord.slash("ben", "general", "cop share", {"url": GUIDE, "note": "fine"})
        asked = await discord.slash("ana", "general", "cop home")
        await said(discord, asked)
        await discord.slash("chi", "help", "cop share")
        await asyncio.to_thread(bot.end, signal.SIGKILL)
    put = discord.puts
    async with bot_on(discord, tmp_path):
        labels = [label for one in asked.messages for label in one.buttons]
        pressed = await discord.press("ana", labels[0], message=asked.messages[-1].id)
        assert not pressed.failed
        await discord.until(lambda: pressed.text or pressed.modal)
        assert "no longer" not in pressed.text
        filled = await discord.submit_modal("chi", {"Link": "https://example.org/late"})
        await answer(discord, filled, "example.org/late")
    assert discord.puts == put == 1, "commands that have not changed are not put again"


# Hearing -----------------------------------------------------------------------------------------------


async def test_what_was_missed_in_a_break_is_counted_once(
    discord: FakeDiscord, bot: Running, tmp_path: Path
) -> None:
    discord.write("ben", "general", "before")
    await discord.until(lambda: counted(tmp_path) == 1)
    discord.shut_gateway()
    for number in range(20):
        discord.write("chi", "help", f"missed {number}")
    discord.open_gateway()
    await discord.until(lambda: discord.resumes, seconds=30)
    discord.repeat_events(2)
    discord.write("ben", "general", "after, twice")
    await discord.until(lambda: counted(tmp_path) >= 22, seconds=10)
    discord.repeat_events(1)
    last = discord.write("ben", "general", "the last")
    await discord.until(lambda: kept(tmp_path, f"SELECT 1 FROM diary WHERE message = '{last}'"), seconds=10)
    assert counted(tmp_path) == 23
    assert (discord.identifies, discord.resumes) == (1, 1)


async def test_a_newcomer_starts_at_a_button_and_goes_on_by_direct_message(
    discord: FakeDiscord, bot: Running
) -> None:
    before = len(own(discord, "general"))
    discord.join("nia")
    # A moment later (see forked.py): by then it is known that this is no crowd.
    await discord.until(lambda: len(own(discord, "general")) > before, seconds=150)
    gateway = own(discord, "general")[-1]
    assert discord.pings(gateway.id) == set(), "a welcome shows a name and notifies nobody"
    assert discord.direct("nia") == [], "nothing unasked"
    await discord.press("nia", "Start here", message=gateway.id)
    await discord.until(lambda: discord.direct("nia"), seconds=15)
    [hello] = discord.direct("nia")
    assert "How would you like to take part?" in inline(hello.text)
    answered = await discord.press("nia", "Learn", message=hello.id)
    await answer(discord, answered, "A good place for that.")


@sampled("joins", RAID)
async def test_a_raid_is_greeted_by_one_post_and_no_cold_message(
    discord: FakeDiscord, bot: Running, tmp_path: Path, joins: int
) -> None:
    before = len(said_by_bot(discord))
    for number in range(joins):
        discord.join(f"raider{number}")
        if number % 200 == 199:  # as fast as it takes them: the ten seconds are the raid's longest
            await asyncio.sleep(0)
    home = await discord.slash("ben", "general", "cop home")
    await said(discord, home)
    people = "SELECT count(*) FROM member WHERE left_at IS NULL"
    await discord.until(lambda: kept(tmp_path, people) == [(joins + 3,)], seconds=300)
    # They are greeted a moment after the first came, when it is known that they are many.
    await discord.until(lambda: len(said_by_bot(discord)) - before > len(home.messages), seconds=120)
    assert len(said_by_bot(discord)) - before == len(home.messages) + 1
    assert [call.path for call in discord.calls if call.path == "/users/@me/channels"] == []
    assert all(discord.direct(who) == [] for who in ("ana", "raider0", f"raider{joins - 1}"))


# Saying ------------------------------------------------------------------------------------------------


async def busy_weeks(discord: FakeDiscord, folder: Path) -> None:
    """Talk of five weeks, enough for a recap with a picture."""
    for week in range(5, -1, -1):
        at = time.time() - week * 7 * 86_400 - 60
        question = discord.write("ben", "help", f"How do you name things, part {week}?", at=at)
        for second, who in enumerate(("ana", "chi") * 3, 1):
            discord.write(who, "help", "By what they are for.", reply_to=question, at=at + second)
    await discord.until(lambda: counted(folder) == 42, seconds=10)


async def test_a_recap_is_seen_in_private_and_posted_with_its_picture(
    discord: FakeDiscord, bot: Running, tmp_path: Path
) -> None:
    await busy_weeks(discord, tmp_path)
    preview = await discord.slash("ana", "coordinators", "coordinate recap preview")
    await answer(discord, preview, "Only you see this.")
    assert preview.ephemeral
    assert [name for one in preview.messages for name in one.files], "the preview has its picture"
    assert own(discord, "recap") == []

    await discord.slash("ana", "coordinators", "coordinate recap post")
    await discord.until(lambda: own(discord, "recap"), seconds=15)
    posted = own(discord, "recap")
    [picture] = [file for one in posted for file in one.attachments]
    assert picture["description"], "whoever cannot see it reads what it shows"
    assert picture["content_type"] == "image/png"
    gallery = [part for one in posted for part in one.parts if part["type"] == 12]
    assert gallery[0]["items"][0]["description"] == picture["description"]
    text = inline("\n".join(one.text for one in posted))
    assert "How do you name things" in text
    assert set().union(*(discord.pings(one.id) for one in posted)) == set(), "names in it never notify"


async def test_a_limited_channel_delays_no_other(discord: FakeDiscord, tmp_path: Path) -> None:
    async with bot_on(discord, tmp_path):
        discord.limit(SEND, 30, channel="general")
        await begin(discord)
        await discord.until(lambda: [call for call in discord.calls if call.status == 429], seconds=10)
        await discord.slash("ana", "coordinators", "coordinate recap post")
        await discord.until(lambda: own(discord, "recap"), seconds=10)
        assert own(discord, "general") == []


async def test_a_global_limit_is_waited_out_and_nothing_is_lost_or_said_twice(
    discord: FakeDiscord, bot: Running, tmp_path: Path
) -> None:
    discord.limit_globally(3)
    await discord.slash("ana", "coordinators", "coordinate recap post")
    home = await discord.slash("ben", "general", "cop home")
    await said(discord, home)
    assert not home.failed, "answers to people are not held up by it"
    await discord.until(lambda: [call for call in discord.calls if call.status == 429], seconds=10)
    await discord.until(lambda: own(discord, "recap"), seconds=15)
    waiting = "SELECT count(*) FROM outbox WHERE state != 'sent'"
    await discord.until(lambda: kept(tmp_path, waiting) == [(0,)], seconds=10)
    assert len(own(discord, "recap")) == len({one.text for one in own(discord, "recap")})


async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(
    discord: FakeDiscord, bot: Running, tmp_path: Path
) -> None:
    discord.drop(SEND, channel="recap")
    asked = await discord.slash("ana", "coordinators", "coordinate recap post")
    await answer(discord, asked, "on its way")
    waiting = "SELECT count(*) FROM outbox WHERE state != 'sent'"
    await discord.until(lambda: kept(tmp_path, waiting) == [(0,)], seconds=60)
    texts = [one.text for one in own(discord, "recap")]
    assert texts
    assert len(texts) == len(set(texts))


# Hostile words -----------------------------------------------------------------------------------------

PILE = "a" + "\u0301\u0302\u0303\u0304\u0489" * 20_000
"""A hundred thousand combining characters on one letter."""


async def test_hostile_words_notify_nobody_link_nowhere_and_break_nothing(
    discord: FakeDiscord, bot: Running, tmp_path: Path
) -> None:
    discord.bot_may(*BOT_MAY_SHOUT)
    helpers, chi = discord.add_role("helpers", "Helpers", mentionable=True), discord.id_of("chi")
    evil = (
        f"@everyone @here <@&{helpers}> <@{chi}> [press me](https://evil.example) "
        "<https://evil.example> ||spoiler|| # big\n# Bigger\n> quoted\n```code"
    )
    discord.rename("ben", "@everyone [x](https://evil.example)"[:32])
    discord.write("ben", "help", evil + PILE)
    discord.write("ben", "help", PILE)
    for who in ("ana", "chi"):
        discord.write(who, "help", f"{who} {evil}")
    shared = await discord.slash(
        "ben", "general", "cop share", {"url": GUIDE, "note": evil.replace("\n", " ")[:400]}
    )
    await answer(discord, shared, "example.org/guide")
    await discord.slash("ben", "general", "cop me", {"line": "a" + "\u0489" * 299})
    me = await discord.submit_modal("ben", {"I can help with": evil.replace("\n", " ")})
    await said(discord, me)
    searched = await discord.slash("chi", "general", "cop find", {"words": evil[:300]})
    await said(discord, searched)
    preview = await discord.slash("ana", "coordinators", "coordinate recap preview")
    await answer(discord, preview, "Only you see this.")
    await discord.slash("ana", "coordinators", "coordinate recap post")
    await discord.until(lambda: own(discord, "recap"), seconds=15)

    public = inline("\n".join(one.text for one in own(discord, "recap")))
    for words in ("@everyone", "[press me](https://evil.example)"):
        assert words in public, "shown as it was typed"
    for message in said_by_bot(discord):
        assert discord.pings(message.id) == set()
        assert not message.allowed or not message.allowed.get("parse")
        assert not re.search(r"<https://evil\.example/?>", inline(message.text)), message.text
    home = await discord.slash("ben", "general", "cop home")
    await said(discord, home)
    assert bot.get("/health")[0] == 200


BOT_MAY_SHOUT = (
    "view_channel",
    "send_messages",
    "read_message_history",
    "embed_links",
    "attach_files",
    "add_reactions",
    "mention_everyone",
)
