"""The tables of communities, spaces, channels, accounts, members and roles."""

from datetime import date, datetime, time

from sqlalchemy import Date, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import NAMES, NOT_PERSONAL, VALUES, Base, BigKey
from storage.communities.values import Account, Community, Member, SpaceFacts, Use


class CommunityRow(Base):
    """One community of practice and its settings."""

    __tablename__ = "community"
    __table_args__ = {"info": {NOT_PERSONAL: "the words of a community"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True, info={NAMES: "kept"})
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    country: Mapped[str] = mapped_column(String(2), default="")
    whole_space: Mapped[bool] = mapped_column(default=True)
    configured: Mapped[bool] = mapped_column(default=False)
    begun_at: Mapped[datetime | None]
    quiet_from: Mapped[time] = mapped_column(default=time(20))
    quiet_to: Mapped[time] = mapped_column(default=time(8))
    quiet_weekends: Mapped[bool] = mapped_column(default=True)
    recap_day: Mapped[int] = mapped_column(default=4)
    recap_at: Mapped[time] = mapped_column(default=time(15))
    hushed: Mapped[bool] = mapped_column(default=False)
    hush_until: Mapped[datetime | None]
    keep_excerpts: Mapped[bool] = mapped_column(default=True)
    has_charter: Mapped[bool] = mapped_column(default=False)
    domain: Mapped[str] = mapped_column(Text, default="")
    purpose: Mapped[str] = mapped_column(Text, default="")
    ground_rules: Mapped[str] = mapped_column(Text, default="")
    goals: Mapped[str] = mapped_column(Text, default="")

    def value(self) -> Community:
        """The row as a value."""
        return Community(**{name: getattr(self, name) for name in Community.__dataclass_fields__})


class SpaceRow(Base):
    """One Slack workspace, Discord server, archive or local page."""

    __tablename__ = "space"
    __table_args__ = (
        UniqueConstraint("platform", "handle"),
        {"info": {NOT_PERSONAL: "the name of a workspace"}},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    platform: Mapped[str] = mapped_column(String(16))
    handle: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200), info={NAMES: "kept"})
    lost_at: Mapped[datetime | None]
    pruned_until: Mapped[datetime | None]

    def value(self) -> SpaceFacts:
        """The row as a value."""
        return SpaceFacts(self.id, self.platform, self.handle, self.name, self.lost_at, self.pruned_until)


class CommunitySpaceRow(Base):
    """The spaces of a community."""

    __tablename__ = "community_space"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    space_id: Mapped[int] = mapped_column(
        ForeignKey("space.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ChannelRow(Base):
    """A channel. `community_id` is set if it is a home channel of a community."""

    __tablename__ = "channel"
    __table_args__ = (
        UniqueConstraint("space_id", "handle"),
        {"info": {NOT_PERSONAL: "the name of a channel"}},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    handle: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200), info={NAMES: "kept"})
    private: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)
    lost: Mapped[bool] = mapped_column(default=False)
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("community.id", ondelete="SET NULL"), index=True
    )
    pruned_until: Mapped[datetime | None]


class ChannelUseRow(Base):
    """The channel for each use in a community."""

    __tablename__ = "channel_use"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    use: Mapped[str] = mapped_column(String(24), primary_key=True, info={VALUES: Use})
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), index=True)


class AccountRow(Base):
    """A person, bot or guest on one space."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("space_id", "handle"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    handle: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200), default="", info={NAMES: "kept"})
    zone: Mapped[str] = mapped_column(String(64), default="")
    is_person: Mapped[bool] = mapped_column(default=True)
    is_manager: Mapped[bool] = mapped_column(default=False)
    dms_closed: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime | None]

    def value(self) -> Account:
        """The row as a value."""
        return Account(
            self.id,
            self.space_id,
            self.handle,
            self.name,
            self.zone,
            self.is_person,
            self.is_manager,
            self.dms_closed,
        )


class PresenceRow(Base):
    """Who is in which channel."""

    __tablename__ = "presence"

    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class MemberRow(Base):
    """A person in one community."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200), info={NAMES: "kept"})
    zone: Mapped[str] = mapped_column(String(64), default="")
    buddy: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime | None]
    baseline: Mapped[bool] = mapped_column(default=False)
    quiet: Mapped[bool] = mapped_column(default=False)
    weekly_limit: Mapped[int] = mapped_column(SmallInteger, default=2)
    left_at: Mapped[datetime | None]

    def value(self) -> Member:
        """The row as a value."""
        return Member(
            self.id,
            self.community_id,
            self.name,
            self.zone,
            self.joined_at,
            self.baseline,
            self.quiet,
            self.left_at,
            self.weekly_limit,
            self.buddy,
        )


class OwnershipRow(Base):
    """The accounts of members. An account belongs to at most one member of each community."""

    __tablename__ = "ownership"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)


class RoleRow(Base):
    """A role that a member holds."""

    __tablename__ = "role"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(String(24), primary_key=True)
    since: Mapped[datetime]
    until: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(500), default="")
    note_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))


Index("ix_member_present", MemberRow.community_id, MemberRow.left_at)
