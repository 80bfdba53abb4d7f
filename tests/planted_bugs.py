"""Bugs that are planted into the engine from outside, each in one place, to see the simulation find them.

Every one replaces a function or a method while a test runs; the source knows nothing of them.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from attrs import evolve, frozen

import brokerage.services.effects as effects
import brokerage.services.market.candidates as candidates
import brokerage.services.market.decisions as decisions
import brokerage.services.market.offers as offers
import brokerage.services.market.reading as reading
import brokerage.services.settlement.deals as settling
import brokerage.services.settlement.refunds as refunds
import brokerage.services.settlement.reversals as reversals
from brokerage.adapters.memory.ledger import MemoryLedger
from brokerage.errors import BrokerageError
from brokerage.house import House
from brokerage.ports import Answer, Transaction
from brokerage.records.deals import Deal, DealState, Payee, change
from brokerage.records.effects import Authorisation, EffectState, Mail, PayOut, answered
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.ledger import REVENUE
from brokerage.records.notices import ReceivedNotice
from brokerage.records.numbers import BoxNumber
from brokerage.records.offers import OfferState, Outcome, reopen
from brokerage.records.versions import next_version
from brokerage.services.cases import Cases
from brokerage.services.effects import Relay, send
from brokerage.services.housekeeping import Housekeeping
from brokerage.services.market.decisions import Decisions
from brokerage.services.market.offers import Offers
from brokerage.services.settlement import (
    CardPayments,
    Course,
    Delivery,
    Disbursements,
    Reception,
    Refunds,
    Settlement,
)
from brokerage.testing.story.invariants import Invariant

(
    BALANCED,
    BOOKED_AS_IT_WAS,
    NOTHING_OVERDRAWN,
    OUT_OF_ITS_OWN,
    ONE_PAYOUT,
    NO_MORE_THAN_CAME,
    ONE_ORDER,
    ALL_MONEY_KNOWN,
    NOTICES_KEPT,
    SENT_AS_WRITTEN,
    DEAL_MOVES,
    OFFER_MOVES,
    ENDED,
    EVERY_CHANGE_TOLD,
    COUNTED,
    ONE_BUYER,
    ONE_DEAL_A_REQUEST,
    WRONG_PRICE,
    BLIND,
    PROPER_ERRORS,
    DEADLINES_KEPT,
    ALL_ENDS,
    CASES_CLOSE,
    OUTBOX_EMPTIES,
) = Invariant

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


def _double_payout(sent: Any) -> Any:
    def twice(self: Disbursements, tx: Transaction, deal: Deal, position: int, now: Any, units: Any = None) -> None:
        sent(self, tx, deal, position, now, units)
        sent(self, tx, deal, position, now, units)

    return twice


def _refund_after_payout(complete: Any) -> Any:
    def completed(self: Settlement, tx: Transaction, deal: Deal, now: Any) -> Deal:
        new: Deal = complete(self, tx, deal, now)
        if new.state is DealState.COMPLETED:
            for payment in deal.payments:
                self.refunds.send(tx, new, payment, payment.units, "sorry", now)
        return new

    return completed


def _revived_deal(receive: Any) -> Any:
    def received(self: Settlement, tx: Transaction, deal: Deal, payment: Any, now: Any, *source: Any) -> None:
        if deal.state is DealState.LAPSED and payment.units == deal.owed:
            revived = next_version(deal, state=DealState.AGREED, deadline=None)
            deal = self.course.put(tx, deal, revived, Role.BROKER, now)
        receive(self, tx, deal, payment, now, *source)

    return received


def _unbooked_after_lapse(receive: Any) -> Any:
    def received(self: Settlement, tx: Transaction, deal: Deal, payment: Any, now: Any, *source: Any) -> None:
        if deal.state is not DealState.LAPSED:
            receive(self, tx, deal, payment, now, *source)

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
        activity: Any = tx.activities.get(sale.box)
        tx.activities.replace(activity, activity.changed(open_offers=1))
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


def _booked_again(take: Any) -> Any:
    def taken(self: Reception, tx: Transaction, notice: Any, now: Any, believe: Any) -> str:
        if tx.inbox.get(ReceivedNotice(notice, now, "").key) is not None:
            believe()
        return str(take(self, tx, notice, now, believe))

    return taken


def _carried_unpaid(take: Any) -> Any:
    def taken(self: Delivery, tx: Transaction, deal: Deal, step: Any, now: Any) -> str:
        if deal.state is DealState.AGREED:
            self.settlement.course.put(tx, deal, next_version(deal, state=DealState.COLLECTED), Role.OUTSIDE, now)
            return "taken"
        return str(take(self, tx, deal, step, now))

    return taken


def _silent_change(put: Any) -> Any:
    def put_silently(self: Course, tx: Transaction, deal: Deal, new: Deal, by: Any, now: Any) -> Deal:
        if not new.accepted or deal.accepted:
            return put(self, tx, deal, new, by, now)  # type: ignore[no-any-return]
        tx.deals.replace(deal, new)
        return new

    return put_silently


def _forgetful(_remember: Any) -> Any:
    return lambda *_given: None


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


def _leaked_identity(view: Any) -> Any:
    return lambda tx, deal: view(tx, evolve(deal, paid_at=deal.agreed_at))


def _too_much_back(refund: Any) -> Any:
    return lambda self, tx, deal, payment, units, why, now: refund(
        self, tx, deal, payment, units + (why == "lapse"), why, now
    )


def _no_claim(_claim: Any) -> Any:
    return lambda *_given: None


def _never_closed(_close: Any) -> Any:
    return lambda self, tx, case, outcome, by, now: case


def _foreign_account(account: Any) -> Any:
    def account_of(tx: Transaction, payee: Payee) -> str:
        other = payee if payee.box not in (1, 2) else evolve(payee, box=BoxNumber(3 - payee.box))
        return str(account(tx, other))

    return account_of


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
            self.course.put(tx, deal, change(deal, deadline=None), Role.BROKER, now)
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
    PlantedBug("double payout", Disbursements, "_send", _double_payout, ONE_PAYOUT, 7),
    PlantedBug("payout into the account of another", effects, "account_of", _foreign_account, ONE_PAYOUT, 7),
    PlantedBug("payout tried again under another key", Relay, "_postpone", _rekeyed, ONE_PAYOUT, 10),
    PlantedBug("refund after payout", Settlement, "_complete_if_done", _refund_after_payout, NOTHING_OVERDRAWN, 11),
    PlantedBug("refund after payout, without a claim", settling, "claim", _no_claim, OUT_OF_ITS_OWN, 6),
    PlantedBug("chargeback after payout, without a claim", reversals, "claim", _no_claim, OUT_OF_ITS_OWN, 9),
    PlantedBug("refund of more than came", Refunds, "send", _too_much_back, NO_MORE_THAN_CAME, 7),
    PlantedBug("escrow emptied twice", refunds, "set_aside", _overdrawn, NOTHING_OVERDRAWN, 7),
    PlantedBug("lost notice", Housekeeping, "_take", _confirmed_unkept, NOTICES_KEPT, 7),
    PlantedBug("notice never confirmed", Housekeeping, "_take", _never_confirmed, NOTICES_KEPT, 8),
    PlantedBug("notice booked as often as it comes", Reception, "take", _booked_again, BOOKED_AS_IT_WAS, 8),
    PlantedBug(
        "money not booked when the deal lapsed", Settlement, "receive", _unbooked_after_lapse, BOOKED_AS_IT_WAS, 10
    ),
    PlantedBug("money booked though it never moved", Relay, "_try", _answered_though_it_failed, BOOKED_AS_IT_WAS, 8),
    PlantedBug("revived deal", Settlement, "receive", _revived_deal, ENDED, 9),
    PlantedBug("goods moved before they are paid", Delivery, "_moved_on", _carried_unpaid, DEAL_MOVES, 7),
    PlantedBug("goods ordered twice", Settlement, "_paid", _ordered_twice, ONE_ORDER, 7),
    PlantedBug("offer closed as it cannot be", offers, "close", _closed_wrongly, OFFER_MOVES, 8),
    PlantedBug("change without an event", Course, "put", _silent_change, EVERY_CHANGE_TOLD, 7),
    PlantedBug("ended offers that are still counted", Offers, "_closed", _uncounted, COUNTED, 5),
    PlantedBug("sale sold twice", Decisions, "decide", _sold_twice, ONE_BUYER, 8),
    PlantedBug("double use of a request id", decisions, "remember_request", _forgetful, ONE_DEAL_A_REQUEST, 7),
    PlantedBug("any price will do", decisions, "minor_units", _any_price, WRONG_PRICE, 6),
    PlantedBug(
        "effect under a key that is not written down", Relay, "_perform", _key_of_the_moment, SENT_AS_WRITTEN, 2
    ),
    PlantedBug("effect sent before the commit", House, "commit", _sent_before_commit, SENT_AS_WRITTEN, 2),
    PlantedBug("leaked limit", candidates, "candidate_view", _leaked_limit, BLIND, 6),
    PlantedBug("leaked identity", reading, "bought_view", _leaked_identity, BLIND, 7),
    PlantedBug(
        "card held before that is written down", CardPayments, "with_authorisation", _no_intent, ALL_MONEY_KNOWN, 9
    ),
    PlantedBug("deadline forgotten", Settlement, "deadline", _forgotten_deadline, ALL_ENDS, 6),
    PlantedBug("deadlines that nobody looks at", Housekeeping, "_deadlines", _late_deadlines, DEADLINES_KEPT, 6),
    PlantedBug("cases that never close", Cases, "close", _never_closed, CASES_CLOSE, 7),
    PlantedBug("mails that are never sent", Relay, "_try", _no_welcome, OUTBOX_EMPTIES, 2),
    PlantedBug("an error that is none of ours", offers, "own_offer", _no_error_of_ours, PROPER_ERRORS, 11),
    PlantedBug("a ledger that cannot add", MemoryLedger, "balance", _cannot_add, BALANCED, 7),
)
"""Every bug that the simulation must find."""
