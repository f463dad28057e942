"""The platform starts, reports problems, stops in order, and refuses what only an operator can mend."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.discord.invitation import application_id_of, invitation_link
from facilitation.core.platforms.platform import Finding, KnownSpace
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import MessagePosted, SpaceRef
from tests.adapters.discord.connected_server import NOW, ConnectedServer


@pytest.mark.parametrize("token", ["", "  "])
async def test_without_a_token_it_says_where_one_is(unstarted: ConnectedServer, token: str) -> None:
    with pytest.raises(BadInput, match="developer portal"):
        await unstarted.new_platform(token=token).start()


async def test_a_refused_token_is_said_without_showing_it(unstarted: ConnectedServer) -> None:
    with pytest.raises(BadInput, match="refuses") as refused:
        await unstarted.new_platform(token="MTA.wrong.token").start()
    assert "wrong" not in str(refused.value)


async def test_the_switch_of_the_members_intent_is_named(unstarted: ConnectedServer) -> None:
    unstarted.fake.forbid_intents("members")
    with pytest.raises(BadInput, match="Server Members Intent") as refused:
        await unstarted.platform.start()
    assert "\n" not in str(refused.value)


async def test_intents_that_the_gateway_refuses_are_named(unstarted: ConnectedServer) -> None:
    """The portal may say one thing and the gateway another."""
    flags = unstarted.fake._world.application_flags
    unstarted.fake.forbid_intents("members", "message_content")
    unstarted.fake._world.application_flags = flags
    with pytest.raises(BadInput, match="Server Members Intent"):
        await unstarted.platform.start()


async def test_only_the_least_is_asked_of_the_gateway(server: ConnectedServer) -> None:
    assert server.fake.intents == {"guilds", "members", "messages", "reactions", "message_content"}
    await server.platform.stop()
    await server.start(message_content=False)
    assert server.fake.intents == {"guilds", "members", "messages", "reactions"}


async def test_an_unreachable_discord_is_waited_for(
    unstarted: ConnectedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.platform.RETRY_SECONDS", 0.01)
    unstarted.fake.fail("GET /users/@me", 503)
    unstarted.fake.fail("GET /users/@me", 503)
    await unstarted.platform.start()
    await unstarted.fake.until(lambda: unstarted.surfaces.surfaces)


async def test_a_server_that_cannot_be_stored_is_synced_later(
    unstarted: ConnectedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.platform.ALL_MEMBERS_EVERY", 0.05)
    unstarted.gateway.closed = 1
    await unstarted.start()
    assert (unstarted.gateway.closed, len(unstarted.gateway.rosters)) == (0, 1)


async def test_a_silent_gateway_is_a_problem_after_a_minute(server: ConnectedServer) -> None:
    assert server.platform.health_problem() == ""
    server.fake.shut_gateway()
    await server.fake.until(lambda: server.platform._down_since is not None)
    assert server.platform.health_problem() == ""
    server.clock.move_to(NOW + timedelta(minutes=2))
    assert "no connection since 2025-05-05 08:00 UTC" in server.platform.health_problem()
    server.fake.open_gateway()
    await server.fake.until(lambda: not server.platform.health_problem())


async def test_a_token_that_is_revoked_is_a_problem_at_once(server: ConnectedServer) -> None:
    server.fake.revoke_token()
    await server.fake.until(server.platform.health_problem)
    assert "refuses discord.token" in server.platform.health_problem()


async def test_it_serves_nothing_over_http(unstarted: ConnectedServer) -> None:
    assert unstarted.platform.http_apps() == {}
    assert unstarted.platform.name == "Discord"


async def test_stopping_finishes_what_is_half_sent(server: ConnectedServer) -> None:
    server.gateway.slow.clear()
    exchange = await server.fake.slash("ana", "general", "cop look")
    stopping = asyncio.create_task(server.platform.stop())
    await asyncio.sleep(0)
    server.gateway.slow.set()
    await stopping
    assert exchange.text.startswith("Done")


async def test_after_a_resume_what_was_missed_arrives_once(server: ConnectedServer) -> None:
    fake = server.fake
    fake.write("ana", "general", "Before")
    await server.wait_for(MessagePosted)
    fake.close_gateway(4000)
    fake.write("ana", "general", "Meanwhile")
    await server.wait_for(MessagePosted, 2)
    fake.write("ana", "general", "After")
    received = await server.wait_for(MessagePosted, 3)
    assert [one.text for one in received] == ["Before", "Meanwhile", "After"]
    assert (fake.resumes, len(server.gateway.rosters)) == (1, 1)


# tertulia check ----------------------------------------------------------------------------------


async def findings(server: ConnectedServer, **channels: str) -> list[Finding]:
    known = KnownSpace(
        SpaceRef("discord", server.fake.id_of("workshop")),
        None,
        {server.fake.id_of(handle): part for handle, part in channels.items()},
    )
    found: AsyncIterator[Finding] = server.platform.examine([known])
    return [finding async for finding in found]


async def test_when_all_is_well_nothing_is_to_be_fixed(unstarted: ConnectedServer) -> None:
    found = await findings(unstarted, help="the weekly recap")
    assert [finding.what for finding in found if finding.grade != "well"] == []
    assert any("#help is open to me, for the weekly recap" in finding.what for finding in found)
    assert unstarted.fake.identifies == 0


async def test_each_fault_comes_with_its_remedy(unstarted: ConnectedServer) -> None:
    fake = unstarted.fake
    fake.forbid_intents("members", "message_content")
    fake.bot_may("view_channel", "send_messages")
    fake.add_channel("mute", "mute", denied=("send_messages",))
    fake.add_channel("shut", "shut", private=True)
    found = await findings(unstarted, mute="help", shut="the recap")
    wrong = {finding.what: finding for finding in found if finding.grade != "well"}
    words = " ".join(wrong)
    assert all(finding.remedy for finding in wrong.values())
    assert "Server Members Intent is off" in words
    assert "questions and links come only from commands" in words
    assert "The Workshop: I may not " in words
    assert "#mute, the channel for help, I may not Send Messages" in words
    assert "the recap" in words


async def test_without_message_content_it_says_what_that_costs(unstarted: ConnectedServer) -> None:
    unstarted.platform = unstarted.new_platform(message_content=False)
    costs = [finding for finding in await findings(unstarted) if "message_content is false" in finding.what]
    assert [finding.grade for finding in costs] == ["note"]


async def test_a_refused_token_ends_the_examination(unstarted: ConnectedServer) -> None:
    unstarted.platform = unstarted.new_platform(token="MTA.wrong.token")
    (found,) = await findings(unstarted)
    assert (found.grade, "refuses" in found.what) == ("ill", True)


async def test_without_a_server_the_invitation_is_shown(unstarted: ConnectedServer) -> None:
    unstarted.fake.remove_bot()
    found = await findings(unstarted)
    assert "oauth2/authorize?client_id=" in found[-1].remedy


# The invitation ----------------------------------------------------------------------------------


def test_the_invitation_asks_for_the_least() -> None:
    found = invitation_link("123")
    assert found.startswith(
        "https://discord.com/oauth2/authorize?client_id=123&scope=bot+applications.commands"
    )
    assert int(found.rpartition("=")[2]) & (1 << 3) == 0, "no administrator"


def test_the_application_is_read_from_the_token() -> None:
    assert application_id_of("MTEyMjMzNDQ1NTY2Nzc4ODk5.x.y") == "112233445566778899"
    for token in ("", "abc", "not a token", "é.x.y"):
        with pytest.raises(BadInput, match="no bot token"):
            application_id_of(token)
