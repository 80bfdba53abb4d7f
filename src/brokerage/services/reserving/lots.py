"""What of an order goes to which zone, and what carrying and settling it costs there (spec N6, A6)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import evolve, frozen

from brokerage.errors import ZoningError
from brokerage.money import MAX_AMOUNT
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.pricing import Rounding
from brokerage.records.categories import Fulfilment
from brokerage.records.contractors import Service, Trade
from brokerage.records.numbers import BoxNumber
from brokerage.records.orders import Order, ZoneService
from brokerage.records.reservations import Reservation
from brokerage.records.tenders import OrderService
from brokerage.services.contacts import contact_of
from brokerage.services.settlement.charging import FeeTerms, fee_of, standing_carrier
from brokerage.services.tendering.appointments import standing_service

__all__ = [
    "Lot",
    "cost_of",
    "delivery_zone",
    "fee_terms_of",
    "is_registered",
    "lots",
    "tendered",
    "trades",
    "with_standing",
]


@frozen
class Lot:
    """What of an order is delivered in a zone: how many deals and units, and their price in minor units."""

    zone: str
    deals: int
    units: int
    amount: int


def delivery_zone(tx: Transaction, policy: Policy, reservation: Reservation) -> str | None:
    """Return the zone in which a reservation would be delivered, ``None`` where the policy's rule gives none.

    A rule that fails must not hold up what else is due; nobody is asked to deliver there.
    """
    assert reservation.deliver_to is not None
    try:
        return policy.zone(contact_of(tx, reservation.deliver_to).address)
    except ZoningError:
        return None


def lots(tx: Transaction, policy: Policy, order: Order, reservations: Iterable[Reservation]) -> Sequence[Lot]:
    """Return what of an order goes to each zone, by the zones' names. O(n) for n reservations."""
    found: dict[str, Lot] = {}
    for reservation in reservations:
        zone = delivery_zone(tx, policy, reservation)
        if zone is not None:
            lot, units = found.get(zone, Lot(zone, 0, 0, 0)), reservation.quantity
            found[zone] = Lot(zone, lot.deals + 1, lot.units + units, lot.amount + units * order.price)
    return [found[zone] for zone in sorted(found)]


def trades(order: Order) -> tuple[Trade, ...]:
    """Return who is needed for the deals of an order: goods are carried, and everything is paid for."""
    is_carried = order.fulfilment is Fulfilment.CARRIER
    return (Trade.CARRIER, Trade.PROVIDER) if is_carried else (Trade.PROVIDER,)


def is_registered(tx: Transaction, trade: Trade) -> bool:
    """Say whether anybody is registered for a trade."""
    return bool(tx.contractors.of_trade(trade, BoxNumber(0), 1))


def tendered(tx: Transaction, order: Order) -> frozenset[tuple[Trade, str]]:
    """Return for which trades and zones bids were called for an order."""
    asked = (tender.asked for tender in tx.tenders.of_order(order.number))
    return frozenset((one.trade, one.zone) for one in asked if isinstance(one, OrderService))


def cost_of(service: Service, lot: Lot, rounding: Rounding) -> int:
    """Return what a service would cost all buyers of a lot together, in minor units (spec N6).

    The rate is taken of all prices at once, so rounding may differ from the sum of the deals' fees by part of a minor
    unit for each of them.

    Args:
        service: what is offered.
        lot: how much there is to carry or to settle.
        rounding: how a part of a minor unit becomes a whole one.

    2 deals at 3.00, 5 units at 0.50, and 1 % of 400.00:

    >>> from decimal import Decimal
    >>> lot = Lot("north", deals=2, units=5, amount=40000)
    >>> cost_of(Service(7, fixed=300, each=50, rate=Decimal("0.01")), lot, Rounding.HALF_EVEN)
    1250
    """
    return service.fixed * (lot.deals - 1) + fee_of(service, lot.units, lot.amount, rounding)


def with_standing(
    tx: Transaction, policy: Policy, order: Order, category: str, parts: Iterable[Lot], now: datetime
) -> Order:
    """Return an order of a category with whoever serves a zone by standing terms, where a tender has found nobody.

    Terms by which a lot would cost more than the largest amount there is do not count: nobody could pay them.
    """
    found = list(order.services)
    for lot in parts:
        for trade in trades(order):
            if order.service(trade, lot.zone) is None:
                service = standing_service(tx, trade, category, lot.zone, order.currency, now)
                if service is not None and cost_of(service, lot, policy.rounding) <= MAX_AMOUNT:
                    found.append(ZoneService(trade, lot.zone, service))
    return evolve(order, services=tuple(found))


def fee_terms_of(policy: Policy, order: Order, zone: str) -> FeeTerms:
    """Return who carries and settles the deals of an order in a zone, and for what.

    The policy's standing carrier steps in where no carrier was found (spec N6).
    """
    provider = order.service(Trade.PROVIDER, zone)
    if order.fulfilment is not Fulfilment.CARRIER:
        return FeeTerms(None, provider, policy.rounding)
    carrier = order.service(Trade.CARRIER, zone) or standing_carrier(policy, order.currency)
    return FeeTerms(carrier, provider, policy.rounding)
