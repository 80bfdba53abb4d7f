"""Reservations are made, amended and cancelled by buyers, and end with time (spec N2)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from attrs import evolve, fields_dict, frozen

from brokerage.errors import (
    InvalidAmount,
    InvalidChoice,
    InvalidTime,
    LimitReached,
    NotReservable,
    UnknownMember,
)
from brokerage.mails import reservation_ended
from brokerage.money import MAX_AMOUNT, Money
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.items import Item, ItemState, announced
from brokerage.records.members import Activity
from brokerage.records.numbers import Arrival, BoxNumber, ItemNumber, OfferNumber
from brokerage.records.offers import OfferState, Outcome, is_open
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.reserving_views import reservation_view
from brokerage.services.effects import send
from brokerage.services.inputs import later, remember_request, repeated_request
from brokerage.services.market.offers import Offers, check_member
from brokerage.services.market.probing import price_on_grid
from brokerage.services.reserving.demand import change_demand, demand_of, guard_demand
from brokerage.services.reserving.items import item_of
from brokerage.services.reserving.pool import (
    BINDS,
    end,
    file_reservation,
    is_live,
    is_past,
    own_reservation,
    reserved_item,
)
from brokerage.services.tendering.terms import checked_quantity

__all__ = ["Reservations", "Wanted"]

_BATCH, _DAY = 200, timedelta(days=1)
_INSTEAD = {
    ReservationState.ASKED: "decline it: an order would serve it",
    ReservationState.CONFIRMED: BINDS,
    ReservationState.AGREED: "look at its deal",
}
_ENDED = "reserve anew: it has ended"


@frozen
class Wanted:
    """What is to be reserved, as its buyer gave it: nothing of it is checked.

    Args:
        quantity: how many units.
        max_price: the most for each.
        wanted_by: the last day on which delivery will do, ``None`` for any.
    """

    quantity: object
    max_price: object
    wanted_by: object


_NAMES = tuple(fields_dict(Wanted))


@frozen
class Reservations:
    """Makes and changes reservations for buyers, and ends them with time."""

    policy: Policy
    offers: Offers

    def reserve(
        self,
        tx: Transaction,
        box: BoxNumber,
        item: ItemNumber,
        wanted: Wanted,
        now: datetime,
        request_id: str | None = None,
    ) -> Reservation:
        """Reserve some units of an announced item. O(log n).

        Args:
            tx: the unit of work.
            box: the buyer's.
            item: what is reserved.
            wanted: how much of it, for how much and until when.
            now: the present instant.
            request_id: lets the request be repeated without a second reservation.

        Raises:
            UnknownItem: there is no such item.
            ItemNotOpen: it is on the market already, or was withdrawn.
            InvalidInput: a value is not acceptable; the error names it.
            LimitReached: the member has as many open offers and reservations as allowed.
            RequestReused: the request id came before with other arguments.
        """
        check_member(tx, box)
        arguments = item, wanted.quantity, wanted.max_price, wanted.wanted_by
        repeated = repeated_request(tx, box, request_id, "reserve", arguments)
        if repeated is not None:
            return own_reservation(tx, box, repeated[0])
        demand = demand_of(tx, item_of(tx, item).number)
        found = announced(item_of(tx, item), now)  # whoever ends it from here on replaces that demand
        quantity, max_price, wanted_by = self._checked(found, wanted, now)
        activity = self.room(tx, box, now)
        member = tx.members.get(box)
        assert member is not None
        reservation = Reservation(
            number=OfferNumber(tx.numbers.next(Series.OFFER)),
            box=box,
            person=member.person,
            item=found.number,
            category=found.category,
            currency=found.currency,
            quantity=quantity,
            max_price=max_price,
            wanted_by=wanted_by,
            reserved_at=now,
            arrival=Arrival(tx.numbers.next(Series.ARRIVAL)),
        )
        tx.reservations.add(reservation)
        tx.activities.replace(activity, activity.changed(open_offers=1))
        tx.journal.append(Event(now, box, EventKind.RESERVATION_MADE, reservation))
        change_demand(tx, found, 1, reservation.quantity, now, demand)
        remember_request(tx, box, request_id, "reserve", arguments, reservation.number)
        return reservation

    def amend(
        self, tx: Transaction, box: BoxNumber, number: object, changes: dict[str, Any], now: datetime
    ) -> Reservation:
        """Change an open reservation: same number, a new arrival, behind whoever has reserved meanwhile. O(log n).

        Where nothing would be other than it is, nothing changes: it keeps its place.

        Args:
            tx: the unit of work.
            box: whose reservation.
            number: which.
            changes: new values by name: ``quantity``, ``max_price``, ``wanted_by``.
            now: the present instant.

        Raises:
            UnknownOffer: the member has no such reservation.
            NotReservable: it is not open.
            ItemNotOpen: the item is on the market by now.
            InvalidInput: a value is not acceptable, or names something that a reservation does not have.
        """
        old = own_reservation(tx, box, number)
        if old.state is not ReservationState.OPEN:
            raise NotReservable(number, "amended", _INSTEAD.get(old.state, _ENDED))
        demand = demand_of(tx, old.item)
        item = announced(reserved_item(tx, old), now)
        for name in changes:
            if name not in _NAMES:
                raise InvalidChoice(name, changes[name], f"one of {', '.join(_NAMES)}", "leave it out")
        kept = old.quantity, old.max_price, old.wanted_by
        quantity, max_price, wanted_by = terms = self._checked(item, evolve(Wanted(*kept), **changes), now)
        if terms == kept:
            return old
        arrival = Arrival(tx.numbers.next(Series.ARRIVAL))
        new = old.changed(arrival=arrival, quantity=quantity, max_price=max_price, wanted_by=wanted_by)
        tx.reservations.replace(old, new)
        tx.journal.append(Event(now, box, EventKind.RESERVATION_CHANGED, new))
        change_demand(tx, item, 0, new.quantity - old.quantity, now, demand)
        return new

    def cancel(self, tx: Transaction, box: BoxNumber, number: object, now: datetime) -> Reservation:
        """Take an open reservation back, which is always free. O(log n).

        Raises:
            UnknownOffer: the member has no such reservation.
            NotReservable: it is not open: an order would serve it, or it has ended.
        """
        reservation = own_reservation(tx, box, number)
        if reservation.state is not ReservationState.OPEN:
            raise NotReservable(number, "cancelled", _INSTEAD.get(reservation.state, _ENDED))
        return end(tx, reservation, Outcome.CANCELLED, box, now)

    def overdue(self, tx: Transaction, box: BoxNumber, number: object, now: datetime) -> None:
        """Do first what time asks of a member's reservation: one that nothing can serve any more ends.

        Raises:
            UnknownOffer: the member has no such reservation.
        """
        reservation = own_reservation(tx, box, number)
        if reservation.state is ReservationState.OPEN and not is_live(tx, reservation, now):
            self.expire(tx, reservation, now)

    def expire(self, tx: Transaction, reservation: Reservation, now: datetime) -> None:
        """End an open reservation that nothing can serve any more, and tell its buyer why."""
        item = reserved_item(tx, reservation)
        new = end(tx, reservation, Outcome.EXPIRED, Role.BROKER, now)
        member = tx.members.get(reservation.box)
        if member is not None:
            view = reservation_view(new, item)
            why = _reason(new, item, now)
            send(tx, f"mail:reservation ended:{new.number}", reservation_ended(member, view, why), now)

    def end_past(self, tx: Transaction, now: datetime) -> int:
        """End the first few open reservations whose day is over; return how many. O(k log n)."""
        past = tx.reservations.wanted_before(now.astimezone(UTC).date(), _BATCH)
        for reservation in past:
            self.expire(tx, reservation, now)
        return len(past)

    def close(self, tx: Transaction, now: datetime) -> int:
        """End the next few open reservations of the first item that can be had no more by reserving it.

        Return how many were ended, at least 1 where an item waited. O(k log n).
        """
        first = tx.items.to_close(1)
        if not first:
            return 0
        guard_demand(tx, first[0].number)  # an order that falls meanwhile puts reservations back: only one happens
        left = tx.reservations.open_of(first[0].number, None, _BATCH)
        for reservation in left:
            self.expire(tx, reservation, now)
        if len(left) < _BATCH:
            tx.items.replace(first[0], first[0].changed(closing=False))
        return max(1, len(left))

    def due(self, tx: Transaction) -> datetime | None:
        """Return when the next reservation ends with time: after its day in UTC, or with its item."""
        closing, day = tx.items.to_close(1), tx.reservations.next_wanted()
        if closing:
            return closing[0].registered_at
        return None if day is None else later(datetime.combine(day, time.min, UTC), _DAY)

    def leave(self, tx: Transaction, box: BoxNumber, by: BoxNumber | Role, now: datetime) -> None:
        """Take a member's reservations out of pools and box who leaves (M3). O(own reservations).

        Those that an order would serve are left to it.
        """
        for reservation in tx.reservations.of_member(box):
            if reservation.state is ReservationState.CLOSED:
                file_reservation(tx, reservation, by, now)
            elif is_live(tx, reservation, now):
                end(tx, reservation, Outcome.CANCELLED, by, now)
            elif reservation.state is ReservationState.OPEN:
                self.expire(tx, reservation, now)

    def room(self, tx: Transaction, box: BoxNumber, now: datetime) -> Activity:
        """Return a member's activity, or refuse one more open offer where that is too many (V2).

        What is past its time and not swept yet does not count: it is ended then. O(1) below the limit.

        Raises:
            LimitReached: the member has as many open offers, reservations and announced items as allowed.
        """
        activity, member = tx.activities.get(box), tx.members.get(box)
        if member is None or activity is None:
            raise UnknownMember(box)
        allowed = self.policy.open_offer_count if member.open_offers_allowed is None else member.open_offers_allowed
        if allowed is not None and activity.open_offers >= allowed:
            self.end_own(tx, box, now)
            activity = tx.activities.get(box)
            assert activity is not None
            if activity.open_offers >= allowed:
                limit = f"at most {allowed} open offers"
                raise LimitReached("offers", activity.open_offers + 1, limit, "cancel one first")
        return activity

    def end_own(self, tx: Transaction, box: BoxNumber, now: datetime) -> None:
        """End what a member has open that is past its time. O(own offers and reservations)."""
        for offer in tx.offers.of_member(box):
            if offer.state is OfferState.OPEN and not is_open(offer, now):
                self.offers.expire(tx, offer, now)
        for reservation in tx.reservations.of_member(box):
            if reservation.state is ReservationState.OPEN and not is_live(tx, reservation, now):
                self.expire(tx, reservation, now)

    def _checked(self, item: Item, wanted: Wanted, now: datetime) -> tuple[int, int, date | None]:
        """Check what is wanted, and return how many units, for how many minor units each, and until which day."""
        quantity = checked_quantity(wanted.quantity, "quantity")
        price = price_on_grid(wanted.max_price, item.currency, "max_price", self.policy.price_grid)
        if price * quantity > MAX_AMOUNT:
            limit = f"at most {Money(MAX_AMOUNT, item.currency)} for all units together"
            raise InvalidAmount("max_price", wanted.max_price, limit, "reserve fewer units, or pay less for each")
        return quantity, price, _checked_day(wanted.wanted_by, now)


def _checked_day(day: object, now: datetime) -> date | None:
    if day is None:
        return None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise InvalidTime("wanted_by", day, "a date", "pass a datetime.date, or None for any day")
    today = now.astimezone(UTC).date()
    if day < today:
        raise InvalidTime("wanted_by", day, f"a day from {today.isoformat()} on", "choose a later one")
    return day


def _reason(reservation: Reservation, item: Item, now: datetime) -> str:
    if item.state is ItemState.WITHDRAWN:
        return "it was withdrawn"
    return "the last day on which it will do is over" if is_past(reservation, now) else "it is on the market now"
