"""Synthetic exports in the real layouts of Slack and DiscordChatExporter, the same at every run."""

import json
import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

WORDS = """
    about again agree alpha anyone asked because before branch bring build café catch check class clear
    close column compare could course data dataset deploy draft early every example explain fails figure
    file final first found given good graph group guess happy helps idea import index issue joined known
    later learn level library little looks maybe meeting merge method model morning needs never nice
    notebook often open other paper plot point pretty problem project question quick quite reads ready
    reason release result review right running same script seems series session share should since slides
    small some source start still table talk team test thanks thing think those today tried trying under
    until update useful usually version wants week while wonder works would write wrong year young
""".split()  # noqa: SIM905 - a list literal of them is a page long
EMOJI = ("+1", "eyes", "tada", "heart", "raised_hands", "white_check_mark", "thinking_face")
FIRST_DAY = date(2023, 3, 6)


class Written(Struct, frozen=True):
    """What a generator wrote, so that a reader can be held to it."""

    messages: int
    replies: int
    reactions: int
    joins: int
    links: int
    questions: int
    rows: int
    bytes: int


class _Tally:
    def __init__(self) -> None:
        self.messages = self.replies = self.reactions = self.joins = self.links = self.questions = 0
        self.rows = self.bytes = 0

    def done(self) -> Written:
        return Written(
            self.messages,
            self.replies,
            self.reactions,
            self.joins,
            self.links,
            self.questions,
            self.rows,
            self.bytes,
        )


def _sentences(rng: random.Random, amount: int = 2_000) -> list[str]:
    """Talk to draw from: making new words for each of a million messages would take most of the time."""
    return [" ".join(rng.choices(WORDS, k=int(rng.lognormvariate(2.6, 0.7)) + 2)) for _ in range(amount)]


# Slack -------------------------------------------------------------------------------------------


def write_slack_export(
    path: Path,
    messages: int = 1_000_000,
    channels: int = 40,
    people: int = 400,
    days: int = 730,
    seed: int = 7,
) -> Written:
    """Write a zip as Slack's export makes it today: indented, slashes escaped, rich text beside the text.

    The day files are named by the days of Chicago, so about a fifth of the rows stand in a file with another
    name than their UTC day. Between the people's messages are joins, bots' rows and notices of other kinds.
    """
    rng = random.Random(seed)
    writer = _SlackWriter(rng, people)
    homes = [(f"C{number:010d}", f"channel-{number:02d}") for number in range(channels)]
    # A few channels carry most of the talk, as everywhere.
    weights = [1.0 / (number + 3) for number in range(channels)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        package.writestr("users.json", _php(writer.users()))
        package.writestr("channels.json", _php([writer.channel(*home) for home in homes]))
        package.writestr("integration_logs.json", "[]")
        left = messages
        for number in range(days):
            today = left // (days - number)
            left -= today
            day = FIRST_DAY + timedelta(days=number)
            shares = rng.choices(range(channels), weights, k=today)
            for home, (_, name) in enumerate(homes):
                amount = shares.count(home)
                if amount:
                    body = writer.day(day, name, amount)
                    package.writestr(f"{name}/{day}.json", body)
    return writer.tally.done()


def _php(value: Any) -> str:
    return json.dumps(value, indent=4).replace("/", "\\/")


class _SlackWriter:
    """Fills the templates of rows; a row is written by hand since a million `json.dumps` take minutes."""

    ZONE = ZoneInfo("America/Chicago")

    def __init__(self, rng: random.Random, people: int) -> None:
        self.rng = rng
        self.tally = _Tally()
        self.people = [f"U{number:09d}A" for number in range(people)]
        self.talk = _sentences(rng)
        self.threads: dict[str, tuple[str, str]] = {}
        self._profiles = {who: self._profile(who) for who in self.people}

    def users(self) -> list[dict[str, Any]]:
        people = [
            {
                "id": who,
                "team_id": "T00000001",
                "name": f"person{number}",
                "deleted": number % 29 == 28,
                "color": "9f69e7",
                "real_name": f"Person {number}",
                "tz": ("Europe/Madrid", "America/Chicago", "Asia/Kolkata")[number % 3],
                "tz_label": "",
                "tz_offset": 0,
                "profile": {
                    "real_name": f"Person {number}",
                    "display_name": f"person{number}",
                    "team": "T00000001",
                },
                "is_admin": number < 3,
                "is_owner": number == 0,
                "is_restricted": number % 31 == 30,
                "is_bot": False,
                "updated": 1700000000,
            }
            for number, who in enumerate(self.people)
        ]
        bot = {"id": "UBOT000001", "name": "helper", "deleted": False, "is_bot": True, "profile": {}}
        return [*people, bot]

    def channel(self, handle: str, name: str) -> dict[str, Any]:
        return {
            "id": handle,
            "name": name,
            "created": 1600000000,
            "creator": self.people[0],
            "is_archived": False,
            "is_general": name == "channel-00",
            "members": self.rng.sample(self.people, len(self.people) // 2),
            "topic": {"value": f"All about {name}", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }

    def day(self, day: date, channel: str, amount: int) -> str:
        """One day file with `amount` messages of people in the order of time."""
        rng = self.rng
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.ZONE).timestamp()
        # 07:00 to 22:00 local, so that the evening is already the next day in UTC.
        moments = sorted(rng.sample(range(25_200, 79_200), min(amount, 54_000)))
        rows: list[str] = []
        for place, moment in enumerate(moments):
            ts = f"{int(midnight) + moment}.{rng.randrange(1_000_000):06d}"
            if rng.random() < 0.01:
                rows.append(self._join(ts))
                ts = ts[:-6] + "999999"
            rows.append(self._message(ts, channel))
            if rng.random() < 0.05:
                rows.append(self._bot_row(f"{int(midnight) + moment}.{place:06d}x"[:-1] if place else ts))
        self.tally.rows += len(rows)
        body = "[\n" + ",\n".join(rows) + "\n]"
        self.tally.bytes += len(body)
        return body

    def _message(self, ts: str, channel: str) -> str:
        rng, tally = self.rng, self.tally
        who = rng.choice(self.people)
        text = rng.choice(self.talk)
        dice = rng.random()
        if dice < 0.12:
            page = f"{rng.choice(WORDS)}\\/{rng.randrange(10_000)}"
            text += f" <https:\\/\\/example.org\\/{page}|{rng.choice(WORDS)}>"
            tally.links += 1
        elif dice < 0.27:
            text = f"<@{rng.choice(self.people)}> {text}"
        elif dice < 0.33:
            text += " &amp; more"
        if rng.random() < 0.25:
            text += "?"
            tally.questions += 1
        thread = self._thread(ts, who, channel)
        reactions = self._reactions() if rng.random() < 0.2 else ""
        tally.messages += 1
        return _SLACK_ROW % {
            "who": who,
            "ts": ts,
            "client": f"{rng.getrandbits(64):016x}-{rng.getrandbits(48):012x}",
            "text": text,
            "profile": self._profiles[who],
            "block": f"{rng.getrandbits(20):05x}",
            "plain": text,
            "thread": thread,
            "reactions": reactions,
        }

    def _thread(self, ts: str, who: str, channel: str) -> str:
        dice = self.rng.random()
        if dice < 0.35 and channel in self.threads:
            root, author = self.threads[channel]
            self.tally.replies += 1
            return f',\n        "thread_ts": "{root}",\n        "parent_user_id": "{author}"'
        if dice < 0.45:
            self.threads[channel] = (ts, who)
            replier = self.rng.choice(self.people)
            return _SLACK_THREAD % {"ts": ts, "who": replier}
        return ""

    def _reactions(self) -> str:
        rows = []
        for name in self.rng.sample(EMOJI, self.rng.choice((1, 1, 2))):
            who = self.rng.sample(self.people, self.rng.choice((1, 1, 2, 3)))
            self.tally.reactions += len(who)
            users = ",\n".join(f'                    "{one}"' for one in who)
            rows.append(_SLACK_REACTION % {"name": name, "users": users, "count": len(who)})
        return ',\n        "reactions": [\n' + ",\n".join(rows) + "\n        ]"

    def _join(self, ts: str) -> str:
        who = self.rng.choice(self.people)
        self.tally.joins += 1
        return _SLACK_JOIN % {"who": who, "ts": ts}

    def _bot_row(self, ts: str) -> str:
        return _SLACK_BOT % {"ts": ts, "text": self.rng.choice(self.talk)}

    def _profile(self, who: str) -> str:
        number = int(who[1:-1])
        return _SLACK_PROFILE % {"number": number, "hash": f"{number * 2_654_435_761 % 2**48:012x}"}


_SLACK_PROFILE = """{
            "avatar_hash": "%(hash)s",
            "image_72": "https:\\/\\/avatars.example.org\\/2023-01-02\\/%(number)d_%(hash)s_72.png",
            "first_name": "Person",
            "real_name": "Person %(number)d",
            "display_name": "person%(number)d",
            "team": "T00000001",
            "name": "person%(number)d",
            "is_restricted": false,
            "is_ultra_restricted": false
        }"""

_SLACK_ROW = """    {
        "user": "%(who)s",
        "type": "message",
        "ts": "%(ts)s",
        "client_msg_id": "%(client)s",
        "text": "%(text)s",
        "team": "T00000001",
        "user_team": "T00000001",
        "source_team": "T00000001",
        "user_profile": %(profile)s%(thread)s%(reactions)s,
        "blocks": [
            {
                "type": "rich_text",
                "block_id": "%(block)s",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {
                                "type": "text",
                                "text": "%(plain)s"
                            }
                        ]
                    }
                ]
            }
        ]
    }"""

_SLACK_THREAD = """,
        "thread_ts": "%(ts)s",
        "reply_count": 1,
        "reply_users_count": 1,
        "latest_reply": "%(ts)s",
        "reply_users": [
            "%(who)s"
        ],
        "replies": [
            {
                "user": "%(who)s",
                "ts": "%(ts)s"
            }
        ],
        "is_locked": false,
        "subscribed": false"""

_SLACK_REACTION = """            {
                "name": "%(name)s",
                "users": [
%(users)s
                ],
                "count": %(count)d
            }"""

_SLACK_JOIN = """    {
        "type": "message",
        "subtype": "channel_join",
        "ts": "%(ts)s",
        "user": "%(who)s",
        "text": "<@%(who)s> has joined the channel"
    }"""

_SLACK_BOT = """    {
        "type": "message",
        "subtype": "bot_message",
        "ts": "%(ts)s",
        "text": "%(text)s",
        "bot_id": "B00000001",
        "username": "helper"
    }"""


# Discord -----------------------------------------------------------------------------------------


def write_discord_export(path: Path, messages: int = 300_000, people: int = 800, seed: int = 11) -> Written:
    """Write one JSON file as DiscordChatExporter does: indented, with roles, embeds, who reacted."""
    writer = _DiscordWriter(random.Random(seed), people)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_DISCORD_HEAD)
        for number, message in enumerate(writer.messages(messages)):
            file.write((",\n" if number else "\n") + message)
        file.write(f'\n  ],\n  "messageCount": {messages}\n}}')
    writer.tally.bytes = path.stat().st_size
    return writer.tally.done()


class _DiscordWriter:
    EPOCH = datetime(2015, 1, 1, tzinfo=UTC)

    def __init__(self, rng: random.Random, people: int) -> None:
        self.rng = rng
        self.tally = _Tally()
        self.talk = _sentences(rng)
        self.people = [str(300_000_000_000_000_000 + number * 7_919) for number in range(people)]
        # An author stands at two depths, with and without roles; each is written once and pasted.
        self._authors = [self._user(number, "      ", roles=True) for number in range(people)]
        self._mentioned = [self._user(number, "        ", roles=True) for number in range(people)]
        self._reacting = [self._user(number, "            ", roles=False) for number in range(people)]

    def messages(self, amount: int) -> Iterator[str]:
        rng = self.rng
        at = datetime(2023, 3, 6, 8, tzinfo=UTC)
        recent: list[str] = []
        for number in count():
            if number == amount:
                return
            at += timedelta(milliseconds=rng.randrange(1_000, 220_000))
            handle = str(int((at - self.EPOCH) / timedelta(milliseconds=1)) << 22)
            yield self._message(handle, at, recent)
            recent = [*recent[-20:], handle]

    def _message(self, handle: str, at: datetime, recent: list[str]) -> str:
        rng, tally = self.rng, self.tally
        tally.rows += 1
        tally.messages += 1
        text = rng.choice(self.talk)
        embed = ""
        dice = rng.random()
        if dice < 0.1:
            address = f"https://example.org/{rng.choice(WORDS)}/{rng.randrange(10_000)}"
            text += f"\\n\\n{address}"
            tally.links += 1
            embed = _DISCORD_EMBED % {"url": address, "text": rng.choice(self.talk)}
        elif dice < 0.15:
            text += ' \\"quoted\\" 🎉'
        if rng.random() < 0.25:
            text += " right?"
            tally.questions += 1
        reply = rng.random() < 0.25 and bool(recent)
        reference = ""
        if reply:
            tally.replies += 1
            reference = _DISCORD_REFERENCE % {"message": rng.choice(recent)}
        stamp = at.isoformat(timespec="milliseconds")
        return _DISCORD_MESSAGE % {
            "id": handle,
            "type": "Reply" if reply else "Default",
            "at": stamp,
            "edited": f'"{stamp}"' if rng.random() < 0.08 else "null",
            "text": text,
            "author": rng.choice(self._authors),
            "attachments": _DISCORD_ATTACHMENT % {"id": handle} if rng.random() < 0.08 else "[]",
            "embeds": embed or "[]",
            "reactions": self._reactions() if rng.random() < 0.2 else "[]",
            "mentions": self._mentions() if reply or rng.random() < 0.1 else "[]",
            "reference": reference,
        }

    def _reactions(self) -> str:
        rows = []
        for name in self.rng.sample(EMOJI, self.rng.choice((1, 1, 2))):
            amount = self.rng.choice((1, 1, 2, 3))
            self.tally.reactions += amount
            users = ",\n".join(f"            {one}" for one in self.rng.sample(self._reacting, amount))
            rows.append(_DISCORD_REACTION % {"name": name, "count": amount, "users": users})
        return "[\n" + ",\n".join(rows) + "\n      ]"

    def _mentions(self) -> str:
        return "[\n        " + self.rng.choice(self._mentioned) + "\n      ]"

    def _user(self, number: int, indent: str, *, roles: bool) -> str:
        held = ""
        if roles:
            rows = [
                f"{indent}    " + _DISCORD_ROLE.replace("\n", f"\n{indent}    ") % {"role": role}
                for role in range(number % 4)
            ]
            held = f'{indent}  "roles": [' + (
                "\n" + ",\n".join(rows) + f"\n{indent}  ],\n" if rows else "],\n"
            )
        return (
            f'{{\n{indent}  "id": "{self.people[number]}",\n{indent}  "name": "person{number}",\n'
            f'{indent}  "discriminator": "0000",\n{indent}  "nickname": "Person {number}",\n'
            f'{indent}  "color": "#3498DB",\n{indent}  "isBot": false,\n{held}'
            f'{indent}  "avatarUrl": "https://cdn.example.org/avatars/{self.people[number]}/{number:032x}.png?size=512"\n'
            f"{indent}}}"
        )


_DISCORD_HEAD = """{
  "guild": {
    "id": "700000000000000001",
    "name": "Synthetic",
    "iconUrl": "https://cdn.example.org/icons/1.png"
  },
  "channel": {
    "id": "700000000000000002",
    "type": "GuildTextChat",
    "categoryId": "700000000000000003",
    "category": "Text Channels",
    "name": "general",
    "topic": "Everything"
  },
  "dateRange": {
    "after": null,
    "before": null
  },
  "exportedAt": "2026-04-25T12:00:00+00:00",
  "messages": ["""

_DISCORD_MESSAGE = """    {
      "id": "%(id)s",
      "type": "%(type)s",
      "timestamp": "%(at)s",
      "timestampEdited": %(edited)s,
      "callEndedTimestamp": null,
      "isPinned": false,
      "content": "%(text)s",
      "author": %(author)s,
      "attachments": %(attachments)s,
      "components": [],
      "embeds": %(embeds)s,
      "stickers": [],
      "reactions": %(reactions)s,
      "mentions": %(mentions)s,%(reference)s
      "inlineEmojis": []
    }"""

_DISCORD_ROLE = """{
  "id": "900000000000000%(role)03d",
  "name": "Role %(role)d",
  "color": "#3498DB",
  "position": %(role)d
}"""

_DISCORD_REFERENCE = """
      "reference": {
        "type": "Default",
        "messageId": "%(message)s",
        "channelId": "700000000000000002",
        "guildId": "700000000000000001"
      },"""

_DISCORD_ATTACHMENT = """[
        {
          "id": "%(id)s",
          "url": "https://cdn.example.org/attachments/700000000000000002/%(id)s/image.png?ex=66&is=65&hm=00",
          "fileName": "image.png",
          "fileSizeBytes": 482113
        }
      ]"""

_DISCORD_EMBED = """[
        {
          "title": "A page worth reading",
          "url": "%(url)s",
          "timestamp": null,
          "description": "%(text)s",
          "thumbnail": {
            "url": "https://images-ext.example.org/external/abc/image.png",
            "canonicalUrl": "https://example.org/image.png",
            "width": 1200,
            "height": 630
          },
          "images": [],
          "fields": [],
          "inlineEmojis": []
        }
      ]"""

_DISCORD_REACTION = """        {
          "emoji": {
            "id": "",
            "name": "%(name)s",
            "code": "%(name)s",
            "isAnimated": false,
            "imageUrl": "https://cdn.example.org/twemoji/1f44d.svg"
          },
          "count": %(count)d,
          "users": [
%(users)s
          ]
        }"""
