"""Who are you? The dialog in which one becomes another member, or somebody new."""

from collections.abc import Callable
from itertools import count

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from adapters.web import formatting
from adapters.web.elements import box, icon_button, push, words
from adapters.web.message import avatar
from adapters.web.stage import Standing
from adapters.web.tab_session import TabSession
from facilitation.core.values.events import Profile

MOST = 60
"""How many people are listed in a group; the search finds the others."""

GROUPS: tuple[tuple[Standing, str], ...] = (
    ("newcomer", "Newcomers"),
    ("coordinator", "Coordinators"),
    ("member", "Members"),
)

NEWCOMERS = (
    ("Noor Haddad", "Europe/Lisbon"),
    ("Tomás Rivas", "America/Bogota"),
    ("Ewa Lis", "Europe/Warsaw"),
    ("Kenji Mori", "Asia/Tokyo"),
    ("Amara Obi", "Africa/Lagos"),
    ("Lena Voss", "Europe/Berlin"),
    ("Ravi Menon", "Asia/Kolkata"),
    ("Sofia Marin", "America/Mexico_City"),
)
"""Made-up people who come in when somebody wants to see what a newcomer sees."""


class Switcher:
    """Lists everyone by how they stand in the community; choosing one makes the page theirs."""

    def __init__(self, visit: TabSession) -> None:
        self._visit = visit
        with ui.dialog() as self._dialog, box("div", "dialog switcher"):
            self._dialog.props["aria-label"] = "Who are you?"
            with box("header", "dialog-head"):
                words("Who are you?", "h2", "dialog-title")
                icon_button("close", "Close", self._dialog.close)
            with box("div", "dialog-body"):
                self._search = (
                    ui.input(placeholder="Search people").props("outlined dense clearable").classes("choice")
                )
                self._search.props["aria-label"] = "Search people"
                self._search.on_value_change(self._searched)
                self._people = box("div", "switcher-people")
            with box("footer", "dialog-foot"):
                push("A newcomer joins", self._join, "button button-quiet")

    async def open(self) -> None:
        """Show who there is, as they stand now."""
        await self._visit.refresh_standings()
        self._search.value = ""
        self._list("")
        self._dialog.open()

    def _searched(self, event: ValueChangeEventArguments[str | None]) -> None:
        self._list(event.value or "")

    def _list(self, search: str) -> None:
        visit = self._visit
        found = [
            p
            for p in visit.square.persons()
            if search.casefold().strip() in f"{p.name} {p.handle}".casefold()
        ]
        self._people.clear()
        with self._people:
            for standing, title in GROUPS:
                self._group(title, [p for p in found if visit.standing(p.handle) == standing])
            if not found:
                words("Nobody of that name is here.", "p", "form-hint")

    def _group(self, title: str, people: list[Profile]) -> None:
        if not people:
            return
        words(title, "h3", "switcher-title")
        with box("ul", "switcher-list"):
            for profile in people[:MOST]:
                self._person(profile)
        if len(people) > MOST:
            words(f"and {len(people) - MOST} more; search for them", "p", "form-hint")

    def _person(self, profile: Profile) -> None:
        name = profile.name or profile.handle
        with box("li"), box("button", "person", type="button") as button:
            if profile.handle == self._visit.who:
                button.props["aria-current"] = "true"
            avatar(name, profile.handle)
            with box("span", "person-words"):
                words(name, "span", "person-name")
                if profile.zone:
                    words(formatting.city(profile.zone), "span", "person-zone")
        button.on("click", lambda _: self._become(profile.handle), args=[])

    def _become(self, who: str) -> None:
        self._dialog.close()
        self._visit.act_as(who)

    async def _join(self) -> None:
        profile = next_newcomer(self._visit.square.people.__contains__)
        await self._visit.inbound.joined(profile)
        await self._visit.refresh_standings()
        self._become(profile.handle)


def next_newcomer(taken: Callable[[str], bool]) -> Profile:
    """The next made-up person who is not here yet."""
    for number in count():
        name, zone = NEWCOMERS[number % len(NEWCOMERS)]
        handle = name.split()[0].casefold().replace("á", "a") + (
            str(number // len(NEWCOMERS) + 1) if number >= len(NEWCOMERS) else ""
        )
        if not taken(handle):
            return Profile(handle, name, zone)
    raise AssertionError("counting ends nowhere")
