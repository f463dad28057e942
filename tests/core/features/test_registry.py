"""The catalogue: what was typed finds its command, or the nearest ones are offered."""

import pytest
from pydantic import Field

from facilitation.core.features.feature import Feature, Root
from facilitation.core.features.registry import Registry
from facilitation.core.values.commands import Command, Context, Due, Role
from facilitation.core.values.effects import Effects
from facilitation.core.values.errors import Refusal
from facilitation.core.values.events import MemberJoined, MessagePosted, Profile
from tests.conftest import NOW


class Share(Command):
    """Put a link
    on the shelf."""

    note: str = Field(default="")


class Find(Command):
    """Search the shelf."""

    words: str = Field(default="")


class Settings(Command):
    """Change settings."""


class List(Command):
    """List coordinators."""


class Add(Command):
    """Add a coordinator."""


class Tick(Command):
    """The clock asks."""


feature = Feature("resources", "The shelf")


@feature.command("share", id="resources.share")
async def share(command: Share, call: Context) -> Effects:
    return []


@feature.command("find", id="resources.find")
async def find(command: Find, call: Context) -> Effects:
    return []


@feature.command("settings", id="resources.settings", role=Role.COORDINATOR)
async def settings(command: Settings, call: Context) -> Effects:
    return []


@feature.command("coordinators list", id="resources.listing", role=Role.COORDINATOR)
async def listing(command: List, call: Context) -> Effects:
    return []


@feature.command("coordinators add", id="resources.adding", handler_authorizes=True)
async def adding(command: Add, call: Context) -> Effects:
    return []


@feature.action(id="resources.tick")
async def tick(command: Tick, due: Due) -> Effects:
    return []


@feature.on(MemberJoined)
async def joined() -> Effects:
    return []


@feature.on(MessagePosted, when=lambda message: message.question)
async def asked() -> Effects:
    return []


REGISTRY = Registry([feature])


@pytest.mark.parametrize(
    ("root", "words", "endpoint"),
    [
        ("cop", "share", "resources.share"),
        ("cop", "SHARE something", "resources.share"),
        ("cop", "  find   it ", "resources.find"),
        ("coordinate", "coordinators add", "resources.adding"),
        ("coordinate", "Coordinators List", "resources.listing"),
    ],
)
def test_a_command_is_found_by_its_words(root: Root, words: str, endpoint: str) -> None:
    found, _ = REGISTRY.parse(root, words)
    assert found.id == endpoint


def test_the_words_after_a_command_are_its_arguments() -> None:
    assert REGISTRY.parse("cop", "share Find this")[1] == {"note": "Find this"}


@pytest.mark.parametrize(
    ("root", "words", "offer"),
    [
        ("cop", "shar https://x.org", "I don’t know “shar https://x.org”. Did you mean /cop share?"),
        ("cop", "fnid", "Did you mean /cop find?"),
        ("cop", "xyzzy", "I don’t know “xyzzy”. /cop help shows what I can do."),
        ("cop", "settings", "That command is under /coordinate: type /coordinate settings"),
        ("coordinate", "share x", "That command is under /cop: type /cop share x"),
        (
            "coordinate",
            "coordinators",
            "You can type: /coordinate coordinators list · /coordinate coordinators add",
        ),
        ("coordinate", "coordinators", "That needs one more word."),
        ("coordinate", "coordinators ad", "I don’t know “coordinators ad”. You can type: /coordinate"),
        ("cop", "", "/cop help"),
        ("cop", '"', "/cop help"),
    ],
)
def test_an_unknown_command_is_answered_with_the_nearest(root: Root, words: str, offer: str) -> None:
    with pytest.raises(Refusal) as caught:
        REGISTRY.parse(root, words)
    assert offer in str(caught.value)


def test_coordinators_commands_stand_apart() -> None:
    assert [endpoint.words for endpoint in REGISTRY.commands("cop")] == ["share", "find"]
    assert [endpoint.words for endpoint in REGISTRY.commands("coordinate")] == [
        "settings",
        "coordinators list",
        "coordinators add",
    ]


def test_beginnings_are_completed_with_their_help() -> None:
    assert REGISTRY.complete("cop", "sh") == [("share", "Put a link on the shelf.")]
    assert [command for command, _ in REGISTRY.complete("coordinate", "Coordinators ")] == [
        "coordinators list",
        "coordinators add",
    ] or [command for command, _ in REGISTRY.complete("coordinate", "Coordinators")] == [
        "coordinators list",
        "coordinators add",
    ]
    assert REGISTRY.complete("cop", "x") == []


def test_what_only_the_clock_asks_is_not_for_people() -> None:
    endpoint = REGISTRY.endpoint_of(Tick)
    assert endpoint.by_clock
    assert not REGISTRY.endpoint_of(Share).by_clock


def test_a_handler_must_be_for_people_or_for_the_clock() -> None:
    async def neither(command: Share) -> Effects:
        return []

    with pytest.raises(TypeError, match="annotate one parameter as Context or as Due"):
        Feature("x", "x").action(id="x.neither")(neither)


def test_a_listener_hears_its_kind_and_only_when_it_wants() -> None:
    question = MessagePosted(NOW, "C1", "1", "U1", "why?", question=True)
    remark = MessagePosted(NOW, "C1", "2", "U1", "so")
    assert len(REGISTRY.listeners_for(question)) == 1
    assert REGISTRY.listeners_for(remark) == []
    assert len(REGISTRY.listeners_for(MemberJoined(NOW, Profile("U1")))) == 1
