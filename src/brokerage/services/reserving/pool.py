"""The pool of what is reserved of an item: orders take reservations out, put them back, or end them (spec N2, N5).

:func:`take` takes reservations out for an order that would serve them, :func:`free` puts one back whose order fell,
:func:`end` ends one. Each keeps the item's demand, and what the member has open, right.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from brokerage.errors import UnknownOffer
from brokerage.ports import Transaction
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.items import Item, ItemState
from brokerage.records.numbers import BoxNumber, OfferNumber, OrderNumber
from brokerage.records.offers import Outcome
from brokerage.records.reservations import Reservation, ReservationState, move_reservation
from brokerage.services.contacts import present_contact
from brokerage.services.inputs import whole_number
from brokerage.services.market.offers import check_member
from brokerage.services.reserving.demand import change_demand, demand_of, has_tenders, is_standing
from brokerage.services.reserving.items import close_item

__all__ = ["BINDS", "end", "file_reservation", "free", "is_live", "is_past", "own_reservation", "reserved_item", "take"]

BINDS = "wait: it binds you until the seller of its order has answered"
"""What whoever has confirmed is told, and changes his or her mind."""


def own_reservation(tx: Transaction, box: BoxNumber, number: object) -> Reservation:
    """Return a member's reservation; a foreign one and one that does not exist are the same :class:`UnknownOffer`."""
    check_member(tx, box)
    found = whole_number(number)
    reservation = None if found is None else tx.reservations.get(OfferNumber(found))
    if reservation is None or reservation.box != box:
        raise UnknownOffer(number)
    return reservation


def reserved_item(tx: Transaction, reservation: Reservation) -> Item:
    """Return what a reservation is of: items are never removed."""
    item = tx.items.get(reservation.item)
    assert item is not None
    return item


def is_live(tx: Transaction, reservation: Reservation, now: datetime) -> bool:
    """Say whether an open reservation can still be served, swept or not: its item stands and its day is not over."""
    if reservation.state is not ReservationState.OPEN:
        return False
    return not is_past(reservation, now) and is_standing(tx, reserved_item(tx, reservation), now)


def is_past(reservation: Reservation, now: datetime) -> bool:
    """Say whether the last day on which delivery will do is over, in UTC."""
    return reservation.wanted_by is not None and reservation.wanted_by < now.astimezone(UTC).date()


def take(
    tx: Transaction, reservations: Sequence[Reservation], order: OrderNumber, now: datetime
) -> tuple[Reservation, ...]:
    """Take open reservations of one item out of its pool for an order that would serve them.

    Their buyers are to be asked; that is left to whoever takes them. Where each is delivered is frozen with it (spec
    S1). O(k log n).

    Args:
        tx: the unit of work.
        reservations: which, all of one item; none changes nothing.
        order: the order that would serve them.
        now: the present instant.

    Returns:
        The reservations as they are now, in the same order.

    Raises:
        NotReservable: one of them is not open.
    """
    taken = tuple(
        move_reservation(one, ReservationState.ASKED, order=order, deliver_to=present_contact(tx, one.box).number)
        for one in reservations
    )
    for old, new in zip(reservations, taken, strict=True):
        tx.reservations.replace(old, new)
        tx.journal.append(Event(now, Role.BROKER, EventKind.RESERVATION_CHANGED, new))
    if taken:
        units = sum(one.quantity for one in taken)
        change_demand(tx, reserved_item(tx, taken[0]), -len(taken), -units, now)
    return taken


def free(tx: Transaction, reservation: Reservation, now: datetime) -> Reservation:
    """Put a reservation back into the pool whose order fell: open again, at its former place. O(log n).

    Where nothing can serve it any more, the sweep ends it.

    Args:
        tx: the unit of work.
        reservation: one that is asked or confirmed.
        now: the present instant.

    Returns:
        The reservation as it is now.

    Raises:
        NotReservable: it is neither.
    """
    new = move_reservation(reservation, ReservationState.OPEN, order=None, deliver_to=None, fees=())
    tx.reservations.replace(reservation, new)
    tx.journal.append(Event(now, Role.BROKER, EventKind.RESERVATION_CHANGED, new))
    demand = demand_of(tx, new.item)
    item = reserved_item(tx, new)  # whoever ends it from here on, or a tender on it, replaces that demand
    change_demand(tx, item, 1, new.quantity, now, demand)
    if item.state is ItemState.WITHDRAWN or (item.state is ItemState.RELEASED and not has_tenders(tx, item)):
        close_item(tx, item)
    return new


def end(
    tx: Transaction,
    reservation: Reservation,
    outcome: Outcome,
    by: Actor,
    now: datetime,
    *,
    filed: bool = True,
) -> Reservation:
    """End a reservation along one row of its table, in whatever state it is. O(log n).

    An open one leaves the pool; one without a deal counts as an open offer of its member no more.

    Args:
        tx: the unit of work.
        reservation: which.
        outcome: how it ends.
        by: who ends it.
        now: the present instant.
        filed: whether its buyer's box shows it no more; pass false for one whose deal has ended.

    Raises:
        NotReservable: it cannot end like that.
    """
    new = move_reservation(reservation, ReservationState.CLOSED, outcome, filed=filed)
    tx.reservations.replace(reservation, new)
    tx.journal.append(Event(now, by, EventKind.RESERVATION_CLOSED, new))
    if reservation.state is ReservationState.OPEN:
        change_demand(tx, reserved_item(tx, reservation), -1, -reservation.quantity, now)
    if reservation.state is not ReservationState.AGREED:
        activity = tx.activities.get(reservation.box)
        if activity is not None:
            tx.activities.replace(activity, activity.changed(open_offers=-1))
    return new


def file_reservation(tx: Transaction, reservation: Reservation, by: Actor, now: datetime) -> None:
    """Take an ended reservation out of its member's box (T2)."""
    if not reservation.filed:
        new = reservation.changed(filed=True)
        tx.reservations.replace(reservation, new)
        tx.journal.append(Event(now, by, EventKind.RESERVATION_FILED, new))
