"""What the fake refuses because Discord does: messages, trees of commands and forms that do not fit."""

from typing import Any

import discord
import pytest

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import Recorder, answers, register

# Messages ----------------------------------------------------------------------------------------------

BUTTON = {"type": 2, "style": 1, "label": "Yes", "custom_id": "yes"}
MENU = {"type": 3, "custom_id": "m", "options": [{"label": "A", "value": "a"}]}
V2 = 1 << 15


def rows(*components: dict[str, object]) -> dict[str, Any]:
    return {"content": "x", "components": [{"type": 1, "components": list(components)}]}


def v2(*components: dict[str, object]) -> dict[str, object]:
    return {"flags": V2, "components": list(components)}


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2001},
        {"content": "x", "nonce": "n" * 26},
        {"content": "x", "flags": 64},
        {"embeds": [{"description": "x" * 4097}]},
        {"embeds": [{"description": "x" * 3100}, {"description": "x" * 3100}]},
        {"embeds": [{"title": "t", "fields": [{"name": "", "value": "v"}]}]},
        {"embeds": [{"title": "t"}] * 11},
        {"embeds": [{"title": "t", "url": "javascript:alert(1)"}]},
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        {"content": "x", "message_reference": {"message_id": "1"}},
        rows(BUTTON, BUTTON),
        rows(*({**BUTTON, "custom_id": str(n)} for n in range(6))),
        rows({**BUTTON, "label": "x" * 81}),
        rows({**BUTTON, "label": ""}),
        rows({**BUTTON, "custom_id": "x" * 101}),
        rows({**BUTTON, "style": 5}),
        rows({"type": 2, "style": 5, "label": "Link", "url": "javascript:alert(1)"}),
        rows(BUTTON, MENU),
        rows({**MENU, "options": [{"label": "A", "value": "a"}] * 2}),
        rows({**MENU, "options": [{"label": str(n), "value": str(n)} for n in range(26)]}),
        rows({**MENU, "placeholder": "x" * 151}),
        {"content": "x", "components": [BUTTON]},
        {
            "content": "x",
            "components": [{"type": 1, "components": [{**BUTTON, "custom_id": n}]} for n in "abcdef"],
        },
        v2({"type": 10, "content": ""}),
        v2({"type": 10, "content": "x" * 4001}),
        v2(*({"type": 10, "content": "x"} for _ in range(41))),
        v2({"type": 17, "components": [{"type": 10, "content": "x"}] * 40}),
        v2({"type": 9, "components": [{"type": 10, "content": "x"}]}),
        v2({"type": 12, "items": [{"media": {"url": "attachment://none.png"}}]}),
        v2({"type": 17, "components": [{"type": 17, "components": [{"type": 10, "content": "x"}]}]}),
        v2({"type": 10, "content": "x", "id": 1}, {"type": 10, "content": "y", "id": 1}),
        {**v2({"type": 10, "content": "x"}), "content": "no"},
    ],
)
async def test_a_malformed_message_is_refused_and_complained_of(
    fake: FakeDiscord, client: Recorder, body: dict[str, object]
) -> None:
    route = discord.http.Route(
        "POST", "/channels/{channel_id}/messages", channel_id=int(fake.id_of("general"))
    )
    with pytest.raises(discord.HTTPException) as caught:
        await client.http.request(route, json=body)
    assert (caught.value.status, caught.value.code) == (400, 50035)
    assert fake.messages("general") == []
    if "message_reference" not in body:
        assert fake.complaints.pop().body == body


# Commands and forms ------------------------------------------------------------------------------------


def one(**more: Any) -> list[dict[str, Any]]:
    return [{"name": "cop", "description": "words"} | more]


def option(**more: Any) -> dict[str, Any]:
    return {"type": 3, "name": "url", "description": "the link"} | more


@pytest.mark.parametrize(
    "tree",
    [
        one(name="Cop"),
        one(name="c o p"),
        one(name="x" * 33),
        one(description=""),
        one(description="x" * 101),
        one() * 2,
        one(options=[option(name=f"o{n}") for n in range(26)]),
        one(options=[option(), option(name="later", required=True)]),
        one(options=[option(), option()]),
        one(options=[option(choices=[{"name": "a", "value": "a"}], autocomplete=True)]),
        one(options=[option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])]),
        one(options=[option(), {"type": 1, "name": "sub", "description": "words"}]),
        one(
            options=[
                {
                    "type": 1,
                    "name": f"s{n}",
                    "description": "x" * 100,
                    "options": [option(name=f"o{m}", description="x" * 100) for m in range(10)],
                }
                for n in range(10)
            ]
        ),
        [{"name": "Save", "type": 3, "description": "words"}],
        [{"name": f"c{n}", "description": "words"} for n in range(101)],
        [{"name": f"Menu {n}", "type": 3} for n in range(16)],
    ],
)
async def test_a_malformed_tree_is_refused(
    fake: FakeDiscord, client: Recorder, tree: list[dict[str, Any]]
) -> None:
    with pytest.raises(discord.HTTPException) as caught:
        await register(client, tree)
    assert caught.value.code == 50035
    assert fake.commands() == []
    assert len(fake.complaints) == 1
    fake.complaints.clear()


def label(component: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 18, "label": "Title", "component": component} | more


LINE = {"type": 4, "custom_id": "t", "style": 1}


@pytest.mark.parametrize(
    "form",
    [
        {"title": "x" * 46},
        {"custom_id": "x" * 101},
        {"components": []},
        {"components": [label({**LINE, "custom_id": str(n)}) for n in range(6)]},
        {"components": [label(LINE, label="x" * 46)]},
        {"components": [label(LINE, description="x" * 101)]},
        {"components": [label({**LINE, "label": "twice"})]},
        {"components": [label({**LINE, "max_length": 4001})]},
        {"components": [label({**LINE, "value": "long", "max_length": 3})]},
        {"components": [label({**LINE, "placeholder": "x" * 101})]},
        {"components": [label(LINE), label(LINE)]},
        {"components": [label({"type": 21, "custom_id": "r", "options": [{"label": "a", "value": "a"}]})]},
        {"components": [label({"type": 2, "style": 1, "label": "x", "custom_id": "b"})]},
    ],
)
async def test_a_malformed_form_is_refused(fake: FakeDiscord, client: Recorder, form: dict[str, Any]) -> None:
    await register(client, one())
    fake.patience = 0.2
    codes: list[int] = []

    async def answer(interaction: "discord.Interaction[Recorder]") -> None:
        route = discord.http.Route(
            "POST", "/interactions/{i}/{t}/callback", i=interaction.id, t=interaction.token
        )
        whole = {"title": "A form", "custom_id": "form", "components": [label(LINE)]} | form
        try:
            await client.http.request(route, json={"type": 9, "data": whole})
        except discord.HTTPException as error:
            codes.append(error.code)

    answers(client, answer)
    await fake.slash("ben", "general", "cop")
    assert codes == [50035]
    assert fake.modal("ben") is None
    fake.complaints.clear()
