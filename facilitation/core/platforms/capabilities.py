"""What platforms can do, so that features ask for abilities and never for a platform by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storage.communities import People


@dataclass(frozen=True)
class Capabilities:
    """What one platform can do, as far as features depend on it; each adapter declares its own.

    The defaults are the careful choice: a platform that declares nothing gets them.
    """

    name: str = ""
    """The platform's name as people write it; empty if it is unknown."""
    can_message_unasked: bool = False
    """Whether the bot may send a direct message to a person who has not asked for one."""
    small_group_note: str = "People who look after this place may be able to read along."
    """Who else can read a small group, for its introduction: one sentence, empty if nobody can."""


class PlatformCapabilities:
    """The capabilities of the platforms on which one community lives. Handlers may ask for it by type."""

    def __init__(self, by_platform: Mapping[str, Capabilities], people: People) -> None:
        self._by_platform = by_platform
        self._people = people
        self._platforms: dict[int, str] | None = None

    async def of_community(self) -> list[Capabilities]:
        """Those of each platform of the community, in the order in which its spaces were added."""
        platforms = dict.fromkeys((await self._by_space()).values())
        return [self._of(platform) for platform in platforms]

    async def of_space(self, space: int) -> Capabilities:
        """Those of the platform of one space."""
        return self._of((await self._by_space()).get(space, ""))

    async def of_group(self, members: Sequence[int]) -> Capabilities:
        """Those of the platform on which the courier opens a small group: where its first member was last."""
        accounts = await self._people.accounts(members[0]) if members else []
        space = next((account.space for account in accounts if account.is_person), None)
        return await self.of_space(space) if space is not None else Capabilities()

    async def _by_space(self) -> dict[int, str]:
        if self._platforms is None:
            self._platforms = await self._people.platforms()
        return self._platforms

    def _of(self, platform: str) -> Capabilities:
        return self._by_platform.get(platform, Capabilities())
