"""Goods on their way: what the carrier reports, and services that were performed (spec A2, A9)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import WrongStep
from brokerage.ports import Answer, Transaction
from brokerage.records.cases import CaseKind
from brokerage.records.categories import Fulfilment
from brokerage.records.deals import Deal, DealState, change
from brokerage.records.effects import CarrierOrder, CarrierRecall, Effect
from brokerage.records.events import Role
from brokerage.records.ledger import Debtor
from brokerage.records.notices import DeliveryNotice, DeliveryStep
from brokerage.services.settlement.deals import Settlement
from brokerage.services.settlement.reception import Doubt, Reception

__all__ = ["Delivery"]

_ON_THE_WAY = (DealState.COLLECTED, DealState.RETURNING, DealState.DISPUTED)
_AFTER = {
    DeliveryStep.COLLECTED: (DealState.COLLECTED, DealState.DELIVERED, DealState.RETURNING, DealState.COMPLETED),
    DeliveryStep.DELIVERED: (DealState.DELIVERED, DealState.RETURNING, DealState.COMPLETED),
}
"""The states in which a step is known before, once it was taken."""


@frozen
class Delivery:
    """Moves deals on as goods are on their way, whatever the order in which that is reported."""

    settlement: Settlement
    reception: Reception

    def advised(self, tx: Transaction, notice: DeliveryNotice, now: datetime) -> str:
        """Take a carrier's notice, once; return in a few words what became of it.

        A delivery that is reported before its collection implies it; a step that was taken before is only kept; a
        notice that does not fit the deal changes nothing and waits in quarantine.
        """
        return self.reception.take(tx, notice, now, lambda: self.believe(tx, notice, now))

    def believe(self, tx: Transaction, notice: DeliveryNotice, now: datetime) -> str | Doubt:
        """Do what a carrier's notice asks for, or say why it cannot be believed."""
        deal = tx.deals.get(notice.deal)
        if deal is None:
            return Doubt("unknown deal")
        if deal.fulfilment is not Fulfilment.CARRIER:
            return Doubt("nothing to carry")
        deal = self.settlement.overdue(tx, deal, now)
        match notice.step:
            case DeliveryStep.COLLECTED | DeliveryStep.DELIVERED:
                return self._moved_on(tx, deal, notice.step, now)
            case DeliveryStep.LOST:
                return self._lost(tx, deal, now)
            case DeliveryStep.REFUSED:
                return self._refused(tx, deal, now)
            case DeliveryStep.RETURNED:
                return self._returned(tx, deal, now)

    def performed(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        """Move a deal in services on because its seller says that they were performed."""
        if deal.fulfilment is not Fulfilment.PERFORMED or deal.state is not DealState.PAID:
            raise WrongStep(deal.number, "performed")
        return self.settlement.delivered(tx, deal, deal.seller, now)

    def confirmed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """End inspection because the buyer confirms."""
        if deal.state is not DealState.DELIVERED or deal.accepted:
            raise WrongStep(deal.number, "confirmed")
        self.settlement.accept(tx, deal, deal.buyer, now)

    def order_answered(self, tx: Transaction, effect: Effect, answer: Answer, now: datetime) -> None:
        """Tell the manager of an order or a recall that the carrier declined; an order of an ended deal is over."""
        if not isinstance(effect.task, CarrierOrder | CarrierRecall):
            return
        deal = tx.deals.get(effect.task.deal)
        is_over = deal is not None and deal.state.has_ended and isinstance(effect.task, CarrierOrder)
        if not answer.approved and not is_over:
            self.settlement.cases.open(
                tx,
                now,
                CaseKind.EFFECT,
                f"declined by the carrier: {answer.reason}",
                deal=effect.task.deal,
                effect=effect.key,
            )

    def _moved_on(self, tx: Transaction, deal: Deal, step: DeliveryStep, now: datetime) -> str | Doubt:
        is_known = deal.delivered_at is not None if step is DeliveryStep.DELIVERED else deal.collected_at is not None
        if is_known and deal.state in _AFTER[step]:
            return "known before"
        if deal.state is DealState.DISPUTED:
            return self._noted(tx, deal, step, now)
        if deal.state is DealState.PAID:
            deal = self.settlement.collected(tx, deal, now)
        elif deal.state is not DealState.COLLECTED or step is DeliveryStep.COLLECTED:
            return Doubt(f"the deal is {deal.state.value}")
        if step is DeliveryStep.DELIVERED:
            self.settlement.delivered(tx, deal, Role.OUTSIDE, now)
        return f"deal {deal.number} is {step.value}"

    def _noted(self, tx: Transaction, deal: Deal, step: DeliveryStep, now: datetime) -> str:
        """Keep what happens to goods in dispute: it counts when nobody else decides."""
        collected = now if deal.collected_at is None else deal.collected_at
        delivered = deal.delivered_at
        if step is DeliveryStep.DELIVERED and delivered is None:
            delivered = now
        new = change(deal, collected_at=collected, delivered_at=delivered)
        self.settlement.course.put(tx, deal, new, Role.OUTSIDE, now)
        return f"noted for the dispute about deal {deal.number}: {step.value}"

    def _lost(self, tx: Transaction, deal: Deal, now: datetime) -> str | Doubt:
        if deal.state is DealState.PAID:
            deal = self.settlement.collected(tx, deal, now)
        is_delivered = deal.delivered_at is not None and deal.returning_at is None
        if deal.state not in _ON_THE_WAY or is_delivered or deal.accepted:
            return Doubt(f"the deal is {deal.state.value}")
        self.settlement.refund(tx, deal, DealState.REFUNDED, Role.OUTSIDE, "lost", now, Debtor.CARRIER)
        return f"deal {deal.number} is lost"

    def _refused(self, tx: Transaction, deal: Deal, now: datetime) -> str | Doubt:
        if deal.state is DealState.PAID:
            deal = self.settlement.collected(tx, deal, now)
        if deal.state is not DealState.COLLECTED:
            return Doubt(f"the deal is {deal.state.value}")
        self.settlement.disputes.begin_by_broker(tx, deal, "refused at the door", now)
        return f"deal {deal.number} is refused"

    def _returned(self, tx: Transaction, deal: Deal, now: datetime) -> str | Doubt:
        if deal.returning_at is None or deal.state not in (DealState.RETURNING, DealState.DISPUTED) or deal.accepted:
            return Doubt(f"the deal is {deal.state.value}")
        self.settlement.refund(tx, deal, DealState.REFUNDED, Role.OUTSIDE, "returned", now)
        return f"deal {deal.number} is returned"
