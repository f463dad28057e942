"""Name lookup: resolves the member ids and channels of a card to names, just before it is sent."""

from facilitation.core.people.redaction import PersonTrace, redacted
from facilitation.core.platforms.surface import Person, RenderableCard
from facilitation.core.values.cards import Card, PlaceRef, people_in, quoted_in, texts
from storage.communities import Community, People
from storage.unit import Session


async def resolve_names(session: Session, community: Community, space: int, card: Card) -> RenderableCard:
    """The card with the names and handles that it needs in a space, without forgotten people."""
    named, quoted = people_in(card), {author for author in quoted_in(card) if author > 0}
    channels = {span.handle for text in texts(card) for span in text.spans if isinstance(span, PlaceRef)}
    if not (named or quoted or channels):
        return RenderableCard(card, community=community.id, zone=community.zone, space=space)
    people = People(session, community.id)
    names = await people.names(named | quoted, space)
    if gone := quoted - names.keys():
        # The card was composed while they were being forgotten, and stored just after.
        card = redacted(card, PersonTrace(frozenset(), frozenset(gone), lambda words: words))
    places = {spot.handle: spot.name for spot in await people.spots()} if channels else {}
    return RenderableCard(
        card=card,
        people={member: Person(*names[member]) for member in named & names.keys()},
        places={handle: places[handle] for handle in channels if handle in places},
        community=community.id,
        zone=community.zone,
        space=space,
    )
