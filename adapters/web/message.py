"""One message on the page: who, when, what, the emoji beneath it, its thread and its menu."""

from functools import partial

from nicegui import ui

from adapters.web import formatting
from adapters.web.elements import box, icon_button, push, words
from adapters.web.inbound import Where
from adapters.web.message_store import TERTULIA, Message
from adapters.web.render import Reader, show_card, show_emoji, show_typed
from adapters.web.tab_session import TabSession

LONG = 2_000
"""How many characters of a message are shown at first."""


class MessageView:
    """Shows one message and keeps it true while it changes."""

    def __init__(
        self, visit: TabSession, message: Message, *, compact: bool, in_thread: bool, replies: int = 0
    ) -> None:
        self._visit = visit
        self._in_thread = in_thread
        self._replies = replies
        self.message = message
        self.compact = compact
        classes = _classes(message, compact, visit.sought)
        self.root = box("article", classes, data_message=message.id, tabindex="-1")
        self._build()

    def update(self, message: Message) -> None:
        """Show the message as it is now."""
        only_reactions = (message.renderable, message.text, message.edited) == (
            self.message.renderable,
            self.message.text,
            self.message.edited,
        )
        self.message = message
        if only_reactions and message.kind == "said":
            self._show_reactions()
        else:
            self.root.clear()
            self._build()

    def count(self, replies: int) -> None:
        """Say how many replies there are."""
        if replies != self._replies:
            self._replies = replies
            self._show_replies()

    # ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        message = self.message
        with self.root:
            if message.kind == "note":
                self._note()
                return
            if message.only_for:
                self._only_you()
            self._avatar()
            with box("div", "message-main"):
                if not self.compact:
                    self._head()
                self._body()
                self._reactions = box("div", "reactions")
                self._thread = box("div", "message-thread")
            if not message.only_for:
                self._tools()
        self._show_reactions()
        self._show_replies()

    def _note(self) -> None:
        message, square = self.message, self._visit.square
        words(formatting.moment(message.at, self._visit.zone, "time"), "time", "note-time")
        words(f"{square.name_of(message.author)} {message.text}", "span", "note-words")

    def _only_you(self) -> None:
        with box("div", "only-you"):
            words("Only visible to you", "span", "only-you-words")
            if self.message.asked:
                words(_short(self.message.asked), "code", "only-you-asked")
            dismiss = "Dismiss"
            icon_button(
                "close", dismiss, lambda: self._visit.board.drop(self.message.id), "icon-button-small"
            )

    def _avatar(self) -> None:
        if self.compact:
            when = formatting.moment(self.message.at, self._visit.zone, "time")
            words(when, "time", "message-side-time", aria_hidden="true")
        else:
            avatar(self._visit.square.name_of(self.message.author), self.message.author)

    def _head(self) -> None:
        message, visit = self.message, self._visit
        with box("header", "message-head"):
            words(visit.square.name_of(message.author), "span", "message-author")
            if message.author == TERTULIA:
                words("bot", "span", "badge")
            elif visit.standing(message.author) == "newcomer":
                words("new here", "span", "badge badge-new")
            at, zone = message.at, visit.zone
            words(
                formatting.moment(at, zone, "time"),
                "time",
                "message-time",
                title=formatting.full_moment(at, zone),
            )
            if message.edited:
                words("edited", "span", "message-edited")

    def _body(self) -> None:
        message = self.message
        reader = self._visit.reader(Where(message.place, message.root), message.renderable)
        if message.renderable is not None:
            show_card(message.renderable.card, reader)
            return
        with box("div", "message-text") as body:
            show_typed(message.text[:LONG], reader)
        if len(message.text) > LONG:
            body.classes("is-folded")
            _unfold(body, message.text, reader)

    def _tools(self) -> None:
        unreached = {"tabindex": "-1"}  # until the message is in focus: see static/page.js
        with box("div", "message-tools", role="group", aria_label="Message tools"):
            react = icon_button("smile", "Add a reaction", lambda: self._pick_emoji(react), **unreached)
            if not self._in_thread and not self.message.root:
                answer = partial(self._visit.open_thread, self.message.id)
                icon_button("reply", "Reply in a thread", answer, **unreached)
            if self._actions():
                more = icon_button("more", "More actions", lambda: self._more(more), **unreached)
                more.props["aria-haspopup"] = "menu"

    def _actions(self) -> list[tuple[str, int]]:
        coordinator = self._visit.standing(self._visit.who) == "coordinator"
        author = "bot" if self.message.author == TERTULIA else "people"
        return [
            (endpoint.label, number)
            for number, endpoint in enumerate(self._visit.stage.actions)
            if (coordinator or not endpoint.coordinators) and endpoint.on in (author, "both")
        ]

    def _more(self, anchor: ui.element) -> None:
        with anchor, ui.menu().props("auto-close") as menu, box("div", "menu-entries", role="menu"):
            for label, number in self._actions():
                push(label, partial(self._act, number), "menu-entry", role="menuitem")
        menu.on("hide", menu.delete)
        menu.open()

    async def _act(self, number: int) -> None:
        visit = self._visit
        endpoint = visit.stage.actions[number]
        await visit.do(visit.inbound.acted(visit.who, endpoint, self.message))

    def _pick_emoji(self, anchor: ui.element) -> None:
        with anchor, ui.menu().props("auto-close") as menu, box("div", "emoji-picker"):
            for name in formatting.QUICK:
                button = words(
                    formatting.emoji(name),
                    "button",
                    "emoji",
                    type="button",
                    aria_label=name.replace("_", " "),
                )
                button.on("click", partial(self._react, name), args=[])
        menu.on("hide", menu.delete)
        menu.open()

    async def _react(self, name: str, _: object = None) -> None:
        await self._visit.inbound.reacted(self._visit.who, self.message.id, name)

    def _show_reactions(self) -> None:
        message, visit = self.message, self._visit
        self._reactions.clear()
        with self._reactions:
            for name, people in message.reactions.items():
                names = ", ".join(visit.square.name_of(who) for who in people)
                said = f"{name.replace('_', ' ')}, {names}"
                chosen = visit.who in people
                chip = box(
                    "button",
                    "reaction",
                    type="button",
                    aria_label=said,
                    title=said,
                    aria_pressed=str(chosen).lower(),
                )
                with chip:
                    show_emoji(name)
                    words(str(len(people)), "span", "reaction-count")
                chip.on("click", partial(self._react, name), args=[])
            if message.reacted_before:
                times = message.reacted_before
                words(f"{times} reaction{'s' if times > 1 else ''}", "span", "reaction-before")

    def _show_replies(self) -> None:
        self._thread.clear()
        if not self._replies or self._in_thread:
            return
        label = "1 reply" if self._replies == 1 else f"{self._replies} replies"
        with self._thread:
            push(label, lambda: self._visit.open_thread(self.message.id), "replies")


def avatar(name: str, handle: str, classes: str = "") -> None:
    """A person's initials on their colour, or the bot's mark."""
    if handle == TERTULIA:
        box("span", f"avatar avatar-bot {classes}", aria_hidden="true")
    else:
        words(
            formatting.initials(name),
            "span",
            f"avatar hue-{formatting.hue_of(handle)} {classes}",
            aria_hidden="true",
        )


def _unfold(body: ui.element, text: str, reader: Reader) -> None:
    """A button that shows the whole of a long message."""

    def unfold() -> None:
        body.classes(remove="is-folded")
        body.clear()
        with body:
            show_typed(text, reader)
        more.delete()

    more = push("Show all of it", unfold, "button button-quiet")


def _classes(message: Message, compact: bool, sought: str) -> str:
    if message.kind == "note":
        return "note"
    marks = {
        "is-compact": compact,
        "is-bot": message.author == TERTULIA,
        "is-only-you": bool(message.only_for),
        "is-sought": message.id == sought,
    }
    return " ".join(["message", *(mark for mark, on in marks.items() if on)])


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
