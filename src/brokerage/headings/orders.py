"""The headings of orders."""

from brokerage.frames import Kind
from brokerage.tables import Table

__all__ = ["OFFICE_ORDERS", "ORDERS", "ORDER_SERVICES"]

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

OFFICE_ORDERS = Table(
    "Orders",
    {
        "order": Kind.NUMBER,
        "tender": Kind.NUMBER,
        "bid": Kind.NUMBER,
        "item": Kind.NUMBER,
        "name": Kind.TEXT,
        "seller": Kind.NUMBER,
        "state": Kind.TEXT,
        "price": Kind.MONEY,
        "share": Kind.MONEY,
        "commission": Kind.MONEY,
        "rate": Kind.TEXT,
        "least": Kind.NUMBER,
        "units": Kind.NUMBER,
        "unanswered": Kind.NUMBER,
        "confirmed": Kind.NUMBER,
        "delivery": Kind.TEXT,
        "made at": Kind.TIME,
        "until": Kind.TIME,
        "outcome": Kind.TEXT,
    },
)
"""Orders, for the manager; money is of each unit, ``unanswered`` how many reservations have not answered."""

ORDER_SERVICES = Table(
    "Who carries and settles",
    {
        "order": Kind.NUMBER,
        "trade": Kind.TEXT,
        "zone": Kind.TEXT,
        "box": Kind.NUMBER,
        "fixed": Kind.MONEY,
        "each": Kind.MONEY,
        "rate": Kind.TEXT,
    },
)
"""Who was appointed for the deals of an order, for the manager, by zone."""
