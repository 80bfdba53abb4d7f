"""Offers in memory, and the books that follow from them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from sortedcontainers import SortedList

from brokerage.adapters.memory.books import Book, DueQueue, number_of, pack
from brokerage.adapters.memory.facts import MemoryFacts
from brokerage.adapters.memory.session import Session
from brokerage.ports import Ladder, Position
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import Offer, OfferState, PurchaseOffer, SaleOffer

__all__ = ["MemoryOffers"]

_FIRST_CHUNK, _LARGEST_CHUNK = 4, 64


class MemoryOffers:
    """Offers by number; every change of one moves it in the books, the queues and the lists that it stands in."""

    def __init__(self, session: Session) -> None:
        self._lock = session.lock
        self._facts: MemoryFacts[OfferNumber, Offer] = MemoryFacts(session, lambda offer: offer.number, self._index)
        self.add = self._facts.add
        self.get = self._facts.get
        self.replace = self._facts.replace
        self._books: dict[tuple[str, str], Book] = {}
        self._waiting: SortedList[int] = SortedList()
        self._limits = DueQueue(self._limit_of)
        self._boxes: dict[BoxNumber, SortedList[int]] = {}
        self._unsold: dict[str, SortedList[int]] = {}
        self._listed: dict[str, SortedList[int]] = {}
        self._unfinished: dict[str, int] = {}

    def of_member(self, box: BoxNumber) -> Sequence[Offer]:
        """Return a member's offers that are not filed, by number. O(their number)."""
        with self._lock:
            return [self._facts.facts[OfferNumber(number)] for number in self._boxes.get(box, ())]

    def has_unfinished(self, category: str) -> bool:
        """Say whether any offer of a category is open or agreed. O(1)."""
        with self._lock:
            return self._unfinished.get(category, 0) > 0

    def waiting(self, limit: int) -> Sequence[Offer]:
        """Return the first open offers that are not visible, in the order of their arrival numbers."""
        with self._lock:
            return [self._offer(packed) for packed in islice(self._waiting, limit)]

    def ladders(self, category: str, currency: str) -> Sequence[Ladder]:
        """Return the ladders that hold a sale. O(their number)."""
        with self._lock:
            book = self._books.get((category, currency))
            return [Ladder(category, currency, *key) for key, sales in book.ladders.items() if sales] if book else []

    def ladder(self, ladder: Ladder, up_to: int, after: Position | None = None) -> Iterator[SaleOffer]:
        """Yield a ladder's sales with SPmin ≤ ``up_to``, behind ``after``, by (SPmin, number)."""
        book = self._books.get((ladder.category, ladder.currency))
        return self._sales(book.ladders.get((ladder.terms, ladder.factor)) if book else None, up_to, after)

    def purchases(
        self, category: str, currency: str, at_least: int, after: Position | None = None
    ) -> Iterator[PurchaseOffer]:
        """Yield purchases with BPmax ≥ ``at_least``, behind ``after``, by (BPmax, number) from the greatest down."""
        book = self._books.get((category, currency))
        return self._purchases(book.purchases if book else None, at_least, after)

    def untold_sales(
        self, category: str, currency: str, up_to: int, after: Position | None = None
    ) -> Iterator[SaleOffer]:
        """Yield visible open sales that are not told, with SPmin ≤ ``up_to``, by (SPmin, number)."""
        book = self._books.get((category, currency))
        return self._sales(book.untold_sales if book else None, up_to, after)

    def untold_purchases(
        self, category: str, currency: str, at_least: int, after: Position | None = None
    ) -> Iterator[PurchaseOffer]:
        """Yield visible open purchases that are not told, by (BPmax, number) from the greatest down to ``at_least``."""
        book = self._books.get((category, currency))
        return self._purchases(book.untold_purchases if book else None, at_least, after)

    def lost_sales(self, category: str, currency: str, after: DealNumber, up_to: int) -> Iterator[SaleOffer]:
        """Yield sales in a deal above ``after`` that have SPmin ≤ ``up_to``, by deal. O(log n) an item."""
        book = self._books.get((category, currency))
        if book is None:
            return
        deal: int = after
        while True:
            with self._lock:
                found = book.losses.first(deal, up_to)
                sale = self._facts.facts[found[1]] if found else None
            if found is None or not isinstance(sale, SaleOffer):
                return
            yield sale
            deal = found[0]

    def unsold(self, category: str, after: OfferNumber) -> Iterator[SaleOffer]:
        """Yield the sales in the books with a number above ``after``, by number."""
        return self._by_number(self._unsold.get(category), after)

    def listed_sales(self, category: str, after: OfferNumber) -> Iterator[SaleOffer]:
        """Yield the sales that are not filed, with a number above ``after``, by number."""
        return self._by_number(self._listed.get(category), after)

    def due(self, now: datetime, limit: int) -> Sequence[Offer]:
        """Return the first open offers whose time limit is not after ``now``, by (time limit, number)."""
        with self._lock:
            return [self._facts.facts[OfferNumber(number)] for number in self._limits.due(now, limit)]

    def next_limit(self) -> datetime | None:
        """Return the earliest time limit of an open offer."""
        with self._lock:
            return self._limits.next()

    def _offer(self, packed: int) -> Offer:
        return self._facts.facts[OfferNumber(number_of(packed))]

    def _limit_of(self, number: int) -> datetime | None:
        return _limit(self._facts.facts.get(OfferNumber(number)))

    def _sales(self, places: SortedList[int] | None, up_to: int, after: Position | None) -> Iterator[SaleOffer]:
        low, high = (pack(*after) + 1 if after else 0), pack(up_to + 1, 0) - 1
        for offer in self._walk(places, low, high):
            if isinstance(offer, SaleOffer):
                yield offer

    def _purchases(
        self, places: SortedList[int] | None, at_least: int, after: Position | None
    ) -> Iterator[PurchaseOffer]:
        low, high = pack(at_least, 0), (pack(*after) - 1 if after else None)
        for offer in self._walk(places, low, high, down=True):
            if isinstance(offer, PurchaseOffer):
                yield offer

    def _by_number(self, numbers: SortedList[int] | None, after: OfferNumber) -> Iterator[SaleOffer]:
        for offer in self._walk(numbers, after + 1, None):
            if isinstance(offer, SaleOffer):
                yield offer

    def _walk(
        self, places: SortedList[int] | None, low: int | None, high: int | None, down: bool = False
    ) -> Iterator[Offer]:
        """Yield the offers between two places, in chunks that begin small and find their place again each time."""
        size = _FIRST_CHUNK
        while places is not None:
            with self._lock:
                chunk = list(islice(places.irange(low, high, reverse=down), size))
                offers = [self._offer(packed) for packed in chunk]
            yield from offers
            if len(chunk) < size:
                return
            low, high = (low, chunk[-1] - 1) if down else (chunk[-1] + 1, high)
            size = min(2 * size, _LARGEST_CHUNK)

    def _index(self, old: Offer | None, new: Offer | None) -> None:
        """Move an offer in everything that is found by something else than its number."""
        offer = new or old
        assert offer is not None
        if _is_waiting(old) != _is_waiting(new) or (old and new and old.arrival != new.arrival):
            _place(self._waiting, old.arrival if old and _is_waiting(old) else None, offer.number, add=False)
            _place(self._waiting, new.arrival if new and _is_waiting(new) else None, offer.number, add=True)
        limit = _limit(new)
        if limit and limit != _limit(old):
            self._limits.push(limit, offer.number)
        if _is_listed(old) != _is_listed(new):
            _toggle(self._boxes.setdefault(offer.box, SortedList()), offer.number, _is_listed(new))
            if isinstance(offer, SaleOffer):
                _toggle(self._listed.setdefault(offer.category, SortedList()), offer.number, _is_listed(new))
        unfinished = _is_unfinished(new) - _is_unfinished(old)
        if unfinished:
            self._unfinished[offer.category] = self._unfinished.get(offer.category, 0) + unfinished
        if isinstance(offer, SaleOffer):
            self._index_sale(old, new)
        else:
            self._index_purchase(old, new)

    def _book(self, offer: Offer) -> Book:
        key = (offer.category, offer.currency)
        book = self._books.get(key)
        if book is None:
            book = self._books[key] = Book()
        return book

    def _index_sale(self, old: Offer | None, new: Offer | None) -> None:
        """Move a sale in its ladder, among the untold and the unsold, and in the log of lost sales."""
        for sale, adds in ((old, False), (new, True)):
            if not isinstance(sale, SaleOffer):
                continue
            book = self._book(sale)
            if sale.visible and sale.state is OfferState.OPEN:
                if not (old and new and _same_place(old, new)):
                    key = (sale.terms, sale.factor)
                    ladder = book.ladders.setdefault(key, SortedList())
                    _place(ladder, sale.min_price, sale.number, adds)
                    if not ladder:
                        del book.ladders[key]
                    _toggle(self._unsold.setdefault(sale.category, SortedList()), sale.number, adds)
                if not sale.told:
                    _place(book.untold_sales, sale.min_price, sale.number, adds)
        if old and (new is None or new.deal != old.deal) and old.deal:
            self._book(old).losses.remove(old.deal)
        if isinstance(new, SaleOffer) and (old is None or new.deal != old.deal) and new.deal:
            self._book(new).losses.add(new.deal, new.number, new.min_price)

    def _index_purchase(self, old: Offer | None, new: Offer | None) -> None:
        """Move a purchase in its book and among the untold."""
        for purchase, adds in ((old, False), (new, True)):
            if not isinstance(purchase, PurchaseOffer):
                continue
            book = self._book(purchase)
            if purchase.visible and purchase.state is OfferState.OPEN:
                if not (old and new and _same_place(old, new)):
                    _place(book.purchases, purchase.max_price, purchase.number, adds)
                if not purchase.told:
                    _place(book.untold_purchases, purchase.max_price, purchase.number, adds)


def _is_waiting(offer: Offer | None) -> bool:
    return offer is not None and not offer.visible and offer.state is OfferState.OPEN


def _limit(offer: Offer | None) -> datetime | None:
    return offer.limit if offer is not None and offer.state is OfferState.OPEN else None


def _is_listed(offer: Offer | None) -> bool:
    return offer is not None and not offer.filed


def _is_unfinished(offer: Offer | None) -> bool:
    return offer is not None and offer.state is not OfferState.CLOSED


def _same_place(old: Offer, new: Offer) -> bool:
    """Say whether a change leaves an offer where it stands in the books.

    Its limit can change only while it is hidden.
    """
    return old.visible == new.visible and old.state is new.state and old.arrival == new.arrival


def _place(places: SortedList[int], high: int | None, number: int, add: bool) -> None:
    if high is not None:
        _toggle(places, pack(high, number), add)


def _toggle(numbers: SortedList[int], number: int, add: bool) -> None:
    if add:
        numbers.add(number)
    else:
        numbers.remove(number)
