"""The backend of the local page: a bot on a new database, a platform with people, and a virtual clock."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from pydantic import SecretStr

from adapters.archive.archive import Archive
from adapters.archive.sample import SampleArchive
from adapters.web.local.backend import MemberStatus, MessageAction
from adapters.web.local.history import load_history
from adapters.web.local.local_platform import LocalPlatform
from adapters.web.local.outbound import LocalSurface
from bot.app import App
from bot.config import CommunityConfig, Sealing, Settings
from bot.replay import Replay
from bot.script import Step
from bot.simulated_coordinator import SimulatedCoordinator, channel_named, usual_zone
from facilitation.core.platforms.surface import Interaction
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Role
from facilitation.core.values.events import Event, MemberJoined, MessagePosted, Roster
from facilitation.core.values.forms import fields_of
from facilitation.core.values.local_time import next_weekly
from storage.communities import Directory, People
from storage.sealing import fresh_key

NEWCOMER_FOR = timedelta(days=14)
"""How long the page shows a person as a newcomer."""
OPENING_TIME = time(8, 55)
"""The local time at which the page opens."""
EVENTS_PER_BATCH = 5_000
SAMPLE_SCRIPT = Path(__file__).parent / "sample_script.toml"


class Playground:
    """Implements `PageBackend`: actions take effect at once, and time passes only in `advance_to`."""

    def __init__(self, app: App, clock: VirtualClock, platform: LocalPlatform, zone: str) -> None:
        self._app = app
        self._clock = clock
        self.platform = platform
        self.gateway = app.dispatcher
        self.zone = zone
        self.actions: Sequence[MessageAction] = tuple(
            MessageAction(
                endpoint.id,
                endpoint.label,
                tuple(field.name for field in fields_of(endpoint.command) if field.kind == "hidden"),
                coordinators=endpoint.role is Role.COORDINATOR,
                on="bot" if endpoint.role is Role.COORDINATOR else "people",
            )
            for endpoint in app.dispatcher.registry.message_actions()
        )
        self._lock = asyncio.Lock()
        app.courier.connect(platform.space, LocalSurface(platform, clock))

    def now(self) -> datetime:
        """The clock's time."""
        return self._clock.now()

    async def settle(self) -> None:
        """Process fresh events, due entries and outgoing messages, without advancing the clock."""
        async with self._lock:
            await self._app.steps.settle()

    async def advance_to(self, until: datetime) -> None:
        """Advance the clock to an instant; everything due until then happens at its own time."""
        async with self._lock:
            await self._app.steps.play(self._clock, until)

    async def statuses(self) -> Mapping[str, MemberStatus]:
        """The status of coordinators, and of people who joined in the last two weeks, by handle."""
        space = self.platform.space
        found: dict[str, MemberStatus] = {}
        async with self._app.units.read() as session:
            directory = Directory(session)
            facts = await directory.space(space.platform, space.handle)
            if facts is None:
                return found
            for community in await directory.communities(facts.id):
                people = People(session, community.id)
                present = await people.present()
                handles = await people.names([member.id for member in present], facts.id)
                coordinator_ids = {member.id for member in await people.holders(Role.COORDINATOR)}
                for member in present:
                    is_new = member.joined_at is not None and self.now() - member.joined_at < NEWCOMER_FOR
                    if member.id in coordinator_ids:
                        found[handles[member.id][1]] = "coordinator"
                    elif is_new and not member.baseline:
                        found[handles[member.id][1]] = "newcomer"
        return found


# Opening a playground -----------------------------------------------------------------------------


def settings_for(archive: Archive) -> Settings:
    """The settings of the local page: a new sealing key, and the sample community or that of the archive."""
    sealing = Sealing(key=SecretStr(fresh_key()))
    if isinstance(archive, SampleArchive):
        facts = archive.community
        return Settings(
            communities=(
                CommunityConfig(
                    name=facts.name,
                    zone=facts.zone,
                    country=facts.country,
                    coordinators=facts.coordinators,
                    domain=facts.domain,
                    purpose=facts.purpose,
                    ground_rules=facts.ground_rules,
                ),
            ),
            sealing=sealing,
        )
    roster = archive.roster()
    community = CommunityConfig(name=roster.name, zone=usual_zone(roster.people))
    return Settings(communities=(community,), sealing=sealing)


async def open_sample(
    app: App, clock: VirtualClock, archive: SampleArchive, script: Sequence[Step], *, silent: bool
) -> Playground:
    """Open the sample community after its eight weeks, on Monday at 08:55; a prompt is due on Tuesday.

    With `silent`, the community has not begun, so that a visitor can try the first run.
    """
    roster, facts = archive.roster(), archive.community
    backend = Playground(app, clock, LocalPlatform(roster), facts.zone)
    events = list(archive.events())
    late = {event.who.handle for event in events if isinstance(event, MemberJoined)}
    present = tuple(profile for profile in roster.people if profile.handle not in late)
    people = roster.people if silent else present
    await app.dispatcher.sync_roster(Roster(roster.space, roster.name, people, roster.channels))
    end = datetime.combine(events[-1].at.date(), OPENING_TIME, ZoneInfo(facts.zone))
    if silent:
        load_history(backend.platform, events)
        await app.dispatcher.intake.commit(roster.space, events, history=True)
        clock.move_to(end)
        return backend
    coordinator = SimulatedCoordinator(app.dispatcher, roster.space, facts.coordinators[0])
    await coordinator.begin(
        {
            "welcome": channel_named(roster.channels, "general"),
            "introductions": channel_named(roster.channels, "introductions"),
            "help": channel_named(roster.channels, "help"),
            "recap": channel_named(roster.channels, "general"),
            "coordinators": channel_named(roster.channels, "coordinators"),
            "zone": facts.zone,
            "country": facts.country,
        }
    )
    await _replay_events(backend, app, clock, events, script, coordinator, end)
    await coordinator.start_prompts(channel_named(roster.channels, "general"))
    await backend.settle()
    return backend


async def _replay_events(
    backend: Playground,
    app: App,
    clock: VirtualClock,
    events: Sequence[Event],
    script: Sequence[Step],
    coordinator: SimulatedCoordinator,
    end: datetime,
) -> None:
    """Replay events and script up to `end`; the coordinator approves the first recap."""
    platform = backend.platform
    approved = False

    async def act(step: Step) -> None:
        await app.dispatcher.handle(step.interaction(platform.space, []))

    async def approve() -> bool:
        nonlocal approved
        if approved:
            return False
        places = platform.places_of(coordinator.who)
        talk = [
            message for spot in places for message in platform.messages.in_place(spot.handle, coordinator.who)
        ]
        approved = await coordinator.approve_recap(
            message.renderable for message in talk if message.renderable
        )
        return approved

    replay = Replay(app, clock, platform.space, script, act=act, after=approve)
    await replay.start()
    for event in events:
        await replay.run_to(event.at)
        load_history(platform, (event,))
        await replay.feed(event)
    await replay.run_to(end)
    for profile in platform.persons():
        for spot in platform.places_of(profile.handle):
            platform.messages.mark_read(spot.handle, profile.handle)


async def open_history(
    app: App, clock: VirtualClock, archive: Archive, progress: Callable[[int], None] = lambda _: None
) -> Playground:
    """Open a community with the history of an archive, on the Monday morning after the last event.

    The most active person becomes its coordinator, by the command that people who manage a space may use
    while it has none. `progress` is called with the bytes read.
    """
    roster = archive.roster()
    zone = usual_zone(roster.people)
    backend = Playground(app, clock, LocalPlatform(roster), zone)
    await app.dispatcher.sync_roster(roster, history=True)
    authors: Counter[str] = Counter()
    places: Counter[str] = Counter()
    batch: list[Event] = []
    last = clock.now()
    for event in archive.events():
        last = event.at
        batch.append(event)
        if isinstance(event, MessagePosted):
            authors[event.who] += 1
            places[event.place] += 1
        if len(batch) >= EVENTS_PER_BATCH:
            await _store_batch(app, backend.platform, batch)
            progress(archive.read_bytes)
            batch = []
    await _store_batch(app, backend.platform, batch)
    clock.move_to(next_weekly(last, zone, 0, OPENING_TIME))
    await _appoint_coordinator(app, archive.roster(), authors, places)
    await backend.settle()
    return backend


async def _store_batch(app: App, platform: LocalPlatform, batch: Sequence[Event]) -> None:
    load_history(platform, batch)
    await app.dispatcher.intake.commit(platform.space, batch, history=True)


async def _appoint_coordinator(app: App, roster: Roster, authors: Counter[str], places: Counter[str]) -> None:
    """Appoint the most active person, who then sets the channels according to their names and begins."""
    people = {profile.handle for profile in roster.people if profile.is_person}
    who = next((handle for handle, _ in authors.most_common() if handle in people), min(people, default=""))
    if not who:
        return
    profiles = (replace(p, manager=p.handle == who) for p in roster.people)
    await app.dispatcher.sync_roster(replace(roster, people=tuple(profiles)), history=True)
    interaction = Interaction(
        roster.space, who, command="coordination.add_coordinator", args={"who": who}, direct=True
    )
    await app.dispatcher.handle(interaction)
    public = [channel for channel in roster.channels if not channel.private]
    busiest = next((place for place, _ in places.most_common(1)), "")
    await SimulatedCoordinator(app.dispatcher, roster.space, who).begin(
        {
            "welcome": channel_named(public, "welcome", "general") or busiest,
            "introductions": channel_named(public, "introductions", "intros", "new-members"),
            "help": channel_named(public, "help", "questions"),
            "recap": channel_named(public, "recap", "general") or busiest,
            "zone": usual_zone(roster.people),
        }
    )
