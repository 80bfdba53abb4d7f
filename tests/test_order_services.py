"""Who carries and who settles an order: tenders by zone, standing terms, the standing carrier, nobody (spec N6, A6)."""

from datetime import timedelta

import pytest

from brokerage import DeliveryStep, MemberDesk, Money
from brokerage.errors import NotReservable, UnknownOrder
from brokerage.order_views import OrderView
from brokerage.policy import Carriage
from brokerage.ports import Transaction
from brokerage.records.cases import CaseKind
from brokerage.records.categories import Fulfilment
from brokerage.records.contractors import Trade
from brokerage.records.deals import DealState, Purpose
from brokerage.records.ledger import REVENUE
from brokerage.records.numbers import OrderNumber, TenderNumber
from brokerage.records.orders import OrderState
from brokerage.records.reservations import ReservationState
from brokerage.records.tenders import OrderService, PlaceState, TenderState
from builders import DAY, immediate
from orders_under_way import BIDDING, DELIVERY, Fair, fair

_VAN = Carriage("Van", "account of Van", {"USD": "5.00"})
_SERVICE = timedelta(days=1)


class Sides:
    """Zones: whoever's address begins with a letter up to m lives in the north, the others in the south."""

    def zone(self, address: str) -> str:
        """Return the zone of an address."""
        return "north" if address[0] <= "m" else "south"


class Broken:
    """A rule of the user's own that fails for one address."""

    def zone(self, address: str) -> str:
        """Return a zone, or fail."""
        if address.startswith("bob"):
            raise KeyError(address)
        return "here"


def _contractor(found: Fair, name: str, trade: Trade) -> MemberDesk:
    desk = found.desk(name)
    found.world.broker.office.contractors.register(desk.number, trade)
    return desk


def _prepared(found: Fair, least: int = 1, price: str = "90.00") -> OrderView:
    """Let Ann's bid be accepted, and return the order while its services are asked for."""
    tender = found.call()
    found.bid("ann", tender, {1: price}, least=least)
    found.world.wait(BIDDING)
    return found.accept("ann", tender)


def _calls(found: Fair, order: OrderView) -> dict[tuple[Trade, str], TenderNumber]:
    """Return the tenders that were called for an order, by trade and zone."""
    calls = {}
    for tender in found.world.read(lambda tx: tx.tenders.of_order(order.number)):
        assert isinstance(tender.asked, OrderService)
        calls[tender.trade, tender.asked.zone] = tender.number
    return calls


def test_tenders_by_trade_and_zone() -> None:
    """Each zone has a tender of carriers and one of providers; the cheapest all told win, and buyers see it all.

    North: Bob's 3 units; the van's 3.00 + 3 × 0.50 = 4.50 beats 5.00. South: Zoe's 5 units; the cart's 5.00 beats
    3.00 + 5 × 0.50 = 5.50. Settling takes 1 % of price and carriage: of 274.50 that is 2.745, of 455.00 4.55.
    """
    found = fair(immediate(zoning=Sides()), bob=(3, "100.00"), zoe=(5, "100.00"))
    van, cart = _contractor(found, "van", Trade.CARRIER), _contractor(found, "cart", Trade.CARRIER)
    payer = _contractor(found, "payer", Trade.PROVIDER)
    order = _prepared(found)
    assert (order.status, order.deadline) == ("Being Prepared", None)
    assert found.statuses("bob", "zoe") == ["Being Prepared", "Being Prepared"]
    assert found.shown("bob").total is None
    calls = _calls(found, order)
    assert sorted((trade.value, zone) for trade, zone in calls) == [
        ("carrier", "north"),
        ("carrier", "south"),
        ("payment provider", "north"),
        ("payment provider", "south"),
    ]
    shown = van.carrier.call(calls[Trade.CARRIER, "south"])
    assert (shown.zone, shown.deals, shown.units, shown.amount) == ("south", 1, 5, Money(45000, "USD"))
    for zone in ("north", "south"):
        van.carrier.bid(calls[Trade.CARRIER, zone], fixed="3.00", each="0.50")
        cart.carrier.bid(calls[Trade.CARRIER, zone], fixed="5.00")
        payer.provider.bid(calls[Trade.PROVIDER, zone], rate="0.01")
    found.world.wait(_SERVICE)
    bob, zoe = found.shown("bob"), found.shown("zoe")
    assert (bob.carriage, bob.payment_fee, bob.total) == (Money(450, "USD"), Money(274, "USD"), Money(27724, "USD"))
    assert (zoe.carriage, zoe.payment_fee, zoe.total) == (Money(500, "USD"), Money(455, "USD"), Money(45955, "USD"))
    found.confirm("bob", "zoe")
    found.desk("ann").seller.confirm_order(order.number)
    found.pay("bob", "zoe")
    number = found.fact("bob").deal
    assert number is not None
    charges = [(charge.payee.box, charge.units, charge.purpose) for charge in found.world.deal(number).charges]
    assert charges == [
        (found.desk("ann").number, 24300, Purpose.SELLERS_SHARE),
        (None, 2700, Purpose.COMMISSION),
        (van.number, 450, Purpose.CARRIAGE),
        (payer.number, 274, Purpose.PAYMENT_FEE),
    ]
    carriers = {taken.deal: taken.carrier for taken in found.world.carrier.orders}
    assert carriers == {found.fact("bob").deal: van.number, found.fact("zoe").deal: cart.number}
    for name in ("bob", "zoe"):
        deal = found.fact(name).deal
        assert deal is not None
        for step in (DeliveryStep.COLLECTED, DeliveryStep.DELIVERED):
            found.world.broker.advise_delivery(deal, step, notice=f"{step.value}-{deal}")
        found.desk(name).confirm(deal)
        assert found.world.deal(deal).state is DealState.COMPLETED
    paid: dict[str, int] = {}
    for payout in found.world.bank.paid:
        paid[payout.bank_account] = paid.get(payout.bank_account, 0) + payout.units
    assert paid == {
        "account of ann": 24300 + 40500,
        "account of van": 450,
        "account of cart": 500,
        "account of payer": 274 + 455,
    }
    assert found.world.broker.office.balance(REVENUE, "USD") == Money(-7200, "USD")
    assert [appointed.zone for appointed in van.carrier.appointments()] == ["north"]
    found.check()


def test_equal_bids_go_to_the_earlier_alone() -> None:
    """One carrier is appointed, the earlier of equal ones; the other is passed over and told nothing of whom."""
    found = fair(bob=(3, "100.00"))
    van, cart = _contractor(found, "van", Trade.CARRIER), _contractor(found, "cart", Trade.CARRIER)
    order = _prepared(found)
    call = _calls(found, order)[Trade.CARRIER, ""]
    cart.carrier.bid(call, fixed="4.00")
    van.carrier.bid(call, fixed="4.00")
    found.world.wait(_SERVICE)
    [service] = found.order(order).services
    assert service.service.box == cart.number
    assert [bid.status for bid in van.carrier.bids()] == ["Not selected"]


def test_silent_carriers_leave_it_to_standing_terms() -> None:
    """Nobody bids for the order: whoever serves the zone by standing terms carries it, before the standing carrier."""
    found = fair(immediate(carriage=_VAN), bob=(3, "100.00"))
    cart = _contractor(found, "cart", Trade.CARRIER)
    now = found.world.clock.now()
    row = found.world.broker.office.tenders.call_service(
        Trade.CARRIER, "goods", currency="USD", until=now + 50 * DAY, amount="90.00", bids_until=now + DAY
    )
    cart.carrier.bid(row.number, fixed="2.00", each="0.25")
    found.world.wait(DAY)
    order = _prepared(found)
    found.world.wait(_SERVICE)
    assert found.shown("bob").carriage == Money(275, "USD")
    [service] = found.order(order).services
    assert (service.trade, service.service.box) == (Trade.CARRIER, cart.number)


def test_silent_carriers_leave_it_to_the_standing_carrier() -> None:
    """Without standing terms the policy's carrier steps in, at its fee."""
    found = fair(immediate(carriage=_VAN), bob=(3, "100.00"))
    _contractor(found, "cart", Trade.CARRIER)
    order = _prepared(found)
    found.world.wait(_SERVICE)
    assert (found.order(order).services, found.shown("bob").carriage) == ((), Money(500, "USD"))
    found.confirm("bob")
    found.desk("ann").seller.confirm_order(order.number)
    number = found.shown("bob").deal
    assert number is not None
    assert found.world.deal(number).charges[2].payee.name == "Van"


def test_nobody_carries_to_a_zone() -> None:
    """Carriers are registered, and none serves the south: Zoe's reservation is open again, and the north goes on."""
    found = fair(immediate(zoning=Sides()), bob=(3, "100.00"), zoe=(5, "100.00"))
    van = _contractor(found, "van", Trade.CARRIER)
    order = _prepared(found)
    van.carrier.bid(_calls(found, order)[Trade.CARRIER, "north"], fixed="3.00")
    found.world.wait(_SERVICE)
    kept = found.order(order)
    assert (kept.state, kept.units, kept.open) == (OrderState.BUYERS, 3, 1)
    assert found.statuses("bob", "zoe") == ["To Be Confirmed", "Reserved"]
    assert found.letters("zoe") == [f"Reservation {found.reserved['zoe']} is open again"]
    reasons = [case.reason for case in found.world.broker.office.cases.open(CaseKind.TENDER)]
    assert f"order {order.number}: zone 'south': a zone with a carrier is wanted" in reasons[-1]
    found.check()


def test_an_order_falls_that_nobody_carries() -> None:
    """Where too few units are left without the zone that nobody serves, the order falls before any buyer is asked."""
    found = fair(immediate(zoning=Sides()), bob=(3, "100.00"), zoe=(5, "100.00"))
    van = _contractor(found, "van", Trade.CARRIER)
    order = _prepared(found, least=4)
    van.carrier.bid(_calls(found, order)[Trade.CARRIER, "north"], fixed="3.00")
    found.world.wait(_SERVICE)
    assert found.order(order).outcome == "3 units are wanted, and the price needs 4"
    assert found.statuses("bob", "zoe") == ["Reserved", "Reserved"]
    assert f"Order {order.number} has fallen" in found.letters("ann")
    assert [found.fact(name).fees for name in ("bob", "zoe")] == [(), ()]
    found.check()


def test_without_carriers_and_standing_carrier_there_is_no_fee() -> None:
    """Where nobody is registered to carry and the policy names nobody, buyers are asked at once, without a fee."""
    found = fair(bob=(3, "100.00"))
    order = _prepared(found)
    assert order.status == "Buyers Are Asked"
    assert _calls(found, order) == {}
    assert found.shown("bob").total == Money(27000, "USD")


def test_silent_providers_cost_nothing() -> None:
    """Where no payment provider bids, buyers pay the broker as ever, without a fee."""
    found = fair(bob=(3, "100.00"))
    _contractor(found, "payer", Trade.PROVIDER)
    order = _prepared(found)
    assert list(_calls(found, order)) == [(Trade.PROVIDER, "")]
    found.world.wait(_SERVICE)
    assert found.shown("bob").total == Money(27000, "USD")


def test_services_are_not_carried() -> None:
    """In a category of services only payment providers are asked."""
    found = fair(category="services", bob=(3, "100.00"))
    _contractor(found, "van", Trade.CARRIER)
    _contractor(found, "payer", Trade.PROVIDER)
    assert list(_calls(found, _prepared(found))) == [(Trade.PROVIDER, "")]


def test_where_a_zoning_rule_fails_nobody_delivers() -> None:
    """A rule of the user's own that fails for an address holds up nothing: that reservation is open again."""
    found = fair(immediate(zoning=Broken()), bob=(3, "100.00"), cleo=(5, "100.00"))
    order = _prepared(found)
    assert (order.status, order.units) == ("Buyers Are Asked", 5)
    assert found.fact("bob").state is ReservationState.OPEN
    [case] = found.world.broker.office.cases.open(CaseKind.TENDER)
    assert case.reason == f"order {order.number}: the zoning rule gave no zone for 1 of its reservations"


def test_an_order_goes_on_when_a_call_is_taken_back() -> None:
    """The manager takes the last call back: what stands otherwise holds, and the buyers are asked."""
    found = fair(immediate(carriage=_VAN), bob=(3, "100.00"))
    _contractor(found, "van", Trade.CARRIER)
    order = _prepared(found)
    found.world.broker.office.tenders.take_back(_calls(found, order)[Trade.CARRIER, ""])
    assert found.order(order).state is OrderState.BUYERS
    assert found.shown("bob").carriage == Money(500, "USD")


def test_a_fallen_order_needs_no_services() -> None:
    """When an order falls while carriers are asked, their call is taken back, and nothing comes of bids on it."""
    found = fair(bob=(3, "100.00"), cleo=(3, "100.00"))
    van = _contractor(found, "van", Trade.CARRIER)
    order = _prepared(found, least=4)
    call = _calls(found, order)[Trade.CARRIER, ""]
    van.carrier.bid(call, fixed="3.00")
    found.decline("bob")
    assert found.order(order).state is OrderState.FALLEN
    assert found.tender(call).state is TenderState.WITHDRAWN
    found.world.wait(_SERVICE)
    assert found.order(order).services == ()
    found.check()


def test_nothing_is_confirmed_before_it_is_known_what_it_costs() -> None:
    """While carriers are asked, a buyer has nothing to confirm yet, whatever total is given; declining is possible."""
    found = fair(bob=(3, "100.00"), cleo=(3, "100.00"))
    _contractor(found, "van", Trade.CARRIER)
    order = _prepared(found)
    with pytest.raises(NotReservable):
        found.desk("bob").buyer.confirm(found.reserved["bob"], total="270.00")
    found.decline("bob")
    assert (found.order(order).units, found.order(order).open) == (3, 1)


def test_bids_that_are_opened_after_the_fall() -> None:
    """A seller leaves when the time for bids is over and nothing was swept: the bids are judged, and none is accepted.

    Nobody is told of an appointment to an order that has fallen.
    """
    found = fair(bob=(3, "100.00"))
    van = _contractor(found, "van", Trade.CARRIER)
    found.world.broker.office.members.add_reason("moved", "moves away")
    order = _prepared(found)
    call = _calls(found, order)[Trade.CARRIER, ""]
    van.carrier.bid(call, fixed="3.00")
    found.world.clock.set(found.world.clock.now() + _SERVICE)
    found.desk("ann").account.withdraw("moved")
    assert found.tender(call).state is TenderState.CALLED
    found.world.broker.run_due()
    assert found.tender(call).state is TenderState.FAILED
    [place] = found.tender(call).places
    assert (place.state, place.remark) == (PlaceState.PASSED_OVER, "the order has fallen")
    assert found.letters("van") == [f"Your bid {place.bid}: Not selected"]
    assert (found.order(order).state, found.order(order).services) == (OrderState.FALLEN, ())
    found.check()


def test_who_was_appointed_hears_that_the_order_fell() -> None:
    """A carrier and a provider whose bids were accepted are told that nothing is to be done; others hear nothing."""
    found = fair(bob=(3, "100.00"))
    van, cart = _contractor(found, "van", Trade.CARRIER), _contractor(found, "cart", Trade.CARRIER)
    payer = _contractor(found, "payer", Trade.PROVIDER)
    order = _prepared(found)
    calls = _calls(found, order)
    van.carrier.bid(calls[Trade.CARRIER, ""], fixed="3.00")
    cart.carrier.bid(calls[Trade.CARRIER, ""], fixed="4.00")
    payer.provider.bid(calls[Trade.PROVIDER, ""], rate="0.01")
    found.world.wait(_SERVICE)
    found.confirm("bob")
    found.desk("ann").seller.decline_order(order.number)
    told = {name: found.letters(name)[-1].partition(": ")[2] for name in ("van", "cart", "payer")}
    assert told == {"van": "the order has fallen", "cart": "Not selected", "payer": "the order has fallen"}
    bodies = [mail.body for mail in found.world.mailbox.sent if "the order has fallen" in mail.subject]
    assert bodies == [
        f"The order for which you were appointed (call {calls[trade, '']}: {service} of an order) has fallen. "
        "You have nothing to do for it, and get no fee."
        for trade, service in ((Trade.CARRIER, "carriage"), (Trade.PROVIDER, "settlement of payments"))
    ]
    found.check()


def test_an_order_is_delivered_as_its_category_said_when_it_was_made() -> None:
    """A category whose goods come to be performed meanwhile changes nothing in orders that were made before."""
    found = fair(immediate(carriage=_VAN), bob=(3, "100.00"))
    order = _prepared(found)
    found.world.broker.office.correct_category("goods", fulfilment=Fulfilment.PERFORMED)
    found.confirm("bob")
    found.desk("ann").seller.confirm_order(order.number)
    number = found.fact("bob").deal
    assert number is not None
    assert found.world.deal(number).fulfilment is Fulfilment.CARRIER
    assert found.world.deal(number).owed == Money(27500, "USD").units


def test_many_deals_cost_many_fees() -> None:
    """A fee for each deal counts once for each: three times 3.00 is more than three units at 2.90."""
    found = fair(bob=(1, "100.00"), cleo=(1, "100.00"), dan=(1, "100.00"))
    van, cart = _contractor(found, "van", Trade.CARRIER), _contractor(found, "cart", Trade.CARRIER)
    order = _prepared(found)
    call = _calls(found, order)[Trade.CARRIER, ""]
    van.carrier.bid(call, fixed="3.00")
    cart.carrier.bid(call, each="2.90")
    found.world.wait(_SERVICE)
    [service] = found.order(order).services
    assert service.service.box == cart.number
    assert found.shown("dan").carriage == Money(290, "USD")


def test_an_order_falls_while_its_calls_are_overdue() -> None:
    """A step after the time for bids does first what that asks for: buyers are asked, and then one declines."""
    found = fair(bob=(3, "100.00"), cleo=(3, "100.00"))
    van = _contractor(found, "van", Trade.CARRIER)
    order = _prepared(found, least=4)
    van.carrier.bid(_calls(found, order)[Trade.CARRIER, ""], fixed="3.00")
    found.world.clock.set(found.world.clock.now() + _SERVICE)
    found.decline("bob")
    assert found.order(order).outcome == "3 units are wanted, and the price needs 4"
    assert found.letters("bob")[0] == f"Reservation {found.reserved['bob']}: please confirm"
    found.check()


def test_services_are_called_for_by_orders_alone() -> None:
    """A call for services to an order that does not wait for them is refused."""
    found = fair(bob=(3, "100.00"))
    order = _prepared(found)
    house = found.world.broker._house
    until = house.clock.now() + DAY
    for number in (order.number, OrderNumber(99)):
        asked = OrderService(Trade.CARRIER, number, "goods", "", "USD", 1, 3, 27000)

        def call(tx: Transaction, asked: OrderService = asked) -> object:
            return house.tenders.call(tx, asked, until, house.clock.now(), judge="lowest total")

        with pytest.raises(UnknownOrder):
            found.world.store.run(call)


def test_delivery_days_that_are_over_do_not_suit() -> None:
    """A bid whose day of delivery has come and gone when it would be asked is passed over."""
    found = fair(bob=(3, "100.00"))
    tender = found.call(answer=timedelta(days=60))
    found.bid("ann", tender, {1: "80.00"})
    found.bid("eve", tender, {1: "90.00"}, delivery=found.world.clock.now().date() + 2 * DAY)
    found.world.wait(BIDDING)
    found.world.clock.set(found.world.clock.now() + 5 * DAY)
    found.desk("ann").seller.decline(tender)
    assert found.tender(tender).places[1].remark == "its day of delivery is over"
    assert found.tender(tender).state is TenderState.FAILED
    assert found.demand() == 3
    assert found.world.clock.now().date() < DELIVERY
