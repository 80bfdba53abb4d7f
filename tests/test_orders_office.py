"""The manager's look at orders: every figure, who serves, whose reservations, and by pages (spec N5)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from brokerage import Money
from brokerage.errors import InvalidChoice, InvalidCursor, UnknownItem, UnknownOrder, UnknownTender
from brokerage.records.contractors import Trade
from brokerage.records.numbers import OrderNumber
from builders import DAY, START, immediate
from orders_under_way import BIDDING, CONFIRMATION, DELIVERY, Fair, fair


def ordered(found: Fair, price: str = "90.00") -> OrderNumber:
    """Let Ann's bid be accepted, and return the order's number."""
    tender = found.call()
    found.bid("ann", tender, {1: price})
    found.world.wait(BIDDING)
    return found.accept("ann", tender).number


def office(found: Fair) -> Any:
    """Return the manager's office, whose arguments a test may get wrong."""
    return found.world.broker.office


def test_an_order_is_shown_whole() -> None:
    """The manager reads of an order whose bid it came of, every figure, how far it is, and whom it serves."""
    found = fair(bob=(3, "100.00"), cleo=(5, "100.00"))
    number = ordered(found)
    found.confirm("bob")
    file = office(found).orders.show(number)
    order, ann = file.order, found.desk("ann")
    [bid] = ann.seller.bids()
    assert (file.number, order.number, order.tender, order.bid, order.item) == (1, 1, 1, bid.number, found.item)
    assert (order.name, order.seller, order.state) == ("Lamp", ann.number, "buyers")
    assert (order.price, order.share, order.commission) == (Money(9000, "USD"), Money(8100, "USD"), Money(900, "USD"))
    assert (order.rate, order.least, order.units, order.unanswered, order.confirmed) == (Decimal("0.1"), 1, 8, 1, 3)
    assert (order.delivery, order.made_at, order.services) == (DELIVERY, START + BIDDING, ())
    assert (order.deadline, order.outcome) == (START + BIDDING + CONFIRMATION, "")
    served = [(one.number, one.box, one.state) for one in file.reservations]
    assert served == [
        (found.reserved["bob"], found.desk("bob").number, "confirmed"),
        (found.reserved["cleo"], found.desk("cleo").number, "asked"),
    ]


def test_an_order_shows_who_carries_and_settles() -> None:
    """Who was appointed stands beside the order, by trade and zone, with the fee."""
    found = fair(bob=(3, "100.00"))
    desk = found.desk("van")
    office(found).contractors.register(desk.number, Trade.CARRIER)
    number = ordered(found)
    [call] = desk.carrier.calls()
    desk.carrier.bid(call.number, fixed="3.00", each="0.50", rate="0.01")
    found.world.wait(DAY)
    [service] = office(found).orders.show(number).order.services
    assert (service.order, service.trade, service.zone, service.box) == (number, Trade.CARRIER, "", desk.number)
    assert (service.fixed, service.each, service.rate) == (Money(300, "USD"), Money(50, "USD"), Decimal("0.01"))


def test_an_order_shows_itself() -> None:
    """Printing an order, or showing it in a notebook, gives the order, its services and its reservations."""
    found = fair(bob=(3, "100.00"))
    file = office(found).orders.show(ordered(found))
    assert [table.title for table in file.tables()] == ["Orders", "Who carries and settles", "Reservations"]
    assert file.table() == file.tables()[0]
    for form in (repr(file), file._repr_html_()):
        assert "90.00" in form
        assert "Reservations" in form
    row = office(found).orders.page().table().rows[0]
    assert row[:7] == (1, 1, file.order.bid, found.item, "Lamp", file.order.seller, "buyers")


def test_what_an_order_served_stays_with_it() -> None:
    """A made order has its reservations with their deals, and one that fell out closed; a fallen order has none."""
    found = fair(bob=(3, "100.00"), cleo=(5, "100.00"))
    first = ordered(found)
    found.decline("cleo")
    found.confirm("bob")
    found.desk("ann").seller.confirm_order(first)
    file = office(found).orders.show(first)
    assert [(one.state, one.deal) for one in file.reservations] == [("agreed", 1), ("closed", None)]
    found.reserve("dora", 2, "100.00")
    second = ordered(found)
    found.desk("dora").buyer.decline(found.reserved["dora"])
    fallen = office(found).orders.show(second)
    assert (fallen.order.state, fallen.order.outcome) == ("fallen", "0 units are wanted, and the price needs 1")


def test_reservations_of_an_order_come_by_pages() -> None:
    """The first page stands with the order; its mark leads on, in that order alone."""
    found = fair(immediate(page_size=2), bob=(1, "100.00"), cleo=(1, "100.00"), dora=(1, "100.00"))
    number = ordered(found)
    file = office(found).orders.show(number)
    assert [one.number for one in file.reservations] == [found.reserved["bob"], found.reserved["cleo"]]
    rest = office(found).orders.reservations(number, after=file.reservations.next)
    assert ([one.number for one in rest], rest.next) == ([found.reserved["dora"]], None)
    assert len(office(found).orders.reservations(number, size=3)) == 3
    found.reserve("eve", 2, "100.00")
    other = office(found).tenders.call_supply(found.item, bids_until=found.world.clock.now() + BIDDING).number
    found.bid("fay", other, {1: "50.00"})
    found.world.wait(BIDDING)
    second = found.accept("fay", other).number
    with pytest.raises(InvalidCursor):
        office(found).orders.reservations(second, after=file.reservations.next)


def test_looking_at_an_order_does_what_is_due() -> None:
    """Without a sweep the manager who looks at the deadline finds the order fallen."""
    found = fair(bob=(3, "100.00"))
    number = ordered(found)
    found.world.clock.set(found.world.clock.now() + CONFIRMATION)
    assert office(found).orders.show(number).order.state == "fallen"


def several() -> tuple[Fair, int]:
    """Return a fair at which orders 1 and 3 are of one item and 2 is of another, and that item's number."""
    found = fair(bob=(3, "100.00"))
    ordered(found)
    found.world.wait(CONFIRMATION)
    release_at = found.world.clock.now() + timedelta(days=60)
    lamp, rug = found.item, office(found).items.register("goods", "Rug", currency="USD", release_at=release_at)
    other = Fair(found.world, rug, found.desks, {})
    other.reserve("bob", 2, "100.00")
    ordered(other)
    again = Fair(found.world, lamp, found.desks, {})
    again.reserve("cleo", 2, "100.00")
    ordered(again)
    return found, rug


def numbers(page: Any) -> list[int]:
    """Return the numbers of the orders on a page."""
    return [order.number for order in page]


def test_orders_come_newest_first_by_pages() -> None:
    """All orders in whatever state are listed by pages, the newest first."""
    found, _ = several()
    first = office(found).orders.page(size=2)
    assert numbers(first) == [3, 2]
    rest = office(found).orders.page(size=2, after=first.next)
    assert (numbers(rest), rest.next) == ([1], None)
    assert [order.state for order in (*first, *rest)] == ["buyers", "buyers", "fallen"]


def test_orders_of_an_item_or_a_tender() -> None:
    """A list can be of one item, of one tender, or of both; its marks belong to that list."""
    found, rug = several()
    orders = office(found).orders
    assert numbers(orders.page(item=found.item)) == [3, 1]
    assert numbers(orders.page(item=rug)) == [2]
    assert [numbers(orders.page(tender=tender)) for tender in (1, 2, 3)] == [[1], [2], [3]]
    assert [numbers(orders.page(item=rug, tender=tender)) for tender in (1, 2)] == [[], [2]]
    first = orders.page(item=found.item, size=1)
    assert numbers(orders.page(item=found.item, size=1, after=first.next)) == [1]
    for other in ({}, {"item": rug}, {"tender": 3}, {"item": found.item, "tender": 3}):
        with pytest.raises(InvalidCursor):
            orders.page(**other, after=first.next)


def test_a_tender_whose_first_order_fell_has_two() -> None:
    """The orders of one tender come newest first, by pages of their own."""
    found = fair(bob=(3, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.bid("eve", tender, {1: "95.00"})
    found.world.wait(BIDDING)
    found.accept("ann", tender)
    found.confirm("bob")
    found.desk("ann").seller.decline_order(OrderNumber(1))
    found.accept("eve", tender)
    first = office(found).orders.page(tender=tender, size=1)
    assert numbers(first) == [2]
    rest = office(found).orders.page(tender=tender, size=1, after=first.next)
    assert (numbers(rest), rest.next) == ([1], None)


def test_reading_stops_where_very_many_are_passed_over() -> None:
    """A page of an item's orders ends early where the policy's bound is reached, and goes on from there."""
    found = fair(immediate(checks_per_page=10), bob=(3, "100.00"))
    orders = office(found).orders
    ordered(found)
    release_at = found.world.clock.now() + timedelta(days=60)
    rug = office(found).items.register("goods", "Rug", currency="USD", release_at=release_at)
    for _ in range(12):
        other = Fair(found.world, rug, found.desks, {})
        other.reserve("dan", 1, "100.00")
        ordered(other)
        other.desk("dan").buyer.decline(other.reserved["dan"])
    page = orders.page(item=found.item)
    assert (numbers(page), page.may_be_more) == ([], True)
    assert numbers(orders.page(item=found.item, after=page.next)) == [1]


@pytest.mark.parametrize("number", [0, 2, -1, None, "1", 1.5, True])
def test_what_is_no_order_is_refused(number: Any) -> None:
    """A number that no order has, or what is none, is an unknown order."""
    found = fair(bob=(3, "100.00"))
    ordered(found)
    for read in (office(found).orders.show, office(found).orders.reservations):
        with pytest.raises(UnknownOrder):
            read(number)


def test_wrong_filters_are_refused() -> None:
    """An item or a tender that is not there, and a page that is none, are refused by name."""
    orders = office(fair(bob=(3, "100.00"))).orders
    for given, error in (
        ({"item": 9}, UnknownItem),
        ({"item": "x"}, UnknownItem),
        ({"tender": 9}, UnknownTender),
        ({"size": 0}, InvalidChoice),
        ({"after": "x"}, InvalidCursor),
    ):
        with pytest.raises(error):
            orders.page(**given)
