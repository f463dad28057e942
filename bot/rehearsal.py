"""Rehearsal: replays a real archive through the whole bot, on a clock that follows the archive's dates."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

from msgspec.structs import replace
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from adapters.archive.counts import Counts
from adapters.archive.transcript import Entry, Transcript
from bot import toml
from bot.app import App, build
from bot.config import CommunityConfig, Database, Settings
from bot.replay import Replay
from bot.script import Step
from bot.simulated_coordinator import SimulatedCoordinator, channel_named, usual_zone
from facilitation.core.platforms.surface import RenderableCard, Response
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import (
    Event,
    MemberChanged,
    MemberJoined,
    MessagePosted,
    Profile,
    Roster,
    SpaceRef,
)
from facilitation.core.values.forms import known_zone
from storage.engine import open_engine
from storage.migration import upgrade

AFTERWARDS = timedelta(days=7)
"""How long the clock runs after the last event, so that the last week gets its recap."""


class Play(BaseModel):
    """The options of a rehearsal. Channels are given by name or by the platform's id.

    The baseline is the first `baseline_days` days of the archive. By default:

    - The coordinator is the most active person of the baseline, and approves the first recap at once.
    - Channels for welcome and recap are chosen by their names, else the busiest of the baseline is taken.
    - The recap comes every Friday at 15:00.
    - A prompt from the deck *Seeking experience* is posted in the welcome channel every Tuesday at 10:00.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    baseline_days: int = Field(
        default=7, ge=1, le=365, description="people who appear so early are not newcomers"
    )
    coordinator: str = Field(
        default="", description="the platform's id; empty: the most active in the baseline"
    )
    approve_first_recap: bool = Field(default=True, description="whether the coordinator approves it at once")
    welcome: str = Field(default="", description="channel; empty: by name, else the busiest")
    introductions: str = Field(default="", description="channel; empty: by name, else none")
    help: str = Field(default="", description="channel; empty: by name, else none")
    recap: str = Field(default="", description="channel; empty: by name, else the busiest")
    zone: Annotated[str, AfterValidator(lambda zone: known_zone(zone) if zone else "")] = Field(
        default="", description="time zone; empty: the one most people have, else UTC"
    )
    recap_day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = (
        "friday"
    )
    recap_at: time = time(15)
    tuesday_prompt: bool = Field(default=True, description="whether there is a prompt every Tuesday at 10:00")
    prompt: str = Field(default="", description="channel of the prompts; empty: that of the welcome")
    domain: str = ""
    purpose: str = ""
    ground_rules: tuple[str, ...] = ()


def load_play(path: Path | None) -> Play:
    """The options in a TOML file; for None, the defaults. Raises BadInput naming each wrong key."""
    return toml.read_as(Play, path) if path is not None else Play()


@dataclass
class Rehearsal:
    """The result of a rehearsal.

    `answers` are the responses to steps of the script: time, member's id, response. `places` and `people` map
    the platform's ids to names.
    """

    name: str = ""
    zone: str = "UTC"
    counts: Counts = field(default_factory=Counts)
    entries: list[Entry] = field(default_factory=list)
    answers: list[tuple[datetime, str, Response]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)


@contextmanager
def scratch_app(settings: Settings, clock: VirtualClock) -> Iterator[App]:
    """A bot on a temporary SQLite database, which runs on the event loop's thread because that is fastest."""
    with tempfile.TemporaryDirectory(prefix="tertulia-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'rehearsal.db'}"
        upgrade(url, clock.now())
        engine = open_engine(url, on_loop_thread=True, durable=False)
        settings = settings.model_copy(update={"database": Database(url=SecretStr(url))})
        yield build(settings, clock=clock, engine=engine)


async def rehearse(
    roster: Roster,
    events: Iterator[Event],
    play: Play,
    script: Sequence[Step] = (),
    watch: Callable[[Event], None] = lambda _: None,
) -> Rehearsal:
    """Replay an archive's events through a new bot on a temporary database.

    `events` must be in order of time. `script` adds actions of members. `watch` is called with each event
    after the baseline. Raises BadInput if the play or the script refers to something that does not exist.
    """
    places = {channel.handle: channel.name for channel in roster.channels}
    result = Rehearsal(roster.name, counts=Counts(roster.space.platform), places=places)
    opening, later = _split(events, timedelta(days=play.baseline_days), result.counts)
    if not opening:
        return result
    baseline = _Baseline(roster, opening, play)
    result.zone = baseline.zone
    clock = VirtualClock(opening[0].at + timedelta(days=play.baseline_days))
    with scratch_app(Settings(communities=(baseline.community,)), clock) as app:
        rehearsed = _RehearsedSpace(app, clock, roster.space, result, play)
        try:
            await rehearsed.begin(baseline, opening)
            replay = Replay(app, clock, roster.space, script, act=rehearsed.act, after=rehearsed.approve)
            await replay.start()
            end = clock.now()
            for event in later:
                watch(event)
                result.counts.add(event)
                for fact in baseline.introduced(event):
                    await replay.feed(fact)
                end = max(end, event.at)
            await replay.finish(max((end + AFTERWARDS, *(step.at for step in script))))
        finally:
            await app.close()
    result.entries = rehearsed.transcript.entries
    result.people = {profile.handle: profile.name for profile in roster.people} | baseline.names
    return result


def _split(
    events: Iterator[Event], baseline: timedelta, counts: Counts
) -> tuple[list[Event], Iterator[Event]]:
    """The events of the baseline, which are counted here, and the rest as a stream."""
    opening: list[Event] = []
    for event in events:
        if opening and event.at >= opening[0].at + baseline:
            return opening, chain((event,), events)
        counts.add(event)
        opening.append(event)
    return opening, iter(())


class _Baseline:
    """The roster, coordinator, time zone and busiest channel at the start, inferred from the first days."""

    def __init__(self, roster: Roster, opening: Sequence[Event], play: Play) -> None:
        # The roster marks people who left later as gone, but at the start they were present.
        self._profiles = {one.handle: replace(one, gone=False) for one in roster.people}
        self._known: set[str] = set()
        self.names: dict[str, str] = {}
        talk = [event for event in opening if isinstance(event, MessagePosted)]
        for event in opening:
            for _ in self.introduced(event):
                pass
        self.roster = Roster(
            roster.space,
            roster.name,
            tuple(
                self._profiles.get(handle) or Profile(handle, self.names.get(handle, ""))
                for handle in sorted(self._known)
            ),
            # Channels that were archived later were open at the start.
            tuple(replace(channel, archived=False) for channel in roster.channels),
        )
        self.coordinator = play.coordinator or self._most_active(talk)
        self.zone = play.zone or usual_zone(roster.people)
        self.busiest = next(
            (place for place, _ in Counter(message.place for message in talk).most_common(1)), ""
        )
        self.community = CommunityConfig(
            name=roster.name,
            zone=self.zone,
            coordinators=(self.coordinator,),
            domain=play.domain,
            purpose=play.purpose,
            ground_rules=play.ground_rules,
        )

    def _most_active(self, talk: Sequence[MessagePosted]) -> str:
        """The handle of the person with most messages, else of the first person; empty if there is none."""
        members = [profile.handle for profile in self.roster.people if profile.is_person]
        active = Counter(message.who for message in talk)
        return max(members, key=lambda handle: active[handle], default="")

    def introduced(self, event: Event) -> Iterator[Event]:
        """Yield the event, preceded by the profile of an author who is new: archives may not record joins."""
        match event:
            case MemberJoined() | MemberChanged():
                self._known.add(event.who.handle)
                self.names[event.who.handle] = event.who.name
                if isinstance(event, MemberJoined) and event.who.gone:
                    # The roster marks people who left later as gone, but at this time they were present.
                    event = replace(event, who=replace(event.who, gone=False))
            case MessagePosted() if event.who not in self._known:
                self._known.add(event.who)
                profile = self._profiles.get(event.who)
                if profile is not None:
                    yield MemberChanged(event.at, profile)
            case _:
                pass
        yield event


class _RehearsedSpace:
    """The rehearsed space: records what the bot posts, and acts for its coordinator and members."""

    def __init__(self, app: App, clock: VirtualClock, space: SpaceRef, result: Rehearsal, play: Play) -> None:
        self._app = app
        self._clock = clock
        self._space = space
        self._result = result
        self._play = play
        self._coordinator = SimulatedCoordinator(app.dispatcher, space, "")
        self._seen_count = 0
        self._prompts: dict[str, object] = {}
        self.transcript = Transcript(clock)
        app.courier.connect(space, self.transcript)

    async def begin(self, baseline: _Baseline, opening: Sequence[Event]) -> None:
        """Store the baseline as history, then save the settings and press *Begin* as its coordinator."""
        self._coordinator = SimulatedCoordinator(self._app.dispatcher, self._space, baseline.coordinator)
        await self._app.dispatcher.sync_roster(baseline.roster)
        await self._app.dispatcher.intake.commit(self._space, opening, history=True)
        settings = _settings_of(baseline, self._play)
        await self._coordinator.begin(settings)
        place = _channel(baseline, self._play.prompt) or settings["welcome"]
        if self._play.tuesday_prompt and place:
            self._prompts = await self._coordinator.start_prompts(str(place))

    async def act(self, step: Step) -> None:
        """Perform a step of the script, and record the response.

        Raises BadInput if the form or the button does not exist.
        """
        seen = [
            answer.renderable
            for _, who, answer in reversed(self._result.answers)
            if who == step.who and answer.renderable
        ]
        seen += self._seen_by(step.who)
        if step.fill and step.fill not in self._app.dispatcher.registry.endpoints:
            raise BadInput(f"script: at {step.at:%Y-%m-%d %H:%M} there is no form “{step.fill}” to fill.")
        answer = await self._app.dispatcher.handle(step.interaction(self._space, seen))
        self._result.answers.append((self._clock.now(), step.who, answer))

    async def approve(self) -> bool:
        """Approve the first recap when it is proposed, if the play says so; returns whether that happened.

        Also dismisses suggestions to change the prompts: people in an archive cannot answer them.
        """
        entries = self.transcript.entries
        fresh, self._seen_count = entries[self._seen_count :], len(entries)
        if self._prompts and any(entry.feature == "rhythm" for entry in fresh):
            await self._coordinator.leave_prompts(self._prompts)
        if not fresh or not self._play.approve_first_recap:
            return False
        return await self._coordinator.approve_recap(entry.renderable for entry in fresh)

    def _seen_by(self, who: str) -> list[RenderableCard]:
        """The cards in channels and in this person's direct messages, newest first."""
        return [entry.renderable for entry in reversed(self.transcript.entries) if entry.to in (None, who)]


def _settings_of(baseline: _Baseline, play: Play) -> dict[str, object]:
    """The values of the settings form, from the play, the names of channels, and the busiest channel."""
    return {
        "welcome": _channel(baseline, play.welcome, "welcome", "general") or baseline.busiest,
        "introductions": _channel(
            baseline, play.introductions, "introductions", "intros", "introduce-yourself", "new-members"
        ),
        "help": _channel(baseline, play.help, "help", "questions", "support"),
        "recap": _channel(baseline, play.recap, "recap", "general") or baseline.busiest,
        "zone": baseline.zone,
        "recap_day": play.recap_day,
        "recap_at": f"{play.recap_at:%H:%M}",
    }


def _channel(baseline: _Baseline, given: str, *names: str) -> str:
    """The handle of a public channel: the given one or, if none is given, the first that has one of `names`.

    Returns an empty text if no channel has any of them. Raises BadInput if the given channel does not exist.
    """
    public = [channel for channel in baseline.roster.channels if not channel.private]
    if not given:
        return channel_named(public, *names)
    for one in public:
        if given.removeprefix("#") in (one.name, one.handle):
            return one.handle
    raise BadInput(f"rehearsal: the archive has no public channel “{given}”.")
