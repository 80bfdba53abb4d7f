"""The headings of tenders: calls, bids and questions for members, rankings and contractors for the manager."""

from brokerage.frames import Kind
from brokerage.tables import Table

__all__ = ["APPOINTMENTS", "BIDS", "CALLS", "CONTRACTORS", "QUESTIONS", "RANKING", "STANDING_TERMS", "TENDERS"]

CALLS = Table(
    "Calls for bids",
    {
        "tender": Kind.NUMBER,
        "status": Kind.TEXT,
        "what": Kind.TEXT,
        "category": Kind.TEXT,
        "zone": Kind.TEXT,
        "since": Kind.TIME,
        "until": Kind.TIME,
        "deals": Kind.NUMBER,
        "units": Kind.NUMBER,
        "amount": Kind.MONEY,
        "bids until": Kind.TIME,
        "judge": Kind.TEXT,
    },
)
"""What can be bid for, for bidders; ``amount``: of all deals, or of a usual one."""

BIDS = Table(
    "Your bids",
    {
        "tender": Kind.NUMBER,
        "bid": Kind.NUMBER,
        "status": Kind.TEXT,
        "what": Kind.TEXT,
        "from": Kind.NUMBER,
        "price": Kind.MONEY,
        "fixed": Kind.MONEY,
        "rate": Kind.TEXT,
        "least": Kind.NUMBER,
        "most": Kind.NUMBER,
        "delivery": Kind.TEXT,
        "valid until": Kind.TIME,
        "made at": Kind.TIME,
        "rank": Kind.NUMBER,
    },
)
"""A bidder's own bids, a line for each tier; ``rank``: once the bids were judged."""

QUESTIONS = Table(
    "Terms to accept",
    {
        "tender": Kind.NUMBER,
        "bid": Kind.NUMBER,
        "what": Kind.TEXT,
        "price": Kind.MONEY,
        "rate": Kind.TEXT,
        "commission": Kind.MONEY,
        "share": Kind.MONEY,
        "units": Kind.NUMBER,
        "answer until": Kind.TIME,
    },
)
"""What a bidder who is asked accepts or declines; price, commission and share are of each unit or deal."""

APPOINTMENTS = Table(
    "Your appointments",
    {
        "tender": Kind.NUMBER,
        "what": Kind.TEXT,
        "category": Kind.TEXT,
        "zone": Kind.TEXT,
        "fixed": Kind.MONEY,
        "each": Kind.MONEY,
        "rate": Kind.TEXT,
        "since": Kind.TIME,
        "until": Kind.TIME,
        "deals": Kind.NUMBER,
        "units": Kind.NUMBER,
    },
)
"""What a carrier or a payment provider was appointed for, and its fee."""

TENDERS = Table(
    "Tenders",
    {
        "tender": Kind.NUMBER,
        "state": Kind.TEXT,
        "what": Kind.TEXT,
        "category": Kind.TEXT,
        "zone": Kind.TEXT,
        "called at": Kind.TIME,
        "bids until": Kind.TIME,
        "sealed": Kind.TRUTH,
        "judge": Kind.TEXT,
        "bids": Kind.NUMBER,
        "outcome": Kind.TEXT,
    },
)
"""Tenders for the manager; ``bids``: how often bids were made, amended or withdrawn."""

RANKING = Table(
    "Bids in their ranking",
    {
        "tender": Kind.NUMBER,
        "rank": Kind.NUMBER,
        "bid": Kind.NUMBER,
        "box": Kind.NUMBER,
        "state": Kind.TEXT,
        "price": Kind.MONEY,
        "units": Kind.NUMBER,
        "total": Kind.MONEY,
        "abnormally low": Kind.TRUTH,
        "reason": Kind.TEXT,
        "remark": Kind.TEXT,
        "made at": Kind.TIME,
    },
)
"""The opened bids of a tender for the manager, best first, with the reason for each place."""

CONTRACTORS = Table(
    "Carriers and payment providers", {"box": Kind.NUMBER, "trade": Kind.TEXT, "registered at": Kind.TIME}
)
"""Who is registered to carry and to settle, for the manager."""

STANDING_TERMS = Table(
    "Standing terms",
    {
        "trade": Kind.TEXT,
        "category": Kind.TEXT,
        "zone": Kind.TEXT,
        "box": Kind.NUMBER,
        "fixed": Kind.MONEY,
        "each": Kind.MONEY,
        "rate": Kind.TEXT,
        "since": Kind.TIME,
        "until": Kind.TIME,
        "tender": Kind.NUMBER,
    },
)
"""What is paid for a service, for the manager, by when it begins."""
