"""A rehearsal: an archive through the whole bot on its own time, by a default play, another, or a script."""

import asyncio
import json
import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from adapters.archive.detection import open_archive
from bot.rehearsal import AFTERWARDS, Play, Rehearsal, load_play, rehearse
from bot.rehearsal_report import as_json
from bot.script import Step
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import (
    ChannelFacts,
    MemberJoined,
    MessagePosted,
    Profile,
    Roster,
    SpaceRef,
)
from tests.bot.exports import MONDAY, PER_WEEK, WEEKS, beginning_of, handle, write_export
from tests.bot.processes import tertulia
from tests.samples import WEEKS_OF_ARCHIVES
from tests.testbed import words_of

DAY = timedelta(days=1)
BEGUN = MONDAY + timedelta(days=7)
FIRST_RECAP = datetime(2024, 3, 15, 15, tzinfo=UTC)
SPACE = SpaceRef("slack", "T0CLUB")


def play(folder: Path, how: Play | None = None, *steps: Step) -> Rehearsal:
    """Rehearse an export in this process."""
    with open_archive(folder) as archive:
        return asyncio.run(rehearse(archive.roster(), archive.events(), how or Play(), steps))


def posts(result: Rehearsal) -> list[dict[str, Any]]:
    """The posts as `--json` has them."""
    found: list[dict[str, Any]] = json.loads(as_json(result))["posts"]
    return found


def step(at: datetime, who: str, **more: Any) -> Step:
    return Step.model_validate({"at": at, "who": handle(who), **more})


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks of the club, which are rehearsed in a third of the time."""
    return write_export(tmp_path_factory.mktemp("brief") / "club", weeks=2)


@pytest.fixture(scope="module")
def usual(club: Path) -> Rehearsal:
    """The club by the default play."""
    return play(club)


# What it counts ----------------------------------------------------------------------------------


def test_every_week_is_counted(usual: Rehearsal) -> None:
    assert [week["week"] for week in usual.counts.weeks] == [f"2024-W{10 + week}" for week in range(WEEKS)]
    for number, week in enumerate(usual.counts.weeks):
        joined = int(number == 2)
        assert {**week} == {
            **PER_WEEK,
            "messages": PER_WEEK["messages"] + joined,
            "authors": PER_WEEK["authors"] + joined,
            "joins": joined,
            "week": week["week"],
        }


def test_the_baseline_counts_too_and_an_author_of_two_weeks_is_one(usual: Rehearsal) -> None:
    assert usual.counts.totals["messages"] == WEEKS * PER_WEEK["messages"] + 1
    assert usual.counts.totals["authors"] == 5


# What it posts -----------------------------------------------------------------------------------


def test_a_post_has_the_documented_keys(usual: Rehearsal) -> None:
    for post in posts(usual):
        assert list(post) == ["at", "feature", "key", "place", "to", "title", "text"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", post["at"])
        assert (post["to"] is None) is post["place"].startswith("C0")


def test_nothing_is_posted_before_begin_which_says_hello(usual: Rehearsal) -> None:
    first = posts(usual)[0]
    assert (first["at"], first["feature"], first["title"]) == (
        "2024-03-11T09:00:00Z",
        "coordination",
        "Hello",
    )
    assert first["place"] == "C0GENERAL"


def test_the_first_recap_is_approved_at_once_and_the_others_come_every_week(usual: Rehearsal) -> None:
    recaps = [post for post in posts(usual) if post["title"] == "This week in club"]
    assert [post["at"] for post in recaps] == [
        "2024-03-15T15:00:00Z",
        "2024-03-22T15:00:00Z",
        "2024-03-29T15:00:00Z",
        "2024-04-05T14:00:00Z",  # 15:00 in Lisbon, where summer has begun
    ]
    asked = [post for post in posts(usual) if post["to"] is not None and post["feature"] == "recap"]
    assert [(post["to"], post["at"]) for post in asked] == [(handle("ines"), "2024-03-15T15:00:00Z")]


def test_posts_come_in_the_order_of_time_under_different_keys(usual: Rehearsal) -> None:
    times = [post["at"] for post in posts(usual)]
    assert times == sorted(times)
    assert len({post["key"] for post in posts(usual)}) == len(times)


def test_a_newcomer_is_new_and_the_baseline_is_not(usual: Rehearsal) -> None:
    texts = {post["at"][:10]: post["text"] for post in posts(usual) if post["feature"] == "recap"}
    assert "10 messages from 5 people, one of them new." in texts["2024-03-22"]
    assert "Lena" in texts["2024-03-22"]
    assert "new" not in texts["2024-03-29"].split("Worth catching up on")[0]


def test_a_newcomer_is_welcomed_and_reminded_once(usual: Rehearsal) -> None:
    welcomes = [
        post for post in posts(usual) if post["feature"] == "welcome" and post["to"] != handle("ines")
    ]
    assert [(post["to"], post["title"]) for post in welcomes] == [
        (handle("lena"), "Welcome to club"),
        (handle("lena"), ""),
    ]


def test_a_second_rehearsal_is_the_same(club: Path, usual: Rehearsal) -> None:
    assert as_json(play(club)) == as_json(usual)


def test_an_export_that_ends_within_the_baseline_is_counted_and_begun(tmp_path: Path) -> None:
    result = play(write_export(tmp_path / "short", weeks=1))
    assert result.counts.totals["messages"] == PER_WEEK["messages"]
    assert posts(result)[0]["title"] == "Hello"


def test_nothing_at_all_is_no_fault() -> None:
    result = asyncio.run(rehearse(Roster(SPACE, "Nobody"), iter(()), Play()))
    assert json.loads(as_json(result)) == {
        "totals": dict.fromkeys(
            ("messages", "authors", "replies", "reactions", "joins", "links", "questions"), 0
        ),
        "weeks": [],
        "posts": [],
    }


# Another play ------------------------------------------------------------------------------------


def test_without_approval_no_recap_is_posted_and_each_week_asks_again(club: Path) -> None:
    result = play(club, Play(approve_first_recap=False))
    assert [post for post in posts(result) if post["feature"] == "recap" and post["to"] is None] == []
    assert len([post for post in posts(result) if post["to"] == handle("ines")]) >= 4


def test_a_play_chooses_day_time_zone_channel_and_coordinator(club: Path) -> None:
    how = Play(
        recap="#help",
        recap_day="monday",
        recap_at=time(8, 30),
        zone="Europe/Warsaw",
        coordinator=handle("kofi"),
        baseline_days=14,
        welcome="introductions",
    )
    result = play(club, how)
    hello, *_ = posts(result)
    assert (hello["at"], hello["place"]) == ("2024-03-18T09:00:00Z", "C0INTRODUCTIONS")
    assert "looked after by Kofi" in hello["text"]
    recaps = [post for post in posts(result) if post["title"] == "This week in club"]
    assert {post["place"] for post in recaps} == {"C0HELP"}
    assert [post["at"] for post in recaps] == [
        "2024-03-25T07:30:00Z",
        "2024-04-01T06:30:00Z",
        "2024-04-08T06:30:00Z",
    ]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (Play(recap="nowhere"), "the archive has no public channel “nowhere”"),
        (Play(coordinator="U404"), "U404"),
        (Play(coordinator=handle("visitor")), "not guests or other bots"),
    ],
)
def test_a_play_that_cannot_be_is_refused_in_words(brief: Path, how: Play, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        play(brief, how)


def test_a_play_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "play.toml"
    path.write_text('recap_day = "monday"\nrecap_at = 08:30:00\nbaseline_days = 3\nzone = "europe/warsaw"')
    how = load_play(path)
    assert (how.recap_day, how.recap_at, how.baseline_days, how.zone) == (
        "monday",
        time(8, 30),
        3,
        "Europe/Warsaw",
    )
    assert load_play(None) == Play()


def test_every_wrong_key_of_a_play_is_named(tmp_path: Path) -> None:
    path = tmp_path / "play.toml"
    path.write_text('recap_day = "someday"\nbaseline_days = 0\ncolour = "blue"\nzone = "Warsaw"')
    with pytest.raises(BadInput) as refused:
        load_play(path)
    lines = str(refused.value).split("\n")
    for key in ("recap_day", "baseline_days", "colour", "zone"):
        assert any(line.startswith(f"{path}: {key}: ") for line in lines), key
    assert "baseline_days" in lines[-1], "the keys that are known"


# Whoever is in the archive -----------------------------------------------------------------------


def talk(who: str, minutes: int, place: str = "C1") -> MessagePosted:
    at = MONDAY + timedelta(minutes=minutes)
    return MessagePosted(at, place, f"{minutes}", who, "Hello there.")


def rehearse_of(people: tuple[Profile, ...], channels: tuple[ChannelFacts, ...], *talked: Any) -> Rehearsal:
    return asyncio.run(rehearse(Roster(SPACE, "Made up", people, channels), iter(talked), Play()))


def test_who_has_left_since_may_have_coordinated_then() -> None:
    result = rehearse_of((Profile("U1", "Ana", gone=True),), (ChannelFacts("C1", "talk"),), talk("U1", 0))
    assert "looked after by Ana" in posts(result)[0]["text"]


def test_a_guest_who_writes_most_does_not_coordinate() -> None:
    people = (Profile("U1", "Visitor", guest=True), Profile("U2", "Ben"))
    result = rehearse_of(
        people, (ChannelFacts("C1", "talk"),), *(talk("U1", n) for n in range(5)), talk("U2", 9)
    )
    assert "looked after by Ben" in posts(result)[0]["text"]


def test_a_channel_archived_since_was_open_then() -> None:
    later = [talk("U2", 24 * 60 * day) for day in range(1, 12)]
    people = (Profile("U1", "Ana"), Profile("U2", "Ben"))
    channels = (ChannelFacts("C1", "old-talk", archived=True),)
    result = rehearse_of(people, channels, talk("U1", 0), talk("U1", 1), *later)
    assert [post["place"] for post in posts(result) if post["title"] == "This week in Made up"][:1] == ["C1"]


def test_people_whom_the_archive_does_not_list_take_part() -> None:
    result = rehearse_of(
        (), (), talk("U7", 0), MemberJoined(MONDAY + timedelta(days=9), Profile("U8", "Zoe"))
    )
    assert posts(result)[0]["title"] == "Hello"
    assert result.people["U8"] == "Zoe"


# A script ----------------------------------------------------------------------------------------


def answer_of(result: Rehearsal, number: int = 0) -> str:
    return words_of(result.answers[number][2])


def test_members_say_press_and_fill_at_their_times(brief: Path) -> None:
    at = BEGUN + timedelta(hours=1)
    result = play(
        brief,
        None,
        step(at, "marek", say="/cop share https://example.org/cats why cats purr #cats"),
        step(at + timedelta(hours=1), "ines", say="/coordinate hush"),
        step(at + timedelta(hours=2), "ines", press="Speak again"),
        step(at + timedelta(hours=3), "nadia", fill="charter.edit_profile", values={"interests": "naming"}),
    )
    assert [(when, who) for when, who, _ in result.answers] == [
        (at, handle("marek")),
        (at + timedelta(hours=1), handle("ines")),
        (at + timedelta(hours=2), handle("ines")),
        (at + timedelta(hours=3), handle("nadia")),
    ]
    assert "I am back" in answer_of(result, 2)
    assert "Noted, thank you" in answer_of(result, 3)
    recap = next(post for post in posts(result) if post["title"] == "This week in club")
    assert "why cats purr" in recap["text"]


def test_a_person_presses_what_was_posted(club: Path) -> None:
    """The coordinator approves the first recap an hour late, by the button that came."""
    result = play(
        club,
        Play(approve_first_recap=False),
        step(FIRST_RECAP + timedelta(hours=1), "ines", press="Post it"),
    )
    recaps = [post for post in posts(result) if post["title"] == "This week in club"]
    assert [post["at"] for post in recaps][:2] == ["2024-03-15T16:00:00Z", "2024-03-22T15:00:00Z"]


def test_what_is_wrong_with_a_form_is_kept_as_the_answer(brief: Path) -> None:
    result = play(brief, None, step(BEGUN, "marek", fill="charter.edit_profile", values={"zone": "nowhere"}))
    [(_, _, answer)] = result.answers
    assert answer.form is not None
    assert "Europe/Lisbon" in answer.form.errors["zone"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"press": "Begin again"}, "finds no button “Begin again”"),
        ({"fill": "charter.mee"}, "there is no form “charter.mee” to fill"),
    ],
)
def test_a_step_that_cannot_be_done_is_refused_in_words(
    brief: Path, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadInput, match=f"script: at 2024-03-11 10:00 .*{words}"):
        play(brief, None, step(BEGUN + timedelta(hours=1), "marek", **more))


def test_a_step_after_the_last_week_is_played_too(brief: Path) -> None:
    late = MONDAY + timedelta(weeks=2) + AFTERWARDS + timedelta(days=30)
    result = play(brief, None, step(late, "marek", say="/cop about"))
    assert [when for when, _, _ in result.answers] == [late]


def test_a_step_before_begin_is_answered_at_begin_at_the_earliest(brief: Path) -> None:
    result = play(brief, None, step(MONDAY, "marek", say="/cop about"))
    assert [when for when, _, _ in result.answers] == [BEGUN]


# Real archives -----------------------------------------------------------------------------------

IN_A_SUMMARY = {
    "houston-dataviz.slack.zip": {
        "human_messages": "messages",
        "distinct_authors": "authors",
        "reply_rows": "replies",
        "reactions": "reactions",
        "joins": "joins",
        "links_in_human_text": "links",
    },
    "meshcore.discord.zip": {
        "messages": "messages",
        "authors": "authors",
        "replies_with_reference": "replies",
        "reactions": "reactions",
        "links": "links",
        "messages_with_qmark": "questions",
    },
}
IN_A_SUMMARY["ncar-geoscience.slack.zip"] = IN_A_SUMMARY["houston-dataviz.slack.zip"]


def facts_of(archive: Path) -> dict[str, Any]:
    """The facts that were counted in an archive by other means."""
    path = archive.with_name(f"{archive.name.partition('.')[0]}.facts.json")
    facts: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return facts


def rehearsed(archive: Path, folder: Path) -> dict[str, Any]:
    """What a rehearsal in a process of its own writes."""
    ended = tertulia("rehearse", str(archive), "--json", "-", cwd=folder)
    assert ended.code == 0, ended.err
    found: dict[str, Any] = json.loads(ended.out)
    return found


@pytest.mark.parametrize("name", ["houston-dataviz.slack.zip", "meshcore.discord.zip"])
def test_the_first_weeks_of_a_real_archive_rehearse_to_their_facts(
    name: str, real: Path, tmp_path: Path
) -> None:
    facts = facts_of(real / name)["weeks"][:WEEKS_OF_ARCHIVES]
    end = datetime.strptime(f"{facts[-1]['week']}-7 UTC", "%G-W%V-%u %Z").replace(tzinfo=UTC) + DAY
    found = rehearsed(beginning_of(real / name, tmp_path, end), tmp_path)
    weeks = {week["week"]: week for week in found["weeks"]}
    assert [{key: weeks[week["week"]].get(key) for key in week} for week in facts] == facts
    assert len(weeks) == len(facts)
    _is_a_life(found["posts"], found["weeks"])


# Whole ones take minutes. Their figures are held to their facts in every run by the archives' own tests.
@pytest.mark.endurance
@pytest.mark.parametrize("name", IN_A_SUMMARY)
def test_a_real_archive_rehearses_to_the_numbers_of_its_facts(name: str, real: Path, tmp_path: Path) -> None:
    facts = facts_of(real / name)
    found = rehearsed(real / name, tmp_path)
    totals = {ours: facts["summary"][theirs] for theirs, ours in IN_A_SUMMARY[name].items()}
    assert {ours: found["totals"][ours] for ours in totals} == totals
    weeks = {week["week"]: week for week in found["weeks"]}
    assert [{key: weeks[week["week"]].get(key) for key in week} for week in facts["weeks"]] == facts["weeks"]
    assert len(weeks) == len(facts["weeks"])
    _is_a_life(found["posts"], found["weeks"])
    if "slack" in name:
        _is_a_welcome(found["posts"], real / name)


def _is_a_life(posted: list[dict[str, Any]], weeks: list[dict[str, Any]]) -> None:
    """Hello first; newcomers welcomed; one recap approved; then one for each week with something in it."""
    assert posted[0]["title"] == "Hello"
    assert all(post["at"] >= posted[0]["at"] for post in posted)
    in_private = [post for post in posted if post["to"] is not None]
    # In few weeks nothing may wait on the desk for so long that a coordinator is reminded.
    assert {post["feature"] for post in in_private} - {"coordination"} == {"welcome", "recap"}
    assert len([post for post in in_private if post["feature"] == "recap"]) == 1, (
        "the first one asks to be approved"
    )
    assert {post["title"] for post in in_private if post["feature"] == "coordination"} <= {"The desk"}
    recaps = [post for post in posted if post["feature"] == "recap" and post["to"] is None]
    times = [datetime.fromisoformat(post["at"]) for post in recaps]
    assert len(recaps) >= 0.8 * (len(weeks) - 2)
    assert {at.weekday() for at in times} == {4}
    assert min(after - before for before, after in pairwise(times)) > timedelta(days=6, hours=22)
    assert all(post["text"] for post in recaps)


def _is_a_welcome(posted: list[dict[str, Any]], path: Path) -> None:
    """Every first join after the first week has one journey, and nobody who was there before has any."""
    with open_archive(path) as archive:
        people = {profile.handle for profile in archive.roster().people if not profile.bot}
        events = list(archive.events())
    begun = events[0].at + timedelta(days=7)
    founders = {
        event.who.handle if isinstance(event, MemberJoined) else event.who
        for event in events
        if event.at < begun and isinstance(event, MemberJoined | MessagePosted)
    }
    joined = {event.who.handle for event in events if event.at >= begun and isinstance(event, MemberJoined)}
    newcomers = (joined - founders) & people
    welcomed = Counter(post["to"] for post in posted if post["title"].startswith("Welcome to "))
    reminded = Counter(post["to"] for post in posted if "no hurry at all" in post["text"])
    assert len(newcomers) > 40 or not joined, "there is nobody to welcome, though the archive has joins"
    assert {who: welcomed[who] for who in newcomers} == dict.fromkeys(newcomers, 1)
    assert welcomed.keys() & founders == set()
    assert max(welcomed.values()) == max(reminded.values()) == 1


# Prompts -------------------------------------------------------------------------------------------


def test_a_prompt_comes_every_tuesday_where_people_are_welcomed(usual: Rehearsal) -> None:
    found = [post for post in posts(usual) if post["title"] == "Tuesday prompt"]
    assert [post["at"] for post in found] == [
        "2024-03-12T10:00:00Z",
        "2024-03-19T10:00:00Z",
        "2024-03-26T10:00:00Z",
        "2024-04-02T09:00:00Z",
        "2024-04-09T09:00:00Z",
    ]
    assert {post["place"] for post in found} == {posts(usual)[0]["place"]}
    assert len({post["text"] for post in found}) == 5


def test_prompts_may_stand_elsewhere_or_not_at_all(club: Path) -> None:
    elsewhere = play(club, Play(prompt="#help"))
    found = {post["place"] for post in posts(elsewhere) if post["title"] == "Tuesday prompt"}
    assert found == {"C0HELP"}
    without = play(club, Play(tuesday_prompt=False))
    assert [post for post in posts(without) if post["feature"] == "rhythm"] == []
