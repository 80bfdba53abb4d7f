"""Bugs with money, with what is asked of the outside and with what it reports, to be planted into the engine.

Each takes what it replaces, and returns what takes its place.
"""

from contextlib import suppress
from typing import Any

from attrs import evolve, frozen

from brokerage.errors import BrokerageError
from brokerage.house import House
from brokerage.ports import Answer, Transaction
from brokerage.records.deals import Deal, DealState, Payee
from brokerage.records.effects import Authorisation, EffectState, Mail, PayOut, answered
from brokerage.records.ledger import REVENUE
from brokerage.records.notices import ReceivedNotice
from brokerage.records.numbers import BoxNumber
from brokerage.services.effects import Relay, send
from brokerage.services.housekeeping import Housekeeping
from brokerage.services.settlement import (
    CardPayments,
    Disbursements,
    Reception,
    Settlement,
)

__all__ = [
    "answered_though_it_failed",
    "booked_again",
    "cannot_add",
    "confirmed_unkept",
    "double_payout",
    "foreign_account",
    "key_of_the_moment",
    "never_confirmed",
    "no_claim",
    "no_intent",
    "no_welcome",
    "ordered_twice",
    "overdrawn",
    "refund_after_payout",
    "rekeyed",
    "sent_before_commit",
    "too_much_back",
    "unbooked_after_lapse",
]


def double_payout(sent: Any) -> Any:
    """Double payout."""

    def twice(self: Disbursements, tx: Transaction, deal: Deal, position: int, now: Any, units: Any = None) -> None:
        sent(self, tx, deal, position, now, units)
        sent(self, tx, deal, position, now, units)

    return twice


def refund_after_payout(complete: Any) -> Any:
    """Refund after payout."""

    def completed(self: Settlement, tx: Transaction, deal: Deal, now: Any) -> Deal:
        new: Deal = complete(self, tx, deal, now)
        if new.state is DealState.COMPLETED:
            for payment in deal.payments:
                self.refunds.send(tx, new, payment, payment.units, "sorry", now)
        return new

    return completed


def unbooked_after_lapse(receive: Any) -> Any:
    """Money not booked when the deal lapsed."""

    def received(self: Settlement, tx: Transaction, deal: Deal, payment: Any, now: Any, *source: Any) -> None:
        if deal.state is not DealState.LAPSED:
            receive(self, tx, deal, payment, now, *source)

    return received


def rekeyed(postpone: Any) -> Any:
    """Payout tried again under another key."""

    def postponed(self: Relay, tx: Transaction, effect: Any, problem: str, now: Any) -> None:
        stored = tx.outbox.get(effect.key)
        if stored is not None and stored.state is EffectState.PENDING and isinstance(stored.task, PayOut):
            tx.outbox.replace(stored, answered(stored, EffectState.DECLINED, problem))
            send(tx, f"{effect.key}:again", effect.task, now)
        else:
            postpone(self, tx, effect, problem, now)

    return postponed


def key_of_the_moment(perform: Any) -> Any:
    """Effect under a key that is not written down."""
    return lambda self, key, task: perform(self, f"{key} at {self._clock.now()}", task)


def sent_before_commit(commit: Any) -> Any:
    """Effect sent before the commit."""

    def committed(self: House, work: Any) -> Any:
        def all_at_once(tx: Transaction) -> Any:
            result = work(tx)
            self.relay.drain()
            return result

        return commit(self, all_at_once)

    return committed


def answered_though_it_failed(attempt: Any) -> Any:
    """Money booked though it never moved."""

    def tried(self: Relay, effect: Any) -> None:
        with suppress(BrokerageError):
            self._perform(effect.key, effect.task)
        self._store.run(lambda tx: self._book(tx, effect, Answer(True), self._clock.now()))

    return tried


def confirmed_unkept(_take: Any) -> Any:
    """Lost notice."""

    def taken(self: Housekeeping, source: Any, keep: Any, is_stopping: Any) -> tuple[int, int, int]:
        for notice in source.notices():
            source.confirm(notice)
        return 0, 0, 0

    return taken


def never_confirmed(take: Any) -> Any:
    """Notice never confirmed."""
    return lambda self, source, keep, is_stopping: take(self, _Deaf(source), keep, is_stopping)


@frozen
class _Deaf:
    """A source that hears of no confirmation."""

    source: Any

    def notices(self) -> Any:
        return self.source.notices()

    def confirm(self, notice: Any) -> None:
        pass


def booked_again(take: Any) -> Any:
    """Notice booked as often as it comes."""

    def taken(self: Reception, tx: Transaction, notice: Any, now: Any, believe: Any) -> str:
        if tx.inbox.get(ReceivedNotice(notice, now, "").key) is not None:
            believe()
        return str(take(self, tx, notice, now, believe))

    return taken


def cannot_add(balance: Any) -> Any:
    """A ledger that cannot add."""
    return lambda self, account, currency: balance(self, account, currency) - (account == REVENUE)


def too_much_back(refund: Any) -> Any:
    """Refund of more than came."""
    return lambda self, tx, deal, payment, units, why, now: refund(
        self, tx, deal, payment, units + (why == "lapse"), why, now
    )


def no_claim(_claim: Any) -> Any:
    """Refund after payout, without a claim."""
    return lambda *_given: None


def foreign_account(account: Any) -> Any:
    """Payout into the account of another."""

    def account_of(tx: Transaction, payee: Payee) -> str:
        other = payee if payee.box not in (1, 2) else evolve(payee, box=BoxNumber(3 - payee.box))
        return str(account(tx, other))

    return account_of


def overdrawn(set_aside: Any) -> Any:
    """Escrow emptied twice."""
    return lambda tx, deal, units, now: set_aside(tx, deal, 2 * units, now)


def ordered_twice(paid: Any) -> Any:
    """Goods ordered twice."""

    def ordered(self: Settlement, tx: Transaction, deal: Deal, now: Any) -> Any:
        new = paid(self, tx, deal, now)
        effect = tx.outbox.get(f"carrier:{deal.number}")
        if effect is not None:
            send(tx, f"carrier:{deal.number}:now", effect.task, now)
        return new

    return ordered


def no_intent(_with: Any) -> Any:
    """Card held before that is written down."""

    def authorised(
        self: CardPayments, key: str, box: Any, token: str, units: int, currency: str, now: Any, work: Any
    ) -> Any:
        self._authorise(key, token, units, currency)

        def late(tx: Transaction) -> Any:
            self._intend(tx, Authorisation(key, box, units, currency, now))
            return work(tx)

        return self.store.run(late)

    return authorised


def no_welcome(attempt: Any) -> Any:
    """Mails that are never sent."""

    def tried(self: Relay, effect: Any) -> None:
        if not (isinstance(effect.task, Mail) and effect.task.subject == "Welcome"):
            attempt(self, effect)

    return tried
