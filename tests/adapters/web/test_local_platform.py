"""The local platform keeps messages, who may see them, and what is new to whom."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.web.local import message_store
from adapters.web.local.history import load_history
from adapters.web.local.local_platform import LocalPlatform, direct_message_with
from adapters.web.local.message_store import Change
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
def platform() -> LocalPlatform:
    return LocalPlatform(roster(SpaceRef("page", "test")))


def test_everyone_has_a_direct_message_and_the_public_channels(platform: LocalPlatform) -> None:
    assert {spot.handle for spot in platform.places_of(BEN)} == {
        direct_message_with(BEN),
        "C-general",
        "C-help",
    }
    assert "C-quiet" in {spot.handle for spot in platform.places_of(ANA)}


def test_ids_stay_in_order_while_the_clock_stands(platform: LocalPlatform) -> None:
    for word in ("one", "two", "three"):
        platform.post(ANA, "C-general", word, AT)
    ids = [message.id for message in platform.messages.in_place("C-general", BEN)]
    assert ids == sorted(set(ids), key=float)
    assert [message.text for message in platform.messages.in_place("C-general", BEN)] == [
        "one",
        "two",
        "three",
    ]


def test_writing_in_a_channel_enters_it(platform: LocalPlatform) -> None:
    joined, posted = platform.post(DEV, "C-help", "Hello?", AT)
    assert isinstance(joined, MemberJoined)
    assert (joined.place, joined.who.handle) == ("C-help", DEV)
    assert isinstance(posted, MessagePosted)
    assert posted.question
    assert platform.places["C-help"].includes(DEV)


def test_somebody_new_enters_the_channels_most_people_are_in(platform: LocalPlatform) -> None:
    happened = platform.join_space(Profile("noor", "Noor", "Europe/Lisbon"), AT)
    assert [joined.place for joined in happened if isinstance(joined, MemberJoined)] == [
        "",
        "C-general",
        "C-help",
    ]
    assert not platform.places["C-quiet"].includes("noor")
    assert direct_message_with("noor") in {spot.handle for spot in platform.places_of("noor")}


def test_new_messages_of_others_are_unread_until_looked_at(platform: LocalPlatform) -> None:
    platform.post(ANA, "C-general", "one", AT)
    platform.post(BEN, "C-general", "two", AT)
    assert (
        platform.messages.unread_count("C-general", ANA),
        platform.messages.unread_count("C-general", CHI),
    ) == (1, 2)
    platform.messages.mark_read("C-general", ANA)
    assert (
        platform.messages.unread_count("C-general", ANA),
        platform.messages.unread_count("C-general", CHI),
    ) == (0, 2)


def test_an_answer_is_seen_by_one_person(platform: LocalPlatform) -> None:
    platform.post_ephemeral(ANA, "C-general", renderable(PARTS["text"]), AT)
    assert len(platform.messages.in_place("C-general", ANA)) == 1
    assert platform.messages.in_place("C-general", BEN) == []
    assert platform.messages.unread_count("C-general", BEN) == 0


def test_reactions_come_and_go(platform: LocalPlatform) -> None:
    platform.post(ANA, "C-general", "done", AT)
    message = platform.messages.in_place("C-general", ANA)[0].id
    (added,) = platform.toggle_reaction(BEN, message, "tada", AT)
    assert isinstance(added, ReactionAdded)
    found = platform.messages.get(message)
    assert found is not None
    assert found.reactions == {"tada": (BEN,)}
    (removed,) = platform.toggle_reaction(BEN, message, "tada", AT)
    assert isinstance(removed, ReactionRemoved)
    found = platform.messages.get(message)
    assert found is not None
    assert found.reactions == {}


def test_subscribers_are_notified_until_they_unsubscribe(platform: LocalPlatform) -> None:
    received: list[Change] = []
    stop = platform.messages.subscribe(received.append)
    platform.post(ANA, "C-general", "one", AT)
    stop()
    platform.post(ANA, "C-general", "two", AT)
    assert [change.message.text for change in received if change.message] == ["one"]


def test_only_the_latest_messages_are_kept(platform: LocalPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_store, "CAPACITY", 3)
    for number in range(5):
        platform.post(ANA, "C-general", str(number), AT)
    assert [message.text for message in platform.messages.in_place("C-general", ANA)] == ["2", "3", "4"]


def test_history_is_visible_and_read(platform: LocalPlatform) -> None:
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
    load_history(platform, happened)
    note, first = platform.messages.in_place("C-general", CHI)
    assert (note.kind, note.author, note.text) == ("notice", "eve", "joined #general")
    assert (first.text, first.reactions) == ("first", {"+1": (BEN,)})
    assert [message.text for message in platform.messages.in_thread("C-general", "m1", CHI)] == ["reply"]
    assert platform.messages.unread_count("C-general", CHI) == 0
    platform.post(ANA, "C-general", "new", AT - timedelta(days=3))
    assert platform.messages.in_place("C-general", CHI)[-1].at > AT - timedelta(minutes=60)
