"""The bot's home: the acting person's home card, and the responses to their actions on it."""

from nicegui import background_tasks

from adapters.web.kit.elements import box, text_element
from adapters.web.kit.render import show_card
from adapters.web.local.interactions import Origin
from adapters.web.local.local_platform import HOME
from adapters.web.local.message import MessageView
from adapters.web.local.message_store import Change
from adapters.web.local.tab_session import TabSession, View

RESPONSES_SHOWN = 3


class Home(View):
    """Requests the home card when the home is opened, when the clock advances, and after every response."""

    def __init__(self, session: TabSession) -> None:
        self._session = session
        self._requests = 0
        with box("div", "home", tabindex="0", role="region", aria_label="Home"), box("div", "home-page"):
            self._responses = box("div", "home-answers")
            self._card = box("div", "home-card")

    def place_changed(self) -> None:
        """Rebuild the home, if it is open."""
        self._responses.clear()
        self._card.clear()
        if self._session.place == HOME:
            self._show_responses()
            with self._card:
                text_element("One moment…", "p", "card-small")
            self._request()

    def clock_changed(self) -> None:
        """Request the card again, because its content depends on the time."""
        if self._session.place == HOME:
            self._request()

    def data_changed(self, change: Change) -> None:
        """Update after a response was added or dismissed."""
        message, session = change.message, self._session
        if message and message.place == HOME == session.place and message.only_for == session.who:
            self._show_responses()
            self._request()

    def _show_responses(self) -> None:
        session = self._session
        self._responses.clear()
        session.messages.mark_read(HOME, session.who)
        with self._responses:
            for message in session.messages.in_place(HOME, session.who)[-RESPONSES_SHOWN:]:
                MessageView(session, message, compact=False, in_thread=True)

    def _request(self) -> None:
        background_tasks.create(self._load(), name="home")

    async def _load(self) -> None:
        self._requests += 1
        request = self._requests
        renderable = await self._session.interactions.home(self._session.who)
        is_outdated = request != self._requests
        if is_outdated or self._card.is_deleted or self._session.place != HOME:
            return
        self._card.clear()
        with self._card:
            if renderable is None:
                text_element("There is nothing here yet.", "p", "card-small")
            else:
                show_card(renderable.card, self._session.render_context(Origin(HOME), renderable))
