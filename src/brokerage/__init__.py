"""A broker between buyers and sellers: four ways to find a deal, one way to settle it.

Start with :class:`Brokerage`.
"""

from brokerage.boxes import (
    BuyersDeal,
    CandidateView,
    Counterpart,
    MemberBox,
    PurchaseView,
    SaleView,
    SellersDeal,
    UnsoldView,
)
from brokerage.desks import MemberDesk
from brokerage.engine import Brokerage
from brokerage.errors import BrokerageError
from brokerage.money import Money
from brokerage.office import Office
from brokerage.pages import Page
from brokerage.policy import Carriage, Immediate, PayoutOn, Periodic, Policy
from brokerage.pricing import FactorRule, Margin, MarginRule, Quote, Rounding, Terms, quote
from brokerage.records.categories import Fulfilment
from brokerage.records.events import Event, EventKind
from brokerage.records.members import MemberKind
from brokerage.records.notices import DeliveryStep
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.services.market.decisions import AccountCharge, BankTransfer, Card
from brokerage.services.market.offers import Accepted
from brokerage.services.market.requests import Buy, Sell

__all__ = [
    "Accepted",
    "AccountCharge",
    "BankTransfer",
    "BoxNumber",
    "Brokerage",
    "BrokerageError",
    "Buy",
    "BuyersDeal",
    "CandidateView",
    "Card",
    "Carriage",
    "Counterpart",
    "DealNumber",
    "DeliveryStep",
    "Event",
    "EventKind",
    "FactorRule",
    "Fulfilment",
    "Immediate",
    "Margin",
    "MarginRule",
    "MemberBox",
    "MemberDesk",
    "MemberKind",
    "Money",
    "OfferNumber",
    "Office",
    "Page",
    "PayoutOn",
    "Periodic",
    "Policy",
    "PurchaseView",
    "Quote",
    "Rounding",
    "SaleView",
    "Sell",
    "SellersDeal",
    "Terms",
    "UnsoldView",
    "quote",
]
