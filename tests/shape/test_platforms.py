"""Every command, form and label fits the limits of Slack and Discord."""

import re
from collections import Counter
from typing import Literal, get_args, get_origin

import pytest

from facilitation.core.features.feature import (
    ROOTS,
    Endpoint,
    Root,
)
from facilitation.core.requests.admission import form_for
from facilitation.core.values.forms import fields_of, help_of
from tests.shape.registry import BY_PEOPLE, ENDPOINTS, REGISTRY
from tests.shape.sources import argument, sources, strings


@pytest.mark.parametrize("root", ROOTS)
def test_commands_fit_discords_tree(root: Root) -> None:
    """At most 25 entries in a root and in a group, groups one deep, and no group that is a command too."""
    commands = [endpoint.words.split(" ") for endpoint in REGISTRY.commands(root)]
    groups = Counter(words[0] for words in commands if len(words) > 1)
    single = {words[0] for words in commands if len(words) == 1}
    assert max(len(words) for words in commands) <= 2
    assert single & groups.keys() == set(), "a word that is a command begins no other command"
    assert len(single | groups.keys()) <= 25
    assert max(groups.values(), default=0) <= 25
    assert [word for words in commands for word in words if not re.fullmatch(r"[a-z-]{1,32}", word)] == []


@pytest.mark.parametrize(
    "endpoint", [endpoint for endpoint in BY_PEOPLE if endpoint.words], ids=lambda endpoint: endpoint.words
)
def test_options_of_a_command_fit_discord(endpoint: Endpoint) -> None:
    shown = [field for field in fields_of(endpoint.command) if field.kind != "hidden"]
    assert len(shown) <= 25
    assert [field.name for field in shown if not re.fullmatch(r"[a-z_]{1,32}", field.name)] == []
    assert sorted(shown, key=lambda field: not field.required) == shown, "required options stand first"


def test_message_actions_fit_both_menus() -> None:
    labels = [endpoint.label for endpoint in REGISTRY.message_actions()]
    assert [label for label in labels if len(label) > 24] == []
    assert len(labels) <= 5


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.id)
def test_every_command_has_its_help(endpoint: Endpoint) -> None:
    words = help_of(endpoint.command)
    assert 5 < len(words) <= 100, "Discord's description of a command"
    assert words.endswith((".", "?"))


@pytest.mark.parametrize("endpoint", BY_PEOPLE, ids=lambda endpoint: endpoint.id)
def test_every_field_says_what_it_is(endpoint: Endpoint) -> None:
    shown = {field.name for field in fields_of(endpoint.command) if field.kind != "hidden"}
    silent = [
        name
        for name, info in endpoint.command.model_fields.items()
        if name in shown and not (info.title and info.description)
    ]
    assert silent == []


@pytest.mark.parametrize("endpoint", BY_PEOPLE, ids=lambda endpoint: endpoint.id)
def test_every_form_fits_both_platforms(endpoint: Endpoint) -> None:
    """Slack: title and button 24, hint 150, option 75. Discord: label 45, description 100, 25 options."""
    form = form_for(endpoint, {})
    assert form.fields == () or 0 < len(form.title) <= 24
    assert 0 < len(form.submit) <= 24
    for field in form.fields:
        assert len(field.label) <= 45, field.label
        assert len(field.hint) <= 100, field.hint
        assert len(field.options) <= 25
        assert [option for option in field.options if len(option.label) > 75] == []
        assert (field.max_length or 0) <= 3_000, "Slack's longest input"


def test_labels_of_buttons_and_titles_of_cards_fit() -> None:
    """Slack: a button 75, a header 150 characters."""
    wrong = []
    for source in sources("facilitation"):
        for call in source.calls("Button", "LinkButton"):
            wrong += [text for text in strings(argument(call, 0, "label")) if not 0 < len(text) <= 75]
        for call in source.calls("card", "Card"):
            wrong += [text for text in strings(argument(call, 0, "title")) if len(text) > 150]
    assert wrong == []


def test_choices_are_words_that_can_be_typed() -> None:
    """A choice is given to its field when it is typed in small letters."""
    wrong = []
    for endpoint in BY_PEOPLE:
        for name, info in endpoint.command.model_fields.items():
            if get_origin(info.annotation) is Literal:
                wrong += [
                    f"{endpoint.id}.{name}: {one}" for one in get_args(info.annotation) if one != one.lower()
                ]
    assert wrong == []
