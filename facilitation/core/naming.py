"""A card's ids into names, at the last moment, for whoever will see it."""

from facilitation.core.cards import Card, PlaceRef, people_in, texts
from facilitation.core.surface import Person, Spoken
from storage.communities import Community, People
from storage.unit import Session


async def spoken(session: Session, community: Community, space: int, card: Card) -> Spoken:
    """The card with the names it needs on a space; whoever is no longer known has none."""
    people = People(session, community.id)
    names = await people.names(people_in(card), space)
    wanted = {span.handle for text in texts(card) for span in text.spans if isinstance(span, PlaceRef)}
    places = {spot.handle: spot.name for spot in await people.spots()} if wanted else {}
    return Spoken(
        card=card,
        people={member: Person(name, handle) for member, (name, handle) in names.items()},
        places={handle: places[handle] for handle in wanted if handle in places},
        community=community.id,
        zone=community.zone,
    )
