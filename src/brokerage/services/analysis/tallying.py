"""Running totals off the journal: nobody who offers or decides waits for them (spec M8).

A position says up to where events have been counted. It moves in the unit of work that counts them, so each event
counts exactly once, whoever crashes and however many count at a time.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from brokerage.policy import Policy
from brokerage.ports import Store, Transaction
from brokerage.records.categories import category_key
from brokerage.records.deals import Deal, DealOrigin, DealState
from brokerage.records.events import Event, EventKind
from brokerage.records.offers import Outcome, PurchaseOffer, SaleOffer
from brokerage.records.reservations import Reservation
from brokerage.records.tallies import ALL_CATEGORIES, ALL_MEMBERS, Progress, Tally, TallyKey
from brokerage.records.versions import next_version
from brokerage.services.inputs import next_multiple

__all__ = ["Tallying"]

_NAME = "tallies"
_EVENTS = 1000
_OFFER_KINDS = (
    EventKind.OFFER_ACCEPTED,
    EventKind.OFFER_CANCELLED,
    EventKind.OFFER_EXPIRED,
    EventKind.OFFER_CLOSED,
)
_RESERVATION_KINDS = (EventKind.RESERVATION_MADE, EventKind.RESERVATION_CLOSED)
_Totals = defaultdict[TallyKey, defaultdict[str, int]]
"""What to add to which field of which tally."""


@frozen
class Tallying:
    """Adds what has happened to the running totals.

    A sale offer counts as offered when it is accepted, as sold when its deal ends completed, and as unsold when it
    ends otherwise; a purchase offer likewise as wanted, bought and unmet. So a sale that is opened again after a lapse
    still counts as one. What is undone after a deal has ended, such as by a chargeback, is not taken back.

    A reservation counts as a purchase offer does, from when it is made. What a seller delivers for one counts as
    offered when its deal is agreed, since before there is no offer of it, and as sold or unsold as that deal ends.
    A deal counts as one, however many units it is of.
    """

    store: Store
    policy: Policy

    def due(self, tx: Transaction) -> datetime | None:
        """Return when events are to be counted that have not been, ``None`` if there are none. O(1)."""
        every = self.policy.tally_every
        if every is None:
            return None
        progress = tx.progress.get(_NAME)
        position = 0 if progress is None else progress.position
        if tx.journal.last() == position:
            return None
        [(_, event)] = tx.journal.read(position, 1)
        return next_multiple(event.at, every)

    def catch_up(self, now: datetime) -> int:
        """Count every event that has not been; return how many there were. A thousand in each unit of work."""
        total = 0
        while count := self.store.run(lambda tx: self._count(tx, now)):
            total += count
        return total

    def _count(self, tx: Transaction, now: datetime) -> int:
        progress = tx.progress.get(_NAME)
        position = 0 if progress is None else progress.position
        if tx.journal.last() == position:
            return 0
        events = tx.journal.read(position, _EVENTS)
        last = events[-1][0]
        # The position goes first: of two who count at a time, one finds out before it has written anything else.
        if progress is None:
            tx.progress.add(Progress(_NAME, now, last))
        else:
            tx.progress.replace(progress, next_version(progress, at=now, position=last))
        for key, counts in _totals(event for _, event in events).items():
            tally = tx.tallies.get(key)
            if tally is None:
                tx.tallies.add(Tally(*key).plus(counts))
            else:
                tx.tallies.replace(tally, tally.plus(counts))
        return len(events)


def _totals(events: Iterable[Event]) -> _Totals:
    """What events add to which fields of which tallies, those of all members and all categories among them."""
    totals: _Totals = defaultdict(lambda: defaultdict(int))
    for event in events:
        if event.kind in _OFFER_KINDS:
            _count_offer(totals, event)
        elif event.kind in _RESERVATION_KINDS:
            _count_reservation(totals, event)
        elif event.kind is EventKind.DEAL_AGREED:
            _count_agreed(totals, event)
        elif event.kind is EventKind.DEAL_ENDED:
            _count_deal(totals, event)
    for (box, category, currency), counts in tuple(totals.items()):
        for key in (box, ALL_CATEGORIES), (ALL_MEMBERS, category), (ALL_MEMBERS, ALL_CATEGORIES):
            sums = totals[*key, currency]
            for name, count in counts.items():
                sums[name] += count
    return totals


def _count_offer(totals: _Totals, event: Event) -> None:
    offer = event.fact
    assert isinstance(offer, SaleOffer | PurchaseOffer)
    counts = totals[offer.box, category_key(offer.category), offer.currency]
    if event.kind is EventKind.OFFER_ACCEPTED:
        counts["offered" if isinstance(offer, SaleOffer) else "wanted"] += 1
    elif offer.outcome is not Outcome.COMPLETED:  # else the end of its deal counts
        counts["unsold" if isinstance(offer, SaleOffer) else "unmet"] += 1


def _count_reservation(totals: _Totals, event: Event) -> None:
    reservation = event.fact
    assert isinstance(reservation, Reservation)
    counts = totals[reservation.box, category_key(reservation.category), reservation.currency]
    if event.kind is EventKind.RESERVATION_MADE:
        counts["wanted"] += 1
    elif reservation.outcome is not Outcome.COMPLETED:  # else the end of its deal counts
        counts["unmet"] += 1


def _count_agreed(totals: _Totals, event: Event) -> None:
    """Count what is offered with its deal; a sale offer of the market was counted when it was accepted."""
    deal = event.fact
    assert isinstance(deal, Deal)
    if deal.origin is DealOrigin.RESERVATION:
        totals[deal.seller, category_key(deal.category), deal.currency]["offered"] += 1


def _count_deal(totals: _Totals, event: Event) -> None:
    deal = event.fact
    assert isinstance(deal, Deal)
    category = category_key(deal.category)
    if deal.state is DealState.COMPLETED:
        sales, purchases = (totals[box, category, deal.currency] for box in (deal.seller, deal.buyer))
        sales["sold"] += 1
        sales["sold_units"] += deal.selling_price
        purchases["bought"] += 1
        purchases["bought_units"] += deal.buying_price
    elif deal.origin is DealOrigin.RESERVATION:  # the end of a sale offer counts instead, which may be opened again
        totals[deal.seller, category, deal.currency]["unsold"] += 1
