"""A file is shared beside the message that points to it, or sent to the asker alone; once, and never lost."""

from typing import Any

import pytest

from adapters.slack.api import SlackApi
from adapters.slack.outbound import PictureUploads, SlackSurface
from facilitation.core.platforms.surface import Address, Response
from facilitation.core.values.cards import Card, File
from facilitation.core.values.errors import Throttled, Unknown, Unreachable
from facilitation.core.values.forms import Form
from tests.adapters.contract.puppet import ANA, BEN, FIELDS, PARTS, renderable
from tests.adapters.slack.harness import SlackHarness
from tests.adapters.slack.reading import block_lines
from tests.adapters.slack.test_interactions import answering, home_of, said
from tests.adapters.slack.test_outbound import GENERAL, outgoing, words
from tests.fakes.slack import FakeSlack

# With a message -----------------------------------------------------------------------------------

EXPORT = PARTS["file"]
BESIDE = "export.json: Everything about you. The file has a message of its own, next to this one."


def told(slack: FakeSlack, place: str = "C-general", **more: Any) -> list[str]:
    """Each message as the files that it shares, or the words of its last block."""
    return [
        " ".join(slack.files[one].name for one in message.files) or words(message, -1)
        for message in slack.messages(place, **more)
    ]


async def test_a_file_is_shared_beside_the_message_that_points_to_it(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    receipt = await surface.deliver(outgoing(EXPORT))
    shared, message = slack.messages("C-general")
    assert told(slack) == ["export.json", BESIDE]
    assert receipt.messages == (message.ts,)
    [file] = slack.files.values()
    assert (file.content, file.title, shared.files) == (b'{"a": 1}\n', "export.json", [file.id])


async def test_a_file_goes_into_the_thread_of_its_message(slack: FakeSlack, surface: SlackSurface) -> None:
    root = slack.write(ANA, "C-general", "Who has it?")
    await surface.deliver(outgoing(EXPORT, Address("thread", "C-general", root)))
    assert told(slack, thread=root)[1:] == ["export.json", BESIDE]
    assert len(slack.messages("C-general")) == 1


async def test_a_public_channel_is_entered_to_share_a_file_there(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    slack.add_channel("C-new", "new", members=(ANA,))
    await surface.deliver(outgoing(EXPORT, Address("channel", "C-new")))
    assert told(slack, "C-new") == ["export.json", BESIDE]


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal", "chat.postMessage"]
)
@pytest.mark.parametrize("fault", [{"retry_after": 5}, {"drop": True}])
async def test_a_file_comes_once_however_often_its_message_is_tried(
    slack: FakeSlack, surface: SlackSurface, method: str, fault: dict[str, Any]
) -> None:
    for _ in range(2):
        slack.fault(method, **fault)
        with pytest.raises((Throttled, Unknown)):
            await surface.deliver(outgoing(EXPORT))
    await surface.deliver(outgoing(EXPORT))
    assert told(slack) == ["export.json", BESIDE]


async def test_a_file_whose_sharing_is_in_doubt_comes_twice_rather_than_never(
    slack: FakeSlack, surface: SlackSurface
) -> None:
    slack.fault("files.completeUploadExternal", lose_reply=True)
    with pytest.raises(Unknown):
        await surface.deliver(outgoing(EXPORT))
    assert await surface.find("d1", GENERAL) is None
    await surface.deliver(outgoing(EXPORT))
    assert told(slack) == ["export.json", "export.json", BESIDE]


async def test_each_file_of_each_delivery_is_shared(slack: FakeSlack, surface: SlackSurface) -> None:
    two = Card(parts=(File("a.csv", b"1", "One"), File("b.csv", b"1", "Two")))
    for delivery in ("d1", "d2"):
        await surface.deliver(outgoing(two, delivery=delivery))
    last = "b.csv: Two. The file has a message of its own, next to this one."
    assert told(slack) == ["a.csv", "b.csv", last, "a.csv", "b.csv", last]


async def test_an_edit_shares_no_file_again_and_a_withdrawal_leaves_it(
    slack: FakeSlack, api: SlackApi, surface: SlackSurface
) -> None:
    receipt = await surface.deliver(outgoing(EXPORT))
    later = SlackSurface(api, PictureUploads(api))
    await later.deliver(outgoing(EXPORT, receipt=receipt))
    assert told(slack) == ["export.json", BESIDE]
    await later.deliver(outgoing(EXPORT, receipt=receipt, withdraw=True))
    assert told(slack) == ["export.json"]


async def test_a_file_that_slack_refuses_ends_its_message(slack: FakeSlack, surface: SlackSurface) -> None:
    slack.fault("files.completeUploadExternal", error="file_type_not_allowed")
    with pytest.raises(Unreachable, match="invalid"):
        await surface.deliver(outgoing(EXPORT))
    assert slack.messages("C-general") == []


# With an answer -----------------------------------------------------------------------------------

HERE = "(only you) Here it is."
SENT = "export.json: Everything about you. I sent the file by direct message."
UNSENT = "export.json: Everything about you. I could not send the file by direct message. Please ask again."


async def test_a_file_of_an_answer_comes_by_direct_message_alone(platform: SlackHarness) -> None:
    await platform.command(ANA, "C-general", "show file")
    assert await platform.seen(ANA, "C-general") == [HERE, f"(only you) {SENT}"]
    assert await platform.seen(ANA, "direct") == ["(file: export.json)"]
    assert await platform.seen(BEN, "C-general") == []
    assert len(platform.slack.files) == 1


async def test_a_file_is_never_shared_where_somebody_else_could_see_it(platform: SlackHarness) -> None:
    public = Response(renderable(PARTS["file"]), to="everyone", community=5)
    answering(platform.gateway, lambda _: public)
    await platform.command(ANA, "C-general", "find it")
    assert await platform.seen(BEN, "C-general") == ["Here it is.", SENT]
    assert await platform.seen(ANA, "direct") == ["(file: export.json)"]


@pytest.mark.parametrize(
    "method", ["conversations.open", "files.getUploadURLExternal", "upload", "files.completeUploadExternal"]
)
async def test_an_answer_whose_file_cannot_be_sent_says_so(platform: SlackHarness, method: str) -> None:
    platform.slack.fault(method, status=500)
    await platform.command(ANA, "C-general", "show file")
    assert await platform.seen(ANA, "C-general") == [HERE, f"(only you) {UNSENT}"]
    assert await platform.seen(ANA, "direct") == []


async def test_a_file_asked_for_in_the_direct_message_stands_there(platform: SlackHarness) -> None:
    await platform.write(ANA, "direct", "show file")
    assert (await platform.seen(ANA, "direct"))[1:] == ["(file: export.json)", "Here it is.", SENT]


@pytest.mark.parametrize("fault", [{}, {"error": "expired_trigger_id"}])
async def test_a_file_of_a_card_that_is_shown_at_home_comes_once(
    platform: SlackHarness, fault: dict[str, Any]
) -> None:
    await platform.slack.open_home(ANA)
    await platform.rest()
    answering(
        platform.gateway,
        lambda interaction: Response(renderable(PARTS["file"])) if interaction.command else said("home"),
    )
    if fault:
        platform.slack.fault("views.open", **fault)
    await platform.slack.press(ANA, "home", "Share a link")
    await platform.rest()
    view = platform.slack.open_view(ANA)
    direct = await platform.seen(ANA, "direct")
    if fault:
        assert direct == ["(file: export.json)", "Here it is.", SENT]
    else:
        assert view is not None
        assert block_lines(view.body["blocks"], platform.eyes(ANA)) == ["Here it is.", SENT]
        assert direct == ["(file: export.json)"]


async def test_a_file_that_follows_a_form_at_home_comes_with_its_card(platform: SlackHarness) -> None:
    await platform.slack.open_home(ANA)
    await platform.rest()
    form = Form("puppet.form", "A form", (FIELDS["line"],))
    answering(
        platform.gateway,
        lambda interaction: (
            Response(renderable(PARTS["file"])) if interaction.submitted else Response(form=form, community=5)
        ),
    )
    await platform.slack.press(ANA, "home", "Share a link")
    await platform.rest()
    await platform.fill(ANA, {"Title": "One"})
    assert await platform.seen(ANA, "direct") == ["(file: export.json)", "Here it is.", SENT]


async def test_the_home_itself_sends_no_file_however_often_it_is_published(platform: SlackHarness) -> None:
    answering(platform.gateway, lambda _: Response(renderable(PARTS["file"])))
    for _ in range(2):
        await platform.slack.open_home(ANA)
        await platform.rest()
    assert home_of(platform, ANA) == ["Here it is.", "export.json: Everything about you"]
    assert platform.slack.files == {}
