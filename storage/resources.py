"""The shelf: links worth keeping, what members say about them, and how they are found again."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    column,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import NAMES, Base, BigKey, Cellar, inserting
from storage.communities import MemberRow
from storage.finding import Candidate, Term, folded, ranked, rarity, terms_of, unaccented

LONGEST_ADDRESS = 2000
LONGEST_NOTE = 500
LONGEST_LABEL = 300
LONGEST_TAG = 40
LONGEST_SEARCHED = 10_000
"""How much of all the notes on one link is searched, in characters."""
CANDIDATES = 50
"""How many of what a database thinks nearest are put in order; the rest is never shown."""
WEIGHTS = {"title_words": 2.0, "tag_words": 3.0, "note_words": 1.5, "address_words": 0.5}
"""How much a word says by where it stands."""


# Values ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Note:
    """What someone said about a link; `member` is None once they are forgotten."""

    text: str
    member: int | None
    at: datetime


@dataclass(frozen=True)
class Resource:
    """A link on the shelf as rooms see it.

    `url` is what people open, `label` its readable form (`docs.dask.org/en/stable`), `headline` the title
    that a platform showed for it, or nothing. `notes` are the oldest first, `tags` in their own order.
    """

    id: int
    url: str
    label: str
    headline: str
    shared_by: int | None
    shared_at: datetime
    notes: tuple[Note, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The headline, else the first line of the first note, else the readable address."""
        return self.headline or (self.notes[0].text.splitlines()[0] if self.notes else self.label)

    @property
    def host(self) -> str:
        """Where it is, without `www.`."""
        return self.label.partition("/")[0]


@dataclass(frozen=True)
class Shelved:
    """What putting a link on the shelf did; `added_tags` are those it did not have before."""

    resource: Resource
    is_new: bool
    added_note: bool
    added_tags: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """Some links, and how many there are in all."""

    resources: tuple[Resource, ...]
    total: int


@dataclass(frozen=True)
class Link:
    """An address to keep: `key` is the same for all addresses of one thing."""

    url: str
    key: str
    label: str
    headline: str = ""


@dataclass(frozen=True)
class Choice:
    """A link of a message that waits for the member who asked to save it or not."""

    id: int
    link: Link
    words: str
    author: int | None


# Tables ------------------------------------------------------------------------------------------

_BESIDE = {
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
    """One link. The columns of words hold what is searched, folded, and nothing else."""

    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        Index("ix_resource_newest", "community_id", "shared_at"),
        {"info": {"beside": _BESIDE}},
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
    """What someone said about a link; an empty one is what is left of a forgotten member's."""

    __tablename__ = "resource_note"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    text: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    at: Mapped[datetime]


class ResourceTagRow(Base):
    """A topic of a link; `folded` makes *Café* and *cafe* one topic."""

    __tablename__ = "resource_tag"
    __table_args__ = (Index("ix_resource_tag_folded", "community_id", "folded"),)

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    folded: Mapped[str] = mapped_column(String(2 * LONGEST_TAG), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(LONGEST_TAG), info={NAMES: "row"})


class ResourceChoiceRow(Base):
    """A link of a message that waits until the member who asked chooses; gone after a day."""

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
        """What rooms are given."""
        return Choice(
            self.id, Link(self.url, self.key, self.label, self.headline), self.words, self.author_id
        )


# The cellar --------------------------------------------------------------------------------------


class Shelf(Cellar):
    """The links of one community."""

    heading = "The shelf"

    # Putting ------------------------------------------------------------------------------------

    async def put(
        self,
        link: Link,
        *,
        by: int,
        at: datetime,
        note: str = "",
        author: int | None = None,
        tags: Sequence[str] = (),
    ) -> Shelved:
        """Put a link on the shelf, or add to the one that is there already.

        `author` is whose words the note is, if not of the member who puts it there. Raises LookupError for
        whoever is not a member of this community.
        """
        await self._check(by, author)
        query = inserting(self._session, ResourceRow).values(
            community_id=self._community,
            key=link.key,
            url=link.url,
            label=_clean(link.label)[:LONGEST_LABEL],
            headline=_on_one_line(link.headline),
            shared_by_id=by,
            shared_at=at,
            title_words=folded(link.headline),
            tag_words="",
            note_words="",
            address_words=_address_words(link),
        )
        new = await self._session.scalar(query.on_conflict_do_nothing().returning(ResourceRow.id))
        resource = new or await self._session.scalar(
            select(ResourceRow.id)
            .where(ResourceRow.community_id == self._community, ResourceRow.key == link.key)
            # Held until the end, else of two who add at once each would index without the other's words.
            .with_for_update()
        )
        assert resource is not None
        if not new and link.headline:
            await self._session.execute(
                update(ResourceRow)
                .where(ResourceRow.id == resource, ResourceRow.headline == "")
                .values(headline=_on_one_line(link.headline), title_words=folded(link.headline))
            )
        return await self._add(resource, author or by, at, note, tags, is_new=new is not None)

    async def add(
        self, resource: int, *, by: int, at: datetime, note: str = "", tags: Sequence[str] = ()
    ) -> Shelved | None:
        """Add a note and topics to a link; None if it is not on this shelf."""
        await self._check(by)
        mine = select(ResourceRow.id).where(
            ResourceRow.community_id == self._community, ResourceRow.id == resource
        )
        if await self._session.scalar(mine.with_for_update()) is None:
            return None
        return await self._add(resource, by, at, note, tags, is_new=False)

    async def _add(
        self, resource: int, author: int, at: datetime, note: str, tags: Sequence[str], *, is_new: bool
    ) -> Shelved:
        before = (await self._read([resource]))[0]
        note = _clean(note)[:LONGEST_NOTE].strip()
        added_note = bool(note) and (note, author) not in {(one.text, one.member) for one in before.notes}
        if added_note:
            self._session.add(
                ResourceNoteRow(
                    community_id=self._community, resource_id=resource, member_id=author, text=note, at=at
                )
            )
            await self._session.flush()
        added: list[str] = []
        for tag in (_clean(tag) for tag in tags):
            if not (topic := _topic(tag)):
                continue
            query = inserting(self._session, ResourceTagRow).values(
                resource_id=resource, folded=topic, community_id=self._community, tag=tag[:LONGEST_TAG]
            )
            new_tag = query.on_conflict_do_nothing().returning(ResourceTagRow.tag)
            if await self._session.scalar(new_tag) is not None:
                added.append(tag)
        after = (await self._read([resource]))[0] if added_note or added else before
        if after is not before:
            await self._index(after)
        return Shelved(after, is_new, added_note, tuple(added))

    # Finding ------------------------------------------------------------------------------------

    async def find(
        self, words: str = "", *, tags: Collection[str] = (), by: int | None = None, limit: int = 8
    ) -> Found:
        """The best links for some words, or without words the newest ones.

        Only those with all `tags`, and only those that the member `by` shared or said something about.
        `total` counts at most `CANDIDATES`.
        """
        terms = terms_of(words)
        if not terms:
            # Words without a letter or digit ask for something, and there is nothing they could find.
            return Found((), 0) if words.strip() else await self.browse(tags=tags, by=by, size=limit)
        narrowed = self._narrowed(tags, by, among_found=True)
        rarities = await self._rarities(terms)
        candidates = await self._nearest(terms, rarities, narrowed)
        if len(candidates) < CANDIDATES:
            candidates += await self._inside_addresses(terms, self._narrowed(tags, by), candidates)
        best = ranked(candidates, terms, rarities, tuple(WEIGHTS.values()))
        return Found(tuple(await self._read(best[:limit])), len(best))

    async def browse(
        self, *, tags: Collection[str] = (), by: int | None = None, page: int = 1, size: int = 5
    ) -> Found:
        """One page of the shelf, the newest first; pages count from 1, and one beyond the end is empty."""
        narrowed = self._narrowed(tags, by)
        total = await self._session.scalar(select(func.count()).select_from(ResourceRow).where(*narrowed))
        query = (
            select(ResourceRow.id)
            .where(*narrowed)
            .order_by(ResourceRow.shared_at.desc(), ResourceRow.id.desc())
            .limit(size)
            .offset((page - 1) * size)
        )
        ids = list(await self._session.scalars(query))
        return Found(tuple(await self._read(ids)), total or 0)

    async def between(self, since: datetime, until: datetime, *, limit: int = 5) -> Found:
        """The newest links that came in a time, up to and without its end."""
        came = (*self._narrowed(), ResourceRow.shared_at >= since, ResourceRow.shared_at < until)
        total = await self._session.scalar(select(func.count()).select_from(ResourceRow).where(*came))
        query = select(ResourceRow.id).where(*came)
        query = query.order_by(ResourceRow.shared_at.desc(), ResourceRow.id.desc()).limit(limit)
        return Found(tuple(await self._read(list(await self._session.scalars(query)))), total or 0)

    async def topics(self, limit: int = 20) -> list[tuple[str, int]]:
        """The most used topics, each with how many links have it."""
        number = func.count()
        query = (
            select(func.min(ResourceTagRow.tag), number)
            .where(ResourceTagRow.community_id == self._community)
            .group_by(ResourceTagRow.folded)
            .order_by(number.desc(), ResourceTagRow.folded)
            .limit(limit)
        )
        return [(tag, n) for tag, n in await self._session.execute(query)]

    def _narrowed(
        self, tags: Collection[str] = (), by: int | None = None, *, among_found: bool = False
    ) -> list[ColumnElement[bool]]:
        mine = self._is_mine(ResourceRow) if among_found else ResourceRow.community_id == self._community
        conditions: list[ColumnElement[bool]] = [mine]
        for tag in sorted({_topic(_clean(tag)) for tag in tags}):
            tagged = select(ResourceTagRow.resource_id).where(
                ResourceTagRow.community_id == self._community, ResourceTagRow.folded == tag
            )
            conditions.append(ResourceRow.id.in_(tagged))
        if by is not None:
            said = select(ResourceNoteRow.resource_id).where(
                ResourceNoteRow.community_id == self._community, ResourceNoteRow.member_id == by
            )
            conditions.append(or_(ResourceRow.shared_by_id == by, ResourceRow.id.in_(said)))
        return conditions

    async def _rarities(self, terms: Sequence[Term]) -> list[float]:
        """How much each word says in this community."""
        number = select(func.count()).select_from(ResourceRow)
        every = number.where(ResourceRow.community_id == self._community)
        holding = [self._matching(number.where(self._is_mine(ResourceRow)), [term]) for term in terms]
        counted = select(*(query.scalar_subquery() for query in (every, *holding)))
        total, *counts = (await self._session.execute(counted)).one()
        return [rarity(count, total) for count in counts]

    async def _nearest(
        self, terms: Sequence[Term], rarities: Sequence[float], narrowed: Sequence[ColumnElement[bool]]
    ) -> list[Candidate]:
        """What the database's own index and measure think nearest."""
        if self._is_postgres:
            measure: Any = -sum(
                (
                    literal(rare) * func.ts_rank(_PG_WEIGHTS, _PG_WORDS, _pg_query([term]), 1)
                    for term, rare in zip(terms, rarities, strict=True)
                ),
                start=literal(0.0),
            )
        else:
            measure = func.bm25(
                literal_column("fts_resource"), *map(literal_column, map(str, WEIGHTS.values()))
            )
        query = self._matching(select(*_CANDIDATE).where(*narrowed), terms)
        rows = await self._session.execute(query.order_by(measure, ResourceRow.id.desc()).limit(CANDIDATES))
        return [Candidate(row[0], tuple(row[1:])) for row in rows]

    async def _inside_addresses(
        self,
        terms: Sequence[Term],
        narrowed: Sequence[ColumnElement[bool]],
        known: Sequence[Candidate],
    ) -> list[Candidate]:
        """Links with a word inside their address, as `hub` is inside `github.com`; the newest first."""
        inside = [ResourceRow.address_words.contains(term.word) for term in terms if term.open_ended]
        if not inside:
            return []
        query = (
            select(*_CANDIDATE)
            .where(*narrowed, or_(*inside), ResourceRow.id.not_in([one.id for one in known]))
            .order_by(ResourceRow.shared_at.desc(), ResourceRow.id.desc())
            .limit(CANDIDATES - len(known))
        )
        return [Candidate(row[0], tuple(row[1:])) for row in await self._session.execute(query)]

    def _matching(self, query: Any, terms: Sequence[Term]) -> Any:
        """A query on the table of links, narrowed to those that hold any of the words."""
        if self._is_postgres:
            return query.where(_PG_WORDS.op("@@")(_pg_query(terms)))
        matches = literal_column("fts_resource").op("MATCH")(_sqlite_query(terms))
        return query.join(_FTS, _FTS.c.rowid == ResourceRow.id).where(matches)

    @property
    def _is_postgres(self) -> bool:
        return self._session.get_bind().dialect.name == "postgresql"

    # Choosing -----------------------------------------------------------------------------------

    async def offer(
        self, links: Sequence[Link], *, to: int, at: datetime, words: str = "", author: int | None = None
    ) -> list[Choice]:
        """Keep a message's links until the member `to` chooses; `words` are the author's about them."""
        await self._check(to, author)
        words = _clean(words)[:LONGEST_NOTE].strip()
        rows = [
            ResourceChoiceRow(
                community_id=self._community,
                member_id=to,
                author_id=author,
                at=at,
                url=link.url,
                key=link.key,
                label=_clean(link.label)[:LONGEST_LABEL],
                headline=_on_one_line(link.headline),
                words=words,
            )
            for link in links
        ]
        self._session.add_all(rows)
        await self._session.flush()
        return [row.value() for row in rows]

    async def choice(self, choice: int, member: int) -> Choice | None:
        """One of the links that a member may choose from; None if it is not theirs, or no longer there."""
        query = select(ResourceChoiceRow).where(
            ResourceChoiceRow.community_id == self._community,
            ResourceChoiceRow.member_id == member,
            ResourceChoiceRow.id == choice,
        )
        row = await self._session.scalar(query)
        return row.value() if row else None

    async def drop_choices(self, until: datetime) -> None:
        """Forget the links that were offered up to then."""
        await self._session.execute(
            delete(ResourceChoiceRow).where(
                ResourceChoiceRow.community_id == self._community, ResourceChoiceRow.at <= until
            )
        )

    # Privacy ------------------------------------------------------------------------------------

    async def show(self, member: int) -> list[str]:
        """Lines of everything kept here about a member."""
        kept = await self.export(member)
        return [
            *(f"Put on the shelf: {one['url']}" for one in kept["shared"]),
            *(f"Said about {one['url']}: {one['text']}" for one in kept["notes"]),
            *(f"Waits for a day until someone saves it or not: {one['url']}" for one in kept["waiting"]),
        ]

    async def export(self, member: int) -> dict[str, Any]:
        """Everything kept here about a member."""
        shared = (
            select(ResourceRow.url, ResourceRow.shared_at)
            .where(ResourceRow.community_id == self._community, ResourceRow.shared_by_id == member)
            .order_by(ResourceRow.id)
        )
        notes = (
            select(ResourceRow.url, ResourceNoteRow.text, ResourceNoteRow.at)
            .join(ResourceRow, ResourceRow.id == ResourceNoteRow.resource_id)
            .where(ResourceNoteRow.community_id == self._community, ResourceNoteRow.member_id == member)
            .order_by(ResourceNoteRow.id)
        )
        waiting = (
            select(ResourceChoiceRow)
            .where(ResourceChoiceRow.community_id == self._community, _is_about(member))
            .order_by(ResourceChoiceRow.id)
        )
        return {
            "shared": [{"url": url, "at": at.isoformat()} for url, at in await self._session.execute(shared)],
            "notes": [
                {"url": url, "text": text, "at": at.isoformat()}
                for url, text, at in await self._session.execute(notes)
            ],
            "waiting": [
                {
                    "url": row.url,
                    "text": row.words if row.author_id == member else "",
                    "at": row.at.isoformat(),
                }
                for row in await self._session.scalars(waiting)
            ],
        }

    async def forget(self, member: int) -> None:
        """Erase what a member said and that it was them: links stay, without a name, and so do the counts."""
        said = (ResourceNoteRow.community_id == self._community, ResourceNoteRow.member_id == member)
        touched = sorted(set(await self._session.scalars(select(ResourceNoteRow.resource_id).where(*said))))
        await self._session.execute(update(ResourceNoteRow).where(*said).values(text="", member_id=None))
        await self._session.execute(
            update(ResourceRow)
            .where(ResourceRow.community_id == self._community, ResourceRow.shared_by_id == member)
            .values(shared_by_id=None)
        )
        await self._session.execute(
            delete(ResourceChoiceRow).where(
                ResourceChoiceRow.community_id == self._community, _is_about(member)
            )
        )
        for resource in await self._read(touched):
            await self._index(resource)
        if touched and not self._is_postgres:
            # A full-text index only marks what is deleted; merged into one piece, it has it no longer.
            await self._session.execute(text("INSERT INTO fts_resource(fts_resource) VALUES ('optimize')"))

    # Small parts --------------------------------------------------------------------------------

    async def _check(self, *members: int | None) -> None:
        """Raise LookupError unless these are members of this community; None is nobody and passes."""
        wanted = {member for member in members if member is not None}
        query = select(MemberRow.id).where(
            MemberRow.community_id == self._community, MemberRow.id.in_(sorted(wanted))
        )
        strangers = wanted - set(await self._session.scalars(query))
        if strangers:
            raise LookupError(f"no members of community {self._community}: {sorted(strangers)}")

    def _is_mine(self, table: type[Base]) -> ColumnElement[bool]:
        """That rows are this community's, in words that no index serves.

        For where another condition finds fewer rows: SQLite's guess is that a community has ten, and so it
        reads all that there are to keep a few.
        """
        return literal_column(f"+{table.__tablename__}.community_id", BigInteger()) == self._community

    async def _read(self, ids: Sequence[int]) -> list[Resource]:
        """Links of this community by id, in this order, with their notes and topics."""
        if not ids:
            return []
        notes: dict[int, list[Note]] = {}
        said = (
            select(
                ResourceNoteRow.resource_id,
                ResourceNoteRow.text,
                ResourceNoteRow.member_id,
                ResourceNoteRow.at,
            )
            .where(
                self._is_mine(ResourceNoteRow),
                ResourceNoteRow.resource_id.in_(ids),
                ResourceNoteRow.text != "",
            )
            .order_by(ResourceNoteRow.id)
        )
        for resource, words, member, at in await self._session.execute(said):
            notes.setdefault(resource, []).append(Note(words, member, at))
        tags: dict[int, list[str]] = {}
        tagged = (
            select(ResourceTagRow.resource_id, ResourceTagRow.tag)
            .where(self._is_mine(ResourceTagRow), ResourceTagRow.resource_id.in_(ids))
            .order_by(ResourceTagRow.folded)
        )
        for resource, tag in await self._session.execute(tagged):
            tags.setdefault(resource, []).append(tag)
        query = select(
            ResourceRow.id,
            ResourceRow.url,
            ResourceRow.label,
            ResourceRow.headline,
            ResourceRow.shared_by_id,
            ResourceRow.shared_at,
        ).where(self._is_mine(ResourceRow), ResourceRow.id.in_(ids))
        found = {
            row[0]: Resource(*row, notes=tuple(notes.get(row[0], ())), tags=tuple(tags.get(row[0], ())))
            for row in await self._session.execute(query)
        }
        return [found[one] for one in ids if one in found]

    async def _index(self, resource: Resource) -> None:
        """Bring what is searched of a link up to what people said about it."""
        await self._session.execute(
            update(ResourceRow)
            .where(ResourceRow.community_id == self._community, ResourceRow.id == resource.id)
            .values(
                tag_words=folded(*resource.tags)[:LONGEST_SEARCHED],
                note_words=folded(*(note.text for note in resource.notes))[:LONGEST_SEARCHED],
            )
        )


# What only one database understands ----------------------------------------------------------------

_CANDIDATE = (ResourceRow.id, *(getattr(ResourceRow, name) for name in WEIGHTS))
_FTS = table("fts_resource", column("rowid", Integer))
_PG_WORDS: ColumnElement[Any] = literal_column("resource.fts_words")
# For D, C, B and A: `WEIGHTS` of address, note, title and topics, the greatest as 1.
_PG_WEIGHTS: ColumnElement[Any] = literal_column("'{0.17, 0.5, 0.67, 1}'::float4[]")


def _sqlite_query(terms: Sequence[Term]) -> str:
    # A term is letters and digits, so quoting it is all it takes.
    return " OR ".join(f'"{term.word}"{"*" if term.open_ended else ""}' for term in terms)


def _pg_query(terms: Sequence[Term]) -> ColumnElement[Any]:
    words = " | ".join(f"'{term.word}'{':*' if term.open_ended else ''}" for term in terms)
    return func.to_tsquery(literal_column("'pg_catalog.simple'::regconfig"), words)


def _is_about(member: int) -> ColumnElement[bool]:
    return or_(ResourceChoiceRow.member_id == member, ResourceChoiceRow.author_id == member)


def _topic(tag: str) -> str:
    """What makes two tags one topic; folding may lengthen a tag."""
    return unaccented(tag)[: 2 * LONGEST_TAG]


def _address_words(link: Link) -> str:
    """The words of an address, each once: those of its readable form, and of what that leaves out."""
    path = unquote(link.key.partition("?")[0])
    return " ".join(dict.fromkeys(folded(link.label, path).split()))


def _on_one_line(headline: str) -> str:
    return " ".join(_clean(headline).split())[:LONGEST_LABEL]


def _clean(words: str) -> str:
    """Text that both databases can keep: without NUL and other control characters."""
    return "".join(
        sign for sign in words if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    ).strip()
