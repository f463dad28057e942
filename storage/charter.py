"""What members tell about themselves: what they would like to learn, and what they can help with."""

from typing import Any

from sqlalchemy import ForeignKey, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, inserting
from storage.communities import CommunityRepository


class AboutMeRow(Base):
    """One member's profile. Topics are separated by spaces."""

    __tablename__ = "about_me"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    interests: Mapped[str] = mapped_column(Text, default="")
    expertise: Mapped[str] = mapped_column(Text, default="")
    line: Mapped[str] = mapped_column(String(300), default="")


class AboutMe(CommunityRepository):
    """The profiles of one community's members."""

    heading = "About you"
    export_key = "profile"

    async def get(self, member: int) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """A member's interests, expertise and line; empty if they have told nothing."""
        query = select(AboutMeRow).where(
            AboutMeRow.community_id == self._community, AboutMeRow.member_id == member
        )
        row = await self._session.scalar(query)
        if row is None:
            return (), (), ""
        return tuple(row.interests.split()), tuple(row.expertise.split()), row.line

    async def put(
        self, member: int, *, interests: tuple[str, ...], expertise: tuple[str, ...], line: str
    ) -> bool:
        """Store a member's profile; False if they are not a member of this community."""
        if not await self._are_members(member):
            return False
        words = {"interests": " ".join(interests), "expertise": " ".join(expertise), "line": line}
        query = inserting(self._session, AboutMeRow).values(
            community_id=self._community, member_id=member, **words
        )
        await self._session.execute(query.on_conflict_do_update(index_elements=["member_id"], set_=words))
        return True

    async def show(self, member: int) -> list[str]:
        """What is stored here about a member, as lines of text for them to read."""
        interests, expertise, line = await self.get(member)
        kept = [("Would like to learn", interests), ("Can help with", expertise)]
        return [f"{label}: {', '.join(topics)}" for label, topics in kept if topics] + (
            [line] if line else []
        )

    async def export(self, member: int) -> dict[str, Any]:
        """Everything stored here about a member, as values for JSON."""
        interests, expertise, line = await self.get(member)
        return {"interests": list(interests), "expertise": list(expertise), "about": line}

    async def forget(self, member: int) -> None:
        """Delete a member's profile."""
        await self._session.execute(
            delete(AboutMeRow).where(
                AboutMeRow.community_id == self._community, AboutMeRow.member_id == member
            )
        )
