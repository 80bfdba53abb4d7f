"""What went wrong with orders and tenders once, and must not again (spec M3, N4, N5, N6, S5, V1)."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from attrs import frozen

from broken_doubles import Altered
from brokerage.adapters.memory import MemoryStore
from brokerage.judging import Assessed, Ranked
from brokerage.policy.judging import JUDGES
from brokerage.records.contractors import Trade
from brokerage.records.events import EventKind
from brokerage.records.orders import OrderState
from brokerage.records.reservations import ReservationState
from brokerage.records.tenders import PlaceState, TenderState
from builders import DAY, immediate
from called_tenders import calls
from orders_under_way import BIDDING, fair

_MOST = 10**15


class _Open(MemoryStore):
    """A store in which something begins elsewhere right after what stands open was read."""

    meanwhile: Callable[[], object] | None = None

    def run(self, work: Callable[[Any], Any]) -> Any:
        """Run a unit of work; what began meanwhile has come to its end when this returns."""
        others: list[threading.Thread] = []

        def disturbed(tx: Any) -> Any:
            def read(*arguments: Any) -> Any:
                found, happens = tx.reservations.open_of(*arguments), self.meanwhile
                self.meanwhile = None
                if happens is not None:
                    others.append(threading.Thread(target=happens))
                    others[0].start()
                    others[0].join(0.2)  # it comes to its end by then, unless it has to wait for this work
                return found

            return work(Altered(tx, {"reservations": Altered(tx.reservations, {"open_of": read})}))

        try:
            return super().run(work if self.meanwhile is None else disturbed)
        finally:
            for other in others:
                other.join(20)
                assert not other.is_alive()


def test_who_has_reserved_twice_in_an_order_that_falls_can_leave() -> None:
    """The first of two reservations that goes lets the order fall, which frees the second; both end."""
    found = fair(bob=(2, "100.00"))
    first = found.reserved["bob"]
    second = found.reserve("bob", 2, "100.00")
    tender = found.call()
    found.bid("sam", tender, {1: "90.00"}, least=4)
    found.world.wait(BIDDING)
    order = found.accept("sam", tender)
    found.world.broker.office.members.add_reason("moved", "Moved away")
    found.desk("bob").account.withdraw("moved")
    assert found.order(order).state is OrderState.FALLEN
    kept = found.world.read(lambda tx: [tx.reservations.get(first), tx.reservations.get(second)])
    assert [one.state for one in kept if one is not None] == [ReservationState.CLOSED] * 2
    found.check()


def test_what_an_order_frees_while_the_sweep_looks_is_swept() -> None:
    """No reservation of a withdrawn item stays open that came back between the sweep's look and its end."""
    store = _Open()
    found = fair(store=store, bob=(2, "100.00"))
    tender = found.call()
    found.bid("sam", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    order = found.accept("sam", tender)
    found.confirm("bob")
    found.world.broker.office.items.withdraw(found.item)
    house, seller = found.world.broker._house, found.desk("sam").seller
    store.meanwhile = lambda: seller.decline_order(order.number)
    house.store.run(lambda tx: house.reservations.close(tx, house.clock.now()))
    found.world.broker.run_due()
    assert found.fact("bob").state is ReservationState.CLOSED
    assert found.activity("bob") == (0, 0)


def test_nobody_is_asked_to_confirm_more_than_can_be_paid() -> None:
    """A fee for each of many units cannot come to more than the largest payment: such a reservation stays reserved."""
    found = fair(bob=(10**6, "5000.00"), cy=(1, "5000.00"))
    carl = found.desk("carl")
    found.world.broker.office.contractors.register(carl.number, Trade.CARRIER)
    tender = found.call()
    found.bid("sam", tender, {1: "1000.00"})
    found.world.wait(BIDDING)
    found.accept("sam", tender)
    [call] = carl.carrier.calls()
    carl.carrier.bid(call.number, each=_MOST)
    found.world.wait(DAY)
    assert found.statuses("bob", "cy") == ["Reserved", "To Be Confirmed"]
    found.check()


def test_orders_are_prepared_whatever_the_longest_life_of_an_offer() -> None:
    """Carriers have the time of the policy to bid for an order, also where offers and calls live shorter."""
    day = timedelta(hours=48)
    found = fair(immediate(longest_life=day, default_life=day, service_bids=2 * day), bob=(2, "100.00"))
    carl = found.desk("carl")
    found.world.broker.office.contractors.register(carl.number, Trade.CARRIER)
    tender = found.call()
    found.bid("sam", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    found.accept("sam", tender)
    [call] = carl.carrier.calls()
    assert call.bids_until == found.world.clock.now() + 2 * day


def test_those_who_suit_no_more_are_passed_over_in_one_step() -> None:
    """However many bids stop to suit at once, the tender is written down once for all of them."""
    found = fair(bob=(5, "100.00"))
    tender = found.call()
    names = [f"seller {number}" for number in range(30)]
    for name in names:
        found.bid(name, tender, {1: "90.00"}, least=5)
    found.world.wait(BIDDING)
    found.desk("bob").buyer.cancel(found.reserved["bob"])
    before = found.world.read(lambda tx: tx.journal.last())
    found.world.broker.office.tenders.show(tender)
    events = [event for _, event in found.world.read(lambda tx: tx.journal.read(before, 100))]
    kinds = [EventKind.TENDER_CHANGED, EventKind.TENDER_CHANGED, EventKind.TENDER_ENDED]
    assert [event.kind for event in events if event.kind in kinds] == kinds
    assert found.tender(tender).state is TenderState.FAILED
    remarks = {place.remark for place in found.tender(tender).places}
    assert {place.state for place in found.tender(tender).places} == {PlaceState.PASSED_OVER}
    assert remarks == {"too little is reserved at its prices"}


@frozen
class _Odd:
    """A judge whose places name no bids."""

    def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
        number: Any = [bids[0].bid]
        return [Ranked(number, "it is")]


def test_a_judge_whose_places_name_no_bids_holds_nothing_up() -> None:
    """Something else than a bid's number in a ranking is a judge's failure like any other."""
    found = fair(immediate(judges={**JUDGES, "odd": _Odd()}), bob=(2, "100.00"))
    tender = found.call(judge="odd")
    found.bid("sam", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    assert found.tender(tender).state is TenderState.FAILED


def test_a_call_is_the_same_again_although_somebody_invited_has_gone() -> None:
    """A repeated request returns the first tender, whoever of the invited is registered no more."""
    place = calls()
    given = {"invited": [place.ann.number, place.bob.number], "request_id": "again"}
    first = place.carriage(**given)
    place.office.contractors.remove(place.ann.number, Trade.CARRIER)
    assert place.carriage(**given) == first
