"""Decks: those that come with the bot, their order, coordinators' own, and members' suggestions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitation.core.values.errors import Refusal
from facilitation.rhythm.built_in_decks import SLUGS, built_in_decks
from facilitation.rhythm.prompt_lists import parse_prompts
from storage.rhythm import LONGEST_PROMPT
from tests.features.rhythm.steps import DAY, TUESDAY, WEEK, labels, make, prompts, until
from tests.testbed import Testbed, words_of

ALL = [prompt for deck in built_in_decks() for prompt in deck.prompts]


# The built-in ones ---------------------------------------------------------------------------------


def test_there_are_thirteen_decks_of_at_least_eight_prompts() -> None:
    assert len(built_in_decks()) == len(SLUGS) == 13
    assert [deck.slug for deck in built_in_decks() if len(deck.prompts) < 8] == []
    assert len({deck.name for deck in built_in_decks()}) == 13


def test_no_prompt_comes_twice() -> None:
    assert len({prompt.casefold() for prompt in ALL}) == len(ALL)


@pytest.mark.parametrize("prompt", ALL)
def test_a_prompt_is_one_open_question_a_tired_person_can_read(prompt: str) -> None:
    assert prompt.endswith("?")
    assert prompt.count("?") == 1
    assert "!" not in prompt
    assert "'" not in prompt
    assert 30 < len(prompt) < 140
    assert not re.match(
        r"(do|does|did|is|are|was|were|can|could|have|has|would|will|should) ", prompt, re.IGNORECASE
    )
    assert not re.search(
        r"leverag|synerg|best practice|stakeholder|deliverable|should have", prompt, re.IGNORECASE
    )
    assert parse_prompts(prompt) == (prompt,)


# Their order ---------------------------------------------------------------------------------------


async def test_none_comes_again_before_all_had_their_turn(either: Testbed) -> None:
    await make(either, "daily at 10:00")
    await until(either, TUESDAY + 28 * DAY)
    found = [post.words for post in prompts(either)]
    assert len(set(found[:10])) == 10
    assert found[10:20] == found[:10]


async def test_the_desk_says_when_three_are_left(bed: Testbed) -> None:
    await make(bed, "daily at 10:00")
    await until(bed, TUESDAY + 4 * DAY)
    assert "still to come" not in words_of(await bed.send("ines", "/coordinate desk"))
    await until(bed, TUESDAY + 5 * DAY)
    desk = await bed.send("ines", "/coordinate desk")
    assert "3 prompts of “Seeking experience” are still to come in this round." in words_of(desk)
    assert "If ignored: I begin again with the oldest." in words_of(desk)
    opened = await bed.press("ines", desk, "Add prompts")
    assert opened.form is not None
    args = opened.form.kept | {"prompts": "What did you throw away this week?\nWhat did you keep, and why?"}
    await bed.send("ines", command=opened.form.command, args=args, via="form", submitted=True)
    assert "still to come" not in words_of(await bed.send("ines", "/coordinate desk"))
    await until(bed, TUESDAY + 10 * DAY)
    found = [post.words for post in prompts(bed)]
    assert len(set(found)) == len(found) == 12, "the new ones before the first comes again"
    assert "What did you keep, and why?" in found[-1]


# Coordinators' own ---------------------------------------------------------------------------------


async def fill(bed: Testbed, who: str, command: str, **args: object) -> str:
    answer = await bed.send(who, command=command, args=args, via="form", submitted=True)
    return words_of(answer) if answer.form is None else " ".join(answer.form.errors.values())


async def test_a_pasted_list_becomes_a_deck(bed: Testbed) -> None:
    shown = await bed.send("ines", "/coordinate rhythm deck")
    opened = await bed.press("ines", shown, "New deck")
    assert opened.form is not None
    pasted = "1. What broke?  \n- What held longer than it should?\n\n# ours\n• What broke?\n"
    words = await fill(bed, "ines", opened.form.command, name="Our own", prompts=pasted)
    assert words == "Our own\n2 prompts\nWhat broke?\nWhat held longer than it should?"
    await make(bed, deck="our own")
    await until(bed, TUESDAY)
    assert "What broke?" in prompts(bed)[0].words


@pytest.mark.parametrize(
    ("name", "pasted", "why"),
    [
        ("Ours", "   \n# nothing\n", "There is no prompt in that."),
        ("Ours", "Why?", "Line 1 is too short for a prompt"),
        ("Ours", "What now?\n" + "x" * 401, "Line 2 has 401 characters; a prompt has at most 400."),
        ("Visits", "What is it?", "There is a deck “Visits” already."),
        ("x" * 61, "What is it?", "at most 60 characters"),
        ("   ", "What is it?", "Please give it a name."),
    ],
)
async def test_a_deck_that_cannot_be_is_refused(bed: Testbed, name: str, pasted: str, why: str) -> None:
    await bed.send("ines", "/coordinate rhythm deck")
    assert why in await fill(bed, "ines", "rhythm.create_deck", name=name, prompts=pasted)


async def test_what_is_in_a_deck_is_not_added_twice(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate rhythm deck")
    shown = await bed.send("ines", "/coordinate rhythm deck celebration")
    opened = await bed.press("ines", shown, "Add prompts")
    assert opened.form is not None
    twice = "what made you laugh at work lately?"
    assert "in it already" in await fill(bed, "ines", opened.form.command, **opened.form.kept, prompts=twice)


async def test_a_long_deck_has_pages(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate rhythm deck")
    pasted = "\n".join(f"Which of the {n} things is it?" for n in range(25))
    await fill(bed, "ines", "rhythm.create_deck", name="Long", prompts=pasted)
    first = await bed.send("ines", "/coordinate rhythm deck long")
    last = await bed.press("ines", await bed.press("ines", first, "More"), "More")
    assert "the 24 things" in words_of(last)
    assert "More" not in labels(last)
    assert words_of(await bed.press("ines", await bed.press("ines", last, "Back"), "Back")) == words_of(first)


@given(st.lists(st.text(min_size=1, max_size=60), max_size=20))
def test_whatever_is_pasted_is_read_or_refused(lines: list[str]) -> None:
    try:
        found = parse_prompts("\n".join(lines))
    except Refusal as refused:
        assert refused.field == "prompts"  # noqa: PT017  # either is right, a refusal beside its field
        return
    assert all(8 <= len(prompt) <= LONGEST_PROMPT and "\n" not in prompt for prompt in found)


# Suggestions ---------------------------------------------------------------------------------------


async def test_a_members_suggestion_waits_for_a_coordinator(either: Testbed) -> None:
    bed = either
    await make(bed)
    opened = await bed.press("marek", await bed.send("marek", "/cop home"), "Suggest a prompt")
    assert opened.form is not None
    given_ = {"words": "What did your tools teach you?", "deck": "Seeking experience"}
    assert "Thank you" in await fill(bed, "marek", opened.form.command, **given_)
    await until(bed, TUESDAY)
    assert "tools teach" not in prompts(bed)[0].words
    desk = await bed.send("ines", "/coordinate desk")
    assert "Marek suggests for “Seeking experience”: “What did your tools teach you?”" in words_of(desk)
    await bed.press("ines", desk, "Take it")
    await bed.settle()
    [thanks] = [post for post in bed.posts if post.card.title == "Your prompt is in"]
    assert thanks.address.people == ("marek",)
    assert "decided about that one already" in words_of(await bed.press("ines", desk, "Take it"))
    assert "decided about that one already" in words_of(await bed.press("ines", desk, "Put away"))
    await until(bed, TUESDAY + 10 * WEEK)
    assert any("tools teach" in post.words for post in prompts(bed))


async def test_a_suggestion_put_away_is_gone_and_nobody_is_told(bed: Testbed) -> None:
    await make(bed)
    await fill(bed, "marek", "rhythm.suggest_prompt", words="Why is it so?", deck="Seeking experience")
    before = len(bed.posts)
    await bed.press("ines", await bed.send("ines", "/coordinate desk"), "Put away")
    await bed.settle()
    assert len(bed.posts) == before
    assert "suggests" not in words_of(await bed.send("ines", "/coordinate desk"))


async def test_nobody_can_flood_the_desk(bed: Testbed) -> None:
    await make(bed)
    for number in range(5):
        await fill(
            bed, "marek", "rhythm.suggest_prompt", words=f"What about number {number}?", deck="seeking"
        )
    more = await fill(bed, "marek", "rhythm.suggest_prompt", words="What about one more?", deck="seeking")
    assert "coordinators have some of yours to read first" in more
