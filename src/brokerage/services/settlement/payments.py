"""Money that comes in: what the bank reports, and charges to members' accounts (spec A1, S4)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidInput, NotPayable, PaymentDeclined
from brokerage.money import MAX_TOTAL, minor_units
from brokerage.ports import Answer, Transaction
from brokerage.records.deals import Deal, DealState, Means, Payment, change
from brokerage.records.effects import Capture, ChargeAccount, Effect, EffectState
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.members import Member
from brokerage.records.notices import PaymentNotice, ReceivedNotice
from brokerage.services.effects import send
from brokerage.services.settlement.bookings import book_suspense
from brokerage.services.settlement.deals import Settlement

__all__ = ["Payments"]


@frozen
class Payments:
    """Books what comes in, each notice once; real money is always booked."""

    settlement: Settlement

    def advised(self, tx: Transaction, notice: PaymentNotice, now: datetime) -> str:
        """Book a payment that the bank reports; return in a few words what became of it.

        A repeated notice changes nothing.
        """
        received = tx.inbox.get((notice.source, notice.id))
        if received is not None:
            return received.result
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
        kept = ReceivedNotice(notice, now, result)
        tx.inbox.add(kept)
        tx.journal.append(Event(now, Role.OUTSIDE, EventKind.NOTICE_RECEIVED, kept))
        return result

    def charge(self, tx: Transaction, deal: Deal, member: Member, now: datetime) -> Deal:
        """Charge what a deal still costs to the account that its buyer lets the broker charge; return the deal.

        The answer comes later; until it does, another call charges nothing more.

        Raises:
            PaymentDeclined: the member lets the broker charge no account.
            NotPayable: the deal is not waiting for a payment.
        """
        if member.charged_account is None:
            raise PaymentDeclined("the member lets the broker charge no account")
        if deal.state is not DealState.AGREED:
            raise NotPayable(deal.number)
        last = tx.outbox.get(f"charge:{deal.number}:{deal.charge_attempts}")
        if last is not None and last.state is EffectState.PENDING:
            return deal
        attempt = deal.charge_attempts + 1
        new = change(deal, charge_attempts=attempt)
        tx.deals.replace(deal, new)
        tx.journal.append(Event(now, member.box, EventKind.DEAL_CHANGED, new))
        task = ChargeAccount(member.charged_account, deal.number, deal.owed - deal.received, deal.currency)
        send(tx, f"charge:{deal.number}:{attempt}", task, now)
        return new

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
