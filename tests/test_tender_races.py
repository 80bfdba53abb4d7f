"""Tenders when two things happen at once: exactly one of them does, and rules hold without a sweep (N7, V4)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from broken_doubles import Altered
from brokerage import MemberDesk
from brokerage.adapters.memory import MemoryStore
from brokerage.errors import InvalidChoice, TenderNotOpen, UnknownTender, WrongPrice
from brokerage.ports import Transaction
from brokerage.records.contractors import Trade
from brokerage.records.tenders import ItemSupply, PlaceState, StandingService
from brokerage.services.cases import Cases
from brokerage.services.tendering import BidRequest, StandingServices, Telling, Tenders
from builders import DAY, START
from called_tenders import DELIVERY, HOUR, calls
from test_memory_conflicts import elsewhere


class Racing(MemoryStore):
    """A store in which something happens elsewhere right when a unit of work calls one method of a collection."""

    def __init__(self, collection: str, method: str) -> None:
        super().__init__()
        self._place = collection, method
        self._meanwhile: Callable[[], object] | None = None
        self._calls = 0

    def disturb(self, meanwhile: Callable[[], object], calls: int = 1) -> None:
        """Let something happen at one of the next calls, the first unless said otherwise."""
        self._meanwhile, self._calls = meanwhile, calls

    def run(self, work: Callable[[Any], Any]) -> Any:
        """Run a unit of work that may be disturbed."""
        collection, method = self._place

        def disturbed(tx: Any) -> Any:
            kept = getattr(tx, collection)
            return work(Altered(tx, {collection: Altered(kept, {method: self._slow(getattr(kept, method))})}))

        return super().run(work if self._meanwhile is None else disturbed)

    def _slow(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def slow(*arguments: Any) -> Any:
            self._calls -= 1
            todo = self._meanwhile
            if todo is not None and not self._calls:
                self._meanwhile = None
                elsewhere(todo)
            return call(*arguments)

        return slow


@pytest.mark.parametrize("is_first", [True, False])
def test_a_bid_that_races_with_the_opening_is_refused(is_first: bool) -> None:
    """A bid that began before the deadline and would be written after the opening is no bid: nothing is added."""
    store = Racing("numbers", "next")
    place = calls(store)
    tender = place.carriage()
    place.fees(tender, "5.00")
    bidder: MemberDesk = place.bob if is_first else place.ann
    place.world.clock.set(START + DAY - HOUR)

    def open_bids() -> None:
        place.world.clock.set(START + DAY)
        place.world.broker.run_due()

    store.disturb(open_bids)
    with pytest.raises(TenderNotOpen):
        bidder.carrier.bid(tender, fixed="1.00")
    assert [(one.box, one.price) for one in place.tender(tender).places] == [(1, 500)]
    assert len(place.world.read(lambda tx: tx.bids.of_tender(tender))) == 1


def test_bids_that_race_with_each_other_both_stand() -> None:
    """Two bidders at the same moment both have their bids, and the tender has counted both."""
    store = Racing("numbers", "next")
    place = calls(store)
    tender = place.carriage()
    store.disturb(lambda: place.bob.carrier.bid(tender, fixed="2.00"))
    place.ann.carrier.bid(tender, fixed="1.00")
    assert place.tender(tender).bids == 2
    assert {bid.box for bid in place.world.read(lambda tx: tx.bids.of_tender(tender))} == {1, 2}


def test_who_leaves_meanwhile_bids_nothing() -> None:
    """A bid whose bidder leaves between its checking and its keeping is refused: none is left without a member."""
    store = Racing("numbers", "next")
    place = calls(store)
    place.office.members.add_reason("moved", "Moved")
    tender = place.carriage()
    store.disturb(lambda: place.ann.account.withdraw("moved"))
    with pytest.raises(UnknownTender):
        place.ann.carrier.bid(tender, fixed="1.00")
    assert list(place.world.read(lambda tx: tx.bids.of_tender(tender))) == []


def test_who_is_removed_meanwhile_bids_nothing() -> None:
    """A bid that is kept while its bidder is taken out of the register is refused, also where nothing else is his."""
    store = Racing("numbers", "next")
    place = calls(store)
    tender = place.carriage()
    store.disturb(lambda: place.office.contractors.remove(place.ann.number, Trade.CARRIER))
    with pytest.raises(UnknownTender):
        place.ann.carrier.bid(tender, fixed="1.00")
    assert list(place.world.read(lambda tx: tx.bids.of_tender(tender))) == []


def test_an_answer_that_races_with_silence() -> None:
    """An acceptance that began in time and would be written after its time is refused: the next is asked already."""
    store = Racing("bids", "get")
    place = calls(store)
    tender = place.carriage()
    place.fees(tender, "5.00", "3.00")
    place.world.wait(DAY)
    place.world.clock.set(START + 2 * DAY - HOUR)

    def be_late() -> None:
        place.world.clock.set(START + 2 * DAY)
        place.world.broker.run_due()

    store.disturb(be_late, calls=2)  # the first looks whether the bid still suits
    with pytest.raises(TenderNotOpen):
        place.bob.carrier.accept(tender)
    assert place.states(tender) == [(2, PlaceState.SILENT), (1, PlaceState.ASKED)]


def test_a_price_that_moves_while_it_is_accepted() -> None:
    """Where a buyer cancels in the very moment of an acceptance, the price that no longer holds is not accepted."""
    store = Racing("bids", "get")
    place = calls(store)
    item = place.item()
    place.ann.buyer.reserve(item, quantity=2, max_price="10.00")
    second = place.bob.buyer.reserve(item, quantity=3, max_price="10.00")
    tender = place.supply(item)
    place.eve.seller.bid(tender, tiers={1: "10.00", 5: "9.00"}, delivery=DELIVERY)
    place.world.wait(DAY)
    store.disturb(lambda: place.bob.buyer.cancel(second), calls=2)  # the first looks whether the bid still suits
    with pytest.raises(WrongPrice):
        place.eve.seller.accept(tender, price="9.00")
    assert place.states(tender) == [(place.eve.number, PlaceState.ASKED)]
    assert place.eve.seller.question(tender).price.text() == "10.00"


def test_the_rule_itself_takes_no_bid_at_the_deadline() -> None:
    """Also where nobody has done what is due, nothing is bid, withdrawn or taken back at the deadline."""
    place = calls()
    tender = place.carriage()
    place.fees(tender, "5.00")
    policy = place.world.broker.policy
    tenders = Tenders(policy, {StandingService: StandingServices(policy, Cases(policy))}, Telling(policy))
    request, box, trade = BidRequest(tiers={1: 0}, fixed="1.00"), place.ann.number, Trade.CARRIER
    steps: list[Callable[[Transaction, datetime], object]] = [
        lambda tx, now: tenders.bid(tx, box, trade, tender, request, now),
        lambda tx, now: tenders.withdraw(tx, box, trade, tender, now),
        lambda tx, now: tenders.take_back(tx, tender, now),
    ]
    for step in steps:
        with pytest.raises(TenderNotOpen):
            place.world.store.run(lambda tx, step=step: step(tx, START + DAY))  # type: ignore[misc]
    for step in steps:
        place.world.store.run(lambda tx, step=step: step(tx, START + DAY - DAY / 10**9))  # type: ignore[misc]


def test_sellers_bids_never_bind() -> None:
    """A call for an item has a time to answer: a seller has the broker's terms to accept."""
    place = calls()
    item, policy = place.item(), place.world.broker.policy
    tenders = Tenders(policy, {}, Telling(policy))
    with pytest.raises(InvalidChoice) as caught:
        place.world.store.run(lambda tx: tenders.call(tx, ItemSupply(item), START + DAY, START, answer=None))
    assert caught.value.field == "answer"
