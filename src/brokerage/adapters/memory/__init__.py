"""Everything in memory: the reference store, and parties outside that only pretend."""

from brokerage.adapters.memory.gateways import (
    Letter,
    MadePayout,
    Mailbox,
    PretendAccounts,
    PretendBank,
    PretendCardHouse,
    PretendCarrier,
    TakenOrder,
    Temper,
    pretend_gateways,
)
from brokerage.adapters.memory.store import MemoryStore

__all__ = [
    "Letter",
    "MadePayout",
    "Mailbox",
    "MemoryStore",
    "PretendAccounts",
    "PretendBank",
    "PretendCardHouse",
    "PretendCarrier",
    "TakenOrder",
    "Temper",
    "pretend_gateways",
]
