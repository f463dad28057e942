"""The platform starts, receives events, repairs its connections, reports problems, and stops."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import uvicorn

from adapters.slack import platform as platforms
from adapters.slack import workspace as workspaces
from adapters.slack.platform import Credentials, SlackPlatform
from adapters.slack.sockets import ReplacementPolicy
from bot.web import listening_socket
from facilitation.core.platforms.platform import Finding, Host, KnownSpace
from facilitation.core.values.clock import SystemClock, VirtualClock
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import (
    ChannelChanged,
    MemberJoined,
    MemberLeft,
    MessagePosted,
    Roster,
    SpaceLost,
    SpaceRef,
)
from tests.adapters.contract.puppet import ANA, BEN, CHI, DEV, PuppetGateway
from tests.adapters.slack.harness import REGISTRY, RecordingSurfaces, credentials_of, workshop
from tests.fakes.slack import FakeSlack

pytestmark = pytest.mark.waits

SPACE = SpaceRef("slack", "T0HOME")


class RecordingGateway(PuppetGateway):
    """The puppet, which also records rosters."""

    def __init__(self) -> None:
        super().__init__()
        self.rosters: list[Roster] = []

    async def sync_roster(self, roster: Roster) -> None:
        self.rosters.append(roster)


class Running:
    """A platform connected to the fake, with a recording gateway."""

    def __init__(
        self,
        slack: FakeSlack,
        credentials: Credentials | None = None,
        policy: ReplacementPolicy | None = None,
    ) -> None:
        self.slack = slack
        self.gateway, self.surfaces, self.clock = RecordingGateway(), RecordingSurfaces(), SystemClock()
        host = Host(self.gateway, REGISTRY, self.surfaces, self.clock)
        self.platform = SlackPlatform(credentials or credentials_of(slack), host, policy)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Running"]:
        await self.platform.start()
        try:
            yield self
        finally:
            await self.platform.stop()


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with workshop() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Maintain sockets and workspaces all the time, and retry at once."""
    monkeypatch.setattr(platforms, "MAINTENANCE_INTERVAL", 0.05)
    monkeypatch.setattr(platforms, "SYNC_RETRY_DELAY", timedelta())
    monkeypatch.setattr(workspaces, "RECHECK_AFTER", timedelta())


async def until(true: Callable[[], object], within: float = 15.0) -> None:
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.01)


# Starting and stopping ---------------------------------------------------------------------------


async def test_the_workspace_is_synced_before_any_event_and_released_at_the_end(
    slack: FakeSlack,
) -> None:
    slack.add_person("gus", "Gus", guest=True)
    slack.add_person("robot", "Robot", bot=True)
    slack.add_person("old", "Old", deleted=True)
    slack.add_person("far", "Far", team="T0FAR")
    slack.add_channel("C-other", "other", members=(DEV,))
    stand = Running(slack)
    async with stand.running():
        await slack.connected(2)
        [roster] = stand.gateway.rosters
        assert (roster.space, roster.name) == (SPACE, "The Workshop")
        assert {profile.handle for profile in roster.people} == {ANA, BEN, CHI, DEV}
        assert {profile.handle: profile.zone for profile in roster.people}[BEN] == "America/New_York"
        members = {channel.handle: set(channel.members) for channel in roster.channels}
        assert members == {
            "C-general": {ANA, BEN, CHI},
            "C-help": {ANA, BEN},
            "C-quiet": {ANA},
            "C-other": set(),
        }
        assert list(stand.surfaces.surfaces) == [SPACE]
        assert stand.surfaces.paces == [timedelta(seconds=1)]
        assert stand.platform.health_problem() == ""
    assert stand.surfaces.surfaces == {}
    await slack.until(lambda: slack.sockets == 0)


@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        ({"bot_token": "xoxb-wrong"}, "slack.bot_token is refused"),
        ({"app_token": "xapp-wrong"}, "slack.app_token is refused"),
        ({"app_token": "", "signing_secret": ""}, "slack: beside bot_token set app_token"),
    ],
)
async def test_what_only_an_operator_can_fix_is_said_in_a_line(
    slack: FakeSlack, credentials: dict[str, str], words: str
) -> None:
    given = {"bot_token": slack.bot_token, "app_token": slack.app_token, **credentials}
    stand = Running(slack, Credentials(**given, api_url=slack.api_url))
    with pytest.raises(BadInput, match=words) as refused:
        await stand.platform.start()
    assert "wrong" not in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_a_slack_that_cannot_be_reached_is_tried_again(slack: FakeSlack) -> None:
    slack.fault("auth.test", status=503, times=2)
    stand = Running(slack)
    async with stand.running():
        assert "cannot be reached" in stand.platform.health_problem()
        await slack.connected(2)
        assert stand.platform.health_problem() == ""


async def test_lists_that_are_not_to_be_had_yet_are_asked_for_again(slack: FakeSlack) -> None:
    slack.fault("conversations.list", status=503, times=3)
    async with Running(slack).running() as stand:
        await slack.connected(2)
        assert len(stand.gateway.rosters) == 1


def test_no_token_shows_itself() -> None:
    assert "xox" not in repr(Credentials("xoxb-1", "xapp-1", "secret")) + str(Credentials("xoxb-1"))


# Hearing -----------------------------------------------------------------------------------------


async def test_people_come_and_go_and_channels_change(slack: FakeSlack) -> None:
    async with Running(slack).running() as stand:
        await slack.connected(2)
        slack.join_team("eva", "Eva")
        slack.join_channel("eva", "C-general")
        slack.leave_channel(CHI, "C-general")
        slack.leave_team(DEV)
        slack.rename("C-help", "assistance")
        slack.remove_bot("C-help")
        await slack.settled()
        received = stand.gateway.events
        joined = {(one.who.handle, one.place) for one in received if isinstance(one, MemberJoined)}
        assert joined == {("eva", ""), ("eva", "C-general")}
        left = {(one.who, one.place) for one in received if isinstance(one, MemberLeft)}
        assert left >= {(CHI, "C-general"), (DEV, "")}
        changed = [(one.channel.name, one.lost) for one in received if isinstance(one, ChannelChanged)]
        assert sorted(changed) == [("assistance", False), ("assistance", True)]


async def test_members_of_a_channel_that_the_bot_joins_are_synced(slack: FakeSlack) -> None:
    slack.add_channel("C-deep", "deep", private=True, members=(ANA, DEV))
    async with Running(slack).running() as stand:
        await slack.connected(2)
        slack.invite_bot("C-deep", by=ANA)
        await until(lambda: len(stand.gateway.rosters) == 2)
        roster = stand.gateway.rosters[-1]
        assert [(one.handle, set(one.members)) for one in roster.channels] == [("C-deep", {ANA, DEV})]
        assert roster.people == ()
        entered = [one for one in stand.gateway.events if isinstance(one, ChannelChanged)]
        assert [(one.channel.handle, one.channel.private, one.lost) for one in entered] == [
            ("C-deep", True, False)
        ]


async def test_the_workspace_is_lost(slack: FakeSlack) -> None:
    async with Running(slack).running() as stand:
        await slack.connected(2)
        slack.uninstall()
        await until(lambda: any(isinstance(one, SpaceLost) for one in stand.gateway.events))
        await until(lambda: not stand.surfaces.surfaces)
        assert "removed" in stand.platform.health_problem() or "refused" in stand.platform.health_problem()


async def test_a_revoked_token_stops_deliveries_until_it_is_back(slack: FakeSlack) -> None:
    async with Running(slack).running() as stand:
        await slack.connected(2)
        (workspace,) = stand.platform._workspaces.values()
        slack.fault("auth.test", error="token_revoked", times=-1)
        workspace.api.access_error = "token_revoked"
        await until(lambda: not stand.surfaces.surfaces)
        assert "token_revoked" in stand.platform.health_problem()
        slack.heal()
        await until(lambda: bool(stand.surfaces.surfaces))
        assert stand.platform.health_problem() == ""


# Sockets -----------------------------------------------------------------------------------------


async def test_sockets_that_slack_refreshes_lose_nothing(slack: FakeSlack) -> None:
    async with Running(slack).running() as stand:
        await slack.connected(2)
        for n in range(10):
            slack.write(ANA, "C-general", f"Before {n}")
        slack.refresh()
        for n in range(10):
            slack.write(ANA, "C-general", f"After {n}")
        await slack.settled(within=30)
        await slack.connected(2)
        said = {one.text for one in stand.gateway.events if isinstance(one, MessagePosted)}
        assert said == {f"{when} {n}" for when in ("Before", "After") for n in range(10)}


async def test_a_silently_dead_socket_is_noticed_by_what_the_other_receives(slack: FakeSlack) -> None:
    async with Running(
        slack, policy=ReplacementPolicy(outnumbered_by=3, quiet=timedelta(seconds=0.2))
    ).running() as stand:
        await slack.connected(2)
        before = len(slack.called("apps.connections.open"))
        slack.stall()
        for n in range(30):
            slack.write(ANA, "C-general", f"Message {n}")
            await asyncio.sleep(0.02)
        await until(lambda: len(slack.called("apps.connections.open")) > before)
        await slack.settled(within=30)
        keys = {one.key for one in stand.gateway.events if isinstance(one, MessagePosted)}
        assert len(keys) == 30


async def test_sockets_silent_for_long_are_replaced_and_after_a_gap_people_are_read_again(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platforms, "MIN_SYNC_INTERVAL", timedelta())
    patience = ReplacementPolicy(silence=timedelta(seconds=0.3), gap=timedelta(seconds=0.1))
    async with Running(slack, policy=patience).running() as stand:
        await slack.connected(2)
        slack.stall(2)
        await until(lambda: len(slack.called("apps.connections.open")) >= 4)
        await until(lambda: len(stand.gateway.rosters) >= 2)


async def test_people_are_read_again_every_hour(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platforms, "SYNC_INTERVAL", timedelta(seconds=0.1))
    async with Running(slack).running() as stand:
        await until(lambda: len(stand.gateway.rosters) >= 3)


async def test_without_any_socket_that_is_said(slack: FakeSlack) -> None:
    async with Running(slack).running() as stand:
        await slack.connected(2)
        slack.fault("apps.connections.open", status=503, times=-1)
        await slack.cut()
        await until(lambda: stand.platform.health_problem().startswith("no connection since"))


# Signed requests ---------------------------------------------------------------------------------


async def test_in_http_mode_slack_sends_signed_requests(slack: FakeSlack) -> None:
    stand = Running(
        slack, Credentials(slack.bot_token, signing_secret=slack.signing_secret, api_url=slack.api_url)
    )
    with listening_socket("127.0.0.1", 0) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        served = stand.platform.http_apps()

        async def app(scope: dict[str, str], receive: object, send: object) -> None:
            await served[scope["path"]](scope, receive, send)

        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        async with stand.running():
            await until(lambda: stand.gateway.rosters and server.started)
            slack.deliver_to(
                events=f"{address}/slack/events",
                commands=f"{address}/slack/commands",
                interactions=f"{address}/slack/interactivity",
            )
            slack.write(ANA, "C-general", "Signed")
            envelope = await slack.slash(ANA, "C-general", "/cop show buttons")
            assert envelope.ack["response_type"] == "ephemeral"
            await slack.press(ANA, "C-general", "Later")
            await slack.settled()
            assert [one.text for one in stand.gateway.events if isinstance(one, MessagePosted)] == ["Signed"]
            assert stand.gateway.interactions[-1].args == {"answer": "later"}
        server.should_exit = True
        await serving
    assert slack.sockets == 0
    assert slack.complaints == []


# Check -------------------------------------------------------------------------------------------


async def findings(stand: Running, *known: KnownSpace) -> dict[str, Finding]:
    return {finding.what: finding async for finding in stand.platform.examine(known)}


def known(stand: Running, *, ago: timedelta | None = timedelta(minutes=5), **channels: str) -> KnownSpace:
    received = stand.clock.now() - ago if ago is not None else None
    return KnownSpace(SPACE, received, {name.replace("_", "-"): words for name, words in channels.items()})


async def test_all_is_well(slack: FakeSlack) -> None:
    stand = Running(slack)
    found = await findings(stand, known(stand, C_general="#general (home)"))
    assert {finding.grade for finding in found.values()} == {"well"}
    assert len(found) == 5


@pytest.mark.parametrize(
    ("trouble", "grade", "words"),
    [
        (lambda slack: slack.forbid("files:write", "chat:write"), "ill", "missing: chat:write, files:write"),
        (lambda slack: slack.scopes.add("admin"), "note", "not needed: admin"),
        (lambda slack: setattr(slack, "skew", 90), "note", "clocks differ by"),
        (lambda slack: slack.remove_bot("C-general"), "ill", "I am not in #general"),
        (lambda slack: slack.archive("C-general"), "ill", "#general (home) is archived"),
        (lambda slack: slack.delete_channel("C-general"), "ill", "cannot see #general"),
        (
            lambda slack: slack.fault("apps.connections.open", error="invalid_auth"),
            "ill",
            "app token is refused",
        ),
        (lambda slack: slack.fault("auth.test", error="token_revoked"), "ill", "bot token is refused"),
        (lambda slack: slack.fault("auth.test", status=503), "ill", "cannot be reached"),
    ],
)
async def test_what_is_wrong_comes_with_its_remedy(
    slack: FakeSlack, trouble: Callable[[FakeSlack], object], grade: str, words: str
) -> None:
    trouble(slack)
    stand = Running(slack)
    found = await findings(stand, known(stand, C_general="#general (home)"))
    [finding] = [finding for what, finding in found.items() if words in what]
    assert finding.grade == grade
    assert finding.remedy


async def test_silence_and_a_workspace_not_synced_are_noted(slack: FakeSlack) -> None:
    stand = Running(slack)
    assert any("has not been read" in what for what in await findings(stand))
    assert any("no event has arrived yet" in what for what in await findings(stand, known(stand, ago=None)))
    long = await findings(stand, known(stand, ago=timedelta(days=9)))
    assert any("no event has arrived since" in what for what in long)


async def test_in_http_mode_a_wrong_clock_is_ill(slack: FakeSlack) -> None:
    slack.skew = 400
    stand = Running(slack, Credentials(slack.bot_token, signing_secret="secret", api_url=slack.api_url))
    found = await findings(stand)
    assert {finding.grade for what, finding in found.items() if "clocks differ" in what} == {"ill"}
    assert any("HTTP mode" in what for what in found)


def test_the_platform_needs_no_running_loop_to_be_made(clock: VirtualClock) -> None:
    host = Host(PuppetGateway(), REGISTRY, RecordingSurfaces(), clock)
    assert SlackPlatform(Credentials("xoxb-1", "xapp-1"), host).http_apps() == {}
