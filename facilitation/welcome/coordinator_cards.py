"""Cards for coordinators: the welcome as it is, the editor, the preview and the progress of newcomers."""

from collections.abc import Sequence

from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Divider,
    Field,
    Fields,
    Item,
    Items,
    Part,
    Small,
    Text,
)
from facilitation.core.values.speech import card, say
from facilitation.welcome import cards
from facilitation.welcome.journey import CHOICES, HELLO, KINDS, LABELS, WISHES, ordered
from facilitation.welcome.templates import PLACEHOLDERS, CommunityFacts
from storage.welcome import Progress, Step, Via, WelcomeSettings

FEWEST_COUNTED = 3
"""Smaller groups are not shown as figures: one could guess who is in them."""

# The welcome and its editor ------------------------------------------------------------------------


def overview(settings: WelcomeSettings, steps: Sequence[Step]) -> Card:
    """The first message and every step, as they were written."""
    lines = Items(tuple(Item(_when(step), _words(step)) for step in ordered(steps)))
    more = Buttons(
        (
            Button("Change it", "welcome.edit", style="primary"),
            Button("Try it on me", "welcome.preview"),
            Button("How far people come", "welcome.show_progress"),
        )
    )
    return card("The welcome", *_opening(settings), lines, more)


def editor(settings: WelcomeSettings, steps: Sequence[Step], *, done: str = "") -> Card:
    """Every step with buttons to change it; `done` says what has just been changed."""
    in_order = ordered(steps)
    items = tuple(Item(_when(step), _words(step), _tools(step, in_order)) for step in in_order)
    below = [
        Button("Add a step", "welcome.add_step", style="primary"),
        Button("First message", "welcome.edit_first_message"),
        Button("Try it on me", "welcome.preview"),
    ]
    if settings.edited or settings.words:
        below.append(Button("Back to the built-in one", "welcome.reset", style="danger"))
    parts: list[Part] = [say("{done}", done=done)] if done else []
    parts += [*_opening(settings), Divider(), Items(items), Buttons(tuple(below))]
    placeholders = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    parts.append(Small(say("Words may contain {placeholders}.", placeholders=placeholders)))
    return card("Change the welcome", *parts, tone="good" if done else "plain")


def _tools(step: Step, steps: Sequence[Step]) -> tuple[Button, ...]:
    tools = [Button("Change", "welcome.edit_step", {"step": step.id})]
    if step.id != steps[0].id:
        tools.append(Button("Earlier", "welcome.move_step", {"step": step.id, "earlier": True}))
    if step.id != steps[-1].id:
        tools.append(Button("Later", "welcome.move_step", {"step": step.id, "earlier": False}))
    return (*tools, Button("Remove", "welcome.remove_step", {"step": step.id}, style="danger"))


def _opening(settings: WelcomeSettings) -> list[Part]:
    manner = {
        Via.PLATFORM: say(
            "by direct message, or with a button in the welcome channel where bots must not write first"
        ),
        Via.DIRECT: say("by direct message"),
        Via.BUTTON: say("with a button in the welcome channel"),
    }[settings.via]
    whose = say("your own") if settings.edited else say("the built-in ones")
    return [
        say("Newcomers are greeted once, {manner}. The steps are {whose}.", manner=manner, whose=whose),
        say("**First message:** {words}", words=settings.words or HELLO),
    ]


def _when(step: Step) -> Text:
    when = say("**Day {day} at {at}:** {kind}", day=step.day, at=f"{step.at:%H:%M}", kind=KINDS[step.kind])
    if step.audience == "everyone":
        return say("{when}, for everyone", when=when)
    return say("{when}, for those who would like to {wish}", when=when, wish=WISHES[step.audience])


def _words(step: Step) -> Text:
    return say("{words}", words=step.words)


# The preview ---------------------------------------------------------------------------------------


def preview(
    settings: WelcomeSettings, steps: Sequence[Step], facts: CommunityFacts, member: int
) -> list[Card]:
    """Every message of the welcome in order, each marked with when it would come and for whom."""
    hello = cards.hello(facts, member, settings.words, preview=True)
    first = _marked(hello, say("Preview: the first message, a minute after joining."))
    return [
        first,
        *(
            _marked(cards.step_card(step, facts, member, preview=True), _preview_mark(step))
            for step in ordered(steps)
        ),
    ]


def _preview_mark(step: Step) -> Text:
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


def progress(found: Progress, steps: Sequence[Step]) -> Card:
    """The number of newcomers who have reached each stage of the journey, without names."""
    if not found.arrived:
        return card("How far newcomers come", "Nobody has joined since we began.")
    answered = sum(found.answers.values())
    rows = [
        Field("Joined", _people(found.arrived)),
        Field("Greeted", _people(found.greeted)),
        Field("Answered", _people(answered)),
    ]
    if answered >= FEWEST_COUNTED:
        rows += [Field(LABELS[one], _people(found.answers.get(one, 0))) for one in CHOICES]
    rows += [
        Field("Agreed to the ground rules", _people(found.agreed)),
        Field("Introduced themselves", _people(found.introduced)),
        Field("Found a buddy", _people(found.with_buddy)),
        *(_progress_of(step, found) for step in ordered(steps)),
    ]
    foot = Small(say("Numbers below three are not shown. A step counts when it is sent."))
    return card("How far newcomers come", Fields(tuple(rows)), foot)


def _progress_of(step: Step, found: Progress) -> Field:
    label = f"Day {step.day}: {KINDS[step.kind]}"
    label += "" if step.audience == "everyone" else f" ({step.audience})"
    counted = found.steps.get(step.id)
    if counted is None:
        return Field(label, say("nobody has come so far yet"))
    if step.kind in ("task", "question"):
        done = say("{said} got it, {done} did it", said=_people(counted.sent), done=_people(counted.done))
        return Field(label, done)
    return Field(label, say("{said} got it", said=_people(counted.sent)))


def _people(n: int) -> Text:
    if n == 0:
        return say("nobody")
    return say("{n} people", n=n) if n >= FEWEST_COUNTED else say("fewer than three people")
