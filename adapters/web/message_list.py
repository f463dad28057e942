"""The messages of a place, or of one thread, as they come."""

from datetime import date, timedelta

from nicegui import ui

from adapters.web import formatting
from adapters.web.elements import box, push, words
from adapters.web.local_platform import HOME
from adapters.web.message import MessageView
from adapters.web.message_store import Change, Message
from adapters.web.tab_session import TabSession, View

PAGE = 60
"""How many messages are shown at first, and how many more at a time."""

NEAR = timedelta(minutes=5)
"""Messages of one person closer than this stand together under one name."""


class Stream(View):
    """Follows the place that is looked at; with `thread`, the thread that is open."""

    def __init__(self, visit: TabSession, *, thread: bool = False) -> None:
        self._visit = visit
        self.follows_thread = thread
        self._shown = PAGE
        self._views: dict[str, MessageView] = {}
        self._last: Message | None = None
        self._day: date | None = None
        self._today = self._date()
        self._list = self._frame("Replies" if thread else "Messages", "" if thread else "messages")

    def look(self) -> None:
        """Show the place from its end, and as much of it as is sought."""
        self._shown = max(PAGE, self._back_to(self._visit.sought))
        self._build()

    def tick(self) -> None:
        """On another day, other days are today and yesterday."""
        if self._date() != self._today:
            self._build()

    def hear(self, change: Change) -> None:
        """Take in one change, if it is one of this place."""
        message, visit = change.message, self._visit
        if message is None or message.place != visit.place or visit.place == HOME:
            return
        if message.only_for not in ("", visit.who):
            return
        if self._belongs(message):
            self._take(change.what, message)
        if message.root and not self.follows_thread and message.root in self._views:
            counts = self._visit.board.reply_counts(visit.place, visit.who)
            self._views[message.root].count(counts.get(message.root, 0))

    # ------------------------------------------------------------------------------------------------

    def _frame(self, what: str, name: str) -> ui.element:
        label = f"{what}; arrow keys go through them"
        with box("div", "stream", tabindex="0", role="region", aria_label=label, id=name or None):
            return box("div", "stream-list")

    def _belongs(self, message: Message) -> bool:
        if self.follows_thread:
            return bool(self._visit.thread) and self._visit.thread in (message.root, message.id)
        return not message.root

    def _take(self, what: str, message: Message) -> None:
        if what == "said":
            self._append(message)
            self._visit.board.read(message.place, self._visit.who)
        elif what == "changed" and message.id in self._views:
            self._views[message.id].update(message)
        elif what == "gone":
            self._build()

    def _messages(self) -> list[Message]:
        visit = self._visit
        if visit.place == HOME:
            return []
        if not self.follows_thread:
            return visit.board.talk(visit.place, visit.who)
        root = visit.board.get(visit.thread)
        return [root, *visit.board.thread(visit.place, visit.thread, visit.who)] if root else []

    def _back_to(self, sought: str) -> int:
        """How many messages, from the end, reach back to this one; 0 if it is not here."""
        ids = [message.id for message in self._messages()] if sought else []
        return len(ids) - ids.index(sought) if sought in ids else 0

    def _date(self) -> date:
        return self._visit.stage.now().astimezone(self._visit.zone).date()

    def _build(self) -> None:
        visit = self._visit
        self._today = self._date()
        self._list.clear()
        self._views.clear()
        self._last, self._day = None, None
        messages = self._messages()
        counts = visit.board.reply_counts(visit.place, visit.who)
        seen = visit.board.seen(visit.place, visit.who)
        with self._list:
            if len(messages) > self._shown and not self.follows_thread:
                push("Earlier messages", self._earlier, "button button-quiet stream-earlier")
            if not messages and not self.follows_thread:
                self._empty()
            marked = self.follows_thread
            for message in messages[-self._shown :] if not self.follows_thread else messages:
                new = not marked and message.serial > seen and self._is_news(message)
                self._append(message, counts.get(message.id, 0), new=new)
                marked = marked or new
        if visit.place != HOME and not self.follows_thread:
            visit.board.read(visit.place, visit.who)

    def _is_news(self, message: Message) -> bool:
        return message.author != self._visit.who and message.kind == "said"

    def _append(self, message: Message, replies: int = 0, *, new: bool = False) -> None:
        day = message.at.astimezone(self._visit.zone).date()
        with self._list:
            if day != self._day and not self.follows_thread:
                words(formatting.day_name(day, self._today), "div", "stream-day", role="separator")
                self._last = None
            if new:
                words("New", "div", "stream-new", role="separator")
                self._last = None
            view = MessageView(
                self._visit,
                message,
                compact=_together(self._last, message),
                in_thread=self.follows_thread,
                replies=replies,
            )
        self._views[message.id] = view
        self._last, self._day = message, day

    def _earlier(self) -> None:
        self._shown += PAGE
        self._build()

    def _empty(self) -> None:
        spot = self._visit.spot
        direct = spot is not None and spot.kind == "direct"
        with box("div", "stream-empty"):
            box("span", "avatar avatar-bot avatar-large", aria_hidden="true")
            if direct:
                words("Just you and Tertulia", "h2")
                words("What it has to tell you alone comes here. Type / to see what you can ask.", "p")
            else:
                words("Nothing here yet", "h2")
                words("Say the first word, or type / to ask Tertulia for something.", "p")


def _together(last: Message | None, message: Message) -> bool:
    """Whether a message stands under the same name as the one before."""
    return (
        last is not None
        and last.kind == message.kind == "said"
        and last.author == message.author
        and not (last.only_for or message.only_for or last.renderable or message.renderable)
        and message.at - last.at < NEAR
    )
