"""The dialog in which the visitor chooses the person to act as, or lets a newcomer join."""

from collections.abc import Callable
from itertools import count

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from adapters.web.kit import formatting
from adapters.web.kit.elements import avatar, box, icon_button, push_button, text_element
from adapters.web.local.backend import MemberStatus
from adapters.web.local.tab_session import TabSession
from facilitation.core.values.events import Profile

MAX_PER_GROUP = 60
"""People listed in each group; the search finds the others."""

GROUPS: tuple[tuple[MemberStatus, str], ...] = (
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
"""Names and zones of the made-up people who join when the visitor asks for a newcomer."""


class PersonaDialog:
    """Lists people by their status in the community; choosing one makes the session act as them."""

    def __init__(self, session: TabSession) -> None:
        self._session = session
        with ui.dialog() as self._dialog, box("div", "dialog switcher"):
            self._dialog.props["aria-label"] = "Who are you?"
            with box("header", "dialog-head"):
                text_element("Who are you?", "h2", "dialog-title")
                icon_button("close", "Close", self._dialog.close)
            with box("div", "dialog-body"):
                self._search = (
                    ui.input(placeholder="Search people").props("outlined dense clearable").classes("choice")
                )
                self._search.props["aria-label"] = "Search people"
                self._search.on_value_change(self._search_changed)
                self._people = box("div", "switcher-people")
            with box("footer", "dialog-foot"):
                push_button("A newcomer joins", self._add_newcomer, "button button-quiet")

    async def open(self) -> None:
        """Open the dialog with everybody listed."""
        await self._session.refresh_statuses()
        self._search.value = ""
        self._list("")
        self._dialog.open()

    # ------------------------------------------------------------------------------------------------

    def _search_changed(self, event: ValueChangeEventArguments[str | None]) -> None:
        self._list(event.value or "")

    def _list(self, search: str) -> None:
        session, wanted = self._session, search.casefold().strip()
        found = [p for p in session.platform.persons() if wanted in f"{p.name} {p.handle}".casefold()]
        self._people.clear()
        with self._people:
            for status, title in GROUPS:
                self._list_group(title, [p for p in found if session.status(p.handle) == status])
            if not found:
                text_element("There is nobody of that name here.", "p", "form-hint")

    def _list_group(self, title: str, people: list[Profile]) -> None:
        if not people:
            return
        text_element(title, "h3", "switcher-title")
        with box("ul", "switcher-list"):
            for profile in people[:MAX_PER_GROUP]:
                self._add_person(profile)
        if len(people) > MAX_PER_GROUP:
            text_element(f"and {len(people) - MAX_PER_GROUP} more; search for them", "p", "form-hint")

    def _add_person(self, profile: Profile) -> None:
        name = profile.name or profile.handle
        with box("li"), box("button", "person", type="button") as button:
            if profile.handle == self._session.who:
                button.props["aria-current"] = "true"
            avatar(name, profile.handle)
            with box("span", "person-words"):
                text_element(name, "span", "person-name")
                if profile.zone:
                    text_element(formatting.city(profile.zone), "span", "person-zone")
        button.on("click", lambda _: self._choose(profile.handle), args=[])

    def _choose(self, who: str) -> None:
        self._dialog.close()
        self._session.act_as(who)

    async def _add_newcomer(self) -> None:
        profile = next_newcomer(self._session.platform.people.__contains__)
        await self._session.interactions.join_space(profile)
        await self._session.refresh_statuses()
        self._choose(profile.handle)


def next_newcomer(is_taken: Callable[[str], bool]) -> Profile:
    """The next made-up person whose handle is not taken."""
    for number in count():
        name, zone = NEWCOMERS[number % len(NEWCOMERS)]
        handle = name.split()[0].casefold().replace("á", "a") + (
            str(number // len(NEWCOMERS) + 1) if number >= len(NEWCOMERS) else ""
        )
        if not is_taken(handle):
            return Profile(handle, name, zone)
    raise AssertionError("unreachable: count() does not end")
