"""`tertulia rhythm`: lists the dates of a rule, writes a community's calendar, reads a deck from a file."""

import sys
from datetime import UTC, date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import orjson
from cyclopts import App, Parameter

from bot import config as configuration
from bot import logs
from bot.cli.console import ConfigFile, must_be_writable, out, run_async, settings_of
from facilitation.core.values.clock import SystemClock
from facilitation.core.values.errors import BadInput, Refusal

cli = App()
COUNT_AT_MOST = 10_000
YEARS = range(1970, 2200)


@cli.command
def rhythm(
    rule: Annotated[str, Parameter(help="Such as “every 2 weeks on tue at 10:00”.")] = "",
    *,
    zone: Annotated[str, Parameter(help="The time zone of the rule, such as Europe/Berlin.")] = "UTC",
    from_: Annotated[
        str, Parameter(name="--from", help="The first day to look at, such as 2026-03-01; default: today.")
    ] = "",
    count: Annotated[int, Parameter(help="How many dates.")] = 4,
    json: Annotated[bool, Parameter(negative="", help="As JSON.")] = False,
    ics: Annotated[Path | None, Parameter(help="Write the community’s rhythms as a calendar file.")] = None,
    deck: Annotated[Path | None, Parameter(help="Read prompts from a text file, one a line.")] = None,
    name: Annotated[str, Parameter(help="The name of that deck; default: that of the file.")] = "",
    community: Annotated[str, Parameter(help="Which, if there are several.")] = "",
    config: ConfigFile = None,
) -> None:
    """Show the dates of a rule, or write a community's calendar (--ics), or read a deck into it (--deck)."""
    given = [thing for thing in (rule, ics, deck) if thing]
    if len(given) != 1:
        raise BadInput("rhythm: give a rule such as “weekdays at 9”, or one of --ics FILE and --deck FILE.")
    if rule:
        _look_ahead(rule, zone, from_, count, as_json=json)
        return
    settings = settings_of(config)
    logs.start("error")
    if ics is not None:
        must_be_writable(ics)
        written = run_async(lambda: _calendar(settings, community))
        ics.write_bytes(written)
        out.print(f"The calendar is in {ics}", markup=False, soft_wrap=True)
    if deck is not None:
        out.print(run_async(lambda: _deck(settings, community, deck, name)), markup=False, soft_wrap=True)


def _look_ahead(text: str, zone_text: str, from_text: str, count: int, *, as_json: bool) -> None:
    from itertools import islice

    from facilitation.rhythm.recurrence import Schedule, occurrences
    from facilitation.rhythm.rule_parser import parse_rule, parse_zone
    from facilitation.rhythm.rule_words import schedule_in_words

    try:
        zone = parse_zone(zone_text)
        schedule = Schedule(parse_rule(text), zone, _day(from_text, zone))
    except Refusal as refusal:
        raise BadInput(f"rhythm: {refusal}") from refusal
    if not 1 <= count <= COUNT_AT_MOST:
        raise BadInput(f"rhythm: --count goes from 1 to {COUNT_AT_MOST}.")
    found = list(islice(occurrences(schedule), count))
    if as_json:
        rows = [
            {
                "local": f"{one.at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}",
                "utc": f"{one.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            }
            for one in found
        ]
        document = {"words": schedule_in_words(schedule), "occurrences": rows}
        sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
        return
    words = schedule_in_words(schedule)
    out.print(f"{words[:1].upper()}{words[1:]}", markup=False, soft_wrap=True)
    for one in found:
        local = one.at.astimezone(ZoneInfo(zone))
        out.print(f"  {local:%a} {local.day} {local:%b %Y} {local:%H:%M}", markup=False)


def _day(text: str, zone: str) -> date:
    if not text:
        return SystemClock().now().astimezone(ZoneInfo(zone)).date()
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"rhythm: --from {text!r} is no date; one is written like 2026-03-01.") from None
    if found.year not in YEARS:
        raise BadInput(f"rhythm: --from goes from {YEARS.start} to {YEARS.stop - 1}.")
    return found


async def _calendar(settings: configuration.Settings, name: str) -> bytes:
    from bot.rhythms import calendar_of_community, open_app

    async with open_app(settings) as app:
        return await calendar_of_community(app, name)


async def _deck(settings: configuration.Settings, community: str, path: Path, name: str) -> str:
    from bot.rhythms import deck_from_file, open_app

    async with open_app(settings) as app:
        return await deck_from_file(app, community, path, name)
