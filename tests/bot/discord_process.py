"""`tertulia run` as a process on the fake Discord, with a real SQLite file."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from tests.bot.forked import forked
from tests.bot.processes import Running, Start
from tests.fakes.discord import Exchange, FakeDiscord

CONFIG = """
[discord]
token = "{token}"
api_url = "{api}"
gateway_url = "{gateway}"

[[communities]]
name = "The Workshop"
spaces = ["discord:{guild}"]
coordinators = ["{coordinator}"]
zone = "UTC"
"""


def furnish(fake: FakeDiscord) -> None:
    """A server with a few people and channels in it."""
    fake.add_guild("workshop", "The Workshop", owner="ana")
    for handle, name in (("ana", "Ana Sousa"), ("ben", "Ben Okafor"), ("chi", "Chiara Neri")):
        fake.add_person(handle, name)
    for name in ("general", "introductions", "help", "recap"):
        fake.add_channel(name, name)
    fake.add_channel("coordinators", "coordinators", private=True, members=["ana", "bot"])


def write_config(fake: FakeDiscord, folder: Path) -> None:
    """The file from which the bot reads where its Discord is."""
    text = CONFIG.format(
        token=fake.token,
        api=fake.api_url,
        gateway=fake.gateway_url,
        guild=fake.id_of("workshop"),
        coordinator=fake.id_of("ana"),
    )
    (folder / "config.toml").write_text(text, "utf-8")


@asynccontextmanager
async def bot_on(fake: FakeDiscord, folder: Path, start: Start = forked) -> AsyncIterator[Running]:
    """The bot as a process, connected and with the server synced; ended afterwards."""
    write_config(fake, folder)
    (folder / "run.log").unlink(missing_ok=True)
    process = start(folder)
    # In a thread of its own: this loop is what the bot talks to while it starts and ends.
    bot = await asyncio.to_thread(process.__enter__)
    try:
        await fake.until(lambda: taken_in(folder) or bot.process.poll() is not None, seconds=60)
        assert bot.process.poll() is None, bot.log
        yield bot
    finally:
        await asyncio.to_thread(process.__exit__, None, None, None)


def taken_in(folder: Path) -> bool:
    """Whether the server was synced, by the log."""
    return "server synced" in (folder / "run.log").read_text("utf-8")


async def begin(fake: FakeDiscord) -> None:
    """Settings as they are guessed, saved, and *Begin*; the hello is on its way."""
    await fake.slash("ana", "general", "coordinate settings")
    while fake.modal("ana") is not None:
        exchange = await fake.submit_modal("ana")
        await said(fake, exchange)
        if "Go on" in exchange.messages[-1].buttons:
            await fake.press("ana", "Go on", message=exchange.messages[-1].id)
    begun = await fake.press("ana", "Begin")
    await said(fake, begun)


async def said(fake: FakeDiscord, exchange: Exchange) -> None:
    """Wait until something is said in answer."""
    await fake.until(lambda: exchange.text, seconds=10)


def kept(folder: Path, question: str) -> list[tuple[object, ...]]:
    """What a query finds in the bot's database, read from outside."""
    with closing(sqlite3.connect(f"file:{folder / 'tertulia.db'}?mode=ro", uri=True)) as database:
        return database.execute(question).fetchall()
