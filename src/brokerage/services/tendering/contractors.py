"""Carriers and payment providers: members whom the manager registers, and what it means when one goes (spec N6)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from attrs import frozen

from brokerage.errors import InvalidChoice, NotRegistered, UnknownMember
from brokerage.ports import Transaction
from brokerage.records.cases import CaseKind
from brokerage.records.contractors import Contractor, Trade, zone_words
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.numbers import BoxNumber, OfferNumber, OrderNumber
from brokerage.records.orders import Order, OrderState
from brokerage.records.reservations import ReservationState
from brokerage.records.tenders import OrderService, PlaceState
from brokerage.services.cases import Cases
from brokerage.services.inputs import choice, whole_number
from brokerage.services.tendering.awards import Awards
from brokerage.services.tendering.services import StandingServices
from brokerage.services.tendering.tenders import tender_of

__all__ = ["Contractors", "service_trade"]

_BATCH, _EVERY = 100, 2**31
_LAST = datetime.max.replace(tzinfo=UTC)
_SERVICES = Trade.CARRIER, Trade.PROVIDER


@frozen
class Contractors:
    """Keeps who is registered to carry and to settle.

    Args:
        awards: in which a contractor who goes has bids.
        services: whose standing terms end then.
        cases: where the manager is told of orders that such a contractor was appointed for.
    """

    awards: Awards
    services: StandingServices
    cases: Cases

    def register(self, tx: Transaction, box: object, trade: object, now: datetime) -> Contractor:
        """Register a member as a carrier or as a payment provider; one who is registered stays as he or she is.

        Raises:
            InvalidChoice: the trade is not one of these two.
            UnknownMember: nobody has the box.
        """
        known = service_trade(trade)
        found = whole_number(box)
        activity = None if found is None else tx.activities.get(BoxNumber(found))
        if found is None or activity is None:
            raise UnknownMember(box)
        old = tx.contractors.get((BoxNumber(found), known))
        if old is not None:
            return old
        contractor = Contractor(BoxNumber(found), known, now)
        tx.contractors.add(contractor)
        tx.activities.replace(activity, activity.changed())  # who leaves meanwhile takes it away: only one happens
        tx.journal.append(Event(now, Role.OFFICE, EventKind.CONTRACTOR_REGISTERED, contractor))
        return contractor

    def remove(self, tx: Transaction, box: object, trade: object, now: datetime, by: Actor = Role.OFFICE) -> Contractor:
        """Take a contractor out: bids are withdrawn, a question counts as declined, standing terms end.

        The manager gets a case for each order that the contractor was appointed for and that may still come to deals,
        or whose deals are in flight; the fee stays the contractor's. Of orders that were made only those that it was
        appointed for by bidding on them are looked at. O(own bids + undecided orders + reservations of orders won).

        Raises:
            InvalidChoice: the trade is neither carriers nor payment providers.
            NotRegistered: the member is not registered for it.
        """
        known = service_trade(trade)
        found = whole_number(box)
        contractor = None if found is None else tx.contractors.get((BoxNumber(found), known))
        activity = None if contractor is None else tx.activities.get(contractor.box)
        if contractor is None or activity is None:
            raise NotRegistered(known.value)
        self.awards.leave(tx, contractor.box, now, known, by=by)
        self._end_terms(tx, contractor, now)
        self._tell(tx, contractor, now)
        tx.activities.replace(activity, activity.changed())  # who bids meanwhile replaces it too: only one happens
        tx.contractors.remove(contractor)
        tx.journal.append(Event(now, by, EventKind.CONTRACTOR_REMOVED, contractor))
        return contractor

    def leave(self, tx: Transaction, box: BoxNumber, by: Actor, now: datetime) -> None:
        """Do what it means for tenders when a member leaves: nobody waits for an answer any more. O(own bids)."""
        for trade in _SERVICES:
            if tx.contractors.get((box, trade)) is not None:
                self.remove(tx, box, trade, now, by)
        self.awards.leave(tx, box, now, Trade.SELLER, by=by)

    def _end_terms(self, tx: Transaction, contractor: Contractor, now: datetime) -> None:
        before: OfferNumber | None = None
        while bids := tx.bids.of_member(contractor.box, before, _BATCH):
            for bid in bids:
                tender = tender_of(tx, bid.tender)
                won = (place.bid for place in tender.places if place.state is PlaceState.ACCEPTED)
                if tender.trade is contractor.trade and bid.number in won:
                    self.services.end_terms(tx, contractor.box, tender, now)
            before = bids[-1].number

    def _tell(self, tx: Transaction, contractor: Contractor, now: datetime) -> None:
        """Open a case for each order that still waits for what the contractor was appointed to do."""
        waiting: dict[OrderNumber, str] = {}
        for order in _won(tx, contractor):
            if order.is_undecided:
                waiting[order.number] = "is undecided"
            elif order.state is OrderState.MADE and _has_deals_in_flight(tx, order):
                waiting[order.number] = "has deals in flight"
        for order in tx.orders.due(_LAST, _EVERY):  # whoever was appointed by standing terms has not bid on them
            waiting.setdefault(order.number, "is undecided")
        for number in sorted(waiting):
            found = tx.orders.get(number)
            assert found is not None
            zones = [
                zone_words(one.zone)
                for one in found.services
                if (one.trade, one.service.box) == (contractor.trade, contractor.box)
            ]
            if zones:
                who, where = f"the {contractor.trade.value} in box {contractor.box}", ", ".join(zones)
                reason = f"{who} has left and keeps the fee: order {number}, {where}, {waiting[number]}"
                self.cases.open(tx, now, CaseKind.TENDER, reason)


def _won(tx: Transaction, contractor: Contractor) -> Iterator[Order]:
    """Yield the orders that a contractor was appointed for by bidding on them, the newest first."""
    before: OfferNumber | None = None
    while bids := tx.bids.of_member(contractor.box, before, _BATCH):
        for bid in bids:
            tender = tender_of(tx, bid.tender)
            is_won = any(place.bid == bid.number and place.state is PlaceState.ACCEPTED for place in tender.places)
            if tender.trade is contractor.trade and is_won and isinstance(tender.asked, OrderService):
                order = tx.orders.get(tender.asked.order)
                assert order is not None
                yield order
        before = bids[-1].number


def _has_deals_in_flight(tx: Transaction, order: Order) -> bool:
    """Say whether any deal of an order has not ended: its reservation ends with it. O(reservations of the order)."""
    after: OfferNumber | None = None
    while page := tx.reservations.of_order(order.number, after, _BATCH):
        if any(reservation.state is ReservationState.AGREED for reservation in page):
            return True
        after = page[-1].number
    return False


def service_trade(trade: object) -> Trade:
    """Return the trade of a carrier or of a payment provider; raises ``InvalidChoice`` for anything else."""
    choice(trade, "trade", Trade)
    if trade is Trade.SELLER or not isinstance(trade, Trade):
        raise InvalidChoice("trade", trade, "carriers or payment providers", "every member may sell")
    return trade
