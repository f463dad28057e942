"""The box in which one writes, with the list of what could be meant."""

from dataclasses import dataclass

from nicegui import ui
from nicegui.events import GenericEventArguments

from adapters.web.inbound import Where
from adapters.web.tab_session import TabSession, View
from adapters.web.typed_text import first_of

MOST = 12
"""How many suggestions are listed at once."""


class Box(ui.element, component="composer.js"):
    """The writing box in the browser; emits `draft` as one types and `send`."""


@dataclass(frozen=True)
class Hint:
    """One suggestion: what it is called, what it is for, and the text that it would make of the draft."""

    label: str
    help: str
    insert: str


class Composer(View):
    """Writes into the place that is looked at, or into the open thread."""

    def __init__(self, visit: TabSession, *, thread: bool = False) -> None:
        self._visit = visit
        self.follows_thread = thread
        self._box = Box().mark("thread-composer" if thread else "composer")
        self._box.props["anchor"] = "" if thread else "write"
        self._box.on("draft", self._drafted)
        self._box.on("send", self._sent)

    def look(self) -> None:
        """Another place to write to."""
        label = self._label()
        self._box.props["label"] = label
        self._box.props["placeholder"] = label + ("" if self.follows_thread else ", or / for commands")
        self._box.props["where"] = f"{self._visit.who} {self._visit.place} {self._visit.thread}"

    def _label(self) -> str:
        spot = self._visit.spot
        if self.follows_thread:
            return "Reply"
        if spot is None or spot.kind == "direct":
            return "Write to Tertulia"
        return f"Write to {'#' if spot.kind == 'channel' else ''}{spot.name}"

    async def _sent(self, event: GenericEventArguments) -> None:
        visit = self._visit
        root = visit.thread if self.follows_thread else ""
        await visit.do(visit.inbound.typed(visit.who, Where(visit.place, root), str(event.args)))

    def _drafted(self, event: GenericEventArguments) -> None:
        draft = str(event.args)
        hints = self.hints(draft)
        self._box.props["hints"] = {"of": draft, "list": [vars(hint) for hint in hints]}

    def hints(self, draft: str) -> list[Hint]:
        """What could be meant by a draft: commands, people, channels."""
        if draft.startswith("/"):
            return self._commands(draft)
        mark = max(draft.rfind(sign) for sign in "@#")
        if mark < 0 or (mark and not draft[mark - 1].isspace()) or len(draft) - mark > 30:
            return []
        return self._named(draft[:mark], draft[mark], draft[mark + 1 :])

    def _commands(self, draft: str) -> list[Hint]:
        root, space, typed = draft[1:].partition(" ")
        if not space:
            roots = {"cop": "what any member can do", "coordinate": "what coordinators look after"}
            return [
                Hint(f"/{r}", about, f"/{r} ") for r, about in roots.items() if r.startswith(root.casefold())
            ]
        if root not in ("cop", "coordinate"):
            return []
        known = self._visit.stage.gateway.complete("cop" if root == "cop" else "coordinate", typed)
        fitting = [(words, help_) for words, help_ in known if words.casefold().startswith(typed.casefold())]
        whole = f"/{root} "
        return [
            Hint(whole + words, help_, whole + words + " ") for words, help_ in fitting if words != typed
        ][:MOST]

    def _named(self, before: str, sign: str, start: str) -> list[Hint]:
        square = self._visit.square
        if sign == "@":
            people = square.persons()
            about: dict[str, str] = {p.name or p.handle: self._visit.standing(p.handle) for p in people}
        else:
            spots = square.places_of(self._visit.who)
            about = {spot.name: spot.topic for spot in spots if spot.kind == "channel"}
        if any(start.casefold().startswith(f"{name.casefold()} ") for name in about):
            return []
        return [
            Hint(sign + name, about[name], f"{before}{sign}{name} ") for name in first_of(about, start)[:MOST]
        ]
