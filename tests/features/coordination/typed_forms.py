"""What people type after the commands of coordination, and which fields get what."""

from tests.features.typed_forms import NOTHING, Typed

TYPED: Typed = {
    "/coordinate coordinators add": {"<@U1|ana>": {"who": "U1"}},
    "/coordinate coordinators handover": {
        "<@U1|ana>": {"who": "U1"},
        "<@U1> mind the recap": {"who": "U1", "note": "mind the recap"},
    },
    "/coordinate coordinators list": NOTHING,
    "/coordinate coordinators remove": {"<@U1|ana>": {"who": "U1"}},
    "/coordinate desk": NOTHING,
    "/coordinate hush": {"": {}, "2026-03-09": {"until": "2026-03-09"}},
    "/coordinate roles add": {
        "<@U1> support": {"who": "U1", "role": "support"},
        "<@U1> keeper 2026-09-30 mind the links": {
            "who": "U1",
            "role": "keeper",
            "until": "2026-09-30",
            "note": "mind the links",
        },
    },
    "/coordinate roles list": NOTHING,
    "/coordinate roles remove": {"<@U1> support": {"who": "U1", "role": "support"}},
    "/coordinate settings": {
        "": {},
        "home:<#C1|general>,<#C2> zone:Europe/Lisbon recap_day:monday": {
            "home": ["C1", "C2"],
            "zone": "Europe/Lisbon",
            "recap_day": "monday",
        },
    },
}
