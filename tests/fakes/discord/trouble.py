"""Faults on demand, of single requests, of the gateway, and of the application's set-up."""

from tests.fakes.discord.base import FakeBase
from tests.fakes.discord.errors import MEANINGS
from tests.fakes.discord.faults import What
from tests.fakes.discord.gateway import INTENTS


class Trouble(FakeBase):
    """What goes wrong.

    A route is written as Discord's documentation does, e.g. `POST /channels/{channel}/messages`; `channel`
    narrows a fault to one channel (by handle or id), `times` to so many requests.
    """

    # Requests -----------------------------------------------------------------------------------------

    def refuse(self, route: str, code: int, *, status: int = 0, channel: str = "", times: int = 1) -> None:
        """Answer with an error: 50013, 50001, 50007, 10003, 10008 … the status follows from the code."""
        status = status or MEANINGS.get(code, (400, ""))[0]
        self._fault("refuse", route, channel, times, code=code, status=status)

    def fail(self, route: str, status: int = 500, *, channel: str = "", times: int = 1) -> None:
        """Answer with a server error; nothing is done."""
        self._fault("fail", route, channel, times, status=status)

    def limit(self, route: str, seconds: float, *, channel: str = "", times: int = 1) -> None:
        """429 with `retry_after` and bucket headers from the next request on, for so many seconds."""
        self._fault("limit", route, channel, times, seconds=seconds)

    def limit_globally(self, seconds: float) -> None:
        """429 with `global` for every request, from now on for so many seconds."""
        self._service.faults.limit_globally(seconds)

    def pace(self, limit: int, seconds: float) -> None:
        """Take at most so many messages per channel in so many seconds; Discord takes 5 in 5."""
        self._service.faults.pace(limit, seconds)

    def drop(
        self, route: str, *, channel: str = "", times: int = 1, late: float = 0, done: bool = True
    ) -> None:
        """Hang up without an answer; what is asked is done at once, `late` seconds afterwards, or never."""
        self._fault("drop", route, channel, times, seconds=late, done=done)

    def delay(self, route: str, seconds: float, *, channel: str = "", times: int = 1) -> None:
        """Do what is asked at once, and answer late."""
        self._fault("delay", route, channel, times, seconds=seconds)

    def heal(self) -> None:
        """Let all requests go well again."""
        self._service.faults.clear()

    # The gateway --------------------------------------------------------------------------------------

    @property
    def identifies(self) -> int:
        """How often a new session was begun."""
        return self._gateway.identifies

    @property
    def resumes(self) -> int:
        """How often a session was taken up again."""
        return self._gateway.resumes

    @property
    def heartbeats(self) -> int:
        return self._gateway.heartbeats

    @property
    def intents(self) -> set[str]:
        """What the newest session identified for, as far as the fake knows names for it."""
        session = list(self._gateway.sessions.values())[-1]
        return {name for name in INTENTS if session.wants(name)}

    def repeat_events(self, times: int) -> None:
        """Send every event so many times, each with a number of its own."""
        self._gateway.repeat = times

    def beat_every(self, seconds: float) -> None:
        """The heartbeat that HELLO asks for; Discord's is 41.25 seconds."""
        self._gateway.heartbeat = seconds

    def chunk_every(self, seconds: float) -> None:
        """Give all members of a guild only once in so many seconds; Discord's are 30."""
        self._gateway.chunk_every = seconds

    def close_gateway(self, code: int = 4000) -> None:
        """Close the connection; after 4004, 4007, 4009 and 4014 the session cannot be resumed."""
        self._gateway.hang_up(code)

    def shut_gateway(self) -> None:
        """Close it and take no new connection until `open_gateway`: what happens meanwhile is replayed."""
        self._gateway.open = False
        self._gateway.hang_up(4000)

    def open_gateway(self) -> None:
        """Take connections again."""
        self._gateway.open = True

    def invalidate_session(self, *, resumable: bool = False) -> None:
        """INVALID_SESSION."""
        self._gateway.invalidate(resumable=resumable)

    def ask_to_reconnect(self) -> None:
        """RECONNECT."""
        self._gateway.ask_to_reconnect()

    def stall_gateway(self, *, stalled: bool = True) -> None:
        """A silently dead connection: no events, no heartbeat acknowledged."""
        self._gateway.stall(stalled=stalled)

    # The application ----------------------------------------------------------------------------------

    def forbid_intents(self, *names: str) -> None:
        """Privileged intents not switched on for the application (`members`, `message_content`): 4014."""
        flags = {"members": (1 << 14) | (1 << 15), "message_content": (1 << 18) | (1 << 19)}
        for name in names:
            self._gateway.forbidden |= INTENTS[name]
            self._world.application_flags &= ~flags[name]

    def revoke_token(self) -> None:
        """401 for every call, and 4004 at the gateway."""
        self._gateway.token = self._service.token = "revoked"
        self._gateway.hang_up(4004)

    # --------------------------------------------------------------------------------------------------

    def _fault(
        self,
        what: What,
        route: str,
        channel: str,
        times: int,
        *,
        code: int = 0,
        status: int = 0,
        seconds: float = 0,
        done: bool = True,
    ) -> None:
        self._service.faults.add(
            what,
            route,
            channel=self.id_of(channel) if channel else "",
            times=times,
            code=code,
            status=status,
            seconds=seconds,
            done=done,
        )
