"""Buyers and sellers confirm, decline and are silent, to the instant; whoever leaves; what races (spec N5)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from brokerage import Money
from brokerage.errors import (
    InvalidAmount,
    NotReservable,
    RequestReused,
    UnknownOffer,
    UnknownOrder,
    WrongOrderStep,
    WrongPrice,
)
from brokerage.order_views import OrderView
from brokerage.ports import Store, Transaction
from brokerage.records.numbers import TenderNumber
from brokerage.records.offers import Outcome
from brokerage.records.orders import OrderState
from brokerage.records.reservations import ReservationState
from brokerage.records.tenders import TenderState
from orders_under_way import ANSWER, BIDDING, CONFIRMATION, Fair, fair
from test_memory_conflicts import MeddlingStore

_INSTANT = timedelta(microseconds=1)


def _asked(least: int = 1, store: Store | None = None) -> tuple[Fair, TenderNumber, OrderView]:
    """Bob and Cleo, three units each, are asked by Ann's order; Eve's bid is second."""
    found = fair(store=store, bob=(3, "100.00"), cleo=(3, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"}, least=least)
    found.bid("eve", tender, {1: "95.00"})
    found.world.wait(BIDDING)
    return found, tender, found.accept("ann", tender)


def _late(found: Fair, span: timedelta) -> None:
    """Let time pass without anything being swept."""
    found.world.clock.set(found.world.clock.now() + span)


def test_a_buyer_confirms_until_the_last_instant() -> None:
    """An instant before the deadline confirming is possible; at the deadline it is not, swept or not."""
    found, _, order = _asked()
    _late(found, CONFIRMATION - _INSTANT)
    found.confirm("bob")
    _late(found, _INSTANT)
    with pytest.raises(NotReservable) as late:
        found.desk("cleo").buyer.confirm(found.reserved["cleo"], total="270.00")
    assert late.value.step == "confirmed"
    assert found.order(order).state is OrderState.SELLER
    assert found.statuses("bob", "cleo") == ["Confirmed", "Expired"]
    assert found.fact("cleo").outcome is Outcome.EXPIRED
    assert found.letters("cleo")[-1] == f"Reservation {found.reserved['cleo']} has ended"
    assert (found.order(order).units, found.activity("cleo")) == (3, (0, 0))
    found.check()


def test_what_a_deadline_asks_for_stays_done() -> None:
    """A step that comes too late is refused, and what the deadline asked for is kept all the same."""
    found, tender, order = _asked()
    _late(found, CONFIRMATION)
    for step in (found.desk("bob").buyer.decline, found.desk("bob").buyer.cancel):
        with pytest.raises(NotReservable):
            step(found.reserved["bob"])
    assert found.order(order).outcome == "0 units are wanted, and the price needs 1"
    assert found.tender(tender).state is TenderState.FAILED
    assert found.statuses("bob", "cleo") == ["Expired", "Expired"]


def test_silence_of_one_buyer_leaves_the_others() -> None:
    """Without the silent the seller is asked for what was confirmed, if that is enough; else the order falls."""
    found, _, order = _asked()
    found.confirm("bob")
    found.world.wait(CONFIRMATION)
    waiting = found.desk("ann").seller.order(order.number)
    assert (waiting.status, waiting.units, waiting.deadline) == (
        "Waits for You",
        3,
        found.world.clock.now() + CONFIRMATION,
    )
    found, tender, order = _asked(least=4)
    found.confirm("bob")
    found.world.wait(CONFIRMATION)
    assert found.order(order).outcome == "3 units are wanted, and the price needs 4"
    assert found.statuses("bob", "cleo") == ["Reserved", "Expired"]
    question = found.tender(tender).question
    assert question is not None
    assert question.units == 3


def test_a_seller_confirms_until_the_last_instant() -> None:
    """An instant before the deadline confirming is possible; at the deadline the order has fallen, swept or not."""
    found, _, order = _asked()
    found.confirm("bob", "cleo")
    _late(found, CONFIRMATION - _INSTANT)
    assert found.desk("ann").seller.confirm_order(order.number).status == "Made"
    for name in ("confirm_order", "decline_order"):
        found, tender, order = _asked()
        found.confirm("bob", "cleo")
        _late(found, CONFIRMATION)
        with pytest.raises(WrongOrderStep):
            getattr(found.desk("ann").seller, name)(order.number)
        assert found.order(order).outcome == "its seller did not answer in time"
        question = found.tender(tender).question
        assert question is not None
        assert question.box == found.desk("eve").number
        assert found.statuses("bob", "cleo") == ["Reserved", "Reserved"]
        assert found.letters("ann")[-1] == f"Order {order.number} has fallen"
        found.check()


def test_a_seller_who_declines() -> None:
    """The order falls, its buyers are open again and told why, and the next bidder is asked."""
    found, tender, order = _asked()
    found.confirm("bob", "cleo")
    declined = found.desk("ann").seller.decline_order(order.number)
    assert (declined.status, declined.outcome) == ("Fallen", "its seller declined")
    [mail] = [mail for mail in found.world.mailbox.sent if "open again" in mail.subject and mail.box == 1]
    assert "its seller declined" in mail.body
    second = found.accept("eve", tender)
    assert second.units == 6
    found.check()


def test_a_buyer_who_declines_leaves_the_others() -> None:
    """One reservation ends; the other buyer's answer is waited for as before, and then the seller is asked."""
    found, _, order = _asked()
    found.decline("bob")
    assert found.statuses("bob", "cleo") == ["Cancelled", "To Be Confirmed"]
    assert (found.order(order).units, found.order(order).open) == (3, 1)
    found.confirm("cleo")
    assert found.order(order).state is OrderState.SELLER
    found.check()


def test_only_what_was_shown_is_confirmed() -> None:
    """Another total, or one that is no exact amount, is refused and changes nothing; a Money will do."""
    found, _, _ = _asked()
    buyer, number = found.desk("bob").buyer, found.reserved["bob"]
    before = found.world.state()
    for total in ("270.01", 26999, Money(27000, "EUR"), Money(27001, "USD"), "90.00"):
        with pytest.raises(WrongPrice):
            buyer.confirm(number, total=total)
    for wrong in (270.0, "270.001", True, -1, None):
        with pytest.raises(InvalidAmount):
            buyer.confirm(number, total=wrong)  # type: ignore[arg-type]
    assert found.world.state() == before
    assert buyer.confirm(number, total=Money(27000, "USD")).status == "Confirmed"


def test_who_is_not_asked_confirms_nothing() -> None:
    """Not asked, not one's own, or answered already: each is refused by name, and changes nothing."""
    found, _, order = _asked()
    dan = found.reserve("dan", 1, "50.00")
    before = found.world.state()
    for step in ("confirmed", "declined"):
        with pytest.raises(NotReservable) as open_still:
            _take(found, "dan", step)(dan)
        assert open_still.value.step == step
        with pytest.raises(UnknownOffer):
            _take(found, "dan", step)(found.reserved["bob"])
    with pytest.raises(UnknownOrder):
        found.desk("bob").seller.confirm_order(order.number)
    with pytest.raises(UnknownOrder):
        found.desk("eve").seller.decline_order(order.number)
    assert found.world.state() == before
    found.confirm("bob")
    for step in ("confirmed", "declined"):
        with pytest.raises(NotReservable):
            _take(found, "bob", step)(found.reserved["bob"])


def _take(found: Fair, name: str, step: str) -> Callable[[int], object]:
    buyer = found.desk(name).buyer
    if step == "declined":
        return buyer.decline  # type: ignore[return-value]
    return lambda number: buyer.confirm(number, total="270.00")  # type: ignore[arg-type]


def test_confirming_repeated() -> None:
    """Repeated with its request id, confirming returns the reservation; with another total it is refused."""
    found, _, order = _asked()
    buyer, number = found.desk("bob").buyer, found.reserved["bob"]
    first = buyer.confirm(number, total="270.00", request_id="r")
    assert buyer.confirm(number, total="270.00", request_id="r") == first
    assert found.order(order).confirmed == 3
    with pytest.raises(RequestReused):
        buyer.confirm(number, total="271.00", request_id="r")
    found.confirm("cleo")
    found.desk("ann").seller.confirm_order(order.number, request_id="s")
    assert buyer.confirm(number, total="270.00", request_id="r").status == "Transaction Settled"


def test_the_answer_to_the_brokers_terms_has_its_deadline() -> None:
    """A bidder who does not answer in time gets no order, and the next is asked."""
    found = fair(bob=(3, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.bid("eve", tender, {1: "95.00"})
    found.world.wait(BIDDING)
    found.world.wait(ANSWER)
    assert found.desk("ann").seller.orders().items == ()
    assert found.accept("eve", tender).units == 3


def test_a_seller_who_leaves() -> None:
    """An order of a seller who leaves falls, and the next bidder is asked; whoever bought owes nothing."""
    found, tender, order = _asked()
    found.confirm("bob")
    found.world.broker.office.members.add_reason("moved", "moves away")
    found.desk("ann").account.withdraw("moved")
    assert (found.order(order).state, found.order(order).outcome) == (OrderState.FALLEN, "its seller has left")
    assert found.statuses("bob", "cleo") == ["Reserved", "Reserved"]
    question = found.tender(tender).question
    assert question is not None
    assert question.box == found.desk("eve").number
    found.check()


def test_a_buyer_who_leaves() -> None:
    """What a leaving buyer was asked for or had confirmed ends; the order goes on without, or falls."""
    found, _, order = _asked(least=3)
    found.world.broker.office.members.add_reason("moved", "moves away")
    found.confirm("bob")
    found.desk("bob").account.withdraw("moved")
    kept = found.order(order)
    assert (kept.units, kept.open, kept.confirmed, kept.state) == (3, 1, 0, OrderState.BUYERS)
    assert (found.fact("bob").state, found.fact("bob").outcome) == (ReservationState.CLOSED, Outcome.CANCELLED)
    found.desk("cleo").account.withdraw("moved")
    assert found.order(order).state is OrderState.FALLEN
    found.check()


def test_a_buyer_who_leaves_when_the_seller_is_asked() -> None:
    """Where the seller waits already, a confirmed buyer who leaves takes units with him, perhaps too many."""
    found, _, order = _asked(least=4)
    found.world.broker.office.members.add_reason("moved", "moves away")
    found.confirm("bob", "cleo")
    found.desk("bob").account.withdraw("moved")
    assert found.order(order).outcome == "3 units are wanted, and the price needs 4"
    assert found.statuses("cleo") == ["Reserved"]
    found.check()


def test_whoever_is_asked_cannot_amend_or_cancel() -> None:
    """From when an order takes it until that falls, a reservation stands as it is: its buyer confirms or declines."""
    found, _, _ = _asked()
    buyer, number = found.desk("bob").buyer, found.reserved["bob"]
    for step in ("amended", "cancelled"):
        with pytest.raises(NotReservable) as taken:
            buyer.cancel(number) if step == "cancelled" else buyer.amend(number, quantity=1)
        assert taken.value.step == step


def test_who_turned_out_to_be_the_seller_is_not_let_confirm() -> None:
    """Nobody buys from oneself: a buyer who is one person with the seller by now is refused."""
    found, _, _ = _asked()
    for name in ("bob", "ann"):
        found.desk(name).account.correct(telephone="555 7777")
    with pytest.raises(NotReservable):
        found.confirm("bob")
    assert found.statuses("bob", "cleo") == ["To Be Confirmed", "To Be Confirmed"]


def test_a_step_is_late_at_the_deadline_itself() -> None:
    """Whatever was done before it, a step at the instant of its deadline is refused, and one just before is not."""
    found, _, order = _asked()
    deadline = found.world.clock.now() + CONFIRMATION
    with pytest.raises(NotReservable):
        _confirm_now(found, "bob", deadline)
    for name in ("bob", "cleo"):
        _confirm_now(found, name, deadline - _INSTANT)
    waiting = found.order(order)
    assert waiting.deadline == deadline - _INSTANT + CONFIRMATION
    house, box = found.world.broker._house, found.desk("ann").number
    for late in (waiting.deadline, waiting.deadline + _INSTANT):

        def confirm(tx: Transaction, late: datetime = late) -> object:
            return house.orders.confirm_order(tx, box, order.number, "mark", late)

        with pytest.raises(WrongOrderStep):
            found.world.store.run(confirm)
    found.world.store.run(lambda tx: confirm(tx, deadline))
    assert found.order(order).state is OrderState.MADE


def test_what_others_do_meanwhile_is_not_lost() -> None:
    """Buyers who confirm at the same time are both counted: a step that began with an older order is done again."""
    store = MeddlingStore()
    found, _, order = _asked(store=store)
    store.meanwhile.append(lambda: found.confirm("cleo"))
    _confirm_now(found, "bob", found.world.clock.now())
    assert not store.meanwhile
    kept = found.order(order)
    assert (kept.open, kept.confirmed, kept.state) == (0, 6, OrderState.SELLER)
    found.check()


def test_confirming_that_races_with_the_deadline() -> None:
    """Where the sweep comes first, a confirmation that was under way finds its deadline done, and is refused."""
    store = MeddlingStore()
    found, _, order = _asked(store=store)
    in_time = found.world.clock.now()
    _late(found, CONFIRMATION)
    store.meanwhile.append(found.world.broker.run_due)
    with pytest.raises(NotReservable):
        _confirm_now(found, "bob", in_time)
    assert not store.meanwhile
    assert found.order(order).state is OrderState.FALLEN
    assert found.statuses("bob") == ["Expired"]
    found.check()


def test_an_order_that_is_confirmed_while_it_falls() -> None:
    """A seller who confirms while a buyer leaves makes the deals of those who are left, or none."""
    store = MeddlingStore()
    found, _, order = _asked(least=4, store=store)
    found.world.broker.office.members.add_reason("moved", "moves away")
    found.confirm("bob", "cleo")
    house, ann, now = found.world.broker._house, found.desk("ann").number, found.world.clock.now()
    store.meanwhile.append(lambda: found.desk("bob").account.withdraw("moved"))
    with pytest.raises(WrongOrderStep):
        store.run(lambda tx: house.orders.confirm_order(tx, ann, order.number, "mark", now))
    assert not store.meanwhile
    assert found.statuses("cleo") == ["Reserved"]
    found.check()


def _confirm_now(found: Fair, name: str, now: datetime) -> None:
    """Confirm in a unit of work, without what is due before it."""
    house, box, number = found.world.broker._house, found.desk(name).number, found.reserved[name]
    found.world.store.run(lambda tx: house.orders.confirm(tx, box, number, "270.00", now))
