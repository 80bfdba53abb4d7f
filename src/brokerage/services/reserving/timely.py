"""What time asks for before a step on an item, a reservation, a tender or an order, swept or not (spec T1, T3)."""

from datetime import datetime

from attrs import frozen

from brokerage.ports import Transaction
from brokerage.records.numbers import BoxNumber, OrderNumber, TenderNumber
from brokerage.services.inputs import whole_number
from brokerage.services.reserving.items import Items, item_of
from brokerage.services.reserving.ordered import own_order
from brokerage.services.reserving.orders import Orders
from brokerage.services.reserving.pool import own_reservation
from brokerage.services.reserving.reservations import Reservations
from brokerage.services.tendering.awards import Awards

__all__ = ["Timely"]


@frozen
class Timely:
    """Does first what deadlines ask for; run it in a work of its own, so that it stays done if the step is refused."""

    items: Items
    reservations: Reservations
    awards: Awards
    orders: Orders

    def of_item(self, tx: Transaction, number: object, now: datetime) -> None:
        """Judge tenders on an item whose time for bids is over, and release it if its date has come.

        Raises:
            UnknownItem: there is no such item.
        """
        item = item_of(tx, number)
        for tender in tx.tenders.of_item(item.number):
            for order in tx.orders.of_tender(tender.number):
                self._of_order(tx, order.number, now)
            self.awards.due(tx, tender.number, now)
        self.items.overdue(tx, item.number, now)

    def of_reservation(self, tx: Transaction, box: BoxNumber, number: object, now: datetime) -> None:
        """Do what is due of a member's reservation, of its item, and of the order that would serve it.

        Raises:
            UnknownOffer: the member has no such reservation.
        """
        reservation = own_reservation(tx, box, number)
        self.of_item(tx, reservation.item, now)
        self.reservations.overdue(tx, box, reservation.number, now)

    def of_order(self, tx: Transaction, box: BoxNumber, number: object, now: datetime) -> None:
        """Do what is due of a seller's order.

        Raises:
            UnknownOrder: the member has no such order.
        """
        self._of_order(tx, own_order(tx, box, number).number, now)

    def of_any_order(self, tx: Transaction, number: object, now: datetime) -> None:
        """Do what is due of an order, whoever's it is; a number that no order has is left to the step."""
        found = whole_number(number)
        if found is not None:
            self._of_order(tx, OrderNumber(found), now)

    def of_tender(self, tx: Transaction, number: object, now: datetime) -> None:
        """Do what is due of a tender and of its orders; a number that no tender has is left to the step."""
        found = whole_number(number)
        if found is not None and tx.tenders.get(TenderNumber(found)) is not None:
            for order in tx.orders.of_tender(TenderNumber(found)):
                self._of_order(tx, order.number, now)
            self.awards.overdue(tx, found, now)

    def _of_order(self, tx: Transaction, number: OrderNumber, now: datetime) -> None:
        order = tx.orders.get(number)
        if order is not None and order.is_undecided:
            for tender in tx.tenders.of_order(number):
                self.awards.due(tx, tender.number, now)
            self.orders.due(tx, number, now)
