"""The matching reaches all three aims, in their order: as brute force does, and as another solver does."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facilitation.mentoring.matching import Round, match
from tests.mentoring_matching.brute_force import best_aims, everyone_once, reached
from tests.mentoring_matching.rounds import shuffled, small_rounds


@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(small_rounds(), st.sampled_from((1, 300, 650)), st.integers(0, 9))
def test_no_matching_of_a_small_round_is_better(asked: Round[str], minimum: int, seed: int) -> None:
    matching = match(asked, minimum)
    assert reached(asked, matching) == best_aims(asked, minimum)
    assert matching.total_fit == reached(asked, matching)[0]
    assert everyone_once(asked, matching)
    assert match(shuffled(asked, seed), minimum) == matching
