"""What the ledger keeps."""

from ledger.models.delivery import Channel, Delivery, DeliveryState
from ledger.models.entry import Actor, Entry
from ledger.models.heartbeat import Heartbeat
from ledger.models.occurrence import Occurrence
from ledger.models.outbox import Outbox
from ledger.models.readlog import ReadLog
from ledger.models.subjects import label_of

__all__ = [
    "Actor",
    "Channel",
    "Delivery",
    "DeliveryState",
    "Entry",
    "Heartbeat",
    "Occurrence",
    "Outbox",
    "ReadLog",
    "label_of",
]
