"""Confirmed reservations become deals like any other, and hear of it when these end (spec N5, A4, A6, T2)."""

import hashlib
from datetime import datetime

from attrs import frozen

from brokerage.boxes import buyers_deal
from brokerage.mails import reservation_agreed
from brokerage.ports import Series, Transaction
from brokerage.records.deals import Deal, DealOrigin, DealState
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.numbers import BoxNumber, DealNumber
from brokerage.records.offers import Outcome
from brokerage.records.orders import Order
from brokerage.records.reservations import Reservation, ReservationState, move_reservation
from brokerage.reserving_views import reservation_view
from brokerage.services.effects import send
from brokerage.services.reserving.ordered import ordered_item
from brokerage.services.reserving.pool import end, file_reservation
from brokerage.services.settlement import Settlement
from brokerage.services.settlement.charging import charges_of

__all__ = ["Agreeing", "ReservedDeals", "reference"]

_OUTCOMES = {DealState.COMPLETED: Outcome.COMPLETED, DealState.CANCELLED: Outcome.CANCELLED}
_MARK_LENGTH = 10


def reference(number: DealNumber, mark: str) -> str:
    """Return the payment reference of a deal: nobody guesses it who knows that of another deal of the same order.

    Args:
        number: the deal's.
        mark: a text that nobody guesses, one for all deals of an order.

    >>> reference(DealNumber(7), "a secret")
    'D7-E1FC9C0EA6'
    >>> reference(DealNumber(8), "a secret")
    'D8-56C273ECA4'
    """
    digest = hashlib.sha256(f"{mark}:{number}".encode()).hexdigest()
    return f"D{number}-{digest[:_MARK_LENGTH].upper()}"


@frozen
class ReservedDeals:
    """The origin of deals that were made of reservations: these end with their deals."""

    def lapsed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Close the reservation of a deal that was not paid in time as failed; the other deals of the order stand."""
        end(tx, _reservation(tx, deal), Outcome.FAILED, Role.BROKER, now, filed=False)

    def ended(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Close the reservation of a deal that has ended otherwise than by a lapse."""
        outcome = _OUTCOMES.get(deal.state, Outcome.FAILED)
        end(tx, _reservation(tx, deal), outcome, Role.BROKER, now, filed=False)

    def filed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Take the reservation of a deal that ended long ago out of the box (T2)."""
        file_reservation(tx, _reservation(tx, deal), Role.BROKER, now)


def _reservation(tx: Transaction, deal: Deal) -> Reservation:
    reservation = tx.reservations.get(deal.purchase)
    assert reservation is not None
    return reservation


@frozen
class Agreeing:
    """Makes the deals of an order that both sides have confirmed. From there on they are settled like any other."""

    settlement: Settlement

    def agree(
        self,
        tx: Transaction,
        order: Order,
        reservation: Reservation,
        mark: str,
        now: datetime,
    ) -> Deal:
        """Make the deal of a confirmed reservation (spec N5).

        The price of each is the order's, so all units cost it times the quantity, and the fees are those that the buyer
        was shown. The limits kept with the deal are what the seller gets, and the most that the buyer would have paid.

        Args:
            tx: the unit of work.
            order: what the seller confirms.
            reservation: whose deal it is.
            mark: makes payment references ones that nobody guesses.
            now: the present instant.
        """
        seller, item = tx.members.get(order.seller), ordered_item(tx, order)
        assert seller is not None
        assert reservation.deliver_to is not None
        number = DealNumber(tx.numbers.next(Series.DEAL))
        agreed = move_reservation(reservation, ReservationState.AGREED, deal=number)
        tx.reservations.replace(reservation, agreed)
        tx.journal.append(Event(now, order.seller, EventKind.RESERVATION_CHANGED, agreed))
        _count(tx, reservation.box, -1, now)
        _count(tx, order.seller, 0, now)
        quantity = reservation.quantity
        selling_price, buying_price = order.share * quantity, order.price * quantity
        deal = Deal(
            number=number,
            origin=DealOrigin.RESERVATION,
            sale=order.bid,
            purchase=reservation.number,
            seller=order.seller,
            buyer=reservation.box,
            category=item.category,
            currency=order.currency,
            min_price=selling_price,
            max_price=reservation.max_price * quantity,
            selling_price=selling_price,
            buying_price=buying_price,
            charges=charges_of(order.seller, selling_price, buying_price, reservation.fees),
            fulfilment=order.fulfilment,
            collect_from=seller.contact,
            deliver_to=reservation.deliver_to,
            reference=reference(number, mark),
            name=item.name,
            details=item.details,
            agreed_at=now,
            quantity=quantity,
            deadline=self.settlement.payment_deadline(now),
        )
        deal = self.settlement.agree(tx, deal, order.seller, now)
        buyer = tx.members.get(deal.buyer)
        if buyer is not None:
            view = reservation_view(agreed, item, order=order, deal=deal)
            mail = reservation_agreed(buyer, view, buyers_deal(deal, None))
            send(tx, f"mail:reservation:{agreed.number}:{agreed.version}", mail, now)
        return deal


def _count(tx: Transaction, box: BoxNumber, open_offers: int, now: datetime) -> None:
    """Count a deal in, and the reservation out that it was made of."""
    activity = tx.activities.get(box)
    if activity is not None:
        changed = activity.changed(open_offers=open_offers, deals_in_flight=1, last_deal_at=now)
        tx.activities.replace(activity, changed)
