"""Who looks after the answers: in turn, told the day before, skipped while away, swapped on request."""

import pytest

from facilitation.core.values.cards import mentioned_in
from facilitation.core.values.events import MemberLeft
from storage.communities import People
from tests.features.community import direct_messages
from tests.features.rhythm.steps import (
    DAY,
    HOUR,
    TUESDAY,
    WEEK,
    change,
    labels,
    make,
    prompts,
    rhythms,
    until,
)
from tests.testbed import Posted, Testbed, words_of


@pytest.fixture
async def taking_turns(bed: Testbed) -> Testbed:
    """Marek, nadia and kofi take turns with the Tuesday prompt, in this order."""
    return await rotating(bed)


async def rotating(bed: Testbed, *people: str) -> Testbed:
    made = await make(bed)
    await change(bed, made.id, leader="rotating")
    for who in people or ("marek", "nadia", "kofi"):
        home = await bed.send(who, "/cop home")
        assert "You take turns" in words_of(await bed.press(who, home, "Facilitate Tuesday prompt"))
        bed.clock.advance(HOUR / 60)
    return bed


def requests(bed: Testbed, who: str) -> list[Posted]:
    return [post for post in direct_messages(bed, who) if post.card.title == "Your turn to facilitate"]


async def test_the_day_before_whoevers_turn_it_is_hears_what_to_do(either: Testbed) -> None:
    bed = await rotating(either)
    await until(bed, TUESDAY - DAY)
    [asked] = requests(bed, "marek")
    assert asked.at <= TUESDAY - DAY + HOUR
    assert "On Tue 3 Mar 10:00 I post this in #general, under Tuesday prompt:" in asked.words
    assert "What helps:" in asked.words
    assert labels(asked) == ["I will", "Swap me out"]
    await until(bed, TUESDAY)
    [posted] = prompts(bed)
    assert "Marek looks after the answers." in posted.words
    assert mentioned_in(posted.card) == set(), "a name in a channel notifies nobody"
    quoted = next(line for line in asked.words.splitlines() if line.startswith("“"))
    assert quoted.strip("“”") in posted.words


async def test_turns_go_round(taking_turns: Testbed) -> None:
    await until(taking_turns, TUESDAY + 3 * WEEK + DAY)
    found = [post.words.splitlines()[-1].split()[0] for post in prompts(taking_turns)]
    assert found == ["Marek", "Nadia", "Kofi", "Marek"]


async def test_no_quiet_hours_or_opt_outs_hold_it_since_it_was_joined(taking_turns: Testbed) -> None:
    marek = await taking_turns.member("marek")
    async with taking_turns.units.write() as session:
        await People(session, marek.community).change(marek.id, quiet=True)
    await until(taking_turns, TUESDAY - DAY)
    assert len(requests(taking_turns, "marek")) == 1


async def test_agreed_it_says_so_and_cannot_be_pressed_again(taking_turns: Testbed) -> None:
    bed = taking_turns
    await until(bed, TUESDAY - DAY)
    [asked] = requests(bed, "marek")
    assert "in your hands" in words_of(await bed.press("marek", asked, "I will"))
    await bed.settle()
    assert labels(requests(bed, "marek")[0]) == []
    await until(bed, TUESDAY)
    assert "Marek looks after the answers." in prompts(bed)[0].words


async def test_swapped_out_the_next_one_is_told_at_once_and_the_turn_comes_again(
    taking_turns: Testbed,
) -> None:
    bed = taking_turns
    await until(bed, TUESDAY - DAY)
    [asked] = requests(bed, "marek")
    assert "told somebody else" in words_of(await bed.press("marek", asked, "Swap me out"))
    await bed.settle()
    assert len(requests(bed, "nadia")) == 1
    await until(bed, TUESDAY + WEEK)
    found = [post.words.splitlines()[-1].split()[0] for post in prompts(bed)]
    assert found == ["Nadia", "Marek"]


async def test_when_everybody_swaps_it_goes_without(taking_turns: Testbed) -> None:
    bed = taking_turns
    await until(bed, TUESDAY - DAY)
    answer = ""
    for who in ("marek", "nadia", "kofi"):
        [asked] = requests(bed, who)
        answer = words_of(await bed.press(who, asked, "Swap me out"))
        await bed.settle()
    assert "It goes without anybody this time, and that is fine." in answer
    await until(bed, TUESDAY)
    assert "looks after" not in prompts(bed)[0].words


async def test_a_press_by_somebody_else_or_too_late_changes_nothing(taking_turns: Testbed) -> None:
    bed = taking_turns
    await until(bed, TUESDAY - DAY)
    [asked] = requests(bed, "marek")
    assert "over, or somebody else has it" in words_of(await bed.press("nadia", asked, "I will"))
    before = asked.renderable
    await until(bed, TUESDAY)
    assert "over, or somebody else has it" in words_of(await bed.press("marek", before, "Swap me out"))


async def test_whoever_is_away_is_skipped(taking_turns: Testbed) -> None:
    bed = taking_turns
    opened = await bed.send("marek", command="rhythm.set_away", args={"rhythm": 1}, via="button")
    assert opened.form is not None
    args = opened.form.kept | {"until": "2026-03-08"}
    answer = await bed.send("marek", command=opened.form.command, args=args, via="form", submitted=True)
    assert "I skip you until Sunday 8 March" in words_of(answer)
    await until(bed, TUESDAY + WEEK)
    found = [post.words.splitlines()[-1].split()[0] for post in prompts(bed)]
    assert found == ["Nadia", "Marek"]


async def test_whoever_left_is_skipped(taking_turns: Testbed) -> None:
    bed = taking_turns
    await bed.receive(MemberLeft(bed.clock.now(), "marek"))
    await until(bed, TUESDAY)
    assert "Nadia looks after" in prompts(bed)[0].words


async def test_whoever_leaves_between_the_request_and_the_prompt_is_not_named(taking_turns: Testbed) -> None:
    bed = taking_turns
    await until(bed, TUESDAY - DAY)
    await bed.receive(MemberLeft(bed.clock.now(), "marek"))
    await until(bed, TUESDAY)
    assert "looks after" not in prompts(bed)[0].words


async def test_no_more_turns_passes_on_the_one_that_was_set(taking_turns: Testbed) -> None:
    bed = taking_turns
    await until(bed, TUESDAY - DAY)
    home = await bed.send("marek", "/cop home")
    assert "You take turns facilitating Tuesday prompt." in words_of(home)
    await bed.press("marek", home, "No more turns")
    await bed.settle()
    assert len(requests(bed, "nadia")) == 1
    assert "take no turns" in words_of(await bed.press("marek", home, "No more turns"))


async def test_always_the_same_one(bed: Testbed) -> None:
    made = await make(bed)
    await change(bed, made.id, leader="fixed", led_by="nadia")
    await until(bed, TUESDAY + WEEK)
    assert ["Nadia looks after" in post.words for post in prompts(bed)] == [True, True]
    assert len(requests(bed, "nadia")) == 2


async def test_a_fixed_one_has_to_be_named(bed: Testbed) -> None:
    made = await make(bed)
    opened = await bed.send("ines", command="rhythm.draft_change", args={"rhythm": made.id}, via="button")
    assert opened.form is not None
    filled = {field.name: field.value for field in opened.form.fields} | {"leader": "fixed"}
    answer = await bed.send(
        "ines", command="rhythm.draft_change", args=opened.form.kept | filled, via="form", submitted=True
    )
    assert answer.form is not None
    assert answer.form.errors["led_by"] == "Please say who."


async def test_of_a_prompt_that_will_be_skipped_nobody_is_told(taking_turns: Testbed) -> None:
    bed = taking_turns
    await bed.send("ines", "/coordinate rhythm pause")
    await until(bed, TUESDAY)
    assert [requests(bed, who) for who in ("marek", "nadia", "kofi")] == [[], [], []]


async def test_edited_the_day_before_nobody_is_told_twice(taking_turns: Testbed) -> None:
    bed = taking_turns
    await until(bed, TUESDAY - HOUR)
    [made] = await rhythms(bed)
    await change(bed, made.id, name="Tuesday prompt")
    await until(bed, TUESDAY)
    assert len(requests(bed, "marek")) == 1
    assert "Marek looks after" in prompts(bed)[0].words
