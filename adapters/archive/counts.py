"""Counts a stream of events, in total and per ISO week in UTC."""

from datetime import date
from typing import TypedDict

from facilitation.core.values.events import Event, MemberJoined, MessagePosted, ReactionAdded


class Figures(TypedDict):
    """The numbers; `authors` are distinct people."""

    messages: int
    authors: int
    replies: int
    reactions: int
    joins: int
    links: int
    questions: int


class WeekFigures(Figures):
    """The numbers of one week, written `2016-W28`."""

    week: str


class Counts:
    """Counts events in any order.

    Reactions that a message had when it was exported count in the message's week, others in the week they
    were added. On Discord only a message that references another counts as a reply, because a thread is one
    conversation.
    """

    def __init__(self, platform: str = "") -> None:
        self._replies_by_reference = platform == "discord"
        self._all = _Sums()
        self._weeks: dict[str, _Sums] = {}
        self._by_day: dict[date, _Sums] = {}

    def add(self, event: Event) -> None:
        """Count one event."""
        match event:
            case MessagePosted():
                is_reply = bool(event.refers_to) if self._replies_by_reference else event.reply
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
        """The numbers of the whole stream; a person who wrote in two weeks is one author."""
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
    """The sums of one week or of all."""

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
