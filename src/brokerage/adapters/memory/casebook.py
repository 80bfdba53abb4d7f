"""Cases and statements in memory."""

from collections.abc import Sequence
from operator import attrgetter

from sortedcontainers import SortedList

from brokerage.adapters.memory.facts import MemoryFacts
from brokerage.adapters.memory.session import Session
from brokerage.records.cases import Case, CaseKind
from brokerage.records.numbers import CaseNumber, DealNumber
from brokerage.records.statements import Statement

__all__ = ["MemoryCases", "MemoryStatements"]


class MemoryCases:
    """Cases by number, the open ones by kind, and those about each deal."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[CaseNumber, Case] = MemoryFacts(session, attrgetter("number"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._open: dict[CaseKind | None, SortedList[CaseNumber]] = {kind: SortedList() for kind in (None, *CaseKind)}
        self._deals: dict[DealNumber, SortedList[CaseNumber]] = {}

    def open_ones(self, kind: CaseKind | None, after: CaseNumber, limit: int) -> Sequence[Case]:
        """Return the first open cases with numbers above ``after``, of one kind or of any. O(log n + limit)."""
        with self._session.lock:
            numbers = self._open[kind]
            start = numbers.bisect_right(after)
            return [self._facts.facts[number] for number in numbers[start : start + limit]]

    def of_deal(self, deal: DealNumber) -> Sequence[Case]:
        """Return the cases about a deal, also closed ones, by number."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._deals.get(deal, ())]

    def _index(self, old: Case | None, new: Case | None) -> None:
        if old:
            self._toggle(old, add=False)
        if new:
            self._toggle(new, add=True)

    def _toggle(self, case: Case, add: bool) -> None:
        lists = [self._open[None], self._open[case.kind]] if case.closed_at is None else []
        if case.deal is not None:
            lists.append(self._deals.setdefault(case.deal, SortedList()))
        for numbers in lists:
            if add:
                numbers.add(case.number)
            else:
                numbers.remove(case.number)


class MemoryStatements:
    """Statements by deal and place."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[tuple[DealNumber, int], Statement] = MemoryFacts(
            session, attrgetter("key"), self._index
        )
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._places: dict[DealNumber, SortedList[int]] = {}

    def of_deal(self, deal: DealNumber) -> Sequence[Statement]:
        """Return the statements about a deal, by place."""
        with self._session.lock:
            return [self._facts.facts[deal, place] for place in self._places.get(deal, ())]

    def _index(self, old: Statement | None, new: Statement | None) -> None:
        if old is None and new:
            self._places.setdefault(new.deal, SortedList()).add(new.place)
        if new is None and old:
            self._places[old.deal].remove(old.place)
