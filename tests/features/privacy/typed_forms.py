"""What people type after the commands of privacy, and which fields get what."""

from tests.features.typed_forms import NOTHING, Typed

TYPED: Typed = {
    "/cop privacy export": NOTHING,
    "/cop privacy forget": NOTHING,
    "/cop privacy quiet": NOTHING,
    "/cop privacy show": NOTHING,
}
