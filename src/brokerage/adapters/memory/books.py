"""Sorted structures of the in-memory store: books of packed integers, queues of what is due, and logs of limits.

A place in a book is one integer, the limit in minor units above forty bits of offer number: integers compare quickly,
and the cyclic garbage collector does not look at them.
"""

import heapq
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Generic, TypeVar

from sortedcontainers import SortedList

from brokerage.pricing import Terms
from brokerage.records.numbers import OfferNumber

__all__ = [
    "NUMBERS",
    "Book",
    "DueQueue",
    "LimitLog",
    "first_places",
    "instant_of",
    "number_of",
    "numbers_of",
    "pack",
    "time_of",
    "toggle",
]

_BITS = 40
NUMBERS = (1 << _BITS) - 1
"""The bits of a packed integer that are its number."""
_BUCKET_BITS = 30
_ORIGIN = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEVER = 1 << 62
_Item = TypeVar("_Item")
_Key = TypeVar("_Key")


def pack(high: int, number: int) -> int:
    """Return one integer that sorts by ``high`` and then by ``number``.

    >>> number_of(pack(9200, 17)), pack(9200, 17) < pack(9200, 18) < pack(9201, 1)
    (17, True)
    """
    return high << _BITS | number


def number_of(packed: int) -> int:
    """Return the number in a packed integer."""
    return packed & NUMBERS


def first_places(places: SortedList[int], low: int, high: int | None, down: bool, size: int) -> list[int]:
    """Return up to ``size`` places from ``low`` to ``high``, from below or down from above. O(log n + size).

    There is at least one place. What begins at the lowest of all, as a first page of candidates does, is a slice: a
    quarter of the time of a range.
    """
    if down or low > places[0]:
        return list(islice(places.irange(low, high, reverse=down), size))
    found: list[int] = places[:size]
    return found if high is None or found[-1] <= high else found[: bisect_right(found, high)]


def numbers_of(lists: dict[_Key, SortedList[int]], key: _Key) -> SortedList[int]:
    """Return the sorted numbers under a key, none where there are none yet."""
    found = lists.get(key)
    if found is None:
        found = lists[key] = SortedList()
    return found


def toggle(numbers: SortedList[int], number: int, add: bool) -> None:
    """Put a number among sorted ones, or take it out. O(log n)."""
    if add:
        numbers.add(number)
    else:
        numbers.remove(number)


def instant_of(time: datetime) -> int:
    """Return a time as whole microseconds."""
    return (time - _ORIGIN) // _MICROSECOND


def time_of(instant: int) -> datetime:
    """Return the time that a number of microseconds stands for."""
    return _ORIGIN + instant * _MICROSECOND


class DueQueue:
    """Numbers by the point at which they are due: an instant in microseconds, or an arrival.

    Entries are never taken out when they change; ``due_at`` tells what a number's point is now, and an entry that
    differs is dropped when it comes to the top. What is due far ahead lies unsorted in buckets of some eighteen
    minutes, eight bytes a number, and is sorted when the first of a bucket may be due.
    """

    def __init__(self, due_at: Callable[[int], int | None]) -> None:
        self._due_at = due_at
        self._heap: list[int] = []
        self._opened = -1
        self._buckets: dict[int, array[int]] = {}
        self._closed: list[int] = []

    def push(self, point: int, number: int) -> None:
        """Add a number that is due at a point. O(1) amortised, and O(log n) when it comes near."""
        key = point >> _BUCKET_BITS
        if key <= self._opened:
            heapq.heappush(self._heap, pack(point, number))
            return
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = array("q")
            heapq.heappush(self._closed, key)
        bucket.append(number)

    def due(self, last: int, limit: int) -> list[int]:
        """Return the first numbers whose point is not after ``last``. O(k log n), and they stay in the queue."""
        while self._closed and self._closed[0] <= last >> _BUCKET_BITS:
            self._open()
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

    def next(self) -> int | None:
        """Return the earliest point. O(log n) amortised."""
        while self._heap or self._closed:
            if not self._heap:
                self._open()
            elif self._is_current(self._heap[0]):
                return self._heap[0] >> _BITS
            else:
                heapq.heappop(self._heap)
        return None

    def _open(self) -> None:
        """Sort the earliest bucket into the heap, without what is due at another point by now."""
        self._opened = heapq.heappop(self._closed)
        for number in self._buckets.pop(self._opened):
            point = self._due_at(number)
            if point is not None and point >> _BUCKET_BITS == self._opened:
                heapq.heappush(self._heap, pack(point, number))

    def _is_current(self, entry: int) -> bool:
        return self._due_at(number_of(entry)) == entry >> _BITS


class LimitLog(Generic[_Item]):
    """Items under rising keys, each with a limit: finds the next one at or below a limit without passing over others.

    A tree of minima lies over the log, so "did this purchase lose a sale since it looked?" costs O(log n), however
    many were sold: there the keys are deals, the items sales, and the limits their SPmin.
    """

    def __init__(self) -> None:
        self._keys: list[int] = []
        self._items: list[_Item] = []
        self._least = [_NEVER, _NEVER]

    def add(self, key: int, item: _Item, limit: int) -> None:
        """Log an item under a key that is above all others, or was removed before. O(log n) amortised."""
        at = bisect_left(self._keys, key)
        if at == len(self._keys):
            self._keys.append(key)
            self._items.append(item)
            if at == len(self._least) // 2:
                self._grow()
        assert self._keys[at] == key
        self._items[at] = item
        self._set(at, limit)

    def remove(self, key: int) -> None:
        """Forget the item of a key. O(log n)."""
        at = bisect_left(self._keys, key)
        assert self._keys[at] == key
        self._set(at, _NEVER)

    def first(self, above: int, up_to: int) -> tuple[int, _Item] | None:
        """Return (key, item) of the first item with a key above ``above`` and a limit ≤ ``up_to``. O(log n)."""
        start = bisect_right(self._keys, above)
        if start == len(self._keys):
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
        return self._keys[node - leaves], self._items[node - leaves]

    def _set(self, at: int, limit: int) -> None:
        least = self._least
        node = at + len(least) // 2
        least[node] = limit
        while node > 1:
            limit = min(limit, least[node ^ 1])
            node >>= 1
            if least[node] == limit:
                return  # and so it is all the way up
            least[node] = limit

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
        self.losses: LimitLog[OfferNumber] = LimitLog()
