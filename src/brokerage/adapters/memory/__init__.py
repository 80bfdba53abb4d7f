"""Everything in memory: the reference store, and parties outside that only pretend."""

from brokerage.adapters.memory.gateways import (
    Mailbox,
    PretendAccounts,
    PretendBank,
    PretendCardHouse,
    PretendCarrier,
    Temper,
    pretend_gateways,
)
from brokerage.adapters.memory.store import MemoryStore

__all__ = [
    "Mailbox",
    "MemoryStore",
    "PretendAccounts",
    "PretendBank",
    "PretendCardHouse",
    "PretendCarrier",
    "Temper",
    "pretend_gateways",
]
