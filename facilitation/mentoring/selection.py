"""Which pair a command means."""

from facilitation.core.values.commands import Context
from facilitation.core.values.errors import Refusal
from facilitation.mentoring.services import PairServices
from storage.mentoring import Pair

NOT_YOURS = "That question is for somebody else."


async def own_pair(pair: int, context: Context, services: PairServices) -> Pair:
    """A pair of the sender, locked until the unit ends. Raises Refusal if it is not theirs."""
    await services.rounds.hold()
    found = await services.pairs.get(pair)
    if found is None or not found.has(context.member.id):
        raise Refusal(NOT_YOURS)
    return found
