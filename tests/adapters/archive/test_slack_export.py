import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.archive.detection import open_archive
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import (
    MemberJoined,
    MemberLeft,
    MessagePosted,
    Profile,
    SpaceRef,
)
from tests.adapters.archive.conftest import SMALL, Opened, Zipped, read

EXPORT = SMALL / "slack-small"
MAREK = Profile("U0MAREK", "Marek & Co", "Europe/Warsaw")


def moment(day: int, hour: int, minute: int, second: int = 0, micro: int = 0) -> datetime:
    return datetime(2024, 3, day, hour, minute, second, micro, UTC)


def test_people_s_messages_joins_and_leaves_come_in_the_order_of_time() -> None:
    welcome = MessagePosted(
        moment(4, 15, 0, 0, 200),
        "C0GENERAL",
        "1709564400.000200",
        "U0INES",
        "Welcome @Marek & Co! Start in #reading, or #reading. Ask @here, @editors.",
        reactions=3,
    )
    thanks = MessagePosted(
        moment(5, 2, 0, 0, 300),
        "C0GENERAL",
        "1709604000.000300",
        "U0MAREK",
        "Thanks <3 & hello",
        thread="1709564400.000200",
        reply=True,
    )
    plot = MessagePosted(
        moment(5, 14, 46, 40, 400),
        "C0GENERAL",
        "1709650000.000400",
        "U0GONE",
        "A plot and two words, http://example.net",
        links=("https://example.org/a?b=1&c=2", "http://example.net"),
    )
    broadcast = MessagePosted(
        moment(5, 14, 48, 20, 500),
        "C0GENERAL",
        "1709650100.000500",
        "U0GUEST",
        "Is this https://example.org/?q=1 the one?",
        thread="1709564400.000200",
        reply=True,
        links=("https://example.org/?q=1",),
        question=True,
    )
    assert read(EXPORT) == [
        MemberJoined(moment(4, 14, 0, 0, 100), MAREK, "C0GENERAL"),
        welcome,
        # From the file of the next day, and of another channel.
        MessagePosted(
            moment(4, 15, 0, 50), "C0READING", "1709564450.000000", "U0INES", "A row of the day before"
        ),
        thanks,
        plot,
        broadcast,
        MessagePosted(moment(5, 14, 50, 0, 600), "C0GENERAL", "1709650200.000600", "U0INES", "waves"),
        MessagePosted(moment(5, 14, 50, 50), "C0READING", "1709650250.000000", "U0MAREK", "half an emoji �"),
        MessagePosted(
            moment(5, 14, 51), "old-club", "1709650260.000000", "U0NOBODY", "From a folder without an entry"
        ),
        MemberLeft(moment(5, 14, 51, 40, 700), "U0GUEST", "C0GENERAL"),
    ]


def test_roster_tells_guests_bots_the_gone_and_private_channels_apart(opened: Opened) -> None:
    roster = opened(EXPORT).roster()
    assert roster.space == SpaceRef("slack", "T0SMALL")
    people = {who.handle: who for who in roster.people}
    assert people["U0INES"] == Profile("U0INES", "ines", "Europe/Lisbon", manager=True)
    assert people["U0MAREK"] == MAREK
    assert {who for who, facts in people.items() if facts.guest} == {"U0GUEST", "U0ULTRA", "U0OTHER"}
    assert {who for who, facts in people.items() if facts.bot} == {"U0BOT"}
    assert {who for who, facts in people.items() if facts.gone} == {"U0GONE"}
    channels = {channel.handle: channel for channel in roster.channels}
    assert set(channels) == {"C0GENERAL", "C0READING", "old-club", "G0BOARD"}
    assert channels["C0GENERAL"].members == ("U0INES", "U0MAREK", "U0GUEST")
    assert channels["C0GENERAL"].topic == "Tea & talk"
    assert channels["C0READING"].archived
    assert channels["G0BOARD"].private
    assert channels["G0BOARD"].members == ()


def test_what_was_left_out_is_said_file_by_file_and_kind_by_kind(opened: Opened) -> None:
    archive = opened(EXPORT)
    list(archive.events())
    problems = archive.problems
    assert problems[:4] == [
        "general/canvas_in_the_conversation.json: is not a day of messages; left out",
        "D0AAAAAAA1/: is direct messages; not read",
        "board/: is a private channel; not read",
        "mpdm-ines--marek-1/: is direct messages of a group; not read",
    ]
    assert problems[4] == "reading/2024-03-05.json: 2 of its 5 rows cannot be read; the others go in"
    assert problems[5].startswith("general/2024-03-06.json: is not JSON (")
    assert problems[6] == "general/2024-03-07.json: is not a list of rows; left out"
    assert problems[7:] == [
        "left out: from bots, 3 rows",
        "left out: bot_message, 1 row",
        "left out: channel_canvas_updated, 1 row",
        "left out: channel_topic, 1 row",
        "left out: file_comment without a user, 1 row",
        "left out: seen twice, 1 row",
        "left out: tombstone, 1 row",
        "left out: without a usable time, 1 row",
    ]


def test_reading_again_says_the_same_again(opened: Opened) -> None:
    archive = opened(EXPORT)
    first, problems = list(archive.events()), archive.problems
    assert list(archive.events()) == first
    assert archive.problems == problems


def test_private_words_are_nowhere() -> None:
    assert not [
        found for found in read(EXPORT) if isinstance(found, MessagePosted) and "private" in found.text
    ]


def test_progress_ends_at_the_total(opened: Opened) -> None:
    archive = opened(EXPORT)
    assert archive.read_bytes == 0
    events = archive.events()
    next(events)
    assert 0 < archive.read_bytes <= archive.total_bytes
    list(events)
    assert archive.read_bytes == archive.total_bytes > 3000


@pytest.mark.parametrize("within", ["", "My export Jan 1 2024/", "./"])
def test_zip_and_nested_zip_read_like_the_folder(zipped: Zipped, within: str) -> None:
    assert read(zipped(EXPORT, within)) == read(EXPORT)


def test_nested_folder_reads_like_the_folder(tmp_path: Path) -> None:
    shutil.copytree(EXPORT, tmp_path / "download" / "export")
    assert read(tmp_path / "download") == read(EXPORT)


# Orders and oddities -----------------------------------------------------------------------------


def export(folder: Path, rows: dict[str, list[Any]], **lists: Any) -> Path:
    """A Slack export of the given day files."""
    for name in ("users", "channels"):
        (folder / f"{name}.json").write_text(json.dumps(lists.pop(name, [])))
    for name, value in lists.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    for name, day in rows.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(day))
    return folder


def row(at: datetime, **fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": "x", "ts": f"{at.timestamp():.6f}", **fields}


@pytest.mark.parametrize("offset", [-14, -6, 0, 5, 12])
def test_any_exporter_s_zone_gives_the_order_of_time(tmp_path: Path, offset: int) -> None:
    """Day files are named by a zone's days: from 14 hours before UTC's day to 12 hours after it."""
    days: dict[str, list[Any]] = {}
    begin = datetime(2024, 2, 27, tzinfo=UTC)
    for hour in range(0, 24 * 5, 3):
        at = begin + timedelta(hours=hour, minutes=hour % 7)
        local = (at - timedelta(hours=offset)).date()
        days.setdefault(f"channel-{hour % 2}/{local}", []).append(row(at))
    found = read(export(tmp_path, days))
    assert len(found) == 40
    assert [event.at for event in found] == sorted(event.at for event in found)


def test_quiet_weeks_between_two_days_change_nothing(tmp_path: Path) -> None:
    early, late = datetime(2024, 1, 1, 23, tzinfo=UTC), datetime(2024, 3, 1, 1, tzinfo=UTC)
    found = read(export(tmp_path, {"a/2024-01-01": [row(early)], "b/2024-03-01": [row(late)]}))
    assert [event.at for event in found] == [early, late]


def test_a_row_far_from_its_file_s_day_is_read_and_said(opened: Opened, tmp_path: Path) -> None:
    stray = datetime(2023, 5, 5, tzinfo=UTC)
    days = {f"a/2024-01-0{day}": [row(datetime(2024, 1, day, 12, tzinfo=UTC))] for day in range(1, 6)}
    days["b/2024-01-05"] = [row(stray)]
    archive = opened(export(tmp_path, days))
    assert stray in [event.at for event in archive.events()]
    assert archive.problems == ["left out: out of order (read all the same), 1 row"]


def test_one_timestamp_in_two_channels_is_two_messages(tmp_path: Path) -> None:
    at = datetime(2024, 1, 1, 12, tzinfo=UTC)
    days = {"a/2024-01-01": [row(at), row(at, text="again")], "b/2024-01-01": [row(at)]}
    found = read(export(tmp_path, days))
    assert [(post.place, post.text) for post in found if isinstance(post, MessagePosted)] == [
        ("a", "x"),
        ("b", "x"),
    ]


def test_a_bot_of_the_users_list_is_no_person(tmp_path: Path) -> None:
    at = datetime(2024, 1, 1, 12, tzinfo=UTC)
    users = [{"id": "U1", "name": "robot", "is_bot": True, "profile": {}}]
    join = row(at, subtype="channel_join")
    found = read(export(tmp_path, {"a/2024-01-01": [join, row(at)]}, users=users))
    assert found == [MemberJoined(at, Profile("U1", "robot", bot=True), "a")]


def test_a_thread_s_root_is_no_reply(tmp_path: Path) -> None:
    at = datetime(2024, 1, 1, 12, tzinfo=UTC)
    root = row(at, thread_ts=f"{at.timestamp():.6f}", reply_count=9)
    [found] = read(export(tmp_path, {"a/2024-01-01": [root]}))
    assert isinstance(found, MessagePosted)
    assert (found.reply, found.thread) == (False, "")


@pytest.mark.parametrize(
    "ts",
    [
        "",
        "nan",
        "inf",
        "1e300",
        "-1e300",
        "1,2",
        '"2024-01-01T00:00:00"',
        "null",
        "2024-01-01",
        "0",
        "99999999999",
    ],
)
def test_an_impossible_time_costs_one_row(opened: Opened, tmp_path: Path, ts: str) -> None:
    at = datetime(2024, 1, 1, 12, tzinfo=UTC)
    archive = opened(export(tmp_path, {"a/2024-01-01": [row(at), row(at, ts=ts), row(at + timedelta(1))]}))
    assert len(list(archive.events())) == 2
    assert archive.problems == ["left out: without a usable time, 1 row"]


@pytest.mark.parametrize("day", ["0001-01-01", "2024-02-30", "9999-12-31", "2024-1-1"])
def test_a_file_named_by_no_possible_day_is_named(opened: Opened, tmp_path: Path, day: str) -> None:
    archive = opened(export(tmp_path, {f"a/{day}": [row(datetime(2024, 1, 1, 12, tzinfo=UTC))]}))
    assert list(archive.events()) == []
    assert archive.problems == [f"a/{day}.json: is not a day of messages; left out"]


def test_a_channel_marked_private_is_not_read(opened: Opened, tmp_path: Path) -> None:
    at = datetime(2024, 1, 1, 12, tzinfo=UTC)
    channels = [{"id": "C1", "name": "a", "is_private": True, "members": ["U1"]}]
    archive = opened(export(tmp_path, {"a/2024-01-01": [row(at)]}, channels=channels))
    assert list(archive.events()) == []
    assert archive.roster().channels[0].members == ()


def test_folders_named_by_ids_find_their_channel(tmp_path: Path) -> None:
    at = datetime(2024, 1, 1, 12, tzinfo=UTC)
    channels = [{"id": "C1", "name": "a"}]
    [found] = read(export(tmp_path, {"C1/2024-01-01": [row(at)]}, channels=channels))
    assert isinstance(found, MessagePosted)
    assert found.place == "C1"


def test_broken_or_missing_lists_cost_names_only(opened: Opened, tmp_path: Path) -> None:
    at = datetime(2024, 1, 1, 12, tzinfo=UTC)
    export(tmp_path, {"a/2024-01-01": [row(at, text="hello <@U1>")]})
    (tmp_path / "users.json").unlink()
    (tmp_path / "channels.json").write_text("[{")
    archive = opened(tmp_path)
    [found] = archive.events()
    assert isinstance(found, MessagePosted)
    assert (found.place, found.text) == ("a", "hello @U1")
    assert archive.problems[0] == "users.json: is missing"
    assert archive.problems[1].startswith("channels.json: is not JSON (")


def test_a_byte_order_mark_is_no_trouble(opened: Opened, tmp_path: Path) -> None:
    at = datetime(2024, 1, 1, 12, tzinfo=UTC)
    export(tmp_path, {"a/2024-01-01": [row(at)]})
    day = tmp_path / "a" / "2024-01-01.json"
    day.write_bytes(b"\xef\xbb\xbf" + day.read_bytes())
    archive = opened(tmp_path)
    assert len(list(archive.events())) == 1
    assert archive.problems == []


def test_text_is_fit_for_every_database(tmp_path: Path) -> None:
    at = datetime(2024, 1, 1, 12, tzinfo=UTC)
    [found] = read(export(tmp_path, {"a/2024-01-01": [row(at, text="a\x00b")]}))
    assert isinstance(found, MessagePosted)
    assert found.text == "ab"


def test_a_giant_day_is_refused_at_once(tmp_path: Path) -> None:
    export(tmp_path, {"a/2024-01-01": []})
    with (tmp_path / "a" / "2024-01-01.json").open("r+b") as file:
        file.truncate(600 * 2**20)
    with pytest.raises(BadInput, match=r"a/2024-01-01\.json has 600 MB, and 512 MB is the limit"):
        open_archive(tmp_path)
