"""Reads a Slack export: a folder per channel with a file per day, read day by day over all channels."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from adapters.archive.archive import EARLIEST, LATEST, NO_TIME, Archive, without_duplicates
from adapters.archive.containers import ACCEPTED, Container
from adapters.archive.import_report import Damaged, ImportReport
from adapters.archive.lenient_json import DECODE_ERRORS, decode_rows
from adapters.markup.slack import is_question, links, plain, unescaped
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import (
    ChannelFacts,
    Event,
    MemberJoined,
    MemberLeft,
    MessagePosted,
    Profile,
    Roster,
    SpaceRef,
)

BY_PEOPLE = frozenset({None, "thread_broadcast", "me_message", "file_share", "file_comment"})
"""The subtypes of messages that people write; all others are notices or bots' messages."""
SLACKBOT = "USLACKBOT"
MAX_DAY_BYTES = 512 * 2**20
"""Bytes. A day file is decoded at once."""
HELD_BACK_FOR = timedelta(days=1)
"""A file named 2024-03-05 contains that day in the exporting person's zone, so it may begin 14 hours before
midnight UTC (Kiritimati) and end 12 hours after it. Rows are held back until no later file can contain an
earlier one.
"""

_DAY_FILE = re.compile(r"(\d{4}-\d{2}-\d{2})\.json")
_PRIVATE_NAME = re.compile(r"mpdm-.*|D[A-Z0-9]{8,}")
_PRIVATE_LISTS = {
    "groups.json": "a private channel",
    "dms.json": "direct messages",
    "mpims.json": "direct messages of a group",
}

T = TypeVar("T")


# The rows of the export. Only needed fields are listed, so that the decoder skips the rest --------


class _Reaction(Struct, gc=False):
    count: int = 0


class _Row(Struct, gc=False):
    ts: str
    user: str | None = None
    subtype: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    reactions: list[_Reaction] | None = None


class _Words(Struct):
    value: str | None = None


class _ChannelRow(Struct):
    id: str
    name: str | None = None
    is_archived: bool | None = None
    is_private: bool | None = None
    members: list[str] | None = None
    topic: _Words | None = None


class _UserProfile(Struct):
    display_name: str | None = None
    real_name: str | None = None


class _UserRow(Struct):
    id: str
    name: str | None = None
    real_name: str | None = None
    team_id: str | None = None
    tz: str | None = None
    deleted: bool | None = None
    is_bot: bool | None = None
    is_admin: bool | None = None
    is_owner: bool | None = None
    is_restricted: bool | None = None
    is_ultra_restricted: bool | None = None
    is_stranger: bool | None = None
    profile: _UserProfile | None = None


DAY_ROWS = msgspec.json.Decoder(list[_Row])
_USERS = msgspec.json.Decoder(list[_UserRow])
_CHANNELS = msgspec.json.Decoder(list[_ChannelRow])
_INSTANTS = msgspec.json.Decoder(list[Annotated[datetime, Meta(tz=True)]], strict=False)


def find_slack_folder(sizes: dict[str, int]) -> str | None:
    """The folder that contains a Slack export, `""` for the root; None if there is none."""
    for name in sorted(sizes, key=lambda name: (name.count("/"), name)):
        folder, _, file = name.rpartition("/")
        if file in ("users.json", "channels.json") and folder.count("/") == 0:
            return folder
    return None


class _DayFile(Struct, frozen=True, gc=False):
    day: str
    place: str
    name: str


class SlackExport(Archive):
    """A Slack export of any age; see `archive.Archive`."""

    platform = "slack"

    def __init__(self, container: Container, folder: str) -> None:
        super().__init__(container, ImportReport())
        self._top = f"{folder}/" if folder else ""
        self._sizes = {
            name.removeprefix(self._top): size
            for name, size in container.sizes().items()
            if name.startswith(self._top)
        }
        self._users = self._list("users.json", _USERS)
        self._channels = self._list("channels.json", _CHANNELS)
        self._closed = {name: self._list(name, _CHANNELS) for name in _PRIVATE_LISTS if name in self._sizes}
        self._private = self._find_private()
        self._people = {row.id: _profile(row) for row in self._users}
        self._bots = frozenset(who.handle for who in self._people.values() if who.bot) | {SLACKBOT}
        self._names = self._find_names()
        self._days = self._plan()
        self.total_bytes = sum(self._sizes[file.name] for file in self._days)
        self.read_bytes = 0

    def roster(self) -> Roster:
        # The people of connected workspaces are listed, too, each with their own team.
        teams = Counter(row.team_id for row in self._users if row.team_id)
        stem = self._container.path.name.removesuffix(".zip").removesuffix(".slack")
        return Roster(
            space=SpaceRef("slack", teams.most_common(1)[0][0] if teams else stem),
            name=stem,
            people=tuple(self._people.values()),
            channels=tuple(self._find_channels()),
        )

    def events(self) -> Iterator[Event]:
        self._report.start_reading()
        self.read_bytes = 0
        return without_duplicates(self._in_order(), self._report)

    # Reading -------------------------------------------------------------------------------------

    def _in_order(self) -> Iterator[list[Event]]:
        held: list[Event] = []
        for day, files in groupby(self._days, key=attrgetter("day")):
            sure = datetime.fromisoformat(day).replace(tzinfo=UTC) - HELD_BACK_FOR
            cut = bisect_left(held, sure, key=attrgetter("at"))
            yield held[:cut]
            del held[:cut]
            found = [event for file in files for event in self._read(file)]
            found.sort(key=attrgetter("at"))
            is_behind = bool(held and found) and found[0].at < held[-1].at
            held += found
            if is_behind:  # usually one day follows the other, and two sorted lists are one
                held.sort(key=attrgetter("at"))
        yield held

    def _read(self, file: _DayFile) -> list[Event]:
        self.read_bytes += self._sizes[file.name]
        try:
            rows, bad = decode_rows(self._container.read(self._top + file.name), DAY_ROWS)
        except Damaged as fault:
            self._report.add_file(file.name, f"{fault}; left out")
            return []
        if bad:
            self._report.add_file(
                file.name, f"{bad} of its {bad + len(rows)} rows cannot be read; the others go in"
            )
        place, bots, names = file.place, self._bots, self._names
        found: list[Event] = []
        for row, at in zip(rows, _instants(rows), strict=True):
            who = row.user
            if at is None:
                self._report.add_rows(NO_TIME)
            elif who and row.subtype in BY_PEOPLE and not row.bot_id and who not in bots:
                found.append(_message(row, at, place, who, names))
            elif (event := self._other(row, at, place)) is not None:
                found.append(event)
        return found

    def _other(self, row: _Row, at: datetime, place: str) -> Event | None:
        """The event of a row that is no person's message; None, and counted as skipped, if there is none."""
        who = row.user
        if row.subtype in BY_PEOPLE:
            self._report.add_rows("from bots" if who else f"{row.subtype or 'message'} without a user")
        elif row.subtype == "channel_join" and who:
            return MemberJoined(at, self._people.get(who) or Profile(who), place)
        elif row.subtype == "channel_leave" and who:
            return MemberLeft(at, who, place)
        else:
            self._report.add_rows(row.subtype or "message")
        return None

    # Opening -------------------------------------------------------------------------------------

    def _list(self, name: str, decoder: msgspec.json.Decoder[list[T]]) -> list[T]:
        """One of the lists in the root; if it is damaged, names are missing, not messages."""
        if name not in self._sizes:
            self._report.skip_file(name, "is missing")
            return []
        self._refuse_too_large(name)
        try:
            rows, bad = decode_rows(self._container.read(self._top + name), decoder)
        except Damaged as fault:
            self._report.skip_file(name, f"{fault}; left out")
            return []
        if bad:
            self._report.skip_file(name, f"{bad} of its {bad + len(rows)} entries cannot be read")
        return rows

    def _find_private(self) -> dict[str, str]:
        """The folders that are private and not read, each with a description."""
        private = {
            folder: _PRIVATE_LISTS[name]
            for name, rows in self._closed.items()
            for row in rows
            for folder in (row.id, row.name)
            if folder
        }
        for row in self._channels:
            if row.is_private:
                private |= {row.id: "a private channel", row.name or row.id: "a private channel"}
        return private

    def _find_channels(self) -> Iterator[ChannelFacts]:
        listed = {row.id for row in self._channels}
        for row in self._channels:
            yield ChannelFacts(
                handle=row.id,
                name=row.name or row.id,
                private=bool(row.is_private),
                archived=bool(row.is_archived),
                topic=unescaped((row.topic and row.topic.value) or ""),
                members=() if row.is_private else tuple(row.members or ()),
            )
        unlisted = {file.place for file in self._days} - listed
        for place in sorted(unlisted):
            yield ChannelFacts(handle=place, name=place)
        for row in self._closed.get("groups.json", []):
            yield ChannelFacts(handle=row.id, name=row.name or row.id, private=True)

    def _find_names(self) -> dict[str, str]:
        channels = {row.id: row.name or row.id for row in self._channels}
        return channels | {handle: who.name for handle, who in self._people.items()}

    def _plan(self) -> list[_DayFile]:
        """All day files in order; anything else in the folders is reported."""
        places = {name: row.id for row in self._channels for name in (row.id, row.name) if name}
        days: list[_DayFile] = []
        not_read: dict[str, str] = {}
        for name in self._sizes:
            folder, _, file = name.partition("/")
            if not file or "/" in file:
                continue  # lists in the root, and uploaded files
            private = self._private.get(folder) or (_PRIVATE_NAME.fullmatch(folder) and "direct messages")
            if private:
                not_read[folder] = private
            elif (day := _DAY_FILE.fullmatch(file)) and _is_date(day[1]):
                self._refuse_too_large(name)
                days.append(_DayFile(day[1], places.get(folder, folder), name))
            elif file.endswith(".json"):
                self._report.skip_file(name, "is not a day of messages; left out")
        for folder, what in not_read.items():
            self._report.skip_file(f"{folder}/", f"is {what}; not read")
        return sorted(days, key=attrgetter("day", "name"))

    def _refuse_too_large(self, name: str) -> None:
        if self._sizes[name] > MAX_DAY_BYTES:
            raise BadInput(
                f"{self._container.path} is not read: {name} has {self._sizes[name] / 2**20:,.0f} MB, and "
                f"{MAX_DAY_BYTES // 2**20} MB is the limit for one day of one channel. {ACCEPTED}."
            )


def _message(row: _Row, at: datetime, place: str, who: str, names: Mapping[str, str]) -> MessagePosted:
    # A third of the reading time is spent here; most texts have no markup, so the checks are inlined.
    raw = row.text or ""
    is_marked = "<" in raw
    thread = row.thread_ts
    reply = bool(thread) and thread != row.ts
    return MessagePosted(
        at,
        place,
        row.ts,
        who,
        plain(raw, names) if is_marked or "&" in raw or "\x00" in raw else raw,
        thread if thread and reply else "",
        "",
        reply,
        links(raw) if is_marked else (),
        "?" in raw and (not is_marked or is_question(raw)),
        sum([reaction.count for reaction in row.reactions]) if row.reactions else 0,
    )


def _instants(rows: list[_Row]) -> Sequence[datetime | None]:
    """The instants of rows; None where `ts` is not seconds since 1970.

    Decoding them together takes a fifth of the time of `fromtimestamp`, with the same microseconds.
    """
    try:
        moments = _INSTANTS.decode("[" + ",".join([row.ts for row in rows]) + "]")
    except DECODE_ERRORS:
        moments = []
    if moments and len(moments) == len(rows) and min(moments) >= EARLIEST and max(moments) < LATEST:
        return moments
    return [_instant(row.ts) for row in rows]


def _instant(ts: str) -> datetime | None:
    try:
        moment = datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if EARLIEST <= moment < LATEST else None


def _is_date(text: str) -> bool:
    try:
        return EARLIEST.date() <= date.fromisoformat(text) < LATEST.date()
    except ValueError:
        return False


def _profile(row: _UserRow) -> Profile:
    shown = row.profile or _UserProfile()
    return Profile(
        handle=row.id,
        name=unescaped(shown.display_name or shown.real_name or row.real_name or row.name or row.id),
        zone=row.tz or "",
        bot=bool(row.is_bot) or row.id == SLACKBOT,
        guest=bool(row.is_restricted or row.is_ultra_restricted or row.is_stranger),
        gone=bool(row.deleted),
        manager=bool(row.is_admin or row.is_owner),
    )
