"""Deals of reservations are settled like any other: the same money, the same ends, the same boxes (spec N5, A4–A9)."""

from datetime import timedelta

import pytest

from brokerage import BuyersDeal, Card, DeliveryStep, Money
from brokerage.errors import DealsInFlight, NotReservable
from brokerage.order_views import OrderView
from brokerage.policy import Carriage, Policy
from brokerage.records.deals import Deal, DealState
from brokerage.records.ledger import REVENUE
from brokerage.records.offers import Outcome
from brokerage.records.reservations import ReservationState
from builders import DAY, balance, immediate
from orders_under_way import BIDDING, Fair, fair

_VAN = Carriage("Van", "account of Van", {"USD": "5.00"})


def _made(policy: Policy | None = None, price: str = "90.00", category: str = "goods") -> tuple[Fair, OrderView]:
    """Ann has confirmed an order of Bob's three units and Cleo's five."""
    found = fair(policy, category, bob=(3, "100.00"), cleo=(5, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: price})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.confirm("bob", "cleo")
    return found, found.desk("ann").seller.confirm_order(order.number)


def _deal(found: Fair, name: str) -> Deal:
    number = found.fact(name).deal
    assert number is not None
    return found.world.deal(number)


def _delivered(found: Fair, name: str) -> Deal:
    deal = _deal(found, name)
    found.world.broker.advise_delivery(deal.number, DeliveryStep.COLLECTED, notice=f"c-{deal.number}")
    found.world.broker.advise_delivery(deal.number, DeliveryStep.DELIVERED, notice=f"d-{deal.number}")
    return _deal(found, name)


def test_one_lapse_leaves_the_others() -> None:
    """Who does not pay in time gets nothing, and the reservation has failed; the other deals go on to their end."""
    found, order = _made(immediate(carriage=_VAN))
    found.pay("bob")
    _delivered(found, "bob")
    found.desk("bob").confirm(_deal(found, "bob").number)
    found.world.wait(timedelta(days=7))
    assert (_deal(found, "bob").state, _deal(found, "cleo").state) == (DealState.COMPLETED, DealState.LAPSED)
    assert found.statuses("cleo") == ["Lapsed"]
    assert (found.fact("cleo").state, found.fact("cleo").outcome) == (ReservationState.CLOSED, Outcome.FAILED)
    assert found.fact("bob").outcome is Outcome.COMPLETED
    assert found.demand() == 0
    assert found.activity("cleo") == found.activity("ann") == (0, 0)
    assert found.desk("ann").seller.order(order.number).status == "Made"
    assert found.world.broker.office.balance(REVENUE, "USD") == Money(-2700, "USD")
    found.check()


def test_both_sides_call_a_deal_off() -> None:
    """A deal that both want no more is cancelled and paid back, and so is its reservation, which opens never again."""
    found, _ = _made()
    found.pay("bob")
    deal = _deal(found, "bob")
    found.desk("bob").claims.call_off(deal.number)
    found.desk("ann").claims.call_off(deal.number)
    assert found.statuses("bob") == ["Cancelled"]
    assert found.fact("bob").outcome is Outcome.CANCELLED
    assert sum(refund.units for refund in found.world.bank.refunded) == 27000
    found.check()


def test_a_deal_that_is_not_collected() -> None:
    """It is refunded in full by its deadline, and its reservation has failed."""
    found, _ = _made(immediate(carriage=_VAN))
    found.pay("bob", "cleo")
    found.world.wait(timedelta(days=14))
    assert found.statuses("bob", "cleo") == ["Refunded", "Refunded"]
    assert found.fact("bob").outcome is Outcome.FAILED
    assert found.world.broker.office.balance(REVENUE, "USD") == Money(0, "USD")
    found.check()


def test_a_refund_in_part() -> None:
    """Of 270.00 + 5.00, 100.00 go back: 90.00 of the share, 10.00 of the commission, nothing of the carriage."""
    found, _ = _made(immediate(carriage=_VAN))
    found.pay("bob")
    deal = _delivered(found, "bob")
    found.desk("bob").claims.dispute(deal.number, "one is broken")
    found.world.broker.office.cases.refund(deal.number, "100.00")
    ended = _deal(found, "bob")
    assert (ended.cuts, ended.state, ended.commission) == ((9000, 1000, 0), DealState.COMPLETED, 1700)
    assert balance(found.world, deal.number)["escrow"] == "0.00"
    found.check()


def test_a_price_of_nothing_is_paid_at_once() -> None:
    """An order whose units cost nothing makes deals that wait for nobody's money."""
    found, _ = _made(price="0")
    assert [_deal(found, name).state for name in ("bob", "cleo")] == [DealState.PAID, DealState.PAID]
    assert found.world.carrier.orders
    found.check()


def test_paying_by_card() -> None:
    """A deal of a reservation is paid in any way that others are."""
    found, _ = _made()
    found.world.cards.cards["visa"] = 100_000
    paid = found.desk("bob").pay(_deal(found, "bob").number, Card("visa"))
    assert (paid.status, paid.total) == ("Paid", Money(27000, "USD"))
    found.check()


def test_services_are_performed() -> None:
    """In a category of services nothing is carried: the seller says when they are performed."""
    found, _ = _made(immediate(carriage=_VAN), category="services")
    assert _deal(found, "bob").owed == 27000
    found.pay("bob")
    found.desk("ann").performed(_deal(found, "bob").number)
    found.desk("bob").confirm(_deal(found, "bob").number)
    assert _deal(found, "bob").state is DealState.COMPLETED
    found.check()


def test_where_it_goes_is_frozen_when_the_order_is_made() -> None:
    """A buyer who moves after being asked gets what was reserved where it was to go, and at what was shown."""
    found = fair(bob=(1, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.desk("bob").account.correct(address="far away")
    found.confirm("bob")
    found.desk("ann").seller.confirm_order(order.number)
    found.pay("bob")
    [taken] = found.world.carrier.orders
    assert "bob's address" in str(taken)
    assert "far away" not in str(taken)


def test_a_seller_learns_who_buys_once_that_is_paid() -> None:
    """Before the deal is paid the seller's views and mails name no buyer; after that the deal does, as any."""
    found, order = _made()
    ann = found.desk("ann")
    box = ann.box()
    sent = [mail.body for mail in found.world.mailbox.sent if mail.box == ann.number]
    told = [str(order), repr(ann.seller.orders()), box.json(), *sent]
    assert not [text for text in told if "bob" in text or "cleo" in text]
    deal = ann.deal(_deal(found, "bob").number)
    assert deal.counterpart is None
    found.pay("bob")
    counterpart = ann.deal(deal.number).counterpart
    assert counterpart is not None
    assert counterpart.name == "bob"


def test_boxes_show_reservations_until_they_are_seen() -> None:
    """A reservation whose deal has ended leaves the box once it is acknowledged, or after a while by itself."""
    found, _ = _made()
    found.pay("bob", "cleo")
    for name in ("bob", "cleo"):
        _delivered(found, name)
        found.desk(name).confirm(_deal(found, name).number)
    assert [view.status for view in found.desk("bob").box().reservations] == ["Paid/Commodity Delivered"]
    found.desk("bob").acknowledge()
    assert found.desk("bob").box().reservations == ()
    found.world.wait(timedelta(days=30))
    assert found.desk("cleo").box().reservations == ()
    assert found.fact("cleo").filed


def test_a_box_shows_bids_and_orders() -> None:
    """A seller's box has the own bid and the order that comes of it as the seller's desk has them, in every form."""
    found, _ = _made()
    ann, box = found.desk("ann"), found.desk("ann").box()
    assert (box.bids, box.orders) == (ann.seller.bids().items, ann.seller.orders().items)
    assert "Box 3: orders" in box.text()
    assert '"rate": "0.1"' in box.json()
    assert found.desk("bob").box().orders == ()


def test_nobody_leaves_in_the_middle_of_a_deal() -> None:
    """Deals of reservations hold both parties as others do."""
    found, _ = _made()
    found.world.broker.office.members.add_reason("moved", "moves away")
    for name in ("ann", "bob"):
        with pytest.raises(DealsInFlight):
            found.desk(name).account.withdraw("moved")


def test_histories_have_them() -> None:
    """Both parties find the deal in their histories, each at the own price."""
    found, _ = _made()
    [bought] = found.desk("bob").account.history()
    sold = found.desk("ann").account.history().items[-1]
    assert (bought.side, bought.price) == ("Purchase", Money(27000, "USD"))
    assert (sold.side, sold.price) == ("Sale", Money(24300, "USD"))


def test_a_deal_is_past_declining() -> None:
    """Once there is a deal, its reservation can be neither declined nor cancelled."""
    found, _ = _made()
    for step in (found.desk("bob").buyer.decline, found.desk("bob").buyer.cancel):
        with pytest.raises(NotReservable):
            step(found.reserved["bob"])


def test_payment_references_tell_nothing_of_each_other() -> None:
    """Each deal of an order has a reference of its own that the others do not help to guess."""
    found, _ = _made()
    first, second = (_deal(found, name).reference for name in ("bob", "cleo"))
    assert first.startswith("D1-")
    assert second.startswith("D2-")
    assert first[3:] != second[3:]
    deal = found.desk("bob").deal(_deal(found, "bob").number)
    assert isinstance(deal, BuyersDeal)
    assert deal.reference == first
    assert deal.deadline == found.world.clock.now() + 7 * DAY
