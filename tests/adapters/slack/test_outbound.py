"""Messages are delivered once, and each failure leads to the right outcome."""

from datetime import timedelta
from typing import Any

import pytest

from adapters.slack.api import REVOKED_WAIT, SlackApi
from adapters.slack.outbound import MAX_PICTURE_REFUSALS, PictureUploads, SlackSurface
from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt
from facilitation.core.values.cards import Card, Picture
from facilitation.core.values.errors import Throttled, Unknown, Unreachable
from tests.adapters.contract.puppet import ANA, BEN, CHI, a_png, renderable, text
from tests.fakes.slack import FakeSlack, Message

GENERAL = Address("channel", "C-general")
LONG = Card("Long", tuple(text("word " * 700) for _ in range(8)))
"""Three messages."""


def outgoing(
    card: Card | str, address: Address = GENERAL, delivery: str = "d1", **more: Any
) -> OutgoingMessage:
    card = Card(parts=(text(card),)) if isinstance(card, str) else card
    return OutgoingMessage(delivery, address, renderable(card), **more)


def said(slack: FakeSlack, place: str = "C-general", **more: Any) -> list[str]:
    """The first words of each message that everybody sees."""
    return [words(message) for message in slack.messages(place, **more)]


def words(message: Message, at: int = 0) -> str:
    """The first words of a block."""
    block = message.blocks[at]
    return str(block["elements"][0]["elements"][0]["text"] if "elements" in block else block["text"]["text"])


# Saying ------------------------------------------------------------------------------------------


async def test_a_message_carries_its_delivery_and_unfurls_nothing(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    receipt = await surface.deliver(outgoing("Hello"))
    [message] = slack.messages("C-general")
    assert receipt == Receipt("C-general", (message.ts,))
    assert message.metadata == {
        "event_type": "tertulia_delivery",
        "event_payload": {"delivery": "d1", "part": 0, "parts": 1},
    }
    assert not message.unfurl_links
    assert not message.unfurl_media


async def test_a_long_card_is_several_messages_and_each_knows_its_part(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    receipt = await surface.deliver(outgoing(LONG))
    found = slack.messages("C-general")
    assert receipt.messages == tuple(message.ts for message in found)
    assert [message.metadata["event_payload"]["part"] for message in found] == [0, 1, 2]
    assert await surface.find("d1", GENERAL) == receipt


async def test_direct_messages_and_groups_are_opened_once(slack: FakeSlack, surface: SlackSurface) -> None:
    first = await surface.deliver(outgoing("One", Address("direct", people=(BEN,))))
    await surface.deliver(outgoing("Two", Address("direct", people=(BEN,))))
    group = await surface.deliver(outgoing("Three", Address("group", people=(ANA, BEN, CHI))))
    again = await surface.deliver(
        outgoing("Four", Address("group", handle=group.place, people=(ANA, BEN, CHI)))
    )
    assert first.place == slack.direct(BEN)
    assert group.place == again.place
    assert len(slack.called("conversations.open")) == 2
    assert said(slack, slack.direct(BEN)) == ["One", "Two"]


async def test_a_reply_stands_in_its_thread(slack: FakeSlack, surface: SlackSurface) -> None:
    root = slack.write(ANA, "C-general", "Who knows?")
    await surface.deliver(outgoing("I do", Address("thread", "C-general", root)))
    assert [message.text for message in slack.messages("C-general", thread=root)][-1] == "I do"


async def test_a_public_channel_is_entered_to_speak_there(slack: FakeSlack, surface: SlackSurface) -> None:
    slack.add_channel("C-new", "new", members=(ANA,))
    await surface.deliver(outgoing("Hello", Address("channel", "C-new")))
    assert said(slack, "C-new") == ["Hello"]


async def test_entering_is_done_once_and_a_private_channel_must_invite(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    slack.add_channel("C-new", "new", members=(ANA,))
    slack.add_channel("C-deep", "deep", private=True, members=(ANA,))
    for _ in range(2):
        entered = await surface.deliver(outgoing(Card(), Address("channel", "C-new"), join_channel=True))
        assert entered == Receipt("C-new", ())
    deep = outgoing(Card(), Address("channel", "C-deep"), join_channel=True)
    with pytest.raises(Unreachable, match="uninvited"):
        await surface.deliver(deep)
    slack.invite_bot("C-deep", by=ANA)
    assert await surface.deliver(deep) == Receipt("C-deep", ())


async def test_a_reaction_is_put_once(slack: FakeSlack, surface: SlackSurface) -> None:
    ts = slack.write(ANA, "C-general", "It works")
    for _ in range(2):
        await surface.deliver(outgoing(Card(), receipt=Receipt("C-general", (ts,)), emoji="tada"))
    assert slack.reactions("C-general", ts) == {"tada": 1}


# Editing and removing ----------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), [("short", LONG), (LONG, "short"), (LONG, LONG)])
async def test_an_edit_may_need_more_or_fewer_messages(
    slack: FakeSlack, surface: SlackSurface, before: Card | str, after: Card | str
) -> None:
    receipt = await surface.deliver(outgoing(before))
    edited = await surface.deliver(outgoing(after, receipt=receipt))
    fresh = await surface.deliver(outgoing(after, Address("channel", "C-help")))
    assert said(slack) == said(slack, "C-help")
    assert edited.messages[0] == receipt.messages[0]
    assert len(edited.messages) == len(fresh.messages)
    assert await surface.find("d1", GENERAL) == edited


async def test_a_post_is_removed_with_all_its_parts_also_twice(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    receipt = await surface.deliver(outgoing(LONG))
    for _ in range(2):
        await surface.deliver(outgoing(LONG, receipt=receipt, withdraw=True))
    assert slack.messages("C-general") == []


async def test_an_edit_of_what_is_gone_cannot_be(slack: FakeSlack, surface: SlackSurface) -> None:
    with pytest.raises(Unreachable, match="gone"):
        await surface.deliver(outgoing("Better", receipt=Receipt("C-general", ("1.000001",))))


# In doubt ----------------------------------------------------------------------------------------


async def test_a_lost_reply_is_in_doubt_and_found_by_its_delivery(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    slack.fault("chat.postMessage", lose_reply=True)
    with pytest.raises(Unknown):
        await surface.deliver(outgoing("Hello"))
    assert len(slack.called("chat.postMessage")) == 1
    receipt = await surface.find("d1", GENERAL)
    assert receipt is not None
    await surface.deliver(outgoing("Hello again", receipt=receipt))
    assert said(slack) == ["Hello again"]


async def test_what_never_arrived_is_not_found(slack: FakeSlack, surface: SlackSurface) -> None:
    slack.fault("chat.postMessage", drop=True)
    with pytest.raises(Unknown):
        await surface.deliver(outgoing("Hello"))
    assert await surface.find("d1", GENERAL) is None


@pytest.mark.parametrize("fault", [{"retry_after": 30.0}, {"status": 500}, {"error": "is_archived"}])
async def test_what_was_sent_in_part_is_in_doubt_and_completed(
    slack: FakeSlack, surface: SlackSurface, fault: dict[str, Any]
) -> None:
    slack.fault("chat.postMessage", times=0, **fault)
    posting = surface._api.call

    async def second_fails(method: str, **arguments: Any) -> Any:
        if method == "chat.postMessage" and len(slack.called(method)) == 1:
            slack.heal()
            slack.fault("chat.postMessage", **fault)
        return await posting(method, **arguments)

    surface._api.call = second_fails  # type: ignore[method-assign]  # the fault comes between two calls
    with pytest.raises(Unknown, match="posted in part"):
        await surface.deliver(outgoing(LONG))
    assert len(slack.messages("C-general")) == 1
    found = await surface.find("d1", GENERAL)
    assert found is not None
    await surface.deliver(outgoing(LONG, receipt=found))
    await surface.deliver(outgoing(LONG, Address("channel", "C-help"), "d2"))
    assert said(slack) == said(slack, "C-help")


async def test_a_delivery_is_found_among_many_and_in_threads_and_direct_messages(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    root = slack.write(ANA, "C-general", "Root")
    places = [GENERAL, Address("thread", "C-general", root), Address("direct", people=(BEN,))]
    receipts = [await surface.deliver(outgoing("Hello", place, f"d{n}")) for n, place in enumerate(places)]
    for n in range(250):
        slack.write(ANA, "C-general", f"More {n}")
    for n, place in enumerate(places):
        assert await surface.find(f"d{n}", place) == receipts[n]
        assert await surface.find("d9", place) is None


# Failing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("channel_not_found", "gone"),
        ("thread_not_found", "gone"),
        ("is_archived", "archived"),
        ("restricted_action", "forbidden"),
        ("missing_scope", "forbidden"),
        ("invalid_blocks", "invalid"),
        ("msg_too_long", "invalid"),
        ("never_heard_of_this", "invalid"),
    ],
)
async def test_a_refusal_has_its_end(slack: FakeSlack, surface: SlackSurface, error: str, why: str) -> None:
    slack.fault("chat.postMessage", error=error)
    with pytest.raises(Unreachable, match=why):
        await surface.deliver(outgoing("Hello"))


@pytest.mark.parametrize(
    ("error", "why"), [("user_disabled", "left"), ("user_not_found", "left"), ("cannot_dm_bot", "closed")]
)
async def test_some_people_cannot_be_written_to(
    slack: FakeSlack, surface: SlackSurface, error: str, why: str
) -> None:
    slack.fault("conversations.open", error=error)
    with pytest.raises(Unreachable, match=why):
        await surface.deliver(outgoing("Hello", Address("direct", people=(BEN,))))


async def test_a_private_channel_that_removed_the_bot_cannot_be_spoken_in(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    slack.remove_bot("C-quiet")
    with pytest.raises(Unreachable, match="gone"):
        await surface.deliver(outgoing("Hello", Address("channel", "C-quiet")))


async def test_slack_says_how_long_to_wait(slack: FakeSlack, surface: SlackSurface) -> None:
    slack.fault("chat.postMessage", retry_after=17)
    with pytest.raises(Throttled) as throttled:
        await surface.deliver(outgoing("Hello"))
    assert throttled.value.wait == timedelta(seconds=17)
    assert len(slack.called("chat.postMessage")) == 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 503}, {"error": "internal_error"}])
async def test_after_a_fault_of_slacks_the_outcome_is_unknown(
    slack: FakeSlack, surface: SlackSurface, fault: dict[str, Any]
) -> None:
    slack.fault("chat.postMessage", **fault)
    with pytest.raises(Unknown):
        await surface.deliver(outgoing("Hello"))
    assert len(slack.called("chat.postMessage")) == 1


async def test_a_server_that_cannot_be_reached_did_nothing() -> None:
    api = SlackApi("xoxb-1", "http://127.0.0.1:9/api/")
    with pytest.raises(Throttled):
        await SlackSurface(api, PictureUploads(api)).deliver(outgoing("Hello"))
    await api.close()


@pytest.mark.parametrize("error", ["account_inactive", "token_revoked", "invalid_auth"])
async def test_a_refused_token_concerns_the_whole_workspace(
    slack: FakeSlack, api: SlackApi, surface: SlackSurface, error: str
) -> None:
    slack.fault("chat.postMessage", error=error)
    with pytest.raises(Throttled) as throttled:
        await surface.deliver(outgoing("Hello"))
    assert throttled.value.wait == REVOKED_WAIT
    assert api.access_error == error
    await surface.deliver(outgoing("Hello"))
    assert api.access_error == ""


# Pictures ----------------------------------------------------------------------------------------

CHART = Card("Chart", (Picture(a_png(), "Messages per week, rising"),))


async def test_a_picture_is_brought_in_once_with_its_words(slack: FakeSlack, surface: SlackSurface) -> None:
    for delivery in ("d1", "d2"):
        await surface.deliver(outgoing(CHART, delivery=delivery))
    [file] = slack.files.values()
    assert (file.content, file.alt_text, file.complete) == (a_png(), "Messages per week, rising", True)
    for message in slack.messages("C-general"):
        assert message.blocks[1]["slack_file"] == {"id": file.id}


async def test_a_picture_that_slack_still_looks_at_is_waited_for_and_not_sent_again(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    slack.fault("chat.postMessage", error="invalid_slack_file")
    with pytest.raises(Throttled):
        await surface.deliver(outgoing(CHART))
    await surface.deliver(outgoing(CHART))
    assert len(slack.files) == 1
    assert [len(message.blocks) for message in slack.messages("C-general")] == [2]


async def test_a_picture_that_slack_never_shows_leaves_its_words(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    slack.fault("chat.postMessage", error="invalid_slack_file", times=MAX_PICTURE_REFUSALS)
    for _ in range(MAX_PICTURE_REFUSALS):
        with pytest.raises(Throttled):
            await surface.deliver(outgoing(CHART))
    await surface.deliver(outgoing(CHART))
    [message] = slack.messages("C-general")
    assert message.blocks[1]["elements"][0]["text"] == "Picture: Messages per week, rising"


async def test_a_picture_that_cannot_be_brought_in_delays_its_message(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    slack.fault("files.getUploadURLExternal", retry_after=5)
    with pytest.raises(Throttled):
        await surface.deliver(outgoing(CHART))
    assert slack.messages("C-general") == []
