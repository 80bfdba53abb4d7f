"""Two units of work that interleave in the in-memory store: no update is lost, and trying again has an end."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from brokerage.adapters.memory import MemoryStore
from brokerage.errors import Conflict, TooManyConflicts, UnknownCategory
from brokerage.ports import Series, Transaction
from brokerage.records.numbers import BoxNumber, DealNumber
from builders import world
from changes import next_version, offer, populated

VERSIONED: dict[str, tuple[Callable[[Transaction], Any], Callable[[Transaction, Any, Any], None]]] = {
    "offers": (lambda tx: offer(tx, 4), lambda tx, old, new: tx.offers.replace(old, new)),
    "members": (lambda tx: tx.members.get(BoxNumber(1)), lambda tx, old, new: tx.members.replace(old, new)),
    "categories": (lambda tx: tx.categories.all()[0], lambda tx, old, new: tx.categories.replace(old, new)),
    "deals": (lambda tx: tx.deals.get(DealNumber(1)), lambda tx, old, new: tx.deals.replace(old, new)),
}


def elsewhere(action: Callable[[], object]) -> None:
    """Do something in a thread of its own, to its end."""
    thread = threading.Thread(target=action)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize("kind", VERSIONED)
def test_no_update_is_lost_between_two_works(kind: str) -> None:
    """A work that is paused between reading and replacing, while another replaces the same fact, is run again."""
    place, (get, put) = populated(), VERSIONED[kind]
    seen: list[str] = []

    def work(tx: Transaction) -> None:
        old = get(tx)
        seen.append(old.name)
        if len(seen) == 1:
            elsewhere(lambda: place.store.run(lambda tx: put(tx, get(tx), next_version(get(tx), name="other"))))
        put(tx, old, next_version(old, name=old.name + " and this"))

    place.store.run(work)
    assert [seen[1], place.read(get).name] == ["other", "other and this"]
    assert len(seen) == 2


@pytest.mark.parametrize("kind", VERSIONED)
def test_no_update_is_lost_between_two_threads(kind: str) -> None:
    """The same with the other work in a thread of its own."""
    place, (get, put) = populated(), VERSIONED[kind]
    has_read, has_replaced, tries = threading.Event(), threading.Event(), []

    def slow(tx: Transaction) -> None:
        old = get(tx)
        tries.append(old.version)
        has_read.set()
        assert has_replaced.wait(20)
        put(tx, old, next_version(old, name=old.name + " and slow"))

    thread = threading.Thread(target=lambda: place.store.run(slow))
    thread.start()
    assert has_read.wait(20)
    place.store.run(lambda tx: put(tx, get(tx), next_version(get(tx), name="quick")))
    has_replaced.set()
    thread.join(20)
    assert place.read(get).name == "quick and slow"
    assert len(tries) == 2


@pytest.mark.parametrize("kind", VERSIONED)
@pytest.mark.parametrize("attempts", [1, 3])
def test_conflicts_are_met_a_bounded_number_of_times(kind: str, attempts: int) -> None:
    """A work that meets a conflict every time is given up after the attempts allowed, and leaves nothing behind."""
    place, (get, put), calls = populated(), VERSIONED[kind], []
    place.store._attempts = attempts  # type: ignore[attr-defined]

    def work(tx: Transaction) -> None:
        old = get(tx)
        calls.append(tx.numbers.last(Series.OFFER))
        name = f"other {len(calls)}"
        elsewhere(lambda: place.store.run(lambda other: put(other, get(other), next_version(get(other), name=name))))
        tx.numbers.next(Series.OFFER)
        put(tx, old, next_version(old, name="outer"))

    with pytest.raises(TooManyConflicts) as caught:
        place.store.run(work)
    assert attempts == caught.value.value
    assert attempts == len(calls)
    assert len(set(calls)) == 1
    assert f"other {attempts}" == place.read(get).name


@pytest.mark.parametrize("kind", VERSIONED)
def test_an_old_version_is_a_conflict(kind: str) -> None:
    """Replacing what has been replaced, or was never there, is a conflict, and the store's fact stays."""
    place, (get, put) = populated(), VERSIONED[kind]
    old = place.read(get)
    place.store.run(lambda tx: put(tx, old, next_version(old, name="new")))
    store_of_one_try = MemoryStore(attempts=1)
    with pytest.raises(TooManyConflicts):
        store_of_one_try.run(lambda tx: put(tx, old, next_version(old)))

    def work(tx: Transaction) -> str:
        with pytest.raises(Conflict):
            put(tx, old, next_version(old, name="lost"))
        return str(get(tx).name)

    assert place.store.run(work) == "new"


class Meddling:
    """Texts that take so long to list that somebody does something else meanwhile, the first time."""

    def __init__(self, meanwhile: Callable[[], object], *texts: str) -> None:
        self._meanwhile = [meanwhile]
        self._texts = texts

    def __iter__(self) -> Any:
        while self._meanwhile:
            elsewhere(self._meanwhile.pop())
        return iter(self._texts)


def test_a_category_that_closes_meanwhile() -> None:
    """An offer whose category is deleted between its reading and its accepting is refused: none slips in behind."""
    place = world()
    ann = place.join("Ann")
    photographs: Any = Meddling(lambda: place.broker.office.delete_category("goods"), "photo-1")
    with pytest.raises(UnknownCategory):
        ann.sell("goods", "Thing", min_price=1, currency="USD", photographs=photographs)
    assert place.read(lambda tx: tx.numbers.last(Series.OFFER)) == 0


def test_requirements_survive_a_second_try() -> None:
    """What a purchase requires is the same when its work is run again, also where values were given as an iterator."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Red thing", min_price=1, currency="USD", attributes={"colour": "red"})
    words: Any = Meddling(lambda: place.broker.office.correct_category("goods", name="New"), "thing")
    want = bob.buy("goods", max_price=5, currency="USD", attributes={"colour": iter(["red"])}, words=words)
    assert [sale] == [candidate.sale for candidate in bob.candidates(want)]


def test_a_check_is_a_conflict_when_the_fact_has_changed() -> None:
    """A work that only depends on a category is run again when the category is replaced before its check."""
    place, tries = populated(), []

    def work(tx: Transaction) -> None:
        category = tx.categories.all()[0]
        tries.append(category.is_open)
        if len(tries) == 1:
            elsewhere(lambda: place.broker.office.correct_category(category.code, name="Another name"))
        tx.categories.check(category)
        tx.numbers.next(Series.OFFER)

    place.store.run(work)
    assert len(tries) == 2
    assert place.read(lambda tx: tx.numbers.last(Series.OFFER)) == 8
