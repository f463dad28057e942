"""Reads the sample community of `tertulia try`: people in a TOML file, messages in one text file per week.

# Monday 2026-01-05              a day
== general                       a channel, until the next one or the next day
09:12 ines: text                 a message on one line, at the community's local time
  09:20 marek: text              a reply in the thread of the last message that is not indented
  ^ tada kofi, lena              reactions to the message above: an emoji's name, people
09:25 + nadia                    someone joins the community
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct

from adapters.archive.archive import EARLIEST, LATEST, Archive, without_duplicates
from adapters.archive.containers import Container, Folder
from adapters.archive.import_report import Damaged, ImportReport
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import (
    ChannelFacts,
    Event,
    MemberJoined,
    MessagePosted,
    Profile,
    ReactionAdded,
    Roster,
    SpaceRef,
)
from facilitation.core.values.links import find_urls, is_question

SPACE = SpaceRef("page", "sample")
FIRST_REACTION = timedelta(minutes=2)
NEXT_REACTION = timedelta(minutes=3)

_PACKAGED = Path(__file__).parent / "sample"
_WEEK = re.compile(r"week-(\d+)\.txt")
_DAY_LINE = re.compile(r"# \w+ (\d{4}-\d{2}-\d{2})")
_CHANNEL_LINE = re.compile(r"== (\S+)")
_MESSAGE_LINE = re.compile(r"(\s*)(\d{2}:\d{2}) ([\w.-]+): (\S.*)")
_REACTION_LINE = re.compile(r"\s*\^ (\S+) ([\w.-]+(?:, [\w.-]+)*)")
_JOIN_LINE = re.compile(r"\s*(\d{2}:\d{2}) \+ ([\w.-]+)")


class CommunityFacts(Struct, frozen=True):
    """What a coordinator would have entered in the settings and the charter; `coordinators` are handles."""

    name: str
    zone: str
    country: str
    purpose: str
    domain: str
    ground_rules: tuple[str, ...]
    coordinators: tuple[str, ...]


class _ChannelEntry(Struct):
    name: str
    topic: str = ""
    private: bool = False


class _PersonEntry(Struct):
    handle: str
    name: str
    zone: str = ""
    role: str = ""


class _PeopleFile(Struct):
    name: str
    zone: str
    country: str = ""
    purpose: str = ""
    domain: str = ""
    ground_rules: tuple[str, ...] = ()
    channels: tuple[_ChannelEntry, ...] = ()
    people: tuple[_PersonEntry, ...] = ()


def sample_archive() -> "SampleArchive":
    """The sample that is part of the package."""
    return SampleArchive(Folder(_PACKAGED), "")


def find_sample_folder(sizes: dict[str, int]) -> str | None:
    """The folder that contains a sample, `""` for the root; None if there is none."""
    for name in sizes:
        folder, _, file = name.rpartition("/")
        if file == "people.toml" and folder.count("/") == 0:
            return folder
    return None


class SampleArchive(Archive):
    """A community in the format above; see `archive.Archive`. Sorted in memory, because it is small."""

    platform = "page"

    def __init__(self, container: Container, folder: str) -> None:
        super().__init__(container, ImportReport())
        top = f"{folder}/" if folder else ""
        sizes = container.sizes()
        weeks = [
            (int(found[1]), name) for name in sizes if (found := _WEEK.fullmatch(name.removeprefix(top)))
        ]
        self._weeks = [name for _, name in sorted(weeks)]
        entries = self._load(f"{top}people.toml")
        self._zone = self._find_zone(entries.zone)
        self._people = {
            entry.handle: Profile(
                entry.handle, entry.name, entry.zone or entries.zone, manager=entry.role == "coordinator"
            )
            for entry in entries.people
        }
        self.community = CommunityFacts(
            entries.name,
            entries.zone,
            entries.country,
            entries.purpose,
            entries.domain,
            entries.ground_rules,
            coordinators=tuple(who.handle for who in self._people.values() if who.manager),
        )
        self._channels = entries.channels
        self.total_bytes = sum(sizes[name] for name in self._weeks)
        self.read_bytes = 0

    def roster(self) -> Roster:
        everyone = tuple(self._people)
        return Roster(
            SPACE,
            self.community.name,
            people=tuple(self._people.values()),
            channels=tuple(
                ChannelFacts(
                    channel.name,
                    channel.name,
                    private=channel.private,
                    topic=channel.topic,
                    members=self.community.coordinators if channel.private else everyone,
                )
                for channel in self._channels
            ),
        )

    def events(self) -> Iterator[Event]:
        self._report.start_reading()
        self.read_bytes = 0
        found = [event for name in self._weeks for event in self._week(name)]
        return without_duplicates([sorted(found, key=attrgetter("at"))], self._report)

    def _week(self, name: str) -> Iterator[Event]:
        try:
            raw = self._container.read(name)
            self.read_bytes += len(raw)
            text = raw.decode()
        except (Damaged, UnicodeDecodeError) as fault:
            self._report.add_file(name, f"{fault}; left out")
            return
        reader = _WeekReader(self._people, {channel.name for channel in self._channels}, self._zone)
        for number, line in enumerate(text.splitlines(), start=1):
            try:
                yield from reader.read(line)
            except ValueError as fault:
                self._report.add_file(f"{name}, line {number}", f"{fault}; left out")

    def _load(self, name: str) -> _PeopleFile:
        try:
            return msgspec.convert(tomllib.loads(self._container.read(name).decode()), _PeopleFile)
        except (Damaged, ValueError, msgspec.ValidationError) as fault:
            raise BadInput(f"{self._container.path} is not a sample: in {name}, {fault}.") from None

    def _find_zone(self, name: str) -> ZoneInfo:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise BadInput(
                f"{self._container.path} is not a sample: in people.toml, the zone {name!r} is not one of "
                "IANA's, such as Europe/Lisbon."
            ) from None


class _WeekReader:
    """Reads one week line by line; remembers the day, the channel and the message above."""

    def __init__(self, people: dict[str, Profile], channels: set[str], zone: ZoneInfo) -> None:
        self._people = people
        self._channels = channels
        self._zone = zone
        self._day: date | None = None
        self._channel = ""
        self._root = ""
        self._above: MessagePosted | None = None
        self._ids: set[str] = set()

    def read(self, line: str) -> Iterator[Event]:
        """The events of a line; raises ValueError if it is not in the format."""
        if not line.strip():
            return
        if found := _DAY_LINE.fullmatch(line):
            self._day, self._channel, self._root, self._above = None, "", "", None
            self._day = _day(found[1])
        elif found := _CHANNEL_LINE.fullmatch(line):
            if found[1] not in self._channels:
                raise ValueError(f"there is no channel {found[1]!r}")
            self._channel, self._root, self._above = found[1], "", None
        elif found := _JOIN_LINE.fullmatch(line):
            yield MemberJoined(self._at(found[1]), self._person(found[2]))
        elif found := _MESSAGE_LINE.fullmatch(line):
            yield self._message(bool(found[1]), self._at(found[2]), self._person(found[3]).handle, found[4])
        elif found := _REACTION_LINE.fullmatch(line):
            yield from self._reactions(found[1], [self._person(who).handle for who in found[2].split(", ")])
        else:
            raise ValueError("it is neither a day, a channel, a message, a reaction nor someone joining")

    def _message(self, is_reply: bool, at: datetime, who: str, text: str) -> MessagePosted:
        if not self._channel:
            raise ValueError("it stands in no channel")
        if is_reply and not self._root:
            raise ValueError("there is no message above that it could reply to")
        handle = self._new_id(at, who)
        if not is_reply:
            self._root = handle
        self._above = MessagePosted(
            at,
            self._channel,
            handle,
            who,
            text,
            thread=self._root if is_reply else "",
            reply=is_reply,
            links=find_urls(text),
            question=is_question(text),
        )
        return self._above

    def _reactions(self, emoji: str, people: list[str]) -> Iterator[ReactionAdded]:
        above = self._above
        if above is None:
            raise ValueError("there is no message above to react to")
        for number, who in enumerate(people):
            at = above.at + FIRST_REACTION + number * NEXT_REACTION
            yield ReactionAdded(at, above.place, above.message, who, emoji)

    def _new_id(self, at: datetime, who: str) -> str:
        plain = f"{at:%Y%m%dT%H%M%S}-{who}"
        handle, number = plain, 1
        while handle in self._ids:
            number += 1
            handle = f"{plain}-{number}"
        self._ids.add(handle)
        return handle

    def _at(self, clock: str) -> datetime:
        if self._day is None:
            raise ValueError("it stands on no day")
        return datetime.combine(self._day, time.fromisoformat(clock), self._zone).astimezone(UTC)

    def _person(self, handle: str) -> Profile:
        if handle not in self._people:
            raise ValueError(f"nobody has the handle {handle!r}")
        return self._people[handle]


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not EARLIEST.date() < day < LATEST.date():
        raise ValueError("that is a day of another age")
    return day
