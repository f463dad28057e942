"""The log: lines for people or collectors, without secrets and without what people wrote."""

import json
import logging
from typing import Literal

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from storage.session import orm_of
from storage.unit import Units

PASSWORD = "tr0ub4dor"
URL = f"postgresql+psycopg://bot:{PASSWORD}@db.example/tertulia"
WORDS = "zebrafinch"
TOKENS = {
    "slack bot": "xoxb-000000000000-111111111111-AbCdEfGhIjKlMnOp",
    "slack app": "xapp-1-A0000000000-1111111111111-abcdef0123456789",
    "slack rotating": "xoxe.xoxp-1-Mi0yLTAwMDAwMDAw",
    "discord": "MTAwMDAwMDAwMDAwMDAwMDAw.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB",
}


def test_an_event_is_one_line_with_its_facts(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("info", "json")
    structlog.get_logger("x").info("running", port=8080)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["port"]) == ("running", "info", 8080)
    assert line["timestamp"].endswith("Z")


def test_the_log_of_a_library_has_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("info", "json")
    logging.getLogger("some.library").warning("slow: %s ms", 900)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"]) == ("slow: 900 ms", "warning")


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str], level: str) -> None:
    logs.start(level)
    log = structlog.get_logger("x")
    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)(f"a-{name}")
        getattr(logging.getLogger("library"), name)(f"b-{name}")
    written = capsys.readouterr().err
    names = ["debug", "info", "warning", "error"]
    for name in names:
        is_written = names.index(name) >= names.index(level)
        assert (f"a-{name}" in written) is is_written
        assert (f"b-{name}" in written) is is_written


@pytest.mark.parametrize("library", ["slack_sdk.web", "slack_bolt.App", "discord.http"])
def test_what_a_platforms_library_knows_at_most_is_never_logged(
    capsys: pytest.CaptureFixture[str], library: str
) -> None:
    logs.start("debug")
    logging.getLogger(library).debug("sent %s", WORDS)
    logging.getLogger(library).info("connected")
    said = capsys.readouterr().err
    assert WORDS not in said
    assert "connected" in said


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("secret", [URL, *TOKENS.values()], ids=["address", *TOKENS])
def test_no_secret_is_written_wherever_it_stands(
    capsys: pytest.CaptureFixture[str], form: Literal["text", "json"], secret: str
) -> None:
    logs.start("info", form)
    log = structlog.get_logger("x")
    message = f"event {secret}"
    log.info(message, plain=secret, deep={"in": [secret, (secret,)]}, thing=ValueError(secret))
    try:
        _fail(f"cannot open {secret}")
    except RuntimeError:
        log.exception("failed")
        logging.getLogger("library").exception("failed: %s", secret)
    written = capsys.readouterr().err
    hidden = PASSWORD if secret == URL else secret
    assert hidden not in written
    assert written.count("…" if form == "text" else "\\u2026") >= 6
    assert "RuntimeError" in written, "the traceback itself is there"


def test_an_address_keeps_what_is_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start()
    structlog.get_logger("x").info("opened", url=URL, page="https://example.org/a:b@c", at="12:30")
    written = capsys.readouterr().err
    assert "postgresql+psycopg://…:…@db.example/tertulia" in written
    assert "https://example.org/a:b@c" in written


def test_numbers_stay_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("info", "json")
    structlog.get_logger("x").info("counted", n=3, share=0.5, ok=True, nothing=None, many=[1, 2])
    line = json.loads(capsys.readouterr().err)
    assert [line[name] for name in ("n", "share", "ok", "nothing", "many")] == [3, 0.5, True, None, [1, 2]]


async def test_a_failed_statement_does_not_tell_what_people_wrote(
    units: Units, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.start()
    try:
        async with units.write() as session:
            await orm_of(session).execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": WORDS})
    except SQLAlchemyError:
        structlog.get_logger("x").exception("failed")
    written = capsys.readouterr().err
    assert "INSERT INTO nowhere" in written
    assert WORDS not in written


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_shows_no_local_variables(
    capsys: pytest.CaptureFixture[str], form: Literal["text", "json"]
) -> None:
    logs.start("info", form)

    try:
        _fail(WORDS)
    except RuntimeError:
        structlog.get_logger("x").exception("failed")
    written = capsys.readouterr().err
    assert "RuntimeError" in written
    assert written.count(WORDS) == 1, "in the exception's own words, and nowhere else"


def _fail(words: str) -> None:
    raise RuntimeError(words)
