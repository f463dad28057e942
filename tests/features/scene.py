"""A community with one of each kind of person in it, in which every command can be tried."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from bot.features import FEATURES
from facilitation.concern import Fallback
from facilitation.core.features.feature import Endpoint
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Role
from facilitation.core.values.events import ChannelFacts, MemberJoined, MemberLeft, Profile, Roster
from storage.base import Base
from storage.communities import Community, Directory, People, Use
from storage.sealing import Seals
from storage.unit import Session, Units
from tests.features.community import CHARTER, FALLBACK, KEY
from tests.features.discovery import declared
from tests.features.kinds import GRANTED, KINDS
from tests.testbed import SPACE, Testbed, assemble_testbed


@dataclass
class Scene:
    """A community with one of each kind of person in it, and another one in the same space."""

    bed: Testbed
    here: Community
    elsewhere: Community
    prepared: dict[str, Any]
    """What each feature prepared, by its name."""
    outset: sqlite3.Connection
    """The database as it was when the scene was set."""
    _watch: sqlite3.Connection = field(init=False)
    _version: int = field(init=False)

    def __post_init__(self) -> None:
        self._watch = _database(self.bed.units)
        self._version = self._data_version()

    def on(self, units: Units, clock: VirtualClock) -> "Scene":
        """The same scene, in the same file, with a dispatcher of its own."""
        return replace(self, bed=_bed(units, clock))

    def close(self) -> None:
        """Let go of the database."""
        self._watch.close()

    def is_changed(self) -> bool:
        """Whether anything was committed since the scene was set, or set again."""
        return self._data_version() != self._version

    def anew(self) -> None:
        """As if nobody had sent anything yet."""
        if self.is_changed():
            self.restore()

    def restore(self) -> None:
        """Put back the rows of the outset, also those that were changed there."""
        with closing(_database(self.bed.units)) as database:
            self.outset.backup(database)
        self._version = self._data_version()
        self.bed.dispatcher.intake.invalidate()

    def changed_tables(self, community: int | None = None) -> list[str]:
        """The tables with other rows than at the outset; if a community is given, with other rows of it."""
        if not self.is_changed():
            return []
        columns = {name: table.columns.keys() for name, table in Base.metadata.tables.items()}
        where = "" if community is None else f" WHERE community_id = {community:d}"
        return [
            name
            for name in columns
            if community is None or "community_id" in columns[name]
            for query in [f'SELECT * FROM "{name}"{where}']
            if sorted(map(repr, self.outset.execute(query))) != sorted(map(repr, self._watch.execute(query)))
        ]

    def args(self, endpoint: Endpoint) -> dict[str, Any]:
        """What a command is sent with, where rights depend on it."""
        by_feature = declared("rights", "args")
        if endpoint.feature not in by_feature:
            return {}
        found: dict[str, Any] = by_feature[endpoint.feature](endpoint, self.prepared.get(endpoint.feature))
        return found

    def _data_version(self) -> int:
        """Another number after each commit of another connection."""
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])


async def scene(units: Units, clock: VirtualClock) -> Scene:
    """Two communities in one space, each with its home channel, and what features prepare in the first."""
    bed = _bed(units, clock)
    lodgers = ("coordinator elsewhere", "member who coordinates elsewhere")
    profiles = tuple(
        Profile(kind, kind.capitalize(), bot=kind == "bot", guest=kind == "guest", manager=kind == "manager")
        for kind in KINDS
        if kind not in ("stranger", "newcomer")
    )
    here = tuple(p.handle for p in profiles if p.handle != "coordinator elsewhere")
    channels = (
        ChannelFacts("general", "general", members=here),
        ChannelFacts("other", "other", members=lodgers),
    )
    roster = Roster(SPACE, "Test community", profiles, channels)
    await bed.dispatcher.sync_roster(roster)
    await bed.dispatcher.sync_roster(roster, community_name="Other")
    async with units.write() as session:
        found = await Directory(session).communities(1)
        one, other = (next(c for c in found if (c.name == "Other") is is_other) for is_other in (False, True))
        for community, channel in ((one, "general"), (other, "other")):
            people = People(session, community.id)
            home = next(spot.id for spot in await people.spots() if spot.name == channel)
            await people.settle([home])
            await people.assign(Use.INTRODUCTIONS, home)
            await people.configure(configured=True)
            await people.enrol_present(clock.now())
            await people.begin(clock.now())
        for kind, role in GRANTED.items():
            await People(session, one.id).grant(await member_of(session, one, kind), role, clock.now())
        for lodger in lodgers:
            at = await member_of(session, other, lodger)
            await People(session, other.id).grant(at, Role.COORDINATOR, clock.now())
    bed.dispatcher.intake.invalidate()
    await bed.receive(MemberJoined(clock.now(), Profile("newcomer", "Newcomer"), "general"))
    await bed.receive(MemberLeft(clock.now(), "former member"))
    prepared = {
        feature: await prepare(bed, one) for feature, prepare in declared("rights", "prepare").items()
    }
    bed.dispatcher.intake.invalidate()
    outset = sqlite3.connect(":memory:")
    with closing(_database(units)) as database:
        database.backup(outset)
    return Scene(bed, one, other, prepared, outset)


async def member_of(session: Session, community: Community, kind: str) -> int:
    """The id of the person of a kind in a community."""
    account = await Directory(session).account(1, kind)
    assert account is not None
    found = await People(session, community.id).by_account(account.id)
    assert found is not None, f"{kind} is not in {community.name}"
    return found.id


def _bed(units: Units, clock: VirtualClock) -> Testbed:
    units.seals = Seals([KEY])
    values = {CharterText: lambda _: CHARTER, Fallback: lambda _: FALLBACK}
    return assemble_testbed(units, clock, FEATURES, factories=values)


def _database(units: Units) -> sqlite3.Connection:
    database = sqlite3.connect(str(units.engine.url.database))
    database.execute("PRAGMA synchronous = OFF")
    return database
