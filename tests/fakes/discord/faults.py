"""What goes wrong with requests on demand: refused, limited, failed, lost, late."""

import re
import time
from dataclasses import dataclass
from typing import Literal

What = Literal["refuse", "fail", "limit", "drop", "delay"]


@dataclass
class Fault:
    """One thing that will go wrong, with the next `times` requests of a route."""

    what: What
    method: str
    pattern: re.Pattern[str]
    channel: str
    times: int
    code: int = 0
    status: int = 0
    seconds: float = 0
    done: bool = True
    until: float = 0
    """Of a limit that was met: when it is over, monotonic seconds."""


class Faults:
    """All faults that are still to come."""

    def __init__(self) -> None:
        self.global_until = 0.0
        self._waiting: list[Fault] = []
        self._rate: tuple[int, float] | None = None
        self._sent: dict[str, list[float]] = {}

    def add(
        self,
        what: What,
        route: str,
        *,
        channel: str = "",
        times: int = 1,
        code: int = 0,
        status: int = 0,
        seconds: float = 0,
        done: bool = True,
    ) -> None:
        """Arrange a fault for a route such as `POST /channels/{channel}/messages`."""
        method, _, path = route.partition(" ")
        if not path.startswith("/"):
            raise ValueError(f"a route is written like POST /channels/{{channel}}/messages, not {route!r}")
        pattern = re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path))
        self._waiting.append(Fault(what, method, pattern, channel, times, code, status, seconds, done))

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._waiting.clear()
        self.global_until = 0.0

    def limit_globally(self, seconds: float) -> None:
        """Take nothing at all for so many seconds."""
        self.global_until = time.monotonic() + seconds

    def pace(self, limit: int, seconds: float) -> None:
        """Take at most so many messages per channel in so many seconds, as Discord does."""
        self._rate = (limit, seconds)

    def meets(self, method: str, path: str, channel: str) -> Fault | None:
        """The fault that this request meets, if any."""
        for fault in self._waiting:
            if fault.method != method or not fault.pattern.fullmatch(path):
                continue
            if fault.channel and fault.channel != channel:
                continue
            now = time.monotonic()
            if fault.what == "limit":
                return self._limited(fault, now)
            fault.times -= 1
            if not fault.times:
                self._waiting.remove(fault)
            return fault
        return None

    def _limited(self, fault: Fault, now: float) -> Fault | None:
        if fault.until and now >= fault.until:
            fault.times -= 1
            fault.until = 0
            if not fault.times:
                self._waiting.remove(fault)
                return None
        fault.until = fault.until or now + fault.seconds
        return fault

    def remaining(self, method: str, path: str, channel: str) -> tuple[int, int, float]:
        """Of the bucket of a request: its limit, what remains (-1: exceeded), seconds until it is reset."""
        if self._rate is None or method != "POST" or not path.endswith("/messages"):
            return 50, 49, 1.0
        limit, seconds = self._rate
        now = time.monotonic()
        sent = [at for at in self._sent.get(channel, []) if at > now - seconds]
        if len(sent) < limit:
            sent.append(now)
        else:
            return limit, -1, sent[0] + seconds - now
        self._sent[channel] = sent
        return limit, limit - len(sent), sent[0] + seconds - now
