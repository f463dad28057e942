"""What rhythms do on events: a prompt failed."""

from facilitation.core.features.contributions import EventContext
from facilitation.core.values.effects import Effects
from facilitation.core.values.events import PostFailed
from facilitation.rhythm import keys
from facilitation.rhythm.feature import feature
from storage.rhythm import DateOutcome, Decks, Rhythms


@feature.on(PostFailed, when=lambda event: event.post.startswith(keys.PREFIX))
async def on_post_failed(context: EventContext, rhythms: Rhythms, decks: Decks) -> Effects:
    """Record why a prompt was not posted, and put it back, so that it comes again."""
    assert isinstance(context.event, PostFailed)
    outcome = {"hushed": DateOutcome.SKIPPED, "stale": DateOutcome.MISSED}.get(
        context.event.why, DateOutcome.FAILED
    )
    dealt = await rhythms.mark_failed(context.event.post, outcome, context.event.why)
    if dealt is not None and dealt.prompt is not None:
        await decks.give_back(dealt.prompt)
    return []
