"""The welcome on a real community's history: each newcomer once, and nobody who was there before."""

import asyncio
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.archive.opening import open_archive
from bot.rehearsing import Play, rehearse
from facilitation.core.happenings import MemberJoined, MessagePosted

HOUSTON = Path(os.environ.get("TERTULIA_DATA", "")) / "houston-dataviz.slack.zip"


@pytest.mark.skipif(not HOUSTON.is_file(), reason=f"{HOUSTON.name} is not in $TERTULIA_DATA")
def test_every_first_join_after_the_first_week_gets_one_journey_and_no_founder_does() -> None:
    with open_archive(HOUSTON) as archive:
        people = {profile.handle for profile in archive.roster().people if not profile.bot}
        happenings = list(archive.happenings())
        result = asyncio.run(rehearse(archive.roster(), iter(happenings), Play()))
    begun = happenings[0].at + timedelta(days=7)
    founders = {
        happening.who.handle if isinstance(happening, MemberJoined) else happening.who
        for happening in happenings
        if happening.at < begun and isinstance(happening, MemberJoined | MessagePosted)
    }
    joined = {
        happening.who.handle
        for happening in happenings
        if happening.at >= begun and isinstance(happening, MemberJoined)
    }
    welcomed = Counter(entry.to for entry in result.entries if entry.card.title.startswith("Welcome to "))
    reminded = Counter(entry.to for entry in result.entries if "no hurry at all" in entry.text)
    assert len(joined - founders) > 40, "there is nobody to welcome"
    assert {who: welcomed[who] for who in (joined - founders) & people} == dict.fromkeys(
        (joined - founders) & people, 1
    )
    assert welcomed.keys() & founders == set()
    assert max(welcomed.values()) == max(reminded.values()) == 1
