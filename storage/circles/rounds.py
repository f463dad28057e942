"""Rounds of circles: what became of each date, who was in which group, and who has met whom."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import aliased

from storage.base import inserting
from storage.circles.tables import LONGEST_WHY, CircleRoundRow, CircleRow, GroupMemberRow, GroupRow
from storage.circles.values import Acquaintance, Figures, Group, MeetingAnswer, Round, RoundOutcome
from storage.communities import CommunityRepository

TELLING = 3
"""Figures about fewer people or answers are not shown: they would be about these few."""


class CircleRounds(CommunityRepository):
    """The rounds of one community's circles."""

    async def record(
        self, circle: int, day: date, at: datetime, outcome: RoundOutcome, why: str = ""
    ) -> int | None:
        """Record what became of a date; returns the round's id, None if it is recorded already."""
        if not await self._has_row(CircleRow, circle):
            return None
        query = inserting(self._session, CircleRoundRow).values(
            community_id=self._community,
            circle_id=circle,
            day=day,
            at=at,
            outcome=outcome.value,
            why=why[:LONGEST_WHY],
            # A round that was not made has nobody to ask.
            asked=outcome is not RoundOutcome.MADE,
        )
        stored: int | None = await self._session.scalar(
            query.on_conflict_do_nothing().returning(CircleRoundRow.id)
        )
        return stored

    async def get(self, round_: int) -> Round | None:
        """One round by id."""
        row = await self._session.scalar(self._mine().where(CircleRoundRow.id == round_))
        return _round(row) if row else None

    async def latest(self, circle: int, count: int) -> list[Round]:
        """The latest rounds of a circle, the newest first."""
        query = (
            self._mine()
            .where(CircleRoundRow.circle_id == circle)
            .order_by(CircleRoundRow.at.desc())
            .limit(count)
        )
        return [_round(row) for row in await self._session.scalars(query)]

    async def tally(self, round_: int, *, seats: int, new: int, repeats: int) -> bool:
        """Store how many took part, and how many pairs met for the first time or again. These counts stay."""
        return await self._set(round_, seats=seats, new_pairs=new, repeated_pairs=repeats)

    async def asked(self, round_: int) -> bool:
        """Record that a round's groups were asked how it went; False if that is recorded already."""
        return await self._set(round_, CircleRoundRow.asked.is_(False), asked=True)

    # Groups

    async def add_group(self, round_: int, key: str, members: Sequence[int]) -> int | None:
        """Add a group to a round; returns its id, None if round or members are not of this community."""
        if await self.get(round_) is None or not await self._are_members(*members):
            return None
        row = GroupRow(community_id=self._community, round_id=round_, key=key)
        self._session.add(row)
        await self._session.flush()
        await self._seat(row.id, members)
        return row.id

    async def group(self, group: int) -> Group | None:
        """One group by id."""
        return next(iter(await self._groups(GroupRow.id == group)), None)

    async def group_at(self, key: str) -> Group | None:
        """The group that was introduced in the place with this key."""
        return next(iter(await self._groups(GroupRow.key == key)), None)

    async def groups(self, round_: int) -> list[Group]:
        """The groups of a round."""
        return await self._groups(GroupRow.round_id == round_)

    async def under_way(self, member: int) -> list[Group]:
        """The groups of a member that have not been asked yet how it went."""
        theirs = select(GroupMemberRow.group_id).where(
            GroupMemberRow.community_id == self._community, GroupMemberRow.member_id == member
        )
        return await self._groups(GroupRow.id.in_(theirs), CircleRoundRow.asked.is_(False))

    async def introduced(self, group: int) -> bool:
        """Record that a group was introduced; False if that is recorded already."""
        mine = (GroupRow.community_id == self._community, GroupRow.id == group, ~GroupRow.introduced)
        query = update(GroupRow).where(*mine).values(introduced=True).returning(GroupRow.id)
        return await self._session.scalar(query) is not None

    async def move_to(self, group: int, key: str, members: Sequence[int]) -> bool:
        """Add members to a group and move it to another place; False if group or members are not of this
        community.
        """
        if not await self._are_members(*members):
            return False
        mine = (GroupRow.community_id == self._community, GroupRow.id == group)
        query = update(GroupRow).where(*mine).values(key=key).returning(GroupRow.id)
        if await self._session.scalar(query) is None:
            return False
        await self._seat(group, members)
        return True

    async def drop_out(self, group: int, member: int) -> bool:
        """Remove a member from a group; False if they are not in it."""
        query = delete(GroupMemberRow).where(
            GroupMemberRow.community_id == self._community,
            GroupMemberRow.group_id == group,
            GroupMemberRow.member_id == member,
        )
        return await self._session.scalar(query.returning(GroupMemberRow.member_id)) is not None

    async def unmake(self, group: int) -> bool:
        """Delete a group: its members have not met in it. False if there is no such group."""
        mine = (GroupRow.community_id == self._community, GroupRow.id == group)
        return await self._session.scalar(delete(GroupRow).where(*mine).returning(GroupRow.id)) is not None

    async def answer(self, group: int, answer: MeetingAnswer) -> bool:
        """Store a group's answer to *did you meet?*. *Met* is final. False if nothing changes."""
        mine = (GroupRow.community_id == self._community, GroupRow.id == group)
        is_open = GroupRow.answer.not_in([MeetingAnswer.MET.value, answer.value])
        query = update(GroupRow).where(*mine, is_open).values(answer=answer.value)
        return await self._session.scalar(query.returning(GroupRow.id)) is not None

    # Who has met whom

    async def acquaintances(self, members: Iterable[int]) -> list[Acquaintance]:
        """The pairs among these members who have met, in any circle at any time.

        Groups that answered that they could not meet do not count.
        """
        wanted = sorted(set(members))
        one, other = aliased(GroupMemberRow), aliased(GroupMemberRow)
        query = (
            select(one.member_id, other.member_id, func.count(), func.max(CircleRoundRow.at))
            .join(other, (other.group_id == one.group_id) & (other.member_id > one.member_id))
            .join(GroupRow, GroupRow.id == one.group_id)
            .join(CircleRoundRow, CircleRoundRow.id == GroupRow.round_id)
            .where(
                one.community_id == self._community,
                one.member_id.in_(wanted),
                other.member_id.in_(wanted),
                GroupRow.answer != MeetingAnswer.COULD_NOT.value,
            )
            .group_by(one.member_id, other.member_id)
            .order_by(one.member_id, other.member_id)
        )
        return [Acquaintance(*row) for row in await self._session.execute(query)]

    # Figures

    async def figures(self, circle: int | None = None, since: datetime | None = None) -> Figures:
        """The figures of one circle or of all, since an instant or since ever."""
        these: list[ColumnElement[bool]] = [CircleRoundRow.community_id == self._community]
        these += [CircleRoundRow.circle_id == circle] if circle is not None else []
        these += [CircleRoundRow.at >= since] if since is not None else []
        by_outcome = (
            select(
                CircleRoundRow.outcome,
                func.count(),
                func.sum(CircleRoundRow.seats),
                func.sum(CircleRoundRow.new_pairs),
                func.sum(CircleRoundRow.repeated_pairs),
            )
            .where(*these)
            .group_by(CircleRoundRow.outcome)
        )
        counts = {RoundOutcome(row[0]): row[1:] for row in await self._session.execute(by_outcome)}
        made, seats, new, repeats = counts.get(RoundOutcome.MADE, (0, 0, 0, 0))
        answers = await self._answers(these)
        answered = sum(answers.values()) - answers.get("", 0)
        query = (
            select(func.count(func.distinct(GroupMemberRow.member_id)))
            .join(GroupRow, GroupRow.id == GroupMemberRow.group_id)
            .join(CircleRoundRow, CircleRoundRow.id == GroupRow.round_id)
            .where(*these)
        )
        people = await self._session.scalar(query) or 0
        tells = people >= TELLING
        return Figures(
            rounds=made,
            skipped=counts.get(RoundOutcome.SKIPPED, (0,))[0],
            missed=counts.get(RoundOutcome.MISSED, (0,))[0],
            people=people if tells else None,
            seats=int(seats) if tells else None,
            groups=sum(answers.values()),
            answered=answered,
            met=answers.get(MeetingAnswer.MET.value, 0) / answered if answered >= TELLING else None,
            new=int(new) if tells else None,
            repeats=int(repeats) if tells else None,
        )

    async def _answers(self, these: Sequence[ColumnElement[bool]]) -> dict[str, int]:
        query = (
            select(GroupRow.answer, func.count())
            .join(CircleRoundRow, CircleRoundRow.id == GroupRow.round_id)
            .where(*these)
            .group_by(GroupRow.answer)
        )
        return dict((await self._session.execute(query)).all())

    # Small parts

    def _mine(self) -> Select[CircleRoundRow]:
        return select(CircleRoundRow).where(CircleRoundRow.community_id == self._community)

    async def _set(self, round_: int, *only: ColumnElement[bool], **values: object) -> bool:
        mine = (CircleRoundRow.community_id == self._community, CircleRoundRow.id == round_, *only)
        query = update(CircleRoundRow).where(*mine).values(**values).returning(CircleRoundRow.id)
        return await self._session.scalar(query) is not None

    async def _groups(self, *only: ColumnElement[bool]) -> list[Group]:
        query = (
            select(GroupRow, CircleRoundRow.circle_id)
            .join(CircleRoundRow, CircleRoundRow.id == GroupRow.round_id)
            .where(GroupRow.community_id == self._community, *only)
            .order_by(GroupRow.id)
        )
        found = (await self._session.execute(query)).all()
        seated = (
            select(GroupMemberRow.group_id, GroupMemberRow.member_id)
            .where(GroupMemberRow.group_id.in_([row.id for row, _ in found]))
            .order_by(GroupMemberRow.member_id)
        )
        members: dict[int, list[int]] = {}
        for group, member in await self._session.execute(seated):
            members.setdefault(group, []).append(member)
        return [
            Group(
                row.id,
                row.round_id,
                circle,
                row.key,
                tuple(members.get(row.id, ())),
                row.introduced,
                MeetingAnswer(row.answer) if row.answer else None,
            )
            for row, circle in found
        ]

    async def _seat(self, group: int, members: Sequence[int]) -> None:
        rows: list[dict[str, Any]] = [
            {"group_id": group, "member_id": member, "community_id": self._community} for member in members
        ]
        if rows:
            query = inserting(self._session, GroupMemberRow).values(rows)
            await self._session.execute(query.on_conflict_do_nothing())


def _round(row: CircleRoundRow) -> Round:
    return Round(row.id, row.circle_id, row.day, row.at, RoundOutcome(row.outcome), row.why, row.asked)
