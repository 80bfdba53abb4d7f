"""The in-memory store's units of work: one that fails leaves nothing behind, and nobody sees what is not committed."""

import threading
from collections.abc import Callable

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from brokerage.adapters.memory import MemoryStore
from brokerage.errors import DuplicateFact
from brokerage.ports import Series, Transaction
from brokerage.records.members import Activity, Credentials, Person
from brokerage.records.numbers import BoxNumber, DealNumber, EntryNumber, PersonNumber
from changes import CHANGES, everything, found, next_version, offer, populated, try_change


class Broken(Exception):
    """What a unit of work raises that fails on purpose."""


@pytest.mark.parametrize("name", CHANGES)
def test_a_failed_change_leaves_nothing_behind(name: str) -> None:
    """Whatever a unit of work wrote before it raised, everything that can be seen is as it was."""
    place = populated()
    before = everything(place)

    def work(tx: Transaction) -> None:
        CHANGES[name](tx)
        raise Broken

    with pytest.raises(Broken):
        place.store.run(work)
    assert before == everything(place)


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


DUPLICATES: dict[str, Callable[[Transaction], object]] = {
    "member": lambda tx: tx.members.add(found(tx.members.get(BoxNumber(1)))),
    "person": lambda tx: tx.persons.add(Person(PersonNumber(1))),
    "category": lambda tx: tx.categories.add(tx.categories.all()[0]),
    "offer": lambda tx: tx.offers.add(offer(tx, 1)),
    "check": lambda tx: tx.checks.add(tx.checks.first(1)[0]),
    "deal": lambda tx: tx.deals.add(found(tx.deals.get(DealNumber(1)))),
    "reference": lambda tx: tx.deals.add(evolve(found(tx.deals.get(DealNumber(1))), number=DealNumber(5))),
    "authorisation": lambda tx: tx.authorisations.add(found(tx.authorisations.get("kept"))),
    "entry": lambda tx: tx.ledger.add(tx.ledger.entries(EntryNumber(0), 1)[0]),
    "effect": lambda tx: tx.outbox.add(found(tx.outbox.get("kept"))),
    "credentials": lambda tx: tx.credentials.add(Credentials(BoxNumber(1), "other")),
    "activity": lambda tx: tx.activities.add(Activity(BoxNumber(1))),
}


@pytest.mark.parametrize("name", DUPLICATES)
def test_a_key_is_taken_once(name: str) -> None:
    """A second fact under one key is refused when it is there at a second try too, and nothing is left of the work."""
    place, calls = populated(), []
    before = everything(place)

    def work(tx: Transaction) -> None:
        calls.append(tx.numbers.next(Series.OFFER))
        DUPLICATES[name](tx)

    with pytest.raises(DuplicateFact):
        place.store.run(work)
    assert len(calls) == 2
    assert before == everything(place)


@pytest.mark.parametrize("fails", [True, False])
def test_readers_see_only_what_is_committed(fails: bool) -> None:
    """A reader in another thread sees a unit of work's facts after its commit, and never those of one that fails."""
    place = populated()
    has_written, is_reading, seen = threading.Event(), threading.Event(), []

    def write() -> None:
        def work(tx: Transaction) -> None:
            old = found(tx.members.get(BoxNumber(1)))
            tx.members.replace(old, next_version(old, name="halfway"))
            has_written.set()
            assert is_reading.wait(20)
            halfway = found(tx.members.get(BoxNumber(1)))
            assert halfway.name == "halfway"
            tx.members.replace(halfway, next_version(halfway, name="done"))
            if fails:
                raise Broken

        if fails:
            with pytest.raises(Broken):
                place.store.run(work)
        else:
            place.store.run(work)

    def read() -> None:
        assert has_written.wait(20)
        is_reading.set()
        seen.append(place.read(lambda tx: found(tx.members.get(BoxNumber(1))).name))

    threads = [threading.Thread(target=write), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert ["Ann" if fails else "done"] == seen


def test_a_reader_sees_one_state_throughout() -> None:
    """While one thread reads, no other can come to write: what is read first and last is of one state."""
    store, taken = MemoryStore(), []

    def work(_: Transaction) -> None:
        probe = threading.Thread(target=lambda: taken.append(store._session.lock.acquire(blocking=False)))
        probe.start()
        probe.join(20)

    store.read(work)
    assert taken == [False]
