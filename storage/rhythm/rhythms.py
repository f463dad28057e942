"""The rhythms of one community: what is planned, what became of it, and who facilitates it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from storage.base import inserting
from storage.communities import ChannelRow, CommunityRepository, MemberRow
from storage.rhythm.tables import (
    LONGEST_NOTE,
    DateOutcome,
    Dealt,
    DeckRow,
    Leader,
    PromptRow,
    Rhythm,
    RhythmDateRow,
    RhythmDraftRow,
    RhythmRow,
    RhythmVolunteerRow,
    Volunteer,
)


class Rhythms(CommunityRepository):
    """The rhythms of one community and their dates."""

    heading = "Rhythms"
    export_key = "rhythms"

    async def all(self) -> list[Rhythm]:
        """All rhythms, in the order in which they were made."""
        rows = await self._session.execute(self._mine().order_by(RhythmRow.id))
        return [_rhythm(row, channel) for row, channel in rows]

    async def get(self, rhythm: int) -> Rhythm | None:
        """One rhythm by id."""
        return await self._one(self._mine().where(RhythmRow.id == rhythm))

    async def hold(self, rhythm: int) -> Rhythm | None:
        """The same, locked until the unit ends: other changes and posts of it wait."""
        mine = (RhythmRow.community_id == self._community, RhythmRow.id == rhythm)
        await self._session.execute(select(RhythmRow.id).where(*mine).with_for_update())
        return await self.get(rhythm)

    async def put(self, rhythm: int | None, at: datetime, **values: object) -> int | None:
        """Add a rhythm, or change one; returns its id.

        None if it is not there, or its channel, deck or facilitator is not of this community.
        """
        if not await self._is_ours(values):
            return None
        if rhythm is None:
            row = RhythmRow(community_id=self._community, judged_from=at, **values)
            self._session.add(row)
            await self._session.flush()
            return row.id
        return rhythm if await self._set(rhythm, judged_from=at, **values) else None

    async def drop(self, rhythm: int) -> bool:
        """Delete a rhythm and its history; False if there is none."""
        mine = (RhythmRow.community_id == self._community, RhythmRow.id == rhythm)
        return await self._session.scalar(delete(RhythmRow).where(*mine).returning(RhythmRow.id)) is not None

    async def plan(self, rhythm: int, day: date, at: datetime) -> None:
        """Store the next planned date. It has no host yet."""
        await self._set(rhythm, next_day=day, next_at=at, host_id=None, agreed=False, prompt_id=None)

    async def pause(self, rhythm: int, *, paused: bool, until: datetime | None = None) -> bool:
        """Pause or resume; False if there is no such rhythm."""
        return await self._set(rhythm, paused=paused, paused_until=until)

    async def judge_from(self, rhythm: int, at: datetime) -> bool:
        """Count only prompts after this instant for advice; False if there is no such rhythm."""
        return await self._set(rhythm, judged_from=at)

    async def set_next(self, rhythm: int, *, host: int | None, agreed: bool, prompt: int | None) -> bool:
        """Set the host and the prompt of the next date; False if rhythm or host are not of this community."""
        if host is not None and not await self._are_members(host):
            return False
        values = {"host_id": host, "agreed": agreed}
        if prompt is not None and await self._has_row(PromptRow, prompt):
            values["prompt_id"] = prompt
        return await self._set(rhythm, **values)

    # Dates

    async def record(
        self,
        rhythm: int,
        key: str,
        day: date,
        at: datetime,
        outcome: DateOutcome,
        *,
        why: str = "",
        prompt: int | None = None,
        deck: int | None = None,
        posted_at: datetime | None = None,
        by_hand: bool = False,
    ) -> bool:
        """Record what became of a date; False if it is recorded already, or there is no such rhythm."""
        if not await self._has_row(RhythmRow, rhythm):
            return False
        query = inserting(self._session, RhythmDateRow).values(
            community_id=self._community,
            rhythm_id=rhythm,
            key=key,
            day=day,
            at=at,
            outcome=outcome.value,
            why=why[:LONGEST_NOTE],
            prompt_id=prompt if prompt is not None and await self._has_row(PromptRow, prompt) else None,
            deck_id=deck if deck is not None and await self._has_row(DeckRow, deck) else None,
            posted_at=posted_at,
            by_hand=by_hand,
        )
        stored = await self._session.scalar(query.on_conflict_do_nothing().returning(RhythmDateRow.id))
        if not by_hand:
            later = RhythmRow.done_day.is_(None) | (RhythmRow.done_day < day)
            mine = (RhythmRow.community_id == self._community, RhythmRow.id == rhythm, later)
            await self._session.execute(update(RhythmRow).where(*mine).values(done_day=day))
        return stored is not None

    async def mark_failed(self, key: str, outcome: DateOutcome, why: str) -> Dealt | None:
        """Record that a post of a rhythm failed; returns its date, None if the key is not that of such a
        post.
        """
        query = (
            update(RhythmDateRow)
            .where(
                RhythmDateRow.community_id == self._community,
                RhythmDateRow.key == key,
                RhythmDateRow.outcome == DateOutcome.POSTED.value,
            )
            .values(outcome=outcome.value, why=why[:LONGEST_NOTE])
            .returning(RhythmDateRow)
        )
        row = await self._session.scalar(query)
        return _dealt(row) if row else None

    async def latest(
        self, rhythm: int, count: int, *outcomes: DateOutcome, since: datetime | None = None
    ) -> list[Dealt]:
        """The latest dates of a rhythm, the newest first, with these outcomes if any are named."""
        query = select(RhythmDateRow).where(
            RhythmDateRow.community_id == self._community, RhythmDateRow.rhythm_id == rhythm
        )
        if outcomes:
            query = query.where(RhythmDateRow.outcome.in_([outcome.value for outcome in outcomes]))
        if since is not None:
            query = query.where(RhythmDateRow.at >= since)
        query = query.order_by(RhythmDateRow.at.desc(), RhythmDateRow.id.desc()).limit(count)
        return [_dealt(row) for row in await self._session.scalars(query)]

    async def counts(self, rhythm: int) -> dict[DateOutcome, int]:
        """How many dates of a rhythm had each outcome."""
        query = (
            select(RhythmDateRow.outcome, func.count())
            .where(
                RhythmDateRow.community_id == self._community,
                RhythmDateRow.rhythm_id == rhythm,
                RhythmDateRow.by_hand.is_(False),
            )
            .group_by(RhythmDateRow.outcome)
        )
        return {DateOutcome(outcome): count for outcome, count in await self._session.execute(query)}

    # Drafts

    async def draft(self, member: int, filled: str, at: datetime, rhythm: int | None = None) -> int | None:
        """Store what a member filled in, in place of their earlier drafts; returns its id.

        None if member or rhythm are not of this community.
        """
        if not await self._are_members(member) or (
            rhythm is not None and not await self._has_row(RhythmRow, rhythm)
        ):
            return None
        await self._session.execute(
            delete(RhythmDraftRow).where(
                RhythmDraftRow.community_id == self._community, RhythmDraftRow.member_id == member
            )
        )
        row = RhythmDraftRow(
            community_id=self._community, rhythm_id=rhythm, member_id=member, filled=filled, at=at
        )
        self._session.add(row)
        await self._session.flush()
        return row.id

    async def drafted(self, draft: int, member: int) -> tuple[int | None, str] | None:
        """The rhythm that a draft of this member changes, and the filled-in fields."""
        query = select(RhythmDraftRow.rhythm_id, RhythmDraftRow.filled).where(
            RhythmDraftRow.community_id == self._community,
            RhythmDraftRow.id == draft,
            RhythmDraftRow.member_id == member,
        )
        row = (await self._session.execute(query)).first()
        return (row.rhythm_id, row.filled) if row else None

    async def drop_draft(self, draft: int) -> None:
        """Delete a draft."""
        await self._session.execute(
            delete(RhythmDraftRow).where(
                RhythmDraftRow.community_id == self._community, RhythmDraftRow.id == draft
            )
        )

    # Volunteers

    async def volunteers(self, rhythm: int) -> list[Volunteer]:
        """The volunteers who are still members, the longest waiting first."""
        query = (
            select(RhythmVolunteerRow)
            .join(MemberRow, MemberRow.id == RhythmVolunteerRow.member_id)
            .where(
                RhythmVolunteerRow.community_id == self._community,
                RhythmVolunteerRow.rhythm_id == rhythm,
                MemberRow.left_at.is_(None),
            )
            .order_by(
                func.coalesce(RhythmVolunteerRow.last_at, RhythmVolunteerRow.since),
                RhythmVolunteerRow.member_id,
            )
        )
        return [
            Volunteer(row.member_id, row.since, row.away_until, row.last_at, row.passed_day)
            for row in await self._session.scalars(query)
        ]

    async def volunteer(
        self, rhythm: int, member: int, at: datetime, *, away_until: date | None = None
    ) -> bool:
        """Make a member a volunteer, or record that they are away; False if rhythm or member are not of this
        community.
        """
        if not (await self._has_row(RhythmRow, rhythm) and await self._are_members(member)):
            return False
        query = inserting(self._session, RhythmVolunteerRow).values(
            rhythm_id=rhythm,
            member_id=member,
            community_id=self._community,
            since=at,
            away_until=away_until,
        )
        await self._session.execute(
            query.on_conflict_do_update(
                index_elements=["rhythm_id", "member_id"], set_={"away_until": away_until}
            )
        )
        return True

    async def step_back(self, rhythm: int, member: int) -> bool:
        """Remove a volunteer; False if the member is none."""
        query = delete(RhythmVolunteerRow).where(*self._turn(rhythm, member))
        return await self._session.scalar(query.returning(RhythmVolunteerRow.member_id)) is not None

    async def passed(self, rhythm: int, member: int, day: date) -> None:
        """Record that a volunteer passes on a day. Their turn comes again at the next date."""
        await self._session.execute(
            update(RhythmVolunteerRow).where(*self._turn(rhythm, member)).values(passed_day=day)
        )

    async def took_turn(self, rhythm: int, member: int, at: datetime) -> None:
        """Record that a volunteer had their turn."""
        await self._session.execute(
            update(RhythmVolunteerRow).where(*self._turn(rhythm, member)).values(last_at=at)
        )

    # What is stored about a member

    async def show(self, member: int) -> list[str]:
        """What a member facilitates and has suggested, as lines."""
        led = [f"You facilitate “{name}”." for name in await self._led_by(member)]
        return led + [f"You suggested the prompt “{words}”" for words in await self._suggested_by(member)]

    async def export(self, member: int) -> dict[str, Any]:
        """What a member facilitates and has suggested."""
        return {
            "facilitates": await self._led_by(member),
            "suggested_prompts": await self._suggested_by(member),
        }

    async def forget(self, member: int) -> None:
        """Erase a member's suggested prompts, drafts and turns, and their name as a facilitator."""
        ours = {"community_id": self._community}
        await self._session.execute(
            delete(PromptRow).filter_by(**ours).where(PromptRow.suggested_by_id == member)
        )
        for kind in (RhythmVolunteerRow, RhythmDraftRow):
            await self._session.execute(delete(kind).filter_by(**ours).where(kind.member_id == member))
        for column in (RhythmRow.led_by_id, RhythmRow.host_id):
            await self._session.execute(
                update(RhythmRow).filter_by(**ours).where(column == member).values({column: None})
            )

    async def _led_by(self, member: int) -> list[str]:
        turns = select(RhythmVolunteerRow.rhythm_id).where(RhythmVolunteerRow.member_id == member)
        query = select(RhythmRow.name).where(
            RhythmRow.community_id == self._community,
            (RhythmRow.led_by_id == member) | RhythmRow.id.in_(turns),
        )
        return list(await self._session.scalars(query.order_by(RhythmRow.id)))

    async def _suggested_by(self, member: int) -> list[str]:
        query = select(PromptRow.words).where(
            PromptRow.community_id == self._community, PromptRow.suggested_by_id == member
        )
        return list(await self._session.scalars(query.order_by(PromptRow.id)))

    # Small parts

    def _mine(self) -> Select[RhythmRow, ChannelRow]:
        return (
            select(RhythmRow, ChannelRow)
            .join(ChannelRow, ChannelRow.id == RhythmRow.channel_id)
            .where(RhythmRow.community_id == self._community)
            .execution_options(populate_existing=True)
        )

    async def _one(self, query: Select[RhythmRow, ChannelRow]) -> Rhythm | None:
        row = (await self._session.execute(query)).first()
        return _rhythm(row[0], row[1]) if row else None

    def _turn(self, rhythm: int, member: int) -> tuple[Any, ...]:
        return (
            RhythmVolunteerRow.community_id == self._community,
            RhythmVolunteerRow.rhythm_id == rhythm,
            RhythmVolunteerRow.member_id == member,
        )

    async def _set(self, rhythm: int, **values: object) -> bool:
        query = (
            update(RhythmRow)
            .where(RhythmRow.community_id == self._community, RhythmRow.id == rhythm)
            .values(**values)
            .returning(RhythmRow.id)
        )
        return await self._session.scalar(query) is not None

    async def _is_ours(self, values: dict[str, Any]) -> bool:
        """Whether the given channel, deck and facilitator are of this community."""
        channel, deck, leader = (values.get(name) for name in ("channel_id", "deck_id", "led_by_id"))
        return (
            (channel is None or await self._has_channel(channel))
            and (deck is None or await self._has_row(DeckRow, deck))
            and (leader is None or await self._are_members(leader))
        )


def _rhythm(row: RhythmRow, channel: ChannelRow) -> Rhythm:
    return Rhythm(
        id=row.id,
        name=row.name,
        channel=channel.id,
        space=channel.space_id,
        place=channel.handle,
        gone=channel.lost or channel.archived,
        deck=row.deck_id,
        rrule=row.rrule,
        at=row.local_at,
        zone=row.zone,
        start=row.start,
        leader=Leader(row.leader),
        led_by=row.led_by_id,
        holidays=row.holidays,
        yields=row.yields,
        paused=row.paused,
        paused_until=row.paused_until,
        next_day=row.next_day,
        next_at=row.next_at,
        done_day=row.done_day,
        prompt=row.prompt_id,
        host=row.host_id,
        agreed=row.agreed,
        judged_from=row.judged_from,
    )


def _dealt(row: RhythmDateRow) -> Dealt:
    return Dealt(
        rhythm=row.rhythm_id,
        key=row.key,
        day=row.day,
        at=row.at,
        outcome=DateOutcome(row.outcome),
        why=row.why,
        prompt=row.prompt_id,
        posted_at=row.posted_at,
        deck=row.deck_id,
        by_hand=row.by_hand,
    )
