"""The weekly recap: the first one needs approval, later ones do not; commands, sections and words."""

import itertools
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitation import charter, coordination, recap
from facilitation.core.features.contributions import Period, Section
from facilitation.core.features.feature import Feature
from facilitation.core.platforms.surface import Response
from facilitation.core.values.cards import Card, Name, Picture, buttons_in, mentioned_in, texts
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import Unreachable
from facilitation.core.values.events import ChannelChanged, ChannelFacts, MemberLeft
from facilitation.core.values.speech import plain, say
from facilitation.recap import picture
from facilitation.recap.composition import figures_in_words, names_in_words
from facilitation.recap.periods import days_in_words, next_recap, period_start, title_of, weeks_until
from facilitation.recap.picture import Week, draw_png, in_words
from storage.communities import Community, People, Use
from storage.diary import Diary
from storage.recap import Speaker
from storage.unit import Units
from tests.snapshots import remembered
from tests.testbed import PEOPLE, Posted, Testbed, make_testbed, words_of

FEATURES = (coordination.feature, charter.feature, recap.feature)
FRIDAY = datetime(2026, 3, 6, 15, tzinfo=UTC)
"""The first recap after Begin on Monday 2 March."""
WEEK = timedelta(days=7)
QUESTION = "Which linter do you use for your shell scripts?"


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    """A community that began on Monday morning, with all its channels in use."""
    return await begun(units, clock)


@remembered
async def begun(
    units: Units, clock: VirtualClock, features: Sequence[Feature] = FEATURES, **settings: object
) -> Testbed:
    """Settings saved and Begin pressed, as a coordinator does it."""
    bed = await make_testbed(units, clock, features, factories={CharterText: lambda _: CharterText()})
    opened = await bed.send("ines", "/coordinate settings")
    assert opened.form is not None
    filled = {field.name: field.value for field in opened.form.fields}
    answer = await bed.submit("ines", opened.form.command, **(filled | {"coordinators": "desk"} | settings))
    await bed.press("ines", answer, "Begin")
    await bed.settle()
    return bed


async def change(bed: Testbed, **settings: object) -> None:
    """Save other settings."""
    opened = await bed.send("ines", "/coordinate settings")
    assert opened.form is not None
    filled = {field.name: field.value for field in opened.form.fields}
    await bed.submit("ines", opened.form.command, **(filled | settings))
    await bed.settle()


async def until(bed: Testbed, at: datetime) -> None:
    """Let time pass up to a minute after this instant."""
    await bed.pass_time(at + timedelta(minutes=1) - bed.clock.now())


async def converse(bed: Testbed, *people: str, text: str = QUESTION, place: str = "help") -> None:
    """These people write, a minute apart."""
    for number, who in enumerate(people):
        await bed.write(who, text if number == 0 else "I have been happy with the usual one.", place)
        bed.clock.advance(timedelta(minutes=1))
    bed.clock.advance(timedelta(hours=1))


def recaps(bed: Testbed, place: str = "general") -> list[Posted]:
    """The recaps posted in a channel."""
    return [p for p in bed.posts if p.address.handle == place and p.card.title not in ("Hello", "The desk")]


def labels(seen: Response | Posted) -> list[str]:
    return [button.label for button in buttons_in(seen.card if isinstance(seen, Posted) else card_of(seen))]


def card_of(answer: Response) -> Card:
    assert answer.renderable is not None
    return answer.renderable.card


def picture_of(card: Card) -> Picture | None:
    return next((part for part in card.parts if isinstance(part, Picture)), None)


async def approve(bed: Testbed) -> None:
    """Let the first recap through, on its Friday."""
    await until(bed, FRIDAY)
    await bed.press("ines", recaps(bed, "desk")[-1], "Post it")
    await bed.settle()


# The first one waits for approval ------------------------------------------------------------------


async def test_the_first_recap_is_shown_to_coordinators_and_posted_nowhere_else(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi")
    await until(bed, FRIDAY)
    assert recaps(bed) == []
    [asked] = recaps(bed, "desk")
    assert labels(asked) == ["Post it", "Skip this one"]
    assert QUESTION in asked.words
    assert "If you press nothing, it is not posted, and I ask again on Friday 13 March." in asked.words
    assert "every Friday at 15:00" in asked.words


async def test_without_a_coordinators_channel_each_coordinator_is_asked(
    units: Units, clock: VirtualClock
) -> None:
    bed = await begun(units, clock, coordinators=None)
    await bed.send("ines", "/coordinate coordinators add <@marek>")
    await until(bed, FRIDAY)
    asked = [p for p in bed.posts if p.card.title == "A recap waits for your word"]
    assert [p.address.people for p in asked] == [("ines",), ("marek",)]
    await bed.press("marek", asked[1], "Post it")
    await bed.settle()
    assert len(recaps(bed)) == 1
    assert [labels(p) for p in bed.posts if p.address.kind == "direct" and "recap" in p.card.title] == [
        [],
        [],
    ]


async def test_approved_it_is_posted_and_the_next_ones_come_by_themselves(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi")
    await until(bed, FRIDAY)
    [asked] = recaps(bed, "desk")
    answer = await bed.press("ines", asked, "Post it")
    await bed.settle()
    assert "From now on the recap comes by itself, every Friday at 15:00." in words_of(answer)
    [posted] = recaps(bed)
    assert posted.card.title == "Lately in Test community"
    assert "From Monday 2 to Friday 6 March: 3 messages from 3 people." in posted.words
    [decided] = recaps(bed, "desk")
    assert labels(decided) == []
    assert "Posted in #general. Ines said yes." in decided.words
    await converse(bed, "lena", "nadia", "kofi", text="Shall we meet in the park this time?")
    await until(bed, FRIDAY + WEEK)
    assert len(recaps(bed, "desk")) == 1
    assert "Shall we meet in the park this time?" in recaps(bed)[1].words
    assert "From Friday 6 to Friday 13 March: 3 messages" in recaps(bed)[1].words


async def test_it_is_composed_anew_when_it_is_approved(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi")
    await until(bed, FRIDAY)
    marek = await bed.member("marek")
    async with bed.units.write() as session:
        accounts = [account.id for account in await People(session, marek.community).accounts(marek.id)]
        await Diary(session, 1).unauthored(accounts)
    await bed.press("ines", recaps(bed, "desk")[0], "Post it")
    await bed.settle()
    assert QUESTION not in recaps(bed)[0].words
    assert "3 messages from 2 people" in recaps(bed)[0].words


async def test_a_second_press_posts_nothing_more(bed: Testbed) -> None:
    await until(bed, FRIDAY)
    [asked] = recaps(bed, "desk")
    before = asked.renderable
    await bed.press("ines", before, "Post it")
    assert "posted already" in words_of(await bed.press("ines", before, "Post it"))
    assert "posted already" in words_of(await bed.press("ines", before, "Skip this one"))
    await bed.settle()
    assert len(recaps(bed)) == 1


async def test_only_coordinators_decide(bed: Testbed) -> None:
    await until(bed, FRIDAY)
    answer = await bed.press("marek", recaps(bed, "desk")[0], "Post it")
    assert "Only a coordinator" in words_of(answer)
    await bed.settle()
    assert recaps(bed) == []


async def test_skipped_it_is_put_away_and_the_next_one_asks_again(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi")
    await until(bed, FRIDAY)
    answer = await bed.press("ines", recaps(bed, "desk")[0], "Skip this one")
    assert "The next one comes to you on Fri 13 Mar 15:00, and I ask again." in words_of(answer)
    await until(bed, FRIDAY + WEEK)
    assert recaps(bed) == []
    first, second = recaps(bed, "desk")
    assert "Skipped by Ines." in first.words
    assert labels(second) == ["Post it", "Skip this one"]
    assert QUESTION not in second.words


async def test_ignored_it_is_superseded_by_one_that_covers_its_time_too(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi")
    await until(bed, FRIDAY)
    before = recaps(bed, "desk")[0].renderable
    await until(bed, FRIDAY + WEEK)
    first, second = recaps(bed, "desk")
    assert "A newer one has taken its place." in first.words
    assert labels(first) == []
    assert QUESTION in second.words
    assert "From Monday 2 to Friday 13 March" in second.words
    assert "taken the place" in words_of(await bed.press("ines", before, "Post it"))
    await until(bed, FRIDAY + 2 * WEEK)
    assert "from Friday 6 to Friday 20 March" in recaps(bed, "desk")[-1].words


async def test_the_desk_shows_what_waits_and_what_happens_if_it_is_ignored(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi")
    await until(bed, FRIDAY)
    desk = await bed.send("ines", "/coordinate desk")
    assert "The recap up to Friday 6 March waits for your word." in words_of(desk)
    assert "If ignored: it is not posted" in words_of(desk)
    looked = await bed.press("ines", desk, "Look at it")
    assert QUESTION in words_of(looked)
    await bed.press("ines", looked, "Post it")
    assert "waits for your word" not in words_of(await bed.send("ines", "/coordinate desk"))


# By itself -----------------------------------------------------------------------------------------


async def test_hushed_there_is_no_recap_and_the_next_one_covers_two_weeks_at_most(bed: Testbed) -> None:
    await approve(bed)
    await bed.send("ines", "/coordinate hush")
    await converse(bed, "marek", "nadia", "kofi")
    await until(bed, FRIDAY + WEEK)
    assert len(recaps(bed)) == 1
    await bed.press("ines", await bed.send("ines", "/coordinate desk"), "Speak again")
    await until(bed, FRIDAY + 2 * WEEK)
    assert len(recaps(bed)) == 2
    assert QUESTION in recaps(bed)[1].words
    assert recaps(bed)[1].card.title == "These two weeks in Test community"


async def test_what_could_not_be_posted_is_told_the_week_after(bed: Testbed) -> None:
    await approve(bed)
    await converse(bed, "marek", "nadia", "kofi")
    bed.surface.faults = [Unreachable("forbidden")]
    await until(bed, FRIDAY + WEEK)
    assert len(recaps(bed)) == 1
    await until(bed, FRIDAY + 2 * WEEK)
    assert QUESTION in recaps(bed)[1].words


async def test_the_next_one_follows_its_day_at_once_when_it_is_changed(bed: Testbed) -> None:
    await approve(bed)
    await change(bed, recap_day="tuesday", recap_at="09:30", zone="America/New_York")
    await until(bed, datetime(2026, 3, 10, 13, 28, tzinfo=UTC))
    assert len(recaps(bed)) == 1
    await until(bed, datetime(2026, 3, 10, 13, 30, tzinfo=UTC))
    assert len(recaps(bed)) == 2


async def test_a_bot_that_slept_through_it_posts_it_late_but_not_days_late(bed: Testbed) -> None:
    await approve(bed)
    await converse(bed, "marek", "nadia", "kofi")
    bed.clock.move_to(FRIDAY + WEEK + timedelta(hours=20))
    await bed.settle()
    assert "From Friday 6 to Friday 13 March" in recaps(bed)[1].words
    bed.clock.move_to(FRIDAY + 2 * WEEK + timedelta(days=3))
    await bed.settle()
    assert len(recaps(bed)) == 2
    await until(bed, FRIDAY + 3 * WEEK)
    assert len(recaps(bed)) == 3


async def test_a_channel_that_is_gone_gets_no_recap(bed: Testbed) -> None:
    await approve(bed)
    await bed.receive(ChannelChanged(bed.clock.now(), ChannelFacts("general", "general", archived=True)))
    await until(bed, FRIDAY + WEEK)
    assert len(recaps(bed)) == 1


# Commands ------------------------------------------------------------------------------------------


async def test_a_preview_is_for_the_asker_alone(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi")
    answer = await bed.send("ines", "/coordinate recap preview")
    assert QUESTION in words_of(answer)
    assert "Only you see this." in words_of(answer)
    assert recaps(bed) == []
    await until(bed, FRIDAY)
    assert QUESTION in recaps(bed, "desk")[0].words


async def test_without_a_channel_it_says_where_to_choose_one(units: Units, clock: VirtualClock) -> None:
    bed = await begun(units, clock, recap=None)
    for words in ("post", "skip"):
        assert "/coordinate settings" in words_of(await bed.send("ines", f"/coordinate recap {words}"))
    assert "/coordinate settings" in words_of(await bed.send("ines", "/coordinate recap preview"))
    await until(bed, FRIDAY)
    assert recaps(bed, "desk") == []
    assert recaps(bed) == []
    await change(bed, recap="general")
    await until(bed, FRIDAY + WEEK)
    assert len(recaps(bed, "desk")) == 1


async def test_before_begin_nothing_is_posted(units: Units, clock: VirtualClock) -> None:
    bed = await make_testbed(units, clock, FEATURES)
    community = await bed.community()
    async with bed.units.write() as session:
        people = People(session, community.id)
        await people.assign(Use.RECAP, (await people.spots())[0].id)
    assert "not begun" in words_of(await bed.send("ines", "/coordinate recap post"))
    assert "not begun" in words_of(await bed.send("ines", "/coordinate recap skip"))


async def test_members_cannot_post_it(bed: Testbed) -> None:
    for words in ("preview", "post", "skip"):
        assert "Only a coordinator" in words_of(await bed.send("marek", f"/coordinate recap {words}"))


async def test_posted_by_hand_it_needs_no_approval_and_the_next_one_leaves_some_days(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi")
    await until(bed, datetime(2026, 3, 5, 11, tzinfo=UTC))
    answer = await bed.send("ines", "/coordinate recap post")
    await bed.settle()
    assert "The next one comes on Fri 13 Mar 15:00." in words_of(answer)
    assert len(recaps(bed)) == 1
    await until(bed, FRIDAY + WEEK)
    assert len(recaps(bed)) == 2
    assert "from Thursday 5 to Friday 13 March" in recaps(bed)[1].words


async def test_posted_by_hand_it_answers_the_one_that_waited(bed: Testbed) -> None:
    await until(bed, FRIDAY)
    await bed.send("ines", "/coordinate recap post")
    await bed.settle()
    assert labels(recaps(bed, "desk")[0]) == []
    assert "recap" not in words_of(await bed.send("ines", "/coordinate desk"))


async def test_a_second_one_within_a_day_is_asked_for_twice_and_posted_once(bed: Testbed) -> None:
    await approve(bed)
    await converse(bed, "marek", "nadia", "kofi")
    answer = await bed.send("ines", "/coordinate recap post")
    assert "Shall I post another one?" in words_of(answer)
    assert labels(answer) == ["What is new since then", "All of it again"]
    await bed.settle()
    assert len(recaps(bed)) == 1
    await bed.press("ines", answer, "What is new since then")
    assert "done already" in words_of(await bed.press("ines", answer, "What is new since then"))
    await bed.settle()
    assert len(recaps(bed)) == 2
    assert QUESTION in recaps(bed)[1].words


async def test_one_that_was_taken_back_can_be_posted_again_with_all_of_its_time(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi")
    await approve(bed)
    [posted] = recaps(bed)
    args = {"place": "general", "message": posted.message}
    await bed.send("ines", command="coordination.take_back", args=args, via="button")
    await bed.settle()
    assert recaps(bed) == []
    await bed.press("ines", await bed.send("ines", "/coordinate recap post"), "All of it again")
    await bed.settle()
    assert QUESTION in recaps(bed)[0].words


async def test_hushed_it_is_not_posted_by_hand_either(bed: Testbed) -> None:
    await until(bed, FRIDAY)
    await bed.send("ines", "/coordinate hush")
    assert "hushed" in words_of(await bed.send("ines", "/coordinate recap post"))
    assert "hushed" in words_of(await bed.press("ines", recaps(bed, "desk")[0], "Post it"))
    await bed.settle()
    assert recaps(bed) == []


async def test_skip_holds_the_next_one_only_however_often_it_is_typed(bed: Testbed) -> None:
    await approve(bed)
    await converse(bed, "marek", "nadia", "kofi")
    first = await bed.send("ines", "/coordinate recap skip")
    for answer in (first, await bed.send("ines", "/coordinate recap skip")):
        assert "The recap of Friday 13 March is skipped." in words_of(answer)
        assert "The next one comes on Fri 20 Mar 15:00." in words_of(answer)
    await change(bed, quiet_from="21:00")
    await until(bed, FRIDAY + WEEK)
    assert len(recaps(bed)) == 1
    await until(bed, FRIDAY + 2 * WEEK)
    assert len(recaps(bed)) == 2
    assert QUESTION not in recaps(bed)[1].words
    assert "Its time is over" in words_of(await bed.press("ines", first, "Bring it back"))


async def test_a_skip_can_be_undone(bed: Testbed) -> None:
    await approve(bed)
    answer = await bed.send("ines", "/coordinate recap skip")
    back = await bed.press("ines", answer, "Bring it back")
    assert "The next recap comes on Fri 13 Mar 15:00." in words_of(back)
    await until(bed, FRIDAY + WEEK)
    assert len(recaps(bed)) == 2


async def test_while_one_waits_skip_means_that_one(bed: Testbed) -> None:
    await until(bed, FRIDAY)
    await bed.send("ines", "/coordinate recap skip")
    await bed.settle()
    assert "Skipped by Ines." in recaps(bed, "desk")[0].words


async def test_home_says_when_the_next_one_comes(bed: Testbed) -> None:
    assert "comes to you for approval on Fri 06 Mar 15:00" in words_of(await bed.send("ines", "/cop home"))
    assert "next recap" not in words_of(await bed.send("marek", "/cop home"))
    await approve(bed)
    home = words_of(await bed.send("marek", "/cop home"))
    assert "The next recap comes in #general on Fri 13 Mar 15:00." in home


# What it tells -------------------------------------------------------------------------------------


async def test_conversations_say_what_where_and_who_and_nobody_is_notified(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi", "nadia")
    await approve(bed)
    [posted] = recaps(bed)
    assert f"“{QUESTION}”" in posted.words
    assert "Nadia, Marek and Kofi in #help · 3 replies" in posted.words
    assert mentioned_in(posted.card) == set()


async def test_newcomers_who_introduced_themselves_are_named(bed: Testbed) -> None:
    await bed.join("zoe")
    await bed.join("yan")
    await bed.write("zoe", "I am Zoe and I make maps.", "introductions")
    await bed.write("yan", "I only said hi over here.", "help")
    await bed.write("marek", "Welcome, Zoe.", "introductions")
    await approve(bed)
    assert "Zoe introduced themselves in #introductions. Say hello." in recaps(bed)[0].words
    assert "3 messages from 3 people, 2 of them new." in recaps(bed)[0].words
    await bed.write("zoe", "Here I am again.", "introductions")
    await until(bed, FRIDAY + WEEK)
    assert "introduced" not in recaps(bed)[1].words


async def test_without_a_channel_for_it_who_wrote_for_the_first_time_is_named(
    units: Units, clock: VirtualClock
) -> None:
    bed = await begun(units, clock, introductions=None)
    await bed.join("zoe")
    await bed.join("yan")
    await bed.write("zoe", "I make maps.", "help")
    await bed.write("marek", "I was here before.", "help")
    await approve(bed)
    assert "Zoe wrote here for the first time. Say hello." in recaps(bed)[0].words


async def test_who_left_is_not_named_and_still_counted(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi")
    await bed.receive(MemberLeft(bed.clock.now(), "marek"))
    await approve(bed)
    assert "Nadia, Kofi and one other in #help · 2 replies" in recaps(bed)[0].words
    assert "Marek" not in recaps(bed)[0].words


async def test_private_channels_that_are_not_home_are_not_told_of(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi", place="desk")
    await approve(bed)
    assert QUESTION not in recaps(bed)[0].words


async def test_a_silent_week_is_told_in_two_kind_lines(bed: Testbed) -> None:
    await approve(bed)
    [posted] = recaps(bed)
    assert posted.words.splitlines() == [
        "Lately in Test community",
        "It was quiet here from Monday 2 to Friday 6 March, so you have missed nothing.",
        "A calm week is a fine week. The next recap comes on Friday 13 March.",
    ]


async def test_two_quiet_weeks_on_end_are_not_told_in_the_same_words(bed: Testbed) -> None:
    await approve(bed)
    await until(bed, FRIDAY + WEEK)
    one, other = (posted.words.splitlines()[2] for posted in recaps(bed))
    assert one.split(".")[0] != other.split(".")[0]


async def test_so_is_one_in_which_two_people_spoke(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia")
    await approve(bed)
    assert recaps(bed)[0].words.splitlines()[1] == (
        "A quiet time, from Monday 2 to Friday 6 March: 2 messages from 2 people. You are all caught up."
    )


async def test_many_voices_without_a_conversation_are_counted(bed: Testbed) -> None:
    for who in PEOPLE:
        await converse(bed, who)
    await approve(bed)
    assert "5 messages from 5 people." in recaps(bed)[0].words
    assert "No long conversations this time, so you are all caught up." in recaps(bed)[0].words


async def test_sections_of_other_features_stand_in_their_order(units: Units, clock: VirtualClock) -> None:
    shelf = Feature("shelf", "A feature with news")

    @shelf.recap("shelf")
    async def news(period: Period) -> Section | None:
        return Section("New on the shelf", (say("A link from {day}.", day=f"{period.since:%A}"),))

    @shelf.recap("conversations")
    async def nothing(period: Period) -> Section | None:
        return None

    bed = await begun(units, clock, (*FEATURES, shelf))
    await converse(bed, "marek", "nadia", "kofi")
    await approve(bed)
    lines = recaps(bed)[0].words.splitlines()
    assert lines[2] == "Worth catching up on"
    assert lines[-2:] == ["New on the shelf", "A link from Monday."]


async def test_news_of_another_feature_make_no_quiet_week(units: Units, clock: VirtualClock) -> None:
    shelf = Feature("shelf", "A feature with news")

    @shelf.recap("shelf")
    async def news(period: Period) -> Section | None:
        return Section("New on the shelf", (say("One link."),))

    bed = await begun(units, clock, (*FEATURES, shelf))
    await approve(bed)
    assert "From Monday 2 to Friday 6 March.\n" in recaps(bed)[0].words
    assert "One link." in recaps(bed)[0].words


# The picture ---------------------------------------------------------------------------------------


async def test_from_the_third_week_on_there_is_a_picture(bed: Testbed) -> None:
    for week in range(5):
        await converse(bed, *PEOPLE[: 3 + week % 2])
        await until(bed, FRIDAY + week * WEEK)
        if week == 0:
            await bed.press("ines", recaps(bed, "desk")[0], "Post it")
            await bed.settle()
    shown = [picture_of(posted.card) for posted in recaps(bed)]
    assert [bool(picture) for picture in shown] == [False, False, False, True, True]
    assert shown[4] is not None
    assert shown[4].alt == (
        "People who spoke each week: 4 in the week to 13 Mar, 3 in the week to 20 Mar, "
        "4 in the week to 27 Mar, and 3 in the week to 3 Apr."
    )
    assert "from 3 people." in recaps(bed)[4].words


WEEKS = tuple(Week(date(2026, 3, 6) + n * WEEK, people) for n, people in enumerate((5, 0, 12, 1204)))


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_the_picture_is_the_same_wherever_it_is_drawn(tmp_path: Path) -> None:
    png = draw_png(WEEKS)
    assert size_of(png) == (1200, 500)
    code = (
        "import sys, datetime\n"
        "from facilitation.recap.picture import Week, draw_png\n"
        "weeks = tuple(Week(datetime.date(2026, 3, 6) + n * datetime.timedelta(days=7), p)"
        " for n, p in enumerate((5, 0, 12, 1204)))\n"
        "sys.stdout.buffer.write(draw_png(weeks))\n"
    )
    bare = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "FONTCONFIG_FILE": str(tmp_path / "none"),
        "TZ": "UTC",
    }
    root = Path(__file__).parents[3]
    again = subprocess.run([sys.executable, "-c", code], cwd=root, env=bare, capture_output=True, check=True)
    assert again.stdout == png


def test_its_fonts_come_with_the_package_and_are_the_ones_used(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = [Path(font) for font in picture._FONT_FILES]
    assert all(font.is_file() and font.is_relative_to(Path(recap.__file__).parent) for font in fonts)
    assert (fonts[0].parent / "DejaVu-LICENSE.txt").is_file()
    monkeypatch.setattr(picture, "_FONT_FILES", [])
    assert picture.draw_png.__wrapped__(WEEKS) != draw_png(WEEKS)


def test_the_words_for_the_picture_have_all_of_its_figures() -> None:
    assert in_words(WEEKS) == (
        "People who spoke each week: 5 in the week to 6 Mar, 0 in the week to 13 Mar, "
        "12 in the week to 20 Mar, and 1204 in the week to 27 Mar."
    )


# Times and words -----------------------------------------------------------------------------------


def community(zone: str = "Europe/Lisbon", day: int = 6, at: time = time(1, 30)) -> Community:
    return Community(1, "Guild", zone=zone, recap_day=day, recap_at=at)


def test_a_time_that_does_not_exist_moves_to_the_next_that_does() -> None:
    after = datetime(2026, 3, 25, tzinfo=UTC)
    assert next_recap(community(), after, None) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_time_that_exists_twice_comes_once() -> None:
    first = next_recap(community(), datetime(2026, 10, 22, tzinfo=UTC), None)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_recap(community(), first, first) == datetime(2026, 11, 1, 1, 30, tzinfo=UTC)


@given(
    st.sampled_from(
        ["UTC", "Europe/Lisbon", "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe"]
    ),
    st.integers(0, 6),
    st.times(),
    st.integers(0, 60 * 24 * 3650),
)
def test_recaps_come_every_week_at_their_local_time(zone: str, day: int, at: time, minutes: int) -> None:
    at = at.replace(second=0, microsecond=0)
    moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    all_of_them = [moment]
    for _ in range(52):
        all_of_them.append(next_recap(community(zone, day, at), all_of_them[-1], all_of_them[-1]))
    _, first, *later = all_of_them
    assert moment < first <= moment + timedelta(days=11)
    for before, after in itertools.pairwise((first, *later)):
        assert abs((after - before) - WEEK) <= timedelta(hours=1)
    wrong = [one for one in (first, *later) if one.astimezone(ZoneInfo(zone)).time() != at]
    assert len(wrong) <= 2


def test_it_does_not_come_on_the_heels_of_begin() -> None:
    just_begun = replace(community(), begun_at=datetime(2026, 3, 7, 8, tzinfo=UTC))
    assert next_recap(just_begun, datetime(2026, 3, 7, 8, tzinfo=UTC), None) == datetime(
        2026, 3, 15, 1, 30, tzinfo=UTC
    )


def test_it_covers_the_time_since_the_last_one_but_no_more_than_two_weeks() -> None:
    begun, last = FRIDAY - 8 * WEEK, FRIDAY - WEEK
    assert period_start(FRIDAY, last, begun, None) == last
    assert period_start(FRIDAY, FRIDAY - 5 * WEEK, begun, None) == FRIDAY - 2 * WEEK


def test_the_first_one_covers_the_time_since_begin_or_with_an_import_a_whole_week() -> None:
    tuesday = FRIDAY - timedelta(days=3)
    assert period_start(FRIDAY, None, tuesday, None) == tuesday
    assert period_start(FRIDAY, None, tuesday, tuesday + timedelta(hours=1)) == tuesday
    assert period_start(FRIDAY, None, tuesday, FRIDAY - 20 * WEEK) == FRIDAY - WEEK
    ten_days_before = FRIDAY - timedelta(days=10)
    assert period_start(FRIDAY, None, ten_days_before, FRIDAY - 20 * WEEK) == ten_days_before
    assert period_start(FRIDAY, None, FRIDAY - 4 * WEEK, None) == FRIDAY - 2 * WEEK
    assert period_start(FRIDAY, None, None, FRIDAY - 4 * WEEK) == FRIDAY - WEEK


def test_weeks_end_at_the_same_local_time_across_a_change_of_clocks() -> None:
    edges = weeks_until(datetime(2026, 4, 3, 14, tzinfo=UTC), "Europe/Lisbon")
    assert len(edges) == 9
    assert edges[-2] == datetime(2026, 3, 27, 15, tzinfo=UTC)
    assert edges == sorted(edges)


@pytest.mark.parametrize(
    ("since", "days", "words"),
    [
        ("2026-03-06T15:00Z", 7, "from Friday 6 to Friday 13 March"),
        ("2026-02-27T15:00Z", 7, "from Friday 27 February to Friday 6 March"),
        ("2025-12-26T15:00Z", 7, "from Friday 26 December to Friday 2 January"),
        ("2026-03-06T09:00Z", 0.3, "on Friday 6 March"),
    ],
)
def test_days_in_words(since: str, days: float, words: str) -> None:
    first = datetime.fromisoformat(since)
    assert days_in_words(first, first + timedelta(days=days), "Europe/Lisbon") == words


def test_days_are_the_communitys_own() -> None:
    late = datetime(2026, 3, 6, 23, tzinfo=UTC)
    assert days_in_words(late - WEEK, late, "Asia/Tokyo") == "from Saturday 28 February to Saturday 7 March"


@pytest.mark.parametrize(
    ("days", "title"),
    [
        (7, "This week in Guild"),
        (14, "These two weeks in Guild"),
        (2, "Lately in Guild"),
        (11, "Lately in Guild"),
    ],
)
def test_the_title_says_how_long(days: int, title: str) -> None:
    assert title_of(community(), FRIDAY - timedelta(days=days), FRIDAY) == title


@pytest.mark.parametrize(
    ("speakers", "newcomers", "words"),
    [
        ([], 0, "no messages"),
        ([(1, 1)], 0, "one message from one person"),
        ([(1, 4)], 1, "4 messages from one person, who is new here"),
        ([(1, 20), (2, 11)], 1, "31 messages from 2 people, one of them new"),
        ([(1, 2), (2, 1)], 2, "3 messages from 2 people, all of them new"),
        ([(n, 3) for n in range(9)], 2, "27 messages from 9 people, 2 of them new"),
        ([(None, 3)], 0, "3 messages"),
        ([(None, 3), (1, 1)], 0, "4 messages from one person"),
    ],
)
def test_figures_in_words(speakers: list[tuple[int | None, int]], newcomers: int, words: str) -> None:
    assert plain(figures_in_words([Speaker(*one) for one in speakers], newcomers)) == words


@pytest.mark.parametrize(
    ("named", "people", "words"),
    [
        (3, 3, "1, 2 and 3"),
        (4, 4, "1, 2, 3 and 4"),
        (5, 5, "1, 2, 3, 4 and 5"),
        (6, 6, "1, 2, 3, 4 and 2 others"),
        (4, 5, "1, 2, 3, 4 and one other"),
        (7, 7, "1, 2, 3, 4 and 3 others"),
        (2, 3, "1, 2 and one other"),
        (0, 3, "3 people"),
    ],
)
def test_names_in_words(named: int, people: int, words: str) -> None:
    said = names_in_words(range(1, named + 1), people)
    assert plain(said, {n: str(n) for n in range(1, 9)}) == words
    assert all(
        isinstance(span, Name) or span.kind != "mention" for span in said.spans if hasattr(span, "kind")
    )


async def test_nothing_in_any_recap_is_empty(bed: Testbed) -> None:
    await converse(bed, "marek", "nadia", "kofi")
    await approve(bed)
    for post in bed.posts:
        assert all(text for text in texts(post.card) if text.spans)
