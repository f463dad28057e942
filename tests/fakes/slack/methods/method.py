"""How a method of the Web API is declared, and how it reads its arguments."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.fakes.slack.acting import Acting
from tests.fakes.slack.values import Channel, Failed, Json

T = TypeVar("T")


class Args:
    """The arguments of a call in any encoding: forms and queries carry text, JSON carries values."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it has to be there."""
        value = self.values.get(name)
        if value in (None, ""):
            if default is None:
                raise Failed("invalid_arguments", response_metadata={"messages": [f"[ERROR] missing {name}"]})
            return default
        return str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A yes or no."""
        value = self.values.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true", "yes")

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.values.get(name)
        try:
            return int(default if value in (None, "") else value)
        except (TypeError, ValueError):
            raise Failed("invalid_arguments") from None

    def json(self, name: str) -> Any:
        """A structure, which forms and queries carry as JSON text; None where it is not given."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Failed("invalid_json", argument=name) from None

    def listed(self, name: str) -> list[str]:
        """Texts, as a list or separated by commas."""
        value = self.values.get(name)
        return (
            [str(one) for one in value]
            if isinstance(value, list)
            else [v for v in str(value or "").split(",") if v]
        )


@dataclass(frozen=True)
class Method:
    """One method; `reads` ones take no JSON bodies, `by_app` ones need the app's token."""

    run: Callable[[Acting, Args], Awaitable[Json] | Json]
    scopes: tuple[str, ...]
    reads: bool = False
    by_app: bool = False


METHODS: dict[str, Method] = {}


def method(
    name: str, *scopes: str, reads: bool = False, by_app: bool = False
) -> Callable[[Callable[[Acting, Args], Any]], Callable[[Acting, Args], Any]]:
    """Declare a method."""

    def declare(run: Callable[[Acting, Args], Any]) -> Callable[[Acting, Args], Any]:
        METHODS[name] = Method(run, scopes, reads, by_app)
        return run

    return declare


def channel_of(slack: Acting, args: Args, *, member: bool = False, name: str = "channel") -> Channel:
    """The channel that is named; `member`: the bot has to be in it."""
    channel = slack.channels.get(args.text(name))
    is_in = channel is not None and slack.bot_user in channel.members
    if channel is None or (channel.kind != "channel" and not is_in):
        raise Failed("channel_not_found")
    if member and not is_in:
        raise Failed("not_in_channel")
    return channel


def require(slack: Acting, *scopes: str) -> None:
    """One of these scopes, or `missing_scope`."""
    if not slack.scopes.intersection(scopes):
        raise Failed("missing_scope", needed=scopes[0], provided=",".join(sorted(slack.scopes)))


def kind_scope(channel: Channel, what: str) -> str:
    """`channels:read` for a public channel, `im:read` for a direct message, and so on."""
    return {"channel": "channels", "group": "groups"}.get(channel.kind, channel.kind) + f":{what}"


def page(found: list[T], args: Args, *, most: int, default: int = 100) -> tuple[list[T], Json]:
    """One page of a list, and what the answer says of the next."""
    limit = min(args.number("limit", default) or default, most)
    start = 0
    cursor = args.text("cursor", "")
    if cursor:
        try:
            start = int(base64.b64decode(cursor, validate=True))
        except ValueError:
            raise Failed("invalid_cursor") from None
    after = start + limit
    following = base64.b64encode(str(after).encode()).decode() if after < len(found) else ""
    return found[start:after], {"response_metadata": {"next_cursor": following}}
