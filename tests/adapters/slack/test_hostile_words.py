"""Slack's own markup, typed by a member, pings nobody, links nowhere, and is shown as it was typed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt, RenderableCard
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Field,
    Fields,
    Item,
    Items,
    Menu,
    Option,
    Picture,
    Plain,
    Small,
    Text,
)
from facilitation.core.values.events import MessageEdited, MessagePosted
from tests.adapters.contract.puppet import ANA, BEN, a_png
from tests.adapters.slack.harness import SlackHarness, slack_harness
from tests.fakes.slack import Message
from tests.fakes.slack.checking import mentions, named

TYPED = [
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    f"<@{BEN}>",
    f"<@{BEN}|Ben Okafor>",
    "<#C-help|help>",
    "<!subteam^S0ALL|@all>",
    "<https://evil.example|https://bank.example>",
    "<https://evil.example>",
    "<mailto:a@example.org|b@example.org>",
    "<!date^0^{date}^https://evil.example|today>",
    "&lt;!here&gt;",
    "&amp;lt;!channel&amp;gt;",
    "a & b < c > d &amp; e",
    "*bold* _slanted_ ~gone~ `code` ```block``` >quote",
    "<<!channel>> <|> <@> <!> <",
]
"""What a member types letter by letter, so that Slack's client links nothing of it."""


@pytest.fixture
async def slack() -> AsyncIterator[SlackHarness]:
    async with slack_harness() as harness:
        yield harness


def card_of(words: str) -> Card:
    """The words in every part that can hold them."""
    text = Text((Plain(words),))
    return Card(
        words,
        (
            text,
            Text((Plain(words, "bold"), Plain(words, "code"))),
            Small(text),
            Fields((Field(words, text),)),
            Items((Item(text, text, (Button(words, "puppet.press"),)),)),
            Picture(a_png(), words),
            Menu(words, "puppet.choose", "pace", (Option("one", words), Option("two", "Two"))),
            Buttons((Button(words, "puppet.press", {"said": words}),)),
        ),
    )


def is_harmless(slack: SlackHarness, message: Message) -> bool:
    """Whether it notifies nobody and leads nowhere, neither by its blocks nor by the text beside them."""
    return not (
        slack.slack.notified(message)
        or [*mentions(message.blocks), *named(message.blocks, "channel")]
        or "link" in kinds(message.blocks)
        or "<" in message.text
        or any("<" in text for text in marked_up(message.blocks))
    )


def kinds(piece: Any) -> set[str]:
    """The types of all elements."""
    if isinstance(piece, list):
        return set().union(*map(kinds, piece))
    if isinstance(piece, dict):
        return {str(piece.get("type"))}.union(*map(kinds, piece.values()))
    return set()


def marked_up(piece: Any) -> list[str]:
    """The texts that Slack reads its markup in."""
    if isinstance(piece, list):
        return [text for one in piece for text in marked_up(one)]
    if isinstance(piece, dict):
        own = [piece["text"]] if piece.get("type") == "mrkdwn" else []
        return own + [text for value in piece.values() for text in marked_up(value)]
    return []


@pytest.mark.parametrize("words", TYPED)
async def test_what_the_bot_posts_and_edits(slack: SlackHarness, words: str) -> None:
    (surface,) = slack.surfaces.surfaces.values()
    address = Address("channel", "C-general")
    receipt = await surface.deliver(
        OutgoingMessage("d1", address, RenderableCard(Card(parts=(Text((Plain("harmless"),)),))))
    )
    edit = OutgoingMessage("d1", address, RenderableCard(card_of(words)), receipt=receipt)
    await surface.deliver(edit)
    posted = await surface.deliver(OutgoingMessage("d2", address, RenderableCard(card_of(words))))
    assert isinstance(posted, Receipt)
    edited, fresh = slack.slack.messages("C-general")
    for message in (edited, fresh):
        assert is_harmless(slack, message)
        seen = "\n".join(slack.lines(message, ANA))
        assert seen.count(words) >= 8


@pytest.mark.parametrize("words", TYPED)
async def test_what_a_member_types_after_a_command(slack: SlackHarness, words: str) -> None:
    await slack.command(ANA, "C-general", f"find {words}")
    assert slack.gateway.interactions[-1].words == f"find {words}"
    assert await slack.seen(ANA, "C-general") == [f"(only you) You said find {words}"]
    assert is_harmless(slack, slack.slack.ephemerals(ANA)[0])


@pytest.mark.parametrize("words", TYPED)
async def test_what_a_member_writes_and_edits(slack: SlackHarness, words: str) -> None:
    ts = await slack.write(ANA, "C-general", words)
    slack.slack.edit(ANA, "C-general", ts, f"again {words}")
    await slack.rest()
    posted = next(event for event in slack.gateway.events if isinstance(event, MessagePosted))
    changed = next(event for event in slack.gateway.events if isinstance(event, MessageEdited))
    assert (posted.text, changed.text) == (words, f"again {words}")
    assert all(link in words for link in (*posted.links, *changed.links))


async def test_what_slack_itself_links_for_a_member_is_said_back_as_words(slack: SlackHarness) -> None:
    await slack.command(ANA, "C-general", "find @channel @here or @everyone")
    assert await slack.seen(ANA, "C-general") == ["(only you) You said find @channel @here or @everyone"]
    assert is_harmless(slack, slack.slack.ephemerals(ANA)[0])
    await slack.write(ANA, "C-general", "@channel look")
    posted = next(event for event in slack.gateway.events if isinstance(event, MessagePosted))
    assert posted.text == "@channel look"


async def test_a_link_with_other_words_is_kept_by_its_address(slack: SlackHarness) -> None:
    slack.slack.write(ANA, "C-general", "<https://evil.example|https://bank.example>", raw=True)
    await slack.rest()
    posted = next(event for event in slack.gateway.events if isinstance(event, MessagePosted))
    assert posted.links == ("https://evil.example",)
