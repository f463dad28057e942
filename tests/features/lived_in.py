"""A community in which every feature has been used."""

from bot.features import FEATURES
from facilitation.core.values.clock import VirtualClock
from storage.unit import Units
from tests.features.community import running_community, submit_form
from tests.features.mentoring.steps import pair_of
from tests.snapshots import remembered
from tests.testbed import Testbed

MAREKS_WORD = "zebrafinch"
"""A word that only marek uses."""
NADIAS_WORD = "waxwing"
"""A word that only nadia uses."""


@remembered
async def lived_in(units: Units, clock: VirtualClock) -> Testbed:
    """A community that ines coordinates, in which marek and nadia did a little of everything.

    The units need a key for concerns.
    """
    bed = await running_community(units, clock, features=FEATURES, people=("ines", "kofi", "lena"))
    args = {"channel": "general", "deck": "Visits", "when": "tue at 10:00"}
    await bed.press("ines", await submit_form(bed, "ines", "rhythm.draft", name="Round", **args), "Save")
    turns = {"rhythm": 1, "leader": "rotating", **args}
    await bed.press(
        "ines", await submit_form(bed, "ines", "rhythm.draft_change", name="Round", **turns), "Save"
    )
    coffee = {"channel": "general"}
    await bed.press("ines", await submit_form(bed, "ines", "circles.draft", name="Coffee", **coffee), "Save")
    for who, word in (("marek", MAREKS_WORD), ("nadia", NADIAS_WORD)):
        await bed.join(who)
        about = {"interests": word, "expertise": f"{word}-keeping", "line": f"I am a {word}."}
        await submit_form(bed, who, "charter.edit_profile", **about, buddy=True)
        await submit_form(
            bed, who, "resources.share", url=f"https://{who}.example/", note=f"All about the {word}."
        )
        await submit_form(
            bed, who, "resources.share", url="https://shared.example/", note=f"A {word} told me."
        )
        message = await bed.write(who, f"{word}: https://a.example/{who} or https://b.example/{who}?")
        saved = {"place": "general", "message": message.message, "text": message.text, "author": who}
        await submit_form(bed, who, "resources.save_from_message", **saved)
        await submit_form(bed, "kofi", "resources.save_from_message", **saved)
        await submit_form(bed, who, "rhythm.suggest_prompt", words=f"Why a {word}?", deck="Visits")
        await bed.press(who, await bed.send(who, "/cop home"), "Facilitate Round")
        for step in ("add_role", "remove_role"):
            await submit_form(bed, "ines", f"coordination.{step}", who=who, role="keeper")
        await submit_form(bed, who, "coordination.leave_note", role="keeper", note=f"Mind the {word}.")
        await submit_form(bed, who, "concern.submit", words=f"A {word} troubles me.")
        await submit_form(bed, who, "welcome.take_part", choice="learn")
        await submit_form(bed, who, "welcome.introduce", words=f"Hello, I keep a {word}.")
        await submit_form(bed, who, "circles.join", circle=1)
        await submit_form(bed, who, "circles.skip_round", circle=1)
        await submit_form(bed, who, "mentoring.request", topics=word, goal=f"To keep a {word}.")
    await submit_form(bed, "marek", "circles.keep_apart", not_with="kofi")
    for mentor, who, word in (("kofi", "marek", MAREKS_WORD), ("lena", "nadia", NADIAS_WORD)):
        await submit_form(bed, mentor, "mentoring.offer", topics="birds")
        await submit_form(bed, "ines", "mentoring.propose_pair", mentor=mentor, mentee=who)
        await bed.settle()
        pair = (await pair_of(bed, who)).id
        await submit_form(bed, who, "mentoring.accept_mentor", pair=pair)
        await bed.settle()
        await submit_form(bed, mentor, "mentoring.accept_mentee", pair=pair)
        await bed.settle()
        await submit_form(bed, who, "mentoring.give_feedback", pair=pair, words=f"A {word} of a mentor.")
    await submit_form(bed, "nadia", "welcome.find_buddy")
    meeting = {"kind": "person", "words": "Meet {person}.", "day": 2, "person": "marek"}
    await submit_form(bed, "ines", "welcome.add_step", **meeting)
    await bed.settle()
    return bed
