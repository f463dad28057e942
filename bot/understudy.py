"""Plays a coordinator where nobody else does: in rehearsals, and before the local page opens."""

from collections import Counter
from collections.abc import Iterable
from zoneinfo import available_timezones

from facilitation.core.cards import buttons_in, texts
from facilitation.core.errors import BadInput
from facilitation.core.happenings import ChannelFacts, Profile, SpaceRef
from facilitation.core.house import House
from facilitation.core.speech import plain
from facilitation.core.surface import Knock, Spoken

APPROVE_RECAP = "recap.post_it"
"""The ask behind the button that lets the first recap go."""


class Understudy:
    """One coordinator by handle; everything is done through the same door as by a person."""

    def __init__(self, house: House, space: SpaceRef, who: str) -> None:
        self._house = house
        self._space = space
        self.who = who

    async def begin(self, settings: dict[str, object]) -> None:
        """Save the settings form, then press *Begin*."""
        await self._done("coordination.settings", settings)
        await self._done("coordination.begin", {})

    async def approve_recap(self, seen: Iterable[Spoken]) -> bool:
        """Press the button that lets a recap go, if one of these cards has it."""
        for spoken in seen:
            for button in buttons_in(spoken.card):
                if button.ask == APPROVE_RECAP:
                    await self._done(button.ask, dict(button.args))
                    return True
        return False

    async def _done(self, ask: str, args: dict[str, object]) -> None:
        knock = Knock(self._space, self.who, ask=ask, args=args, direct=True, via="form", submitted=True)
        answer = await self._house.handle(knock)
        if answer.form is not None:
            faults = "; ".join(f"{name}: {words}" for name, words in answer.form.errors.items())
            raise BadInput(f"rehearsal: {faults}")
        if answer.spoken is not None and answer.spoken.card.tone == "careful":
            words = " ".join(plain(text) for text in texts(answer.spoken.card))
            raise BadInput(f"rehearsal: {self.who or 'nobody'} was to coordinate, and was told: {words}")


def channel_named(channels: Iterable[ChannelFacts], *names: str) -> str:
    """The handle of the first of these names that is a channel, empty for none."""
    by_name = {channel.name: channel.handle for channel in channels if not channel.archived}
    return next((by_name[name] for name in names if name in by_name), "")


def usual_zone(people: Iterable[Profile]) -> str:
    """The IANA zone that most of these people have, UTC if none is known."""
    zones = Counter(profile.zone for profile in people if profile.zone and profile.is_person)
    known = (zone for zone, _ in zones.most_common() if zone in available_timezones())
    return next(known, "UTC")
