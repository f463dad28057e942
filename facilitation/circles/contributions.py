"""Circles on the home card and on the desk."""

from facilitation.circles.cards import MIN_PEOPLE_SHOWN
from facilitation.circles.feature import feature
from facilitation.circles.schedule import next_round
from facilitation.core.features.contributions import DeskItem
from facilitation.core.values.cards import Button, Buttons, Part
from facilitation.core.values.commands import Context
from facilitation.core.values.speech import say
from storage.circles import Circles
from storage.communities import Community

MAX_BUTTONS = 5


@feature.home("people")
async def my_circles(context: Context, circles: Circles) -> list[Part]:
    """The next rounds of the reader's circles, and buttons to join others."""
    joined = await circles.joined(context.member.id)
    parts: list[Part] = []
    buttons: list[Button] = []
    for circle in await circles.running():
        seat = joined.get(circle.id)
        if seat is None:
            buttons.append(Button(f"Join {circle.name}", "circles.join", {"circle": circle.id}))
            continue
        coming = next_round(circle, context.community, except_day=seat.skip_day)
        if coming is None:
            parts.append(say("Your circle **{name}** rests at the moment.", name=circle.name))
            continue
        parts.append(
            say("Your circle **{name}** has its next round on {when}.", name=circle.name, when=coming.at)
        )
        if coming == next_round(circle, context.community):
            buttons.append(Button(f"Skip {circle.name}", "circles.skip_round", {"circle": circle.id}))
    return [*parts, *([Buttons(tuple(buttons[:MAX_BUTTONS]))] if buttons else [])]


@feature.desk("people")
async def circles_in_trouble(community: Community, circles: Circles) -> list[DeskItem]:
    """Circles without a channel, and circles that hardly anybody joined though people were invited."""
    items = []
    for circle in await circles.running():
        pause = Button(f"Pause {circle.name}", "circles.pause", {"circle": circle.id})
        if circle.gone:
            items.append(
                DeskItem(
                    say("The channel of the circle **{name}** is gone.", name=circle.name),
                    say("If ignored: groups are made as before, and nobody new is invited."),
                    (pause,),
                )
            )
        elif (
            circle.opened_day is not None
            and not circle.paused
            and len(await circles.seats(circle.id)) < MIN_PEOPLE_SHOWN
        ):
            items.append(
                DeskItem(
                    say("Fewer than three people are in the circle **{name}**.", name=circle.name),
                    say("If ignored: I go on inviting people. A word from you would help."),
                    (pause,),
                )
            )
    return items
