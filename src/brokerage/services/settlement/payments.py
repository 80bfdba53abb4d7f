"""Money that comes in: what the bank reports, and charges to members' accounts (spec A1, S4)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidInput, NotPayable, PaymentDeclined
from brokerage.money import MAX_TOTAL, minor_units
from brokerage.ports import Answer, Transaction
from brokerage.records.cases import CaseKind
from brokerage.records.deals import Deal, DealState, Means, Payment, change
from brokerage.records.effects import Capture, ChargeAccount, Effect, VoidAuthorisation
from brokerage.records.events import Role
from brokerage.records.members import Member
from brokerage.records.notices import BounceNotice, ChargebackNotice, PaymentNotice
from brokerage.services.contacts import contact_of
from brokerage.services.effects import send
from brokerage.services.settlement.attempts import attempt_payment
from brokerage.services.settlement.bookings import book_suspense
from brokerage.services.settlement.deals import Settlement
from brokerage.services.settlement.reception import Doubt, Reception

__all__ = ["Payments", "unbelievable"]


@frozen
class Payments:
    """Books what comes in, each notice once; real money is always booked."""

    settlement: Settlement
    reception: Reception

    def advised(self, tx: Transaction, notice: PaymentNotice, now: datetime) -> str:
        """Book a payment that the bank reports; return in a few words what became of it.

        A repeated notice changes nothing; one that names no amount of money waits in quarantine.
        """
        return self.reception.take(tx, notice, now, lambda: self.believe(tx, notice, now))

    def believe(self, tx: Transaction, notice: PaymentNotice, now: datetime) -> str | Doubt:
        """Book a payment, for its deal or in suspense, or say why it cannot be believed."""
        problem = unbelievable(notice)
        if problem is not None:
            return Doubt(problem)
        deal = tx.deals.by_reference(notice.reference)
        if deal is not None and deal.currency == notice.currency:
            payment = Payment((notice.source, notice.id), Means.BANK_TRANSFER, notice.units)
            self.settlement.receive(tx, deal, payment, now)
            return f"booked for deal {deal.number}"
        reason = "unknown reference" if deal is None else "another currency than the deal's"
        book_suspense(tx, notice.units, notice.currency, now)
        self.settlement.cases.open(
            tx,
            now,
            CaseKind.SUSPENSE,
            reason,
            deal=None if deal is None else deal.number,
            notice=notice,
            units=notice.units,
            currency=notice.currency,
        )
        return f"in suspense: {reason}"

    def charge(self, tx: Transaction, deal: Deal, member: Member, now: datetime) -> Deal:
        """Charge what a deal still costs to the account that its buyer lets the broker charge; return the deal.

        The answer comes later: a charge that is declined leaves the deal waiting for its payment.

        Raises:
            PaymentDeclined: the member lets the broker charge no account.
            NotPayable: the deal is not waiting for a payment.
        """
        if contact_of(tx, member.contact).charged_account is None:
            raise PaymentDeclined("the member lets the broker charge no account")
        if deal.state is not DealState.AGREED:
            raise NotPayable(deal.number)
        task = ChargeAccount(member.contact, deal.number, deal.owed - deal.received, deal.currency)
        return attempt_payment(tx, deal, f"charge:{deal.number}:{len(deal.attempts) + 1}", task, now)

    def charge_answered(self, tx: Transaction, effect: Effect, answer: Answer, now: datetime) -> None:
        """Book a charge that was made, or say on the deal why it was not."""
        if isinstance(effect.task, ChargeAccount):
            self._answered(tx, effect.task, Means.ACCOUNT_CHARGE, ("charge", effect.key), answer, now)

    def capture_answered(self, tx: Transaction, effect: Effect, answer: Answer, now: datetime) -> None:
        """Book money that was taken from a card, or say on the deal why it was not and let go of what is held."""
        task = effect.task
        if isinstance(task, Capture):
            self._answered(tx, task, Means.CARD, ("card", effect.key), answer, now)
            if not answer.approved:
                send(tx, f"void:{task.authorisation}", VoidAuthorisation(task.authorisation), now)

    def _answered(
        self,
        tx: Transaction,
        task: ChargeAccount | Capture,
        means: Means,
        key: tuple[str, str],
        answer: Answer,
        now: datetime,
    ) -> None:
        deal = tx.deals.get(task.deal)
        if deal is None:
            return
        if answer.approved:
            self.settlement.receive(tx, deal, Payment(key, means, task.units), now)
        elif deal.state is DealState.AGREED:
            problem = f"the {means.value} was declined: {answer.reason}"
            self.settlement.course.put(tx, deal, change(deal, problem=problem), Role.OUTSIDE, now)


def unbelievable(notice: PaymentNotice | BounceNotice | ChargebackNotice) -> str | None:
    """Say what is wrong with a notice that names no amount of money."""
    try:
        units = minor_units(notice.units, notice.currency, highest=MAX_TOTAL)
    except InvalidInput as error:
        return str(error)
    return None if units else "an amount of nothing"
