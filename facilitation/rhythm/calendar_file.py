"""The rhythms of a community as a calendar file (RFC 5545)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur

from facilitation.rhythm.recurrence import first_day
from facilitation.rhythm.schedule import schedule_of
from storage.rhythm import Rhythm

DURATION = timedelta(minutes=15)


def calendar_of(name: str, rhythms: Sequence[Rhythm], places: dict[int, str], at: datetime) -> bytes:
    """An `.ics` file with a recurring event for each rhythm that is not paused at an instant.

    `places` has the names of channels by their ids. Events have their local time in their zone. Dates that
    will be skipped, such as holidays, are included, since that is decided on the day.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Tertulia//Rhythms//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for rhythm in rhythms:
        if not rhythm.is_paused(at):
            calendar.add_component(_event(rhythm, places.get(rhythm.channel, ""), at))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _event(rhythm: Rhythm, place: str, at: datetime) -> Event:
    schedule = schedule_of(rhythm)
    # With the zone and not its offset, so that calendars keep the local time when clocks change.
    begins = datetime.combine(first_day(schedule), rhythm.at, ZoneInfo(rhythm.zone))
    event = Event()
    event.add("uid", f"rhythm-{rhythm.id}-{rhythm.start:%Y%m%d}@tertulia")
    event.add("dtstamp", at)
    event.add("dtstart", begins)
    event.add("duration", DURATION)
    event.add("rrule", vRecur.from_ical(schedule.rule.rrule))
    event.add("summary", rhythm.name)
    if place:
        event.add("location", f"#{place}")
    return event
