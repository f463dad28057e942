"""The log: structured lines on standard error, without secrets and without the text of messages."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+:[^/@\s]+(?=@)")
_TOKENS = re.compile(
    r"\b(?:xox[a-z](?:\.xox[a-z])?-|xapp-)[A-Za-z0-9-]+"  # Slack's
    r"|\b[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}"  # Discord's: id, time, signature
)


def start(level: str = "info", form: Literal["text", "json"] = "text") -> None:
    """Configure logging to standard error, for this process and its libraries."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    last = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            # The rich formatter shows local variables, which may contain the text of messages.
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=last)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=False,
    )
    for wordy in ("slack_sdk", "slack_bolt", "discord"):
        # At level DEBUG these libraries log the text of messages.
        logging.getLogger(wordy).setLevel(max(logging.INFO, logging.getLogger().level))
    for noisy in ("apscheduler", "alembic", "aiosqlite", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def without_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor that replaces credentials in addresses, and platform tokens, with `…`."""
    for key, value in event.items():
        if not key.startswith("_"):  # keys of structlog itself
            event[key] = _hidden(value)
    return event


def _hidden(value: Any) -> Any:
    match value:
        case str():
            return _TOKENS.sub("…", _CREDENTIALS.sub("…:…", value))
        case bool() | int() | float() | None:
            return value
        case dict():
            return {_hidden(key): _hidden(one) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_hidden(one) for one in value]
        case _:
            return _hidden(str(value))
