"""Who offers to be a mentor, who requests one, who pauses, and who is not to be matched with whom."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import aliased

from storage.base import EPOCH, inserting
from storage.communities import AccountRow, CommunityRepository, MemberRow, OwnershipRow
from storage.mentoring.tables import AvoidRow, ExclusionRow, OfferRow, PauseRow, RequestRow
from storage.mentoring.values import Exclusion, Offer, Request, RequestState
from storage.resources import ResourceTagRow
from storage.session import last_seen_of

_FRESH: Any = {"execution_options": {"populate_existing": True}}
"""Rows as they are now: some statements write them past the session’s identity map."""
TOGETHER = 2
"""Topics are near if at least this many links of the shelf have both."""


class Seeking(CommunityRepository):
    """The offers and requests of one community."""

    heading = "Mentoring"
    export_key = "mentoring"

    # Offers

    async def offer(self, member: int) -> Offer | None:
        """A member's offer."""
        query = select(OfferRow).where(*self._of(OfferRow, member))
        row = await self._session.scalar(query, **_FRESH)
        return row.value() if row else None

    async def offers(self) -> list[Offer]:
        """All offers, the oldest first."""
        query = select(OfferRow).where(OfferRow.community_id == self._community)
        rows = await self._session.scalars(query.order_by(OfferRow.since, OfferRow.member_id), **_FRESH)
        return [row.value() for row in rows]

    async def put_offer(self, offer: Offer) -> bool:
        """Store an offer, keeping the date of the first one; False if the member is not of this community."""
        if not await self._are_members(offer.member):
            return False
        values = {
            "topics": " ".join(offer.topics),
            "capacity": offer.capacity,
            "languages": " ".join(offer.languages),
            "enjoys": offer.enjoys,
        }
        facts = {"member_id": offer.member, "community_id": self._community, "since": offer.since}
        query = inserting(self._session, OfferRow).values(**facts, **values)
        await self._session.execute(query.on_conflict_do_update(index_elements=["member_id"], set_=values))
        return True

    async def drop_offer(self, member: int) -> bool:
        """Delete an offer; False if there is none."""
        query = delete(OfferRow).where(*self._of(OfferRow, member)).returning(OfferRow.member_id)
        return await self._session.scalar(query) is not None

    # Requests

    async def request(self, number: int) -> Request | None:
        """One request by id."""
        query = select(RequestRow).where(RequestRow.community_id == self._community, RequestRow.id == number)
        row = await self._session.scalar(query, **_FRESH)
        return row.value() if row else None

    async def request_of(self, member: int) -> Request | None:
        """A member's request that is not over."""
        query = select(RequestRow).where(
            *self._of(RequestRow, member), RequestRow.state != RequestState.OVER.value
        )
        row = await self._session.scalar(query, **_FRESH)
        return row.value() if row else None

    async def requests(self, state: RequestState) -> list[Request]:
        """All requests in a state: those with priority first, then the oldest."""
        query = (
            select(RequestRow)
            .where(RequestRow.community_id == self._community, RequestRow.state == state.value)
            .order_by(RequestRow.priority.desc(), RequestRow.asked_at, RequestRow.id)
        )
        return [row.value() for row in await self._session.scalars(query, **_FRESH)]

    async def put_request(self, request: Request) -> int | None:
        """Store a request; returns its id. One whose id is not known here is a new request.

        None if the member is not of this community.
        """
        if not await self._are_members(request.member):
            return None
        values: dict[str, Any] = asdict(request) | {
            "topics": " ".join(request.topics),
            "languages": " ".join(request.languages),
            "state": request.state.value,
        }
        del values["id"], values["member"]
        known = (*self._of(RequestRow, request.member), RequestRow.id == request.id)
        changed = update(RequestRow).where(*known).values(**values).returning(RequestRow.id)
        found: int | None = await self._session.scalar(changed)
        if found is not None:
            return found
        made = inserting(self._session, RequestRow).values(
            community_id=self._community, member_id=request.member, **values
        )
        new: int | None = await self._session.scalar(made.returning(RequestRow.id))
        return new

    # Pauses

    async def pause(self, member: int, until: datetime | None) -> bool:
        """Record that a member pauses; False if they are not of this community."""
        if not await self._are_members(member):
            return False
        query = inserting(self._session, PauseRow).values(
            member_id=member, community_id=self._community, until=until
        )
        await self._session.execute(
            query.on_conflict_do_update(index_elements=["member_id"], set_={"until": until})
        )
        return True

    async def resume(self, member: int) -> bool:
        """Delete a member's pause; False if there is none."""
        query = delete(PauseRow).where(*self._of(PauseRow, member)).returning(PauseRow.member_id)
        return await self._session.scalar(query) is not None

    async def pausing(self, at: datetime) -> dict[int, datetime | None]:
        """The members who pause at an instant, and until when."""
        query = select(PauseRow.member_id, PauseRow.until).where(
            PauseRow.community_id == self._community, or_(PauseRow.until.is_(None), PauseRow.until > at)
        )
        return {row.member_id: row.until for row in await self._session.execute(query)}

    # Who is not to be matched

    async def avoid(self, member: int, other: int) -> bool:
        """Record whom a member would rather not be matched with; False if it is recorded, or one is a
        stranger.
        """
        if member == other or not await self._are_members(member, other):
            return False
        query = (
            inserting(self._session, AvoidRow)
            .values(member_id=member, other_id=other, community_id=self._community)
            .on_conflict_do_nothing()
            .returning(AvoidRow.member_id)
        )
        return await self._session.scalar(query) is not None

    async def allow(self, member: int, other: int) -> bool:
        """Delete such a wish; False if there is none."""
        query = delete(AvoidRow).where(*self._of(AvoidRow, member), AvoidRow.other_id == other)
        return await self._session.scalar(query.returning(AvoidRow.member_id)) is not None

    async def avoided_by(self, member: int) -> list[int]:
        """The members whom a member would rather not be matched with. Only that member and the matcher may
        read it.
        """
        query = select(AvoidRow.other_id).where(*self._of(AvoidRow, member))
        return list(await self._session.scalars(query.order_by(AvoidRow.other_id)))

    async def exclude(self, one: int, other: int) -> bool:
        """Record that coordinators would not pair two members; False if one of them is a stranger."""
        first, last = sorted((one, other))
        if first == last or not await self._are_members(first, last):
            return False
        query = inserting(self._session, ExclusionRow).values(
            one_id=first, other_id=last, community_id=self._community
        )
        await self._session.execute(query.on_conflict_do_nothing())
        return True

    async def include(self, one: int, other: int) -> bool:
        """Delete an exclusion; False if there is none."""
        first, last = sorted((one, other))
        query = delete(ExclusionRow).where(
            ExclusionRow.community_id == self._community,
            ExclusionRow.one_id == first,
            ExclusionRow.other_id == last,
        )
        return await self._session.scalar(query.returning(ExclusionRow.one_id)) is not None

    async def exclusions(self) -> list[Exclusion]:
        """The pairs that coordinators excluded."""
        query = select(ExclusionRow).where(ExclusionRow.community_id == self._community)
        rows = await self._session.scalars(query.order_by(ExclusionRow.one_id, ExclusionRow.other_id))
        return [Exclusion(row.one_id, row.other_id) for row in rows]

    async def apart(self) -> frozenset[tuple[int, int]]:
        """All pairs that are not to be matched, both ways round. Only the matcher may read it."""
        avoiding = select(AvoidRow.member_id, AvoidRow.other_id).where(
            AvoidRow.community_id == self._community
        )
        excluded = select(ExclusionRow.one_id, ExclusionRow.other_id).where(
            ExclusionRow.community_id == self._community
        )
        found = [(a, b) for query in (avoiding, excluded) for a, b in await self._session.execute(query)]
        return frozenset(pair for a, b in found for pair in ((a, b), (b, a)))

    async def names(self, members: Sequence[int]) -> dict[int, str]:
        """The names of those of these members who belong to this community, sorted by name."""
        query = select(MemberRow.id, MemberRow.name).where(
            MemberRow.community_id == self._community, MemberRow.id.in_(members)
        )
        found = await self._session.execute(query.order_by(MemberRow.name, MemberRow.id))
        return {row.id: row.name for row in found}

    async def zones(self, members: Sequence[int]) -> dict[int, tuple[str, str]]:
        """The present ones of these members, each with their own time zone and that of their platform."""
        query = (
            select(MemberRow.id, MemberRow.zone, AccountRow.zone, AccountRow.id, AccountRow.seen_at)
            .join(OwnershipRow, OwnershipRow.member_id == MemberRow.id)
            .join(AccountRow, AccountRow.id == OwnershipRow.account_id)
            .where(
                MemberRow.community_id == self._community,
                MemberRow.id.in_(members),
                MemberRow.left_at.is_(None),
            )
            .order_by(AccountRow.id.desc())
        )
        rows = list((await self._session.execute(query)).all())
        last_seen = last_seen_of(self._unit)
        rows.sort(key=lambda row: last_seen.latest(row[3], row[4]) or EPOCH)
        # Of several accounts the one that was seen last comes last, so its zone counts.
        return {member: (own, theirs) for member, own, theirs, *_ in rows}

    async def near(self) -> dict[str, frozenset[str]]:
        """Topics that links of the shelf often have together, by topic."""
        one, other = aliased(ResourceTagRow), aliased(ResourceTagRow)
        query = (
            select(one.tag, other.tag, one.resource_id)
            .join(other, (other.resource_id == one.resource_id) & (other.tag > one.tag))
            .where(one.community_id == self._community, other.community_id == self._community)
        )
        seen: dict[tuple[str, str], int] = {}
        for a, b, _ in await self._session.execute(query):
            seen[a, b] = seen.get((a, b), 0) + 1
        near: dict[str, set[str]] = {}
        for (a, b), n in seen.items():
            if n >= TOGETHER:
                near.setdefault(a, set()).add(b)
                near.setdefault(b, set()).add(a)
        return {topic: frozenset(others) for topic, others in near.items()}

    # What is stored about a member

    async def show(self, member: int) -> list[str]:
        """What is stored here about a member, as lines of text for them to read."""
        lines = []
        offer = await self.offer(member)
        if offer is not None:
            lines.append(f"Offers mentoring for {offer.capacity}: {', '.join(offer.topics)}. {offer.enjoys}")
        lines += [
            f"Looked for a mentor on {one.asked_at:%Y-%m-%d} ({one.state.in_words}): "
            f"{', '.join(one.topics)}. {one.goal}"
            for one in await self._requests_of(member)
        ]
        if avoided := list((await self.names(await self.avoided_by(member))).values()):
            lines.append(f"Not to be matched with: {', '.join(avoided)}")
        pause = await self._session.scalar(select(PauseRow).where(*self._of(PauseRow, member)), **_FRESH)
        if pause is not None:
            lines.append("Pausing" + (f" until {pause.until:%Y-%m-%d}" if pause.until else ""))
        return lines

    async def export(self, member: int) -> dict[str, Any]:
        """Everything stored here about a member, as values for JSON."""
        offer, requests = await self.offer(member), await self._requests_of(member)
        pause = await self._session.scalar(select(PauseRow).where(*self._of(PauseRow, member)), **_FRESH)
        kept = {
            "offer": _plain(asdict(offer)) if offer else {},
            "requests": [_plain(asdict(one)) for one in requests],
            "not_with": list((await self.names(await self.avoided_by(member))).values()),
            "pausing": {"until": pause.until.isoformat() if pause.until else "open"} if pause else {},
        }
        return {name: value for name, value in kept.items() if value}

    async def forget(self, member: int) -> None:
        """Erase a member's offer, requests, pause and wishes, and the wishes of others about them."""
        for table in (OfferRow, RequestRow, PauseRow, AvoidRow):
            await self._session.execute(delete(table).where(*self._of(table, member)))
        for others, column in (
            (AvoidRow, AvoidRow.other_id),
            (ExclusionRow, ExclusionRow.one_id),
            (ExclusionRow, ExclusionRow.other_id),
        ):
            await self._session.execute(
                delete(others).where(others.community_id == self._community, column == member)
            )

    async def _requests_of(self, member: int) -> list[Request]:
        query = select(RequestRow).where(*self._of(RequestRow, member)).order_by(RequestRow.id)
        return [row.value() for row in await self._session.scalars(query, **_FRESH)]

    def _of(
        self, table: type[OfferRow | RequestRow | PauseRow | AvoidRow], member: int
    ) -> tuple[ColumnElement[bool], ...]:
        return table.community_id == self._community, table.member_id == member


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts for an export: without ids, and with times in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in facts.items()
        if name not in {"id", "member"}
    }
