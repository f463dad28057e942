"""How a community welcomes newcomers: the steps that coordinators wrote, and the settings."""

from collections.abc import Sequence

from sqlalchemy import Select, delete, select, update

from storage.base import Repository
from storage.welcome.tables import JourneyStepRow, StepRow, WelcomeSettingsRow
from storage.welcome.values import Step, WelcomeSettings


class Plan(Repository):
    """The journey of one community as its coordinators wrote it. It is empty while the built-in one is in
    use.
    """

    async def settings(self) -> WelcomeSettings:
        """The stored settings, otherwise the defaults."""
        row = await self._row()
        return row.value() if row else WelcomeSettings()

    async def put_settings(self, settings: WelcomeSettings) -> None:
        """Store the settings."""
        row = await self._row()
        if row is None:
            row = WelcomeSettingsRow(community_id=self._community)
            self._session.add(row)
        row.via, row.words, row.edited = settings.via.value, settings.words, settings.edited
        row.crowd_greeted_at, row.next_check_at = settings.crowd_greeted_at, settings.next_check_at
        await self._session.flush()

    async def steps(self) -> list[Step]:
        """The steps, in the order of their turns."""
        rows = await self._session.scalars(self._mine())
        return [row.value() for row in rows]

    async def adopt(self, steps: Sequence[Step]) -> dict[int, int]:
        """Copy the built-in steps, so that they can be changed; returns their new ids by the old ones.

        Members who had a built-in step count as having had its copy.
        """
        ids: dict[int, int] = {}
        for step in steps:
            ids[step.id] = await self.put(step)
            await self._session.execute(
                update(JourneyStepRow)
                .where(JourneyStepRow.community_id == self._community, JourneyStepRow.step_id == step.id)
                .values(step_id=ids[step.id])
            )
        return ids

    async def put(self, step: Step) -> int:
        """Change a step, or add one whose id is not known here; returns its id."""
        row = await self._session.scalar(self._mine().where(StepRow.id == step.id))
        if row is None:
            last = len((await self._session.scalars(self._mine())).all())
            row = StepRow(community_id=self._community, position=last)
            self._session.add(row)
        row.kind, row.words, row.audience, row.link = step.kind, step.words, step.audience, step.link
        row.day, row.at = step.day, step.at
        row.person_id, row.channel_id = step.person, step.channel
        await self._session.flush()
        return row.id

    async def swap(self, one: int, other: int) -> bool:
        """Exchange the places of two steps, including day and hour; False if one of them is not there."""
        wanted = {row.id: row for row in await self._session.scalars(self._mine())}
        if one not in wanted or other not in wanted:
            return False
        a, b = wanted[one], wanted[other]
        a.position, b.position = b.position, a.position
        a.day, b.day = b.day, a.day
        a.at, b.at = b.at, a.at
        await self._session.flush()
        return True

    async def remove(self, step: int) -> bool:
        """Remove a step; False if it is not there."""
        query = delete(StepRow).where(StepRow.community_id == self._community, StepRow.id == step)
        return await self._session.scalar(query.returning(StepRow.id)) is not None

    async def clear(self) -> None:
        """Remove all steps."""
        await self._session.execute(delete(StepRow).where(StepRow.community_id == self._community))

    async def _row(self) -> WelcomeSettingsRow | None:
        query = select(WelcomeSettingsRow).where(WelcomeSettingsRow.community_id == self._community)
        found: WelcomeSettingsRow | None = await self._session.scalar(query)
        return found

    def _mine(self) -> Select[StepRow]:
        return (
            select(StepRow)
            .where(StepRow.community_id == self._community)
            .order_by(StepRow.day, StepRow.at, StepRow.position, StepRow.id)
        )
