"""Cards that show the charter, what the bot stores, and what it can do."""

from collections.abc import Iterable

from facilitation.core.features.feature import Endpoint
from facilitation.core.people.contact import frequency_in_words
from facilitation.core.values.cards import Card, Fields, Item, Items, Part, Text
from facilitation.core.values.cards import Field as Row
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.forms import help_of
from facilitation.core.values.speech import card, listed, say
from storage.communities import Community, Member

# The charter -------------------------------------------------------------------------------------


def charter_parts(charter: CharterText, coordinators: list[Member]) -> list[Part]:
    """The sections of the charter that have been written, and who coordinates."""
    rows: list[Row] = []
    if charter.domain:
        rows.append(Row("What we care about", say("{domain}", domain=charter.domain)))
    if charter.purpose:
        rows.append(Row("What we are here for", say("{purpose}", purpose=charter.purpose)))
    if charter.goals:
        rows.append(Row("What we want to reach", say("{goals}", goals=_bullets(charter.goals))))
    if charter.ground_rules:
        rows.append(Row("Ground rules", say("{rules}", rules=_bullets(charter.ground_rules))))
    names = listed(list(coordinators)) if coordinators else say("Nobody yet.")
    rows.append(Row("Who coordinates", names))
    return [Fields(tuple(rows))]


def _bullets(lines: tuple[str, ...]) -> str:
    return "\n".join(f"• {line}" for line in lines)


def retention_parts(community: Community) -> list[Part]:
    """What the bot stores and how to opt out, in much the same words as the first post after *Begin*."""
    return [
        say(
            "**What I keep.** In this community’s channels: who wrote when, in which thread{begins}. "
            "After thirteen months only daily counts are left. I read no direct messages between people.",
            begins=", and the first 200 characters for five weeks" if community.keep_excerpts else "",
        ),
        say(
            "**Your say.** `/cop privacy show` is everything I keep about you, `/cop privacy forget` erases "
            "it, and with `/cop privacy quiet` I write to you only when you ask me something."
        ),
    ]


# Help --------------------------------------------------------------------------------------------


def help_items(endpoints: Iterable[Endpoint]) -> Items:
    """One entry for each slash command, with its help text."""
    return Items(tuple(_help_item(endpoint) for endpoint in endpoints))


def _help_item(endpoint: Endpoint) -> Item:
    return Item(
        say("`{command}`", command=f"/{endpoint.root} {endpoint.words}"),
        say("{help}", help=help_of(endpoint.command)),
    )


def labels_in_words(endpoints: Iterable[Endpoint]) -> Text:
    """The labels of message actions as one text."""
    return listed([say("_{label}_", label=endpoint.label) for endpoint in endpoints])


# Profile -----------------------------------------------------------------------------------------


def profile_saved(
    interests: tuple[str, ...], expertise: tuple[str, ...], *, weekly: int, contact: bool, buddy: bool
) -> Card:
    """What a member has just saved, and what follows from it. `weekly` is their contact budget."""
    rows: list[Row] = []
    if interests:
        rows.append(Row("You would like to learn", _topics(interests)))
    if expertise:
        rows.append(Row("You can help with", _topics(expertise)))
    parts: list[Part] = [Fields(tuple(rows))] if rows else []
    if contact:
        often = frequency_in_words(weekly)
        parts.append(say("I may write to you now and then, at most {often}.", often=often))
    else:
        parts.append(say("I will only answer when you ask me something."))
    if buddy:
        parts.append(say("When a newcomer would like a buddy, I may introduce the two of you. Thank you."))
    return card("Noted, thank you", *parts, tone="good")


def _topics(topics: tuple[str, ...]) -> Text:
    return say("{topics}", topics=", ".join(topics))
