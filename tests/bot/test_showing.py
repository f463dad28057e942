"""A rehearsal's result: framed on a terminal, plain elsewhere, as a page that needs nothing, as JSON."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from adapters.archive.transcript import Entry
from bot.rehearsal import Rehearsal
from bot.rehearsal_report import as_json, as_page, show
from facilitation.core.platforms.surface import Address, Person, RenderableCard, Response
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Divider,
    Emoji,
    Field,
    Fields,
    File,
    Item,
    Items,
    Link,
    LinkButton,
    Mention,
    Menu,
    Moment,
    Name,
    Option,
    Picture,
    PlaceRef,
    Small,
)
from facilitation.core.values.forms import Form, FormField
from facilitation.core.values.speech import card, say

AT = datetime(2016, 7, 15, 20, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script> & [b]bold[/b] *stars*'

EVERYTHING = card(
    "This week",
    say(
        "**{who}** told {other} of {link} in {place} at {when} {emoji}",
        who=Name(1),
        other=Mention(2),
        link=Link("https://example.org/a?b=1&c=2", "a link"),
        place=PlaceRef(1, "C1"),
        when=Moment(AT),
        emoji=Emoji("tada"),
    ),
    say("{words}", words=HOSTILE),
    say("{link}", link=Link("javascript:alert(1)", "press me")),
    Fields((Field("Messages", say("128")),)),
    Items((Item(say("An entry"), say("with a detail"), (Button("Keep", "room.keep"),)),)),
    Divider(),
    Picture(b"\x89PNG...", "Seven weeks, rising"),
    File("export.json", b"{}", "Everything about you"),
    Buttons((Button("Post it", "recap.post_waiting"),), (LinkButton("Open", "https://example.org"),)),
    Menu("How often?", "room.set", "often", (Option("week", "Every week"),)),
    Small(say("From the last week.")),
)


def result_with(*entries: Entry, answers: list[tuple[datetime, str, Response]] | None = None) -> Rehearsal:
    return Rehearsal(
        "Made up",
        entries=list(entries),
        answers=answers or [],
        problems=["one row was left out"],
        places={"C1": "general"},
        people={"U1": "Ana", "U2": ""},
    )


def entry(address: Address | None = None) -> Entry:
    people = {1: Person("Ana"), 2: Person("Ben")}
    renderable = RenderableCard(EVERYTHING, people, {"C1": "general"})
    return Entry(AT, "recap", "recap:1", address or Address("channel", "C1"), renderable, "d1", renderable)


def on(console: Console, result: Rehearsal) -> str:
    show(result, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def plainly(result: Rehearsal) -> str:
    return on(Console(file=io.StringIO(), width=100), result)


def framed(result: Rehearsal) -> str:
    return on(Console(file=io.StringIO(), force_terminal=True, color_system=None, width=80), result)


def test_plain_lines_say_when_where_and_what() -> None:
    lines = plainly(result_with(entry())).splitlines()
    assert lines[0] == "2016-07-15 20:00 #general: This week"
    assert (
        lines[1]
        == "  Ana told Ben of a link (https://example.org/a?b=1&c=2) in #general at Fri 15 Jul 20:00 :tada:"
    )
    assert f"  {HOSTILE}" in lines
    assert "! one row was left out" in lines


def test_a_frame_shows_every_part_on_a_terminal() -> None:
    shown = framed(result_with(entry()))
    for words in (
        "╭",
        "This week",
        "Fri 15 Jul 2016 20:00 UTC · #general",
        HOSTILE,
        "Messages  128",
        "• An entry",
        "with a detail",
        "[picture: Seven weeks, rising]",
        "[file export.json: Everything about you]",
        "[ Keep ]",
        "[ Post it ]",
        "From the last week.",
    ):
        assert words in shown, words


@pytest.mark.parametrize(("who", "name"), [("U1", "Ana"), ("U2", "U2"), ("U3", "U3")])
def test_a_direct_message_says_to_whom_by_name_or_number(who: str, name: str) -> None:
    result = result_with(entry(Address("direct", people=(who,))))
    assert plainly(result).startswith(f"2016-07-15 20:00 to {name}: This week")


def test_the_figures_stand_at_the_end() -> None:
    result = result_with()
    assert "Made up: 0 weeks, 0 posts" in plainly(result)
    assert "questions" in plainly(result)


def test_answers_forms_and_what_is_wrong_with_them_are_shown() -> None:
    fields = (FormField("zone", "My time zone", "zone", required=False),)
    answers = [
        (AT, "U1", Response(RenderableCard(card("Noted", "We may write to you.")))),
        (AT, "U2", Response(form=Form("charter.edit_profile", "About me", fields))),
        (
            AT,
            "U2",
            Response(form=Form("charter.edit_profile", "About me", fields, errors={"zone": "no such zone"})),
        ),
    ]
    shown = plainly(result_with(answers=answers))
    assert "2016-07-15 20:00 to Ana alone: Noted\n  We may write to you.\n" in shown
    assert "to U2 alone: the form “About me”\n  My time zone\n" in shown
    assert "to U2 alone: the form “About me”\n  My time zone: no such zone\n" in shown


def test_a_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = as_page(result_with(entry()))
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; [b]bold[/b] *stars*" in page
    assert "javascript:" not in page
    assert "press me" in page
    assert 'href="https://example.org/a?b=1&amp;c=2"' in page
    assert 'src="data:image/png;base64,' in page
    assert 'alt="Seven weeks, rising"' in page
    assert "<style>" in page
    assert "<link" not in page
    for words in (
        "<b class=name>Ana</b>",
        "#general",
        "How often?",
        "Open",
        "<dt>Messages</dt>",
        "export.json",
    ):
        assert words in page, words


def test_a_hostile_name_is_only_a_name() -> None:
    result = result_with()
    result.name = "<img src=x onerror=alert(1)>"
    assert "<img src=x" not in as_page(result)


def test_json_has_a_post_for_each_entry() -> None:
    later = entry(Address("direct", people=("U1",)))
    later.at = AT + timedelta(hours=1)
    document = json.loads(as_json(result_with(entry(), later)))
    assert [(post["at"], post["place"], post["to"], post["title"]) for post in document["posts"]] == [
        ("2016-07-15T20:00:00Z", "C1", None, "This week"),
        ("2016-07-15T21:00:00Z", "U1", "U1", "This week"),
    ]
    assert document["posts"][0]["text"].startswith("Ana told Ben")
    assert document["posts"][0]["text"].endswith("[export.json: Everything about you]")
