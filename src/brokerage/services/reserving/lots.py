"""What of an order goes to which zone, and what carrying and settling it costs there (spec N6, A6)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import evolve, frozen

from brokerage.errors import ZoningError
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.categories import Category, Fulfilment
from brokerage.records.contractors import Trade
from brokerage.records.numbers import BoxNumber
from brokerage.records.orders import Order, ZoneService
from brokerage.records.reservations import Reservation
from brokerage.records.tenders import OrderService
from brokerage.services.contacts import contact_of
from brokerage.services.settlement.charging import FeeTerms, standing_carrier
from brokerage.services.tendering.appointments import standing_service

__all__ = ["Lot", "delivery_zone", "fee_terms_of", "is_registered", "lots", "tendered", "trades", "with_standing"]


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


def trades(category: Category) -> tuple[Trade, ...]:
    """Return who is needed for deals of a category: goods are carried, and everything is paid for."""
    is_carried = category.fulfilment is Fulfilment.CARRIER
    return (Trade.CARRIER, Trade.PROVIDER) if is_carried else (Trade.PROVIDER,)


def is_registered(tx: Transaction, trade: Trade) -> bool:
    """Say whether anybody is registered for a trade."""
    return bool(tx.contractors.of_trade(trade, BoxNumber(0), 1))


def tendered(tx: Transaction, order: Order) -> frozenset[tuple[Trade, str]]:
    """Return for which trades and zones bids were called for an order."""
    asked = (tender.asked for tender in tx.tenders.of_order(order.number))
    return frozenset((one.trade, one.zone) for one in asked if isinstance(one, OrderService))


def with_standing(tx: Transaction, order: Order, category: Category, zones: Iterable[str], now: datetime) -> Order:
    """Return an order with whoever serves a zone by standing terms, where a tender has found nobody."""
    found = list(order.services)
    for zone in zones:
        for trade in trades(category):
            if order.service(trade, zone) is None:
                service = standing_service(tx, trade, category.code, zone, order.currency, now)
                found += [] if service is None else [ZoneService(trade, zone, service)]
    return evolve(order, services=tuple(found))


def fee_terms_of(policy: Policy, order: Order, category: Category, zone: str) -> FeeTerms:
    """Return who carries and settles the deals of an order in a zone, and for what.

    The policy's standing carrier steps in where no carrier was found (spec N6).
    """
    provider = order.service(Trade.PROVIDER, zone)
    if category.fulfilment is not Fulfilment.CARRIER:
        return FeeTerms(None, provider, policy.rounding)
    carrier = order.service(Trade.CARRIER, zone) or standing_carrier(policy, order.currency)
    return FeeTerms(carrier, provider, policy.rounding)
