"""The repository of newcomers' journeys; it also finds their first messages in the diary."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from storage.base import inserting
from storage.communities import ChannelRow, CommunityRepository, MemberRow, OwnershipRow
from storage.diary import DiaryRow
from storage.welcome.tables import JourneyRow, JourneyStepRow, StepRow
from storage.welcome.values import FirstMessage, Journey, JourneyState, Progress, StepCount

REPLY_WINDOW = timedelta(minutes=30)
"""Outside threads, a message by somebody else in this time after a first message counts as a reply to it."""
_AT_ONCE = 500
_POSTED = "posted"
"""`DiaryRow.kind` of a person's message."""


class Journeys(CommunityRepository):
    """The journeys of one community."""

    heading = "Welcome"
    export_key = "welcome"

    async def arrive(self, member: int, joined: datetime, at: datetime) -> bool:
        """Record that a member joined at `joined` and was noticed at `at`; returns whether to greet them.

        A member has one journey ever and is greeted once. If they leave before the greeting and return, their
        journey starts again. An id of another community has no effect.
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
        restarted = (
            update(JourneyRow)
            .where(
                *self._criteria(member),
                JourneyRow.greeted_at.is_(None),
                JourneyRow.state == JourneyState.ENDED.value,
            )
            .values(state=JourneyState.ARRIVED.value, arrived_at=at, joined_at=joined)
            .returning(JourneyRow.member_id)
        )
        return await self._session.scalar(restarted) is not None

    async def get(self, member: int) -> Journey | None:
        """The journey of a member; None if they have none."""
        row = await self._session.scalar(select(JourneyRow).where(*self._criteria(member)))
        return row.value() if row else None

    async def put(self, journey: Journey) -> None:
        """Update the stored journey of `journey.member` with all its values."""
        values: dict[str, Any] = asdict(journey) | {"state": journey.state.value, "buddy_id": journey.buddy}
        del values["member"], values["buddy"]
        await self._session.execute(
            update(JourneyRow).where(*self._criteria(journey.member)).values(**values)
        )

    async def offer_all(self, members: Sequence[int], at: datetime) -> None:
        """Record that members who have arrived are offered the start button in a channel, all at once."""
        await self._settle_arrived(members, state=JourneyState.OFFERED.value, greeted_at=at, fell_back=True)

    async def end_all(self, members: Sequence[int]) -> None:
        """End the journeys of members who have arrived and are not to be greeted."""
        await self._settle_arrived(members, state=JourneyState.ENDED.value)

    async def _settle_arrived(self, members: Sequence[int], **values: object) -> None:
        for start in range(0, len(members), _AT_ONCE):
            await self._session.execute(
                update(JourneyRow)
                .where(
                    JourneyRow.community_id == self._community,
                    JourneyRow.state == JourneyState.ARRIVED.value,
                    JourneyRow.member_id.in_(members[start : start + _AT_ONCE]),
                )
                .values(**values)
            )

    async def by_post(self, key: str) -> Journey | None:
        """The journey with this `post_key`; None if there is none."""
        query = select(JourneyRow).where(
            JourneyRow.community_id == self._community, JourneyRow.post_key == key
        )
        row = await self._session.scalar(query.limit(1))
        return row.value() if row else None

    async def in_state(self, state: JourneyState) -> list[Journey]:
        """All journeys in a state, ordered by arrival."""
        query = select(JourneyRow).where(
            JourneyRow.community_id == self._community, JourneyRow.state == state.value
        )
        rows = await self._session.scalars(query.order_by(JourneyRow.arrived_at, JourneyRow.member_id))
        return [row.value() for row in rows]

    async def first_arrival(self) -> datetime | None:
        """When the first of those arrived who wait to be greeted; None if nobody waits."""
        query = select(JourneyRow.arrived_at).where(
            JourneyRow.community_id == self._community, JourneyRow.state == JourneyState.ARRIVED.value
        )
        first: datetime | None = await self._session.scalar(query.order_by(JourneyRow.arrived_at).limit(1))
        return first

    async def arrivals_since(self, since: datetime) -> int:
        """The number of members who arrived after `since`, whether greeted or not."""
        query = select(func.count()).where(
            JourneyRow.community_id == self._community, JourneyRow.arrived_at > since
        )
        return await self._session.scalar(query) or 0

    async def with_open_first_message(self, since: datetime) -> list[Journey]:
        """The journeys of members who joined since then, and whose first message is not settled."""
        query = select(JourneyRow).where(
            JourneyRow.community_id == self._community,
            JourneyRow.first_message_settled.is_(False),
            JourneyRow.joined_at >= since,
        )
        rows = await self._session.scalars(query.order_by(JourneyRow.joined_at, JourneyRow.member_id))
        return [row.value() for row in rows]

    async def flagged_since(self, since: datetime) -> list[Journey]:
        """The journeys whose unanswered first message was reported to member support since then."""
        query = select(JourneyRow).where(
            JourneyRow.community_id == self._community, JourneyRow.flagged_at >= since
        )
        rows = await self._session.scalars(query.order_by(JourneyRow.flagged_at, JourneyRow.member_id))
        return [row.value() for row in rows]

    async def newcomers_per_buddy(self) -> dict[int, int]:
        """The number of newcomers that each buddy has had so far, by the buddy's member id."""
        query = (
            select(JourneyRow.buddy_id, func.count())
            .where(JourneyRow.community_id == self._community, JourneyRow.buddy_id.is_not(None))
            .group_by(JourneyRow.buddy_id)
        )
        return {buddy: number for buddy, number in await self._session.execute(query) if buddy is not None}

    # Steps

    async def record_sent(self, member: int, step: int, at: datetime) -> bool:
        """Record that a step was sent to a member; False if it was already, or they have no journey."""
        if await self.get(member) is None:
            return False
        query = (
            inserting(self._session, JourneyStepRow)
            .values(member_id=member, step_id=step, community_id=self._community, sent_at=at)
            .on_conflict_do_nothing()
            .returning(JourneyStepRow.step_id)
        )
        return await self._session.scalar(query) is not None

    async def record_done(self, member: int, step: int, at: datetime) -> bool:
        """Record that a member completed a step; False if they already had, or it was never sent to them."""
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
        """Count the newcomers who have reached each stage of the journey."""
        in_community = JourneyRow.community_id == self._community
        counted = (
            await self._session.execute(
                select(
                    func.count(),
                    func.count(JourneyRow.greeted_at),
                    func.count(JourneyRow.agreed_at),
                    func.count(JourneyRow.introduced_at),
                    func.count(JourneyRow.buddy_id),
                ).where(in_community)
            )
        ).one()
        answers = await self._session.execute(
            select(JourneyRow.answer, func.count())
            .where(in_community, JourneyRow.answer != "")
            .group_by(JourneyRow.answer)
        )
        step_counts = await self._session.execute(
            select(JourneyStepRow.step_id, func.count(), func.count(JourneyStepRow.done_at))
            .where(JourneyStepRow.community_id == self._community)
            .group_by(JourneyStepRow.step_id)
        )
        steps = {step: StepCount(sent, done) for step, sent, done in step_counts}
        return Progress(*counted, answers=dict(answers.all()), steps=steps)

    # The diary

    async def first_messages(self, members: Iterable[int]) -> list[FirstMessage]:
        """The first message of each of these newcomers since they joined, ordered by time.

        Members without a message are left out. For `replied` see `_is_reply_to`.
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
        """The ids of present members who introduced themselves by form in `[since, until)`, ordered by time.

        Members who have also written in `channel`, the one for introductions, are left out: the recap lists
        them by their messages.
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
        first, channel = row
        reply = (
            posted.where(
                DiaryRow.space_id == first.space_id,
                DiaryRow.at >= first.at,
                DiaryRow.author_id.is_(None) | DiaryRow.author_id.not_in(accounts),
                _is_reply_to(first),
            )
            .with_only_columns(DiaryRow.id)
            .limit(1)
        )
        replied = await self._session.scalar(reply) is not None
        return FirstMessage(member, first.space_id, channel, first.message, first.at, replied)

    # What is stored about a member

    async def show(self, member: int) -> list[str]:
        """What is stored here about a member, as lines of text for them to read."""
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
        """Everything stored here about a member, as values for JSON."""
        journey = await self.get(member)
        if journey is None:
            return {}
        values = {name: value for name, value in asdict(journey).items() if name not in {"member", "buddy"}}
        sent = select(JourneyStepRow).where(
            JourneyStepRow.community_id == self._community, JourneyStepRow.member_id == member
        )
        values["steps"] = [
            {"step": step.step_id, "sent_at": step.sent_at, "done_at": step.done_at}
            for step in await self._session.scalars(
                sent.order_by(JourneyStepRow.sent_at, JourneyStepRow.step_id)
            )
        ]
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in values.items()
        }

    async def forget(self, member: int) -> None:
        """Delete a member's journey, and remove them as buddy and as the person of a step.

        The database deletes the sent steps with the journey.
        """
        await self._session.execute(delete(JourneyRow).where(*self._criteria(member)))
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

    def _criteria(self, member: int) -> tuple[ColumnElement[bool], ...]:
        return JourneyRow.community_id == self._community, JourneyRow.member_id == member


def _is_reply_to(first: DiaryRow) -> ColumnElement[bool]:
    """The condition that a later message of somebody else is a reply to this one.

    It is in the same thread, or refers to the message, or, if this one is outside threads, it follows in the
    channel within `REPLY_WINDOW`.
    """
    in_channel = DiaryRow.channel_id == first.channel_id
    in_thread = in_channel & (DiaryRow.thread == (first.thread or first.message))
    refers = DiaryRow.refers_to == first.message
    if first.thread:
        return in_thread | refers
    follows = in_channel & (DiaryRow.thread == "") & (DiaryRow.at <= first.at + REPLY_WINDOW)
    return in_thread | refers | follows
