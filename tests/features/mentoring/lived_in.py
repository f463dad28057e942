"""How members of the lived-in community use mentoring."""

from tests.features.community import submit_form
from tests.features.lived_in import MAREKS_WORD, NADIAS_WORD, WORDS
from tests.features.mentoring.steps import pair_of
from tests.testbed import Testbed


async def live(bed: Testbed) -> None:
    """Marek and nadia are mentees of kofi and lena, and give feedback."""
    for who, word in WORDS.items():
        await submit_form(bed, who, "mentoring.request", topics=word, goal=f"To keep a {word}.")
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
