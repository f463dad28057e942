"""The kinds of people that try every command, and the sets of them that tables of rights name."""

from facilitation.core.values.commands import Role

OUTSIDE = {
    "stranger": "nobody told us of them",
    "guest": "a guest of the space",
    "bot": "another bot",
    "former member": "left the community",
    "coordinator elsewhere": "coordinates another community of the same space",
}
INSIDE = {
    "member": "was there at Begin",
    "newcomer": "joined afterwards",
    "support": "member support, and the mentee of the pair that is asked for",
    "keeper": "resource keeper, and the mentor of that pair",
    "facilitator": "facilitator, whose turn it is with the rhythm that is asked for",
    "former coordinator": "coordinated until their term ended",
    "manager": "manages the space, and is a member",
    "member who coordinates elsewhere": "is in two communities, and coordinates the other one",
    "reporter": "raised the concern that is asked for",
    "coordinator": "coordinates here",
    "coordinator left out": "coordinates here, and must not learn of the concern",
}
KINDS = {**OUTSIDE, **INSIDE}
GRANTED = {
    "support": Role.SUPPORT,
    "keeper": Role.KEEPER,
    "facilitator": Role.FACILITATOR,
    "former coordinator": Role.COORDINATOR,
    "coordinator": Role.COORDINATOR,
    "coordinator left out": Role.COORDINATOR,
}

NOBODY: frozenset[str] = frozenset()
"""Only the clock."""
MEMBERS = frozenset(INSIDE)
COORDINATORS = frozenset({"coordinator", "coordinator left out"})
