"""An order that is not made before its day of delivery is over falls, whoever it waits for (spec N3, N5)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from brokerage.errors import BrokerageError, NotReservable, WrongOrderStep
from brokerage.order_views import OrderView
from brokerage.records.contractors import Trade
from brokerage.records.orders import OrderState
from brokerage.records.reservations import ReservationState
from brokerage.records.tenders import PlaceState
from builders import DAY, START
from orders_under_way import ANSWER, BIDDING, CONFIRMATION, Fair, fair

_INSTANT = timedelta(microseconds=1)
_OVER = "its day of delivery is over"


def _day(days: int) -> date:
    """Return the day so many days after the order was made."""
    return (START + BIDDING).date() + timedelta(days=days)


def _midnight(days: int) -> datetime:
    """Return the instant at which that day is over."""
    return datetime.combine(_day(days), time.min, UTC) + DAY


def _ordered(days: int, carrier: bool = False) -> tuple[Fair, OrderView]:
    """Ann's order for Bob and Cleo is to be delivered after so many days; Eve's bid is second, and later."""
    found = fair(bob=(3, "100.00"), cleo=(3, "100.00"))
    if carrier:
        found.world.broker.office.contractors.register(found.desk("van").number, Trade.CARRIER)
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"}, delivery=_day(days))
    found.bid("eve", tender, {1: "95.00"})
    found.world.wait(BIDDING)
    return found, found.accept("ann", tender)


def _fallen(found: Fair, order: OrderView) -> None:
    """Assert that an order fell for its day, all are told, everything is reserved again, and Eve is asked."""
    kept = found.order(order)
    assert (kept.state, kept.outcome, kept.deadline) == (OrderState.FALLEN, _OVER, None)
    assert found.statuses("bob", "cleo") == ["Reserved", "Reserved"]
    places = found.tender(kept.tender).places
    assert [(place.state, place.remark) for place in places] == [
        (PlaceState.PASSED_OVER, _OVER),
        (PlaceState.ASKED, ""),
    ]
    found.world.broker.run_due()
    assert found.letters("ann")[-1] == f"Order {order.number} has fallen"
    for name in ("bob", "cleo"):
        assert found.letters(name)[-1] == f"Reservation {found.reserved[name]} is open again"
    found.check()


def test_answers_are_waited_for_no_longer_than_the_day_of_delivery() -> None:
    """The deadline of an order is the policy's, or the end of its day in UTC where that comes first."""
    for days in (0, 2, 3, 10):
        found, order = _ordered(days)
        until = min(found.world.clock.now() + CONFIRMATION, _midnight(days))
        assert (order.deadline, found.shown("bob").deadline) == (until, until)


def test_buyers_are_not_asked_when_the_day_is_over() -> None:
    """Carriers are found the day after: the order falls, and nobody is asked to confirm what cannot come."""
    found, order = _ordered(0, carrier=True)
    assert found.order(order).state is OrderState.SERVICES
    found.world.wait(DAY)
    _fallen(found, order)
    assert not any("please confirm" in subject for subject in found.letters("bob"))


@pytest.mark.parametrize("step", ["confirm", "decline"])
def test_a_buyer_answers_until_the_day_is_over(step: str) -> None:
    """An instant before the end of the day a buyer answers; at its end the order falls first, swept or not."""
    found, order = _ordered(1)
    found.world.clock.set(_midnight(1) - _INSTANT)
    found.confirm("bob")
    found.world.clock.set(_midnight(1))
    buyer, number = found.desk("cleo").buyer, found.reserved["cleo"]
    with pytest.raises(NotReservable):
        buyer.confirm(number, total="270.00") if step == "confirm" else buyer.decline(number)
    _fallen(found, order)


def test_the_seller_answers_until_the_day_is_over() -> None:
    """The last buyer confirms in time, and the seller has to be as quick: at the end of the day the order falls."""
    for sweeps in (False, True):
        found, order = _ordered(1)
        found.world.clock.set(_midnight(1) - _INSTANT)
        found.confirm("bob", "cleo")
        assert found.order(order).deadline == _midnight(1)
        found.world.clock.set(_midnight(1))
        if sweeps:
            found.world.broker.run_due()
        steps: list[Callable[[], object]] = [
            lambda: found.desk("ann").seller.confirm_order(order.number),  # noqa: B023
            lambda: found.desk("ann").seller.decline_order(order.number),  # noqa: B023
        ]
        for step in steps:
            with pytest.raises(WrongOrderStep):
                step()
        _fallen(found, order)


def test_deals_are_made_on_the_day_itself() -> None:
    """What both sides have confirmed before the day is over becomes deals, and stays so."""
    found, order = _ordered(0)
    found.confirm("bob", "cleo")
    found.world.clock.set(_midnight(0) - _INSTANT)
    found.desk("ann").seller.confirm_order(order.number)
    found.world.clock.set(_midnight(0))
    found.world.broker.run_due()
    assert found.order(order).state is OrderState.MADE
    assert [found.fact(name).state for name in ("bob", "cleo")] == [ReservationState.AGREED] * 2
    found.check()


def test_no_reservation_is_served_after_the_day_by_which_it_is_wanted() -> None:
    """Cleo wants it by the very day that is over when she would have been asked: hers ends, and nothing is owed."""
    found = fair()
    found.reserve("cleo", 3, "100.00", wanted_by=_day(1))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"}, delivery=_day(1))
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.world.clock.set(_midnight(1))
    with pytest.raises(BrokerageError):
        found.confirm("cleo")
    found.world.broker.run_due()
    assert (found.order(order).state, found.statuses("cleo")) == (OrderState.FALLEN, ["Expired"])
    assert found.activity("cleo") == (0, 0)
    found.world.wait(ANSWER)
    found.check()
