"""Money that comes in: what the bank reports, and charges to members' accounts (spec A1, S4)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidInput, NotPayable, PaymentDeclined
from brokerage.money import MAX_TOTAL, minor_units
from brokerage.ports import Answer, Transaction
from brokerage.records.deals import Deal, DealState, Means, Payment
from brokerage.records.effects import Capture, ChargeAccount, Effect
from brokerage.records.members import Member
from brokerage.records.notices import PaymentNotice
from brokerage.services.contacts import contact_of
from brokerage.services.settlement.attempts import attempt_payment
from brokerage.services.settlement.bookings import book_suspense
from brokerage.services.settlement.deals import Settlement
from brokerage.services.settlement.inbox import keep_notice, known_notice

__all__ = ["Payments"]


@frozen
class Payments:
    """Books what comes in, each notice once; real money is always booked."""

    settlement: Settlement

    def advised(self, tx: Transaction, notice: PaymentNotice, now: datetime) -> str:
        """Book a payment that the bank reports; return in a few words what became of it.

        A repeated notice changes nothing.
        """
        received = known_notice(tx, notice, now)
        if received is not None:
            return received
        deal = tx.deals.by_reference(notice.reference)
        unbelievable = _unbelievable(notice)
        if unbelievable is not None:
            result = f"not believed: {unbelievable}"
        elif deal is not None and deal.currency == notice.currency:
            result = f"booked for deal {deal.number}"
            payment = Payment((notice.source, notice.id), Means.BANK_TRANSFER, notice.units)
            self.settlement.receive(tx, deal, payment, now)
        else:
            result = "in suspense: " + ("unknown reference" if deal is None else "another currency than the deal's")
            book_suspense(tx, notice.units, notice.currency, now)
        return keep_notice(tx, notice, result, now)

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
        """Book a charge that was made."""
        if isinstance(effect.task, ChargeAccount) and answer.approved:
            self._receive(
                tx, effect.task, Payment(("charge", effect.key), Means.ACCOUNT_CHARGE, effect.task.units), now
            )

    def capture_answered(self, tx: Transaction, effect: Effect, answer: Answer, now: datetime) -> None:
        """Book money that was taken from a card."""
        if isinstance(effect.task, Capture) and answer.approved:
            self._receive(tx, effect.task, Payment(("card", effect.key), Means.CARD, effect.task.units), now)

    def _receive(self, tx: Transaction, task: ChargeAccount | Capture, payment: Payment, now: datetime) -> None:
        deal = tx.deals.get(task.deal)
        if deal is not None:
            self.settlement.receive(tx, deal, payment, now)


def _unbelievable(notice: PaymentNotice) -> str | None:
    """Say what is wrong with a notice that names no amount of money."""
    try:
        minor_units(notice.units, notice.currency, highest=MAX_TOTAL)
    except InvalidInput as error:
        return str(error)
    return None
