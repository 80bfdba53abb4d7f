"""What the manager can do about a case: each closes it, or changes what is left of it (spec A1, A7, A8)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidChoice, UnknownCase, UnknownDeal
from brokerage.ports import Transaction
from brokerage.records.cases import Case, CaseKind, of_units
from brokerage.records.deals import Deal, Means, Payment
from brokerage.records.effects import PayOut, Refund
from brokerage.records.events import Role
from brokerage.records.ledger import SUSPENSE, Debtor, debt_of
from brokerage.records.notices import BounceNotice, ChargebackNotice, DeliveryNotice, Notice, PaymentNotice
from brokerage.records.numbers import DealNumber
from brokerage.services.cases import Cases
from brokerage.services.contacts import account_of
from brokerage.services.effects import new_key, send
from brokerage.services.inputs import whole_number
from brokerage.services.settlement.bookings import book_debt_paid, book_write_off, set_suspense_aside
from brokerage.services.settlement.deals import Settlement
from brokerage.services.settlement.delivery import Delivery
from brokerage.services.settlement.payments import Payments
from brokerage.services.settlement.reception import Doubt, Reception
from brokerage.services.settlement.reversals import Reversals

__all__ = ["Casework"]


@frozen
class Casework:
    """Works on open cases for the manager."""

    settlement: Settlement
    reception: Reception
    payments: Payments
    delivery: Delivery
    reversals: Reversals

    @property
    def _cases(self) -> Cases:
        return self.settlement.cases

    def deal(self, tx: Transaction, number: object) -> Deal:
        """Return a deal; raises ``UnknownDeal`` if there is none."""
        found = whole_number(number)
        deal = None if found is None else tx.deals.get(DealNumber(found))
        if deal is None:
            raise UnknownDeal(number)
        return deal

    def dismiss(self, tx: Transaction, number: object, why: str, now: datetime) -> Case:
        """Close a case without doing more about it: a notice in quarantine, what was declined outside, a tender.

        Raises:
            UnknownCase: no such case waits, or it is about money that must go somewhere.
        """
        case = self._cases.find(tx, number, CaseKind.QUARANTINE, CaseKind.EFFECT, CaseKind.TENDER)
        if case.kind is CaseKind.EFFECT and case.units:
            raise UnknownCase(number)
        return self._cases.close(tx, case, why, Role.OFFICE, now)

    def take_again(self, tx: Transaction, number: object, now: datetime) -> str:
        """Take a notice out of quarantine if it can be believed by now; return what became of it."""
        case = self._cases.find(tx, number, CaseKind.QUARANTINE)
        assert case.notice is not None
        return self.reception.take_again(tx, case, now, lambda: self._believe(tx, case.notice, now))

    def repeat(self, tx: Transaction, number: object, now: datetime) -> Case:
        """Try again, under a new key, what was declined outside.

        Raises:
            UnknownCase: no such case waits, or what it is about still has no answer.
        """
        case = self._cases.find(tx, number, CaseKind.EFFECT)
        effect = None if case.effect is None else tx.outbox.get(case.effect)
        if effect is None or effect.case == case.number:  # it is still being tried under its own key
            raise UnknownCase(number)
        if isinstance(effect.task, PayOut):
            self.settlement.disbursements.repeat(tx, case, effect.task, now)
        else:
            send(tx, new_key(tx, effect.key), effect.task, now)
        return self._cases.close(tx, case, "tried again", Role.OFFICE, now)

    def assign(self, tx: Transaction, number: object, deal: object, now: datetime) -> Case:
        """Give money in suspense to the deal that it was paid for.

        Raises:
            UnknownCase: no money waits in suspense under that number.
            UnknownDeal: there is no such deal.
            InvalidChoice: the deal is in another currency.
        """
        case, found = self._money(tx, number), self.deal(tx, deal)
        if case.currency != found.currency:
            raise InvalidChoice("deal", deal, f"a deal in {case.currency}", "send the money back, or choose another")
        notice = case.notice
        assert isinstance(notice, PaymentNotice | BounceNotice)
        payment = Payment((notice.source, notice.id), Means.BANK_TRANSFER, case.units)
        self.settlement.receive(tx, found, payment, now, SUSPENSE)
        return self._cases.close(tx, case, f"booked for deal {found.number}", Role.OFFICE, now)

    def send_back(self, tx: Transaction, number: object, now: datetime) -> Case:
        """Send money in suspense back to where it came from; raises ``UnknownCase`` where none waits."""
        case = self._money(tx, number)
        assert case.notice is not None
        payment = (case.notice.source, case.notice.id)
        set_suspense_aside(tx, case.units, case.currency, now)
        key = f"refund:suspense:{len(payment[0])}:{payment[0]}:{payment[1]}"
        send(tx, new_key(tx, key), Refund(payment, Means.BANK_TRANSFER, None, case.units, case.currency), now)
        return self._cases.close(tx, case, "sent back", Role.OFFICE, now)

    def pay_claim(self, tx: Transaction, number: object, claim: object, now: datetime) -> Case:
        """Use money in suspense to pay a claim, as far as it goes; return the case of the claim.

        Raises:
            UnknownCase: no money waits under the one number, or no claim under the other.
            InvalidChoice: the claim is in another currency.
        """
        money, owed = self._money(tx, number), self._cases.find(tx, claim, CaseKind.CLAIM, field="claim")
        if money.currency != owed.currency:
            raise InvalidChoice("claim", claim, f"a claim in {money.currency}", "choose another claim")
        units = min(money.units, owed.units)
        deal, debtor = _claimed(owed)
        book_debt_paid(tx, deal, debtor, units, owed.currency, now)
        self._less(tx, money, units, f"paid the claim of case {owed.number}", now)
        return self._less(tx, owed, units, "paid", now)

    def write_off(self, tx: Transaction, number: object, why: str, now: datetime) -> Case:
        """Let the broker bear a claim that nobody will pay, or money that went out without being known of.

        A payout to somebody who was forgotten is for the broker to keep.

        Raises:
            UnknownCase: no such case waits, or it is about money that came in or can still be paid out.
        """
        case = self._cases.find(tx, number, CaseKind.CLAIM, CaseKind.SUSPENSE, CaseKind.EFFECT)
        if case.kind is CaseKind.EFFECT:
            self._keep_payout(tx, case, now)
        elif case.kind is CaseKind.CLAIM:
            deal, debtor = _claimed(case)
            book_write_off(tx, debt_of(debtor, deal), case.units, case.currency, now)
        else:
            if case.units > 0:
                raise UnknownCase(number)
            book_write_off(tx, SUSPENSE, -case.units, case.currency, now)
        return self._cases.close(tx, case, f"written off: {why}", Role.OFFICE, now)

    def _keep_payout(self, tx: Transaction, case: Case, now: datetime) -> None:
        """Take a payout that failed, and that nobody can be paid any more, for the broker."""
        effect = None if case.effect is None else tx.outbox.get(case.effect)
        task = None if effect is None else effect.task
        is_lost = isinstance(task, PayOut) and account_of(tx, task.payee) is None
        deal = tx.deals.get(task.deal) if isinstance(task, PayOut) and is_lost else None
        if deal is None or not isinstance(task, PayOut) or task.position not in deal.failed:
            raise UnknownCase(case.number)
        self.settlement.disbursements.keep(tx, deal, task.position, case.units, now)

    def _money(self, tx: Transaction, number: object) -> Case:
        """Return an open case of money that came in."""
        case = self._cases.find(tx, number, CaseKind.SUSPENSE)
        if case.units <= 0:
            raise UnknownCase(number)
        return case

    def _less(self, tx: Transaction, case: Case, units: int, outcome: str, now: datetime) -> Case:
        rest = of_units(case, case.units - units)
        if rest.units:
            return self._cases.change(tx, case, rest, Role.OFFICE, now)
        return self._cases.close(tx, case, outcome, Role.OFFICE, now)

    def _believe(self, tx: Transaction, notice: Notice | None, now: datetime) -> str | Doubt:
        match notice:
            case PaymentNotice():
                return self.payments.believe(tx, notice, now)
            case DeliveryNotice():
                return self.delivery.believe(tx, notice, now)
            case BounceNotice():
                return self.reversals.believe_bounce(tx, notice, now)
            case ChargebackNotice():
                return self.reversals.believe_chargeback(tx, notice, now)
        raise AssertionError("a notice of a kind that is not known")


def _claimed(case: Case) -> tuple[DealNumber, Debtor]:
    assert case.deal is not None
    assert case.debtor is not None
    return case.deal, case.debtor
