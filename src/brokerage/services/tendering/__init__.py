"""Tenders: calls, bids, rankings, questions and awards, and who was appointed to carry and to settle (N3–N7)."""

from brokerage.services.tendering.awards import Awards
from brokerage.services.tendering.callers import Caller, Unsuitable
from brokerage.services.tendering.tenders import Tenders, may_bid, tender_of
from brokerage.services.tendering.terms import BidRequest, checked_quantity

__all__ = ["Awards", "BidRequest", "Caller", "Tenders", "Unsuitable", "checked_quantity", "may_bid", "tender_of"]
