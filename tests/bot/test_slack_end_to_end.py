"""The whole bot as a process in a workspace of the fake Slack: what people do there, and what comes of it."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.bot.on_slack import (
    ANA,
    BEN,
    CHI,
    DEV,
    GENERAL,
    HELP,
    LONG,
    begun,
    bot_on,
    diary,
    people_of,
    said_to,
    settled_in,
    words,
)
from tests.bot.processes import Running
from tests.fakes.slack import FakeSlack

pytestmark = pytest.mark.waits


@pytest.fixture
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(resend_after=2.0) as slack:
        people_of(slack, entered=getattr(request, "param", True))
        yield slack


@pytest.fixture
async def bot(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Running]:
    async with bot_on(slack, tmp_path) as bot:
        yield bot
        assert "Traceback" not in bot.log


@pytest.mark.parametrize("slack", [False], indirect=True, ids=["the bot enters the channels itself"])
async def test_a_community_begins_and_its_members_use_their_commands(slack: FakeSlack, bot: Running) -> None:
    assert slack.messages(GENERAL) == []
    assert [call for call in slack.calls if call.method.startswith("chat.")] == []
    await begun(slack)
    # It is in the private channel already, and begs nobody to be invited.
    assert slack.messages("direct", ANA) == []

    # A command alone shows the home card, to the asker alone.
    await slack.slash(BEN, GENERAL, "/cop")
    home = await said_to(slack, BEN, "The Workshop", "Share a link")
    assert "The desk" not in words(home)

    # With arguments it is done at once.
    await slack.slash(BEN, GENERAL, '/cop share https://example.org/guide?a=1&b=2 "How to test" #testing')
    await said_to(slack, BEN, "example.org/guide?a=1&b=2")

    # Without them it opens a form; what is wrong stands beside its field until it is mended.
    await slack.slash(CHI, GENERAL, "/cop share")
    await slack.until(lambda: slack.open_view(CHI), within=LONG)
    await slack.submit(CHI, {"Link": "not a link"})
    form = slack.open_view(CHI)
    assert form is not None
    assert list(form.errors) == ["url"]
    await slack.submit(CHI, {"Link": "https://example.org/names", "Topics": "naming"})
    assert slack.open_view(CHI) is None
    await said_to(slack, CHI, "example.org/names")

    # With wrong ones, or a wrong word, it says so in words.
    await slack.slash(CHI, GENERAL, "/cop mee")
    await said_to(slack, CHI, "/cop me")
    await slack.slash(BEN, GENERAL, "/coordinate settings")
    await said_to(slack, BEN, "Only a coordinator can do that")

    await slack.slash(DEV, GENERAL, "/cop find test")
    await said_to(slack, DEV, "example.org/guide")
    assert slack.complaints == []


async def test_a_button_is_pressed_after_the_bot_was_killed(slack: FakeSlack, tmp_path: Path) -> None:
    async with bot_on(slack, tmp_path) as bot:
        await settled_in(slack)
        bot.end(signal.SIGKILL)
    await slack.until(lambda: slack.sockets == 0, within=LONG)
    async with bot_on(slack, tmp_path):
        await slack.press(ANA, GENERAL, "Begin")
        await said_to(slack, ANA, "We have begun")
        await slack.until(lambda: any("Hello" in words(m) for m in slack.messages(GENERAL)), within=LONG)
    assert slack.complaints == []


async def test_a_reply_that_is_lost_doubles_nothing_that_was_said(slack: FakeSlack, bot: Running) -> None:
    slack.fault("chat.postMessage", channel=GENERAL, lose_reply=True)
    await begun(slack)
    # Whether it arrived is looked up, and what was found is edited to what it should be.
    await slack.until(lambda: slack.called("chat.update"), within=LONG, what="the look-up and the edit")
    assert len([message for message in slack.messages(GENERAL) if "Hello" in words(message)]) == 1
    assert len([call for call in slack.called("chat.postMessage") if call.args["channel"] == GENERAL]) == 1
    assert slack.complaints == []


async def test_a_recap_comes_with_its_picture(slack: FakeSlack, bot: Running) -> None:
    await begun(slack)
    for weeks in (3, 2, 1):
        for who in (ANA, BEN, CHI)[:weeks]:
            slack.write(who, HELP, "Good morning", ago=timedelta(weeks=weeks))
    root = slack.write(ANA, GENERAL, "How do you name your tests?")
    for who in (BEN, CHI, DEV):
        slack.write(who, GENERAL, "By what they show.", thread=root)
    await slack.settled(within=LONG)
    await slack.slash(ANA, GENERAL, "/coordinate recap preview")
    await said_to(slack, ANA, "Only you see this")
    await slack.slash(ANA, GENERAL, "/coordinate recap post")
    await said_to(slack, ANA, "It is on its way")
    hello = len([message for message in slack.messages(GENERAL) if message.user == slack.bot_user])

    def recap() -> list[str]:
        mine = [message for message in slack.messages(GENERAL) if message.user == slack.bot_user]
        return [words(message) for message in mine[1:] if "How do you name your tests?" in words(message)]

    assert hello
    await slack.until(recap, within=LONG, what="the recap")
    pictures = [file for file in slack.files.values() if file.complete]
    assert pictures
    assert all(picture.content.startswith(b"\x89PNG") and picture.alt_text for picture in pictures)
    posted = [message for message in slack.messages(GENERAL) if message.user == slack.bot_user][1:]
    assert all(not slack.notified(message) for message in posted)
    assert slack.complaints == []


async def test_the_home_of_a_member_and_of_a_coordinator(slack: FakeSlack, bot: Running) -> None:
    await begun(slack)
    for who in (ANA, BEN):
        await slack.open_home(who)
        await slack.until(lambda who=who: slack.home(who), within=LONG, what=f"the home of {who}")  # type: ignore[misc]  # mypy knows no type for a lambda's default
    ana, ben = slack.home(ANA), slack.home(BEN)
    assert ana is not None
    assert ben is not None
    assert "The desk" in words(ana)
    assert "The desk" not in words(ben)
    await slack.press(BEN, "home", "Share a link")
    await slack.until(lambda: slack.open_view(BEN), within=LONG)
    await slack.submit(BEN, {"Link": "https://example.org/from-home"})
    await slack.slash(BEN, GENERAL, "/cop find from-home")
    await said_to(slack, BEN, "example.org/from-home")
    assert slack.complaints == []


async def test_sockets_renewed_under_load_lose_nothing_and_double_nothing(
    slack: FakeSlack, bot: Running, tmp_path: Path
) -> None:
    await begun(slack)
    written = []
    for number in range(300):
        written.append(
            slack.write((ANA, BEN, CHI)[number % 3], (GENERAL, HELP)[number % 2], f"message {number}")
        )
        if number in (60, 180):
            slack.refresh()
        if number == 120:
            await slack.cut()
        await asyncio.sleep(0.01)
    slack.resend(slack.envelopes[-1], other_id=True)
    await slack.settled(within=LONG)
    kept = Counter(message for kind, message, _ in diary(tmp_path) if kind == "posted")
    assert {ts: kept[ts] for ts in written} == dict.fromkeys(written, 1)


async def test_a_socket_that_brings_nothing_is_replaced_and_loses_nothing(
    slack: FakeSlack, bot: Running, tmp_path: Path
) -> None:
    await begun(slack)
    await slack.settled(within=LONG)
    before = slack.sockets_opened
    slack.stall(1)
    written = [slack.write(BEN, GENERAL, f"message {number}") for number in range(80)]
    await slack.until(lambda: slack.sockets_opened > before, within=LONG, what="a new socket")
    await slack.settled(within=LONG)
    kept = Counter(message for kind, message, _ in diary(tmp_path) if kind == "posted")
    assert {ts: kept[ts] for ts in written} == dict.fromkeys(written, 1)


async def test_who_comes_after_the_beginning_is_a_member_at_once(slack: FakeSlack, bot: Running) -> None:
    await begun(slack)
    slack.join_team("U0NEW", "Noor New")
    slack.join_channel("U0NEW", GENERAL)
    slack.join_team("U0GUEST", "Gus Guest", guest=True)
    slack.join_channel("U0GUEST", GENERAL)
    await slack.settled(within=LONG)

    async def is_told(who: str, fragment: str) -> None:
        """What came in is digested within a second or two: until then they are told to wait."""
        while fragment not in "".join(words(message) for message in slack.ephemerals(who)):
            await slack.slash(who, GENERAL, "/cop about")

    async with asyncio.timeout(LONG):
        await is_told("U0NEW", "About The Workshop")
        await is_told("U0GUEST", "not guests")


# Somebody new --------------------------------------------------------------------------------------------


async def test_a_newcomer_is_welcomed_by_direct_message_and_answers(slack: FakeSlack, bot: Running) -> None:
    await begun(slack)
    # Whatever the hour and the day of this run, nobody's night is disturbed.
    awake: dict[str, str | bool | list[str]] = {"Quiet from": "00:00", "Quiet until": "00:00"}
    await settled_in(slack, **awake, **{"Quiet at weekends": False})
    slack.join_team("U0NIA", "Nia Costa", zone="Europe/Lisbon")
    slack.join_channel("U0NIA", GENERAL)
    # A moment later (see forked.py): by then it is known that she is no crowd.
    await slack.until(lambda: slack.messages("direct", "U0NIA"), within=150)
    [hello] = slack.messages("direct", "U0NIA")
    assert "How would you like to take part?" in words(hello)
    assert "You get this because you joined not long ago." in words(hello)
    await slack.press("U0NIA", "direct", "Learn")
    await said_to(slack, "U0NIA", "A good place for that.", "Tell us about you")
    assert slack.messages("direct", BEN) == []
