"""The shelf: share, save from a message, find and browse links."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from facilitation import resources
from facilitation.core.execution.injection import Injector
from facilitation.core.features.contributions import Contributions, Period, Section
from facilitation.core.people.name_lookup import resolve_names
from facilitation.core.platforms.surface import Interaction, Response
from facilitation.core.values.cards import (
    Card,
    Items,
    Link,
    Menu,
    Name,
    Part,
    buttons_in,
    mentioned_in,
    people_in,
    texts,
)
from facilitation.core.values.clock import VirtualClock
from storage.resources import Shelf
from storage.unit import Units
from tests.conftest import NOW
from tests.testbed import Testbed, make_testbed, words_of

PAGE = "https://docs.dask.org/en/stable/chunks.html"


@pytest.fixture
async def bed(sqlite_units: Units, clock: VirtualClock) -> Testbed:
    """A community of five people with the resources alone."""
    return await make_testbed(sqlite_units, clock, [resources.feature], begun=True)


def card_of(answer: Response) -> Card:
    assert answer.renderable is not None
    return answer.renderable.card


def links_of(answer: Response) -> list[str]:
    """The addresses of the links in a response."""
    return [span.url for one in texts(card_of(answer)) for span in one.spans if isinstance(span, Link)]


def labels_of(answer: Response) -> list[str]:
    return [button.label for button in buttons_in(card_of(answer))]


async def share_many(
    bed: Testbed, number: int, who: str = "nadia", tags: str = "#tools", host: str = "a.org"
) -> None:
    """So many links, an hour apart."""
    for n in range(number):
        await bed.send(who, f"/cop share https://{host}/tool-{n} {tags}")
        bed.clock.advance(timedelta(hours=1))


async def save(
    bed: Testbed, who: str, text: str, *, author: str = "", place: str = "general", **more: Any
) -> Response:
    """Choose *Save to shelf* on a message, as an adapter hands it in."""
    by = (await bed.member(author)).id if author else None
    args = {"place": place, "message": "m1", "text": text, "author": by, **more}
    return await bed.send(who, command="resources.save_from_message", args=args, place=place)


# Sharing -----------------------------------------------------------------------------------------


async def test_share_keeps_a_link_and_says_so_to_the_sharer_alone(bed: Testbed) -> None:
    answer = await bed.send("ines", f"/cop share {PAGE} How to pick sizes #dask #arrays")
    assert words_of(answer) == (f"Saved to the shelf\nHow to pick sizes ({PAGE})\nTopics: #arrays #dask")
    assert answer.to == "asker"
    assert bed.posts == []


async def test_a_link_without_note_invites_to_say_why(bed: Testbed) -> None:
    answer = await bed.send("ines", f"/cop share {PAGE}")
    assert words_of(answer) == (
        f"Saved to the shelf\ndocs.dask.org/en/stable/chunks.html ({PAGE})\n"
        "Everyone can find it now with /cop find."
    )
    opened = await bed.press("ines", answer, "Say why it helps")
    assert opened.form is not None
    assert [field.name for field in opened.form.fields] == ["note", "tags"]
    done = await bed.submit(
        "ines", opened.form.command, **opened.form.kept, note="Sizes explained", tags="dask"
    )
    assert words_of(done) == (
        f"I have added your note and #dask, thank you. It stands beside Sizes explained ({PAGE})."
    )
    again = await bed.submit("ines", opened.form.command, **opened.form.kept, note="Sizes explained")
    assert words_of(again) == "That is what it says already. Nothing to add."


async def test_share_without_a_link_opens_a_form(bed: Testbed) -> None:
    answer = await bed.send("ines", "/cop share")
    assert answer.form is not None
    assert [(field.name, field.label) for field in answer.form.fields] == [
        ("url", "Link"),
        ("note", "Why it helps"),
        ("tags", "Topics"),
    ]


async def test_a_known_link_gets_the_new_note_and_topics_with_thanks(bed: Testbed) -> None:
    await bed.send("ines", f"/cop share {PAGE} How to pick sizes #dask")
    other = "http://www.docs.dask.org/en/stable/chunks.html/?utm_source=x#part"
    answer = await bed.send("marek", f"/cop share {other} The table is gold #zarr #dask")
    assert words_of(answer) == (
        f"Already on the shelf, and richer now\nHow to pick sizes ({PAGE})\n"
        "Ines shared it on Mon 02 Mar. I have added your note and #zarr, thank you."
    )
    answer = await bed.send("ines", f"/cop share {other} #xarray")
    assert "You shared it on Mon 02 Mar. I have added #xarray, thank you." in words_of(answer)
    answer = await bed.send("marek", f"/cop share {other} Another line")
    assert "I have added your note, thank you." in words_of(answer)
    answer = await bed.send("marek", f"/cop share {other}")
    assert words_of(answer).endswith("Ines shared it on Mon 02 Mar.")
    assert links_of(await bed.send("marek", "/cop shelf")) == [PAGE]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("word", "Link: a link begins with https:// or http://."),
        ("ftp://a.org", "Link: a link begins with https:// or http://."),
        ("javascript:alert(1)", "Link: a link begins with https:// or http://."),
        (
            "https://ines:secret@a.org",
            "Link: this one has a user name or password in it, which everyone here would see.",
        ),
        (f"https://a.org/{'x' * 2_000}", "Link: this one is too long, at most 2000 characters, please."),
        (f"{PAGE} {'x' * 501}", "Why it helps: at most 500 characters, please."),
    ],
)
async def test_a_wrong_link_gets_one_clear_line(bed: Testbed, typed: str, words: str) -> None:
    assert words_of(await bed.send("ines", f"/cop share {typed}")) == words
    assert words_of(await bed.send("ines", "/cop shelf")).startswith("The shelf is still empty")


async def test_a_scheme_may_be_left_out(bed: Testbed) -> None:
    assert links_of(await bed.send("ines", "/cop share dask.org")) == ["https://dask.org/"]


async def test_what_people_write_is_shown_as_they_wrote_it(bed: Testbed) -> None:
    await bed.send("ines", f"/cop share {PAGE} **bold** {{who}} <@U1> :tada: #dask")
    shown = words_of(await bed.send("ines", "/cop shelf"))
    assert "**bold** {who}" in shown
    assert ":tada:" in shown


# Saving from a message ---------------------------------------------------------------------------


async def test_a_message_is_saved_with_its_authors_words(bed: Testbed) -> None:
    answer = await save(bed, "kofi", f"Sizes, finally explained: {PAGE}", author="marek")
    assert words_of(answer).startswith(f"Saved to the shelf\nSizes, finally explained ({PAGE})")
    async with bed.units.read() as session:
        [one] = (await Shelf(session, (await bed.community()).id).browse()).resources
    assert one.shared_by == (await bed.member("kofi")).id
    assert [note.member for note in one.notes] == [(await bed.member("marek")).id]


async def test_what_the_platform_unfurled_is_the_title(bed: Testbed) -> None:
    answer = await save(bed, "kofi", f"see {PAGE}", titles={f"{PAGE}?utm_source=x": "Chunks — Dask"})
    assert f"Chunks — Dask ({PAGE})" in words_of(answer)


@pytest.mark.parametrize(
    ("place", "author"),
    [("desk", "marek"), ("elsewhere", "marek"), ("", "marek"), ("general", "")],
    ids=["a private channel", "an unknown channel", "a direct message", "not a member"],
)
async def test_from_elsewhere_and_of_others_only_the_link_is_kept(
    bed: Testbed, place: str, author: str
) -> None:
    answer = await save(bed, "kofi", f"Between us: {PAGE}", author=author, place=place)
    assert "Between us" not in words_of(answer)
    assert words_of(await bed.send("kofi", "/cop find between")).startswith("Nothing found yet")
    assert links_of(await bed.send("kofi", "/cop find dask")) == [PAGE]


async def test_an_author_the_house_does_not_know_is_nobody(bed: Testbed) -> None:
    answer = await save(bed, "kofi", f"Hello {PAGE}", author="")
    known = await bed.send(
        "kofi", command="resources.save_from_message", args={"text": f"Hi {PAGE}", "author": "U-guest"}
    )
    assert words_of(answer).startswith("Saved to the shelf")
    assert words_of(known).startswith("Already on the shelf")


async def test_a_message_without_a_link_is_refused_kindly(bed: Testbed) -> None:
    for text in ("", "no link here", "ftp://a.org"):
        assert words_of(await save(bed, "kofi", text)) == (
            "I see no link in that message. What I can keep begins with https:// or http://"
        )


async def test_of_several_links_one_chooses(bed: Testbed) -> None:
    answer = await save(bed, "kofi", "Both help: https://a.org/1 and https://a.org/2", author="marek")
    assert words_of(answer) == (
        "Which link?\nThere are several links in that message. Save one, or as many as you like.\n"
        "a.org/1 (https://a.org/1)\na.org/2 (https://a.org/2)"
    )
    assert words_of(await bed.send("kofi", "/cop shelf")).startswith("The shelf is still empty")
    one, two = buttons_in(card_of(answer))
    for button in (two, one):
        done = await bed.send("kofi", command=button.command, args=button.args, via="button")
        assert words_of(done).startswith("Saved to the shelf\nBoth help: and")
    twice = await bed.send("kofi", command=one.command, args=one.args, via="button")
    assert words_of(twice).startswith("Already on the shelf\n")
    assert links_of(await bed.send("kofi", "/cop shelf")) == ["https://a.org/1", "https://a.org/2"]


async def test_a_choice_is_the_askers_own_and_gone_after_a_day(bed: Testbed) -> None:
    answer = await save(bed, "kofi", "https://a.org/1 https://a.org/2")
    button = next(iter(buttons_in(card_of(answer))))
    gone = "That was a day ago or more. Please choose “Save to shelf” on the message again."
    assert words_of(await bed.send("lena", command=button.command, args=button.args)) == gone
    await bed.pass_time(timedelta(days=1))
    assert words_of(await bed.send("kofi", command=button.command, args=button.args)) == gone
    assert await bed.next_due() is None


# Finding -----------------------------------------------------------------------------------------


async def test_find_shows_what_was_said_where_it_is_and_who_shared_it(bed: Testbed) -> None:
    await bed.send("ines", f"/cop share {PAGE} How to pick sizes #dask")
    await bed.send("marek", f"/cop share {PAGE} The table is gold")
    answer = await bed.send("nadia", "/cop find size")
    assert words_of(answer) == (
        f"Found on the shelf\nFor “size”:\nHow to pick sizes ({PAGE})\n"
        "The table is gold (Marek)\ndocs.dask.org · #dask · Ines, Mon 02 Mar"
    )
    assert mentioned_in(card_of(answer)) == set(), "nobody is notified"


async def test_find_by_topic_and_person(bed: Testbed) -> None:
    await bed.send("ines", "/cop share https://a.org/1 chunking #dask #arrays")
    await bed.send("marek", "/cop share https://a.org/2 chunking #dask")
    assert links_of(await bed.send("nadia", "/cop find chunking #arrays")) == ["https://a.org/1"]
    assert links_of(await bed.send("nadia", "/cop find #DASK")) == ["https://a.org/2", "https://a.org/1"]
    answer = await bed.send("nadia", "/cop find chunking #dask <@ines>")
    assert links_of(answer) == ["https://a.org/1"]
    assert words_of(answer).splitlines()[1] == "For “chunking” #dask from Ines:"
    assert words_of(await bed.send("nadia", "/cop find chunking <@nobody>")) == (
        "That is not a member of this community."
    )


async def test_find_with_nothing_to_look_for_opens_a_form(bed: Testbed) -> None:
    answer = await bed.send("nadia", "/cop find")
    assert answer.form is not None
    assert [field.name for field in answer.form.fields] == ["words", "by"]


async def test_nothing_found_says_what_to_do_next(bed: Testbed) -> None:
    answer = await bed.send("nadia", "/cop find chunks")
    assert words_of(answer).startswith("The shelf is still empty\nThe first link could be yours")
    assert labels_of(answer) == ["Share a link"]
    await bed.send("ines", f"/cop share {PAGE}")
    answer = await bed.send("nadia", "/cop find quarks #strange <@ines>")
    assert words_of(answer).startswith(
        "Nothing found yet\nThere is nothing on the shelf for “quarks” #strange from Ines."
    )
    assert links_of(await bed.press("nadia", answer, "Look around")) == [PAGE]
    assert (await bed.press("nadia", answer, "Share a link")).form is not None


async def test_many_finds_show_the_best_and_how_to_go_on(bed: Testbed) -> None:
    await share_many(bed, 10)
    answer = await bed.send("nadia", "/cop find tool")
    assert len(links_of(answer)) == 8
    assert words_of(answer).endswith("The best 8. One more word or a #topic brings others forward.")
    assert words_of(await bed.send("nadia", "/cop find #tools")).endswith(
        "The newest 8 of 10. A word narrows it down."
    )


async def test_long_and_strange_searches_are_harmless(bed: Testbed) -> None:
    await bed.send("ines", f"/cop share {PAGE}")
    for words in ('"', "dask* AND (", "-x", "\x00", "#", "##", "🦄", "x" * 10_000, "a b " * 2_500):
        answer = await bed.submit("ines", "resources.find", words=words)
        assert len(words_of(answer)) < 600, ascii(words[:20])
        assert not answer.reference, ascii(words[:20])


# Browsing ----------------------------------------------------------------------------------------


async def test_the_shelf_turns_its_pages(bed: Testbed) -> None:
    await share_many(bed, 12)
    first = await bed.send("ines", "/cop shelf")
    assert words_of(first).splitlines()[:2] == ["The shelf", "12 links, the newest first"]
    assert words_of(first).endswith("Page 1 of 3")
    assert links_of(first) == [f"https://a.org/tool-{n}" for n in (11, 10, 9, 8, 7)]
    assert labels_of(first) == ["Older", "Search"]
    second = await bed.press("ines", first, "Older")
    assert labels_of(second) == ["Newer", "Older", "Search"]
    last = await bed.press("ines", second, "Older")
    assert labels_of(last) == ["Newer", "Search"]
    assert links_of(last) == ["https://a.org/tool-1", "https://a.org/tool-0"]
    assert links_of(await bed.press("ines", second, "Newer")) == links_of(first)
    beyond = await bed.send("ines", command="resources.browse", args={"page": 99}, via="button")
    assert links_of(beyond) == links_of(last)


async def test_the_shelf_by_topic_and_by_person_keeps_to_it_over_pages(bed: Testbed) -> None:
    await share_many(bed, 6, "nadia", "#tools #new")
    await share_many(bed, 3, "marek", "#tools", "b.org")
    await bed.send("marek", "/cop share https://a.org/other #other")
    answer = await bed.send("ines", "/cop shelf #new")
    assert words_of(answer).splitlines()[1] == "6 links on #new, the newest first"
    assert links_of(await bed.press("ines", answer, "Older")) == ["https://a.org/tool-0"]
    answer = await bed.send("ines", "/cop shelf #tools <@marek>")
    assert words_of(answer).splitlines()[1] == "3 links on #tools from Marek, the newest first"
    answer = await bed.send("ines", "/cop shelf other")
    assert words_of(answer).splitlines()[1] == "One link on #other"
    assert words_of(await bed.send("ines", "/cop shelf nope")).startswith("Nothing found yet")
    assert words_of(await bed.send("ines", "/cop shelf two words")) == (
        "One topic at a time here. With /cop find you can look for several."
    )


async def test_a_topic_can_be_chosen_from_a_menu(bed: Testbed) -> None:
    await share_many(bed, 2, tags="#tools #new")
    await bed.send("ines", "/cop share https://a.org/other #other")
    menu = next(
        part for part in card_of(await bed.send("ines", "/cop shelf")).parts if isinstance(part, Menu)
    )
    assert [(one.value, one.label) for one in menu.options] == [
        ("new", "#new (2)"),
        ("tools", "#tools (2)"),
        ("other", "#other (1)"),
    ]
    answer = await bed.send(
        "ines", command=menu.command, args={**menu.args, menu.field: "other"}, via="button"
    )
    assert links_of(answer) == ["https://a.org/other"]


# Home and recap ----------------------------------------------------------------------------------


async def recap_section(bed: Testbed, since: datetime) -> Section | None:
    """The section of the recap of the time since an instant."""
    community = await bed.community()
    registry = bed.dispatcher.registry
    async with bed.units.read() as session:
        provider = Injector(registry, bed.clock, {}, {})
        gathering = Contributions(
            registry, lambda handler, given: provider.run(session, community, handler, given)
        )
        sections = await gathering.recap(Period(since, bed.clock.now()))
    return sections[0] if sections else None


async def words_in(bed: Testbed, parts: tuple[Part, ...]) -> str:
    async with bed.units.read() as session:
        return words_of(await resolve_names(session, await bed.community(), 1, Card("", parts)))


async def test_a_recap_without_new_links_has_no_section(bed: Testbed) -> None:
    await bed.send("ines", f"/cop share {PAGE}")
    bed.clock.advance(timedelta(days=7))
    assert await recap_section(bed, NOW + timedelta(hours=1)) is None


async def test_a_recap_lists_what_is_new(bed: Testbed) -> None:
    await bed.send("ines", f"/cop share {PAGE} How to pick sizes")
    await bed.send("marek", f"/cop share {PAGE} The table is gold\nand more")
    bed.clock.advance(timedelta(hours=1))
    await bed.send("nadia", "/cop share https://a.org/x")
    bed.clock.advance(timedelta(hours=1))
    section = await recap_section(bed, NOW)
    assert section is not None
    assert (section.title, section.weight) == ("New on the shelf", 2)
    assert await words_in(bed, section.parts) == (
        f"a.org/x (https://a.org/x)\nfrom Nadia\n"
        f"How to pick sizes ({PAGE})\nThe table is gold and more (Marek) · from Ines"
    )
    assert people_in(Card("", section.parts))
    assert mentioned_in(Card("", section.parts)) == set(), "names in a recap never notify"


async def test_a_recap_shows_five_and_says_where_the_rest_is(bed: Testbed) -> None:
    await share_many(bed, 8)
    section = await recap_section(bed, NOW)
    assert section is not None
    assert section.weight == 8
    assert isinstance(section.parts[0], Items)
    assert len(section.parts[0].items) == 5
    assert (await words_in(bed, section.parts)).endswith("and 3 more: /cop shelf")


async def test_the_home_card_has_a_line(bed: Testbed) -> None:
    [handler] = bed.dispatcher.registry.contributions("home")

    async def line() -> str:
        async with bed.units.read() as session:
            parts = await handler(context=None, shelf=Shelf(session, (await bed.community()).id))
        return await words_in(bed, tuple(parts))

    assert await line() == "The shelf is still empty. The first link could be yours: /cop share"
    await bed.send("ines", f"/cop share {PAGE} How to pick sizes")
    assert await line() == f"On the shelf: 1 link. The newest: How to pick sizes ({PAGE})"
    await bed.send("ines", "/cop share https://a.org/x")
    assert (await line()).startswith("On the shelf: 2 links. The newest: a.org/x")


async def test_a_forgotten_member_is_named_nowhere(bed: Testbed) -> None:
    await bed.send("ines", f"/cop share {PAGE} How to pick sizes #dask")
    ines = (await bed.member("ines")).id
    async with bed.units.write() as session:
        await Shelf(session, (await bed.community()).id).forget(ines)
    for words in ("/cop shelf", "/cop find dask"):
        answer = await bed.send("marek", words)
        assert Name(ines) not in [span for one in texts(card_of(answer)) for span in one.spans]
        assert f"docs.dask.org/en/stable/chunks.html ({PAGE})\n#dask · Mon 02 Mar" in words_of(answer)
    answer = await bed.send("marek", f"/cop share {PAGE} #new")
    assert "It has been here since Mon 02 Mar. I have added #new, thank you." in words_of(answer)
    bed.clock.advance(timedelta(hours=1))
    section = await recap_section(bed, NOW)
    assert section is not None
    assert people_in(Card("", section.parts)) == set()


async def test_a_link_that_is_too_long_is_refused_in_plain_words(bed: Testbed) -> None:
    answer = await bed.send("ines", f"/cop share https://x.org/{'a' * 5_000}")
    assert words_of(answer) == "Link: at most 2083 characters, please."


async def test_a_topic_that_is_also_the_name_of_a_channel_stays_a_topic(bed: Testbed) -> None:
    """Discord sends options by name, with `<#id>` for each `#word` that is the name of a channel."""
    args = {"url": "https://x.org", "note": "as in <#C1>", "tags": "<#C1> #other"}
    sent = Interaction(bed.space, "ines", command="resources.share", args=args, names={"C1": "reading"})
    answer = words_of(await bed.dispatcher.handle(sent))
    assert "as in #reading" in answer
    assert "#other #reading" in answer
