"""The way of a deal through its lifecycle, from agreed to ended (spec A2–A6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from attrs import frozen

from brokerage.boxes import buyers_deal, sellers_deal
from brokerage.mails import deal_changed
from brokerage.policy import PayoutOn, Policy
from brokerage.ports import Answer, Transaction
from brokerage.records.categories import Fulfilment
from brokerage.records.deals import BROKER, Deal, DealOrigin, DealState, Payment, change, move
from brokerage.records.effects import CarrierOrder, Effect, PayOut, Refund
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.numbers import BoxNumber, DealNumber
from brokerage.services.effects import send
from brokerage.services.inputs import later
from brokerage.services.settlement.bookings import (
    book_commission,
    book_payment,
    book_payout,
    book_refund_sent,
    set_aside,
)

__all__ = ["Origin", "Settlement"]


class Origin(Protocol):
    """What found a deal, and what must happen there when it ends; called in the same unit of work."""

    def lapsed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """The buyer did not pay in time."""

    def completed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Everything was delivered and paid."""

    def filed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """The deal ended long enough ago to leave the boxes."""


@frozen
class Settlement:
    """Moves deals along their lifecycle. It knows nothing of how they were found, beyond their ``Origin``."""

    policy: Policy
    origins: Mapping[DealOrigin, Origin]

    def payment_deadline(self, now: datetime) -> datetime:
        """Return until when a deal that is agreed now has to be paid."""
        return later(now, self.policy.payment)

    def agree(self, tx: Transaction, deal: Deal, by: BoxNumber, now: datetime) -> Deal:
        """Keep a new deal; one that costs nothing is paid at once. Return it as it then is.

        Its deadline is what :meth:`payment_deadline` says.
        """
        tx.deals.add(deal)
        tx.journal.append(Event(now, by, EventKind.DEAL_AGREED, deal))
        self._tell(tx, deal, now)
        return self._paid(tx, deal, now) if not deal.owed else deal

    def receive(self, tx: Transaction, deal: Deal, payment: Payment, now: datetime) -> None:
        """Book a payment for a deal: what is owed is kept, the rest is sent back.

        Nothing revives an ended deal (A1).
        """
        if deal.state is DealState.AGREED and deal.deadline is not None and deal.deadline < now:
            deal = self.lapse(tx, deal, now)  # the sweep has not come by yet
        kept = min(payment.units, deal.owed - deal.received) if deal.state is DealState.AGREED else 0
        book_payment(tx, deal, kept, payment.units - kept, now)
        if payment.units > kept:
            self._refund(tx, deal, payment, payment.units - kept, "over", now)
        if kept:
            taken = Payment(payment.key, payment.means, kept)
            deal = self._put(tx, deal, change(deal, payments=(*deal.payments, taken)), Role.OUTSIDE, now)
            if deal.received == deal.owed:
                self._paid(tx, deal, now)

    def collected(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        """Move a deal on because its goods were collected; raises ``NotDeliverable`` unless it is paid."""
        deal = self._move(tx, deal, DealState.COLLECTED, Role.OUTSIDE, now, collected_at=now)
        return self._release(tx, deal, deal.sellers_charges, now) if self._pays_on(PayoutOn.COLLECTION) else deal

    def delivered(self, tx: Transaction, deal: Deal, by: Actor, now: datetime) -> Deal:
        """Move a deal on because it was delivered or performed: the buyer may inspect until the deadline."""
        deadline = later(now, self.policy.inspection)
        deal = self._move(tx, deal, DealState.DELIVERED, by, now, delivered_at=now, deadline=deadline)
        is_early = deal.fulfilment is Fulfilment.PERFORMED and not self._pays_on(PayoutOn.INSPECTION)
        return self._release(tx, deal, deal.sellers_charges, now) if is_early else deal

    def accept(self, tx: Transaction, deal: Deal, by: Actor, now: datetime) -> None:
        """End inspection: everyone is paid out, and with the last answer the deal is completed."""
        deal = self._put(tx, deal, change(deal, accepted=True, deadline=None), by, now)
        deal = self._release(tx, deal, tuple(range(len(deal.charges))), now)
        self._complete_if_done(tx, deal, now)

    def lapse(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        """End a deal that was not paid in time: what came in goes back, and its origin goes on without it (A4)."""
        set_aside(tx, deal, deal.received, now)
        for payment in deal.payments:
            self._refund(tx, deal, payment, payment.units, "lapse", now)
        deal = self._end(tx, deal, DealState.LAPSED, now)
        self.origins[deal.origin].lapsed(tx, deal, now)
        return deal

    def deadline(self, tx: Transaction, number: DealNumber, now: datetime) -> None:
        """Do what the deadline of a deal asks for, if it has come."""
        deal = tx.deals.get(number)
        if deal is None or deal.deadline is None or deal.deadline > now:
            return
        if deal.state is DealState.AGREED:
            self.lapse(tx, deal, now)
        elif deal.state is DealState.DELIVERED:
            self.accept(tx, deal, Role.BROKER, now)
        else:
            deal = self._put(tx, deal, change(deal, deadline=None), Role.BROKER, now)
            self.origins[deal.origin].filed(tx, deal, now)

    def payout_answered(self, tx: Transaction, effect: Effect, answer: Answer, now: datetime) -> None:
        """Book a payout that was made; one that was declined leaves the deal waiting."""
        task = effect.task
        deal = tx.deals.get(task.deal) if isinstance(task, PayOut) else None
        if deal is None or not isinstance(task, PayOut) or not answer.approved:
            return
        book_payout(tx, deal, task.units, now)
        deal = self._put(tx, deal, change(deal, paid_out=(*deal.paid_out, task.position)), Role.OUTSIDE, now)
        self._complete_if_done(tx, deal, now)

    def refund_answered(self, tx: Transaction, effect: Effect, answer: Answer, now: datetime) -> None:
        """Book a refund that was made."""
        task = effect.task
        deal = tx.deals.get(task.deal) if isinstance(task, Refund) else None
        if deal is not None and isinstance(task, Refund) and answer.approved:
            book_refund_sent(tx, deal, task.units, now)

    def _pays_on(self, when: PayoutOn) -> bool:
        return self.policy.payout_on is when

    def _paid(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        deal = self._move(tx, deal, DealState.PAID, Role.OUTSIDE, now, paid_at=now, deadline=None)
        if deal.fulfilment is Fulfilment.CARRIER:
            send(tx, f"carrier:{deal.number}", CarrierOrder(deal.number, deal.collect_from, deal.deliver_to), now)
            if self._pays_on(PayoutOn.ORDER):
                return self._release(tx, deal, deal.sellers_charges, now)
        return deal

    def _release(self, tx: Transaction, deal: Deal, positions: tuple[int, ...], now: datetime) -> Deal:
        """Send the payouts of some charges, each once."""
        new = tuple(position for position in positions if position not in deal.released)
        for position in new:
            charge = deal.charges[position]
            if position in deal.payable and charge.payee.bank_account is not None:
                task = PayOut(deal.number, position, charge.payee.bank_account, charge.units, deal.currency)
                send(tx, f"payout:{deal.number}:{position}", task, now)
        return self._put(tx, deal, change(deal, released=(*deal.released, *new)), Role.BROKER, now)

    def _complete_if_done(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        if deal.accepted and deal.state is DealState.DELIVERED and set(deal.payable) <= set(deal.paid_out):
            commission = sum(charge.units for charge in deal.charges if charge.payee == BROKER)
            book_commission(tx, deal, commission, now)
            deal = self._end(tx, deal, DealState.COMPLETED, now)
            self.origins[deal.origin].completed(tx, deal, now)

    def _end(self, tx: Transaction, deal: Deal, state: DealState, now: datetime) -> Deal:
        for box in sorted({deal.seller, deal.buyer}):
            activity = tx.activities.get(box)
            if activity is not None:
                tx.activities.replace(activity, activity.changed(deals_in_flight=-1))
        filed_at = None if self.policy.filed_after is None else later(now, self.policy.filed_after)
        ended = self._move(tx, deal, state, Role.BROKER, now, ended_at=now, deadline=filed_at)
        tx.journal.append(Event(now, Role.BROKER, EventKind.DEAL_ENDED, ended))
        return ended

    def _refund(self, tx: Transaction, deal: Deal, payment: Payment, units: int, why: str, now: datetime) -> None:
        source, notice = payment.key
        key = f"refund:{why}:{len(source)}:{source}:{notice}"
        send(tx, key, Refund(payment.key, payment.means, deal.number, units, deal.currency), now)

    def _move(self, tx: Transaction, deal: Deal, state: DealState, by: Actor, now: datetime, **changes: Any) -> Deal:
        new = self._put(tx, deal, move(deal, state, **changes), by, now)
        self._tell(tx, new, now)
        return new

    def _put(self, tx: Transaction, deal: Deal, new: Deal, by: Actor, now: datetime) -> Deal:
        tx.deals.replace(deal, new)
        tx.journal.append(Event(now, by, EventKind.DEAL_CHANGED, new))
        return new

    def _tell(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Mail the new status to those parties who asked for it (X4)."""
        for box in (deal.seller, deal.buyer):
            member = tx.members.get(box)
            if member is not None and member.mail_deals:
                view = sellers_deal(deal) if box == deal.seller else buyers_deal(deal)
                send(tx, f"mail:deal:{deal.number}:{deal.state.value}:{box}", deal_changed(member, view), now)
