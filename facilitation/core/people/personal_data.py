"""Shows, exports and erases the personal data of a member in all features.

A repository takes part by having `show`, `export` and `forget`. Outbox, agenda and diary are handled here,
because only the core can decode the cards, places, arguments and events in them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from facilitation.core.features.registry import Registry
from facilitation.core.people.redaction import (
    PersonTrace,
    redacted,
    redacted_args,
    redacted_event,
    without_quotes,
)
from facilitation.core.persistence import codec
from facilitation.core.values.cards import Group
from facilitation.core.values.commands import current_names
from facilitation.core.values.forms import fields_of
from facilitation.core.values.speech import plain_card
from storage import diary as diaries
from storage import outbox as outboxes
from storage.agenda import Agenda
from storage.communities import People
from storage.diary import KEEP_EXCERPTS, Diary
from storage.erasure import Person, erase, hold, opened, person_of, personal_repositories
from storage.outbox import Outbox
from storage.personal_records import PersonalRecords
from storage.unit import Session

REVISION_PACE = timedelta(seconds=5)
"""The time between two revisions in one lane, when posts that name a forgotten person are revised."""


class PersonalData:
    """Access to personal data from one community; handlers can ask for it by type."""

    def __init__(self, session: Session, community: int, registry: Registry) -> None:
        self._session = session
        self._community = community
        self._registry = registry

    async def show(self, member: int) -> list[tuple[str, list[str]]]:
        """Everything stored about a member and their accounts, as (heading, lines) without empty ones."""
        person = await person_of(self._session, member)
        records = PersonalRecords(self._session, person)
        shown = [("You", await records.you()), ("What you wrote", await records.talk())]
        for community, one in person.members:
            where = f" ({await self._name(community)})" if len(person.members) > 1 else ""
            for kind in personal_repositories():
                lines = await opened(kind, self._session, community).show(one)
                shown.append((f"{kind.heading}{where}", lines))
            sent = await Outbox(self._session, community).sent_to(one)
            plans = [plan for plan in await self._plans(community) if plan.is_with(one)]
            lines = [f"Messages from me to you alone: {len(sent)}"] if sent else []
            lines += [f"Planned, with you in it: {len(plans)}"] if plans else []
            shown.append((f"What I say{where}", lines))
        return [(heading, lines) for heading, lines in shown if lines]

    async def export(self, member: int, at: datetime) -> dict[str, Any]:
        """Everything stored about a member, as values that JSON can encode; times are in ISO 8601."""
        person = await person_of(self._session, member)
        records = PersonalRecords(self._session, person)
        communities = []
        for community, one in person.members:
            sent = await Outbox(self._session, community).sent_to(one)
            communities.append(
                {
                    "community": await self._name(community),
                    "member": await records.member(one),
                    "features": {
                        kind.export_key: await opened(kind, self._session, community).export(one)
                        for kind in personal_repositories()
                    },
                    "messages_to_you": [
                        {
                            "feature": message.feature,
                            "at": message.at.isoformat(),
                            "sent_at": message.sent_at.isoformat() if message.sent_at else None,
                            "words": plain_card(codec.decode_card(message.card)),
                        }
                        for message in sent
                    ],
                    "planned": [
                        {"what": plan.command, "arguments": plan.args}
                        for plan in await self._plans(community)
                        if plan.is_with(one)
                    ],
                }
            )
        return {
            "format": "tertulia-person-1",
            "made_at": at.isoformat(),
            "accounts": await records.accounts(),
            "written": await records.written(),
            "communities": communities,
        }

    async def forget(self, member: int, at: datetime) -> int:
        """Erase the person behind a member everywhere and for good, within this unit of work.

        Returns the number of posts that will be revised because they name or quote the person.
        """
        person = await person_of(self._session, member)
        await hold(self._session, person)
        revised = 0
        for community, one in person.members:
            keys = await Outbox(self._session, community).forget(one)
            for space in person.spaces:
                await Diary(self._session, space).untold(community, keys)
            revised += await self._reword_posts(community, one, person, at)
            await self._reword_plans(community, one, person)
        await self._reword_events(person)
        await erase(self._session, person)
        self._session.mark_changed()
        return revised

    async def drop_excerpts(self) -> None:
        """Erase the excerpts of all messages in the community, which no longer keeps them."""
        await diaries.drop_excerpts(self._session, self._community)

    # Outbox, agenda and diary -------------------------------------------------------------------------------

    async def _reword_posts(self, community: int, member: int, person: Person, at: datetime) -> int:
        outbox = Outbox(self._session, community)
        accounts = person.account_ids
        trace = PersonTrace(
            frozenset({member}), frozenset({member, *(-one for one in accounts)}), person.names.hidden
        )
        revised_in_lane: dict[str, int] = {}
        for found in await outbox.naming(member, accounts, person.names):
            place, card = codec.decode_place(found.place), codec.decode_card(found.card)
            if isinstance(place, Group) and member in place.members:
                place = msgspec.structs.replace(place, members=tuple(m for m in place.members if m != member))
                if not place.members:
                    await outbox.drop(found.id)
                    continue
            new_card, new_place = codec.encode_card(redacted(card, trace)), codec.encode_place(place)
            if (new_card, new_place) == (codec.encode_card(card), found.place):
                continue
            number = revised_in_lane[found.lane] = revised_in_lane.get(found.lane, 0) + 1
            await outbox.reword(found.id, new_card, new_place, at + number * REVISION_PACE)
        return sum(revised_in_lane.values())

    async def _reword_plans(self, community: int, member: int, person: Person) -> None:
        """Remove the agenda entries in which a required argument is the person; redact the others."""
        agenda = Agenda(self._session, community)
        for plan in await self._plans(community, held=True):
            if member in (plan.args.get(name) for name in plan.required):
                await agenda.clear(plan.key)
                continue
            args = {
                name: None
                if name in plan.people and value == member
                else redacted_args(value, person.names.hidden)
                for name, value in plan.args.items()
            }
            if args != plan.args:
                await agenda.reword(plan.key, msgspec.json.encode(args).decode())

    async def _reword_events(self, person: Person) -> None:
        """Redact the person in events that others caused and that are not digested yet."""
        handles = frozenset(account.handle for account in person.accounts)
        for space in person.spaces:
            diary = Diary(self._session, space)
            for page, body in await diary.naming(person.names):
                event = codec.decode_event(body)
                hidden = redacted_event(event, handles, person.names.hidden)
                if hidden != event:
                    await diary.reword(page, codec.encode_event(hidden))

    async def _plans(self, community: int, *, held: bool = False) -> list["_Plan"]:
        return [
            self._plan(key, command, codec.decode_args(args))
            for key, command, args in await Agenda(self._session, community).entries(held=held)
        ]

    def _plan(self, key: str, command: str, args: dict[str, Any]) -> "_Plan":
        endpoint = self._registry.find(command)
        args = current_names(endpoint.command, args) if endpoint else args
        people = [field for field in fields_of(endpoint.command) if field.is_person] if endpoint else []
        names = frozenset(field.name for field in people)
        return _Plan(key, command, args, names, frozenset(field.name for field in people if field.required))

    async def _name(self, community: int) -> str:
        return (await People(self._session, community).community()).name


@dataclass(frozen=True)
class _Plan:
    """An agenda entry. `people` names its arguments for members, `required` those without a default."""

    key: str
    command: str
    args: dict[str, Any]
    people: frozenset[str]
    required: frozenset[str]

    def is_with(self, member: int) -> bool:
        return member in (self.args.get(name) for name in self.people)


async def drop_old_quotes(session: Session, now: datetime) -> int:
    """Remove quotes from stored messages after `KEEP_EXCERPTS`, and the files of delivered messages.

    Handles one batch; returns the number of changed messages, 0 when none is left.
    """
    old = await outboxes.quoting(session, now - KEEP_EXCERPTS)
    for found in old:
        await outboxes.keep_less(
            session, found.id, codec.encode_card(without_quotes(codec.decode_card(found.card)))
        )
    return len(old)
