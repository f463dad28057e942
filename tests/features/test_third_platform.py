"""All features on a platform that no code knows: they ask for its capabilities, and never for a name.

On this one the bot may not write to people unasked, and a form cannot follow a form.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.features import FEATURES
from facilitation.concern import Fallback
from facilitation.core.platforms.capabilities import Capabilities
from facilitation.core.platforms.surface import RenderableCard, Response
from facilitation.core.values.cards import Button, Buttons, Card, buttons_in
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import SpaceRef
from storage.communities import People
from storage.sealing import Seals
from storage.unit import Units
from tests.features.community import CHARTER, FALLBACK, KEY, channel_messages, direct_messages
from tests.testbed import Testbed, make_testbed, words_of

ROOT = Path(__file__).parents[2]
CAMPFIRE = SpaceRef("campfire", "T1")
NOTE = "Whoever has the key to this camp can read along."
DECLARED = {"campfire": Capabilities("Campfire", can_message_unasked=False, small_group_note=NOTE)}
EIGHT = ("ines", "marek", "nadia", "kofi", "lena", "ravi", "sara", "tom")
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


class Campfire(Testbed):
    """A community on the platform; remembers all that it showed."""

    def __init__(self, bed: Testbed) -> None:
        super().__init__(bed.units, bed.clock, bed.dispatcher, bed.courier, bed.surface, bed.space)
        self.shown: list[str] = []

    async def send(self, who: str, words: str = "", **more: Any) -> Response:
        response = await super().send(who, words, **more)
        form = response.form
        if form is not None:
            self.shown += [form.title, *(f"{f.label} {f.hint}" for f in form.fields), *form.errors.values()]
        if form is not None and not form.errors and more.get("submitted"):
            button = Button("Open the form", form.command, dict(form.kept))
            response = replace(response, form=None, renderable=_card(Buttons((button,))))
        self.shown.append(words_of(response))
        return response

    async def fill(self, who: str, seen: Response, **values: Any) -> Response:
        """Fill in a form that is open, and submit it."""
        assert seen.form is not None, words_of(seen)
        filled = {field.name: field.value for field in seen.form.fields if field.value is not None}
        response = await self.submit(who, seen.form.command, **{**seen.form.kept, **filled, **values})
        assert not (response.form and response.form.errors), response.form
        await self.settle()
        return response

    def texts(self) -> str:
        """All that people were shown: forms, responses and posts."""
        return "\n".join([*self.shown, *(post.words for post in self.surface.posts)])


def _card(*parts: Any) -> RenderableCard:
    return RenderableCard(Card(parts=parts))


async def campfire(units: Units, clock: VirtualClock, capabilities: Mapping[str, Capabilities]) -> Campfire:
    """Settings saved and *Begin* pressed; ines coordinates."""
    units.seals = Seals([KEY])
    bed = Campfire(
        await make_testbed(
            units,
            clock,
            FEATURES,
            people=EIGHT,
            space=CAMPFIRE,
            capabilities=capabilities,
            factories={CharterText: lambda _: CHARTER, Fallback: lambda _: FALLBACK},
        )
    )
    opened = await bed.send("ines", "/coordinate settings")
    settings = await bed.fill(
        "ines",
        opened,
        welcome="general",
        introductions="introductions",
        help="help",
        recap="general",
        coordinators="desk",
        zone="Europe/Lisbon",
    )
    await bed.press("ines", settings, "Begin")
    await bed.settle()
    return bed


@pytest.fixture(params=[DECLARED, {}], ids=["declared", "unknown"])
async def bed(
    request: pytest.FixtureRequest, sqlite_units: Units, clock: VirtualClock
) -> tuple[Campfire, str]:
    """The community, and what introductions of small groups have to say on its platform."""
    capabilities = request.param.get("campfire", Capabilities())
    return await campfire(sqlite_units, clock, request.param), capabilities.small_group_note


async def test_all_features_work_on_a_platform_that_no_code_knows(bed: tuple[Campfire, str]) -> None:
    camp, note = bed
    await _welcome(camp, note)
    await _mentoring(camp, note)
    await _circles(camp, note)
    await _concern(camp)
    await _rhythm(camp)
    await _resources(camp)
    await _recap(camp)
    for words in ("help", "home", "me", "about", "shelf", "privacy show"):
        await camp.send("nadia", f"/cop {words}")
    for words in ("help", "desk", "welcome show", "welcome edit", "rhythm list", "circles list", "charter"):
        await camp.send("ines", f"/coordinate {words}")
    seen = camp.texts().casefold()
    assert len(seen) > 10_000
    for platform in ("slack", "discord", "local page"):
        assert platform not in seen


def test_no_code_of_features_or_of_the_core_names_a_platform() -> None:
    """Docstrings and comments may cite a platform's fact; a name in code would be a decision by it."""
    named = [
        f"{path.relative_to(ROOT)}:{node.lineno} {text}"
        for path in sorted((ROOT / "facilitation").rglob("*.py"))
        for node, text in _words_in_code(ast.parse(path.read_text("utf-8")))
        if re.search("slack|discord", text, re.IGNORECASE)
    ]
    assert named == []


def test_no_feature_asks_which_platform_it_is_on() -> None:
    """What a platform can do is asked of its capabilities."""
    core = ROOT / "facilitation/core"
    asked = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "facilitation").rglob("*.py"))
        if core not in path.parents
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == "platform")
        or (isinstance(node, ast.arg) and re.search("slack|discord|platform", node.arg))
    ]
    assert asked == []


def _words_in_code(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Names and strings of a module; strings that are statements of their own are documentation."""
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and _is_string(node.value)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in documentation:
                yield node, text
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield node, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node, name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((node, f"{alias.name} {alias.asname}") for alias in names)
            case _:
                pass


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


async def _welcome(camp: Campfire, note: str) -> None:
    """A newcomer finds a button, and a message once they press it; a buddy is introduced with the note."""
    await camp.join("ana", zone="Europe/Lisbon")
    await camp.pass_time(timedelta(minutes=2))
    assert direct_messages(camp, "ana") == []
    [offer] = [post for post in channel_messages(camp, "general") if "show you around" in post.words]
    await camp.press("ana", offer, "Start here")
    await camp.settle()
    [hello] = direct_messages(camp, "ana")
    answer = await camp.press("ana", hello, "Learn")
    await camp.settle()
    await camp.fill("ana", await camp.press("ana", answer, "Tell us about you"))
    await camp.fill("ana", await camp.send("ana", command="welcome.introduce", via="button"), words="Hi!")
    assert "Hi!" in channel_messages(camp, "introductions")[-1].words
    member = await camp.member("lena")
    async with camp.units.write() as session:
        await People(session, member.community).change(member.id, buddy=True)
    await camp.send("ana", command="welcome.find_buddy", via="button")
    await camp.settle()
    assert note in _group_of(camp, "ana", "lena")


async def _mentoring(camp: Campfire, note: str) -> None:
    """A pair is matched, asked and introduced with the note."""
    wishes = await camp.send("ines", "/coordinate pairs settings")
    await camp.fill("ines", wishes, rounds=False, review="by itself at once", at_once=True)
    await camp.fill("kofi", await camp.send("kofi", "/cop mentor offer"), topics="python")
    request = await camp.send("nadia", "/cop mentor request")
    await camp.fill("nadia", request, topics="python", goal="to test what I write")
    await camp.pass_time(timedelta(minutes=5))
    await _press_newest(camp, "nadia", "Fine")
    await _press_newest(camp, "kofi", "Accept")
    await camp.pass_time(timedelta(hours=1))
    assert note in _group_of(camp, "kofi", "nadia")


async def _circles(camp: Campfire, note: str) -> None:
    """A circle meets: its groups are introduced with the note."""
    filled = await camp.fill(
        "ines",
        await camp.send("ines", "/coordinate circles new"),
        name="Coffee",
        channel="general",
        size="3",
        every="1",
        weekday="tuesday",
    )
    await camp.press("ines", filled, "Save")
    await camp.settle()
    await camp.pass_time(WEEK)
    [invitation, *_] = [
        post
        for post in channel_messages(camp, "general")
        if "Join" in [b.label for b in buttons_in(post.card)]
    ]
    for who in ("marek", "lena", "ravi"):
        await camp.press(who, invitation, "Join")
        await camp.settle()
    await camp.pass_time(WEEK)
    introduced = _group_of(camp, "marek", "lena", "ravi")
    assert "you are a group this time" in introduced
    assert note in introduced


async def _concern(camp: Campfire) -> None:
    """A concern reaches the coordinators; its reporter stays where they are."""
    await camp.fill("tom", await camp.send("tom", "/cop concern"), words="Somebody shouts at newcomers.")
    await camp.pass_time(DAY)
    assert any("oncern" in post.words for post in direct_messages(camp, "ines"))


async def _rhythm(camp: Campfire) -> None:
    """A rhythm is made by its form, and posts."""
    filled = await camp.fill(
        "ines",
        await camp.send("ines", "/coordinate rhythm new"),
        name="Tuesday prompt",
        channel="help",
        deck="Seeking experience",
        when="every week on tue at 10:00",
    )
    await camp.press("ines", filled, "Save")
    await camp.settle()
    before = len(channel_messages(camp, "help"))
    await camp.pass_time(WEEK)
    assert len(channel_messages(camp, "help")) == before + 1


async def _resources(camp: Campfire) -> None:
    """A link is saved by the form, and found."""
    opened = await camp.send("sara", "/cop share")
    await camp.fill("sara", opened, url="https://example.org/tests", note="A guide to tests")
    assert "guide to tests" in words_of(await camp.send("sara", "/cop find tests"))


async def _recap(camp: Campfire) -> None:
    """The first recap waits for approval, and is posted once it has it."""
    for who in ("marek", "nadia", "kofi", "lena"):
        await camp.write(who, "Which linter do you use for your shell scripts?", "help")
    await camp.pass_time(WEEK)
    [*_, draft] = [post for post in channel_messages(camp, "desk") if "A recap waits" in post.words]
    await camp.press("ines", draft, "Post it")
    await camp.settle()
    assert "Which linter do you use" in channel_messages(camp, "general")[-1].words


async def _press_newest(camp: Campfire, who: str, label: str) -> None:
    """Press a button on the newest message to a person that has it."""
    for post in reversed(direct_messages(camp, who)):
        if label in [button.label for button in buttons_in(post.card)]:
            await camp.press(who, post, label)
            await camp.settle()
            return
    raise AssertionError(
        f"{who} has no button {label!r}: {[post.words for post in direct_messages(camp, who)]}"
    )


def _group_of(camp: Campfire, *people: str) -> str:
    """What was said in the small group of these people."""
    found = [post.words for post in camp.posts if set(post.address.people) == set(people)]
    assert found, f"{people} have no group"
    return "\n".join(found)
