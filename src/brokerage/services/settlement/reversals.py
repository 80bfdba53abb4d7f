"""Money that turns round: payouts that come back, and card payments that the clearing house takes back (spec A8)."""

from datetime import datetime

from attrs import evolve, frozen

from brokerage.ports import Answer, Transaction
from brokerage.records.cases import CaseKind
from brokerage.records.deals import Deal, DealState, Means, Payment, change
from brokerage.records.effects import Capture, Effect, EffectState, PayOut, answered
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.ledger import Debtor, escrow_of
from brokerage.records.notices import BounceNotice, ChargebackNotice, NoticeKey
from brokerage.services.settlement.bookings import (
    book_bounce,
    book_chargeback,
    book_commission_back,
    book_suspense,
)
from brokerage.services.settlement.claims import claim
from brokerage.services.settlement.deals import Settlement
from brokerage.services.settlement.payments import unbelievable
from brokerage.services.settlement.reception import Doubt, Reception
from brokerage.services.settlement.refunds import rest

__all__ = ["Reversals"]

_REVERSIBLE = (
    DealState.PAID,
    DealState.COLLECTED,
    DealState.DELIVERED,
    DealState.RETURNING,
    DealState.DISPUTED,
    DealState.COMPLETED,
)


@frozen
class Reversals:
    """Books what comes back and what is taken back, each notice once; real money is always booked."""

    settlement: Settlement
    reception: Reception

    def bounced(self, tx: Transaction, notice: BounceNotice, now: datetime) -> str:
        """Take the bank's word that a payout came back; return in a few words what became of it."""
        return self.reception.take(tx, notice, now, lambda: self.believe_bounce(tx, notice, now))

    def charged_back(self, tx: Transaction, notice: ChargebackNotice, now: datetime) -> str:
        """Take the clearing house's word that it took money back; return in a few words what became of it."""
        return self.reception.take(tx, notice, now, lambda: self.believe_chargeback(tx, notice, now))

    def believe_bounce(self, tx: Transaction, notice: BounceNotice, now: datetime) -> str | Doubt:
        """Let a payout that came back wait to be paid again; money that fits no payout goes into suspense."""
        problem = unbelievable(notice)
        if problem is not None:
            return Doubt(problem)
        effect = tx.outbox.get(notice.payout)
        task = None if effect is None else effect.task
        if effect is None or not isinstance(task, PayOut):
            return self._suspend(tx, notice, notice.units, "a payout came back that was never made", now)
        if (task.units, task.currency) != (notice.units, notice.currency):
            return self._suspend(tx, notice, notice.units, "another amount than was paid out came back", now)
        if effect.state is EffectState.PENDING:  # the money went and came back before any answer did
            self._answer(tx, effect, now)
        deal = tx.deals.get(task.deal)
        if deal is None or task.position not in deal.paid_out or not self._is_last(tx, effect, task):
            return self._suspend(tx, notice, notice.units, "the payout came back before", now)
        book_bounce(tx, deal, task.units, now)
        self.settlement.disbursements.fail(tx, deal, task, effect.key, "payout bounced", now)
        return f"payout of deal {deal.number} bounced"

    def believe_chargeback(self, tx: Transaction, notice: ChargebackNotice, now: datetime) -> str | Doubt:
        """End a deal whose payment was taken back; money that fits no payment goes out of suspense."""
        problem = unbelievable(notice)
        if problem is not None:
            return Doubt(problem)
        effect = tx.outbox.get(f"capture:{notice.authorisation}")
        task = None if effect is None else effect.task
        deal = tx.deals.get(task.deal) if isinstance(task, Capture) else None
        if effect is None or deal is None or not isinstance(task, Capture):
            return self._suspend(tx, notice, -notice.units, "money was taken back that was never captured", now)
        if effect.state is EffectState.PENDING:
            return Doubt("the payment has no answer yet")
        key = ("card", effect.key)
        before = sum(payment.units for payment in deal.charged_back if payment.key == key)
        is_too_much = before + notice.units > task.units or notice.currency != task.currency
        if effect.state is not EffectState.DONE or is_too_much:
            return self._suspend(tx, notice, -notice.units, "more was taken back than was captured", now)
        taken = (*deal.charged_back, Payment(key, Means.CARD, notice.units))
        deal = self.settlement.course.put(tx, deal, change(deal, charged_back=taken), Role.OUTSIDE, now)
        if deal.state in _REVERSIBLE and key in {payment.key for payment in deal.payments}:
            self._end(tx, deal, key, notice.units, now)
        else:  # the buyer had the money back before, or is going to
            claim(tx, self.settlement.cases, deal, Debtor.BUYER, notice.units, "charged back after a refund", now)
            book_chargeback(tx, deal, notice.units, now)
        return f"charged back from deal {deal.number}"

    def _end(self, tx: Transaction, deal: Deal, key: NoticeKey, units: int, now: datetime) -> None:
        """Take an amount out of a deal: from escrow, then from the commission; the seller owes the rest.

        What the buyer has got back twice, because a part was refunded before, the buyer owes.
        """
        settlement, cases = self.settlement, self.settlement.cases
        deal = settlement.disbursements.pull_back(tx, deal, now)
        twice = max(0, units + deal.refunded - deal.received)
        claim(tx, cases, deal, Debtor.BUYER, twice, "charged back after a refund", now)
        short = units - self._held(tx, deal)
        if deal.state is DealState.COMPLETED and short > 0:
            given_back = min(short, deal.commission)
            book_commission_back(tx, deal, given_back, now)
            short -= given_back
        claim(tx, cases, deal, Debtor.SELLER, max(0, short), "charged back after a payout", now)
        book_chargeback(tx, deal, units, now)
        left = tuple(
            evolve(payment, units=max(0, payment.units - units)) if payment.key == key else payment
            for payment in rest(deal.payments, deal.refunded)
        )  # where it was paid in other ways too, or not charged back in full
        deal = settlement.refunds.of_escrow(tx, deal, self._held(tx, deal), "charged back", now, left)
        settlement.recall(tx, deal, now)
        settlement.disputes.decided(tx, deal, "charged back", now)
        settlement.course.end(tx, deal, DealState.CHARGED_BACK, Role.OUTSIDE, now)

    def _held(self, tx: Transaction, deal: Deal) -> int:
        return -tx.ledger.balance(escrow_of(deal.number), deal.currency)

    def _answer(self, tx: Transaction, effect: Effect, now: datetime) -> None:
        """Book that a payout was made after all, although its answer is still to come."""
        new = answered(effect, EffectState.DONE, "it came back")
        self.settlement.payout_answered(tx, effect, Answer(True), now)
        tx.outbox.replace(effect, new)
        tx.journal.append(Event(now, Role.OUTSIDE, EventKind.EFFECT_ANSWERED, new))

    def _is_last(self, tx: Transaction, effect: Effect, task: PayOut) -> bool:
        """Say whether no later payout of the same charge was made: each can come back once."""
        first = f"payout:{task.deal}:{task.position}"
        tries = 1 if effect.key == first else int(effect.key.rpartition(":")[2])
        return tx.outbox.get(f"{first}:{tries + 1}") is None

    def _suspend(
        self, tx: Transaction, notice: BounceNotice | ChargebackNotice, units: int, reason: str, now: datetime
    ) -> str:
        book_suspense(tx, units, notice.currency, now)
        self.settlement.cases.open(
            tx, now, CaseKind.SUSPENSE, reason, notice=notice, units=units, currency=notice.currency
        )
        return f"in suspense: {reason}"
