"""Purchase reservations: what a buyer would take of an item before it is on the market (spec N2, N5)."""

from datetime import date, datetime
from enum import Enum
from typing import Any

from attrs import frozen

from brokerage.errors import NotReservable
from brokerage.records.deals import Charge
from brokerage.records.numbers import (
    Arrival,
    BoxNumber,
    ContactNumber,
    DealNumber,
    ItemNumber,
    OfferNumber,
    OrderNumber,
    PersonNumber,
)
from brokerage.records.offers import Outcome
from brokerage.records.versions import next_version

__all__ = ["RESERVATION_MOVES", "Reservation", "ReservationMove", "ReservationState", "move_reservation"]


class ReservationState(Enum):
    """Where a reservation is in its life."""

    OPEN = "open"
    ASKED = "asked"
    """An order would serve it; its buyer is asked to confirm."""
    CONFIRMED = "confirmed"
    """Its buyer has confirmed; the seller has not yet."""
    AGREED = "agreed"
    CLOSED = "closed"


@frozen
class ReservationMove:
    """One row of the reservation's lifecycle."""

    source: ReservationState
    target: ReservationState
    by: str
    outcome: Outcome | None = None


_S, _O = ReservationState, Outcome
RESERVATION_MOVES = (
    ReservationMove(_S.OPEN, _S.ASKED, "a seller accepts an order that serves it"),
    ReservationMove(_S.OPEN, _S.CLOSED, "its buyer cancels", _O.CANCELLED),
    ReservationMove(_S.OPEN, _S.CLOSED, "the item is on the market or withdrawn, or the day is over", _O.EXPIRED),
    ReservationMove(_S.ASKED, _S.CONFIRMED, "its buyer confirms"),
    ReservationMove(_S.ASKED, _S.CLOSED, "its buyer declines", _O.CANCELLED),
    ReservationMove(_S.ASKED, _S.CLOSED, "its buyer does not answer in time", _O.EXPIRED),
    ReservationMove(_S.ASKED, _S.OPEN, "the order falls, or nobody delivers there"),
    ReservationMove(_S.CONFIRMED, _S.CLOSED, "its buyer leaves", _O.CANCELLED),
    ReservationMove(_S.CONFIRMED, _S.OPEN, "the order falls"),
    ReservationMove(_S.CONFIRMED, _S.AGREED, "the seller confirms: there is a deal"),
    ReservationMove(_S.AGREED, _S.CLOSED, "the deal is completed", _O.COMPLETED),
    ReservationMove(_S.AGREED, _S.CLOSED, "both sides call the deal off", _O.CANCELLED),
    ReservationMove(_S.AGREED, _S.CLOSED, "the deal lapses or ends otherwise", _O.FAILED),
)
"""Every move that a reservation can make."""

_TARGETS = frozenset((row.source, row.target, row.outcome) for row in RESERVATION_MOVES)


@frozen
class Reservation:
    """A buyer's reservation of an item. It is served whole, by one order, or not at all.

    Args:
        number: what it is called by; the numbers are those of offers.
        box: the buyer's.
        person: who the buyer is.
        item: what is reserved.
        category: the code of the item's category.
        currency: the item's currency.
        quantity: how many units.
        max_price: the most the buyer would pay for each, in minor units: commission inside, carriage on top.
        wanted_by: the last day on which delivery will do; ``None``: any day.
        reserved_at: when it was made.
        arrival: its place among the reservations; an amendment takes a new one.
        state: where it is in its life.
        order: the order that would serve it, or does.
        deal: the deal that was made of it.
        outcome: how it ended.
        filed: whether its buyer's box shows it no more.
        deliver_to: where an order would deliver it, as it was when the order was made.
        fees: who carries and who settles it, and for what, once its buyer is asked.
        version: rises with each change.
    """

    number: OfferNumber
    box: BoxNumber
    person: PersonNumber
    item: ItemNumber
    category: str
    currency: str
    quantity: int
    max_price: int
    wanted_by: date | None
    reserved_at: datetime
    arrival: Arrival
    state: ReservationState = ReservationState.OPEN
    order: OrderNumber | None = None
    deal: DealNumber | None = None
    outcome: Outcome | None = None
    filed: bool = False
    deliver_to: ContactNumber | None = None
    fees: tuple[Charge, ...] = ()
    version: int = 0

    def changed(self, **changes: Any) -> "Reservation":
        """Return the next version of a reservation that stays in its state."""
        return next_version(self, **changes)


def move_reservation(
    reservation: Reservation, target: ReservationState, outcome: Outcome | None = None, **changes: Any
) -> Reservation:
    """Take a reservation along one row of the table; raises ``NotReservable`` where the table has no such row."""
    if (reservation.state, target, outcome) not in _TARGETS:
        raise NotReservable(reservation.number, target.value)
    return next_version(reservation, state=target, outcome=outcome, **changes)
