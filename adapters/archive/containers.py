"""Opens the zip or folder that contains an archive's files, and refuses hostile or damaged ones."""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from adapters.archive.import_report import Damaged
from facilitation.core.values.errors import BadInput

ACCEPTED = (
    "Expected: a Slack export (zip or folder, with users.json and channels.json), DiscordChatExporter JSON "
    "(zip, folder or one .json file) or a sample folder with people.toml"
)
MAX_MEMBER_BYTES = 4 * 2**30
"""Bytes. A server's whole history in one DiscordChatExporter file is smaller; a zip bomb is larger."""
MAX_TOTAL_BYTES = 64 * 2**30
MAX_RATIO = 250
"""The largest compression ratio. Chat JSON reaches 5 to 40; deflate's limit, used by bombs, is 1,032."""
RATIO_CHECKED_FROM = 16 * 2**20
MAX_DEPTH = 4
"""Levels of folders that are searched: an export inside another folder has two."""
TEXTS = (".json", ".toml", ".txt")

_OUTSIDE = re.compile(r"(?:^|[/\\])\.\.(?:$|[/\\])")
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")
_SYSTEM_FILES = re.compile(r"(?:^|[/\\])(?:__MACOSX|\.[^/\\]+)(?:$|[/\\])")
"""What macOS and editors add to a folder."""
_INPUT_BYTES = 256 * 2**10
_LOCAL_HEADER_BYTES = 30


class Container(Protocol):
    """The files of an archive, by their names with `/` between the parts."""

    path: Path

    def sizes(self) -> dict[str, int]:
        """The text files with their uncompressed sizes in bytes."""
        ...

    def read(self, name: str) -> bytes:
        """The content of a file; raises Damaged."""
        ...

    def stream(self, name: str, chunk: int) -> Iterator[bytes]:
        """The content of a file in chunks of at most `chunk` bytes; raises Damaged after the intact ones."""
        ...

    def close(self) -> None: ...


def open_container(path: Path) -> Container:
    """Open a zip, a folder or one JSON file; raises BadInput, in one line, for anything else."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return Folder(path)
        if not stat.S_ISREG(mode):
            raise BadInput(f"{path} is neither a file nor a folder. {ACCEPTED}.")
        with path.open("rb") as file:
            start = file.read(64)
    except FileNotFoundError:
        raise BadInput(f"{path} does not exist. {ACCEPTED}.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadInput(f"{path} cannot be opened: {reason}. {ACCEPTED}.") from None
    if start.startswith(b"PK"):
        return Zip(path)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return Folder(path.parent, only=path)
    if not start:
        raise BadInput(f"{path} is empty. {ACCEPTED}.")
    raise BadInput(f"{path} is neither a zip nor a folder nor a JSON file. {ACCEPTED}.")


# Folders -----------------------------------------------------------------------------------------


class Folder:
    """Files on disk. Symbolic links are not followed, so nothing outside the folder is read."""

    def __init__(self, root: Path, only: Path | None = None) -> None:
        self.path = only or root
        self._root = root
        self._only = only

    def sizes(self) -> dict[str, int]:
        if self._only:
            return {self._only.name: self._only.stat().st_size}
        return dict(sorted(self._walk()))

    def read(self, name: str) -> bytes:
        try:
            return (self._root / name).read_bytes()
        except OSError as error:
            raise Damaged(f"cannot be opened ({error.strerror})") from None

    def stream(self, name: str, chunk: int) -> Iterator[bytes]:
        # Reopened for each chunk: a server with thousands of threads would exhaust the file descriptors.
        position = 0
        while True:
            try:
                with (self._root / name).open("rb", buffering=0) as file:
                    file.seek(position)
                    piece = file.read(chunk)
            except OSError as error:
                raise Damaged(f"cannot be read ({error.strerror})") from None
            if not piece:
                return
            position += len(piece)
            yield piece

    def close(self) -> None:
        pass

    def _walk(self) -> Iterator[tuple[str, int]]:
        for place, folders, files in os.walk(self._root):
            relative = Path(place).relative_to(self._root)
            folders[:] = [
                name
                for name in folders
                if len(relative.parts) < MAX_DEPTH
                and not _SYSTEM_FILES.search(name)
                and not (Path(place) / name).is_symlink()
            ]
            for name in files:
                facts = (Path(place) / name).lstat()
                if name.endswith(TEXTS) and not _SYSTEM_FILES.search(name) and stat.S_ISREG(facts.st_mode):
                    yield (relative / name).as_posix(), facts.st_size


# Zips --------------------------------------------------------------------------------------------


class _Member(Struct, frozen=True, gc=False):
    offset: int
    packed: int
    size: int
    method: int
    checksum: int


class Zip:
    """The members of a zip, read by position: twice as fast as `ZipFile.read`, and any number side by side.

    Only one small row per text file is kept of the directory, because an export has a file per day and
    channel.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        entries = _directory(path)
        _refuse_hostile(path, entries)
        self._members = {
            _name(entry): _Member(
                entry.header_offset, entry.compress_size, entry.file_size, entry.compress_type, entry.CRC
            )
            for entry in _text_entries(entries)
        }
        self._file = path.open("rb", buffering=0)

    def sizes(self) -> dict[str, int]:
        return {name: self._members[name].size for name in sorted(self._members)}

    def read(self, name: str) -> bytes:
        member = self._members[name]
        body = b"".join(self._inflate(member, max(member.size, 1)))
        if zlib.crc32(body) != member.checksum:
            raise Damaged("is damaged: its checksum is wrong")
        return body

    def stream(self, name: str, chunk: int) -> Iterator[bytes]:
        member = self._members[name]
        checksum = 0
        for piece in self._inflate(member, chunk):
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if checksum != member.checksum:
            raise Damaged("is damaged: its checksum is wrong")

    def close(self) -> None:
        self._file.close()

    def _inflate(self, member: _Member, chunk: int) -> Iterator[bytes]:
        # APPNOTE 4.3.7: the name and extra field may be longer in the local header than in the directory.
        start = self._read_at(member.offset, _LOCAL_HEADER_BYTES)
        if len(start) < _LOCAL_HEADER_BYTES or not start.startswith(b"PK\x03\x04"):
            raise Damaged("is not where the zip's list of files says")
        position = (
            member.offset + _LOCAL_HEADER_BYTES + start[26] + start[27] * 256 + start[28] + start[29] * 256
        )
        if member.method == zipfile.ZIP_STORED:
            yield from self._stored(position, member, chunk)
        elif member.method == zipfile.ZIP_DEFLATED:
            yield from self._deflated(position, member, chunk)
        else:
            raise Damaged(f"is packed by method {member.method}; only stored and deflated files can be read")

    def _stored(self, position: int, member: _Member, chunk: int) -> Iterator[bytes]:
        end = position + member.size
        while position < end:
            piece = self._read_at(position, min(chunk, end - position))
            if not piece:
                raise Damaged("is cut off")
            position += len(piece)
            yield piece

    def _deflated(self, position: int, member: _Member, chunk: int) -> Iterator[bytes]:
        end = position + member.packed
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        left = member.size
        packed = b""
        while not inflater.eof:
            if not packed:
                packed = self._read_at(
                    position, min(_INPUT_BYTES if chunk < member.size else member.packed, end - position)
                )
                if not packed:
                    raise Damaged("is cut off")
                position += len(packed)
            try:
                piece = inflater.decompress(packed, chunk)
            except zlib.error as error:
                raise Damaged(f"is damaged ({error})") from None
            packed = inflater.unconsumed_tail
            left -= len(piece)
            if left < 0:
                raise Damaged("is larger than the zip's list of files says")
            if piece:
                yield piece
        if left:
            raise Damaged("is smaller than the zip's list of files says")

    def _read_at(self, position: int, amount: int) -> bytes:
        try:
            self._file.seek(position)
            return self._file.read(amount) or b""
        except (OSError, ValueError, OverflowError) as error:
            raise Damaged(f"cannot be read ({error})") from None


def _directory(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as package:
            return [entry for entry in package.infolist() if not entry.is_dir()]
    except zipfile.BadZipFile:
        raise BadInput(
            f"{path} is cut off or damaged: the zip's list of files, which stands at its end, is missing. "
            "Download or copy it again."
        ) from None
    except (OSError, ValueError, NotImplementedError, EOFError, IndexError, struct.error) as error:
        raise BadInput(f"{path} is a damaged zip ({error}). Download or copy it again.") from None


def _refuse_hostile(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    if not entries:
        raise BadInput(f"{path} is an empty zip. {ACCEPTED}.")
    for entry in entries:
        reason = _reason_to_refuse(entry)
        if reason:
            raise BadInput(f"{path} is not read: its member {entry.filename!r} {reason}. {ACCEPTED}.")
    total = sum(entry.file_size for entry in _text_entries(entries))
    packed = path.stat().st_size
    if total > MAX_TOTAL_BYTES or (total > RATIO_CHECKED_FROM and total > MAX_RATIO * packed):
        # Members that share their bytes are harmless one by one and a bomb together.
        raise BadInput(f"{path} is not read: {packed:,} bytes claim to unpack to {total:,}. {ACCEPTED}.")


def _reason_to_refuse(entry: zipfile.ZipInfo) -> str:
    if _OUTSIDE.search(entry.filename):
        return "points outside the zip"
    if _ABSOLUTE.match(entry.filename):
        return "has an absolute name"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a symbolic link"
    if entry.flag_bits & 0x1:
        return "is encrypted: unpack it with its password and give the folder"
    if entry.file_size > MAX_MEMBER_BYTES:
        size = f"{entry.file_size / 2**30:,.0f} GB"
        return f"would unpack to {size}, and {MAX_MEMBER_BYTES // 2**30} GB is the limit"
    if entry.file_size > max(RATIO_CHECKED_FROM, MAX_RATIO * entry.compress_size) and entry.filename.endswith(
        TEXTS
    ):
        return f"claims to unpack to {entry.file_size / max(entry.compress_size, 1):,.0f} times its size"
    return ""


def _text_entries(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    return [
        entry
        for entry in entries
        if entry.filename.endswith(TEXTS) and not _SYSTEM_FILES.search(entry.filename)
    ]


def _name(entry: zipfile.ZipInfo) -> str:
    """A name with `/` instead of Windows' separators, and without a leading `./`."""
    return entry.filename.replace("\\", "/").removeprefix("./")
