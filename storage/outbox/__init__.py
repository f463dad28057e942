"""The outbox: what is to be said. A row is the message as it should look; the courier makes it so."""

from storage.outbox.courier import Mark, claim, heads, heads_of_lanes, take_over
from storage.outbox.keeping import failures, keep_less, prune, quoting
from storage.outbox.outbox import Outbox
from storage.outbox.tables import OutboxRow, is_open
from storage.outbox.values import Letter, Sent, Standing

__all__ = [
    "Letter",
    "Mark",
    "Outbox",
    "OutboxRow",
    "Sent",
    "Standing",
    "claim",
    "failures",
    "heads",
    "heads_of_lanes",
    "is_open",
    "keep_less",
    "prune",
    "quoting",
    "take_over",
]
