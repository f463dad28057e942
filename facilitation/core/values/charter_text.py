"""The charter of a community, as handlers are given it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CharterText:
    """What a community is about, from its coordinators or else from the configuration.

    A community without a charter has empty texts.
    """

    domain: str = ""
    purpose: str = ""
    ground_rules: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
