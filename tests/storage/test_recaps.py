"""Recaps written down, and what the diary is asked for them: on both databases, in one community only."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, text

from storage.communities import OwnershipRow, People
from storage.diary import EXCERPT, Diary
from storage.recap import Recaps, RecapState, Speaker
from storage.session import orm_of
from storage.unit import Session, Units
from tests.conftest import NOW
from tests.storage.arranging import Setting, entry, setting, settled

WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)


@pytest.fixture
async def there(units: Units) -> Setting:
    """A community of four people in two channels."""
    return await setting(units, people=("ines", "marek", "nadia", "kofi"))


async def wrote(
    session: Session,
    there: Setting,
    who: str,
    at: datetime,
    channel: str = "general",
    words: str | None = "What was said.",
    *,
    message: str = "",
    thread: str = "",
    kind: str = "posted",
) -> str:
    """A message in the diary; returns its id."""
    message = message or f"{at.timestamp():.6f}"
    row = entry(
        f"{channel}:{message}",
        at,
        kind=kind,
        community_id=there.community,
        channel_id=there.channels[channel],
        author_id=there.accounts.get(who),
        message=message,
        thread=thread,
        excerpt=words,
    )
    assert await Diary(session, there.space).write([row], at) == 1
    return message


async def joined(session: Session, there: Setting, who: str, at: datetime, *, baseline: bool = False) -> None:
    """Set when somebody came."""
    await orm_of(session).execute(
        text("UPDATE member SET joined_at = :at, baseline = :baseline WHERE id = :id"),
        {"at": int(at.timestamp() * 1_000_000), "baseline": baseline, "id": there.members[who]},
    )


# Recaps --------------------------------------------------------------------------------------------


async def test_a_recap_waits_until_it_is_settled_once(units: Units, there: Setting) -> None:
    async with units.write() as session:
        recaps = Recaps(session, there.community)
        recap = await recaps.put(NOW - WEEK, NOW, RecapState.WAITING, "recap:1", NOW)
        assert recap is not None
        assert await recaps.put(NOW - WEEK, NOW, RecapState.WAITING, "recap:1", NOW) is None
        waiting = await recaps.waiting()
        assert waiting is not None
        assert (waiting.id, waiting.since, waiting.until) == (recap, NOW - WEEK, NOW)
        assert not await recaps.is_trusted()
        assert await recaps.settled() is None
        assert await recaps.settle(recap, RecapState.POSTED, NOW + HOUR)
        assert not await recaps.settle(recap, RecapState.SKIPPED, NOW + HOUR)
        assert await recaps.waiting() is None
        posted = await recaps.last_posted()
        assert posted is not None
        assert posted.at == NOW + HOUR
        assert await recaps.is_trusted()


async def test_what_ends_a_period_is_the_last_that_was_posted_or_skipped(
    units: Units, there: Setting
) -> None:
    async with units.write() as session:
        recaps = Recaps(session, there.community)
        for number, state in enumerate(
            (RecapState.POSTED, RecapState.SKIPPED, RecapState.SUPERSEDED, RecapState.WAITING)
        ):
            until = NOW + number * WEEK
            await recaps.put(until - WEEK, until, state, f"recap:{number}", NOW)
        skipped, posted = await recaps.settled(), await recaps.settled(NOW + HOUR)
        assert skipped is not None
        assert posted is not None
        assert (skipped.state, posted.state) == (RecapState.SKIPPED, RecapState.POSTED)


async def test_one_that_could_not_be_said_ends_no_period_and_keeps_the_trust(
    units: Units, there: Setting
) -> None:
    async with units.write() as session:
        recaps = Recaps(session, there.community)
        await recaps.put(NOW - WEEK, NOW, RecapState.POSTED, "recap:1", NOW)
        await recaps.mark_failed("recap:1")
        await recaps.mark_failed("recap:1:preview")
        assert await recaps.settled() is None
        assert await recaps.is_trusted()


async def test_only_a_skip_still_to_come_can_be_brought_back(units: Units, there: Setting) -> None:
    async with units.write() as session:
        recaps = Recaps(session, there.community)
        past = await recaps.put(NOW - WEEK, NOW, RecapState.SKIPPED, "recap:1", NOW)
        ahead = await recaps.put(NOW, NOW + WEEK, RecapState.SKIPPED, "recap:2", NOW)
        posted = await recaps.put(NOW, NOW + WEEK, RecapState.POSTED, "recap:3", NOW)
        assert past is not None
        assert ahead is not None
        assert posted is not None
        assert not await recaps.bring_back(past, NOW)
        assert not await recaps.bring_back(posted, NOW)
        assert await recaps.bring_back(ahead, NOW)
        assert not await recaps.bring_back(ahead, NOW)


# The diary -----------------------------------------------------------------------------------------


async def test_messages_come_in_order_with_who_may_be_named(units: Units, there: Setting) -> None:
    async with units.write() as session:
        await wrote(session, there, "nadia", NOW + 2 * HOUR, words="x" * EXCERPT)
        await wrote(session, there, "marek", NOW, words=None)
        await wrote(session, there, "", NOW + HOUR)
        await wrote(session, there, "kofi", NOW + 3 * HOUR, "help")
        await wrote(session, there, "ines", NOW + WEEK)
        await wrote(session, there, "ines", NOW + HOUR, kind="joined", message="join")
        await orm_of(session).execute(
            text("UPDATE member SET left_at = 1 WHERE id = :id"), {"id": there.members["kofi"]}
        )
        found = await Recaps(session, there.community).messages(NOW, NOW + WEEK)
    assert [message.name for message in found] == ["Marek", "", "Nadia", "Kofi"]
    assert [message.member for message in found] == [
        there.members["marek"],
        None,
        there.members["nadia"],
        None,
    ]
    assert found[3].person == there.members["kofi"]
    assert [message.cut for message in found] == [False, False, True, False]
    assert (found[0].excerpt, found[0].place, found[3].place) == (None, "general", "help")


async def test_roots_are_found_by_their_channel_and_id(units: Units, there: Setting) -> None:
    async with units.write() as session:
        root = await wrote(session, there, "marek", NOW - 10 * WEEK, words="the beginning")
        await wrote(session, there, "marek", NOW, "help", message=root, words="elsewhere")
        recaps = Recaps(session, there.community)
        found = await recaps.roots([(there.space, "general", root), (there.space, "general", "unknown")])
        assert [message.excerpt for message in found] == ["the beginning"]
        assert await recaps.roots([]) == []


async def test_two_accounts_of_a_member_are_one_person(units: Units, there: Setting) -> None:
    async with units.write() as session:
        await orm_of(session).execute(
            text("DELETE FROM ownership WHERE account_id = :id"), {"id": there.accounts["marek"]}
        )
        orm_of(session).add(
            OwnershipRow(
                account_id=there.accounts["marek"],
                community_id=there.community,
                member_id=there.members["ines"],
            )
        )
        await orm_of(session).flush()
        for number, who in enumerate(("ines", "marek", "marek", "nadia", "")):
            await wrote(session, there, who, NOW + number * HOUR)
        recaps = Recaps(session, there.community)
        ines, nadia = there.members["ines"], there.members["nadia"]
        assert await recaps.speakers(NOW, NOW + WEEK) == [
            Speaker(ines, 3),
            Speaker(nadia, 1),
            Speaker(None, 1),
        ]
        assert await recaps.people_per_week([NOW, NOW + 2 * HOUR, NOW + WEEK]) == [1, 2]


async def test_people_are_counted_week_by_week(units: Units, there: Setting) -> None:
    edges = [NOW + number * WEEK for number in range(4)]
    async with units.write() as session:
        await wrote(session, there, "ines", NOW - HOUR)
        for number, who in enumerate(("ines", "ines", "marek")):
            await wrote(session, there, who, NOW + number * HOUR)
        await wrote(session, there, "kofi", edges[2])
        await wrote(session, there, "kofi", edges[3])
        recaps = Recaps(session, there.community)
        assert await recaps.people_per_week(edges) == [2, 0, 1]
        assert await recaps.began() == NOW - HOUR


async def test_newcomers_joined_lately_and_wrote_for_the_first_time(units: Units, there: Setting) -> None:
    since, until, recent = NOW, NOW + WEEK, NOW - 8 * WEEK
    async with units.write() as session:
        await joined(session, there, "ines", NOW - HOUR, baseline=True)
        await joined(session, there, "marek", NOW - HOUR)
        await joined(session, there, "nadia", NOW - 20 * WEEK)
        await joined(session, there, "kofi", NOW - 3 * WEEK)
        await wrote(session, there, "kofi", NOW - 2 * WEEK)
        for number, who in enumerate(("kofi", "nadia", "marek", "ines")):
            await wrote(session, there, who, NOW + number * HOUR)
        recaps = Recaps(session, there.community)
        assert await recaps.newcomers(since, until, joined=recent) == [there.members["marek"]]
        assert await recaps.newcomers(until, until + WEEK, joined=recent) == []
        await wrote(session, there, "kofi", NOW + 5 * HOUR, "help")
        help_channel = there.channels["help"]
        assert await recaps.introduced(help_channel, since, until, joined=recent) == [there.members["kofi"]]
        nobody_of = NOW - timedelta(days=14)
        assert await recaps.introduced(help_channel, since, until, joined=nobody_of) == []


# One community only --------------------------------------------------------------------------------


async def test_nothing_of_another_community_is_seen_or_changed(units: Units, there: Setting) -> None:
    async with units.write() as session:
        other = await settled(session, space="T2", community="Other", people=("olga",))
        theirs = Recaps(session, other.community)
        for number, state in enumerate(RecapState):
            await theirs.put(NOW, NOW + WEEK, state, f"recap:{number}", NOW)
        waiting = await theirs.waiting()
        assert waiting is not None
        root = await wrote(session, other, "olga", NOW)
        await joined(session, other, "olga", NOW - HOUR)
        mine = Recaps(session, there.community)
        assert await mine.get(waiting.id) is None
        assert not await mine.settle(waiting.id, RecapState.SKIPPED, NOW)
        assert await mine.waiting() is None
        assert await mine.last_posted() is None
        assert await mine.settled() is None
        assert not await mine.is_trusted()
        skipped = await theirs.settled()
        assert skipped is not None
        assert not await mine.bring_back(skipped.id, NOW - WEEK)
        await mine.mark_failed("recap:1")
        assert await theirs.last_posted() is not None
        assert await mine.began() is None
        assert await mine.messages(NOW - WEEK, NOW + WEEK) == []
        assert await mine.roots([(other.space, "general", root)]) == []
        assert await mine.speakers(NOW - WEEK, NOW + WEEK) == []
        assert await mine.newcomers(NOW - WEEK, NOW + WEEK, joined=NOW - WEEK) == []
        channel = other.channels["general"]
        assert await mine.introduced(channel, NOW - WEEK, NOW + WEEK, joined=NOW - WEEK) == []
        assert await mine.people_per_week([NOW - WEEK, NOW + WEEK]) == [0]
        assert await mine.put(NOW, NOW + WEEK, RecapState.WAITING, "recap:0", NOW) is not None


async def test_a_person_of_two_communities_is_counted_where_they_spoke(units: Units, there: Setting) -> None:
    async with units.write() as session:
        other = await settled(session, space="T1", community="Other", people=("ines", "marek"))
        await wrote(session, there, "ines", NOW)
        speakers = await Recaps(session, other.community).speakers(NOW, NOW + WEEK)
        assert speakers == []
        [found] = await Recaps(session, there.community).speakers(NOW, NOW + WEEK)
        assert found.person == there.members["ines"]
        member = await People(session, there.community).member(found.person or 0)
        assert member is not None


async def test_nothing_is_kept_about_a_person(units: Units, there: Setting) -> None:
    async with units.write() as session:
        recaps = Recaps(session, there.community)
        assert await recaps.show(there.members["ines"]) == []
        assert await recaps.export(there.members["ines"]) == {}
        await recaps.forget(there.members["ines"])


# Plans ---------------------------------------------------------------------------------------------


async def test_the_diary_is_searched_by_its_index(sqlite_units: Units) -> None:
    there = await setting(sqlite_units)
    statements: list[tuple[str, Sequence[object]]] = []

    def note(
        connection: object, cursor: object, statement: str, parameters: Sequence[object], *_: object
    ) -> None:
        if "FROM diary" in statement or "JOIN diary" in statement:
            statements.append((statement, parameters))

    event.listen(sqlite_units.engine.sync_engine, "before_cursor_execute", note)
    async with sqlite_units.write() as session:
        await joined(session, there, "ines", NOW - HOUR)
        await wrote(session, there, "ines", NOW)
        recaps = Recaps(session, there.community)
        await recaps.began()
        await recaps.messages(NOW, NOW + WEEK)
        await recaps.roots([(there.space, "general", "1")])
        await recaps.speakers(NOW, NOW + WEEK)
        await recaps.newcomers(NOW, NOW + WEEK, joined=NOW - WEEK)
        await recaps.people_per_week([NOW, NOW + WEEK])
        asked = list(statements)
        assert len(asked) >= 7
        connection = await orm_of(session).connection()
        for statement, parameters in asked:
            plan = await connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, tuple(parameters))
            steps = [str(step) for *_, step in plan.all() if "diary" in str(step)]
            assert steps
            for step in steps:
                assert (
                    "ix_diary_community_at" in step or "sqlite_autoindex_diary" in step or "uq_diary" in step
                )
