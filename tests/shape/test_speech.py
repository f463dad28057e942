"""What is promised of the words that people read."""

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from tests.shape.registry import REGISTRY
from tests.shape.sources import (
    Source,
    called,
    sources,
    strings,
)

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
    "Feature",
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
    """Words that people read: literals in calls that make texts, and the help of commands."""
    for call in source.calls(*SPEAKING):
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            yield from ((call, text) for text in strings(argument))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and any(_base_name(base) == "Command" for base in node.bases):
            yield node, ast.get_docstring(node) or ""
            yield from (
                (node, text) for field in node.body for text in strings(getattr(field, "value", None))
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
            templates = call.args[:1] if called(call) == "say" else call.args[1:3]
            known |= {"n"} if called(call) == "count" else set()
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
        "facilitation/core/values/speech.py",  # it parses templates
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
