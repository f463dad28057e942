"""Translates the errors of Discord and discord.py into delivery errors.

The codes are listed as “JSON error codes” in Discord's documentation.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import discord

from facilitation.core.values.errors import Throttled, Unknown, Unreachable

UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MEMBER, UNKNOWN_MESSAGE, UNKNOWN_USER = (
    10003,
    10004,
    10007,
    10008,
    10013,
)
ARCHIVED = 50083
THREAD_EXISTS = 160004

_REASONS = {
    UNKNOWN_CHANNEL: "gone",
    UNKNOWN_GUILD: "gone",
    UNKNOWN_MEMBER: "left",
    UNKNOWN_MESSAGE: "gone",
    UNKNOWN_USER: "left",
    40003: "closed",  # direct messages are opened too fast: retries to this person fail, too
    50001: "forbidden",  # no access
    50005: "invalid",  # the message is not ours
    50007: "closed",  # direct messages are closed
    50013: "forbidden",  # a permission is missing
    50035: "invalid",  # malformed
    ARCHIVED: "archived",
    50278: "closed",  # no mutual server any more
    160005: "archived",  # the thread is locked
}
_DEFAULT_WAIT = timedelta(minutes=1)
"""How long to wait after a 429 of a proxy in front of Discord, which does not say how long."""


@asynccontextmanager
async def translate_errors() -> AsyncIterator[None]:
    """Raise errors of the block as DeliveryErrors."""
    try:
        yield
    except discord.RateLimited as limited:
        raise Throttled(timedelta(seconds=limited.retry_after)) from limited
    except discord.HTTPException as error:
        if error.code in _REASONS:
            raise Unreachable(_REASONS[error.code]) from error
        if error.status == 429:
            raise Throttled(_retry_after(error)) from error
        if error.status >= 500:
            raise Unknown(f"Discord answered {error.status}") from error
        if error.status in (401, 403):
            raise Unreachable("forbidden") from error
        if error.status == 404:
            raise Unreachable("gone") from error
        raise Unreachable("invalid") from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Unknown(f"the connection broke ({type(error).__name__})") from error


def _retry_after(error: discord.HTTPException) -> timedelta:
    seconds = error.response.headers.get("Retry-After", "")
    return timedelta(seconds=float(seconds)) if seconds.replace(".", "", 1).isdigit() else _DEFAULT_WAIT
