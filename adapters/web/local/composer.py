"""The input in which messages and commands are written, with a list of suggestions."""

from dataclasses import dataclass

from nicegui import ui
from nicegui.events import GenericEventArguments

from adapters.web.local.interactions import Origin
from adapters.web.local.tab_session import TabSession, View
from adapters.web.local.typed_text import matching_names

MAX_SUGGESTIONS = 12
LONGEST_NAME = 30
"""Characters after `@` or `#` up to which names are suggested."""
ROOTS = {"cop": "what any member can do", "coordinate": "what coordinators look after"}


class ComposerElement(ui.element, component="composer.js"):
    """The input in the browser; emits `draft` while the person types, and `send`."""


@dataclass(frozen=True)
class Suggestion:
    """One suggestion: its label, a line about it, and the draft after it was accepted."""

    label: str
    help: str
    insert: str


class Composer(View):
    """Sends to the open place or, with `thread`, to the open thread."""

    def __init__(self, session: TabSession, *, thread: bool = False) -> None:
        self._session = session
        self.follows_thread = thread
        self._element = ComposerElement().mark("thread-composer" if thread else "composer")
        self._element.props["anchor"] = "" if thread else "write"
        self._element.on("draft", self._update_suggestions)
        self._element.on("send", self._send)

    def place_changed(self) -> None:
        """Name the place in the label; the browser keeps one draft for each person, place and thread."""
        session, label = self._session, self._label()
        self._element.props["label"] = label
        self._element.props["placeholder"] = label + ("" if self.follows_thread else ", or / for commands")
        self._element.props["where"] = f"{session.who} {session.place} {session.thread}"

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
        suggestions = [vars(one) for one in self.suggestions(draft)]
        self._element.props["hints"] = {"of": draft, "list": suggestions}

    def _command_suggestions(self, draft: str) -> list[Suggestion]:
        root, space, typed = draft[1:].partition(" ")
        if not space:
            return [
                Suggestion(f"/{name}", about, f"/{name} ")
                for name, about in ROOTS.items()
                if name.startswith(root.casefold())
            ]
        if root not in ROOTS:
            return []
        known = self._session.backend.gateway.complete("cop" if root == "cop" else "coordinate", typed)
        return [
            Suggestion(f"/{root} {words}", about, f"/{root} {words} ")
            for words, about in known
            if words != typed and words.casefold().startswith(typed.casefold())
        ][:MAX_SUGGESTIONS]

    def _name_suggestions(self, draft: str) -> list[Suggestion]:
        """People after `@`, channels after `#`, in a message as well as behind a command."""
        at = max(draft.rfind(mark) for mark in "@#")
        if at < 0 or (at and not draft[at - 1].isspace()) or len(draft) - at > LONGEST_NAME:
            return []
        before, mark, start = draft[:at], draft[at], draft[at + 1 :]
        names = self._people() if mark == "@" else self._channels()
        if any(start.casefold().startswith(f"{name.casefold()} ") for name in names):
            return []  # the name is complete, and the text goes on
        return [
            Suggestion(mark + name, names[name], f"{before}{mark}{name} ")
            for name in matching_names(names, start)[:MAX_SUGGESTIONS]
        ]

    def _people(self) -> dict[str, str]:
        """The names of people, each with their status."""
        session = self._session
        return {p.name or p.handle: session.status(p.handle) for p in session.platform.persons()}

    def _channels(self) -> dict[str, str]:
        """The names of channels that the person sees, each with its topic."""
        places = self._session.platform.places_of(self._session.who)
        return {place.name: place.topic for place in places if place.kind == "channel"}
