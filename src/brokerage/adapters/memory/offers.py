"""Offers in memory, and the books that follow from them."""

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import cast

from sortedcontainers import SortedList

from brokerage.adapters.memory.books import (
    NUMBERS,
    Book,
    DueQueue,
    first_places,
    instant_of,
    number_of,
    numbers_of,
    pack,
    time_of,
    toggle,
)
from brokerage.adapters.memory.session import Session
from brokerage.errors import Conflict, DuplicateFact
from brokerage.ports import Ladder, Position
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import WAITING, Offer, OfferState, PurchaseOffer, SaleOffer, Standing

__all__ = ["MemoryOffers"]

_FIRST_CHUNK, _LARGEST_CHUNK = 16, 64
_VISIBLE, _TOLD = 1, 2
_LAST_ARRIVAL = 1 << 62
_OPEN = OfferState.OPEN
_Kept = tuple[Offer | None, int, int]
"""An offer, if there is one, the marks of its standing, and the last deal that its member saw."""


class MemoryOffers:
    """Offers by number; every change of one moves it in the books, the queues and the lists that it stands in.

    The store gives the numbers without gaps, so three columns hold what belongs to them: offers, marks, deals seen.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = session.lock
        self._offers: list[Offer | None] = [None]
        self._marks = bytearray(1)
        self._seen = array("q", (0,))
        self._books: dict[tuple[str, str], Book] = {}
        self._waiting = DueQueue(self._arrival_of)
        self._limits = DueQueue(self._limit_of)
        self._boxes: dict[BoxNumber, list[int]] = {}
        self._unsold: dict[str, SortedList[int]] = {}
        self._listed: dict[str, SortedList[int]] = {}
        self._unfinished: dict[str, int] = {}
        self._limit: datetime | None = None
        self._limit_instant = 0

    def hold(self, category: str, currency: str) -> None:
        """Be the only unit of work that shows offers in a book until the commit: here, the only one that writes."""
        self._session.write()

    def add(self, fact: Offer, standing: Standing = WAITING) -> None:
        """Keep a new offer and how it stands; raises ``DuplicateFact`` if its number is taken."""
        self.add_all((fact,), standing)

    def add_all(self, facts: Sequence[Offer], standing: Standing = WAITING) -> None:
        """Keep many new offers that stand alike; raises ``DuplicateFact`` if a number is taken. O(log n) each."""
        self._session.write()
        marks, seen = _marks_of(standing), standing.seen_deal
        for at, fact in enumerate(facts):
            number = fact.number
            if number == len(self._offers):
                self._offers.append(fact)
                self._marks.append(marks)
                self._seen.append(seen)
            elif self._kept(number)[0] is None:
                self._keep(number, fact, marks, seen)
            else:
                self._take_back(facts[:at])
                raise DuplicateFact(number)
            self._enter(fact, marks)
        self._session.to_undo(self._take_back, facts)

    def get(self, key: OfferNumber) -> Offer | None:
        """Return the offer of a number. O(1)."""
        with self._lock:
            return self._offers[key] if 0 < key < len(self._offers) else None

    def replace(self, old: Offer, new: Offer) -> None:
        """Put ``new`` in the place of ``old``; raises ``Conflict`` unless the stored version is ``old``'s."""
        kept = stored, marks, seen = self._check(old)
        number = new.number
        self._offers[number] = new
        self._move(stored, marks, new, marks)
        self._session.to_undo(self._restore, number, (new, marks, seen), kept)

    def standing(self, number: OfferNumber) -> Standing:
        """Return how an offer stands; one that does not exist waits. O(1)."""
        with self._lock:
            _, marks, seen = self._kept(number)
        return Standing(marks & _VISIBLE != 0, marks & _TOLD != 0, DealNumber(seen))

    def stand(self, offer: Offer, old: Standing, new: Standing) -> None:
        """Change how an offer stands; raises ``Conflict`` unless it is stored like that and stands as ``old`` says."""
        kept = stored, marks, seen = self._check(offer)
        if marks != _marks_of(old) or seen != old.seen_deal:
            raise Conflict("Standing")
        number, new_marks = offer.number, _marks_of(new)
        self._marks[number], self._seen[number] = new_marks, new.seen_deal
        self._move(stored, marks, stored, new_marks)
        self._session.to_undo(self._restore, number, (stored, new_marks, new.seen_deal), kept)

    def of_member(self, box: BoxNumber) -> Sequence[Offer]:
        """Return a member's offers that are not filed, by number. O(their number)."""
        with self._lock:
            return [self._offer(number) for number in self._boxes.get(box, ())]

    def has_unfinished(self, category: str) -> bool:
        """Say whether any offer of a category is open or agreed. O(1)."""
        with self._lock:
            return self._unfinished.get(category, 0) > 0

    def waiting(self, limit: int) -> Sequence[Offer]:
        """Return the first open offers that are not visible, in the order of their arrival numbers."""
        with self._lock:
            return [self._offer(number) for number in self._waiting.due(_LAST_ARRIVAL, limit)]

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
                sale = self._offers[found[1]] if found else None
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
            return [self._offer(number) for number in self._limits.due(instant_of(now), limit)]

    def next_limit(self) -> datetime | None:
        """Return the earliest time limit of an open offer."""
        with self._lock:
            limit = self._limits.next()
        return None if limit is None else time_of(limit)

    def _check(self, offer: Offer) -> _Kept:
        """Become the writer and return what is stored; raises ``Conflict`` unless the version is the offer's."""
        self._session.write()
        kept = self._kept(offer.number)
        if kept[0] is None or kept[0].version != offer.version:
            raise Conflict(type(offer).__name__)
        return kept

    def _kept(self, number: int) -> _Kept:
        if 0 < number < len(self._offers):
            return self._offers[number], self._marks[number], self._seen[number]
        return None, 0, 0

    def _keep(self, number: int, offer: Offer | None, marks: int, seen: int) -> None:
        missing = number + 1 - len(self._offers)
        if missing > 0:
            self._offers.extend([None] * missing)
            self._marks.extend(bytes(missing))
            self._seen.extend([0] * missing)
        self._offers[number], self._marks[number], self._seen[number] = offer, marks, seen

    def _restore(self, number: int, old: _Kept, new: _Kept) -> None:
        self._keep(number, *new)
        self._move(old[0], old[1], new[0], new[1])

    def _take_back(self, facts: Iterable[Offer]) -> None:
        for fact in facts:
            self._restore(fact.number, self._kept(fact.number), (None, 0, 0))

    def _offer(self, packed: int) -> Offer:
        offer = self._offers[number_of(packed)]
        assert offer is not None
        return offer

    def _limit_of(self, number: int) -> int | None:
        limit = _limit(self._kept(number)[0])
        return None if limit is None else instant_of(limit)

    def _arrival_of(self, number: int) -> int | None:
        """Return when an offer that waits arrived."""
        offer, marks, _ = self._kept(number)
        return offer.arrival if offer and offer.state is _OPEN and not marks & _VISIBLE else None

    def _sales(self, places: SortedList[int] | None, up_to: int, after: Position | None) -> Iterator[SaleOffer]:
        low, high = (pack(*after) + 1 if after else 0), pack(up_to + 1, 0) - 1
        return cast("Iterator[SaleOffer]", self._walk(places, low, high))

    def _purchases(
        self, places: SortedList[int] | None, at_least: int, after: Position | None
    ) -> Iterator[PurchaseOffer]:
        low, high = pack(at_least, 0), (pack(*after) - 1 if after else None)
        return cast("Iterator[PurchaseOffer]", self._walk(places, low, high, down=True))

    def _by_number(self, numbers: SortedList[int] | None, after: OfferNumber) -> Iterator[SaleOffer]:
        return cast("Iterator[SaleOffer]", self._walk(numbers, after + 1, None))

    def _walk(
        self, places: SortedList[int] | None, low: int, high: int | None, down: bool = False
    ) -> Iterator[Offer | None]:
        """Yield the offers between two places, in chunks that begin small and find their place again each time."""
        size = _FIRST_CHUNK
        while places:
            with self._lock:
                if not places or places[-1] < low or (high is not None and places[0] > high):
                    return
                chunk = first_places(places, low, high, down, size)
                offers = self._offers
                found = [offers[packed & NUMBERS] for packed in chunk]
            yield from found
            if len(chunk) < size:
                return
            low, high = (low, chunk[-1] - 1) if down else (chunk[-1] + 1, high)
            size = min(2 * size, _LARGEST_CHUNK)

    def _enter(self, offer: Offer, marks: int) -> None:
        """Put a new offer where :meth:`_move` would put it: nothing has to be compared."""
        if offer.state is not _OPEN or offer.filed:
            self._move(None, 0, offer, marks)
            return
        number, category = offer.number, offer.category
        if marks & _VISIBLE:
            self._place(offer, add=True)
            if not marks & _TOLD:
                self._place_untold(offer, add=True)
        else:
            self._waiting.push(offer.arrival, number)
        limit = offer.limit
        if limit is not None:
            if limit is not self._limit:  # offers of one call share theirs
                self._limit, self._limit_instant = limit, instant_of(limit)
            self._limits.push(self._limit_instant, number)
        box = self._boxes.get(offer.box)
        if box and box[-1] < number:
            box.append(number)
        else:
            self._list_box(offer, add=True)
        if isinstance(offer, SaleOffer):
            numbers_of(self._listed, category).add(number)
        self._unfinished[category] = self._unfinished.get(category, 0) + 1

    def _move(self, old: Offer | None, was: int, new: Offer | None, marks: int) -> None:
        """Move an offer that stands so in everything that is found by something else than its number."""
        offer = new or old
        assert offer is not None
        number = offer.number
        opened, opens = old is not None and old.state is _OPEN, new is not None and new.state is _OPEN
        stood, stands = opened and was & _VISIBLE, opens and marks & _VISIBLE
        if new and opens and not stands and not (old and opened and not stood and old.arrival == new.arrival):
            self._waiting.push(new.arrival, number)
        if new is not old:
            self._list(old, new, offer)
            if isinstance(offer, SaleOffer) and (old.deal if old else None) != (new.deal if new else None):
                self._lose(offer, old, new)
        stays = old is not None and new is not None and stood and stands and _same_place(old, new)
        if stood and old and not stays:
            self._place(old, add=False)
        if stands and new and not stays:
            self._place(new, add=True)
        untold, is_untold = stood and not was & _TOLD, stands and not marks & _TOLD
        if untold and old and not (stays and is_untold):
            self._place_untold(old, add=False)
        if is_untold and new and not (stays and untold):
            self._place_untold(new, add=True)

    def _list(self, old: Offer | None, new: Offer | None, offer: Offer) -> None:
        """Keep the lists of members and categories, the counts, and the queue of limits."""
        number = offer.number
        limit = _limit(new)
        if limit is not None and limit != _limit(old):
            self._limits.push(instant_of(limit), number)
        if _is_listed(old) != _is_listed(new):
            self._list_box(offer, add=_is_listed(new))
            if isinstance(offer, SaleOffer):
                toggle(numbers_of(self._listed, offer.category), number, _is_listed(new))
        unfinished = _is_unfinished(new) - _is_unfinished(old)
        if unfinished:
            self._unfinished[offer.category] = self._unfinished.get(offer.category, 0) + unfinished

    def _list_box(self, offer: Offer, add: bool) -> None:
        box = self._boxes.setdefault(offer.box, [])
        if add:
            insort(box, offer.number)
        else:
            del box[bisect_left(box, offer.number)]

    def _lose(self, offer: Offer, old: Offer | None, new: Offer | None) -> None:
        """Keep the log of lost sales."""
        losses = self._book(offer).losses
        if old and old.deal:
            losses.remove(old.deal)
        if isinstance(new, SaleOffer) and new.deal:
            losses.add(new.deal, new.number, new.min_price)

    def _place(self, offer: Offer, add: bool) -> None:
        """Put an offer into its book, or take it out: a sale also among the unsold of its category."""
        book = self._book(offer)
        if isinstance(offer, PurchaseOffer):
            toggle(book.purchases, pack(offer.max_price, offer.number), add)
            return
        key = (offer.terms, offer.factor)
        ladder = numbers_of(book.ladders, key)
        toggle(ladder, pack(offer.min_price, offer.number), add)
        if not ladder:
            del book.ladders[key]
        toggle(numbers_of(self._unsold, offer.category), offer.number, add)

    def _place_untold(self, offer: Offer, add: bool) -> None:
        book = self._book(offer)
        if isinstance(offer, SaleOffer):
            toggle(book.untold_sales, pack(offer.min_price, offer.number), add)
        else:
            toggle(book.untold_purchases, pack(offer.max_price, offer.number), add)

    def _book(self, offer: Offer) -> Book:
        key = (offer.category, offer.currency)
        book = self._books.get(key)
        if book is None:
            book = self._books[key] = Book()
        return book


def _marks_of(standing: Standing) -> int:
    return (_VISIBLE if standing.visible else 0) | (_TOLD if standing.told else 0)


def _same_place(old: Offer, new: Offer) -> bool:
    """Say whether two versions of an offer stand at one place of the books."""
    if isinstance(old, SaleOffer) and isinstance(new, SaleOffer):
        return (old.min_price, old.terms, old.factor) == (new.min_price, new.terms, new.factor)
    return isinstance(old, PurchaseOffer) and isinstance(new, PurchaseOffer) and old.max_price == new.max_price


def _limit(offer: Offer | None) -> datetime | None:
    return offer.limit if offer is not None and offer.state is _OPEN else None


def _is_listed(offer: Offer | None) -> bool:
    return offer is not None and not offer.filed


def _is_unfinished(offer: Offer | None) -> bool:
    return offer is not None and offer.state is not OfferState.CLOSED
