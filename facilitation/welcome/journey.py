"""The journey: its kinds of steps, the built-in steps, and when each step comes. Pure functions."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from facilitation.core.people.contact import next_waking
from facilitation.core.values.local_time import instant_of, local_date
from storage.communities import Community
from storage.welcome import Journey, Step

Choice = Literal["look around", "learn", "share", "help"]
"""How a newcomer would like to take part."""
Whom = Literal["everyone", "look around", "learn", "share", "help"]
Kind = Literal["text", "question", "task", "person", "channel", "resource"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
LABELS: dict[Choice, str] = {
    "look around": "Look around",
    "learn": "Learn",
    "share": "Share what I know",
    "help": "Help run things",
}
WISHES: dict[str, str] = {
    "look around": "look around",
    "learn": "learn",
    "share": "share what they know",
    "help": "help run things",
}
"""What somebody would like to do, in the third person."""
KINDS: dict[str, str] = {
    "text": "a few words",
    "question": "a question",
    "task": "something to do",
    "person": "a person to meet",
    "channel": "a channel to visit",
    "resource": "something to read",
}

TEN = time(10)
GRACE = timedelta(days=2)
"""A step that is later than this is skipped, so that nobody gets several at once."""
REMIND_AFTER = 3
"""Days until a newcomer who has not answered is asked once more, and never again."""
NEW_FOR = timedelta(days=30)
"""How long a newcomer's first message is waited for."""
FLAGGED_FOR = timedelta(days=14)
"""How long the desk shows that a first message waits for a reply."""

HELLO = "Hello {name}, good to have you here."

BUILT_IN: tuple[Step, ...] = (
    Step(
        -1,
        "channel",
        "When you feel like it, say hello in {channel}. Two lines are plenty: what you work on, and what "
        "you would like to try or learn.",
        1,
        TEN,
        "everyone",
    ),
    Step(
        -2,
        "resource",
        "There is no test at the end, so look around as long as you like. A good place to begin is our "
        "shelf: the links that people here found worth keeping.",
        3,
        TEN,
        "look around",
    ),
    Step(
        -3,
        "text",
        "What are you stuck on at the moment, or what have you always wanted to understand? Ask it in "
        "{help}. Half a question is welcome.",
        3,
        TEN,
        "learn",
    ),
    Step(
        -4,
        "task",
        "Is there a link that you keep sending to people? Put it on our shelf with `/cop share`, and add a "
        "line on why it helps. Somebody here is looking for just that.",
        3,
        TEN,
        "share",
    ),
    Step(
        -5,
        "task",
        "You said you would like to help run things. Write to {coordinators}, and ask what would help "
        "{community} most this month. A small thing is a good beginning.",
        3,
        TEN,
        "help",
    ),
    Step(
        -6,
        "person",
        "Would you like a buddy: one friendly person here whom you can ask anything, however small?",
        7,
        TEN,
        "everyone",
    ),
    Step(
        -7,
        "task",
        "One small thing makes a big difference here: answer somebody. “I am not sure, but I would try this” "
        "is a fine answer. Perhaps someone is waiting in {help}.",
        14,
        TEN,
        "everyone",
    ),
    Step(
        -8,
        "question",
        "You have been with us for a month, {name}. What has been useful so far, and what did you miss? "
        "One line is plenty. With this my welcome is complete; `/cop help` shows what else I can do.",
        30,
        TEN,
        "everyone",
    ),
)


def ordered(steps: Iterable[Step]) -> list[Step]:
    """Steps in the order in which they come; those of the same day and hour stay in the given order."""
    return sorted(steps, key=lambda step: (step.day, step.at))


def fitting(steps: Iterable[Step], answer: str) -> list[Step]:
    """The steps for people who gave this answer, in order."""
    return [step for step in ordered(steps) if step.audience in ("everyone", answer)]


def moment_of(step_day: int, at: time, since: datetime, zone: str, community: Community) -> datetime:
    """When a step comes: `step_day` days after `since`, at a local hour, and not in quiet hours."""
    moment = instant_of(local_date(since, zone) + timedelta(days=step_day), at, zone)
    return next_waking(
        moment, zone, community.quiet_from, community.quiet_to, weekends=community.quiet_weekends
    )


def timetable(
    journey: Journey, steps: Sequence[Step], zone: str, community: Community
) -> list[tuple[datetime, Step]]:
    """The steps that are still to come on a journey, each with its instant, in order."""
    since, until = journey.steps_from or journey.joined_at, journey.checked_until or journey.joined_at
    times = [
        (moment_of(step.day, step.at, since, zone, community), step)
        for step in fitting(steps, journey.answer)
    ]
    return sorted(((at, step) for at, step in times if at > until), key=lambda entry: entry[0])


def start_of(journey: Journey, answered: datetime, zone: str) -> datetime:
    """The instant from which days count: joining, or the answer if that came on a later day."""
    is_later = local_date(answered, zone) > local_date(journey.joined_at, zone)
    return answered if is_later else journey.joined_at


def working_day_after(at: datetime, zone: str) -> datetime:
    """The same local time on the next working day; after a weekend's instant, the end of Monday."""
    local = at.astimezone(ZoneInfo(zone))
    if local.weekday() >= 5:
        monday = local.date() + timedelta(days=7 - local.weekday())
        return instant_of(monday + timedelta(days=1), time(0), zone)
    days = 3 if local.weekday() == 4 else 1
    return instant_of(local.date() + timedelta(days=days), local.time(), zone)


def next_working_morning(after: datetime, zone: str, at: time = time(9)) -> datetime:
    """The next Monday to Friday at this local hour, strictly after an instant."""
    day = local_date(after, zone)
    for days in range(8):
        one = day + timedelta(days=days)
        if one.weekday() < 5 and (moment := instant_of(one, at, zone)) > after:
            return moment
    raise AssertionError("a week has working days")
