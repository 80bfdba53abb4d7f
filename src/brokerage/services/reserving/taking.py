"""Reservations go out of the pool for an order, come back, or end: each is counted where it is guarded (spec N4, N5)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from brokerage.ports import Transaction
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.items import Item
from brokerage.records.numbers import Arrival, BoxNumber, ItemNumber, OfferNumber, OrderNumber
from brokerage.records.offers import Outcome
from brokerage.records.reservations import Reservation, ReservationState, move_reservation
from brokerage.services.contacts import present_contact
from brokerage.services.reserving.demand import change_demand

__all__ = ["count_out", "end", "give_back", "item_of", "of_order", "open_by_arrival", "take"]

_BATCH = 500


def item_of(tx: Transaction, number: ItemNumber) -> Item:
    """Return an item that some fact refers to: items are never removed."""
    item = tx.items.get(number)
    assert item is not None
    return item


def open_by_arrival(tx: Transaction, item: ItemNumber) -> Iterator[Reservation]:
    """Yield the open reservations of an item, the earliest first, read by pages."""
    after: Arrival | None = None
    while page := tx.reservations.open_of(item, after, _BATCH):
        yield from page
        after = page[-1].arrival


def of_order(tx: Transaction, order: OrderNumber, *states: ReservationState) -> Iterator[Reservation]:
    """Yield the reservations of an order that are in one of some states, by number, read by pages.

    What is yielded may be changed meanwhile.
    """
    after: OfferNumber | None = None
    while page := tx.reservations.of_order(order, after, _BATCH):
        yield from (reservation for reservation in page if reservation.state in states)
        after = page[-1].number


def take(tx: Transaction, item: Item, order: OrderNumber, reservations: Sequence[Reservation], now: datetime) -> None:
    """Take reservations out of the pool for an order; where it is delivered is frozen with that (spec S1)."""
    for reservation in reservations:
        contact = present_contact(tx, reservation.box).number
        new = move_reservation(reservation, ReservationState.ASKED, order=order, deliver_to=contact)
        tx.reservations.replace(reservation, new)
        tx.journal.append(Event(now, Role.BROKER, EventKind.RESERVATION_CHANGED, new))
    _count(tx, item, -1, reservations, now)


def give_back(tx: Transaction, item: Item, reservations: Iterable[Reservation], now: datetime) -> Sequence[Reservation]:
    """Put reservations back into the pool, each where it stood, and return them as they were before."""
    given = tuple(reservations)
    for reservation in given:
        nothing = {"order": None, "deliver_to": None, "fees": ()}
        new = move_reservation(reservation, ReservationState.OPEN, **nothing)
        tx.reservations.replace(reservation, new)
        tx.journal.append(Event(now, Role.BROKER, EventKind.RESERVATION_CHANGED, new))
    _count(tx, item, 1, given, now)
    return given


def end(tx: Transaction, reservation: Reservation, outcome: Outcome, by: Actor, now: datetime) -> None:
    """End a reservation that an order would have served."""
    new = move_reservation(reservation, ReservationState.CLOSED, outcome)
    tx.reservations.replace(reservation, new)
    tx.journal.append(Event(now, by, EventKind.RESERVATION_CLOSED, new))
    count_out(tx, reservation.box)


def count_out(tx: Transaction, box: BoxNumber, deals: int = 0, at: datetime | None = None) -> None:
    """Count a reservation of a member as open no more, and any deal that was made of it at an instant."""
    activity = tx.activities.get(box)
    if activity is not None:
        tx.activities.replace(activity, activity.changed(open_offers=-1, deals_in_flight=deals, last_deal_at=at))


def _count(tx: Transaction, item: Item, sign: int, reservations: Sequence[Reservation], now: datetime) -> None:
    if reservations:
        units = sum(reservation.quantity for reservation in reservations)
        change_demand(tx, item, sign * len(reservations), sign * units, now)
