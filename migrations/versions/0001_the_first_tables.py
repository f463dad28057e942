"""The first tables."""

import sqlalchemy as sa
from alembic import op

from migrations.dialects import execute_on

revision: str = "0001"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "community",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("whole_space", sa.Boolean(), nullable=False),
        sa.Column("configured", sa.Boolean(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=False),
        sa.Column("quiet_to", sa.Time(), nullable=False),
        sa.Column("quiet_weekends", sa.Boolean(), nullable=False),
        sa.Column("recap_day", sa.Integer(), nullable=False),
        sa.Column("recap_at", sa.Time(), nullable=False),
        sa.Column("hushed", sa.Boolean(), nullable=False),
        sa.Column("hush_until", sa.BigInteger(), nullable=True),
        sa.Column("keep_excerpts", sa.Boolean(), nullable=False),
        sa.Column("has_charter", sa.Boolean(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("ground_rules", sa.Text(), nullable=False),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint("name", name=op.f("uq_community_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "space",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("lost_at", sa.BigInteger(), nullable=True),
        sa.Column("pruned_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space")),
        sa.UniqueConstraint("platform", "handle", name=op.f("uq_space_platform_handle")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "suppression",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_suppression")),
    )
    op.create_table(
        "suppression_key",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_suppression_key")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("is_person", sa.Boolean(), nullable=False),
        sa.Column("is_manager", sa.Boolean(), nullable=False),
        sa.Column("dms_closed", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_account_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("space_id", "handle", name=op.f("uq_account_space_id_handle")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "agenda",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("command", sa.String(length=100), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_agenda_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda")),
        sa.UniqueConstraint("community_id", "key", name=op.f("uq_agenda_community_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_agenda_due",
        "agenda",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("set_aside = 0"),
        postgresql_where=sa.text("NOT set_aside"),
    )
    op.create_table(
        "channel",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pruned_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_channel_community_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_channel_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("space_id", "handle", name=op.f("uq_channel_space_id_handle")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_channel_community_id"), "channel", ["community_id"], unique=False)
    op.create_table(
        "community_space",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_community_space_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_community_space_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("community_id", "space_id", name=op.f("pk_community_space")),
    )
    op.create_index(op.f("ix_community_space_space_id"), "community_space", ["space_id"], unique=False)
    op.create_table(
        "concern",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("reporter", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_concern_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
        sa.UniqueConstraint("community_id", "token", name=op.f("uq_concern_community_id_token")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deck",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_deck_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deck")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_deck_community_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("buddy", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=True),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("weekly_limit", sa.SmallInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_member_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_member_community_id"), "member", ["community_id"], unique=False)
    op.create_index("ix_member_present", "member", ["community_id", "left_at"], unique=False)
    op.create_table(
        "mentoring_round",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_mentoring_round_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_round")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_mentoring_round_community_id"), "mentoring_round", ["community_id"], unique=False
    )
    op.create_table(
        "mentoring_settings",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rounds", sa.Boolean(), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column("weeks", sa.SmallInteger(), nullable=False),
        sa.Column("review", sa.String(length=24), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("more_people", sa.SmallInteger(), nullable=False),
        sa.Column("more_people_fit", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_mentoring_settings_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_mentoring_settings")),
    )
    op.create_table(
        "recap",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_recap_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recap")),
        sa.UniqueConstraint("community_id", "key", name=op.f("uq_recap_community_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_recap_community_state_until", "recap", ["community_id", "state", "until"], unique=False
    )
    op.create_table(
        "welcome_settings",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("via", sa.String(length=24), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("crowd_greeted_at", sa.BigInteger(), nullable=True),
        sa.Column("next_check_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_welcome_settings_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_welcome_settings")),
    )
    op.create_table(
        "about_me",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("interests", sa.Text(), nullable=False),
        sa.Column("expertise", sa.Text(), nullable=False),
        sa.Column("line", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_about_me_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_about_me_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_about_me")),
    )
    op.create_index(op.f("ix_about_me_community_id"), "about_me", ["community_id"], unique=False)
    op.create_table(
        "channel_use",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("use", sa.String(length=24), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_channel_use_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_channel_use_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("community_id", "use", name=op.f("pk_channel_use")),
    )
    op.create_index(op.f("ix_channel_use_channel_id"), "channel_use", ["channel_id"], unique=False)
    op.create_table(
        "circle",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("drafted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("size", sa.SmallInteger(), nullable=False),
        sa.Column("every", sa.SmallInteger(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mix", sa.String(length=24), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.Column("next_day", sa.Date(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("opened_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_circle_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_circle_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["member.id"], name=op.f("fk_circle_drafted_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_circle_channel_id"), "circle", ["channel_id"], unique=False)
    op.create_index(op.f("ix_circle_drafted_by_id"), "circle", ["drafted_by_id"], unique=False)
    op.create_index("ix_circle_state", "circle", ["community_id", "state"], unique=False)
    op.create_table(
        "circle_avoid",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_circle_avoid_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_circle_avoid_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["member.id"], name=op.f("fk_circle_avoid_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "other_id", name=op.f("pk_circle_avoid")),
    )
    op.create_index(op.f("ix_circle_avoid_community_id"), "circle_avoid", ["community_id"], unique=False)
    op.create_index(op.f("ix_circle_avoid_other_id"), "circle_avoid", ["other_id"], unique=False)
    op.create_table(
        "daily_count",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("reactions", sa.Integer(), nullable=False),
        sa.Column("joins", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_daily_count_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_daily_count_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("community_id", "channel_id", "day", name=op.f("pk_daily_count")),
    )
    op.create_index(op.f("ix_daily_count_channel_id"), "daily_count", ["channel_id"], unique=False)
    op.create_table(
        "diary",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(length=240), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("thread", sa.String(length=64), nullable=False),
        sa.Column("refers_to", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reply", sa.Boolean(), nullable=False),
        sa.Column("question", sa.Boolean(), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("reactions", sa.Integer(), nullable=False),
        sa.Column("excerpt", sa.String(length=200), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_diary_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_diary_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_diary_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_diary_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary")),
        sa.UniqueConstraint("space_id", "key", name=op.f("uq_diary_space_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_diary_community_at", "diary", ["community_id", "at"], unique=False)
    op.create_index(
        "ix_diary_fresh",
        "diary",
        ["space_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 0"),
        postgresql_where=sa.text("state = 0"),
    )
    op.create_table(
        "former_role",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_former_role_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_former_role_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("community_id", "member_id", "role", name=op.f("pk_former_role")),
    )
    op.create_index(op.f("ix_former_role_member_id"), "former_role", ["member_id"], unique=False)
    op.create_table(
        "journey",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("greeted_at", sa.BigInteger(), nullable=True),
        sa.Column("fell_back", sa.Boolean(), nullable=False),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("steps_from", sa.BigInteger(), nullable=True),
        sa.Column("checked_until", sa.BigInteger(), nullable=True),
        sa.Column("post_key", sa.String(length=64), nullable=False),
        sa.Column("agreed_at", sa.BigInteger(), nullable=True),
        sa.Column("introduced_at", sa.BigInteger(), nullable=True),
        sa.Column("introduction", sa.String(length=600), nullable=False),
        sa.Column("buddy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("first_message_settled", sa.Boolean(), nullable=False),
        sa.Column("flagged_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["buddy_id"], ["member.id"], name=op.f("fk_journey_buddy_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_journey_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_journey_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_journey")),
    )
    op.create_index(op.f("ix_journey_buddy_id"), "journey", ["buddy_id"], unique=False)
    op.create_index("ix_journey_post", "journey", ["community_id", "post_key"], unique=False)
    op.create_index("ix_journey_state", "journey", ["community_id", "state", "arrived_at"], unique=False)
    op.create_table(
        "mentoring_avoid",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_mentoring_avoid_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_mentoring_avoid_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["member.id"], name=op.f("fk_mentoring_avoid_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "other_id", name=op.f("pk_mentoring_avoid")),
    )
    op.create_index(
        op.f("ix_mentoring_avoid_community_id"), "mentoring_avoid", ["community_id"], unique=False
    )
    op.create_index(op.f("ix_mentoring_avoid_other_id"), "mentoring_avoid", ["other_id"], unique=False)
    op.create_table(
        "mentoring_exclusion",
        sa.Column("one_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_mentoring_exclusion_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["one_id"], ["member.id"], name=op.f("fk_mentoring_exclusion_one_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["member.id"], name=op.f("fk_mentoring_exclusion_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_mentoring_exclusion")),
    )
    op.create_index(
        op.f("ix_mentoring_exclusion_community_id"), "mentoring_exclusion", ["community_id"], unique=False
    )
    op.create_index(
        op.f("ix_mentoring_exclusion_other_id"), "mentoring_exclusion", ["other_id"], unique=False
    )
    op.create_table(
        "mentoring_offer",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("capacity", sa.SmallInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("enjoys", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_mentoring_offer_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_mentoring_offer_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_mentoring_offer")),
    )
    op.create_index(
        op.f("ix_mentoring_offer_community_id"), "mentoring_offer", ["community_id"], unique=False
    )
    op.create_table(
        "mentoring_pause",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_mentoring_pause_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_mentoring_pause_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_mentoring_pause")),
    )
    op.create_index(
        op.f("ix_mentoring_pause_community_id"), "mentoring_pause", ["community_id"], unique=False
    )
    op.create_table(
        "mentoring_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("goal", sa.String(length=300), nullable=False),
        sa.Column("often", sa.String(length=24), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_mentoring_request_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_mentoring_request_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_request")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mentoring_request_member_id"), "mentoring_request", ["member_id"], unique=False)
    op.create_index(
        "ix_mentoring_request_open",
        "mentoring_request",
        ["community_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'over'"),
        postgresql_where=sa.text("state <> 'over'"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("feature", sa.String(length=40), nullable=False),
        sa.Column("lane", sa.String(length=240), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("emoji", sa.String(length=64), nullable=False),
        sa.Column("join_channel", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sent_revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("nudge", sa.String(length=80), nullable=False),
        sa.Column("hushable", sa.Boolean(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("delivery", sa.String(length=40), nullable=False),
        sa.Column("receipt_place", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_outbox_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_outbox_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_outbox_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("community_id", "key", name=op.f("uq_outbox_community_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_nudged", "outbox", ["member_id", "sent_at"], unique=False)
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["lane", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'held', 'sending', 'in_doubt')"),
        postgresql_where=sa.text("state IN ('waiting', 'held', 'sending', 'in_doubt')"),
    )
    op.create_index("ix_outbox_receipt", "outbox", ["community_id", "receipt_place"], unique=False)
    op.create_table(
        "ownership",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_ownership_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ownership_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_ownership_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "community_id", name=op.f("pk_ownership")),
    )
    op.create_index(op.f("ix_ownership_community_id"), "ownership", ["community_id"], unique=False)
    op.create_index(op.f("ix_ownership_member_id"), "ownership", ["member_id"], unique=False)
    op.create_table(
        "presence",
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_presence_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_presence_channel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "account_id", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_account_id"), "presence", ["account_id"], unique=False)
    op.create_table(
        "prompt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deck_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("suggested_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_prompt_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["deck_id"], ["deck.id"], name=op.f("fk_prompt_deck_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["suggested_by_id"], ["member.id"], name=op.f("fk_prompt_suggested_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_prompt_deck", "prompt", ["community_id", "deck_id", "state"], unique=False)
    op.create_index(op.f("ix_prompt_deck_id"), "prompt", ["deck_id"], unique=False)
    op.create_index(op.f("ix_prompt_suggested_by_id"), "prompt", ["suggested_by_id"], unique=False)
    op.create_table(
        "resource",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=2000), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("headline", sa.String(length=300), nullable=False),
        sa.Column("shared_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shared_at", sa.BigInteger(), nullable=False),
        sa.Column("title_words", sa.Text(), nullable=False),
        sa.Column("tag_words", sa.Text(), nullable=False),
        sa.Column("note_words", sa.Text(), nullable=False),
        sa.Column("address_words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_resource_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shared_by_id"], ["member.id"], name=op.f("fk_resource_shared_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("community_id", "key", name=op.f("uq_resource_community_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_resource_newest", "resource", ["community_id", "shared_at"], unique=False)
    op.create_index(op.f("ix_resource_shared_by_id"), "resource", ["shared_by_id"], unique=False)
    op.create_table(
        "resource_choice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("key", sa.String(length=2000), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("headline", sa.String(length=300), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_resource_choice_author_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_resource_choice_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_resource_choice_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_choice")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_resource_choice_author_id"), "resource_choice", ["author_id"], unique=False)
    op.create_index(
        op.f("ix_resource_choice_community_id"), "resource_choice", ["community_id"], unique=False
    )
    op.create_index(op.f("ix_resource_choice_member_id"), "resource_choice", ["member_id"], unique=False)
    op.create_table(
        "role",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("note_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_role_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_role_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["note_by_id"], ["member.id"], name=op.f("fk_role_note_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("community_id", "member_id", "role", name=op.f("pk_role")),
    )
    op.create_index(op.f("ix_role_member_id"), "role", ["member_id"], unique=False)
    op.create_table(
        "welcome_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("audience", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("link", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_welcome_step_channel_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_welcome_step_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["member.id"], name=op.f("fk_welcome_step_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welcome_step")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_welcome_step_channel_id"), "welcome_step", ["channel_id"], unique=False)
    op.create_index(op.f("ix_welcome_step_community_id"), "welcome_step", ["community_id"], unique=False)
    op.create_index(op.f("ix_welcome_step_person_id"), "welcome_step", ["person_id"], unique=False)
    op.create_table(
        "circle_round",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("why", sa.String(length=90), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("new_pairs", sa.Integer(), nullable=False),
        sa.Column("repeated_pairs", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_circle_round_circle_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_circle_round_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_round")),
        sa.UniqueConstraint("circle_id", "day", name=op.f("uq_circle_round_circle_id_day")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_circle_round_community_id"), "circle_round", ["community_id"], unique=False)
    op.create_table(
        "circle_seat",
        sa.Column("circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("skip_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_circle_seat_circle_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_circle_seat_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_circle_seat_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("circle_id", "member_id", name=op.f("pk_circle_seat")),
    )
    op.create_index(op.f("ix_circle_seat_community_id"), "circle_seat", ["community_id"], unique=False)
    op.create_index(op.f("ix_circle_seat_member_id"), "circle_seat", ["member_id"], unique=False)
    op.create_table(
        "journey_step",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "step_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_journey_step_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["journey.member_id"], name=op.f("fk_journey_step_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "step_id", name=op.f("pk_journey_step")),
    )
    op.create_index(op.f("ix_journey_step_community_id"), "journey_step", ["community_id"], unique=False)
    op.create_table(
        "mentoring_pair",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mentor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mentee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stage", sa.String(length=24), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("fit", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=False),
        sa.Column("post_key", sa.String(length=64), nullable=False),
        sa.Column("posted_at", sa.BigInteger(), nullable=True),
        sa.Column("weeks", sa.SmallInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("checkins", sa.SmallInteger(), nullable=False),
        sa.Column("answered_checkin", sa.SmallInteger(), nullable=False),
        sa.Column("checkin_answer", sa.String(length=24), nullable=False),
        sa.Column("checkin_answered_at", sa.BigInteger(), nullable=True),
        sa.Column("unmet_checkins", sa.SmallInteger(), nullable=False),
        sa.Column("met_at", sa.BigInteger(), nullable=True),
        sa.Column("mentor_says", sa.String(length=24), nullable=False),
        sa.Column("mentee_says", sa.String(length=24), nullable=False),
        sa.Column("end_announced", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_mentoring_pair_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["mentee_id"], ["member.id"], name=op.f("fk_mentoring_pair_mentee_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["member.id"], name=op.f("fk_mentoring_pair_mentor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["mentoring_request.id"],
            name=op.f("fk_mentoring_pair_request_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["mentoring_round.id"], name=op.f("fk_mentoring_pair_round_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_pair")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_mentoring_pair_live",
        "mentoring_pair",
        ["request_id"],
        unique=True,
        sqlite_where=sa.text("stage IN ('draft', 'proposed', 'offered', 'accepted', 'active')"),
        postgresql_where=sa.text("stage IN ('draft', 'proposed', 'offered', 'accepted', 'active')"),
    )
    op.create_index(op.f("ix_mentoring_pair_mentee_id"), "mentoring_pair", ["mentee_id"], unique=False)
    op.create_index(op.f("ix_mentoring_pair_mentor_id"), "mentoring_pair", ["mentor_id"], unique=False)
    op.create_index("ix_mentoring_pair_post", "mentoring_pair", ["community_id", "post_key"], unique=False)
    op.create_index(op.f("ix_mentoring_pair_round_id"), "mentoring_pair", ["round_id"], unique=False)
    op.create_index("ix_mentoring_pair_stage", "mentoring_pair", ["community_id", "stage"], unique=False)
    op.create_table(
        "resource_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_resource_note_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_resource_note_member_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_note_resource_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_note")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_resource_note_community_id"), "resource_note", ["community_id"], unique=False)
    op.create_index(op.f("ix_resource_note_member_id"), "resource_note", ["member_id"], unique=False)
    op.create_index(op.f("ix_resource_note_resource_id"), "resource_note", ["resource_id"], unique=False)
    op.create_table(
        "resource_tag",
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("folded", sa.String(length=80), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_resource_tag_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_tag_resource_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resource_id", "folded", name=op.f("pk_resource_tag")),
    )
    op.create_index("ix_resource_tag_folded", "resource_tag", ["community_id", "folded"], unique=False)
    op.create_table(
        "rhythm",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deck_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rrule", sa.String(length=80), nullable=False),
        sa.Column("local_at", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("leader", sa.String(length=24), nullable=False),
        sa.Column("led_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("holidays", sa.Boolean(), nullable=False),
        sa.Column("yields", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.Column("next_day", sa.Date(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("done_day", sa.Date(), nullable=True),
        sa.Column("prompt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("host_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("judged_from", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_rhythm_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_rhythm_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["deck_id"], ["deck.id"], name=op.f("fk_rhythm_deck_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["host_id"], ["member.id"], name=op.f("fk_rhythm_host_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["led_by_id"], ["member.id"], name=op.f("fk_rhythm_led_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["prompt.id"], name=op.f("fk_rhythm_prompt_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rhythm")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rhythm_channel_id"), "rhythm", ["channel_id"], unique=False)
    op.create_index(op.f("ix_rhythm_community_id"), "rhythm", ["community_id"], unique=False)
    op.create_index(op.f("ix_rhythm_deck_id"), "rhythm", ["deck_id"], unique=False)
    op.create_index(op.f("ix_rhythm_host_id"), "rhythm", ["host_id"], unique=False)
    op.create_index(op.f("ix_rhythm_led_by_id"), "rhythm", ["led_by_id"], unique=False)
    op.create_index(op.f("ix_rhythm_prompt_id"), "rhythm", ["prompt_id"], unique=False)
    op.create_table(
        "circle_group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("introduced", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_circle_group_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["circle_round.id"], name=op.f("fk_circle_group_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_group")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_circle_group_key", "circle_group", ["community_id", "key"], unique=False)
    op.create_index(op.f("ix_circle_group_round_id"), "circle_group", ["round_id"], unique=False)
    op.create_table(
        "mentoring_feedback",
        sa.Column("pair_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_mentoring_feedback_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_mentoring_feedback_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["mentoring_pair.id"], name=op.f("fk_mentoring_feedback_pair_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pair_id", "member_id", name=op.f("pk_mentoring_feedback")),
    )
    op.create_index(
        op.f("ix_mentoring_feedback_community_id"), "mentoring_feedback", ["community_id"], unique=False
    )
    op.create_index(
        op.f("ix_mentoring_feedback_member_id"), "mentoring_feedback", ["member_id"], unique=False
    )
    op.create_table(
        "rhythm_date",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rhythm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("why", sa.String(length=90), nullable=False),
        sa.Column("prompt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("deck_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("posted_at", sa.BigInteger(), nullable=True),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_rhythm_date_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["deck_id"], ["deck.id"], name=op.f("fk_rhythm_date_deck_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["prompt.id"], name=op.f("fk_rhythm_date_prompt_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["rhythm_id"], ["rhythm.id"], name=op.f("fk_rhythm_date_rhythm_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rhythm_date")),
        sa.UniqueConstraint("community_id", "key", name=op.f("uq_rhythm_date_community_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rhythm_date_deck_id"), "rhythm_date", ["deck_id"], unique=False)
    op.create_index(op.f("ix_rhythm_date_prompt_id"), "rhythm_date", ["prompt_id"], unique=False)
    op.create_index("ix_rhythm_date_rhythm_at", "rhythm_date", ["rhythm_id", "at"], unique=False)
    op.create_table(
        "rhythm_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rhythm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filled", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_rhythm_draft_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_rhythm_draft_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rhythm_id"], ["rhythm.id"], name=op.f("fk_rhythm_draft_rhythm_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rhythm_draft")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rhythm_draft_community_id"), "rhythm_draft", ["community_id"], unique=False)
    op.create_index(op.f("ix_rhythm_draft_member_id"), "rhythm_draft", ["member_id"], unique=False)
    op.create_index(op.f("ix_rhythm_draft_rhythm_id"), "rhythm_draft", ["rhythm_id"], unique=False)
    op.create_table(
        "rhythm_volunteer",
        sa.Column("rhythm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.Column("last_at", sa.BigInteger(), nullable=True),
        sa.Column("passed_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_rhythm_volunteer_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_rhythm_volunteer_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rhythm_id"], ["rhythm.id"], name=op.f("fk_rhythm_volunteer_rhythm_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rhythm_id", "member_id", name=op.f("pk_rhythm_volunteer")),
    )
    op.create_index(
        op.f("ix_rhythm_volunteer_community_id"), "rhythm_volunteer", ["community_id"], unique=False
    )
    op.create_index(op.f("ix_rhythm_volunteer_member_id"), "rhythm_volunteer", ["member_id"], unique=False)
    op.create_table(
        "circle_group_member",
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_circle_group_member_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["circle_group.id"],
            name=op.f("fk_circle_group_member_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_circle_group_member_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "member_id", name=op.f("pk_circle_group_member")),
    )
    op.create_index(
        op.f("ix_circle_group_member_community_id"), "circle_group_member", ["community_id"], unique=False
    )
    op.create_index(
        op.f("ix_circle_group_member_member_id"), "circle_group_member", ["member_id"], unique=False
    )
    execute_on(
        "sqlite",
        """
    CREATE VIRTUAL TABLE fts_resource USING fts5(
        title_words, tag_words, note_words, address_words,
        content='resource', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='3 4'
    )
    """,
    )
    execute_on(
        "sqlite",
        """
    CREATE TRIGGER fts_resource_insert AFTER INSERT ON resource BEGIN
        INSERT INTO fts_resource (rowid, title_words, tag_words, note_words, address_words)
        VALUES (new.id, new.title_words, new.tag_words, new.note_words, new.address_words);
    END
    """,
    )
    execute_on(
        "sqlite",
        """
    CREATE TRIGGER fts_resource_delete AFTER DELETE ON resource BEGIN
        INSERT INTO fts_resource (fts_resource, rowid, title_words, tag_words, note_words, address_words)
        VALUES ('delete', old.id, old.title_words, old.tag_words, old.note_words, old.address_words);
    END
    """,
    )
    execute_on(
        "sqlite",
        """
    CREATE TRIGGER fts_resource_update
    AFTER UPDATE OF title_words, tag_words, note_words, address_words ON resource BEGIN
        INSERT INTO fts_resource (fts_resource, rowid, title_words, tag_words, note_words, address_words)
        VALUES ('delete', old.id, old.title_words, old.tag_words, old.note_words, old.address_words);
        INSERT INTO fts_resource (rowid, title_words, tag_words, note_words, address_words)
        VALUES (new.id, new.title_words, new.tag_words, new.note_words, new.address_words);
    END
    """,
    )
    execute_on(
        "postgresql",
        """
    ALTER TABLE resource ADD COLUMN fts_words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('pg_catalog.simple', title_words), 'B') ||
        setweight(to_tsvector('pg_catalog.simple', tag_words), 'A') ||
        setweight(to_tsvector('pg_catalog.simple', note_words), 'C') ||
        setweight(to_tsvector('pg_catalog.simple', address_words), 'D')
    ) STORED
    """,
    )
    execute_on(
        "postgresql",
        """
    CREATE INDEX fts_resource_words ON resource USING gin (fts_words)
    """,
    )


def downgrade() -> None:
    execute_on(
        "sqlite",
        """
    DROP TABLE fts_resource
    """,
    )
    op.drop_index(op.f("ix_circle_group_member_member_id"), table_name="circle_group_member")
    op.drop_index(op.f("ix_circle_group_member_community_id"), table_name="circle_group_member")
    op.drop_table("circle_group_member")
    op.drop_index(op.f("ix_rhythm_volunteer_member_id"), table_name="rhythm_volunteer")
    op.drop_index(op.f("ix_rhythm_volunteer_community_id"), table_name="rhythm_volunteer")
    op.drop_table("rhythm_volunteer")
    op.drop_index(op.f("ix_rhythm_draft_rhythm_id"), table_name="rhythm_draft")
    op.drop_index(op.f("ix_rhythm_draft_member_id"), table_name="rhythm_draft")
    op.drop_index(op.f("ix_rhythm_draft_community_id"), table_name="rhythm_draft")
    op.drop_table("rhythm_draft")
    op.drop_index("ix_rhythm_date_rhythm_at", table_name="rhythm_date")
    op.drop_index(op.f("ix_rhythm_date_prompt_id"), table_name="rhythm_date")
    op.drop_index(op.f("ix_rhythm_date_deck_id"), table_name="rhythm_date")
    op.drop_table("rhythm_date")
    op.drop_index(op.f("ix_mentoring_feedback_member_id"), table_name="mentoring_feedback")
    op.drop_index(op.f("ix_mentoring_feedback_community_id"), table_name="mentoring_feedback")
    op.drop_table("mentoring_feedback")
    op.drop_index(op.f("ix_circle_group_round_id"), table_name="circle_group")
    op.drop_index("ix_circle_group_key", table_name="circle_group")
    op.drop_table("circle_group")
    op.drop_index(op.f("ix_rhythm_prompt_id"), table_name="rhythm")
    op.drop_index(op.f("ix_rhythm_led_by_id"), table_name="rhythm")
    op.drop_index(op.f("ix_rhythm_host_id"), table_name="rhythm")
    op.drop_index(op.f("ix_rhythm_deck_id"), table_name="rhythm")
    op.drop_index(op.f("ix_rhythm_community_id"), table_name="rhythm")
    op.drop_index(op.f("ix_rhythm_channel_id"), table_name="rhythm")
    op.drop_table("rhythm")
    op.drop_index("ix_resource_tag_folded", table_name="resource_tag")
    op.drop_table("resource_tag")
    op.drop_index(op.f("ix_resource_note_resource_id"), table_name="resource_note")
    op.drop_index(op.f("ix_resource_note_member_id"), table_name="resource_note")
    op.drop_index(op.f("ix_resource_note_community_id"), table_name="resource_note")
    op.drop_table("resource_note")
    op.drop_index("ix_mentoring_pair_stage", table_name="mentoring_pair")
    op.drop_index(op.f("ix_mentoring_pair_round_id"), table_name="mentoring_pair")
    op.drop_index("ix_mentoring_pair_post", table_name="mentoring_pair")
    op.drop_index(op.f("ix_mentoring_pair_mentor_id"), table_name="mentoring_pair")
    op.drop_index(op.f("ix_mentoring_pair_mentee_id"), table_name="mentoring_pair")
    op.drop_index(
        "ix_mentoring_pair_live",
        table_name="mentoring_pair",
        sqlite_where=sa.text("stage IN ('draft', 'proposed', 'offered', 'accepted', 'active')"),
        postgresql_where=sa.text("stage IN ('draft', 'proposed', 'offered', 'accepted', 'active')"),
    )
    op.drop_table("mentoring_pair")
    op.drop_index(op.f("ix_journey_step_community_id"), table_name="journey_step")
    op.drop_table("journey_step")
    op.drop_index(op.f("ix_circle_seat_member_id"), table_name="circle_seat")
    op.drop_index(op.f("ix_circle_seat_community_id"), table_name="circle_seat")
    op.drop_table("circle_seat")
    op.drop_index(op.f("ix_circle_round_community_id"), table_name="circle_round")
    op.drop_table("circle_round")
    op.drop_index(op.f("ix_welcome_step_person_id"), table_name="welcome_step")
    op.drop_index(op.f("ix_welcome_step_community_id"), table_name="welcome_step")
    op.drop_index(op.f("ix_welcome_step_channel_id"), table_name="welcome_step")
    op.drop_table("welcome_step")
    op.drop_index(op.f("ix_role_member_id"), table_name="role")
    op.drop_table("role")
    op.drop_index(op.f("ix_resource_choice_member_id"), table_name="resource_choice")
    op.drop_index(op.f("ix_resource_choice_community_id"), table_name="resource_choice")
    op.drop_index(op.f("ix_resource_choice_author_id"), table_name="resource_choice")
    op.drop_table("resource_choice")
    op.drop_index(op.f("ix_resource_shared_by_id"), table_name="resource")
    op.drop_index("ix_resource_newest", table_name="resource")
    op.drop_table("resource")
    op.drop_index(op.f("ix_prompt_suggested_by_id"), table_name="prompt")
    op.drop_index(op.f("ix_prompt_deck_id"), table_name="prompt")
    op.drop_index("ix_prompt_deck", table_name="prompt")
    op.drop_table("prompt")
    op.drop_index(op.f("ix_presence_account_id"), table_name="presence")
    op.drop_table("presence")
    op.drop_index(op.f("ix_ownership_member_id"), table_name="ownership")
    op.drop_index(op.f("ix_ownership_community_id"), table_name="ownership")
    op.drop_table("ownership")
    op.drop_index("ix_outbox_receipt", table_name="outbox")
    op.drop_index(
        "ix_outbox_open",
        table_name="outbox",
        sqlite_where=sa.text("state IN ('waiting', 'held', 'sending', 'in_doubt')"),
        postgresql_where=sa.text("state IN ('waiting', 'held', 'sending', 'in_doubt')"),
    )
    op.drop_index("ix_outbox_nudged", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(
        "ix_mentoring_request_open",
        table_name="mentoring_request",
        sqlite_where=sa.text("state <> 'over'"),
        postgresql_where=sa.text("state <> 'over'"),
    )
    op.drop_index(op.f("ix_mentoring_request_member_id"), table_name="mentoring_request")
    op.drop_table("mentoring_request")
    op.drop_index(op.f("ix_mentoring_pause_community_id"), table_name="mentoring_pause")
    op.drop_table("mentoring_pause")
    op.drop_index(op.f("ix_mentoring_offer_community_id"), table_name="mentoring_offer")
    op.drop_table("mentoring_offer")
    op.drop_index(op.f("ix_mentoring_exclusion_other_id"), table_name="mentoring_exclusion")
    op.drop_index(op.f("ix_mentoring_exclusion_community_id"), table_name="mentoring_exclusion")
    op.drop_table("mentoring_exclusion")
    op.drop_index(op.f("ix_mentoring_avoid_other_id"), table_name="mentoring_avoid")
    op.drop_index(op.f("ix_mentoring_avoid_community_id"), table_name="mentoring_avoid")
    op.drop_table("mentoring_avoid")
    op.drop_index("ix_journey_state", table_name="journey")
    op.drop_index("ix_journey_post", table_name="journey")
    op.drop_index(op.f("ix_journey_buddy_id"), table_name="journey")
    op.drop_table("journey")
    op.drop_index(op.f("ix_former_role_member_id"), table_name="former_role")
    op.drop_table("former_role")
    op.drop_index(
        "ix_diary_fresh",
        table_name="diary",
        sqlite_where=sa.text("state = 0"),
        postgresql_where=sa.text("state = 0"),
    )
    op.drop_index("ix_diary_community_at", table_name="diary")
    op.drop_table("diary")
    op.drop_index(op.f("ix_daily_count_channel_id"), table_name="daily_count")
    op.drop_table("daily_count")
    op.drop_index(op.f("ix_circle_avoid_other_id"), table_name="circle_avoid")
    op.drop_index(op.f("ix_circle_avoid_community_id"), table_name="circle_avoid")
    op.drop_table("circle_avoid")
    op.drop_index("ix_circle_state", table_name="circle")
    op.drop_index(op.f("ix_circle_drafted_by_id"), table_name="circle")
    op.drop_index(op.f("ix_circle_channel_id"), table_name="circle")
    op.drop_table("circle")
    op.drop_index(op.f("ix_channel_use_channel_id"), table_name="channel_use")
    op.drop_table("channel_use")
    op.drop_index(op.f("ix_about_me_community_id"), table_name="about_me")
    op.drop_table("about_me")
    op.drop_table("welcome_settings")
    op.drop_index("ix_recap_community_state_until", table_name="recap")
    op.drop_table("recap")
    op.drop_table("mentoring_settings")
    op.drop_index(op.f("ix_mentoring_round_community_id"), table_name="mentoring_round")
    op.drop_table("mentoring_round")
    op.drop_index("ix_member_present", table_name="member")
    op.drop_index(op.f("ix_member_community_id"), table_name="member")
    op.drop_table("member")
    op.drop_table("deck")
    op.drop_table("concern")
    op.drop_index(op.f("ix_community_space_space_id"), table_name="community_space")
    op.drop_table("community_space")
    op.drop_index(op.f("ix_channel_community_id"), table_name="channel")
    op.drop_table("channel")
    op.drop_index(
        "ix_agenda_due",
        table_name="agenda",
        sqlite_where=sa.text("set_aside = 0"),
        postgresql_where=sa.text("NOT set_aside"),
    )
    op.drop_table("agenda")
    op.drop_table("account")
    op.drop_table("suppression_key")
    op.drop_table("suppression")
    op.drop_table("space")
    op.drop_table("community")
