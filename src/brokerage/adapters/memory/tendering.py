"""Tenders, bids, orders and contractors in memory."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sortedcontainers import SortedList

from brokerage.adapters.memory.facts import MemoryFacts
from brokerage.adapters.memory.session import Session
from brokerage.errors import DuplicateFact
from brokerage.records.contractors import Contractor, Trade
from brokerage.records.numbers import BoxNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.orders import Order
from brokerage.records.tenders import Bid, ItemSupply, OrderService, Tender, TenderState

__all__ = ["MemoryBids", "MemoryContractors", "MemoryOrders", "MemoryTenders"]

_Fact = TypeVar("_Fact")
_Key = TypeVar("_Key")
_Entry = TypeVar("_Entry", bound=int)

_LIVE = frozenset({TenderState.CALLED, TenderState.AWARDING})


class _Lists(Generic[_Fact, _Key, _Entry]):
    """The numbers of facts under a key that each has, sorted; a key without numbers is forgotten.

    ``key`` gives ``None`` for a fact that is listed nowhere.
    """

    def __init__(self, key: Callable[[_Fact], _Key | None], entry: Callable[[_Fact], _Entry]) -> None:
        self._key = key
        self._entry = entry
        self._lists: dict[_Key, SortedList[_Entry]] = {}

    def change(self, old: _Fact | None, new: _Fact | None) -> None:
        """Move a fact from where it was listed to where it is listed now. O(log n)."""
        before = None if old is None else self._key(old)
        after = None if new is None else self._key(new)
        if before == after:
            return
        if old is not None and before is not None:
            entries = self._lists[before]
            entries.remove(self._entry(old))
            if not entries:
                del self._lists[before]
        if new is not None and after is not None:
            self._lists.setdefault(after, SortedList()).add(self._entry(new))

    def all(self, key: _Key) -> Iterator[_Entry]:
        """Return the numbers of a key, rising. O(their number)."""
        return iter(self._lists.get(key, ()))

    def newest(self, key: _Key, before: _Entry | None, limit: int) -> Sequence[_Entry]:
        """Return the last numbers of a key below one, the greatest first. O(log n + limit)."""
        entries = self._lists.get(key)
        if entries is None:
            return ()
        end = len(entries) if before is None else entries.bisect_left(before)
        return entries[max(0, end - limit) : end][::-1]

    def first(self, key: _Key, after: _Entry, limit: int) -> Sequence[_Entry]:
        """Return the first numbers of a key above one. O(log n + limit)."""
        entries = self._lists.get(key)
        if entries is None:
            return ()
        start = entries.bisect_right(after)
        return entries[start : start + limit]


class _Deadlines(Generic[_Entry]):
    """The numbers of facts by their deadlines; a fact without one is not there."""

    def __init__(self) -> None:
        self._entries: SortedList[tuple[datetime, _Entry]] = SortedList()

    def change(self, number: _Entry, old: datetime | None, new: datetime | None) -> None:
        """Give a fact a new deadline, or none. O(log n)."""
        if old == new:
            return
        if old is not None:
            self._entries.remove((old, number))
        if new is not None:
            self._entries.add((new, number))

    def due(self, now: datetime, limit: int) -> Iterator[_Entry]:
        """Return the first numbers whose deadline is not after an instant, by (deadline, number). O(k)."""
        for deadline, number in self._entries[:limit]:
            if deadline > now:
                return
            yield number

    def next(self) -> datetime | None:
        """Return the earliest deadline. O(1)."""
        return self._entries[0][0] if self._entries else None


class MemoryTenders:
    """Tenders by number, by trade, item and order, by deadline, and those that are still to be mailed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[TenderNumber, Tender] = MemoryFacts(session, attrgetter("number"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        number: Callable[[Tender], TenderNumber] = attrgetter("number")
        self._all: _Lists[Tender, bool, TenderNumber] = _Lists(_everywhere, number)
        self._called: _Lists[Tender, Trade, TenderNumber] = _Lists(_live_trade, number)
        self._items: _Lists[Tender, ItemNumber, TenderNumber] = _Lists(_live_item, number)
        self._orders: _Lists[Tender, OrderNumber, TenderNumber] = _Lists(_served_order, number)
        self._to_mail: _Lists[Tender, bool, TenderNumber] = _Lists(_mailing, number)
        self._deadlines: _Deadlines[TenderNumber] = _Deadlines()

    def called(self, trade: Trade, before: TenderNumber | None, limit: int) -> Sequence[Tender]:
        """Return a trade's tenders that are called or awarding, newest first. O(log n + limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._called.newest(trade, before, limit)]

    def latest(self, before: TenderNumber | None, limit: int) -> Sequence[Tender]:
        """Return tenders in whatever state, newest first. O(log n + limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._all.newest(True, before, limit)]

    def of_item(self, item: ItemNumber) -> Sequence[Tender]:
        """Return the tenders on an item's supply that are called or awarding, by number. O(their number)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._items.all(item)]

    def of_order(self, order: OrderNumber) -> Sequence[Tender]:
        """Return the tenders on services to an order, by number. O(their number)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._orders.all(order)]

    def due(self, now: datetime, limit: int) -> Sequence[Tender]:
        """Return the first tenders whose deadline is not after ``now``, by (deadline, number). O(limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._deadlines.due(now, limit)]

    def next_due(self) -> datetime | None:
        """Return the earliest deadline. O(1)."""
        with self._session.lock:
            return self._deadlines.next()

    def to_mail(self, limit: int) -> Sequence[Tender]:
        """Return the first tenders whose call is still to be mailed, by number. O(limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._to_mail.first(True, TenderNumber(0), limit)]

    def _index(self, old: Tender | None, new: Tender | None) -> None:
        for lists in (self._all, self._called, self._items, self._orders, self._to_mail):
            lists.change(old, new)
        _change_deadline(self._deadlines, old, new)


class MemoryBids:
    """Bids by number, by tender, and by bidder."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[OfferNumber, Bid] = MemoryFacts(session, attrgetter("number"), self._index)
        self.get, self.replace = self._facts.get, self._facts.replace
        number: Callable[[Bid], OfferNumber] = attrgetter("number")
        self._tenders: _Lists[Bid, TenderNumber, OfferNumber] = _Lists(attrgetter("tender"), number)
        self._members: _Lists[Bid, BoxNumber, OfferNumber] = _Lists(attrgetter("box"), number)
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
            return [self._facts.facts[number] for number in self._tenders.all(tender)]

    def of_bidder(self, tender: TenderNumber, box: BoxNumber) -> Bid | None:
        """Return a bidder's bid in a tender, withdrawn or not. O(1)."""
        with self._session.lock:
            number = self._bidders.get((tender, box))
            return None if number is None else self._facts.facts[number]

    def of_member(self, box: BoxNumber, before: OfferNumber | None, limit: int) -> Sequence[Bid]:
        """Return a member's bids with numbers below ``before``, newest first. O(log n + limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._members.newest(box, before, limit)]

    def _index(self, old: Bid | None, new: Bid | None) -> None:
        self._tenders.change(old, new)
        self._members.change(old, new)
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
        number: Callable[[Order], OrderNumber] = attrgetter("number")
        self._tenders: _Lists[Order, TenderNumber, OrderNumber] = _Lists(attrgetter("tender"), number)
        self._sellers: _Lists[Order, BoxNumber, OrderNumber] = _Lists(attrgetter("seller"), number)
        self._deadlines: _Deadlines[OrderNumber] = _Deadlines()

    def of_tender(self, tender: TenderNumber) -> Sequence[Order]:
        """Return the orders of a tender, by number. O(their number)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._tenders.all(tender)]

    def of_seller(self, box: BoxNumber, before: OrderNumber | None, limit: int) -> Sequence[Order]:
        """Return a seller's orders with numbers below ``before``, newest first. O(log n + limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._sellers.newest(box, before, limit)]

    def due(self, now: datetime, limit: int) -> Sequence[Order]:
        """Return the first orders whose deadline is not after ``now``, by (deadline, number). O(limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._deadlines.due(now, limit)]

    def next_due(self) -> datetime | None:
        """Return the earliest deadline. O(1)."""
        with self._session.lock:
            return self._deadlines.next()

    def _index(self, old: Order | None, new: Order | None) -> None:
        self._tenders.change(old, new)
        self._sellers.change(old, new)
        _change_deadline(self._deadlines, old, new)


class MemoryContractors:
    """Carriers and payment providers by member and trade, and the boxes of each trade."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[tuple[BoxNumber, Trade], Contractor] = MemoryFacts(
            session, attrgetter("box", "trade"), self._index
        )
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove
        self._trades: _Lists[Contractor, Trade, BoxNumber] = _Lists(attrgetter("trade"), attrgetter("box"))

    def of_trade(self, trade: Trade, after: BoxNumber, limit: int) -> Sequence[Contractor]:
        """Return the contractors of a trade with boxes above ``after``, by box. O(log n + limit)."""
        with self._session.lock:
            return [self._facts.facts[box, trade] for box in self._trades.first(trade, after, limit)]

    def _index(self, old: Contractor | None, new: Contractor | None) -> None:
        self._trades.change(old, new)


def _everywhere(tender: Tender) -> bool:
    return True


def _mailing(tender: Tender) -> bool | None:
    return tender.mailing or None


def _live_trade(tender: Tender) -> Trade | None:
    return tender.trade if tender.state in _LIVE else None


def _live_item(tender: Tender) -> ItemNumber | None:
    asked = tender.asked
    return asked.item if tender.state in _LIVE and isinstance(asked, ItemSupply) else None


def _served_order(tender: Tender) -> OrderNumber | None:
    return tender.asked.order if isinstance(tender.asked, OrderService) else None


def _change_deadline(deadlines: _Deadlines[Any], old: Any, new: Any) -> None:
    """Note a fact's new deadline, where it was added, replaced, or taken away."""
    number = (old or new).number
    deadlines.change(number, old and old.deadline, new and new.deadline)
