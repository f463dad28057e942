"""Who may send which command of the recap."""

from tests.features.kinds import COORDINATORS, NOBODY

MAY = {
    "recap.compose": NOBODY,
    "recap.post_another": COORDINATORS,
    "recap.post_now": COORDINATORS,
    "recap.post_waiting": COORDINATORS,
    "recap.preview": COORDINATORS,
    "recap.show_waiting": COORDINATORS,
    "recap.skip_next": COORDINATORS,
    "recap.skip_waiting": COORDINATORS,
    "recap.undo_skip": COORDINATORS,
}
