"""What people type after the commands of the shelf, and which fields get what."""

from tests.features.typed_forms import Typed

TYPED: Typed = {
    "/cop find": {
        "late data": {"words": "late data"},
        "late data <@U1|ana>": {"words": "late data", "by": "U1"},
        "#late": {"words": "#late"},
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
    "/cop shelf": {
        "": {},
        "testing": {"tag": "testing"},
        "#testing": {"tag": "#testing"},
        "<@U1>": {"by": "U1"},
    },
}
