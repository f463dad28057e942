"""Communities, spaces and people as frozen values."""

from dataclasses import dataclass
from datetime import datetime, time

from storage.base import StoredEnum


class Use(StoredEnum):
    """What a channel is used for in its community."""

    WELCOME = "welcome"
    INTRODUCTIONS = "introductions"
    HELP = "help"
    RECAP = "recap"
    COORDINATORS = "coordinators"


@dataclass(frozen=True)
class Community:
    """A community.

    With `has_charter` its coordinators have written the charter in these fields, one line per rule and goal;
    otherwise the one in the configuration counts.
    """

    id: int
    name: str
    zone: str = "UTC"
    country: str = ""
    whole_space: bool = True
    begun_at: datetime | None = None
    quiet_from: time = time(20)
    quiet_to: time = time(8)
    quiet_weekends: bool = True
    recap_day: int = 4
    recap_at: time = time(15)
    hushed: bool = False
    hush_until: datetime | None = None
    configured: bool = False
    keep_excerpts: bool = True
    has_charter: bool = False
    domain: str = ""
    purpose: str = ""
    ground_rules: str = ""
    goals: str = ""

    def is_hushed(self, at: datetime) -> bool:
        """Whether prompts, recaps and unsolicited messages are stopped at this instant."""
        return self.hushed and (self.hush_until is None or at < self.hush_until)


@dataclass(frozen=True)
class Member:
    """A person in one community; in another community they are another member.

    `weekly_limit` is the number of unsolicited messages they accept in seven days. `buddy` says that they
    volunteer as a newcomer's buddy.
    """

    id: int
    community: int
    name: str
    zone: str = ""
    joined_at: datetime | None = None
    baseline: bool = False
    quiet: bool = False
    left_at: datetime | None = None
    weekly_limit: int = 2
    buddy: bool = False


@dataclass(frozen=True)
class Account:
    """A person on one space."""

    id: int
    space: int
    handle: str
    name: str
    zone: str = ""
    is_person: bool = True
    is_manager: bool = False
    dms_closed: bool = False


@dataclass(frozen=True)
class Spot:
    """A channel of a community's spaces."""

    id: int
    space: int
    handle: str
    name: str
    private: bool
    archived: bool
    community: int | None
    uses: frozenset[Use] = frozenset()


@dataclass(frozen=True)
class SpaceFacts:
    """A space."""

    id: int
    platform: str
    handle: str
    name: str
    lost_at: datetime | None
    pruned_until: datetime | None = None


@dataclass(frozen=True)
class Route:
    """The community that a channel's messages belong to; None if they must not be stored."""

    channel: int
    handle: str
    name: str
    private: bool
    community: int | None
    pruned_until: datetime | None
