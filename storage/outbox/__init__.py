"""The outbox: messages to deliver. A row is the message as it should look, and the courier makes it so."""

from storage.outbox.delivery import (
    DeliveryRecord,
    claim,
    heads_of_lanes,
    mark_sending,
    mark_sent,
    next_send,
    take_over,
)
from storage.outbox.outbox import Outbox
from storage.outbox.retention import failures, keep_less, prune, quoting
from storage.outbox.tables import OutboxRow
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
    "heads_of_lanes",
    "keep_less",
    "mark_sending",
    "mark_sent",
    "next_send",
    "prune",
    "quoting",
    "take_over",
]
