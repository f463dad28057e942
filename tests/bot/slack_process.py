"""The bot as a process of its own, in a workspace of the fake Slack; and what people read there."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from tests.bot.forked import forked
from tests.bot.processes import Running, Start
from tests.fakes.slack import FakeSlack, Message, View

ANA, BEN, CHI, DEV = "U0ANA", "U0BEN", "U0CHI", "U0DEV"
GENERAL, HELP, QUIET = "C0GENERAL", "C0HELP", "G0QUIET"
LONG = 60.0
"""Seconds of patience with a process on a busy machine."""


def people_of(slack: FakeSlack, *, entered: bool = True) -> None:
    """Four people and three channels: Ana coordinates, and the bot is in all three or in her private one."""
    slack.add_person(ANA, "Ana Sousa", zone="Europe/Lisbon")
    slack.add_person(BEN, "Ben Okafor", zone="America/New_York")
    slack.add_person(CHI, "Chiara Neri", zone="Europe/Rome")
    slack.add_person(DEV, "Dev Rao", zone="Asia/Kolkata")
    slack.add_channel(GENERAL, "general", members=(ANA, BEN, CHI, DEV), bot=entered)
    slack.add_channel(HELP, "help", members=(ANA, BEN, CHI), bot=entered)
    slack.add_channel(QUIET, "coordinators", private=True, members=(ANA,), bot=True)


@asynccontextmanager
async def bot_on(
    slack: FakeSlack, folder: Path, start: Start = forked, *, signed: bool = False
) -> AsyncIterator[Running]:
    """`tertulia run` in a folder, until it serves and (over sockets) is connected; killed at the end."""
    way = f'signing_secret = "{slack.signing_secret}"' if signed else f'app_token = "{slack.app_token}"'
    config = f"""
        [slack]
        bot_token = "{slack.bot_token}"
        {way}
        api_url = "{slack.api_url}"

        [[communities]]
        name = "The Workshop"
        spaces = ["slack:{slack.team}"]
        zone = "Europe/Lisbon"
        coordinators = ["{ANA}"]
    """
    (folder / "config.toml").write_text(config, "utf-8")
    # It is waited for in a thread: meanwhile the bot asks this loop's Slack who it is.
    process = start(folder)
    bot = await asyncio.to_thread(process.__enter__)
    try:
        if not signed:
            await slack.connected(2, within=LONG)
        yield bot
    finally:
        await asyncio.to_thread(process.__exit__, None, None, None)


async def settled_in(slack: FakeSlack, **more: str | bool | list[str]) -> None:
    """Ana saves the settings, with both public channels as home; the bot enters them."""
    await slack.slash(ANA, GENERAL, "/coordinate settings")
    await slack.until(lambda: slack.open_view(ANA), within=LONG, what="the settings form")
    filled: dict[str, str | bool | list[str]] = {
        "Home channels": ["#general", "#help"],
        "Recap channel": "#general",
        "Welcome channel": "#general",
    }
    await slack.submit(ANA, {**filled, **more})
    await said_to(slack, ANA, "Settings saved")
    places = [slack.channels[place] for place in (GENERAL, HELP)]
    await slack.until(lambda: all(slack.bot_user in place.members for place in places), within=LONG)


async def begun(slack: FakeSlack) -> None:
    """Ana has saved the settings and pressed *Begin*."""
    await settled_in(slack)
    await slack.press(ANA, GENERAL, "Begin")
    await said_to(slack, ANA, "We have begun")
    await slack.until(lambda: any("Hello" in words(m) for m in slack.messages(GENERAL)), within=LONG)


async def said_to(slack: FakeSlack, who: str, *fragments: str) -> Message:
    """Wait until something with all these words is said to somebody alone."""

    def found() -> Message | None:
        for message in reversed(slack.ephemerals(who)):
            if all(fragment in words(message) for fragment in fragments):
                return message
        return None

    message: Message = await slack.until(found, within=LONG, what=f"{fragments} said to {who}")
    return message


def words(shown: Message | View) -> str:
    """Everything that can be read in a message or a view, in order."""
    return "\n".join(_texts(shown.blocks if isinstance(shown, Message) else shown.body))


def diary(folder: Path) -> list[tuple[str, str, str]]:
    """The rows that the bot has kept: kind, message and excerpt, in order of arrival."""
    with closing(sqlite3.connect(f"file:{folder}/tertulia.db?mode=ro", uri=True)) as database:
        return database.execute("SELECT kind, message, excerpt FROM diary ORDER BY id").fetchall()


def _texts(piece: Any) -> Iterator[str]:
    if isinstance(piece, list):
        for one in piece:
            yield from _texts(one)
    elif isinstance(piece, dict):
        for name, value in piece.items():
            if name in ("text", "url", "user_id", "channel_id", "alt_text") and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
