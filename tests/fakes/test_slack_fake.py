"""The fake Slack can be trusted: slack_sdk and slack_bolt work against it, and it minds what Slack minds."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack, Json

ANA, BEN = "U0ANA", "U0BEN"


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(resend_after=0.3) as slack:
        slack.add_person(ANA, "Ana Sousa")
        slack.add_person(BEN, "Ben Okafor", guest=True)
        slack.add_channel("C0GENERAL", "general", members=(ANA, BEN), bot=True)
        slack.add_channel("C0HELP", "help", members=(ANA,))
        slack.add_channel("G0QUIET", "coordinators", private=True, members=(ANA,))
        yield slack


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
    client.retry_handlers = []
    return client


class Bot:
    """A socket that acknowledges, and remembers what it was told."""

    def __init__(self, slack: FakeSlack, *, deaf: int = 0) -> None:
        self.requests: list[SocketModeRequest] = []
        self.deaf = deaf
        """So many envelopes are not acknowledged."""
        self.client = SocketModeClient(
            slack.app_token,
            web_client=AsyncWebClient(slack.bot_token, base_url=slack.api_url),
            ping_interval=0.2,
        )
        self.client.socket_mode_request_listeners.append(self._hear)

    @property
    def events(self) -> list[Json]:
        return [r.payload["event"] for r in self.requests if r.type == "events_api"]

    def kinds(self) -> list[str]:
        return [":".join(filter(None, (event["type"], event.get("subtype")))) for event in self.events]

    async def _hear(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.requests.append(request)
        if self.deaf:
            self.deaf -= 1
            return
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id))


@pytest.fixture
async def bot(slack: FakeSlack) -> AsyncIterator[Bot]:
    bot = Bot(slack)
    await bot.client.connect()  # type: ignore[no-untyped-call]  # the library's
    await slack.connected()
    yield bot
    await bot.client.close()  # type: ignore[no-untyped-call]  # the library's


def refused(error: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(error.value.response["error"])


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


# The Web API ---------------------------------------------------------------------------------------------


async def test_every_encoding_of_arguments_is_understood(slack: FakeSlack, client: AsyncWebClient) -> None:
    await client.conversations_list(types="public_channel,private_channel", limit=1)
    await client.chat_postMessage(channel="C0GENERAL", text="hello")
    await client.conversations_open(users=ANA)
    async with aiohttp.ClientSession() as session:
        form = {"token": slack.bot_token, "channel": "C0GENERAL", "text": "a form"}
        async with session.post(f"{slack.api_url}chat.postMessage", data=form) as answer:
            assert (await answer.json())["ok"]
    assert [(call.method, call.encoding) for call in slack.calls] == [
        ("conversations.list", "query"),
        ("chat.postMessage", "json"),
        ("conversations.open", "query"),
        ("chat.postMessage", "form"),
    ]
    assert [message.text for message in slack.messages("C0GENERAL")] == ["hello", "a form"]


async def test_lists_come_in_pages(slack: FakeSlack, client: AsyncWebClient) -> None:
    names = []
    cursor: str | None = None
    while cursor != "":
        page = await client.users_list(limit=2, cursor=cursor)
        names += [user["id"] for user in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
    assert names == [slack.bot_user, "USLACKBOT", ANA, BEN]


async def test_private_channels_without_the_bot_do_not_exist_for_it(client: AsyncWebClient) -> None:
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert [(c["name"], c["is_member"]) for c in listed["channels"]] == [("general", True), ("help", False)]
    with pytest.raises(SlackApiError) as hidden:
        await client.conversations_info(channel="G0QUIET")
    assert refused(hidden) == "channel_not_found"
    with pytest.raises(SlackApiError) as outside:
        await client.chat_postMessage(channel="C0HELP", text="hello")
    assert refused(outside) == "not_in_channel"


async def test_tokens_and_scopes_are_checked(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.forbid("chat:write")
    with pytest.raises(SlackApiError) as forbidden:
        await client.chat_postMessage(channel="C0GENERAL", text="hello")
    assert refused(forbidden) == "missing_scope"
    assert forbidden.value.response["needed"] == "chat:write"
    assert "chat:write" not in forbidden.value.response.headers["x-oauth-scopes"].split(",")
    with pytest.raises(SlackApiError) as wrong:
        await AsyncWebClient("xoxb-other", base_url=slack.api_url).auth_test()
    assert refused(wrong) == "invalid_auth"
    with pytest.raises(SlackApiError) as by_bot:
        await client.apps_connections_open(app_token=slack.bot_token)
    assert refused(by_bot) == "not_allowed_token_type"


async def test_a_delivery_id_is_found_in_the_history(client: AsyncWebClient) -> None:
    metadata = {"event_type": "delivery", "event_payload": {"id": "d1"}}
    said = await client.chat_postMessage(channel="C0GENERAL", text="root", metadata=metadata)
    reply = await client.chat_postMessage(
        channel="C0GENERAL", text="reply", thread_ts=said["ts"], metadata=metadata
    )
    bare = await client.conversations_history(channel="C0GENERAL")
    assert "metadata" not in bare["messages"][0]
    found = await client.conversations_history(channel="C0GENERAL", include_all_metadata=True)
    assert [(m["ts"], m["metadata"]) for m in found["messages"]] == [(said["ts"], metadata)]
    inside = await client.conversations_replies(channel="C0GENERAL", ts=said["ts"], include_all_metadata=True)
    assert [m["ts"] for m in inside["messages"]] == [said["ts"], reply["ts"]]
    after = await client.conversations_history(channel="C0GENERAL", oldest=said["ts"])
    assert after["messages"] == []


async def test_an_edit_keeps_blocks_that_are_not_given(slack: FakeSlack, client: AsyncWebClient) -> None:
    said = await client.chat_postMessage(channel="C0GENERAL", text="a", blocks=[{"type": "divider"}])
    await client.chat_update(channel="C0GENERAL", ts=said["ts"], text="b")
    message = slack.messages("C0GENERAL")[0]
    assert (message.text, message.blocks) == ("b", [{"type": "divider"}])
    await client.chat_update(channel="C0GENERAL", ts=said["ts"], text="c", blocks=[])
    assert message.blocks == []


async def test_a_picture_is_uploaded_and_shared_with_its_words(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    await client.files_upload_v2(
        channel="C0GENERAL", filename="chart.png", content=b"\x89PNG", title="Chart", alt_txt="Rising"
    )
    message = slack.messages("C0GENERAL")[0]
    file = slack.files[message.files[0]]
    assert (file.content, file.title, file.alt_text) == (b"\x89PNG", "Chart", "Rising")
    history = await client.conversations_history(channel="C0GENERAL")
    assert history["messages"][0]["files"][0]["alt_txt"] == "Rising"


async def test_an_uploaded_picture_stands_in_a_block(slack: FakeSlack, client: AsyncWebClient) -> None:
    stranger = {"type": "image", "alt_text": "x", "slack_file": {"id": "F0NONE"}}
    with pytest.raises(SlackApiError) as unknown:
        await client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[stranger])
    assert refused(unknown) == "invalid_blocks"
    done = await client.files_upload_v2(filename="chart.png", content=b"\x89PNG")
    image = {"type": "image", "alt_text": "Rising", "slack_file": {"id": done["file"]["id"]}}
    await client.chat_postMessage(channel="C0GENERAL", text="Rising", blocks=[image])
    assert slack.messages("C0GENERAL")[0].blocks == [image]


async def test_people_who_cannot_be_written_to(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.add_person("U0GONE", "Gone", deleted=True)
    for who, error in {
        slack.bot_user: "cannot_dm_bot",
        "U0GONE": "user_disabled",
        "U0": "user_not_found",
    }.items():
        with pytest.raises(SlackApiError) as failed:
            await client.conversations_open(users=who)
        assert refused(failed) == error


async def test_a_group_is_one_conversation_however_often_it_is_opened(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    first = await client.conversations_open(users=[ANA, BEN])
    second = await client.conversations_open(users=[BEN, ANA])
    assert first["channel"]["id"] == second["channel"]["id"]
    assert [group.id for group in slack.groups(ANA)] == [first["channel"]["id"]]


# What Slack would not take -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blocks", "trouble"),
    [
        ([rich({"type": "text", "text": ""})], "needs text"),
        ([rich({"type": "text", "text": "x", "style": {"loud": True}})], "style"),
        ([rich({"type": "text", "text": "x", "colour": "red"})], "unknown colour"),
        ([rich({"type": "shout", "text": "x"})], "unknown element"),
        ([rich({"type": "user", "user_id": "U0NOBODY"})], "no U0NOBODY"),
        ([rich({"type": "date", "timestamp": 1, "format": "{weekday}"})], "date"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}], "1 to 3000"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": ""}}], "1 to 3000"),
        ([{"type": "divider"}] * 51, "51 of at most 50"),
        ([{"type": "divider", "block_id": "a"}] * 2, "not unique"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "plain_text only"),
        ([{"type": "fanfare"}], "none of ours"),
        (
            [
                {
                    "type": "section",
                    "text": {"type": "mrkdwn", "text": "x"},
                    "accessory": {"type": "plain_text_input"},
                }
            ],
            "may not stand here",
        ),
        (
            [
                {
                    "type": "actions",
                    "elements": [{"type": "button", "text": {"type": "plain_text", "text": "x" * 76}}],
                }
            ],
            "1 to 75",
        ),
        (
            [
                {
                    "type": "actions",
                    "elements": [
                        {"type": "button", "text": {"type": "plain_text", "text": "x"}, "value": "v" * 2001}
                    ],
                }
            ],
            "2000",
        ),
    ],
)
async def test_blocks_that_slack_refuses(
    slack: FakeSlack, client: AsyncWebClient, blocks: list[Json], trouble: str
) -> None:
    with pytest.raises(SlackApiError) as failed:
        await client.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks)
    assert refused(failed) == "invalid_blocks"
    assert any(trouble in complaint for complaint in slack.complaints)


async def test_a_message_holds_about_13200_characters(slack: FakeSlack, client: AsyncWebClient) -> None:
    fits = [rich({"type": "text", "text": "x" * 13_200})]
    await client.chat_postMessage(channel="C0GENERAL", text="x", blocks=fits)
    assert slack.complaints == []
    with pytest.raises(SlackApiError) as failed:
        await client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[*fits, *fits])
    assert refused(failed) == "msg_blocks_too_long"


async def test_whom_a_message_notifies(slack: FakeSlack, client: AsyncWebClient) -> None:
    await client.chat_postMessage(
        channel="C0GENERAL", text="&lt;!here&gt; <@U0BEN|ben> <!channel> <https://x|y>"
    )
    await client.chat_postMessage(
        channel="C0GENERAL",
        text="x",
        blocks=[rich({"type": "user", "user_id": ANA}, {"type": "text", "text": "!"})],
    )
    assert [slack.notified(m) for m in slack.messages("C0GENERAL")] == [{BEN, "channel"}, {ANA}]


# Faults --------------------------------------------------------------------------------------------------


async def test_a_reply_can_be_lost_after_the_call(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.fault("chat.postMessage", lose_reply=True)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await client.chat_postMessage(channel="C0GENERAL", text="said")
    assert [message.text for message in slack.messages("C0GENERAL")] == ["said"]
    slack.fault("chat.postMessage", drop=True)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await client.chat_postMessage(channel="C0GENERAL", text="never said")
    await client.chat_postMessage(channel="C0GENERAL", text="after")
    assert [message.text for message in slack.messages("C0GENERAL")] == ["said", "after"]


async def test_a_channel_can_be_throttled_and_another_not(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.add_channel("C0OTHER", "other", bot=True)
    slack.fault("chat.postMessage", channel="C0GENERAL", retry_after=7)
    await client.chat_postMessage(channel="C0OTHER", text="x")
    with pytest.raises(SlackApiError) as throttled:
        await client.chat_postMessage(channel="C0GENERAL", text="x")
    assert (refused(throttled), throttled.value.response.headers["Retry-After"]) == ("ratelimited", "7")
    await client.chat_postMessage(channel="C0GENERAL", text="x")


async def test_any_error_can_be_answered(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.fault("*", error="token_revoked", times=2)
    for method in (client.auth_test, client.team_info):
        with pytest.raises(SlackApiError) as failed:
            await method()
        assert refused(failed) == "token_revoked"
    slack.fault("auth.test", status=503)
    with pytest.raises(SlackApiError):
        await client.auth_test()
    await client.auth_test()


# Events over sockets -------------------------------------------------------------------------------------


async def test_what_people_do_becomes_events_as_of_slack(slack: FakeSlack, bot: Bot) -> None:
    ts = slack.write(ANA, "C0GENERAL", "1 < 2 & @Ben Okafor see #help https://x.org/?a&b <!channel>")
    slack.write(BEN, "C0GENERAL", "indeed", thread=ts)
    slack.edit(ANA, "C0GENERAL", ts, "better")
    slack.react(BEN, "C0GENERAL", ts, "tada")
    slack.unreact(BEN, "C0GENERAL", ts, "tada")
    slack.join_team("U0NEW", "New")
    slack.join_channel("U0NEW", "C0GENERAL")
    slack.change_person(BEN, guest=False)
    slack.leave_channel("U0NEW", "C0GENERAL")
    slack.rename("C0HELP", "help-desk")
    slack.archive("C0HELP")
    slack.remove_bot("C0GENERAL")
    await slack.settled()
    assert Counter(bot.kinds()) == {
        "message": 2,
        "message:message_changed": 1,
        "reaction_added": 1,
        "reaction_removed": 1,
        "team_join": 1,
        "member_joined_channel": 1,
        "message:channel_join": 1,
        "user_change": 1,
        "member_left_channel": 2,
        "channel_rename": 1,
        "channel_archive": 1,
        "channel_left": 1,
    }
    first = next(event for event in bot.events if event["type"] == "message" and event["ts"] == ts)
    assert first["text"] == (
        "1 &lt; 2 &amp; <@U0BEN> see <#C0HELP|help> <https://x.org/?a&amp;b> &lt;!channel&gt;"
    )
    assert (first["channel_type"], first["event_ts"], first["user"]) == ("channel", ts, ANA)
    assert {"type": "user", "user_id": BEN} in first["blocks"][0]["elements"][0]["elements"]


async def test_only_channels_with_the_bot_have_events(slack: FakeSlack, bot: Bot) -> None:
    slack.write(ANA, "C0HELP", "unheard")
    slack.write(ANA, "G0QUIET", "unheard")
    slack.write(ANA, "direct", "heard")
    await slack.settled()
    assert [(event["text"], event["channel_type"]) for event in bot.events] == [("heard", "im")]


async def test_only_events_of_the_manifest_are_sent(slack: FakeSlack, bot: Bot) -> None:
    slack.install(
        {
            "oauth_config": {"scopes": {"bot": ["channels:history", "reactions:read", "users:read"]}},
            "settings": {"event_subscriptions": {"bot_events": ["message.channels", "team_join"]}},
        }
    )
    ts = slack.write(ANA, "C0GENERAL", "heard")
    slack.react(ANA, "C0GENERAL", ts, "tada")
    slack.forbid("users:read")
    slack.join_team("U0NEW", "New")
    await slack.settled()
    assert bot.kinds() == ["message"]


async def test_a_mention_is_sent_twice_in_two_shapes(slack: FakeSlack, bot: Bot) -> None:
    slack.write(ANA, "C0GENERAL", "@Tertulia hello")
    await slack.settled()
    assert sorted(bot.kinds()) == ["app_mention", "message"]


async def test_the_root_of_a_thread_leaves_a_tombstone(slack: FakeSlack, bot: Bot) -> None:
    root = slack.write(ANA, "C0GENERAL", "root")
    reply = slack.write(ANA, "C0GENERAL", "reply", thread=root)
    slack.delete(ANA, "C0GENERAL", root)
    slack.delete(ANA, "C0GENERAL", reply)
    await slack.settled()
    changed = next(event for event in bot.events if event.get("subtype") == "message_changed")
    assert changed["message"]["subtype"] == "tombstone"
    assert sum(event.get("subtype") == "message_deleted" for event in bot.events) == 1


async def test_an_outsider_has_another_team(slack: FakeSlack, bot: Bot) -> None:
    slack.add_person("U0OUT", "Outsider", team="T0ELSE")
    slack.channels["C0GENERAL"].shared = True
    slack.write("U0OUT", "C0GENERAL", "hello")
    await slack.settled()
    assert (bot.events[0]["user_team"], bot.events[0]["team"]) == ("T0ELSE", "T0ELSE")
    assert bot.requests[0].payload["is_ext_shared_channel"]


async def test_what_is_not_acknowledged_is_sent_again(slack: FakeSlack) -> None:
    bot = Bot(slack, deaf=1)
    await bot.client.connect()  # type: ignore[no-untyped-call]  # the library's
    slack.write(ANA, "C0GENERAL", "once")
    await slack.settled()
    assert [request.retry_attempt for request in bot.requests] == [0, 1]
    assert len({request.envelope_id for request in bot.requests}) == 1
    await bot.client.close()  # type: ignore[no-untyped-call]  # the library's


async def test_a_fact_can_come_twice_late_and_in_disorder(slack: FakeSlack, bot: Bot) -> None:
    slack.hold()
    for text in ("one", "two", "three"):
        slack.write(ANA, "C0GENERAL", text)
    slack.release(reverse=True)
    await slack.settled()
    assert [event["text"] for event in bot.events] == ["three", "two", "one"]
    again = slack.resend(slack.envelopes[0], other_id=True)
    await slack.settled()
    assert again.payload["event"] == slack.envelopes[0].payload["event"]
    assert len({request.payload["event_id"] for request in bot.requests}) == 4


async def test_two_sockets_take_turns_and_one_that_stalls_loses_nothing(slack: FakeSlack, bot: Bot) -> None:
    second = Bot(slack)
    await second.client.connect()  # type: ignore[no-untyped-call]  # the library's
    await slack.connected(2)
    for number in range(4):
        slack.write(ANA, "C0GENERAL", f"message {number}")
    await slack.settled()
    assert (len(bot.requests), len(second.requests)) == (2, 2)
    slack.stall()
    for number in range(4):
        slack.write(ANA, "C0GENERAL", f"more {number}")
    await slack.settled()
    assert (len(bot.requests), len(second.requests)) == (2, 6)
    await second.client.close()  # type: ignore[no-untyped-call]  # the library's


async def test_a_client_that_is_told_to_renew_does_so(slack: FakeSlack, bot: Bot) -> None:
    slack.refresh()
    await slack.until(lambda: slack.sockets_opened == 2)
    slack.write(ANA, "C0GENERAL", "still here")
    await slack.settled()
    await slack.cut()
    await slack.until(lambda: slack.sockets_opened == 3)
    slack.write(ANA, "C0GENERAL", "and here")
    await slack.settled()
    assert [event["text"] for event in bot.events] == ["still here", "and here"]


async def test_the_eleventh_socket_is_turned_away(slack: FakeSlack) -> None:
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
    async with aiohttp.ClientSession() as session:
        opened = [await client.apps_connections_open(app_token=slack.app_token) for _ in range(11)]
        sockets = [await session.ws_connect(one["url"]) for one in opened]
        greetings = [await socket.receive_json() for socket in sockets]
        assert [one["type"] for one in greetings] == ["hello"] * 10 + ["disconnect"]
        assert greetings[9]["num_connections"] == 10
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened[0]["url"])


# What people ask, through bolt ---------------------------------------------------------------------------


@pytest.fixture
async def app(slack: FakeSlack) -> AsyncIterator[AsyncApp]:
    app = AsyncApp(client=AsyncWebClient(slack.bot_token, base_url=slack.api_url))
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # the library's
    await slack.connected()
    yield app
    await handler.close_async()  # type: ignore[no-untyped-call]  # the library's


FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Share"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "url",
            "label": {"type": "plain_text", "text": "Link"},
            "element": {"type": "plain_text_input", "action_id": "v"},
        },
        {
            "type": "input",
            "block_id": "who",
            "optional": True,
            "label": {"type": "plain_text", "text": "Who"},
            "element": {"type": "users_select", "action_id": "v"},
        },
        {
            "type": "input",
            "block_id": "zone",
            "optional": True,
            "label": {"type": "plain_text", "text": "Zone"},
            "element": {"type": "external_select", "action_id": "v", "min_query_length": 1},
        },
    ],
}


async def test_a_command_a_form_and_its_errors(slack: FakeSlack, app: AsyncApp) -> None:
    seen: list[Any] = []

    @app.command("/cop")
    async def command(ack: Any, body: Json, client: AsyncWebClient) -> None:
        seen.append(body["text"])
        await ack("Opening …")
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.options("v")
    async def options(ack: Any, payload: Json) -> None:
        await ack(options=[{"text": {"type": "plain_text", "text": payload["value"]}, "value": "Z"}])

    @app.view("form")
    async def form(ack: Any, view: Json) -> None:
        values = view["state"]["values"]
        seen.append(values)
        if values["url"]["v"]["value"] == "x":
            await ack(response_action="errors", errors={"url": "No link"})
        else:
            await ack()

    await slack.slash(ANA, "C0HELP", "/cop share <b> https://x.org/?a&b for @Ben Okafor in #help")
    assert seen == ["share &lt;b&gt; <https://x.org/?a&amp;b> for <@U0BEN|ben.okafor> in <#C0HELP|help>"]
    assert [message.text for message in slack.ephemerals(ANA)] == ["Opening …"]
    await slack.until(lambda: slack.open_view(ANA))
    assert await slack.submit(ANA) is None  # the client refuses: a required field is empty
    await slack.submit(ANA, {"Link": "x", "Who": "Ben Okafor", "Zone": "Lis"})
    view = slack.open_view(ANA)
    assert view is not None
    assert view.errors == {"url": "No link"}
    await slack.submit(ANA, {"Link": "https://x.org"})
    assert slack.open_view(ANA) is None
    assert seen[-1]["url"]["v"]["value"] == "https://x.org"
    assert seen[-1]["who"]["v"]["selected_user"] == BEN
    assert seen[-1]["zone"]["v"]["selected_option"]["value"] == "Z"
    assert slack.complaints == []


async def test_a_trigger_opens_one_form_and_not_for_long(
    slack: FakeSlack, app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger = slack.trigger(ANA)
    await app.client.views_open(trigger_id=trigger, view=FORM)
    with pytest.raises(SlackApiError) as used:
        await app.client.views_open(trigger_id=trigger, view=FORM)
    assert refused(used) == "exchanged_trigger_id"
    monkeypatch.setattr("tests.fakes.slack.viewing.TRIGGER_LIFE", -1.0)
    with pytest.raises(SlackApiError) as late:
        await app.client.views_open(trigger_id=slack.trigger(ANA), view=FORM)
    assert refused(late) == "expired_trigger_id"


async def test_buttons_menus_shortcuts_and_the_home(slack: FakeSlack, app: AsyncApp) -> None:
    seen: list[Any] = []

    @app.action(re.compile(".*"))
    async def action(ack: Any, body: Json, respond: Any) -> None:
        seen.append((body["actions"][0].get("value") or body["actions"][0]["selected_option"]["value"], body))
        await ack()
        if "response_url" in body:
            await respond(text="done", replace_original=False)

    @app.shortcut("save")
    async def shortcut(ack: Any, shortcut: Json) -> None:
        seen.append((shortcut["message"]["text"], shortcut))
        await ack()

    @app.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": card})

    card = [
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "yes",
                    "text": {"type": "plain_text", "text": "Yes"},
                    "value": "1",
                },
                {
                    "type": "static_select",
                    "action_id": "pace",
                    "placeholder": {"type": "plain_text", "text": "Pace"},
                    "options": [{"text": {"type": "plain_text", "text": "Weekly"}, "value": "w"}],
                },
            ],
        }
    ]
    await app.client.chat_postMessage(channel="C0GENERAL", text="card", blocks=card)
    await slack.press(BEN, "C0GENERAL", "Yes")
    await slack.choose(BEN, "C0GENERAL", "Pace", "Weekly")
    await slack.until(lambda: len(slack.ephemerals(BEN)) == 2)
    await slack.message_action(BEN, "C0GENERAL", slack.messages("C0GENERAL")[0].ts, "save")
    await slack.open_home(ANA)
    await slack.until(lambda: slack.home(ANA))
    await slack.press(ANA, "home", "Yes")
    assert [what for what, _ in seen] == ["1", "w", "card", "1"]
    assert seen[0][1]["container"]["channel_id"] == "C0GENERAL"
    assert seen[3][1]["container"]["type"] == "view"
    assert slack.ephemerals(ANA) == []
    assert slack.complaints == []


async def test_an_answer_that_never_comes_is_complained_of(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.slack.telling.PATIENCE", 0.1)
    envelope = await slack.slash(ANA, "C0GENERAL", "/cop")
    assert (envelope.acks, slack.complaints) == (0, ["/cop: no answer within 3 s"])


async def test_a_response_url_is_used_five_times(slack: FakeSlack) -> None:
    url = slack.response_url(ANA, "C0HELP")
    async with aiohttp.ClientSession() as session:
        answers = []
        for number in range(6):
            async with session.post(url, json={"text": f"answer {number}"}) as answer:
                answers.append((answer.status, await answer.text()))
    assert answers[4] == (200, "ok")
    assert answers[5][0] == 404
    assert len(slack.ephemerals(ANA, "C0HELP")) == 5


# Signed requests -----------------------------------------------------------------------------------------


async def test_bolt_takes_our_signed_requests_and_no_forged_ones(slack: FakeSlack) -> None:
    app = AsyncApp(
        client=AsyncWebClient(slack.bot_token, base_url=slack.api_url), signing_secret=slack.signing_secret
    )
    heard: list[str] = []

    @app.event("message")
    async def message(event: Json) -> None:
        heard.append(event["text"])

    @app.command("/cop")
    async def command(ack: Any) -> None:
        await ack("Here")

    server = app.server(port=0, path="/slack/events", host="127.0.0.1")
    runner = aiohttp.web.AppRunner(server.web_app)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    slack.deliver_to(events=url)
    slack.write(ANA, "C0GENERAL", "by post")
    await slack.settled()
    await slack.slash(ANA, "C0GENERAL", "/cop")
    assert [message.text for message in slack.ephemerals(ANA)] == ["Here"]
    body = slack.event_body({"type": "message", "text": "forged", "channel_type": "channel"})
    async with aiohttp.ClientSession() as session:
        forged = slack.signed(body) | {"X-Slack-Signature": "v0=00", "Content-Type": "application/json"}
        async with session.post(url, data=body, headers=forged) as answer:
            assert answer.status == 401
        async with session.post(url, data=body, headers=slack.signed(body, at=1)) as answer:
            assert answer.status == 401
    assert heard == ["by post"]
    await runner.cleanup()


async def test_a_refused_request_is_sent_again(slack: FakeSlack) -> None:
    seen: list[str] = []

    async def serve(request: aiohttp.web.Request) -> aiohttp.web.Response:
        seen.append(request.headers.get("X-Slack-Retry-Num", ""))
        return aiohttp.web.Response(status=500 if len(seen) == 1 else 200)

    app = aiohttp.web.Application()
    app.router.add_post("/", serve)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(events=f"http://127.0.0.1:{runner.addresses[0][1]}/")
    slack.write(ANA, "C0GENERAL", "again")
    await slack.settled()
    assert seen == ["", "1"]
    await runner.cleanup()
