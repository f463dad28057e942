"""What docs/mentoring.md shows of a pair is what a rehearsal of the sample says."""

import pytest

from bot.rehearsal import Rehearsal
from tests.bot.mentoring_transcript import DOCS, rehearsed, transcript, written


@pytest.fixture(scope="module")
def result() -> Rehearsal:
    return rehearsed()


def test_the_document_shows_what_is_said(result: Rehearsal) -> None:
    assert DOCS.read_text("utf-8") == written(transcript(result)), "python -m tests.bot.mentoring_transcript"


def test_a_whole_life_is_rehearsed(result: Rehearsal) -> None:
    """Offered, declined, offered to the next, accepted, met, extended, completed."""
    titles = [
        (entry.address.people, entry.first.card.title)
        for entry in result.entries
        if entry.feature == "mentoring"
    ]
    asked = [people for people, title in titles if title == "Would you be a mentor?"]
    assert asked == [("aga",), ("wanjiru",)]
    assert (("beatriz", "wanjiru"), "Meet each other") in titles
    assert [people for people, title in titles if title == "Well done"] == [("beatriz",), ("wanjiru",)]
    assert not result.problems


def test_nobody_reads_that_somebody_declined(result: Rehearsal) -> None:
    read = [
        entry.first.card for entry in result.entries if entry.address.people in (("beatriz",), ("wanjiru",))
    ]
    assert read
    assert not any("aga" in str(card) and "not now" in str(card).lower() for card in read)
