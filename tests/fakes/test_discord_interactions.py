"""What people do with a bot on the fake, and what it may answer, with the real discord.py."""

import asyncio
from typing import Any

import discord
import pytest

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import Recorder, answers, register

TREE: list[dict[str, Any]] = [
    {
        "name": "cop",
        "description": "The community’s commands",
        "contexts": [0],
        "options": [
            {
                "type": 1,
                "name": "share",
                "description": "Share a link",
                "options": [
                    {"type": 3, "name": "url", "description": "the link", "required": True, "max_length": 50},
                    {"type": 3, "name": "topic", "description": "what about", "autocomplete": True},
                    {"type": 6, "name": "with", "description": "whom"},
                ],
            },
            {
                "type": 2,
                "name": "mentor",
                "description": "Mentoring",
                "options": [{"type": 1, "name": "offer", "description": "Be a mentor", "options": []}],
            },
        ],
    },
    {"name": "coordinate", "description": "For coordinators", "default_member_permissions": "32"},
    {"name": "Save to shelf", "type": 3},
]

WEEKLY = [discord.SelectOption(label="Weekly", value="w")]


async def test_a_command_is_typed_with_its_options(fake: FakeDiscord, client: Recorder) -> None:
    await register(client, TREE)
    got: list[Any] = []

    async def answer(interaction: "discord.Interaction[Recorder]") -> None:
        got.append(interaction)
        await interaction.response.send_message("Shared.", ephemeral=True)

    answers(client, answer)
    exchange = await fake.slash("ben", "general", "cop share", {"url": "https://x.org", "with": "ana"})
    assert exchange.text == "Shared."
    assert exchange.ephemeral
    assert exchange.callback is not None
    assert exchange.callback.delay < fake.patience
    assert [message.text for message in fake.ephemerals("ben")] == ["Shared."]
    assert fake.messages("general") == fake.ephemerals("ana") == []
    [share] = got[0].data["options"]
    ana = fake.id_of("ana")
    assert {one["name"]: one["value"] for one in share["options"]} == {"url": "https://x.org", "with": ana}
    assert got[0].data["resolved"]["users"][ana]["global_name"] == "Ana Sousa"
    assert (str(got[0].user.id), str(got[0].channel_id)) == (fake.id_of("ben"), fake.id_of("general"))
    await fake.slash("ben", "general", "cop mentor offer")
    assert got[1].data["options"][0]["options"][0]["name"] == "offer"
    assert (fake.puts, len(fake.commands())) == (1, 3)


@pytest.mark.parametrize(
    ("who", "place", "command", "options"),
    [
        ("ben", "general", "cop", {}),
        ("ben", "general", "cop nothing", {}),
        ("ben", "general", "cop share", {}),
        ("ben", "general", "cop share", {"url": "x" * 51}),
        ("ben", "general", "cop share", {"url": "x", "other": "y"}),
        ("ben", "dm", "cop share", {"url": "x"}),
        ("ben", "general", "coordinate", {}),
    ],
)
async def test_a_client_lets_nobody_type_what_is_not_offered(
    fake: FakeDiscord, client: Recorder, who: str, place: str, command: str, options: dict[str, str]
) -> None:
    await register(client, TREE)
    with pytest.raises(ValueError, match=r"."):
        await fake.slash(who, place, command, options)
    assert fake.exchanges == []


async def test_a_deferred_answer_is_filled_in_and_followed_up(fake: FakeDiscord, client: Recorder) -> None:
    await register(client, TREE)
    go = asyncio.Event()

    async def answer(interaction: "discord.Interaction[Recorder]") -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await go.wait()
        await interaction.followup.send("first")
        second = await interaction.followup.send("second", ephemeral=True, wait=True)
        await second.edit(content="second, better")
        await interaction.edit_original_response(content="first, better")

    answers(client, answer)
    exchange = await fake.slash("ben", "general", "cop mentor offer")
    assert fake.ephemerals("ben")[0].loading
    go.set()
    await fake.until(lambda: exchange.text == "first, better\nsecond, better")
    assert not exchange.deferred
    assert len(fake.ephemerals("ben")) == 2
    assert fake.messages("general") == []


async def test_who_does_not_answer_in_time_is_too_late(fake: FakeDiscord, client: Recorder) -> None:
    await register(client, TREE)
    fake.patience = 0.1
    late: list[int] = []
    go = asyncio.Event()

    async def answer(interaction: "discord.Interaction[Recorder]") -> None:
        await go.wait()
        try:
            await interaction.response.send_message("sorry")
        except discord.NotFound as error:
            late.append(error.code)

    answers(client, answer)
    exchange = await fake.slash("ben", "general", "cop mentor offer")
    assert exchange.failed
    go.set()
    await fake.until(lambda: late == [10062])


async def test_an_interaction_is_answered_once(fake: FakeDiscord, client: Recorder) -> None:
    await register(client, TREE)
    codes: list[int] = []

    async def answer(interaction: "discord.Interaction[Recorder]") -> None:
        await interaction.response.send_message("one")
        route = discord.http.Route(
            "POST", "/interactions/{i}/{t}/callback", i=interaction.id, t=interaction.token
        )
        try:
            await client.http.request(route, json={"type": 4, "data": {"content": "two"}})
        except discord.HTTPException as error:
            codes.append(error.code)

    answers(client, answer)
    await fake.slash("ben", "general", "cop mentor offer")
    await fake.until(lambda: codes == [40060])


async def test_choices_are_offered_while_typing(fake: FakeDiscord, client: Recorder) -> None:
    await register(client, TREE)

    async def answer(interaction: "discord.Interaction[Recorder]") -> None:
        assert interaction.type is discord.InteractionType.autocomplete
        choices = [discord.app_commands.Choice(name="Testing", value="t")]
        await interaction.response.autocomplete(choices)

    answers(client, answer)
    offered = await fake.autocomplete("ben", "general", "cop share", "topic", "tes", {"url": "x"})
    assert offered == [("Testing", "t")]
    with pytest.raises(ValueError, match="offers nothing"):
        await fake.autocomplete("ben", "general", "cop share", "url", "h")


async def test_buttons_menus_and_message_menus(fake: FakeDiscord, client: Recorder) -> None:
    await register(client, TREE)
    view: discord.ui.View = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Yes", custom_id="yes"))
    view.add_item(discord.ui.Select(placeholder="How often?", custom_id="pace", options=WEEKLY))
    view.add_item(discord.ui.UserSelect(placeholder="Who?", custom_id="who"))
    view.stop()
    channel = client.get_channel(int(fake.id_of("general")))
    assert isinstance(channel, discord.TextChannel)
    await channel.send("Choose", view=view)
    got: list[Any] = []

    async def answer(interaction: "discord.Interaction[Recorder]") -> None:
        got.append(interaction.data)
        if interaction.type is discord.InteractionType.component:
            await interaction.response.edit_message(content=f"Chosen {len(got)}")
        else:
            await interaction.response.send_message("Saved.", ephemeral=True)

    answers(client, answer)
    await fake.press("ben", "Yes")
    await fake.choose("ben", "How often?", "Weekly")
    await fake.choose("ben", "Who?", "ana")
    message = fake.messages("general")[0]
    assert message.text == "Chosen 3"
    saved = await fake.context_menu("ben", "Save to shelf", message.id)
    assert saved.text == "Saved."
    assert got[0]["custom_id"] == "yes"
    assert got[1]["values"] == ["w"]
    assert got[2]["values"] == [fake.id_of("ana")]
    assert got[3]["resolved"]["messages"][message.id]["content"] == "Chosen 3"
    with pytest.raises(ValueError, match="nowhere"):
        await fake.press("ben", "No")
    with pytest.raises(ValueError, match="not among"):
        await fake.choose("ben", "How often?", "Daily")


def a_form() -> discord.ui.Modal:
    form = discord.ui.Modal(title="A form", custom_id="form", timeout=None)
    for text, component in (
        ("Title", discord.ui.TextInput[Any](custom_id="title", max_length=10, default="old")),
        ("Note", discord.ui.TextInput[Any](custom_id="note", required=False, style=discord.TextStyle.long)),
        (
            "Pace",
            discord.ui.Select[Any](
                custom_id="pace", options=[discord.SelectOption(label="Weekly", value="w")]
            ),
        ),
        ("Who", discord.ui.UserSelect[Any](custom_id="who", required=True)),
        ("Agreed", discord.ui.Checkbox[Any](custom_id="agreed")),
    ):
        form.add_item(discord.ui.Label(text=text, component=component))
    return form


async def test_a_form_is_opened_filled_in_and_submitted(fake: FakeDiscord, client: Recorder) -> None:
    await register(client, TREE)
    got: list[Any] = []

    async def answer(interaction: "discord.Interaction[Recorder]") -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            got.append(interaction.data)
            await interaction.response.send_message("Taken.", ephemeral=True)
        else:
            await interaction.response.send_modal(a_form())

    answers(client, answer)
    await fake.slash("ben", "general", "cop mentor offer")
    shown = fake.modal("ben")
    assert shown is not None
    assert [(one.label, one.kind, one.required, one.value) for one in shown.fields] == [
        ("Title", "text", True, "old"),
        ("Note", "text", False, ""),
        ("Pace", "menu", True, []),
        ("Who", "person", True, []),
        ("Agreed", "check", False, False),
    ]
    for wrong in ({"Pace": "Weekly"}, {"Pace": "Daily", "Who": "ana"}, {"Title": "x" * 11}, {"Other": "x"}):
        with pytest.raises(ValueError, match=r"."):
            await fake.submit_modal("ben", wrong)
    exchange = await fake.submit_modal("ben", {"Pace": "Weekly", "Who": "ana", "Agreed": True})
    assert exchange.text == "Taken."
    assert fake.modal("ben") is None
    fields = [label["component"] for label in got[0]["components"]]
    filled = [one.get("value", one.get("values")) for one in fields]
    assert filled == ["old", "", ["w"], [fake.id_of("ana")], True]
    assert fake.id_of("ana") in got[0]["resolved"]["members"]


async def test_a_form_answers_no_form(fake: FakeDiscord, client: Recorder) -> None:
    await register(client, TREE)
    fake.patience = 0.5
    refused: list[int] = []

    async def answer(interaction: "discord.Interaction[Recorder]") -> None:
        try:
            await interaction.response.send_modal(a_form())
        except discord.HTTPException as error:
            refused.append(error.code)

    answers(client, answer)
    await fake.slash("ben", "general", "cop mentor offer")
    exchange = await fake.submit_modal("ben", {"Pace": "Weekly", "Who": "ana"})
    assert exchange.failed
    assert refused == [50035]
    assert fake.modal("ben") is not None
    fake.complaints.clear()
