"""Rooms, and the house's catalogue of what they offer.

A room contributes by declaration: commands, actions behind buttons, openings of forms, message actions,
ears for happenings, and its share of the home card, the desk, the recap and the start of a community.
"""

import difflib
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_type_hints

from facilitation.core.ask import Ask, Call, Due, Role, fields_of, help_of
from facilitation.core.errors import Refusal
from facilitation.core.happenings import Happening
from facilitation.core.typed import read_arguments, tokens_of

Handler = Callable[..., Awaitable[Any]]
H = TypeVar("H", bound=Handler)
Root = Literal["cop", "coordinate"]
ROOTS: tuple[Root, Root] = ("cop", "coordinate")


@dataclass(frozen=True)
class Action:
    """One thing that may be asked: by people (`Call`) or by the clock (`Due`), never both."""

    id: str
    ask: type[Ask]
    handler: Handler
    command: str = ""
    role: Role | None = None
    by_clock: bool = False
    label: str = ""
    more: bool = False
    open_door: bool = False
    discreet: bool = False
    stays_forgotten: bool = False

    @property
    def room(self) -> str:
        """The name of the room it belongs to."""
        return self.id.partition(".")[0]

    @property
    def root(self) -> Root:
        """Which of the two slash commands it stands under: coordinators' asks have their own."""
        return "coordinate" if self.role is not None or self.open_door else "cop"


@dataclass(frozen=True)
class Ear:
    """A handler of one kind of happening; `when` is pure and cheap, and saves everything behind it."""

    room: str
    kind: type[Any]
    handler: Handler
    when: Callable[[Any], bool] | None = None

    def hears(self, happening: Happening) -> bool:
        """Whether this happening is for this ear."""
        return isinstance(happening, self.kind) and (self.when is None or self.when(happening))


@dataclass(frozen=True)
class Share:
    """A room's contribution to something that is collected; lower `order` first."""

    order: int
    handler: Handler


@dataclass
class Room:
    """One capability."""

    name: str
    purpose: str
    actions: list[Action] = field(default_factory=list)
    openings: dict[type[Ask], Handler] = field(default_factory=dict)
    thinkers: dict[type[Ask], Handler] = field(default_factory=dict)
    ears: list[Ear] = field(default_factory=list)
    shares: dict[str, list[Share]] = field(default_factory=dict)

    def command(
        self,
        words: str,
        *,
        role: Role | None = None,
        more: bool = False,
        open_door: bool = False,
        discreet: bool = False,
        stays_forgotten: bool = False,
    ) -> Callable[[H], H]:
        """A slash command. `more` hides it from the short help; `open_door` leaves rights to the handler.

        A `discreet` one leaves no trace of who asked when, and what is typed after it is not read. With
        `stays_forgotten`, it brings nobody back who asked to be forgotten.
        """

        def declare(handler: H) -> H:
            self._declare(
                handler,
                command=words,
                role=role,
                more=more,
                open_door=open_door,
                discreet=discreet,
                stays_forgotten=stays_forgotten,
            )
            return handler

        return declare

    def action(
        self, *, role: Role | None = None, label: str = "", discreet: bool = False
    ) -> Callable[[H], H]:
        """What a button, a menu, a form or the clock may ask; with a `label`, a message action.

        A `discreet` one leaves no trace of who asked when.
        """

        def declare(handler: H) -> H:
            self._declare(handler, role=role, label=label, discreet=discreet)
            return handler

        return declare

    def opening(self, ask: type[Ask]) -> Callable[[H], H]:
        """A read-only handler that returns the form of an ask, filled with what is stored."""

        def declare(handler: H) -> H:
            self.openings[ask] = handler
            return handler

        return declare

    def beforehand(self, ask: type[Ask]) -> Callable[[H], H]:
        """What a due ask needs that takes a processor long: a read-only handler of its `Due`.

        It returns the work, a coroutine function of nothing, which is awaited outside any unit and leaves the
        loop alone. What comes of it is given to the ask's handler by its type; by then the world may have
        changed.
        """

        def declare(handler: H) -> H:
            self.thinkers[ask] = handler
            return handler

        return declare

    def on(self, kind: type[Any], *, when: Callable[[Any], bool] | None = None) -> Callable[[H], H]:
        """An ear for a kind of happening."""

        def declare(handler: H) -> H:
            self.ears.append(Ear(self.name, kind, handler, when))
            return handler

        return declare

    def home(self, *, order: int = 50) -> Callable[[H], H]:
        """Lines of the home card: a handler of a Call that returns parts."""
        return self._share("home", order)

    def desk(self, *, order: int = 50, personal: bool = False) -> Callable[[H], H]:
        """What waits for coordinators: a handler that returns `DeskItem`s.

        What is `personal` waits for whoever looks, a handler of a Call: it never stands in their channel.
        """
        return self._share("personal desk" if personal else "desk", order)

    def recap(self, *, order: int = 50) -> Callable[[H], H]:
        """A section of the weekly recap: a handler of a `Period` that returns a `Section` or None."""
        return self._share("recap", order)

    def begins(self, *, order: int = 50) -> Callable[[H], H]:
        """What is planned when a community begins, or its settings change: a handler that returns effects."""
        return self._share("begins", order)

    def _share(self, what: str, order: int) -> Callable[[H], H]:
        def declare(handler: H) -> H:
            self.shares.setdefault(what, []).append(Share(order, handler))
            return handler

        return declare

    def _declare(self, handler: Handler, **options: Any) -> None:
        hints = get_type_hints(handler)
        doors = {hint for hint in hints.values() if hint in (Call, Due)}
        if len(doors) != 1:
            raise TypeError(f"{handler.__name__}: annotate one parameter as Call or as Due")
        action = Action(
            id=f"{self.name}.{handler.__name__}",
            ask=hints["ask"],
            handler=handler,
            by_clock=Due in doors,
            **options,
        )
        self.actions.append(action)


# The catalogue -----------------------------------------------------------------------------------


class Catalogue:
    """All that the rooms of a house offer, looked up by id, by words and by ask."""

    def __init__(self, rooms: Iterable[Room]) -> None:
        self.rooms = tuple(rooms)
        self.actions = {action.id: action for room in self.rooms for action in room.actions}
        self.openings = {ask: handler for room in self.rooms for ask, handler in room.openings.items()}
        self.thinkers = {ask: handler for room in self.rooms for ask, handler in room.thinkers.items()}
        self.ears = tuple(ear for room in self.rooms for ear in room.ears)
        self._by_words = {
            root: {
                action.command: action
                for action in self.actions.values()
                if action.command and action.root == root
            }
            for root in ROOTS
        }
        self._by_ask = {action.ask: action for action in self.actions.values()}
        self._kinds = {ear.kind for ear in self.ears}

    def of(self, ask: type[Ask]) -> Action:
        """The action of an ask type."""
        return self._by_ask[ask]

    def is_discreet(self, action: str) -> bool:
        """Whether an action, by its id, leaves no trace of who asked."""
        return action in self.actions and self.actions[action].discreet

    def commands(self, root: Root) -> list[Action]:
        """The commands under a root, in the order in which rooms declare them."""
        return list(self._by_words[root].values())

    def message_actions(self) -> list[Action]:
        """What can be done with a message."""
        return [action for action in self.actions.values() if action.label]

    def shares(self, what: str) -> list[Handler]:
        """What rooms contribute to something, in order."""
        found = [share for room in self.rooms for share in room.shares.get(what, ())]
        return [share.handler for share in sorted(found, key=lambda share: share.order)]

    def ears_for(self, happening: Happening) -> list[Ear]:
        """Who wants to hear this."""
        if type(happening) not in self._kinds:
            return []
        return [ear for ear in self.ears if ear.hears(happening)]

    def complete(self, root: Root, words: str) -> list[tuple[str, str]]:
        """Commands that begin with these words, with their help."""
        start = words.strip().casefold()
        return [
            (action.command, help_of(action.ask))
            for action in self.commands(root)
            if action.command.startswith(start)
        ]

    def parse(
        self, root: Root, words: str, names: Mapping[str, str] | None = None
    ) -> tuple[Action, dict[str, Any]]:
        """The command that was typed and its arguments. Refuses an unknown one with the nearest offers.

        `names` gives the names of channels by handle, for those that are meant as topics.
        """
        tokens = tokens_of(words)
        commands = self._by_words[root]
        for length in (3, 2, 1):
            action = commands.get(" ".join(token.casefold() for token in tokens[:length]))
            if action is not None and len(tokens) >= length:
                if action.discreet:
                    return action, {}
                return action, read_arguments(fields_of(action.ask), tokens[length:], names)
        raise Refusal(self._unknown(root, words))

    def _unknown(self, root: Root, words: str) -> str:
        commands = self._by_words[root]
        tokens = tokens_of(words.casefold())
        longer = [command for command in commands if tokens and command.startswith(tokens[0] + " ")]
        near = difflib.get_close_matches(" ".join(tokens[:2]), commands, n=3, cutoff=0.5)
        near += difflib.get_close_matches(tokens[0] if tokens else "", commands, n=3, cutoff=0.6)
        elsewhere = next(
            (
                other
                for other in ROOTS
                if other != root and tokens and any(c.split()[0] == tokens[0] for c in self._by_words[other])
            ),
            None,
        )
        if longer:
            offers = " · ".join(f"/{root} {command}" for command in longer)
            return f"That needs one more word. You can type: {offers}"
        if elsewhere:
            return f"That one stands under /{elsewhere}: type /{elsewhere} {words.strip()}"
        if near:
            offers = " or ".join(f"/{root} {command}" for command in dict.fromkeys(near))
            return f"I don’t know “{words.strip()}”. Did you mean {offers}?"
        return f"I don’t know “{words.strip()}”. /cop help shows what I can do."


class Together:
    """What several handlers of a room ask for, under one name: each field is given as it would be by itself.

    A dataclass that is derived from this may be asked for like a cellar.
    """


def providers_of(handler: Handler) -> dict[str, Any]:
    """A handler's parameters and what their annotations ask for."""
    hints = get_type_hints(handler)
    return {name: hints[name] for name in inspect.signature(handler).parameters}
