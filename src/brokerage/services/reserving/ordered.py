"""What an order refers to: its reservations, its item, and what a reservation costs by it."""

from collections.abc import Iterator

from brokerage.errors import UnknownOrder
from brokerage.ports import Transaction
from brokerage.records.categories import Category, category_key
from brokerage.records.items import Item
from brokerage.records.numbers import Arrival, BoxNumber, ItemNumber, OfferNumber, OrderNumber
from brokerage.records.orders import Order
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.services.inputs import whole_number
from brokerage.services.market.offers import check_member

__all__ = [
    "of_order",
    "open_by_arrival",
    "order_of",
    "ordered_category",
    "ordered_item",
    "owed",
    "own_order",
]

_BATCH = 500


def order_of(tx: Transaction, number: OrderNumber) -> Order:
    """Return an order that some fact refers to: orders are never removed."""
    order = tx.orders.get(number)
    assert order is not None
    return order


def own_order(tx: Transaction, box: BoxNumber, number: object) -> Order:
    """Return a seller's order; a foreign one and one that does not exist are the same :class:`UnknownOrder`."""
    check_member(tx, box)
    found = whole_number(number)
    order = None if found is None else tx.orders.get(OrderNumber(found))
    if order is None or order.seller != box:
        raise UnknownOrder(number)
    return order


def ordered_item(tx: Transaction, order: Order) -> Item:
    """Return what is ordered: items are never removed."""
    item = tx.items.get(order.item)
    assert item is not None
    return item


def ordered_category(tx: Transaction, item: Item) -> Category:
    """Return an item's category, which is not deleted while anything of it is reserved."""
    category = tx.categories.get(category_key(item.category))
    assert category is not None
    return category


def owed(order: Order, reservation: Reservation) -> int:
    """Return what a reservation costs its buyer by an order, all told, in minor units (spec A6)."""
    return order.price * reservation.quantity + sum(fee.units for fee in reservation.fees)


def open_by_arrival(tx: Transaction, item: ItemNumber) -> Iterator[Reservation]:
    """Yield the open reservations of an item, the earliest first, read by pages."""
    after: Arrival | None = None
    while page := tx.reservations.open_of(item, after, _BATCH):
        yield from page
        after = page[-1].arrival


def of_order(tx: Transaction, order: OrderNumber, *states: ReservationState) -> Iterator[Reservation]:
    """Yield the reservations of an order that are in one of some states, by number, read by pages.

    Each may be changed when it is yielded.
    """
    after: OfferNumber | None = None
    while page := tx.reservations.of_order(order, after, _BATCH):
        yield from (reservation for reservation in page if reservation.state in states)
        after = page[-1].number
