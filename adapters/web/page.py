"""The page: rail, top bar, messages, thread, home and forms around one visit."""

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from fastapi import Request
from nicegui import Client, app, ui

from adapters.web.composer import Composer
from adapters.web.elements import box, icon_button, words
from adapters.web.forms import FormDialog
from adapters.web.home import Home
from adapters.web.inbound import Opened
from adapters.web.local_platform import HOME
from adapters.web.message_list import Stream
from adapters.web.message_store import Change, Message
from adapters.web.persona_dialog import Switcher
from adapters.web.sidebar import Rail
from adapters.web.stage import Stage, Standing
from adapters.web.tab_session import TabSession, View, as_query
from adapters.web.topbar import TopBar
from facilitation.core.values.cards import texts
from facilitation.core.values.speech import plain

STATIC = Path(__file__).parent / "static"


def put_up(stage: Stage) -> None:
    """Register the page and its files with NiceGUI."""
    app.add_static_files("/tertulia", STATIC, max_cache_age=0)

    @ui.page("/", title="Tertulia", favicon=STATIC / "mark.svg", dark=None, language="en-US")
    async def page(request: Request, client: Client) -> None:
        await open_page(stage, request.query_params, client)


async def open_page(stage: Stage, query: Mapping[str, str], client: Client) -> TabSession:
    """Build the page for one visit, as its address asks, in a client."""
    visit = await _visit(stage, query)
    visit.script = client.run_javascript
    lay_out(visit)
    client.on_delete(stage.square.board.listen(visit.hear))
    return visit


def lay_out(visit: TabSession) -> None:
    """Put everything on the page, in the current client."""
    ui.add_head_html(
        '<link rel="stylesheet" href="/tertulia/style.css"><script src="/tertulia/page.js"></script>'
    )
    _step_back(ui.context.client)
    layer = box("div", "is-gone")

    def show_form(opened: Opened) -> None:
        # Not where it was asked for: that button may be gone by the time the answer is here.
        with layer:
            FormDialog(visit, opened).open()

    visit.show_form = show_form
    switcher = Switcher(visit)
    words("Skip to the messages", "a", "skip-link", href="#messages")
    words("Skip to writing", "a", "skip-link", href="#write")
    with box("div", "shell") as shell:
        rail = Rail(visit, switcher.open)
        box("div", "backdrop").on("click", js_handler="() => window.tertulia?.drawer(false)")
        with box("main", "place"):
            top = TopBar(visit)
            with box("div", "place-body"):
                with box("div", "talk") as talk:
                    stream = Stream(visit)
                    home = Home(visit)
                    composer = Composer(visit)
                thread = ThreadPane(visit)
        live = box("div", "for-ears", aria_live="polite", role="status")
    frame = Frame(visit, shell, talk, live)
    visit.views += [frame, rail, top, stream, home, composer, *thread.views]
    for view in visit.views:
        view.look()


class ThreadPane:
    """The replies under one message, beside the talk; over it on a phone."""

    def __init__(self, visit: TabSession) -> None:
        with box("aside", "thread", aria_label="Thread") as pane:
            with box("header", "thread-head"):
                words("Thread", "h2", "thread-title")
                icon_button("close", "Close the thread", lambda: visit.open_thread(""), "thread-close")
            self.views: list[View] = [Stream(visit, thread=True), Composer(visit, thread=True)]
        pane.on("keydown.esc", lambda _: visit.open_thread(""), args=[])


class Frame(View):
    """What surrounds the views: which of them show, the address, and words for whoever listens."""

    follows_thread = True

    def __init__(self, visit: TabSession, shell: ui.element, talk: ui.element, live: ui.element) -> None:
        self._visit = visit
        self._shell = shell
        self._talk = talk
        self._live = live

    def look(self) -> None:
        """Show home or talk, and the thread if one is open."""
        visit = self._visit
        _toggle(self._shell, "has-thread", on=bool(visit.thread))
        _toggle(self._talk, "is-home", on=visit.place == HOME)
        address = json.dumps("?" + urlencode(as_query(visit)))
        thread, sought = json.dumps(bool(visit.thread)), json.dumps(bool(visit.sought))
        visit.script(f"window.tertulia?.looked({address}, {thread}, {sought})")

    def hear(self, change: Change) -> None:
        """Read out what somebody else says where one looks."""
        message, visit = change.message, self._visit
        if change.what != "said" or message is None or message.place != visit.place:
            return
        if message.author == visit.who or message.only_for not in ("", visit.who):
            return
        self._live.clear()
        with self._live:
            words(f"{visit.square.name_of(message.author)}: {_heard(message)}"[:400], "p")


def _heard(message: Message) -> str:
    """A message as it is read out."""
    if message.renderable is None:
        return message.text
    renderable = message.renderable
    names = {member: person.name for member, person in renderable.people.items()}
    said = [plain(text, names, renderable.places) for text in texts(renderable.card)]
    return " ".join(part for part in (renderable.card.title, *said) if part)


async def _visit(stage: Stage, query: Mapping[str, str]) -> TabSession:
    standings = await stage.standings()
    who = query.get("as", "")
    if who not in {profile.handle for profile in stage.square.persons()}:
        who = _first_person(stage, standings)
    visit = TabSession(stage, who, query.get("in", ""), standings)
    if stage.square.board.get(query.get("thread", "")) is not None:
        visit.thread = query["thread"]
    return visit


def _first_person(stage: Stage, standings: Mapping[str, Standing]) -> str:
    """Whom the page shows at first: a coordinator, who sees everything."""
    persons = stage.square.persons()
    leading = [p.handle for p in persons if standings.get(p.handle) == "coordinator"]
    return (leading or [p.handle for p in persons] or [""])[0]


def _step_back(client: Client) -> None:
    """NiceGUI calls the whole page `main`; here only the place is, and the rail stands beside it."""
    slot = client.content.parent_slot
    if slot is not None:
        slot.parent.props["role"] = "none"


def _toggle(element: ui.element, name: str, *, on: bool) -> None:
    if on:
        element.classes(add=name)
    else:
        element.classes(remove=name)
