"""The catalogue: what was typed finds its command, or the nearest ones are offered."""

import pytest
from pydantic import Field

from facilitation.core.ask import Ask, Call, Due, Role
from facilitation.core.effects import Effects
from facilitation.core.errors import Refusal
from facilitation.core.happenings import MemberJoined, MessagePosted, Profile
from facilitation.core.room import Catalogue, Room, Root
from tests.conftest import NOW


class Share(Ask):
    """Put a link
    on the shelf."""

    note: str = Field(default="")


class Find(Ask):
    """Search the shelf."""

    words: str = Field(default="")


class Settings(Ask):
    """Change settings."""


class List(Ask):
    """List coordinators."""


class Add(Ask):
    """Add a coordinator."""


class Tick(Ask):
    """The clock asks."""


room = Room("resources", "The shelf")


@room.command("share")
async def share(ask: Share, call: Call) -> Effects:
    return []


@room.command("find", more=True)
async def find(ask: Find, call: Call) -> Effects:
    return []


@room.command("settings", role=Role.COORDINATOR)
async def settings(ask: Settings, call: Call) -> Effects:
    return []


@room.command("coordinators list", role=Role.COORDINATOR)
async def listing(ask: List, call: Call) -> Effects:
    return []


@room.command("coordinators add", open_door=True)
async def adding(ask: Add, call: Call) -> Effects:
    return []


@room.action()
async def tick(ask: Tick, due: Due) -> Effects:
    return []


@room.on(MemberJoined)
async def joined() -> Effects:
    return []


@room.on(MessagePosted, when=lambda message: message.question)
async def asked() -> Effects:
    return []


CATALOGUE = Catalogue([room])


@pytest.mark.parametrize(
    ("root", "words", "action"),
    [
        ("cop", "share", "resources.share"),
        ("cop", "SHARE something", "resources.share"),
        ("cop", "  find   it ", "resources.find"),
        ("coordinate", "coordinators add", "resources.adding"),
        ("coordinate", "Coordinators List", "resources.listing"),
    ],
)
def test_a_command_is_found_by_its_words(root: Root, words: str, action: str) -> None:
    found, _ = CATALOGUE.parse(root, words)
    assert found.id == action


def test_the_words_after_a_command_are_its_arguments() -> None:
    assert CATALOGUE.parse("cop", "share Find this")[1] == {"note": "Find this"}


@pytest.mark.parametrize(
    ("root", "words", "offer"),
    [
        ("cop", "shar https://x.org", "I don’t know “shar https://x.org”. Did you mean /cop share?"),
        ("cop", "fnid", "Did you mean /cop find?"),
        ("cop", "xyzzy", "I don’t know “xyzzy”. /cop help shows what I can do."),
        ("cop", "settings", "That one stands under /coordinate: type /coordinate settings"),
        ("coordinate", "share x", "That one stands under /cop: type /cop share x"),
        (
            "coordinate",
            "coordinators",
            "You can type: /coordinate coordinators list · /coordinate coordinators add",
        ),
        ("coordinate", "coordinators ad", "/coordinate coordinators add"),
        ("cop", "", "/cop help"),
        ("cop", '"', "/cop help"),
    ],
)
def test_an_unknown_command_is_answered_with_the_nearest(root: Root, words: str, offer: str) -> None:
    with pytest.raises(Refusal) as caught:
        CATALOGUE.parse(root, words)
    assert offer in str(caught.value)


def test_coordinators_commands_stand_apart() -> None:
    assert [action.command for action in CATALOGUE.commands("cop")] == ["share", "find"]
    assert [action.command for action in CATALOGUE.commands("coordinate")] == [
        "settings",
        "coordinators list",
        "coordinators add",
    ]


def test_beginnings_are_completed_with_their_help() -> None:
    assert CATALOGUE.complete("cop", "sh") == [("share", "Put a link on the shelf.")]
    assert [command for command, _ in CATALOGUE.complete("coordinate", "Coordinators ")] == [
        "coordinators list",
        "coordinators add",
    ] or [command for command, _ in CATALOGUE.complete("coordinate", "Coordinators")] == [
        "coordinators list",
        "coordinators add",
    ]
    assert CATALOGUE.complete("cop", "x") == []


def test_what_only_the_clock_asks_is_not_for_people() -> None:
    action = CATALOGUE.of(Tick)
    assert action.by_clock
    assert not CATALOGUE.of(Share).by_clock


def test_a_handler_must_be_for_people_or_for_the_clock() -> None:
    async def neither(ask: Share) -> Effects:
        return []

    with pytest.raises(TypeError, match="annotate one parameter as Call or as Due"):
        Room("x", "x").action()(neither)


def test_an_ear_hears_its_kind_and_only_when_it_wants() -> None:
    question = MessagePosted(NOW, "C1", "1", "U1", "why?", question=True)
    remark = MessagePosted(NOW, "C1", "2", "U1", "so")
    assert len(CATALOGUE.ears_for(question)) == 1
    assert CATALOGUE.ears_for(remark) == []
    assert len(CATALOGUE.ears_for(MemberJoined(NOW, Profile("U1")))) == 1
