"""When a person may be contacted unasked: quiet hours, as pure functions of local time."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from facilitation.core.values.cards import Button, Buttons, Card, Small
from facilitation.core.values.effects import Nudge
from facilitation.core.values.local_time import first_known_zone, instant_of
from facilitation.core.values.speech import say
from storage.communities import Account, Community, Member

WEEKLY_BUDGET = 2
"""The most unsolicited messages that a person gets in seven days from all features; they may choose fewer."""


def next_waking(at: datetime, zone: str, quiet_from: time, quiet_to: time, *, weekends: bool) -> datetime:
    """The first instant, from `at` on, outside quiet hours.

    `quiet_from` and `quiet_to` are local times in `zone`; if the first is later, the quiet hours span
    midnight, and if they are equal, there are none. With `weekends`, Saturday and Sunday are quiet too.
    Returns `at` itself if it is not quiet, else an instant in UTC.
    """
    moment = at
    for _ in range(16):
        local = moment.astimezone(ZoneInfo(zone or "UTC"))
        if weekends and local.weekday() >= 5:
            moment = instant_of(local.date() + timedelta(days=7 - local.weekday()), time(0), zone)
        elif _is_quiet(local.time(), quiet_from, quiet_to):
            is_evening = quiet_from > quiet_to and local.time() >= quiet_from
            waking = instant_of(local.date() + timedelta(days=1 if is_evening else 0), quiet_to, zone)
            # In the second pass through an hour that occurs twice, the first has passed.
            moment = waking if waking > moment else waking + timedelta(hours=1)
        else:
            return moment
    return moment


def zone_of(member: Member, account: Account | None, community: Community) -> str:
    """The time zone of a member: from their own settings, else from their platform, else the community's.

    Messages planned for a morning and quiet hours both use it, so that they agree.
    """
    return first_known_zone(member.zone, account.zone if account else "", community.zone)


def with_footer(card: Card, nudge: Nudge) -> Card:
    """Add the reason for an unsolicited message, and a button that reduces them."""
    why = (Small(say("{why}", why=nudge.why)),) if nudge.why else ()
    foot = (*why, Buttons((Button("Fewer of these", "charter.reduce_contact", optional=True),)))
    return Card(card.title, (*card.parts, *foot), card.tone)


def frequency_in_words(weekly: int) -> str:
    """`twice a week`."""
    return {1: "once a week", 2: "twice a week"}.get(weekly, f"{weekly} times a week")


def _is_quiet(local: time, quiet_from: time, quiet_to: time) -> bool:
    if quiet_from == quiet_to:
        return False
    if quiet_from < quiet_to:
        return quiet_from <= local < quiet_to
    return local >= quiet_from or local < quiet_to
