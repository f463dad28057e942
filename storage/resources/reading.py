"""Queries for links with their notes and topics."""

from collections.abc import Collection, Sequence

from sqlalchemy import BigInteger, ColumnElement, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.base import Base
from storage.resources.tables import ResourceNoteRow, ResourceRow, ResourceTagRow
from storage.resources.values import Note, Resource
from storage.resources.words import clean, topic_of


async def resources_of(session: AsyncSession, community: int, ids: Sequence[int]) -> list[Resource]:
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
            among_found(ResourceNoteRow, community),
            ResourceNoteRow.resource_id.in_(ids),
            ResourceNoteRow.text != "",
        )
        .order_by(ResourceNoteRow.id)
    )
    for resource, words, member, at in await session.execute(said):
        notes.setdefault(resource, []).append(Note(words, member, at))
    tags: dict[int, list[str]] = {}
    tagged = (
        select(ResourceTagRow.resource_id, ResourceTagRow.tag)
        .where(among_found(ResourceTagRow, community), ResourceTagRow.resource_id.in_(ids))
        .order_by(ResourceTagRow.folded)
    )
    for resource, tag in await session.execute(tagged):
        tags.setdefault(resource, []).append(tag)
    query = select(
        ResourceRow.id,
        ResourceRow.url,
        ResourceRow.label,
        ResourceRow.headline,
        ResourceRow.shared_by_id,
        ResourceRow.shared_at,
    ).where(among_found(ResourceRow, community), ResourceRow.id.in_(ids))
    found = {
        row[0]: Resource(*row, notes=tuple(notes.get(row[0], ())), tags=tuple(tags.get(row[0], ())))
        for row in await session.execute(query)
    }
    return [found[one] for one in ids if one in found]


def among_found(table: type[Base], community: int) -> ColumnElement[bool]:
    """The condition that rows are this community's, worded so that no index serves it.

    It is for queries with another condition that finds fewer rows: SQLite assumes that a community has ten
    rows, and would read all of them to keep a few.
    """
    return literal_column(f"+{table.__tablename__}.community_id", BigInteger()) == community


def narrowed(
    community: int, tags: Collection[str] = (), by: int | None = None, *, is_among_found: bool = False
) -> list[ColumnElement[bool]]:
    """The conditions for links of this community with all `tags` that the member `by` shared or noted."""
    mine = among_found(ResourceRow, community) if is_among_found else ResourceRow.community_id == community
    conditions: list[ColumnElement[bool]] = [mine]
    for tag in sorted({topic_of(clean(tag)) for tag in tags}):
        tagged = select(ResourceTagRow.resource_id).where(
            ResourceTagRow.community_id == community, ResourceTagRow.folded == tag
        )
        conditions.append(ResourceRow.id.in_(tagged))
    if by is not None:
        said = select(ResourceNoteRow.resource_id).where(
            ResourceNoteRow.community_id == community, ResourceNoteRow.member_id == by
        )
        conditions.append(or_(ResourceRow.shared_by_id == by, ResourceRow.id.in_(said)))
    return conditions
