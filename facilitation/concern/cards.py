"""What is said about a concern: sealed on its way, to each by direct message, never in a channel."""

from facilitation.concern.feature import Fallback, day_in_words, hearers
from facilitation.core.values.cards import Button, Buttons, Card, Direct, Name, Part, Small, Text
from facilitation.core.values.effects import Post
from facilitation.core.values.speech import card, listed, say
from storage.communities import Member, People
from storage.concern import Concern, ConcernState, Matter

# To coordinators ---------------------------------------------------------------------------------------


async def to_hearers(
    people: People, concern: Concern, message: Card, key: str, but: int | None = None
) -> list[Post]:
    """To each coordinator who may know of it."""
    told = await hearers(people, concern.matter.excluded)
    return [to_member(one.id, concern.token, message, f"{key}:{one.id}") for one in told if one.id != but]


def raised(token: str, matter: Matter) -> Card:
    """That there is a concern, without a word of it."""
    return card(
        "A concern",
        "Somebody raised a concern and trusts you with it.",
        say("Urgency: {urgency}.", urgency=matter.urgency),
        _opening(token),
        Small(say("Read it before you speak of it: it may not be meant for every coordinator.")),
        tone="careful",
    )


def added(token: str) -> Card:
    """That there is more to read."""
    return card("A concern", "Whoever raised a concern has added something.", _opening(token))


def waiting(concern: Concern) -> Card:
    """That it is still there."""
    words = (
        say("A concern of {day} waits for somebody to take it in hand.", day=day_in_words(concern.opened_on))
        if concern.state is ConcernState.OPEN
        else say(
            "A concern of {day} is still in hand. If it is settled, please close it: that erases it.",
            day=day_in_words(concern.opened_on),
        )
    )
    return card("A concern", words, _opening(concern.token))


def withdrawn() -> Card:
    """That it is over by the wish of whoever raised it."""
    return card("A concern", "A concern was withdrawn by whoever raised it, and is erased.")


def _opening(token: str) -> Buttons:
    return Buttons((Button("Open it", "concern.look", {"concern": token}, style="primary"),))


def whole(concern: Concern) -> Card:
    """A concern as a coordinator sees it, alone."""
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
    parts.append(_choices(concern))
    parts.append(Small(say("Closing it erases the words and who raised it. They hear that it is closed.")))
    return card("A concern", *parts, tone="careful")


def _choices(concern: Concern) -> Buttons:
    take = Button("Take it in hand", "concern.take", {"concern": concern.token}, style="primary")
    always = (
        Button("Answer", "concern.answer", {"concern": concern.token}),
        Button("Close it", "concern.close", {"concern": concern.token}, style="danger"),
    )
    return Buttons((take, *always) if concern.state is ConcernState.OPEN else always)


# To whoever raised it ----------------------------------------------------------------------------------


def to_reporter(concern: Concern, message: Card, key: str) -> Post:
    """To whoever raised it; only the courier opens to whom that is."""
    return to_member(concern.reporter, concern.token, message, key)


def to_member(member: int, token: str, message: Card, key: str) -> Post:
    """One sealed direct message."""
    return Post(Direct(member), message, f"concern:{token}:{key}", sealed=True)


def in_hand(concern: Concern, assignee: Member) -> Card:
    """That somebody looks after it."""
    return card(
        "Your concern is in hand",
        say("{who} looks after your concern of {day}.", who=assignee, day=_day(concern)),
        own_choices(concern.token),
    )


def answered(concern: Concern, by: Member, words: str) -> Card:
    """What a coordinator says to it."""
    return card(
        "About your concern",
        say("{who} answers:", who=by),
        say("{words}", words=words),
        own_choices(concern.token, "Answer"),
        Small(_as_whom(concern.matter)),
    )


def closed(concern: Concern, words: str) -> Card:
    """That it is over."""
    parts: list[Part] = [say("Your concern of {day} is closed.", day=_day(concern))]
    if words:
        parts.append(say("{words}", words=words))
    parts.append(say("What you wrote, and that it was you, is erased. `/cop concern` raises another."))
    return card("Your concern is closed", *parts)


def not_taken(concern: Concern, fallback: Fallback) -> Card:
    """That nobody has looked after it so far, and who else there is."""
    return card(
        "Your concern still waits",
        say("Nobody has taken up your concern of {day} yet. I remind them.", day=_day(concern)),
        say("{words}", words=fallback.words()),
        own_choices(concern.token),
        tone="careful",
    )


def own_choices(token: str, add: str = "Add something") -> Buttons:
    """What whoever raised a concern can do with it."""
    return Buttons(
        (
            Button(add, "concern.add", {"concern": token}),
            Button("Withdraw it", "concern.withdraw", {"concern": token}),
        )
    )


def _as_whom(matter: Matter) -> Text:
    if matter.anonymous:
        return say("You stay anonymous: they see your words, not your name.")
    return say("They know that it is you, and keep it to themselves.")


def _day(concern: Concern) -> str:
    return day_in_words(concern.opened_on)
