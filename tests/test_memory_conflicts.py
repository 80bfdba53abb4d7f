"""Units of work that interleave in the in-memory store: trying again has an end, and changes nothing else.

That no update is lost is a law of every store: see :class:`brokerage.testing.UnitsOfWorkContract`.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from brokerage.adapters.memory import MemoryStore
from brokerage.errors import Conflict, TooManyConflicts, UnknownCategory
from brokerage.ports import Series, Transaction
from builders import world


def elsewhere(action: Callable[[], object]) -> None:
    """Do something in a thread of its own, to its end."""
    thread = threading.Thread(target=action)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize("attempts", [1, 3])
def test_conflicts_are_met_as_often_as_the_store_is_told(attempts: int) -> None:
    """A work that meets a conflict every time is called as often as allowed, and leaves nothing behind."""
    store, calls = MemoryStore(attempts=attempts), []

    def work(tx: Transaction) -> None:
        calls.append(tx.numbers.last(Series.OFFER))
        tx.numbers.next(Series.OFFER)
        raise Conflict("fact")

    with pytest.raises(TooManyConflicts) as caught:
        store.run(work)
    assert attempts == caught.value.value
    assert [0] * attempts == calls


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
