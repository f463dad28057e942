"""What is promised of features, their endpoints, and the buttons and plans that send their commands."""

import ast
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, time
from typing import get_args, get_type_hints

import pytest

import facilitation
from bot.features import FEATURES
from facilitation.concern import Fallback
from facilitation.core.features.contributions import Contributions, EventContext, Period, Posts
from facilitation.core.features.feature import (
    ROOTS,
    Endpoint,
    Handler,
    ServiceBundle,
    dependencies_of,
)
from facilitation.core.features.registry import Registry
from facilitation.core.people.personal_data import PersonalData
from facilitation.core.platforms.capabilities import PlatformCapabilities
from facilitation.core.platforms.surface import Interaction
from facilitation.core.requests.admission import resolve_command
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Command, Context, Due, Prefill
from facilitation.core.values.errors import Refusal
from facilitation.core.values.events import SpaceRef
from facilitation.core.values.forms import FormField, fields_of
from storage.base import Repository
from storage.communities import Community
from tests.shape.registry import BY_CLOCK, ENDPOINTS, FEATURE_NAMES, REGISTRY
from tests.shape.sources import (
    Source,
    argument,
    called,
    is_true,
    sources,
    strings,
)


def test_every_feature_folder_is_in_the_list_of_features() -> None:
    found = {module.name for module in pkgutil.iter_modules(facilitation.__path__)} - {"core"}
    assert set(FEATURE_NAMES) == found


def test_no_two_endpoints_share_an_id_a_command_or_words() -> None:
    declared = [endpoint for feature in FEATURES for endpoint in feature.endpoints]
    ids = Counter(endpoint.id for endpoint in declared)
    types = Counter(endpoint.command for endpoint in declared)
    commands = Counter((endpoint.root, endpoint.words) for endpoint in declared if endpoint.words)
    assert [thing for counter in (ids, types, commands) for thing, n in counter.items() if n > 1] == []


def test_every_form_belongs_to_an_endpoint_of_its_feature() -> None:
    for feature in FEATURES:
        assert set(feature.forms) <= {endpoint.command for endpoint in feature.endpoints}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.id)
def test_every_dependency_of_a_handler_can_be_injected(endpoint: Endpoint) -> None:
    given = {endpoint.command, Due if endpoint.by_clock else Context}
    if (precomputation := REGISTRY.precomputations.get(endpoint.command)) is not None:
        work = get_args(get_type_hints(precomputation)["return"])[1]
        given |= set(get_args(work))
    assert _not_injectable(endpoint.handler, given) == []


def test_every_dependency_of_a_form_a_listener_or_a_contribution_can_be_injected() -> None:
    """The desk is also composed on Monday morning, when nobody calls: it may not depend on a Context."""
    given: dict[str, set[type]] = {
        "home": {Context},
        "desk": set(),
        "personal desk": {Context},
        "recap": {Period},
        "begins": set(),
    }
    wrong = [
        (handler.__name__, _not_injectable(handler, {Context, Prefill}))
        for handler in REGISTRY.forms.values()
    ]
    wrong += [
        (handler.__name__, _not_injectable(handler, {Due, command}))
        for command, handler in REGISTRY.precomputations.items()
    ]
    wrong += [
        (listener.handler.__name__, _not_injectable(listener.handler, {EventContext}))
        for listener in REGISTRY.listeners
    ]
    for feature in FEATURES:
        for what, contributions in feature.contributions.items():
            wrong += [
                (one.handler.__name__, _not_injectable(one.handler, given[what])) for one in contributions
            ]
    assert [(name, missing) for name, missing in wrong if missing] == []


def _not_injectable(handler: Handler, given: set[type]) -> list[str]:
    known = given | {Clock, Community, Registry, Posts, Contributions, PersonalData, CharterText, Fallback}
    known |= {PlatformCapabilities}
    return [
        f"{name}: {kind}"
        for name, kind in dependencies_of(handler).items()
        if kind not in known and not (isinstance(kind, type) and issubclass(kind, Repository | ServiceBundle))
    ]


# Buttons and menus


def test_every_endpoint_that_is_named_exists() -> None:
    """A string such as `feature.verb` is the id of an endpoint."""
    looks_like_one = re.compile(rf"({'|'.join(FEATURE_NAMES)})\.[a-z_]+")
    wrong = [
        f"{source.at(node)} {node.value}"
        for source in sources("facilitation", "bot")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and looks_like_one.fullmatch(node.value)
        and node.value not in REGISTRY.endpoints
    ]
    assert wrong == []


def test_a_button_of_a_feature_that_is_not_here_is_optional() -> None:
    wrong = []
    for source in sources("facilitation"):
        for call in source.calls("Button", "Menu"):
            names = [text for text in strings(argument(call, 1, "command")) if "." in text]
            strange = [name for name in names if name not in REGISTRY.endpoints]
            if strange and not is_true(argument(call, 4, "optional")):
                wrong.append(f"{source.at(call)} {strange}")
    assert wrong == []


def test_no_button_sends_a_command_of_the_clock() -> None:
    wrong = [
        f"{source.at(call)} {name}"
        for source in sources("facilitation")
        for call in source.calls("Button", "Menu")
        for name in strings(argument(call, 1, "command"))
        if name in REGISTRY.endpoints and REGISTRY.endpoints[name].by_clock
    ]
    assert wrong == []


def test_buttons_and_menus_carry_only_fields_of_their_command() -> None:
    wrong = []
    for source in sources("facilitation"):
        for call, endpoint, carried in _literal_buttons(source):
            unknown = set(carried) - set(endpoint.command.model_fields)
            if unknown:
                wrong.append(f"{source.at(call)} {endpoint.id} knows no {sorted(unknown)}")
    assert wrong == []


def test_ids_of_buttons_and_menus_fit_a_hundred_characters() -> None:
    """Discord's custom_id: the endpoint's id, the community and each argument at its longest."""
    wrong = []
    for source in sources("facilitation"):
        for call, endpoint, carried in _literal_buttons(source):
            fields = {field.name: field for field in fields_of(endpoint.command)}
            longest = len(f"{endpoint.id}|9999999")
            longest += sum(len(f"|{name}=") + _longest(endpoint.command, fields[name]) for name in carried)
            if longest > 100:
                wrong.append(f"{source.at(call)} {endpoint.id} {carried}: {longest}")
    assert wrong == []


def _literal_buttons(source: Source) -> Iterator[tuple[ast.Call, Endpoint, list[str]]]:
    """Each button or menu with the id of an endpoint, and the fields that it carries."""
    for call in source.calls("Button", "Menu"):
        is_menu = called(call) == "Menu"
        carried: list[str] = []
        args = argument(call, 4 if is_menu else 2, "args")
        if isinstance(args, ast.Dict):
            carried = [str(key.value) for key in args.keys if isinstance(key, ast.Constant)]
        if is_menu:
            carried += list(strings(argument(call, 2, "field")))
        for name in strings(argument(call, 1, "command")):
            if name in REGISTRY.endpoints:
                # Arguments that come in a variable may be all there are.
                unknown = args is not None and not isinstance(args, ast.Dict)
                yield (
                    call,
                    REGISTRY.endpoints[name],
                    [*REGISTRY.endpoints[name].command.model_fields] if unknown else carried,
                )


def _longest(command: type[Command], field: FormField) -> int:
    """The longest form of a value in a button: numbers are ids, words are platform ids or choices."""
    annotation = command.model_fields[field.name].annotation
    if field.options:
        return max(len(option.value) for option in field.options)
    if annotation in (bool, int) or field.kind in ("person", "number", "tick"):
        return 10
    if field.kind in ("channel", "hidden"):
        return field.max_length or 20  # a snowflake, or Slack's time stamp
    if {annotation, *get_args(annotation)} & {date, time}:
        return 10
    return field.max_length or 1_000


# The clock's commands


def test_every_planned_command_is_one_of_the_clock() -> None:
    wrong = []
    for source in sources("facilitation"):
        for call in source.calls("Later"):
            planned = argument(call, 1, "command")
            if source.name.startswith("facilitation.core"):
                continue
            assert isinstance(planned, ast.Call), f"{source.at(call)}: name the command where it is planned"
            command = getattr(source.module(), called(planned))
            if not any(endpoint.command is command for endpoint in BY_CLOCK):
                wrong.append(f"{source.at(call)} {called(planned)}")
    assert wrong == []


def test_the_clock_has_commands() -> None:
    """Otherwise the tests about the clock's commands would prove nothing."""
    assert "coordination.post_desk" in {endpoint.id for endpoint in BY_CLOCK}


@pytest.mark.parametrize("endpoint", BY_CLOCK, ids=lambda endpoint: endpoint.id)
def test_a_command_of_the_clock_cannot_be_pressed_or_typed(endpoint: Endpoint) -> None:
    assert (endpoint.words, endpoint.label) == ("", "")
    with pytest.raises(Refusal):
        resolve_command(REGISTRY, Interaction(SpaceRef("page", "T1"), "ines", command=endpoint.id))
    for root in ROOTS:
        for words in (endpoint.id, endpoint.id.partition(".")[2].replace("_", " ")):
            with pytest.raises(Refusal):
                resolve_command(REGISTRY, Interaction(SpaceRef("page", "T1"), "ines", root, words))
