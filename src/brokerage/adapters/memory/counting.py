"""Running totals in memory."""

from collections.abc import Sequence
from itertools import islice
from operator import attrgetter

from sortedcontainers import SortedList

from brokerage.adapters.memory.facts import MemoryFacts
from brokerage.adapters.memory.session import Session
from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import Tally, TallyKey

__all__ = ["MemoryTallies"]


class MemoryTallies:
    """Tallies by key, and in order for each member and for each category."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[TallyKey, Tally] = MemoryFacts(session, attrgetter("key"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._boxes: dict[BoxNumber, SortedList[tuple[str, str]]] = {}
        self._categories: dict[str, SortedList[tuple[BoxNumber, str]]] = {}

    def of_member(self, box: BoxNumber) -> Sequence[Tally]:
        """Return the tallies of a box, by category and currency. O(their number)."""
        with self._session.lock:
            return [self._facts.facts[box, category, currency] for category, currency in self._boxes.get(box, ())]

    def of_category(self, category: str, after: tuple[BoxNumber, str] | None, limit: int) -> Sequence[Tally]:
        """Return the first tallies of a category behind a (box, currency), in that order. O(log n + limit)."""
        with self._session.lock:
            places = self._categories.get(category)
            if places is None:
                return []
            found = islice(places.irange(after, inclusive=(False, True)), limit)
            return [self._facts.facts[box, category, currency] for box, currency in found]

    def _index(self, old: Tally | None, new: Tally | None) -> None:
        if old is None and new is not None:
            self._boxes.setdefault(new.box, SortedList()).add((new.category, new.currency))
            self._categories.setdefault(new.category, SortedList()).add((new.box, new.currency))
        if new is None and old is not None:
            self._boxes[old.box].remove((old.category, old.currency))
            self._categories[old.category].remove((old.box, old.currency))
