"""Sorted structures of the in-memory store: books of packed integers, queues of what is due, and the log of lost sales.

A place in a book is one integer, the limit in minor units above forty bits of offer number: integers compare quickly,
and the cyclic garbage collector does not look at them.
"""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sortedcontainers import SortedList

from brokerage.pricing import Terms
from brokerage.records.numbers import DealNumber, OfferNumber

__all__ = ["Book", "DueQueue", "LossLog", "instant_of", "number_of", "pack", "time_of"]

_BITS = 40
_NUMBERS = (1 << _BITS) - 1
_ORIGIN = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEVER = 1 << 62


def pack(high: int, number: int) -> int:
    """Return one integer that sorts by ``high`` and then by ``number``.

    >>> number_of(pack(9200, 17)), pack(9200, 17) < pack(9200, 18) < pack(9201, 1)
    (17, True)
    """
    return high << _BITS | number


def number_of(packed: int) -> int:
    """Return the number in a packed integer."""
    return packed & _NUMBERS


def instant_of(time: datetime) -> int:
    """Return a time as whole microseconds."""
    return (time - _ORIGIN) // _MICROSECOND


def time_of(instant: int) -> datetime:
    """Return the time that a number of microseconds stands for."""
    return _ORIGIN + instant * _MICROSECOND


class DueQueue:
    """Numbers by the time at which they are due.

    Entries are never taken out when they change; ``due_at`` tells what a number's time is now, and an entry that
    differs is dropped when it comes to the top.
    """

    def __init__(self, due_at: Callable[[int], datetime | None]) -> None:
        self._due_at = due_at
        self._heap: list[int] = []

    def push(self, time: datetime, number: int) -> None:
        """Add a number that is due at a time. O(log n)."""
        heapq.heappush(self._heap, pack(instant_of(time), number))

    def due(self, now: datetime, limit: int) -> list[int]:
        """Return the first numbers whose time is not after ``now``. O(k log n), and they stay in the queue."""
        last = instant_of(now)
        found: list[int] = []
        taken: list[int] = []
        while self._heap and self._heap[0] >> _BITS <= last and len(found) < limit:
            entry = heapq.heappop(self._heap)
            if self._is_current(entry) and not (taken and taken[-1] == entry):
                taken.append(entry)
                found.append(number_of(entry))
        for entry in taken:
            heapq.heappush(self._heap, entry)
        return found

    def next(self) -> datetime | None:
        """Return the earliest time. O(log n) amortised."""
        while self._heap and not self._is_current(self._heap[0]):
            heapq.heappop(self._heap)
        return time_of(self._heap[0] >> _BITS) if self._heap else None

    def _is_current(self, entry: int) -> bool:
        time = self._due_at(number_of(entry))
        return time is not None and instant_of(time) == entry >> _BITS


class LossLog:
    """The sales of one book that went into a deal, by deal number, with their SPmin.

    A tree of minima over the log finds the next sale at or below a limit without passing over those above it, so "did
    this purchase lose a sale since it looked?" costs O(log n) however many were sold.
    """

    def __init__(self) -> None:
        self._deals: list[int] = []
        self._sales: list[int] = []
        self._least = [_NEVER, _NEVER]

    def add(self, deal: DealNumber, sale: OfferNumber, min_price: int) -> None:
        """Log a sale that went into a deal. O(log n) amortised."""
        at = bisect_left(self._deals, deal)
        if at == len(self._deals):
            self._deals.append(deal)
            self._sales.append(sale)
            if at == len(self._least) // 2:
                self._grow()
        self._sales[at] = sale
        self._set(at, min_price)

    def remove(self, deal: DealNumber) -> None:
        """Forget the sale of a deal: it is open again. O(log n)."""
        self._set(bisect_left(self._deals, deal), _NEVER)

    def after(self, deal: DealNumber) -> int:
        """Return the place of the first deal above a number. O(log n)."""
        return bisect_right(self._deals, deal)

    def first(self, start: int, up_to: int) -> tuple[int, OfferNumber] | None:
        """Return (place, sale) of the first sale at or behind a place with SPmin ≤ ``up_to``. O(log n)."""
        if start >= len(self._deals):
            return None
        leaves = len(self._least) // 2
        node = start + leaves
        while self._least[node] > up_to:
            while node & 1:
                node >>= 1
            if not node:
                return None
            node += 1
        while node < leaves:
            node *= 2
            if self._least[node] > up_to:
                node += 1
        return node - leaves, OfferNumber(self._sales[node - leaves])

    def _set(self, at: int, min_price: int) -> None:
        least = self._least
        node = at + len(least) // 2
        least[node] = min_price
        while node > 1:
            node //= 2
            least[node] = min(least[2 * node], least[2 * node + 1])

    def _grow(self) -> None:
        leaves = self._least[len(self._least) // 2 :]
        level = leaves + [_NEVER] * len(leaves)
        tree = level
        while len(level) > 1:
            level = [min(pair) for pair in zip(level[::2], level[1::2], strict=True)]
            tree = level + tree
        self._least = [_NEVER, *tree]


class Book:
    """The visible open offers of one category and currency."""

    def __init__(self) -> None:
        self.ladders: dict[tuple[Terms, Decimal], SortedList[int]] = {}
        self.purchases: SortedList[int] = SortedList()
        self.untold_sales: SortedList[int] = SortedList()
        self.untold_purchases: SortedList[int] = SortedList()
        self.losses = LossLog()
