"""The house: what people ask is answered or refused in words, what is due is done once, and nothing half."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Any

import pytest
from pydantic import Field, HttpUrl
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from facilitation.core.dispatcher import Dispatcher
from facilitation.core.features.feature import Feature
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.surface import Interaction
from facilitation.core.requests import roster_sync
from facilitation.core.requests.admission import form_for
from facilitation.core.requests.request_handler import RequestHandler
from facilitation.core.requests.roster_sync import RosterSync
from facilitation.core.values.cards import Button, Buttons, Direct, Option
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Command, Context, Due, Prefill, Role
from facilitation.core.values.effects import Cancel, Effects, Later, OpenForm, Post, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.events import ChannelFacts, Profile, Roster, SpaceRef
from facilitation.core.values.forms import ChannelHandle as ChannelField
from facilitation.core.values.forms import Hidden, MemberId
from facilitation.core.values.speech import card, say
from storage import agenda as agendas
from storage.agenda import AgendaRow
from storage.charter import AboutMe, AboutMeRow
from storage.communities import (
    AccountRow,
    ChannelRow,
    Directory,
    MemberRow,
    Memberships,
    People,
    PresenceRow,
    RoleRow,
)
from storage.engine import open_engine
from storage.outbox import OutboxRow
from storage.session import orm_of
from storage.suppression import suppress
from storage.unit import Session, Units
from tests.conftest import NOW
from tests.core.conftest import only_sqlite
from tests.core.delivery import text_card
from tests.testbed import CHANNELS, PEOPLE, SPACE, Testbed, make_testbed, words_of

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Write(Command):
    """Write a line about yourself."""

    heading = "A line"
    line: str = Field(max_length=20, description="the line")
    link: HttpUrl | None = None
    times: int = 1
    kept: Annotated[str, Hidden] = ""


class Break(Command):
    """Break half way."""


class Refuse(Command):
    """Be refused."""

    how: str = Field(default="plain")


class Rule(Command):
    """For coordinators."""


class Collide(Command):
    """Meet another."""

    times: int = 1


class Shout(Command):
    """Tell everyone."""


class Greet(Command):
    """Greet someone."""

    who: MemberId
    where: ChannelField = ""


class Tick(Command):
    """The clock ticks."""

    name: str = "tick"
    again: bool = False
    fail: int = 0
    how: str = "error"


class Fill(Command):
    """Fill in what is stored."""

    line: str = Field(default="")


class Choose(Command):
    """Choose among what is there now."""

    number: Annotated[int, Hidden] = 0
    fruit: str = Field(title="Fruit", description="which one")


class HandlerLog:
    """What the handlers did, and how often they were called."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.collisions = 0


def collision() -> IntegrityError:
    return IntegrityError("INSERT", {}, Exception("unique"))


def add_choice(feature: Feature) -> None:
    """A form that depends on what was given."""

    @feature.form(Choose)
    async def open_choice(call: Context, given: Prefill) -> Effects:
        if given.values.get("fruit"):
            return []
        number = given.values.get("number", 0)
        fruits = tuple(Option(f"{fruit} {number}", fruit) for fruit in ("fig", "plum"))
        return [OpenForm(Choose, {"number": number, "fruit": fruits[0].value}, {"fruit": fruits})]

    @feature.action(id=f"{feature.name}.choose")
    async def choose(command: Choose, call: Context) -> Effects:
        return [Reply(text_card(f"{command.fruit} of {command.number}"))]


def make_feature(handled: HandlerLog) -> Feature:  # a room has many handlers
    feature = Feature("desk", "For tests")
    add_choice(feature)

    @feature.command("write", id="desk.write")
    async def write(command: Write, call: Context, about: AboutMe) -> Effects:
        handled.calls.append(call)
        await about.put(call.member.id, interests=(), expertise=(), line=command.line)
        return [Reply(text_card("Written."))]

    @feature.command("break", id="desk.break_off")
    async def break_off(command: Break, call: Context, about: AboutMe) -> Effects:
        await about.put(call.member.id, interests=(), expertise=(), line="half done")
        raise ZeroDivisionError("secret detail")

    @feature.command("refuse", id="desk.refuse")
    async def refuse(command: Refuse, call: Context, about: AboutMe) -> Effects:
        await about.put(call.member.id, interests=(), expertise=(), line="half done")
        match command.how:
            case "field":
                raise Refusal("That does not fit.", "how")
            case "spans":
                raise Refusal(say("Not **{what}**.", what="*that*"), "how")
            case _:
                raise Refusal("Not today.")

    @feature.command("rule", id="desk.rule", role=Role.COORDINATOR)
    async def rule(command: Rule, call: Context) -> Effects:
        return [Reply(text_card("Ruled."))]

    @feature.command("collide", id="desk.collide")
    async def collide(command: Collide, call: Context, about: AboutMe) -> Effects:
        handled.collisions += 1
        if handled.collisions <= command.times:
            raise collision()
        await about.put(call.member.id, interests=(), expertise=(), line=f"after {handled.collisions}")
        return [Reply(text_card("Done."))]

    @feature.command("shout", id="desk.shout")
    async def shout(command: Shout, call: Context) -> Effects:
        return [Reply(text_card("Hear!"), to="everyone"), Later(NOW + HOUR, Tick(), "tick")]

    @feature.command("greet", id="desk.greet")
    async def greet(command: Greet, call: Context) -> Effects:
        handled.calls.append((command.who, command.where))
        return [Reply(card("", say("Hello"), Buttons((Button("Rule", "desk.rule"),))))]

    @feature.command("fill", id="desk.fill")
    async def fill(command: Fill, call: Context, about: AboutMe) -> Effects:
        await about.put(call.member.id, interests=(), expertise=(), line=command.line)
        return [Reply(text_card("Filled."))]

    @feature.form(Fill)
    async def opened(call: Context, about: AboutMe) -> Effects:
        _, _, line = await about.get(call.member.id)
        return [OpenForm(Fill, {"line": line})]

    @feature.action(id="desk.tick")
    async def tick(command: Tick, due: Due, about: AboutMe, people: People) -> Effects:
        handled.calls.append(due)
        ines = (await people.present())[0]
        await about.put(ines.id, interests=(), expertise=(), line=f"ticked {len(handled.calls)}")
        if len(handled.calls) <= command.fail:
            raise collision() if command.how == "collision" else ValueError("no")
        post = Post(Direct(ines.id), text_card("Tick."), f"{command.name}:{due.due:%H%M}")
        return [post, Later(due.due + HOUR, command, due.key)] if command.again else [post]

    return feature


@pytest.fixture
def handled() -> HandlerLog:
    return HandlerLog()


@pytest.fixture
async def bed(units: Units, clock: VirtualClock, handled: HandlerLog) -> Testbed:
    return await make_testbed(units, clock, [make_feature(handled)], begun=True)


async def lines(bed: Testbed) -> list[str]:
    async with bed.units.read() as session:
        return sorted(await orm_of(session).scalars(select(AboutMeRow.line)))


async def plan(bed: Testbed, key: str = "tick", **args: Any) -> None:
    community = await bed.community()
    async with bed.units.write() as session:
        await agendas.Agenda(session, community.id).put(
            key, "desk.tick", Tick(**args).model_dump_json(), bed.clock.now()
        )


# answering -------------------------------------------------------------------------------------------


async def test_what_is_asked_is_done_and_answered(bed: Testbed, handled: HandlerLog) -> None:
    answer = await bed.send("ines", "/cop write hello there")
    assert words_of(answer) == "Written."
    assert await lines(bed) == ["hello there"]
    (call,) = handled.calls
    assert (call.member, call.via, call.at) == (await bed.member("ines"), "slash", NOW)
    assert call.roles == {Role.COORDINATOR}
    assert answer.community == (await bed.community()).id


async def test_a_refusal_is_said_in_its_words_and_nothing_was_changed(bed: Testbed) -> None:
    assert words_of(await bed.send("ines", "refuse")) == "Not today."
    assert await lines(bed) == []


async def test_an_error_gets_a_reference_that_stands_in_the_log_too(bed: Testbed) -> None:
    with capture_logs() as logs:
        answer = await bed.send("ines", "break")
    assert answer.reference
    assert answer.reference in words_of(answer)
    assert "secret detail" not in words_of(answer)
    assert [entry["reference"] for entry in logs] == [answer.reference]
    assert await lines(bed) == []


@only_sqlite
async def test_what_is_missing_is_asked_for_in_a_form(bed: Testbed, handled: HandlerLog) -> None:
    answer = await bed.send("ines", "write")
    assert answer.form is not None
    assert (answer.form.command, answer.form.title) == ("desk.write", "A line")
    assert [field.name for field in answer.form.fields] == ["line", "link", "times"]
    assert handled.calls == []
    assert words_of(await bed.submit("ines", "desk.write", line="hello")) == "Written."


async def test_what_does_not_fit_is_said_beside_its_field(bed: Testbed, handled: HandlerLog) -> None:
    answer = await bed.submit(
        "ines", "desk.write", line="x" * 21, link="nowhere", times="many", kept="secret"
    )
    assert answer.form is not None
    assert answer.form.errors == {
        "line": "at most 20 characters, please",
        "link": "a link begins with https:// or http://",
        "times": "please give a whole number",
    }
    assert {field.name: field.value for field in answer.form.fields}["line"] == "x" * 21
    assert answer.form.kept == {"kept": "secret"}
    assert handled.calls == []


@only_sqlite
async def test_a_form_without_what_it_needs_says_so_and_opens_no_second_one(bed: Testbed) -> None:
    answer = await bed.submit("ines", "desk.write")
    assert answer.form is not None
    assert answer.form.errors == {"line": "please fill this in"}


@only_sqlite
async def test_what_does_not_fit_a_typed_command_is_said_in_words(bed: Testbed) -> None:
    assert words_of(await bed.send("ines", "write hello link:nowhere")) == (
        "Link: a link begins with https:// or http://."
    )


@only_sqlite
async def test_a_refusal_that_names_a_field_stands_beside_it(bed: Testbed) -> None:
    answer = await bed.submit("ines", "desk.refuse", how="field")
    assert answer.form is not None
    assert answer.form.errors == {"how": "That does not fit."}


@only_sqlite
async def test_a_refusal_made_of_spans_stands_beside_its_field_too(bed: Testbed) -> None:
    answer = await bed.submit("ines", "desk.refuse", how="spans")
    assert answer.form is not None
    assert answer.form.errors == {"how": "Not *that*."}


@only_sqlite
async def test_an_unknown_command_and_an_old_button_are_answered_in_words(bed: Testbed) -> None:
    assert "Did you mean /cop write" in words_of(await bed.send("ines", "wriet hello"))
    assert "earlier version of me" in words_of(await bed.send("ines", command="desk.gone"))


@only_sqlite
async def test_what_only_the_clock_may_ask_cannot_be_pressed(bed: Testbed, handled: HandlerLog) -> None:
    assert "earlier version of me" in words_of(
        await bed.send("ines", command="desk.tick", args={"name": "x"})
    )
    assert handled.calls == []


async def test_an_answer_to_everyone_is_a_post_where_it_was_asked(bed: Testbed) -> None:
    answer = await bed.send("ines", "shout", place="help")
    assert answer.renderable is None
    await bed.settle()
    assert [(post.address.handle, post.words) for post in bed.posts] == [("help", "Hear!")]


async def test_effects_are_stored_with_the_change(bed: Testbed) -> None:
    await bed.send("ines", "shout")
    async with bed.units.read() as session:
        assert len(list(await orm_of(session).scalars(select(OutboxRow.key)))) == 1
        assert list(await orm_of(session).scalars(select(AgendaRow.due_at))) == [NOW + HOUR]


@only_sqlite
async def test_a_form_opens_with_what_is_stored_and_what_was_typed_over_it(bed: Testbed) -> None:
    await bed.submit("ines", "desk.fill", line="stored")
    for typed, shown in (("", "stored"), (" line:typed", "typed")):
        answer = await bed.send("ines", f"fill{typed}")
        assert answer.form is not None
        assert [field.value for field in answer.form.fields] == [shown]


# who may ---------------------------------------------------------------------------------------------


async def test_a_command_for_coordinators_is_theirs(bed: Testbed) -> None:
    assert words_of(await bed.send("ines", "/coordinate rule")) == "Ruled."
    assert words_of(await bed.send("marek", "/coordinate rule")).startswith("Only a coordinator can do that.")


async def test_rights_count_at_the_press_and_not_when_the_button_was_shown(bed: Testbed) -> None:
    shown = await bed.send("ines", "greet <@marek>")
    community = await bed.community()
    async with bed.units.write() as session:
        await People(session, community.id).revoke((await bed.member("ines")).id, "coordinator")
    assert words_of(await bed.press("ines", shown, "Rule")).startswith("Only a coordinator can do that.")


async def test_rights_withdrawn_between_the_look_and_the_deed_are_noticed(
    bed: Testbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = RequestHandler._perform

    async def late(self: RequestHandler, *args: Any) -> Any:
        community = await bed.community()
        async with bed.units.write() as session:
            await People(session, community.id).revoke((await bed.member("ines")).id, "coordinator")
        return await original(self, *args)

    monkeypatch.setattr(RequestHandler, "_perform", late)
    assert words_of(await bed.send("ines", "/coordinate rule")).startswith("Only a coordinator can do that.")


@only_sqlite
async def test_a_role_of_another_version_is_no_trouble(bed: Testbed) -> None:
    community, ines = await bed.community(), await bed.member("ines")
    async with bed.units.write() as session:
        orm_of(session).add(
            RoleRow(community_id=community.id, member_id=ines.id, role="librarian", since=NOW, note="")
        )
    assert words_of(await bed.send("ines", "write hello")) == "Written."


@only_sqlite
@pytest.mark.parametrize("who", ["guest", "robot", "nobody"])
async def test_who_is_no_member_is_told_so(
    units: Units, clock: VirtualClock, handled: HandlerLog, who: str
) -> None:
    people = (*PEOPLE, Profile("guest", "Guest", guest=True), Profile("robot", "Robot", bot=True))
    bed = await make_testbed(units, clock, [make_feature(handled)], people=people)
    assert "only answer members" in words_of(await bed.send(who, "write hello"))
    assert handled.calls == []


@only_sqlite
async def test_an_unknown_space_is_answered_in_words(bed: Testbed) -> None:
    answer = await bed.dispatcher.handle(Interaction(SpaceRef("page", "nowhere"), "ines", words="write x"))
    assert "not at home here yet" in words_of(answer)


async def test_people_and_channels_are_found_in_this_community_only(
    bed: Testbed, handled: HandlerLog
) -> None:
    other = SpaceRef("page", "T2")
    await bed.dispatcher.sync_roster(Roster(other, "Other", (Profile("olga", "Olga"),)))
    async with bed.units.read() as session:
        space = await Directory(session).space("page", "T2")
        assert space is not None
        (theirs,) = await Directory(session).communities(space.id)
        (olga,) = await People(session, theirs.id).present()
    await bed.send("ines", "greet <@marek> <#help>")
    assert handled.calls == [((await bed.member("marek")).id, "help")]
    for who in ("olga", olga.id, 999):
        answer = await bed.send("ines", command="desk.greet", args={"who": who}, submitted=True)
        assert answer.form is not None
        assert answer.form.errors == {"who": "That is not a member of this community."}
    args = {"who": "marek", "where": "elsewhere"}
    answer = await bed.send("ines", command="desk.greet", args=args, submitted=True)
    assert answer.form is not None
    assert "not a channel I can see" in answer.form.errors["where"]


# several communities ---------------------------------------------------------------------------------


@pytest.fixture
async def two(bed: Testbed) -> tuple[Testbed, int]:
    """A second community in the same space, at home in `help`, with ines in both."""
    async with bed.units.write() as session:
        directory = Directory(session)
        space = await directory.space("page", "T1")
        assert space is not None
        other = await directory.put_community("Circle", space.id)
        people = People(session, other.id)
        await people.settle([spot.id for spot in await people.spots() if spot.name == "help"])
        await Memberships(session).add_presence(space.id, ["ines"], "help")
        await people.enrol_present(NOW)
    bed.dispatcher.intake.invalidate()
    return bed, other.id


async def test_who_is_in_two_communities_is_asked_which_one(
    two: tuple[Testbed, int], handled: HandlerLog
) -> None:
    bed, other = two
    answer = await bed.send("ines", "write hello", place="", direct=True)
    assert "Which one do you mean?" in words_of(answer)
    assert handled.calls == []
    assert words_of(await bed.press("ines", answer, "Circle")) == "Written."
    assert [call.community.id for call in handled.calls] == [other]


async def test_in_a_home_channel_its_community_is_meant(
    two: tuple[Testbed, int], handled: HandlerLog
) -> None:
    bed, other = two
    await bed.send("ines", "write hello", place="help")
    await bed.send("ines", "write hello", place="general")
    assert [call.community.id for call in handled.calls] == [other, (await bed.community()).id]


async def test_who_is_in_one_community_is_never_asked(two: tuple[Testbed, int], handled: HandlerLog) -> None:
    bed, _ = two
    for place in ("help", "general", ""):
        assert words_of(await bed.send("marek", "write hello", place=place)) == "Written."
    assert {call.community.id for call in handled.calls} == {(await bed.community()).id}


async def test_roles_of_one_community_are_none_in_another(two: tuple[Testbed, int]) -> None:
    bed, other = two
    answer = await bed.send("ines", "/coordinate rule", community=other)
    assert words_of(answer).startswith("Only a coordinator can do that.")


async def test_a_community_one_is_not_in_cannot_be_named(two: tuple[Testbed, int]) -> None:
    bed, other = two
    assert "You are not in this community" in words_of(await bed.send("marek", "write x", community=other))


# collisions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("times", "answer"), [(1, "Done."), (2, "Done."), (3, "Something went wrong")])
async def test_a_collision_is_tried_again_twice(
    bed: Testbed, handled: HandlerLog, times: int, answer: str
) -> None:
    assert words_of(await bed.send("ines", f"collide times:{times}")).startswith(answer)
    assert handled.collisions == 3 if times > 1 else 2
    assert await lines(bed) == ([] if times == 3 else [f"after {times + 1}"])


async def test_many_at_once_are_all_answered(bed: Testbed) -> None:
    answers = await asyncio.gather(*(bed.send(who, f"write {who}") for who in PEOPLE for _ in range(6)))
    assert {words_of(answer) for answer in answers} == {"Written."}
    assert await lines(bed) == sorted(PEOPLE)


# what is due -----------------------------------------------------------------------------------------


async def test_what_is_due_is_done_once_and_its_words_are_said(bed: Testbed, handled: HandlerLog) -> None:
    await plan(bed)
    assert await bed.dispatcher.due()
    assert not await bed.dispatcher.due()
    (due,) = handled.calls
    assert (due.key, due.due, due.at) == ("tick", NOW, NOW)
    await bed.settle()
    assert [post.words for post in bed.posts] == ["Tick."]


async def test_what_plans_itself_anew_happens_again_at_its_time(bed: Testbed, handled: HandlerLog) -> None:
    await plan(bed, again=True)
    await bed.pass_time(3 * HOUR + MINUTE)
    assert [due.due - NOW for due in handled.calls] == [0 * HOUR, HOUR, 2 * HOUR, 3 * HOUR]
    assert len(bed.posts) == 4


async def test_what_fails_leaves_nothing_and_is_tried_again_later(bed: Testbed, handled: HandlerLog) -> None:
    await plan(bed, fail=2)
    assert await bed.dispatcher.due()
    assert await lines(bed) == []
    assert not await bed.dispatcher.due()
    bed.clock.advance(MINUTE)
    assert await bed.dispatcher.due()
    bed.clock.advance(5 * MINUTE)
    assert await bed.dispatcher.due()
    assert [due.due for due in handled.calls] == [NOW] * 3, "a retry keeps the date that it stands for"
    assert await lines(bed) == ["ticked 3"]


async def test_what_keeps_failing_is_set_aside_for_the_operator(bed: Testbed, handled: HandlerLog) -> None:
    await plan(bed, fail=99)
    for _ in range(10):
        await bed.dispatcher.due()
        bed.clock.advance(31 * MINUTE)
    assert len(handled.calls) == 4
    async with bed.units.read() as session:
        assert await agendas.set_aside(session) == [("Test community", "tick", "ValueError: no")]


async def test_a_failure_does_not_keep_what_is_due_next_from_being_done(
    bed: Testbed, handled: HandlerLog
) -> None:
    await plan(bed, "first", name="first", fail=1)
    await plan(bed, "second", name="second")
    assert await bed.dispatcher.due()
    assert await bed.dispatcher.due()
    assert [due.key for due in handled.calls] == ["first", "second"]


async def test_a_collision_of_what_is_due_is_tried_again_at_once(bed: Testbed, handled: HandlerLog) -> None:
    await plan(bed, fail=2, how="collision")
    assert await bed.dispatcher.due()
    assert len(handled.calls) == 3
    assert await lines(bed) == ["ticked 3"]


async def test_what_always_collides_is_set_aside_too_and_stops_nothing(
    bed: Testbed, handled: HandlerLog
) -> None:
    await plan(bed, "first", name="first", fail=99, how="collision")
    await plan(bed, "second", name="second")
    for _ in range(8):
        await bed.dispatcher.due()
        bed.clock.advance(31 * MINUTE)
    assert "second" in {due.key for due in handled.calls}


@only_sqlite
async def test_what_nobody_can_do_any_more_is_set_aside(bed: Testbed) -> None:
    community = await bed.community()
    async with bed.units.write() as session:
        await agendas.Agenda(session, community.id).put("old", "gone.ask", "{}", NOW)
    for _ in range(5):
        await bed.dispatcher.due()
        bed.clock.advance(31 * MINUTE)
    async with bed.units.read() as session:
        ((_, key, error),) = await agendas.set_aside(session)
    assert key == "old"
    assert "no feature has a command of the clock with the id gone.ask" in error


@only_sqlite
async def test_arguments_of_an_older_version_still_fit(bed: Testbed, handled: HandlerLog) -> None:
    community = await bed.community()
    async with bed.units.write() as session:
        await agendas.Agenda(session, community.id).put("tick", "desk.tick", "{}", NOW)
    assert await bed.dispatcher.due()
    assert handled.calls[0].command == Tick()


async def test_two_processes_do_what_is_due_once(postgres_url: str, clock: VirtualClock) -> None:
    handled = HandlerLog()
    ours = await make_testbed(Units(open_engine(postgres_url)), clock, [make_feature(handled)], begun=True)
    theirs = Dispatcher([make_feature(handled)], Units(open_engine(postgres_url)), clock)
    for number in range(12):
        await plan(ours, f"{number:02}", name=str(number))

    async def work(dispatcher: Dispatcher) -> None:
        while await dispatcher.due():
            pass

    await asyncio.gather(*(work(dispatcher) for dispatcher in (ours.dispatcher, theirs) for _ in range(2)))
    assert sorted(due.key for due in handled.calls) == [f"{number:02}" for number in range(12)]
    await ours.units.close()
    await theirs.units.close()


async def test_a_community_that_lives_nowhere_at_present_is_not_bothered(
    bed: Testbed, handled: HandlerLog
) -> None:
    await plan(bed)
    async with bed.units.write() as session:
        space = await Directory(session).space("page", "T1")
        assert space is not None
        await Directory(session).lose_space(space.id, NOW)
    assert await bed.dispatcher.due()
    assert not await bed.dispatcher.due()
    assert handled.calls == []


async def test_days_without_a_space_are_no_failures(bed: Testbed, handled: HandlerLog) -> None:
    await plan(bed, fail=1)
    async with bed.units.write() as session:
        space = await Directory(session).space("page", "T1")
        assert space is not None
        await Directory(session).lose_space(space.id, NOW)
    for _ in range(4):
        await bed.dispatcher.due()
        bed.clock.advance(timedelta(days=1))
    await bed.dispatcher.sync_roster(Roster(SPACE, "Test community"))
    await bed.dispatcher.due()
    async with bed.units.read() as session:
        assert await agendas.set_aside(session) == []


# the first hour --------------------------------------------------------------------------------------


async def test_a_space_that_arrives_gets_a_silent_community_with_its_people(
    units: Units, clock: VirtualClock, handled: HandlerLog
) -> None:
    bed = await make_testbed(units, clock, [make_feature(handled)])
    community = await bed.community()
    assert (community.name, community.begun_at) == ("Test community", None)
    async with units.read() as session:
        people = People(session, community.id)
        assert {member.name for member in await people.present()} == {name.capitalize() for name in PEOPLE}
        assert {spot.name for spot in await people.spots()} == set(CHANNELS)
        assert [member.name for member in await people.holders("coordinator")] == ["Ines"]


async def test_arriving_again_appoints_nobody_while_there_is_a_coordinator(bed: Testbed) -> None:
    community = await bed.community()
    async with bed.units.write() as session:
        people = People(session, community.id)
        await people.grant((await bed.member("marek")).id, "coordinator", NOW)
        await people.revoke((await bed.member("ines")).id, "coordinator")
    await bed.dispatcher.sync_roster(Roster(SPACE, "Test community"))
    async with bed.units.read() as session:
        holders = await People(session, community.id).holders("coordinator")
    assert [member.name for member in holders] == ["Marek"]


PLENTY = tuple(Profile(f"p{number}", f"Person {number}") for number in range(7))
ROOMY = tuple(
    ChannelFacts(f"c{n}", f"c{n}", members=tuple(one.handle for one in PLENTY[n:])) for n in range(5)
)


async def known(units: Units) -> tuple[set[str], set[tuple[str, str]], set[str]]:
    """The accounts, who is in which channel, and the members, of a space that has only those of a roster."""
    async with units.read() as session:
        orm = orm_of(session)
        accounts = await orm.scalars(select(AccountRow.handle))
        presences = await orm.execute(
            select(ChannelRow.handle, AccountRow.handle)
            .join(PresenceRow, PresenceRow.channel_id == ChannelRow.id)
            .join(AccountRow, AccountRow.id == PresenceRow.account_id)
        )
        members = await orm.scalars(select(MemberRow.name))
        return set(accounts), {(place, who) for place, who in presences}, set(members)


async def test_a_large_space_is_stored_in_parts_and_others_write_in_between(
    units: Units, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster_sync, "AT_ONCE", 2)
    dispatcher = Dispatcher([], units, clock)
    turns = 0

    async def write_in_turn() -> None:
        nonlocal turns
        while True:
            async with units.write():
                turns += 1
            await asyncio.sleep(0)

    others = asyncio.create_task(write_in_turn())
    await dispatcher.sync_roster(Roster(SPACE, "Large", PLENTY, ROOMY))
    others.cancel()
    accounts, presences, members = await known(units)
    assert accounts == {one.handle for one in PLENTY}
    assert presences == {(channel.handle, who) for channel in ROOMY for who in channel.members}
    assert members == {one.name for one in PLENTY}
    assert turns >= 10


async def test_who_is_forgotten_while_a_space_is_stored_is_not_stored(
    units: Units, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster_sync, "AT_ONCE", 2)
    dispatcher = Dispatcher([], units, clock)
    store = RosterSync._store_people

    async def forget_the_last(session: Session, space: int, people: Sequence[Profile]) -> None:
        await store(session, space, people)
        await suppress(session, space, [PLENTY[-1].handle])

    monkeypatch.setattr(RosterSync, "_store_people", staticmethod(forget_the_last))
    await dispatcher.sync_roster(Roster(SPACE, "Large", PLENTY, ROOMY))
    accounts, presences, members = await known(units)
    assert accounts == {one.handle for one in PLENTY[:-1]}
    assert PLENTY[-1].handle not in {who for _, who in presences}
    assert len(members) == 6


async def test_a_sync_that_was_interrupted_is_completed_by_the_next(
    units: Units, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster_sync, "AT_ONCE", 2)
    dispatcher = Dispatcher([], units, clock)
    write, left = units.write, 6

    def breaking() -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise ConnectionError("the database is away")
        return write()

    with monkeypatch.context() as broken:
        broken.setattr(units, "write", breaking)
        with pytest.raises(ConnectionError):
            await dispatcher.sync_roster(Roster(SPACE, "Large", PLENTY, ROOMY))
    await dispatcher.sync_roster(Roster(SPACE, "Large", PLENTY, ROOMY))
    accounts, presences, members = await known(units)
    assert (len(accounts), len(members)) == (7, 7)
    assert len(presences) == sum(len(channel.members) for channel in ROOMY)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Errors that tests provoke need not be printed."""
    with capture_logs():
        yield


async def test_cancelling_forgets_what_was_planned(units: Units, clock: VirtualClock) -> None:
    feature = Feature("plans", "For tests")

    class Stop(Command):
        """Stop it."""

    @feature.command("stop", id="plans.stop")
    async def stop(command: Stop, call: Context) -> Effects:
        return [Cancel("tick"), Reply(text_card("Stopped."))]

    handled = HandlerLog()
    bed = await make_testbed(units, clock, [make_feature(handled), feature])
    await plan(bed)
    assert words_of(await bed.send("ines", "stop")) == "Stopped."
    assert not await bed.dispatcher.due()


# Openings that know what was given -----------------------------------------------------------------


async def test_an_opening_knows_what_the_button_carried_and_offers_what_is_there(bed: Testbed) -> None:
    opened = await bed.send("ines", command="desk.choose", args={"number": 7}, via="button")
    assert opened.form is not None
    assert opened.form.kept == {"number": 7}
    [fruit] = opened.form.fields
    assert (fruit.kind, fruit.value, fruit.required) == ("choice", "fig 7", True)
    assert fruit.options == (Option("fig 7", "fig"), Option("plum 7", "plum"))
    answer = await bed.submit("ines", "desk.choose", **opened.form.kept, fruit="plum 7")
    assert "plum 7 of 7" in words_of(answer)


async def test_an_opening_that_opens_nothing_lets_it_be_done(bed: Testbed) -> None:
    answer = await bed.send("ines", command="desk.choose", args={"fruit": "fig 1"}, via="button")
    assert answer.form is None
    assert "fig 1 of 0" in words_of(answer)


def test_more_options_than_a_platform_shows_are_typed_instead(handled: HandlerLog) -> None:
    endpoint = Registry([make_feature(handled)]).endpoints["desk.choose"]
    many = tuple(Option(str(n), str(n)) for n in range(26))
    assert form_for(endpoint, {}, options={"fruit": many}).fields[0].kind == "line"
    assert form_for(endpoint, {}, options={"fruit": many[:25]}).fields[0].kind == "choice"
    assert form_for(endpoint, {}, options={"fruit": ()}).fields[0].kind == "line"
