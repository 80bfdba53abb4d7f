"""The headings of a file's bids in their places."""

from brokerage.frames import Kind
from brokerage.tables import Table

__all__ = ["AWARDS"]

AWARDS = Table(
    "Awards",
    {
        "tender": Kind.TEXT,
        "rank": Kind.NUMBER,
        "bidder": Kind.TEXT,
        "price": Kind.MONEY,
        "reason": Kind.TEXT,
    },
)
"""Every bidder's place in every tender, the best first."""
