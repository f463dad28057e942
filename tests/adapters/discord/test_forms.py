"""Forms are filled in as modals: in steps if they are long, and again if they have errors."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from adapters.discord import forms
from adapters.discord.custom_ids import TokenCache, decode
from adapters.discord.forms import DraftStore, FormDraft
from adapters.discord.limits import CUSTOM_ID
from bot.features import FEATURES
from facilitation.core.features.feature import Endpoint
from facilitation.core.features.registry import Registry
from facilitation.core.requests.admission import form_for
from facilitation.core.values.forms import Form, FormField
from tests.adapters.contract.puppet import FIELDS

REGISTRY = Registry(FEATURES)
BY_PEOPLE = [endpoint for endpoint in REGISTRY.endpoints.values() if not endpoint.by_clock]


def form(*names: str, **more: Any) -> Form:
    return Form("puppet.form", "A form", tuple(FIELDS[name] for name in names), **more)


@pytest.mark.parametrize("endpoint", BY_PEOPLE, ids=lambda endpoint: endpoint.id)
async def test_every_form_of_the_features_is_a_modal_that_discord_accepts(endpoint: Endpoint) -> None:
    draft = FormDraft(form_for(endpoint, {}), 7)
    for step in range(len(draft.steps)):
        made = forms.modal(draft, step, forms.step_id("step", "x" * 12, step, draft)).to_dict()
        assert 1 <= len(made["components"]) <= 5
        assert len(made["title"]) <= 45
        assert len(made["custom_id"]) <= CUSTOM_ID
        for one in made["components"]:
            if one["type"] == 18:
                assert len(one["label"]) <= 45
                assert len(one.get("description", "")) <= 100


async def test_a_form_of_five_is_one_step_and_of_six_is_two() -> None:
    names = ["line", "text", "url", "number", "tags"]
    assert len(FormDraft(form(*names)).steps) == 1
    draft = FormDraft(form(*names, "hidden", "zone"))
    assert [len(step) for step in draft.steps] == [5, 1]
    assert forms.modal(draft, 1, "x").title == "A form (2 of 2)"


async def test_a_short_form_needs_no_memory() -> None:
    drafts = DraftStore()
    draft = FormDraft(form("line", "hidden", kept={"resource": 12}), 5)
    custom_id = drafts.modal_id(draft)
    press = decode(custom_id.removeprefix("fill|"), TokenCache())
    assert press is not None
    assert (press.command, press.args, press.community) == ("puppet.form", {"resource": 12, "hidden": 42}, 5)


async def test_what_is_kept_and_does_not_fit_is_remembered() -> None:
    drafts = DraftStore()
    draft = FormDraft(form("line", kept={"text": "x" * 300}), 5)
    found = forms.STEP.fullmatch(drafts.modal_id(draft))
    assert found is not None
    assert drafts.get(found["token"]) == draft


def test_a_step_filled_in_is_kept_with_those_before() -> None:
    names = ["line", "text", "url", "number", "tags", "zone", "hidden"]
    draft = FormDraft(form(*names, kept={"kept": "this"}))
    draft = draft.with_values({"line": "A", "text": "", "number": "12"})
    assert draft.next_step(0) == 1
    draft = draft.with_values({"zone": "Europe/Lisbon"})
    assert draft.next_step(1) is None
    assert draft.args() == {
        "kept": "this",
        "hidden": 42,
        "line": "A",
        "number": "12",
        "zone": "Europe/Lisbon",
    }


def test_what_was_emptied_stays_empty() -> None:
    field = replace(FIELDS["line"], value="stored", required=False)
    draft = FormDraft(Form("puppet.form", "A form", (field,)))
    assert draft.args() == {"line": "stored"}
    assert draft.with_values({"line": ""}).args() == {}


def test_correcting_begins_at_the_first_mistake_and_leaves_out_what_is_right() -> None:
    names = ["line", "text", "url", "number", "tags", "zone", "time", "choice", "tick", "person", "channel"]
    draft = FormDraft(form(*names, errors={"zone": "which?", "channel": "where?"}))
    assert draft.first_step() == 1
    assert draft.next_step(1) == 2
    assert draft.next_step(2) is None


async def test_fields_are_filled_with_what_is_known() -> None:
    fields = (
        replace(FIELDS["time"], value=time(9, 30)),
        replace(FIELDS["tags"], value=("a", "b")),
        replace(FIELDS["tick"], value=True),
        replace(FIELDS["choice"], value="monthly"),
        replace(FIELDS["channels"], value=("123", "456")),
    )
    made = forms.modal(FormDraft(Form("puppet.form", "A form", fields)), 0, "x").to_dict()
    inputs = [one["component"] for one in made["components"]]
    assert [inputs[0]["value"], inputs[1]["value"], inputs[2]["default"]] == ["09:30", "a, b", True]
    assert [one["value"] for one in inputs[3]["options"] if one.get("default")] == ["monthly"]
    assert [one["id"] for one in inputs[4]["default_values"]] == [123, 456]


async def test_a_value_longer_than_it_should_be_can_still_be_corrected() -> None:
    field = replace(FIELDS["line"], value="x" * 200)
    made = forms.modal(FormDraft(Form("puppet.form", "A form", (field,))), 0, "x").to_dict()
    assert made["components"][0]["component"]["value"] == "x" * 200
    assert made["components"][0]["component"]["max_length"] == 200


async def test_a_form_with_nothing_to_see_can_be_sent() -> None:
    made = forms.modal(FormDraft(form("hidden")), 0, "x").to_dict()
    assert [one["type"] for one in made["components"]] == [10]


@pytest.mark.parametrize(
    ("component", "found"),
    [
        ({"type": 4, "custom_id": "line", "value": " A title "}, {"line": "A title"}),
        ({"type": 3, "custom_id": "choice", "values": ["weekly"]}, {"choice": "weekly"}),
        ({"type": 3, "custom_id": "choice", "values": []}, {"choice": None}),
        ({"type": 5, "custom_id": "person", "values": ["123"]}, {"person": "123"}),
        ({"type": 8, "custom_id": "channels+", "values": ["1"]}, {"channels": ("1",)}),
        ({"type": 23, "custom_id": "tick!", "value": False}, {"tick": None}),
        ({"type": 23, "custom_id": "tick", "value": False}, {"tick": False}),
        ({"type": 23, "custom_id": "tick!", "value": True}, {"tick": True}),
    ],
)
def test_what_was_filled_in_is_read(component: dict[str, Any], found: dict[str, Any]) -> None:
    assert forms.values_in([{"type": 18, "id": 1, "component": component}, {"type": 10, "id": 2}]) == found


def test_every_kind_of_field_is_tried() -> None:
    kinds: set[str] = {field.kind for field in FIELDS.values()}
    assert kinds == set(FormField.__annotations__["kind"].__args__)
