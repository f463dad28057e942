"""Who may send which command of privacy."""

from tests.features.kinds import MEMBERS

MAY = {
    "privacy.export": MEMBERS,
    "privacy.forget": MEMBERS,
    "privacy.forget_now": MEMBERS,
    "privacy.set_quiet": MEMBERS,
    "privacy.show": MEMBERS,
}
