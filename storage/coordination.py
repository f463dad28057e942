"""The terms of roles: until when members hold them, and the notes of former holders for their successors."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Select, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, inserting
from storage.communities import CommunityRepository, Member, MemberRow, RoleRow


@dataclass(frozen=True)
class Holding:
    """A role held by a present member. `until` is the day on which it ends; None means that it has no end."""

    member: Member
    role: str
    since: datetime
    until: date | None


@dataclass(frozen=True)
class Former:
    """A role that a member held, and their note for the successor."""

    member: int
    role: str
    ended_on: date
    note: str


class FormerRoleRow(Base):
    """A role that has ended, kept so that its holder can still leave a note."""

    __tablename__ = "former_role"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(String(24), primary_key=True)
    ended_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(500), default="")

    def value(self) -> Former:
        """The row as a value."""
        return Former(self.member_id, self.role, self.ended_on, self.note)


class Terms(CommunityRepository):
    """The roles of one community and their terms."""

    heading = "Roles"
    export_key = "roles"

    async def held(self) -> list[Holding]:
        """The roles that present members hold, by role, those held longest first."""
        rows = await self._session.execute(
            self._present().order_by(RoleRow.role, RoleRow.since, MemberRow.id)
        )
        return [_holding(member, role) for member, role in rows]

    async def find(self, member: int, role: str) -> Holding | None:
        """A role of a present member; None if they do not hold it."""
        query = self._present().where(RoleRow.member_id == member, RoleRow.role == role)
        row = (await self._session.execute(query)).first()
        return _holding(*row) if row is not None else None

    async def put(self, member: int, role: str, at: datetime, until: date | None, note: str = "") -> bool:
        """Grant a role; False if the member holds it already, whose term then changes, or is not a member
        here.
        """
        if not await self._are_members(member):
            return False
        if await self.renew(member, role, until):
            return False
        query = inserting(self._session, RoleRow).values(
            community_id=self._community, member_id=member, role=role, since=at, until=until, note=note
        )
        await self._session.execute(query.on_conflict_do_nothing())
        await self._session.execute(
            delete(FormerRoleRow).where(*self._former(member, role), FormerRoleRow.note == "")
        )
        return True

    async def renew(self, member: int, role: str, until: date | None) -> bool:
        """Change the day on which a role ends; False if the member does not hold it."""
        query = (
            update(RoleRow)
            .where(RoleRow.community_id == self._community, RoleRow.member_id == member, RoleRow.role == role)
            .values(until=until)
            .returning(RoleRow.member_id)
        )
        return await self._session.scalar(query) is not None

    async def end(self, member: int, role: str, on: date) -> bool:
        """Take a role back and remember that it was held; False if it was not."""
        query = (
            delete(RoleRow)
            .where(RoleRow.community_id == self._community, RoleRow.member_id == member, RoleRow.role == role)
            .returning(RoleRow.member_id)
        )
        if await self._session.scalar(query) is None:
            return False
        former = inserting(self._session, FormerRoleRow).values(
            community_id=self._community, member_id=member, role=role, ended_on=on, note=""
        )
        keys = ["community_id", "member_id", "role"]
        await self._session.execute(former.on_conflict_do_update(index_elements=keys, set_={"ended_on": on}))
        return True

    async def leave_note(self, member: int, role: str, note: str) -> bool:
        """Store a former holder's note; False if they never held the role."""
        query = (
            update(FormerRoleRow)
            .where(*self._former(member, role))
            .values(note=note)
            .returning(FormerRoleRow.member_id)
        )
        return await self._session.scalar(query) is not None

    async def notes(self, role: str) -> list[Former]:
        """The notes of a role's former holders, the newest first."""
        query = (
            select(FormerRoleRow)
            .where(
                FormerRoleRow.community_id == self._community,
                FormerRoleRow.role == role,
                FormerRoleRow.note != "",
            )
            .order_by(FormerRoleRow.ended_on.desc(), FormerRoleRow.member_id)
        )
        return [row.value() for row in await self._session.scalars(query)]

    async def show(self, member: int) -> list[str]:
        """The member's former roles and notes, as lines."""
        return [
            f"Was {one.role} until {one.ended_on:%d %B %Y}" + (f": {one.note}" if one.note else "")
            for one in await self._of(member)
        ]

    async def export(self, member: int) -> dict[str, Any]:
        """The member's former roles and notes."""
        return {
            "former_roles": [
                {"role": one.role, "until": one.ended_on.isoformat(), "note": one.note}
                for one in await self._of(member)
            ]
        }

    async def forget(self, member: int) -> None:
        """Delete the member's former roles and notes."""
        await self._session.execute(
            delete(FormerRoleRow).where(
                FormerRoleRow.community_id == self._community, FormerRoleRow.member_id == member
            )
        )

    async def _of(self, member: int) -> list[Former]:
        query = select(FormerRoleRow).where(
            FormerRoleRow.community_id == self._community, FormerRoleRow.member_id == member
        )
        return [row.value() for row in await self._session.scalars(query.order_by(FormerRoleRow.role))]

    def _present(self) -> Select[MemberRow, RoleRow]:
        return (
            select(MemberRow, RoleRow)
            .join(RoleRow, RoleRow.member_id == MemberRow.id)
            .where(RoleRow.community_id == self._community, MemberRow.left_at.is_(None))
        )

    def _former(self, member: int, role: str) -> tuple[Any, ...]:
        return (
            FormerRoleRow.community_id == self._community,
            FormerRoleRow.member_id == member,
            FormerRoleRow.role == role,
        )


def _holding(member: MemberRow, role: RoleRow) -> Holding:
    return Holding(member.value(), role.role, role.since, role.until)
