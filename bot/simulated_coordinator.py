"""A simulated coordinator, who sets up the community of a rehearsal or of the local page."""

from collections import Counter
from collections.abc import Iterable

from facilitation.core.dispatcher import Dispatcher
from facilitation.core.platforms.surface import Interaction, RenderableCard
from facilitation.core.values.cards import Button, Card, buttons_in, texts
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import ChannelFacts, Profile, SpaceRef
from facilitation.core.values.local_time import zone_names
from facilitation.core.values.speech import plain

APPROVE_RECAP = "recap.post_waiting"
"""The command of the button that approves the first recap."""
SAVE_RHYTHM = "rhythm.save_draft"
"""The command of the button that saves a rhythm as it is shown."""
TUESDAY_PROMPT = {
    "name": "Tuesday prompt",
    "deck": "Seeking experience",
    "when": "every week on tue at 10:00",
}
"""The form values of the rhythm that most communities begin with."""


class SimulatedCoordinator:
    """Acts as the coordinator with the handle `who`; all actions go through the gateway, like a person's.

    Methods raise BadInput if the bot refuses an action.
    """

    def __init__(self, dispatcher: Dispatcher, space: SpaceRef, who: str) -> None:
        self._dispatcher = dispatcher
        self._space = space
        self.who = who

    async def begin(self, settings: dict[str, object]) -> None:
        """Save the settings form, then press *Begin*."""
        await self._expect_success("coordination.edit_settings", settings)
        await self._expect_success("coordination.begin", {})

    async def start_prompts(self, channel: str) -> dict[str, object]:
        """Submit the form of the Tuesday prompt, then press *Save*.

        Returns the arguments by which buttons identify the rhythm.
        """
        draft_card = await self._expect_success("rhythm.draft", {**TUESDAY_PROMPT, "channel": channel})
        save = _button(draft_card, SAVE_RHYTHM)
        saved = await self._expect_success(save.command, dict(save.args))
        return dict(_button(saved, "rhythm.preview").args)

    async def leave_prompts(self, rhythm: dict[str, object]) -> None:
        """Press *Leave it* below the advice to change a rhythm; `rhythm` is a result of `start_prompts`."""
        await self._expect_success("rhythm.dismiss_advice", rhythm)

    async def approve_recap(self, seen: Iterable[RenderableCard]) -> bool:
        """Press the button that approves a recap, if one of these cards has it; returns whether one had."""
        for renderable in seen:
            for button in buttons_in(renderable.card):
                if button.command == APPROVE_RECAP:
                    await self._expect_success(button.command, dict(button.args))
                    return True
        return False

    async def _expect_success(self, command: str, args: dict[str, object]) -> RenderableCard | None:
        """Send a command; returns the card of the response. Raises BadInput if it is refused."""
        interaction = Interaction(
            self._space, self.who, command=command, args=args, direct=True, via="form", submitted=True
        )
        answer = await self._dispatcher.handle(interaction)
        if answer.form is not None:
            faults = "; ".join(f"{name}: {words}" for name, words in answer.form.errors.items())
            raise BadInput(f"rehearsal: {faults}")
        if answer.renderable is not None and answer.renderable.card.tone == "careful":
            words = " ".join(plain(text) for text in texts(answer.renderable.card))
            raise BadInput(f"rehearsal: {self.who or 'nobody'} was to coordinate, and was told: {words}")
        return answer.renderable


def _button(renderable: RenderableCard | None, command: str) -> Button:
    """The first button that sends a command."""
    return next(
        button
        for button in buttons_in(renderable.card if renderable else Card())
        if button.command == command
    )


def channel_named(channels: Iterable[ChannelFacts], *names: str) -> str:
    """The handle of the first of these names that an open channel has, empty if none has one."""
    by_name = {channel.name: channel.handle for channel in channels if not channel.archived}
    return next((by_name[name] for name in names if name in by_name), "")


def usual_zone(people: Iterable[Profile]) -> str:
    """The most common valid IANA zone of these people, UTC if there is none."""
    zones = Counter(profile.zone for profile in people if profile.zone and profile.is_person)
    known = (zone for zone, _ in zones.most_common() if zone in zone_names())
    return next(known, "UTC")
