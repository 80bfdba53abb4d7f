"""The manager's look at orders: all of them, those of an item or a tender, and one with all that belongs to it."""

from collections.abc import Iterator

from attrs import frozen

from brokerage.errors import UnknownOrder
from brokerage.headings.items import OFFICE_RESERVATIONS
from brokerage.headings.orders import OFFICE_ORDERS
from brokerage.pages import Page, PageMarks
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.numbers import ItemNumber, OfferNumber, OrderNumber
from brokerage.records.orders import Order
from brokerage.services.inputs import whole_number
from brokerage.services.reserving.files import OrderFile, OrderRow, ReservationFile, order_row, reservation_file
from brokerage.services.reserving.items import item_of
from brokerage.services.reserving.ordered import ordered_item
from brokerage.services.tendering.tenders import tender_of

__all__ = ["OrderFiles"]

_ORDERS, _RESERVATIONS = "all orders", "reservations of order"


@frozen
class OrderFiles:
    """Reads orders for the manager. Nothing here changes anything."""

    policy: Policy
    marks: PageMarks

    def show(self, tx: Transaction, number: object) -> OrderFile:
        """Return an order with the first page of its reservations. O(log n + page).

        Raises:
            UnknownOrder: there is none.
        """
        order = _order(tx, number)
        return OrderFile(_row(tx, order), self.reservations(tx, order.number, self.policy.page_size, None))

    def reservations(self, tx: Transaction, number: object, size: int, after: str | None) -> Page[ReservationFile]:
        """Return a page of the reservations of an order, by number. O(log n + page).

        Raises:
            UnknownOrder: there is none.
            InvalidCursor: ``after`` is no mark of this order's list.
        """
        order = _order(tx, number)
        last = None
        if after is not None:
            last = OfferNumber(self.marks.read(_RESERVATIONS, after, 1, lambda _: order.number)[0])
        found = tx.reservations.of_order(order.number, last, size + 1)
        mark = None
        if len(found) > size:
            mark = self.marks.write(_RESERVATIONS, found[size - 1].number, bound=order.number)
        return Page(tuple(map(reservation_file, found[:size])), mark, headings=OFFICE_RESERVATIONS)

    def page(self, tx: Transaction, item: object, tender: object, size: int, after: str | None) -> Page[OrderRow]:
        """Return a page of orders, newest first.

        O(page + passed over) where no tender is named, with at most the policy's ``checks_per_page`` orders of other
        items passed over; else O(orders of the tender).

        Args:
            tx: the unit of work.
            item: only orders of this item; ``None``: of every item.
            tender: only orders of this tender; ``None``: of every tender.
            size: how many.
            after: the mark of the page before.

        Raises:
            UnknownItem: there is no such item.
            UnknownTender: there is no such tender.
            InvalidCursor: ``after`` is no mark of such a list.
        """
        wanted = None if item is None else item_of(tx, item).number
        kind = _ORDERS if item is None else f"{_ORDERS} of item {wanted}"
        if tender is None:
            first = None if after is None else OrderNumber(self.marks.read(kind, after, 1)[0])
            orders = _newest(tx, first)
        else:
            called = tender_of(tx, tender)
            kind = f"{kind} of tender {called.number}"
            first = None if after is None else OrderNumber(self.marks.read(kind, after, 1)[0])
            before = first
            kept = reversed(tx.orders.of_tender(called.number))
            orders = (order for order in kept if before is None or order.number < before)
        return self._filtered(tx, orders, wanted, kind, size, first)

    def _filtered(
        self,
        tx: Transaction,
        orders: Iterator[Order],
        item: ItemNumber | None,
        kind: str,
        size: int,
        last: OrderNumber | None,
    ) -> Page[OrderRow]:
        found: list[OrderRow] = []
        passed = 0
        for order in orders:
            if last is not None and (len(found) == size or passed == self.policy.checks_per_page):
                mark = self.marks.write(kind, last)
                return Page(tuple(found), mark, len(found) < size, headings=OFFICE_ORDERS)
            last = order.number
            if item is None or order.item == item:
                found.append(_row(tx, order))
            else:
                passed += 1
        return Page(tuple(found), headings=OFFICE_ORDERS)


def _newest(tx: Transaction, before: OrderNumber | None) -> Iterator[Order]:
    """Yield the orders below a number, newest first; a number that was given out and not used is skipped."""
    last = tx.numbers.last(Series.ORDER) if before is None else before - 1
    for number in range(last, 0, -1):
        order = tx.orders.get(OrderNumber(number))
        if order is not None:
            yield order


def _order(tx: Transaction, number: object) -> Order:
    found = whole_number(number)
    order = None if found is None else tx.orders.get(OrderNumber(found))
    if order is None:
        raise UnknownOrder(number)
    return order


def _row(tx: Transaction, order: Order) -> OrderRow:
    return order_row(order, ordered_item(tx, order))
