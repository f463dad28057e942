"""Who sends an interaction: space, account, memberships and roles, in one statement."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, select

from storage.communities.tables import (
    AccountRow,
    CommunityRow,
    CommunitySpaceRow,
    MemberRow,
    OwnershipRow,
    RoleRow,
    SpaceRow,
)
from storage.communities.values import Account, Community, Member, SpaceFacts
from storage.session import Session, orm_of


@dataclass
class Membership:
    """A member of a community, and the roles they hold in it now."""

    community: Community
    member: Member
    roles: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class CallerRecord:
    """What is known of an account by the platform's ids; memberships that have ended are not in it."""

    space: SpaceFacts | None
    account: Account | None
    memberships: list[Membership]


_CALLER = (
    select(SpaceRow, AccountRow, CommunityRow, MemberRow, RoleRow.role)
    .outerjoin(AccountRow, and_(AccountRow.space_id == SpaceRow.id, AccountRow.handle == bindparam("handle")))
    .outerjoin(OwnershipRow, OwnershipRow.account_id == AccountRow.id)
    .outerjoin(MemberRow, and_(MemberRow.id == OwnershipRow.member_id, MemberRow.left_at.is_(None)))
    .outerjoin(
        CommunitySpaceRow,
        and_(
            CommunitySpaceRow.community_id == MemberRow.community_id,
            CommunitySpaceRow.space_id == SpaceRow.id,
        ),
    )
    .outerjoin(CommunityRow, CommunityRow.id == CommunitySpaceRow.community_id)
    .outerjoin(RoleRow, and_(RoleRow.community_id == CommunityRow.id, RoleRow.member_id == MemberRow.id))
    .where(SpaceRow.platform == bindparam("platform"), SpaceRow.handle == bindparam("space"))
    .order_by(CommunityRow.id)
)
"""Composed once, since that takes longer than the database needs for it."""


async def find_caller(session: Session, platform: str, space: str, handle: str) -> CallerRecord:
    """An account, by the platform and the handles of its space and itself."""
    facts: SpaceFacts | None = None
    account: Account | None = None
    memberships: dict[int, Membership] = {}
    # An outer join may have None in any column but the first, which SQLAlchemy's types do not tell.
    rows: list[Any] = list(
        await orm_of(session).execute(_CALLER, {"platform": platform, "space": space, "handle": handle})
    )
    for space_row, account_row, community, member, role in rows:
        facts = space_row.value()
        account = account_row.value() if account_row else None
        if community is None or member is None:
            continue
        membership = memberships.setdefault(community.id, Membership(community.value(), member.value()))
        if role is not None:
            membership.roles.add(role)
    return CallerRecord(facts, account, list(memberships.values()))
