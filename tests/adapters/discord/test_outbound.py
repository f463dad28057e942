"""Deliveries arrive in the right place, once, and one that fails gives its reason."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import aiohttp
import pytest

from adapters.discord import gateway
from facilitation.core.platforms.surface import (
    Address,
    OutgoingMessage,
    Person,
    Receipt,
    RenderableCard,
)
from facilitation.core.values.cards import Card, Mention, Plain, Text
from facilitation.core.values.errors import Throttled, Unknown, Unreachable
from tests.adapters.contract.puppet import PARTS, renderable, text
from tests.adapters.discord.connected_server import ConnectedServer
from tests.adapters.discord.reading import inline, lines_of
from tests.adapters.discord.test_markdown import HOSTILE

POST = "POST /channels/{channel}/messages"
LONG = "word " * 2_000


def channel(server: ConnectedServer, handle: str = "help") -> Address:
    return Address("channel", server.fake.id_of(handle))


def direct(server: ConnectedServer, who: str = "ben") -> Address:
    return Address("direct", people=(server.fake.id_of(who),))


def saying(words: str, address: Address, delivery: str = "d1", **more: object) -> OutgoingMessage:
    return OutgoingMessage(delivery, address, renderable(Card(parts=(text(words),))), **more)  # type: ignore[arg-type]  # as given


def shown(server: ConnectedServer, handle: str = "help") -> list[str]:
    return [inline(one.text) for one in server.fake.messages(handle)]


# Saying ------------------------------------------------------------------------------------------


async def test_nobody_is_notified_but_whom_a_card_mentions(server: ConnectedServer) -> None:
    fake = server.fake
    people = {1: Person("Ana", fake.id_of("ana")), 2: Person("Ben", fake.id_of("ben"))}
    fake.add_role("stewards", "Stewards", mentionable=True)
    words = f"@everyone <@&{fake.id_of('stewards')}> <@{fake.id_of('chi')}> @here"
    card = Card("@everyone", (Text((Mention(1), Plain(words))), *PARTS["name"].parts))
    receipt = await server.surface.deliver(
        OutgoingMessage("d1", channel(server), RenderableCard(card, people))
    )
    assert fake.pings(receipt.messages[0]) == {"ana"}
    edited = OutgoingMessage("d1", channel(server), RenderableCard(card, people), receipt=receipt)
    await server.surface.deliver(edited)
    assert fake.pings(receipt.messages[0]) == {"ana"}


@pytest.mark.parametrize("typed", HOSTILE)
async def test_hostile_words_notify_nobody_and_break_nothing(server: ConnectedServer, typed: str) -> None:
    receipt = await server.surface.deliver(saying(typed, channel(server)))
    assert server.fake.pings(receipt.messages[0]) == set()
    assert server.fake.complaints == []


async def test_a_delivery_that_is_repeated_is_sent_once(server: ConnectedServer) -> None:
    first = await server.surface.deliver(saying("Once", channel(server)))
    again = await server.surface.deliver(saying("Once", channel(server)))
    assert first == again
    assert shown(server) == ["Once"]


async def test_a_reply_that_is_lost_is_unknown_and_found(server: ConnectedServer) -> None:
    server.fake.drop(POST)
    with pytest.raises(Unknown):
        await server.surface.deliver(saying("Did it?", channel(server)))
    found = await server.surface.find("d1", channel(server))
    assert found is not None
    assert [server.fake.message(one).text for one in found.messages] == ["Did it?"]
    assert await server.surface.find("d2", channel(server)) is None


async def test_a_limit_before_the_first_part_leaves_nothing_behind(server: ConnectedServer) -> None:
    server.fake.limit(POST, 60, channel="help")
    with pytest.raises(Throttled):
        await server.surface.deliver(saying(LONG, channel(server)))
    assert shown(server) == []


async def test_once_a_part_is_sent_the_rest_is_in_doubt(
    server: ConnectedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    surface = server.surface
    posted = surface._post  # type: ignore[attr-defined]  # to break off after the first part

    async def breaking(place: str, delivery: str, part: int, page: object) -> str:
        if part:
            raise Throttled(timedelta(seconds=9))
        found: str = await posted(place, delivery, part, page)
        return found

    monkeypatch.setattr(surface, "_post", breaking)
    with pytest.raises(Unknown):
        await surface.deliver(saying(LONG, channel(server)))
    monkeypatch.undo()
    found = await surface.find("d1", channel(server))
    assert found is not None
    assert len(found.messages) == 1
    receipt = await surface.deliver(saying(LONG, channel(server), receipt=found))
    assert len(receipt.messages) == 3
    assert "".join(shown(server)).count("word") == 2_000


async def test_an_edit_may_need_more_or_fewer_messages(server: ConnectedServer) -> None:
    receipt = await server.surface.deliver(saying("Short", channel(server)))
    grown = await server.surface.deliver(saying(LONG, channel(server), receipt=receipt))
    assert (len(grown.messages), grown.messages[0]) == (3, receipt.messages[0])
    shrunk = await server.surface.deliver(saying("Short again", channel(server), receipt=grown))
    assert shrunk == receipt
    assert shown(server) == ["Short again"]


async def test_a_picture_comes_and_goes_with_an_edit(server: ConnectedServer) -> None:
    receipt = await server.surface.deliver(
        OutgoingMessage("d1", channel(server), renderable(PARTS["picture"]))
    )
    assert len(server.fake.message(receipt.messages[0]).attachments) == 1
    await server.surface.deliver(saying("No more", channel(server), receipt=receipt))
    assert server.fake.message(receipt.messages[0]).attachments == []


async def test_a_file_stays_with_an_edit_and_goes_with_one(server: ConnectedServer) -> None:
    post = OutgoingMessage("d1", channel(server), renderable(PARTS["file"]))
    receipt = await server.surface.deliver(post)
    assert await server.surface.find("d1", channel(server)) == receipt
    message = server.fake.message(receipt.messages[0])
    for outgoing in (post, replace(post, receipt=receipt)):
        assert await server.surface.deliver(outgoing) == receipt
        assert [one["filename"] for one in message.attachments] == ["export.json"]
        assert list(lines_of(message.components, {}, "UTC")) == ["Here it is.", "(file: export.json)"]
    await server.surface.deliver(saying("No more", channel(server), receipt=receipt))
    assert message.attachments == []


async def test_what_is_withdrawn_twice_is_gone(server: ConnectedServer) -> None:
    receipt = await server.surface.deliver(saying(LONG, channel(server)))
    for _ in range(2):
        await server.surface.deliver(saying("", channel(server), receipt=receipt, withdraw=True))
    assert shown(server) == []


async def test_an_empty_card_is_invalid(server: ConnectedServer) -> None:
    with pytest.raises(Unreachable, match="invalid"):
        await server.surface.deliver(OutgoingMessage("d1", channel(server), renderable(Card())))


async def test_a_reaction_reaches_a_message_in_a_thread(server: ConnectedServer) -> None:
    fake = server.fake
    root = fake.write("ana", "general", "Done")
    thread = fake.open_thread("ana", "general", "Done", message=root)
    inner = fake.write("ben", thread, "Well done")
    await fake.until(lambda: len(server.gateway.events) == 2)
    address, receipt = channel(server, "general"), Receipt(fake.id_of("general"), (inner,))
    await server.surface.deliver(
        OutgoingMessage("d1", address, renderable(Card()), receipt=receipt, emoji="tada")
    )
    assert fake.reactions(inner) == {"🎉": ["bot"]}


# Threads and groups ------------------------------------------------------------------------------


async def test_a_thread_is_made_beneath_a_post_and_used_again(server: ConnectedServer) -> None:
    post = await server.surface.deliver(OutgoingMessage("d1", channel(server), renderable(PARTS["small"])))
    under = Address("thread", post.place, post.messages[0])
    first = await server.surface.deliver(saying("First", under, "d2"))
    second = await server.surface.deliver(saying("Second", under, "d3"))
    (thread,) = server.fake.threads("help")
    assert (thread.id, thread.name) == (post.messages[0], "Title")
    assert first.place == second.place == thread.id
    assert shown(server, thread.id) == ["First", "Second"]
    assert await server.surface.find("d3", under) == second
    assert await server.surface.find("d9", under) is None


async def test_a_thread_that_was_put_away_is_used_again(server: ConnectedServer) -> None:
    fake = server.fake
    root = fake.write("ana", "help", "Who knows?")
    thread = fake.open_thread("ana", "help", "Who knows?", message=root)
    fake.archive_thread(thread)
    await fake.until(lambda: len(server.gateway.events) == 1)
    receipt = await server.surface.deliver(saying("Me", Address("thread", fake.id_of("help"), root)))
    assert receipt.place == thread
    assert shown(server, thread)[-1] == "Me"


async def test_nothing_is_found_where_no_thread_was_made(server: ConnectedServer) -> None:
    root = server.fake.write("ana", "help", "Who knows?")
    assert await server.surface.find("d1", Address("thread", server.fake.id_of("help"), root)) is None
    assert server.fake.threads() == []


async def test_within_a_thread_it_stays_in_the_thread(server: ConnectedServer) -> None:
    fake = server.fake
    root = fake.write("ana", "help", "Who knows?")
    thread = fake.open_thread("ana", "help", "Who knows?", message=root)
    said = await server.surface.deliver(saying("Me", Address("thread", fake.id_of("help"), root)))
    deeper = await server.surface.deliver(
        saying("And me", Address("thread", said.place, said.messages[0]), "d2")
    )
    assert deeper.place == thread


async def test_a_small_group_is_a_private_thread_with_its_people(server: ConnectedServer) -> None:
    fake = server.fake
    group = Address("group", people=(fake.id_of("ana"), fake.id_of("ben")))
    receipt = await server.surface.deliver(saying("Meet", group))
    (thread,) = fake.threads()
    assert (thread.kind, thread.name, receipt.place) == (12, "Ana Sousa, Ben Okafor", thread.id)
    assert fake.members_of(thread.id) == {"ana", "ben", "bot"}
    assert await server.surface.find("d1", group) == receipt
    again = await server.surface.deliver(
        saying("Again", Address("group", thread.id, people=group.people), "d2")
    )
    assert again.place == thread.id
    other = await server.surface.deliver(saying("Another pair of hats", group, "d3"))
    assert other.place != thread.id


async def test_a_group_that_was_made_and_not_written_to_is_used(server: ConnectedServer) -> None:
    fake = server.fake
    group = Address("group", people=(fake.id_of("ana"), fake.id_of("ben")))
    fake.fail(POST, 503)
    with pytest.raises(Unknown):
        await server.surface.deliver(saying("Meet", group))
    assert await server.surface.find("d1", group) is None
    await server.surface.deliver(saying("Meet", group))
    assert len(fake.threads()) == 1


async def test_a_group_hangs_on_a_channel_that_all_see(unstarted: ConnectedServer) -> None:
    fake = unstarted.fake
    for handle in ("general", "help"):
        fake.change_channel(handle, denied=("create_private_threads",))
    fake.add_channel("lobby", "lobby")
    await unstarted.start()
    group = Address("group", people=(fake.id_of("ana"), fake.id_of("ben")))
    await unstarted.surface.deliver(saying("Meet", group))
    assert len(fake.threads("lobby")) == 1


# What cannot be said -----------------------------------------------------------------------------


@pytest.mark.parametrize("code", [50007, 50278, 40003])
async def test_closed_direct_messages_are_final(server: ConnectedServer, code: int) -> None:
    server.fake.close_dms("ben", code=code)
    with pytest.raises(Unreachable, match="closed"):
        await server.surface.deliver(saying("Psst", direct(server)))


@pytest.mark.parametrize(
    ("code", "why"),
    [(10003, "gone"), (10004, "gone"), (10008, "gone"), (50001, "forbidden"), (50013, "forbidden")],
)
async def test_what_discord_refuses_has_its_reason(server: ConnectedServer, code: int, why: str) -> None:
    server.fake.refuse(POST, code)
    with pytest.raises(Unreachable, match=why):
        await server.surface.deliver(saying("Hello", channel(server)))


async def test_an_edit_of_what_is_gone_says_so(server: ConnectedServer) -> None:
    receipt = await server.surface.deliver(saying("Hello", channel(server)))
    server.fake.delete(receipt.messages[0])
    with pytest.raises(Unreachable, match="gone"):
        await server.surface.deliver(saying("Hello again", channel(server), receipt=receipt))


async def test_a_limit_of_one_channel_delays_no_other(server: ConnectedServer) -> None:
    server.fake.limit(POST, 30, channel="help")
    limited = asyncio.create_task(server.surface.deliver(saying("Wait", channel(server))))
    await server.surface.deliver(saying("Go", channel(server, "general"), "d2"))
    with pytest.raises(Throttled) as throttled:
        await limited
    assert throttled.value.wait == timedelta(seconds=30)
    assert shown(server, "general") == ["Go"]


async def test_a_global_limit_passes(server: ConnectedServer) -> None:
    server.fake.limit_globally(0.2)
    both = [
        server.surface.deliver(saying("One", channel(server))),
        server.surface.deliver(saying("Two", channel(server, "general"), "d2")),
    ]
    await asyncio.gather(*both)
    assert (shown(server), shown(server, "general")) == (["One"], ["Two"])


async def test_a_long_global_limit_is_waited_for_by_the_courier(server: ConnectedServer) -> None:
    server.fake.limit_globally(20)
    with pytest.raises(Throttled):
        await server.surface.deliver(saying("One", channel(server)))


# Entering ----------------------------------------------------------------------------------------


async def test_a_channel_is_entered_by_being_open(unstarted: ConnectedServer) -> None:
    fake = unstarted.fake
    fake.add_channel("mute", "mute", denied=("send_messages",))
    fake.add_channel("shut", "shut", private=True)
    await unstarted.start()
    entered = await unstarted.surface.deliver(
        OutgoingMessage("d", channel(unstarted), renderable(Card()), join_channel=True)
    )
    assert entered == Receipt(fake.id_of("help"), ())
    for handle in ("mute", "shut"):
        with pytest.raises(Unreachable, match="forbidden"):
            await unstarted.surface.deliver(
                OutgoingMessage("d", channel(unstarted, handle), renderable(Card()), join_channel=True)
            )
    with pytest.raises(Unreachable, match="gone"):
        await unstarted.surface.deliver(
            OutgoingMessage("d", Address("channel", "123"), renderable(Card()), join_channel=True)
        )


async def test_requests_of_one_bot_keep_the_limit_of_all_requests(
    server: ConnectedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "REQUESTS_PER_SECOND", 20)
    loop = asyncio.get_running_loop()
    started = loop.time()
    handles = ("help", "general")
    await asyncio.gather(
        *(
            server.surface.deliver(saying(str(n), channel(server, handles[n % 2]), delivery=f"d{n}"))
            for n in range(10)
        )
    )
    assert loop.time() - started >= 9 / 20


async def test_a_request_that_gets_no_answer_is_given_up_and_the_next_one_goes(
    server: ConnectedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeout = aiohttp.ClientTimeout(total=0.2)
    client = server.platform._client
    assert client is not None
    assert isinstance(client.http.request, partial)
    monkeypatch.setattr(client.http, "request", partial(client.http.request, timeout=timeout))
    server.fake.delay(POST, 1.0)
    with pytest.raises(Unknown):
        await server.surface.deliver(saying("late", channel(server)))
    await server.surface.deliver(saying("next", channel(server), delivery="d2"))
    assert "next" in shown(server)
