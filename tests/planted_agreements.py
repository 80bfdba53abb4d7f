"""Bugs with items, reservations, tenders and orders, to be planted into the engine.

Each takes what it replaces, and returns what takes its place.
"""

from typing import Any

from attrs import evolve

from brokerage.ports import Transaction
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.offers import Outcome
from brokerage.records.orders import Order, OrderState, move_order
from brokerage.records.reservations import ReservationState
from brokerage.records.tenders import BidTerms, PlaceState, TenderState
from brokerage.records.versions import next_version
from brokerage.services.contacts import present_contact
from brokerage.services.inputs import later
from brokerage.services.reserving.course import OrderCourse, is_day_over
from brokerage.services.reserving.looking import Looking
from brokerage.services.reserving.order_lists import OrderLists
from brokerage.services.reserving.orders import Orders
from brokerage.services.reserving.pool import end
from brokerage.services.tendering.tenders import Tenders

__all__ = [
    "any_number_of_units",
    "awarded_to_nobody",
    "behind_the_register",
    "capacity_forgotten",
    "dropped_uncounted",
    "ended_wrongly",
    "forgotten_order",
    "kept_by_a_fallen_order",
    "leaked_bid",
    "named_buyers",
    "no_deadlines",
    "nothing_counted",
    "opened_early",
    "owed_at_once",
    "seals_broken",
    "silent_order",
    "skipped_buyers",
    "told_limits",
    "uncounted_reservation",
]


def behind_the_register(_announced: Any) -> Any:
    """Release moved of what is on the market."""
    return lambda item, now: item


def ended_wrongly(_move: Any) -> Any:
    """Reservation that is completed without a deal."""
    return lambda reservation, target, outcome=None, **changes: next_version(
        reservation, state=target, outcome=Outcome.COMPLETED if outcome is Outcome.CANCELLED else outcome, **changes
    )


def awarded_to_nobody(_move: Any) -> Any:
    """Tender awarded though nobody bid."""
    return lambda tender, target, **changes: next_version(
        tender, state=TenderState.AWARDED if target is TenderState.FAILED else target, **changes
    )


def skipped_buyers(ask: Any) -> Any:
    """Seller asked before any buyer."""

    def asked(self: OrderCourse, tx: Transaction, order: Order, now: Any) -> Order:
        deadline = later(now, self.policy.confirmation)
        new = next_version(order, state=OrderState.SELLER, deadline=deadline)
        return self.put(tx, order, new, Role.BROKER, now)

    return asked


def nothing_counted(_change: Any) -> Any:
    """Demand that does not follow its reservations."""
    return lambda *_given: None


def uncounted_reservation(_count: Any) -> Any:
    """Deal made of a reservation that still counts as open."""

    def counted(tx: Transaction, box: Any, open_offers: int, now: Any) -> None:
        activity: Any = tx.activities.get(box)
        tx.activities.replace(activity, activity.changed(deals_in_flight=1, last_deal_at=now))

    return counted


def dropped_uncounted(_drop: Any) -> Any:
    """Reservation that leaves an order uncounted."""

    def dropped(self: OrderCourse, tx: Transaction, order: Order, reservation: Any, by: Any, now: Any) -> Order:
        end(tx, reservation, Outcome.CANCELLED, by, now)
        return self.put(tx, order, order.changed(), by, now)

    return dropped


def kept_by_a_fallen_order(move: Any) -> Any:
    """Reservation that a fallen order keeps."""

    def moved(reservation: Any, target: Any, outcome: Any = None, **changes: Any) -> Any:
        if target is ReservationState.OPEN:
            changes["order"] = reservation.order
        return move(reservation, target, outcome, **changes)

    return moved


def owed_at_once(confirm: Any) -> Any:
    """Deal made before the seller has confirmed."""

    def confirmed(
        self: Orders, tx: Transaction, box: Any, number: Any, total: Any, now: Any, request_id: Any = None
    ) -> Any:
        confirm(self, tx, box, number, total, now, request_id)
        reservation: Any = tx.reservations.get(number)
        order: Any = tx.orders.get(reservation.order)
        self.agreeing.agree(tx, order, reservation, "a mark", now)
        return reservation

    return confirmed


def any_number_of_units(go_on: Any) -> Any:
    """Order that goes on though too few units are left for its price."""

    def gone_on(self: OrderCourse, tx: Transaction, order: Order, now: Any) -> Order:
        if is_day_over(order, now):
            fallen: Order = go_on(self, tx, order, now)
            return fallen
        if order.state is not OrderState.BUYERS or order.open:
            return order
        deadline = later(now, self.policy.confirmation)
        return self.put(tx, order, move_order(order, OrderState.SELLER, deadline=deadline), Role.BROKER, now)

    return gone_on


def capacity_forgotten(chosen: Any) -> Any:
    """Order of more units than there are."""

    def all_of_them(terms: BidTerms, *given: Any) -> Any:
        return chosen(evolve(terms, most=None), *given)

    return all_of_them


def seals_broken(_is_opened: Any) -> Any:
    """Sealed bids that the manager sees."""
    return lambda tender: True


def opened_early(note: Any) -> Any:
    """Sealed bids that the journal tells."""

    def noted(self: Tenders, tx: Transaction, tender: Any, bid: Any, now: Any) -> None:
        note(self, tx, tender, bid, now)
        if tender.sealed:
            tx.journal.append(Event(now, Role.BROKER, EventKind.BID_OPENED, bid))

    return noted


def leaked_bid(view: Any) -> Any:
    """Bid that says what others bid."""

    def shown(bid: Any, tender: Any, item: Any) -> Any:
        others = [str(place.price) for place in tender.places if place.state is not PlaceState.PASSED_OVER]
        return evolve(view(bid, tender, item), what=" ".join(others))

    return shown


def told_limits(item: Any) -> Any:
    """Item that says what is bid for it."""

    def shown(self: Looking, tx: Transaction, number: Any, now: Any) -> Any:
        view = item(self, tx, number, now)
        return evolve(view, name=f"{view.name}, reserved at {dict(tx.reservations.pooled(view.number))}")

    return shown


def named_buyers(show: Any) -> Any:
    """Order that says who buys."""

    def shown(self: OrderLists, tx: Transaction, box: Any, number: Any) -> Any:
        view = show(self, tx, box, number)
        buyers = [present_contact(tx, one.box).name for one in tx.reservations.of_order(view.number, None, 10)]
        return evolve(view, name=", ".join(buyers))

    return shown


def silent_order(put: Any) -> Any:
    """Answers that the journal does not tell."""

    def put_silently(self: OrderCourse, tx: Transaction, order: Order, new: Order, by: Any, now: Any) -> Order:
        if new.confirmed == order.confirmed:
            return put(self, tx, order, new, by, now)  # type: ignore[no-any-return]
        tx.orders.replace(order, new)
        return new

    return put_silently


def forgotten_order(ask: Any) -> Any:
    """Order that waits for its buyers for ever."""

    def asked(self: OrderCourse, tx: Transaction, order: Order, now: Any) -> Order:
        new = ask(self, tx, order, now)
        return self.put(tx, new, new.changed(deadline=None), Role.BROKER, now)

    return asked


def no_deadlines(_sweep: Any) -> Any:
    """Deadlines that nobody looks at."""
    return lambda self, tx, now: 0
