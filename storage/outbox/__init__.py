"""The outbox: messages to deliver. A row is the message as it should look, and the courier makes it so."""

from storage.outbox.delivery import DeliveryRecord, claim, heads, heads_of_lanes, take_over
from storage.outbox.outbox import Outbox
from storage.outbox.retention import failures, keep_less, prune, quoting
from storage.outbox.tables import OutboxRow, is_open
from storage.outbox.values import Letter, Sent, StoredMessage

__all__ = [
    "DeliveryRecord",
    "Letter",
    "Outbox",
    "OutboxRow",
    "Sent",
    "StoredMessage",
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
