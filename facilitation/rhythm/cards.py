"""Cards of rhythms."""

from datetime import datetime

from facilitation.core.values.cards import Arg, Button, Buttons, Card, Channel, Part, Small
from facilitation.core.values.local_time import moment_in_words
from facilitation.core.values.speech import card, say
from storage.communities import Member
from storage.rhythm import Prompt, Rhythm

YOUR_TURN = "Your turn to facilitate"


def prompt(rhythm: Rhythm, next_prompt: Prompt, facilitator: Member | None) -> Card:
    """A prompt as it is posted."""
    parts: list[Part] = [say("{words}", words=next_prompt.words)]
    if facilitator is not None:
        parts.append(Small(say("{who} looks after the answers.", who=facilitator)))
    return card(rhythm.name, *parts)


def post_another(rhythm: Rhythm, last: datetime) -> Card:
    """The question whether to post another prompt soon after the last one."""
    return card(
        "",
        say(
            "The last prompt was posted at {when}. Shall I post another one?",
            when=moment_in_words(last, rhythm.zone),
        ),
        Buttons((Button("Post another", "rhythm.post_now", {"rhythm": rhythm.id, "again": True}),)),
    )


def your_turn(rhythm: Rhythm, next_prompt: Prompt) -> Card:
    """The message to the facilitator of the next date: the prompt, and what helps."""
    assert rhythm.next_at is not None
    args: dict[str, Arg] = {"rhythm": rhythm.id, "day": str(rhythm.next_day)}
    return card(
        YOUR_TURN,
        say(
            "On {when} I post this in {place}, under **{name}**:",
            when=moment_in_words(rhythm.next_at, rhythm.zone),
            place=Channel(rhythm.space, rhythm.place),
            name=rhythm.name,
        ),
        say("“{words}”", words=next_prompt.words),
        "What helps: give an answer of your own early on, thank each person with one line or one question, "
        "and after a day or two say in a sentence what came together.",
        Buttons(
            (
                Button("I will", "rhythm.accept_turn", args, style="primary"),
                Button("Swap me out", "rhythm.pass_turn", args),
            )
        ),
    )


def turn_buttons(rhythm: int) -> tuple[Button, ...]:
    """What a volunteer of a rhythm can change."""
    args: dict[str, Arg] = {"rhythm": rhythm}
    return (
        Button("I am away", "rhythm.set_away", args),
        Button("No more turns", "rhythm.stop_volunteering", args),
    )
