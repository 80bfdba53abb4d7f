"""Who was appointed for an order and goes keeps the fee, and the manager has a case of each of them (spec N6, M3)."""

from brokerage import DeliveryStep
from brokerage.order_views import OrderView
from brokerage.records.cases import CaseKind
from brokerage.records.contractors import Trade
from brokerage.records.orders import OrderState
from builders import DAY, START, immediate
from orders_under_way import BIDDING, Fair, fair

_LEFT = "the carrier in box 2 has left and keeps the fee: order {}, {}, {}"


class ByAddress:
    """A zone is the first letter of an address."""

    def zone(self, address: str) -> str:
        """Return the letter."""
        return address[0]


def _ordered(found: Fair) -> OrderView:
    """Let Ann's bid be accepted."""
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    return found.accept("ann", tender)


def _carried(found: Fair, name: str = "van") -> OrderView:
    """Let Ann's order be carried by whoever bid for it."""
    order = _ordered(found)
    for tender in found.world.read(lambda tx: tx.tenders.of_order(order.number)):
        found.desk(name).carrier.bid(tender.number, fixed="3.00")
    found.world.wait(DAY)
    return order


def _with_van(found: Fair) -> Fair:
    """Register the van as a carrier, and let members leave."""
    office = found.world.broker.office
    office.contractors.register(found.desk("van").number, Trade.CARRIER)
    office.members.add_reason("moved", "Moved")
    return found


def _reasons(found: Fair) -> list[str]:
    """Return why the manager has cases of tenders."""
    return [case.reason for case in found.world.broker.office.cases.open(CaseKind.TENDER)]


def _remove(found: Fair) -> None:
    found.world.broker.office.contractors.remove(found.desk("van").number, Trade.CARRIER)


def test_the_manager_hears_of_orders_that_are_undecided() -> None:
    """Who won an order's carriage leaves while buyers are asked: there is one case, and the fee stays as shown."""
    found = _with_van(fair(bob=(3, "100.00")))
    order = _carried(found)
    fee = found.shown("bob").carriage
    found.desk("van").account.withdraw("moved")
    assert _reasons(found) == [_LEFT.format(order.number, "everywhere", "is undecided")]
    assert found.shown("bob").carriage == fee
    found.confirm("bob")
    found.desk("ann").seller.confirm_order(order.number)
    assert found.order(order).state is OrderState.MADE
    found.check()


def test_one_case_names_all_zones_of_an_order() -> None:
    """Whoever carries to several zones of an order is one case."""
    found = _with_van(fair(immediate(zoning=ByAddress()), bob=(3, "100.00"), cleo=(3, "100.00")))
    assert found.desk("van").number == 3
    order = _carried(found)
    _remove(found)
    [reason] = _reasons(found)
    assert reason == (
        f"the carrier in box 3 has left and keeps the fee: order {order.number}, zone 'b', zone 'c', is undecided"
    )


def test_the_manager_hears_of_deals_in_flight() -> None:
    """An order that was made is a case as long as one of its deals has not ended, and none afterwards."""
    for has_ended in (False, True):
        found = _with_van(fair(bob=(3, "100.00")))
        order = _carried(found)
        found.confirm("bob")
        found.desk("ann").seller.confirm_order(order.number)
        found.pay("bob")
        deal = found.shown("bob").deal
        assert deal is not None
        found.world.broker.advise_delivery(deal, DeliveryStep.COLLECTED, notice="c")
        found.world.broker.advise_delivery(deal, DeliveryStep.DELIVERED, notice="d")
        if has_ended:
            found.world.wait(60 * DAY)
        _remove(found)
        expected = [] if has_ended else [_LEFT.format(order.number, "everywhere", "has deals in flight")]
        assert _reasons(found) == expected


def test_the_manager_hears_of_orders_served_by_standing_terms() -> None:
    """Nobody bid for the order, and the van carries it by its standing terms: both are cases when it goes."""
    found = _with_van(fair(bob=(3, "100.00")))
    until = START + DAY
    office = found.world.broker.office
    row = office.tenders.call_service(
        Trade.CARRIER, "goods", currency="USD", bids_until=until, until=START + 60 * DAY, amount="100.00"
    )
    found.desk("van").carrier.bid(row.tender.number, fixed="3.00")
    found.world.wait(DAY)
    order = _ordered(found)
    found.world.wait(DAY)
    assert found.order(order).state is OrderState.BUYERS
    _remove(found)
    assert _reasons(found) == [
        "the carrier in box 2 has left: category goods, everywhere",
        _LEFT.format(order.number, "everywhere", "is undecided"),
    ]


def test_no_case_of_an_order_that_fell_or_that_others_carry() -> None:
    """An order that fell needs no carrier, and whoever was not appointed leaves nothing behind."""
    found = _with_van(fair(bob=(3, "100.00")))
    _carried(found)
    found.decline("bob")
    _remove(found)
    found = _with_van(fair(bob=(3, "100.00")))
    found.world.broker.office.contractors.register(found.desk("cart").number, Trade.CARRIER)
    _carried(found, "cart")
    _remove(found)
    assert _reasons(found) == []
