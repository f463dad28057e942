"""What people type after the commands of the welcome, and which fields get what."""

from tests.features.typed_forms import NOTHING, Typed

TYPED: Typed = {
    "/coordinate welcome edit": NOTHING,
    "/coordinate welcome preview": NOTHING,
    "/coordinate welcome progress": NOTHING,
    "/coordinate welcome show": NOTHING,
}
