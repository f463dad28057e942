"""The bot's home: its card for whoever acts, and answers that were asked for there."""

from nicegui import background_tasks

from adapters.web.elements import box, words
from adapters.web.inbound import Where
from adapters.web.local_platform import HOME
from adapters.web.message import MessageView
from adapters.web.message_store import Change
from adapters.web.render import show_card
from adapters.web.tab_session import TabSession, View


class Home(View):
    """Asks the house for the home card whenever it is looked at, or something was answered on it."""

    def __init__(self, visit: TabSession) -> None:
        self._visit = visit
        self._asked = 0
        with box("div", "home", tabindex="0", role="region", aria_label="Home"), box("div", "home-page"):
            self._answers = box("div", "home-answers")
            self._card = box("div", "home-card")

    def look(self) -> None:
        """Show the home anew, if it is what is looked at."""
        self._answers.clear()
        self._card.clear()
        if self._visit.place == HOME:
            self._show_answers()
            with self._card:
                words("One moment…", "p", "card-small")
            self._ask()

    def tick(self) -> None:
        """What is on depends on when it is."""
        if self._visit.place == HOME:
            self._ask()

    def hear(self, change: Change) -> None:
        """An answer came, or was dismissed."""
        message = change.message
        if message and message.place == HOME == self._visit.place and message.only_for == self._visit.who:
            self._show_answers()
            self._ask()

    def _show_answers(self) -> None:
        self._answers.clear()
        self._visit.board.read(HOME, self._visit.who)
        with self._answers:
            for message in self._visit.board.talk(HOME, self._visit.who)[-3:]:
                MessageView(self._visit, message, compact=False, in_thread=True)

    def _ask(self) -> None:
        background_tasks.create(self._show(), name="home")

    async def _show(self) -> None:
        self._asked += 1
        mine = self._asked
        renderable = await self._visit.inbound.home(self._visit.who)
        if mine != self._asked or self._card.is_deleted or self._visit.place != HOME:
            return
        self._card.clear()
        with self._card:
            if renderable is None:
                words("There is nothing here yet.", "p", "card-small")
            else:
                show_card(renderable.card, self._visit.reader(Where(HOME), renderable))
