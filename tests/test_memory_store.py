"""The in-memory store's units of work: one that fails leaves nothing behind, whatever it changed in a living market.

The laws of every store are held against it in ``test_store_contracts.py``.
"""

import threading

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from brokerage.adapters.memory import MemoryStore
from brokerage.ports import Transaction
from changes import CHANGES, everything, populated, try_change

pytestmark = pytest.mark.once


class Broken(Exception):
    """What a unit of work raises that fails on purpose."""


@given(st.lists(st.sampled_from(sorted(CHANGES)), unique=True), st.lists(st.sampled_from(sorted(CHANGES)), unique=True))
@example(["outbox add"], ["outbox add another", "outbox add"])
@example(["offers lapse", "deals replace", "offers amend"], ["offers complete"])
@example(["offers agree sale"], ["offers cancel sale", "offers agree sale", "offers agree purchase"])
@settings(deadline=None, max_examples=150)
def test_a_failed_work_changes_no_later_one(failed: list[str], kept: list[str]) -> None:
    """After a work of many changes failed, a store shows the same and goes on as one that never saw that work."""
    place, other = populated(), populated()
    before = everything(place)

    def fail(tx: Transaction) -> None:
        for name in failed:
            try_change(tx, name)
        raise Broken

    def succeed(tx: Transaction) -> None:
        for name in kept:
            try_change(tx, name)

    with pytest.raises(Broken):
        place.store.run(fail)
    assert before == everything(place)
    place.store.run(succeed)
    other.store.run(succeed)
    assert everything(other) == everything(place)


def test_a_reader_sees_one_state_throughout() -> None:
    """While one thread reads, no other can come to write: what is read first and last is of one state."""
    store, taken = MemoryStore(), []

    def work(_: Transaction) -> None:
        probe = threading.Thread(target=lambda: taken.append(store._session.lock.acquire(blocking=False)))
        probe.start()
        probe.join(20)

    store.read(work)
    assert taken == [False]
