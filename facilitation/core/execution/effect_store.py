"""The effect store: writes effects to outbox and agenda, in the transaction of the changes they belong to."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from facilitation.core.features.registry import Registry
from facilitation.core.persistence import codec, sealing
from facilitation.core.values.cards import Button, Buttons, Card, Item, Items, Part, Place
from facilitation.core.values.effects import (
    Cancel,
    Effect,
    JoinChannel,
    Later,
    OpenForm,
    Post,
    React,
    Reply,
    Retract,
    Revise,
)
from storage.agenda import Agenda
from storage.communities import Community
from storage.outbox import Outbox
from storage.unit import Session, seals_of

STALE = timedelta(days=7)


async def store_effects(
    session: Session,
    registry: Registry,
    community: Community,
    feature: str,
    effects: list[Effect],
    at: datetime,
    place: Place | None = None,
) -> list[Reply]:
    """Store the effects of a feature; returns the replies for the sender of an interaction.

    `place` is where the interaction came from: a reply to everyone becomes a post there.
    """
    replies: list[Reply] = []
    outbox = Outbox(session, community.id)
    agenda = Agenda(session, community.id)
    for effect in effects:
        match effect:
            case Reply(to="everyone") if place is not None:
                post = Post(
                    place, without_missing_buttons(effect.card, registry), f"reply:{uuid.uuid4().hex}"
                )
                await outbox.put(**codec.outbox_columns(post, feature, community.id, at))
            case Reply():
                replies.append(replace(effect, card=without_missing_buttons(effect.card, registry)))
            case OpenForm():
                raise TypeError("only an opening answers with a form")
            case Post(sealed=True):
                post = replace(effect, card=without_missing_buttons(effect.card, registry))
                await outbox.put(**sealing.sealed_outbox_columns(post, community.id, at, seals_of(session)))
            case Post():
                post = replace(effect, card=without_missing_buttons(effect.card, registry))
                await outbox.put(**codec.outbox_columns(post, feature, community.id, at))
            case React() | JoinChannel():
                await outbox.put(**codec.outbox_columns(effect, feature, community.id, at))
            case Revise():
                card = codec.encode_card(without_missing_buttons(effect.card, registry))
                await outbox.revise(effect.key, card, at, STALE)
            case Retract():
                await outbox.withdraw(effect.key, at, STALE)
            case Later(sealed=True):
                endpoint = registry.of(type(effect.command))
                key, args = sealing.sealed_agenda_columns(
                    effect.command, effect.key, community.id, seals_of(session)
                )
                await agenda.put(key, endpoint.id, args, effect.at, sealed=True)
            case Later():
                endpoint = registry.of(type(effect.command))
                await agenda.put(effect.key, endpoint.id, codec.encode_args(effect.command), effect.at)
            case Cancel():
                await agenda.clear(effect.key)
            case _:
                assert_never(effect)
    return replies


def without_missing_buttons(card: Card, registry: Registry) -> Card:
    """A card without optional buttons whose endpoint no feature here declares."""

    def stays(button: Button) -> bool:
        return not button.optional or button.command in registry.endpoints

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
