"""What mentoring does on events: introductions and questions are delivered or fail, and members leave."""

from facilitation.core.features.contributions import EventContext
from facilitation.core.values.cards import Direct
from facilitation.core.values.effects import Effects, Post
from facilitation.core.values.events import MemberLeft, PostDelivered, PostFailed
from facilitation.mentoring import cards, keys, transitions
from facilitation.mentoring.feature import feature
from facilitation.mentoring.services import PairServices
from storage.mentoring import LIVE, Stage


@feature.on(PostDelivered, when=lambda event: event.post.startswith(keys.PREFIX))
async def on_post_delivered(context: EventContext, services: PairServices) -> Effects:
    """Begin a pair whose introduction was delivered."""
    assert isinstance(context.event, PostDelivered)
    pair = await services.pairs.by_post(context.event.post)
    if pair is None or pair.stage is not Stage.ACCEPTED:
        return []
    return await transitions.begin(services, pair, context.at)


@feature.on(
    PostFailed,
    when=lambda event: event.post.startswith(keys.PREFIX) and event.why not in ("withdrawn", "hushed"),
)
async def on_post_failed(context: EventContext, services: PairServices) -> Effects:
    """Treat a question that failed as unanswered. Introduce a pair by direct messages if its group failed."""
    assert isinstance(context.event, PostFailed)
    await services.rounds.hold()
    pair = await services.pairs.by_post(context.event.post)
    if pair is None:
        return []
    if pair.stage in (Stage.PROPOSED, Stage.OFFERED):
        return await transitions.turn_down(services, pair, "silence")
    if pair.stage is not Stage.ACCEPTED:
        return []
    if ended := await transitions.end_if_somebody_left(services, pair):
        return ended
    introductions = [
        Post(
            Direct(member),
            cards.direct_introduction(pair.other(member) or 0),
            keys.direct_introduction(pair.id, member),
        )
        for member in (pair.mentor, pair.mentee)
        if member is not None
    ]
    return [*await transitions.begin(services, pair, context.at), *introductions]


@feature.on(MemberLeft)
async def on_member_left(context: EventContext, services: PairServices) -> Effects:
    """End the pairs and requests of a member who left."""
    member = context.member
    if member is None or member.left_at is None:
        return []
    live = [pair for pair in await services.pairs.of(member.id) if pair.stage in LIVE]
    if not live and await services.seeking.request_of(member.id) is None:
        return []
    await services.rounds.hold()
    return await transitions.end_all_of_left_members(services)
