"""The charter of a community, as rooms are handed it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CharterText:
    """What a community is about: as its coordinators wrote it, else as the configuration has it.

    A community without a charter has empty texts.
    """

    domain: str = ""
    purpose: str = ""
    ground_rules: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
