"""What collections keep whose facts come to a deadline: which are due, in which order, and which is the next."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from brokerage.ports import Store
from brokerage.testing.contracts.facts import ListedFactsContract, Mishap

__all__ = ["DueFactsContract"]

_AGES, _BIT = timedelta(days=10**6), timedelta(microseconds=1)


class DueFactsContract(ListedFactsContract):
    """What collections keep whose facts have a ``number`` and a ``deadline``, or none.

    The deadline of :meth:`fact` is the later, the higher its number.
    """

    def due(self, store: Store, now: datetime, limit: int = 100) -> list[int]:
        """Return the numbers of the facts that are due at an instant."""
        return [fact.number for fact in store.read(lambda tx: self.of(tx).due(now, limit))]

    def due_in_ages(self, store: Store, limit: int = 100) -> list[int]:
        """Return the numbers of the facts that are ever due."""
        return self.due(store, self.fact(1).deadline + _AGES, limit)

    def next_due(self, store: Store) -> datetime | None:
        """Return the earliest deadline."""
        found: datetime | None = store.read(lambda tx: self.of(tx).next_due())
        return found

    def changed(self, fact: Any, **changes: Any) -> Any:
        """Return the next version of a fact, with changes."""
        return evolve(self.next(fact), **changes)

    def test_what_is_due_comes_by_deadline_and_number(self, store: Store) -> None:
        """The earliest deadline comes first, of one deadline the lowest number, whatever came first into the store."""
        same = [evolve(self.fact(number), deadline=self.fact(2).deadline) for number in (5, 4)]
        self.keep(store, self.fact(3), *same, self.fact(1))
        assert self.due_in_ages(store) == [1, 4, 5, 3]

    def test_it_is_due_at_its_deadline(self, store: Store) -> None:
        """What ends in the very instant is due, what ends a moment later is not."""
        self.keep(store, self.fact(1))
        deadline = self.fact(1).deadline
        assert [self.due(store, deadline - _BIT), self.due(store, deadline)] == [[], [1]]

    def test_no_more_due_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.due_in_ages(store, 2)) == 2

    def test_a_new_deadline_counts(self, store: Store) -> None:
        """The deadline that counts is that of the newest version."""
        old = self.fact(1)
        self.keep(store, old)
        self.put(store, old, self.changed(old, deadline=self.fact(2).deadline))
        assert [self.due(store, self.fact(number).deadline + _BIT) for number in (1, 2)] == [[], [1]]

    def test_without_a_deadline_it_is_never_due(self, store: Store) -> None:
        """What has no deadline any more, or never had one, waits for somebody."""
        old = self.fact(1)
        self.keep(store, old, evolve(self.fact(2), deadline=None))
        self.put(store, old, self.changed(old, deadline=None))
        assert self.due_in_ages(store) == []

    def test_what_a_failed_work_added_is_never_due(self, store: Store) -> None:
        """The deadlines are as they were before a unit of work that failed."""

        def work(tx: Any) -> None:
            self.add(tx, self.fact(1))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert self.due_in_ages(store) == []

    def test_what_a_failed_work_prolonged_is_due_as_before(self, store: Store) -> None:
        """Where a unit of work fails, the deadline that it changed is the old one."""
        old = self.fact(1)
        self.keep(store, old)

        def work(tx: Any) -> None:
            self.of(tx).replace(old, self.changed(old, deadline=self.fact(2).deadline))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert self.due(store, old.deadline + _BIT) == [1]

    def test_the_next_due_is_the_earliest(self, store: Store) -> None:
        """Of all deadlines the earliest."""
        self.keep(store, self.fact(2), self.fact(1), evolve(self.fact(3), deadline=None))
        assert self.next_due(store) == self.fact(1).deadline

    def test_without_deadlines_nothing_is_next(self, store: Store) -> None:
        """Where nothing has a deadline any more, there is none."""
        old = self.fact(1)
        self.keep(store, old)
        self.put(store, old, self.changed(old, deadline=None))
        assert self.next_due(store) is None
