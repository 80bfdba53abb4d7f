"""Two who act on an item at the same time: whoever comes second finds what the first has done (spec N1, N2, S1)."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from brokerage.errors import ItemNotOpen, UnknownCategory
from brokerage.records.items import ItemState
from brokerage.records.tenders import TenderState
from builders import DAY, world
from reserved import Announced, announced


class _Meanwhile:
    """Lets something happen in another thread, once."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens: Callable[[], object] | None = happens

    def happen(self) -> None:
        """Let it happen, unless it has."""
        happens, self._happens = self._happens, None
        if happens is not None:
            other = threading.Thread(target=happens)
            other.start()
            other.join(timeout=10)
            assert not other.is_alive()


class _SlowPrice(int):
    """A price during whose check something happens: after the item was looked at, before anything is written."""

    meanwhile: _Meanwhile

    def __int__(self) -> int:
        self.meanwhile.happen()
        return super().__int__()


class _SlowPhotographs:
    """Photographs during whose check something happens: after the category was looked at."""

    def __init__(self, meanwhile: _Meanwhile) -> None:
        self._meanwhile = meanwhile

    def __iter__(self) -> Iterator[str]:
        self._meanwhile.happen()
        return iter(())


def _slowly(happens: Callable[[], object]) -> Any:
    price = _SlowPrice(1000)
    price.meanwhile = _Meanwhile(happens)
    return price


def _withdrawn_and_swept(scene: Announced) -> None:
    scene.sue.seller.withdraw_item(scene.item)
    scene.place.broker.run_due()


def test_nobody_reserves_what_is_withdrawn_meanwhile() -> None:
    """A withdrawal, with its sweep, that comes between the look and the reservation is found in the end."""
    scene = announced()
    price = _slowly(lambda: _withdrawn_and_swept(scene))
    with pytest.raises(ItemNotOpen):
        scene.reserve(scene.bob, 1, price)
    assert (scene.demand.reservations, scene.open_offers(scene.bob), scene.fact.closing) == (0, 0, False)


def test_nobody_amends_what_is_withdrawn_meanwhile() -> None:
    """The same for an amendment: what it is about has ended."""
    scene = announced()
    number = scene.reserve(scene.bob, 2)
    price = _slowly(lambda: scene.sue.seller.withdraw_item(scene.item))
    with pytest.raises(ItemNotOpen):
        scene.bob.buyer.amend(number, quantity=3, max_price=price)
    assert scene.reservation(number).quantity == 2


def test_two_reservations_at_once_are_both_counted() -> None:
    """Whoever reserves while another does counts on from there."""
    scene = announced()
    price = _slowly(lambda: scene.reserve(scene.cy, 3, "8.00"))
    scene.reserve(scene.bob, 2, price)
    assert scene.pool() == [("10.00", 2, 2), ("8.00", 3, 5)]
    assert (scene.demand.reservations, scene.demand.units) == (2, 5)


def test_no_item_comes_into_a_category_that_is_deleted_meanwhile() -> None:
    """A category that goes between the look and the registration takes the item with it."""
    place = world()
    sue = place.join("Sue")
    release = place.clock.now() + DAY
    photographs: Any = _SlowPhotographs(_Meanwhile(lambda: place.broker.office.delete_category("goods")))
    with pytest.raises(UnknownCategory):
        sue.seller.offer_item("goods", "Pad", currency="USD", release_at=release, photographs=photographs)
    assert list(sue.seller.items()) == []


def test_no_item_comes_into_a_category_that_is_closed() -> None:
    """A category that is being deleted takes no item."""
    scene = announced()
    house = scene.place.broker._house
    house.commit(lambda tx: house.categories.close(tx, "services", scene.now))
    with pytest.raises(UnknownCategory):
        scene.sue.seller.offer_item("services", "Pad", currency="USD", release_at=scene.now + DAY)


def test_a_seller_can_leave_at_the_instant_at_which_bids_end() -> None:
    """A call whose time is over is not taken back with the item of a seller who leaves; it is judged by itself."""
    scene = announced()
    number = scene.office.tenders.call_supply(scene.item, bids_until=scene.now + DAY).tender.number
    scene.office.members.add_reason("moved", "Moved away")
    scene.place.clock.set(scene.now + DAY)
    scene.sue.account.withdraw("moved")
    assert scene.fact.state is ItemState.WITHDRAWN
    scene.place.broker.run_due()
    tender = scene.place.read(lambda tx: tx.tenders.get(number))
    assert tender is not None
    assert tender.state is TenderState.FAILED


def test_what_is_withdrawn_while_a_seller_is_asked_can_be_had_no_more() -> None:
    """Nothing of a withdrawn item stands in the pool, although a tender on it is still awarding."""
    scene = announced()
    reserved = scene.reserve(scene.bob, 2)
    number = scene.office.tenders.call_supply(scene.item, bids_until=scene.now + DAY).tender.number
    scene.cy.seller.bid(number, tiers={1: "9.00"}, delivery=scene.today + 20 * DAY)
    scene.place.wait(DAY)
    tender = scene.place.read(lambda tx: tx.tenders.get(number))
    assert tender is not None
    assert tender.state is TenderState.AWARDING
    scene.sue.seller.withdraw_item(scene.item)
    assert (scene.pool(), scene.bob.buyer.reservation(reserved).status) == ([], "Expired")
    assert scene.place.broker.run_due().ended == 1
