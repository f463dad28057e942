"""One interaction from what somebody did to everything that the bot answered."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.fakes.discord.world import EPHEMERAL, Channel, Message, User

Kind = Literal["slash", "autocomplete", "component", "context", "modal"]

REPLY, DEFER_REPLY, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


@dataclass
class Callback:
    """The first response to an interaction."""

    type: int
    """4 reply, 5 deferred reply, 6 deferred update, 7 update, 8 choices, 9 modal."""
    delay: float
    """Seconds since the interaction was made."""
    ephemeral: bool = False


@dataclass(eq=False)
class Exchange:
    """What somebody asked by command, button, menu or form, and what came back."""

    id: str
    type: int
    """2 command, 3 component, 4 autocomplete, 5 modal."""
    kind: Kind
    token: str
    person: User
    channel: Channel
    source: Message | None = None
    """The message whose button or menu was used."""
    begun: float = field(default_factory=time.monotonic)
    callback: Callback | None = None
    failed: bool = False
    """No answer came in time: the person was told that the application did not respond."""
    original: Message | None = None
    """The first reply, or the message that is to become it."""
    messages: list[Message] = field(default_factory=list)
    """All that was said in answer: the reply and its followups."""
    modal: dict[str, Any] | None = None
    choices: list[tuple[str, Any]] = field(default_factory=list)
    """What autocompletion offered: name and value."""
    first: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ephemeral(self) -> bool:
        """Whether the first response is seen by the person alone."""
        return self.callback is not None and self.callback.ephemeral

    @property
    def deferred(self) -> bool:
        """Whether only `… is thinking` is to be seen so far."""
        return self.original is not None and self.original.loading

    @property
    def owners(self) -> dict[str, str]:
        guild = self.channel.guild
        return {"0": guild.id} if guild else {"0": "0"}

    @property
    def text(self) -> str:
        """All that was said in answer and still stands, by lines."""
        return "\n".join(one.text for one in self.messages if not one.deleted)

    def flags_of(self, wanted: int) -> int:
        """What of wanted flags a deferred reply takes over: whether it is ephemeral was said before."""
        if self.original is not None and self.original.loading:
            return (wanted & ~EPHEMERAL) | (self.original.flags & EPHEMERAL)
        return wanted
