import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.archive import discord_chunks
from adapters.archive.discord_chunks import MessageChunks, Row
from adapters.archive.import_report import Damaged

# Text that people may write and that resembles the structure of the file.
TEXTS = st.lists(
    st.sampled_from(
        [
            '"',
            "\\",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            '{ "id": "1", "type": ',
            '"messages": [',
            "\n",
            "é",
            "😀",
            "id",
            " ",
        ]
    ),
    max_size=8,
).map("".join)
NESTED = st.sampled_from(
    [
        {},
        {"interaction": {"id": "9", "name": "x", "user": {"id": "8", "name": "y"}}},
        {"components": [{"id": "1", "type": "Button"}, {"id": "2", "type": "Button", "timestamp": "x"}]},
        {"quoted": [{"id": "3", "type": "Default"}, {"id": "4", "type": "Default", "content": "},{"}]},
    ]
)
LAYOUTS = st.sampled_from([{"indent": 2}, {"indent": 4}, {"separators": (",", ":")}, {}])


def message(number: int, content: str, nested: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(number),
        "type": "Default",
        "timestamp": "2024-03-04T10:00:00+00:00",
        "content": content,
        "author": {"id": "7", "name": "x", "isBot": False, "roles": [{"id": "1", "name": "{"}]},
        **nested,
        "reactions": [{"emoji": {"id": "", "name": "+1"}, "count": 2, "users": []}],
    }


def written(messages: list[dict[str, Any]], layout: dict[str, Any], **after: Any) -> bytes:
    value = {
        "guild": {"id": "1"},
        "channel": {"id": "2", "type": "GuildTextChat"},
        "messages": messages,
        **after,
    }
    return json.dumps(value, ensure_ascii=False, **layout).encode()


def in_chunks(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[at : at + size] for at in range(0, len(raw), size))


def taken(raw: bytes, size: int = 4096) -> tuple[list[Row], MessageChunks]:
    pieces = MessageChunks(in_chunks(raw, size))
    return [row for rows in pieces for row in rows], pieces


@given(
    st.lists(st.tuples(TEXTS, NESTED), max_size=30),
    LAYOUTS,
    st.integers(1, 3000),
    st.booleans(),
)
def test_any_chunk_size_gives_the_same_messages(
    talk: list[tuple[str, dict[str, Any]]], layout: dict[str, Any], size: int, windows: bool
) -> None:
    messages = [message(number, text, nested) for number, (text, nested) in enumerate(talk)]
    raw = written(messages, layout, messageCount=len(messages), exportedAt="2024-01-01T00:00:00+00:00")
    rows, pieces = taken(raw.replace(b"\n", b"\r\n") if windows else raw, size)
    assert [(row.id, row.content) for row in rows] == [(one["id"], one["content"]) for one in messages]
    assert (pieces.damaged, pieces.fault) == (0, "")


@given(st.integers(0, 39), st.data(), st.integers(50, 5000))
def test_damage_in_one_message_costs_that_message(victim: int, data: st.DataObject, size: int) -> None:
    messages = [message(number, f"words {number}", {}) for number in range(40)]
    raw = written(messages, {"indent": 2}, messageCount=40)
    begin = raw.index(b'"content": "words %d"' % victim)
    # A quote, a brace or a part of one message is lost, between its beginning and that of the next.
    place = raw.index(data.draw(st.sampled_from([b'"', b"{", b"}", b"words", b'"author": {'])), begin)
    length = data.draw(st.integers(1, 12))
    rows, pieces = taken(raw[:place] + raw[place + length :], size)
    left = {row.id for row in rows}
    assert left >= {str(number) for number in range(40) if number != victim}
    assert pieces.damaged == (0 if str(victim) in left else 1)
    assert pieces.fault == ""


@given(st.integers(1, 20_000), st.integers(50, 5000))
def test_wherever_a_file_is_cut_off_the_messages_before_are_read(cut: int, size: int) -> None:
    messages = [message(number, f"words {number}", {}) for number in range(40)]
    raw = written(messages, {"indent": 2}, messageCount=40)
    kept = raw[: max(len(raw) - cut, 200)]
    rows, pieces = taken(kept, size)
    whole = kept.count(b'"count": 2')
    assert whole - 1 <= len(rows) <= whole
    is_closed = len(kept) > raw.rindex(b"]")
    assert pieces.fault == ("" if is_closed else "is cut off: its list of messages does not end")


@given(st.binary(max_size=400), st.integers(1, 4000), st.integers(50, 3000))
@settings(max_examples=200, deadline=None)
def test_rubbish_in_the_middle_is_survived(rubbish: bytes, place: int, size: int) -> None:
    messages = [message(number, f"words {number}", {}) for number in range(40)]
    raw = written(messages, {"indent": 2}, messageCount=40)
    place += raw.index(b'"words 5"')
    rows, _ = taken(raw[:place] + rubbish + raw[place:], size)
    hit = raw[:place].count(b'"content"') - 1
    # The damaged message is lost or changed, and perhaps the next one, if its beginning is damaged, too.
    expected = {str(number) for number in range(40)} - {str(hit), str(hit + 1)}
    assert {row.id for row in rows} >= expected


def test_a_message_that_never_ends_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord_chunks, "MESSAGE_LIMIT", 10_000)
    messages = [message(number, f"words {number}", {}) for number in range(3)]
    raw = written(messages, {"indent": 2}, messageCount=3)
    place = raw.index(b"words 1")
    longest = 0

    def chunks() -> Iterator[bytes]:
        nonlocal longest
        for chunk in in_chunks(raw[:place] + b'", {{{[[[' * 20_000 + raw[place:], 1_000):
            yield chunk
            longest = max(longest, len(pieces._data))

    pieces = MessageChunks(chunks())
    rows = [row for block in pieces for row in block]
    assert {row.id for row in rows} == {"0", "2"}
    assert longest < 12_000


def test_a_file_of_nothing_but_damage_is_given_up() -> None:
    raw = written([{"id": str(number), "type": "Default", "author": 1} for number in range(5_000)], {})
    rows, pieces = taken(raw, 100_000)
    assert rows == []
    assert pieces.fault == "is damaged in more than 1,000 places"


def test_a_stream_that_breaks_keeps_what_came() -> None:
    raw = written([message(number, "x", {}) for number in range(20)], {"indent": 2})

    def chunks() -> Iterator[bytes]:
        yield raw[:3_000]
        raise Damaged("is damaged: its checksum is wrong")

    pieces = MessageChunks(chunks())
    assert len([row for rows in pieces for row in rows]) == raw[:3_000].count(b'"count"')
    assert pieces.fault == "is damaged: its checksum is wrong"


@pytest.mark.parametrize("raw", [b"", b"{", b'{"messages": 5}', b"[1, 2]", b"\x00" * 50])
def test_a_file_without_messages_says_so(raw: bytes) -> None:
    rows, pieces = taken(raw)
    assert rows == []
    assert pieces.fault == "has no list of messages"
