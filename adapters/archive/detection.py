"""The one door to archives: looks at what lies at a path and returns the reader for it."""

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
    box = open_container(path)
    try:
        sizes = box.sizes()
        folder = find_slack_folder(sizes)
        if folder is not None:
            return SlackExport(box, folder)
        folder = find_sample_folder(sizes)
        if folder is not None:
            return SampleArchive(box, folder)
        troubles = ImportReport()
        files = find_discord_files(box, troubles)
        if files:
            return DiscordExport(box, files, troubles)
    except BaseException:
        box.close()
        raise
    box.close()
    raise BadInput(f"{path} is not an export that Tertulia knows. {ACCEPTED}.")
