"""The figures of a stream of happenings, in all and for each ISO week in UTC."""

from datetime import date
from typing import TypedDict

from facilitation.core.values.events import Event, MemberJoined, MessagePosted, ReactionAdded


class Figures(TypedDict):
    """What is counted; `authors` are different people."""

    messages: int
    authors: int
    replies: int
    reactions: int
    joins: int
    links: int
    questions: int


class WeekFigures(Figures):
    """The figures of one week, written `2016-W28`."""

    week: str


class Counts:
    """Follows happenings in any order; what an adapter did not count as a message never gets here.

    Reactions that were on a message when it was read count in its week, others in the week they are given.
    On Discord only what refers to another message counts as a reply: all else in a thread may just go on.
    """

    def __init__(self, platform: str = "") -> None:
        self._by_reference = platform == "discord"
        self._all = _Sums()
        self._weeks: dict[str, _Sums] = {}
        self._by_day: dict[date, _Sums] = {}

    def follow(self, event: Event) -> None:
        """Count one happening."""
        match event:
            case MessagePosted():
                is_reply = bool(event.refers_to) if self._by_reference else event.reply
                self._week(event).message(event, is_reply)
                self._all.message(event, is_reply)
            case MemberJoined():
                self._week(event).joins += 1
                self._all.joins += 1
            case ReactionAdded():
                self._week(event).reactions += 1
                self._all.reactions += 1
            case _:
                pass

    @property
    def totals(self) -> Figures:
        """Over the whole stream; someone who wrote in two weeks is one author."""
        return self._all.figures()

    @property
    def weeks(self) -> list[WeekFigures]:
        """The weeks in which anything was counted, in order."""
        return [{"week": week, **sums.figures()} for week, sums in sorted(self._weeks.items())]

    def _week(self, event: Event) -> "_Sums":
        day = event.at.date()
        sums = self._by_day.get(day)
        if sums is None:
            year, week, _ = day.isocalendar()
            sums = self._by_day[day] = self._weeks.setdefault(f"{year:04d}-W{week:02d}", _Sums())
        return sums


class _Sums:
    """One week, or all of them, as it is being counted."""

    __slots__ = ("authors", "joins", "links", "messages", "questions", "reactions", "replies")

    def __init__(self) -> None:
        self.authors: set[str] = set()
        self.messages = self.replies = self.reactions = self.joins = self.links = self.questions = 0

    def message(self, posted: MessagePosted, is_reply: bool) -> None:
        self.messages += 1
        self.authors.add(posted.who)
        self.replies += is_reply
        self.reactions += posted.reactions
        self.links += len(posted.links)
        self.questions += posted.question

    def figures(self) -> Figures:
        return {
            "messages": self.messages,
            "authors": len(self.authors),
            "replies": self.replies,
            "reactions": self.reactions,
            "joins": self.joins,
            "links": self.links,
            "questions": self.questions,
        }
