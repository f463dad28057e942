"""The shelf: links worth keeping, members' notes about them, and their search."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, text, update

from storage.base import inserting
from storage.communities import CommunityRepository
from storage.ranking import folded, terms_of
from storage.resources.reading import narrowed, resources_of
from storage.resources.searching import Search
from storage.resources.tables import (
    LONGEST_LABEL,
    LONGEST_NOTE,
    LONGEST_TAG,
    ResourceChoiceRow,
    ResourceNoteRow,
    ResourceRow,
    ResourceTagRow,
)
from storage.resources.values import Choice, Found, Link, Note, Resource, Shelved
from storage.resources.words import address_words, clean, on_one_line, topic_of

LONGEST_SEARCHED = 10_000
"""How much of all the notes about one link is searched, in characters."""


class Shelf(CommunityRepository):
    """The links of one community."""

    heading = "The shelf"
    export_key = "shelf"

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
        """Add a link, or a note and topics to one that is there.

        `author` is the author of the note if it is not `by`. Raises LookupError for members of another
        community.
        """
        await self._check(by, author)
        label, headline = clean(link.label)[:LONGEST_LABEL], on_one_line(link.headline)
        query = inserting(self._session, ResourceRow).values(
            community_id=self._community,
            key=link.key,
            url=link.url,
            label=label,
            headline=headline,
            shared_by_id=by,
            shared_at=at,
            title_words=folded(link.headline),
            tag_words="",
            note_words="",
            address_words=address_words(link),
        )
        new = await self._session.scalar(query.on_conflict_do_nothing().returning(ResourceRow.id))
        if new is not None:
            resource = Resource(new, link.url, label, headline, by, at)
            return await self._add(resource, author or by, at, note, tags, is_new=True)
        found = await self._session.scalar(
            select(ResourceRow.id)
            .where(ResourceRow.community_id == self._community, ResourceRow.key == link.key)
            # Locked until the unit ends: of two who add at once, each would index without the other's words.
            .with_for_update()
        )
        assert found is not None
        if headline:
            await self._session.execute(
                update(ResourceRow)
                .where(ResourceRow.id == found, ResourceRow.headline == "")
                .values(headline=headline, title_words=folded(link.headline))
            )
        [resource] = await self._read([found])
        return await self._add(resource, author or by, at, note, tags, is_new=False)

    async def add(
        self, resource: int, *, by: int, at: datetime, note: str = "", tags: Sequence[str] = ()
    ) -> Shelved | None:
        """Add a note and topics to a link; None if it is not there. Raises LookupError as `put` does."""
        await self._check(by)
        mine = select(ResourceRow.id).where(
            ResourceRow.community_id == self._community, ResourceRow.id == resource
        )
        if await self._session.scalar(mine.with_for_update()) is None:
            return None
        [found] = await self._read([resource])
        return await self._add(found, by, at, note, tags, is_new=False)

    async def _add(
        self, resource: Resource, author: int, at: datetime, note: str, tags: Sequence[str], *, is_new: bool
    ) -> Shelved:
        """Add a note and topics to a link whose row is locked. What it has already is not added again."""
        note = clean(note)[:LONGEST_NOTE].strip()
        added_note = bool(note) and (note, author) not in {(one.text, one.member) for one in resource.notes}
        if added_note:
            self._session.add(
                ResourceNoteRow(
                    community_id=self._community, resource_id=resource.id, member_id=author, text=note, at=at
                )
            )
            await self._session.flush()
            resource = replace(resource, notes=(*resource.notes, Note(note, author, at)))
        topics = {topic_of(tag): tag for tag in resource.tags}
        added: dict[str, str] = {}
        for tag in (clean(tag)[:LONGEST_TAG] for tag in tags):
            topic = topic_of(tag)
            if topic and topic not in topics:
                topics[topic] = added[topic] = tag
        if added:
            mine = {"resource_id": resource.id, "community_id": self._community}
            rows = [mine | {"folded": topic, "tag": tag} for topic, tag in added.items()]
            await self._session.execute(insert(ResourceTagRow), rows)
            resource = replace(resource, tags=tuple(tag for _, tag in sorted(topics.items())))
        if added_note or added:
            await self._index(resource)
        return Shelved(resource, is_new, added_note, tuple(added.values()))

    # Finding ------------------------------------------------------------------------------------

    async def find(
        self, words: str = "", *, tags: Collection[str] = (), by: int | None = None, limit: int = 8
    ) -> Found:
        """The best links for some words, or the newest ones if there are none.

        They have all `tags`, and were shared or noted by the member `by`. `total` counts at most
        `CANDIDATES`.
        """
        terms = terms_of(words)
        if not terms:
            # Words without a letter or digit cannot find anything.
            return Found((), 0) if words.strip() else await self.browse(tags=tags, by=by, size=limit)
        best = await Search(self._unit, self._community).best(terms, tags, by)
        return Found(tuple(await self._read(best[:limit])), len(best))

    async def browse(
        self, *, tags: Collection[str] = (), by: int | None = None, page: int = 1, size: int = 5
    ) -> Found:
        """A page of the shelf, the newest links first. Pages count from 1; one beyond the end is empty."""
        wanted = narrowed(self._community, tags, by)
        total = await self._session.scalar(select(func.count()).select_from(ResourceRow).where(*wanted))
        query = (
            select(ResourceRow.id)
            .where(*wanted)
            .order_by(ResourceRow.shared_at.desc(), ResourceRow.id.desc())
            .limit(size)
            .offset((page - 1) * size)
        )
        ids = list(await self._session.scalars(query))
        return Found(tuple(await self._read(ids)), total or 0)

    async def between(self, since: datetime, until: datetime, *, limit: int = 5) -> Found:
        """The newest links from `since` (inclusive) to `until` (exclusive)."""
        came = (*narrowed(self._community), ResourceRow.shared_at >= since, ResourceRow.shared_at < until)
        total = await self._session.scalar(select(func.count()).select_from(ResourceRow).where(*came))
        query = select(ResourceRow.id).where(*came)
        query = query.order_by(ResourceRow.shared_at.desc(), ResourceRow.id.desc()).limit(limit)
        return Found(tuple(await self._read(list(await self._session.scalars(query)))), total or 0)

    async def topics(self, limit: int = 20) -> list[tuple[str, int]]:
        """The most used topics, each with its number of links."""
        number = func.count()
        query = (
            select(func.min(ResourceTagRow.tag), number)
            .where(ResourceTagRow.community_id == self._community)
            .group_by(ResourceTagRow.folded)
            .order_by(number.desc(), ResourceTagRow.folded)
            .limit(limit)
        )
        return [(tag, n) for tag, n in await self._session.execute(query)]

    # Choosing -----------------------------------------------------------------------------------

    async def offer(
        self, links: Sequence[Link], *, to: int, at: datetime, words: str = "", author: int | None = None
    ) -> list[Choice]:
        """Store a message's links until the member `to` chooses. `words` are the author's text about them."""
        await self._check(to, author)
        words = clean(words)[:LONGEST_NOTE].strip()
        rows = [
            ResourceChoiceRow(
                community_id=self._community,
                member_id=to,
                author_id=author,
                at=at,
                url=link.url,
                key=link.key,
                label=clean(link.label)[:LONGEST_LABEL],
                headline=on_one_line(link.headline),
                words=words,
            )
            for link in links
        ]
        self._session.add_all(rows)
        await self._session.flush()
        return [row.value() for row in rows]

    async def choice(self, choice: int, member: int) -> Choice | None:
        """A link that was offered to a member; None if it was not, or is not there any more."""
        query = select(ResourceChoiceRow).where(
            ResourceChoiceRow.community_id == self._community,
            ResourceChoiceRow.member_id == member,
            ResourceChoiceRow.id == choice,
        )
        row = await self._session.scalar(query)
        return row.value() if row else None

    async def drop_choices(self, until: datetime) -> None:
        """Delete the links that were offered up to an instant."""
        await self._session.execute(
            delete(ResourceChoiceRow).where(
                ResourceChoiceRow.community_id == self._community, ResourceChoiceRow.at <= until
            )
        )

    # Privacy ------------------------------------------------------------------------------------

    async def show(self, member: int) -> list[str]:
        """What is stored here about a member, as lines of text for them to read."""
        kept = await self.export(member)
        return [
            *(f"Put on the shelf: {one['url']}" for one in kept["shared"]),
            *(f"Said about {one['url']}: {one['text']}" for one in kept["notes"]),
            *(f"Waits for a day until someone saves it or not: {one['url']}" for one in kept["waiting"]),
        ]

    async def export(self, member: int) -> dict[str, Any]:
        """Everything stored here about a member, as values for JSON."""
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
        """Erase a member's notes and name. Links stay without a name, and empty notes keep the count."""
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
        if touched and self._session.get_bind().dialect.name == "sqlite":
            # A full-text index only marks what is deleted; merging it into one piece removes it.
            await self._session.execute(text("INSERT INTO fts_resource(fts_resource) VALUES ('optimize')"))

    # Small parts --------------------------------------------------------------------------------

    async def _check(self, *members: int | None) -> None:
        """Raise LookupError unless these are members of this community. None passes."""
        wanted = {member for member in members if member is not None}
        if unknown := await self._strangers(wanted):
            raise LookupError(f"no members of community {self._community}: {sorted(unknown)}")

    async def _read(self, ids: Sequence[int]) -> list[Resource]:
        return await resources_of(self._session, self._community, ids)

    async def _index(self, resource: Resource) -> None:
        """Store the words by which a link is searched."""
        await self._session.execute(
            update(ResourceRow)
            .where(ResourceRow.community_id == self._community, ResourceRow.id == resource.id)
            .values(
                tag_words=folded(*resource.tags)[:LONGEST_SEARCHED],
                note_words=folded(*(note.text for note in resource.notes))[:LONGEST_SEARCHED],
            )
        )


def _is_about(member: int) -> ColumnElement[bool]:
    return or_(ResourceChoiceRow.member_id == member, ResourceChoiceRow.author_id == member)
