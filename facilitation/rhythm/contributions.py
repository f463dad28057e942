"""What this room contributes to the home card and to the recap: what is coming."""

from datetime import timedelta

from facilitation.core.features.contributions import Period, Section
from facilitation.core.values.cards import Button, Buttons, Channel, Item, Items, Part
from facilitation.core.values.commands import Context
from facilitation.core.values.speech import say
from facilitation.rhythm.facilitators import turn_buttons
from facilitation.rhythm.feature import feature
from facilitation.rhythm.jobs import why_not
from facilitation.rhythm.recurrence import Occurrence
from storage.communities import Community
from storage.rhythm import Leader, Rhythm, Rhythms

WEEK = timedelta(days=7)
COMING_AT_MOST = 5


@feature.home("dates")
async def on_next(context: Context, rhythms: Rhythms) -> list[Part]:
    """What comes next, and how to take part in it."""
    there = await rhythms.all()
    coming = [one for one in there if comes(context.community, one)]
    parts: list[Part] = []
    if coming:
        soonest = min(coming, key=lambda one: (one.next_at is None, one.next_at))
        assert soonest.next_at is not None
        place = Channel(soonest.space, soonest.place)
        parts.append(
            say(
                "Next: **{name}** in {place} on {when}.", name=soonest.name, place=place, when=soonest.next_at
            )
        )
        buttons = [Button("Suggest a prompt", "rhythm.suggest")]
        for rhythm in coming:
            if rhythm.leader is not Leader.ROTATING:
                continue
            if context.member.id in {turn.member for turn in await rhythms.volunteers(rhythm.id)}:
                parts.append(say("You take turns facilitating **{name}**.", name=rhythm.name))
                buttons += turn_buttons(rhythm.id)
            else:
                label = f"Facilitate {rhythm.name}"
                buttons.append(Button(label, "rhythm.take_turns", {"rhythm": rhythm.id}))
        parts.append(Buttons(tuple(buttons[:5])))
    return parts


@feature.recap("coming")
async def coming_up(period: Period, community: Community, rhythms: Rhythms) -> Section | None:
    """The prompts of the week after the recap; no news, hence without weight."""
    coming = [
        one
        for one in await rhythms.all()
        if comes(community, one) and one.next_at is not None and one.next_at < period.until + WEEK
    ]
    if not coming:
        return None
    coming.sort(key=lambda one: (one.next_at is None, one.next_at))
    lines = Items(tuple(_line(one) for one in coming[:COMING_AT_MOST]))
    return Section("Coming up", (lines,), weight=0)


def comes(community: Community, rhythm: Rhythm) -> bool:
    """Whether the date that is planned will be posted, as far as is known now."""
    if rhythm.next_at is None or rhythm.next_day is None:
        return False
    return not why_not(community, rhythm, Occurrence(rhythm.next_day, rhythm.next_at), rhythm.next_at)


def _line(rhythm: Rhythm) -> Item:
    assert rhythm.next_at is not None
    place = Channel(rhythm.space, rhythm.place)
    return Item(say("**{name}** in {place} on {when}", name=rhythm.name, place=place, when=rhythm.next_at))
