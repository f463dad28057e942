"""The surface through which the courier delivers to Slack: messages, edits, reactions, joined channels."""

import json
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar

import structlog

from adapters.slack import limits
from adapters.slack.api import AccessRevoked, ApiError, SlackApi, delivery_error_for
from adapters.slack.files import SHARED_NEXT, files_of, share_file
from adapters.slack.permalinks import permalinks_of
from adapters.slack.render import Page, message_pages
from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt
from facilitation.core.values.cards import Picture
from facilitation.core.values.errors import DeliveryError, Throttled, Unknown, Unreachable

DELIVERY_EVENT_TYPE = "tertulia_delivery"
"""The event_type of the metadata that carries a message's delivery id."""
PAGES_SEARCHED = 5
"""Pages of history that are searched for an earlier delivery."""
PICTURES_REMEMBERED = 64
FILES_REMEMBERED = 1_000
"""How many shared files are remembered, each for one delivery."""
MAX_PICTURE_REFUSALS = 5
"""How often Slack may refuse a message because of its picture; then the description is sent instead."""
_PRIVATE_CHANNEL_ERRORS = ("channel_not_found", "method_not_supported_for_channel_type")
"""The errors of conversations.join for a private channel."""
_SCAN_PAUSE = timedelta(seconds=3)
"""How long to wait for Slack to scan a picture."""
NO_UNFURLS = {"unfurl_links": False, "unfurl_media": False}

Json = dict[str, Any]
T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Conversation:
    """Where a message goes: the conversation, and the root of a thread."""

    channel: str
    root: str = ""


class PictureUploads:
    """Uploads each picture once, even if Slack is still scanning it when the message is tried again."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._files: OrderedDict[bytes, str] = OrderedDict()

    async def with_files(self, page: Page) -> Page:
        """The page with a file for each picture. Raises the errors of `SlackApi`."""
        return page.with_files({index: await self.file_id(one) for index, one in page.pictures.items()})

    async def file_id(self, picture: Picture) -> str:
        """The id of a picture's file. It is not shared, so only the message that contains it shows it."""
        digest = sha256(picture.png + picture.alt.encode()).digest()
        if digest not in self._files:
            file = await self._api.upload(picture.png, "picture.png", picture.alt[: limits.ALT_TEXT])
            title = picture.alt[: limits.HEADER] or "Picture"
            named = json.dumps([{"id": file, "title": title}])
            await self._api.call("files.completeUploadExternal", files=named)
            self._files[digest] = file
            if len(self._files) > PICTURES_REMEMBERED:
                self._files.popitem(last=False)
        return self._files[digest]

    @staticmethod
    def is_refused_for_picture(page: Page, refused: ApiError) -> bool:
        """Whether a message was refused because of a picture: Slack scans new files for a moment."""
        words = " ".join((refused.error, *refused.details))
        return bool(page.pictures) and ("slack_file" in words or "image" in words or "file" in words)


class SlackSurface:
    """Delivers to one workspace.

    A message that was sent only in part is in doubt; its parts are then looked up, edited and completed, so
    that none is sent twice.
    """

    def __init__(self, api: SlackApi, pictures: PictureUploads, site: str = "") -> None:
        """`site` is the address of the workspace, for permalinks."""
        self._api = api
        self._pictures = pictures
        self._permalinks = permalinks_of(site)
        self._opened: dict[tuple[str, ...], str] = {}
        self._refusals: Counter[str] = Counter()
        self._shared: OrderedDict[tuple[str, bytes], None] = OrderedDict()

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        """Post, edit, delete, react or join. Raises the DeliveryErrors."""
        try:
            if outgoing.join_channel:
                return await self._join_at(outgoing.address)
            if outgoing.emoji:
                return await self._react(outgoing)
            if outgoing.receipt is not None and outgoing.withdraw:
                return await self._withdraw(outgoing.receipt)
            if outgoing.receipt is not None:
                return await self._edit(outgoing, outgoing.receipt)
            return await self._post_all(outgoing)
        except ApiError as refused:
            raise delivery_error_for(refused) from None

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        """The messages that carry a delivery id, in the order of their parts; None if there are none."""
        try:
            conversation = await self._conversation(address)
            found = await self._find_parts(conversation, delivery)
        except ApiError as refused:
            raise delivery_error_for(refused) from None
        parts: list[str] = []
        while len(parts) in found:
            parts.append(found[len(parts)])
        return Receipt(conversation.channel, tuple(parts)) if parts else None

    # Messages ------------------------------------------------------------------------------------

    async def _post_all(self, outgoing: OutgoingMessage) -> Receipt:
        pages = [await self._pictures.with_files(page) for page in self._pages(outgoing)]
        conversation = await self._conversation(outgoing.address)
        await self._share_files(conversation, outgoing)
        posted: list[str] = []
        for part, page in enumerate(pages):
            try:
                posted.append(await self._post(conversation, outgoing.delivery, page, part, len(pages)))
            except (DeliveryError, ApiError) as error:
                if not posted:
                    raise
                log.info("a message was posted in part", part=part, parts=len(pages), error=str(error))
                raise Unknown(f"posted in part: {error}") from None
        return Receipt(conversation.channel, tuple(posted))

    def _pages(self, outgoing: OutgoingMessage) -> list[Page]:
        return message_pages(outgoing.renderable.linked(self._permalinks), SHARED_NEXT)

    async def _share_files(self, conversation: _Conversation, outgoing: OutgoingMessage) -> None:
        """Share the files of a card, before the message that refers to them.

        If that fails, nothing was posted yet, and both are tried again. A file carries no delivery id, so
        after a lost response or a restart it may be shared twice; it is never lost.
        """
        for file in files_of(outgoing.renderable):
            key = outgoing.delivery, sha256(file.name.encode() + b"\0" + file.data).digest()
            if key in self._shared:
                continue
            await self._as_member(
                conversation.channel,
                partial(share_file, self._api, file, conversation.channel, conversation.root),
            )
            self._shared[key] = None
            if len(self._shared) > FILES_REMEMBERED:
                self._shared.popitem(last=False)

    async def _post(
        self, conversation: _Conversation, delivery: str, page: Page, part: int, parts: int
    ) -> str:
        message: Json = {
            "channel": conversation.channel,
            "thread_ts": conversation.root or None,
            **NO_UNFURLS,
        }
        message["metadata"] = _metadata(delivery, part, parts)
        answer = await self._as_member(
            conversation.channel, lambda: self._call_with_page("chat.postMessage", delivery, page, message)
        )
        return str(answer["ts"])

    async def _call_with_page(self, method: str, delivery: str, page: Page, message: Json) -> Json:
        """Call a method with the blocks of a page, whose pictures Slack may not have scanned yet."""
        if self._refusals[delivery] >= MAX_PICTURE_REFUSALS:
            page = page.without_pictures()
        try:
            answer = await self._api.call(method, **message, text=page.text, blocks=list(page.blocks))
        except ApiError as refused:
            if not self._pictures.is_refused_for_picture(page, refused):
                raise
            log.info("slack has not scanned a picture yet", error=refused.error)
            self._refusals[delivery] += 1
            raise Throttled(_SCAN_PAUSE) from None
        self._refusals.pop(delivery, None)
        return answer

    async def _edit(self, outgoing: OutgoingMessage, receipt: Receipt) -> Receipt:
        """Edit the messages; superfluous parts are deleted, new ones are posted.

        Files were shared when the message was posted, and are not shared again.
        """
        pages = [await self._pictures.with_files(page) for page in self._pages(outgoing)]
        messages = list(receipt.messages)
        for part, (page, ts) in enumerate(zip(pages, messages, strict=False)):
            metadata = _metadata(outgoing.delivery, part, len(pages))
            edit = {"channel": receipt.place, "ts": ts, "metadata": metadata}
            await self._call_with_page("chat.update", outgoing.delivery, page, edit)
        for ts in messages[len(pages) :]:
            await self._delete(receipt.place, ts)
        root = outgoing.address.root if outgoing.address.kind == "thread" else ""
        conversation = _Conversation(receipt.place, root)
        del messages[len(pages) :]
        missing = range(len(messages), len(pages))
        known = await self._find_parts(conversation, outgoing.delivery) if missing else {}
        for part in missing:
            # An earlier attempt may have posted it without receiving the response.
            ts = known.get(part) or await self._post(
                conversation, outgoing.delivery, pages[part], part, len(pages)
            )
            messages.append(ts)
        return Receipt(receipt.place, tuple(messages))

    async def _withdraw(self, receipt: Receipt) -> Receipt:
        """Delete the messages. Files that were shared with them stay: a receipt does not contain them."""
        for ts in receipt.messages:
            await self._delete(receipt.place, ts)
        return receipt

    async def _delete(self, channel: str, ts: str) -> None:
        try:
            await self._api.call("chat.delete", channel=channel, ts=ts)
        except ApiError as refused:
            if refused.error != "message_not_found":
                raise

    async def _react(self, outgoing: OutgoingMessage) -> Receipt:
        message = outgoing.receipt.messages[0] if outgoing.receipt else outgoing.address.root
        channel = outgoing.address.handle
        try:
            await self._api.call("reactions.add", channel=channel, timestamp=message, name=outgoing.emoji)
        except ApiError as refused:
            if refused.error != "already_reacted":
                raise
        return Receipt(channel, (message,))

    # Places --------------------------------------------------------------------------------------

    async def _join_at(self, address: Address) -> Receipt:
        await self._join(address.handle)
        return Receipt(address.handle, ())

    async def _as_member(self, channel: str, act: Callable[[], Awaitable[T]]) -> T:
        """Do something in a channel; if the bot is not a member, join the channel and do it again."""
        try:
            return await act()
        except ApiError as refused:
            if refused.error != "not_in_channel":
                raise
        await self._join(channel)
        return await act()

    async def _join(self, channel: str) -> None:
        """Join a public channel. A private one needs an invitation; Slack reports that it is not found."""
        try:
            await self._api.call("conversations.join", channel=channel)
        except AccessRevoked:
            raise
        except ApiError as refused:
            if refused.error not in _PRIVATE_CHANNEL_ERRORS:
                raise
            if not await self._is_member(channel):
                raise Unreachable("uninvited") from None

    async def _is_member(self, channel: str) -> bool:
        """Whether the bot was invited to a channel; conversations.join refuses a private one either way."""
        try:
            answer = await self._api.call("conversations.info", channel=channel)
        except AccessRevoked:
            raise
        except ApiError:
            return False
        return bool(answer["channel"].get("is_member"))

    async def _conversation(self, address: Address) -> _Conversation:
        """The conversation at an address; opens direct messages and group DMs, which Slack does once."""
        match address.kind:
            case "channel":
                return _Conversation(address.handle)
            case "thread":
                return _Conversation(address.handle, address.root)
            case "direct" | "group":
                if address.handle:
                    return _Conversation(address.handle)
                people = tuple(sorted(address.people))
                if people not in self._opened:
                    answer = await self._api.call("conversations.open", users=",".join(people))
                    self._opened[people] = str(answer["channel"]["id"])
                return _Conversation(self._opened[people])

    async def _find_parts(self, conversation: _Conversation, delivery: str) -> dict[int, str]:
        """The timestamps of a delivery's messages by their part, searched among the latest messages."""
        where: Json = {"channel": conversation.channel, "include_all_metadata": True, "limit": limits.PAGE}
        if conversation.root:
            rows = await self._api.collect("conversations.replies", "messages", ts=conversation.root, **where)
        else:
            rows = await self._api.collect(
                "conversations.history", "messages", at_most=PAGES_SEARCHED, **where
            )
        found: dict[int, str] = {}
        for row in rows:
            metadata = row.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == DELIVERY_EVENT_TYPE and payload.get("delivery") == delivery:
                found.setdefault(int(payload.get("part") or 0), str(row["ts"]))
        return found


def _metadata(delivery: str, part: int, parts: int) -> Json:
    return {
        "event_type": DELIVERY_EVENT_TYPE,
        "event_payload": {"delivery": delivery, "part": part, "parts": parts},
    }
