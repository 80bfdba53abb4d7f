"""Tenders, bids, orders and contractors, as a store keeps them (spec N3–N7)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from brokerage.records.contractors import Contractor, Trade
from brokerage.records.numbers import BoxNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.orders import Order
from brokerage.records.tenders import Bid, Tender
from brokerage.storage.facts import Facts, RemovableFacts

__all__ = ["Bids", "Contractors", "Orders", "Tenders"]


class Tenders(Facts[TenderNumber, Tender], Protocol):
    """Tenders by number; what is asked, of whom, and who is invited never changes."""

    def called(self, trade: Trade, before: TenderNumber | None, limit: int) -> Sequence[Tender]:
        """Return the tenders of a trade that are called or awarding, with numbers below ``before``, newest first.

        O(log n + limit).
        """

    def latest(self, before: TenderNumber | None, limit: int) -> Sequence[Tender]:
        """Return tenders in whatever state with numbers below ``before``, newest first. O(log n + limit)."""

    def of_item(self, item: ItemNumber) -> Sequence[Tender]:
        """Return the tenders on an item's supply that are called or awarding, by number. O(their number)."""

    def of_order(self, order: OrderNumber) -> Sequence[Tender]:
        """Return the tenders on services to an order, by number, in whatever state. O(their number)."""

    def due(self, now: datetime, limit: int) -> Sequence[Tender]:
        """Return the first tenders whose deadline is not after ``now``, by (deadline, number)."""

    def next_due(self) -> datetime | None:
        """Return the earliest deadline."""

    def to_mail(self, limit: int) -> Sequence[Tender]:
        """Return the first tenders whose call is still to be mailed, by number. O(limit)."""


class Bids(Facts[OfferNumber, Bid], Protocol):
    """Bids by number, whose tender and bidder never change.

    Adding one raises ``DuplicateFact`` also if its bidder has another one in the tender, withdrawn or not.
    """

    def of_tender(self, tender: TenderNumber) -> Sequence[Bid]:
        """Return the bids of a tender, also withdrawn ones, by number. O(their number)."""

    def of_bidder(self, tender: TenderNumber, box: BoxNumber) -> Bid | None:
        """Return a bidder's bid in a tender, if there is one, withdrawn or not. O(1)."""

    def of_member(self, box: BoxNumber, before: OfferNumber | None, limit: int) -> Sequence[Bid]:
        """Return a member's bids with numbers below ``before``, newest first. O(log n + limit)."""


class Orders(Facts[OrderNumber, Order], Protocol):
    """Orders by number, whose tender and seller never change."""

    def of_tender(self, tender: TenderNumber) -> Sequence[Order]:
        """Return the orders of a tender, by number. O(their number)."""

    def of_seller(self, box: BoxNumber, before: OrderNumber | None, limit: int) -> Sequence[Order]:
        """Return a seller's orders with numbers below ``before``, newest first. O(log n + limit)."""

    def due(self, now: datetime, limit: int) -> Sequence[Order]:
        """Return the first orders whose deadline is not after ``now``, by (deadline, number)."""

    def next_due(self) -> datetime | None:
        """Return the earliest deadline."""


class Contractors(RemovableFacts[tuple[BoxNumber, Trade], Contractor], Protocol):
    """Carriers and payment providers by (member, trade)."""

    def of_trade(self, trade: Trade, after: BoxNumber, limit: int) -> Sequence[Contractor]:
        """Return the contractors of a trade with boxes above ``after``, by box. O(log n + limit)."""
