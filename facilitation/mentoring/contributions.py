"""Mentoring on the home card and on the desk, and its rounds when a community begins."""

from datetime import timedelta

from facilitation.core.features.contributions import DeskItem
from facilitation.core.values.cards import Button, Name, Part
from facilitation.core.values.commands import Context
from facilitation.core.values.effects import Effects
from facilitation.core.values.speech import Sayable, count, say
from facilitation.mentoring import cards, schedule
from facilitation.mentoring.feature import feature
from facilitation.mentoring.services import PairServices
from storage.mentoring import Pairs, RequestState, Seeking, Stage

LONG = timedelta(days=14)
"""Requests that wait longer than this are on the desk."""


@feature.on_begin()
async def on_begin(services: PairServices) -> Effects:
    """Plan the next round, and a check of the requests that were made before *Begin*."""
    waiting = await services.seeking.requests(RequestState.WAITING)
    effects: Effects = [schedule.next_morning_check(services.community, services.now)] if waiting else []
    return [*effects, *await schedule.plan_next_round(services)]


@feature.home("people")
async def my_mentoring(context: Context, pairs: Pairs, seeking: Seeking) -> list[Part]:
    """The reader's active pairs and open request."""
    me = context.member.id
    parts: list[Part] = []
    for pair in await pairs.of(me):
        if pair.stage is not Stage.ACTIVE:
            continue
        other: Sayable = Name(pair.other(me) or 0)
        until = cards.until(pair)
        parts.append(
            say("Your mentor is {other}{until}.", other=other, until=until)
            if me == pair.mentee
            else say("You are the mentor of {other}{until}.", other=other, until=until)
        )
    request = await seeking.request_of(me)
    if request is not None and request.state in (RequestState.WAITING, RequestState.IN_HAND):
        parts.append(say("I am looking for a mentor for you: {topics}.", topics=", ".join(request.topics)))
    return parts


@feature.desk("people")
async def pairs_and_requests_that_wait(services: PairServices) -> list[DeskItem]:
    """Pairs that wait for review, and requests that wait for long."""
    settings = await services.rounds.settings()
    look = (Button("Look at them", "mentoring.review_pairs", style="primary"),)
    items: list[DeskItem] = []
    drafts = await services.pairs.in_stage(Stage.DRAFT)
    if drafts:
        text = count(
            len(drafts), "One mentor pair waits for your word.", "{n} mentor pairs wait for your word."
        )
        items.append(DeskItem(text, cards.if_not_reviewed(settings), look))
    requests = await services.seeking.requests(RequestState.WAITING)
    if requests and not settings.rounds and not settings.at_once:
        items.append(
            DeskItem(
                count(
                    len(requests),
                    "Somebody looks for a mentor, and mentoring is not switched on.",
                    "{n} people look for a mentor, and mentoring is not switched on.",
                ),
                say("If ignored: they wait until you match by hand."),
                (Button("Mentoring settings", "mentoring.change_settings"), *look),
            )
        )
        return items
    long = [one for one in requests if services.now - one.asked_at > LONG]
    if long:
        items.append(
            DeskItem(
                count(
                    len(long),
                    "Somebody has waited for a mentor for more than two weeks.",
                    "{n} people have waited for a mentor for more than two weeks.",
                ),
                say("If ignored: I go on looking. Asking one person to offer often does it."),
                look,
            )
        )
    return items
