"""Money on its way to payees: released, sent, answered, failed and repeated (spec A3, A5, A6)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import UnknownCase
from brokerage.ports import Answer, Transaction
from brokerage.records.cases import Case, CaseKind
from brokerage.records.deals import Deal, change
from brokerage.records.effects import PayOut
from brokerage.records.events import Role
from brokerage.records.ledger import Debtor, debt_of, payouts_of
from brokerage.services.cases import Cases
from brokerage.services.effects import new_key, send
from brokerage.services.settlement.bookings import (
    book_payout,
    book_pulled_back,
    book_release,
    book_set_off,
    book_write_off,
)
from brokerage.services.settlement.claims import reduce_claim
from brokerage.services.settlement.course import Course

__all__ = ["Disbursements"]


@frozen
class Disbursements:
    """Pays payees, each charge once; what fails waits for the manager or is set off against what the payee owes."""

    course: Course
    cases: Cases

    def release(self, tx: Transaction, deal: Deal, positions: tuple[int, ...], now: datetime) -> Deal:
        """Send the payouts of some charges, those not released before; return the deal."""
        new = tuple(position for position in positions if position not in deal.released)
        deal = self.course.put(tx, deal, change(deal, released=(*deal.released, *new)), Role.BROKER, now)
        for position in new:
            if position in deal.payable:
                book_release(tx, deal, deal.share(position), now)
                self._send(tx, deal, position, now)
        return deal

    def answered(self, tx: Transaction, task: PayOut, key: str, answer: Answer, now: datetime) -> Deal | None:
        """Book a payout that was made, or let a declined one wait; return the deal."""
        deal = tx.deals.get(task.deal)
        if deal is None:
            return None
        if not answer.approved:
            return self.fail(tx, deal, task, key, f"payout declined: {answer.reason}", now)
        book_payout(tx, deal, task.units, now)
        return self.course.put(tx, deal, change(deal, paid_out=(*deal.paid_out, task.position)), Role.OUTSIDE, now)

    def fail(self, tx: Transaction, deal: Deal, task: PayOut, key: str, reason: str, now: datetime) -> Deal:
        """Let the money of a payout that failed wait to be paid again.

        Where the payee is a seller who owes the broker as much for this deal, the one is set off against the other.
        """
        known = tx.cases.of_deal(deal.number)
        debt = tx.ledger.balance(debt_of(Debtor.SELLER, deal.number), deal.currency)
        is_sellers = task.position in deal.sellers_charges
        paid_out = tuple(position for position in deal.paid_out if position != task.position)
        set_off = min(debt, task.units) if is_sellers else 0
        if set_off:
            book_set_off(tx, deal, set_off, now)
            reduce_claim(tx, self.cases, known, Debtor.SELLER, set_off, "set off against a payout", now)
        rest = task.units - set_off
        failed = (*deal.failed, task.position) if rest else deal.failed
        was_paid = deal.seller_is_paid
        deal = self.course.put(tx, deal, change(deal, failed=failed, paid_out=paid_out), Role.OUTSIDE, now)
        if was_paid and not deal.seller_is_paid:
            self.course.tell_seller(tx, deal, now)
        if rest:
            self.cases.open(
                tx,
                now,
                CaseKind.EFFECT,
                reason,
                deal=deal.number,
                effect=key,
                units=rest,
                currency=deal.currency,
            )
        return deal

    def repeat(self, tx: Transaction, case: Case, task: PayOut, now: datetime) -> Deal:
        """Pay again what failed, under a new key; raises ``UnknownCase`` if it waits no more."""
        deal = tx.deals.get(task.deal)
        if deal is None or task.position not in deal.failed:
            raise UnknownCase(case.number)
        failed = tuple(position for position in deal.failed if position != task.position)
        deal = self.course.put(tx, deal, change(deal, failed=failed), Role.OFFICE, now)
        self._send(tx, deal, task.position, now, case.units)
        return deal

    def keep(self, tx: Transaction, deal: Deal, position: int, units: int, now: datetime) -> Deal:
        """Take what failed and nobody can be paid any more, in minor units, for the broker; return the deal."""
        failed = tuple(each for each in deal.failed if each != position)
        book_write_off(tx, payouts_of(deal.number), -units, deal.currency, now)
        return self.course.put(tx, deal, change(deal, failed=failed), Role.OFFICE, now)

    def pull_back(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        """Take what failed and waits back into escrow, as if it had never been released."""
        if not deal.failed:
            return deal
        for case in tx.cases.of_deal(deal.number):
            effect = None if case.effect is None else tx.outbox.get(case.effect)
            if case.closed_at is None and effect is not None and isinstance(effect.task, PayOut):
                book_pulled_back(tx, deal, case.units, now)
                self.cases.close(tx, case, "not paid again: the deal has ended otherwise", Role.BROKER, now)
        released = tuple(position for position in deal.released if position not in deal.failed)
        return self.course.put(tx, deal, change(deal, released=released, failed=()), Role.BROKER, now)

    def _send(self, tx: Transaction, deal: Deal, position: int, now: datetime, units: int | None = None) -> None:
        payee = deal.charges[position].payee
        share = deal.share(position) if units is None else units
        task = PayOut(deal.number, position, payee, share, deal.currency)
        send(tx, new_key(tx, f"payout:{deal.number}:{position}"), task, now)
