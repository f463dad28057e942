"""The messages of the open place, or of the open thread."""

from datetime import date, timedelta

from adapters.web.kit import formatting
from adapters.web.kit.elements import bot_avatar, box, push_button, text_element
from adapters.web.local.local_platform import HOME
from adapters.web.local.message import MessageView
from adapters.web.local.message_store import Change, Message
from adapters.web.local.tab_session import TabSession, View

PAGE_SIZE = 60
"""The number of messages shown at first, and added by each press of *Earlier messages*."""

GROUP_WITHIN = timedelta(minutes=5)
"""Consecutive messages by one person are grouped under one name if less than this is between them."""


class MessageList(View):
    """Shows the open place or, with `thread`, the open thread."""

    def __init__(self, session: TabSession, *, thread: bool = False) -> None:
        self._session = session
        self.follows_thread = thread
        self._shown = PAGE_SIZE
        self._views: dict[str, MessageView] = {}
        self._last: Message | None = None
        self._day: date | None = None
        self._today = self._local_date()
        label = f"{'Replies' if thread else 'Messages'}; arrow keys go through them"
        anchor = None if thread else "messages"
        with box("div", "stream", tabindex="0", role="region", aria_label=label, id=anchor):
            self._list = box("div", "stream-list")

    def place_changed(self) -> None:
        """Show the latest messages of the place, as far back as the highlighted one."""
        self._shown = max(PAGE_SIZE, self._distance_from_end(self._session.highlighted))
        self._build()

    def clock_changed(self) -> None:
        """Rebuild if the date has changed, because the headings name today and yesterday."""
        if self._local_date() != self._today:
            self._build()

    def data_changed(self, change: Change) -> None:
        """Update after a change to a message of the open place."""
        message, session = change.message, self._session
        if message is None or message.place != session.place or session.place == HOME:
            return
        if message.only_for not in ("", session.who):
            return
        if self._is_listed(message):
            self._apply(change.kind, message)
        if message.root and not self.follows_thread and message.root in self._views:
            counts = session.messages.reply_counts(session.place, session.who)
            self._views[message.root].show_replies(counts.get(message.root, 0))

    # ------------------------------------------------------------------------------------------------

    def _is_listed(self, message: Message) -> bool:
        if self.follows_thread:
            return bool(self._session.thread) and self._session.thread in (message.root, message.id)
        return not message.root

    def _apply(self, kind: str, message: Message) -> None:
        if kind == "added":
            self._append(message)
            self._session.messages.mark_read(message.place, self._session.who)
        elif kind == "updated" and message.id in self._views:
            self._views[message.id].update(message)
        elif kind == "removed":
            self._build()

    def _messages(self) -> list[Message]:
        session = self._session
        if session.place == HOME:
            return []
        if not self.follows_thread:
            return session.messages.in_place(session.place, session.who)
        root = session.messages.get(session.thread)
        replies = session.messages.in_thread(session.place, session.thread, session.who)
        return [root, *replies] if root else []

    def _distance_from_end(self, message: str) -> int:
        """How many messages must be shown so that this one is among them; 0 if it is not in the place."""
        ids = [one.id for one in self._messages()] if message else []
        return len(ids) - ids.index(message) if message in ids else 0

    def _local_date(self) -> date:
        return self._session.backend.now().astimezone(self._session.zone).date()

    def _build(self) -> None:
        session = self._session
        self._today = self._local_date()
        self._list.clear()
        self._views.clear()
        self._last, self._day = None, None
        messages = self._messages()
        counts = session.messages.reply_counts(session.place, session.who)
        last_read = session.messages.last_read(session.place, session.who)
        with self._list:
            if len(messages) > self._shown and not self.follows_thread:
                push_button("Earlier messages", self._show_earlier, "button button-quiet stream-earlier")
            if not messages and not self.follows_thread:
                self._build_empty()
            is_heading_shown = self.follows_thread
            for message in messages if self.follows_thread else messages[-self._shown :]:
                is_first_new = not is_heading_shown and message.serial > last_read and self._is_news(message)
                self._append(message, counts.get(message.id, 0), is_first_new=is_first_new)
                is_heading_shown = is_heading_shown or is_first_new
        if session.place != HOME and not self.follows_thread:
            session.messages.mark_read(session.place, session.who)

    def _is_news(self, message: Message) -> bool:
        return message.author != self._session.who and message.kind == "message"

    def _append(self, message: Message, replies: int = 0, *, is_first_new: bool = False) -> None:
        day = message.at.astimezone(self._session.zone).date()
        with self._list:
            if day != self._day and not self.follows_thread:
                text_element(formatting.day_name(day, self._today), "div", "stream-day", role="separator")
                self._last = None
            if is_first_new:
                text_element("New", "div", "stream-new", role="separator")
                self._last = None
            view = MessageView(
                self._session,
                message,
                compact=_is_continued(self._last, message),
                in_thread=self.follows_thread,
                replies=replies,
            )
        self._views[message.id] = view
        self._last, self._day = message, day

    def _show_earlier(self) -> None:
        self._shown += PAGE_SIZE
        self._build()

    def _build_empty(self) -> None:
        place = self._session.open_place
        with box("div", "stream-empty"):
            bot_avatar("avatar-large")
            if place is not None and place.kind == "direct":
                text_element("Just you and Tertulia", "h2")
                text_element("Messages just for you appear here. Type / to see what you can ask.", "p")
            else:
                text_element("Nothing here yet", "h2")
                text_element("Write the first message, or type / to ask Tertulia for something.", "p")


def _is_continued(last: Message | None, message: Message) -> bool:
    """Whether a message is grouped with the one above it, under the same name."""
    return (
        last is not None
        and last.kind == message.kind == "message"
        and last.author == message.author
        and not (last.only_for or message.only_for or last.renderable or message.renderable)
        and message.at - last.at < GROUP_WITHIN
    )
