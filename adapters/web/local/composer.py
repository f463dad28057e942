"""The text input for messages and commands, with autocompletion."""

from dataclasses import dataclass

from nicegui import ui
from nicegui.events import GenericEventArguments

from adapters.web.local.interactions import Origin
from adapters.web.local.tab_session import TabSession, View
from adapters.web.local.typed_text import matching_names

MAX_SUGGESTIONS = 12
MAX_NAME_LENGTH = 30
"""The longest typed name, including `@` or `#`, for which suggestions are shown."""
ROOT_HELP = {"cop": "what any member can do", "coordinate": "what coordinators look after"}
"""The slash commands, each with its line of help in the list of suggestions."""


class ComposerElement(ui.element, component="composer.js"):
    """The Vue component: emits `draft` with the text after each change, and `send` with the text on Enter."""


@dataclass(frozen=True)
class Suggestion:
    """An entry of the list: its label, a line of help, and the draft that results from accepting it."""

    label: str
    help: str
    completed: str


class Composer(View):
    """A composer that sends to the open place or, with `thread`, to the open thread."""

    def __init__(self, session: TabSession, *, thread: bool = False) -> None:
        self._session = session
        self.follows_thread = thread
        self._element = ComposerElement().mark("thread-composer" if thread else "composer")
        self._element.props["input-id"] = "" if thread else "write"  # the target of the skip link
        self._element.on("draft", self._update_suggestions)
        self._element.on("send", self._send)

    def place_changed(self) -> None:
        """Update the label and the draft: the browser keeps a draft for each person, place and thread."""
        session, label = self._session, self._label()
        self._element.props["label"] = label
        self._element.props["placeholder"] = label + ("" if self.follows_thread else ", or / for commands")
        self._element.props["draft-key"] = f"{session.who} {session.place} {session.thread}"

    def suggestions(self, draft: str) -> list[Suggestion]:
        """The commands, people or channels that a draft can be completed to."""
        commands = self._command_suggestions(draft) if draft.startswith("/") else []
        return commands or self._name_suggestions(draft)

    # ------------------------------------------------------------------------------------------------

    def _label(self) -> str:
        place = self._session.open_place
        if self.follows_thread:
            return "Reply"
        if place is None or place.kind == "direct":
            return "Write to Tertulia"
        return f"Write to {'#' if place.kind == 'channel' else ''}{place.name}"

    async def _send(self, event: GenericEventArguments) -> None:
        session = self._session
        origin = Origin(session.place, session.thread if self.follows_thread else "")
        await session.show_result(session.interactions.send(session.who, origin, str(event.args)))

    def _update_suggestions(self, event: GenericEventArguments) -> None:
        draft = str(event.args)
        # The draft is sent along, so that the browser ignores suggestions for an earlier one.
        entries = [vars(one) for one in self.suggestions(draft)]
        self._element.props["suggestions"] = {"draft": draft, "entries": entries}

    def _command_suggestions(self, draft: str) -> list[Suggestion]:
        root, space, typed = draft[1:].partition(" ")
        if not space:
            return [
                Suggestion(f"/{name}", about, f"/{name} ")
                for name, about in ROOT_HELP.items()
                if name.startswith(root.casefold())
            ]
        if root not in ROOT_HELP:
            return []
        commands = self._session.backend.gateway.complete("cop" if root == "cop" else "coordinate", typed)
        return [
            Suggestion(f"/{root} {words}", about, f"/{root} {words} ")
            for words, about in commands
            if words != typed and words.casefold().startswith(typed.casefold())
        ][:MAX_SUGGESTIONS]

    def _name_suggestions(self, draft: str) -> list[Suggestion]:
        """People after `@` and channels after `#`, in messages and in the arguments of commands."""
        at = max(draft.rfind(mark) for mark in "@#")
        if at < 0 or (at and not draft[at - 1].isspace()) or len(draft) - at > MAX_NAME_LENGTH:
            return []
        before, mark, start = draft[:at], draft[at], draft[at + 1 :]
        names = self._people() if mark == "@" else self._channels()
        if any(start.casefold().startswith(f"{name.casefold()} ") for name in names):
            return []  # the name is complete, and more text follows it
        return [
            Suggestion(mark + name, names[name], f"{before}{mark}{name} ")
            for name in matching_names(names, start)[:MAX_SUGGESTIONS]
        ]

    def _people(self) -> dict[str, str]:
        """The status of each person, by name."""
        session = self._session
        return {p.name or p.handle: session.status(p.handle) for p in session.platform.persons()}

    def _channels(self) -> dict[str, str]:
        """The topic of each channel that the person can see, by name."""
        places = self._session.platform.places_of(self._session.who)
        return {place.name: place.topic for place in places if place.kind == "channel"}
