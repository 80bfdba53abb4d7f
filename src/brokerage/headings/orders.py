"""The headings of orders."""

from brokerage.frames import Kind
from brokerage.tables import Table

__all__ = ["ORDERS"]

ORDERS = Table(
    "Orders",
    {
        "order": Kind.NUMBER,
        "tender": Kind.NUMBER,
        "bid": Kind.NUMBER,
        "name": Kind.TEXT,
        "status": Kind.TEXT,
        "price": Kind.MONEY,
        "share": Kind.MONEY,
        "commission": Kind.MONEY,
        "units": Kind.NUMBER,
        "least": Kind.NUMBER,
        "confirmed": Kind.NUMBER,
        "delivery": Kind.TEXT,
        "until": Kind.TIME,
        "outcome": Kind.TEXT,
    },
)
"""Orders, for their seller; ``price``, ``share`` and ``commission`` are of each unit."""
