"""Cards about a concern: to the coordinators who may know of it, and to its reporter."""

from facilitation.concern.values import Fallback, day_in_words
from facilitation.core.values.cards import Button, Buttons, Card, Name, Part, Small, Text
from facilitation.core.values.speech import card, listed, say
from storage.communities import Member
from storage.concern import Concern, ConcernState, Matter

# To coordinators ---------------------------------------------------------------------------------------


def raised(token: str, matter: Matter) -> Card:
    """News of a new concern, without its words."""
    return card(
        "A concern",
        "Somebody raised a concern and trusts you with it.",
        say("Urgency: {urgency}.", urgency=matter.urgency),
        Buttons((open_button(token),)),
        Small(say("Read it before you speak of it: it may not be meant for every coordinator.")),
        tone="careful",
    )


def added(token: str) -> Card:
    """News that the reporter added something, without the words."""
    words = "The person who raised a concern has added something."
    return card("A concern", words, Buttons((open_button(token),)))


def waiting(concern: Concern) -> Card:
    """A reminder of a concern that is not closed."""
    words = (
        say("A concern of {day} waits for somebody to take it in hand.", day=_day(concern))
        if concern.state is ConcernState.OPEN
        else say(
            "A concern of {day} is still in hand. If it is settled, please close it: that erases it.",
            day=_day(concern),
        )
    )
    return card("A concern", words, Buttons((open_button(concern.token),)))


def withdrawn() -> Card:
    """News that the reporter withdrew a concern."""
    return card("A concern", "A concern was withdrawn by the person who raised it, and is erased.")


def open_button(token: str) -> Button:
    """The button that shows a concern to a coordinator alone."""
    return Button("Open it", "concern.show", {"concern": token}, style="primary")


def full_concern(concern: Concern) -> Card:
    """The concern with its words, answers and buttons, as a coordinator reads it."""
    matter = concern.matter
    sender = (
        say("Raised on {day} by somebody who stays anonymous. I pass your answers on.", day=_day(concern))
        if matter.anonymous
        else say("Raised on {day} by {who}, in confidence.", day=_day(concern), who=Name(concern.reporter))
    )
    parts: list[Part] = [sender, say("Urgency: {urgency}.", urgency=matter.urgency)]
    if matter.excluded:
        names = listed([Name(one) for one in matter.excluded])
        parts.append(say("**Not meant for** {names}, who have not been told.", names=names))
    parts.append(say("{words}", words=matter.words))
    for remark in matter.remarks:
        who = say("They added") if remark.by is None else say("{who} answered", who=Name(remark.by))
        parts.append(say("_{day}_ {who}: {words}", day=day_in_words(remark.on), who=who, words=remark.words))
    if concern.state is ConcernState.IN_HAND and matter.assignee is not None:
        parts.append(say("{who} has it in hand.", who=Name(matter.assignee)))
    parts.append(_coordinators_buttons(concern))
    parts.append(Small(say("Closing it erases the words and who raised it. They hear that it is closed.")))
    return card("A concern", *parts, tone="careful")


def _coordinators_buttons(concern: Concern) -> Buttons:
    take = Button("Take it in hand", "concern.take", {"concern": concern.token}, style="primary")
    always = (
        Button("Answer", "concern.answer", {"concern": concern.token}),
        Button("Close it", "concern.close", {"concern": concern.token}, style="danger"),
    )
    return Buttons((take, *always) if concern.state is ConcernState.OPEN else always)


# To the reporter ---------------------------------------------------------------------------------------


def in_hand(concern: Concern, assignee: Member) -> Card:
    """News that a coordinator has taken the concern in hand."""
    return card(
        "Your concern is in hand",
        say("{who} looks after your concern of {day}.", who=assignee, day=_day(concern)),
        reporters_buttons(concern.token),
    )


def answered(concern: Concern, by: Member, words: str) -> Card:
    """A coordinator's answer."""
    return card(
        "About your concern",
        say("{who} answers:", who=by),
        say("{words}", words=words),
        reporters_buttons(concern.token, "Answer"),
        Small(_known_as(concern.matter)),
    )


def closed(concern: Concern, words: str) -> Card:
    """News that a coordinator has closed the concern, with their last words if there are any."""
    parts: list[Part] = [say("Your concern of {day} is closed.", day=_day(concern))]
    if words:
        parts.append(say("{words}", words=words))
    parts.append(say("What you wrote, and that it was you, is erased. `/cop concern` raises another."))
    return card("Your concern is closed", *parts)


def not_taken(concern: Concern, fallback: Fallback) -> Card:
    """News that no coordinator has taken the concern in hand, and whom else the reporter can turn to."""
    return card(
        "Your concern still waits",
        say("Nobody has taken up your concern of {day} yet. I remind them.", day=_day(concern)),
        say("{words}", words=fallback.words()),
        reporters_buttons(concern.token),
        tone="careful",
    )


def reporters_buttons(token: str, add: str = "Add something") -> Buttons:
    """What the reporter can do; `add` is the label of the button that adds a remark."""
    return Buttons(
        (
            Button(add, "concern.add_remark", {"concern": token}),
            Button("Withdraw it", "concern.withdraw", {"concern": token}),
        )
    )


def _known_as(matter: Matter) -> Text:
    if matter.anonymous:
        return say("You stay anonymous: they see your words, not your name.")
    return say("They know that it is you, and keep it to themselves.")


def _day(concern: Concern) -> str:
    return day_in_words(concern.opened_on)
