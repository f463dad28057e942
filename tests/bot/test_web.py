"""Health and figures: 200 while the heart beats and the database answers, else 503 with the reason."""

import json
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.app import App
from bot.config import Settings
from bot.heartbeat import Heartbeat
from bot.runner import Runner
from bot.web import HealthApp, listening_socket
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import BadInput, Unreachable
from storage.unit import Units
from tests.bot.processes import free_port
from tests.features.community import FEATURES, announcer, begin, make_community
from tests.testbed import Testbed


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    return await make_community(units, clock, features=(*FEATURES, announcer))


def app_of(bed: Testbed, steps: Any = None) -> App:
    steps = steps or Runner(bed.dispatcher, bed.courier)
    return App(Settings(), bed.clock, bed.units, bed.dispatcher, bed.courier, cast(Runner, steps))


async def get(vitals: HealthApp, path: str) -> tuple[int, dict[str, str], str]:
    """One request, as a server makes it."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await vitals({"type": "http", "path": path}, None, send)
    start, body = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, body["body"].decode()


async def figures(vitals: HealthApp) -> dict[str, float]:
    _, _, body = await get(vitals, "/metrics")
    lines = [line.split() for line in body.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def test_all_is_well_while_the_heart_beats(bed: Testbed) -> None:
    vitals = HealthApp(app := app_of(bed), Heartbeat(app))
    status, headers, body = await get(vitals, "/health")
    assert (status, json.loads(body)) == (200, {"status": "well"})
    assert headers == {"content-type": "application/json", "content-length": str(len(body))}


async def test_a_heart_that_stopped_is_ill_and_well_again_when_it_beats(bed: Testbed) -> None:
    heart = Heartbeat(app := app_of(bed))
    vitals = HealthApp(app, heart)
    bed.clock.advance(timedelta(seconds=60))
    assert (await get(vitals, "/health"))[0] == 200
    bed.clock.advance(timedelta(seconds=1))
    status, _, body = await get(vitals, "/health")
    assert (status, json.loads(body)) == (503, {"status": "ill", "why": "no heartbeat for 61 s"})
    await heart.beat()
    assert (await get(vitals, "/health"))[0] == 200


async def test_a_database_that_does_not_answer_is_ill_without_details(bed: Testbed) -> None:
    class Away:
        async def next_at(self) -> None:
            raise OSError("postgresql://bot:secret@db is away")

    vitals = HealthApp(app := app_of(bed, Away()), Heartbeat(app))
    status, _, body = await get(vitals, "/health")
    assert (status, json.loads(body)) == (503, {"status": "ill", "why": "the database does not answer"})


async def test_elsewhere_it_says_what_is_here(bed: Testbed) -> None:
    vitals = HealthApp(app := app_of(bed), Heartbeat(app))
    status, _, body = await get(vitals, "/admin")
    assert (status, body) == (404, "/health and /metrics are here.\n")


async def test_figures_say_what_is_late_and_what_failed(bed: Testbed) -> None:
    await begin(bed, recap="")
    await bed.settle()
    vitals = HealthApp(app := app_of(bed), Heartbeat(app))
    assert await figures(vitals) == {
        "tertulia_set_aside": 0,
        "tertulia_undelivered": 0,
        "tertulia_agenda_late_seconds": 0,
        "tertulia_heartbeat_age_seconds": 0,
    }
    bed.surface.faults = [Unreachable("archived")]
    await bed.write("marek", "please note")
    bed.clock.advance(timedelta(minutes=7))
    found = await figures(vitals)
    assert found["tertulia_undelivered"] == 1
    assert found["tertulia_agenda_late_seconds"] == 120, "the desk was due at nine"
    assert found["tertulia_heartbeat_age_seconds"] == 420


def test_a_port_is_held_until_it_is_given_back() -> None:
    port = free_port()
    with listening_socket("127.0.0.1", port) as first:
        assert first.getsockname() == ("127.0.0.1", port)
        with (
            pytest.raises(BadInput, match=f"port {port} .*already in use"),
            listening_socket("127.0.0.1", port),
        ):
            pass
    with listening_socket("127.0.0.1", port):
        pass


def test_an_address_that_is_not_ours_is_refused_in_words() -> None:
    for host in ("203.0.113.7", "no-such-host.invalid"):
        with pytest.raises(BadInput, match="set another host or port"), listening_socket(host, free_port()):
            pass
