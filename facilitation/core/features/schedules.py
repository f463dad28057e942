"""Pausing, resuming and describing things with recurring dates, for the features that have them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Protocol, TypeVar

from pydantic import Field

from facilitation.core.features.selection import Named, Selection
from facilitation.core.values.cards import Arg, Button, Buttons, Text
from facilitation.core.values.commands import Command
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.local_time import day_in_words, moment_in_words, start_of_coming_day
from facilitation.core.values.speech import card, say
from storage.communities import Community


class Scheduled(Named, Protocol):
    """Something with a name, a next date and a pause, such as a rhythm or a circle."""

    @property
    def zone(self) -> str: ...
    @property
    def next_at(self) -> datetime | None: ...
    @property
    def paused_until(self) -> datetime | None: ...
    def is_paused(self, at: datetime, /) -> bool: ...


S = TypeVar("S", bound=Scheduled)
S_co = TypeVar("S_co", bound=Scheduled, covariant=True)


class ScheduledRepository(Protocol[S_co]):
    """A repository of things that can be paused."""

    async def get(self, id_: int, /) -> S_co | None: ...
    async def pause(self, id_: int, /, *, paused: bool, until: datetime | None = None) -> bool: ...


class PauseUntil(Command):
    """Pause until a date. Features derive a command from this that adds the id of what is paused."""

    heading: ClassVar[str] = "Pause until"

    until: date = Field(title="Until", description="a date such as 2026-03-09; it goes on that day")


@dataclass(frozen=True)
class Pausing:
    """How people pause and resume things of one kind.

    `pause`, `pause_until`, `resume` and `end` are the ids of endpoints. `consequence` tells people what a
    pause does, and `end_label` is the label of the button that sends `end`.
    """

    selection: Selection
    pause: str
    pause_until: str
    resume: str
    end: str
    end_label: str
    consequence: Text

    async def pause_now(self, repository: ScheduledRepository[S], found: Sequence[S]) -> Effects:
        """Pause the item found until somebody resumes it; if there are several, ask which one is meant."""
        if len(found) > 1:
            return [Reply(self.selection.menu(found, self.pause))]
        [item] = found
        await repository.pause(item.id, paused=True)
        args: dict[str, Arg] = {self.selection.id_argument: item.id}
        buttons = Buttons(
            (
                Button("Only until a date", self.pause_until, args),
                Button("Resume", self.resume, args),
                Button(self.end_label, self.end, args, style="danger"),
            )
        )
        words = say("**{name}** rests. {consequence}", name=item.name, consequence=self.consequence)
        return [Reply(card("Paused", words, buttons, tone="good"))]

    async def pause_until_day(
        self, repository: ScheduledRepository[S], item: S, day: date, now: datetime
    ) -> Effects:
        """Pause until a day begins in the zone of the item. Raises Refusal if that day has begun."""
        until = start_of_coming_day(day, item.zone, now)
        await repository.pause(item.id, paused=True, until=until)
        words = say("**{name}** rests until {day}.", name=item.name, day=day_in_words(day))
        return [Reply(card("Paused", words, tone="good"))]

    async def resume_now(
        self,
        repository: ScheduledRepository[S],
        found: Sequence[S],
        now: datetime,
        next_in_words: Callable[[S], str],
    ) -> Effects:
        """Resume the paused item among those found; if several are paused, ask which one is meant.

        Raises Refusal if none of them is paused.
        """
        paused = [one for one in found if one.is_paused(now)]
        if not paused:
            raise Refusal("It is not paused." if len(found) == 1 else "None of them is paused.")
        if len(paused) > 1:
            return [Reply(self.selection.menu(paused, self.resume))]
        await repository.pause(paused[0].id, paused=False)
        item = await repository.get(paused[0].id)
        assert item is not None
        words = say("**{name}** goes on. {next}", name=item.name, next=next_in_words(item))
        return [Reply(card("", words, tone="good"))]


def next_date_in_words(item: Scheduled, community: Community, holiday: str) -> str:
    """`Next: Tue 3 Mar 10:00.`, and why that date will be skipped, as far as is known now.

    `holiday` is the name of a public holiday because of which that date is skipped, empty if there is none.
    """
    if item.next_at is None:
        return "Nothing is planned."
    when = moment_in_words(item.next_at, item.zone)
    if item.is_paused(item.next_at):
        until = item.paused_until
        return f"Paused until {moment_in_words(until, item.zone)}." if until else "Paused."
    if community.is_hushed(item.next_at):
        return f"Next: {when}, skipped while I am hushed."
    return f"Next: {when}, skipped: {holiday}." if holiday else f"Next: {when}."


def reason_to_skip(item: Scheduled, community: Community, at: datetime) -> str:
    """The reason why a date at `at` is skipped, as it is stored and shown; empty if it is not skipped."""
    if community.begun_at is None:
        return "we had not begun"
    if community.is_hushed(at):
        return "hushed"
    return "paused" if item.is_paused(at) else ""
