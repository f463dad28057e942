"""Slack's events are translated with its own ids and times; private ones are not."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.api import ApiError
from adapters.slack.directory import Directory
from adapters.slack.events import EventReader, instant
from adapters.slack.roster import profile_of
from facilitation.core.values.events import (
    ChannelChanged,
    ChannelFacts,
    Event,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Profile,
    ReactionAdded,
    ReactionRemoved,
    SpaceLost,
)

TEAM, BOT = "T1", "UBOT"
TS = "1772441700.000123"
AT = datetime(2026, 3, 2, 8, 55, 0, 123, UTC)
Json = dict[str, Any]


class NoApi:
    """Knows nothing, and must not be called."""

    async def call(self, method: str, **arguments: Any) -> Json:
        raise AssertionError(f"{method} {arguments} was asked for")


@pytest.fixture
def directory() -> Directory:
    found = Directory(NoApi(), TEAM, BOT)  # type: ignore[arg-type]  # nothing here may call out
    found.people = {
        "U1": Profile("U1", "Ana Sousa"),
        "U2": Profile("U2", "Ben"),
        "UG": Profile("UG", "Gus", guest=True),
        "UB": Profile("UB", "Robot", bot=True),
        BOT: Profile(BOT, "Tertulia", bot=True),
    }
    found.channels = {"C1": ChannelFacts("C1", "general"), "G1": ChannelFacts("G1", "quiet", private=True)}
    return found


async def read(directory: Directory, **event: Any) -> Event | None:
    found = await EventReader(directory).read({"event_ts": TS, **event}, 1772441700)
    if found is not None:
        assert await EventReader(directory).read({"event_ts": TS, **event}, 1772441700) == found, (
            "it may come again"
        )
        directory.apply(found)
    return found


def message(**more: Any) -> Json:
    return {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "ts": TS, **more}


def user(handle: str = "U3", **more: Any) -> Json:
    return {"id": handle, "team_id": TEAM, "tz": "Europe/Lisbon", "profile": {"display_name": "Cid"}, **more}


async def test_a_message_with_its_facts(directory: Directory) -> None:
    found = await read(directory, **message(text="Hi <@U2>, is &lt;b&gt; in <https://x.org/a|x>? <#C1>"))
    assert found == MessagePosted(
        AT,
        "C1",
        TS,
        "U1",
        text="Hi @Ben, is <b> in x? #general",
        links=("https://x.org/a",),
        question=True,
    )


async def test_a_reply_knows_its_root_and_a_root_is_none(directory: Directory) -> None:
    reply = await read(directory, **message(thread_ts="1.0"))
    root = await read(directory, **message(thread_ts=TS))
    assert isinstance(reply, MessagePosted)
    assert isinstance(root, MessagePosted)
    assert (reply.thread, reply.reply, root.thread, root.reply) == ("1.0", True, "", False)


@pytest.mark.parametrize(
    "more",
    [
        {"channel_type": "im"},
        {"channel_type": "mpim"},
        {"channel_type": "app_home"},
        {"channel_type": None},
        {"user": "UG"},
        {"user": "UB"},
        {"user": None},
        {"bot_id": "B1"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
    ],
)
async def test_what_is_private_or_nobodys_is_not_read(directory: Directory, more: Json) -> None:
    assert await read(directory, **message(text="words", **more)) is None


@pytest.mark.parametrize("subtype", ["thread_broadcast", "file_share", "me_message"])
async def test_people_write_in_several_ways(directory: Directory, subtype: str) -> None:
    assert isinstance(await read(directory, **message(text="words", subtype=subtype)), MessagePosted)


async def test_an_edit_has_the_time_of_the_edit(directory: Directory) -> None:
    after = {"ts": "1.0", "user": "U1", "text": "better <!here>?", "edited": {"user": "U1", "ts": TS}}
    event = message(subtype="message_changed", message=after, previous_message={"text": "good"}, ts="9.9")
    assert await read(directory, **event) == MessageEdited(AT, "C1", "1.0", "better @here?", question=True)


async def test_an_unfurled_link_is_no_edit(directory: Directory) -> None:
    after = {"ts": "1.0", "user": "U1", "text": "same", "attachments": [{"title": "x"}]}
    event = message(subtype="message_changed", message=after, previous_message={"text": "same"})
    assert await read(directory, **event) is None


async def test_deletions_arrive_also_of_roots(directory: Directory) -> None:
    event = message(subtype="message_deleted", deleted_ts="1.0")
    assert await read(directory, **event) == MessageDeleted(AT, "C1", "1.0")
    event = message(subtype="message_changed", message={"ts": "1.0", "subtype": "tombstone"})
    assert await read(directory, **event) == MessageDeleted(AT, "C1", "1.0")


async def test_reactions_in_channels_alone_and_by_people_alone(directory: Directory) -> None:
    item = {"type": "message", "channel": "C1", "ts": "1.0"}
    event = {"type": "reaction_added", "user": "U1", "reaction": "tada", "item": item}
    assert await read(directory, **event) == ReactionAdded(AT, "C1", "1.0", "U1", "tada")
    gone = {**event, "type": "reaction_removed"}
    assert await read(directory, **gone) == ReactionRemoved(AT, "C1", "1.0", "U1", "tada")
    for odd in (
        {"user": "UG"},
        {"item": {"type": "file", "file": "F1"}},
        {"item": {**item, "channel": "D1"}},
        {"item": {**item, "channel": "G-mpim"}},
    ):
        assert await read(directory, **{**event, **odd}) is None


async def test_people_who_enter_the_workspace_join_unless_they_are_guests_bots_or_outsiders(
    directory: Directory,
) -> None:
    joined = await read(directory, type="team_join", user=user())
    assert joined == MemberJoined(AT, Profile("U3", "Cid", "Europe/Lisbon"))
    for odd in (
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_bot": True},
        {"is_stranger": True},
        {"team_id": "T9"},
    ):
        assert await read(directory, type="team_join", user=user(**odd)) is None


async def test_a_changed_profile_a_new_guest_and_one_who_is_gone(directory: Directory) -> None:
    changed = await read(directory, type="user_change", user=user("U1", is_admin=True))
    assert changed == MemberChanged(AT, Profile("U1", "Cid", "Europe/Lisbon", manager=True))
    guest = await read(directory, type="user_change", user=user("U1", is_restricted=True))
    assert isinstance(guest, MemberChanged)
    assert not guest.who.is_person
    assert await read(directory, type="user_change", user=user("U2", deleted=True)) == MemberLeft(AT, "U2")
    assert await read(directory, type="user_change", user=user("U2", deleted=True)) is None
    assert await read(directory, type="user_change", user=user("UG", is_restricted=True)) is None


async def test_channels_are_entered_and_left(directory: Directory) -> None:
    joined = await read(directory, type="member_joined_channel", user="U1", channel="C1")
    assert joined == MemberJoined(AT, Profile("U1", "Ana Sousa"), "C1")
    left = await read(directory, type="member_left_channel", user="U1", channel="C1")
    assert left == MemberLeft(AT, "U1", "C1")
    assert await read(directory, type="member_joined_channel", user="UG", channel="C1") is None
    assert await read(directory, type="member_left_channel", user="UG", channel="C1") is None


async def test_the_bot_is_removed_from_a_channel_once(directory: Directory) -> None:
    assert await read(directory, type="member_left_channel", user=BOT, channel="C1") is None
    left = await read(directory, type="channel_left", channel="C1", actor_id="U1")
    assert left == ChannelChanged(AT, ChannelFacts("C1", "general"), lost=True)
    private = await read(directory, type="group_left", channel="G1", actor_id="U1")
    assert private == ChannelChanged(AT, ChannelFacts("G1", "quiet", private=True), lost=True)
    assert directory.lost_channels == {"C1", "G1"}


async def test_channels_are_made_renamed_archived_and_brought_back(directory: Directory) -> None:
    made = await read(directory, type="channel_created", channel={"id": "C2", "name": "new"})
    assert made == ChannelChanged(AT, ChannelFacts("C2", "new"))
    named = await read(directory, type="channel_rename", channel={"id": "C1", "name": "all"})
    assert named == ChannelChanged(AT, ChannelFacts("C1", "all"))
    for kind in ("channel_archive", "channel_deleted"):
        archived = await read(directory, type=kind, channel="C1", user="U1")
        assert archived == ChannelChanged(AT, ChannelFacts("C1", "all", archived=True))
    back = await read(directory, type="channel_unarchive", channel="C1", user="U1")
    assert back == ChannelChanged(AT, ChannelFacts("C1", "all"))
    private = await read(directory, type="group_rename", channel={"id": "G9", "name": "deep"})
    assert private == ChannelChanged(AT, ChannelFacts("G9", "deep", private=True))


async def test_the_workspace_is_lost(directory: Directory) -> None:
    assert await read(directory, type="app_uninstalled") == SpaceLost(AT)
    assert await read(directory, type="tokens_revoked", tokens={"bot": [BOT]}) == SpaceLost(AT)
    assert await read(directory, type="tokens_revoked", tokens={"oauth": ["U1"]}) is None


@pytest.mark.parametrize("kind", ["app_mention", "app_home_opened", "im_open", "never_heard_of"])
async def test_other_events_are_not_recorded(directory: Directory, kind: str) -> None:
    assert await read(directory, type=kind, user="U1", channel="C1", ts=TS, text="hi") is None


async def test_the_same_fact_has_the_same_key_in_every_shape(directory: Directory) -> None:
    twice = [await read(directory, **message(text="words", client_msg_id=n)) for n in ("a", "b")]
    assert twice[0] is not None
    assert twice[1] is not None
    assert twice[0].key == twice[1].key


@pytest.mark.parametrize(
    ("ts", "microsecond"), [("1772441700.000123", 123), ("1772441700", 0), ("1772441700.5", 500_000)]
)
def test_time_stamps_are_exact(ts: str, microsecond: int) -> None:
    assert instant(ts) == AT.replace(microsecond=microsecond)


def test_people_of_an_enterprise_grid_belong_to_several_teams() -> None:
    grid = user(team_id="T9", enterprise_user={"id": "W1", "teams": [TEAM, "T9"]})
    assert profile_of(grid, TEAM).is_person
    assert not profile_of({**user(), "id": "USLACKBOT"}, TEAM).is_person


class AskedApi:
    """Knows UX, in its own time, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def call(self, method: str, *, user: str) -> Json:
        assert method == "users.info"
        self.asked.append(user)
        await asyncio.sleep(0.01)
        if user != "UX":
            raise ApiError(method, "user_not_found")
        return {"user": {"id": "UX", "team_id": TEAM, "profile": {"real_name": "Xenia"}}}


async def test_an_unknown_account_is_looked_up_once_by_all_who_ask() -> None:
    api = AskedApi()
    directory = Directory(api, TEAM, BOT)  # type: ignore[arg-type]  # only one method is called
    found = await asyncio.gather(*(directory.person("UX") for _ in range(5)))
    assert [one.name for one in found if one] == ["Xenia"] * 5
    assert api.asked == ["UX"]


async def test_an_account_that_slack_does_not_know_is_asked_for_again_after_an_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api = AskedApi()
    directory = Directory(api, TEAM, BOT)  # type: ignore[arg-type]
    for _ in range(3):
        assert await directory.person("UY") is None
    assert api.asked == ["UY"]
    monkeypatch.setitem(directory._unknown_until, "UY", 0.0)
    assert await directory.person("UY") is None
    assert api.asked == ["UY", "UY"]
