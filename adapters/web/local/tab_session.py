"""The state of one browser tab: the acting person, the open place and thread, and the tab's views."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from adapters.web.kit import formatting
from adapters.web.kit.forms import FormOptions
from adapters.web.kit.render import RenderContext
from adapters.web.local.backend import MemberStatus, PageBackend
from adapters.web.local.interactions import Interactions, Origin, PendingForm
from adapters.web.local.local_platform import HOME, Place
from adapters.web.local.message_store import Change
from facilitation.core.platforms.surface import RenderableCard
from facilitation.core.values.cards import Button, Menu


class View:
    """A part of the page that is updated when the session changes."""

    follows_thread = False
    """Whether it is also updated when only a thread is opened or closed."""

    def place_changed(self) -> None:
        """Update after the acting person, the open place or the open thread changed."""

    def data_changed(self, change: Change) -> None:
        """Update after a change to messages, people or places."""

    def clock_changed(self) -> None:
        """Update after the clock was advanced."""


class TabSession:
    """Holds the acting person and the open place and thread; notifies the views of every change."""

    def __init__(
        self, backend: PageBackend, who: str, place: str, statuses: Mapping[str, MemberStatus]
    ) -> None:
        self.backend = backend
        self.platform = backend.platform
        self.messages = backend.platform.messages
        self.interactions = Interactions(backend)
        self.who = who
        self.place = HOME
        """The handle of the open place."""
        self.thread = ""
        """The id of the root of the open thread; empty if none is open."""
        self.highlighted = ""
        """The id of the message that a link led to."""
        self.statuses = statuses
        self.views: list[View] = []
        self.show_form: Callable[[PendingForm], None] = lambda _: None
        self.run_script: Callable[[str], object] = lambda _: None
        """Runs a line of JavaScript in the tab."""
        self.place = place if self._may_open(place) else self._first_place()

    # Reading ----------------------------------------------------------------------------------------

    @property
    def open_place(self) -> Place | None:
        """The open place; None for the bot's home."""
        return self.platform.places.get(self.place)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown: the acting person's, else the community's."""
        return self.zone_or(self.backend.zone)

    def zone_or(self, otherwise: str) -> ZoneInfo:
        """The acting person's zone, else `otherwise`."""
        profile = self.platform.people.get(self.who)
        return formatting.zone((profile.zone if profile else "") or otherwise, self.backend.zone)

    def status(self, who: str) -> MemberStatus:
        """The status of a person in the community."""
        return self.statuses.get(who, "member")

    def names(self) -> dict[str, str]:
        """The names of people by handle, for mentions in typed texts."""
        return {handle: profile.name or handle for handle, profile in self.platform.people.items()}

    def form_options(self) -> FormOptions:
        """The people and channels that forms offer to the acting person."""
        places = [place for place in self.platform.places_of(self.who) if place.kind == "channel"]
        places.sort(key=lambda place: place.name.casefold())
        return FormOptions(
            people={profile.handle: profile.name or profile.handle for profile in self.platform.persons()},
            channels={place.handle: f"#{place.name}" for place in places},
        )

    def render_context(self, origin: Origin, renderable: RenderableCard | None = None) -> RenderContext:
        """The context for showing a message or card to the acting person; `origin` is where it is shown."""
        channels = {
            place.handle: place.name for place in self.platform.places.values() if place.kind == "channel"
        }
        community = renderable.community if renderable else 0

        async def press(button: Button) -> None:
            await self.show_result(
                self.interactions.press(self.who, origin, button, button.community or community)
            )

        async def choose(menu: Menu, value: str) -> None:
            await self.show_result(self.interactions.choose(self.who, origin, menu, value, community))

        return RenderContext(
            handle=self.who,
            zone=self.zone_or(renderable.zone if renderable else self.backend.zone),
            people=renderable.people if renderable else {},
            places={**(renderable.places if renderable else {}), **channels},
            on_press=press,
            on_choose=choose,
            open_place=self.go_to,
        )

    # Navigating -------------------------------------------------------------------------------------

    def go_to(self, place: str, message: str = "") -> None:
        """Open a place, at `message` if it still exists; does nothing if the person may not open it."""
        if self._may_open(place):
            found = self.messages.get(message)
            self.place, self.thread, self.highlighted = place, found.root if found else "", message
            self._update_views()

    def act_as(self, who: str) -> None:
        """Act as another person; stays in the open place if they may see it."""
        self.who, self.thread, self.highlighted = who, "", ""
        place = self.open_place
        if place is not None and place.kind != "channel":
            self.place = f"D-{who}" if place.kind == "direct" else HOME
        if not self._may_open(self.place):
            self.place = self._first_place()
        self._update_views()

    def open_thread(self, root: str) -> None:
        """Open the thread under a message; an empty `root` closes the open one."""
        self.thread, self.highlighted = root, ""
        self._update_views(thread_only=True)

    async def show_result(self, pending: Awaitable[PendingForm | None]) -> None:
        """Wait for an interaction, and show the form that it returns, if any."""
        form = await pending
        if form is not None:
            self.show_form(form)

    async def refresh_statuses(self) -> None:
        """Read the statuses again, after a person joined or a role changed."""
        self.statuses = await self.backend.statuses()

    def clock_changed(self) -> None:
        """Notify the views that the clock was advanced."""
        for view in self.views:
            view.clock_changed()

    def data_changed(self, change: Change) -> None:
        """Notify the views of a change to messages, people or places."""
        for view in self.views:
            view.data_changed(change)

    # ------------------------------------------------------------------------------------------------

    def _update_views(self, *, thread_only: bool = False) -> None:
        for view in self.views:
            if view.follows_thread or not thread_only:
                view.place_changed()

    def _may_open(self, handle: str) -> bool:
        place = self.platform.places.get(handle)
        return handle == HOME or (place is not None and place.is_visible_to(self.who) and not place.archived)

    def _first_place(self) -> str:
        places = self.platform.places_of(self.who)
        return next((p.handle for p in places if p.kind == "channel" and p.includes(self.who)), HOME)


def query_of(session: TabSession) -> dict[str, Any]:
    """The query of the page's address, from which a reload restores the session."""
    thread = {"thread": session.thread} if session.thread else {}
    return {"as": session.who, "in": session.place, **thread}
