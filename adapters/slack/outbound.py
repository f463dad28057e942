"""The courier's side of Slack: parcels become messages, edits, reactions and entered channels."""

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
from adapters.slack.files import BESIDE, files_of, share_file
from adapters.slack.permalinks import permalinks_of
from adapters.slack.render import Page, message_pages
from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt
from facilitation.core.values.cards import Picture
from facilitation.core.values.errors import DeliveryError, Throttled, Unknown, Unreachable

DELIVERY = "tertulia_delivery"
"""The event_type of the metadata in which a message carries its delivery id."""
LOOKED_THROUGH = 5
"""Pages of history in which an earlier delivery is looked for."""
PICTURES_KEPT = 64
FILES_KNOWN = 1_000
"""So many files are known to have been shared, each for one delivery."""
PICTURE_TRIES = 5
"""How often a message waits for a picture that Slack will not show; then it goes with words only."""
_PRIVATE = ("channel_not_found", "method_not_supported_for_channel_type")
"""What conversations.join says of a private channel."""
_A_MOMENT = timedelta(seconds=3)
QUIET = {"unfurl_links": False, "unfurl_media": False}

Json = dict[str, Any]
T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Spot:
    """Where a message goes: the conversation and, in a thread, its root."""

    channel: str
    root: str = ""


class PictureUploads:
    """Brings pictures in, each once: a picture that Slack is still looking at is not sent again meanwhile."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._files: OrderedDict[bytes, str] = OrderedDict()

    async def shown(self, page: Page) -> Page:
        """The page with a file behind each picture. Raises the errors of `Api`."""
        return page.with_files({index: await self.file(one) for index, one in page.pictures.items()})

    async def file(self, picture: Picture) -> str:
        """The id of a picture's file; not shared with anybody, and so seen only where a message shows it."""
        known = sha256(picture.png + picture.alt.encode()).digest()
        if known not in self._files:
            file = await self._api.upload(picture.png, "picture.png", picture.alt[: limits.ALT_TEXT])
            title = picture.alt[: limits.HEADER] or "Picture"
            named = json.dumps([{"id": file, "title": title}])
            await self._api.call("files.completeUploadExternal", files=named)
            self._files[known] = file
            if len(self._files) > PICTURES_KEPT:
                self._files.popitem(last=False)
        return self._files[known]

    @staticmethod
    def are_refused(page: Page, refused: ApiError) -> bool:
        """Whether a message was refused for a picture's sake: Slack looks at new files for a moment."""
        words = " ".join((refused.error, *refused.details))
        return bool(page.pictures) and ("slack_file" in words or "image" in words or "file" in words)


class SlackSurface:
    """One workspace as the courier sees it.

    A message that was sent in part and then failed is in doubt, so that its parts are looked up, edited and
    completed, and none is said twice.
    """

    def __init__(self, api: SlackApi, pictures: PictureUploads, site: str = "") -> None:
        """`site` is the workspace's address, under which its messages are."""
        self._api = api
        self._pictures = pictures
        self._address = permalinks_of(site)
        self._opened: dict[tuple[str, ...], str] = {}
        self._refusals: Counter[str] = Counter()
        self._shared: OrderedDict[tuple[str, bytes], None] = OrderedDict()

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        """Say, edit, remove, react or enter; raises the DeliveryErrors."""
        try:
            if outgoing.enter:
                return await self._enter(outgoing.address)
            if outgoing.emoji:
                return await self._react(outgoing)
            if outgoing.receipt is not None and outgoing.withdraw:
                return await self._withdraw(outgoing.receipt)
            if outgoing.receipt is not None:
                return await self._revise(outgoing, outgoing.receipt)
            return await self._say(outgoing)
        except ApiError as refused:
            raise delivery_error_for(refused) from None

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        """The messages that carry a delivery id, in the order of their parts."""
        try:
            spot = await self._spot(address)
            found = await self._look(spot, delivery)
        except ApiError as refused:
            raise delivery_error_for(refused) from None
        parts: list[str] = []
        while len(parts) in found:
            parts.append(found[len(parts)])
        return Receipt(spot.channel, tuple(parts)) if parts else None

    # Saying --------------------------------------------------------------------------------------

    async def _say(self, outgoing: OutgoingMessage) -> Receipt:
        shown = [await self._pictures.shown(page) for page in self._pages(outgoing)]
        spot = await self._spot(outgoing.address)
        await self._share_files(spot, outgoing)
        said: list[str] = []
        for part, page in enumerate(shown):
            try:
                said.append(await self._post(spot, outgoing.delivery, page, part, len(shown)))
            except (DeliveryError, ApiError) as error:
                if not said:
                    raise
                log.info("a message was said in part", part=part, parts=len(shown), error=str(error))
                raise Unknown(f"said in part: {error}") from None
        return Receipt(spot.channel, tuple(said))

    def _pages(self, outgoing: OutgoingMessage) -> list[Page]:
        return message_pages(outgoing.renderable.linked(self._address), BESIDE)

    async def _share_files(self, spot: _Spot, outgoing: OutgoingMessage) -> None:
        """Bring the files of a card in, before the message that points to them.

        If that fails, nothing was said yet, and both are tried again. A file carries no delivery id by which
        it could be found: after a lost reply or a restart it may so come twice, and is never lost.
        """
        for file in files_of(outgoing.renderable):
            known = outgoing.delivery, sha256(file.name.encode() + b"\0" + file.data).digest()
            if known in self._shared:
                continue
            await self._inside(spot.channel, partial(share_file, self._api, file, spot.channel, spot.root))
            self._shared[known] = None
            if len(self._shared) > FILES_KNOWN:
                self._shared.popitem(last=False)

    async def _post(self, spot: _Spot, delivery: str, page: Page, part: int, parts: int) -> str:
        message: Json = {"channel": spot.channel, "thread_ts": spot.root or None, **QUIET}
        message["metadata"] = _metadata(delivery, part, parts)
        answer = await self._inside(
            spot.channel, lambda: self._show("chat.postMessage", delivery, page, message)
        )
        return str(answer["ts"])

    async def _show(self, method: str, delivery: str, page: Page, message: Json) -> Json:
        """A call with the blocks of a page, which may show a file that Slack has not looked at yet."""
        if self._refusals[delivery] >= PICTURE_TRIES:
            page = page.without_pictures()
        try:
            answer = await self._api.call(method, **message, text=page.text, blocks=list(page.blocks))
        except ApiError as refused:
            if not self._pictures.are_refused(page, refused):
                raise
            log.info("slack is not ready to show a picture", error=refused.error)
            self._refusals[delivery] += 1
            raise Throttled(_A_MOMENT) from None
        self._refusals.pop(delivery, None)
        return answer

    async def _revise(self, outgoing: OutgoingMessage, receipt: Receipt) -> Receipt:
        """Edit what stands there; parts that became superfluous go, new ones are said below.

        Files were shared when it was said, and are not shared again.
        """
        shown = [await self._pictures.shown(page) for page in self._pages(outgoing)]
        messages = list(receipt.messages)
        for part, (page, ts) in enumerate(zip(shown, messages, strict=False)):
            metadata = _metadata(outgoing.delivery, part, len(shown))
            edit = {"channel": receipt.place, "ts": ts, "metadata": metadata}
            await self._show("chat.update", outgoing.delivery, page, edit)
        for ts in messages[len(shown) :]:
            await self._delete(receipt.place, ts)
        root = outgoing.address.root if outgoing.address.kind == "thread" else ""
        spot = _Spot(receipt.place, root)
        del messages[len(shown) :]
        missing = range(len(messages), len(shown))
        known = await self._look(spot, outgoing.delivery) if missing else {}
        for part in missing:
            # An earlier try may have said it and not heard so.
            ts = known.get(part) or await self._post(spot, outgoing.delivery, shown[part], part, len(shown))
            messages.append(ts)
        return Receipt(receipt.place, tuple(messages))

    async def _withdraw(self, receipt: Receipt) -> Receipt:
        """Remove its messages. A file that was shared with it stays: a receipt does not know it."""
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

    async def _enter(self, address: Address) -> Receipt:
        await self._join(address.handle)
        return Receipt(address.handle, ())

    async def _inside(self, channel: str, act: Callable[[], Awaitable[T]]) -> T:
        """Do something in a channel; where only membership was missing, enter it and do it then."""
        try:
            return await act()
        except ApiError as refused:
            if refused.error != "not_in_channel":
                raise
        await self._join(channel)
        return await act()

    async def _join(self, channel: str) -> None:
        """Enter a public channel; a private one has to invite, and Slack says that it is not there."""
        try:
            await self._api.call("conversations.join", channel=channel)
        except AccessRevoked:
            raise
        except ApiError as refused:
            if refused.error not in _PRIVATE:
                raise
            if not await self._is_in(channel):
                raise Unreachable("uninvited") from None

    async def _is_in(self, channel: str) -> bool:
        """Whether the bot is in a channel that cannot be joined: one invited gets the same refusal."""
        try:
            answer = await self._api.call("conversations.info", channel=channel)
        except AccessRevoked:
            raise
        except ApiError:
            return False
        return bool(answer["channel"].get("is_member"))

    async def _spot(self, address: Address) -> _Spot:
        """The conversation at an address; opens direct messages and groups, which Slack does once."""
        match address.kind:
            case "channel":
                return _Spot(address.handle)
            case "thread":
                return _Spot(address.handle, address.root)
            case "direct" | "group":
                if address.handle:
                    return _Spot(address.handle)
                people = tuple(sorted(address.people))
                if people not in self._opened:
                    answer = await self._api.call("conversations.open", users=",".join(people))
                    self._opened[people] = str(answer["channel"]["id"])
                return _Spot(self._opened[people])

    async def _look(self, spot: _Spot, delivery: str) -> dict[int, str]:
        """The time stamps of a delivery's messages by their part, where they are among the latest."""
        where: Json = {"channel": spot.channel, "include_all_metadata": True, "limit": limits.PAGE}
        if spot.root:
            rows = await self._api.pages("conversations.replies", "messages", ts=spot.root, **where)
        else:
            rows = await self._api.pages("conversations.history", "messages", at_most=LOOKED_THROUGH, **where)
        found: dict[int, str] = {}
        for row in rows:
            metadata = row.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == DELIVERY and payload.get("delivery") == delivery:
                found.setdefault(int(payload.get("part") or 0), str(row["ts"]))
        return found


def _metadata(delivery: str, part: int, parts: int) -> Json:
    return {
        "event_type": DELIVERY,
        "event_payload": {"delivery": delivery, "part": part, "parts": parts},
    }
