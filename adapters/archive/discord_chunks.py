"""Splits one DiscordChatExporter file, however large, into lists of decoded messages.

The file is read in chunks, and each chunk is cut where a message begins: a comma, then an object whose first
keys are `id`, a number in quotes, and `type`. Quotes inside JSON strings are escaped, so these bytes cannot
occur in what a person wrote. Everything up to the last such position is decoded at once. Only if that fails
(because of damage, or of a nested object that begins alike) are messages decoded one by one.
"""

import re
from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec import Struct

from adapters.archive.import_report import Damaged
from adapters.archive.lenient_json import DECODE_ERRORS, convert_rows, parse_leniently

HEAD_LIMIT = 2**20
"""Bytes within which `messages` must begin; a real head has a few hundred."""
MESSAGE_LIMIT = 4 * 2**20
"""Bytes after which an object that does not end counts as damaged; real messages are far smaller."""
MAX_LOOK_AHEAD = 8
"""How many beginnings of messages are passed in search of an object's end before it counts as damaged."""
DAMAGE_LIMIT = 1_000

_LIST = re.compile(rb'"messages"\s*:\s*\[')
_FIRST = re.compile(rb'\s*(?:\]|\{\s*"id"\s*:\s*"\d+"\s*,\s*"type"\s*:)')
_NEXT = re.compile(rb',\s*(\{)\s*"id"\s*:\s*"\d+"\s*,\s*"type"\s*:')
_BEFORE_TYPE = re.compile(rb',\s*(\{)\s*"id"\s*:\s*"\d+"\s*,\s*\Z')
_BEFORE_TYPE_SPAN = 256
_CLOSED = re.compile(rb'\]\s*,\s*"messageCount"\s*:\s*\d+\s*\}\s*\Z')
_BETWEEN = re.compile(rb"[\s,]*")
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)


class Author(Struct, gc=False, rename="camel"):
    """The author of a message."""

    id: str
    name: str | None = None
    nickname: str | None = None
    is_bot: bool | None = None


class Reaction(Struct, gc=False):
    """One emoji under a message."""

    count: int = 0


class Reference(Struct, gc=False, rename="camel"):
    """The message that is replied to or forwarded."""

    message_id: str | None = None


class Row(Struct, gc=False):
    """One message of the export; the decoder skips fields that are not listed."""

    id: str
    type: str
    timestamp: datetime
    author: Author
    content: str | None = None
    reactions: list[Reaction] | None = None
    reference: Reference | None = None


class Guild(Struct):
    """The server."""

    id: str
    name: str | None = None


class Channel(Struct, rename="camel"):
    """The channel or thread of one file; the `category` of a thread is its parent channel."""

    id: str
    type: str | None = None
    category_id: str | None = None
    category: str | None = None
    name: str | None = None
    topic: str | None = None


class Head(Struct):
    """What precedes the messages."""

    guild: Guild
    channel: Channel


_ROWS = msgspec.json.Decoder(list[Row])
_HEAD = msgspec.json.Decoder(Head)


def head_of(start: bytes) -> Head | None:
    """The head of a file, from its first bytes; None if it does not precede the messages."""
    found = _LIST.search(start)
    if not found:
        return None
    raw = start[: found.start()].removeprefix(b"\xef\xbb\xbf").rstrip().removesuffix(b",") + b"}"
    try:
        return _HEAD.decode(raw)
    except DECODE_ERRORS:
        pass
    try:
        heads, _ = convert_rows([parse_leniently(raw)], Head)
    except Damaged:
        return None
    return heads[0] if heads else None


def can_be_cut(start: bytes) -> bool:
    """Whether the messages begin as DiscordChatExporter writes them, so that the file can be cut."""
    found = _LIST.search(start)
    return bool(found and _FIRST.match(start, found.end()))


class MessageChunks:
    """Iterates over the messages of one file in lists of some hundreds; skips damaged ones."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._data = b""
        self._ended = False
        self._closed = False
        self.damaged = 0
        """The number of messages that could not be read."""
        self.fault = ""
        """Why the file ended early; empty if it did not."""

    def __iter__(self) -> Iterator[list[Row]]:
        if not self._find_list():
            self.fault = self.fault or "has no list of messages"
            return
        while not self._ended:
            self._read_more()
            yield self._decode_up_to_last_cut()
            if self.damaged > DAMAGE_LIMIT:
                self.fault = f"is damaged in more than {DAMAGE_LIMIT:,} places"
                return
        yield self._decode_one_by_one(len(self._data))
        if self._closed:
            return
        if _CLOSED.search(self._data):
            # The file is complete, but its last message is not, unless its rest was counted already.
            self.damaged += self._data.startswith(b"{")
        elif not self.fault:
            self.fault = "is cut off: its list of messages does not end"

    def _find_list(self) -> bool:
        while not self._ended and len(self._data) < HEAD_LIMIT:
            self._read_more()
            found = _LIST.search(self._data)
            if found:
                self._data = self._data[found.end() :].lstrip()
                return True
        return False

    def _read_more(self) -> None:
        try:
            self._data += next(self._chunks)
        except StopIteration:
            self._ended = True
        except Damaged as fault:
            self._ended = True
            self.fault = str(fault)

    def _decode_up_to_last_cut(self) -> list[Row]:
        cut = _last_cut(self._data)
        if cut is None:
            return self._decode_one_by_one(len(self._data)) if len(self._data) > MESSAGE_LIMIT else []
        comma, brace = cut
        try:
            rows = _ROWS.decode(b"[%b]" % self._data[:comma])
        except DECODE_ERRORS:
            return self._decode_one_by_one(brace)
        self._data = self._data[brace:]
        return rows

    # Message by message --------------------------------------------------------------------------

    def _decode_one_by_one(self, stop: int) -> list[Row]:
        """Decode the messages that begin before `stop`; one that may still be completed is kept."""
        rows: list[Row] = []
        data = self._data
        position = _skip(data, 0)
        while position < stop and self.damaged <= DAMAGE_LIMIT:
            if not data.startswith(b"{", position):
                next_start = self._find_next(position)
                self._closed = next_start is None and (self._closed or data.startswith(b"]", position))
                if next_start is None:
                    # After the list, or in damage: only a message's start that is itself cut in two is
                    # useful.
                    position = max(position, len(data) - _BEFORE_TYPE_SPAN)
                    break
                position = next_start
                continue
            end = _end_of_object(data, position, self._window(position))
            if end is None and not self._is_damaged_for_good(position):
                break
            row, is_json = _decode(data[position:end]) if end else (None, False)
            if end and is_json:
                position = _skip(data, end)
            else:
                # If a quote is missing, the end that was found is not this message's.
                next_start = self._find_next(position + 1)
                if next_start is None and self._ended:
                    break
                position = next_start or len(data) - _BEFORE_TYPE_SPAN
            if row:
                rows.append(row)
            else:
                self.damaged += 1
        self._data = data[position:]
        return rows

    def _window(self, position: int) -> int:
        """How far to search for the end of the message at `position`."""
        end = position
        for _ in range(MAX_LOOK_AHEAD):
            cut = _NEXT.search(self._data, end + 1)
            if cut is None:
                return len(self._data)
            end = cut.start(1)
        return end

    def _is_damaged_for_good(self, position: int) -> bool:
        """Whether reading more of the file could not complete the message at `position`."""
        if self._ended:
            return self._find_next(position + 1) is not None
        return self._window(position) < len(self._data) or len(self._data) - position > MESSAGE_LIMIT

    def _find_next(self, position: int) -> int | None:
        """Where the next message begins after damage; None if that is not known yet."""
        cut = _NEXT.search(self._data, position)
        return cut.start(1) if cut else None


def _last_cut(data: bytes) -> tuple[int, int] | None:
    """The comma and the brace before the last message that begins in `data`, except the first message."""
    at = len(data)
    while (at := data.rfind(b'"type"', 0, at)) >= 0:
        found = _BEFORE_TYPE.search(data, max(0, at - _BEFORE_TYPE_SPAN), at)
        if found:
            return found.start(), found.start(1)
    return None


def _end_of_object(data: bytes, position: int, window: int) -> int | None:
    """Where the object at `position` ends; None if it does not end before `window`."""
    depth = 0
    for token in _TOKEN.finditer(data, position, window):
        match data[token.start()]:
            case 0x7B | 0x5B:  # { [
                depth += 1
            case 0x7D | 0x5D:  # } ]
                depth -= 1
                if depth == 0:
                    return token.end()
            case _:
                if token.end() - token.start() == 1:
                    return None  # a quote without its closing quote
    return None


def _decode(raw: bytes) -> tuple[Row | None, bool]:
    """The message, if it can be converted, and whether it is JSON at all."""
    try:
        return _ROWS.decode(b"[%b]" % raw)[0], True
    except DECODE_ERRORS:
        pass
    try:
        rows, _ = convert_rows([parse_leniently(raw)], Row)
    except Damaged:
        return None, False
    return (rows[0] if rows else None), True


def _skip(data: bytes, position: int) -> int:
    found = _BETWEEN.match(data, position)
    return found.end() if found else position
