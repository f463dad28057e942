"""What people type after each command, and which fields get what. This never changes, whatever is added.

A command that is not in the table fails with words on what to add. So does a field that no example reaches:
it needs an example, or the mark `ByName` if nobody would type its value without its name.
"""

from typing import Any

import pytest

from bot.features import FEATURES
from facilitation.core.features.feature import ROOTS
from facilitation.core.features.registry import Registry
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import fields_of

REGISTRY = Registry(FEATURES)
COMMANDS = {f"/{root} {one.words}": one for root in ROOTS for one in REGISTRY.commands(root)}

Examples = dict[str, dict[str, Any]]
"""What is typed after the command, and what the fields are given."""
NOTHING: Examples = {"": {}}
"""The command takes no words."""

TYPED: dict[str, Examples] = {
    "/cop home": NOTHING,
    "/cop help": {"": {}, "more": {"more": True}, "more:yes": {"more": "yes"}},
    "/cop about": NOTHING,
    "/cop me": {
        "": {},
        "I run the night builds": {"line": "I run the night builds"},
        "#airflow #testing": {"interests": ["#airflow", "#testing"]},
        "nights mostly #airflow": {"line": "nights mostly", "interests": ["#airflow"]},
        "expertise:sql,dbt zone:Africa/Accra contact:no buddy:yes": {
            "expertise": "sql,dbt",
            "zone": "Africa/Accra",
            "contact": "no",
            "buddy": "yes",
        },
    },
    "/cop share": {
        "https://x.org": {"url": "https://x.org"},
        "x.org": {"url": "x.org"},
        "https://x.org why it helps #one #two": {
            "url": "https://x.org",
            "note": "why it helps",
            "tags": ["#one", "#two"],
        },
        "https://x.org thanks to <@U1>": {"url": "https://x.org", "note": "thanks to <@U1>"},
    },
    "/cop find": {
        "late data": {"words": "late data"},
        "late data <@U1|ana>": {"words": "late data", "by": "U1"},
        "#late": {"words": "#late"},
    },
    "/cop shelf": {
        "": {},
        "testing": {"tag": "testing"},
        "#testing": {"tag": "#testing"},
        "<@U1>": {"by": "U1"},
    },
    "/cop mentor offer": {
        "": {},
        "testing, packaging": {"topics": ["testing,", "packaging"]},
        "#testing #packaging": {"topics": ["#testing", "#packaging"]},
        "testing capacity:2 languages:pt enjoys:mornings": {
            "topics": ["testing"],
            "capacity": "2",
            "languages": "pt",
            "enjoys": "mornings",
        },
        "testing <@U1>": {"topics": ["testing"], "not_with": "U1"},
    },
    "/cop mentor request": {
        "": {},
        "testing, packaging": {"topics": ["testing,", "packaging"]},
        "#testing": {"topics": ["#testing"]},
        "testing often:weekly languages:pt goal:shipping": {
            "topics": ["testing"],
            "often": "weekly",
            "languages": "pt",
            "goal": "shipping",
        },
        "testing <@U1>": {"topics": ["testing"], "not_with": "U1"},
    },
    "/cop mentor status": NOTHING,
    "/cop mentor pause": {"": {}, "2026-03-09": {"until": "2026-03-09"}},
    "/cop mentor end": NOTHING,
    "/cop circle join": {"": {}, "coffee on tuesdays": {"which": "coffee on tuesdays"}},
    "/cop circle skip": {"": {}, "coffee on tuesdays": {"which": "coffee on tuesdays"}},
    "/cop circle leave": {"": {}, "coffee on tuesdays": {"which": "coffee on tuesdays"}},
    "/cop privacy show": NOTHING,
    "/cop privacy export": NOTHING,
    "/cop privacy forget": NOTHING,
    "/cop privacy quiet": NOTHING,
    # Whatever stands behind it is not read.
    "/cop concern": {"": {}, "they shout at newcomers": {}},
    "/coordinate settings": {
        "": {},
        "home:<#C1|general>,<#C2> zone:Europe/Lisbon recap_day:monday": {
            "home": ["C1", "C2"],
            "zone": "Europe/Lisbon",
            "recap_day": "monday",
        },
    },
    "/coordinate charter": {"": {}, 'domain:"data pipelines"': {"domain": "data pipelines"}},
    "/coordinate desk": NOTHING,
    "/coordinate hush": {"": {}, "2026-03-09": {"until": "2026-03-09"}},
    "/coordinate coordinators list": NOTHING,
    "/coordinate coordinators add": {"<@U1|ana>": {"who": "U1"}},
    "/coordinate coordinators remove": {"<@U1|ana>": {"who": "U1"}},
    "/coordinate coordinators handover": {
        "<@U1|ana>": {"who": "U1"},
        "<@U1> mind the recap": {"who": "U1", "note": "mind the recap"},
    },
    "/coordinate roles list": NOTHING,
    "/coordinate roles add": {
        "<@U1> support": {"who": "U1", "role": "support"},
        "<@U1> keeper 2026-09-30 mind the links": {
            "who": "U1",
            "role": "keeper",
            "until": "2026-09-30",
            "note": "mind the links",
        },
    },
    "/coordinate roles remove": {"<@U1> support": {"who": "U1", "role": "support"}},
    "/coordinate welcome show": NOTHING,
    "/coordinate welcome edit": NOTHING,
    "/coordinate welcome preview": NOTHING,
    "/coordinate welcome progress": NOTHING,
    "/coordinate rhythm list": NOTHING,
    "/coordinate rhythm new": {
        "": {},
        '"Tuesday question" <#C1> Visits every 2 weeks on tue at 10:00': {
            "name": "Tuesday question",
            "channel": "C1",
            "deck": "Visits",
            "when": "every 2 weeks on tue at 10:00",
        },
    },
    "/coordinate rhythm edit": {"": {}, "tuesday question": {"which": "tuesday question"}},
    "/coordinate rhythm pause": {"": {}, "tuesday question": {"which": "tuesday question"}},
    "/coordinate rhythm resume": {"": {}, "tuesday question": {"which": "tuesday question"}},
    "/coordinate rhythm preview": {"": {}, "tuesday question": {"which": "tuesday question"}},
    "/coordinate rhythm post": {"": {}, "tuesday question": {"which": "tuesday question"}},
    "/coordinate rhythm deck": {"": {}, "seeking experience": {"deck": "seeking experience"}},
    "/coordinate pairs list": NOTHING,
    "/coordinate pairs review": NOTHING,
    "/coordinate pairs propose": {"<@U1|ana> <@U2|ben>": {"mentor": "U1", "mentee": "U2"}},
    "/coordinate pairs exclude": {"": {}, "<@U1> <@U2>": {"one": "U1", "other": "U2"}},
    "/coordinate pairs settings": {
        "": {},
        "rounds:no day:2 weeks:12 at_once:yes": {"rounds": "no", "day": "2", "weeks": "12", "at_once": "yes"},
        'review:"by itself at once"': {"review": "by itself at once"},
    },
    "/coordinate circles list": NOTHING,
    "/coordinate circles new": {
        "": {},
        "Monday coffee <#C1>": {"name": "Monday coffee", "channel": "C1"},
        "Coffee <#C1> size:4 every:1 weekday:monday at:9:30 mix:tenure start:2026-03-09": {
            "name": "Coffee",
            "channel": "C1",
            "size": "4",
            "every": "1",
            "weekday": "monday",
            "at": "9:30",
            "mix": "tenure",
            "start": "2026-03-09",
        },
    },
    "/coordinate circles pause": {"": {}, "coffee on tuesdays": {"which": "coffee on tuesdays"}},
    "/coordinate circles resume": {"": {}, "coffee on tuesdays": {"which": "coffee on tuesdays"}},
    "/coordinate recap preview": NOTHING,
    "/coordinate recap post": NOTHING,
    "/coordinate recap skip": NOTHING,
}


def read(command: str, words: str) -> dict[str, Any]:
    root = next(root for root in ROOTS if command.startswith(f"/{root} "))
    endpoint, given = REGISTRY.parse(root, f"{command.partition(' ')[2]} {words}")
    assert endpoint is COMMANDS[command]
    return given


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_typed_goes_where_it_always_went(command: str) -> None:
    assert command in TYPED, f"{command}: add to TYPED what people type after it, and which fields get what"
    found = {words: read(command, words) for words in TYPED[command]}
    assert found == TYPED[command]


def test_the_table_has_no_command_that_is_gone() -> None:
    assert TYPED.keys() - COMMANDS.keys() == set()


@pytest.mark.parametrize("command", [name for name, one in COMMANDS.items() if not one.confidential])
def test_each_field_is_typed_in_an_example_or_given_by_name_only(command: str) -> None:
    reached = {
        name
        for words, given in TYPED.get(command, NOTHING).items()
        for name in given
        if not any(token.startswith((f"{name}:", f"{name}=")) for token in words.split())
    }
    silent = [
        f"add an example of {field.name!r} to TYPED[{command!r}], or mark the field with ByName"
        for field in fields_of(COMMANDS[command].command)
        if field.kind != "hidden" and not field.by_name and field.name not in reached
    ]
    assert silent == []


@pytest.mark.parametrize("command", [name for name, examples in TYPED.items() if examples is NOTHING])
def test_a_command_that_takes_no_words_says_so(command: str) -> None:
    with pytest.raises(Refusal, match="I don’t know what to do with “gibberish” here"):
        read(command, "gibberish")
