"""The charter as every room may quote it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CharterText:
    """What a community says of itself; one without a charter has empty texts."""

    domain: str = ""
    purpose: str = ""
    ground_rules: tuple[str, ...] = ()
