"""What people type, press, choose and submit is answered in time and in the right place."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack import interactions
from facilitation.core.platforms.surface import Interaction, Response
from facilitation.core.values.cards import Card, Picture
from facilitation.core.values.forms import Form
from tests.adapters.contract.puppet import (
    ANA,
    BEN,
    FIELDS,
    PARTS,
    PuppetGateway,
    a_png,
    renderable,
    text,
)
from tests.adapters.slack.harness import SlackHarness
from tests.adapters.slack.reading import block_lines

Handle = Callable[[Interaction], Response]


def answering(gateway: PuppetGateway, handle: Handle, *, after: float = 0.0) -> None:
    """Let the gateway respond with this, and perhaps late."""

    async def answer(interaction: Interaction) -> Response:
        gateway.interactions.append(interaction)
        await asyncio.sleep(after)
        return handle(interaction)

    gateway.handle = answer  # type: ignore[method-assign]  # another response than the puppet's


def said(words: str) -> Response:
    return Response(renderable(Card(parts=(text(words),))), community=5)


# In time -----------------------------------------------------------------------------------------


async def test_a_short_answer_goes_with_the_acknowledgement(platform: SlackHarness) -> None:
    envelope = await platform.slack.slash(ANA, "C-general", "/cop find it")
    assert envelope.ack["response_type"] == "ephemeral"
    assert platform.slack.called("response_url") == []


async def test_a_late_answer_is_acknowledged_first_and_said_all_the_same(
    platform: SlackHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactions, "ACK_WITHIN", 0.05)
    answering(platform.gateway, lambda _: said("At last"), after=0.3)
    envelope = await platform.slack.slash(ANA, "C-general", "/cop find it")
    assert envelope.ack == {}
    assert envelope.delay < 0.3
    await platform.rest()
    assert await platform.seen(ANA, "C-general") == ["(only you) At last"]


async def test_a_form_that_comes_too_late_is_offered_behind_a_button(
    platform: SlackHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactions, "ACK_WITHIN", 0.05)
    form = Form("puppet.form", "A form", (FIELDS["line"],), kept={"kept": "this"})
    answering(platform.gateway, lambda _: Response(form=form, community=5), after=0.2)
    await platform.command(ANA, "C-general", "form")
    assert await platform.form(ANA) is None
    assert (await platform.seen(ANA, "C-general"))[-1] == "(only you) [Open the form]"
    monkeypatch.setattr(interactions, "ACK_WITHIN", 2.0)
    await platform.press(ANA, "C-general", "Open the form")
    assert platform.gateway.interactions[-1].args == {"kept": "this"}
    assert await platform.form(ANA) == ["A form", "Title* (in a few words)"]


async def test_a_form_that_is_judged_late_says_in_words_what_is_wrong(
    platform: SlackHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await platform.command(ANA, "C-general", "form line")
    monkeypatch.setattr(interactions, "ACK_WITHIN", 0.05)
    form = Form("puppet.form", "A form", (FIELDS["line"],), errors={"line": "is taken"})
    answering(platform.gateway, lambda _: Response(form=form), after=0.2)
    await platform.fill(ANA, {"Title": "One"})
    assert await platform.form(ANA) is None
    lines = await platform.seen(ANA, "C-general")
    assert lines[-2:] == ["(only you) That could not be saved:", "(only you) Title: is taken"]


async def test_a_form_slack_does_not_open_any_more_is_offered_behind_a_button(platform: SlackHarness) -> None:
    platform.slack.fault("views.open", error="expired_trigger_id")
    await platform.command(ANA, "C-general", "form line")
    assert (await platform.seen(ANA, "C-general"))[-1] == "(only you) [Open the form]"


async def test_what_is_delivered_twice_is_done_once(platform: SlackHarness) -> None:
    envelope = await platform.slack.slash(ANA, "C-general", "/cop find it")
    platform.slack.resend(envelope)
    await platform.slack.until(lambda: envelope.acks == 2)
    assert len(platform.gateway.interactions) == 1


# Where it was asked ------------------------------------------------------------------------------


async def test_an_answer_with_a_picture_shows_it(platform: SlackHarness) -> None:
    await platform.command(ANA, "C-general", "show picture")
    assert await platform.seen(ANA, "C-general") == [
        "(only you) # Chart",
        "(only you) (picture: Messages per week, rising)",
    ]


async def test_an_answer_whose_picture_is_not_ready_says_its_words(platform: SlackHarness) -> None:
    platform.slack.fault("files.completeUploadExternal", retry_after=5)
    await platform.command(ANA, "C-general", "show picture")
    said = ["(only you) # Chart", "(only you) Picture: Messages per week, rising"]
    assert await platform.seen(ANA, "C-general") == said
    platform.slack.fault("response_url", error="used_url", status=404, times=2)
    platform.slack.fault("chat.postEphemeral", error="invalid_slack_file")
    await platform.command(BEN, "C-help", "show picture")
    assert await platform.seen(BEN, "C-help") == said


async def test_an_answer_longer_than_a_response_url_lasts_goes_on_beside_it(platform: SlackHarness) -> None:
    await platform.command(ANA, "C-help", "show long")
    assert len(platform.slack.called("response_url")) == 5
    assert len(platform.slack.called("chat.postEphemeral")) > 1
    assert "".join(await platform.seen(ANA, "C-help")).count("\u0301") == 20_000


async def test_where_the_bot_is_not_the_rest_of_an_answer_comes_by_direct_message(
    platform: SlackHarness,
) -> None:
    platform.slack.remove_bot("C-general")
    await platform.command(ANA, "C-general", "show long")
    everywhere = await platform.seen(ANA, "C-general") + await platform.seen(ANA, "direct")
    assert "".join(everywhere).count("\u0301") == 20_000


async def test_a_button_in_a_thread_is_answered_there(platform: SlackHarness) -> None:
    root = await platform.write(ANA, "C-general", "Root")
    await platform.write(BEN, "C-general", "/cop say buttons", thread=root)
    interaction = platform.gateway.interactions[-1]
    assert (interaction.place, interaction.thread, interaction.via) == ("C-general", root, "slash")


async def test_only_addresses_of_this_slack_are_answered_to(platform: SlackHarness) -> None:
    assert not await platform.workspace.api.post_to_response_url("https://evil.example/hook", {"text": "x"})
    assert not await platform.workspace.api.post_to_response_url("http://127.0.0.1:1/hook", {"text": "x"})


# Messages ----------------------------------------------------------------------------------------


async def test_a_command_without_its_slash_is_understood_in_a_direct_message(platform: SlackHarness) -> None:
    await platform.write(ANA, "direct", "find #help and @ben")
    interaction = platform.gateway.interactions[-1]
    assert (interaction.words, interaction.root, interaction.direct) == (
        "find <#C-help> and <@ben>",
        "cop",
        True,
    )
    assert interaction.names == {"C-help": "help"}
    assert (await platform.seen(ANA, "direct"))[-1] == "You said find <#C-help> and <@ben>"
    for typed in ("/cop find it", "cop find it", "Find it"):
        await platform.write(ANA, "direct", typed if not typed.startswith("/") else f" {typed}")
        assert platform.gateway.interactions[-1].words.casefold() == "find it"
    await platform.write(ANA, "direct", "coordinate desk")
    assert (platform.gateway.interactions[-1].root, platform.gateway.interactions[-1].words) == (
        "coordinate",
        "desk",
    )
    await platform.write(ANA, "direct", "settings")
    assert (platform.gateway.interactions[-1].root, platform.gateway.interactions[-1].words) == (
        "coordinate",
        "settings",
    )


async def test_talk_to_the_bot_is_answered_with_help_and_not_recorded(platform: SlackHarness) -> None:
    await platform.write(ANA, "direct", "Good morning, how are you?")
    assert platform.gateway.interactions == []
    assert platform.gateway.events == []
    assert "I understand commands" in (await platform.seen(ANA, "direct"))[-1]


async def test_a_form_asked_for_in_a_direct_message_waits_behind_a_button(platform: SlackHarness) -> None:
    await platform.write(ANA, "direct", "share")
    assert (await platform.seen(ANA, "direct"))[-1] == "[Open the form]"


async def test_a_mention_gets_a_short_answer_that_only_they_see(platform: SlackHarness) -> None:
    mention = f"<@{platform.slack.bot_user}>"
    platform.slack.write(ANA, "C-general", f"{mention} are you there?", raw=True)
    await platform.rest()
    [line] = [line for line in await platform.seen(ANA, "C-general") if line.startswith("(only you)")]
    assert "/cop help" in line
    assert not [line for line in await platform.seen(BEN, "C-general") if line.startswith("(only you)")]
    platform.slack.write(ANA, "C-general", f"{mention} find it", raw=True)
    await platform.rest()
    assert (await platform.seen(ANA, "C-general"))[-1] == "(only you) You said find it"


async def test_other_bots_and_guests_are_not_answered(platform: SlackHarness) -> None:
    platform.slack.add_person("robot", "Robot", bot=True)
    platform.slack.add_person("gus", "Gus", guest=True)
    for who in ("robot", "gus"):
        platform.slack.write(who, "direct", "find it")
    await platform.rest()
    assert platform.gateway.interactions == []
    assert platform.slack.called("chat.postMessage") == []


# Message actions ---------------------------------------------------------------------------------


async def test_a_message_action_carries_what_the_message_has(platform: SlackHarness) -> None:
    ts = await platform.write(BEN, "C-general", "Read https://example.org/guide, @ana")
    platform.slack.unfurl("C-general", ts, "https://example.org/guide", "The guide")
    await platform.slack.message_action(ANA, "C-general", ts, "resources.save_from_message")
    await platform.rest()
    interaction = platform.gateway.interactions[-1]
    assert (interaction.command, interaction.who, interaction.place, interaction.via) == (
        "resources.save_from_message",
        ANA,
        "C-general",
        "button",
    )
    assert interaction.args == {
        "place": "C-general",
        "message": ts,
        "text": "Read https://example.org/guide, @Ana Sousa",
        "author": BEN,
        "titles": {"https://example.org/guide": "The guide"},
    }
    assert (await platform.seen(ANA, "C-general"))[-1].startswith("(only you) Received resources.save")


# The App Home ------------------------------------------------------------------------------------


def home_of(platform: SlackHarness, who: str) -> list[str]:
    view = platform.slack.home(who)
    assert view is not None
    return block_lines(view.body["blocks"], platform.eyes(who))


async def test_the_home_is_published_when_it_is_opened(platform: SlackHarness) -> None:
    await platform.slack.open_home(ANA)
    await platform.rest()
    interaction = platform.gateway.interactions[-1]
    assert (interaction.words, interaction.direct, interaction.via) == ("home", True, "page")
    assert home_of(platform, ANA) == ["# Good morning", "Nothing waits for you.", "[Share a link]"]


async def test_what_is_done_at_home_is_answered_there_and_the_home_is_new(platform: SlackHarness) -> None:
    await platform.slack.open_home(ANA)
    await platform.rest()
    await platform.slack.press(ANA, "home", "Share a link")
    await platform.rest()
    view = platform.slack.open_view(ANA)
    assert view is not None
    assert block_lines(view.body["blocks"], platform.eyes(ANA)) == ["Received puppet.press with nothing"]
    assert [interaction.words for interaction in platform.gateway.interactions] == ["home", "", "home"]


async def test_a_form_from_home_is_followed_by_its_answer(platform: SlackHarness) -> None:
    await platform.slack.open_home(ANA)
    await platform.rest()
    form = Form("puppet.form", "A form", (FIELDS["line"],))
    usual = platform.gateway.handle
    answering(platform.gateway, lambda _: Response(form=form, community=5))
    await platform.slack.press(ANA, "home", "Share a link")
    await platform.rest()
    platform.gateway.handle = usual  # type: ignore[method-assign]  # back to the usual part
    await platform.fill(ANA, {"Title": "One"})
    view = platform.slack.open_view(ANA)
    assert view is not None
    assert block_lines(view.body["blocks"], platform.eyes(ANA)) == ["# Taken", "line=One"]
    assert platform.gateway.interactions[-1].words == "home"


async def test_an_answer_at_home_with_a_picture_shows_it(platform: SlackHarness) -> None:
    await platform.slack.open_home(ANA)
    await platform.rest()
    chart = Card("Chart", (Picture(a_png(), "Rising"),))
    answering(
        platform.gateway,
        lambda interaction: Response(renderable(chart)) if interaction.command else said("home"),
    )
    await platform.slack.press(ANA, "home", "Share a link")
    await platform.rest()
    view = platform.slack.open_view(ANA)
    assert view is not None
    assert block_lines(view.body["blocks"], platform.eyes(ANA)) == ["# Chart", "(picture: Rising)"]


async def test_a_button_in_a_shown_card_changes_it_and_a_form_comes_on_top(platform: SlackHarness) -> None:
    await platform.slack.open_home(ANA)
    await platform.rest()
    buttons = platform.gateway.handle

    def answer(interaction: Interaction) -> Response:
        if interaction.args.get("answer") == "later":
            return Response(form=Form("puppet.form", "On top", (FIELDS["line"],)), community=5)
        return said("home") if not interaction.command else Response(renderable(PARTS["buttons"]))

    answering(platform.gateway, answer)
    await platform.slack.press(ANA, "home", "Share a link")
    await platform.rest()
    await platform.slack.press(ANA, "view", "Yes")
    await platform.rest()
    assert len(platform.slack.called("views.update")) == 1
    await platform.slack.press(ANA, "view", "Later")
    await platform.rest()
    assert (await platform.form(ANA) or [""])[0] == "On top"
    platform.gateway.handle = buttons  # type: ignore[method-assign]  # back to the usual part


# What is not ours --------------------------------------------------------------------------------


async def test_what_other_workspaces_and_later_versions_send_is_acknowledged_and_ignored(
    platform: SlackHarness,
) -> None:
    foreign: dict[str, Any] = {"type": "message", "channel": "C-general", "channel_type": "channel"}
    envelope = platform.slack.emit({**foreign, "user": ANA, "ts": "1.2", "text": "hi", "event_ts": "1.2"})
    await platform.rest()
    received = len(platform.gateway.events)
    assert envelope is not None
    payload = {**envelope.payload, "team_id": "T9", "authorizations": [{"team_id": "T9"}]}
    response = await platform.platform._app.async_dispatch(_request(payload))
    assert response.status == 200
    odd = {"type": "view_closed", "team": {"id": platform.slack.team}, "user": {"id": ANA}, "view": {}}
    assert (await platform.platform._app.async_dispatch(_request(odd))).status == 200
    assert len(platform.gateway.events) == received


def _request(payload: dict[str, Any]) -> AsyncBoltRequest:
    return AsyncBoltRequest(mode="socket_mode", body=payload)


async def test_an_event_that_cannot_be_stored_is_not_acknowledged_and_comes_again(
    platform: SlackHarness,
) -> None:
    hear = platform.gateway.receive
    tries: list[int] = []

    async def fail_once(space: Any, event: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the disk is full")
        await hear(space, event)

    platform.gateway.receive = fail_once  # type: ignore[method-assign]  # the first time the disk is full
    platform.slack.write(ANA, "C-general", "Keep this")
    envelope = platform.slack.envelopes[-1]
    await platform.slack.until(lambda: tries)
    await asyncio.sleep(0.1)
    assert envelope.acks == 0
    await platform.slack.until(lambda: envelope.acks == 1, within=20)
    assert len(platform.gateway.events) == 1
