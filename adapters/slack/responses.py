"""Delivers responses: as an ephemeral message, a modal or an App Home, else as a direct message.

None of the first three can carry a file: files are sent by direct message before the response, which says so.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from adapters.slack import limits
from adapters.slack.api import ApiError, SlackApi
from adapters.slack.button_payload import FormMetadata, Origin, encode_metadata
from adapters.slack.files import NOT_SENT, SENT_DIRECTLY, files_of, share_file
from adapters.slack.forms import card_modal, hidden_args, modal
from adapters.slack.outbound import NO_UNFURLS, PictureUploads
from adapters.slack.permalinks import permalinks_of
from adapters.slack.render import Page, message_pages, view_page
from facilitation.core.platforms.surface import RenderableCard, Response
from facilitation.core.values.cards import Button, Buttons
from facilitation.core.values.errors import DeliveryError, Throttled
from facilitation.core.values.forms import Form
from facilitation.core.values.speech import card, say

TRUNCATED = "There is more than fits here: type /cop home to see all of it."
TITLE = "Tertulia"
"""The title above a card that is shown as a modal."""

Json = dict[str, Any]
log = structlog.get_logger(__name__)


class Responder:
    """Delivers responses to the person who made the request. One that fails is logged and not repeated."""

    def __init__(self, api: SlackApi, pictures: PictureUploads, site: str = "") -> None:
        """`site` is the address of the workspace, for permalinks."""
        self._api = api
        self._pictures = pictures
        self._permalinks = permalinks_of(site)

    def as_acknowledgement(self, response: Response) -> Json | None:
        """The response as part of the acknowledgement, if it is one message without a picture or file."""
        if response.renderable is None or files_of(response.renderable):
            return None
        first, *more = self._pages(response.renderable)
        if more or first.pictures:
            return None
        return _message(first, response.to)

    async def send(self, who: str, origin: Origin, response: Response) -> None:
        """Send a card to the origin of the request, ephemeral unless the response is for everyone."""
        if response.renderable is not None:
            file_note = await self._send_files(who, response.renderable)
            await self._send(who, origin, self._pages(response.renderable, file_note), response.to)

    async def _send(self, who: str, origin: Origin, pages: list[Page], to: str) -> None:
        address, uses = origin.response_url, limits.RESPONSES

        async def by_response_url(page: Page) -> None:
            nonlocal uses
            uses -= 1
            await self._post_to_response_url(address, page, to, origin.thread)

        async def by_message(page: Page) -> None:
            await self._post_message(who, origin, page, to)

        try:
            for page in pages:
                if address and uses > 0:
                    try:
                        await self._send_with_pictures(page, by_response_url)
                        continue
                    except ApiError:
                        address = ""
                await self._send_with_pictures(page, by_message)
        except (DeliveryError, ApiError) as error:
            log.warning("a response was lost", error=str(error))

    async def open_form(
        self, who: str, form: Form, metadata: FormMetadata, trigger: str, *, push: bool = False
    ) -> None:
        """Open a form or, if Slack no longer allows it, offer it behind a button."""
        try:
            method = "views.push" if push else "views.open"
            await self._api.call(method, trigger_id=trigger, view=modal(form, metadata))
        except (DeliveryError, ApiError) as error:
            log.info("a form could not be opened", command=form.command, error=str(error))
            await self.send(who, metadata.origin, Response(form_button_card(form, metadata.community)))

    async def open_card(
        self, who: str, renderable: RenderableCard, origin: Origin, *, trigger: str = "", view: str = ""
    ) -> None:
        """Show a card as a modal: a new one, or in place of an open view."""
        file_note = await self._send_files(who, renderable)

        async def call(page: Page) -> None:
            body = card_modal(page, TITLE, encode_metadata(FormMetadata("", origin=origin)))
            if view:
                await self._api.call("views.update", view_id=view, view=body)
            else:
                await self._api.call("views.open", trigger_id=trigger, view=body)

        try:
            await self._send_with_pictures(self._view_page(renderable, file_note), call)
        except (DeliveryError, ApiError) as error:
            log.info("a card could not be shown", error=str(error))
            await self._send(who, origin, self._pages(renderable, file_note), "asker")

    def next_view(self, renderable: RenderableCard, origin: Origin) -> Json | None:
        """A card as the view that follows a form; None if it has a picture or file."""
        page = self._view_page(renderable)
        if page.pictures or files_of(renderable):
            return None
        return card_modal(page, TITLE, encode_metadata(FormMetadata("", origin=origin)))

    async def publish_home(self, who: str, renderable: RenderableCard) -> None:
        """Publish a card on a person's App Home."""

        async def call(page: Page) -> None:
            view = {"type": "home", "callback_id": "home", "blocks": list(page.blocks)}
            await self._api.call("views.publish", user_id=who, view=view)

        try:
            await self._send_with_pictures(self._view_page(renderable), call)
        except (DeliveryError, ApiError) as error:
            log.warning("a home was not published", error=str(error))

    # ---------------------------------------------------------------------------------------------

    def _pages(self, renderable: RenderableCard, file_note: str = "") -> list[Page]:
        return message_pages(renderable.linked(self._permalinks), file_note)

    def _view_page(self, renderable: RenderableCard, file_note: str = "") -> Page:
        return view_page(renderable.linked(self._permalinks), overflow_note=TRUNCATED, file_note=file_note)

    async def _send_files(self, who: str, renderable: RenderableCard) -> str:
        """Send the files of a card by direct message; returns the `file_note` for the response."""
        files = files_of(renderable)
        try:
            direct = await self._direct_message(who) if files else ""
            for file in files:
                await share_file(self._api, file, direct)
        except (DeliveryError, ApiError) as error:
            log.warning("a file was not sent", error=str(error))
            return NOT_SENT
        return SENT_DIRECTLY

    async def _send_with_pictures(self, page: Page, send: Callable[[Page], Awaitable[None]]) -> None:
        """Send a page with its pictures; if Slack cannot show them yet, with their descriptions instead."""
        if not page.pictures:
            await send(page)
            return
        try:
            await send(await self._pictures.with_files(page))
        except (Throttled, ApiError) as error:
            log.info("answered without a picture", error=str(error))
            await send(page.without_pictures())

    async def _post_to_response_url(self, address: str, page: Page, to: str, thread: str) -> None:
        """Raises ApiError if the response_url is used up or refuses the message."""
        message = {**_message(page, to), "replace_original": False, **NO_UNFURLS}
        if thread:
            message["thread_ts"] = thread
        if not await self._api.post_to_response_url(address, message):
            raise ApiError("response_url", "used_up")

    async def _post_message(self, who: str, origin: Origin, page: Page, to: str) -> None:
        """Send without a response_url: to the channel if the bot is in it, else as a direct message."""
        message = {"text": page.text, "blocks": list(page.blocks)}
        if origin.place and not origin.direct:
            where = {"channel": origin.place, "thread_ts": origin.thread or None}
            try:
                if to == "everyone":
                    await self._api.call("chat.postMessage", **where, **message, **NO_UNFURLS)
                else:
                    await self._api.call("chat.postEphemeral", **where, user=who, **message)
                return
            except ApiError as error:
                if PictureUploads.is_refused_for_picture(page, error):
                    raise
                log.info("answered in a direct message instead", error=error.error)
        direct = await self._direct_message(who)
        await self._api.call("chat.postMessage", channel=direct, **message, **NO_UNFURLS)

    async def _direct_message(self, who: str) -> str:
        """The direct message with a person, opened if need be."""
        opened = await self._api.call("conversations.open", users=who)
        return str(opened["channel"]["id"])


def form_button_card(form: Form, community: int) -> RenderableCard:
    """A card whose button opens a form that could not open by itself, with the values given so far."""
    filled = [field for field in form.fields if field.value not in (None, "", ())]
    values = {field.name: _as_argument(field.value) for field in filled}
    is_incomplete = any(field.required and field.name not in values for field in form.fields)
    args = {**(values if is_incomplete else {}), **hidden_args(form)}
    button = Button("Open the form", form.command, args, style="primary")
    words = say("This takes a short form.")
    return RenderableCard(card(form.title, words, Buttons((button,))), community=community)


def _as_argument(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | list | tuple) else str(value)


def _message(page: Page, to: str) -> Json:
    return {
        "response_type": "in_channel" if to == "everyone" else "ephemeral",
        "text": page.text,
        "blocks": list(page.blocks),
    }
