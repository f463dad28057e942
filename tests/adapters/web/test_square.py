"""The square keeps what was said, who may see it and what is new to whom."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.web import message_store
from adapters.web.history import replay
from adapters.web.local_platform import LocalPlatform, direct_to
from adapters.web.message_store import Change
from facilitation.core.values.events import (
    Event,
    MemberJoined,
    MessageDeleted,
    MessagePosted,
    Profile,
    ReactionAdded,
    ReactionRemoved,
    SpaceRef,
)
from tests.adapters.contract.puppet import ANA, BEN, CHI, DEV, PARTS, renderable, roster

AT = datetime(2025, 5, 5, 8, tzinfo=UTC)


@pytest.fixture
def square() -> LocalPlatform:
    return LocalPlatform(roster(SpaceRef("page", "test")))


def test_everyone_has_a_direct_message_and_the_public_channels(square: LocalPlatform) -> None:
    assert {spot.handle for spot in square.places_of(BEN)} == {direct_to(BEN), "C-general", "C-help"}
    assert "C-quiet" in {spot.handle for spot in square.places_of(ANA)}


def test_ids_stay_in_order_while_the_clock_stands(square: LocalPlatform) -> None:
    for word in ("one", "two", "three"):
        square.post(ANA, "C-general", word, AT)
    ids = [message.id for message in square.board.talk("C-general", BEN)]
    assert ids == sorted(set(ids), key=float)
    assert [message.text for message in square.board.talk("C-general", BEN)] == ["one", "two", "three"]


def test_writing_in_a_channel_enters_it(square: LocalPlatform) -> None:
    joined, posted = square.post(DEV, "C-help", "Hello?", AT)
    assert isinstance(joined, MemberJoined)
    assert (joined.place, joined.who.handle) == ("C-help", DEV)
    assert isinstance(posted, MessagePosted)
    assert posted.question
    assert square.places["C-help"].has(DEV)


def test_somebody_new_enters_the_channels_most_people_are_in(square: LocalPlatform) -> None:
    happened = square.join(Profile("noor", "Noor", "Europe/Lisbon"), AT)
    assert [joined.place for joined in happened if isinstance(joined, MemberJoined)] == [
        "",
        "C-general",
        "C-help",
    ]
    assert not square.places["C-quiet"].has("noor")
    assert direct_to("noor") in {spot.handle for spot in square.places_of("noor")}


def test_new_messages_of_others_are_unread_until_looked_at(square: LocalPlatform) -> None:
    square.post(ANA, "C-general", "one", AT)
    square.post(BEN, "C-general", "two", AT)
    assert (square.board.unread("C-general", ANA), square.board.unread("C-general", CHI)) == (1, 2)
    square.board.read("C-general", ANA)
    assert (square.board.unread("C-general", ANA), square.board.unread("C-general", CHI)) == (0, 2)


def test_an_answer_is_seen_by_one_person(square: LocalPlatform) -> None:
    square.whisper(ANA, "C-general", renderable(PARTS["text"]), AT)
    assert len(square.board.talk("C-general", ANA)) == 1
    assert square.board.talk("C-general", BEN) == []
    assert square.board.unread("C-general", BEN) == 0


def test_reactions_come_and_go(square: LocalPlatform) -> None:
    square.post(ANA, "C-general", "done", AT)
    message = square.board.talk("C-general", ANA)[0].id
    (added,) = square.react(BEN, message, "tada", AT)
    assert isinstance(added, ReactionAdded)
    found = square.board.get(message)
    assert found is not None
    assert found.reactions == {"tada": (BEN,)}
    (removed,) = square.react(BEN, message, "tada", AT)
    assert isinstance(removed, ReactionRemoved)
    found = square.board.get(message)
    assert found is not None
    assert found.reactions == {}


def test_listeners_hear_until_they_stop(square: LocalPlatform) -> None:
    heard: list[Change] = []
    stop = square.board.listen(heard.append)
    square.post(ANA, "C-general", "one", AT)
    stop()
    square.post(ANA, "C-general", "two", AT)
    assert [change.message.text for change in heard if change.message] == ["one"]


def test_only_the_latest_messages_are_kept(square: LocalPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_store, "KEPT", 3)
    for number in range(5):
        square.post(ANA, "C-general", str(number), AT)
    assert [message.text for message in square.board.talk("C-general", ANA)] == ["2", "3", "4"]


def test_history_is_visible_and_read(square: LocalPlatform) -> None:
    def said(minute: int, who: str, text: str, thread: str = "") -> MessagePosted:
        at = AT - timedelta(minutes=60 - minute)
        return MessagePosted(at, "C-general", f"m{minute}", who, text, thread=thread, reply=bool(thread))

    happened: list[Event] = [
        MemberJoined(AT - timedelta(days=1), Profile("eve", "Eve Adler"), "C-general"),
        said(1, ANA, "first"),
        said(2, BEN, "reply", thread="m1"),
        said(3, BEN, "gone"),
        ReactionAdded(AT, "C-general", "m1", BEN, "+1"),
        MessageDeleted(AT, "C-general", "m3"),
        MessagePosted(AT, "C-unknown", "m9", ANA, "elsewhere"),
    ]
    replay(square, happened)
    note, first = square.board.talk("C-general", CHI)
    assert (note.kind, note.author, note.text) == ("note", "eve", "joined #general")
    assert (first.text, first.reactions) == ("first", {"+1": (BEN,)})
    assert [message.text for message in square.board.thread("C-general", "m1", CHI)] == ["reply"]
    assert square.board.unread("C-general", CHI) == 0
    square.post(ANA, "C-general", "new", AT - timedelta(days=3))
    assert square.board.talk("C-general", CHI)[-1].at > AT - timedelta(minutes=60)
