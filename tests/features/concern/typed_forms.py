"""What people type after the commands of concerns, and which fields get what."""

from tests.features.typed_forms import Typed

TYPED: Typed = {
    # Words behind it are not read.
    "/cop concern": {"": {}, "they shout at newcomers": {}},
}
