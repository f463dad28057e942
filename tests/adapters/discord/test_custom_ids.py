"""What a button carries comes back unchanged, in this run of the process or another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.custom_ids import (
    PATTERN,
    ButtonPayload,
    CustomIds,
    TokenCache,
    component_id,
    decode,
    encode,
    nonce_for,
)
from adapters.discord.limits import CUSTOM_ID, NONCE, size

ARGS = st.dictionaries(
    st.from_regex(r"[a-z][a-z_]{0,5}", fullmatch=True),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        st.text(max_size=15),
        st.lists(st.text(max_size=5), max_size=3).map(tuple),
    ),
    max_size=3,
)


@given(
    ARGS, st.integers(0, 10**6), st.sampled_from(["", "112233445566778899"]), st.sampled_from(["", "pace"])
)
def test_what_a_button_carries_comes_back(
    args: dict[str, object], community: int, guild: str, field: str
) -> None:
    kept: TokenCache[ButtonPayload] = TokenCache()
    payload = ButtonPayload("resources.find", args, community, guild, field)
    custom_id = CustomIds(kept).id_for(payload)
    assert size(custom_id) <= CUSTOM_ID
    assert PATTERN.fullmatch(custom_id)
    assert decode(custom_id, kept) == payload


def test_a_short_one_needs_no_memory() -> None:
    payload = ButtonPayload("puppet.press", {"id": 7, "answer": "yes|no, \\ maybe"}, 5)
    custom_id = CustomIds(TokenCache()).id_for(payload)
    assert decode(custom_id, TokenCache()) == payload


def test_a_long_one_is_kept_and_may_be_lost() -> None:
    payload = ButtonPayload("resources.share", {"note": "x" * 200})
    assert encode(payload) is None
    kept: TokenCache[ButtonPayload] = TokenCache()
    custom_id = CustomIds(kept).id_for(payload)
    assert decode(custom_id, kept) == payload
    assert decode(custom_id, TokenCache()) is None


def test_two_buttons_with_the_same_payload_have_ids_of_their_own() -> None:
    ids = CustomIds(TokenCache())
    payload = ButtonPayload("puppet.press", {}, 5)
    found = [ids.id_for(payload) for _ in range(60)]
    assert len(set(found)) == 60
    assert {one.command for one in (decode(custom_id, TokenCache()) for custom_id in found[:50]) if one} == {
        "puppet.press"
    }


def test_the_oldest_is_forgotten_first() -> None:
    cache: TokenCache[int] = TokenCache(capacity=2)
    first, second, third = cache.put(1), cache.put(2), cache.put(3)
    assert (cache.get(first), cache.get(second), cache.get(third)) == (None, 2, 3)


@pytest.mark.parametrize("delivery", ["a", "x" * 500])
def test_marks_and_nonces_belong_to_a_part_of_a_delivery(delivery: str) -> None:
    assert len({component_id(delivery, part) for part in range(30)}) == 30
    assert all(0 < component_id(delivery, part) < 2**31 for part in range(30))
    assert component_id(delivery, 3) == component_id(delivery, 3)
    assert len({nonce_for(delivery, part) for part in range(30)}) == 30
    assert len(nonce_for(delivery, 0)) <= NONCE
