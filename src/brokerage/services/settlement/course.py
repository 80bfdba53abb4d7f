"""The way of a deal along the table of its lifecycle: every move is kept, written down and told (spec X4, V5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from attrs import frozen

from brokerage.boxes import buyers_deal, sellers_deal
from brokerage.mails import deal_changed
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.deals import Deal, DealOrigin, DealState, move
from brokerage.records.events import Actor, Event, EventKind
from brokerage.records.numbers import BoxNumber
from brokerage.services.effects import send
from brokerage.services.inputs import later

__all__ = ["Course", "Origin"]


class Origin(Protocol):
    """What found a deal, and what must happen there when it ends; called in the same unit of work."""

    def lapsed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """The buyer did not pay in time."""

    def ended(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """The deal has ended in any other way; its state says how."""

    def filed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """The deal ended long enough ago to leave the boxes."""


@frozen
class Course:
    """Changes deals. It knows nothing of how they were found, beyond their ``Origin``."""

    policy: Policy
    origins: Mapping[DealOrigin, Origin]

    def put(self, tx: Transaction, deal: Deal, new: Deal, by: Actor, now: datetime) -> Deal:
        """Put a deal in the place of its former self, and write that down."""
        tx.deals.replace(deal, new)
        tx.journal.append(Event(now, by, EventKind.DEAL_CHANGED, new))
        return new

    def move(self, tx: Transaction, deal: Deal, state: DealState, by: Actor, now: datetime, **changes: Any) -> Deal:
        """Take a deal along the table, and tell the parties who want to know; what was wished before is void.

        Raises:
            WrongStep: the table has no such move.
        """
        new = self.put(tx, deal, move(deal, state, wishes=(), **changes), by, now)
        self.tell(tx, new, now)
        return new

    def end(self, tx: Transaction, deal: Deal, state: DealState, by: Actor, now: datetime) -> Deal:
        """Move a deal to where nothing is expected of it any more; its parties and its origin are free of it.

        A completed deal that is charged back has ended before: then only its state changes.
        """
        if deal.state.has_ended:
            return self.move(tx, deal, state, by, now)
        for box in sorted(set(deal.parties)):
            activity = tx.activities.get(box)
            if activity is not None:
                tx.activities.replace(activity, activity.changed(deals_in_flight=-1))
        filed_at = None if self.policy.filed_after is None else later(now, self.policy.filed_after)
        deal = self.move(tx, deal, state, by, now, ended_at=now, deadline=filed_at)
        tx.journal.append(Event(now, by, EventKind.DEAL_ENDED, deal))
        origin = self.origins[deal.origin]
        if state is DealState.LAPSED:
            origin.lapsed(tx, deal, now)
        else:
            origin.ended(tx, deal, now)
        return deal

    def tell(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Mail the new status to those parties who asked for it (X4)."""
        self._mail(tx, deal, deal.parties, now)

    def tell_seller(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Mail the new status to the seller, of whom alone it has changed: a payout was made, or came back."""
        self._mail(tx, deal, (deal.seller,), now)

    def _mail(self, tx: Transaction, deal: Deal, boxes: tuple[BoxNumber, ...], now: datetime) -> None:
        for box in boxes:
            member = tx.members.get(box)
            if member is not None and member.mail_deals:
                view = sellers_deal(deal, None) if box == deal.seller else buyers_deal(deal, None)
                send(tx, f"mail:deal:{deal.number}:{deal.version}:{box}", deal_changed(member, view), now)
