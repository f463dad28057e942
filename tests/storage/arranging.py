"""Spaces, communities and people for tests of storage, made with as few words as possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from storage.base import micros
from storage.communities import Directory, Memberships
from storage.diary import DiaryState, Entry, HistoryEntry
from storage.outbox import Letter, Outbox, claim, mark_sending
from storage.unit import Session, Units
from tests.conftest import NOW


@dataclass(frozen=True)
class Setting:
    """A space, a community in it, and ids by the handles that were asked for."""

    space: int
    community: int
    members: dict[str, int]
    accounts: dict[str, int]
    channels: dict[str, int]


async def settled(
    session: Session,
    *,
    space: str = "T1",
    community: str = "Guild",
    people: Sequence[str] = ("ines", "marek"),
    channels: Sequence[str] = ("general", "help"),
) -> Setting:
    """A community on a space, with members and public channels; asked again, what is there stays."""
    directory = Directory(session)
    facts = await directory.put_space("page", space, space)
    one = await directory.put_community(community, facts.id)
    await directory.put_accounts(
        facts.id, [(handle, handle.capitalize(), "", True, False) for handle in people]
    )
    await directory.put_channels(facts.id, [(handle, handle, False, False) for handle in channels])
    accounts = await directory.account_ids(facts.id)
    members: dict[str, int] = {}
    for handle in people:
        member, _ = await Memberships(session).enrol(one.id, accounts[handle], NOW)
        members[handle] = member.id
    ids = {route.handle: route.channel for route in await directory.routes(facts.id)}
    return Setting(facts.id, one.id, members, accounts, ids)


async def setting(units: Units, **options: Any) -> Setting:
    """`settled` in a unit of its own."""
    async with units.write() as session:
        return await settled(session, **options)


def past(key: str, community: int | None = None, channel: int | None = None, **columns: Any) -> HistoryEntry:
    """A message of the past for the diary."""
    values: dict[str, Any] = {
        "community_id": community,
        "key": key,
        "at": micros(NOW),
        "channel_id": channel,
        "message": key.rpartition(":")[2],
        "thread": "",
        "refers_to": "",
        "author_id": None,
        "reply": 0,
        "question": 0,
        "links": 0,
        "reactions": 0,
        "excerpt": "",
    }
    return HistoryEntry(**(values | columns))


def entry(key: str, at: datetime = NOW, **columns: Any) -> Entry:
    """A row for the diary: a message that nobody needs to hear of, unless columns say otherwise."""
    values: dict[str, Any] = {
        "community_id": None,
        "key": key,
        "kind": "posted",
        "at": micros(at),
        "state": DiaryState.DIGESTED,
        "channel_id": None,
        "message": "",
        "thread": "",
        "refers_to": "",
        "author_id": None,
        "reply": False,
        "question": False,
        "links": 0,
        "reactions": 0,
        "excerpt": None,
        "body": None,
    }
    return Entry(**(values | columns))


def fresh(key: str, at: datetime = NOW, **columns: Any) -> Entry:
    """A row that the digest has to take."""
    return entry(key, at, **({"state": DiaryState.FRESH, "body": "{}"} | columns))


async def post(session: Session, there: Setting, key: str, at: datetime = NOW, **columns: Any) -> bool:
    """Store a message in the outbox, to the channel `general` unless columns say otherwise."""
    values: dict[str, Any] = {
        "feature": "test",
        "space": there.space,
        "lane": "channel:general",
        "place": "{}",
        "card": "{}",
        "at": at,
        "stale": timedelta(days=7),
        "delivery": f"d-{key}",
    }
    return await Outbox(session, there.community).put(key=key, **(values | columns))


async def claimed(
    units: Units, at: datetime = NOW, *, busy: Sequence[str] = (), limit: int = 20
) -> list[Letter]:
    """Claim letters and mark them as being sent, as the courier does."""
    async with units.write() as session:
        letters = await claim(session, at, busy, limit)
        for letter in letters:
            await mark_sending(session, [(letter, letter.space or 0)], at + timedelta(minutes=2))
        return letters
