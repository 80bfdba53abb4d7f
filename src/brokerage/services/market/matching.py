"""Who meets whom: candidates as a relation, arrivals, telling, and rounds (spec P1, X1–X4).

A pair is never stored. An offer that arrives in the book is compared with those counterparts only who were not told
of a candidate yet, and they come out of an index in the order of their limits; so an arrival costs by who is told,
whatever the number of pairs. Counterparts that are passed over because they do not suit (requirements, the same
person) are bounded, and the rest is a check for the next round.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import groupby, islice, takewhile

from attrs import frozen

from brokerage.boxes import CandidateView, purchase_view, sale_view
from brokerage.mails import candidate_found
from brokerage.pages import Page
from brokerage.policy import Immediate, Policy
from brokerage.ports import Position, Series, Transaction
from brokerage.records.checks import Check
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.numbers import DealNumber
from brokerage.records.offers import (
    WAITING,
    Offer,
    PurchaseOffer,
    SaleOffer,
    Standing,
    is_open,
    show,
    tell,
)
from brokerage.services.effects import send
from brokerage.services.inputs import last_multiple, later, next_multiple

__all__ = ["Matching", "find_candidate", "has_candidate", "suits"]

_CHUNK = 64
_SOME: Page[CandidateView] = Page((), may_be_more=True)
_Search = tuple[bool, Position | None]
"""Whether a candidate was found, and where to go on if the bound was reached without an answer."""
_NOTHING: _Search = (False, None)


def suits(sale: SaleOffer, purchase: PurchaseOffer, now: datetime) -> bool:
    """Say whether a sale and a purchase from one book, whose limits overlap, are candidates of each other (P1)."""
    return (
        sale.person != purchase.person
        and is_open(sale, now)
        and is_open(purchase, now)
        and (purchase.requirements is None or purchase.requirements.met_by(sale))
    )


def _place(offer: Offer) -> Position:
    return (offer.min_price if isinstance(offer, SaleOffer) else offer.max_price), offer.number


def _counterparts(tx: Transaction, offer: Offer, after: Position | None) -> Iterator[Offer]:
    """The visible offers of the other side whose limits overlap with an offer's, most promising first."""
    if isinstance(offer, SaleOffer):
        return iter(tx.offers.purchases(offer.category, offer.currency, offer.min_price, after))
    ladders = tx.offers.ladders(offer.category, offer.currency)
    sales = [tx.offers.ladder(ladder, offer.max_price, after) for ladder in ladders]
    return sales[0] if len(sales) == 1 else merge(*sales, key=_place)


def _untold(tx: Transaction, offer: Offer, after: Position | None) -> Iterator[Offer]:
    """Those counterparts that were not told of a candidate yet."""
    if isinstance(offer, SaleOffer):
        return iter(tx.offers.untold_purchases(offer.category, offer.currency, offer.min_price, after))
    return iter(tx.offers.untold_sales(offer.category, offer.currency, offer.max_price, after))


def _pair_suits(one: Offer, other: Offer, now: datetime) -> bool:
    if isinstance(one, SaleOffer):
        return isinstance(other, PurchaseOffer) and suits(one, other, now)
    return isinstance(other, SaleOffer) and suits(other, one, now)


def _hold(tx: Transaction, offers: Iterable[Offer]) -> list[tuple[str, str]]:
    """Hold the books of some offers, in the order that everybody keeps; return them."""
    books = sorted({(offer.category, offer.currency) for offer in offers})
    for category, currency in books:
        tx.offers.hold(category, currency)
    return books


def find_candidate(
    tx: Transaction, offer: Offer, now: datetime, bound: int, after: Position | None = None
) -> tuple[bool, Position | None]:
    """Say whether a visible offer has a candidate; pass over at most ``bound`` that do not suit.

    Returns:
        (found, rest): ``rest`` is where to go on if the bound was reached without an answer.
    """
    for examined, counterpart in enumerate(_counterparts(tx, offer, after), start=1):
        if _pair_suits(offer, counterpart, now):
            return True, None
        if examined >= bound:
            return False, _place(counterpart)
    return False, None


def has_candidate(tx: Transaction, offer: Offer, now: datetime, policy: Policy) -> bool:
    """Say whether an offer has a candidate now. Beyond the policy's bound, what its member was told stands."""
    standing = tx.offers.standing(offer.number)
    if not standing.visible or not is_open(offer, now):
        return False
    found, rest = find_candidate(tx, offer, now, policy.checks_per_page)
    return found or (rest is not None and standing.told)


@frozen
class Matching:
    """Shows arrivals in the book and tells members that there is something to see."""

    policy: Policy

    @property
    def is_immediate(self) -> bool:
        """Whether offers stand in the book at once."""
        return isinstance(self.policy.matching, Immediate)

    def accepted(self, tx: Transaction, offers: Sequence[Offer], now: datetime) -> None:
        """Keep new offers of one member; if the policy shows them at once, tell whom they concern.

        O(log n + tellings) each.
        """
        if not self.is_immediate:
            tx.offers.add_all(offers)
            return
        _hold(tx, offers)
        searches = [(offer, self._search(tx, offer, now)) for offer in offers]
        for standing, group in groupby(searches, lambda search: self._shown(tx, search[1])):
            tx.offers.add_all([offer for offer, _ in group], standing)
        for offer, search in searches:
            self._announce(tx, offer, search, now)

    def hold(self, tx: Transaction, offer: Offer) -> None:
        """Hold the book of an offer that is about to open again or to be amended, if the policy will show it at once.

        Books come behind members and before offers in the order in which a unit of work takes what others wait for.
        """
        if self.is_immediate:
            tx.offers.hold(offer.category, offer.currency)

    def arrive(self, tx: Transaction, offer: Offer, now: datetime) -> None:
        """Let an offer that opened again or was amended wait; show it if the policy does so at once.

        Whoever calls this has held the offer's book before changing the offer: see :meth:`hold`.
        """
        standing = tx.offers.standing(offer.number)
        if standing != WAITING:
            tx.offers.stand(offer, standing, WAITING)
        if self.is_immediate:
            self._show(tx, offer, now)

    def due(self, tx: Transaction) -> datetime | None:
        """Return when the next round has something to do."""
        arrivals = tx.offers.waiting(1)
        checks, losses = tx.checks.first(1), tx.losses.first(1)
        since = [arrivals[0].arrived_at] if arrivals else []
        since += [check.since for check in checks]
        since += [loss.since for loss in losses]
        return self._round_after(min(since)) if since else None

    def cut(self, now: datetime) -> datetime | None:
        """Return the instant before which an arrival must lie for a round that is due now; ``None``: any arrival."""
        if isinstance(self.policy.matching, Immediate) or now == later(now, self.policy.matching.every):
            return None
        return last_multiple(now, self.policy.matching.every)

    def take_arrivals(self, tx: Transaction, cut: datetime | None, now: datetime) -> int:
        """Show the next few arrivals before ``cut``, in their order; return how many. Nothing new, nothing done."""
        first = tx.offers.waiting(1)
        if not first or (cut is not None and first[0].arrived_at >= cut):
            return 0
        books = _hold(tx, self._arrivals(tx, cut))
        count = 0
        for offer in self._arrivals(tx, cut):  # as they are now: another round may have shown some meanwhile
            if (offer.category, offer.currency) in books:
                self._show(tx, offer, now)
                count += 1
        return count

    def take_checks(self, tx: Transaction, cut: datetime | None, now: datetime) -> int:
        """Go on with the first few checks left over before ``cut``, each up to the bound; return how many."""
        checks = [check for check in tx.checks.first(self.policy.arrivals_per_work) if cut is None or check.since < cut]
        _hold(tx, [offer for check in checks if (offer := tx.offers.get(check.offer)) is not None])
        for check in checks:
            tx.checks.remove(check)
            offer = tx.offers.get(check.offer)
            if offer is None or offer.arrival != check.arrival or not is_open(offer, now):
                continue
            standing = tx.offers.standing(check.offer)
            if standing.visible and check.others:
                self._tell_others(tx, offer, check.after, now)
            elif standing.visible and not standing.told:
                search = self._search(tx, offer, now, check.after)
                if search[0]:
                    tx.offers.stand(offer, standing, tell(standing))
                self._conclude(tx, offer, search, now)
        return len(checks)

    def _arrivals(self, tx: Transaction, cut: datetime | None) -> list[Offer]:
        waiting = tx.offers.waiting(self.policy.arrivals_per_work)
        return list(takewhile(lambda offer: cut is None or offer.arrived_at < cut, waiting))

    def _round_after(self, since: datetime) -> datetime:
        matching = self.policy.matching
        return since if isinstance(matching, Immediate) else next_multiple(since, matching.every)

    def _show(self, tx: Transaction, offer: Offer, now: datetime) -> None:
        """Show an offer first and search then: whoever is shown at the same time finds the one or the other."""
        standing = self._shown(tx, _NOTHING)
        tx.offers.stand(offer, WAITING, standing)
        tx.journal.append(Event(now, Role.BROKER, EventKind.OFFER_SHOWN, offer))
        if is_open(offer, now):
            search = self._search(tx, offer, now)
            if search[0]:
                tx.offers.stand(offer, standing, tell(standing))
            self._announce(tx, offer, search, now)

    def _search(self, tx: Transaction, offer: Offer, now: datetime, after: Position | None = None) -> _Search:
        return find_candidate(tx, offer, now, self.policy.checks_per_arrival, after)

    def _shown(self, tx: Transaction, search: _Search) -> Standing:
        """Return how an offer stands that is shown now, after a search for its candidates."""
        standing = show(WAITING, DealNumber(tx.numbers.last(Series.DEAL)))
        return tell(standing) if search[0] else standing

    def _announce(self, tx: Transaction, offer: Offer, search: _Search, now: datetime) -> None:
        """Tell those for whom an offer just shown is a candidate, and its own member if the search found any."""
        self._tell_others(tx, offer, None, now)
        self._conclude(tx, offer, search, now)

    def _conclude(self, tx: Transaction, offer: Offer, search: _Search, now: datetime) -> None:
        """Write down what a search for an offer's candidates has found, or where it is to go on."""
        found, rest = search
        if found:
            self._told(tx, offer, now)
        elif rest is not None:
            tx.checks.add(Check(offer.number, offer.arrival, False, rest, now))

    def _tell_others(self, tx: Transaction, offer: Offer, after: Position | None, now: datetime) -> None:
        passed = 0
        while chunk := list(islice(_untold(tx, offer, after), _CHUNK)):
            for counterpart in chunk:
                after = _place(counterpart)
                if _pair_suits(offer, counterpart, now):
                    standing = tx.offers.standing(counterpart.number)
                    tx.offers.stand(counterpart, standing, tell(standing))
                    self._told(tx, counterpart, now)
                    continue
                passed += 1
                if passed >= self.policy.checks_per_arrival:
                    tx.checks.add(Check(offer.number, offer.arrival, True, after, now))
                    return

    def _told(self, tx: Transaction, offer: Offer, now: datetime) -> None:
        """Write down that an offer's member is told, and mail it where that is wanted."""
        tx.journal.append(Event(now, Role.BROKER, EventKind.OFFER_TOLD, offer))
        member = tx.members.get(offer.box)
        if member is not None and member.mail_candidates:
            view = (
                sale_view(offer, None, True) if isinstance(offer, SaleOffer) else purchase_view(offer, None, _SOME, ())
            )
            number = tx.numbers.next(Series.TELLING)
            send(tx, f"mail:candidate:{offer.number}:{number}", candidate_found(member, view), now)
