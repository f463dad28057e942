"""What people type after the commands of rhythms, and which fields get what."""

from tests.features.typed_forms import NOTHING, Typed

TYPED: Typed = {
    "/coordinate rhythm deck": {"": {}, "seeking experience": {"deck": "seeking experience"}},
    "/coordinate rhythm edit": {"": {}, "tuesday question": {"which": "tuesday question"}},
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
    "/coordinate rhythm pause": {"": {}, "tuesday question": {"which": "tuesday question"}},
    "/coordinate rhythm post": {"": {}, "tuesday question": {"which": "tuesday question"}},
    "/coordinate rhythm preview": {"": {}, "tuesday question": {"which": "tuesday question"}},
    "/coordinate rhythm resume": {"": {}, "tuesday question": {"which": "tuesday question"}},
}
