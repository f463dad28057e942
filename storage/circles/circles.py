"""The circles of one community: what is planned, who takes part, and who would rather be apart."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update

from storage.base import inserting
from storage.circles.tables import (
    CircleAvoidRow,
    CircleRoundRow,
    CircleRow,
    GroupMemberRow,
    GroupRow,
    SeatRow,
)
from storage.circles.values import Circle, CircleState, Mix, Seat
from storage.communities import ChannelRow, CommunityRepository, OwnershipRow
from storage.diary import DiaryRow


class Circles(CommunityRepository):
    """The circles of one community and their participants."""

    heading = "Circles"
    export_key = "circles"

    async def running(self) -> list[Circle]:
        """All running circles, in the order in which they were made."""
        query = self._mine().where(CircleRow.state == CircleState.RUNNING.value).order_by(CircleRow.id)
        return [_circle(row, channel) for row, channel in await self._session.execute(query)]

    async def get(self, circle: int) -> Circle | None:
        """A circle by id, running or ended."""
        query = self._mine().where(CircleRow.id == circle, CircleRow.state != CircleState.DRAFT.value)
        found = (await self._session.execute(query)).first()
        return _circle(*found) if found else None

    async def hold(self, circle: int) -> Circle | None:
        """The same, locked until the unit ends: other changes of it wait."""
        mine = (CircleRow.community_id == self._community, CircleRow.id == circle)
        await self._session.execute(select(CircleRow.id).where(*mine).with_for_update())
        return await self.get(circle)

    # Making a circle

    async def draft(self, member: int, channel: int, **values: Any) -> int | None:
        """Store what a coordinator filled in, in place of their earlier drafts; returns its id.

        `values` are columns: name, size, every, weekday, at, zone, start, mix. None if the member or the
        channel is not of this community.
        """
        if not await self._are_members(member) or not await self._has_channel(channel):
            return None
        await self._drop_drafts(member)
        row = CircleRow(
            community_id=self._community,
            state=CircleState.DRAFT.value,
            drafted_by_id=member,
            channel_id=channel,
            **values,
        )
        self._session.add(row)
        await self._session.flush()
        return row.id

    async def drafted(self, draft: int, member: int) -> Circle | None:
        """A draft of this member."""
        query = self._mine().where(
            CircleRow.id == draft,
            CircleRow.state == CircleState.DRAFT.value,
            CircleRow.drafted_by_id == member,
        )
        found = (await self._session.execute(query)).first()
        return _circle(*found) if found else None

    async def save(self, draft: int) -> bool:
        """Turn a draft into a running circle; False if there is no such draft."""
        is_draft = CircleRow.state == CircleState.DRAFT.value
        return await self._set(draft, is_draft, state=CircleState.RUNNING.value, drafted_by_id=None)

    async def plan(self, circle: int, day: date, at: datetime) -> bool:
        """Store the next planned round."""
        return await self._set(circle, next_day=day, next_at=at)

    async def opened(self, circle: int, day: date) -> bool:
        """Record that people were invited to the round of a day; False if that is recorded already."""
        is_new = CircleRow.opened_day.is_(None) | (CircleRow.opened_day < day)
        return await self._set(circle, is_new, opened_day=day)

    async def pause(self, circle: int, *, paused: bool, until: datetime | None = None) -> bool:
        """Pause or resume; False if there is no such circle."""
        return await self._set(circle, paused=paused, paused_until=until)

    async def end(self, circle: int) -> bool:
        """End a circle. Who has met whom is kept. False if there is no such circle."""
        if not await self._set(circle, state=CircleState.ENDED.value):
            return False
        mine = (SeatRow.community_id == self._community, SeatRow.circle_id == circle)
        await self._session.execute(delete(SeatRow).where(*mine))
        return True

    # Taking part

    async def seats(self, circle: int) -> list[Seat]:
        """The participants of a circle, the longest first."""
        query = (
            select(SeatRow)
            .where(SeatRow.community_id == self._community, SeatRow.circle_id == circle)
            .order_by(SeatRow.since, SeatRow.member_id)
        )
        return [Seat(row.member_id, row.skip_day) for row in await self._session.scalars(query)]

    async def joined(self, member: int) -> dict[int, Seat]:
        """The circles of a member, by id."""
        query = (
            select(SeatRow)
            .where(SeatRow.community_id == self._community, SeatRow.member_id == member)
            .order_by(SeatRow.circle_id)
        )
        rows = await self._session.scalars(query)
        return {row.circle_id: Seat(row.member_id, row.skip_day) for row in rows}

    async def join(self, circle: int, member: int, at: datetime) -> bool:
        """Take part; False if the member does already, or circle or member are not of this community."""
        if circle not in {one.id for one in await self.running()} or not await self._are_members(member):
            return False
        query = (
            inserting(self._session, SeatRow)
            .values(circle_id=circle, member_id=member, community_id=self._community, since=at)
            .on_conflict_do_nothing()
            .returning(SeatRow.member_id)
        )
        return await self._session.scalar(query) is not None

    async def skip(self, circle: int, member: int, day: date | None) -> bool:
        """Sit out the round of a day, or no round if it is None; False if the member does not take part."""
        query = update(SeatRow).where(*self._seat(circle, member)).values(skip_day=day)
        return await self._session.scalar(query.returning(SeatRow.member_id)) is not None

    async def leave(self, circle: int, member: int) -> bool:
        """Stop taking part; False if the member does not take part."""
        query = delete(SeatRow).where(*self._seat(circle, member)).returning(SeatRow.member_id)
        return await self._session.scalar(query) is not None

    # Apart

    async def keep_apart(self, member: int, others: Sequence[int]) -> None:
        """Set the members whom a member would rather not be in a group with."""
        await self._session.execute(
            delete(CircleAvoidRow).where(
                CircleAvoidRow.community_id == self._community, CircleAvoidRow.member_id == member
            )
        )
        wanted = sorted(set(others) - {member})
        if wanted and await self._are_members(member, *wanted):
            rows = [
                {"member_id": member, "other_id": other, "community_id": self._community} for other in wanted
            ]
            await self._session.execute(inserting(self._session, CircleAvoidRow).values(rows))

    async def avoided_by(self, member: int) -> list[int]:
        """The members whom a member would rather not be in a group with."""
        query = (
            select(CircleAvoidRow.other_id)
            .where(CircleAvoidRow.community_id == self._community, CircleAvoidRow.member_id == member)
            .order_by(CircleAvoidRow.other_id)
        )
        return list(await self._session.scalars(query))

    async def apart(self) -> list[tuple[int, int]]:
        """All pairs that are not to be in one group, whichever of the two asked for it."""
        query = select(CircleAvoidRow.member_id, CircleAvoidRow.other_id).where(
            CircleAvoidRow.community_id == self._community
        )
        return [(one, other) for one, other in await self._session.execute(query)]

    async def main_channels(self, members: Iterable[int], since: datetime) -> dict[int, int]:
        """The id of the channel in which each of these members wrote most since then. Silent members are left
        out.
        """
        query = (
            select(OwnershipRow.member_id, DiaryRow.channel_id, func.count())
            .join(DiaryRow, DiaryRow.author_id == OwnershipRow.account_id)
            .where(
                OwnershipRow.community_id == self._community,
                OwnershipRow.member_id.in_(sorted(set(members))),
                DiaryRow.community_id == self._community,
                DiaryRow.kind == "posted",
                DiaryRow.channel_id.is_not(None),
                DiaryRow.at >= since,
            )
            .group_by(OwnershipRow.member_id, DiaryRow.channel_id)
            .order_by(func.count(), DiaryRow.channel_id.desc())
        )
        rows = await self._session.execute(query)
        return {member: channel for member, channel, _ in rows if channel is not None}

    # What is stored about a member

    async def show(self, member: int) -> list[str]:
        """What is stored here about a member, as lines of text for them to read."""
        known = await self.export(member)
        lines = [f"In the circle {one['name']} since {one['since'][:10]}" for one in known.get("circles", ())]
        lines += [f"Sitting out on {one['skips']}" for one in known.get("circles", ()) if one["skips"]]
        if known.get("groups"):
            lines.append(f"Groups you were in: {len(known['groups'])}, so that you meet new people")
        if known.get("rather_not_with"):
            lines.append(f"People you would rather not be in a group with: {len(known['rather_not_with'])}")
        return lines

    async def export(self, member: int) -> dict[str, Any]:
        """The same for programs. Other members are only counted or numbered."""
        circles = (
            select(CircleRow.name, SeatRow.since, SeatRow.skip_day)
            .select_from(SeatRow)
            .join(CircleRow, CircleRow.id == SeatRow.circle_id)
            .where(SeatRow.community_id == self._community, SeatRow.member_id == member)
            .order_by(SeatRow.since)
        )
        groups = (
            select(CircleRow.name, CircleRoundRow.day, GroupRow.answer)
            .select_from(GroupMemberRow)
            .join(GroupRow, GroupRow.id == GroupMemberRow.group_id)
            .join(CircleRoundRow, CircleRoundRow.id == GroupRow.round_id)
            .join(CircleRow, CircleRow.id == CircleRoundRow.circle_id)
            .where(GroupMemberRow.community_id == self._community, GroupMemberRow.member_id == member)
            .order_by(CircleRoundRow.at)
        )
        facts: dict[str, Any] = {
            "circles": [
                {"name": name, "since": since.isoformat(), "skips": day.isoformat() if day else None}
                for name, since, day in await self._session.execute(circles)
            ],
            "groups": [
                {"circle": name, "day": day.isoformat(), "answer": answer or None}
                for name, day, answer in await self._session.execute(groups)
            ],
            "rather_not_with": await self.avoided_by(member),
        }
        return facts if any(facts.values()) else {}

    async def forget(self, member: int) -> None:
        """Erase a member's seats, groups (and thereby acquaintances), and wishes by them or about them."""
        for row in (SeatRow, GroupMemberRow):
            mine = (row.community_id == self._community, row.member_id == member)
            await self._session.execute(delete(row).where(*mine))
        either = or_(CircleAvoidRow.member_id == member, CircleAvoidRow.other_id == member)
        await self._session.execute(
            delete(CircleAvoidRow).where(CircleAvoidRow.community_id == self._community, either)
        )
        theirs = (CircleRow.community_id == self._community, CircleRow.drafted_by_id == member)
        await self._session.execute(delete(CircleRow).where(*theirs))

    # Small parts

    def _mine(self) -> Select[CircleRow, ChannelRow]:
        return (
            select(CircleRow, ChannelRow)
            .join(ChannelRow, ChannelRow.id == CircleRow.channel_id)
            .where(CircleRow.community_id == self._community)
            .execution_options(populate_existing=True)
        )

    def _seat(self, circle: int, member: int) -> tuple[Any, ...]:
        return (
            SeatRow.community_id == self._community,
            SeatRow.circle_id == circle,
            SeatRow.member_id == member,
        )

    async def _set(self, circle: int, *only: Any, **values: object) -> bool:
        mine = (CircleRow.community_id == self._community, CircleRow.id == circle, *only)
        query = update(CircleRow).where(*mine).values(**values).returning(CircleRow.id)
        return await self._session.scalar(query) is not None

    async def _drop_drafts(self, member: int) -> None:
        await self._session.execute(
            delete(CircleRow).where(
                CircleRow.community_id == self._community, CircleRow.drafted_by_id == member
            )
        )


def _circle(row: CircleRow, channel: ChannelRow) -> Circle:
    return Circle(
        id=row.id,
        name=row.name,
        state=CircleState(row.state),
        size=row.size,
        every=row.every,
        weekday=row.weekday,
        at=row.at,
        zone=row.zone,
        start=row.start,
        channel=channel.id,
        space=channel.space_id,
        place=channel.handle,
        gone=channel.archived or channel.lost,
        mix=Mix(row.mix),
        paused=row.paused,
        paused_until=row.paused_until,
        next_day=row.next_day,
        next_at=row.next_at,
        opened_day=row.opened_day,
    )
