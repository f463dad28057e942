"""The left-hand rail: the bot's home, channels, conversations with the bot, and who is acting."""

from collections.abc import Awaitable, Callable

from adapters.web.elements import box, drawn, icon_button, words
from adapters.web.local_platform import HOME, Spot
from adapters.web.message import avatar
from adapters.web.message_store import Change
from adapters.web.tab_session import TabSession, View


class Rail(View):
    """Keeps the list of places true, with a badge on those where something new was said."""

    def __init__(self, visit: TabSession, switch: Callable[[], Awaitable[None]]) -> None:
        self._visit = visit
        self._rows: dict[str, _Row] = {}
        self._places: list[Spot] = []
        with box("aside", "rail", id="rail", aria_label="Places and people"):
            with box("div", "brand"):
                box("img", "brand-mark", src="/tertulia/mark.svg", alt="")
                with box("div", "brand-words"):
                    words("Tertulia", "span", "brand-name")
                    words(visit.square.name, "span", "brand-space")
                icon_button("close", "Close the list of places", self._close_drawer, "rail-close")
            self._nav = box("nav", "rail-nav", aria_label="Places")
            with box("button", "me", type="button", aria_haspopup="dialog").mark("me") as self._me:
                pass
            self._me.on("click", lambda _: switch(), args=[])

    def look(self) -> None:
        """Somebody else acts, or another place is open."""
        self._list()
        for handle, row in self._rows.items():
            row.open(handle == self._visit.place)
        self._count()
        self._show_me()
        self._close_drawer()

    def hear(self, change: Change) -> None:
        """Count what is unread; list the places anew when there are others."""
        if change.what in ("places", "people"):
            self._list()
        if change.what in ("said", "gone", "read", "places"):
            self._count()

    # ------------------------------------------------------------------------------------------------

    def _close_drawer(self) -> None:
        self._visit.script("window.tertulia?.drawer(false)")

    def _list(self) -> None:
        visit = self._visit
        places = visit.square.places_of(visit.who)
        if places == self._places and self._rows:
            return
        self._places = places
        self._nav.clear()
        self._rows.clear()
        channels = [spot for spot in places if spot.kind == "channel"]
        with self._nav:
            with box("ul", "rail-list"):
                self._row(HOME, "Home", "home")
            self._section("Direct messages", [spot for spot in places if spot.kind != "channel"])
            channels.sort(key=lambda spot: (not spot.has(visit.who), spot.name.casefold()))
            self._section("Channels", channels)
        for handle, row in self._rows.items():
            row.open(handle == visit.place)

    def _section(self, title: str, spots: list[Spot]) -> None:
        if not spots:
            return
        words(title, "h2", "rail-title")
        with box("ul", "rail-list"):
            for spot in spots:
                icon = {"channel": "lock" if spot.private else "hash", "direct": "bot", "group": "people"}[
                    spot.kind
                ]
                self._row(spot.handle, _called(spot, self._visit), icon, dim=not spot.has(self._visit.who))

    def _row(self, handle: str, name: str, icon: str, *, dim: bool = False) -> None:
        self._rows[handle] = _Row(name, icon, lambda: self._visit.go(handle), dim=dim)

    def _count(self) -> None:
        visit = self._visit
        for handle, row in self._rows.items():
            row.count(0 if handle == visit.place else visit.board.unread(handle, visit.who))

    def _show_me(self) -> None:
        visit = self._visit
        self._me.clear()
        name = visit.square.name_of(visit.who)
        self._me.props["aria-label"] = f"You act as {name}, {visit.standing(visit.who)}. Change"
        with self._me:
            avatar(name, visit.who)
            with box("span", "me-words"):
                words(name, "span", "me-name")
                words(visit.standing(visit.who), "span", "me-standing")
            drawn("switch")


class _Row:
    """One place of the rail."""

    def __init__(self, name: str, icon: str, go: Callable[[], None], *, dim: bool) -> None:
        self._name = name
        self._unread = 0
        with box("li"), box("button", "rail-row", type="button") as self._button:
            drawn(icon)
            words(name, "span", "rail-name")
            self._badge = words("", "span", "rail-badge", aria_hidden="true")
        self._button.on("click", lambda _: go(), args=[])
        if dim:
            self._button.classes("is-dim")

    def open(self, here: bool) -> None:
        """Say whether this is the place that is looked at."""
        if here:
            self._button.props["aria-current"] = "page"
        elif "aria-current" in self._button.props:
            del self._button.props["aria-current"]

    def count(self, unread: int) -> None:
        """Show how much is new."""
        if unread == self._unread:
            return
        self._unread = unread
        self._badge.set_text(("99+" if unread > 99 else str(unread)) if unread else "")
        self._button.props["aria-label"] = f"{self._name}, {unread} new" if unread else self._name


def _called(spot: Spot, visit: TabSession) -> str:
    """What a place is called for whoever acts: a group by its other people."""
    if spot.kind != "group":
        return spot.name
    others = sorted(visit.square.name_of(who) for who in spot.members if who != visit.who)
    return ", ".join(others) or spot.name
