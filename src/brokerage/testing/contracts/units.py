"""What the units of work of a store keep, and the numbers that it gives out."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count

import pytest
from attrs import evolve

from brokerage.errors import Conflict, DuplicateFact, TooManyConflicts
from brokerage.ports import Series, Store, Transaction
from brokerage.records.members import Activity, Person
from brokerage.records.numbers import BoxNumber, PersonNumber
from brokerage.testing.contracts.aside import Aside
from brokerage.testing.contracts.facts import Mishap
from brokerage.testing.contracts.laws import Contract
from brokerage.testing.contracts.trading import CategoriesContract

__all__ = ["NumbersContract", "UnitsOfWorkContract"]

_BOX = BoxNumber(1)


class NumbersContract(Contract):
    """What the :class:`~brokerage.storage.facts.Numbers` keep. The fixture ``store`` gives a new, empty store."""

    def take(self, store: Store, *series: Series) -> list[int]:
        """Take a number of each series, each in a unit of work of its own."""
        return [store.run(partial(_next, series=each)) for each in series]

    def last(self, store: Store, *series: Series) -> set[int]:
        """Return the last numbers of some series."""
        return store.read(lambda tx: {tx.numbers.last(each) for each in series})

    def test_the_first_number_is_one(self, store: Store) -> None:
        """Every series begins with 1."""
        assert [1] * len(Series) == self.take(store, *Series)

    def test_numbers_rise(self, store: Store) -> None:
        """Each number is greater than all before it, within a unit of work and from one to the next."""

        def work(tx: Transaction) -> list[int]:
            return [tx.numbers.next(Series.OFFER) for _ in range(3)]

        numbers = store.run(work) + store.run(work)
        assert sorted(set(numbers)) == numbers

    def test_many_numbers_follow_each_other(self, store: Store) -> None:
        """Whoever takes many numbers at once is given the first of them, and nobody is given another."""

        def work(tx: Transaction) -> tuple[int, int, int]:
            first = tx.numbers.next(Series.OFFER, 5)
            return first, tx.numbers.last(Series.OFFER), tx.numbers.next(Series.OFFER)

        first, last, other = store.run(work)
        assert (last, other > last) == (first + 4, True)

    def test_each_series_is_its_own(self, store: Store) -> None:
        """Taking numbers of one series leaves the others."""
        self.take(store, *[Series.ARRIVAL] * 3)
        others = [series for series in Series if series is not Series.ARRIVAL]
        assert {0} == self.last(store, *others)

    def test_the_last_number_is_the_last_given(self, store: Store) -> None:
        """What was given last can be read, also within the unit of work that took it."""

        def work(tx: Transaction) -> tuple[int, int]:
            return tx.numbers.next(Series.DEAL), tx.numbers.last(Series.DEAL)

        given, last = store.run(work)
        assert given == last == store.read(lambda tx: tx.numbers.last(Series.DEAL))

    def test_before_the_first_the_last_is_nought(self, store: Store) -> None:
        """A series that gave nothing has 0 as its last number."""
        assert {0} == self.last(store, *Series)

    def test_deals_are_numbered_in_the_order_of_the_commits(self, store: Store) -> None:
        """Of two units of work at the same time, the one that commits first has the lower number of a deal."""
        moments, done = count(), list[tuple[int, int, int]]()

        def take(between: Callable[[], object]) -> None:
            def work(tx: Transaction) -> tuple[int, int]:
                number = tx.numbers.next(Series.DEAL)
                between()
                tx.persons.add(Person(PersonNumber(number)))
                return next(moments), number

            written, number = store.run(work)
            done.append((written, next(moments), number))

        aside = Aside(lambda: take(lambda: None))
        take(aside.let_run)
        aside.end()
        (_, kept, first), (written, _, second) = sorted(done)
        assert first < second or kept > written  # of commits that may have been at the same time nobody can tell


class UnitsOfWorkContract(Contract):
    """What a :class:`~brokerage.storage.units.Store` keeps as units of work go.

    The fixture ``store`` gives a new, empty one.

    Where a law is about two units of work at the same time, the second runs in a thread of its own while the first
    is in its middle; a store that makes the second wait keeps these laws as well as one that lets it go on.
    """

    def test_a_work_gives_its_result(self, store: Store) -> None:
        """What a unit of work returns is handed on as it is."""
        result = object()
        assert store.run(lambda tx: result) is result

    def test_a_reading_gives_its_result(self, store: Store) -> None:
        """What a reading returns is handed on as it is."""
        result = object()
        assert store.read(lambda tx: result) is result

    def test_an_error_passes_on(self, store: Store) -> None:
        """What a unit of work raises is raised, itself and once."""
        mishap, calls = Mishap(), []

        def work(tx: Transaction) -> None:
            calls.append(tx)
            raise mishap

        with pytest.raises(Mishap) as caught:
            store.run(work)
        assert caught.value is mishap
        assert len(calls) == 1

    def test_a_conflict_runs_the_work_again(self, store: Store) -> None:
        """A unit of work that meets a conflict is called again, and its second result counts."""
        calls: list[int] = []

        def work(tx: Transaction) -> int:
            calls.append(len(calls))
            if len(calls) == 1:
                raise Conflict("fact")
            return calls[-1]

        assert store.run(work) == 1

    def test_what_met_a_conflict_is_undone(self, store: Store) -> None:
        """Before a unit of work is called again, what it wrote is taken back."""
        seen: list[bool] = []

        def work(tx: Transaction) -> None:
            seen.append(tx.activities.get(_BOX) is None)
            if len(seen) == 1:
                tx.activities.add(Activity(_BOX))
                raise Conflict("fact")

        store.run(work)
        assert seen == [True, True]

    def test_conflicts_come_to_an_end(self, store: Store) -> None:
        """A unit of work that meets a conflict every time is given up, with an error that says so."""
        calls: list[int] = []

        def work(tx: Transaction) -> None:
            calls.append(len(calls))
            if len(calls) > 10_000:
                raise Mishap
            raise Conflict("fact")

        with pytest.raises(TooManyConflicts):
            store.run(work)
        assert len(calls) > 1

    def test_a_duplicate_is_tried_once_more(self, store: Store) -> None:
        """A taken key may come of a race: the unit of work is called a second time, and no third one."""
        calls: list[int] = []

        def work(tx: Transaction) -> int:
            calls.append(len(calls))
            if len(calls) == 1:
                raise DuplicateFact("key")
            return calls[-1]

        assert store.run(work) == 1

    def test_a_second_duplicate_passes_on(self, store: Store) -> None:
        """A key that is taken at the second try too is no race."""
        calls: list[int] = []

        def work(tx: Transaction) -> None:
            calls.append(len(calls))
            if len(calls) > 2:
                raise Mishap
            raise DuplicateFact("key")

        with pytest.raises(DuplicateFact):
            store.run(work)

    def test_an_inner_work_is_committed_with_the_outer_one(self, store: Store) -> None:
        """What a unit of work within another has written is seen by the outer one, and gone if that fails."""

        def outer(tx: Transaction) -> None:
            store.run(lambda inner: inner.activities.add(Activity(_BOX)))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(outer)
        assert store.read(lambda tx: tx.activities.get(_BOX)) is None

    def test_an_outer_work_sees_what_an_inner_one_wrote(self, store: Store) -> None:
        """A unit of work goes on with what one within it has written."""

        def outer(tx: Transaction) -> bool:
            store.run(lambda inner: inner.activities.add(Activity(_BOX)))
            return tx.activities.get(_BOX) is not None

        assert store.run(outer)

    def test_an_inner_work_that_fails_is_undone_alone(self, store: Store) -> None:
        """Where the outer one goes on after a failure within, it keeps its own changes and no others."""

        def inner(tx: Transaction) -> None:
            tx.activities.add(Activity(BoxNumber(2)))
            raise Mishap

        def outer(tx: Transaction) -> None:
            tx.activities.add(Activity(_BOX))
            with pytest.raises(Mishap):
                store.run(inner)

        store.run(outer)
        kept = store.read(lambda tx: [tx.activities.get(BoxNumber(box)) is not None for box in (1, 2)])
        assert kept == [True, False]

    def test_an_inner_conflict_runs_the_outer_work_again(self, store: Store) -> None:
        """Only the outermost unit of work can read afresh, so it is the one that is called again."""
        outer_calls: list[int] = []

        def inner(tx: Transaction) -> None:
            if len(outer_calls) == 1:
                raise Conflict("fact")

        def outer(tx: Transaction) -> None:
            outer_calls.append(len(outer_calls))
            store.run(inner)

        store.run(outer)
        assert outer_calls == [0, 1]

    def test_reading_within_a_work_sees_its_changes(self, store: Store) -> None:
        """A reading within a unit of work is part of it."""

        def work(tx: Transaction) -> bool:
            tx.activities.add(Activity(_BOX))
            return store.read(lambda inner: inner.activities.get(_BOX)) is not None

        assert store.run(work)

    def test_a_reading_writes_nothing(self, store: Store) -> None:
        """Whoever writes while reading only has written nothing."""

        def write(tx: Transaction) -> None:
            tx.activities.add(Activity(_BOX))

        with suppress(Exception):  # it may well say so
            store.read(write)
        assert store.read(lambda tx: tx.activities.get(_BOX)) is None

    def test_no_update_is_lost_between_two_works(self, store: Store) -> None:
        """Of two units of work that change one fact at the same time, both changes are there in the end."""
        _add(store, _BOX)

        def count(tx: Transaction, between: Callable[[], object]) -> None:
            old = tx.activities.get(_BOX)
            assert old is not None
            between()
            tx.activities.replace(old, old.changed(open_offers=1))

        aside = Aside(lambda: store.run(lambda tx: count(tx, lambda: None)))
        store.run(lambda tx: count(tx, aside.let_run))
        aside.end()
        assert _open_offers(store) == 2

    def test_nobody_reads_what_is_not_committed(self, store: Store) -> None:
        """A reader sees a unit of work's changes all or none, and those of one that fails never."""
        _add(store, _BOX)
        seen: list[int] = []
        aside = Aside(lambda: seen.append(_open_offers(store)))

        def work(tx: Transaction) -> None:
            old = tx.activities.get(_BOX)
            assert old is not None
            tx.activities.replace(old, old.changed(open_offers=1))
            aside.let_run()
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        aside.end()
        assert seen == [0]

    def test_a_reading_sees_one_state(self, store: Store) -> None:
        """What is read first and what is read last were true at one instant, whatever is committed meanwhile."""
        _add(store, _BOX)

        def count(tx: Transaction) -> None:
            old = tx.activities.get(_BOX)
            assert old is not None
            tx.activities.replace(old, old.changed(open_offers=1))

        aside = Aside(lambda: store.run(count))

        def read(tx: Transaction) -> list[int]:
            before = tx.activities.get(_BOX)
            aside.let_run()
            after = tx.activities.get(_BOX)
            return [activity.open_offers for activity in (before, after) if activity]

        seen = store.read(read)
        aside.end()
        assert seen == [0, 0]

    def test_a_checked_category_stays_until_the_commit(self, store: Store) -> None:
        """Whoever depends on an open category commits before it closes, or finds it closed."""
        category = evolve(CategoriesContract().fact(1), is_open=True)
        store.run(lambda tx: tx.categories.add(category))
        came_too_late: list[bool] = []

        def close(tx: Transaction) -> None:
            old = tx.categories.get(category.key)
            assert old is not None
            tx.categories.replace(old, evolve(old, is_open=False, version=old.version + 1))
            came_too_late[:] = [tx.activities.get(_BOX) is not None]

        aside = Aside(lambda: store.run(close))

        def depend(tx: Transaction) -> bool:
            found = tx.categories.get(category.key)
            assert found is not None
            tx.categories.check(found)
            aside.let_run()
            tx.activities.add(Activity(_BOX))
            return found.is_open

        found_open = store.run(depend)
        aside.end()
        assert found_open == came_too_late[0]


def _next(tx: Transaction, series: Series) -> int:
    return tx.numbers.next(series)


def _add(store: Store, box: BoxNumber) -> None:
    store.run(lambda tx: tx.activities.add(Activity(box)))


def _open_offers(store: Store) -> int:
    activity = store.read(lambda tx: tx.activities.get(_BOX))
    assert activity is not None
    return activity.open_offers
