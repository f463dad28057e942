"""One visit: a browser tab, who acts in it and what they look at."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from adapters.web import formatting
from adapters.web.inbound import Inbound, Opened, Where
from adapters.web.local_platform import HOME, Spot
from adapters.web.message_store import Change
from adapters.web.render import Reader
from adapters.web.stage import Stage, Standing
from facilitation.core.platforms.surface import RenderableCard
from facilitation.core.values.cards import Button, Menu


class View:
    """A part of the page that follows the visit; `follows_thread` for whatever an open thread changes."""

    follows_thread = False

    def look(self) -> None:
        """Somebody else acts now, or another place is looked at."""

    def hear(self, change: Change) -> None:
        """Something changed in the square."""

    def tick(self) -> None:
        """The clock shows another time."""


class TabSession:
    """Who acts, where they are, and how they get elsewhere; the views follow."""

    def __init__(self, stage: Stage, who: str, place: str, standings: Mapping[str, Standing]) -> None:
        self.stage = stage
        self.square = stage.square
        self.board = stage.square.board
        self.inbound = Inbound(stage)
        self.who = who
        self.place = HOME
        self.thread = ""
        self.sought = ""
        """The message somebody was led to, which stands out."""
        self.standings = standings
        self.views: list[View] = []
        self.show_form: Callable[[Opened], None] = lambda _: None
        self.script: Callable[[str], object] = lambda _: None
        """Runs a line of JavaScript in the visit's browser."""
        self.place = place if self._may_see(place) else self._first_place()

    # Looking ----------------------------------------------------------------------------------------

    @property
    def spot(self) -> Spot | None:
        """The place that is looked at; None in the bot's home."""
        return self.square.places.get(self.place)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown: of whoever acts, else the community's."""
        return self.zone_or(self.stage.zone)

    def zone_or(self, otherwise: str) -> ZoneInfo:
        """The zone of whoever acts, else another one."""
        profile = self.square.people.get(self.who)
        return formatting.zone((profile.zone if profile else "") or otherwise, self.stage.zone)

    def standing(self, who: str) -> Standing:
        """How somebody stands in the community."""
        return self.standings.get(who, "member")

    def reader(self, where: Where, renderable: RenderableCard | None = None) -> Reader:
        """What is needed to show a message or a card in a place to whoever acts."""
        square = self.square
        channels = {spot.handle: spot.name for spot in square.places.values() if spot.kind == "channel"}
        community = renderable.community if renderable else 0

        async def press(button: Button) -> None:
            await self.do(self.inbound.pressed(self.who, where, button, button.community or community))

        async def choose(menu: Menu, value: str) -> None:
            await self.do(self.inbound.chosen(self.who, where, menu, value, community))

        return Reader(
            handle=self.who,
            zone=self.zone_or(renderable.zone if renderable else self.stage.zone),
            people=renderable.people if renderable else {},
            places={**(renderable.places if renderable else {}), **channels},
            handles={handle: profile.name or handle for handle, profile in square.people.items()},
            press=press,
            choose=choose,
            go=self.go,
        )

    # Moving -----------------------------------------------------------------------------------------

    def go(self, place: str, message: str = "") -> None:
        """Look at another place, or at a message in it while that is kept."""
        if self._may_see(place):
            found = self.board.get(message)
            self.place, self.thread, self.sought = place, found.root if found else "", message
            self._look()

    def act_as(self, who: str) -> None:
        """Become another member; stays where that member may be."""
        self.who, self.thread, self.sought = who, "", ""
        if self.spot is not None and self.spot.kind != "channel":
            self.place = f"D-{who}" if self.spot.kind == "direct" else HOME
        if not self._may_see(self.place):
            self.place = self._first_place()
        self._look()

    def open_thread(self, root: str) -> None:
        """Look at the replies under a message; an empty `root` closes them."""
        self.thread, self.sought = root, ""
        self._look(thread_only=True)

    async def do(self, asked: Awaitable[Opened | None]) -> None:
        """Wait for an answer, and show the form if it is one."""
        opened = await asked
        if opened is not None:
            self.show_form(opened)

    async def refresh_standings(self) -> None:
        """Ask again who is what: somebody came, or a role was given."""
        self.standings = await self.stage.standings()

    def tick(self) -> None:
        """The clock shows another time."""
        for view in self.views:
            view.tick()

    def hear(self, change: Change) -> None:
        """Pass a change of the square on to the views."""
        for view in self.views:
            view.hear(change)

    # ------------------------------------------------------------------------------------------------

    def _look(self, *, thread_only: bool = False) -> None:
        for view in self.views:
            if view.follows_thread or not thread_only:
                view.look()

    def _may_see(self, place: str) -> bool:
        spot = self.square.places.get(place)
        return place == HOME or (spot is not None and spot.sees(self.who) and not spot.archived)

    def _first_place(self) -> str:
        spots = self.square.places_of(self.who)
        return next((s.handle for s in spots if s.kind == "channel" and s.has(self.who)), HOME)


def as_query(visit: TabSession) -> dict[str, Any]:
    """The visit as it stands in the address, so that a reload comes back to it."""
    return {"as": visit.who, "in": visit.place, **({"thread": visit.thread} if visit.thread else {})}
