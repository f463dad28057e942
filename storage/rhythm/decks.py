"""The decks of one community and their prompts. The prompt that was used least recently comes next."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select, update

from storage.base import inserting
from storage.communities import CommunityRepository
from storage.rhythm.tables import Deck, DeckRow, Prompt, PromptRow, PromptState


class BuiltIn(NamedTuple):
    """A deck that is part of the bot."""

    slug: str
    name: str
    prompts: tuple[str, ...]


class Decks(CommunityRepository):
    """The decks of one community."""

    async def stock(self, decks: Sequence[BuiltIn], at: datetime) -> None:
        """Copy the built-in decks that are not there yet: from then on they are the community's own."""
        known = {deck.slug for deck in await self.all()}
        for deck in decks:
            if deck.slug not in known and (made := await self.put(deck.name, slug=deck.slug)) is not None:
                await self.add(made, deck.prompts, at)

    async def all(self) -> list[Deck]:
        """All decks, in the order in which they were added."""
        query = (
            select(DeckRow.id, DeckRow.slug, DeckRow.name)
            .where(DeckRow.community_id == self._community)
            .order_by(DeckRow.id)
        )
        decks = (await self._session.execute(query)).all()
        rounds: dict[int, dict[int, int]] = {}
        counts = (
            select(PromptRow.deck_id, PromptRow.uses, func.count())
            .where(PromptRow.community_id == self._community, PromptRow.state == PromptState.READY.value)
            .group_by(PromptRow.deck_id, PromptRow.uses)
        )
        for deck, uses, count in await self._session.execute(counts):
            rounds.setdefault(deck, {})[uses] = count
        return [Deck(deck, slug, name, *_left(rounds.get(deck, {}))) for deck, slug, name in decks]

    async def get(self, deck: int) -> Deck | None:
        """One deck by id."""
        return next((one for one in await self.all() if one.id == deck), None)

    async def put(self, name: str, *, slug: str = "") -> int | None:
        """Add a deck; None if there is one of that name."""
        query = inserting(self._session, DeckRow).values(community_id=self._community, slug=slug, name=name)
        found: int | None = await self._session.scalar(query.on_conflict_do_nothing().returning(DeckRow.id))
        return found

    async def add(
        self, deck: int, words: Sequence[str], at: datetime, *, by: int | None = None, waits: bool = False
    ) -> list[int]:
        """Add prompts to a deck, in this order, leaving out those that it has; returns the ids of the new
        ones.

        They come before all that have been used. With `waits` they wait for approval.
        """
        if not await self._has_row(DeckRow, deck):
            return []
        if by is not None and not await self._are_members(by):
            return []
        there = await self.prompts(deck)
        taken = {prompt.words.casefold() for prompt in there}
        uses = max((prompt.uses for prompt in there if prompt.state is PromptState.READY), default=0)
        rows = [
            PromptRow(
                community_id=self._community,
                deck_id=deck,
                words=one,
                state=(PromptState.SUGGESTED if waits else PromptState.READY).value,
                suggested_by_id=by,
                added_at=at,
                uses=max(uses - 1, 0),
            )
            for one in dict.fromkeys(words)
            if one.casefold() not in taken
        ]
        self._session.add_all(rows)
        await self._session.flush()
        return [row.id for row in rows]

    async def prompts(self, deck: int) -> list[Prompt]:
        """All prompts of a deck, in the order of their turns."""
        query = (
            select(PromptRow)
            .where(PromptRow.community_id == self._community, PromptRow.deck_id == deck)
            .order_by(PromptRow.uses, PromptRow.used_at.is_not(None), PromptRow.used_at, PromptRow.id)
            .execution_options(populate_existing=True)
        )
        return [_prompt(row) for row in await self._session.scalars(query)]

    async def prompt(self, prompt: int) -> Prompt | None:
        """One prompt by id."""
        query = (
            select(PromptRow)
            .where(PromptRow.community_id == self._community, PromptRow.id == prompt)
            .execution_options(populate_existing=True)
        )
        row = await self._session.scalar(query)
        return _prompt(row) if row else None

    async def next(self, deck: int) -> Prompt | None:
        """The prompt whose turn is next; None if none is ready."""
        return next((one for one in await self.prompts(deck) if one.state is PromptState.READY), None)

    async def use(self, prompt: int, at: datetime) -> None:
        """Record that a prompt was used."""
        await self._set(prompt, uses=PromptRow.uses + 1, used_at=at)

    async def give_back(self, prompt: int) -> None:
        """Record that a prompt was not used after all: nobody has read it."""
        await self._set(prompt, uses=PromptRow.uses - 1, used_at=None)

    async def suggestions(self) -> list[Prompt]:
        """Suggested prompts that wait for a decision, the oldest first."""
        query = (
            select(PromptRow)
            .where(PromptRow.community_id == self._community, PromptRow.state == PromptState.SUGGESTED.value)
            .order_by(PromptRow.id)
        )
        return [_prompt(row) for row in await self._session.scalars(query)]

    async def approve(self, prompt: int) -> Prompt | None:
        """Approve a suggestion; None if it does not wait."""
        waits = PromptRow.state == PromptState.SUGGESTED.value
        query = (
            update(PromptRow)
            .where(PromptRow.community_id == self._community, PromptRow.id == prompt, waits)
            .values(state=PromptState.READY.value)
            .returning(PromptRow.id)
        )
        if await self._session.scalar(query) is None:
            return None
        return await self.prompt(prompt)

    async def remove(self, prompt: int) -> Prompt | None:
        """Remove a prompt and return it; None if it is not there."""
        found = await self.prompt(prompt)
        await self._session.execute(
            delete(PromptRow).where(PromptRow.community_id == self._community, PromptRow.id == prompt)
        )
        return found

    # Small parts

    async def _set(self, prompt: int, **values: object) -> None:
        await self._session.execute(
            update(PromptRow)
            .where(PromptRow.community_id == self._community, PromptRow.id == prompt)
            .values(**values)
        )


def _left(rounds: dict[int, int]) -> tuple[int, int]:
    """How many prompts are ready, and how many of them have not had their turn in this round."""
    ready = sum(rounds.values())
    left = ready - rounds[max(rounds)] if rounds else 0
    return ready, left or ready


def _prompt(row: PromptRow) -> Prompt:
    return Prompt(
        row.id, row.deck_id, row.words, PromptState(row.state), row.suggested_by_id, row.uses, row.used_at
    )
