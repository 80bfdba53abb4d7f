"""Bugs that are planted into the engine from outside, each in one place, to see the simulation find them.

Every one replaces a function or a method while a test runs; the source knows nothing of them.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from attrs import evolve, frozen

import brokerage.boxes as boxes
import brokerage.services.market.candidates as candidates
import brokerage.services.market.decisions as decisions
import brokerage.services.market.offers as offers
import brokerage.services.settlement.deals as deals
import brokerage.services.settlement.payments as payments
from brokerage.adapters.memory.ledger import MemoryLedger
from brokerage.boxes import Counterpart
from brokerage.errors import BrokerageError
from brokerage.house import House
from brokerage.ports import Answer, Transaction
from brokerage.records.deals import Deal, DealState, change
from brokerage.records.effects import Authorisation, EffectState, Mail, PayOut, answered
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.ledger import REVENUE
from brokerage.records.offers import OfferState, Outcome, reopen
from brokerage.records.versions import next_version
from brokerage.services.effects import Relay, send
from brokerage.services.housekeeping import Housekeeping
from brokerage.services.market.decisions import Decisions
from brokerage.services.market.offers import Offers
from brokerage.services.settlement import CardPayments, Delivery, Settlement
from brokerage.testing.story.invariants import Invariant

__all__ = ["PLANTED", "PlantedBug"]


@frozen
class PlantedBug:
    """A bug: what is replaced by what, by which invariant it is found, and in how many steps its story fits."""

    name: str
    owner: Any
    attribute: str
    made: Callable[[Any], Any]
    invariant: Invariant
    steps: int


def _double_payout(release: Any) -> Any:
    def released(self: Settlement, tx: Transaction, deal: Deal, positions: tuple[int, ...], now: Any) -> Deal:
        new: Deal = release(self, tx, deal, positions, now)
        for at in positions:
            effect = tx.outbox.get(f"payout:{deal.number}:{at}")
            if effect is not None:
                send(tx, f"payout:{deal.number}:{at}:{new.version}", effect.task, now)
        return new

    return released


def _refund_after_payout(complete: Any) -> Any:
    def completed(self: Settlement, tx: Transaction, deal: Deal, now: Any) -> None:
        complete(self, tx, deal, now)
        if tx.deals.get(deal.number).state is DealState.COMPLETED:  # type: ignore[union-attr]
            for payment in deal.payments:
                self._refund(tx, deal, payment, payment.units, "sorry", now)

    return completed


def _revived_deal(receive: Any) -> Any:
    def received(self: Settlement, tx: Transaction, deal: Deal, payment: Any, now: Any) -> None:
        if deal.state is DealState.LAPSED and payment.units == deal.owed:
            deal = self._put(tx, deal, next_version(deal, state=DealState.AGREED, deadline=None), Role.BROKER, now)
        receive(self, tx, deal, payment, now)

    return received


def _unbooked_after_lapse(receive: Any) -> Any:
    def received(self: Settlement, tx: Transaction, deal: Deal, payment: Any, now: Any) -> None:
        if deal.state is not DealState.LAPSED:
            receive(self, tx, deal, payment, now)

    return received


def _sold_twice(decide: Any) -> Any:
    def decided(
        self: Any, tx: Transaction, box: Any, decision: Any, mark: str, now: Any, request_id: Any = None
    ) -> Deal:
        deal: Deal = decide(self, tx, box, decision, mark, now, request_id)
        sale: Any = tx.offers.get(deal.sale)
        again = reopen(sale, sale.arrival, now)
        tx.offers.replace(sale, again)
        tx.journal.append(Event(now, Role.BROKER, EventKind.OFFER_REOPENED, again))
        return deal

    return decided


def _rekeyed(postpone: Any) -> Any:
    def postponed(self: Relay, tx: Transaction, effect: Any, problem: str, now: Any) -> None:
        stored = tx.outbox.get(effect.key)
        if stored is not None and stored.state is EffectState.PENDING and isinstance(stored.task, PayOut):
            tx.outbox.replace(stored, answered(stored, EffectState.DECLINED, problem))
            send(tx, f"{effect.key}:again", effect.task, now)
        else:
            postpone(self, tx, effect, problem, now)

    return postponed


def _key_of_the_moment(perform: Any) -> Any:
    return lambda self, key, task: perform(self, f"{key} at {self._clock.now()}", task)


def _sent_before_commit(commit: Any) -> Any:
    def committed(self: House, work: Any) -> Any:
        def all_at_once(tx: Transaction) -> Any:
            result = work(tx)
            self.relay.drain()
            return result

        return commit(self, all_at_once)

    return committed


def _answered_though_it_failed(attempt: Any) -> Any:
    def tried(self: Relay, effect: Any) -> None:
        with suppress(BrokerageError):
            self._perform(effect.key, effect.task)
        self._store.run(lambda tx: self._book(tx, effect, Answer(True), self._clock.now()))

    return tried


def _confirmed_unkept(_take: Any) -> Any:
    def taken(self: Housekeeping, source: Any, keep: Any) -> tuple[int, int, int]:
        for notice in source.notices():
            source.confirm(notice)
        return 0, 0, 0

    return taken


def _never_confirmed(take: Any) -> Any:
    return lambda self, source, keep: take(self, _Deaf(source), keep)


@frozen
class _Deaf:
    """A source that hears of no confirmation."""

    source: Any

    def notices(self) -> Any:
        return self.source.notices()

    def confirm(self, notice: Any) -> None:
        pass


def _kept_apart(keep: Any) -> Any:
    def kept(tx: Transaction, notice: Any, result: str, now: Any) -> str:
        return str(keep(tx, evolve(notice, id=f"{notice.id}, {tx.journal.last()}"), result, now))

    return kept


def _carried_unpaid(take: Any) -> Any:
    def taken(self: Delivery, tx: Transaction, deal: Deal, step: Any, now: Any) -> str:
        if deal.state is DealState.AGREED:
            self.settlement._put(tx, deal, next_version(deal, state=DealState.COLLECTED), Role.OUTSIDE, now)
            return "taken"
        return str(take(self, tx, deal, step, now))

    return taken


def _silent_change(put: Any) -> Any:
    def put_silently(self: Settlement, tx: Transaction, deal: Deal, new: Deal, by: Any, now: Any) -> Deal:
        if not new.accepted or deal.accepted:
            return put(self, tx, deal, new, by, now)  # type: ignore[no-any-return]
        tx.deals.replace(deal, new)
        return new

    return put_silently


class _Anything(int):
    """An amount that is like every other one."""

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


def _any_price(_units: Any) -> Any:
    return lambda value, currency, field, highest: _Anything(value)


def _closed_wrongly(_close: Any) -> Any:
    return lambda offer, outcome: next_version(offer, state=OfferState.CLOSED, outcome=Outcome.EXPIRED)


def _cannot_add(balance: Any) -> Any:
    return lambda self, account, currency: balance(self, account, currency) - (account == REVENUE)


def _leaked_limit(view: Any) -> Any:
    def shown(sale: Any, status: str, price: int, carriage: Any) -> Any:
        told = view(sale, status, price, carriage)
        return evolve(told, details=evolve(told.details, description=f"at least {sale.min_price}"))

    return shown


def _leaked_identity(_counterpart: Any) -> Any:
    return lambda deal, address: Counterpart(address.name, address.address, address.telephone)


def _too_much_back(refund: Any) -> Any:
    return lambda self, tx, deal, payment, units, why, now: refund(
        self, tx, deal, payment, units + (why == "lapse"), why, now
    )


def _overdrawn(set_aside: Any) -> Any:
    return lambda tx, deal, units, now: set_aside(tx, deal, 2 * units, now)


def _ordered_twice(paid: Any) -> Any:
    def ordered(self: Settlement, tx: Transaction, deal: Deal, now: Any) -> Any:
        new = paid(self, tx, deal, now)
        effect = tx.outbox.get(f"carrier:{deal.number}")
        if effect is not None:
            send(tx, f"carrier:{deal.number}:now", effect.task, now)
        return new

    return ordered


def _uncounted(_closed: Any) -> Any:
    return lambda self, tx, offer: None


def _no_intent(_with: Any) -> Any:
    def authorised(
        self: CardPayments, key: str, box: Any, token: str, units: int, currency: str, now: Any, work: Any
    ) -> Any:
        self._authorise(key, token, units, currency)

        def late(tx: Transaction) -> Any:
            self._intend(tx, Authorisation(key, box, units, currency, now))
            return work(tx)

        return self.store.run(late)

    return authorised


def _forgotten_deadline(deadline: Any) -> Any:
    def done(self: Settlement, tx: Transaction, number: Any, now: Any) -> None:
        deal = tx.deals.get(number)
        if deal is not None and deal.state is DealState.AGREED:
            self._put(tx, deal, change(deal, deadline=None), Role.BROKER, now)
        else:
            deadline(self, tx, number, now)

    return done


def _late_deadlines(_deadlines: Any) -> Any:
    return lambda self, tx, now: 0


def _no_welcome(attempt: Any) -> Any:
    def tried(self: Relay, effect: Any) -> None:
        if not (isinstance(effect.task, Mail) and effect.task.subject == "Welcome"):
            attempt(self, effect)

    return tried


def _no_error_of_ours(own: Any) -> Any:
    def owned(tx: Transaction, box: Any, number: Any) -> Any:
        offer: Any = tx.offers.get(number)
        if offer.box != box:
            raise KeyError(number)
        return own(tx, box, number)

    return owned


PLANTED = (
    PlantedBug("double payout", Settlement, "_release", _double_payout, Invariant.ONE_PAYOUT, 14),
    PlantedBug(
        "refund after payout", Settlement, "_complete_if_done", _refund_after_payout, Invariant.OUT_OF_ITS_OWN, 14
    ),
    PlantedBug("lost notice", Housekeeping, "_take", _confirmed_unkept, Invariant.NOTICES_KEPT, 9),
    PlantedBug("revived deal", Settlement, "receive", _revived_deal, Invariant.ENDED, 12),
    PlantedBug(
        "double use of a request id",
        decisions,
        "remember_request",
        lambda _remember: lambda *_given: None,
        Invariant.ONE_DEAL_A_REQUEST,
        9,
    ),
    PlantedBug("sale sold twice", Decisions, "decide", _sold_twice, Invariant.ONE_BUYER, 12),
    PlantedBug(
        "effect under another key when it is tried again", Relay, "_postpone", _rekeyed, Invariant.ONE_PAYOUT, 14
    ),
    PlantedBug(
        "effect under a key that is not written down",
        Relay,
        "_perform",
        _key_of_the_moment,
        Invariant.SENT_AS_WRITTEN,
        4,
    ),
    PlantedBug("effect sent before the commit", House, "commit", _sent_before_commit, Invariant.SENT_AS_WRITTEN, 4),
    PlantedBug(
        "money not booked when the deal lapsed",
        Settlement,
        "receive",
        _unbooked_after_lapse,
        Invariant.BOOKED_AS_IT_WAS,
        12,
    ),
    PlantedBug(
        "money booked though it never moved", Relay, "_try", _answered_though_it_failed, Invariant.BOOKED_AS_IT_WAS, 14
    ),
    PlantedBug(
        "notice booked as often as it comes", payments, "keep_notice", _kept_apart, Invariant.BOOKED_AS_IT_WAS, 12
    ),
    PlantedBug("notice never confirmed", Housekeeping, "_take", _never_confirmed, Invariant.NOTICES_KEPT, 9),
    PlantedBug("refund of more than came", Settlement, "_refund", _too_much_back, Invariant.NO_MORE_THAN_CAME, 12),
    PlantedBug("escrow emptied twice", deals, "set_aside", _overdrawn, Invariant.NOTHING_OVERDRAWN, 12),
    PlantedBug("goods ordered twice", Settlement, "_paid", _ordered_twice, Invariant.ONE_ORDER, 9),
    PlantedBug("ended offers that are still counted", Offers, "_closed", _uncounted, Invariant.COUNTED, 6),
    PlantedBug("goods moved before they are paid", Delivery, "_take", _carried_unpaid, Invariant.DEAL_MOVES, 10),
    PlantedBug("offer closed in a way that it cannot be", offers, "close", _closed_wrongly, Invariant.OFFER_MOVES, 12),
    PlantedBug("change without an event", Settlement, "_put", _silent_change, Invariant.EVERY_CHANGE_TOLD, 14),
    PlantedBug("any price will do", decisions, "minor_units", _any_price, Invariant.WRONG_PRICE, 9),
    PlantedBug("leaked limit", candidates, "candidate_view", _leaked_limit, Invariant.BLIND, 9),
    PlantedBug("leaked identity", boxes, "_counterpart", _leaked_identity, Invariant.BLIND, 9),
    PlantedBug(
        "card held before that is written down",
        CardPayments,
        "with_authorisation",
        _no_intent,
        Invariant.ALL_MONEY_KNOWN,
        10,
    ),
    PlantedBug("deadline forgotten", Settlement, "deadline", _forgotten_deadline, Invariant.ALL_ENDS, 9),
    PlantedBug(
        "deadlines that nobody looks at", Housekeeping, "_deadlines", _late_deadlines, Invariant.DEADLINES_KEPT, 10
    ),
    PlantedBug("mails that are never sent", Relay, "_try", _no_welcome, Invariant.OUTBOX_EMPTIES, 4),
    PlantedBug("an error that is none of ours", offers, "own_offer", _no_error_of_ours, Invariant.PROPER_ERRORS, 6),
    PlantedBug("a ledger that cannot add", MemoryLedger, "balance", _cannot_add, Invariant.BALANCED, 12),
)
"""Every bug that the simulation must find."""
