"""Tenders: calls, bids, rankings, questions and awards, and who was appointed to carry and to settle (N3–N7)."""

from brokerage.services.tendering.awards import Awards
from brokerage.services.tendering.callers import Caller, Unsuitable
from brokerage.services.tendering.contractors import Contractors, service_trade
from brokerage.services.tendering.files import TenderFiles
from brokerage.services.tendering.reading import TenderReading
from brokerage.services.tendering.services import StandingServices, service_of
from brokerage.services.tendering.telling import Telling
from brokerage.services.tendering.tenders import Tenders, may_bid, tender_of
from brokerage.services.tendering.terms import BidRequest, checked_quantity

__all__ = [
    "Awards",
    "BidRequest",
    "Caller",
    "Contractors",
    "StandingServices",
    "Telling",
    "TenderFiles",
    "TenderReading",
    "Tenders",
    "Unsuitable",
    "checked_quantity",
    "may_bid",
    "service_of",
    "service_trade",
    "tender_of",
]
