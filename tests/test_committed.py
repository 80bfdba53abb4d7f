"""What was committed is told as committed, and how a command failed is told as it was, whatever the store does then."""

from collections.abc import Callable
from typing import Any

import pytest

from brokerage.adapters.memory import MemoryStore
from brokerage.errors import StoreUnavailable, UnknownCategory
from brokerage.ports import Transaction
from builders import World, world


class Failing:
    """A store that is lost after the next unit of work, until it is found again."""

    def __init__(self) -> None:
        self._store = MemoryStore()
        self.is_failing = self._is_lost = False

    def run(self, work: Callable[[Transaction], Any]) -> Any:
        """Run a unit of work."""
        self._check()
        try:
            return self._store.run(work)
        finally:
            self._is_lost = self.is_failing

    def read(self, work: Callable[[Transaction], Any]) -> Any:
        """Read."""
        self._check()
        return self._store.read(work)

    def found(self) -> None:
        """Be there again."""
        self.is_failing = self._is_lost = False

    def _check(self) -> None:
        if self._is_lost:
            raise StoreUnavailable("store", "it does not answer")


@pytest.fixture
def store() -> Failing:
    """Return a store that will be lost."""
    return Failing()


@pytest.fixture
def place(store: Failing) -> World:
    """Return a broker on that store."""
    return world(store=store)


def test_a_store_that_is_lost_after_the_commit(store: Failing, place: World) -> None:
    """Who has offered something is told its number, and what it brings about is sent by the next call."""
    ann, bob = place.join("Ann"), place.join("Bob")
    for desk in (ann, bob):
        desk.account.choose_mail(candidates=True)
    ann.sell("goods", "T", min_price="80.00", currency="USD")
    heard: list[object] = []
    place.broker.subscribe(heard.append)
    before = len(place.mailbox.sent)
    store.is_failing = True
    want = bob.buy("goods", max_price="100.00", currency="USD")
    assert (len(place.mailbox.sent), heard) == (before, [])
    store.found()
    assert place.purchase(want).number == want
    place.broker.run_due()
    assert len(place.mailbox.sent) == before + 2
    assert heard != []


def test_a_store_that_is_lost_after_a_refusal(store: Failing, place: World) -> None:
    """Who was refused is told why, and not that the store was lost then."""
    ann = place.join("Ann")
    store.is_failing = True
    with pytest.raises(UnknownCategory):
        ann.sell("nothing", "T", min_price="80.00", currency="USD")
