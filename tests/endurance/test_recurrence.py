"""200 random rules over twenty years, spread over every zone there is, against brute force."""

import random
from datetime import timedelta
from itertools import islice
from zoneinfo import available_timezones

import pytest

from facilitation.rhythm.recurrence import occurrences
from tests.features.rhythm.oracle import brute_force, trials

YEARS = timedelta(days=20 * 365 + 5)
PARTS = 8


@pytest.mark.endurance
@pytest.mark.parametrize("part", range(PARTS))
def test_two_hundred_rules_in_every_zone_agree_with_brute_force(part: int) -> None:
    zones = sorted(available_timezones())
    each = -(-len(zones) // 200)
    whole = list(trials(random.Random("two hundred"), 200, zones, each=each))
    assert {tried.zone for tried in whole} == set(zones)
    assert len({tried.rule for tried in whole}) == 200
    for tried in whole[part::PARTS]:
        expected = brute_force(tried, tried.start + YEARS)
        found = [one.at for one in islice(occurrences(tried), len(expected))]
        assert found == expected, tried
        assert len(set(found)) == len(found)
