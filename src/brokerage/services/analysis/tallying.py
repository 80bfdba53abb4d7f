"""Running totals off the journal: nobody who offers or decides waits for them (spec M8).

A position says up to where events have been counted. It moves in the unit of work that counts them, so each event
counts exactly once, whoever crashes and however many count at a time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import frozen

from brokerage.policy import Policy
from brokerage.ports import Store, Transaction
from brokerage.records.categories import category_key
from brokerage.records.deals import Deal, DealState
from brokerage.records.events import Event, EventKind
from brokerage.records.numbers import BoxNumber
from brokerage.records.offers import Outcome, PurchaseOffer, SaleOffer
from brokerage.records.tallies import ALL_CATEGORIES, ALL_MEMBERS, Progress, Tally, TallyKey
from brokerage.records.versions import next_version
from brokerage.services.inputs import next_multiple

__all__ = ["Tallying"]

_NAME = "tallies"
_EVENTS = 1000
_ENDS = frozenset({EventKind.OFFER_CANCELLED, EventKind.OFFER_EXPIRED, EventKind.OFFER_CLOSED})


@frozen
class Tallying:
    """Adds what has happened to the running totals.

    A sale offer counts as offered when it is accepted, as sold when its deal ends completed, and as unsold when it
    ends otherwise; a purchase offer likewise as wanted, bought and unmet. So a sale that is opened again after a lapse
    still counts as one. What is undone after a deal has ended, such as by a chargeback, is not taken back.
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


def _totals(events: Iterable[Event]) -> dict[TallyKey, Counter[str]]:
    """What events add to which fields of which tallies, those of all members and all categories among them."""
    totals: dict[TallyKey, Counter[str]] = defaultdict(Counter)
    for event in events:
        for box, category, currency, name, count in _counts(event):
            totals[box, category_key(category), currency][name] += count
    for (box, category, currency), counts in tuple(totals.items()):
        for key in (box, ALL_CATEGORIES), (ALL_MEMBERS, category), (ALL_MEMBERS, ALL_CATEGORIES):
            totals[*key, currency].update(counts)
    return totals


def _counts(event: Event) -> Iterator[tuple[BoxNumber, str, str, str, int]]:
    """What one event adds: whose, in which category and currency, to which field, and how much."""
    kind, fact = event.kind, event.fact
    if isinstance(fact, SaleOffer | PurchaseOffer):
        is_sale = isinstance(fact, SaleOffer)
        if kind is EventKind.OFFER_ACCEPTED:
            yield fact.box, fact.category, fact.currency, "offered" if is_sale else "wanted", 1
        elif kind in _ENDS and fact.outcome is not Outcome.COMPLETED:
            yield fact.box, fact.category, fact.currency, "unsold" if is_sale else "unmet", 1
    elif isinstance(fact, Deal) and kind is EventKind.DEAL_ENDED and fact.state is DealState.COMPLETED:
        yield fact.seller, fact.category, fact.currency, "sold", 1
        yield fact.seller, fact.category, fact.currency, "sold_units", fact.selling_price
        yield fact.buyer, fact.category, fact.currency, "bought", 1
        yield fact.buyer, fact.category, fact.currency, "bought_units", fact.buying_price
