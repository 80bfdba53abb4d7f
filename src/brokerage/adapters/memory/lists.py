"""Sorted lists by group, kept beside a collection's facts: all that a collection finds by more than its key."""

from collections.abc import Callable, Hashable, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

from sortedcontainers import SortedList

__all__ = ["GroupedLists"]

_Fact = TypeVar("_Fact")
_Group = TypeVar("_Group", bound=Hashable)
_Entry = TypeVar("_Entry")


class GroupedLists(Generic[_Fact, _Group, _Entry]):
    """A sorted list of entries for each group; ``place`` tells where a fact stands, ``None`` where it stands nowhere.

    It keeps nothing of facts that stand nowhere, and no list that is empty. One that gets an old and a new fact moves
    their entry, the other way round when a unit of work is undone.

    >>> lists = GroupedLists(lambda price: ("low" if price < 100 else "high", price))
    >>> for price in (70, 90, 80, 130):
    ...     lists.move(None, price)
    >>> lists.first("low", 75, 5), lists.newest("low", None, 2), lists.first("none", None, 5)
    ([80, 90], [90, 80], [])
    >>> lists.move(90, 190)
    >>> lists.newest("high", 190, 5), lists.least("high"), lists.least("none")
    ([130], 130, None)
    >>> lists.until("low", 80, 5), lists.until("low", 81, 5), lists.all("low")
    ([70], [70, 80], [70, 80])
    """

    def __init__(self, place: Callable[[_Fact], tuple[_Group, _Entry] | None]) -> None:
        self._place = place
        self._lists: dict[_Group, SortedList[Any]] = {}

    def move(self, old: _Fact | None, new: _Fact | None) -> None:
        """Follow a change of a fact, ``None`` where it was or is not there. O(log n)."""
        before = None if old is None else self._place(old)
        after = None if new is None else self._place(new)
        if before == after:
            return
        if before is not None:
            group, entry = before
            entries = self._lists[group]
            entries.remove(entry)
            if not entries:
                del self._lists[group]
        if after is not None:
            group, entry = after
            self._lists.setdefault(group, SortedList()).add(entry)

    def all(self, group: _Group) -> Sequence[_Entry]:
        """Return a group's entries, the least first. O(their number)."""
        return list(self._lists.get(group, ()))

    def first(self, group: _Group, above: _Entry | None, limit: int) -> Sequence[_Entry]:
        """Return a group's first entries above one, the least first. O(log n + limit)."""
        entries = self._lists.get(group)
        if entries is None:
            return []
        start = 0 if above is None else entries.bisect_right(above)
        return list(entries[start : start + limit])

    def until(self, group: _Group, end: _Entry, limit: int) -> Sequence[_Entry]:
        """Return a group's first entries that are below ``end``, the least first. O(log n + limit)."""
        entries = self._lists.get(group)
        return [] if entries is None else list(islice(entries.irange(None, end, (True, False)), limit))

    def newest(self, group: _Group, before: _Entry | None, limit: int) -> Sequence[_Entry]:
        """Return a group's last entries below one, the greatest first. O(log n + limit)."""
        entries = self._lists.get(group)
        if entries is None:
            return []
        end = len(entries) if before is None else entries.bisect_left(before)
        return list(entries[max(0, end - limit) : end])[::-1]

    def least(self, group: _Group) -> _Entry | None:
        """Return a group's least entry. O(1)."""
        entries = self._lists.get(group)
        return None if entries is None else entries[0]
