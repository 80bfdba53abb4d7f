"""Carriers and payment providers: members whom the manager registers, and what it means when one goes (spec N6)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidChoice, NotRegistered, UnknownMember
from brokerage.ports import Transaction
from brokerage.records.contractors import Contractor, Trade
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.numbers import BoxNumber, OfferNumber
from brokerage.records.tenders import PlaceState
from brokerage.services.inputs import choice, whole_number
from brokerage.services.tendering.awards import Awards
from brokerage.services.tendering.services import StandingServices
from brokerage.services.tendering.tenders import tender_of

__all__ = ["Contractors"]

_BATCH = 100
_SERVICES = Trade.CARRIER, Trade.PROVIDER


@frozen
class Contractors:
    """Keeps who is registered to carry and to settle.

    Args:
        awards: in which a contractor who goes has bids.
        services: whose standing terms end then.
    """

    awards: Awards
    services: StandingServices

    def register(self, tx: Transaction, box: object, trade: object, now: datetime) -> Contractor:
        """Register a member as a carrier or as a payment provider; one who is registered stays as he or she is.

        Raises:
            InvalidChoice: the trade is not one of these two.
            UnknownMember: nobody has the box.
        """
        known = _service_trade(trade)
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
        """Take a contractor out: bids are withdrawn, a question counts as declined, standing terms end. O(own bids).

        Raises:
            InvalidChoice: the trade is neither carriers nor payment providers.
            NotRegistered: the member is not registered for it.
        """
        known = _service_trade(trade)
        found = whole_number(box)
        contractor = None if found is None else tx.contractors.get((BoxNumber(found), known))
        activity = None if contractor is None else tx.activities.get(contractor.box)
        if contractor is None or activity is None:
            raise NotRegistered(known.value)
        self.awards.leave(tx, contractor.box, now, known, by=by)
        self._end_terms(tx, contractor, now)
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


def _service_trade(trade: object) -> Trade:
    choice(trade, "trade", Trade)
    if trade is Trade.SELLER or not isinstance(trade, Trade):
        raise InvalidChoice("trade", trade, "carriers or payment providers", "every member may sell")
    return trade
