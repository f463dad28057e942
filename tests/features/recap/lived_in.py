"""What is to be known of the recap in the lived-in community."""

from typing import Any

from tests.testbed import Testbed

NOTHING_OF_PEOPLE = {"Recaps"}


def read_only_arguments(bed: Testbed) -> dict[str, dict[str, Any]]:
    """Any recap: that there is none changes nothing either."""
    return {"recap.show_waiting": {"recap": 1}}
