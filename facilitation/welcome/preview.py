"""Coordinators try the journey on themselves, and see how far newcomers come."""

from facilitation.core.values.cards import Card, Direct, Field, Fields, Small, Text
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Post, Reply
from facilitation.core.values.speech import card, count, say
from facilitation.welcome import cards, keys
from facilitation.welcome.coordinator_commands import KINDS
from facilitation.welcome.feature import feature
from facilitation.welcome.jobs import steps_of
from facilitation.welcome.journey import CHOICES, LABELS, WISHES, ordered
from facilitation.welcome.templates import surroundings
from storage.communities import People
from storage.welcome import Journeys, Plan, Step

FEWEST = 3
"""Smaller groups are not told in figures: one could guess who they are."""


# Preview -------------------------------------------------------------------------------------------


class PreviewWelcome(Command):
    """Play the whole welcome on me, now."""


@feature.command("welcome preview", id="welcome.preview", role=Role.COORDINATOR)
async def preview(
    command: PreviewWelcome, context: Context, plan: Plan, people: People, charter: CharterText
) -> Effects:
    """Every message at once, each saying when it would come and to whom; its buttons keep nothing."""
    around = await surroundings(context.community, charter, people)
    who, settings, steps = context.member.id, await plan.settings(), ordered(await steps_of(plan))
    hello = cards.hello(around, who, settings.words, preview=True)
    messages = [_marked(hello, say("Preview: the first message, a minute after joining."))]
    messages += [_marked(cards.step_card(step, around, who, preview=True), _when(step)) for step in steps]
    posts = [
        Post(Direct(who), message, keys.preview(who, context.at, number))
        for number, message in enumerate(messages)
    ]
    words = count(len(posts), "I am writing you one message.", "I am writing you {n} messages, all at once.")
    return [*posts, Reply(card("", words, tone="good"))]


def _when(step: Step) -> Text:
    if step.audience == "everyone":
        return say("Preview: day {day} at {at}.", day=step.day, at=f"{step.at:%H:%M}")
    return say(
        "Preview: day {day} at {at}, for those who would like to {wish}.",
        day=step.day,
        at=f"{step.at:%H:%M}",
        wish=WISHES[step.audience],
    )


def _marked(shown: Card, mark: Text) -> Card:
    return Card(shown.title, (Small(mark), *shown.parts), shown.tone)


# Progress ------------------------------------------------------------------------------------------


class ShowProgress(Command):
    """Show how far newcomers come on their way."""


@feature.command("welcome progress", id="welcome.progress", role=Role.COORDINATOR)
async def progress(command: ShowProgress, context: Context, journeys: Journeys, plan: Plan) -> Effects:
    """Counts for each step, never names, and no figure for fewer than three people."""
    found = await journeys.progress()
    if not found.arrived:
        return [Reply(card("How far newcomers come", "Nobody has joined since we began."))]
    answered = sum(found.answers.values())
    rows = [
        Field("Joined", _people(found.arrived)),
        Field("Greeted", _people(found.greeted)),
        Field("Answered", _people(answered)),
    ]
    if answered >= FEWEST:
        rows += [Field(LABELS[one], _people(found.answers.get(one, 0))) for one in CHOICES]
    rows += [
        Field("Agreed to the ground rules", _people(found.agreed)),
        Field("Introduced themselves", _people(found.introduced)),
        Field("Found a buddy", _people(found.with_buddy)),
    ]
    for step in ordered(await steps_of(plan)):
        counted = found.steps.get(step.id)
        label = f"Day {step.day}: {KINDS[step.kind]}"
        label += "" if step.audience == "everyone" else f" ({step.audience})"
        if counted is None:
            rows.append(Field(label, say("nobody has come so far yet")))
        elif step.kind in ("task", "question"):
            done = say("{said} got it, {done} did it", said=_people(counted.sent), done=_people(counted.done))
            rows.append(Field(label, done))
        else:
            rows.append(Field(label, say("{said} got it", said=_people(counted.sent))))
    foot = Small(say("Groups under three people are not told in figures. A step counts when it is sent."))
    return [Reply(card("How far newcomers come", Fields(tuple(rows)), foot))]


def _people(n: int) -> Text:
    if n == 0:
        return say("nobody")
    return say("{n} people", n=n) if n >= FEWEST else say("fewer than three people")
