"""Cards about recaps. `composition.py` makes the recap itself."""

from datetime import datetime

from facilitation.core.values.cards import Button, Buttons, Card, Channel, Divider, Small, Text
from facilitation.core.values.speech import card, say
from facilitation.recap.periods import local_day_in_words, rhythm_in_words
from storage.communities import Community, Spot
from storage.recap import Recap


def preview(
    community: Community, spot: Spot, message: Card, recap: int, now: datetime, next_at: datetime
) -> Card:
    """A recap as it would be posted in a channel, with the buttons that decide about it."""
    intro = say(
        "This is what I would post in {place}. "
        "Once you have let one through, they come by themselves, {rhythm}.",
        place=Channel(spot.space, spot.handle),
        rhythm=rhythm_in_words(community, now),
    )
    buttons = Buttons(
        (
            Button("Post it", "recap.post_waiting", {"recap": recap}, style="primary"),
            Button("Skip this one", "recap.skip_waiting", {"recap": recap}),
        )
    )
    ignored = say(
        "If you press nothing, it is not posted, and I ask again on {day}.",
        day=local_day_in_words(next_at, community.zone),
    )
    return card(
        "A recap waits for your word",
        intro,
        Divider(),
        say("**{title}**", title=message.title),
        *message.parts,
        Divider(),
        buttons,
        Small(ignored),
    )


def decided(decision: Text) -> Card:
    """What replaces a preview once somebody decided."""
    return card("A recap waited for your word", decision)


def post_another(last: Recap) -> Card:
    """The question whether to post another recap soon after the last one, and of which period."""
    return card(
        "",
        say("The last recap was posted on {when}. Shall I post another one?", when=last.at),
        Buttons(
            (
                Button("What is new since then", "recap.post_another", {"last": last.id}),
                Button("All of it again", "recap.post_another", {"last": last.id, "same": True}),
            )
        ),
        Small(say("To mend the last one, take it back first: _Take back_ in the menu of the message.")),
    )
