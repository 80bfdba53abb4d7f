"""Money on its way back to where it came from (spec A1, A4, A8)."""

from datetime import datetime

from attrs import evolve, frozen

from brokerage.ports import Answer, Transaction
from brokerage.records.cases import CaseKind
from brokerage.records.deals import Deal, Payment, change
from brokerage.records.effects import Effect, Refund
from brokerage.records.events import Role
from brokerage.services.cases import Cases
from brokerage.services.effects import new_key, send
from brokerage.services.settlement.bookings import book_refund_sent, set_aside
from brokerage.services.settlement.course import Course

__all__ = ["Refunds", "rest", "spread"]


def spread(payments: tuple[Payment, ...], units: int) -> tuple[tuple[Payment, int], ...]:
    """Return how much of each payment goes back when an amount does: the last payment first, each up to what it was.

    >>> from brokerage.records.deals import Means
    >>> first, last = (Payment(("bank", name), Means.BANK_TRANSFER, units) for name, units in (("1", 60), ("2", 32)))
    >>> [(payment.key[1], back) for payment, back in spread((first, last), 40)]
    [('2', 32), ('1', 8)]
    """
    found = []
    for payment in reversed(payments):
        back = min(units, payment.units)
        if back:
            found.append((payment, back))
        units -= back
    return tuple(found)


def rest(payments: tuple[Payment, ...], refunded: int) -> tuple[Payment, ...]:
    """Return the payments with what is left of each after an amount went back as :func:`spread` says.

    >>> from brokerage.records.deals import Means
    >>> first, last = (Payment(("bank", name), Means.BANK_TRANSFER, units) for name, units in (("1", 60), ("2", 32)))
    >>> [payment.units for payment in rest((first, last), 40)]
    [52, 0]
    """
    back = {payment.key: units for payment, units in spread(payments, refunded)}
    return tuple(evolve(payment, units=payment.units - back.get(payment.key, 0)) for payment in payments)


@frozen
class Refunds:
    """Sends money back, each payment by the way it came; what is declined waits for the manager."""

    course: Course
    cases: Cases

    def send(self, tx: Transaction, deal: Deal, payment: Payment, units: int, why: str, now: datetime) -> None:
        """Send back an amount, in minor units, that waits on the deal's account of refunds."""
        source, notice = payment.key
        key = f"refund:{why}:{len(source)}:{source}:{notice}"
        send(tx, new_key(tx, key), Refund(payment.key, payment.means, deal.number, units, deal.currency), now)

    def of_escrow(
        self,
        tx: Transaction,
        deal: Deal,
        units: int,
        why: str,
        now: datetime,
        payments: tuple[Payment, ...] | None = None,
    ) -> Deal:
        """Set money in escrow aside and send it back, the last payment first; return the deal.

        By default it is spread over all of the deal's payments.
        """
        if not units:
            return deal
        set_aside(tx, deal, units, now)
        for payment, back in spread(deal.payments if payments is None else payments, units):
            self.send(tx, deal, payment, back, why, now)
        return self.course.put(tx, deal, change(deal, refunded=deal.refunded + units), Role.BROKER, now)

    def answered(self, tx: Transaction, effect: Effect, answer: Answer, now: datetime) -> None:
        """Book a refund that was made; one that was declined waits for the manager."""
        task = effect.task
        if not isinstance(task, Refund):
            return
        if answer.approved:
            book_refund_sent(tx, task.deal, task.units, task.currency, now)
            return
        self.cases.open(
            tx,
            now,
            CaseKind.EFFECT,
            f"refund declined: {answer.reason}",
            deal=task.deal,
            effect=effect.key,
            units=task.units,
            currency=task.currency,
        )
