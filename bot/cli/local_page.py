"""`tertulia try`: opens the local page."""

import secrets
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter, validators

from bot import logs
from bot.cli.console import bar, out, run_async, show_problems
from facilitation.core.values.errors import BadInput

cli = App()


@cli.command(name="try")
def try_(
    *,
    from_: Annotated[
        Path | None, Parameter(name="--from", help="Open it on the history of an export instead.")
    ] = None,
    first_run: Annotated[
        bool, Parameter(negative="", help="Before Begin, to try settings and Begin yourself.")
    ] = False,
    host: Annotated[
        str, Parameter(help="0.0.0.0 in a container; then a token is printed and demanded.")
    ] = "127.0.0.1",
    port: Annotated[
        int, Parameter(help="0 takes a free one.", validator=validators.Number(gte=0, lte=65_535))
    ] = 8421,
    browser: Annotated[bool, Parameter(help="Open the page in a browser.")] = True,
) -> None:
    """Open the local page: a sample community on a fresh database, nothing to configure."""
    logs.start("warning")
    run_async(lambda: _try(from_, host, port, first_run=first_run, browser=browser))


async def _try(archive_path: Path | None, host: str, port: int, *, first_run: bool, browser: bool) -> None:
    from adapters.archive.detection import open_archive  # each command imports only what it needs
    from adapters.archive.sample import SampleArchive, sample_archive
    from adapters.web.local.server import serve
    from bot import playground, rehearsal, script
    from facilitation.core.values.clock import VirtualClock

    loopback = host in ("127.0.0.1", "localhost", "::1")
    token = None if loopback else secrets.token_urlsafe(24)
    archive = sample_archive() if archive_path is None else open_archive(archive_path)
    first = next(iter(archive.events()), None)
    if first is None:
        raise BadInput(f"{archive_path} holds no messages, so there is nothing to open.")
    clock = VirtualClock(first.at)
    with rehearsal.scratch_app(playground.settings_for(archive), clock) as app:
        if isinstance(archive, SampleArchive):
            steps = script.load_script(playground.SAMPLE_SCRIPT)
            backend = await playground.open_sample(app, clock, archive, steps, silent=first_run)
        else:
            with bar("reading", archive.total_bytes) as advance:
                backend = await playground.open_history(app, clock, archive, advance)
            show_problems(archive.problems)
        await serve(backend, host, port, token=token, open_browser=browser and loopback, ready=_ready)
        await app.close()


def _ready(address: str) -> None:
    out.print(f"Tertulia is at {address}", soft_wrap=True)
    out.print("Everything is made up and forgotten when you stop it with Ctrl+C.", style="dim")
