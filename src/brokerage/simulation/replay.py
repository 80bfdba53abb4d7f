"""Replaying a market of real offers with eager buyers: from the first offer to the last payout, exact and repeatable.

Buyers are eager: whoever waits and has a candidate takes the first one at once, in the order of their offers'
numbers. Nobody acknowledges meanwhile, so the boxes show at the end everything that happened.
"""

import heapq
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from attrs import define, field

from brokerage.adapters.memory.books import LimitLog
from brokerage.adapters.memory.store import MemoryStore
from brokerage.adapters.system import ManualClock, SeededEntropy, SystemEntropy
from brokerage.boxes import BuyersDeal, CandidateView
from brokerage.desks import MemberDesk
from brokerage.engine import Brokerage
from brokerage.errors import StoreNotEmpty
from brokerage.money import Amount, Money, Rate, exact_rate
from brokerage.policy import Immediate, Matching, Policy
from brokerage.ports import Series, Store
from brokerage.pricing import HIGHEST_RATE, Margin, MarginRule, Rounding
from brokerage.records.categories import category_key
from brokerage.records.events import Event, EventKind
from brokerage.records.notices import DeliveryStep
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import PurchaseOffer, SaleOffer
from brokerage.services.inputs import later
from brokerage.services.market.decisions import BankTransfer
from brokerage.services.market.requests import Buy, Sell
from brokerage.services.secrets import has_begun, secret_of
from brokerage.simulation.offers_file import OfferRow, Side

__all__ = ["Replay", "check_is_empty", "replay"]

_UNBOUNDED = 10**9
_PAID_AFTER = timedelta(days=1)
_COLLECTED_AFTER = timedelta(days=1)
_DELIVERED_AFTER = timedelta(days=2)
_SEED = 1
_IMMEDIATE = Immediate()


@define(eq=False)
class Replay:
    """A market that was replayed: its broker, who its members are, and how many offers were accepted and expired."""

    broker: Brokerage
    clock: ManualClock
    members: dict[str, MemberDesk] = field(factory=dict)
    accepted: int = 0
    expired: int = 0
    deals: list[DealNumber] = field(factory=list)
    _categories: set[str] = field(factory=set)
    _desks: dict[BoxNumber, MemberDesk] = field(factory=dict)
    _waiting: dict[tuple[str, str], LimitLog[BoxNumber]] = field(factory=dict)
    _wanted: set[OfferNumber] = field(factory=set)
    _told: dict[OfferNumber, BoxNumber] = field(factory=dict)
    _shown: list[SaleOffer] = field(factory=list)
    _scheduled: list[tuple[datetime, int, Callable[[], None]]] = field(factory=list)
    _order: int = 0

    def offer(self, row: OfferRow, rate: Rate) -> None:
        """Do what is due before a row, accept it, and let eager buyers decide."""
        self.advance(row.at)
        self.clock.set(row.at)
        desk = self._member(row.member)
        key = category_key(row.category)
        if key not in self._categories:
            self.broker.office.add_category(row.category, rate=rate)
            self._categories.add(key)
        if row.side is Side.SALE:
            desk.offer(
                Sell(
                    category=row.category,
                    name=row.name,
                    min_price=row.price,
                    currency=row.currency,
                    limit=row.until,
                )
            )
        else:
            desk.offer(
                Buy(
                    category=row.category,
                    name=row.name,
                    max_price=row.price,
                    currency=row.currency,
                    limit=row.until,
                )
            )
        self.accepted += 1
        self._decide()

    def advance(self, until: datetime | None) -> None:
        """Do whatever is due up to an instant, in time order; ``None``: to the end."""
        while (due := self._next_due()) is not None and (until is None or due <= until):
            self.clock.set(max(due, self.clock.now()))
            while self._scheduled and self._scheduled[0][0] <= due:
                heapq.heappop(self._scheduled)[2]()
            self.broker.run_due()
            self._decide()

    def hear(self, event: Event) -> None:
        """Take note of what the broker does: who waits, what is shown, who is told, and what expires."""
        offer = event.fact
        if isinstance(offer, SaleOffer) and self._shows(event):
            self._shown.append(offer)
        elif isinstance(offer, PurchaseOffer) and self._shows(event):
            self._wanted.add(offer.number)
            self._book(offer).add(offer.number, offer.box, -offer.max_price)
        elif event.kind is EventKind.OFFER_TOLD and isinstance(offer, PurchaseOffer):
            self._told[offer.number] = offer.box
        elif event.kind is EventKind.OFFER_EXPIRED:
            self.expired += 1
            if isinstance(offer, PurchaseOffer) and offer.number in self._wanted:
                self._book(offer).remove(offer.number)

    def _shows(self, event: Event) -> bool:
        """Say whether an offer stands in the book since an event."""
        is_immediate = isinstance(self.broker.policy.matching, Immediate)
        return event.kind is EventKind.OFFER_SHOWN or (is_immediate and event.kind is EventKind.OFFER_ACCEPTED)

    def _book(self, offer: SaleOffer | PurchaseOffer) -> LimitLog[BoxNumber]:
        """Who waits in an offer's book: purchases by number, found by BPmax."""
        return self._waiting.setdefault((offer.category, offer.currency), LimitLog())

    def _next_due(self) -> datetime | None:
        due = self.broker.next_due()
        if self._scheduled and (due is None or self._scheduled[0][0] < due):
            return self._scheduled[0][0]
        return due

    def _member(self, name: str) -> MemberDesk:
        desk = self.members.get(name)
        if desk is None:
            number = len(self.members) + 1
            desk = self.broker.register(
                name=name,
                address=f"replayed address {number}",
                telephone=f"{number:09d}",
                email=f"member-{number}@replay.invalid",
                bank_account=f"REPLAY-{number:09d}",
            )
            self.members[name] = self._desks[desk.number] = desk
        return desk

    def _decide(self) -> None:
        """Let everyone who waits and has a candidate decide, in the order of their offers' numbers.

        Whoever has a candidate was told of one just now, or matches a sale just shown: each of these sales points to
        the first purchase that could take it, and on to the next one when that has gone another way.
        """
        ready = list(self._told.items())
        self._told.clear()
        heapq.heapify(ready)
        pointing: dict[OfferNumber, list[SaleOffer]] = {}
        for sale in self._shown:
            self._point(sale, OfferNumber(0), ready, pointing)
        self._shown.clear()
        taken: set[OfferNumber] = set()
        while ready:
            number, box = heapq.heappop(ready)
            page = self._desks[box].candidates(number, size=1)
            if page:
                taken.add(page[0].sale)
                self._take(number, box, page[0])
            for sale in pointing.pop(number, ()):
                if sale.number not in taken:
                    self._point(sale, number, ready, pointing)

    def _point(
        self,
        sale: SaleOffer,
        after: OfferNumber,
        ready: list[tuple[OfferNumber, BoxNumber]],
        pointing: dict[OfferNumber, list[SaleOffer]],
    ) -> None:
        """Let a sale point to the next purchase whose limit it meets."""
        found = self._book(sale).first(after, -sale.min_price)
        if found is not None:
            number = OfferNumber(found[0])
            if number not in pointing:
                heapq.heappush(ready, (number, found[1]))
            pointing.setdefault(number, []).append(sale)

    def _take(self, purchase: OfferNumber, box: BoxNumber, candidate: CandidateView) -> None:
        desk = self._desks[box]
        deal = desk.decide(purchase, candidate.sale, price=candidate.total, pay_by=BankTransfer())
        self.deals.append(deal.number)
        book = self._waiting[deal.category, deal.total.currency]
        book.remove(purchase)
        self._settle(deal)

    def _settle(self, deal: BuyersDeal) -> None:
        """Schedule what happens outside: the buyer pays, the carrier collects and delivers."""
        paid_at = later(self.clock.now(), _PAID_AFTER)
        collected_at = later(paid_at, _COLLECTED_AFTER)
        if deal.total.units:
            self._schedule(paid_at, partial(self._pay, deal.number, deal.reference, deal.total))
        self._schedule(collected_at, partial(self._deliver, deal.number, DeliveryStep.COLLECTED))
        self._schedule(
            later(collected_at, _DELIVERED_AFTER), partial(self._deliver, deal.number, DeliveryStep.DELIVERED)
        )

    def _schedule(self, at: datetime, action: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._scheduled, (at, self._order, action))

    def _pay(self, deal: DealNumber, reference: str, total: Money) -> None:
        self.broker.advise_payment(
            reference=reference, amount=total.units, currency=total.currency, notice=f"payment-{deal}"
        )

    def _deliver(self, deal: DealNumber, step: DeliveryStep) -> None:
        self.broker.advise_delivery(deal, step, notice=f"{step.value}-{deal}")


def check_is_empty(store: Store) -> None:
    """Refuse a store in which anything was ever kept: a replayed market begins with nothing, and numbers from 1.

    Raises:
        StoreNotEmpty: something was kept there, even if it is gone.
    """
    if store.read(
        lambda tx: has_begun(tx) or tx.journal.last() > 0 or any(tx.numbers.last(series) for series in Series)
    ):
        raise StoreNotEmpty(repr(store))


def replay(
    rows: Sequence[OfferRow],
    *,
    rate: Rate = "0.10",
    margin: MarginRule = Margin.ON_SPREAD,
    rounding: Rounding = Rounding.HALF_EVEN,
    matching: Matching = _IMMEDIATE,
    price_grid: Mapping[str, Amount] | None = None,
    store: Store | None = None,
    progress: Callable[[int], None] | None = None,
) -> Replay:
    """Replay a market from its first offer until every deal has ended and every offer with a limit has expired.

    The same rows give the same result to the byte, on any store. There is no limit on a member's open offers or on an
    offer's life.

    Args:
        rows: the offers; they are taken in the order of their instants, equal ones in the order given.
        rate: Rc of every category, an exact decimal from 0 to 0.5.
        margin: the margin rule.
        rounding: how prices are rounded.
        matching: immediate or periodic.
        price_grid: the step of each currency in which prices must be multiples of one; none by default (spec B7).
        store: where the market is kept, and stays; it must be empty. In memory by default.
        progress: called after each row with how many are done.

    Returns:
        The market as it is at the end.

    Raises:
        InvalidRate: the rate is no exact decimal from 0 to 0.5.
        InvalidAmount: the grid is none, or a row's price stands off it.
        StoreNotEmpty: something was kept in the store before.
    """
    policy = Policy(
        matching=matching,
        margin=margin,
        rounding=rounding,
        price_grid=price_grid,
        open_offer_count=None,
        longest_life=None,
        default_life=None,
        checks_per_page=_UNBOUNDED,
        checks_per_arrival=_UNBOUNDED,
        filed_after=None,
        tally_every=None,
    )
    ordered = sorted(rows, key=lambda row: row.at)
    clock = ManualClock(ordered[0].at if ordered else datetime(1970, 1, 1, tzinfo=UTC))
    entropy = SeededEntropy(_SEED)
    kept = MemoryStore() if store is None else store
    exact = exact_rate(rate, "rate", HIGHEST_RATE)
    check_is_empty(kept)
    secret_of(kept, None, SystemEntropy())  # a market that is kept and goes on needs one that nobody can foresee
    market = Replay(Brokerage(policy, store=kept, clock=clock, entropy=entropy), clock)
    market.broker.subscribe(market.hear)
    for done, row in enumerate(ordered, start=1):
        market.offer(row, exact)
        if progress is not None:
            progress(done)
    market.advance(None)
    return market
