"""Mentor pairs of one community: proposed, active and past ones, and their outcomes."""

from dataclasses import asdict
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update

from storage.base import inserting
from storage.communities import CommunityRepository
from storage.mentoring.tables import FeedbackRow, OfferRow, PairRow, RequestRow
from storage.mentoring.values import DONE, LIVE, Feedback, Outcomes, Pair, RequestState, Stage

FEWEST = 3
"""Figures about fewer people are not shown."""
_DAY = timedelta(days=1)


class Pairs(CommunityRepository):
    """The pairs of one community."""

    heading = "Mentor pairs"
    export_key = "mentor_pairs"

    async def add(self, pair: Pair) -> int | None:
        """Add a pair; returns its id. None if one of the two, or the request, is not of this community."""
        two = [one for one in (pair.mentor, pair.mentee) if one is not None]
        if len(set(two)) < 2 or not await self._are_members(*two):
            return None
        if pair.request is not None and not await self._has_row(RequestRow, pair.request):
            return None
        row = PairRow(community_id=self._community, **_columns(pair))
        self._session.add(row)
        await self._session.flush()
        return row.id

    async def get(self, pair: int) -> Pair | None:
        """One pair by id."""
        row = await self._session.scalar(self._mine().where(PairRow.id == pair))
        return row.value() if row else None

    async def put(self, pair: Pair) -> None:
        """Store a pair as it is now."""
        await self._session.execute(
            update(PairRow)
            .where(PairRow.community_id == self._community, PairRow.id == pair.id)
            .values(**_columns(pair))
            .execution_options(synchronize_session=False)
        )

    async def in_stage(self, *stages: Stage) -> list[Pair]:
        """All pairs in these stages, in the order in which they were made."""
        return await self._all(self._mine().where(PairRow.stage.in_([stage.value for stage in stages])))

    async def of(self, member: int) -> list[Pair]:
        """All pairs of a member, the newest last."""
        return await self._all(self._mine().where(*self._with(member)))

    async def of_request(self, request: int) -> list[Pair]:
        """All pairs that come from a request, the newest last."""
        return await self._all(self._mine().where(PairRow.request_id == request))

    async def by_post(self, key: str) -> Pair | None:
        """The pair whose `post_key` is this."""
        row = await self._session.scalar(self._mine().where(PairRow.post_key == key).limit(1))
        return row.value() if row else None

    async def untold(self) -> list[Pair]:
        """Pairs that are over and whose remaining member has not been told."""
        over = PairRow.stage.in_([stage.value for stage in DONE])
        return await self._all(self._mine().where(over, PairRow.end_announced.is_(False)))

    async def loads(self) -> dict[int, int]:
        """The number of pairs that count towards each mentor's capacity, by the mentor's member id."""
        query = (
            select(PairRow.mentor_id, func.count())
            .where(
                PairRow.community_id == self._community,
                PairRow.stage.in_([stage.value for stage in LIVE]),
                PairRow.mentor_id.is_not(None),
            )
            .group_by(PairRow.mentor_id)
        )
        return {mentor: n for mentor, n in await self._session.execute(query) if mentor is not None}

    async def past(self) -> frozenset[tuple[int, int]]:
        """Everybody who has been a pair, as (mentor, mentee)."""
        query = select(PairRow.mentor_id, PairRow.mentee_id).where(
            PairRow.community_id == self._community,
            PairRow.started_at.is_not(None),
            PairRow.mentor_id.is_not(None),
            PairRow.mentee_id.is_not(None),
        )
        found = await self._session.execute(query)
        return frozenset((a, b) for a, b in found if a is not None and b is not None)

    async def declined(self) -> frozenset[tuple[int, int]]:
        """The declined pairs of open requests, as (mentor, mentee). Only the matcher may read it."""
        query = (
            select(PairRow.mentor_id, RequestRow.member_id)
            .join(RequestRow, RequestRow.id == PairRow.request_id)
            .where(
                PairRow.community_id == self._community,
                PairRow.stage == Stage.DECLINED.value,
                RequestRow.state != RequestState.OVER.value,
            )
        )
        found = await self._session.execute(query)
        return frozenset((a, b) for a, b in found if a is not None)

    # Feedback

    async def note(self, feedback: Feedback) -> bool:
        """Store a member's feedback about their pair, in place of an earlier one; False if there is no such
        pair.
        """
        mine = self._mine().where(PairRow.id == feedback.pair, *self._with(feedback.member))
        if await self._session.scalar(mine) is None:
            return False
        values = {"words": feedback.words, "shared": feedback.shared}
        query = inserting(self._session, FeedbackRow).values(
            pair_id=feedback.pair, member_id=feedback.member, community_id=self._community, **values
        )
        await self._session.execute(
            query.on_conflict_do_update(index_elements=["pair_id", "member_id"], set_=values)
        )
        return True

    async def said_by(self, member: int) -> list[Feedback]:
        """A member's feedback about their pairs."""
        return await self._feedback(FeedbackRow.member_id == member)

    async def shared(self) -> list[Feedback]:
        """The feedback that coordinators may read."""
        return await self._feedback(FeedbackRow.shared.is_(True))

    # Outcomes

    async def outcomes(self, since: datetime) -> Outcomes:
        """The figures since an instant; unknown for groups of fewer than three."""
        pairs = await self._all(self._mine())
        asked = await self._count(RequestRow, RequestRow.asked_at >= since)
        begun = [one for one in pairs if one.started_at is not None and one.started_at >= since]
        days = [(one.started_at - one.asked_at) / _DAY for one in begun if one.started_at is not None]
        met = [one for one in begun if one.met_at is not None]
        ended = [one for one in pairs if one.ended_at is not None and one.ended_at >= since]

        def ended_as(stage: Stage) -> int | None:
            return _known(sum(1 for one in ended if one.stage is stage))

        return Outcomes(
            offered=_known(await self._count(OfferRow)),
            requests=_known(asked),
            matched=_known(len(begun)),
            median_days=round(median(days), 1) if len(days) >= FEWEST else None,
            active=_known(sum(1 for one in pairs if one.stage is Stage.ACTIVE)),
            met_share=len(met) / len(begun) if len(begun) >= FEWEST else None,
            completed=ended_as(Stage.COMPLETED),
            lapsed=ended_as(Stage.LAPSED),
            unmatched=_known(await self._count(RequestRow, RequestRow.state == RequestState.WAITING.value)),
        )

    # What is stored about a member

    async def show(self, member: int) -> list[str]:
        """What is stored here about a member, as lines of text for them to read."""
        lines = [
            f"{'Mentor' if one.mentor == member else 'Mentee'}, {one.made_at:%Y-%m-%d}: {one.stage.in_words}"
            + (f" ({'; '.join(one.reasons)})" if one.reasons else "")
            for one in await self.of(member)
            if one.stage is not Stage.DECLINED
        ]
        return lines + [f"You said of a pair: {one.words}" for one in await self.said_by(member)]

    async def export(self, member: int) -> dict[str, Any]:
        """Everything stored here about a member, as values for JSON; declined pairs stay secret."""
        pairs = [
            {
                "as": "mentor" if one.mentor == member else "mentee",
                "stage": one.stage.value,
                "made_at": one.made_at.isoformat(),
                "started_at": one.started_at.isoformat() if one.started_at else None,
                "ended_at": one.ended_at.isoformat() if one.ended_at else None,
                "met_at": one.met_at.isoformat() if one.met_at else None,
                "reasons": list(one.reasons),
                "you_would": one.mentor_says if one.mentor == member else one.mentee_says,
            }
            for one in await self.of(member)
            if one.stage is not Stage.DECLINED
        ]
        said = [{"words": one.words, "shared": one.shared} for one in await self.said_by(member)]
        kept = {"pairs": pairs, "feedback": said}
        return {name: value for name, value in kept.items() if value}

    async def forget(self, member: int) -> None:
        """Erase a member’s part. The other member’s stays, with nobody in the erased one’s place.

        The morning check finds pairs that were active, and tells the remaining members.
        """
        mine = PairRow.community_id == self._community
        await self._session.execute(
            delete(FeedbackRow).where(
                FeedbackRow.community_id == self._community, FeedbackRow.member_id == member
            )
        )
        for column in (PairRow.mentor_id, PairRow.mentee_id):
            says = {"mentor_says": ""} if column is PairRow.mentor_id else {"mentee_says": ""}
            await self._session.execute(
                update(PairRow)
                .where(mine, column == member)
                .values({column.key: None, "reasons": "", **says})
                .execution_options(synchronize_session=False)
            )
        nobody = PairRow.mentor_id.is_(None) & PairRow.mentee_id.is_(None)
        await self._session.execute(
            update(PairRow)
            .where(mine, nobody)
            .values(end_announced=True)
            .execution_options(synchronize_session=False)
        )

    # Small parts

    async def _all(self, query: Select[PairRow]) -> list[Pair]:
        rows = await self._session.scalars(query.order_by(PairRow.id))
        return [row.value() for row in rows]

    async def _feedback(self, *which: ColumnElement[bool]) -> list[Feedback]:
        query = select(FeedbackRow).where(FeedbackRow.community_id == self._community, *which)
        rows = await self._session.scalars(query.order_by(FeedbackRow.pair_id, FeedbackRow.member_id))
        return [Feedback(row.pair_id, row.member_id, row.words, row.shared) for row in rows]

    async def _count(self, table: type[OfferRow | RequestRow], *which: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(table).where(table.community_id == self._community, *which)
        return await self._session.scalar(query) or 0

    @staticmethod
    def _with(member: int) -> tuple[ColumnElement[bool]]:
        return (or_(PairRow.mentor_id == member, PairRow.mentee_id == member),)

    def _mine(self) -> Select[PairRow]:
        query = select(PairRow).where(PairRow.community_id == self._community)
        return query.execution_options(populate_existing=True)


def _columns(pair: Pair) -> dict[str, Any]:
    """The columns of a pair."""
    values = asdict(pair)
    for name in ("mentor", "mentee", "request", "round"):
        values[f"{name}_id"] = values.pop(name)
    del values["id"]
    return values | {"stage": pair.stage.value, "reasons": "\n".join(pair.reasons)}


def _known(number: int) -> int | None:
    """A figure; None for a group so small that it would reveal something about somebody."""
    return number if number == 0 or number >= FEWEST else None
