"""Orders wait for their buyers and then for their seller, each until a deadline; confirmed by both, they become deals.

Nobody owes anything before the seller has confirmed as well, and whatever falls out before is told (spec N5).
"""

from datetime import datetime

from attrs import frozen

from brokerage.errors import NotReservable, WrongOrderStep
from brokerage.money import Amount, Money
from brokerage.ports import Transaction
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.members import Member
from brokerage.records.numbers import BoxNumber, OfferNumber, OrderNumber
from brokerage.records.orders import Order, OrderState, move_order
from brokerage.records.reservations import Reservation, ReservationState, move_reservation
from brokerage.services.inputs import check_total, remember_request, repeated_request
from brokerage.services.reserving.agreeing import Agreeing
from brokerage.services.reserving.course import OrderCourse
from brokerage.services.reserving.ordered import of_order, order_of, owed, own_order
from brokerage.services.reserving.pool import own_reservation
from brokerage.services.tendering.awards import Awards

__all__ = ["Orders"]

_BATCH = 200
_ASKED, _CONFIRMED = ReservationState.ASKED, ReservationState.CONFIRMED


@frozen
class Orders:
    """Takes the steps of buyers and sellers, and what their silence means.

    Every step replaces the order: two that would together break a rule of it cannot both succeed. What an order's
    deadline asks for is done before a step on it, in a work of its own (:meth:`due`).
    """

    course: OrderCourse
    awards: Awards
    agreeing: Agreeing

    def confirm(
        self,
        tx: Transaction,
        box: BoxNumber,
        number: OfferNumber,
        total: Amount | Money,
        now: datetime,
        request_id: str | None = None,
    ) -> Reservation:
        """Confirm a purchase for its buyer, who binds himself to what he was shown (spec N5, S2). O(log n).

        Args:
            tx: the unit of work.
            box: the buyer's.
            number: of the reservation.
            total: what it costs all told, as it was shown.
            now: the present instant.
            request_id: lets the request be repeated.

        Raises:
            UnknownOffer: the member has no such reservation.
            NotReservable: its buyer is not asked to confirm it, or not any more.
            WrongPrice: the total is not the one that was shown.
            InvalidAmount: the total is no exact amount.
            RequestReused: the request id came before with other arguments.
        """
        reservation = own_reservation(tx, box, number)
        arguments = reservation.number, total
        if repeated_request(tx, box, request_id, "confirm reservation", arguments) is not None:
            return reservation
        order = _asked(tx, reservation, "confirmed", (OrderState.BUYERS,), now)
        seller = tx.members.get(order.seller)
        if seller is None or seller.person == reservation.person:
            raise NotReservable(number, "confirmed")
        check_total(total, owed(order, reservation), reservation.currency, "total")
        new = move_reservation(reservation, _CONFIRMED)
        tx.reservations.replace(reservation, new)
        tx.journal.append(Event(now, box, EventKind.RESERVATION_CHANGED, new))
        remember_request(tx, box, request_id, "confirm reservation", arguments, reservation.number)
        counts = {"open": order.open - 1, "confirmed": order.confirmed + reservation.quantity}
        self.course.go_on(tx, self.course.put(tx, order, order.changed(**counts), box, now), now)
        return new

    def decline(self, tx: Transaction, box: BoxNumber, number: OfferNumber, now: datetime) -> Reservation:
        """Decline a purchase for its buyer: the reservation ends, and the order may fall with it. O(log n) if not.

        Raises:
            UnknownOffer: the member has no such reservation.
            NotReservable: no order would serve it, or its buyer has answered, or not in time.
        """
        reservation = own_reservation(tx, box, number)
        order = _asked(tx, reservation, "declined", (OrderState.SERVICES, OrderState.BUYERS), now)
        self.course.drop(tx, order, reservation, box, now)
        return own_reservation(tx, box, number)

    def confirm_order(
        self,
        tx: Transaction,
        box: BoxNumber,
        number: OrderNumber,
        mark: str,
        now: datetime,
        request_id: str | None = None,
    ) -> Order:
        """Confirm an order for its seller: every confirmed reservation becomes a deal (spec N5). O(n log n).

        A buyer who turned out to be the seller gets none; where too few are left then, the order falls instead.

        Args:
            tx: the unit of work.
            box: the seller's.
            number: of the order.
            mark: makes payment references ones that nobody guesses.
            now: the present instant.
            request_id: lets the request be repeated without a second deal.

        Raises:
            UnknownOrder: the member has no such order.
            WrongOrderStep: its buyers have not all answered, its time is over, or it was made or fell before.
            RequestReused: the request id came before with other arguments.
        """
        order = own_order(tx, box, number)
        if repeated_request(tx, box, request_id, "confirm order", order.number) is not None:
            return order
        seller = _waits(tx, order, "confirmed", now)
        remember_request(tx, box, request_id, "confirm order", order.number, order.number)
        for reservation in of_order(tx, order.number, _CONFIRMED):
            if reservation.person == seller.person:
                self.course.reopen(tx, reservation, "nobody buys from himself", now)
                left = order.units - reservation.quantity
                order = self.course.put(tx, order, order.changed(units=left, confirmed=left), Role.BROKER, now)
        order = self.course.go_on(tx, order, now)
        if order.state is OrderState.FALLEN:
            return order
        made = move_order(order, OrderState.MADE, deadline=None, outcome="both sides have confirmed")
        tx.orders.replace(order, made)
        tx.journal.append(Event(now, box, EventKind.ORDER_ENDED, made))
        for reservation in of_order(tx, order.number, _CONFIRMED):
            self.agreeing.agree(tx, made, reservation, mark, now)
        self.awards.advance(tx, order.tender, now)
        return made

    def decline_order(self, tx: Transaction, box: BoxNumber, number: OrderNumber, now: datetime) -> Order:
        """Decline an order for its seller: it falls. O(n log n).

        Raises:
            UnknownOrder: the member has no such order.
            WrongOrderStep: the seller is not asked, or not any more.
        """
        order = own_order(tx, box, number)
        _waits(tx, order, "declined", now)
        return self.course.fall(tx, order, "its seller declined", box, now)

    def due(self, tx: Transaction, number: OrderNumber, now: datetime) -> None:
        """Do what the deadline of an order asks for, if it has come. O(n log n).

        Buyers who have not answered get nothing; if enough units are confirmed without them the seller is asked. A
        seller who has not answered lets the order fall.
        """
        order = tx.orders.get(number)
        if order is None or order.deadline is None or now < order.deadline:
            return
        if order.state is OrderState.SELLER:
            self.course.fall(tx, order, "its seller did not answer in time", Role.BROKER, now)
            return
        for reservation in of_order(tx, number, _ASKED):
            self.course.unanswered(tx, reservation, now)
        silent = order.changed(open=0, units=order.confirmed)
        self.course.go_on(tx, self.course.put(tx, order, silent, Role.BROKER, now), now)

    def leave(self, tx: Transaction, box: BoxNumber, by: Actor, now: datetime) -> None:
        """Take a member who leaves out of orders that are undecided: the own ones fall, in others nothing is bought.

        O(own orders and reservations), more where orders fall.
        """
        before: OrderNumber | None = None
        while orders := tx.orders.of_seller(box, before, _BATCH):
            for order in orders:
                if order.is_undecided:
                    self.course.fall(tx, order, "its seller has left", by, now)
            before = orders[-1].number
        for listed in tx.reservations.of_member(box):
            reservation = own_reservation(tx, box, listed.number)  # an order that fell with another one has freed it
            if reservation.state in (_ASKED, _CONFIRMED) and reservation.order is not None:
                self.course.drop(tx, order_of(tx, reservation.order), reservation, by, now)


def _asked(
    tx: Transaction, reservation: Reservation, step: str, states: tuple[OrderState, ...], now: datetime
) -> Order:
    """Return the order whose buyer may take a step while it is in one of some states, or refuse the step."""
    order = None if reservation.order is None else tx.orders.get(reservation.order)
    is_late = order is not None and order.deadline is not None and order.deadline <= now
    if order is None or reservation.state is not _ASKED or order.state not in states or is_late:
        raise NotReservable(reservation.number, step)
    return order


def _waits(tx: Transaction, order: Order, step: str, now: datetime) -> Member:
    """Return the seller whom an order waits for, or refuse the step."""
    seller = tx.members.get(order.seller)
    is_late = order.deadline is None or order.deadline <= now
    if seller is None or order.state is not OrderState.SELLER or is_late:
        raise WrongOrderStep(order.number, step)
    return seller
