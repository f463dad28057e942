"""Personal data over all features: shown, exported, and erased for good.

A repository takes part by having `show`, `export` and `forget`. The three lists are searched here, because
only the core can read the cards, places and arguments in them.
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

PACE = timedelta(seconds=5)
"""The pause between two posts in one channel that are revised because they name a forgotten person."""


class PersonalData:
    """The personal data of one community; handlers are given it by its type."""

    def __init__(self, session: Session, community: int, registry: Registry) -> None:
        self._session = session
        self._community = community
        self._registry = registry

    async def show(self, member: int) -> list[tuple[str, list[str]]]:
        """Everything that is kept about a member and their accounts, as lines under headings."""
        person = await person_of(self._session, member)
        dossier = PersonalRecords(self._session, person)
        shown = [("You", await dossier.you()), ("What you wrote", await dossier.talk())]
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
        """The same as JSON; times are in ISO 8601."""
        person = await person_of(self._session, member)
        dossier = PersonalRecords(self._session, person)
        communities = []
        for community, one in person.members:
            sent = await Outbox(self._session, community).sent_to(one)
            communities.append(
                {
                    "community": await self._name(community),
                    "member": await dossier.member(one),
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
            "accounts": await dossier.accounts(),
            "written": await dossier.written(),
            "communities": communities,
        }

    async def forget(self, member: int, at: datetime) -> int:
        """Erase the person behind a member everywhere and for good, within this unit of work.

        Returns how many posts are revised because they name the person, one after the other.
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
        """Erase all excerpts, because the community no longer keeps its members' words."""
        await diaries.drop_excerpts(self._session, self._community)

    # The three lists -------------------------------------------------------------------------------

    async def _reword_posts(self, community: int, member: int, person: Person, at: datetime) -> int:
        outbox = Outbox(self._session, community)
        accounts = person.account_ids
        trace = PersonTrace(
            frozenset({member}), frozenset({member, *(-one for one in accounts)}), person.names.hidden
        )
        in_lane: dict[str, int] = {}
        for found in await outbox.naming(member, accounts, person.names):
            place, card = codec.decode_place(found.place), codec.decode_card(found.card)
            if isinstance(place, Group) and member in place.members:
                place = msgspec.structs.replace(place, members=tuple(m for m in place.members if m != member))
                if not place.members:
                    await outbox.drop(found.id)
                    continue
            said, there = codec.encode_card(redacted(card, trace)), codec.encode_place(place)
            if (said, there) == (codec.encode_card(card), found.place):
                continue
            number = in_lane[found.lane] = in_lane.get(found.lane, 0) + 1
            await outbox.reword(found.id, said, there, at + number * PACE)
        return sum(in_lane.values())

    async def _reword_plans(self, community: int, member: int, person: Person) -> None:
        """Remove agenda entries that need the person; the others go on without them."""
        agenda = Agenda(self._session, community)
        for plan in await self._plans(community, held=True):
            if member in (plan.args.get(name) for name in plan.needs):
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
        """Redact events that others caused and that are not digested yet."""
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
    """An agenda entry: which of its arguments are people, and which of these are required."""

    key: str
    command: str
    args: dict[str, Any]
    people: frozenset[str]
    needs: frozenset[str]

    def is_with(self, member: int) -> bool:
        return member in (self.args.get(name) for name in self.people)


async def drop_old_quotes(session: Session, now: datetime) -> int:
    """Remove quotes from messages after five weeks, and files once they are delivered.

    Returns how many messages were changed, 0 when all is done.
    """
    old = await outboxes.quoting(session, now - KEEP_EXCERPTS)
    for found in old:
        await outboxes.keep_less(
            session, found.id, codec.encode_card(without_quotes(codec.decode_card(found.card)))
        )
    return len(old)
