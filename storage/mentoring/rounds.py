"""The rounds of one community, and its settings for mentoring."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update

from storage.base import Repository, inserting
from storage.mentoring.tables import MentoringSettingsRow, RoundRow
from storage.mentoring.values import MentoringSettings, Round


class Rounds(Repository):
    """Rounds and settings. They have no data about people."""

    async def hold(self) -> None:
        """Wait until no other unit changes this community’s mentoring: places are counted and taken one at a
        time.
        """
        query = inserting(self._session, MentoringSettingsRow).values(
            community_id=self._community, **_columns(MentoringSettings())
        )
        await self._session.execute(query.on_conflict_do_nothing())
        mine = select(MentoringSettingsRow.community_id).where(
            MentoringSettingsRow.community_id == self._community
        )
        await self._session.execute(mine.with_for_update())

    async def settings(self) -> MentoringSettings:
        """The stored settings, otherwise the defaults."""
        query = select(MentoringSettingsRow).where(MentoringSettingsRow.community_id == self._community)
        row = await self._session.scalar(query.execution_options(populate_existing=True))
        return row.value() if row else MentoringSettings()

    async def put_settings(self, settings: MentoringSettings) -> None:
        """Store the settings."""
        query = inserting(self._session, MentoringSettingsRow).values(
            community_id=self._community, **_columns(settings)
        )
        await self._session.execute(
            query.on_conflict_do_update(index_elements=["community_id"], set_=_columns(settings))
        )

    async def note_more(self, people: int, fit: int) -> None:
        """Store how many more people the last matching could have served, and at which lower fit."""
        await self.hold()
        await self._session.execute(
            update(MentoringSettingsRow)
            .where(MentoringSettingsRow.community_id == self._community)
            .values(more_people=people, more_people_fit=fit)
        )

    async def more(self) -> tuple[int, int]:
        """How many more people could be served, and at which fit."""
        query = select(MentoringSettingsRow.more_people, MentoringSettingsRow.more_people_fit).where(
            MentoringSettingsRow.community_id == self._community
        )
        row = (await self._session.execute(query)).first()
        return (row.more_people, row.more_people_fit) if row is not None else (0, 0)

    async def open(self, at: datetime, closes_at: datetime) -> int:
        """Open a round; returns its id."""
        row = RoundRow(community_id=self._community, opened_at=at, closes_at=closes_at)
        self._session.add(row)
        await self._session.flush()
        return row.id

    async def get(self, number: int) -> Round | None:
        """One round by id."""
        query = select(RoundRow).where(RoundRow.community_id == self._community, RoundRow.id == number)
        row = await self._session.scalar(query)
        return row.value() if row else None

    async def current(self) -> Round | None:
        """The round that is open for sign-up."""
        query = select(RoundRow).where(RoundRow.community_id == self._community, RoundRow.closed_at.is_(None))
        row = await self._session.scalar(query.order_by(RoundRow.id.desc()).limit(1))
        return row.value() if row else None

    async def close(self, number: int, at: datetime) -> bool:
        """Close the sign-up of a round; False if it is closed already."""
        query = (
            update(RoundRow)
            .where(
                RoundRow.community_id == self._community, RoundRow.id == number, RoundRow.closed_at.is_(None)
            )
            .values(closed_at=at)
            .returning(RoundRow.id)
        )
        return await self._session.scalar(query) is not None


def _columns(settings: MentoringSettings) -> dict[str, object]:
    return asdict(settings) | {"review": settings.review.value}
