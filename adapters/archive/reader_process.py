"""Reads an archive in a second process, so that parsing and storing use a core each.

The child is a plain `python -c` that imports the reader and nothing else. It writes frames to its standard
output, each a length and a msgpack message, and is only a few frames ahead of the parent: if the parent is
slow it waits, and if the parent is gone its next write ends it.
"""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import BinaryIO, Self, assert_never

import msgspec
from msgspec import Struct

from adapters.archive.detection import open_archive
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import Event, MemberChanged, Roster

BATCH = 2_000
"""Events per frame: about half a megabyte."""
LOOK_AHEAD = 12
"""Frames that the child holds ready while the parent is busy, besides those in the pipe."""
PIPE_BYTES = 2**20
"""The largest pipe that Linux grants to every user."""
_LENGTH_BYTES = 4
_CHILD = (
    "import sys; sys.path[:] = sys.argv[3:]; "
    "from adapters.archive.reader_process import run_reader; run_reader()"
)


# What the child says -----------------------------------------------------------------------------


class _Opened(Struct, frozen=True, tag="opened"):
    platform: str
    roster: Roster
    total_bytes: int


class _Batch(Struct, frozen=True, tag="batch"):
    events: list[Event]
    read_bytes: int


class _Finished(Struct, frozen=True, tag="finished"):
    problems: list[str]
    roster: Roster


class _Refused(Struct, frozen=True, tag="refused"):
    text: str


_Frame = _Opened | _Batch | _Finished | _Refused
_FRAMES = msgspec.msgpack.Decoder[_Frame](_Frame)


# The parent --------------------------------------------------------------------------------------


class ReaderProcess:
    """An archive that is read in a second process; iterate over it to get lists of events.

    Use it as a context manager: leaving it ends the child. `roster` is what the archive knows at its opening
    and, after the last batch, everything that it contains.
    """

    def __init__(self, path: Path, start: datetime | None = None) -> None:
        """Start the child and wait until it has opened the archive; raises BadInput if it cannot."""
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, and arguments without a shell
            # -X utf8: names of files are passed unchanged, independently of the locale.
            [
                sys.executable,
                "-X",
                "utf8",
                "-c",
                _CHILD,
                str(path),
                start.isoformat() if start else "",
                *sys.path,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        self.problems: list[str] = []
        self.read_bytes = 0
        try:
            self._frames = self._receive()
            opened = self._first()
        except BaseException:
            self.close()
            raise
        self.platform = opened.platform
        self.roster = opened.roster
        self.total_bytes = opened.total_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[list[Event]]:
        for frame in self._frames:
            match frame:
                case _Batch():
                    self.read_bytes = frame.read_bytes
                    yield frame.events
                case _Finished():
                    self.problems = frame.problems
                    self.roster = frame.roster
                    self.read_bytes = self.total_bytes
                    return
                case _Opened() | _Refused():
                    raise TypeError(f"the reader sent {type(frame).__name__} in the middle")
                case _:
                    assert_never(frame)

    def close(self) -> None:
        """Kill the child."""
        self._child.kill()
        if self._child.stdout:
            self._child.stdout.close()
        self._child.wait()

    def _first(self) -> _Opened:
        frame = next(self._frames)
        if not isinstance(frame, _Opened):
            raise TypeError(f"the reader began with {type(frame).__name__}")
        return frame

    def _receive(self) -> Iterator[_Frame]:
        pipe = self._child.stdout
        if pipe is None:
            raise TypeError("the reader has no output")
        _widen(pipe.fileno())
        while True:
            length = pipe.read(_LENGTH_BYTES)
            body = pipe.read(int.from_bytes(length, "little"))
            if len(length) < _LENGTH_BYTES or len(body) < int.from_bytes(length, "little"):
                raise RuntimeError(f"the reader of the archive ended early (exit {self._child.wait()})")
            frame = _FRAMES.decode(body)
            if isinstance(frame, _Refused):
                raise BadInput(frame.text)
            yield frame


def read_in_process(path: Path, start: datetime | None = None) -> ReaderProcess:
    """Read the archive at `path` in a second process, from the instant `start` on if one is given.

    with read_in_process(path) as reading:
        for events in reading:
            …
    """
    return ReaderProcess(path, start)


def _widen(pipe: int) -> None:
    # On systems without this call (all but Linux) the pipe keeps its default size.
    try:
        import fcntl  # noqa: PLC0415  # Windows has no such module

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        pass


# The child ---------------------------------------------------------------------------------------


def run_reader() -> None:
    """The main function of the child; its arguments are the path and the instant to start from."""
    path, start = sys.argv[1:3]
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    # Ctrl-C reaches both processes; the parent handles it and ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Other output must not get between the frames.
    os.dup2(2, 1)
    # Rows and events have no reference cycles, and searching for them costs a tenth of the time.
    gc.disable()
    writer = _Writer(out)
    writer.start()
    _send_all(writer, Path(path), datetime.fromisoformat(start) if start else None)
    writer.finish()


def _send_all(writer: "_Writer", path: Path, start: datetime | None) -> None:
    try:
        with open_archive(path) as archive:
            writer.send(_Opened(archive.platform, archive.roster(), archive.total_bytes))
            events = archive.events()
            if start:
                events = _since(events, start)
            while batch := list(islice(events, BATCH)):
                writer.send(_Batch(batch, archive.read_bytes))
            writer.send(_Finished(archive.problems, archive.roster()))
    except BadInput as refusal:
        writer.send(_Refused(str(refusal)))


class _Writer(Thread):
    """Writes frames in a thread, so that reading continues while the parent commits."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__(daemon=True)
        self._out = out
        self._encoder = msgspec.msgpack.Encoder()
        self._frames: Queue[bytes | None] = Queue(maxsize=LOOK_AHEAD)

    def send(self, frame: _Frame) -> None:
        """Queue a frame; waits while `LOOK_AHEAD` frames are queued."""
        self._frames.put(self._encoder.encode(frame))

    def finish(self) -> None:
        """Wait until everything is written."""
        self._frames.put(None)
        self.join()

    def run(self) -> None:
        try:
            for body in iter(self._frames.get, None):
                self._write(len(body).to_bytes(_LENGTH_BYTES, "little"))
                self._write(body)
        except BrokenPipeError:
            os._exit(0)  # the parent has closed the pipe

    def _write(self, body: bytes) -> None:
        view = memoryview(body)
        while view:
            view = view[self._out.write(view) :]


def _since(events: Iterator[Event], start: datetime) -> Iterator[Event]:
    """Events from `start` on, and before that only who people are."""
    return (event for event in events if event.at >= start or isinstance(event, MemberChanged))
