"""The page without a browser: home, sidebar, suggestions, personas, and the clock."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from adapters.web.local.backend import MessageAction
from adapters.web.local.composer import Composer
from adapters.web.local.local_platform import HOME, LocalPlatform
from adapters.web.local.persona_dialog import NEWCOMERS, next_newcomer
from adapters.web.local.tab_session import TabSession
from facilitation.core.values.events import ChannelFacts, MemberJoined, Profile, Roster, SpaceRef
from tests.adapters.contract.puppet import ANA, BEN, CHI, DEV, HOSTILE
from tests.adapters.web.harness import PageHarness, page_harness
from tests.adapters.web.puppet import PuppetBackend
from tests.adapters.web.reading import card_lines, inside, message_lines, words


@pytest.fixture
async def page() -> AsyncIterator[PageHarness]:
    async with page_harness() as harness:
        yield harness


def rail(page: PageHarness) -> dict[str, str]:
    """The places in the sidebar with their badges."""
    rows = page.all("rail-row")
    return {words(inside(row, "rail-name")[0]): words(inside(row, "rail-badge")[0]) for row in rows}


# The home ------------------------------------------------------------------------------------------


async def test_the_home_is_requested_for_the_person_who_acts(page: PageHarness) -> None:
    await page.open(BEN, HOME)
    interaction = page.gateway.interactions[-1]
    assert (interaction.who, interaction.words, interaction.via, interaction.direct) == (
        BEN,
        "home",
        "page",
        True,
    )
    (card,) = inside(page.all("home")[0], "card")
    assert card_lines(card) == ["# Good morning", "Nothing waits for you.", "[Share a link]"]


async def test_what_is_answered_at_home_stands_there_and_counts_as_read(page: PageHarness) -> None:
    await page.open(BEN, HOME)
    await page.press(BEN, HOME, "Share a link")
    home = page.all("home-answers")[0]
    assert message_lines(inside(home, "message")[0]) == ["(only you) Received puppet.press with nothing"]
    assert page.gateway.interactions[-1].words == "home"  # requested again, since something may have changed
    assert page.backend.platform.messages.unread_count(HOME, BEN) == 0


async def test_a_command_comes_with_the_names_of_channels(page: PageHarness) -> None:
    await page.open(BEN, "C-help")
    page.emit("composer", "send", "/cop kudos @Ana for #help")
    await page.rest()
    interaction = next(one for one in reversed(page.gateway.interactions) if one.root == "cop")
    assert "<#C-help>" in interaction.words
    assert interaction.names["C-help"] == "help"


async def test_only_commands_make_sense_at_home(page: PageHarness) -> None:
    await page.open(BEN, HOME)
    page.emit("composer", "send", "Hello?")
    await page.rest()
    assert "I only understand commands" in words(page.all("home-answers")[0])
    page.emit("composer", "send", "/copy that")
    await page.rest()
    assert "There is no command /copy here" in words(page.all("home-answers")[0])


async def test_a_file_is_saved_as_it_is_under_its_name(page: PageHarness) -> None:
    await page.command(ANA, "C-general", "show file")
    (link,) = page.all("card-file")
    assert (link.props["download"], link.props["title"]) == ("export.json", "Everything about you")
    kind, _, data = str(link.props["href"]).partition(",")
    assert kind == "data:application/octet-stream;base64"
    assert base64.b64decode(data) == b'{"a": 1}\n'


# The rail ------------------------------------------------------------------------------------------


async def test_the_rail_counts_what_is_new(page: PageHarness) -> None:
    await page.open(BEN, "C-general")
    assert rail(page) == {"Home": "", "Tertulia": "", "general": "", "help": ""}
    page.backend.platform.post(ANA, "C-help", "one", page.backend.now())
    page.backend.platform.post(ANA, "C-help", "two", page.backend.now())
    page.backend.platform.post(ANA, "C-general", "seen at once", page.backend.now())
    assert rail(page)["help"] == "2"
    assert rail(page)["general"] == ""
    page.click(next(row for row in page.all("rail-row") if "help" in words(row)))
    await page.rest()
    assert rail(page)["help"] == ""
    assert [words(mark) for mark in page.all("stream-new")] == ["New"]


async def test_new_places_and_people_appear(page: PageHarness) -> None:
    await page.open(BEN, "C-general")
    page.backend.platform.put_channel(ChannelFacts("C-new", "reading"))
    page.backend.platform.open_group((BEN, CHI))
    assert {"reading", "Chiara Neri"} <= set(rail(page))


async def test_nobody_looks_where_they_may_not(page: PageHarness) -> None:
    await page.open(BEN, "C-quiet")
    assert words(page.all("top-name")[0]) == "#general"
    await page.open("nobody", "C-none")
    assert "Ana Sousa" in words(page.all("me")[0])


# Becoming others -----------------------------------------------------------------------------------


async def test_a_newcomer_who_joins_is_reported_to_the_gateway(page: PageHarness) -> None:
    await page.open(ANA, "C-quiet")
    page.click(page.all("me")[0])
    await page.rest()
    assert [words(title) for title in page.all("switcher-title")] == ["Newcomers", "Coordinators", "Members"]
    page.click(next(b for b in page.all("button") if words(b) == "A newcomer joins"))
    await page.rest()
    joined = [event for event in page.gateway.events if isinstance(event, MemberJoined)]
    assert (joined[0].who.name, joined[0].place) == ("Noor Haddad", "")
    assert "newcomer" in words(page.all("me")[0])
    assert words(page.all("top-name")[0]) == "#general"


def test_newcomers_never_run_out() -> None:
    taken: set[str] = set()
    for _ in range(3 * len(NEWCOMERS)):
        profile = next_newcomer(taken.__contains__)
        assert profile.handle not in taken
        assert profile.handle.isascii()
        taken.add(profile.handle)


# Writing -------------------------------------------------------------------------------------------


async def test_completion_knows_commands_people_and_channels(page: PageHarness) -> None:
    await page.open(BEN, "C-general")
    with page.user:
        session = TabSession(page.backend, BEN, "C-general", await page.backend.statuses())
        composer = Composer(session)

    def inserts(draft: str) -> list[str]:
        return [hint.completed for hint in composer.suggestions(draft)]

    assert inserts("/") == ["/cop ", "/coordinate "]
    assert inserts("/cop mentor r") == ["/cop mentor request "]
    assert inserts("/cop mentor request") == []
    assert inserts("/elsewhere x") == []
    assert inserts("Thanks @so") == ["Thanks @Ana Sousa "]
    assert inserts("Thanks @Ana Sousa for") == []
    assert inserts("in #") == ["in #general ", "in #help "]
    assert inserts("mail@so") == []
    assert inserts("plain words") == []
    assert inserts("/cop kudos @so") == ["/cop kudos @Ana Sousa "]
    assert inserts("/cop kudos @Ana Sousa for") == []
    assert inserts("/cop find tests in #h") == ["/cop find tests in #help "]
    assert inserts("/coordinate recap preview #") == [
        "/coordinate recap preview #general ",
        "/coordinate recap preview #help ",
    ]


async def test_a_message_action_carries_what_its_command_needs(page: PageHarness) -> None:
    wanted = ("message", "place", "who", "text", "url", "unheard_of")
    page.backend.actions = (MessageAction("puppet.act", "Do it", wanted), *page.backend.actions)
    message = await page.write(BEN, "C-help", "See https://example.org/a.")
    page.click(inside(page.all("message")[-1], "icon-button")[2])
    await page.rest()
    labels = [words(entry) for entry in page.all("menu-entry")]
    assert labels == ["Do it", "Save to shelf", "Give kudos"]
    page.click(page.all("menu-entry")[0])
    await page.rest()
    args = {"message": message, "place": "C-help", "who": BEN, "url": "https://example.org/a"}
    assert page.gateway.interactions[-1].args == {**args, "text": "See https://example.org/a."}


async def test_only_coordinators_take_back_what_the_bot_said(page: PageHarness) -> None:
    await page.command(ANA, "C-help", "say channel")
    for who, entries in ((ANA, ["Take back"]), (BEN, [])):
        await page.open(who, "C-help")
        tools = inside(page.all("message")[-1], "message-tools")[0]
        more = [button for button in inside(tools, "icon-button") if "aria-haspopup" in button.props]
        for button in more:
            page.click(button)
        assert [words(entry) for entry in page.all("menu-entry")] == entries


# Led to a message ----------------------------------------------------------------------------------


async def test_an_earlier_message_that_is_referred_to_is_shown_and_stands_out(page: PageHarness) -> None:
    message = await page.write(BEN, "C-help", "Long ago")
    for number in range(70):
        page.backend.platform.post(ANA, "C-help", f"number {number}", page.backend.now())
    await page.command(ANA, "C-general", f"point {message}")
    assert await page.follow(ANA, "C-general", "#help") == ("C-help", message)
    assert len(page.all("message")) == 71
    page.click(next(row for row in page.all("rail-row") if words(row) == "general"))
    await page.rest()
    assert page.all("is-highlighted") == []


async def test_a_reply_that_is_referred_to_opens_its_thread(page: PageHarness) -> None:
    root = await page.write(BEN, "C-help", "Who knows?")
    reply = await page.write(ANA, "C-help", "I do", thread=root)
    await page.command(BEN, "C-general", f"point {reply}")
    assert await page.follow(BEN, "C-general", "#help") == ("C-help", reply)
    assert [line for a in inside(page.all("thread")[-1], "message") for line in message_lines(a)] == [
        "Who knows?",
        "I do",
    ]


# The clock -----------------------------------------------------------------------------------------


async def test_the_clock_shows_the_communitys_time_and_moves(page: PageHarness) -> None:
    await page.open(DEV, "C-general")
    assert [words(page.all(name)[0]) for name in ("clock-day", "clock-time")] == ["Monday 5 May", "08:55"]
    page.backend.platform.post(ANA, "C-general", "Good morning", page.backend.now())
    assert [words(day) for day in page.all("stream-day")] == ["Today"]
    page.click(page.all("clock-move")[2])
    await page.rest()
    assert [words(page.all(name)[0]) for name in ("clock-day", "clock-time")] == ["Monday 5 May", "09:00"]
    page.click(page.all("clock-move")[1])
    await page.rest()
    assert page.backend.now() == datetime(2025, 5, 6, 8, tzinfo=UTC)
    assert [words(day) for day in page.all("stream-day")] == ["Yesterday"]
    assert rail(page)["help"] == "2"


# Names ---------------------------------------------------------------------------------------------


async def test_hostile_names_are_shown_as_they_are() -> None:
    people = (Profile("x", HOSTILE[:60], "No/Zone"), Profile("y", "", ""))
    platform = LocalPlatform(
        Roster(SpaceRef("page", "odd"), HOSTILE[:60], people, (ChannelFacts("c", HOSTILE[:60]),))
    )
    async with page_harness(PuppetBackend(platform)) as page:
        await page.write("y", "c", "<@x> in <#c>")
        assert await page.seen("y", "c") == [f"@{HOSTILE[:60]} in #{HOSTILE[:60]}"]
        assert HOSTILE[:60] in rail(page)
