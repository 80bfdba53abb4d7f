"""Pauses in memory."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from sortedcontainers import SortedList

from brokerage.adapters.memory.facts import MemoryFacts
from brokerage.adapters.memory.session import Session
from brokerage.records.numbers import PersonNumber
from brokerage.records.pauses import Pause

__all__ = ["MemoryPauses"]


class MemoryPauses:
    """Pauses by person and category, the categories of each person, and all by their ends."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[tuple[PersonNumber, str], Pause] = MemoryFacts(
            session, attrgetter("person", "category"), self._index
        )
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove
        self._categories: dict[PersonNumber, SortedList[str]] = {}
        self._ends: SortedList[tuple[datetime, PersonNumber, str]] = SortedList()

    def of_person(self, person: PersonNumber) -> Sequence[Pause]:
        """Return a person's pauses, by category. O(their number)."""
        with self._session.lock:
            return [self._facts.facts[person, category] for category in self._categories.get(person, ())]

    def due(self, now: datetime, limit: int) -> Sequence[Pause]:
        """Return the first pauses that end not after ``now``. O(k)."""
        found: list[Pause] = []
        with self._session.lock:
            for until, person, category in self._ends[:limit]:
                if until > now:
                    break
                found.append(self._facts.facts[person, category])
        return found

    def next_end(self) -> datetime | None:
        """Return the earliest end. O(1)."""
        with self._session.lock:
            return self._ends[0][0] if self._ends else None

    def _index(self, old: Pause | None, new: Pause | None) -> None:
        if old:
            self._ends.remove((old.until, old.person, old.category))
        if new:
            self._ends.add((new.until, new.person, new.category))
        if old and not new:
            categories = self._categories[old.person]
            categories.remove(old.category)
            if not categories:
                del self._categories[old.person]
        if new and not old:
            self._categories.setdefault(new.person, SortedList()).add(new.category)
