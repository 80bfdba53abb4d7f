"""What stands above the columns of the tables of histories and analysis that only the manager sees."""

from brokerage.frames import Kind
from brokerage.tables import Table

__all__ = ["CATEGORY_RANKS", "FIGURES", "MEMBER_RANKS", "OFFICE_HISTORY", "RATING_CHANGES", "UNSOLD_COUNTS"]

FIGURES = Table(
    "Offered, sold and bought",
    {
        "box": Kind.NUMBER,
        "category": Kind.TEXT,
        "offered": Kind.NUMBER,
        "sold": Kind.NUMBER,
        "unsold": Kind.NUMBER,
        "on sale": Kind.NUMBER,
        "wanted": Kind.NUMBER,
        "bought": Kind.NUMBER,
        "unmet": Kind.NUMBER,
        "sold for": Kind.MONEY,
        "bought for": Kind.MONEY,
    },
)
"""Running totals, a line for each currency; an empty box or category stands for all together."""

CATEGORY_RANKS = Table(
    "Ranks of categories",
    {"rank": Kind.NUMBER, "category": Kind.TEXT, "number": Kind.NUMBER, "amount": Kind.MONEY},
)
"""Categories by a number or by an amount; equal ones share a rank."""

MEMBER_RANKS = Table(
    "Ranks of members",
    {"rank": Kind.NUMBER, "box": Kind.NUMBER, "number": Kind.NUMBER, "amount": Kind.MONEY},
)
"""Members by a number or by an amount; equal ones share a rank."""

UNSOLD_COUNTS = Table(
    "What was not sold",
    {
        "category": Kind.TEXT,
        "offered": Kind.NUMBER,
        "sold": Kind.NUMBER,
        "unsold": Kind.NUMBER,
        "on sale": Kind.NUMBER,
    },
)
"""How many sale offers of each category ended without a deal, over all currencies."""

OFFICE_HISTORY = Table(
    "History of a member, as only the manager sees it",
    {
        "deal": Kind.NUMBER,
        "side": Kind.TEXT,
        "counterpart": Kind.NUMBER,
        "state": Kind.TEXT,
        "category": Kind.TEXT,
        "name": Kind.TEXT,
        "selling price": Kind.MONEY,
        "buying price": Kind.MONEY,
        "agreed at": Kind.TIME,
        "ended at": Kind.TIME,
        "complained": Kind.TRUTH,
        "complained about": Kind.TRUTH,
    },
)
"""A member's deals with both prices."""

RATING_CHANGES = Table(
    "Changed factors",
    {
        "box": Kind.NUMBER,
        "rank": Kind.NUMBER,
        "ranked": Kind.NUMBER,
        "currency": Kind.TEXT,
        "factor before": Kind.TEXT,
        "factor": Kind.TEXT,
    },
)
"""Members whose factor a rating changed; without a rank: those in their initial period."""
