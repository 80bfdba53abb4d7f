"""What a step brought, as the journal tells it: handed on to whoever holds it against the world."""

from attrs import define, field

from brokerage.records.deals import Deal
from brokerage.records.items import Item
from brokerage.records.ledger import Account
from brokerage.records.members import FormerMember, Member
from brokerage.records.numbers import BoxNumber, DealNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.offers import Offer
from brokerage.records.orders import Order
from brokerage.records.reservations import Reservation
from brokerage.records.tenders import Bid, Tender

__all__ = ["News"]


@define(eq=False)
class News:
    """What is new since the step before: whatever was made or changed, as it is now."""

    agreed: list[Deal] = field(factory=list)
    deals: dict[DealNumber, Deal] = field(factory=dict)
    offers: dict[OfferNumber, Offer] = field(factory=dict)
    members: dict[BoxNumber, Member] = field(factory=dict)
    forgotten: list[FormerMember] = field(factory=list)
    balances: set[tuple[Account, str]] = field(factory=set)
    items: dict[ItemNumber, Item] = field(factory=dict)
    reservations: dict[OfferNumber, Reservation] = field(factory=dict)
    tenders: dict[TenderNumber, Tender] = field(factory=dict)
    bids: dict[OfferNumber, Bid] = field(factory=dict)
    orders: dict[OrderNumber, Order] = field(factory=dict)
