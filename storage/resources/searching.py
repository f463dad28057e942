"""The search of the shelf: each database finds candidates by its own index, and they are ranked alike."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)

from storage.ranking import Candidate, Term, ranked, rarity
from storage.resources.reading import among_found, narrowed
from storage.resources.tables import ResourceRow
from storage.session import Session, orm_of

CANDIDATES = 50
"""The number of candidates that are ranked. Others are never shown."""
WEIGHTS = {"title_words": 2.0, "tag_words": 3.0, "note_words": 1.5, "address_words": 0.5}
"""The weight of a word by the field that it is in."""


class Search:
    """The search of one community."""

    def __init__(self, session: Session, community: int) -> None:
        self._session = orm_of(session)
        self._community = community

    async def best(
        self, terms: Sequence[Term], tags: Collection[str] = (), by: int | None = None
    ) -> list[int]:
        """The ids of at most `CANDIDATES` links that have any of these words, the best first."""
        rarities = await self._rarities(terms)
        candidates = await self._nearest(
            terms, rarities, narrowed(self._community, tags, by, is_among_found=True)
        )
        if len(candidates) < CANDIDATES:
            wanted = narrowed(self._community, tags, by)
            candidates += await self._inside_addresses(terms, wanted, candidates)
        return ranked(candidates, terms, rarities, tuple(WEIGHTS.values()))

    async def _rarities(self, terms: Sequence[Term]) -> list[float]:
        """The weight of each word in this community."""
        number = select(func.count()).select_from(ResourceRow)
        every = number.where(ResourceRow.community_id == self._community)
        holding = [
            self._matching(number.where(among_found(ResourceRow, self._community)), [term]) for term in terms
        ]
        counted = select(*(query.scalar_subquery() for query in (every, *holding)))
        total, *counts = (await self._session.execute(counted)).one()
        return [rarity(count, total) for count in counts]

    async def _nearest(
        self, terms: Sequence[Term], rarities: Sequence[float], wanted: Sequence[ColumnElement[bool]]
    ) -> list[Candidate]:
        """The candidates that the database's own index and measure find nearest."""
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
        query = self._matching(select(*_CANDIDATE).where(*wanted), terms)
        rows = await self._session.execute(query.order_by(measure, ResourceRow.id.desc()).limit(CANDIDATES))
        return [Candidate(row[0], tuple(row[1:])) for row in rows]

    async def _inside_addresses(
        self,
        terms: Sequence[Term],
        wanted: Sequence[ColumnElement[bool]],
        known: Sequence[Candidate],
    ) -> list[Candidate]:
        """Links with a word inside their address, as `hub` is in `github.com`, the newest first."""
        inside = [ResourceRow.address_words.contains(term.word) for term in terms if term.open_ended]
        if not inside:
            return []
        query = (
            select(*_CANDIDATE)
            .where(*wanted, or_(*inside), ResourceRow.id.not_in([one.id for one in known]))
            .order_by(ResourceRow.shared_at.desc(), ResourceRow.id.desc())
            .limit(CANDIDATES - len(known))
        )
        return [Candidate(row[0], tuple(row[1:])) for row in await self._session.execute(query)]

    def _matching(self, query: Any, terms: Sequence[Term]) -> Any:
        """A query of the table of links, narrowed to those that have any of the words."""
        if self._is_postgres:
            return query.where(_PG_WORDS.op("@@")(_pg_query(terms)))
        matches = literal_column("fts_resource").op("MATCH")(_sqlite_query(terms))
        return query.join(_FTS, _FTS.c.rowid == ResourceRow.id).where(matches)

    @property
    def _is_postgres(self) -> bool:
        return self._session.get_bind().dialect.name == "postgresql"


# What only one database understands ----------------------------------------------------------------

_CANDIDATE = (ResourceRow.id, *(getattr(ResourceRow, name) for name in WEIGHTS))
_FTS = table("fts_resource", column("rowid", Integer))
_PG_WORDS: ColumnElement[Any] = literal_column("resource.fts_words")
# For D, C, B and A: the `WEIGHTS` of address, note, title and topics, scaled so that the greatest is 1.
_PG_WEIGHTS: ColumnElement[Any] = literal_column("'{0.17, 0.5, 0.67, 1}'::float4[]")


def _sqlite_query(terms: Sequence[Term]) -> str:
    # A term has only letters and digits, so quoting it is enough.
    return " OR ".join(f'"{term.word}"{"*" if term.open_ended else ""}' for term in terms)


def _pg_query(terms: Sequence[Term]) -> ColumnElement[Any]:
    words = " | ".join(f"'{term.word}'{':*' if term.open_ended else ''}" for term in terms)
    return func.to_tsquery(literal_column("'pg_catalog.simple'::regconfig"), words)
