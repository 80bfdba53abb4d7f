"""Categories, left-over checks, deals and cards in memory."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from sortedcontainers import SortedList

from brokerage.adapters.memory.books import DueQueue, instant_of, time_of
from brokerage.adapters.memory.facts import MemoryFacts
from brokerage.adapters.memory.session import Session
from brokerage.errors import DuplicateFact
from brokerage.records.categories import Category
from brokerage.records.checks import Check, Loss
from brokerage.records.deals import Deal
from brokerage.records.effects import Authorisation, AuthorisationState
from brokerage.records.numbers import BoxNumber, DealNumber

__all__ = ["MemoryAuthorisations", "MemoryCategories", "MemoryChecks", "MemoryDeals", "MemoryLosses"]


class MemoryCategories:
    """Categories by key."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[str, Category] = MemoryFacts(session, attrgetter("key"))
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove, self.check = self._facts.remove, self._facts.check

    def all(self) -> Sequence[Category]:
        """Return every category, by key."""
        with self._session.lock:
            return [self._facts.facts[key] for key in sorted(self._facts.facts)]


class MemoryChecks:
    """Left-over checks, by key."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[tuple[int, bool], Check] = MemoryFacts(session, attrgetter("key"), self._index)
        self._keys: SortedList[tuple[int, bool]] = SortedList()
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def first(self, limit: int) -> Sequence[Check]:
        """Return the first checks, by key. O(limit)."""
        with self._session.lock:
            return [self._facts.facts[key] for key in self._keys[:limit]]

    def _index(self, old: Check | None, new: Check | None) -> None:
        if old:
            self._keys.remove(old.key)
        if new:
            self._keys.add(new.key)


class MemoryLosses:
    """Sales whose losers are still to be told, by deal."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[DealNumber, Loss] = MemoryFacts(session, attrgetter("deal"), self._index)
        self._deals: SortedList[DealNumber] = SortedList()
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def first(self, limit: int) -> Sequence[Loss]:
        """Return the first losses, by deal. O(limit)."""
        with self._session.lock:
            return [self._facts.facts[deal] for deal in self._deals[:limit]]

    def _index(self, old: Loss | None, new: Loss | None) -> None:
        if old:
            self._deals.remove(old.deal)
        if new:
            self._deals.add(new.deal)


class MemoryDeals:
    """Deals by number, by reference, by member, and by deadline."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[DealNumber, Deal] = MemoryFacts(session, attrgetter("number"), self._index)
        self.get, self.replace = self._facts.get, self._facts.replace
        self._references: dict[str, DealNumber] = {}
        self._boxes: dict[BoxNumber, list[DealNumber]] = {}
        self._deadlines = DueQueue(self._deadline_of)

    def add(self, fact: Deal) -> None:
        """Keep a new deal; raises ``DuplicateFact`` if its number or its reference is taken."""
        self._session.write()
        if fact.reference in self._references:
            raise DuplicateFact(fact.reference)
        self._facts.add(fact)

    def by_reference(self, reference: str) -> Deal | None:
        """Return the deal that is paid under a reference. O(1)."""
        with self._session.lock:
            number = self._references.get(reference)
            return None if number is None else self._facts.facts[number]

    def of_member(self, box: BoxNumber, before: DealNumber | None, limit: int) -> Sequence[Deal]:
        """Return a member's deals with numbers below ``before``, newest first. O(log n + limit)."""
        with self._session.lock:
            numbers = self._boxes.get(box, [])
            end = len(numbers) if before is None else bisect_left(numbers, before)
            return [self._facts.facts[number] for number in numbers[max(0, end - limit) : end][::-1]]

    def due(self, now: datetime, limit: int) -> Sequence[Deal]:
        """Return the first deals whose deadline is not after ``now``. O(k log n)."""
        with self._session.lock:
            return [self._facts.facts[DealNumber(number)] for number in self._deadlines.due(instant_of(now), limit)]

    def next_deadline(self) -> datetime | None:
        """Return the earliest deadline. O(log n) amortised."""
        with self._session.lock:
            deadline = self._deadlines.next()
        return None if deadline is None else time_of(deadline)

    def _deadline_of(self, number: int) -> int | None:
        deal = self._facts.facts.get(DealNumber(number))
        return instant_of(deal.deadline) if deal and deal.deadline else None

    def _index(self, old: Deal | None, new: Deal | None) -> None:
        if old is None and new is not None:
            self._references[new.reference] = new.number
            for box in {new.seller, new.buyer}:
                insort(self._boxes.setdefault(box, []), new.number)
        if new is None and old is not None:
            del self._references[old.reference]
            for box in {old.seller, old.buyer}:
                del self._boxes[box][bisect_left(self._boxes[box], old.number)]
        if new is not None and new.deadline and (old is None or old.deadline != new.deadline):
            self._deadlines.push(instant_of(new.deadline), new.number)


class MemoryAuthorisations:
    """Cards' authorisations by key, and those only intended by time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[str, Authorisation] = MemoryFacts(session, attrgetter("key"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._intended: SortedList[tuple[datetime, str]] = SortedList()

    def intended(self, before: datetime, limit: int) -> Sequence[Authorisation]:
        """Return the first that are still only intended and were so before an instant, by time."""
        with self._session.lock:
            early = self._intended[: min(limit, self._intended.bisect_left((before, "")))]
            return [self._facts.facts[key] for _, key in early]

    def next_intended(self) -> datetime | None:
        """Return the time of the earliest that is still only intended."""
        with self._session.lock:
            return self._intended[0][0] if self._intended else None

    def _index(self, old: Authorisation | None, new: Authorisation | None) -> None:
        if old and old.state is AuthorisationState.INTENDED:
            self._intended.remove((old.at, old.key))
        if new and new.state is AuthorisationState.INTENDED:
            self._intended.add((new.at, new.key))
