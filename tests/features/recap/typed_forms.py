"""What people type after the commands of the recap, and which fields get what."""

from tests.features.typed_forms import NOTHING, Typed

TYPED: Typed = {
    "/coordinate recap post": NOTHING,
    "/coordinate recap preview": NOTHING,
    "/coordinate recap skip": NOTHING,
}
