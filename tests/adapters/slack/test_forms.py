"""Forms as modals: Slack accepts each, and a submission comes back as the command's arguments."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from slack_sdk.models.blocks import Option as SdkOption
from slack_sdk.models.views import View

from adapters.slack import limits
from adapters.slack.button_payload import FormMetadata, Origin, decode_metadata, encode_metadata
from adapters.slack.forms import errors_by_block, hidden_args, modal, submitted_args, zone_options
from bot.features import FEATURES
from facilitation.core.features.registry import Registry
from facilitation.core.requests.admission import form_for
from facilitation.core.values.cards import Option
from facilitation.core.values.forms import Form, FormField
from tests.adapters.contract.puppet import FIELDS
from tests.fakes.slack.checking import wrong_with_view

ASKED = FormMetadata(
    "channel.ask", {"id": 7}, 5, Origin("C1", "1.2", response_url="https://hooks.slack.com/x")
)


def view_of(*fields: FormField, **more: Any) -> dict[str, Any]:
    """A form of these fields as a view that Slack would take."""
    view = modal(Form("channel.ask", "A form", fields, **more), ASKED)
    assert list(wrong_with_view(view, "modal")) == []
    View(**view).validate_json()
    return view


@pytest.mark.parametrize("kind", FIELDS)
def test_slack_takes_every_kind_of_field(kind: str) -> None:
    view_of(FIELDS[kind])


@pytest.mark.parametrize(
    "endpoint",
    [endpoint for endpoint in Registry(FEATURES).endpoints.values() if not endpoint.by_clock],
    ids=lambda endpoint: endpoint.id,
)
def test_slack_accepts_every_form_of_the_features(endpoint: Any) -> None:
    assert list(wrong_with_view(modal(form_for(endpoint, {}), ASKED), "modal")) == []


@pytest.mark.parametrize(
    ("kind", "value", "initial"),
    [
        ("line", "A title", {"initial_value": "A title"}),
        ("line", "x" * 100, {"initial_value": "x" * 80}),
        ("url", "not finished", {"initial_value": "not finished"}),
        ("tags", ("a", "b"), {"initial_value": "a, b"}),
        ("number", 12, {"initial_value": "12"}),
        ("number", "twelve", {}),
        ("time", time(9, 5), {"initial_time": "09:05"}),
        ("time", "9:30", {"initial_time": "09:30"}),
        ("time", "soon", {}),
        ("person", "U1", {"initial_user": "U1"}),
        ("person", 17, {}),
        ("channel", "C1", {"initial_conversation": "C1"}),
        ("channels", ("C1", "C2"), {"initial_conversations": ["C1", "C2"]}),
    ],
)
def test_what_is_known_stands_in_the_field(kind: str, value: object, initial: dict[str, Any]) -> None:
    element = view_of(replace(FIELDS[kind], value=value))["blocks"][0]["element"]
    assert {key: one for key, one in element.items() if key.startswith("initial_")} == initial


def test_choices_ticks_and_zones_are_preset() -> None:
    fields = (
        replace(FIELDS["choice"], value="monthly"),
        replace(FIELDS["tick"], value=True),
        replace(FIELDS["zone"], value="America/New_York"),
    )
    choice, tick, zone = (block["element"] for block in view_of(*fields)["blocks"])
    assert choice["initial_option"]["value"] == "monthly"
    assert [option["value"] for option in tick["initial_options"]] == ["yes"]
    assert zone["initial_option"] == {
        "text": {"type": "plain_text", "text": "America/New York", "emoji": False},
        "value": "America/New_York",
    }


def test_a_few_required_choices_are_seen_at_once_and_others_in_a_menu() -> None:
    many = replace(FIELDS["choice"], options=tuple(Option(str(n), f"Option {n}") for n in range(120)))
    radio, menu = view_of(FIELDS["choice"])["blocks"], view_of(many)["blocks"]
    assert radio[0]["element"]["type"] == "radio_buttons"
    assert [len(group["options"]) for group in menu[0]["element"]["option_groups"]] == [100, 20]


def test_a_form_with_nothing_to_fill_in_can_be_sent_all_the_same() -> None:
    assert view_of(FIELDS["hidden"])["blocks"][0]["type"] == "section"
    assert hidden_args(Form("a.b", "A", (FIELDS["hidden"],), kept={"id": 1})) == {"id": 1, "hidden": 42}


def test_what_was_filled_in_becomes_arguments_and_what_is_empty_is_left_out() -> None:
    state = {
        "title": {"line": {"type": "plain_text_input", "value": " A title \x00"}},
        "note": {"text": {"type": "plain_text_input", "value": None}},
        "agree": {"tick": {"type": "checkboxes", "selected_options": [{"value": "yes"}]}},
        "loud": {"tick": {"type": "checkboxes", "selected_options": []}},
        "pace": {"choice": {"type": "radio_buttons", "selected_option": {"value": "weekly"}}},
        "zone": {"zone": {"type": "external_select", "selected_option": None}},
        "who": {"person": {"type": "users_select", "selected_user": "U1"}},
        "where": {"channel": {"type": "conversations_select", "selected_conversation": "C1"}},
        "homes": {"channels": {"type": "multi_conversations_select", "selected_conversations": ["C1", "C2"]}},
        "none": {"channels": {"type": "multi_conversations_select", "selected_conversations": []}},
        "at": {"time": {"type": "timepicker", "selected_time": "09:30"}},
        "n": {"number": {"type": "number_input", "value": "12"}},
    }
    assert submitted_args(state) == {
        "title": "A title",
        "agree": True,
        "loud": False,
        "pace": "weekly",
        "who": "U1",
        "where": "C1",
        "homes": ("C1", "C2"),
        "at": "09:30",
        "n": "12",
    }


def test_errors_stand_beside_their_fields_and_loose_ones_beside_the_first() -> None:
    form = Form("a.b", "A", (FIELDS["hidden"], FIELDS["line"], FIELDS["url"]))
    assert errors_by_block(replace(form, errors={"url": "no", "hidden": "odd", "": "very odd"})) == {
        "url": "no",
        "line": "odd very odd",
    }
    assert errors_by_block(replace(form, fields=(FIELDS["hidden"],), errors={"": "odd"})) == {}


def test_a_form_remembers_where_it_was_asked_for() -> None:
    assert decode_metadata(encode_metadata(ASKED)) == ASKED
    assert decode_metadata("") is None
    assert decode_metadata("[1]") is None


def test_a_form_that_keeps_much_forgets_the_address_for_the_answer_first() -> None:
    asked = replace(ASKED, kept={"text": "x" * 2_920})
    assert len(encode_metadata(asked)) <= limits.PRIVATE_METADATA
    found = decode_metadata(encode_metadata(asked))
    assert found is not None
    assert found == replace(asked, origin=replace(ASKED.origin, response_url=""))


def test_zones_are_offered_by_what_was_typed() -> None:
    offered = [option["value"] for option in zone_options("lisb")["options"]]
    assert offered[0] == "Europe/Lisbon"
    assert "America/New_York" in [option["value"] for option in zone_options("new york")["options"]]
    assert len(zone_options("")["options"]) == limits.OPTIONS
    for option in zone_options("")["options"]:
        SdkOption(value=option["value"], text=option["text"]["text"]).validate_json()
    assert zone_options("nowhere at all") == {"options": []}
