"""Who may send which command of the charter."""

from tests.features.kinds import COORDINATORS, MEMBERS

MAY = {
    "charter.edit": COORDINATORS,
    "charter.edit_profile": MEMBERS,
    "charter.reduce_contact": MEMBERS,
    "charter.restore_contact": MEMBERS,
    "charter.show_about": MEMBERS,
    "charter.show_help": MEMBERS,
    "charter.show_home": MEMBERS,
}
