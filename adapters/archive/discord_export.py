"""Reads a DiscordChatExporter export: one JSON file per channel or thread, merged in the order of time."""

import contextlib
import heapq
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from operator import attrgetter

import msgspec
from msgspec import Struct

from adapters.archive.archive import EARLIEST, LATEST, NO_TIME, Archive, without_duplicates
from adapters.archive.containers import Container
from adapters.archive.discord_chunks import (
    HEAD_LIMIT,
    Guild,
    Head,
    MessageChunks,
    Row,
    can_be_cut,
    head_of,
)
from adapters.archive.import_report import Damaged, ImportReport
from adapters.archive.lenient_json import DECODE_ERRORS, convert_rows, parse_leniently
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import (
    ChannelFacts,
    Event,
    MemberChanged,
    MemberJoined,
    MessagePosted,
    Profile,
    Roster,
    SpaceRef,
)
from facilitation.core.values.links import find_urls, is_question

CHUNK = 256 * 2**10
"""Bytes. Larger chunks outgrow the processor's cache and are slower."""
MIN_CHUNK = 32 * 2**10
MAX_CHUNKS_BYTES = 16 * 2**20
"""Bytes of the chunks of all files together: the more files, the smaller their chunks."""
MAX_WHOLE_BYTES = 64 * 2**20
"""Bytes of a file in an unusual layout, which has to be decoded at once."""
FIRST_BYTES = 64 * 2**10
MERGED_BLOCK = 500
"""Events per block after merging."""

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_TIMESTAMP = re.compile(rb'"type"\s*:\s*"\w+"\s*,\s*"timestamp"\s*:\s*"([^"]*)"')
_PRIVATE_TYPES = {
    "DirectTextChat": "direct messages",
    "DirectGroupTextChat": "direct messages of a group",
    "GuildPrivateThread": "a private thread",
}


class _File(Struct, frozen=True):
    name: str
    size: int
    head: Head
    is_cut: bool
    is_newest_first: bool = False
    first: datetime = _BEFORE_ALL


class DiscordExport(Archive):
    """A DiscordChatExporter export in JSON; see `archive.Archive`.

    The head of each file names the server and the channel. People are known only by their messages, so each
    is reported once (`MemberChanged`) before their first message.
    """

    platform = "discord"

    def __init__(self, container: Container, files: list[_File], problems: ImportReport) -> None:
        super().__init__(container, problems)
        self._guild = self._choose_guild(files)
        self._files = [file for file in files if self._is_read(file)]
        self._people: dict[str, Profile] = {}
        self.total_bytes = sum(file.size for file in self._files)
        self.read_bytes = 0
        if not self._files:
            raise BadInput(
                f"{container.path} has only direct messages or private threads, and those are not read."
            )

    def roster(self) -> Roster:
        return Roster(
            space=SpaceRef("discord", self._guild.id),
            name=self._guild.name or self._guild.id,
            people=tuple(self._people.values()),
            channels=tuple(self._channels().values()),
        )

    def events(self) -> Iterator[Event]:
        self._report.start_reading()
        self.read_bytes = 0
        self._people.clear()
        chunk = max(MIN_CHUNK, min(CHUNK, MAX_CHUNKS_BYTES // len(self._files)))
        streams = [(file.first, self._read(file, chunk)) for file in self._files]
        return self._with_people(without_duplicates(_merged(streams), self._report))

    # Reading -------------------------------------------------------------------------------------

    def _with_people(self, events: Iterator[Event]) -> Iterator[Event]:
        """Report each person once, before their first message."""
        reported: set[str] = set()
        people = self._people
        for event in events:
            if isinstance(event, MessagePosted):
                if event.who not in reported:
                    reported.add(event.who)
                    yield MemberChanged(event.at, people[event.who])
            elif isinstance(event, MemberJoined):
                reported.add(event.who.handle)
            yield event

    def _read(self, file: _File, chunk: int) -> Iterator[list[Event]]:
        blocks = (self._events(rows, file.head) for rows in self._rows(file, chunk))
        for block in _reversed(blocks) if file.is_newest_first else blocks:
            block.sort(key=attrgetter("at"))
            yield block

    def _rows(self, file: _File, chunk: int) -> Iterator[list[Row]]:
        chunks = self._counting_bytes(self._container.stream(file.name, chunk))
        if not file.is_cut:
            yield self._decode_whole(file, chunks)
            return
        pieces = MessageChunks(chunks)
        yield from pieces
        if pieces.damaged:
            amount = f"{pieces.damaged} messages" if pieces.damaged > 1 else "one message"
            self._report.add_file(file.name, f"{amount} cannot be read; the others go in")
        if pieces.fault:
            self._report.add_file(file.name, f"{pieces.fault}; what stands before goes in")

    def _counting_bytes(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.read_bytes += len(chunk)
            yield chunk

    def _decode_whole(self, file: _File, chunks: Iterator[bytes]) -> list[Row]:
        try:
            found = parse_leniently(b"".join(chunks))
        except Damaged as fault:
            self._report.add_file(file.name, f"{fault}; left out")
            return []
        values = found.get("messages") if isinstance(found, dict) else None
        if not isinstance(values, list):
            self._report.add_file(file.name, "has no list of messages; left out")
            return []
        rows, bad = convert_rows(values, Row)
        if bad:
            self._report.add_file(file.name, f"{bad} of its {len(values)} messages cannot be read")
        return rows

    def _events(self, rows: list[Row], head: Head) -> list[Event]:
        place, thread = _place(head)
        found: list[Event] = []
        for row in rows:
            at = row.timestamp
            if at.tzinfo is None:
                at = at.replace(tzinfo=UTC)
            if not EARLIEST <= at < LATEST:
                self._report.add_rows(NO_TIME)
                continue
            if at.tzinfo is not UTC:
                at = at.astimezone(UTC)
            author = row.author
            if row.type in ("Default", "Reply"):
                if author.is_bot:
                    self._report.add_rows("from bots")
                    continue
                if author.id not in self._people:
                    self._people[author.id] = Profile(author.id, author.nickname or author.name or author.id)
                found.append(_message(row, at, place, thread))
            elif row.type == "GuildMemberJoin":
                who = Profile(author.id, author.nickname or author.name or author.id, bot=bool(author.is_bot))
                self._people[author.id] = who
                found.append(MemberJoined(at, who))
            else:
                self._report.add_rows(row.type)
        return found

    # Opening -------------------------------------------------------------------------------------

    def _choose_guild(self, files: list[_File]) -> Guild:
        """The server with the most files; an archive is one space, so files of other servers are skipped."""
        amounts = Counter(file.head.guild.id for file in files)
        chosen = amounts.most_common(1)[0][0]
        return next(file.head.guild for file in files if file.head.guild.id == chosen)

    def _is_read(self, file: _File) -> bool:
        private = _PRIVATE_TYPES.get(file.head.channel.type or "")
        if private:
            self._report.skip_file(file.name, f"is {private}; not read")
        elif file.head.guild.id != self._guild.id:
            self._report.skip_file(file.name, "is of another server; left out")
        elif not file.is_cut and file.size > MAX_WHOLE_BYTES:
            limit = f"{MAX_WHOLE_BYTES // 2**20} MB is the limit for that"
            self._report.skip_file(
                file.name, f"is not laid out as DiscordChatExporter does, and {limit}; left out"
            )
        else:
            return True
        return False

    def _channels(self) -> dict[str, ChannelFacts]:
        channels: dict[str, ChannelFacts] = {}
        for file in self._files:
            channel = file.head.channel
            place, thread = _place(file.head)
            if thread:
                channels.setdefault(place, ChannelFacts(place, channel.category or place))
            else:
                channels[place] = ChannelFacts(place, channel.name or place, topic=channel.topic or "")
        return channels


def _place(head: Head) -> tuple[str, str]:
    """The ids of the channel and, for a thread, of the thread; `category` is the channel of a thread."""
    channel = head.channel
    if "Thread" not in (channel.type or ""):
        return channel.id, ""
    return channel.category_id or channel.category or channel.id, channel.id


def _message(row: Row, at: datetime, place: str, thread: str) -> MessagePosted:
    text = row.content or ""
    refers_to = (row.reference and row.reference.message_id) or ""
    # As at the gateway: the message above a thread has the thread's id, and is no reply.
    is_reply = bool(refers_to or (thread and thread != row.id))
    return MessagePosted(
        at,
        place,
        row.id,
        row.author.id,
        text.replace("\x00", "") if "\x00" in text else text,
        thread,
        refers_to,
        is_reply,
        find_urls(text),
        is_question(text),
        sum([reaction.count for reaction in row.reactions]) if row.reactions else 0,
    )


def _reversed(blocks: Iterator[list[Event]]) -> Iterator[list[Event]]:
    """The blocks in reverse order, by way of a file: exporters can write the newest messages first."""
    with tempfile.TemporaryFile() as spool:
        places = [(spool.tell(), spool.write(msgspec.msgpack.encode(block))) for block in blocks]
        for position, size in reversed(places):
            spool.seek(position)
            yield msgspec.msgpack.decode(spool.read(size), type=list[Event])


def _merged(streams: list[tuple[datetime, Iterator[list[Event]]]]) -> Iterator[list[Event]]:
    """Merge streams that are each in order; each is opened when its first instant is reached."""
    if len(streams) == 1:
        yield from streams[0][1]
        return
    merged = _merged_events([(first, chain.from_iterable(blocks)) for first, blocks in streams])
    while block := list(islice(merged, MERGED_BLOCK)):
        yield block


def _merged_events(streams: list[tuple[datetime, Iterator[Event]]]) -> Iterator[Event]:
    heap: list[tuple[datetime, int, Event | None, Iterator[Event]]] = [
        (first, number, None, stream) for number, (first, stream) in enumerate(streams)
    ]
    heapq.heapify(heap)
    while heap:
        _, number, held, stream = heap[0]
        if held is not None:
            yield held
        following = next(stream, None)
        if following is None:
            heapq.heappop(heap)
        else:
            heapq.heapreplace(heap, (following.at, number, following, stream))


def find_discord_files(container: Container, problems: ImportReport) -> list[_File]:
    """The DiscordChatExporter files of a container; other JSON files are reported as problems."""
    files: list[_File] = []
    for name, size in container.sizes().items():
        if not name.endswith(".json"):
            continue
        try:
            file = _inspect(container, name, size)
        except Damaged as fault:
            problems.skip_file(name, f"{fault}; left out")
            continue
        if file:
            files.append(file)
        else:
            problems.skip_file(name, "is not from DiscordChatExporter; left out")
    return files


def _inspect(container: Container, name: str, size: int) -> _File | None:
    start = _start_of(container, name, FIRST_BYTES)
    head = head_of(start)
    if head is None and size > FIRST_BYTES:
        start = _start_of(container, name, HEAD_LIMIT)
        head = head_of(start)
    if head is None:
        # Written by another program, perhaps with the head after the messages.
        head = _whole_head(container, name) if b'"messages"' in start and size <= MAX_WHOLE_BYTES else None
        return _File(name, size, head, is_cut=False) if head else None
    instants = _instants(start)
    is_newest_first = bool(instants) and instants[-1] < instants[0]
    first = instants[0] if instants and not is_newest_first else _BEFORE_ALL
    return _File(name, size, head, can_be_cut(start), is_newest_first, first)


def _start_of(container: Container, name: str, amount: int) -> bytes:
    start = b""
    for piece in container.stream(name, amount):
        start += piece
        if len(start) >= amount:
            break
    return start


def _whole_head(container: Container, name: str) -> Head | None:
    raw = b"".join(container.stream(name, CHUNK)).removeprefix(b"\xef\xbb\xbf")
    try:
        return msgspec.json.decode(raw, type=Head)
    except DECODE_ERRORS:
        return None


def _instants(start: bytes) -> list[datetime]:
    """The instants of the first messages, as far as the start of a file contains them."""
    instants: list[datetime] = []
    for found in _TIMESTAMP.finditer(start):
        with contextlib.suppress(ValueError):
            at = datetime.fromisoformat(found[1].decode())
            instants.append(at if at.tzinfo else at.replace(tzinfo=UTC))
    return instants
