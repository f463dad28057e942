"""A whole mentor pair in a rehearsal of the sample, as docs/mentoring.md shows it.

`python -m tests.bot.mentoring_transcript` writes it there anew.
"""

import asyncio
from datetime import datetime
from pathlib import Path

from adapters.archive.sample import sample_archive
from adapters.archive.transcript import Entry, words_of
from bot.rehearsal import Play, Rehearsal, rehearse
from bot.script import load_script
from facilitation.core.platforms.surface import RenderableCard
from facilitation.core.values.cards import buttons_in

DOCS = Path(__file__).parents[2] / "docs" / "mentoring.md"
SCRIPT = Path(__file__).parent / "mentoring_script.toml"
BEGIN, END = "<!-- rehearsed: begin -->\n", "<!-- rehearsed: end -->\n"


def rehearsed() -> Rehearsal:
    """The sample with the script, by its own coordinator."""
    archive = sample_archive()
    play = Play(coordinator="ines", tuesday_prompt=False)
    return asyncio.run(rehearse(archive.roster(), archive.events(), play, load_script(SCRIPT)))


def transcript(result: Rehearsal) -> str:
    """What each of them read and pressed, in the order of time, as Markdown."""
    said = [(entry.at, _message(entry, result)) for entry in result.entries if entry.feature == "mentoring"]
    done: list[tuple[datetime, str]] = []
    pressed = {step.at: step for step in load_script(SCRIPT) if step.press}
    for at, who, answer in result.answers:
        step = pressed.get(at)
        if step is not None:
            reply = _quote(answer.renderable) if answer.renderable is not None else "> _(a form opens)_"
            done.append((at, f"**{result.people[who]}** presses _{step.press}_ ({_time(at)}):\n\n{reply}"))
    # What somebody did comes before what followed from it at the same time.
    return "\n\n".join(text for _, text in sorted([*done, *said], key=lambda line: line[0])) + "\n"


def written(text: str) -> str:
    """The document with this transcript in its place."""
    before, _, rest = DOCS.read_text("utf-8").partition(BEGIN)
    return f"{before}{BEGIN}{text}{END}{rest.partition(END)[2]}"


def _message(entry: Entry, result: Rehearsal) -> str:
    people = " and ".join(result.people[one] for one in entry.address.people)
    place = f"**To {people}**" if people else f"**In #{result.places[entry.address.handle]}**"
    return f"{place} ({_time(entry.at)}):\n\n{_quote(entry.first)}"


def _quote(renderable: RenderableCard) -> str:
    title = [f"**{renderable.card.title}**"] if renderable.card.title else []
    labels = [f"[{button.label}]" for button in buttons_in(renderable.card)]
    lines = [*title, *words_of(renderable).splitlines(), *([" ".join(labels)] if labels else [])]
    return "\n>\n".join(f"> {line}" for line in lines)


def _time(at: datetime) -> str:
    return f"{at:%a %d %b, %H:%M} UTC"


if __name__ == "__main__":
    DOCS.write_text(written(transcript(rehearsed())), "utf-8")
