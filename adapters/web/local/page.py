"""Builds the page of one tab: sidebar, top bar, messages, thread, home and forms around one session."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from nicegui import Client, app, ui

from adapters.web.kit import assets
from adapters.web.kit.elements import box, icon_button, text_element
from adapters.web.kit.forms import FormDialog
from adapters.web.local.backend import MemberStatus, PageBackend
from adapters.web.local.composer import Composer
from adapters.web.local.home import Home
from adapters.web.local.interactions import PendingForm
from adapters.web.local.local_platform import HOME
from adapters.web.local.message_list import MessageList
from adapters.web.local.message_store import Change, Message
from adapters.web.local.persona_dialog import PersonaDialog
from adapters.web.local.sidebar import Sidebar
from adapters.web.local.tab_session import TabSession, View, query_of
from adapters.web.local.topbar import TopBar
from facilitation.core.values.cards import texts
from facilitation.core.values.forms import Form
from facilitation.core.values.speech import plain

STATIC = Path(__file__).parent / "static"
ADDRESS = "/tertulia/local"
HEAD = f'<link rel="stylesheet" href="{ADDRESS}/local.css"><script src="{ADDRESS}/local.js"></script>'
LONGEST_ANNOUNCEMENT = 400
"""The maximum length, in characters, of an announcement to screen readers."""


def register_page(backend: PageBackend) -> None:
    """Register the page and its files with NiceGUI."""
    assets.serve_assets()
    app.add_static_files(ADDRESS, STATIC, max_cache_age=0)
    logo = assets.STATIC / "mark.svg"

    @ui.page("/", title="Tertulia", favicon=logo, dark=None, language="en-US")
    async def page(request: Request, client: Client) -> None:
        await open_page(backend, request.query_params, client)


async def open_page(backend: PageBackend, query: Mapping[str, str], client: Client) -> TabSession:
    """Build the page for the session described by the query of its address; returns the session."""
    session = await _session_from(backend, query)
    session.run_script = client.run_javascript
    build_page(session)
    client.on_delete(backend.platform.messages.subscribe(session.data_changed))
    return session


def build_page(session: TabSession) -> None:
    """Add all parts of the page to the current client."""
    ui.add_head_html(assets.HEAD + HEAD)
    _remove_main_role(ui.context.client)
    layer = box("div", "is-hidden")

    def show_form(pending: PendingForm) -> None:
        # The form is not added beside the button that requested it, which may have been deleted by now.
        with layer:
            _form_dialog(session, pending).open()

    session.show_form = show_form
    personas = PersonaDialog(session)
    text_element("Skip to the messages", "a", "skip-link", href="#messages")
    text_element("Skip to writing", "a", "skip-link", href="#write")
    with box("div", "shell") as shell:
        sidebar = Sidebar(session, personas.open)
        box("div", "backdrop").on("click", js_handler="() => window.tertulia?.drawer(false)")
        with box("main", "place"):
            top = TopBar(session)
            with box("div", "place-body"):
                with box("div", "talk") as talk:
                    messages = MessageList(session)
                    home = Home(session)
                    composer = Composer(session)
                thread = ThreadPane(session)
        live = box("div", "visually-hidden", aria_live="polite", role="status")
    frame = Frame(session, shell, talk, live)
    session.views += [frame, sidebar, top, messages, home, composer, *thread.views]
    for view in session.views:
        view.place_changed()


class ThreadPane:
    """The open thread, beside the messages; on a phone it covers them."""

    def __init__(self, session: TabSession) -> None:
        with box("aside", "thread", aria_label="Thread") as pane:
            with box("header", "thread-head"):
                text_element("Thread", "h2", "thread-title")
                icon_button("close", "Close the thread", lambda: session.open_thread(""), "thread-close")
            self.views: list[View] = [MessageList(session, thread=True), Composer(session, thread=True)]
        pane.on("keydown.esc", lambda _: session.open_thread(""), args=[])


class Frame(View):
    """Shows and hides parts of the page, updates its address, and announces messages to screen readers."""

    follows_thread = True

    def __init__(self, session: TabSession, shell: ui.element, talk: ui.element, live: ui.element) -> None:
        self._session = session
        self._shell = shell
        self._talk = talk
        self._live = live

    def place_changed(self) -> None:
        """Show the home or the messages, and the thread if one is open."""
        session = self._session
        _toggle_class(self._shell, "has-thread", on=bool(session.thread))
        _toggle_class(self._talk, "is-home", on=session.place == HOME)
        address = json.dumps("?" + urlencode(query_of(session)))
        thread, highlighted = json.dumps(bool(session.thread)), json.dumps(bool(session.highlighted))
        session.run_script(f"window.tertulia?.placeChanged({address}, {thread}, {highlighted})")

    def data_changed(self, change: Change) -> None:
        """Announce a message that somebody else wrote in the open place."""
        message, session = change.message, self._session
        if change.kind != "added" or message is None or message.place != session.place:
            return
        if message.author == session.who or message.only_for not in ("", session.who):
            return
        name = session.platform.name_of(message.author)
        self._live.clear()
        with self._live:
            text_element(f"{name}: {_screen_reader_text(message)}"[:LONGEST_ANNOUNCEMENT], "p")


def _form_dialog(session: TabSession, pending: PendingForm) -> FormDialog:
    """A dialog whose submissions keep the place and the community of the request that opened the form."""

    async def submit(form: Form, values: Mapping[str, Any]) -> Form | None:
        nonlocal pending
        following = await session.interactions.submit(session.who, replace(pending, form=form), values)
        if following is None:
            return None
        pending = following
        return pending.form

    return FormDialog(
        pending.form,
        session.form_options(),
        submit=submit,
        show_next=lambda _: session.show_form(pending),
        run_script=session.run_script,
    )


def _screen_reader_text(message: Message) -> str:
    """The text of a message for screen readers; for a card, its title and all its texts."""
    if message.renderable is None:
        return message.text
    renderable = message.renderable
    names = {member: person.name for member, person in renderable.people.items()}
    parts = [plain(text, names, renderable.places) for text in texts(renderable.card)]
    return " ".join(part for part in (renderable.card.title, *parts) if part)


async def _session_from(backend: PageBackend, query: Mapping[str, str]) -> TabSession:
    statuses = await backend.statuses()
    who = query.get("as", "")
    if who not in {profile.handle for profile in backend.platform.persons()}:
        who = _default_person(backend, statuses)
    session = TabSession(backend, who, query.get("in", ""), statuses)
    if backend.platform.messages.get(query.get("thread", "")) is not None:
        session.thread = query["thread"]
    return session


def _default_person(backend: PageBackend, statuses: Mapping[str, MemberStatus]) -> str:
    """The person whom a visitor acts as at first: a coordinator if there is one, who sees everything."""
    persons = backend.platform.persons()
    coordinators = [p.handle for p in persons if statuses.get(p.handle) == "coordinator"]
    return (coordinators or [p.handle for p in persons] or [""])[0]


def _remove_main_role(client: Client) -> None:
    """Remove the role `main`, which NiceGUI gives to the whole page, because the open place has it here."""
    slot = client.content.parent_slot
    if slot is not None:
        slot.parent.props["role"] = "none"


def _toggle_class(element: ui.element, name: str, *, on: bool) -> None:
    if on:
        element.classes(add=name)
    else:
        element.classes(remove=name)
