"""Who may send which command of the shelf."""

from tests.features.kinds import MEMBERS, NOBODY

MAY = {
    "resources.annotate": MEMBERS,
    "resources.browse": MEMBERS,
    "resources.drop_choices": NOBODY,
    "resources.find": MEMBERS,
    "resources.save_choice": MEMBERS,
    "resources.save_from_message": MEMBERS,
    "resources.share": MEMBERS,
}
