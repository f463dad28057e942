import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.archive import discord_export
from adapters.archive.detection import open_archive
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import (
    ChannelFacts,
    Event,
    MemberChanged,
    MemberJoined,
    MessagePosted,
    Profile,
    SpaceRef,
)
from tests.adapters.archive.conftest import SMALL, Opened, Zipped, read

EXPORT = SMALL / "discord-small"
GENERAL = EXPORT / "Small - talk - general [1001].json"
THREAD = EXPORT / "Small - general - How do you brew [1002].json"
KOFI, LENA, MEI = Profile("21", "Kofi"), Profile("22", "Lena"), Profile("23", "Mei")


def moment(hour: int, minute: int = 0, micro: int = 0) -> datetime:
    return datetime(2024, 3, 4, hour, minute, 0, micro, UTC)


def test_channel_and_thread_are_merged_and_each_person_reported_once() -> None:
    look = MessagePosted(
        moment(7, micro=500_000),
        "1001",
        "5002",
        "22",
        'Look, { "id": "1", "type": "Default", } is not a message. See <https://example.org/a?b=1>.',
        links=("https://example.org/a?b=1",),
        reactions=3,
    )
    answer = MessagePosted(
        moment(12),
        "1001",
        "5005",
        "21",
        "@Lena [here](https://example.org/(x)) and https://example.net, did you see?",
        refers_to="5002",
        reply=True,
        links=("https://example.org/(x)", "https://example.net"),
        question=True,
    )
    assert read(EXPORT) == [
        MemberChanged(moment(7, micro=500_000), LENA),
        look,
        MemberJoined(moment(8), KOFI),
        MemberChanged(moment(11), MEI),
        MessagePosted(
            moment(11), "1001", "5101", "23", "How do you brew?", thread="1002", reply=True, question=True
        ),
        answer,
        MessagePosted(
            moment(13), "1001", "5102", "22", "Slowly.", thread="1002", refers_to="5101", reply=True
        ),
        MessagePosted(
            moment(13, 5),
            "1001",
            "5103",
            "23",
            "The message this answered is gone.",
            thread="1002",
            reply=True,
        ),
    ]


def test_roster_knows_the_channels_at_once_and_the_people_after_reading(opened: Opened) -> None:
    archive = opened(EXPORT)
    roster = archive.roster()
    assert (roster.space, roster.name, roster.people) == (SpaceRef("discord", "9000"), "Small", ())
    assert roster.channels == (
        ChannelFacts("1003", "forum"),
        ChannelFacts("1001", "general", topic="Tea & talk"),
    )
    list(archive.events())
    assert set(archive.roster().people) == {KOFI, LENA, MEI}


def test_what_was_left_out_is_said(opened: Opened) -> None:
    archive = opened(EXPORT)
    list(archive.events())
    assert archive.problems == [
        "package.json: is not from DiscordChatExporter; left out",
        "Elsewhere - general [1101].json: is of another server; left out",
        "Small - board - Salaries [1006].json: is a private thread; not read",
        "left out: ChannelPinnedMessage, 1 row",
        "left out: from bots, 1 row",
    ]
    assert archive.read_bytes == archive.total_bytes


@pytest.mark.parametrize("within", ["", "exports/march/"])
def test_zip_reads_like_the_folder(zipped: Zipped, within: str) -> None:
    assert read(zipped(EXPORT, within)) == read(EXPORT)


def test_one_file_is_an_archive_too() -> None:
    assert [found.message for found in read(THREAD) if isinstance(found, MessagePosted)] == [
        "5101",
        "5102",
        "5103",
    ]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "general.json"
    path.write_bytes(b"\xef\xbb\xbf" + GENERAL.read_bytes().replace(b"\n", b"\r\n"))
    assert read(path) == read(GENERAL)


def test_a_minified_file_reads_like_an_indented_one(tmp_path: Path) -> None:
    path = tmp_path / "general.json"
    path.write_text(json.dumps(json.loads(GENERAL.read_text()), separators=(",", ":")))
    assert read(path) == read(GENERAL)


@pytest.mark.parametrize("order", ["sorted keys", "messages first"])
def test_a_file_in_another_layout_is_read_whole(tmp_path: Path, order: str) -> None:
    value = json.loads(GENERAL.read_text())
    if order == "messages first":
        value = {"messages": value.pop("messages"), **value}
    path = tmp_path / "general.json"
    path.write_text(json.dumps(value, sort_keys=order == "sorted keys"))
    assert read(path) == read(GENERAL)


def test_a_large_file_in_another_layout_is_named(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "general.json").write_text(json.dumps(json.loads(GENERAL.read_text()), sort_keys=True))
    (tmp_path / "thread.json").write_bytes(THREAD.read_bytes())
    monkeypatch.setattr(discord_export, "MAX_WHOLE_BYTES", 100)
    archive = opened(tmp_path)
    assert [found.who for found in archive.events() if isinstance(found, MessagePosted)] == [
        "23",
        "22",
        "23",
    ]
    assert archive.problems[0].startswith("general.json: is not laid out as DiscordChatExporter does")


# Merging -----------------------------------------------------------------------------------------


def export(path: Path, messages: list[dict[str, Any]], **channel: Any) -> Path:
    value = {
        "guild": {"id": "1", "name": "G", "iconUrl": ""},
        "channel": {"id": path.stem, "type": "GuildTextChat", "name": path.stem, **channel},
        "messages": messages,
        "messageCount": len(messages),
    }
    path.write_text(json.dumps(value, indent=2))
    return path


def message(number: int, minutes: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "type": "Default",
        "timestamp": (moment(9) + timedelta(minutes=minutes)).isoformat(timespec="milliseconds"),
        "content": f"words {number}",
        "author": {"id": str(number % 5), "name": f"person{number % 5}", "isBot": False},
        "reactions": [],
        **fields,
    }


def posted(events: list[Event]) -> list[MessagePosted]:
    return [event for event in events if isinstance(event, MessagePosted)]


def test_many_files_give_one_order(tmp_path: Path) -> None:
    for name in range(40):
        export(
            tmp_path / f"{name}.json", [message(100 * name + n, 7 * n + 3 * name) for n in range(name % 6)]
        )
    found = posted(read(tmp_path))
    assert len(found) == sum(name % 6 for name in range(40))
    assert [event.at for event in found] == sorted(event.at for event in found)


def test_a_message_in_two_files_of_one_channel_counts_once(opened: Opened, tmp_path: Path) -> None:
    first = [message(n, n) for n in range(6)]
    export(tmp_path / "part1.json", first, id="7")
    export(tmp_path / "part2.json", [message(n, n) for n in range(4, 9)], id="7")
    archive = opened(tmp_path)
    assert [found.message for found in posted(list(archive.events()))] == [str(n) for n in range(9)]
    assert archive.problems == ["left out: seen twice, 2 rows"]


def test_newest_first_is_turned_round(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord_export, "CHUNK", 2_000)
    monkeypatch.setattr(discord_export, "MIN_CHUNK", 2_000)
    export(tmp_path / "a.json", [message(n, n) for n in range(200, 0, -1)])
    export(tmp_path / "b.json", [message(1000 + n, n) for n in range(0, 200, 50)])
    archive = opened(tmp_path)
    found = posted(list(archive.events()))
    assert len(found) == 204
    assert [event.at for event in found] == sorted(event.at for event in found)
    assert archive.problems == []


def test_a_thread_without_its_parent_s_id_is_held_by_the_parent_s_name(tmp_path: Path) -> None:
    path = export(tmp_path / "5.json", [message(1, 1)], type="GuildPublicThread", category="forum")
    [found] = posted(read(path))
    assert (found.place, found.thread) == ("forum", "5")


def test_odd_messages_cost_themselves_only(opened: Opened, tmp_path: Path) -> None:
    odd = [
        message(1, 1),
        message(2, 2, author=None),
        message(3, 3, timestamp="yesterday"),
        message(4, 4, content="half \ud83d", timestamp="2024-03-04T09:04:00"),
        message(5, 5, content=None, reactions=None, reference=None),
        message(6, 6),
    ]
    archive = opened(export(tmp_path / "7.json", odd))
    found = posted(list(archive.events()))
    assert [(one.message, one.text) for one in found] == [
        ("1", "words 1"),
        ("4", "half �"),
        ("5", ""),
        ("6", "words 6"),
    ]
    assert archive.problems == ["7.json: 2 messages cannot be read; the others go in"]


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "1970-01-01T00:00:00Z"]
)
def test_an_impossible_time_costs_one_message(opened: Opened, tmp_path: Path, at: str) -> None:
    messages = [message(1, 1), message(2, 2, timestamp=at), message(3, 3)]
    archive = opened(export(tmp_path / "7.json", messages))
    assert [one.message for one in posted(list(archive.events()))] == ["1", "3"]
    assert archive.problems == ["left out: without a usable time, 1 row"]


def test_a_file_that_is_cut_off_gives_what_stands_before(opened: Opened, tmp_path: Path) -> None:
    path = export(tmp_path / "7.json", [message(n, n) for n in range(10)])
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b'"words 7"')])
    archive = opened(path)
    assert [found.message for found in posted(list(archive.events()))] == [str(n) for n in range(7)]
    assert archive.problems == [
        "7.json: is cut off: its list of messages does not end; what stands before goes in"
    ]


@pytest.mark.parametrize("kind", ["DirectTextChat", "DirectGroupTextChat", "GuildPrivateThread"])
def test_private_talk_alone_is_refused(tmp_path: Path, kind: str) -> None:
    path = export(tmp_path / "7.json", [message(1, 1)], type=kind)
    with pytest.raises(BadInput, match="only direct messages or private threads"):
        open_archive(path)
