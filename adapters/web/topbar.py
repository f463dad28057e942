"""The bar at the top: where one is, the community's clock, light or dark."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from nicegui import ui

from adapters.web import clock_presets, formatting
from adapters.web.elements import box, icon_button, push, words
from adapters.web.local_platform import HOME
from adapters.web.message_store import Change
from adapters.web.tab_session import TabSession, View

MOVES: tuple[tuple[str, str, Callable[[datetime, ZoneInfo], datetime]], ...] = (
    ("An hour", "Move the clock on by an hour", clock_presets.an_hour),
    ("Tomorrow 09:00", "Move the clock to tomorrow, 09:00", clock_presets.tomorrow),
    ("Next Monday 09:00", "Move the clock to next Monday, 09:00", clock_presets.next_monday),
)


class TopBar(View):
    """The title of the place and the clock, both kept true."""

    def __init__(self, visit: TabSession) -> None:
        self._visit = visit
        self._moves: list[ui.element] = []
        with box("header", "top"):
            icon_button(
                "menu", "Open the list of places", self._open_drawer, "top-menu", aria_controls="rail"
            )
            with box("div", "top-title"):
                self._title = words("", "h1", "top-name", tabindex="-1")
                self._topic = words("", "p", "top-topic")
            with box("div", "clock", role="group", aria_label="The community’s clock"):
                with box("div", "clock-face"):
                    self._day = words("", "span", "clock-day")
                    self._time = words("", "span", "clock-time")
                with box("div", "clock-moves"):
                    for label, title, to in MOVES:
                        on_press = partial(self._move, to)
                        move = push(label, on_press, "clock-move", title=title, aria_label=title)
                        self._moves.append(move)
            icon_button("sun", "Light or dark", lambda: None, "theme").on(
                "click", js_handler="() => window.tertulia?.theme()"
            )
        self._shown = visit.stage.now()
        ui.timer(1.0, self._watch)

    def look(self) -> None:
        """Another place."""
        spot = self._visit.spot
        self._title.set_text("Home" if spot is None else ("#" if spot.kind == "channel" else "") + spot.name)
        self._topic.set_text(_topic(self._visit))
        self.tick()

    def hear(self, change: Change) -> None:
        """Perhaps the channel has another name."""
        if change.what == "places":
            self.look()

    def tick(self) -> None:
        """Show the community's time."""
        zone = formatting.zone(self._visit.stage.zone)
        local = self._visit.stage.now().astimezone(zone)
        self._day.set_text(f"{local:%A} {local.day} {local:%B}")
        self._time.set_text(f"{local:%H:%M}")
        self._time.props["title"] = f"{local.year}, the time in {formatting.city(str(zone))}"

    def _open_drawer(self) -> None:
        self._visit.script("window.tertulia?.drawer(true)")

    def _watch(self) -> None:
        """Tell the visit when the clock moved, in this tab or another."""
        now = self._visit.stage.now()
        if now != self._shown:
            self._shown = now
            self._visit.tick()

    async def _move(self, to: Callable[[datetime, ZoneInfo], datetime]) -> None:
        visit = self._visit
        self._busy(on=True)
        try:
            await visit.stage.move(to(visit.stage.now(), formatting.zone(visit.stage.zone)))
            await visit.refresh_standings()
        finally:
            self._busy(on=False)
            self._watch()

    def _busy(self, *, on: bool) -> None:
        for move in self._moves:
            if on:
                move.props["disabled"] = True
                move.classes(add="is-busy")
            else:
                move.props.pop("disabled", None)
                move.classes(remove="is-busy")


def _topic(visit: TabSession) -> str:
    spot = visit.spot
    if visit.place == HOME or spot is None:
        return "What is on, and what is yours"
    if spot.kind == "direct":
        return "Only you and Tertulia read this"
    if spot.kind == "group":
        return "A small group with Tertulia"
    people = len(spot.members) or len(visit.square.persons())
    return spot.topic or ("1 person" if people == 1 else f"{people} people")
