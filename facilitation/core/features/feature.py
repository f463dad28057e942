"""Features, and what each of them contributes by declaration.

A feature declares commands, actions behind buttons, forms, message actions, listeners for events, and what it
adds to the home card, the desk, the recap and the start of a community.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeVar, get_type_hints

from facilitation.core.features.slots import SLOTS, DeskSlot, HomeSlot, PersonalSlot, RecapSlot, SharedCard
from facilitation.core.values.commands import Command, Context, Due, Role
from facilitation.core.values.effects import Nudge, NudgePriority
from facilitation.core.values.events import Event

Handler = Callable[..., Awaitable[Any]]
H = TypeVar("H", bound=Handler)
Root = Literal["cop", "coordinate"]
ROOTS: tuple[Root, Root] = ("cop", "coordinate")


@dataclass(frozen=True)
class Endpoint:
    """A command, its handler, and who may send it: people (`Context`) or the clock (`Due`), never both.

    `id` is stored in agenda rows and in buttons that have been sent. If it changes, the old ids are kept in
    `former_ids` and remain valid. `words` are what people type after the root, and `label` is the entry in
    the menu of a message; either may be empty.
    """

    id: str
    feature: str
    command: type[Command]
    handler: Handler
    words: str = ""
    role: Role | None = None
    by_clock: bool = False
    label: str = ""
    handler_authorizes: bool = False
    confidential: bool = False
    stays_forgotten: bool = False
    read_only: bool = False
    reads_long: bool = False
    former_ids: tuple[str, ...] = ()

    @property
    def root(self) -> Root:
        """The slash command to which it belongs; commands for coordinators have their own."""
        return "coordinate" if self.role is not None or self.handler_authorizes else "cop"


@dataclass(frozen=True)
class Listener:
    """A handler for one type of event.

    `when` is a pure, cheap filter: an event that it rejects causes no SQL statement.
    """

    feature: str
    kind: type[Any]
    handler: Handler
    when: Callable[[Any], bool] | None = None

    def accepts(self, event: Event) -> bool:
        """Whether the handler wants this event."""
        return isinstance(event, self.kind) and (self.when is None or self.when(event))


@dataclass(frozen=True)
class Contribution:
    """A handler that adds to a shared card, and its slot there."""

    slot: str
    handler: Handler


@dataclass
class Feature:
    """One feature and everything that it declares. Its ids begin with `name`."""

    name: str
    purpose: str
    endpoints: list[Endpoint] = field(default_factory=list)
    forms: dict[type[Command], Handler] = field(default_factory=dict)
    precomputations: dict[type[Command], Handler] = field(default_factory=dict)
    listeners: list[Listener] = field(default_factory=list)
    contributions: dict[SharedCard, list[Contribution]] = field(default_factory=dict)
    nudges: list[Nudge] = field(default_factory=list)

    def command(
        self,
        words: str,
        *,
        id: str,  # noqa: A002  # the same name as in Endpoint and in the list of stored names
        role: Role | None = None,
        handler_authorizes: bool = False,
        confidential: bool = False,
        stays_forgotten: bool = False,
        read_only: bool = False,
        reads_long: bool = False,
        former_ids: tuple[str, ...] = (),
    ) -> Callable[[H], H]:
        """Declare a slash command.

        With `handler_authorizes` the handler checks the rights itself. A `confidential` command leaves no
        trace of who sent it and when, and what is typed after it is not read. With `stays_forgotten` it does
        not make a forgotten person a member again. A `read_only` one changes nothing and only replies to its
        sender, so it never waits for a writer. With `reads_long` it is read-only, too, and reads so much that
        it does so in a thread. `former_ids` are the ids that it had in earlier versions.
        """

        def declare(handler: H) -> H:
            self._declare(
                id,
                handler,
                words=words,
                role=role,
                handler_authorizes=handler_authorizes,
                confidential=confidential,
                stays_forgotten=stays_forgotten,
                read_only=read_only or reads_long,
                reads_long=reads_long,
                former_ids=former_ids,
            )
            return handler

        return declare

    def action(
        self,
        *,
        id: str,  # noqa: A002  # the same name as in Endpoint and in the list of stored names
        role: Role | None = None,
        label: str = "",
        confidential: bool = False,
        read_only: bool = False,
        former_ids: tuple[str, ...] = (),
    ) -> Callable[[H], H]:
        """Declare what a button, a menu, a form or the clock sends; with a `label`, a message action.

        `confidential`, `read_only` and `former_ids` are as in `command`.
        """

        def declare(handler: H) -> H:
            self._declare(
                id,
                handler,
                role=role,
                label=label,
                confidential=confidential,
                read_only=read_only,
                former_ids=former_ids,
            )
            return handler

        return declare

    def form(self, command: type[Command]) -> Callable[[H], H]:
        """Declare a read-only handler that returns `OpenForm`: a form filled with stored values."""

        def declare(handler: H) -> H:
            self.forms[command] = handler
            return handler

        return declare

    def precompute(self, command: type[Command]) -> Callable[[H], H]:
        """Declare the slow part of a due command: a read-only handler of its `Due`.

        It returns a coroutine function without arguments, which is called and awaited outside any unit of
        work and must not block the event loop. The command's handler can ask for the result by its type, and
        checks whether it is still valid.
        """

        def declare(handler: H) -> H:
            self.precomputations[command] = handler
            return handler

        return declare

    def on(self, kind: type[Any], *, when: Callable[[Any], bool] | None = None) -> Callable[[H], H]:
        """Declare a listener for one kind of event."""

        def declare(handler: H) -> H:
            self.listeners.append(Listener(self.name, kind, handler, when))
            return handler

        return declare

    def nudge(self, name: str, *, priority: NudgePriority, why: str) -> Nudge:
        """Declare a reason for unsolicited messages, to be given to `Post`.

        `why` is a sentence that is shown at the foot of each message. If the contact budget does not suffice
        for all messages, `priority` decides which are sent.
        """
        nudge = Nudge(f"{self.name}.{name}", priority, why)
        self.nudges.append(nudge)
        return nudge

    def home(self, slot: HomeSlot) -> Callable[[H], H]:
        """Declare lines of the home card: a handler of a `Context` that returns parts."""
        return self._contribute("home", slot)

    def desk(self, slot: DeskSlot) -> Callable[[H], H]:
        """Declare what waits for coordinators: a handler that returns `DeskItem`s."""
        return self._contribute("desk", slot)

    def personal_desk(self, slot: PersonalSlot) -> Callable[[H], H]:
        """Declare what waits for the person who opens the desk, by a handler of a `Context`.

        It returns `DeskItem`s, which are never posted in a channel.
        """
        return self._contribute("personal desk", slot)

    def recap(self, slot: RecapSlot) -> Callable[[H], H]:
        """Declare a section of the weekly recap: a handler of a `Period` that returns a `Section` or None."""
        return self._contribute("recap", slot)

    def on_begin(self) -> Callable[[H], H]:
        """Declare effects for when a community begins or its settings change: a handler that returns them."""
        return self._contribute("begins", "")

    def _contribute(self, to: SharedCard, slot: str) -> Callable[[H], H]:
        if slot not in SLOTS[to]:
            raise ValueError(f"{self.name}: {to} has no slot {slot!r} (facilitation/core/features/slots.py)")

        def declare(handler: H) -> H:
            self.contributions.setdefault(to, []).append(Contribution(slot, handler))
            return handler

        return declare

    def _declare(self, endpoint: str, handler: Handler, **options: Any) -> None:
        if not endpoint.startswith(f"{self.name}."):
            raise ValueError(
                f"{handler.__name__}: an id of {self.name} begins with {self.name}., not {endpoint}"
            )
        hints = get_type_hints(handler)
        senders = {hint for hint in hints.values() if hint in (Context, Due)}
        if len(senders) != 1:
            raise TypeError(f"{handler.__name__}: annotate one parameter as Context or as Due")
        self.endpoints.append(
            Endpoint(
                id=endpoint,
                feature=self.name,
                command=hints["command"],
                handler=handler,
                by_clock=Due in senders,
                **options,
            )
        )


class ServiceBundle:
    """Services that several handlers of a feature share, as one parameter.

    A handler may ask for a frozen dataclass derived from this; each field is injected by its own annotation.
    """


@cache
def dependencies_of(handler: Handler) -> Mapping[str, Any]:
    """The annotation of each parameter of a handler, by name."""
    hints = get_type_hints(handler)
    return {name: hints[name] for name in inspect.signature(handler).parameters}
