from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.archive.counts import Counts
from adapters.archive.detection import open_archive
from adapters.archive.sample import CommunityFacts, sample_archive
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import (
    MemberJoined,
    MessagePosted,
    Profile,
    ReactionAdded,
    SpaceRef,
)
from tests.adapters.archive.conftest import Opened, read

PEOPLE = """
name = "The Tea Table"
zone = "Europe/Lisbon"
country = "PT"
purpose = "We drink tea."
domain = "Tea"
ground_rules = ["Warm the pot."]

[[channels]]
name = "general"
topic = "Tea"

[[channels]]
name = "back-room"
private = true

[[people]]
handle = "ines"
name = "Inês"
zone = "Europe/Lisbon"
role = "coordinator"

[[people]]
handle = "marek"
name = "Marek"
zone = "Europe/Warsaw"

[[people]]
handle = "nadia"
name = "Nadia"
joined = 2026-03-30
"""
WEEK = """\
# Monday 2026-03-30
== general
09:12 ines: Who has the kettle? https://example.org/?q=1
  ^ tada marek, nadia
  09:20 marek: I do.
  ^ heart ines
09:12 ines: And the cups
09:25 + nadia
== back-room
08:00 marek: Early.

# Tuesday 2026-03-31
== general
10:00 nadia: Hello
"""


def sample(folder: Path, week: str = WEEK, people: str = PEOPLE) -> Path:
    (folder / "people.toml").write_text(people)
    (folder / "week-1.txt").write_text(week)
    return folder


def moment(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_every_kind_of_line_is_read(tmp_path: Path) -> None:
    kettle = "20260330T081200-ines"
    answer = "20260330T082000-marek"
    assert read(sample(tmp_path)) == [
        # Summer time has begun in Lisbon: an hour before the clock on the wall.
        MessagePosted(moment(30, 7, 0), "back-room", "20260330T070000-marek", "marek", "Early."),
        MessagePosted(
            moment(30, 8, 12),
            "general",
            kettle,
            "ines",
            "Who has the kettle? https://example.org/?q=1",
            links=("https://example.org/?q=1",),
            question=True,
        ),
        MessagePosted(moment(30, 8, 12), "general", f"{kettle}-2", "ines", "And the cups"),
        ReactionAdded(moment(30, 8, 14), "general", kettle, "marek", "tada"),
        ReactionAdded(moment(30, 8, 17), "general", kettle, "nadia", "tada"),
        MessagePosted(moment(30, 8, 20), "general", answer, "marek", "I do.", thread=kettle, reply=True),
        ReactionAdded(moment(30, 8, 22), "general", answer, "ines", "heart"),
        MemberJoined(moment(30, 8, 25), Profile("nadia", "Nadia", "Europe/Lisbon")),
        MessagePosted(moment(31, 9, 0), "general", "20260331T090000-nadia", "nadia", "Hello"),
    ]


def test_the_community_s_facts_and_roster(opened: Opened, tmp_path: Path) -> None:
    archive = opened(sample(tmp_path))
    roster = archive.roster()
    assert roster.space == SpaceRef("page", "sample")
    assert roster.people[0] == Profile("ines", "Inês", "Europe/Lisbon", manager=True)
    assert [channel.members for channel in roster.channels] == [("ines", "marek", "nadia"), ("ines",)]
    assert [channel.private for channel in roster.channels] == [False, True]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("== cellar", "there is no channel 'cellar'"),
        ("09:30 nobody: hello", "nobody has the handle 'nobody'"),
        ("09:30 + nobody", "nobody has the handle 'nobody'"),
        ("25:30 ines: hello", "hour must be in 0..23"),
        ("just words", "it is neither a day, a channel, a message, a reaction nor someone joining"),
        ("09:30 ines:", "it is neither"),
    ],
)
def test_a_line_that_cannot_be_understood_is_named_and_the_rest_goes_in(
    opened: Opened, tmp_path: Path, line: str, why: str
) -> None:
    archive = opened(sample(tmp_path, WEEK.replace("09:25 + nadia", line)))
    rest = len(list(archive.events()))
    [problem] = archive.problems
    assert problem.startswith("week-1.txt, line 8: ")
    assert why in problem
    assert rest >= 7


@pytest.mark.parametrize("day", ["2026-02-31", "0001-01-01", "9999-12-31"])
def test_nothing_is_put_on_a_day_that_cannot_be(opened: Opened, tmp_path: Path, day: str) -> None:
    archive = opened(sample(tmp_path, WEEK.replace("2026-03-30", day)))
    assert [event.at.day for event in archive.events()] == [31]
    assert archive.problems[0].startswith("week-1.txt, line 1: ")
    assert archive.problems[1] == "week-1.txt, line 3: it stands on no day; left out"


@pytest.mark.parametrize(
    ("week", "why"),
    [
        ("09:30 ines: hello", "it stands on no day"),
        ("# Monday 2026-03-30\n09:30 ines: hello", "it stands in no channel"),
        ("# Monday 2026-03-30\n== general\n  09:30 ines: hello", "no message above that it could reply to"),
        ("# Monday 2026-03-30\n== general\n  ^ tada ines", "no message above to react to"),
    ],
)
def test_a_line_out_of_place_is_named(opened: Opened, tmp_path: Path, week: str, why: str) -> None:
    archive = opened(sample(tmp_path, week))
    assert list(archive.events()) == []
    assert why in archive.problems[0]


@pytest.mark.parametrize(
    ("people", "why"),
    [
        ("name = ", "people.toml"),
        ('name = "x"', "zone"),
        (PEOPLE.replace("Europe/Lisbon", "Lisbon"), "the zone 'Lisbon' is not one of IANA's"),
        (PEOPLE.replace('handle = "marek"', "handle = 7"), "Expected `str`"),
    ],
)
def test_a_broken_people_file_is_refused(tmp_path: Path, people: str, why: str) -> None:
    with pytest.raises(BadInput, match="is not a sample") as caught:
        open_archive(sample(tmp_path, people=people))
    assert why in str(caught.value)


# The sample in the package ------------------------------------------------------------------------


def test_the_packaged_sample_is_whole() -> None:
    archive = sample_archive()
    events = list(archive.events())
    assert archive.problems == []
    people = {who.handle: who for who in archive.roster().people}
    community = archive.community
    assert isinstance(community, CommunityFacts)
    assert len(people) == 24
    assert len(archive.roster().channels) == 5
    assert len({who.zone for who in people.values()}) >= 5
    assert set(community.coordinators) < set(people)
    assert community.purpose
    assert community.ground_rules
    counts = Counts()
    for event in events:
        counts.add(event)
    assert counts.totals["links"] == 12
    assert [week["week"] for week in counts.weeks] == [f"2026-W{week:02d}" for week in range(2, 11)]
    quiet = min(counts.weeks[:8], key=lambda week: week["messages"])
    assert quiet["messages"] * 3 < counts.totals["messages"] / 8


def test_the_packaged_sample_ends_on_monday_at_five_to_nine() -> None:
    """`tertulia try` sets its clock there: a newcomer today, and nothing from the future."""
    last = max(event.at for event in sample_archive().events())
    now = datetime(2026, 3, 2, 8, 55, tzinfo=UTC)
    assert now - timedelta(hours=1) < last <= now


def test_every_key_of_the_packaged_sample_is_its_own() -> None:
    keys = [event.key for event in sample_archive().events()]
    assert len(keys) == len(set(keys)) > 200
