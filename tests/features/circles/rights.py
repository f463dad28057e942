"""Who may send which command of circles."""

from tests.features.kinds import COORDINATORS, MEMBERS, NOBODY

MAY = {
    "circles.ask_groups": NOBODY,
    "circles.draft": COORDINATORS,
    "circles.end": COORDINATORS,
    "circles.invite": NOBODY,
    "circles.join": MEMBERS,
    "circles.keep_apart": MEMBERS,
    "circles.leave": MEMBERS,
    "circles.list": COORDINATORS,
    "circles.make_groups": NOBODY,
    "circles.merge_small_groups": NOBODY,
    "circles.pause": COORDINATORS,
    "circles.pause_until": COORDINATORS,
    "circles.report_meeting": MEMBERS,  # of one's own group: see tests/features/circles
    "circles.resume": COORDINATORS,
    "circles.save_draft": COORDINATORS,
    "circles.skip_round": MEMBERS,
}
