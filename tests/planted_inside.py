"""Bugs in lifecycles, counts, requests, secrets and deadlines, to be planted into the engine.

Each takes what it replaces, and returns what takes its place.
"""

from typing import Any

from attrs import evolve

from brokerage.ports import Transaction
from brokerage.records.cases import Case, CaseKind
from brokerage.records.deals import Deal, DealState, change
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.offers import OfferState, Outcome, reopen
from brokerage.records.versions import next_version
from brokerage.services.cases import Cases
from brokerage.services.settlement import (
    Course,
    Delivery,
    Settlement,
)

__all__ = [
    "any_price",
    "carried_unpaid",
    "closed_wrongly",
    "forgetful",
    "forgotten_deadline",
    "late_deadlines",
    "leaked_identity",
    "leaked_limit",
    "never_closed",
    "no_error_of_ours",
    "revived_deal",
    "silent_change",
    "sold_twice",
    "uncounted",
    "uncounted_points",
]


def revived_deal(receive: Any) -> Any:
    """Revived deal."""

    def received(self: Settlement, tx: Transaction, deal: Deal, payment: Any, now: Any, *source: Any) -> None:
        if deal.state is DealState.LAPSED and payment.units == deal.owed:
            revived = next_version(deal, state=DealState.AGREED, deadline=None)
            deal = self.course.put(tx, deal, revived, Role.BROKER, now)
        receive(self, tx, deal, payment, now, *source)

    return received


def sold_twice(decide: Any) -> Any:
    """Sale sold twice."""

    def decided(
        self: Any, tx: Transaction, box: Any, decision: Any, mark: str, now: Any, request_id: Any = None
    ) -> Deal:
        deal: Deal = decide(self, tx, box, decision, mark, now, request_id)
        sale: Any = tx.offers.get(deal.sale)
        again = reopen(sale, sale.arrival, now)
        tx.offers.replace(sale, again)
        tx.journal.append(Event(now, Role.BROKER, EventKind.OFFER_REOPENED, again))
        activity: Any = tx.activities.get(sale.box)
        tx.activities.replace(activity, activity.changed(open_offers=1))
        return deal

    return decided


def carried_unpaid(take: Any) -> Any:
    """Goods moved before they are paid."""

    def taken(self: Delivery, tx: Transaction, deal: Deal, step: Any, now: Any) -> str:
        if deal.state is DealState.AGREED:
            self.settlement.course.put(tx, deal, next_version(deal, state=DealState.COLLECTED), Role.OUTSIDE, now)
            return "taken"
        return str(take(self, tx, deal, step, now))

    return taken


def silent_change(put: Any) -> Any:
    """Change without an event."""

    def put_silently(self: Course, tx: Transaction, deal: Deal, new: Deal, by: Any, now: Any) -> Deal:
        if not new.accepted or deal.accepted:
            return put(self, tx, deal, new, by, now)  # type: ignore[no-any-return]
        tx.deals.replace(deal, new)
        return new

    return put_silently


def forgetful(_remember: Any) -> Any:
    """Double use of a request id."""
    return lambda *_given: None


def any_price(_check: Any) -> Any:
    """Any price will do."""
    return lambda *_given: None


def closed_wrongly(_close: Any) -> Any:
    """Offer closed as it cannot be."""
    return lambda offer, outcome: next_version(offer, state=OfferState.CLOSED, outcome=Outcome.EXPIRED)


def leaked_limit(view: Any) -> Any:
    """Leaked limit."""

    def shown(sale: Any, *figures: Any) -> Any:
        told = view(sale, *figures)
        return evolve(told, details=evolve(told.details, description=f"at least {sale.min_price}"))

    return shown


def leaked_identity(view: Any) -> Any:
    """Leaked identity."""
    return lambda tx, deal: view(tx, evolve(deal, paid_at=deal.agreed_at))


def never_closed(close: Any) -> Any:
    """Disputes that stay open cases."""

    def closed(self: Cases, tx: Transaction, case: Case, outcome: str, by: Any, now: Any) -> Case:
        return case if case.kind is CaseKind.DISPUTE else close(self, tx, case, outcome, by, now)

    return closed


def uncounted(_closed: Any) -> Any:
    """Ended offers that are still counted."""
    return lambda self, tx, offer: None


def forgotten_deadline(deadline: Any) -> Any:
    """Deadline forgotten."""

    def done(self: Settlement, tx: Transaction, number: Any, now: Any) -> Any:
        deal = tx.deals.get(number)
        if deal is not None and deal.state is DealState.AGREED:
            self.course.put(tx, deal, change(deal, deadline=None), Role.BROKER, now)
            return True
        return deadline(self, tx, number, now)

    return done


def late_deadlines(_deadline: Any) -> Any:
    """Deadlines that nobody looks at."""
    return lambda self, tx, deal, now: False


def no_error_of_ours(own: Any) -> Any:
    """An error that is none of ours."""

    def owned(tx: Transaction, box: Any, number: Any) -> Any:
        offer: Any = tx.offers.get(number)
        if offer.box != box:
            raise KeyError(number)
        return own(tx, box, number)

    return owned


def uncounted_points(_count: Any) -> Any:
    """Complaints that count nothing."""
    return lambda self, tx, old, new: None
