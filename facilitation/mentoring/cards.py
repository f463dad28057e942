"""Cards of mentoring."""

from datetime import datetime
from zoneinfo import ZoneInfo

from facilitation.core.values.cards import Button, Buttons, Card, Mention, Name, Part, Small, Text
from facilitation.core.values.speech import card, count, quoted, say
from storage.mentoring import MentoringSettings, Offer, Pair, Request, Review

ICEBREAKERS = (
    "what is the last thing that you learned by getting it wrong first?",
    "which tool would you miss most if it were gone tomorrow?",
    "what did you believe about your work two years ago that you no longer do?",
    "what are you proud of that nobody has ever asked you about?",
    "which question do people ask you again and again?",
    "what would you do with one whole undisturbed day?",
    "who taught you something that you still use every week?",
    "what is small, annoying, and never gets fixed?",
)


# The two questions -----------------------------------------------------------------------------------


def to_mentee(pair: Pair, offer: Offer | None, *, has_request: bool) -> Card:
    """The question whether this mentor suits the mentee. Without a request, it says whose idea it is."""
    mentor = Name(_known(pair.mentor))
    first = (
        say("For what you asked, **{mentor}** could be a good mentor.", mentor=mentor)
        if has_request
        else say("The coordinators think that **{mentor}** could be a good mentor for you.", mentor=mentor)
    )
    parts: list[Part] = [first, *_because(pair)]
    if offer is not None and offer.enjoys:
        parts.append(say("In their own words: “{words}”", words=quoted(offer.enjoys, offer.member)))
    parts += [
        say("Shall I ask them?"),
        Buttons(
            (
                Button("Fine", "mentoring.accept_mentor", {"pair": pair.id}, style="primary"),
                Button("Someone else", "mentoring.decline_mentor", {"pair": pair.id}),
            )
        ),
        Small(
            say(
                "If you would rather have someone else, nobody hears of it. "
                "If I hear nothing for three working days, I look further."
            )
        ),
    ]
    return card("A mentor for you?", *parts)


def to_mentor(pair: Pair, request: Request | None) -> Card:
    """The question whether the mentor takes this mentee."""
    mentee = _known(pair.mentee)
    parts: list[Part] = []
    if request is not None:
        topics = quoted(", ".join(request.topics), mentee)
        parts.append(
            say("**{mentee}** would like to learn about {topics}.", mentee=Name(mentee), topics=topics)
        )
        if request.goal:
            parts.append(say("Their goal: “{goal}”", goal=quoted(request.goal, mentee)))
        if request.often:
            parts.append(say("They thought of meeting {often}.", often=OFTEN[request.often]))
    else:
        parts.append(
            say("The coordinators think that you could help **{mentee}** along.", mentee=Name(mentee))
        )
    parts += [
        *_because(pair),
        say("Would you be their mentor for {weeks} weeks?", weeks=pair.weeks),
        Buttons(
            (
                Button("Accept", "mentoring.accept_mentee", {"pair": pair.id}, style="primary"),
                Button("Not now", "mentoring.decline_mentee", {"pair": pair.id}),
            )
        ),
        Small(
            say(
                "“Not now” is a good answer too: nobody is told. "
                "If I hear nothing for three working days, I ask somebody else."
            )
        ),
    ]
    return card("Would you be a mentor?", *parts)


OFTEN = {"weekly": "every week", "fortnightly": "every two weeks", "monthly": "once a month"}


def settled() -> Card:
    """What replaces a question that needs no answer any more."""
    return card("", "This one is settled. Thank you all the same.")


def mentee_accepted(pair: Pair) -> Card:
    """What replaces the question to the mentee who accepted."""
    return card("", say("Good, I ask {mentor}. You hear from me.", mentor=Name(_known(pair.mentor))))


def mentor_accepted(pair: Pair) -> Card:
    """What replaces the question to the mentor who accepted."""
    words = say(
        "Thank you. I bring you and {mentee} together in a small group.", mentee=Name(_known(pair.mentee))
    )
    return card("", words, tone="good")


def unmatched(reason: Text, next_round: datetime | None) -> Card:
    """The message that nobody was found, why, and when there is another chance."""
    after = (
        say("You stay on the list. The next round is on {when}.", when=next_round)
        if next_round is not None
        else say("You stay on the list, and I write as soon as there is somebody.")
    )
    return card(
        "No mentor yet",
        reason,
        after,
        Buttons(
            (
                Button("Change my request", "mentoring.request"),
                Button("Take it back", "mentoring.withdraw_request"),
            )
        ),
    )


# Together ----------------------------------------------------------------------------------------------


def introduction(
    pair: Pair, request: Request | None, meeting: datetime, zones: tuple[str, str], note: str = ""
) -> Card:
    """The introduction of a pair in its small group. `zones` are those of mentee and mentor.

    `note` says who else can read the group.
    """
    mentor, mentee = _known(pair.mentor), _known(pair.mentee)
    parts: list[Part] = [
        say("{mentee}, this is {mentor}, your mentor.", mentee=Mention(mentee), mentor=Mention(mentor))
    ]
    if request is not None and request.goal:
        goal = quoted(request.goal, mentee)
        parts.append(say("{mentee} would like: “{goal}”", mentee=Name(mentee), goal=goal))
    parts += [
        *_because(pair),
        say("To break the ice: {question}", question=ICEBREAKERS[pair.id % len(ICEBREAKERS)]),
        say("A first meeting could be {when}.", when=in_zones(meeting, zones)),
        say(
            "You have {weeks} weeks. In a few days I ask whether you found a time, and then every two weeks. "
            "`/cop mentor end` ends it whenever you like, and needs no reason.",
            weeks=pair.weeks,
        ),
        Small(say("Here are the two of you and I.{note}", note=f" {note}" if note else "")),
    ]
    return card("Meet each other", *parts)


def direct_introduction(member: int) -> Card:
    """The introduction of the other member to one of the two, if no group could be opened."""
    return card(
        "Meet each other",
        say(
            "You and {other} are a mentor pair now. I could not open a group for the two of you, so just "
            "write to them: the first of you to read this begins.",
            other=Mention(member),
        ),
    )


def in_zones(moment: datetime, zones: tuple[str, str]) -> Text:
    """An instant in the local times of both."""
    one, other = (moment.astimezone(ZoneInfo(zone)) for zone in zones)
    if one.utcoffset() == other.utcoffset():
        return say("{when} for both of you", when=f"{one:%A} {one.day} {one:%B, %H:%M}")
    return say(
        "{when} in {city}, which is {then} in {there}",
        when=f"{one:%A} {one.day} {one:%B, %H:%M}",
        city=_city(zones[0]),
        then=f"{other:%H:%M}" if one.date() == other.date() else f"{other:%A, %H:%M}",
        there=_city(zones[1]),
    )


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


# Check-ins ---------------------------------------------------------------------------------------------

CHECKS = ("met", "planned", "not_yet", "could_not")
"""The answers to a check-in, as they are stored."""
_LABELS = {"met": "We met", "planned": "It is planned", "not_yet": "Not yet", "could_not": "We couldn’t"}


def check_in(pair: Pair, number: int) -> Card:
    """The question how a pair is doing."""
    question = (
        say("Have you found a time for each other?") if number == 1 else say("How is it going with you two?")
    )
    buttons = tuple(
        Button(_LABELS[how], "mentoring.answer_checkin", {"pair": pair.id, "number": number, "how": how})
        for how in CHECKS
    )
    return card(
        "",
        question,
        Buttons(buttons),
        Small(
            say("One of you is enough. The coordinators see this answer, and nothing of what you talk about.")
        ),
    )


def checkin_answered(how: str) -> Card:
    """What replaces a check-in that was answered."""
    return card(
        "",
        {
            "met": say("You have met. How good to hear."),
            "planned": say("It is planned. Enjoy it."),
            "not_yet": say("Not yet. There is time."),
        }.get(how, say("It could not be this time. That happens.")),
    )


def checkin_reply(pair: Pair, how: str, meeting: datetime, zones: tuple[str, str]) -> Card:
    """The reply to the member who answered a check-in."""
    match how:
        case "met":
            return card("", "How good to hear. Until next time.", tone="good")
        case "planned":
            return card("", "Good. Enjoy it.", tone="good")
        case "not_yet":
            return card("", say("There is time. {when} could suit you both.", when=in_zones(meeting, zones)))
        case _:
            return card(
                "",
                "That happens. You can take a break or end it; neither needs a reason.",
                Buttons(
                    (
                        Button("Take a break", "mentoring.pause"),
                        Button("End it", "mentoring.end_pair", {"pair": pair.id}),
                    )
                ),
            )


def stay_or_leave(pair: Pair, other: int | None) -> Card:
    """The question to one member whether to go on, after a long silence."""
    return card(
        "",
        say(
            "It has been quiet between you and {other}, which happens to the best. How would you like to go "
            "on?",
            other=Name(_known(other)),
        ),
        Buttons(
            (
                Button(
                    "Stay",
                    "mentoring.answer_stay_or_leave",
                    {"pair": pair.id, "how": "stay"},
                    style="primary",
                ),
                Button("Later", "mentoring.answer_stay_or_leave", {"pair": pair.id, "how": "later"}),
                Button("Leave", "mentoring.answer_stay_or_leave", {"pair": pair.id, "how": "leave"}),
            )
        ),
        Small(
            say("“Later” is in four weeks. If I hear nothing for a week, I close it, and that is fine too.")
        ),
    )


# The end -----------------------------------------------------------------------------------------------


def time_is_up(pair: Pair) -> Card:
    """The question how to end a pair whose weeks are over."""
    return card(
        "",
        say("Your {weeks} weeks are over. How would you like to go on?", weeks=pair.weeks),
        Buttons(
            (
                Button("We are done", "mentoring.complete_pair", {"pair": pair.id}, style="primary"),
                Button("Go on for longer", "mentoring.extend_pair", {"pair": pair.id}),
                Button("Part ways", "mentoring.end_pair", {"pair": pair.id}),
            )
        ),
        Small(say("One of you is enough. If I hear nothing for a week, I take it that you are done.")),
    )


def extended(ends_at: datetime) -> Card:
    """What replaces the closing question of a pair that goes on."""
    return card("", say("Gladly. You go on until {day}.", day=ends_at), tone="good")


def closing_answered() -> Card:
    """What replaces the closing question of a pair that is complete."""
    return card("", "You have rounded it off. Thank you both.", tone="good")


def completed(pair: Pair, member: int) -> Card:
    """The message to a member of a pair that is complete."""
    other = pair.other(member)
    first = (
        say("Your time with {other} is complete. Thank you for it.", other=Name(other))
        if other is not None
        else say("Your time together is complete. Thank you for it.")
    )
    return card("Well done", first, *_afterwards(pair, member), tone="good")


def parted(pair: Pair, member: int, *, is_requeued: bool) -> Card:
    """The message to a member whose pair the other one ended, left or no longer answered."""
    other = pair.other(member)
    parts: list[Part] = []
    if other is None or pair.why == "gone":
        parts.append(say("The other one of your mentor pair is no longer in the community."))
    elif pair.why == "silence":
        parts.append(
            say("{other} has not been around, so I have closed your mentor pair.", other=Name(other))
        )
    else:
        parts.append(
            say("{other} has other things to look after now, so your pair is over.", other=Name(other))
        )
    parts.append(say("It is not about you, and it was good that you took part."))
    if is_requeued:
        parts.append(
            say("Your request is open again, at the front of the list: I am looking for somebody for you.")
        )
    return card("", *parts, *_afterwards(pair, member))


def parting_reply(pair: Pair, member: int) -> Card:
    """The reply to the member who ended a pair."""
    return card("", "It is over, and that is fine. I tell the other one kindly.", *_afterwards(pair, member))


def _afterwards(pair: Pair, member: int) -> list[Part]:
    again = (
        Button("Change my offer", "mentoring.offer")
        if member == pair.mentor
        else Button("Find a mentor", "mentoring.request")
    )
    if pair.started_at is None:
        return [Buttons((again,))]
    say_how = Button("Two lines on how it was", "mentoring.give_feedback", {"pair": pair.id})
    return [Buttons((say_how, again))]


# Rounds and reviews ------------------------------------------------------------------------------------


def sign_up(closes_at: datetime) -> Card:
    """The post with which a round begins."""
    return card(
        "A mentoring round",
        say(
            "Would you like somebody to learn from for a while? Or could you give an hour now and then to "
            "somebody who is learning? Sign up by {when}. Then I suggest pairs, and both are asked first.",
            when=closes_at,
        ),
        Buttons(
            (
                Button("Ask for a mentor", "mentoring.request", style="primary"),
                Button("Offer", "mentoring.offer"),
            )
        ),
        Small(say("Only I see who signs up, and the coordinators who look after the pairs.")),
    )


def sign_up_closed(next_round: datetime | None) -> Card:
    """What replaces the post of a round whose sign-up is closed."""
    closed = (
        say("The sign-up for this round is closed. The next one begins on {when}.", when=next_round)
        if next_round is not None
        else say("The sign-up for this round is closed.")
    )
    return card(
        "A mentoring round",
        closed,
        Small(say("`/cop mentor request` and `/cop mentor offer` work all the time.")),
    )


def review_wanted(pairs: int, settings: MentoringSettings) -> Card:
    """The message to coordinators that a number of pairs wait for review."""
    return card(
        "Mentor pairs to look at",
        count(pairs, "One pair waits for your word.", "{n} pairs wait for your word."),
        Buttons((Button("Look at them", "mentoring.review_pairs", style="primary"),)),
        Small(if_not_reviewed(settings)),
    )


def if_not_reviewed(settings: MentoringSettings) -> Text:
    """What happens to pairs that nobody reviews."""
    if settings.review is Review.AFTER_THREE_DAYS:
        return say("If ignored: they go out by themselves after three working days.")
    return say("If ignored: nobody is asked, and those who wait go on waiting.")


# Small parts -------------------------------------------------------------------------------------------


def until(pair: Pair) -> Text:
    """`, until` and the end of a pair; empty while it has none."""
    return say(", until {day}", day=pair.ends_at) if pair.ends_at else say("")


def _because(pair: Pair) -> list[Part]:
    """Why these two were paired, without figures and without the free places of the mentor."""
    reasons = [one for one in pair.reasons if not one.startswith("room for")]
    if not reasons:
        return []
    return [say("Why you two: {reasons}.", reasons=quoted("; ".join(reasons), pair.mentee))]


def _known(member: int | None) -> int:
    """The id of a member; 0, which is shown as *someone*, for one who was forgotten."""
    return member or 0
