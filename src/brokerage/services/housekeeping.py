"""Everything that is due: expiry, deadlines, rounds, authorisations, the dormant, reports, effects (spec T1–T3, M5).

Each piece is a unit of work of its own, so that one that fails leaves the others done. Several processes may do it at
once on one store: whatever is due is done by one of them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from attrs import frozen

from brokerage.policy import Policy
from brokerage.ports import Gateways, Store, Transaction
from brokerage.records.deals import Deal
from brokerage.records.notices import BounceNotice, PaymentNotice
from brokerage.records.offers import Offer, OfferState, is_open
from brokerage.services.analysis import Ratings, Tallying
from brokerage.services.effects import Relay
from brokerage.services.inputs import later
from brokerage.services.market.losers import take_losses
from brokerage.services.market.matching import Matching
from brokerage.services.market.offers import Offers
from brokerage.services.market.probing import end_pauses
from brokerage.services.membership import Dormancy, SigningIn
from brokerage.services.news import Newsroom
from brokerage.services.reserving.items import Items
from brokerage.services.reserving.orders import Orders
from brokerage.services.reserving.reservations import Reservations
from brokerage.services.reserving.watching import Watching
from brokerage.services.settlement import CardPayments, Delivery, Payments, Reversals, Settlement
from brokerage.services.sweeps import Sweep, never
from brokerage.services.tendering import Awards, Telling

__all__ = ["Housekeeping", "Report"]

_BATCH = 200
_Notice = TypeVar("_Notice")


class _Source(Protocol[_Notice]):
    """Whoever reports: bank, carrier or clearing house."""

    def notices(self) -> Sequence[_Notice]: ...

    def confirm(self, notice: _Notice) -> None: ...


@frozen
class Report:
    """What one call did, in numbers: offers expired, deals moved by a deadline, arrivals and checks of rounds,
    authorisations voided, notices taken, notices that could not be taken, sources that were silent, effects tried,
    members looked at for being quiet, failures to sign in forgotten, lost sales whose losers were told, members
    looked at for mails of news, pauses ended, events added to the running totals, factors changed by rating, items
    that came on the market, reservations ended by time, members looked at for mails of items and of the demand for
    them, tenders and orders moved by a deadline, and members looked at for mails of calls."""

    expired: int = 0
    deadlines: int = 0
    arrivals: int = 0
    checks: int = 0
    losses: int = 0
    voided: int = 0
    news: int = 0
    notices: int = 0
    failed: int = 0
    silent: int = 0
    effects: int = 0
    quiet: int = 0
    purged: int = 0
    pauses: int = 0
    tallied: int = 0
    rated: int = 0
    released: int = 0
    ended: int = 0
    told: int = 0
    tenders: int = 0
    orders: int = 0
    calls: int = 0
    left: int = 0


@frozen
class Housekeeping:
    """Runs what is due, and knows when something will be."""

    store: Store
    policy: Policy
    gateways: Gateways
    offers: Offers
    matching: Matching
    settlement: Settlement
    payments: Payments
    delivery: Delivery
    reversals: Reversals
    cards: CardPayments
    dormancy: Dormancy
    signing_in: SigningIn
    newsroom: Newsroom
    awards: Awards
    telling: Telling
    relay: Relay
    tallying: Tallying
    ratings: Ratings
    items: Items
    reservations: Reservations
    watching: Watching
    orders: Orders

    def run(self, now: datetime, is_stopping: Callable[[], bool] = never) -> Report:
        """Do all periodic work that is due at ``now`` (T3). Costs by what is due; nothing due, nothing done.

        Args:
            now: the present instant.
            is_stopping: asked between the pieces; once it says so, the rest is left for another call.
        """
        sweep = Sweep(self.store, is_stopping)
        repeat = sweep.repeat
        notices, failed, silent = self._notices(now, is_stopping)
        deadlines = sweep.each(lambda tx: tx.deals.due(now, _BATCH), lambda tx, deal: self._deadline(tx, deal, now))
        tenders = repeat(lambda tx: self._tenders(tx, now))
        orders = repeat(lambda tx: self._orders(tx, now))
        # Also sales that a lapse opened too late.
        expired = sweep.each(lambda tx: tx.offers.due(now, _BATCH), lambda tx, offer: self._expire(tx, offer, now))
        quiet = repeat(lambda tx: self.dormancy.remove(tx, now))  # their orders fall, and what these had may end
        quiet += repeat(lambda tx: self.dormancy.tell(tx, now))
        released = repeat(lambda tx: self.items.release(tx, now))
        ended = repeat(lambda tx: self.reservations.end_past(tx, now))
        ended += repeat(lambda tx: self.reservations.close(tx, now))
        arrivals, checks, losses = self._round(sweep, self.matching.cut(now), now)
        voided = repeat(lambda tx: self._void(tx, now))
        purged = repeat(lambda tx: self.signing_in.purge(tx, now))
        news = repeat(lambda tx: self.newsroom.mail(tx, now))
        told = repeat(lambda tx: self.watching.mail_items(tx, now))
        told += repeat(lambda tx: self.watching.mail_demand(tx, now))
        told += repeat(lambda tx: self.watching.digest(tx, now))
        calls = repeat(lambda tx: self.telling.mail_calls(tx, now))
        pauses = repeat(lambda tx: end_pauses(tx, now, _BATCH))
        effects = self.relay.drain(is_stopping)
        tallied, rated = self._count(sweep, now)
        return Report(
            expired=expired,
            deadlines=deadlines,
            arrivals=arrivals,
            checks=checks,
            losses=losses,
            voided=voided,
            news=news,
            notices=notices,
            failed=failed,
            silent=silent,
            effects=effects,
            quiet=quiet,
            purged=purged,
            pauses=pauses,
            tallied=tallied,
            rated=rated,
            released=released,
            ended=ended,
            told=told,
            tenders=tenders,
            orders=orders,
            calls=calls,
            left=sweep.left,
        )

    def round(self, cut: datetime | None, now: datetime) -> tuple[int, int, int]:
        """Run a round over what arrived before ``cut``.

        Return how many arrivals and left-over checks it took, and of how many lost sales it told losers (X2, X4).
        """
        return self._round(Sweep(self.store, never), cut, now)

    def next_due(self, tx: Transaction) -> datetime | None:
        """Return the earliest instant at which something will be due, ``None`` if nothing will."""
        intended = tx.authorisations.next_intended()
        times = (
            tx.offers.next_limit(),
            tx.deals.next_deadline(),
            self.matching.due(tx),
            None if intended is None else later(intended, self.policy.authorisation_life),
            self.newsroom.due(tx),
            tx.tenders.next_due(),
            tx.orders.next_due(),
            self.telling.due(tx),
            tx.outbox.next_due(),
            tx.pauses.next_end(),
            self.tallying.due(tx),
            self.ratings.due(tx),
            self.dormancy.next_due(tx),
            tx.tries.next_due(),
            self.items.due(tx),
            self.reservations.due(tx),
            self.watching.due(tx),
        )
        return min((time for time in times if time is not None), default=None)

    def _round(self, sweep: Sweep, cut: datetime | None, now: datetime) -> tuple[int, int, int]:
        losses = sweep.repeat(lambda tx: take_losses(tx, self.policy, cut, now))
        checks = sweep.once(lambda: self.store.run(lambda tx: self.matching.take_checks(tx, cut, now)))
        return sweep.repeat(lambda tx: self.matching.take_arrivals(tx, cut, now)), checks, losses

    def _expire(self, tx: Transaction, due: Offer, now: datetime) -> bool:
        offer = tx.offers.get(due.number)
        if offer is None or offer.state is not OfferState.OPEN or is_open(offer, now):
            return False
        self.offers.expire(tx, offer, now)
        return True

    def _deadline(self, tx: Transaction, due: Deal, now: datetime) -> bool:
        return self.settlement.deadline(tx, due.number, now)

    def _tenders(self, tx: Transaction, now: datetime) -> int:
        """Do what the first deadline asks for: one in each unit of work, because judging and asking are long."""
        due = tx.tenders.due(now, 1)
        for tender in due:
            self.awards.due(tx, tender.number, now)
        return len(due)

    def _orders(self, tx: Transaction, now: datetime) -> int:
        """Do what the first deadline of an order asks for: one in each unit of work, as of tenders."""
        due = tx.orders.due(now, 1)
        for order in due:
            self.orders.due(tx, order.number, now)
        return len(due)

    def _void(self, tx: Transaction, now: datetime) -> int:
        """Let go of authorisations whose decision never came: the process that made them is gone."""
        first = tx.authorisations.intended(now, _BATCH)
        old = [intent for intent in first if later(intent.at, self.policy.authorisation_life) <= now]
        for intent in old:
            self.cards.drop(tx, intent.key, now)
        return len(old)

    def _count(self, sweep: Sweep, now: datetime) -> tuple[int, int]:
        """Count what has happened and rate members, each if its time has come.

        Return how many events were counted and how many factors changed.
        """
        counts, rates = self.store.read(lambda tx: (self.tallying.due(tx), self.ratings.due(tx)))
        tallied = sweep.once(lambda: self.tallying.catch_up(now)) if counts is not None and counts <= now else 0
        rating = self.policy.rating
        if rating is None or rates is None or rates > now:
            return tallied, 0
        return tallied, sweep.once(lambda: self.ratings.apply_due(rating, now))

    def _notices(self, now: datetime, is_stopping: Callable[[], bool]) -> tuple[int, int, int]:
        """Take what is reported outside; return how many notices were taken and failed, and how many are silent."""
        outside, back = self.gateways, self.reversals
        taken = (
            self._take(outside.adviser, lambda tx, notice: self._of_bank(tx, notice, now), is_stopping),
            self._take(outside.deliverer, lambda tx, notice: self.delivery.advised(tx, notice, now), is_stopping),
            self._take(outside.clearing_house, lambda tx, notice: back.charged_back(tx, notice, now), is_stopping),
        )
        return sum(each[0] for each in taken), sum(each[1] for each in taken), sum(each[2] for each in taken)

    def _of_bank(self, tx: Transaction, notice: PaymentNotice | BounceNotice, now: datetime) -> str:
        if isinstance(notice, BounceNotice):
            return self.reversals.bounced(tx, notice, now)
        return self.payments.advised(tx, notice, now)

    def _take(
        self,
        source: _Source[_Notice],
        keep: Callable[[Transaction, _Notice], str],
        is_stopping: Callable[[], bool],
    ) -> tuple[int, int, int]:
        """Keep each notice once and confirm it after that; one that cannot be kept does not stop the others."""
        count = failed = 0
        try:
            notices = source.notices()
        except Exception:  # whatever an adapter raises, the rest that is due must not wait for it
            return 0, 0, 1
        for notice in notices:
            if is_stopping():
                break
            try:
                self.store.run(partial(_swapped, keep, notice))
                source.confirm(notice)
                count += 1
            except Exception:  # it is not confirmed, so it comes again
                failed += 1
        return count, failed, 0


def _swapped(keep: Callable[[Transaction, _Notice], str], notice: _Notice, tx: Transaction) -> str:
    return keep(tx, notice)
