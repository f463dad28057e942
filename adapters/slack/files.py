"""Shares files. The blocks of a message cannot contain a file, so each is shared on its own."""

import json

from adapters.slack.api import SlackApi
from facilitation.core.platforms.surface import RenderableCard
from facilitation.core.values.cards import File

SHARED_NEXT = ". The file has a message of its own, next to this one."
"""The `file_note` of a message; its files are posted next to it, and Slack may show them later."""
SENT_DIRECTLY = ". I sent the file by direct message."
"""The `file_note` of a response, which cannot carry files."""
NOT_SENT = ". I could not send the file by direct message. Please ask again."


def files_of(renderable: RenderableCard) -> list[File]:
    """The files of a card, in order."""
    return [part for part in renderable.card.parts if isinstance(part, File)]


async def share_file(api: SlackApi, file: File, channel: str, root: str = "") -> None:
    """Share a file in a conversation or, with `root`, in a thread. Raises the errors of `SlackApi`.

    Slack responds when it has received the file, and shows it after a scan: mostly at once, sometimes a few
    seconds later (https://github.com/slackapi/bolt-js/issues/2115).
    """
    file_id = await api.upload(file.data, file.name)
    named = json.dumps([{"id": file_id, "title": file.name}])
    await api.call("files.completeUploadExternal", files=named, channel_id=channel, thread_ts=root or None)
