"""Rounds to match: small ones of every kind for Hypothesis, large ones from a seed."""

import random
from typing import Any

from hypothesis import strategies as st

from facilitation.mentoring.matching import Mentor, Request, Round

TOPICS = ("testing", "packaging", "pytest", "Python", "databases")
ZONES = ("", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Kolkata")
LANGUAGES = ("English", "Spanish", "German")
NEAR = {"pytest": frozenset({"testing"}), "packaging": frozenset({"python", "wheels"})}

_some = st.booleans()
_topics = st.lists(st.sampled_from(TOPICS), max_size=3, unique=True).map(tuple)
_zones = st.sampled_from(ZONES)
_languages = st.lists(st.sampled_from(LANGUAGES), max_size=2, unique=True).map(tuple)


@st.composite
def small_rounds(draw: st.DrawFn, mentors: int = 4, requests: int = 5) -> Round[str]:
    """Up to four mentors and five requests, full of ties, some of them both."""
    names = [f"m{at}" for at in range(draw(st.integers(0, mentors)))]
    asking = [f"r{at}" for at in range(draw(st.integers(0, requests)))]
    if names and asking and draw(_some):
        asking[0] = names[0]
    pairs = st.sets(st.tuples(st.sampled_from(names or ["-"]), st.sampled_from(asking or ["-"])), max_size=4)
    return Round(
        tuple(
            Mentor(
                name,
                draw(_topics),
                draw(st.integers(0, 3)),
                draw(st.integers(0, 3)),
                draw(_zones),
                draw(_languages),
            )
            for name in names
        ),
        tuple(
            Request(
                name,
                draw(_topics),
                draw(st.integers(0, 20)),
                draw(_zones),
                draw(_languages),
                draw(_some),
                draw(st.sampled_from(("", "better testing", "write Python"))),
            )
            for name in asking
        ),
        frozenset(draw(pairs)),
        frozenset(draw(pairs)),
        draw(st.sampled_from(({}, NEAR))),
    )


def shuffled(asked: Round[Any], seed: int) -> Round[Any]:
    """The same round, told in another order."""
    luck = random.Random(seed)

    def mixed(things: Any) -> tuple[Any, ...]:
        return tuple(luck.sample(list(things), len(things)))

    return Round(
        mixed(asked.mentors),
        mixed(asked.requests),
        frozenset(mixed(sorted(asked.exclude))),
        frozenset(mixed(sorted(asked.past))),
        dict(mixed(asked.near.items())),
        asked.on,
    )
