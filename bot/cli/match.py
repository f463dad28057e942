"""`tertulia match`: matches the people in a spreadsheet or JSON file."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot.cli.console import bar, must_be_writable, out
from facilitation.core.values.errors import BadInput
from facilitation.mentoring.matching import MINIMUM_FIT, Matching

cli = App()
HIGHEST = 1000
"""The highest value of `--minimum`: the fit of a perfect pair."""


@cli.command
def match(
    file: Annotated[Path, Parameter(help="CSV (role, id, topics, capacity, zone, languages) or JSON.")],
    *,
    json: Annotated[
        Path | None,
        Parameter(help="Write the pairs as JSON; - for standard output.", allow_leading_hyphen=True),
    ] = None,
    fits: Annotated[
        bool, Parameter(negative="", help="With --json: also the fit of every pair that may be matched.")
    ] = False,
    minimum: Annotated[int, Parameter(help="The lowest fit of a pair, from 0 to 1,000.")] = MINIMUM_FIT,
) -> None:
    """Match mentors with people who ask for one, from a file without a community; see docs/matching.md."""
    from bot.matching import as_json, read_sheet
    from facilitation.mentoring import matching

    if not 0 <= minimum <= HIGHEST:
        raise BadInput(f"match: --minimum goes from 0 to {HIGHEST}.")
    if fits and json is None:
        raise BadInput("match: --fits goes with --json FILE; there may be very many.")
    must_be_writable(json)
    sheet = read_sheet(file)
    with bar("matching", 0):
        # The exclusions are in the file, so reasons may mention them to its author.
        found = matching.match(sheet.round, minimum, frank=True)
    if json is None:
        _show(found)
        return
    pieces = as_json(sheet, found, matching.fits(sheet.round, minimum) if fits else None)
    if str(json) == "-":
        sys.stdout.buffer.writelines(pieces)
        return
    with json.open("wb") as written:
        written.writelines(pieces)
    out.print(_in_short(found), markup=False, soft_wrap=True)


def _show(found: Matching[str]) -> None:
    _table(
        ("mentor", "mentee", "fit", "why"),
        ((one.mentor, one.request, str(one.fit), " · ".join(one.reasons)) for one in found.proposals),
    )
    _table(("without a mentor", "because"), ((one.request, one.reason) for one in found.unmatched))
    out.print(_in_short(found), markup=False, soft_wrap=True)


def _table(names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE, pad_edge=False)
    for name in names:
        table.add_column(name, justify="right" if name == "fit" else "left")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    if table.row_count:
        out.print(table)


def _in_short(found: Matching[str]) -> str:
    summary = (
        f"{len(found.proposals):,} matched, total fit {found.total_fit:,}; {len(found.unmatched):,} without."
    )
    more, lower = found.more_at
    return f"{summary} With --minimum {lower}, {more:,} more could be matched." if more else summary
