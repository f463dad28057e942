"""The archives of three communities, compared with the counts of an independent script."""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.archive.counts import Counts, Figures
from adapters.archive.reader_process import read_in_process
from tests.adapters.archive.conftest import Opened

# The names in a summary for what `Counts` counts; those of a week are the same.
SLACK_NAMES = {
    "human_messages": "messages",
    "distinct_authors": "authors",
    "reply_rows": "replies",
    "reactions": "reactions",
    "joins": "joins",
    "links_in_human_text": "links",
}
DISCORD_NAMES = {
    "messages": "messages",
    "authors": "authors",
    "replies_with_reference": "replies",
    "reactions": "reactions",
    "links": "links",
    "messages_with_qmark": "questions",
}
ARCHIVES = [
    ("houston-dataviz.slack.zip", SLACK_NAMES),
    ("ncar-geoscience.slack.zip", SLACK_NAMES),
    ("meshcore.discord.zip", DISCORD_NAMES),
]


def facts_of(path: Path) -> Any:
    return json.loads((path.parent / f"{path.name.split('.')[0]}.facts.json").read_text())


def counts_of(path: Path) -> Counts:
    with read_in_process(path) as reading:
        counts = Counts(reading.roster.space.platform)
        for batch in reading:
            for event in batch:
                counts.add(event)
    return counts


@pytest.mark.parametrize(("name", "names"), ARCHIVES)
def test_every_figure_of_the_facts_is_met(real: Path, name: str, names: dict[str, str]) -> None:
    facts = facts_of(real / name)
    counts = counts_of(real / name)
    figures = cast(dict[str, int], counts.totals)
    assert {ours: facts["summary"][theirs] for theirs, ours in names.items()} == {
        ours: figures[ours] for ours in names.values()
    }
    mine = {week["week"]: cast(dict[str, object], week) for week in counts.weeks}
    assert [{key: mine[week["week"]].get(key) for key in week} for week in facts["weeks"]] == facts["weeks"]
    assert len(mine) == len(facts["weeks"])
    for figure in Figures.__annotations__:
        if figure in facts["weeks"][0] and figure != "authors":
            assert figures[figure] == sum(week[figure] for week in facts["weeks"])


@pytest.mark.parametrize(("name", "names"), ARCHIVES)
def test_events_come_in_the_order_of_time(
    opened: Opened, real: Path, name: str, names: dict[str, str]
) -> None:
    archive = opened(real / name)
    moments = [event.at for event in archive.events()]
    assert moments == sorted(moments)
    assert archive.read_bytes == archive.total_bytes


def test_houston_s_roster(opened: Opened, real: Path) -> None:
    facts = facts_of(real / "houston-dataviz.slack.zip")["summary"]
    roster = opened(real / "houston-dataviz.slack.zip").roster()
    assert len(roster.people) == facts["users"]
    assert sum(who.gone for who in roster.people) == facts["deleted_users"]
    assert sum(channel.archived for channel in roster.channels) == facts["archived"]
    assert len(roster.channels) == facts["channels"]


def test_meshcore_s_threads_stand_in_two_channels(opened: Opened, real: Path) -> None:
    roster = opened(real / "meshcore.discord.zip").roster()
    assert {channel.name for channel in roster.channels} == {"firmware-development", "hardware-development"}
