"""A community in which every feature has been used."""

from bot.features import FEATURES
from facilitation.core.values.clock import VirtualClock
from storage.unit import Units
from tests.features.coordinating import ask_of, running
from tests.features.mentoring.mentoring_steps import pair_of
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
    bed = await running(units, clock, features=FEATURES, people=("ines", "kofi", "lena"))
    args = {"channel": "general", "deck": "Visits", "when": "tue at 10:00"}
    await bed.press("ines", await ask_of(bed, "ines", "rhythm.draft", name="Round", **args), "Save")
    turns = {"rhythm": 1, "leader": "rotating", **args}
    await bed.press("ines", await ask_of(bed, "ines", "rhythm.draft_change", name="Round", **turns), "Save")
    coffee = {"channel": "general"}
    await bed.press("ines", await ask_of(bed, "ines", "circles.draft", name="Coffee", **coffee), "Save")
    for who, word in (("marek", MAREKS_WORD), ("nadia", NADIAS_WORD)):
        await bed.join(who)
        about = {"interests": word, "expertise": f"{word}-keeping", "line": f"I am a {word}."}
        await ask_of(bed, who, "charter.edit_profile", **about, buddy=True)
        await ask_of(
            bed, who, "resources.share", url=f"https://{who}.example/", note=f"All about the {word}."
        )
        await ask_of(bed, who, "resources.share", url="https://shared.example/", note=f"A {word} told me.")
        message = await bed.write(who, f"{word}: https://a.example/{who} or https://b.example/{who}?")
        saved = {"place": "general", "message": message.message, "text": message.text, "author": who}
        await ask_of(bed, who, "resources.save_from_message", **saved)
        await ask_of(bed, "kofi", "resources.save_from_message", **saved)
        await ask_of(bed, who, "rhythm.suggest_prompt", words=f"Why a {word}?", deck="Visits")
        await bed.press(who, await bed.send(who, "/cop home"), "Facilitate Round")
        for step in ("add_role", "remove_role"):
            await ask_of(bed, "ines", f"coordination.{step}", who=who, role="keeper")
        await ask_of(bed, who, "coordination.leave_note", role="keeper", note=f"Mind the {word}.")
        await ask_of(bed, who, "concern.submit", words=f"A {word} troubles me.")
        await ask_of(bed, who, "welcome.take_part", choice="learn")
        await ask_of(bed, who, "welcome.introduce", words=f"Hello, I keep a {word}.")
        await ask_of(bed, who, "circles.join", circle=1)
        await ask_of(bed, who, "circles.skip_round", circle=1)
        await ask_of(bed, who, "mentoring.request", topics=word, goal=f"To keep a {word}.")
    await ask_of(bed, "marek", "circles.keep_apart", not_with="kofi")
    for mentor, who, word in (("kofi", "marek", MAREKS_WORD), ("lena", "nadia", NADIAS_WORD)):
        await ask_of(bed, mentor, "mentoring.offer", topics="birds")
        await ask_of(bed, "ines", "mentoring.propose_pair", mentor=mentor, mentee=who)
        await bed.settle()
        pair = (await pair_of(bed, who)).id
        await ask_of(bed, who, "mentoring.accept_mentor", pair=pair)
        await bed.settle()
        await ask_of(bed, mentor, "mentoring.accept_mentee", pair=pair)
        await bed.settle()
        await ask_of(bed, who, "mentoring.give_feedback", pair=pair, words=f"A {word} of a mentor.")
    await ask_of(bed, "nadia", "welcome.find_buddy")
    meeting = {"kind": "person", "words": "Meet {person}.", "day": 2, "person": "marek"}
    await ask_of(bed, "ines", "welcome.add_step", **meeting)
    await bed.settle()
    return bed
