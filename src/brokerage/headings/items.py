"""The headings of items, of the demand for them, of reservations, and of what members want to hear of."""

from brokerage.frames import Kind
from brokerage.tables import Table

__all__ = ["DEMAND", "ITEMS", "OFFICE_ITEMS", "OFFICE_RESERVATIONS", "RESERVATIONS", "WATCHES"]

ITEMS = Table(
    "Items not yet on the market",
    {
        "item": Kind.NUMBER,
        "status": Kind.TEXT,
        "category": Kind.TEXT,
        "name": Kind.TEXT,
        "currency": Kind.TEXT,
        "release": Kind.TIME,
        "description": Kind.TEXT,
    },
)
"""Items, for everybody."""

OFFICE_ITEMS = Table(
    "Items",
    {
        "item": Kind.NUMBER,
        "status": Kind.TEXT,
        "seller": Kind.NUMBER,
        "category": Kind.TEXT,
        "name": Kind.TEXT,
        "currency": Kind.TEXT,
        "release": Kind.TIME,
        "reservations": Kind.NUMBER,
        "units": Kind.NUMBER,
    },
)
"""Items, for the manager: who registered them, and how much is reserved."""

RESERVATIONS = Table(
    "Reservations",
    {
        "reservation": Kind.NUMBER,
        "status": Kind.TEXT,
        "item": Kind.NUMBER,
        "name": Kind.TEXT,
        "quantity": Kind.NUMBER,
        "max price": Kind.MONEY,
        "wanted by": Kind.TEXT,
        "carriage": Kind.MONEY,
        "payment fee": Kind.MONEY,
        "price": Kind.MONEY,
        "total": Kind.MONEY,
        "delivery": Kind.TEXT,
        "confirm until": Kind.TIME,
        "deal": Kind.NUMBER,
    },
)
"""Reservations, for their buyer; ``price`` is of each unit, ``total`` of them all with carriage and payment fee."""

OFFICE_RESERVATIONS = Table(
    "Reservations",
    {
        "reservation": Kind.NUMBER,
        "buyer": Kind.NUMBER,
        "status": Kind.TEXT,
        "quantity": Kind.NUMBER,
        "max price": Kind.MONEY,
        "wanted by": Kind.TEXT,
        "reserved at": Kind.TIME,
        "arrival": Kind.NUMBER,
        "order": Kind.NUMBER,
        "deal": Kind.NUMBER,
    },
)
"""An item's reservations, for the manager, with whose they are."""

DEMAND = Table(
    "Reserved demand",
    {
        "item": Kind.NUMBER,
        "name": Kind.TEXT,
        "price": Kind.MONEY,
        "units": Kind.NUMBER,
        "units or more": Kind.NUMBER,
    },
)
"""The demand for items; ``units or more``: how many are reserved at that price or at a higher one."""

WATCHES = Table(
    "What you hear of",
    {"topic": Kind.TEXT, "category": Kind.TEXT, "when": Kind.TEXT, "next digest": Kind.TIME},
)
"""What a member wants to hear of."""
