"""Goods on their way: what the carrier reports, and services that were performed (spec A2)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import NotDeliverable
from brokerage.ports import Transaction
from brokerage.records.categories import Fulfilment
from brokerage.records.deals import Deal, DealState
from brokerage.records.events import Role
from brokerage.records.notices import DeliveryNotice, DeliveryStep
from brokerage.services.settlement.deals import Settlement
from brokerage.services.settlement.inbox import keep_notice, known_notice

__all__ = ["Delivery"]

_AFTER_COLLECTION = (DealState.COLLECTED, DealState.DELIVERED, DealState.COMPLETED)


@frozen
class Delivery:
    """Moves deals on as goods are collected and delivered, whatever the order in which that is reported."""

    settlement: Settlement

    def advised(self, tx: Transaction, notice: DeliveryNotice, now: datetime) -> str:
        """Take a carrier's notice, once; return in a few words what became of it.

        A delivery that is reported before its collection implies it; a step that was taken before is only kept; a
        notice that does not fit the deal changes nothing and is kept with the reason.
        """
        received = known_notice(tx, notice, now)
        if received is not None:
            return received
        deal = tx.deals.get(notice.deal)
        result = "not believed: unknown deal" if deal is None else self._take(tx, deal, notice.step, now)
        return keep_notice(tx, notice, result, now)

    def performed(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        """Move a deal in services on because its seller says that they were performed."""
        if deal.fulfilment is not Fulfilment.PERFORMED:
            raise NotDeliverable(deal.number)
        return self.settlement.delivered(tx, deal, deal.seller, now)

    def confirmed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """End inspection because the buyer confirms."""
        if deal.state is not DealState.DELIVERED or deal.accepted:
            raise NotDeliverable(deal.number)
        self.settlement.accept(tx, deal, deal.buyer, now)

    def _take(self, tx: Transaction, deal: Deal, step: DeliveryStep, now: datetime) -> str:
        if deal.fulfilment is not Fulfilment.CARRIER:
            return "not believed: nothing to carry"
        is_known = deal.delivered_at is not None if step is DeliveryStep.DELIVERED else deal.collected_at is not None
        if is_known and deal.state in _AFTER_COLLECTION:
            return "known before"
        if deal.state is DealState.PAID:
            deal = self.settlement.collected(tx, deal, now)
        elif deal.state is not DealState.COLLECTED:
            return f"not believed: the deal is {deal.state.value}"
        if step is DeliveryStep.DELIVERED:
            self.settlement.delivered(tx, deal, Role.OUTSIDE, now)
        return f"deal {deal.number} is {step.value}"
