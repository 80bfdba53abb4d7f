"""The totals of what is reserved, in a table of their own: they follow every change, also one that is taken back."""

from collections.abc import Sequence
from typing import Any

import pytest
from attrs import evolve

from brokerage.adapters.sql import SqlStore
from brokerage.errors import StoreDamaged
from brokerage.ports import Store, Transaction
from brokerage.records.numbers import ItemNumber
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.testing.contracts.facts import Mishap
from brokerage.testing.contracts.grounds import items, persons
from brokerage.testing.contracts.reserving import ReservationsContract

ITEM = ItemNumber(11)


@pytest.fixture(autouse=True)
def _ground(sql: SqlStore) -> None:
    def work(tx: Transaction) -> None:
        items(tx, 11)
        persons(tx, 8)

    sql.run(work)


def reservation(number: int, limit: int, units: int = 1) -> Reservation:
    """Return an open reservation."""
    fact = ReservationsContract().fact(number)
    return evolve(fact, max_price=limit, quantity=units, order=None, deal=None, deliver_to=None)


def pool(store: Store) -> Sequence[tuple[int, int]]:
    """Return an item's (limit, units)."""
    return store.read(lambda tx: tx.reservations.pooled(ITEM))


def test_a_part_that_fails_is_taken_out_of_the_totals(sql: SqlStore) -> None:
    """What a part of a unit of work reserved counts in it, looked at or not, and is gone with it."""
    seen = []

    def part(tx: Transaction) -> None:
        tx.reservations.add(reservation(2, 100, 5))
        seen.append(tx.reservations.pooled(ITEM))
        tx.reservations.add(reservation(3, 90, 7))
        raise Mishap

    def work(tx: Transaction) -> None:
        tx.reservations.add(reservation(1, 100, 2))
        with pytest.raises(Mishap):
            sql.run(part)
        seen.append(tx.reservations.pooled(ITEM))
        tx.reservations.add(reservation(4, 90, 3))

    sql.run(work)
    assert (seen, pool(sql)) == ([[(100, 7)], [(100, 2)]], [(100, 2), (90, 3)])


def test_a_work_that_is_tried_again_counts_once(sql: SqlStore) -> None:
    """Nothing of what a unit of work kept back is left for the one after it."""

    def fails(tx: Transaction) -> None:
        tx.reservations.add(reservation(1, 100, 5))
        raise Mishap

    with pytest.raises(Mishap):
        sql.run(fails)
    sql.run(lambda tx: tx.reservations.add(reservation(2, 100, 2)))
    assert pool(sql) == [(100, 2)]


def test_what_moves_within_a_work_moves_once(sql: SqlStore) -> None:
    """A reservation that ends and one that comes at the same limit leave its total, and an empty one goes."""
    old, left = reservation(1, 100, 5), reservation(2, 80, 4)

    def before(tx: Transaction) -> None:
        tx.reservations.add(old)
        tx.reservations.add(left)

    sql.run(before)

    def work(tx: Transaction) -> None:
        for fact in (old, left):
            closed = evolve(fact, state=ReservationState.CLOSED, version=fact.version + 1)
            tx.reservations.replace(fact, closed)
        tx.reservations.add(reservation(3, 100, 5))

    sql.run(work)
    assert pool(sql) == [(100, 5)]


def test_a_total_that_is_missing(sql: SqlStore) -> None:
    """Where somebody deleted a total, the store is damaged, and says so; nothing is kept."""
    open_one = reservation(1, 100, 5)
    sql.run(lambda tx: tx.reservations.add(open_one))

    def work(tx: Any) -> None:
        tx.numbers._session._execute("DELETE FROM pools", ())
        tx.reservations.replace(open_one, evolve(open_one, state=ReservationState.CLOSED, version=open_one.version + 1))

    with pytest.raises(StoreDamaged, match="pools"):
        sql.run(work)
    assert pool(sql) == [(100, 5)]
