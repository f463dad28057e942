"""Effects into the three lists: in the transaction of the changes they belong to, or not at all."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from facilitation.core import ledger, sealing
from facilitation.core.cards import Button, Buttons, Card, Item, Items, Part, Place
from facilitation.core.effects import (
    Cancel,
    Effect,
    Enter,
    Later,
    Open,
    Post,
    React,
    Reply,
    Retract,
    Revise,
)
from facilitation.core.room import Catalogue
from storage.agenda import Agenda
from storage.communities import Community
from storage.outbox import Outbox
from storage.unit import Session, seals_of

STALE = timedelta(days=7)


async def keep(
    session: Session,
    catalogue: Catalogue,
    community: Community,
    room: str,
    effects: list[Effect],
    at: datetime,
    place: Place | None = None,
) -> list[Reply]:
    """Store the effects of a room; returns the replies that go straight back to a live request.

    `place` is where the request came from: a reply to everyone is a post there.
    """
    replies: list[Reply] = []
    outbox = Outbox(session, community.id)
    agenda = Agenda(session, community.id)
    for effect in effects:
        match effect:
            case Reply(to="everyone") if place is not None:
                post = Post(place, fitting(effect.card, catalogue), f"reply:{uuid.uuid4().hex}")
                await outbox.put(**ledger.posting(post, room, community.id, at))
            case Reply():
                replies.append(replace(effect, card=fitting(effect.card, catalogue)))
            case Open():
                raise TypeError("only an opening answers with a form")
            case Post(sealed=True):
                post = replace(effect, card=fitting(effect.card, catalogue))
                await outbox.put(**sealing.posting(post, community.id, at, seals_of(session)))
            case Post():
                post = replace(effect, card=fitting(effect.card, catalogue))
                await outbox.put(**ledger.posting(post, room, community.id, at))
            case React() | Enter():
                await outbox.put(**ledger.posting(effect, room, community.id, at))
            case Revise():
                card = ledger.written(fitting(effect.card, catalogue))
                await outbox.revise(effect.key, card, at, STALE)
            case Retract():
                await outbox.withdraw(effect.key, at, STALE)
            case Later(sealed=True):
                action = catalogue.of(type(effect.ask))
                key, args = sealing.planning(effect.ask, effect.key, community.id, seals_of(session))
                await agenda.put(key, action.id, args, effect.at, sealed=True)
            case Later():
                action = catalogue.of(type(effect.ask))
                await agenda.put(effect.key, action.id, ledger.args_written(effect.ask), effect.at)
            case Cancel():
                await agenda.clear(effect.key)
            case _:
                assert_never(effect)
    return replies


def fitting(card: Card, catalogue: Catalogue) -> Card:
    """The card without optional buttons of rooms that are not in the house."""

    def stays(button: Button) -> bool:
        return not button.optional or button.ask in catalogue.actions

    parts: list[Part] = []
    for part in card.parts:
        match part:
            case Buttons():
                kept = tuple(button for button in part.buttons if stays(button))
                if kept or part.links:
                    parts.append(Buttons(kept, part.links))
            case Items():
                parts.append(
                    Items(
                        tuple(
                            Item(i.text, i.detail, tuple(b for b in i.buttons if stays(b)))
                            for i in part.items
                        )
                    )
                )
            case _:
                parts.append(part)
    return msgspec.structs.replace(card, parts=tuple(parts))
