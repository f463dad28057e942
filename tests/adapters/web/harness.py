"""The local page under the contract suite: real elements, without a browser."""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import Request
from nicegui import Client, ui
from nicegui.testing import User, user_simulation

from adapters.web.local.local_platform import direct_message_with
from adapters.web.local.page import open_page
from tests.adapters.web.puppet import PuppetBackend
from tests.adapters.web.reading import elements, has, inside, message_lines, words


@asynccontextmanager
async def page_harness(backend: PuppetBackend | None = None) -> AsyncIterator["PageHarness"]:
    """A page connected to the puppet, until the block ends."""
    backend = backend or PuppetBackend()

    async def root(request: Request, client: Client) -> None:
        await open_page(backend, request.query_params, client)

    gc.freeze()  # the simulation collects garbage twice, and need not look at all that is imported
    try:
        async with user_simulation(root) as user:
            yield PageHarness(backend, user)
    finally:
        gc.unfreeze()


class PageHarness:
    """Acts as people on the page, and reads what they see."""

    shows_styles = True

    def __init__(self, backend: PuppetBackend, user: User) -> None:
        self.backend = backend
        self.gateway = backend.gateway
        self.user = user
        self._at: tuple[str, str, str] = ("", "", "")

    # Acting -----------------------------------------------------------------------------------------

    async def write(self, who: str, place: str, text: str, *, thread: str = "") -> str:
        await self.open(who, place, thread)
        self.emit("thread-composer" if thread else "composer", "send", text)
        await self.rest()
        messages = self.backend.platform.messages
        said = (
            messages.in_thread(place, thread, who)
            if thread
            else messages.in_place(self.handle(who, place), who)
        )
        return said[-1].id

    async def command(self, who: str, place: str, words: str) -> None:
        await self.open(who, place)
        self.emit("composer", "send", f"/cop {words}")
        await self.rest()

    async def press(self, who: str, place: str, label: str) -> None:
        await self.open(who, place)
        self.click(next(b for b in reversed(self.all("button")) if words(b) == label and b.tag == "button"))
        await self.rest()

    async def choose(self, who: str, place: str, menu: str, option: str) -> None:
        await self.open(who, place)
        labelled = next(m for m in self.all("card-menu") if words(inside(m, "card-menu-label")[0]) == menu)
        select = next(element for element in elements(labelled) if isinstance(element, ui.select))
        pick(select, option)
        await self.rest()

    async def follow(self, who: str, place: str, label: str) -> tuple[str, str]:
        await self.open(who, place)
        self.click(next(b for b in reversed(self.all("channel-name")) if words(b) == label))
        await self.rest()
        self._at = ("", "", "")  # the tab shows another place now
        [sought] = self.all("is-highlighted")
        [here] = [row for row in self.all("rail-row") if row.props.get("aria-current")]
        return f"C-{words(here)}", str(sought.props["data-message"])

    async def form(self, who: str) -> list[str] | None:
        dialog = self.dialog()
        if dialog is None:
            return None
        lines = [words(inside(dialog, "dialog-title")[0])]
        lines += [f"! {words(error)}" for error in inside(dialog, "form-error-whole")]
        return lines + [_field_line(field) for field in inside(dialog, "form-field")]

    async def fill(self, who: str, values: Mapping[str, str | bool | list[str]]) -> None:
        dialog = self.dialog()
        assert dialog is not None, "no form is open"
        fields = {_label(field): field for field in inside(dialog, "form-field")}
        for label, value in values.items():
            control = next(element for element in elements(fields[label]) if isinstance(element, CONTROLS))
            pick(control, value)
        self.fire(dialog, "submit.prevent")
        await self.rest()

    async def open(self, who: str, place: str, thread: str = "") -> None:
        """Open a place as a person, in a new tab if another place is open."""
        wanted = (who, self.handle(who, place), thread)
        if self._at != wanted:
            self._at = wanted
            await self.user.open(f"/?as={who}&in={wanted[1]}&thread={thread}")
            await self.rest()

    # Seeing -----------------------------------------------------------------------------------------

    async def seen(self, who: str, place: str, *, thread: str = "") -> list[str]:
        await self.open(who, place, thread)
        pane = self.all("thread" if thread else "talk")[-1]
        for button in inside(pane, "button-quiet"):
            if words(button) == "Show all of it":
                self.click(button)
        return [line for article in inside(pane, "message") for line in message_lines(article)]

    async def group(self, who: str) -> list[str]:
        spots = [spot for spot in self.backend.platform.places_of(who) if spot.kind == "group"]
        return await self.seen(who, spots[0].handle) if spots else []

    async def reactions(self, who: str, place: str, message: str) -> dict[str, int]:
        await self.open(who, place)
        article = next(a for a in self.all("message") if a.props["data-message"] == message)
        chips = [list(chip) for chip in inside(article, "reaction")]
        return {words(emoji).strip(":"): int(words(number)) for emoji, number in chips}

    # ------------------------------------------------------------------------------------------------

    def handle(self, who: str, place: str) -> str:
        return direct_message_with(who) if place == "direct" else place

    def all(self, name: str) -> list[ui.element]:
        """The elements of a class, in reading order."""
        return inside(self.user.current_layout, name)

    def dialog(self) -> ui.element | None:
        """The form that is open, if one is."""
        for dialog in self.user.current_layout:
            if isinstance(dialog, ui.dialog) and dialog.value:
                return next((element for element in dialog if has(element, "form")), None)
        return None

    def click(self, element: ui.element) -> None:
        self.fire(element, "click")

    def emit(self, marker: str, event: str, value: str) -> None:
        """Let a component of the page emit an event."""
        self.user.find(marker=marker).trigger(event, value)

    def fire(self, element: ui.element, event: str) -> None:
        """Trigger an event of an element."""
        if not any(listener.type == event for listener in element._event_listeners.values()):
            raise AssertionError(f"nobody listens to {event} there")
        type(self.user.find(ui.element))(self.user, {element}, None).trigger(event)

    async def rest(self) -> None:
        """Wait until handlers are finished."""
        for _ in range(12):
            await asyncio.sleep(0)
        await asyncio.sleep(0.02)


CONTROLS = (ui.input, ui.textarea, ui.select, ui.radio, ui.checkbox)


def pick(control: ui.element, value: str | bool | list[str]) -> None:
    """Set the value of an input, in the words that are visible."""
    if isinstance(control, ui.select | ui.radio):
        assert isinstance(control.options, dict)
        by_label = {label: key for key, label in control.options.items()}
        control.value = [by_label[one] for one in value] if isinstance(value, list) else by_label[str(value)]
    else:
        assert isinstance(control, ui.input | ui.textarea | ui.checkbox)
        control.value = value


def _label(field: ui.element) -> str:
    for element in elements(field):
        if isinstance(element, ui.checkbox):
            return str(element.text)
        if has(element, "form-label"):
            return words(next(iter(element)))
    raise AssertionError("a field without a label")


def _field_line(field: ui.element) -> str:
    required = not inside(field, "form-optional")
    hints = [words(hint) for hint in inside(field, "form-hint")]
    errors = [words(error) for error in inside(field, "form-error") if words(error)]
    line = _label(field) + ("*" if required else "") + "".join(f" ({hint})" for hint in hints)
    return line + "".join(f" ! {error}" for error in errors)
