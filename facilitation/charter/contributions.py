"""What the charter adds to the home card."""

from facilitation.charter.feature import feature
from facilitation.core.values.cards import Part
from facilitation.core.values.commands import Context
from facilitation.core.values.speech import say
from storage.charter import AboutMe


@feature.home("me")
async def own_topics(context: Context, about_me: AboutMe) -> list[Part]:
    """The member's topics, or an invitation to name some."""
    interests, expertise, _ = await about_me.get(context.member.id)
    if not interests and not expertise:
        return [say("Tell us what you would like to learn and can help with: `/cop me`")]
    parts: list[Part] = []
    if interests:
        parts.append(say("You would like to learn {topics}.", topics=", ".join(interests)))
    if expertise:
        parts.append(say("You can help with {topics}.", topics=", ".join(expertise)))
    return parts
