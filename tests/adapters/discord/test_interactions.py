"""Commands, buttons, menus and forms are answered in time, to the person alone."""

import asyncio
from dataclasses import replace

import pytest

from adapters.discord import interactions
from facilitation.core.platforms.surface import Address, Interaction, OutgoingMessage, Response
from facilitation.core.values.cards import Button, Buttons, Card
from facilitation.core.values.forms import Form
from tests.adapters.contract.puppet import FIELDS, PARTS, a_png, renderable, text
from tests.adapters.discord.connected_server import ConnectedServer, said

REPLY, DEFERRED, SILENT, MODAL = 4, 5, 6, 9
LONG_FORM = Form(
    "garden.settle",
    "Settings",
    tuple(FIELDS[name] for name in ("line", "text", "url", "number", "tags", "zone", "time")),
    {"kept": "this"},
)
SHORT_FORM = Form("garden.settle", "Settings", (FIELDS["line"], FIELDS["channels"]), {"kept": "this"})


def opens(form: Form) -> Response:
    return Response(form=form, community=5)


# Commands ----------------------------------------------------------------------------------------


async def test_typed_options_come_as_arguments(server: ConnectedServer) -> None:
    fake = server.fake
    options = {"what": "beans", "many": 3, "who": "ben", "where": "help", "soil": "clay", "now": True}
    exchange = await fake.slash("ana", "general", "cop plant", options)
    interaction = server.gateway.interactions[-1]
    assert interaction.args == {
        "what": "beans",
        "many": 3,
        "who": fake.id_of("ben"),
        "where": fake.id_of("help"),
        "soil": "clay",
        "now": True,
    }
    assert (interaction.command, interaction.via, interaction.place, interaction.who) == (
        "garden.plant",
        "slash",
        fake.id_of("general"),
        fake.id_of("ana"),
    )
    assert interaction.space.handle == fake.id_of("workshop")
    assert exchange.callback is not None
    assert (exchange.callback.type, exchange.callback.ephemeral) == (REPLY, True)


async def test_zones_are_offered_while_typing(server: ConnectedServer) -> None:
    found = await server.fake.autocomplete("ana", "general", "cop plant", "zone", "lisb", {"what": "x"})
    assert found == [("Europe/Lisbon", "Europe/Lisbon")]


async def test_a_command_in_a_thread_names_both(server: ConnectedServer) -> None:
    fake = server.fake
    root = fake.write("ana", "general", "Who knows?")
    thread = fake.open_thread("ana", "general", "Who knows?", message=root)
    await fake.slash("ben", thread, "cop look")
    interaction = server.gateway.interactions[-1]
    assert (interaction.place, interaction.thread, interaction.direct) == (
        fake.id_of("general"),
        thread,
        False,
    )


async def test_commands_are_put_only_when_they_have_changed(server: ConnectedServer) -> None:
    puts = server.fake.puts
    await server.restart()
    assert server.fake.puts == puts == 1


async def test_a_command_of_an_earlier_version_is_answered_with_words(server: ConnectedServer) -> None:
    for one in server.fake.commands():
        if one["name"] == "cop":
            one["options"][0]["name"] = "dance"
    await server.fake.slash("ana", "general", "cop dance")
    assert "another version" in server.only_seen("ana")[-1]
    assert server.gateway.interactions == []


async def test_a_menu_of_a_message_carries_what_the_message_has(server: ConnectedServer) -> None:
    fake = server.fake
    message = fake.write("ben", "general", "See https://a.example")
    await fake.context_menu("ana", "Press flowers", message)
    assert server.gateway.interactions[-1].args == {
        "place": fake.id_of("general"),
        "message": message,
        "text": "See https://a.example",
        "author": fake.id_of("ben"),
    }


# In time -----------------------------------------------------------------------------------------


async def test_a_slow_answer_is_promised_and_comes(server: ConnectedServer) -> None:
    server.gateway.slow.clear()
    exchange = await server.fake.slash("ana", "general", "cop look")
    assert exchange.callback is not None
    assert (exchange.callback.type, exchange.callback.ephemeral) == (DEFERRED, True)
    server.gateway.slow.set()
    await server.drain()
    assert server.only_seen("ana") == ["Done\\."] or server.only_seen("ana") == ["Done."]
    assert len(exchange.messages) == 1


async def test_a_slow_answer_to_a_button_shows_nothing_meanwhile(server: ConnectedServer) -> None:
    await server.surface.deliver(
        OutgoingMessage("d", Address("channel", server.fake.id_of("help")), renderable(PARTS["buttons"]))
    )
    server.gateway.slow.clear()
    exchange = await server.fake.press("ana", "Yes")
    assert exchange.callback is not None
    assert exchange.callback.type == SILENT
    server.gateway.slow.set()
    await server.drain()
    assert len(server.only_seen("ana")) == 1


@pytest.mark.parametrize("is_slow", [True, False])
async def test_nothing_to_say_leaves_nothing_behind(server: ConnectedServer, is_slow: bool) -> None:
    server.gateway.answer = lambda _: Response()
    if is_slow:
        server.gateway.slow.clear()
    asked = asyncio.create_task(server.fake.slash("ana", "general", "cop look"))
    await server.fake.until(lambda: server.gateway.interactions)
    await asked if is_slow else None
    server.gateway.slow.set()
    exchange = await asked
    await server.drain()
    assert not exchange.failed
    assert server.fake.ephemerals("ana") == []


async def test_an_answer_for_everyone_after_a_promise_is_seen_by_everyone(server: ConnectedServer) -> None:
    server.gateway.answer = lambda _: replace(said("To all"), to="everyone")
    server.gateway.slow.clear()
    await server.fake.slash("ana", "general", "cop look")
    server.gateway.slow.set()
    await server.drain()
    assert [one.text for one in server.fake.messages("general")] == ["To all"]
    assert server.fake.ephemerals("ana") == []


async def test_a_form_is_never_deferred_but_offered_behind_a_button(
    server: ConnectedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactions, "FORM_WITHIN", 0.1)
    server.gateway.answer = lambda _: opens(SHORT_FORM)
    server.gateway.slow.clear()
    exchange = await server.fake.slash("ana", "general", "cop plant", {"many": 3})
    assert exchange.callback is not None
    assert exchange.callback.type == REPLY
    server.gateway.slow.set()
    await server.drain()
    await server.fake.press("ana", "Open the form")
    assert (server.gateway.interactions[-1].command, server.gateway.interactions[-1].args) == (
        "garden.plant",
        {"many": 3},
    )
    assert server.fake.modal("ana") is not None


async def test_an_opening_waits_for_its_form(server: ConnectedServer) -> None:
    server.gateway.answer = lambda _: opens(SHORT_FORM)
    server.gateway.slow.clear()
    asked = asyncio.create_task(server.fake.slash("ana", "general", "coordinate tend settings"))
    await server.fake.until(lambda: server.gateway.interactions)
    await asyncio.sleep(interactions.DEFER_AFTER * 3)
    server.gateway.slow.set()
    exchange = await asked
    assert exchange.callback is not None
    assert exchange.callback.type == MODAL


# Buttons -----------------------------------------------------------------------------------------


async def test_a_button_works_after_a_restart(server: ConnectedServer) -> None:
    await server.surface.deliver(
        OutgoingMessage("d", Address("channel", server.fake.id_of("help")), renderable(PARTS["buttons"]))
    )
    await server.restart()
    await server.fake.press("ben", "Later", channel="help")
    interaction = server.gateway.interactions[-1]
    assert (interaction.command, interaction.args, interaction.community, interaction.via) == (
        "puppet.press",
        {"answer": "later"},
        5,
        "button",
    )


async def test_a_menu_works_after_a_restart(server: ConnectedServer) -> None:
    await server.surface.deliver(
        OutgoingMessage("d", Address("channel", server.fake.id_of("help")), renderable(PARTS["menu"]))
    )
    await server.restart()
    await server.fake.choose("ben", "How often?", "Every month", channel="help")
    assert server.gateway.interactions[-1].args == {"id": 7, "pace": "monthly"}


async def test_a_button_that_was_too_long_to_last_says_so_kindly(server: ConnectedServer) -> None:
    long = Card(parts=(Buttons((Button("This one", "puppet.press", {"note": "x" * 300}),)),))
    server.gateway.answer = lambda _: Response(renderable(long), community=5)
    await server.fake.slash("ana", "general", "cop look")
    await server.fake.press("ana", "This one")
    assert server.gateway.interactions[-1].args == {"note": "x" * 300}
    interactions = len(server.gateway.interactions)
    await server.restart()
    await server.fake.press("ana", "This one")
    assert "too long ago" in server.only_seen("ana")[-1]
    assert len(server.gateway.interactions) == interactions


async def test_a_button_in_a_direct_message_knows_its_server(server: ConnectedServer) -> None:
    fake = server.fake
    fake.add_guild("annexe", "The Annexe", owner="ana")
    await fake.until(lambda: len(server.surfaces.surfaces) == 2)
    await server.surface.deliver(
        OutgoingMessage("d", Address("direct", people=(fake.id_of("ana"),)), renderable(PARTS["buttons"]))
    )
    await fake.press("ana", "Yes", channel="dm")
    interaction = server.gateway.interactions[-1]
    assert (interaction.space.handle, interaction.direct, interaction.community) == (
        fake.id_of("workshop"),
        True,
        5,
    )


# Direct messages ---------------------------------------------------------------------------------


async def test_a_command_in_a_direct_message_means_the_only_server_in_common(server: ConnectedServer) -> None:
    await server.fake.slash("ana", "dm", "cop look")
    interaction = server.gateway.interactions[-1]
    assert (interaction.space.handle, interaction.direct, interaction.place) == (
        server.fake.id_of("workshop"),
        True,
        "",
    )


async def test_with_two_servers_in_common_it_asks_which(server: ConnectedServer) -> None:
    fake = server.fake
    fake.add_guild("annexe", "The Annexe", owner="ana")
    await fake.until(lambda: len(server.surfaces.surfaces) == 2)
    await fake.slash("ana", "dm", "cop plant", {"what": "beans"})
    assert server.gateway.interactions == []
    await server.drain()
    annexe = next(one for one in fake.ephemerals("ana") if "Annexe" in one.text)
    await fake.press("ana", "Here", message=annexe.id)
    interaction = server.gateway.interactions[-1]
    assert (interaction.space.handle, interaction.command, interaction.args) == (
        fake.id_of("annexe"),
        "garden.plant",
        {"what": "beans"},
    )


# Forms -------------------------------------------------------------------------------------------


async def test_a_short_form_can_be_sent_after_a_restart(server: ConnectedServer) -> None:
    fake = server.fake
    server.gateway.answer = lambda interaction: (
        said("Thanks.") if interaction.submitted else opens(SHORT_FORM)
    )
    await fake.slash("ana", "general", "cop look")
    await server.restart()
    await fake.submit_modal("ana", {"Title": "Beans", "Home channels": ["help"]})
    interaction = server.gateway.interactions[-1]
    assert (interaction.command, interaction.via, interaction.submitted, interaction.community) == (
        "garden.settle",
        "form",
        True,
        5,
    )
    assert interaction.args == {"kept": "this", "line": "Beans", "channels": (fake.id_of("help"),)}


async def test_a_long_form_goes_in_steps(server: ConnectedServer) -> None:
    fake = server.fake
    server.gateway.answer = lambda interaction: said("Thanks.") if interaction.submitted else opens(LONG_FORM)
    await fake.slash("ana", "general", "cop look")
    first = await fake.submit_modal(
        "ana", {"Title": "A", "What happened": "B", "Link": "https://a.example", "How many": "2"}
    )
    assert first.text.startswith("So far, so good: part 1 of 2 is kept")
    assert not server.gateway.interactions[-1].submitted
    await fake.press("ana", "Go on")
    await fake.submit_modal("ana", {"Time zone": "Europe/Lisbon", "At": "9:30"})
    assert server.gateway.interactions[-1].args == {
        "kept": "this",
        "line": "A",
        "text": "B",
        "url": "https://a.example",
        "number": "2",
        "zone": "Europe/Lisbon",
        "time": "9:30",
    }


async def test_a_lost_step_is_said_kindly_and_the_form_opened_anew(server: ConnectedServer) -> None:
    fake = server.fake
    server.gateway.answer = lambda interaction: said("Thanks.") if interaction.submitted else opens(LONG_FORM)
    await fake.slash("ana", "general", "cop look")
    values = {"Title": "A", "What happened": "B", "Link": "https://a.example", "How many": "2"}
    await fake.submit_modal("ana", values)
    await server.restart()
    await fake.press("ana", "Go on")
    assert "I no longer have what you filled in" in server.only_seen("ana")[-1]
    await fake.press("ana", "Open the form")
    interaction = server.gateway.interactions[-1]
    assert (interaction.command, interaction.community, interaction.submitted) == ("garden.settle", 5, False)
    assert fake.modal("ana") is not None


async def test_mistakes_stand_beside_their_labels_and_can_be_corrected(server: ConnectedServer) -> None:
    fake = server.fake

    def answer(interaction: Interaction) -> Response:
        if not interaction.submitted:
            return opens(LONG_FORM)
        if interaction.args.get("zone") == "Moon":
            fields = tuple(replace(one, value=interaction.args.get(one.name)) for one in LONG_FORM.fields)
            return Response(
                form=replace(LONG_FORM, fields=fields, errors={"zone": "no such zone"}), community=5
            )
        return said("Thanks.")

    server.gateway.answer = answer
    await fake.slash("ana", "general", "cop look")
    values = {"Title": "A", "What happened": "B", "Link": "https://a.example", "How many": "2"}
    await fake.submit_modal("ana", values)
    await fake.press("ana", "Go on")
    wrong = await fake.submit_modal("ana", {"Time zone": "Moon", "At": "9:30"})
    assert "**Time zone:** no such zone" in wrong.text
    await fake.press("ana", "Correct it")
    modal = fake.modal("ana")
    assert modal is not None
    assert {one.label: one.value for one in modal.fields} == {"Time zone": "Moon", "At": "9:30"}
    right = await fake.submit_modal("ana", {"Time zone": "Europe/Lisbon"})
    assert right.text.startswith("Thanks")
    assert server.gateway.interactions[-1].args["line"] == "A"
    assert server.gateway.interactions[-1].args["zone"] == "Europe/Lisbon"


async def test_people_and_channels_are_not_picked_in_a_direct_message(server: ConnectedServer) -> None:
    server.gateway.answer = lambda _: opens(SHORT_FORM)
    await server.fake.slash("ana", "dm", "coordinate tend settings")
    assert "ask me that in the server" in server.only_seen("ana")[-1]
    assert server.fake.modal("ana") is None


async def test_a_channel_that_is_gone_does_not_keep_a_form_shut(server: ConnectedServer) -> None:
    there, gone = server.fake.id_of("help"), "123456789012345678"
    field = replace(FIELDS["channels"], value=(there, gone))
    server.gateway.answer = lambda _: opens(replace(SHORT_FORM, fields=(field,)))
    await server.fake.slash("ana", "general", "coordinate tend settings")
    modal = server.fake.modal("ana")
    assert modal is not None
    assert modal.fields[0].value == [there]


async def test_a_picture_in_an_answer_is_shown(server: ConnectedServer) -> None:
    server.gateway.answer = lambda _: Response(renderable(PARTS["picture"]), community=5)
    exchange = await server.fake.slash("ana", "general", "cop look")
    await server.drain()
    (message,) = exchange.messages
    assert list(message.files.values()) == [a_png()]
    assert message.attachments[0]["description"] == "Messages per week, rising"


async def test_an_answer_of_many_messages_arrives_whole_and_private(server: ConnectedServer) -> None:
    server.gateway.answer = lambda _: Response(renderable(Card(parts=(text("word " * 4_000),))), community=5)
    exchange = await server.fake.slash("ana", "general", "cop look")
    await server.drain()
    assert sum(one.text.count("word") for one in exchange.messages) == 4_000
    assert all(one.ephemeral for one in exchange.messages)
    assert server.fake.messages("general") == []
