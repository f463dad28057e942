"""The surface through which the courier delivers to a server: messages, edits, reactions and threads.

Every message has a nonce derived from its delivery id, so that Discord shows it once even if it is sent twice
within a few minutes. The id of its outermost component is derived from the delivery id, too: the history of a
channel contains no nonces (discord.py's issue 2451), but it contains component ids, by which a delivery in
doubt is looked up.

A send is never cancelled: during a global rate limit that would leave discord.py's lock locked for good.
"""

import discord

from adapters.discord.custom_ids import ButtonPayload, TokenCache, component_id, nonce_for
from adapters.discord.delivery_errors import (
    ARCHIVED,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    translate_errors,
)
from adapters.discord.limits import HISTORY
from adapters.discord.markdown import emoji
from adapters.discord.permalinks import permalinks_of
from adapters.discord.places import Places
from adapters.discord.render import Page, message_pages
from adapters.discord.responses import allowed_mentions_of, view_of
from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt
from facilitation.core.values.errors import Throttled, Unknown, Unreachable


class DiscordSurface:
    """Delivers to one server."""

    def __init__(
        self,
        client: discord.Client,
        guild: int,
        payloads: TokenCache[ButtonPayload],
        threads: TokenCache[str],
    ) -> None:
        self._client = client
        self._guild = guild
        self._payloads = payloads
        self._threads = threads
        self._places = Places(client, guild)

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        """Post, edit, delete, react or join. Raises the DeliveryErrors."""
        async with translate_errors():
            if outgoing.join_channel:
                return self._places.join(outgoing.address.handle)
            if outgoing.emoji:
                return await self._react(outgoing)
            if outgoing.receipt is None:
                return await self._post_all(outgoing)
            if outgoing.withdraw:
                return await self._withdraw(outgoing.receipt)
            return await self._edit_all(outgoing, outgoing.receipt)

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        """The messages of an earlier delivery, if among the last hundred of its place; else None."""
        async with translate_errors():
            for place in await self._places.candidates(address):
                messages = await self._our_messages(place)
                found: list[str] = []
                while (container_id := component_id(delivery, len(found))) in messages:
                    found.append(messages[container_id])
                if found:
                    return Receipt(place, tuple(found))
        return None

    # ------------------------------------------------------------------------------------------------

    async def _post_all(self, outgoing: OutgoingMessage) -> Receipt:
        pages = self._pages(outgoing)
        place = await self._places.open_place(outgoing.address)
        return Receipt(place, tuple(await self._post_from(place, outgoing.delivery, pages, 0)))

    async def _edit_all(self, outgoing: OutgoingMessage, receipt: Receipt) -> Receipt:
        """Edit the messages; missing ones are posted, superfluous ones deleted."""
        pages = self._pages(outgoing)
        for part, (message, page) in enumerate(zip(receipt.messages, pages, strict=False)):
            await self._edit(receipt.place, message, page, component_id(outgoing.delivery, part))
        existing = len(receipt.messages)
        for message in receipt.messages[len(pages) :]:
            await self._delete(receipt.place, message)
        sent = await self._post_from(receipt.place, outgoing.delivery, pages[existing:], existing)
        return Receipt(receipt.place, (*receipt.messages[: len(pages)], *sent))

    async def _withdraw(self, receipt: Receipt) -> Receipt:
        for message in receipt.messages:
            await self._delete(receipt.place, message)
        return receipt

    async def _react(self, outgoing: OutgoingMessage) -> Receipt:
        character = emoji(outgoing.emoji)
        if character is None:
            raise Unreachable("invalid")
        message = outgoing.receipt.messages[0] if outgoing.receipt else outgoing.address.root
        place = outgoing.receipt.place if outgoing.receipt else outgoing.address.handle
        # A message in a thread is stored with its channel, but the API needs the thread.
        await self._message(self._threads.get(message) or place, message).add_reaction(character)
        return Receipt(place, (message,))

    def _pages(self, outgoing: OutgoingMessage) -> list[Page]:
        is_direct = outgoing.address.kind == "direct"
        renderable = outgoing.renderable.linked(permalinks_of(str(self._guild), self._threads))
        pages = message_pages(renderable, self._payloads, str(self._guild) if is_direct else "")
        if not pages:
            raise Unreachable("invalid")
        return pages

    async def _post_from(self, place: str, delivery: str, pages: list[Page], first: int) -> list[str]:
        """Post the parts of a delivery from `first` on; once one is posted, a failure leaves it in doubt."""
        sent: list[str] = []
        for part, page in enumerate(pages, first):
            try:
                async with translate_errors():
                    sent.append(await self._post(place, delivery, part, page))
            except Throttled as throttled:
                if part:
                    raise Unknown(f"only the first {part} of its messages were sent") from throttled
                raise
        return sent

    async def _post(self, place: str, delivery: str, part: int, page: Page) -> str:
        channel = self._client.get_partial_messageable(int(place), guild_id=self._guild)
        try:
            message = await self._send(channel, delivery, part, page)
        except discord.HTTPException as error:
            if error.code != ARCHIVED:
                raise
            await self._places.unarchive(place)
            message = await self._send(channel, delivery, part, page)
        return str(message.id)

    @staticmethod
    async def _send(
        channel: discord.PartialMessageable, delivery: str, part: int, page: Page
    ) -> discord.Message:
        return await channel.send(
            view=view_of(page, component_id(delivery, part)),
            files=page.files(),
            nonce=nonce_for(delivery, part),
            allowed_mentions=allowed_mentions_of(page),
        )

    async def _edit(self, place: str, message: str, page: Page, container_id: int) -> None:
        # Discord parses an edit again: without allowed_mentions of its own it would notify the people in it.
        target = self._message(place, message)
        try:
            await target.edit(
                view=view_of(page, container_id),
                attachments=page.files(),
                allowed_mentions=allowed_mentions_of(page),
            )
        except discord.HTTPException as error:
            if error.code != ARCHIVED:
                raise
            await self._places.unarchive(place)
            await target.edit(
                view=view_of(page, container_id),
                attachments=page.files(),
                allowed_mentions=allowed_mentions_of(page),
            )

    async def _delete(self, place: str, message: str) -> None:
        try:
            await self._message(place, message).delete()
        except discord.NotFound as error:
            if error.code not in (UNKNOWN_MESSAGE, UNKNOWN_CHANNEL):
                raise

    def _message(self, place: str, message: str) -> discord.PartialMessage:
        channel = self._client.get_partial_messageable(int(place), guild_id=self._guild)
        return channel.get_partial_message(int(message))

    async def _our_messages(self, place: str) -> dict[int, str]:
        """The bot's messages in a place, by the id of their outermost component."""
        channel = self._client.get_partial_messageable(int(place), guild_id=self._guild)
        found: dict[int, str] = {}
        me = self._client.user
        async for message in channel.history(limit=HISTORY):
            if me is None or message.author.id != me.id:
                continue
            for outermost in message.components[:1]:
                if isinstance(outermost, discord.Container) and outermost.id is not None:
                    found.setdefault(outermost.id, str(message.id))
        return found
