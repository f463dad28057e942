"""The shape of the house: what is promised of names, forms, imports, tables and words holds everywhere."""

import ast
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import Boolean, Column, DateTime, Integer, String, Table, Time
from sqlalchemy.orm import Mapper

import facilitation
import storage
from bot.features import FEATURES
from facilitation.concern import Fallback
from facilitation.core.features.contributions import Contributions, EventContext, Period, Posts
from facilitation.core.features.feature import (
    ROOTS,
    Endpoint,
    Handler,
    Root,
    ServiceBundle,
    dependencies_of,
)
from facilitation.core.features.registry import Registry
from facilitation.core.people.personal_data import PersonalData
from facilitation.core.platforms.capabilities import PlatformCapabilities
from facilitation.core.platforms.surface import Interaction
from facilitation.core.requests.admission import form_for, resolve_command
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Command, Context, Due, Prefill
from facilitation.core.values.errors import Refusal
from facilitation.core.values.events import SpaceRef
from facilitation.core.values.forms import FormField, fields_of, help_of
from storage.base import Base, Repository
from storage.communities import Community
from storage.session import Session

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "adapters", "facilitation", "storage", "migrations")
REGISTRY = Registry(FEATURES)
FEATURE_NAMES = tuple(feature.name for feature in FEATURES)
ENDPOINTS = tuple(REGISTRY.endpoints.values())
BY_CLOCK = tuple(endpoint for endpoint in ENDPOINTS if endpoint.by_clock)
BY_PEOPLE = tuple(endpoint for endpoint in ENDPOINTS if not endpoint.by_clock)


# Reading the sources -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """One module of ours."""

    name: str
    path: Path
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """Where a node stands, as an editor would jump to it."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"

    def module(self) -> ModuleType:
        return import_module(self.name)

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Calls of functions and classes by their own name, however they were imported."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and _called(node) in names:
                yield node


@cache
def sources(*packages: str) -> tuple[Source, ...]:
    found = []
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            relative = path.relative_to(ROOT).with_suffix("")
            parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
            found.append(Source(".".join(parts), path, ast.parse(path.read_text("utf-8"), str(path))))
    assert found, f"no sources below {ROOT}"
    return tuple(found)


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument wherever it was written."""
    by_name = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in by_name:
        return by_name[name]
    plain = [argument for argument in call.args if not isinstance(argument, ast.Starred)]
    return plain[position] if position < len(plain) == len(call.args) else None


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _strings(node: ast.AST | None) -> Iterator[str]:
    """Every literal string below a node, the literal pieces of f-strings included."""
    for inner in ast.walk(node) if node is not None else ():
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def imports_of(source: Source) -> Iterator[tuple[str, ast.AST]]:
    """The modules that a module imports, anywhere in it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def _below(module: str, *parents: str) -> bool:
    return any(module == parent or module.startswith(f"{parent}.") for parent in parents)


# Rooms and their actions -------------------------------------------------------------------------


def test_every_feature_that_exists_is_in_the_house() -> None:
    found = {module.name for module in pkgutil.iter_modules(facilitation.__path__)} - {"core"}
    assert set(FEATURE_NAMES) == found


def test_no_two_actions_share_an_id_an_ask_or_a_command() -> None:
    declared = [endpoint for feature in FEATURES for endpoint in feature.endpoints]
    ids = Counter(endpoint.id for endpoint in declared)
    types = Counter(endpoint.command for endpoint in declared)
    commands = Counter((endpoint.root, endpoint.words) for endpoint in declared if endpoint.words)
    assert [thing for counter in (ids, types, commands) for thing, n in counter.items() if n > 1] == []


def test_every_opening_belongs_to_an_action_of_its_feature() -> None:
    for feature in FEATURES:
        assert set(feature.forms) <= {endpoint.command for endpoint in feature.endpoints}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.id)
def test_an_action_can_be_given_all_it_wants(endpoint: Endpoint) -> None:
    given = {endpoint.command, Due if endpoint.by_clock else Context}
    if (precomputation := REGISTRY.precomputations.get(endpoint.command)) is not None:
        work = get_args(get_type_hints(precomputation)["return"])[1]
        given |= set(get_args(work))
    assert _unknown_wishes(endpoint.handler, given) == []


def test_forms_listeners_and_contributions_can_be_given_all_they_want() -> None:
    """The desk is also read on Monday morning, when nobody asks: no share of it may want a Call."""
    given: dict[str, set[type]] = {
        "home": {Context},
        "desk": set(),
        "personal desk": {Context},
        "recap": {Period},
        "begins": set(),
    }
    wrong = [
        (handler.__name__, _unknown_wishes(handler, {Context, Prefill}))
        for handler in REGISTRY.forms.values()
    ]
    wrong += [
        (handler.__name__, _unknown_wishes(handler, {Due, command}))
        for command, handler in REGISTRY.precomputations.items()
    ]
    wrong += [
        (listener.handler.__name__, _unknown_wishes(listener.handler, {EventContext}))
        for listener in REGISTRY.listeners
    ]
    for feature in FEATURES:
        for what, contributions in feature.contributions.items():
            wrong += [
                (one.handler.__name__, _unknown_wishes(one.handler, given[what])) for one in contributions
            ]
    assert [(name, wishes) for name, wishes in wrong if wishes] == []


def _unknown_wishes(handler: Handler, given: set[type]) -> list[str]:
    known = given | {Clock, Community, Registry, Posts, Contributions, PersonalData, CharterText, Fallback}
    known |= {PlatformCapabilities}
    return [
        f"{name}: {wish}"
        for name, wish in dependencies_of(handler).items()
        if wish not in known and not (isinstance(wish, type) and issubclass(wish, Repository | ServiceBundle))
    ]


# Names of asks -----------------------------------------------------------------------------------


def test_every_named_ask_resolves() -> None:
    """Wherever a string looks like `room.action`, a room of the house has that action."""
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
            names = [text for text in _strings(_argument(call, 1, "command")) if "." in text]
            strange = [name for name in names if name not in REGISTRY.endpoints]
            if strange and not _is_true(_argument(call, 4, "optional")):
                wrong.append(f"{source.at(call)} {strange}")
    assert wrong == []


def test_no_button_asks_what_only_the_clock_may() -> None:
    wrong = [
        f"{source.at(call)} {name}"
        for source in sources("facilitation")
        for call in source.calls("Button", "Menu")
        for name in _strings(_argument(call, 1, "command"))
        if name in REGISTRY.endpoints and REGISTRY.endpoints[name].by_clock
    ]
    assert wrong == []


def test_buttons_and_menus_carry_only_what_their_ask_knows() -> None:
    wrong = []
    for source in sources("facilitation"):
        for call, endpoint, carried in _literal_buttons(source):
            unknown = set(carried) - set(endpoint.command.model_fields)
            if unknown:
                wrong.append(f"{source.at(call)} {endpoint.id} knows no {sorted(unknown)}")
    assert wrong == []


def test_ids_of_buttons_and_menus_fit_a_hundred_characters() -> None:
    """Discord's custom_id: the ask, the community and each argument at its longest."""
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
    """Each button or menu with an ask of ours, and the names of what it carries."""
    for call in source.calls("Button", "Menu"):
        is_menu = _called(call) == "Menu"
        carried: list[str] = []
        args = _argument(call, 4 if is_menu else 2, "args")
        if isinstance(args, ast.Dict):
            carried = [str(key.value) for key in args.keys if isinstance(key, ast.Constant)]
        if is_menu:
            carried += list(_strings(_argument(call, 2, "field")))
        for name in _strings(_argument(call, 1, "command")):
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


# The clock's asks --------------------------------------------------------------------------------


def test_every_planned_ask_is_one_that_only_the_clock_may_ask() -> None:
    wrong = []
    for source in sources("facilitation"):
        for call in source.calls("Later"):
            planned = _argument(call, 1, "command")
            if source.name.startswith("facilitation.core"):
                continue
            assert isinstance(planned, ast.Call), f"{source.at(call)}: name the ask where it is planned"
            command = getattr(source.module(), _called(planned))
            if not any(endpoint.command is command for endpoint in BY_CLOCK):
                wrong.append(f"{source.at(call)} {_called(planned)}")
    assert wrong == []


def test_something_is_planned_at_all() -> None:
    """Else the tests about the clock's asks would hold for nothing."""
    assert "coordination.post_desk" in {endpoint.id for endpoint in BY_CLOCK}


@pytest.mark.parametrize("endpoint", BY_CLOCK, ids=lambda endpoint: endpoint.id)
def test_what_the_clock_asks_cannot_be_pressed_or_typed(endpoint: Endpoint) -> None:
    assert (endpoint.words, endpoint.label) == ("", "")
    with pytest.raises(Refusal):
        resolve_command(REGISTRY, Interaction(SpaceRef("page", "T1"), "ines", command=endpoint.id))
    for root in ROOTS:
        for words in (endpoint.id, endpoint.id.partition(".")[2].replace("_", " ")):
            with pytest.raises(Refusal):
                resolve_command(REGISTRY, Interaction(SpaceRef("page", "T1"), "ines", root, words))


# Commands, on both platforms ---------------------------------------------------------------------


@pytest.mark.parametrize("root", ROOTS)
def test_commands_fit_discords_tree(root: Root) -> None:
    """At most 25 entries in a root and in a group, groups one deep, and no group that is a command too."""
    commands = [endpoint.words.split(" ") for endpoint in REGISTRY.commands(root)]
    groups = Counter(words[0] for words in commands if len(words) > 1)
    single = {words[0] for words in commands if len(words) == 1}
    assert max(len(words) for words in commands) <= 2
    assert single & groups.keys() == set()
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
def test_every_ask_has_its_help(endpoint: Endpoint) -> None:
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


# Directions of import ----------------------------------------------------------------------------


@pytest.mark.parametrize("feature", FEATURE_NAMES)
def test_a_feature_imports_its_own_repository_the_communities_and_the_core_only(feature: str) -> None:
    mine = ("facilitation.core", f"facilitation.{feature}", f"storage.{feature}", "storage.communities")
    parents = ("facilitation", "storage")
    wrong = [
        f"{source.at(node)} {module}"
        for source in sources("facilitation")
        if _below(source.name, f"facilitation.{feature}")
        for module, node in imports_of(source)
        if _below(module, *PACKAGES) and not _below(module, *mine) and module not in parents
    ]
    assert wrong == []


def test_adapters_know_notables() -> None:
    wrong = [
        f"{source.at(node)} {module}"
        for source in sources("adapters")
        for module, node in imports_of(source)
        if _below(module, "storage", "migrations", "bot")
    ]
    assert wrong == []


def test_databases_are_spoken_to_below_and_by_the_bot_only() -> None:
    drivers = ("sqlalchemy", "alembic", "aiosqlite", "psycopg", "sqlite3")
    wrong = [
        f"{source.at(node)} {module}"
        for source in sources("adapters", "facilitation")
        for module, node in imports_of(source)
        if _below(module, *drivers)
    ]
    assert wrong == []


def test_a_session_is_only_passed_on_outside_storage() -> None:
    """Facilitation and adapters know a `Session` by its two public methods, and never what is behind it."""
    public = {name for name in vars(Session) if not name.startswith("_")}
    assert public == {"savepoint", "mark_changed"}
    wrong = []
    for source in sources("adapters", "facilitation"):
        imported = [module for module, _ in imports_of(source)]
        wrong += [f"{source.at(source.tree)} {one}" for one in imported if _below(one, "storage.session")]
        if "storage.unit.Session" not in imported and "storage.unit.Units" not in imported:
            continue
        wrong += [
            f"{source.at(node)} {ast.unparse(node)}"
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Attribute)
            and re.fullmatch(r"(\w+\.)?_?session", ast.unparse(node.value))
            and node.attr not in public
        ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions count; those by a package do not, since it imports its own modules."""
    modules = {source.name: source for source in sources(*PACKAGES) if source.path.stem != "__init__"}
    imports = {
        name: {module for module, _ in imports_of(source)} & modules.keys() - {name}
        for name, source in modules.items()
    }
    TopologicalSorter(imports).prepare()  # raises CycleError, which shows the circle


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package: str) -> None:
    silent = [
        str(source.path.relative_to(ROOT))
        for source in sources(package)
        if "versions" not in source.path.parts and not ast.get_docstring(source.tree)
    ]
    assert silent == []


# Tables, and who forgets -------------------------------------------------------------------------

FORGOTTEN_BY_THE_CORE = {
    # What the house itself keeps of people: `core.erasing` and `storage.erasure` look through it, and
    # tests/features/test_erasing.py fills each of these tables and finds nothing afterwards.
    "account",
    "diary",  # authors, and excerpts for five weeks
    "member",
    "outbox",  # cards hold member ids only, but also what people wrote
    "ownership",
    "presence",
    "role",  # with a note by whoever handed it over
    "agenda",  # arguments of stored asks: ids
}
NOBODYS = {
    # Names and settings of things, not of people.
    "channel",
    "channel_use",
    "community",
    "community_space",
    "space",
    "mentoring_settings",  # how coordinators chose to pair
    "mentoring_round",
    "welcome_settings",  # how coordinators chose to greet
}


def _modules_of_storage() -> list[ModuleType]:
    return [import_module(found.name) for found in pkgutil.walk_packages(storage.__path__, "storage.")]


def tables() -> dict[str, Table]:
    _modules_of_storage()
    return {name: table for name, table in Base.metadata.tables.items() if not name.startswith("fts_")}


def _is_about_people(column: "Column[Any]") -> bool:
    """It points at a person, or has room for words."""
    if any(key.column.table.name in ("member", "account") for key in column.foreign_keys):
        return True
    if re.search(r"(^|_)(member|account|author|keeper|who|by)(_id)?$", column.name):
        return True
    has_room = isinstance(column.type, String) and (column.type.length or 1_000) >= 100
    return has_room and not isinstance(column.type, Boolean | Integer | DateTime | Time)


def _forgotten_bycellars() -> set[str]:
    """Tables whose row class a cellar's `forget` names, and those that vanish with them."""
    by_class = {mapper.class_.__name__: mapper.class_.__tablename__ for mapper in _mappers()}
    found: set[str] = set()
    for repository in repositories():
        if "forget" in vars(repository):
            source = inspect.getsource(vars(repository)["forget"])
            found |= {table for name, table in by_class.items() if re.search(rf"\b{name}\b", source)}
    grown = True
    while grown:
        grown = False
        for name, table in tables().items():
            vanishes = any(
                key.column.table.name in found and key.ondelete == "CASCADE" for key in table.foreign_keys
            )
            if vanishes and name not in found:
                found.add(name)
                grown = True
    return found


def _mappers() -> "list[Mapper[Any]]":
    return list(Base.registry.mappers)


def repositories() -> list[type[Repository]]:
    return [
        thing
        for module in _modules_of_storage()
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Repository) and thing.__module__ == module.__name__
    ]


def test_every_table_about_people_is_covered_by_a_forget() -> None:
    about_people = {
        name for name, table in tables().items() if any(_is_about_people(column) for column in table.columns)
    }
    assert about_people - NOBODYS - FORGOTTEN_BY_THE_CORE - _forgotten_bycellars() == set()


def test_the_lists_of_tables_name_tables_that_are_there() -> None:
    assert (NOBODYS | FORGOTTEN_BY_THE_CORE) - tables().keys() == set()
    assert _forgotten_bycellars() & (NOBODYS | FORGOTTEN_BY_THE_CORE) == set()


def test_what_is_nobodys_points_at_nobody() -> None:
    wrong = [
        f"{name}.{column.name}"
        for name in NOBODYS
        for column in tables()[name].columns
        for key in column.foreign_keys
        if key.column.table.name in ("member", "account")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "repository",
    [one for one in repositories() if "forget" in vars(one)],
    ids=lambda repository: repository.__name__,
)
def test_a_repository_that_forgets_also_shows_and_exports(repository: type[Repository]) -> None:
    for name in ("show", "export", "forget"):
        method = vars(repository).get(name)
        assert method is not None, f"{repository.__name__} has no {name}"
        assert list(inspect.signature(method).parameters) == ["self", "member"]


# Words -------------------------------------------------------------------------------------------

SPEAKING = (
    "say",
    "card",
    "count",
    "listed",
    "Refusal",
    "Field",
    "Row",
    "Button",
    "LinkButton",
    "Option",
    "Section",
    "Room",
    "DeskItem",
    "Menu",
    # what operators read
    "BadInput",
    "Finding",
    "Parameter",
)
FORBIDDEN = re.compile(
    r"\b(happenings?|pairings?|occurrences?)\b"
    r"|\b(an?|the|this|that|each|every|any|due|one|your|its) ask\b|\b(all|these|those|due|many|two) asks\b"
    r"|!!|! .*!",
    re.IGNORECASE,
)


def _renderable(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Words that people read: literals given to whatever speaks, and the help of asks."""
    for call in source.calls(*SPEAKING):
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            yield from ((call, text) for text in _strings(argument))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and any(_base_name(base) == "Ask" for base in node.bases):
            yield node, ast.get_docstring(node) or ""
            yield from (
                (node, text) for field in node.body for text in _strings(getattr(field, "value", None))
            )


def _base_name(base: ast.expr) -> str:
    return base.id if isinstance(base, ast.Name) else ""


def test_people_read_their_own_words_and_not_ours() -> None:
    wrong = [
        f"{source.at(node)} {text}"
        for source in sources("facilitation", "bot")
        for node, text in _renderable(source)
        if FORBIDDEN.search(text) and text not in REGISTRY.endpoints
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "words",
    ["this ask failed", "two asks", "an occurrence", "2 happenings", "your pairing", "Hi!!", "Yes! Go!"],
)
def test_our_own_words_are_recognised(words: str) -> None:
    assert FORBIDDEN.search(words)


def test_a_text_has_one_emoji_at_most() -> None:
    emoji = re.compile(r":[a-z0-9_+-]+:|[\U0001F300-\U0001FAFF]")
    wrong = [
        f"{source.at(node)} {text}"
        for source in sources("facilitation")
        for node, text in _renderable(source)
        if len(emoji.findall(text)) > 1
    ]
    assert wrong == []


def test_what_is_said_is_a_literal_with_an_argument_for_each_placeholder() -> None:
    """Templates are found by translators and parsed once: they are never put together on the way."""
    wrong = []
    for source in sources("facilitation"):
        for call in source.calls("say", "count"):
            known = {keyword.arg for keyword in call.keywords}
            templates = call.args[:1] if _called(call) == "say" else call.args[1:3]
            known |= {"n"} if _called(call) == "count" else set()
            for template in (one for argument in templates for one in _branches(argument)):
                if not (isinstance(template, ast.Constant) and isinstance(template.value, str)):
                    wrong.append(f"{source.at(call)} is not a literal")
                elif None not in known and _placeholders(template.value) - known:
                    wrong.append(f"{source.at(call)} {_placeholders(template.value) - known}")
        for call in source.calls("card"):
            wrong += [
                f"{source.at(part)} is a part with something inserted: use say"
                for part in call.args[1:]
                if isinstance(part, ast.JoinedStr)
                or (isinstance(part, ast.Constant) and _placeholders(str(part.value)))
            ]
    ours = (
        "facilitation/core/values/speech.py",  # the door itself
        "facilitation/core/people/contact.py",  # a table of reasons
        "facilitation/core/values/templates.py",  # coordinators' own words, checked when saved
    )
    assert [one for one in wrong if not one.startswith(ours)] == []


def _branches(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.IfExp):
        yield from (*_branches(node.body), *_branches(node.orelse))
    else:
        yield node


def _placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_labels_of_buttons_and_titles_of_cards_fit() -> None:
    """Slack: a button 75, a header 150 characters."""
    wrong = []
    for source in sources("facilitation"):
        for call in source.calls("Button", "LinkButton"):
            wrong += [text for text in _strings(_argument(call, 0, "label")) if not 0 < len(text) <= 75]
        for call in source.calls("card", "Card"):
            wrong += [text for text in _strings(_argument(call, 0, "title")) if len(text) > 150]
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
