"""Who may send which command of mentoring."""

from typing import Any

from facilitation.core.features.feature import Endpoint
from storage.communities import Community
from storage.mentoring import Pair, Pairs, Stage
from tests.features.kinds import COORDINATORS, MEMBERS, NOBODY
from tests.features.scene import member_of
from tests.testbed import Testbed

MENTOR = frozenset({"keeper"})
MENTEE = frozenset({"support"})
PAIR = MENTOR | MENTEE

MAY = {
    "mentoring.accept_mentee": MENTOR,
    "mentoring.accept_mentor": MENTEE,
    "mentoring.advance_pair": NOBODY,
    "mentoring.allow_member": MEMBERS,
    "mentoring.answer_checkin": PAIR,
    "mentoring.answer_stay_or_leave": PAIR,
    "mentoring.approve_all_pairs": COORDINATORS,
    "mentoring.approve_pair": COORDINATORS,
    "mentoring.change_settings": COORDINATORS,
    "mentoring.close_round": NOBODY,
    "mentoring.complete_pair": PAIR,
    "mentoring.decline_mentee": MENTOR,
    "mentoring.decline_mentor": MENTEE,
    "mentoring.end": MEMBERS,
    "mentoring.end_pair": PAIR,
    "mentoring.exclude_pair": COORDINATORS,
    "mentoring.extend_pair": PAIR,
    "mentoring.give_feedback": PAIR,
    "mentoring.lift_exclusion": COORDINATORS,
    "mentoring.list_pairs": COORDINATORS,
    "mentoring.make_pairs": NOBODY,
    "mentoring.match_now": COORDINATORS,
    "mentoring.offer": MEMBERS,
    "mentoring.open_round": NOBODY,
    "mentoring.pause": MEMBERS,
    "mentoring.propose_pair": COORDINATORS,
    "mentoring.request": MEMBERS,
    "mentoring.resume": MEMBERS,
    "mentoring.review_pairs": COORDINATORS,
    "mentoring.run_morning_check": NOBODY,
    "mentoring.show_status": MEMBERS,
    "mentoring.skip_pair": COORDINATORS,
    "mentoring.tell_unmatched": NOBODY,
    "mentoring.withdraw_offer": MEMBERS,
    "mentoring.withdraw_request": MEMBERS,
}
REFUSED = ("That question is for somebody else",)
STAGES = {
    "mentoring.accept_mentor": Stage.PROPOSED,
    "mentoring.decline_mentor": Stage.PROPOSED,
    "mentoring.accept_mentee": Stage.OFFERED,
    "mentoring.decline_mentee": Stage.OFFERED,
}
"""In which stage a pair has to be for a command, if it is not active."""


async def prepare(bed: Testbed, here: Community) -> dict[Stage, int]:
    """The keeper would be, and is, the mentor of member support; returns the pair in each stage."""
    made: dict[Stage, int] = {}
    facts: dict[str, Any] = {"made_at": bed.clock.now(), "asked_at": bed.clock.now(), "checkins": 1}
    async with bed.units.write() as session:
        mentor, mentee = [await member_of(session, here, kind) for kind in ("keeper", "support")]
        for stage in (Stage.PROPOSED, Stage.OFFERED, Stage.ACTIVE):
            pair = await Pairs(session, here.id).add(Pair(0, mentor, mentee, stage, **facts))
            assert pair is not None
            made[stage] = pair
    return made


def args(endpoint: Endpoint, pairs: dict[Stage, int]) -> dict[str, Any]:
    """The pair in the stage that the command is about, and answers."""
    fields = endpoint.command.model_fields
    if "pair" not in fields:
        return {}
    how = "stay" if endpoint.id == "mentoring.answer_stay_or_leave" else "met"
    answers = {"how": how, "number": "1", "words": "x"}
    pair = pairs[STAGES.get(endpoint.id, Stage.ACTIVE)]
    return {"pair": pair} | {name: answers[name] for name in answers.keys() & fields.keys()}
