"""Fees that nobody could pay do not count: neither bids for a service nor standing terms (spec N6, V1)."""

import pytest

from brokerage import Money
from brokerage.order_views import OrderView
from brokerage.policy import Carriage
from brokerage.records.contractors import Trade
from brokerage.records.numbers import TenderNumber
from brokerage.records.orders import OrderState
from brokerage.records.tenders import OrderService, PlaceState, TenderState
from builders import DAY, START, immediate
from orders_under_way import BIDDING, Fair, fair

_LARGEST = 10**15
_VAN = Carriage("Van", "account of Van", {"USD": "5.00"})
_TOO_COSTLY = "it costs more than can be paid"


def _registered() -> Fair:
    """Bob has reserved three; one carrier and one payment provider are registered, and there is a standing carrier."""
    found = fair(immediate(carriage=_VAN), bob=(3, "100.00"))
    for name, trade in (("cart", Trade.CARRIER), ("payer", Trade.PROVIDER)):
        found.world.broker.office.contractors.register(found.desk(name).number, trade)
    return found


def _ordered(found: Fair) -> tuple[OrderView, dict[Trade, TenderNumber]]:
    """Ann's order for Bob's three at 90.00 each, and the calls for what it needs."""
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    order, calls = found.accept("ann", tender), {}
    for call in found.world.read(lambda tx: tx.tenders.of_order(order.number)):
        assert isinstance(call.asked, OrderService)
        calls[call.trade] = call.number
    return order, calls


def test_a_bid_that_costs_more_than_can_be_paid_does_not_suit() -> None:
    """A bid of one minor unit too much is passed over, though it is the only one: the standing carrier steps in."""
    found = _registered()
    order, calls = _ordered(found)
    found.desk("cart").carrier.bid(calls[Trade.CARRIER], fixed=_LARGEST - 2, each=1)
    found.world.wait(DAY)
    tender = found.tender(calls[Trade.CARRIER])
    [place] = tender.places
    assert (place.state, place.remark, tender.state) == (PlaceState.PASSED_OVER, _TOO_COSTLY, TenderState.FAILED)
    assert found.order(order).state is OrderState.BUYERS
    assert found.shown("bob").carriage == Money(500, "USD")


def test_a_bid_that_costs_the_largest_amount_can_be_paid() -> None:
    """Carriage and settling of 10**15 minor units each are shown, confirmed and paid like any other.

    The provider's part is of the price with the carriage, so the whole is 270.00 + 10**15 + (10**15 + 10**15).
    """
    found = _registered()
    order, calls = _ordered(found)
    found.desk("cart").carrier.bid(calls[Trade.CARRIER], fixed=_LARGEST - 3, each=1)
    found.desk("payer").provider.bid(calls[Trade.PROVIDER], fixed=_LARGEST - 27000, rate="1")
    found.world.wait(DAY)
    assert found.shown("bob").total == Money(27000 + 3 * _LARGEST, "USD")
    found.confirm("bob")
    found.desk("ann").seller.confirm_order(order.number)
    found.pay("bob")
    assert found.shown("bob").status == "Paid"
    found.check()


@pytest.mark.parametrize(("each", "carriage"), [(_LARGEST // 3, _LARGEST - 1), (_LARGEST // 3 + 1, 500)])
def test_standing_terms_by_which_a_lot_costs_too_much_do_not_count(each: int, carriage: int) -> None:
    """Terms that are fit for one deal cost too much for three units: it is as if nobody stood there."""
    found = _registered()
    row = found.world.broker.office.tenders.call_service(
        Trade.CARRIER, "goods", currency="USD", bids_until=START + DAY, until=START + 60 * DAY, amount="1.00"
    )
    found.desk("cart").carrier.bid(row.tender.number, each=each)
    found.world.wait(DAY)
    order, _ = _ordered(found)
    found.world.wait(DAY)
    assert found.order(order).state is OrderState.BUYERS
    assert found.shown("bob").carriage == Money(carriage, "USD")


def test_standing_terms_by_which_a_usual_deal_costs_too_much_are_not_made() -> None:
    """A bid for standing terms is held against the usual deal that the call names."""
    found = _registered()
    row = found.world.broker.office.tenders.call_service(
        Trade.CARRIER, "goods", currency="USD", bids_until=START + DAY, until=START + 60 * DAY, amount="1.00"
    )
    found.desk("cart").carrier.bid(row.tender.number, fixed=_LARGEST, rate="0.01")
    found.world.wait(DAY)
    [place] = found.tender(row.tender.number).places
    assert (place.state, place.remark) == (PlaceState.PASSED_OVER, _TOO_COSTLY)
