"""Files to download: the blocks of a message cannot carry one, so each is shared by itself."""

import json

from adapters.slack.api import SlackApi
from facilitation.core.platforms.surface import RenderableCard
from facilitation.core.values.cards import File

BESIDE = ". The file has a message of its own, next to this one."
"""Goes on from a file's words in a message where the file is shared too: Slack may show it later."""
SENT = ". I sent the file by direct message."
"""Goes on from a file's words in an answer: it cannot carry the file itself."""
UNSENT = ". I could not send the file by direct message. Please ask again."


def files_of(renderable: RenderableCard) -> list[File]:
    """The files that a card hands over, in its order."""
    return [part for part in renderable.card.parts if isinstance(part, File)]


async def share_file(api: SlackApi, file: File, channel: str, root: str = "") -> None:
    """Bring a file into a conversation or, with `root`, a thread. Raises the errors of `Api`.

    Slack answers when it has the file, and shows it once it has looked at it: mostly at once, sometimes a
    few seconds later (https://github.com/slackapi/bolt-js/issues/2115).
    """
    brought = await api.upload(file.data, file.name)
    named = json.dumps([{"id": brought, "title": file.name}])
    await api.call("files.completeUploadExternal", files=named, channel_id=channel, thread_ts=root or None)
