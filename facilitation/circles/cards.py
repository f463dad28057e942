"""What people read in a circle: the invitation, the introduction, and whether they met."""

from collections.abc import Sequence
from datetime import datetime

from facilitation.circles.dates import Date, day_in_words, moment_in_words
from facilitation.core.values.cards import Arg, Button, Buttons, Card, Mention, Name, Small, Text
from facilitation.core.values.speech import card, count, listed, say
from storage.circles import Circle, Group, MeetingAnswer

TELLING = 3
"""Of fewer people no number is told."""

ICEBREAKERS = (
    "What did you change your mind about this year?",
    "What are you a little proud of, and hardly anybody knows?",
    "Which small tool or trick do you use every day?",
    "What would you like to be asked about more often?",
    "How did you come to do what you do?",
    "What took you far longer than it should have, lately?",
    "Which question are you carrying around at the moment?",
    "What would you do with a free week at work?",
    "Who taught you something that you still use?",
    "What did you learn the hard way, so that others need not?",
    "What is the best thing you read, saw or heard this month?",
    "Where do you go when you need to think?",
)


# The sign-up post ----------------------------------------------------------------------------------


def invitation(circle: Circle, at: datetime) -> Card:
    """Before a round."""
    return card(
        circle.name,
        say(
            "The next round is on {when}. Then I bring together small groups of people who hardly know each "
            "other yet, for half an hour and a coffee, wherever you are.",
            when=at,
        ),
        say("**Join** once and you are in each time. If you are in already, there is nothing to do."),
        Buttons(
            (
                Button("Join", "circles.join", {"circle": circle.id}, style="primary"),
                Button("Skip this time", "circles.skip", {"circle": circle.id}),
            )
        ),
    )


def made(circle: Circle, people: int, groups: int, next_date: Date | None) -> Card:
    """After it: the post says how it went, and the way in stays open."""
    if people < TELLING:
        line = say("This round is on its way.")
    else:
        line = count(
            groups, "{people} people meet in one group.", "{people} people meet in {n} groups.", people=people
        )
    return card(circle.name, line, _next(circle, next_date), _way_in(circle))


def not_made(circle: Circle, why: str, next_date: Date | None) -> Card:
    """The round did not take place, and why."""
    words = _WHY.get(why, f"No round this time: {why}.")
    return card(circle.name, say("{why}", why=words), _next(circle, next_date), _way_in(circle))


_WHY = {
    "late": "I was away when this round was due, so there was none. My apologies.",
    "paused": "This circle rests for the moment.",
    "hushed": "No round this time, as it is quiet here just now.",
    "nobody was in": "Nobody was in this time, so there was no round.",
    "too few people": "There were too few people for a group this time.",
}


def _next(circle: Circle, next_date: Date | None) -> Text:
    if next_date is None:
        return say("When it goes on, I invite you again.")
    return say("The next one is on {when}.", when=moment_in_words(next_date.at, circle.zone))


def _way_in(circle: Circle) -> Buttons:
    return Buttons((Button("Join", "circles.join", {"circle": circle.id}),))


# In the group --------------------------------------------------------------------------------------


def introduction(
    circle: Circle, members: Sequence[int], round_: int, next_date: Date | None, note: str = ""
) -> Card:
    """A group is brought together; somebody is asked to begin; `note` says who else can read along.

    The icebreaker is another one from round to round, so that nobody has the same twice in a row.
    """
    begins = members[round_ % len(members)]
    return card(
        circle.name,
        say(
            "{people}: you are a group this time. Find half an hour for a coffee, a walk or a call{until}.",
            people=listed([Mention(member) for member in members]),
            until=say(" before {day}", day=day_in_words(next_date.day)) if next_date else say(""),
        ),
        say("{who}, would you begin, with two times that suit you?", who=Name(begins)),
        say("Something to start with: {question}", question=ICEBREAKERS[round_ % len(ICEBREAKERS)]),
        Small(
            say("Just you in here.{note} In a few days I ask how it went.", note=f" {note}" if note else "")
        ),
    )


def joined_by(circle: Circle, newcomer: int, others: Sequence[int]) -> Card:
    """Somebody whose group has become too small joins another one."""
    return card(
        circle.name,
        say(
            "{others}, may {new} join you? Their own group has become too small, and the more the merrier.",
            others=listed([Mention(member) for member in others]),
            new=Mention(newcomer),
        ),
        say("From now on you are one group, in here. Have a good time together."),
    )


def did_you_meet(group: Group) -> Card:
    """The one question after a round."""
    return card("", say("Did you meet?"), _answers(group, *MeetingAnswer))


def answered(group: Group, answer: MeetingAnswer, circle: Circle, next_date: Date | None) -> Card:
    """What stands there once somebody answered."""
    match answer:
        case MeetingAnswer.MET:
            return card("", say("You met. Lovely to hear."), tone="good")
        case MeetingAnswer.PLANNED:
            words = say("It is planned. Have a good time.")
            return card("", words, _answers(group, MeetingAnswer.MET, MeetingAnswer.COULD_NOT))
        case MeetingAnswer.COULD_NOT:
            words = say("Not this time, and that is fine.")
            return card("", words, _next(circle, next_date), _answers(group, MeetingAnswer.MET))


_LABELS = {
    MeetingAnswer.MET: "We met",
    MeetingAnswer.PLANNED: "It is planned",
    MeetingAnswer.COULD_NOT: "We couldn’t",
}


def _answers(group: Group, *answers: MeetingAnswer) -> Buttons:
    buttons = []
    for one in answers:
        args: dict[str, Arg] = {"group": group.id, "answer": one.value}
        buttons.append(Button(_LABELS[one], "circles.met", args))
    return Buttons(tuple(buttons))


# To one person -------------------------------------------------------------------------------------


def no_group(circle: Circle, next_date: Date | None) -> Card:
    """For whom no group was found: nobody sits there alone and waits."""
    return card(
        circle.name,
        say("There were too few people for a group with you this time. Thank you for being in."),
        *_after_skip(circle, next_date),
    )


def group_is_gone(circle: Circle, next_date: Date | None) -> Card:
    """The others of a group are no longer there, and no other group is."""
    return card(
        circle.name,
        say("Your group has become too small to meet, and there is no other one this time."),
        *_after_skip(circle, next_date),
    )


def _after_skip(circle: Circle, next_date: Date | None) -> tuple[Text, ...]:
    if next_date is None:
        return ()
    when = moment_in_words(next_date.at, circle.zone)
    return (say("You are in again on {when}; there is nothing to do.", when=when),)
