"""The bar at the top: the open place, the community's clock, and the switch between light and dark."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from nicegui import ui

from adapters.web.kit import formatting
from adapters.web.kit.elements import box, icon_button, push_button, text_element
from adapters.web.local import clock_presets
from adapters.web.local.local_platform import HOME
from adapters.web.local.message_store import Change
from adapters.web.local.tab_session import TabSession, View

Preset = Callable[[datetime, ZoneInfo], datetime]

PRESETS: tuple[tuple[str, str, Preset], ...] = (
    ("An hour", "Move the clock on by an hour", clock_presets.an_hour),
    ("Tomorrow 09:00", "Move the clock to tomorrow, 09:00", clock_presets.tomorrow),
    ("Next Monday 09:00", "Move the clock to next Monday, 09:00", clock_presets.next_monday),
)
POLL_SECONDS = 1.0


class TopBar(View):
    """Shows the title of the open place and the time of the clock."""

    def __init__(self, session: TabSession) -> None:
        self._session = session
        self._buttons: list[ui.element] = []
        with box("header", "top"):
            icon_button(
                "menu", "Open the list of places", self._open_drawer, "top-menu", aria_controls="rail"
            )
            with box("div", "top-title"):
                self._title = text_element("", "h1", "top-name", tabindex="-1")
                self._topic = text_element("", "p", "top-topic")
            with box("div", "clock", role="group", aria_label="The community’s clock"):
                with box("div", "clock-face"):
                    self._day = text_element("", "span", "clock-day")
                    self._time = text_element("", "span", "clock-time")
                with box("div", "clock-moves"):
                    for label, title, preset in PRESETS:
                        on_press = partial(self._advance, preset)
                        button = push_button(label, on_press, "clock-move", title=title, aria_label=title)
                        self._buttons.append(button)
            icon_button("sun", "Light or dark", lambda: None, "theme").on(
                "click", js_handler="() => window.tertulia?.theme()"
            )
        self._shown = session.backend.now()
        ui.timer(POLL_SECONDS, self._poll)

    def place_changed(self) -> None:
        """Show the title and topic of the open place."""
        place = self._session.open_place
        title = "Home" if place is None else ("#" if place.kind == "channel" else "") + place.name
        self._title.set_text(title)
        self._topic.set_text(_topic(self._session))
        self.clock_changed()

    def data_changed(self, change: Change) -> None:
        """Update the title, because a channel may have been renamed."""
        if change.kind == "places":
            self.place_changed()

    def clock_changed(self) -> None:
        """Show the community's local time."""
        backend = self._session.backend
        zone = formatting.zone(backend.zone)
        local = backend.now().astimezone(zone)
        self._day.set_text(f"{local:%A} {local.day} {local:%B}")
        self._time.set_text(f"{local:%H:%M}")
        self._time.props["title"] = f"{local.year}, the time in {formatting.city(str(zone))}"

    def _open_drawer(self) -> None:
        self._session.run_script("window.tertulia?.drawer(true)")

    def _poll(self) -> None:
        """Update the views if the clock was advanced, in this tab or another."""
        now = self._session.backend.now()
        if now != self._shown:
            self._shown = now
            self._session.clock_changed()

    async def _advance(self, preset: Preset) -> None:
        session, backend = self._session, self._session.backend
        self._set_busy(busy=True)
        try:
            await backend.advance_to(preset(backend.now(), formatting.zone(backend.zone)))
            await session.refresh_statuses()
        finally:
            self._set_busy(busy=False)
            self._poll()

    def _set_busy(self, *, busy: bool) -> None:
        for button in self._buttons:
            if busy:
                button.props["disabled"] = True
                button.classes(add="is-busy")
            else:
                button.props.pop("disabled", None)
                button.classes(remove="is-busy")


def _topic(session: TabSession) -> str:
    place = session.open_place
    if session.place == HOME or place is None:
        return "What is on, and what is yours"
    if place.kind == "direct":
        return "Only you and Tertulia read this"
    if place.kind == "group":
        return "A small group with Tertulia"
    people = len(place.members) or len(session.platform.persons())
    return place.topic or ("1 person" if people == 1 else f"{people} people")
