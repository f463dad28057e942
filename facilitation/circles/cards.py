"""Cards of circles."""

from collections.abc import Sequence
from datetime import datetime

from facilitation.circles.dates import RoundDate
from facilitation.core.values.cards import Arg, Button, Buttons, Card, Mention, Name, Small, Text
from facilitation.core.values.local_time import moment_in_words, short_day_in_words
from facilitation.core.values.speech import card, count, listed, say
from storage.circles import Circle, Group, MeetingAnswer, Mix

MIN_PEOPLE_SHOWN = 3
"""Numbers of fewer people are not shown."""
MIX_IN_WORDS = {
    Mix.NOTHING: "people who have not met yet",
    Mix.TENURE: "those who came within half a year with those who were here before",
    Mix.CHANNEL: "people who mostly write in different channels",
}
"""What each way of mixing brings together."""

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


# The invitation ------------------------------------------------------------------------------------


def invitation(circle: Circle, at: datetime) -> Card:
    """The invitation to the round at an instant."""
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
                Button("Skip this time", "circles.skip_round", {"circle": circle.id}),
            )
        ),
    )


def round_made(circle: Circle, people: int, groups: int, following: RoundDate | None) -> Card:
    """What replaces the invitation after a round: the number of people and groups, and a button to join."""
    if people < MIN_PEOPLE_SHOWN:
        line = say("This round is on its way.")
    else:
        line = count(
            groups, "{people} people meet in one group.", "{people} people meet in {n} groups.", people=people
        )
    return card(circle.name, line, _next(circle, following), _join_button(circle))


def round_not_made(circle: Circle, why: str, following: RoundDate | None) -> Card:
    """What replaces the invitation to a round that was not made. `why` is the stored reason, or `late`."""
    words = _WHY_NOT_MADE.get(why, f"No round this time: {why}.")
    return card(circle.name, say("{why}", why=words), _next(circle, following), _join_button(circle))


_WHY_NOT_MADE = {
    "late": "I was away when this round was due, so there was none. My apologies.",
    "paused": "This circle rests for the moment.",
    "hushed": "No round this time, as it is quiet here just now.",
    "nobody was in": "Nobody was in this time, so there was no round.",
    "too few people": "There were too few people for a group this time.",
}


def _next(circle: Circle, following: RoundDate | None) -> Text:
    if following is None:
        return say("When it goes on, I invite you again.")
    return say("The next one is on {when}.", when=moment_in_words(following.at, circle.zone))


def _join_button(circle: Circle) -> Buttons:
    return Buttons((Button("Join", "circles.join", {"circle": circle.id}),))


# In the group --------------------------------------------------------------------------------------


def introduction(
    circle: Circle, members: Sequence[int], round_: int, following: RoundDate | None, note: str = ""
) -> Card:
    """The introduction of a group, which asks one of its members to begin; `note` says who else can read it.

    The icebreaker changes from round to round, so that nobody gets the same twice in a row.
    """
    first = members[round_ % len(members)]
    return card(
        circle.name,
        say(
            "{people}: you are a group this time. Find half an hour for a coffee, a walk or a call{until}.",
            people=listed([Mention(member) for member in members]),
            until=say(" before {day}", day=short_day_in_words(following.day)) if following else say(""),
        ),
        say("{who}, would you begin, with two times that suit you?", who=Name(first)),
        say("Something to start with: {question}", question=ICEBREAKERS[round_ % len(ICEBREAKERS)]),
        Small(
            say("Just you in here.{note} In a few days I ask how it went.", note=f" {note}" if note else "")
        ),
    )


def joined_by(circle: Circle, newcomer: int, others: Sequence[int]) -> Card:
    """The message to a group that a member joins whose own group became too small."""
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
    """The question whether a group met."""
    return card("", say("Did you meet?"), _answers(group, *MeetingAnswer))


def meeting_answer(group: Group, answer: MeetingAnswer, circle: Circle, following: RoundDate | None) -> Card:
    """What replaces the question once somebody answered."""
    match answer:
        case MeetingAnswer.MET:
            return card("", say("You met. Lovely to hear."), tone="good")
        case MeetingAnswer.PLANNED:
            words = say("It is planned. Have a good time.")
            return card("", words, _answers(group, MeetingAnswer.MET, MeetingAnswer.COULD_NOT))
        case MeetingAnswer.COULD_NOT:
            words = say("Not this time, and that is fine.")
            return card("", words, _next(circle, following), _answers(group, MeetingAnswer.MET))


_LABELS = {
    MeetingAnswer.MET: "We met",
    MeetingAnswer.PLANNED: "It is planned",
    MeetingAnswer.COULD_NOT: "We couldn’t",
}


def _answers(group: Group, *answers: MeetingAnswer) -> Buttons:
    buttons = []
    for one in answers:
        args: dict[str, Arg] = {"group": group.id, "answer": one.value}
        buttons.append(Button(_LABELS[one], "circles.report_meeting", args))
    return Buttons(tuple(buttons))


# To one person -------------------------------------------------------------------------------------


def no_group(circle: Circle, following: RoundDate | None) -> Card:
    """The message to a member for whom there was no group in this round."""
    return card(
        circle.name,
        say("There were too few people for a group with you this time. Thank you for being in."),
        *_back_in(circle, following),
    )


def group_dissolved(circle: Circle, following: RoundDate | None) -> Card:
    """The message to the last member of a group, for whom there is no other group."""
    return card(
        circle.name,
        say("Your group has become too small to meet, and there is no other one this time."),
        *_back_in(circle, following),
    )


def _back_in(circle: Circle, following: RoundDate | None) -> tuple[Text, ...]:
    if following is None:
        return ()
    when = moment_in_words(following.at, circle.zone)
    return (say("You are in again on {when}; there is nothing to do.", when=when),)
