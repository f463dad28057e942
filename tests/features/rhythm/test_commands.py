"""Commands for rhythms: drafts in words, saving, refusals, choosing one, posting, home and recap."""

import pytest
from icalendar import Calendar

from facilitation import recap
from facilitation.core.values.cards import File
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Role
from storage.communities import People
from storage.rhythm import Rhythms
from storage.unit import Units
from tests.features.rhythm.steps import (
    DAY,
    FEATURES,
    HOUR,
    MINUTE,
    TUESDAY,
    WEEK,
    begun,
    change,
    dates,
    labels,
    make,
    prompts,
    propose,
    rhythms,
    until,
)
from tests.testbed import Testbed, words_of


async def test_without_a_rhythm_the_list_offers_one(either: Testbed) -> None:
    listed = await either.send("ines", "/coordinate rhythm list")
    assert labels(listed) == ["Start with a Tuesday prompt", "New rhythm"]
    echo = await either.press("ines", listed, "Start with a Tuesday prompt")
    assert await rhythms(either) == [], "nothing is made before Save"
    await either.press("ines", echo, "Save")
    [made] = await rhythms(either)
    assert (made.name, made.place, made.rrule) == ("Tuesday prompt", "general", "FREQ=WEEKLY;BYDAY=TU")


async def test_the_list_hands_over_a_calendar_file(bed: Testbed) -> None:
    await make(bed)
    await make(bed, "daily at 9", name="Daily")
    await bed.send("ines", "/coordinate rhythm pause daily")
    listed = await bed.send("ines", "/coordinate rhythm list")
    assert labels(listed)[-3:] == ["New rhythm", "Decks", "Calendar file"]
    handed = await bed.press("ines", listed, "Calendar file")
    assert handed.renderable is not None
    [file] = [part for part in handed.renderable.card.parts if isinstance(part, File)]
    [event] = Calendar.from_ical(file.data).walk("VEVENT")
    assert file.name == "rhythms.ics"
    assert (event["SUMMARY"], event["LOCATION"]) == ("Tuesday prompt", "#general")
    refused = await bed.press("marek", listed, "Calendar file")
    assert "Only a coordinator can do that" in words_of(refused)


async def test_there_is_no_calendar_file_while_every_rhythm_rests(bed: Testbed) -> None:
    await make(bed)
    listed = await bed.send("ines", "/coordinate rhythm list")
    await bed.send("ines", "/coordinate rhythm pause")
    assert "Calendar file" not in labels(await bed.send("ines", "/coordinate rhythm list"))
    assert "nothing to put into a calendar" in words_of(await bed.press("ines", listed, "Calendar file"))


async def test_a_new_rhythm_is_said_back_with_its_next_four_dates_before_it_is_saved(bed: Testbed) -> None:
    echo = await propose(bed, "every 2 weeks on tue at 10:00")
    words = words_of(echo)
    assert "every 2 weeks on Tuesday at 10:00 (Europe/Lisbon)" in words
    assert "Tue 3 Mar 10:00\nTue 17 Mar 10:00\nTue 31 Mar 10:00\nTue 14 Apr 10:00" in words
    assert "Seeking experience, 10 prompts" in words
    assert "Nothing is saved until you press Save." in words
    assert labels(echo) == ["Save", "Change it"]
    assert await rhythms(bed) == []


async def test_the_form_has_few_fields_and_offers_the_decks(bed: Testbed) -> None:
    opened = await bed.send("ines", "/coordinate rhythm new")
    assert opened.form is not None
    assert [field.name for field in opened.form.fields] == ["name", "channel", "deck", "when"]
    deck = next(field for field in opened.form.fields if field.name == "deck")
    assert deck.kind == "choice"
    assert len(deck.options) == 13


async def test_typed_in_full_no_form_opens(bed: Testbed) -> None:
    echo = await bed.send(
        "ines", '/coordinate rhythm new "Friday round" <#help> celebration every 2 weeks on fri at 16:00'
    )
    assert "every 2 weeks on Friday at 16:00" in words_of(echo)
    await bed.press("ines", echo, "Save")
    [made] = await rhythms(bed)
    assert (made.name, made.place) == ("Friday round", "help")


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("when", "* * * * *", "Once a day is the most"),
        ("when", "30 February at 10:00", "I know no dates of the year"),
        ("when", "whenever", "I can read: daily at 9:00"),
        ("name", "x" * 200, "at most 60 characters, please"),
        ("name", "   ", "give it a name"),
        ("deck", "Seeking nothing", "There is no deck “Seeking nothing”. Did you mean"),
        ("deck", "d", "Please give the whole name"),
        ("channel", "nowhere", "not a channel I can see"),
    ],
)
async def test_wrong_words_are_answered_beside_their_field(
    bed: Testbed, field: str, value: str, why: str
) -> None:
    args = {"name": "A", "channel": "general", "deck": "Visits", "when": "tue at 10:00"} | {field: value}
    answer = await bed.send("ines", command="rhythm.draft", args=args, via="form", submitted=True)
    assert answer.form is not None, words_of(answer)
    assert why in answer.form.errors[field]
    assert await rhythms(bed) == []


async def test_an_unknown_zone_is_refused(bed: Testbed) -> None:
    made = await make(bed)
    args = {"rhythm": made.id, "name": "A", "channel": "general", "deck": "Visits", "when": "tue at 10:00"}
    answer = await bed.send(
        "ines",
        command="rhythm.draft_change",
        args={**args, "zone": "Mars/Olympus"},
        via="form",
        submitted=True,
    )
    assert answer.form is not None
    assert "a time zone is a region and a city" in answer.form.errors["zone"]


async def test_an_empty_deck_is_refused(bed: Testbed) -> None:
    await make(bed)
    deck = await bed.send("ines", "/coordinate rhythm deck visits")
    while "Remove" in labels(deck):
        deck = await bed.press("ines", await bed.press("ines", deck, "Remove"), "Look at the deck")
    assert "No prompts yet." in words_of(deck)
    answer = await propose(bed, name="Other", deck="Visits")
    assert answer.form is not None
    assert "“Visits” has no prompts yet." in answer.form.errors["deck"]


async def test_two_rhythms_have_two_names(bed: Testbed) -> None:
    await make(bed)
    answer = await propose(bed, name="tuesday  PROMPT")
    assert answer.form is not None
    assert "There is a rhythm" in answer.form.errors["name"]


async def test_a_draft_is_saved_once_and_by_whoever_made_it(bed: Testbed) -> None:
    await bed.send("ines", "/coordinate coordinators add <@marek>")
    echo = await propose(bed)
    assert "from an earlier form" in words_of(await bed.press("marek", echo, "Save"))
    await bed.press("ines", echo, "Save")
    assert "from an earlier form" in words_of(await bed.press("ines", echo, "Save"))
    assert len(await rhythms(bed)) == 1


async def test_a_draft_can_be_changed_before_it_is_saved(bed: Testbed) -> None:
    opened = await bed.press("ines", await propose(bed), "Change it")
    assert opened.form is not None
    filled = {field.name: field.value for field in opened.form.fields} | {"when": "last fri at 16:00"}
    echo = await bed.send(
        "ines", command=opened.form.command, args=opened.form.kept | filled, via="form", submitted=True
    )
    assert "on the last Friday of the month at 16:00" in words_of(echo)
    await bed.press("ines", echo, "Save")
    [made] = await rhythms(bed)
    assert made.rrule == "FREQ=MONTHLY;BYDAY=-1FR"


async def test_a_name_alone_changed_keeps_the_weeks_that_count(bed: Testbed) -> None:
    made = await make(bed, "every 2 weeks on tue at 10:00")
    await until(bed, TUESDAY + DAY)
    await change(bed, made.id, name="Other name")
    [after] = await rhythms(bed)
    assert after.start == made.start
    assert after.next_at is not None
    assert after.next_at == TUESDAY + 2 * WEEK


# Which one -----------------------------------------------------------------------------------------


async def test_a_name_is_enough_as_far_as_it_is_clear(bed: Testbed) -> None:
    await make(bed)
    await make(bed, "thu at 9", name="Thursday round")
    assert "Thursday round rests" in words_of(await bed.send("ines", "/coordinate rhythm pause thurs"))
    asked = await bed.send("ines", "/coordinate rhythm preview")
    assert "Which rhythm?" in words_of(asked)
    unknown = words_of(await bed.send("ines", "/coordinate rhythm preview tusday prompt"))
    assert "Did you mean “Tuesday prompt”?" in unknown


async def test_the_menu_asks_the_same_again(bed: Testbed) -> None:
    made = await make(bed)
    await make(bed, "thu at 9", name="Thursday round")
    assert (await bed.send("ines", "/coordinate rhythm edit")).form is None
    opened = await bed.send(
        "ines", command="rhythm.draft_change", args={"rhythm": str(made.id)}, via="button"
    )
    assert opened.form is not None
    assert opened.form.kept["rhythm"] == str(made.id)
    assert (await bed.send("ines", "/coordinate rhythm edit thursday")).form is not None


async def test_only_coordinators_see_and_change_rhythms(bed: Testbed) -> None:
    await make(bed)
    for words in ("list", "new", "edit", "pause", "resume", "deck"):
        answer = await bed.send("marek", f"/coordinate rhythm {words}")
        assert "Only a coordinator" in words_of(answer), words
    for words in ("preview", "post"):
        answer = await bed.send("marek", f"/coordinate rhythm {words}")
        assert "Only coordinators and its facilitator" in words_of(answer)


async def test_a_facilitator_may_preview_and_post_theirs_and_no_others(bed: Testbed) -> None:
    made = await make(bed)
    await make(bed, "thu at 9", name="Thursday round")
    await change(bed, made.id, leader="fixed", led_by="marek")
    assert "Only you see this." in words_of(await bed.send("marek", "/coordinate rhythm preview"))
    await bed.send("marek", "/coordinate rhythm post tuesday")
    await bed.settle()
    assert len(prompts(bed)) == 1
    assert "Only coordinators" in words_of(await bed.send("marek", "/coordinate rhythm post thursday"))


# Post and preview ----------------------------------------------------------------------------------


async def test_posted_by_hand_its_dates_stay_as_they_are(bed: Testbed) -> None:
    made = await make(bed)
    preview = await bed.send("ines", "/coordinate rhythm preview")
    await bed.press("ines", preview, "Post it now")
    await bed.settle()
    assert len(prompts(bed)) == 1
    assert "What did you do differently" in prompts(bed)[0].words
    await until(bed, TUESDAY)
    assert len(prompts(bed)) == 2
    assert prompts(bed)[0].words != prompts(bed)[1].words
    assert [outcome for _, outcome, _ in await dates(bed, made.id)] == ["posted", "posted"]


async def test_a_second_one_by_hand_is_asked_about(bed: Testbed) -> None:
    await make(bed)
    await bed.send("ines", "/coordinate rhythm post")
    bed.clock.advance(MINUTE)
    asked = await bed.send("ines", "/coordinate rhythm post")
    assert "Shall I post another one?" in words_of(asked)
    await bed.settle()
    assert len(prompts(bed)) == 1
    await bed.press("ines", asked, "Post another")
    await bed.settle()
    assert len(prompts(bed)) == 2


async def test_hushed_nothing_is_posted_by_hand(bed: Testbed) -> None:
    await make(bed)
    await bed.send("ines", "/coordinate hush")
    assert "I am hushed" in words_of(await bed.send("ines", "/coordinate rhythm post"))


async def test_a_preview_is_what_is_posted(bed: Testbed) -> None:
    await make(bed)
    shown = words_of(await bed.send("ines", "/coordinate rhythm preview")).splitlines()[1]
    await until(bed, TUESDAY)
    assert shown in prompts(bed)[0].words


# Home, and what comes with a removed rhythm ---------------------------------------------------------


async def test_home_says_what_is_on_next(bed: Testbed) -> None:
    assert "Next:" not in words_of(await bed.send("marek", "/cop home"))
    await make(bed)
    home = await bed.send("marek", "/cop home")
    assert "Next: Tuesday prompt in #general on Tue 03 Mar 10:00." in words_of(home)
    assert "Suggest a prompt" in labels(home)
    await bed.send("ines", "/coordinate hush")
    await until(bed, TUESDAY - HOUR)
    assert "Next: Tuesday" not in words_of(await bed.send("marek", "/cop home"))


async def test_buttons_of_a_removed_rhythm_say_so(bed: Testbed) -> None:
    await make(bed)
    listed = await bed.send("ines", "/coordinate rhythm list")
    await bed.press("ines", await bed.send("ines", "/coordinate rhythm pause"), "Remove it")
    for label in ("Change", "Pause", "Preview"):
        assert "no longer there" in words_of(await bed.press("ines", listed, label))


async def test_there_are_at_most_twenty(bed: Testbed) -> None:
    made = await make(bed)
    async with bed.units.write() as session:
        repository = Rhythms(session, (await bed.community()).id)
        for number in range(19):
            await repository.put(
                None,
                bed.clock.now(),
                name=f"n{number}",
                channel_id=made.channel,
                deck_id=made.deck,
                rrule=made.rrule,
                local_at=made.at,
                zone=made.zone,
                start=made.start,
            )
    assert "at most 20 rhythms" in words_of(await propose(bed, name="One more"))


async def test_a_role_that_was_lost_saves_nothing(bed: Testbed) -> None:
    echo = await propose(bed)
    await bed.send("ines", "/coordinate coordinators add <@marek>")
    ines = await bed.member("ines")
    async with bed.units.write() as session:
        await People(session, ines.community).revoke(ines.id, Role.COORDINATOR)
    assert "Only a coordinator" in words_of(await bed.press("ines", echo, "Save"))
    assert await rhythms(bed) == []


# The recap -----------------------------------------------------------------------------------------


async def test_the_recap_says_what_is_coming_and_counts_it_for_nothing(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    bed = await begun(sqlite_units, clock, features=(*FEATURES, recap.feature))
    await make(bed)
    await make(bed, "thu at 9", name="Thursday round")
    await make(bed, "monthly on day 30 at 9", name="Far away")
    await bed.send("ines", "/coordinate rhythm pause thursday")
    assert "Coming up" not in words_of(await bed.send("ines", "/coordinate recap preview")), "a quiet week"
    for who in ("marek", "nadia", "kofi"):
        await bed.write(who, "Which linter do you use?", "help")
        bed.clock.advance(MINUTE)
    preview = words_of(await bed.send("ines", "/coordinate recap preview"))
    assert "Coming up\nTuesday prompt in #general on Tue 03 Mar 10:00" in preview
    assert "Thursday round" not in preview
    assert "Far away" not in preview
