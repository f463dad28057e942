"""Detects the kind of an archive and opens it."""

from pathlib import Path

from adapters.archive.archive import Archive
from adapters.archive.containers import ACCEPTED, open_container
from adapters.archive.discord_export import DiscordExport, find_discord_files
from adapters.archive.import_report import ImportReport
from adapters.archive.sample import SampleArchive, find_sample_folder
from adapters.archive.slack_export import SlackExport, find_slack_folder
from facilitation.core.values.errors import BadInput


def open_archive(path: Path) -> Archive:
    """Open a Slack export, a DiscordChatExporter export or a sample folder; raises BadInput in one line."""
    container = open_container(path)
    try:
        sizes = container.sizes()
        folder = find_slack_folder(sizes)
        if folder is not None:
            return SlackExport(container, folder)
        folder = find_sample_folder(sizes)
        if folder is not None:
            return SampleArchive(container, folder)
        problems = ImportReport()
        files = find_discord_files(container, problems)
        if files:
            return DiscordExport(container, files, problems)
    except BaseException:
        container.close()
        raise
    container.close()
    raise BadInput(f"{path} is not an export that Tertulia knows. {ACCEPTED}.")
