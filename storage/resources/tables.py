"""The tables of the shelf."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import DIALECT_DDL, NAMES, Base, BigKey
from storage.resources.values import Choice, Link

LONGEST_ADDRESS = 2000
LONGEST_NOTE = 500
LONGEST_LABEL = 300
LONGEST_TAG = 40

_FULL_TEXT = {
    "sqlite": [
        """
CREATE VIRTUAL TABLE fts_resource USING fts5(
    title_words, tag_words, note_words, address_words,
    content='resource', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='3 4'
)
        """,
        """
CREATE TRIGGER fts_resource_insert AFTER INSERT ON resource BEGIN
    INSERT INTO fts_resource (rowid, title_words, tag_words, note_words, address_words)
    VALUES (new.id, new.title_words, new.tag_words, new.note_words, new.address_words);
END
        """,
        """
CREATE TRIGGER fts_resource_delete AFTER DELETE ON resource BEGIN
    INSERT INTO fts_resource (fts_resource, rowid, title_words, tag_words, note_words, address_words)
    VALUES ('delete', old.id, old.title_words, old.tag_words, old.note_words, old.address_words);
END
        """,
        """
CREATE TRIGGER fts_resource_update
AFTER UPDATE OF title_words, tag_words, note_words, address_words ON resource BEGIN
    INSERT INTO fts_resource (fts_resource, rowid, title_words, tag_words, note_words, address_words)
    VALUES ('delete', old.id, old.title_words, old.tag_words, old.note_words, old.address_words);
    INSERT INTO fts_resource (rowid, title_words, tag_words, note_words, address_words)
    VALUES (new.id, new.title_words, new.tag_words, new.note_words, new.address_words);
END
        """,
    ],
    "postgresql": [
        """
ALTER TABLE resource ADD COLUMN fts_words tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('pg_catalog.simple', title_words), 'B') ||
    setweight(to_tsvector('pg_catalog.simple', tag_words), 'A') ||
    setweight(to_tsvector('pg_catalog.simple', note_words), 'C') ||
    setweight(to_tsvector('pg_catalog.simple', address_words), 'D')
) STORED
        """,
        "CREATE INDEX fts_resource_words ON resource USING gin (fts_words)",
    ],
}


class ResourceRow(Base):
    """A link. The columns of words have the folded words that are searched."""

    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        Index("ix_resource_newest", "community_id", "shared_at"),
        {"info": {DIALECT_DDL: _FULL_TEXT}},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), info={NAMES: "kept"})
    url: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), info={NAMES: "kept"})
    label: Mapped[str] = mapped_column(String(LONGEST_LABEL), info={NAMES: "kept"})
    headline: Mapped[str] = mapped_column(String(LONGEST_LABEL), default="")
    shared_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    shared_at: Mapped[datetime]
    title_words: Mapped[str] = mapped_column(Text, default="", info={NAMES: "folded"})
    tag_words: Mapped[str] = mapped_column(Text, default="", info={NAMES: "folded"})
    note_words: Mapped[str] = mapped_column(Text, default="", info={NAMES: "folded"})
    address_words: Mapped[str] = mapped_column(Text, default="", info={NAMES: "kept"})


class ResourceNoteRow(Base):
    """A member's note about a link. Empty ones are what remains of a forgotten member's."""

    __tablename__ = "resource_note"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    text: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    at: Mapped[datetime]


class ResourceTagRow(Base):
    """A topic of a link. By `folded`, *Café* and *cafe* are one topic."""

    __tablename__ = "resource_tag"
    __table_args__ = (Index("ix_resource_tag_folded", "community_id", "folded"),)

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    folded: Mapped[str] = mapped_column(String(2 * LONGEST_TAG), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(LONGEST_TAG), info={NAMES: "row"})


class ResourceChoiceRow(Base):
    """A link in a message, which waits for a day for the choice of the member who asked to save it."""

    __tablename__ = "resource_choice"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    url: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), info={NAMES: "kept"})
    key: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), info={NAMES: "kept"})
    label: Mapped[str] = mapped_column(String(LONGEST_LABEL), info={NAMES: "kept"})
    headline: Mapped[str] = mapped_column(String(LONGEST_LABEL))
    words: Mapped[str] = mapped_column(String(LONGEST_NOTE))

    def value(self) -> Choice:
        """The row as a value."""
        return Choice(
            self.id, Link(self.url, self.key, self.label, self.headline), self.words, self.author_id
        )
