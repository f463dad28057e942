"""What people type after the commands of circles, and which fields get what."""

from tests.features.typed_forms import NOTHING, Typed

TYPED: Typed = {
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
    "/cop circle join": {"": {}, "coffee on tuesdays": {"which": "coffee on tuesdays"}},
    "/cop circle leave": {"": {}, "coffee on tuesdays": {"which": "coffee on tuesdays"}},
    "/cop circle skip": {"": {}, "coffee on tuesdays": {"which": "coffee on tuesdays"}},
}
