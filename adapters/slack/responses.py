"""Answers on their way back: as an ephemeral message, a modal, a home, else as a direct message.

None of the first three can carry a file: it always goes to the asker by direct message, before the answer,
and the answer says so.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from adapters.slack import limits
from adapters.slack.api import ApiError, SlackApi
from adapters.slack.button_payload import FormMetadata, Origin, encode_metadata
from adapters.slack.files import SENT, UNSENT, files_of, share_file
from adapters.slack.forms import card_modal, hidden_args, modal
from adapters.slack.outbound import QUIET, PictureUploads
from adapters.slack.permalinks import permalinks_of
from adapters.slack.render import Page, message_pages, view_page
from facilitation.core.platforms.surface import RenderableCard, Response
from facilitation.core.values.cards import Button, Buttons
from facilitation.core.values.errors import DeliveryError, Throttled
from facilitation.core.values.forms import Form
from facilitation.core.values.speech import card, say

MORE = "There is more than fits here: type /cop home to see all of it."
TITLE = "Tertulia"
"""Stands above a card that is shown as a modal."""

Json = dict[str, Any]
log = structlog.get_logger(__name__)


class Responder:
    """Brings answers to whoever asked. An answer that cannot be brought is logged: it is never repeated."""

    def __init__(self, api: SlackApi, pictures: PictureUploads, site: str = "") -> None:
        """`site` is the workspace's address, under which its messages are."""
        self._api = api
        self._pictures = pictures
        self._address = permalinks_of(site)

    def at_once(self, answer: Response) -> Json | None:
        """The answer as part of an acknowledgement, if it is one message without a picture or file."""
        if answer.renderable is None or files_of(answer.renderable):
            return None
        first, *more = self._pages(answer.renderable)
        if more or first.pictures:
            return None
        return _message(first, answer.to)

    async def say(self, who: str, origin: Origin, answer: Response) -> None:
        """Say a card where it was asked, seen by the asker alone unless it is for everyone."""
        if answer.renderable is not None:
            files = await self._hand_over(who, answer.renderable)
            await self._say(who, origin, self._pages(answer.renderable, files), answer.to)

    async def _say(self, who: str, origin: Origin, shown: list[Page], to: str) -> None:
        address, uses = origin.response_url, limits.RESPONSES

        async def respond(page: Page) -> None:
            nonlocal uses
            uses -= 1
            await self._respond(address, page, to, origin.thread)

        async def say_beside(page: Page) -> None:
            await self._beside(who, origin, page, to)

        try:
            for page in shown:
                if address and uses > 0:
                    try:
                        await self._either(page, respond)
                        continue
                    except ApiError:
                        address = ""
                await self._either(page, say_beside)
        except (DeliveryError, ApiError) as error:
            log.warning("an answer was lost", error=str(error))

    async def open(
        self, who: str, form: Form, asked: FormMetadata, trigger: str, *, push: bool = False
    ) -> None:
        """Open a form; where Slack no longer lets us, offer it behind a button."""
        try:
            method = "views.push" if push else "views.open"
            await self._api.call(method, trigger_id=trigger, view=modal(form, asked))
        except (DeliveryError, ApiError) as error:
            log.info("a form could not be opened", command=form.command, error=str(error))
            await self.say(who, asked.origin, Response(form_button_card(form, asked.community)))

    async def show(
        self, who: str, renderable: RenderableCard, origin: Origin, *, trigger: str = "", view: str = ""
    ) -> None:
        """Show a card as a modal: a new one, or in place of what a modal showed."""
        files = await self._hand_over(who, renderable)

        async def put_up(page: Page) -> None:
            body = card_modal(page, TITLE, encode_metadata(FormMetadata("", origin=origin)))
            if view:
                await self._api.call("views.update", view_id=view, view=body)
            else:
                await self._api.call("views.open", trigger_id=trigger, view=body)

        try:
            await self._either(self._sheet(renderable, files), put_up)
        except (DeliveryError, ApiError) as error:
            log.info("a card could not be shown", error=str(error))
            await self._say(who, origin, self._pages(renderable, files), "asker")

    def shown_next(self, renderable: RenderableCard, origin: Origin) -> Json | None:
        """A card as the view that follows a form, if it needs no picture or file."""
        page = self._sheet(renderable)
        if page.pictures or files_of(renderable):
            return None
        return card_modal(page, TITLE, encode_metadata(FormMetadata("", origin=origin)))

    async def publish(self, who: str, renderable: RenderableCard) -> None:
        """Put a card on somebody's App Home."""

        async def put_up(page: Page) -> None:
            view = {"type": "home", "callback_id": "home", "blocks": list(page.blocks)}
            await self._api.call("views.publish", user_id=who, view=view)

        try:
            await self._either(self._sheet(renderable), put_up)
        except (DeliveryError, ApiError) as error:
            log.warning("a home was not published", error=str(error))

    # ---------------------------------------------------------------------------------------------

    def _pages(self, renderable: RenderableCard, files: str = "") -> list[Page]:
        return message_pages(renderable.linked(self._address), files)

    def _sheet(self, renderable: RenderableCard, files: str = "") -> Page:
        return view_page(renderable.linked(self._address), foot=MORE, files=files)

    async def _hand_over(self, who: str, renderable: RenderableCard) -> str:
        """Send the files of a card by direct message; returns how the words for them go on."""
        files = files_of(renderable)
        try:
            direct = await self._direct(who) if files else ""
            for file in files:
                await share_file(self._api, file, direct)
        except (DeliveryError, ApiError) as error:
            log.warning("a file was not sent", error=str(error))
            return UNSENT
        return SENT

    async def _either(self, page: Page, send: Callable[[Page], Awaitable[None]]) -> None:
        """Send a page with its pictures; where Slack does not show them yet, with their words instead."""
        if not page.pictures:
            await send(page)
            return
        try:
            await send(await self._pictures.shown(page))
        except (Throttled, ApiError) as error:
            log.info("answered without a picture", error=str(error))
            await send(page.without_pictures())

    async def _respond(self, address: str, page: Page, to: str, thread: str) -> None:
        """Raises Refused where the address is used up, or does not take this."""
        message = {**_message(page, to), "replace_original": False, **QUIET}
        if thread:
            message["thread_ts"] = thread
        if not await self._api.respond_to(address, message):
            raise ApiError("response_url", "used_up")

    async def _beside(self, who: str, origin: Origin, page: Page, to: str) -> None:
        """Without an address for the answer: in the channel if we are in it, else as a direct message."""
        message = {"text": page.text, "blocks": list(page.blocks)}
        if origin.place and not origin.direct:
            where = {"channel": origin.place, "thread_ts": origin.thread or None}
            try:
                if to == "everyone":
                    await self._api.call("chat.postMessage", **where, **message, **QUIET)
                else:
                    await self._api.call("chat.postEphemeral", **where, user=who, **message)
                return
            except ApiError as refused:
                if PictureUploads.are_refused(page, refused):
                    raise
                log.info("answered in a direct message instead", error=refused.error)
        direct = await self._direct(who)
        await self._api.call("chat.postMessage", channel=direct, **message, **QUIET)

    async def _direct(self, who: str) -> str:
        """The conversation between somebody and the bot, opened if need be."""
        opened = await self._api.call("conversations.open", users=who)
        return str(opened["channel"]["id"])


def form_button_card(form: Form, community: int) -> RenderableCard:
    """A form that cannot open by itself, behind a button; what is given already travels along."""
    given = {field.name: _carried(field.value) for field in form.fields if field.value not in (None, "", ())}
    is_open = any(field.required and field.name not in given for field in form.fields)
    args = {**(given if is_open else {}), **hidden_args(form)}
    button = Button("Open the form", form.command, args, style="primary")
    words = say("This takes a short form.")
    return RenderableCard(card(form.title, words, Buttons((button,))), community=community)


def _carried(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | list | tuple) else str(value)


def _message(page: Page, to: str) -> Json:
    return {
        "response_type": "in_channel" if to == "everyone" else "ephemeral",
        "text": page.text,
        "blocks": list(page.blocks),
    }
