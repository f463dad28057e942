"""Inputs of matchings: small ones for Hypothesis, large ones from a seed."""

import random
from typing import Any

from hypothesis import strategies as st

from facilitation.mentoring.matching import MatchingInput, Mentor, Request

TOPICS = ("testing", "packaging", "pytest", "Python", "databases")
ZONES = ("", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Kolkata")
LANGUAGES = ("English", "Spanish", "German")
NEAR = {"pytest": frozenset({"testing"}), "packaging": frozenset({"python", "wheels"})}

_some = st.booleans()
_topics = st.lists(st.sampled_from(TOPICS), max_size=3, unique=True).map(tuple)
_zones = st.sampled_from(ZONES)
_languages = st.lists(st.sampled_from(LANGUAGES), max_size=2, unique=True).map(tuple)


@st.composite
def small_rounds(draw: st.DrawFn, mentors: int = 3, requests: int = 4) -> MatchingInput[str]:
    """Up to three mentors and four requests, full of ties, some of them both."""
    names = [f"m{at}" for at in range(draw(st.integers(0, mentors)))]
    asking = [f"r{at}" for at in range(draw(st.integers(0, requests)))]
    is_both: bool = draw(_some)
    if names and asking and is_both:
        asking[0] = names[0]
    pairs = st.sets(st.tuples(st.sampled_from(names or ["-"]), st.sampled_from(asking or ["-"])), max_size=4)
    return MatchingInput(
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


def shuffled(asked: MatchingInput[Any], seed: int) -> MatchingInput[Any]:
    """The same input in another order."""
    luck = random.Random(seed)

    def mixed(things: Any) -> tuple[Any, ...]:
        return tuple(luck.sample(list(things), len(things)))

    return MatchingInput(
        mixed(asked.mentors),
        mixed(asked.requests),
        frozenset(mixed(sorted(asked.exclude))),
        frozenset(mixed(sorted(asked.past))),
        dict(mixed(asked.near.items())),
        asked.day,
    )


KINDS = ("varied", "one topic", "two zones", "secretive")


def large_round(kind: str, mentors: int, requests: int, seed: int) -> MatchingInput[int]:
    """An input from a seed: with many topics, many ties or many exclusions."""
    luck = random.Random(f"{kind} {seed}")
    topics = ["everything"] if kind == "one topic" else [f"topic {at}" for at in range(40)]
    zones = ZONES[:2] if kind == "two zones" else ZONES
    people = range(mentors + requests)

    def some(things: Any, most: int) -> tuple[str, ...]:
        return tuple(luck.sample(things, min(len(things), luck.randint(1, most))))

    pairs = [(luck.choice(people[:mentors]), luck.choice(people[mentors:])) for _ in people] * 3
    return MatchingInput(
        tuple(
            Mentor(one, some(topics, 5), luck.randint(0, 3), luck.randint(0, 2), luck.choice(zones))
            for one in people[:mentors]
        ),
        tuple(
            Request(one, some(topics, 3), luck.randint(0, 60), luck.choice(zones), some(LANGUAGES, 2))
            for one in people[mentors:]
        ),
        frozenset(pairs if kind == "secretive" else ()),
        frozenset(pairs[:50]),
    )
