"""A seller's orders, read (spec N5, B2)."""

from attrs import frozen

from brokerage.headings.orders import ORDERS
from brokerage.order_views import OrderView, order_view
from brokerage.pages import Page, PageMarks
from brokerage.ports import Transaction
from brokerage.records.numbers import BoxNumber, OrderNumber
from brokerage.services.market.offers import check_member
from brokerage.services.reserving.ordered import ordered_item, own_order

__all__ = ["OrderLists"]

_ORDERS = "orders"


@frozen
class OrderLists:
    """Reads orders for sellers. Nothing here changes anything."""

    marks: PageMarks

    def show(self, tx: Transaction, box: BoxNumber, number: object) -> OrderView:
        """Return an order of a seller; raises ``UnknownOrder`` for any other."""
        order = own_order(tx, box, number)
        return order_view(order, ordered_item(tx, order))

    def page(self, tx: Transaction, box: BoxNumber, size: int, after: str | None) -> Page[OrderView]:
        """Return a page of a seller's orders, the newest first. O(log n + page).

        Raises:
            InvalidCursor: ``after`` is no mark of this list.
        """
        check_member(tx, box)
        before = None if after is None else OrderNumber(self.marks.read(_ORDERS, after, 1)[0])
        found = tx.orders.of_seller(box, before, size + 1)
        mark = self.marks.write(_ORDERS, found[size - 1].number) if len(found) > size else None
        return Page(tuple(order_view(one, ordered_item(tx, one)) for one in found[:size]), mark, headings=ORDERS)
