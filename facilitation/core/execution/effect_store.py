"""The effect store: writes effects to the outbox and the agenda, in the transaction of their changes."""

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

REVISION_STALE = timedelta(days=7)
"""How long after it was revised or withdrawn a post expires, unless it was delivered by then."""


async def store_effects(
    session: Session,
    registry: Registry,
    community: Community,
    feature: str,
    effects: list[Effect],
    at: datetime,
    place: Place | None = None,
) -> list[Reply]:
    """Store the effects that a feature returned; returns the replies to the sender of an interaction.

    `place` is where the interaction came from, None without one: a reply to everyone becomes a post there.
    Raises TypeError for `OpenForm`, which cannot be stored.
    """
    replies: list[Reply] = []
    stored: list[Effect] = []
    for effect in effects:
        if not isinstance(effect, Reply):
            stored.append(effect)
        elif effect.to == "everyone" and place is not None:
            stored.append(Post(place, effect.card, f"reply:{uuid.uuid4().hex}"))
        else:
            replies.append(replace(effect, card=without_missing_buttons(effect.card, registry)))
    if stored:
        await _store(session, registry, community, feature, stored, at)
    return replies


async def _store(
    session: Session,
    registry: Registry,
    community: Community,
    feature: str,
    effects: list[Effect],
    at: datetime,
) -> None:
    outbox, agenda = Outbox(session, community.id), Agenda(session, community.id)
    for effect in effects:
        match effect:
            case Post():
                post = replace(effect, card=without_missing_buttons(effect.card, registry))
                columns = (
                    sealing.sealed_outbox_columns(post, community.id, at, seals_of(session))
                    if post.sealed
                    else codec.outbox_columns(post, feature, community.id, at)
                )
                await outbox.put(**columns)
            case React() | JoinChannel():
                await outbox.put(**codec.outbox_columns(effect, feature, community.id, at))
            case Revise():
                card = codec.encode_card(without_missing_buttons(effect.card, registry))
                await outbox.revise(effect.key, card, at, REVISION_STALE)
            case Retract():
                await outbox.withdraw(effect.key, at, REVISION_STALE)
            case Later(command=command, key=key) if effect.sealed:
                sealed = sealing.sealed_agenda_columns(command, key, community.id, seals_of(session))
                await agenda.put(
                    sealed[0], registry.endpoint_of(type(command)).id, sealed[1], effect.at, sealed=True
                )
            case Later(command=command, key=key):
                await agenda.put(
                    key, registry.endpoint_of(type(command)).id, codec.encode_args(command), effect.at
                )
            case Cancel():
                await agenda.clear(effect.key)
            case Reply() | OpenForm():
                raise TypeError(f"{feature}: {type(effect).__name__} cannot be stored")
            case _:
                assert_never(effect)


def without_missing_buttons(card: Card, registry: Registry) -> Card:
    """A card without the optional buttons whose endpoint no registered feature declares."""

    def is_kept(button: Button) -> bool:
        return not button.optional or registry.find(button.command) is not None

    parts: list[Part] = []
    for part in card.parts:
        match part:
            case Buttons():
                kept = tuple(button for button in part.buttons if is_kept(button))
                if kept or part.links:
                    parts.append(Buttons(kept, part.links))
            case Items():
                parts.append(
                    Items(
                        tuple(
                            Item(i.text, i.detail, tuple(b for b in i.buttons if is_kept(b)))
                            for i in part.items
                        )
                    )
                )
            case _:
                parts.append(part)
    return msgspec.structs.replace(card, parts=tuple(parts))
