"""What goes by the last number of a series is right although numbers have gaps, and others commit in the meantime."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from broken_doubles import Altered
from brokerage import MemberDesk
from brokerage.errors import UnknownMember
from brokerage.ports import Series, Store
from brokerage.records.numbers import BoxNumber, ItemNumber
from builders import DAY, World, world
from databases import DATABASES
from reserved import letters


@pytest.fixture
def postgresql() -> Iterator[Store]:
    """An empty store in which others can commit while a unit of work is in its middle."""
    pool = DATABASES.pool("PostgreSQL")
    store = pool.take()
    yield store
    pool.give_back(store)


class Interrupted:
    """A store in which something happens, once, when a unit of work has asked for the last number of a series."""

    def __init__(self, store: Store, series: Series) -> None:
        self._store, self._series = store, series
        self.read = store.read
        self.meanwhile: Callable[[], object] | None = None

    def run(self, work: Callable[[Any], Any]) -> Any:
        """Run a unit of work."""
        return self._store.run(lambda tx: work(Altered(tx, {"numbers": Altered(tx.numbers, {"last": self._last(tx)})})))

    def _last(self, tx: Any) -> Callable[[Series], int]:
        def last(series: Series) -> int:
            found: int = tx.numbers.last(series)
            if series is self._series and self.meanwhile is not None:
                aside, self.meanwhile = threading.Thread(target=self.meanwhile), None
                aside.start()
                aside.join(30)
                assert not aside.is_alive()
            return found

        return last


def test_a_number_that_nobody_got_is_no_member(kept: Store) -> None:
    """A box that was given out in a unit of work that failed is nobody's: not in the analysis, and in no list."""
    place = world(store=kept)
    ann = place.join("Ann")
    kept.run(lambda tx: tx.numbers.next(Series.BOX, 3))
    bob = place.join("Bob")
    office = place.broker.office
    assert (ann.number, bob.number) == (1, 5)
    assert [file.box for file in office.members.page()] == [1, 5]
    assert list(office.analysis.member(bob.number)) == list(office.analysis.totals(bob.number)) == []
    for ask in (office.analysis.member, office.analysis.totals, office.analysis.history):
        with pytest.raises(UnknownMember):
            ask(BoxNumber(3))


def _offer(place: World, seller: MemberDesk, name: str) -> ItemNumber:
    return seller.seller.offer_item("goods", name, currency="USD", release_at=place.clock.now() + 10 * DAY)


def test_a_digest_tells_once_of_what_comes_while_it_is_written(postgresql: Store) -> None:
    """An item that is registered while a digest is written is told of by the next one, and by no other."""
    store = Interrupted(postgresql, Series.ITEM_CHANGE)
    place = world(store=store)
    sue, bob = place.join("Sue"), place.join("Bob")
    bob.buyer.watch_items("goods")
    _offer(place, sue, "Lamp")
    store.meanwhile = lambda: _offer(place, sue, "Pad")
    for _ in range(3):
        place.wait(DAY)
    bodies = [body for _, body in letters(place, "New items")]
    assert [["Lamp" in body, "Pad" in body] for body in bodies] == [[True, False], [False, True]]


def test_demand_is_told_once_that_comes_while_a_digest_is_written(postgresql: Store) -> None:
    """Demand that changes while a digest is written is told by the next one, and by no other."""
    store = Interrupted(postgresql, Series.ITEM_CHANGE)
    place = world(store=store)
    sue, bob, cy = (place.join(name) for name in ("Sue", "Bob", "Cy"))
    lamp, pad = (_offer(place, sue, name) for name in ("Lamp", "Pad"))
    cy.seller.watch_demand("goods")
    bob.buyer.reserve(lamp, quantity=1, max_price=9)
    store.meanwhile = lambda: bob.buyer.reserve(pad, quantity=1, max_price=9)
    for _ in range(3):
        place.wait(DAY)
    bodies = [body for _, body in letters(place, "Demand")]
    assert [["Lamp" in body, "Pad" in body] for body in bodies] == [[True, False], [False, True]]
