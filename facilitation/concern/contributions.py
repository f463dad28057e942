"""What concerns add to the home card and to a coordinator's own desk; never to anything that is posted."""

from facilitation.concern import cards
from facilitation.concern.feature import feature
from facilitation.concern.values import day_in_words
from facilitation.core.features.contributions import DeskItem
from facilitation.core.values.cards import Part
from facilitation.core.values.commands import Context
from facilitation.core.values.speech import say
from storage.concern import Concerns, ConcernState


@feature.home("safety")
async def own_concerns(context: Context, concerns: Concerns) -> list[Part]:
    """The member's own concerns that are not closed."""
    parts: list[Part] = []
    for one in await concerns.raised_by(context.member.id):
        day, state = day_in_words(one.opened_on), one.state.in_words
        parts += [
            say("Your concern of {day} is {state}.", day=day, state=state),
            cards.reporters_buttons(one.token),
        ]
    return parts


@feature.personal_desk("concerns")
async def running_concerns(context: Context, concerns: Concerns) -> list[DeskItem]:
    """The concerns that are not closed and that this coordinator may know of."""
    return [
        DeskItem(
            say("A concern of {day} is {state}.", day=day_in_words(one.opened_on), state=one.state.in_words),
            say("If ignored: I remind you, and tell the person who raised it where else to turn.")
            if one.state is ConcernState.OPEN
            else say("If ignored: I remind you once a month."),
            (cards.open_button(one.token),),
        )
        for one in await concerns.running()
        if one.is_for(context.member.id)
    ]
