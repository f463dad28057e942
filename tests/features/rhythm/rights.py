"""Who may send which command of rhythms."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from facilitation.core.features.feature import Endpoint
from storage.communities import Community, People
from storage.rhythm import Decks, Leader, Rhythms
from tests.conftest import NOW
from tests.features.kinds import COORDINATORS, MEMBERS, NOBODY
from tests.features.scene import member_of
from tests.testbed import Testbed

FACILITATOR = frozenset({"facilitator"})
"""Takes turns with the rhythm, and is the next."""

MAY = {
    "rhythm.accept_turn": FACILITATOR,
    "rhythm.add_prompts": COORDINATORS,
    "rhythm.approve_prompt": COORDINATORS,
    "rhythm.change_deck": COORDINATORS,
    "rhythm.create_deck": COORDINATORS,
    "rhythm.decline_prompt": COORDINATORS,
    "rhythm.dismiss_advice": COORDINATORS,
    "rhythm.draft": COORDINATORS,
    "rhythm.draft_change": COORDINATORS,
    "rhythm.draft_tuesday_prompt": COORDINATORS,
    "rhythm.edit": COORDINATORS,
    "rhythm.export_calendar": COORDINATORS,
    "rhythm.list": COORDINATORS,
    "rhythm.list_decks": COORDINATORS,
    "rhythm.notify_facilitator": NOBODY,
    "rhythm.pass_turn": FACILITATOR,
    "rhythm.pause": COORDINATORS,
    "rhythm.pause_until": COORDINATORS,
    "rhythm.post_due_prompt": NOBODY,
    "rhythm.post_now": COORDINATORS | FACILITATOR,
    "rhythm.preview": COORDINATORS | FACILITATOR,
    "rhythm.remove": COORDINATORS,
    "rhythm.remove_prompt": COORDINATORS,
    "rhythm.resume": COORDINATORS,
    "rhythm.save_draft": COORDINATORS,
    "rhythm.set_away": FACILITATOR,
    "rhythm.show_deck": COORDINATORS,
    "rhythm.show_responses": COORDINATORS,
    "rhythm.slow_down": COORDINATORS,
    "rhythm.stop_volunteering": FACILITATOR,
    "rhythm.suggest_prompt": MEMBERS,
    "rhythm.volunteer": MEMBERS,
}
REFUSED = (
    "Only coordinators and its facilitator",
    "That one is over, or somebody else has it by now",
    "You take no turns there",
)
TURN = (NOW + timedelta(days=2)).date()
"""The day of the facilitator's turn."""


async def prepare(bed: Testbed, here: Community) -> int:
    """A rhythm that members take turns with; the next turn is the facilitator's. Returns the rhythm."""
    at = bed.clock.now()
    async with bed.units.write() as session:
        decks, rhythms = Decks(session, here.id), Rhythms(session, here.id)
        deck = await decks.put("Questions")
        assert deck is not None
        await decks.add(deck, ["What did you learn?"], at)
        spots = await People(session, here.id).spots()
        rhythm = await rhythms.put(
            None,
            at,
            name="Wednesday question",
            channel_id=next(spot.id for spot in spots if spot.name == "general"),
            deck_id=deck,
            rrule="FREQ=WEEKLY;BYDAY=WE",
            local_at=time(10),
            zone="UTC",
            start=TURN,
            leader=Leader.ROTATING.value,
        )
        assert rhythm is not None
        facilitator = await member_of(session, here, "facilitator")
        await rhythms.volunteer(rhythm, facilitator, at)
        await rhythms.plan(rhythm, TURN, datetime.combine(TURN, time(10), UTC))
        await rhythms.set_next(rhythm, host=facilitator, agreed=False, prompt=None)
    return rhythm


def args(endpoint: Endpoint, rhythm: int) -> dict[str, Any]:
    """The rhythm, and the day of the turn."""
    fields = endpoint.command.model_fields
    if "rhythm" not in fields:
        return {}
    return {"rhythm": rhythm} | {name: str(TURN) for name in {"day", "until"} & fields.keys()}
