"""Tenders, bids, orders and contractors in memory."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from brokerage.adapters.memory.facts import MemoryFacts
from brokerage.adapters.memory.lists import GroupedLists
from brokerage.adapters.memory.session import Session
from brokerage.errors import DuplicateFact
from brokerage.records.contractors import Contractor, Trade
from brokerage.records.numbers import BoxNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.orders import Order
from brokerage.records.tenders import Bid, ItemSupply, OrderService, Tender, TenderState

__all__ = ["MemoryBids", "MemoryContractors", "MemoryOrders", "MemoryTenders"]

_ALL = None  # the only group of a list of all
_LAST = 1 << 62
_LIVE = frozenset({TenderState.CALLED, TenderState.AWARDING})


class MemoryTenders:
    """Tenders by number, by trade, item and order, by deadline, and those that are still to be mailed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[TenderNumber, Tender] = MemoryFacts(session, attrgetter("number"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._numbers: GroupedLists[Tender, None, TenderNumber] = GroupedLists(lambda tender: (_ALL, tender.number))
        self._live: GroupedLists[Tender, Trade, TenderNumber] = GroupedLists(
            lambda tender: (tender.trade, tender.number) if tender.state in _LIVE else None
        )
        self._live_of_items: GroupedLists[Tender, ItemNumber, TenderNumber] = GroupedLists(
            lambda tender: (
                (tender.asked.item, tender.number)
                if isinstance(tender.asked, ItemSupply) and tender.state in _LIVE
                else None
            )
        )
        self._of_orders: GroupedLists[Tender, OrderNumber, TenderNumber] = GroupedLists(
            lambda tender: (tender.asked.order, tender.number) if isinstance(tender.asked, OrderService) else None
        )
        self._to_mail: GroupedLists[Tender, None, TenderNumber] = GroupedLists(
            lambda tender: (_ALL, tender.number) if tender.mailing else None
        )
        self._deadlines: GroupedLists[Tender, None, tuple[datetime, int]] = GroupedLists(_deadline)

    def called(self, trade: Trade, before: TenderNumber | None, limit: int) -> Sequence[Tender]:
        """Return a trade's tenders that are called or awarding, newest first. O(log n + limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._live.newest(trade, before, limit)]

    def latest(self, before: TenderNumber | None, limit: int) -> Sequence[Tender]:
        """Return tenders in whatever state, newest first. O(log n + limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._numbers.newest(_ALL, before, limit)]

    def of_item(self, item: ItemNumber) -> Sequence[Tender]:
        """Return the tenders on an item's supply that are called or awarding, by number. O(their number)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._live_of_items.all(item)]

    def of_order(self, order: OrderNumber) -> Sequence[Tender]:
        """Return the tenders on services to an order, by number. O(their number)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._of_orders.all(order)]

    def due(self, now: datetime, limit: int) -> Sequence[Tender]:
        """Return the first tenders whose deadline is not after ``now``, by (deadline, number). O(limit)."""
        with self._session.lock:
            entries = self._deadlines.until(_ALL, (now, _LAST), limit)
            return [self._facts.facts[TenderNumber(number)] for _, number in entries]

    def next_due(self) -> datetime | None:
        """Return the earliest deadline. O(1)."""
        with self._session.lock:
            entry = self._deadlines.least(_ALL)
            return None if entry is None else entry[0]

    def to_mail(self, limit: int) -> Sequence[Tender]:
        """Return the first tenders whose call is still to be mailed, by number. O(limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._to_mail.first(_ALL, None, limit)]

    def _index(self, old: Tender | None, new: Tender | None) -> None:
        for lists in (self._numbers, self._live, self._live_of_items, self._of_orders, self._to_mail, self._deadlines):
            lists.move(old, new)


class MemoryBids:
    """Bids by number, by tender, and by bidder."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[OfferNumber, Bid] = MemoryFacts(session, attrgetter("number"), self._index)
        self.get, self.replace = self._facts.get, self._facts.replace
        self._by_tender: GroupedLists[Bid, TenderNumber, OfferNumber] = GroupedLists(attrgetter("tender", "number"))
        self._by_member: GroupedLists[Bid, BoxNumber, OfferNumber] = GroupedLists(attrgetter("box", "number"))
        self._bidders: dict[tuple[TenderNumber, BoxNumber], OfferNumber] = {}

    def add(self, fact: Bid) -> None:
        """Keep a new bid; raises ``DuplicateFact`` if its number is taken, or it is a bidder's second. O(log n)."""
        self._session.write()
        if (fact.tender, fact.box) in self._bidders:
            raise DuplicateFact((fact.tender, fact.box))
        self._facts.add(fact)

    def of_tender(self, tender: TenderNumber) -> Sequence[Bid]:
        """Return the bids of a tender, also withdrawn ones, by number. O(their number)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._by_tender.all(tender)]

    def of_bidder(self, tender: TenderNumber, box: BoxNumber) -> Bid | None:
        """Return a bidder's bid in a tender, withdrawn or not. O(1)."""
        with self._session.lock:
            number = self._bidders.get((tender, box))
            return None if number is None else self._facts.facts[number]

    def of_member(self, box: BoxNumber, before: OfferNumber | None, limit: int) -> Sequence[Bid]:
        """Return a member's bids with numbers below ``before``, newest first. O(log n + limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._by_member.newest(box, before, limit)]

    def _index(self, old: Bid | None, new: Bid | None) -> None:
        self._by_tender.move(old, new)
        self._by_member.move(old, new)
        if old is not None and new is None:
            del self._bidders[old.tender, old.box]
        if new is not None and old is None:
            self._bidders[new.tender, new.box] = new.number


class MemoryOrders:
    """Orders by number, by tender, by seller, and by deadline."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[OrderNumber, Order] = MemoryFacts(session, attrgetter("number"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._by_tender: GroupedLists[Order, TenderNumber, OrderNumber] = GroupedLists(attrgetter("tender", "number"))
        self._by_seller: GroupedLists[Order, BoxNumber, OrderNumber] = GroupedLists(attrgetter("seller", "number"))
        self._deadlines: GroupedLists[Order, None, tuple[datetime, int]] = GroupedLists(_deadline)

    def of_tender(self, tender: TenderNumber) -> Sequence[Order]:
        """Return the orders of a tender, by number. O(their number)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._by_tender.all(tender)]

    def of_seller(self, box: BoxNumber, before: OrderNumber | None, limit: int) -> Sequence[Order]:
        """Return a seller's orders with numbers below ``before``, newest first. O(log n + limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._by_seller.newest(box, before, limit)]

    def due(self, now: datetime, limit: int) -> Sequence[Order]:
        """Return the first orders whose deadline is not after ``now``, by (deadline, number). O(limit)."""
        with self._session.lock:
            entries = self._deadlines.until(_ALL, (now, _LAST), limit)
            return [self._facts.facts[OrderNumber(number)] for _, number in entries]

    def next_due(self) -> datetime | None:
        """Return the earliest deadline. O(1)."""
        with self._session.lock:
            entry = self._deadlines.least(_ALL)
            return None if entry is None else entry[0]

    def _index(self, old: Order | None, new: Order | None) -> None:
        self._by_tender.move(old, new)
        self._by_seller.move(old, new)
        self._deadlines.move(old, new)


class MemoryContractors:
    """Carriers and payment providers by member and trade, and the boxes of each trade."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[tuple[BoxNumber, Trade], Contractor] = MemoryFacts(
            session, attrgetter("box", "trade"), self._index
        )
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove
        self._by_trade: GroupedLists[Contractor, Trade, BoxNumber] = GroupedLists(attrgetter("trade", "box"))

    def of_trade(self, trade: Trade, after: BoxNumber, limit: int) -> Sequence[Contractor]:
        """Return the contractors of a trade with boxes above ``after``, by box. O(log n + limit)."""
        with self._session.lock:
            return [self._facts.facts[box, trade] for box in self._by_trade.first(trade, after, limit)]

    def _index(self, old: Contractor | None, new: Contractor | None) -> None:
        self._by_trade.move(old, new)


def _deadline(fact: Tender | Order) -> tuple[None, tuple[datetime, int]] | None:
    return None if fact.deadline is None else (_ALL, (fact.deadline, fact.number))
