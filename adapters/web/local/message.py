"""One message on the page: its head, its content, the reactions and replies under it, and its menu."""

from functools import partial

from nicegui import ui

from adapters.web.kit import formatting
from adapters.web.kit.elements import avatar, bot_avatar, box, icon_button, push_button, text_element
from adapters.web.kit.render import show_card, show_emoji
from adapters.web.local.interactions import Origin
from adapters.web.local.message_store import TERTULIA, Message
from adapters.web.local.message_text import show_typed_text
from adapters.web.local.tab_session import TabSession

FOLDED_LENGTH = 2_000
"""The number of characters that are shown of a longer message until it is unfolded."""
QUICK_EMOJI = ("+1", "heart", "tada", "raised_hands", "bulb", "eyes", "thinking_face", "coffee")


class MessageView:
    """Shows one message; updated when the message changes.

    A `compact` message continues the one above it and has no head. `replies` is the number of replies in its
    thread.
    """

    def __init__(
        self, session: TabSession, message: Message, *, compact: bool, in_thread: bool, replies: int = 0
    ) -> None:
        self._session = session
        self._in_thread = in_thread
        self._replies = replies
        self.message = message
        self.compact = compact
        classes = _classes(message, compact, session.highlighted)
        self.root = box("article", classes, data_message=message.id, tabindex="-1")
        self._build()

    def update(self, message: Message) -> None:
        """Show the message as it is now."""
        before, self.message = self.message, message
        is_content_same = (message.renderable, message.text, message.edited) == (
            before.renderable,
            before.text,
            before.edited,
        )
        if is_content_same and message.kind == "message":
            self._show_reactions()
        else:
            self.root.clear()
            self._build()

    def show_replies(self, replies: int) -> None:
        """Show the number of replies."""
        if replies != self._replies:
            self._replies = replies
            self._show_replies()

    # ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        message = self.message
        with self.root:
            if message.kind == "notice":
                self._build_notice()
                return
            if message.only_for:
                self._build_only_you()
            self._build_avatar()
            with box("div", "message-main"):
                if not self.compact:
                    self._build_head()
                self._build_content()
                self._reactions = box("div", "reactions")
                self._thread = box("div", "message-thread")
            if not message.only_for:
                self._build_tools()
        self._show_reactions()
        self._show_replies()

    def _build_notice(self) -> None:
        message = self.message
        text_element(formatting.moment(message.at, self._session.zone, "time"), "time", "note-time")
        name = self._session.platform.name_of(message.author)
        text_element(f"{name} {message.text}", "span", "note-words")

    def _build_only_you(self) -> None:
        with box("div", "only-you"):
            text_element("Only visible to you", "span", "only-you-words")
            if self.message.asked:
                text_element(_shortened(self.message.asked), "code", "only-you-asked")
            icon_button("close", "Dismiss", self._dismiss, "icon-button-small")

    def _dismiss(self) -> None:
        self._session.messages.remove(self.message.id)

    def _build_avatar(self) -> None:
        message = self.message
        if self.compact:
            time = formatting.moment(message.at, self._session.zone, "time")
            text_element(time, "time", "message-side-time", aria_hidden="true")
        elif message.author == TERTULIA:
            bot_avatar()
        else:
            avatar(self._session.platform.name_of(message.author), message.author)

    def _build_head(self) -> None:
        message, session = self.message, self._session
        with box("header", "message-head"):
            text_element(session.platform.name_of(message.author), "span", "message-author")
            if message.author == TERTULIA:
                text_element("bot", "span", "badge")
            elif session.status(message.author) == "newcomer":
                text_element("new here", "span", "badge badge-new")
            time, title = (
                formatting.moment(message.at, session.zone, "time"),
                formatting.full_moment(message.at, session.zone),
            )
            text_element(time, "time", "message-time", title=title)
            if message.edited:
                text_element("edited", "span", "message-edited")

    def _build_content(self) -> None:
        message = self.message
        context = self._session.render_context(Origin(message.place, message.root), message.renderable)
        if message.renderable is not None:
            show_card(message.renderable.card, context)
            return
        names = self._session.names()
        with box("div", "message-text") as content:
            show_typed_text(message.text[:FOLDED_LENGTH], context, names)
        if len(message.text) > FOLDED_LENGTH:

            def unfold() -> None:
                content.classes(remove="is-folded")
                content.clear()
                with content:
                    show_typed_text(message.text, context, names)
                more.delete()

            content.classes("is-folded")
            more = push_button("Show all of it", unfold, "button button-quiet")

    # Tools ------------------------------------------------------------------------------------------

    def _build_tools(self) -> None:
        outside_tab_order = {"tabindex": "-1"}  # until the message is focused: see static/local.js
        with box("div", "message-tools", role="group", aria_label="Message tools"):
            react = icon_button(
                "smile", "Add a reaction", lambda: self._open_emoji_picker(react), **outside_tab_order
            )
            if not self._in_thread and not self.message.root:
                reply = partial(self._session.open_thread, self.message.id)
                icon_button("reply", "Reply in a thread", reply, **outside_tab_order)
            if self._actions():
                more = icon_button("more", "More actions", lambda: self._open_menu(more), **outside_tab_order)
                more.props["aria-haspopup"] = "menu"

    def _actions(self) -> list[tuple[str, int]]:
        """The labels of the actions that this person has on this message, with their positions."""
        session = self._session
        is_coordinator = session.status(session.who) == "coordinator"
        author = "bot" if self.message.author == TERTULIA else "people"
        return [
            (action.label, position)
            for position, action in enumerate(session.backend.actions)
            if (is_coordinator or not action.coordinators) and action.on in (author, "both")
        ]

    def _open_menu(self, anchor: ui.element) -> None:
        with anchor, ui.menu().props("auto-close") as menu, box("div", "menu-entries", role="menu"):
            for label, position in self._actions():
                push_button(label, partial(self._run_action, position), "menu-entry", role="menuitem")
        menu.on("hide", menu.delete)
        menu.open()

    async def _run_action(self, position: int) -> None:
        session = self._session
        action = session.backend.actions[position]
        await session.show_result(session.interactions.run_message_action(session.who, action, self.message))

    # Reactions and replies --------------------------------------------------------------------------

    def _open_emoji_picker(self, anchor: ui.element) -> None:
        with anchor, ui.menu().props("auto-close") as menu, box("div", "emoji-picker"):
            for name in QUICK_EMOJI:
                label = name.replace("_", " ")
                button = text_element(
                    formatting.emoji(name), "button", "emoji", type="button", aria_label=label
                )
                button.on("click", partial(self._toggle_reaction, name), args=[])
        menu.on("hide", menu.delete)
        menu.open()

    async def _toggle_reaction(self, name: str, _: object = None) -> None:
        await self._session.interactions.toggle_reaction(self._session.who, self.message.id, name)

    def _show_reactions(self) -> None:
        message, session = self.message, self._session
        self._reactions.clear()
        with self._reactions:
            for name, people in message.reactions.items():
                label = f"{name.replace('_', ' ')}, {', '.join(map(session.platform.name_of, people))}"
                chip = box(
                    "button",
                    "reaction",
                    type="button",
                    aria_label=label,
                    title=label,
                    aria_pressed=str(session.who in people).lower(),
                )
                with chip:
                    show_emoji(name)
                    text_element(str(len(people)), "span", "reaction-count")
                chip.on("click", partial(self._toggle_reaction, name), args=[])
            if message.reacted_before:
                count = message.reacted_before
                text_element(f"{count} reaction{'s' if count > 1 else ''}", "span", "reaction-before")

    def _show_replies(self) -> None:
        self._thread.clear()
        if not self._replies or self._in_thread:
            return
        label = "1 reply" if self._replies == 1 else f"{self._replies} replies"
        with self._thread:
            push_button(label, lambda: self._session.open_thread(self.message.id), "replies")


def _classes(message: Message, compact: bool, highlighted: str) -> str:
    if message.kind == "notice":
        return "note"
    states = {
        "is-compact": compact,
        "is-bot": message.author == TERTULIA,
        "is-only-you": bool(message.only_for),
        "is-highlighted": message.id == highlighted,
    }
    return " ".join(["message", *(name for name, is_on in states.items() if is_on)])


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
