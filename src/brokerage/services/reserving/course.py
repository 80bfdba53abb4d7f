"""The way of an order along the table of its lifecycle: every move is kept, written down and told (spec N5, V5)."""

from datetime import UTC, datetime, time, timedelta

from attrs import frozen

from brokerage.mails import order_fallen, order_waits, reservation_asked, reservation_ended, reservation_reopened
from brokerage.order_views import order_view
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.effects import Mail
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.offers import Outcome
from brokerage.records.orders import Order, OrderState, move_order
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.records.tenders import TenderState
from brokerage.reserving_views import ReservationView, reservation_view
from brokerage.services.effects import send
from brokerage.services.inputs import later
from brokerage.services.reserving.ordered import of_order, ordered_item
from brokerage.services.reserving.pool import end, free, reserved_item
from brokerage.services.tendering.awards import Awards
from brokerage.services.tendering.tenders import Tenders

__all__ = ["OrderCourse", "is_day_over"]

_ASKED, _CONFIRMED = ReservationState.ASKED, ReservationState.CONFIRMED
_DAY = timedelta(days=1)


def is_day_over(order: Order, now: datetime) -> bool:
    """Say whether the day by which an order is to be delivered is over, in UTC: nothing can come of it any more."""
    return order.delivery < now.astimezone(UTC).date()


@frozen
class OrderCourse:
    """Changes orders, and says when one goes on or falls.

    Args:
        policy: the broker's choices.
        tenders: keeps the calls for carriage and settling, which a fallen order needs no more.
        awards: asks the next bidder once an order has fallen.
    """

    policy: Policy
    tenders: Tenders
    awards: Awards

    def put(self, tx: Transaction, order: Order, new: Order, by: Actor, now: datetime) -> Order:
        """Put an order in the place of its former self, and write that down."""
        tx.orders.replace(order, new)
        tx.journal.append(Event(now, by, EventKind.ORDER_CHANGED, new))
        return new

    def go_on(self, tx: Transaction, order: Order, now: datetime) -> Order:
        """Let an order fall that has too few units left for its price, or whose day of delivery is over.

        Its seller is asked once all buyers have answered.
        """
        if is_day_over(order, now):
            return self.fall(tx, order, "its day of delivery is over", Role.BROKER, now)
        if order.units < order.least:
            why = f"{order.units} units are wanted, and the price needs {order.least}"
            return self.fall(tx, order, why, Role.BROKER, now, told="too few units are left for its price")
        if order.state is not OrderState.BUYERS or order.open:
            return order
        asked = move_order(order, OrderState.SELLER, deadline=self._deadline(order, now))
        order = self.put(tx, order, asked, Role.BROKER, now)
        seller = tx.members.get(order.seller)
        if seller is not None:
            self._mail_seller(tx, order_waits(seller, order_view(order, ordered_item(tx, order))), order, now)
        return order

    def ask_buyers(self, tx: Transaction, order: Order, now: datetime) -> Order:
        """Ask the buyers of an order to confirm what it costs all told, until a deadline. O(n)."""
        waits = move_order(order, OrderState.BUYERS, deadline=self._deadline(order, now))
        order = self.put(tx, order, waits, Role.BROKER, now)
        for reservation in of_order(tx, order.number, _ASKED):
            member = tx.members.get(reservation.box)
            if member is not None:
                self._mail_buyer(tx, reservation_asked(member, _view(tx, reservation, order)), reservation, now)
        return order

    def fall(self, tx: Transaction, order: Order, why: str, by: Actor, now: datetime, told: str | None = None) -> Order:
        """Let an order fall: its reservations are open again, everyone is told, and the next bidder is asked.

        O(n log n) for n reservations.

        Args:
            tx: the unit of work.
            order: one that is undecided.
            why: as its seller and the manager read it.
            by: whose doing it is.
            now: the present instant.
            told: why, as the buyers read it, where the figures are not for them; ``None``: the same.
        """
        fallen = move_order(order, OrderState.FALLEN, deadline=None, outcome=why)
        tx.orders.replace(order, fallen)
        tx.journal.append(Event(now, by, EventKind.ORDER_ENDED, fallen))
        for reservation in of_order(tx, order.number, _ASKED, _CONFIRMED):
            self.reopen(tx, reservation, why if told is None else told, now)
        self.tenders.telling.fallen(tx, order.number, now)
        for tender in tx.tenders.of_order(order.number):
            if tender.state is TenderState.CALLED and now < tender.bids_until:
                self.tenders.take_back(tx, tender.number, now, Role.BROKER)
        seller = tx.members.get(order.seller)
        if seller is not None:
            self._mail_seller(tx, order_fallen(seller, order_view(fallen, ordered_item(tx, order))), fallen, now)
        self.awards.fallen(tx, order.tender, order.bid, why, now)
        return fallen

    def reopen(self, tx: Transaction, reservation: Reservation, why: str, now: datetime) -> None:
        """Put a reservation back into the pool, and tell its buyer why."""
        new = free(tx, reservation, now)
        member = tx.members.get(new.box)
        if member is not None:
            self._mail_buyer(tx, reservation_reopened(member, _view(tx, new), why), new, now)

    def unanswered(self, tx: Transaction, reservation: Reservation, now: datetime) -> None:
        """End a reservation whose buyer did not answer in time, and tell him or her."""
        new = end(tx, reservation, Outcome.EXPIRED, Role.BROKER, now)
        member = tx.members.get(new.box)
        if member is not None:
            why = "you were asked to confirm it, and did not answer in time"
            self._mail_buyer(tx, reservation_ended(member, _view(tx, new), why), new, now)

    def drop(self, tx: Transaction, order: Order, reservation: Reservation, by: Actor, now: datetime) -> Order:
        """End a reservation whose buyer wants it no more; the order goes on without it, or falls."""
        end(tx, reservation, Outcome.CANCELLED, by, now)
        was_asked = reservation.state is _ASKED
        counts = {
            "units": order.units - reservation.quantity,
            "open": order.open - was_asked,
            "confirmed": order.confirmed - (0 if was_asked else reservation.quantity),
        }
        return self.go_on(tx, self.put(tx, order, order.changed(**counts), by, now), now)

    def _deadline(self, order: Order, now: datetime) -> datetime:
        """Return until when an order waits for answers: the policy's time, but not beyond its day of delivery."""
        day_is_over = later(datetime.combine(order.delivery, time.min, UTC), _DAY)
        return min(later(now, self.policy.confirmation), day_is_over)

    def _mail_buyer(self, tx: Transaction, mail: Mail, reservation: Reservation, now: datetime) -> None:
        send(tx, f"mail:reservation:{reservation.number}:{reservation.version}", mail, now)

    def _mail_seller(self, tx: Transaction, mail: Mail, order: Order, now: datetime) -> None:
        send(tx, f"mail:order:{order.number}:{order.version}", mail, now)


def _view(tx: Transaction, reservation: Reservation, order: Order | None = None) -> ReservationView:
    return reservation_view(reservation, reserved_item(tx, reservation), order=order)
