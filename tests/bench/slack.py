"""How soon Slack is acknowledged under load: `python -m tests.bench.slack [--seconds 60] [--scale 1]`.

The bot is a process of its own on SQLite, and the fake Slack tells it 200 events and asks 20 commands each
second, over the two sockets that the bot holds. Afterwards the diary is compared with what was told. The fake
shares the machine with the bot, and its own lateness counts in the figures.
"""

import argparse
import asyncio
import contextlib
import math
import os
import random
import sys
import tempfile
from pathlib import Path

from tests.bench.figures import Figures
from tests.bot.processes import running
from tests.bot.slack_process import GENERAL, HELP, begun, bot_on, diary, people_of
from tests.fakes.slack import Envelope, FakeSlack

EVENTS = 200
COMMANDS = 20
"""Each second, at scale 1."""
PEOPLE = 200
COMMAND_LINES = (
    "/cop",
    "/cop help",
    "/cop find testing",
    "/cop share https://example.org/{n} #topic{t}",
    "/cop me",
)


def main() -> int:
    """Print the figures; returns 1 if a target was missed."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--scale", type=float, default=1.0, help="of the seconds")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return int(asyncio.run(_measure(Path(folder), given.seconds * given.scale)))


async def _measure(folder: Path, seconds: float) -> bool:
    async with FakeSlack() as slack:
        people_of(slack)
        everybody = [slack.add_person(f"U{n:04}", f"Member {n}").id for n in range(PEOPLE)]
        for channel in (GENERAL, HELP):
            slack.channels[channel].members += everybody
        async with bot_on(slack, folder, running):
            await begun(slack)
            await slack.settled()
            before = len(slack.envelopes)
            load = Load(slack, everybody)
            await load.run(seconds)
            with contextlib.suppress(AssertionError):
                await slack.settled(within=30.0)
    figures = Figures()
    _judge(figures, slack.envelopes[before:], load, folder)
    spent = os.times()
    # A saturated processor, the bot's or the machine's, explains every late acknowledgement.
    figures.note("processor time of the bot, s", spent.children_user + spent.children_system)
    figures.note("processor time of the load and the fake, s", spent.user + spent.system)
    figures.note("load of the machine", os.getloadavg()[0])
    return figures.missed


class Load:
    """People writing, reacting, editing and asking, at a steady pace."""

    def __init__(self, slack: FakeSlack, everybody: list[str]) -> None:
        self._slack = slack
        self._everybody = everybody
        self._chance = random.Random(3)
        self.written: list[tuple[str, str]] = []
        """Channel and ts of each message."""
        self.late = 0.0
        """By how much the load itself fell behind at most, in seconds."""

    async def run(self, seconds: float) -> None:
        """Act for so long; each act has its time, however long the others took."""
        slack = self._slack
        asked: list[asyncio.Task[Envelope]] = []
        begun_at = slack.now()
        for number in range(int(seconds * EVENTS)):
            due = begun_at + number / EVENTS
            self.late = max(self.late, slack.now() - due)
            await asyncio.sleep(max(0.0, due - slack.now()))
            self._act(number)
            if number % int(EVENTS // COMMANDS) == 0:
                line = self._chance.choice(COMMAND_LINES).format(n=number, t=number % 40)
                asked.append(asyncio.create_task(slack.slash(self._somebody(), GENERAL, line)))
        await asyncio.gather(*asked)

    def _act(self, number: int) -> None:
        slack, chance = self._slack, self._chance.random()
        if chance < 0.6 or not self.written:
            channel = (GENERAL, HELP)[number % 2]
            text = f"Message {number}: what do you make of <https://example.org/{number}>?"
            self.written.append((channel, slack.write(self._somebody(), channel, text, raw=True)))
            return
        channel, ts = self._chance.choice(self.written[-200:])
        if chance < 0.85:
            slack.react(self._somebody(), channel, ts, "tada")
        else:
            slack.edit(
                slack.message(slack.channels[channel], ts).user, channel, ts, f"Edited {number}", raw=True
            )

    def _somebody(self) -> str:
        return self._chance.choice(self._everybody)


def _judge(figures: Figures, envelopes: list[Envelope], load: Load, folder: Path) -> None:
    for kind, name in (("events_api", "events"), ("slash_commands", "commands")):
        delays = sorted(one.delay * 1000 for one in envelopes if one.type == kind)
        figures.note(f"{name} told", len(delays))
        figures.at_most(f"{name} never acknowledged", delays.count(math.inf), 0)
        figures.note(f"{name} acknowledged p50, ms", _percentile(delays, 0.5))
        figures.at_most(f"{name} acknowledged p99, ms", _percentile(delays, 0.99), 250.0)
        figures.note(f"{name} acknowledged latest, ms", delays[-1])
    figures.note("told again", sum(len(one.sent) - 1 for one in envelopes))
    figures.note("load behind at most, ms", load.late * 1000)
    kept = [message for kind, message, _ in diary(folder) if kind == "posted"]
    figures.at_most("messages lost", len({ts for _, ts in load.written} - set(kept)), 0)
    figures.at_most("messages kept twice", len(kept) - len(set(kept)), 0)


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


if __name__ == "__main__":
    sys.exit(main())
