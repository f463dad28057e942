"""The sidebar: the bot's home, conversations with the bot, channels, and the acting person."""

from collections.abc import Awaitable, Callable

from adapters.web.kit.assets import LOGO
from adapters.web.kit.elements import avatar, box, icon, icon_button, text_element
from adapters.web.local.local_platform import HOME, Place
from adapters.web.local.message_store import Change
from adapters.web.local.tab_session import TabSession, View


class Sidebar(View):
    """Lists the places that the acting person sees, each with the number of unread messages.

    `open_personas` opens the dialog in which another person is chosen.
    """

    def __init__(self, session: TabSession, open_personas: Callable[[], Awaitable[None]]) -> None:
        self._session = session
        self._rows: dict[str, _Row] = {}
        self._places: list[Place] = []
        with box("aside", "rail", id="rail", aria_label="Places and people"):
            with box("div", "brand"):
                box("img", "brand-mark", src=LOGO, alt="")
                with box("div", "brand-words"):
                    text_element("Tertulia", "span", "brand-name")
                    text_element(session.platform.name, "span", "brand-space")
                icon_button("close", "Close the list of places", self._close_drawer, "rail-close")
            self._nav = box("nav", "rail-nav", aria_label="Places")
            self._me = box("button", "me", type="button", aria_haspopup="dialog").mark("me")
            self._me.on("click", lambda _: open_personas(), args=[])

    def place_changed(self) -> None:
        """Mark the open place, and show the acting person."""
        self._list_places()
        for handle, row in self._rows.items():
            row.set_current(handle == self._session.place)
        self._show_unread()
        self._show_acting_person()
        self._close_drawer()

    def data_changed(self, change: Change) -> None:
        """Update the list of places and the numbers of unread messages."""
        if change.kind in ("places", "people"):
            self._list_places()
        if change.kind in ("added", "removed", "read", "places"):
            self._show_unread()

    # ------------------------------------------------------------------------------------------------

    def _close_drawer(self) -> None:
        self._session.run_script("window.tertulia?.drawer(false)")

    def _list_places(self) -> None:
        session = self._session
        places = session.platform.places_of(session.who)
        if places == self._places and self._rows:
            return
        self._places = places
        self._nav.clear()
        self._rows.clear()
        channels = [place for place in places if place.kind == "channel"]
        channels.sort(key=lambda place: (not place.includes(session.who), place.name.casefold()))
        with self._nav:
            with box("ul", "rail-list"):
                self._add_row(HOME, "Home", "home")
            self._add_section("Direct messages", [place for place in places if place.kind != "channel"])
            self._add_section("Channels", channels)
        for handle, row in self._rows.items():
            row.set_current(handle == session.place)

    def _add_section(self, title: str, places: list[Place]) -> None:
        if not places:
            return
        session = self._session
        text_element(title, "h2", "rail-title")
        with box("ul", "rail-list"):
            for place in places:
                is_outside = not place.includes(session.who)
                self._add_row(place.handle, _label(place, session), _icon(place), is_dim=is_outside)

    def _add_row(self, handle: str, name: str, icon_name: str, *, is_dim: bool = False) -> None:
        self._rows[handle] = _Row(name, icon_name, lambda: self._session.go_to(handle), is_dim=is_dim)

    def _show_unread(self) -> None:
        session = self._session
        for handle, row in self._rows.items():
            is_open = handle == session.place
            row.show_unread(0 if is_open else session.messages.unread_count(handle, session.who))

    def _show_acting_person(self) -> None:
        session = self._session
        self._me.clear()
        name = session.platform.name_of(session.who)
        self._me.props["aria-label"] = f"You act as {name}, {session.status(session.who)}. Change"
        with self._me:
            avatar(name, session.who)
            with box("span", "me-words"):
                text_element(name, "span", "me-name")
                text_element(session.status(session.who), "span", "me-standing")
            icon("switch")


class _Row:
    """One place in the list."""

    def __init__(self, name: str, icon_name: str, open_place: Callable[[], None], *, is_dim: bool) -> None:
        self._name = name
        self._unread = 0
        with box("li"), box("button", "rail-row", type="button") as self._button:
            icon(icon_name)
            text_element(name, "span", "rail-name")
            self._badge = text_element("", "span", "rail-badge", aria_hidden="true")
        self._button.on("click", lambda _: open_place(), args=[])
        if is_dim:
            self._button.classes("is-dim")

    def set_current(self, is_current: bool) -> None:
        """Mark the place as the open one, or not."""
        if is_current:
            self._button.props["aria-current"] = "page"
        elif "aria-current" in self._button.props:
            del self._button.props["aria-current"]

    def show_unread(self, unread: int) -> None:
        """Show the number of unread messages, if there are any."""
        if unread == self._unread:
            return
        self._unread = unread
        self._badge.set_text(("99+" if unread > 99 else str(unread)) if unread else "")
        self._button.props["aria-label"] = f"{self._name}, {unread} new" if unread else self._name


def _icon(place: Place) -> str:
    return {"channel": "lock" if place.private else "hash", "direct": "bot", "group": "people"}[place.kind]


def _label(place: Place, session: TabSession) -> str:
    """The name of a place for the acting person; a group is named after its other members."""
    if place.kind != "group":
        return place.name
    others = sorted(session.platform.name_of(who) for who in place.members if who != session.who)
    return ", ".join(others) or place.name
