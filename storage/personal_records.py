"""What the core stores about a person: accounts, membership, roles, and what they wrote."""

from typing import Any

from sqlalchemy import func, select

from storage.communities import AccountRow, ChannelRow, MemberRow, PresenceRow, RoleRow, SpaceRow
from storage.diary import DiaryRow
from storage.erasure import Person
from storage.session import Session, last_seen_of, orm_of

NEWEST = 3
"""The number of excerpts that are shown. An export has all."""


class PersonalRecords:
    """Queries for the person themselves."""

    def __init__(self, session: Session, is_person: Person) -> None:
        self._unit = session
        self._session = orm_of(session)
        self._person = is_person

    # For reading

    async def you(self) -> list[str]:
        """The person's accounts, memberships and roles, as lines."""
        lines = []
        for account in await self.accounts():
            lines.append(f"Account {account['handle']} of {account['space']}, called {account['name']}")
            if account["channels"]:
                lines.append("In the channels " + ", ".join(f"#{name}" for name in account["channels"]))
        for _, member in self._person.members:
            facts = await self.member(member)
            since = f"since {facts['joined_at'][:10]}" if facts["joined_at"] else "from the start"
            lines.append(f"A member {since}" + (f", in the zone {facts['zone']}" if facts["zone"] else ""))
            lines += ["I write to you only when you ask me something"] if facts["quiet"] else []
            lines += ["Glad to help a newcomer find their way"] if facts["buddy"] else []
            lines += [f"Your role: {role['role']}, since {role['since'][:10]}" for role in facts["roles"]]
            lines += [f"A note with it: {role['note']}" for role in facts["roles"] if role["note"]]
        return lines

    async def talk(self) -> list[str]:
        """How much the diary has of the person, and their newest excerpts, as lines."""
        rows = (DiaryRow.author_id.in_(self._person.account_ids),)
        posted = (*rows, DiaryRow.kind == "posted")
        figures = select(func.count(), func.count(DiaryRow.excerpt), func.min(DiaryRow.at)).where(*posted)
        messages, excerpts, first = (await self._session.execute(figures)).one()
        other = await self._session.scalar(
            select(func.count()).select_from(DiaryRow).where(*rows, DiaryRow.kind != "posted")
        )
        lines = []
        if messages:
            lines.append(f"Messages you wrote since {first:%Y-%m-%d}, when and where: {messages}")
        if excerpts:
            newest = (
                select(DiaryRow.excerpt)
                .where(*posted, DiaryRow.excerpt.is_not(None), DiaryRow.excerpt != "")
                .order_by(DiaryRow.at.desc())
                .limit(NEWEST)
            )
            lines.append(f"How some of them begin: {excerpts}, such as")
            lines += [f"“{excerpt}”" for excerpt in await self._session.scalars(newest)]
        if other:
            lines.append(f"Times you came, went, changed your profile or put an emoji somewhere: {other}")
        return lines

    # For programs

    async def accounts(self) -> list[dict[str, Any]]:
        """The person's accounts, with the channels that they are in."""
        query = (
            select(AccountRow, SpaceRow)
            .join(SpaceRow, SpaceRow.id == AccountRow.space_id)
            .where(AccountRow.id.in_(self._person.account_ids))
            .order_by(AccountRow.id)
        )
        last_seen = last_seen_of(self._unit)
        return [
            {
                "platform": space.platform,
                "space": space.name,
                "handle": account.handle,
                "name": account.name,
                "zone": account.zone,
                "may_manage": account.is_manager,
                "takes_direct_messages": not account.dms_closed,
                "last_asked_at": seen_at.isoformat() if seen_at else None,
                "channels": await self._channels(account.id),
            }
            for account, space in (await self._session.execute(query)).all()
            for seen_at in [last_seen.latest(account.id, account.seen_at)]
        ]

    async def member(self, member: int) -> dict[str, Any]:
        """What the person is in one community."""
        row = await self._session.get(MemberRow, member)
        assert row is not None
        query = select(RoleRow).where(RoleRow.member_id == member).order_by(RoleRow.since)
        return {
            "name": row.name,
            "zone": row.zone,
            "joined_at": row.joined_at.isoformat() if row.joined_at else None,
            "left_at": row.left_at.isoformat() if row.left_at else None,
            "there_from_the_start": row.baseline,
            "quiet": row.quiet,
            "buddy": row.buddy,
            "roles": [
                {"role": role.role, "since": role.since.isoformat(), "note": role.note}
                for role in await self._session.scalars(query)
            ],
        }

    async def written(self) -> list[dict[str, Any]]:
        """Everything that the diary has of the person, the oldest first."""
        query = (
            select(DiaryRow, ChannelRow.name)
            .outerjoin(ChannelRow, ChannelRow.id == DiaryRow.channel_id)
            .where(DiaryRow.author_id.in_(self._person.account_ids))
            .order_by(DiaryRow.at, DiaryRow.id)
        )
        return [
            {
                "what": row.kind,
                "at": row.at.isoformat(),
                "channel": channel,
                "message": row.message,
                "thread": row.thread,
                "refers_to": row.refers_to,
                "reply": row.reply,
                "question": row.question,
                "links": row.links,
                "reactions": row.reactions,
                "begins": row.excerpt,
                "not_yet_digested": row.body,
            }
            for row, channel in await self._session.execute(query)
        ]

    async def _channels(self, account: int) -> list[str]:
        query = (
            select(ChannelRow.name)
            .join(PresenceRow, PresenceRow.channel_id == ChannelRow.id)
            .where(PresenceRow.account_id == account)
            .order_by(ChannelRow.name)
        )
        return list(await self._session.scalars(query))
