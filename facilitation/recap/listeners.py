"""What the recap does on events: a post failed."""

from facilitation.core.features.contributions import EventContext
from facilitation.core.values.effects import Effects
from facilitation.core.values.events import PostFailed
from facilitation.recap import keys
from facilitation.recap.feature import feature
from storage.recap import Recaps


@feature.on(PostFailed, when=lambda event: event.post.startswith(keys.PREFIX))
async def on_post_failed(context: EventContext, recaps: Recaps) -> Effects:
    """Mark a recap that could not be posted, so that the next one covers its period."""
    assert isinstance(context.event, PostFailed)
    await recaps.mark_failed(context.event.post)
    return []
