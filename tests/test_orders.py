"""Orders from an accepted bid to its deals, or to its fall (spec N4, N5)."""

from datetime import date, timedelta

import pytest

from brokerage import DeliveryStep, Money
from brokerage.errors import ItemNotOpen, TenderNotOpen, UnknownOrder, WrongOrderStep
from brokerage.policy import Carriage
from brokerage.records.deals import DealOrigin, DealState, Purpose
from brokerage.records.events import EventKind
from brokerage.records.ledger import REVENUE
from brokerage.records.reservations import ReservationState
from brokerage.records.tenders import PlaceState, TenderState
from builders import DAY, immediate
from orders_under_way import ANSWER, BIDDING, CONFIRMATION, DELIVERY, fair

_VAN = Carriage("Van", "account of Van", {"USD": "5.00"})


def test_the_whole_life() -> None:
    """Reserved, called for, bid, judged, accepted, confirmed by both sides, paid, delivered and completed."""
    found = fair(immediate(carriage=_VAN), bob=(3, "100.00"), cleo=(5, "92.00"), dan=(2, "80.00"))
    office, ann = found.world.broker.office, found.desk("ann")
    tender = found.call()
    found.bid("ann", tender, {1: "95.00", 6: "90.00"})
    found.world.wait(BIDDING)
    question = ann.seller.question(tender)
    assert (question.price, question.commission, question.share) == (
        Money(9000, "USD"),
        Money(900, "USD"),
        Money(8100, "USD"),
    )
    assert question.units == 8
    order = found.accept("ann", tender)
    assert (order.status, order.units, order.least, order.confirmed) == ("Buyers Are Asked", 8, 6, 0)
    assert order.share == Money(8100, "USD")
    assert found.demand() == 2
    assert found.statuses("bob", "cleo", "dan") == ["To Be Confirmed", "To Be Confirmed", "Reserved"]
    bob = found.shown("bob")
    assert (bob.price, bob.carriage, bob.total) == (Money(9000, "USD"), Money(500, "USD"), Money(27500, "USD"))
    assert found.letters("bob") == [f"Reservation {bob.number}: please confirm"]
    found.confirm("bob")
    assert found.shown("bob").status == "Confirmed"
    assert ann.seller.order(order.number).confirmed == 3
    found.confirm("cleo")
    assert ann.seller.order(order.number).status == "Waits for You"
    assert found.letters("ann")[-1] == f"Order {order.number}: please confirm"
    made = ann.seller.confirm_order(order.number)
    assert (made.status, made.outcome, made.deadline) == ("Made", "both sides have confirmed", None)
    numbers = [found.shown(name).deal for name in ("bob", "cleo")]
    deals = [found.world.deal(number) for number in numbers if number is not None]
    assert [(deal.quantity, deal.selling_price, deal.buying_price, deal.owed) for deal in deals] == [
        (3, 24300, 27000, 27500),
        (5, 40500, 45000, 45500),
    ]
    assert [(deal.origin, deal.sale, deal.max_price) for deal in deals] == [
        (DealOrigin.RESERVATION, made.bid, 30000),
        (DealOrigin.RESERVATION, made.bid, 46000),
    ]
    assert [(charge.units, charge.purpose) for charge in deals[0].charges] == [
        (24300, Purpose.SELLERS_SHARE),
        (2700, Purpose.COMMISSION),
        (500, Purpose.CARRIAGE),
    ]
    assert found.letters("bob")[-1] == f"Reservation {bob.number}: deal {deals[0].number}"
    assert len({deal.reference[-10:] for deal in deals}) == 2
    assert (found.activity("ann"), found.activity("bob"), found.activity("dan")) == ((0, 2), (0, 1), (1, 0))
    assert found.tender(tender).state is TenderState.AWARDED
    found.pay("bob", "cleo")
    for deal in deals:
        found.world.broker.advise_delivery(deal.number, DeliveryStep.COLLECTED, notice=f"c-{deal.number}")
        found.world.broker.advise_delivery(deal.number, DeliveryStep.DELIVERED, notice=f"d-{deal.number}")
    found.desk("bob").confirm(deals[0].number)
    found.world.wait(timedelta(days=3))
    assert [found.world.deal(deal.number).state for deal in deals] == [DealState.COMPLETED, DealState.COMPLETED]
    assert office.balance(REVENUE, "USD") == Money(-7200, "USD")
    assert found.activity("ann") == (0, 0)
    assert found.fact("bob").state is ReservationState.CLOSED
    found.check()


def test_the_share_is_what_the_rounded_commission_leaves() -> None:
    """Of 0.25 at 10 % the commission is 2 cents for each, half to even, and the share 23: of three, 6 and 69."""
    found = fair(bob=(3, "0.30"))
    tender = found.call()
    found.bid("ann", tender, {1: "0.25"})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    assert (order.share, order.commission) == (Money(23, "USD"), Money(2, "USD"))
    found.confirm("bob")
    found.desk("ann").seller.confirm_order(order.number)
    number = found.shown("bob").deal
    assert number is not None
    deal = found.world.deal(number)
    assert [charge.units for charge in deal.charges] == [69, 6]
    assert deal.owed == 75


def test_the_rate_is_the_categorys_times_the_sellers_factor() -> None:
    """A seller with a factor of 0.5 gives 5 % of 90.00, as it was when the question was asked."""
    found = fair(bob=(1, "100.00"))
    ann = found.desk("ann")
    found.world.broker.office.set_factor(ann.number, "0.5")
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    found.world.broker.office.set_factor(ann.number, "0.9")
    order = found.accept("ann", tender)
    assert (order.share, str(order.rate)) == (Money(8550, "USD"), "0.05")


def test_short_capacity_goes_to_the_earliest_and_the_rest_to_the_next() -> None:
    """Of five units Bob's three fit, Cleo's four do not and Dan's two do; Cleo's go to the next bid."""
    found = fair(bob=(3, "100.00"), cleo=(4, "100.00"), dan=(2, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "80.00"}, most=5)
    found.bid("eve", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    first = found.accept("ann", tender)
    assert found.statuses("bob", "cleo", "dan") == ["To Be Confirmed", "Reserved", "To Be Confirmed"]
    assert found.desk("eve").seller.bids().items[0].status == "Waiting"
    found.confirm("bob", "dan")
    found.desk("ann").seller.confirm_order(first.number)
    assert found.desk("eve").seller.question(tender).units == 4
    second = found.accept("eve", tender)
    found.confirm("cleo")
    found.desk("eve").seller.confirm_order(second.number)
    assert [found.shown(name).price for name in ("bob", "cleo", "dan")] == [
        Money(8000, "USD"),
        Money(9000, "USD"),
        Money(8000, "USD"),
    ]
    assert found.tender(tender).state is TenderState.AWARDED
    assert found.demand() == 0
    found.check()


def test_a_fallen_order_frees_everyone_and_asks_the_next() -> None:
    """Where fewer confirm than the price needs, nobody owes anything; who confirmed goes to the next bid."""
    found = fair(bob=(3, "100.00"), cleo=(5, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {6: "80.00"})
    found.bid("eve", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.confirm("bob")
    found.decline("cleo")
    fallen = found.desk("ann").seller.order(order.number)
    assert (fallen.status, fallen.outcome) == ("Fallen", "3 units are wanted, and the price needs 6")
    assert found.statuses("bob", "cleo") == ["Reserved", "Cancelled"]
    assert found.letters("bob")[-1] == f"Reservation {found.reserved['bob']} is open again"
    [told] = [mail.body for mail in found.world.mailbox.sent if "open again" in mail.subject]
    assert "was prepared: too few units are left for its price. You owe nothing" in told
    assert found.letters("ann")[-1] == f"Order {order.number} has fallen"
    first, second = found.tender(tender).places
    assert (first.state, first.remark) == (PlaceState.PASSED_OVER, "3 units are wanted, and the price needs 6")
    assert second.state is PlaceState.ASKED
    assert (second.units, found.demand(), found.activity("cleo")) == (3, 3, (0, 0))
    assert found.world.read(lambda tx: tx.deals.get(1)) is None  # type: ignore[arg-type]
    found.check()


def test_nobody_left_fails_the_tender() -> None:
    """An order that falls, and no other bid: the tender fails, and the reservations stand where they stood."""
    found = fair(bob=(3, "100.00"), cleo=(3, "100.00"))
    arrivals = [found.fact(name).arrival for name in ("bob", "cleo")]
    tender = found.call()
    found.bid("ann", tender, {1: "80.00"})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.confirm("bob", "cleo")
    found.desk("ann").seller.decline_order(order.number)
    assert found.tender(tender).state is TenderState.FAILED
    assert found.statuses("bob", "cleo") == ["Reserved", "Reserved"]
    assert [found.fact(name).arrival for name in ("bob", "cleo")] == arrivals
    assert [(found.fact(name).order, found.fact(name).fees) for name in ("bob", "cleo")] == [(None, ())] * 2
    found.check()


def test_nobody_buys_from_oneself() -> None:
    """A bidder's own reservations do not count, also where two persons turned out to be one meanwhile."""
    found = fair(ann=(4, "100.00"), bob=(3, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.bid("eve", tender, {4: "80.00"})
    found.world.wait(BIDDING)
    assert found.desk("eve").seller.question(tender).units == 7
    found.desk("bob").account.correct(telephone="555 7777")
    found.desk("eve").account.correct(telephone="555 7777")
    assert found.desk("eve").seller.question(tender).units == 4
    found.world.wait(ANSWER)
    assert found.desk("ann").seller.question(tender).units == 3


def test_who_turns_out_to_be_the_seller_confirms_nothing() -> None:
    """A buyer who is one person with the seller is not let confirm, and gets no deal where that came out later."""
    found = fair(bob=(3, "100.00"), cleo=(3, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.confirm("bob", "cleo")
    found.desk("cleo").account.correct(telephone="555 7777")
    found.desk("ann").account.correct(telephone="555 7777")
    made = found.desk("ann").seller.confirm_order(order.number)
    assert (made.status, made.units) == ("Made", 3)
    assert found.statuses("bob", "cleo") == ["Transaction Settled", "Reserved"]
    found.check()


def test_where_only_the_seller_is_left_the_order_falls() -> None:
    """Without the units of whom turned out to be the seller, too few are left for the price."""
    found = fair(bob=(3, "100.00"), cleo=(3, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {6: "90.00"})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.confirm("bob", "cleo")
    found.desk("cleo").account.correct(telephone="555 7777")
    found.desk("ann").account.correct(telephone="555 7777")
    assert found.desk("ann").seller.confirm_order(order.number).status == "Fallen"
    assert found.statuses("bob", "cleo") == ["Reserved", "Reserved"]
    found.check()


def test_a_released_items_reservations_wait_for_its_tenders() -> None:
    """What is reserved stays after the release while an order may be made; once the tender ends, the rest ends."""
    found = fair(bob=(3, "100.00"), cleo=(3, "50.00"))
    found.world.clock.set(found.world.clock.now() + timedelta(days=57))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"}, delivery=date(2026, 6, 1))
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.world.wait(2 * DAY)
    assert found.statuses("bob", "cleo") == ["To Be Confirmed", "Reserved"]
    found.confirm("bob")
    found.desk("ann").seller.confirm_order(order.number)
    found.world.wait(DAY)
    assert found.statuses("bob", "cleo") == ["Transaction Settled", "Expired"]
    assert found.fact("cleo").state is ReservationState.CLOSED
    found.check()


def test_a_withdrawn_items_fallen_order_ends_its_reservations() -> None:
    """Withdrawn meanwhile, an item can be had only by the order under way; if that falls, the reservations end."""
    found = fair(bob=(3, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.world.broker.office.items.withdraw(found.item)
    assert found.statuses("bob") == ["To Be Confirmed"]
    found.confirm("bob")
    found.desk("ann").seller.decline_order(order.number)
    found.world.wait(DAY)
    assert found.statuses("bob") == ["Expired"]
    found.check()


def test_a_withdrawn_item_is_ordered_no_more() -> None:
    """A bidder who is asked when the item is withdrawn accepts nothing any more, and the tender fails."""
    found = fair(bob=(3, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    found.world.broker.office.items.withdraw(found.item)
    with pytest.raises(TenderNotOpen):
        found.desk("ann").seller.accept(tender, price="90.00")
    assert found.tender(tender).places[0].remark == "the item can be had no more by reserving it"
    assert found.tender(tender).state is TenderState.FAILED
    assert found.desk("ann").seller.orders().items == ()


def test_orders_are_listed_newest_first_to_their_seller_alone() -> None:
    """A seller pages through own orders; another member's is as unknown as none."""
    found = fair(bob=(1, "100.00"))
    for _ in range(3):
        tender = found.call()
        found.bid("ann", tender, {1: "90.00"})
        found.world.wait(BIDDING)
        order = found.accept("ann", tender)
        found.confirm("bob")
        found.desk("ann").seller.decline_order(order.number)
    seller = found.desk("ann").seller
    page = seller.orders(size=2)
    assert [view.number for view in page] == [3, 2]
    assert [view.number for view in seller.orders(size=2, after=page.next)] == [1]
    assert found.desk("bob").seller.orders().items == ()
    for number in (1, 99, "x"):
        with pytest.raises(UnknownOrder):
            found.desk("bob").seller.order(number)  # type: ignore[arg-type]


def test_every_change_of_an_order_is_in_the_journal() -> None:
    """Made, asked for, confirmed by a buyer, put to the seller, and ended: each an event, by whom it was."""
    found = fair(bob=(1, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.confirm("bob")
    found.desk("ann").seller.confirm_order(order.number)
    kinds = EventKind.ORDER_MADE, EventKind.ORDER_CHANGED, EventKind.ORDER_ENDED
    events = [event for _, event in found.world.read(lambda tx: tx.journal.read(0, 10**6)) if event.kind in kinds]
    ann, bob = found.desk("ann").number, found.desk("bob").number
    assert [event.by for event in events if isinstance(event.by, int)] == [ann, bob, ann]
    assert events[0].kind is EventKind.ORDER_MADE
    assert events[-1].kind is EventKind.ORDER_ENDED
    versions = [event.fact.version for event in events]  # type: ignore[union-attr]
    assert versions == list(range(len(events)))


def test_an_order_is_confirmed_once() -> None:
    """Repeated with its request id, confirming returns the order; without, it is refused, and no deal is made twice."""
    found = fair(bob=(1, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    seller = found.desk("ann").seller
    with pytest.raises(WrongOrderStep) as early:
        seller.confirm_order(order.number)
    assert early.value.step == "confirmed"
    found.confirm("bob")
    first = seller.confirm_order(order.number, request_id="r")
    assert seller.confirm_order(order.number, request_id="r") == first
    for step in (seller.confirm_order, seller.decline_order):
        with pytest.raises(WrongOrderStep):
            step(order.number)
    assert found.activity("ann") == (0, 1)


def test_the_sweep_counts_orders_and_knows_when_they_are_due() -> None:
    """The next thing due is the order's deadline, and one call does what it asks for."""
    found = fair(bob=(1, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.world.broker.run_due()
    assert found.world.broker.next_due() == order.deadline == found.world.clock.now() + CONFIRMATION
    assert found.world.wait(CONFIRMATION).orders == 1


def test_whoever_accepts_first_of_two_calls_has_the_demand() -> None:
    """An item may be called twice; whoever is asked in the other call for the same units no longer suits."""
    found = fair(bob=(3, "100.00"))
    first, second = found.call(), found.call()
    for name, tender, price in (("ann", first, "95.00"), ("eve", second, "96.00")):
        found.desk(name).seller.bid(tender, tiers={1: price}, delivery=DELIVERY)
    found.world.wait(BIDDING)
    found.desk("ann").seller.accept(first, price="95.00")
    with pytest.raises(TenderNotOpen):
        found.desk("eve").seller.accept(second, price="96.00")
    assert [found.tender(number).places[0].state for number in (first, second)] == [
        PlaceState.ACCEPTED,
        PlaceState.PASSED_OVER,
    ]


def test_a_call_may_end_after_the_release() -> None:
    """What is reserved stays until the call ends, though nobody reserves any more; and it is judged like any other."""
    found = fair(bob=(3, "100.00"))
    office, release = found.world.broker.office, timedelta(days=60)
    until = found.world.clock.now() + release + BIDDING
    tender = office.tenders.call_supply(found.item, bids_until=until).tender.number
    found.desk("ann").seller.bid(tender, tiers={1: "95.00"}, delivery=date(2026, 6, 30))
    found.world.wait(release)
    with pytest.raises(ItemNotOpen):
        found.reserve("cleo", 1, "100.00")
    assert found.statuses("bob") == ["Reserved"]
    found.world.wait(BIDDING)
    found.accept("ann", tender)
    assert found.statuses("bob") == ["To Be Confirmed"]
