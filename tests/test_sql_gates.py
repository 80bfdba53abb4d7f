"""Few are let in at a time, in the order of their coming; what contradicts itself is read again."""

import threading

import pytest

from brokerage.adapters.sql import SqlStore
from brokerage.adapters.sql.gates import Gate
from brokerage.errors import StoreError, TooManyConflicts
from brokerage.ports import Transaction
from brokerage.records.members import Activity
from brokerage.records.numbers import BoxNumber

LONG = 20.0


def test_whoever_came_first_is_let_in_first() -> None:
    """Those who wait are let in one by one, in the order of their coming."""
    gate, order = Gate(1), list[int]()
    assert gate.enter(LONG)

    def come(number: int) -> None:
        assert gate.enter(LONG)
        order.append(number)
        gate.leave()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    for count, thread in enumerate(threads, start=1):
        thread.start()
        while len(gate._waiting) < count:
            thread.join(0.001)
    gate.leave()
    for thread in threads:
        thread.join(LONG)
    assert list(range(8)) == order


def test_as_many_as_there_are_places() -> None:
    """So many are in at a time, and whoever has lost patience keeps nobody out."""
    gate = Gate(2)
    assert [gate.enter(0.001) for _ in range(3)] == [True, True, False]
    gate.leave()
    assert [gate.enter(0.001) for _ in range(2)] == [True, False]
    gate.leave()
    gate.leave()
    assert [gate.enter(0.001) for _ in range(3)] == [True, True, False]


def test_nobody_waits_longer_than_patience_for_a_connection(postgresql_url: str) -> None:
    """Threads share connections in turns, and whoever gets none in time is told so."""
    with SqlStore(postgresql_url, connections=1, patience=0.01) as store:
        refused: list[Exception] = []

        def elsewhere() -> None:
            try:
                store.read(lambda tx: tx.journal.last())
            except StoreError as error:
                refused.append(error)

        def work(_tx: Transaction) -> None:
            thread = threading.Thread(target=elsewhere)
            thread.start()
            thread.join(LONG)

        store.run(work)
        assert "all connections are in use" in str(refused[0])
        assert store.read(lambda tx: tx.journal.last()) == 0


def test_readings_that_contradict_each_other_are_read_again(postgresql_url: str) -> None:
    """Counts below nothing come of a race, and the work is called again; one that insists is refused in the end."""
    box = BoxNumber(1)
    with SqlStore(postgresql_url, attempts=3) as store:
        store.run(lambda tx: tx.activities.add(Activity(box)))
        calls: list[int] = []

        def count_down(tx: Transaction, until: int) -> None:
            calls.append(1)
            activity = tx.activities.get(box)
            assert activity is not None
            tx.activities.replace(activity, activity.changed(open_offers=-1 if len(calls) < until else 1))

        def count_down_twice(tx: Transaction) -> None:
            for _ in range(2):
                count_down(tx, until=9)

        store.run(lambda tx: count_down(tx, until=3))
        assert len(calls) == 3
        assert store.read(lambda tx: tx.activities.get(box)) == Activity(box).changed(open_offers=1)
        calls.clear()
        with pytest.raises(StoreError, match="report it") as caught:
            store.run(count_down_twice)
        assert not isinstance(caught.value, TooManyConflicts)
        assert store.read(lambda tx: tx.activities.get(box)) == Activity(box).changed(open_offers=1)
