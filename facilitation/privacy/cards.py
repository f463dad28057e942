"""Cards about personal data: what is stored, and what it means to be forgotten."""

from collections.abc import Sequence

from facilitation.core.people.contact import frequency_in_words
from facilitation.core.values.cards import Button, Buttons, Card, File, Item, Items, Part, Small
from facilitation.core.values.speech import card, count, say

LINES_SHOWN = 12
"""How many lines are shown under one heading. The file has them all."""


def stored_data(found: Sequence[tuple[str, Sequence[str]]]) -> Card:
    """Everything that is stored about a person, as lines under headings."""
    parts: list[Part] = []
    for heading, lines in found:
        parts.append(say("**{heading}**", heading=heading))
        parts.append(Items(tuple(Item(say("{line}", line=line)) for line in lines[:LINES_SHOWN])))
        if len(lines) > LINES_SHOWN:
            more = len(lines) - LINES_SHOWN
            parts.append(say("and {more} more, all of them in the file", more=more))
    parts += [
        Buttons(
            (
                Button("Send me the file", "privacy.export"),
                Button("Forget me", "privacy.forget", style="danger"),
            )
        ),
        Small(say("My operator can read what I keep. The file has every word of it.")),
    ]
    return card("What I keep about you", *parts)


def export_file(name: str, data: bytes) -> Card:
    """The direct message that carries the file."""
    return card(
        "",
        "Here is everything I keep about you.",
        File(name, data, "Everything kept about you, in JSON"),
        Small(say("I forget the file itself once you have it.")),
    )


def forget_question(*, is_only_coordinator: bool) -> Card:
    """What it means to be forgotten, and the button that does it."""
    consequences = [
        say("Your name, your account, your roles and all you told me about yourself are erased everywhere."),
        say("Of what you wrote only numbers stay: that something was written, not by whom and not what."),
        say("Links you shared stay on the shelf without your name. What you said about them goes."),
        say("Where I named or quoted you, I show my message again without you and without your words."),
        say("Where others wrote your name, I keep “someone” instead, or nothing."),
        say("What was planned for you, or on its way to you, is dropped."),
        say(
            "From then on I neither record what you write nor write to you. To know that it is you, I keep "
            "one scrambled code for each of your accounts, and nothing else."
        ),
        say("Your own messages stay where you wrote them. You can delete those yourself."),
    ]
    parts: list[Part] = [say("This cannot be undone."), Items(tuple(Item(one) for one in consequences))]
    if is_only_coordinator:
        parts.append(
            say(
                "**You are the only coordinator here.** Better hand over first: "
                "`/coordinate coordinators handover`"
            )
        )
    parts += [
        Buttons(
            (
                Button("Erase everything about me", "privacy.forget_now", style="danger"),
                Button("Show me what there is", "privacy.show"),
                Button("Just don’t write to me", "privacy.set_quiet", {"on": True}),
            )
        ),
        Small(say("If you ever change your mind, type `/cop home`: then you are a member anew.")),
    ]
    return card("Shall I forget you?", *parts, tone="careful")


def forgotten(revised: int) -> Card:
    """The last card a person gets. `revised` posts of the bot are shown anew without them."""
    parts: list[Part] = [say("Everything I kept about you is erased. Thank you for having been here.")]
    if revised:
        parts.append(
            count(
                revised,
                "One message of mine that names or quotes you is being mended.",
                "{n} messages of mine that name or quote you are being mended, one after the other.",
            )
        )
    parts.append(Small(say("Should you ever wish to be a member again, type `/cop home`.")))
    return card("You are forgotten", *parts, tone="good")


def quiet_saved(*, is_quiet: bool, weekly: int) -> Card:
    """Whether the bot may write unasked, with the button for the opposite. `weekly` is the contact budget."""
    if is_quiet:
        words = say("From now on I write to you only when you ask me something.")
        back = Button("You may write to me", "privacy.set_quiet", {"on": False})
    else:
        often = frequency_in_words(weekly)
        words = say("I may write to you now and then again, at most {often} and never at night.", often=often)
        back = Button("Don’t write to me", "privacy.set_quiet", {"on": True})
    return card("", words, Buttons((back,)), tone="good")
