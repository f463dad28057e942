from datetime import UTC, datetime

from adapters.archive.counts import Counts
from facilitation.core.values.events import (
    Event,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessagePosted,
    Profile,
    ReactionAdded,
)

SUNDAY, MONDAY = datetime(2016, 7, 17, 23, 59, tzinfo=UTC), datetime(2016, 7, 18, 0, 0, tzinfo=UTC)


def counted(*events: Event) -> Counts:
    counts = Counts()
    for event in events:
        counts.add(event)
    return counts


def test_on_discord_what_refers_to_another_message_is_a_reply() -> None:
    counts = Counts("discord")
    counts.add(MessagePosted(SUNDAY, "C1", "2", "U2", thread="1", reply=True))
    counts.add(MessagePosted(SUNDAY, "C1", "3", "U2", thread="1", refers_to="2", reply=True))
    assert counts.totals["replies"] == 1


def test_figures_by_week_and_in_all() -> None:
    counts = counted(
        MessagePosted(SUNDAY, "C1", "1", "U1", links=("a", "b"), question=True, reactions=3),
        MessagePosted(SUNDAY, "C1", "2", "U2", reply=True, thread="1"),
        MessagePosted(MONDAY, "C1", "3", "U1", reply=True, thread="1"),
        MemberJoined(MONDAY, Profile("U3"), "C1"),
        ReactionAdded(MONDAY, "C1", "1", "U2", "tada"),
        MemberChanged(MONDAY, Profile("U9")),
        MemberLeft(MONDAY, "U3", "C1"),
    )
    assert counts.totals == {
        "messages": 3,
        "authors": 2,
        "replies": 2,
        "reactions": 4,
        "joins": 1,
        "links": 2,
        "questions": 1,
    }
    assert counts.weeks == [
        {
            "week": "2016-W28",
            "messages": 2,
            "authors": 2,
            "replies": 1,
            "reactions": 3,
            "joins": 0,
            "links": 2,
            "questions": 1,
        },
        {
            "week": "2016-W29",
            "messages": 1,
            "authors": 1,
            "replies": 1,
            "reactions": 1,
            "joins": 1,
            "links": 0,
            "questions": 0,
        },
    ]


def test_weeks_are_those_of_iso_and_quiet_ones_are_left_out() -> None:
    moments = [
        datetime(2021, 1, 3, tzinfo=UTC),  # still the week of 2020
        datetime(2021, 1, 4, tzinfo=UTC),
        datetime(2024, 12, 30, tzinfo=UTC),  # already that of 2025
    ]
    counts = counted(*(MessagePosted(at, "C1", str(number), "U1") for number, at in enumerate(moments)))
    assert [week["week"] for week in counts.weeks] == ["2020-W53", "2021-W01", "2025-W01"]


def test_a_stream_without_figures_has_no_weeks() -> None:
    counts = counted(MemberChanged(MONDAY, Profile("U1")), MemberLeft(MONDAY, "U1"))
    assert counts.weeks == []
    assert set(counts.totals.values()) == {0}
