"""Orders, as the manager sees them: whose they are, how far they have come, and what they serve (spec N5)."""

from brokerage.house import House
from brokerage.pages import Page
from brokerage.records.numbers import ItemNumber, OrderNumber, TenderNumber
from brokerage.services.inputs import page_size
from brokerage.services.reserving.files import OrderFile, OrderRow, ReservationFile

__all__ = ["OrdersOffice"]


class OrdersOffice:
    """Where the manager looks at orders; get it as the office's ``orders``."""

    def __init__(self, house: House) -> None:
        self._house = house

    def show(self, order: OrderNumber) -> OrderFile:
        """Return everything about an order: its bid, price, services, confirmations, and the reservations it serves.

        What its deadline asks for is done before.

        Args:
            order: which order.

        Returns:
            The order with the first page of its reservations; :meth:`reservations` goes on from there.

        Raises:
            UnknownOrder: there is no such order.
        """
        house = self._house
        return house.after_due(
            lambda tx, now: house.timely.of_any_order(tx, order, now),
            lambda tx, _now: house.order_files.show(tx, order),
        )

    def reservations(
        self, order: OrderNumber, *, size: int | None = None, after: str | None = None
    ) -> Page[ReservationFile]:
        """Return a page of the reservations that an order serves, or would, by number: with whose they are.

        Args:
            order: which order.
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            UnknownOrder: there is no such order; others as for :meth:`page`.
        """
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.order_files.reservations(tx, order, length, after))

    def page(
        self,
        *,
        item: ItemNumber | None = None,
        tender: TenderNumber | None = None,
        size: int | None = None,
        after: str | None = None,
    ) -> Page[OrderRow]:
        """Return a page of orders in whatever state, newest first.

        Args:
            item: only orders of this item; ``None``: of every item.
            tender: only orders of this tender; ``None``: of every tender.
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before, for the same item and tender.

        Returns:
            A page; ``may_be_more`` where very many orders of other items were passed over.

        Raises:
            UnknownItem: there is no such item.
            UnknownTender: there is no such tender.
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.order_files.page(tx, item, tender, length, after))
