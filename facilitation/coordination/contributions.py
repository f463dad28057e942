"""What coordination adds to the desk."""

from facilitation.coordination.cards import hush_end, renewal
from facilitation.coordination.feature import feature
from facilitation.coordination.terms import end_of, is_last_coordinator
from facilitation.core.features.contributions import DeskItem
from facilitation.core.values.cards import Button
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Role
from facilitation.core.values.speech import say
from storage.communities import Community, People, Use
from storage.coordination import Terms


@feature.desk("setup")
async def first_steps(community: Community, people: People, clock: Clock) -> list[DeskItem]:
    """What is missing before the bot can work."""
    if community.begun_at is None:
        first = "coordination.begin" if community.configured else "coordination.edit_settings"
        label = "Begin" if community.configured else "Settings"
        return [
            DeskItem(
                say("We have not begun yet."),
                say("If ignored: I stay silent."),
                (Button(label, first, style="primary"),),
            )
        ]
    uses = {use for spot in await people.spots() if not spot.archived for use in spot.uses}
    items: list[DeskItem] = []
    if Use.RECAP not in uses:
        items.append(
            DeskItem(
                say("No channel is set for the weekly recap."),
                say("If ignored: there is no recap."),
                (Button("Settings", "coordination.edit_settings"),),
            )
        )
    if community.is_hushed(clock.now()):
        lift = Button("Speak again", "coordination.lift_hush")
        items.append(DeskItem(say("I am hushed."), hush_end(community), (lift,)))
    return items


@feature.desk("roles")
async def overdue_term(community: Community, people: People, terms: Terms, clock: Clock) -> list[DeskItem]:
    """The only coordinator, if their term is over: it goes on until somebody else coordinates."""
    now, zone = clock.now(), community.zone
    overdue = [one for one in await terms.held() if one.until is not None and end_of(one.until, zone) <= now]
    if not overdue:
        return []
    coordinators = await people.holders(Role.COORDINATOR)
    return [
        DeskItem(
            say("{who}’s term as coordinator is over, and nobody else coordinates.", who=held.member),
            say("If ignored: they go on until somebody does."),
            (renewal(held, held.until), Button("Add a coordinator", "coordination.add_coordinator")),
        )
        for held in overdue
        if held.until is not None and is_last_coordinator(held, coordinators)
    ]
