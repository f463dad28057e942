"""Communities, their spaces and channels, and the people: accounts, members and roles."""

from storage.communities.belonging import CommunityRepository
from storage.communities.callers import CallerRecord, Membership, find_caller
from storage.communities.directory import Directory
from storage.communities.membership import Memberships
from storage.communities.people import People
from storage.communities.tables import (
    AccountRow,
    ChannelRow,
    ChannelUseRow,
    CommunityRow,
    CommunitySpaceRow,
    MemberRow,
    OwnershipRow,
    PresenceRow,
    RoleRow,
    SpaceRow,
)
from storage.communities.values import Account, Community, Member, Route, SpaceFacts, Spot, Use

__all__ = [
    "Account",
    "AccountRow",
    "CallerRecord",
    "ChannelRow",
    "ChannelUseRow",
    "Community",
    "CommunityRepository",
    "CommunityRow",
    "CommunitySpaceRow",
    "Directory",
    "Member",
    "MemberRow",
    "Membership",
    "Memberships",
    "OwnershipRow",
    "People",
    "PresenceRow",
    "RoleRow",
    "Route",
    "SpaceFacts",
    "SpaceRow",
    "Spot",
    "Use",
    "find_caller",
]
