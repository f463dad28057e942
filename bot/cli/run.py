"""`tertulia run` and `tertulia check`: run the bot, and look for faults."""

import asyncio

import structlog
from cyclopts import App

from bot import config as configuration
from bot import logs
from bot.cli.console import ConfigFile, out, run_async, settings_of, upgrade_or_refuse
from facilitation.core.platforms.platform import Platform

cli = App()


@cli.command
def run(*, config: ConfigFile = None) -> None:
    """Run the bot. An older SQLite file is copied aside, then upgraded; PostgreSQL wants db upgrade."""
    settings = settings_of(config)
    logs.start(settings.log.level, settings.log.format)
    run_async(lambda: _serve(settings))


async def _serve(settings: configuration.Settings) -> None:
    from bot.app import build
    from bot.heartbeat import Heartbeat
    from bot.platforms import platforms_of
    from bot.web import HealthApp, listening_socket, serve
    from storage.process_lock import hold

    log = structlog.get_logger("tertulia")
    url = settings.database.url.get_secret_value()
    with hold(url) as is_alone, listening_socket(settings.web.host, settings.web.port) as socket:
        upgrade_or_refuse(url)
        app = build(settings)
        if is_alone:
            await app.courier.take_over()
        heartbeat = Heartbeat(app)
        platforms = platforms_of(settings, app)
        started: list[Platform] = []
        try:
            for platform in platforms:
                await platform.start()
                started.append(platform)
            heartbeat.start()
            log.info("running", health=f"http://{settings.web.host}:{settings.web.port}/health")
            if not platforms:
                log.warning("no platform is set up: tertulia init connects Slack or Discord")
            await serve(HealthApp(app, heartbeat, platforms), socket)
        finally:
            # The heartbeat stops first, so that deliveries under way finish before connections close.
            await heartbeat.stop()
            for platform in started:
                await platform.stop()
            await app.close()
        log.info("stopped")


@cli.command
def check(*, config: ConfigFile = None) -> int:
    """Look for what is wrong; each finding comes with its remedy. Exit status 1 if there is a problem."""
    from bot.check import examine

    path = configuration.find(config)
    settings = configuration.load(path)
    marks = {"well": "[green]✓[/]", "note": "[yellow]•[/]", "ill": "[red]✗[/]"}

    async def look() -> int:
        worst = 0
        async for finding in examine(settings, path):
            out.print(f"{marks[finding.grade]} ", end="")
            out.print(finding.what, markup=False, soft_wrap=True)
            if finding.remedy:
                out.print(f"    {finding.remedy}", style="dim", markup=False, soft_wrap=True)
            worst = max(worst, int(finding.grade == "ill"))
        return worst

    return asyncio.run(look())
