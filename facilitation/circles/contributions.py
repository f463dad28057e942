"""What this room adds to the home card and to the desk."""

from facilitation.circles.cards import TELLING
from facilitation.circles.feature import feature
from facilitation.circles.schedule import coming_date
from facilitation.core.features.contributions import DeskItem
from facilitation.core.values.cards import Button, Buttons, Part
from facilitation.core.values.commands import Context
from facilitation.core.values.speech import say
from storage.circles import Circles
from storage.communities import Community

BUTTONS_AT_MOST = 5


@feature.home("people")
async def my_circles(context: Context, circles: Circles) -> list[Part]:
    """When mine meet next, and which others there are."""
    joined = await circles.joined(context.member.id)
    parts: list[Part] = []
    buttons: list[Button] = []
    for circle in await circles.running():
        seat = joined.get(circle.id)
        if seat is None:
            buttons.append(Button(f"Join {circle.name}", "circles.join", {"circle": circle.id}))
            continue
        date_of = coming_date(circle, context.community, but=seat.skip_day)
        if date_of is None:
            parts.append(say("Your circle **{name}** rests at the moment.", name=circle.name))
            continue
        parts.append(
            say("Your circle **{name}** has its next round on {when}.", name=circle.name, when=date_of.at)
        )
        if date_of == coming_date(circle, context.community):
            buttons.append(Button(f"Skip {circle.name}", "circles.skip", {"circle": circle.id}))
    return [*parts, *([Buttons(tuple(buttons[:BUTTONS_AT_MOST]))] if buttons else [])]


@feature.desk("people")
async def small_circles(community: Community, circles: Circles) -> list[DeskItem]:
    """Circles in which hardly anybody is, once people were invited; and those whose channel is gone."""
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
            and len(await circles.seats(circle.id)) < TELLING
        ):
            items.append(
                DeskItem(
                    say("Fewer than three people are in the circle **{name}**.", name=circle.name),
                    say("If ignored: I go on inviting people. A word from you would help."),
                    (pause,),
                )
            )
    return items
