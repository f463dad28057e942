"""What people type after the commands of mentoring, and which fields get what."""

from tests.features.typed_forms import NOTHING, Typed

TYPED: Typed = {
    "/coordinate pairs exclude": {"": {}, "<@U1> <@U2>": {"one": "U1", "other": "U2"}},
    "/coordinate pairs list": NOTHING,
    "/coordinate pairs propose": {"<@U1|ana> <@U2|ben>": {"mentor": "U1", "mentee": "U2"}},
    "/coordinate pairs review": NOTHING,
    "/coordinate pairs settings": {
        "": {},
        "rounds:no day:2 weeks:12 at_once:yes": {"rounds": "no", "day": "2", "weeks": "12", "at_once": "yes"},
        'review:"by itself at once"': {"review": "by itself at once"},
    },
    "/cop mentor end": NOTHING,
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
    "/cop mentor pause": {"": {}, "2026-03-09": {"until": "2026-03-09"}},
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
}
