"""Newcomers' journeys, and queries of the diary for their first messages."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from storage.base import inserting
from storage.communities import ChannelRow, CommunityRepository, MemberRow, OwnershipRow
from storage.diary import DiaryRow
from storage.welcome.tables import JourneyRow, JourneyStepRow, StepRow
from storage.welcome.values import FirstMessage, Journey, JourneyState, Progress, StepCount

GAP = timedelta(minutes=30)
"""Messages in a channel without a longer gap are one conversation."""
_POSTED = "posted"
"""The diary's kind for a person's message."""


class Journeys(CommunityRepository):
    """The journeys of one community."""

    heading = "Welcome"
    export_key = "welcome"

    async def arrive(self, member: int, joined: datetime, at: datetime) -> bool:
        """Record that a member joined; returns whether they wait to be greeted. Nobody is greeted twice.

        A member who left before they were greeted waits again when they return.
        """
        if not await self._are_members(member):
            return False
        query = (
            inserting(self._session, JourneyRow)
            .values(
                member_id=member,
                community_id=self._community,
                state=JourneyState.ARRIVED.value,
                arrived_at=at,
                joined_at=joined,
                fell_back=False,
                reminded=False,
                answer="",
                post_key="",
                introduction="",
                first_message_settled=False,
            )
            .on_conflict_do_nothing()
            .returning(JourneyRow.member_id)
        )
        if await self._session.scalar(query) is not None:
            return True
        again = (
            update(JourneyRow)
            .where(
                *self._of(member),
                JourneyRow.greeted_at.is_(None),
                JourneyRow.state == JourneyState.ENDED.value,
            )
            .values(state=JourneyState.ARRIVED.value, arrived_at=at, joined_at=joined)
            .returning(JourneyRow.member_id)
        )
        return await self._session.scalar(again) is not None

    async def get(self, member: int) -> Journey | None:
        """A member's journey."""
        row = await self._session.scalar(select(JourneyRow).where(*self._of(member)))
        return row.value() if row else None

    async def put(self, journey: Journey) -> None:
        """Store a journey as it is now."""
        values: dict[str, Any] = asdict(journey) | {"state": journey.state.value, "buddy_id": journey.buddy}
        del values["member"], values["buddy"]
        await self._session.execute(update(JourneyRow).where(*self._of(journey.member)).values(**values))

    async def by_post(self, key: str) -> Journey | None:
        """The journey whose `post_key` is this."""
        query = select(JourneyRow).where(
            JourneyRow.community_id == self._community, JourneyRow.post_key == key
        )
        row = await self._session.scalar(query.limit(1))
        return row.value() if row else None

    async def in_state(self, state: JourneyState) -> list[Journey]:
        """All journeys in a state, by arrival."""
        query = select(JourneyRow).where(
            JourneyRow.community_id == self._community, JourneyRow.state == state.value
        )
        rows = await self._session.scalars(query.order_by(JourneyRow.arrived_at, JourneyRow.member_id))
        return [row.value() for row in rows]

    async def arrivals_since(self, since: datetime) -> int:
        """How many members arrived after an instant, greeted or not."""
        query = select(func.count()).where(
            JourneyRow.community_id == self._community, JourneyRow.arrived_at > since
        )
        return await self._session.scalar(query) or 0

    async def watched(self, since: datetime) -> list[Journey]:
        """The journeys of members who joined since then and whose first message still needs attention."""
        query = select(JourneyRow).where(
            JourneyRow.community_id == self._community,
            JourneyRow.first_message_settled.is_(False),
            JourneyRow.joined_at >= since,
        )
        rows = await self._session.scalars(query.order_by(JourneyRow.joined_at, JourneyRow.member_id))
        return [row.value() for row in rows]

    async def flagged(self, since: datetime) -> list[Journey]:
        """The journeys of members whose first message was flagged since then."""
        query = select(JourneyRow).where(
            JourneyRow.community_id == self._community, JourneyRow.flagged_at >= since
        )
        rows = await self._session.scalars(query.order_by(JourneyRow.flagged_at, JourneyRow.member_id))
        return [row.value() for row in rows]

    async def loads(self) -> dict[int, int]:
        """How many newcomers each buddy has had."""
        query = (
            select(JourneyRow.buddy_id, func.count())
            .where(JourneyRow.community_id == self._community, JourneyRow.buddy_id.is_not(None))
            .group_by(JourneyRow.buddy_id)
        )
        return {buddy: n for buddy, n in await self._session.execute(query) if buddy is not None}

    # Steps

    async def mark(self, member: int, step: int, at: datetime) -> bool:
        """Record that a member on a journey got a step; False if they had it already."""
        if await self.get(member) is None:
            return False
        query = (
            inserting(self._session, JourneyStepRow)
            .values(member_id=member, step_id=step, community_id=self._community, sent_at=at)
            .on_conflict_do_nothing()
            .returning(JourneyStepRow.step_id)
        )
        return await self._session.scalar(query) is not None

    async def done(self, member: int, step: int, at: datetime) -> bool:
        """Record that a member completed a step; False if they had already, or never got it."""
        query = (
            update(JourneyStepRow)
            .where(
                JourneyStepRow.community_id == self._community,
                JourneyStepRow.member_id == member,
                JourneyStepRow.step_id == step,
                JourneyStepRow.done_at.is_(None),
            )
            .values(done_at=at)
            .returning(JourneyStepRow.step_id)
        )
        return await self._session.scalar(query) is not None

    async def progress(self) -> Progress:
        """How many newcomers have come how far."""
        mine = JourneyRow.community_id == self._community
        counted = (
            await self._session.execute(
                select(
                    func.count(),
                    func.count(JourneyRow.greeted_at),
                    func.count(JourneyRow.agreed_at),
                    func.count(JourneyRow.introduced_at),
                    func.count(JourneyRow.buddy_id),
                ).where(mine)
            )
        ).one()
        answers = await self._session.execute(
            select(JourneyRow.answer, func.count())
            .where(mine, JourneyRow.answer != "")
            .group_by(JourneyRow.answer)
        )
        marks = await self._session.execute(
            select(JourneyStepRow.step_id, func.count(), func.count(JourneyStepRow.done_at))
            .where(JourneyStepRow.community_id == self._community)
            .group_by(JourneyStepRow.step_id)
        )
        steps = {step: StepCount(said, done) for step, said, done in marks}
        return Progress(*counted, answers=dict(answers.all()), steps=steps)

    # The diary

    async def first_messages(self, members: Iterable[int]) -> list[FirstMessage]:
        """The first message of each of these newcomers since they joined, the oldest first.

        A reply is another person's message in its thread, referring to it, or next in its conversation.
        """
        wanted = sorted(set(members))
        if not wanted:
            return []
        query = (
            select(JourneyRow.member_id, func.min(DiaryRow.at))
            .join(OwnershipRow, OwnershipRow.member_id == JourneyRow.member_id)
            .join(DiaryRow, DiaryRow.author_id == OwnershipRow.account_id)
            .where(
                JourneyRow.community_id == self._community,
                JourneyRow.member_id.in_(wanted),
                DiaryRow.community_id == self._community,
                DiaryRow.kind == _POSTED,
                DiaryRow.at >= JourneyRow.joined_at,
            )
            .group_by(JourneyRow.member_id)
        )
        firsts = (await self._session.execute(query)).all()
        found = [await self._first_message(member, at) for member, at in sorted(firsts, key=lambda f: f[1])]
        return [message for message in found if message is not None]

    async def introduced(self, since: datetime, until: datetime, channel: int | None) -> list[int]:
        """Present members who introduced themselves by form in this time, and wrote nothing in the channel.

        Those who wrote there are found by their messages.
        """
        query = (
            select(JourneyRow.member_id)
            .join(MemberRow, MemberRow.id == JourneyRow.member_id)
            .where(
                JourneyRow.community_id == self._community,
                JourneyRow.introduced_at >= since,
                JourneyRow.introduced_at < until,
                MemberRow.left_at.is_(None),
            )
            .order_by(JourneyRow.introduced_at, JourneyRow.member_id)
        )
        if channel is not None:
            wrote = (
                select(DiaryRow.id)
                .join(OwnershipRow, OwnershipRow.account_id == DiaryRow.author_id)
                .where(
                    DiaryRow.community_id == self._community,
                    DiaryRow.kind == _POSTED,
                    DiaryRow.channel_id == channel,
                    DiaryRow.at >= JourneyRow.joined_at,
                    DiaryRow.at < until,
                    OwnershipRow.member_id == JourneyRow.member_id,
                )
            )
            query = query.where(~wrote.exists())
        return list(await self._session.scalars(query))

    async def _first_message(self, member: int, at: datetime) -> FirstMessage | None:
        accounts = select(OwnershipRow.account_id).where(
            OwnershipRow.community_id == self._community, OwnershipRow.member_id == member
        )
        posted = (
            select(DiaryRow, ChannelRow.handle)
            .join(ChannelRow, ChannelRow.id == DiaryRow.channel_id)
            .where(DiaryRow.community_id == self._community, DiaryRow.kind == _POSTED)
        )
        mine = posted.where(DiaryRow.at == at, DiaryRow.author_id.in_(accounts))
        row = (await self._session.execute(mine.order_by(DiaryRow.id).limit(1))).first()
        if row is None:
            return None
        first, place = row
        others = (
            posted.where(
                DiaryRow.space_id == first.space_id,
                DiaryRow.at >= first.at,
                DiaryRow.author_id.is_(None) | DiaryRow.author_id.not_in(accounts),
                _answers(first),
            )
            .with_only_columns(DiaryRow.id)
            .limit(1)
        )
        replied = await self._session.scalar(others) is not None
        return FirstMessage(member, first.space_id, place, first.message, first.at, replied)

    # What is stored about a member

    async def show(self, member: int) -> list[str]:
        """Everything stored here about a member, as lines."""
        journey = await self.get(member)
        if journey is None:
            return []
        lines = [f"Joined on {journey.joined_at:%Y-%m-%d}; the welcome is {journey.state.in_words}"]
        if journey.answer:
            lines.append(f"Would like to take part: {journey.answer}")
        if journey.agreed_at:
            lines.append(f"Agreed to the ground rules on {journey.agreed_at:%Y-%m-%d}")
        if journey.introduction:
            lines.append(f"Introduced as: {journey.introduction}")
        return lines

    async def export(self, member: int) -> dict[str, Any]:
        """Everything stored here about a member."""
        journey = await self.get(member)
        if journey is None:
            return {}
        facts = {name: value for name, value in asdict(journey).items() if name not in {"member", "buddy"}}
        marks = select(JourneyStepRow).where(
            JourneyStepRow.community_id == self._community, JourneyStepRow.member_id == member
        )
        facts["steps"] = [
            {"step": mark.step_id, "sent_at": mark.sent_at, "done_at": mark.done_at}
            for mark in await self._session.scalars(
                marks.order_by(JourneyStepRow.sent_at, JourneyStepRow.step_id)
            )
        ]
        return {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()
        }

    async def forget(self, member: int) -> None:
        """Erase a member's journey, and their part in the journeys and steps of others."""
        await self._session.execute(delete(JourneyRow).where(*self._of(member)))
        await self._session.execute(
            update(JourneyRow)
            .where(JourneyRow.community_id == self._community, JourneyRow.buddy_id == member)
            .values(buddy_id=None)
        )
        await self._session.execute(
            update(StepRow)
            .where(StepRow.community_id == self._community, StepRow.person_id == member)
            .values(person_id=None)
        )

    def _of(self, member: int) -> tuple[ColumnElement[bool], ...]:
        return JourneyRow.community_id == self._community, JourneyRow.member_id == member


def _answers(first: DiaryRow) -> ColumnElement[bool]:
    """The condition that makes a later message a reply to this one."""
    here = DiaryRow.channel_id == first.channel_id
    under = here & (DiaryRow.thread == (first.thread or first.message))
    referring = DiaryRow.refers_to == first.message
    beside = here & (DiaryRow.thread == "") & (DiaryRow.at <= first.at + GAP)
    return (under | referring) if first.thread else (under | referring | beside)
