"""`tertulia rehearse`, `import` and `recap`: replay an archive, store its history, print the recap."""

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from bot import config as configuration
from bot import logs
from bot.cli.console import (
    ConfigFile,
    bar,
    must_be_writable,
    out,
    run_async,
    settings_of,
    show_problems,
    upgrade_or_refuse,
)
from facilitation.core.values.errors import BadInput

cli = App()


@cli.command
def rehearse(
    archive: Annotated[Path, Parameter(help="A Slack export or DiscordChatExporter JSON, zip or folder.")],
    *,
    config: Annotated[
        Path | None, Parameter(name=["--config", "-c"], help="How to play it; see docs/rehearsing.md.")
    ] = None,
    script: Annotated[Path | None, Parameter(help="What members type and press, and when.")] = None,
    json: Annotated[
        Path | None,
        Parameter(help="Write figures and posts as JSON; - for standard output.", allow_leading_hyphen=True),
    ] = None,
    html: Annotated[Path | None, Parameter(help="Write a page to show to others.")] = None,
    quiet: Annotated[bool, Parameter(negative="", help="No transcript on the terminal.")] = False,
) -> None:
    """Play an export through the whole bot on its own clock, and show what the bot would have posted."""
    from bot import rehearsal, rehearsal_report
    from bot.script import load_script

    logs.start("error")
    play = rehearsal.load_play(config)
    steps = load_script(script) if script else ()
    for path in (json, html):
        must_be_writable(path)
    result = run_async(lambda: _rehearse(archive, play, steps))
    if json is not None and str(json) == "-":
        sys.stdout.buffer.write(rehearsal_report.as_json(result) + b"\n")
        return
    if json is not None:
        json.write_bytes(rehearsal_report.as_json(result))
    if html is not None:
        html.write_text(rehearsal_report.as_page(result), "utf-8")
    if not quiet:
        rehearsal_report.show(result, out)


async def _rehearse(archive: Path, play: Any, steps: Any) -> Any:
    from adapters.archive.reader_process import read_in_process
    from bot.rehearsal import rehearse as play_through

    with read_in_process(archive) as reading, bar("rehearsing", reading.total_bytes) as advance:

        def one_by_one() -> Any:
            for batch in reading:
                yield from batch
                advance(reading.read_bytes)

        result = await play_through(reading.roster, one_by_one(), play, steps)
        result.problems = reading.problems
    return result


@cli.command(name="import")
def import_(
    archive: Annotated[Path, Parameter(help="A Slack export or DiscordChatExporter JSON, zip or folder.")],
    *,
    config: ConfigFile = None,
) -> None:
    """Take an export's history into the diary. Nothing is posted; a second time changes nothing."""
    settings = settings_of(config)
    logs.start(settings.log.level, settings.log.format)
    result = run_async(lambda: _import(settings, archive))
    out.print(
        f"{result.name}: {result.read:,} facts read, {result.stored:,} new in the diary; "
        f"{result.people:,} people, {result.channels:,} channels.",
        markup=False,
        soft_wrap=True,
    )
    show_problems(result.problems)


async def _import(settings: configuration.Settings, archive: Path) -> Any:
    from adapters.archive.detection import open_archive
    from bot.app import build
    from bot.history_import import import_archive
    from storage.engine import open_engine
    from storage.process_lock import hold

    open_archive(archive).close()  # refuses a path that is not an archive before a database is created
    url = settings.database.url.get_secret_value()
    with hold(url):
        upgrade_or_refuse(url)
        # Nothing else runs on this loop, so SQLite runs on its thread, which halves the time.
        app = build(settings, engine=open_engine(url, on_loop_thread=True, for_import=True))
        try:
            with bar("importing", 0) as advance:
                return await import_archive(app, archive, advance)
        finally:
            await app.close()


@cli.command
def recap(
    *,
    community: Annotated[str, Parameter(help="Which, if there are several.")] = "",
    print_: Annotated[
        bool, Parameter(name="--print", negative="", help="Print it; posting is done in the chat.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """The recap as it would be posted now."""
    if not print_:
        raise BadInput("say --print: posting a recap is done in the chat, with /coordinate recap post.")
    settings = settings_of(config)
    logs.start("error")
    out.print(run_async(lambda: _recap(settings, community)), markup=False, soft_wrap=True)


async def _recap(settings: configuration.Settings, name: str) -> str:
    from bot.app import build
    from bot.recap_preview import recap_of
    from storage.migration import current_and_head

    url = settings.database.url.get_secret_value()
    current, head = current_and_head(url)
    if current != head:
        raise BadInput(
            f"the database is at {current or 'nothing'}, this version needs {head}: tertulia db upgrade"
        )
    app = build(settings)
    try:
        return await recap_of(app, name)
    finally:
        await app.close()
