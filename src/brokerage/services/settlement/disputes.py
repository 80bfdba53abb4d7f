"""Disputes: begun by a party or by the broker, decided by the manager, by silence, or by where the goods are (A8)."""

from datetime import datetime

from attrs import evolve, frozen

from brokerage.errors import WrongStep
from brokerage.ports import Transaction
from brokerage.records.cases import CaseKind
from brokerage.records.deals import Deal, DealState, Dispute, change
from brokerage.records.events import Actor, Role
from brokerage.records.numbers import BoxNumber
from brokerage.records.statements import Statement
from brokerage.services.cases import Cases
from brokerage.services.inputs import later
from brokerage.services.settlement.course import Course

__all__ = ["Disputes"]

_FROM = (DealState.PAID, DealState.COLLECTED, DealState.DELIVERED)


@frozen
class Disputes:
    """Keeps disputes going: who has spoken, until when, and what follows if nobody does."""

    course: Course
    cases: Cases

    def begin(self, tx: Transaction, deal: Deal, by: BoxNumber, text: str, now: datetime) -> Deal:
        """Begin a dispute because a party does; the payout waits from now on.

        Raises:
            WrongStep: the deal is not paid, has ended, or its inspection is over.
        """
        if deal.state not in _FROM or deal.accepted:
            raise WrongStep(deal.number, "disputed")
        self._keep(tx, deal, by, text, now)
        return self._open(tx, deal, Dispute(by, now, (by,)), by, f"box {by} disputes", now)

    def begin_by_broker(self, tx: Transaction, deal: Deal, reason: str, now: datetime) -> Deal:
        """Begin a dispute because the carrier was late or the goods were refused: both parties are to speak."""
        return self._open(tx, deal, Dispute(None, now), Role.BROKER, reason, now)

    def speak(self, tx: Transaction, deal: Deal, by: BoxNumber, text: str, now: datetime) -> Deal:
        """Keep what a party says; once both have spoken, the dispute waits for the manager.

        Raises:
            WrongStep: the deal is not in dispute, or the dispute was decided.
        """
        dispute = undecided(deal)
        self._keep(tx, deal, by, text, now)
        if by in dispute.spoken:
            return deal
        spoken = (*dispute.spoken, by)
        until = later(dispute.at, self.course.policy.decision) if set(spoken) == set(deal.parties) else deal.deadline
        new = change(deal, dispute=evolve(dispute, spoken=spoken), deadline=until)
        return self.course.put(tx, deal, new, by, now)

    def decided(self, tx: Transaction, deal: Deal, outcome: str, now: datetime) -> None:
        """Close the case of a dispute."""
        if deal.dispute is not None:
            self.cases.close_of_deal(tx, deal.number, CaseKind.DISPUTE, outcome, now)

    def _open(self, tx: Transaction, deal: Deal, dispute: Dispute, by: Actor, reason: str, now: datetime) -> Deal:
        deadline = later(now, self.course.policy.answer)
        deal = self.course.move(tx, deal, DealState.DISPUTED, by, now, dispute=dispute, deadline=deadline)
        self.cases.open(
            tx,
            now,
            CaseKind.DISPUTE,
            reason,
            deal=deal.number,
            units=deal.received,
            currency=deal.currency,
        )
        return deal

    def _keep(self, tx: Transaction, deal: Deal, by: BoxNumber, text: str, now: datetime) -> None:
        place = len(tx.statements.of_deal(deal.number)) + 1
        tx.statements.add(Statement(deal.number, place, by, now, text))


def undecided(deal: Deal) -> Dispute:
    """Return the dispute of a deal that is to be decided; raises :class:`WrongStep` if there is none."""
    if deal.state is not DealState.DISPUTED or deal.dispute is None or deal.accepted:
        raise WrongStep(deal.number, "decided")
    return deal.dispute


def is_for_seller(deal: Deal) -> bool:
    """Say for whom a dispute is decided when the manager has not done so by its deadline.

    The one side that has spoken wins. Where both have, or neither, the seller wins if the goods were delivered.
    """
    spoken = set() if deal.dispute is None else set(deal.dispute.spoken)
    if len(spoken) == 1:
        return deal.seller in spoken
    return deal.delivered_at is not None
