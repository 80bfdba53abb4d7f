"""Attempts to take a deal's money from a card or an account: one at a time (spec S4, A7)."""

from datetime import datetime

from brokerage.ports import Transaction
from brokerage.records.deals import Deal, change
from brokerage.records.effects import Capture, ChargeAccount, EffectState
from brokerage.records.events import Event, EventKind
from brokerage.services.effects import send

__all__ = ["attempt_payment", "is_being_paid"]


def is_being_paid(tx: Transaction, deal: Deal) -> bool:
    """Say whether an attempt is still without an answer: until there is one, another would take the money twice."""
    effect = tx.outbox.get(deal.attempts[-1]) if deal.attempts else None
    return effect is not None and effect.state is EffectState.PENDING


def attempt_payment(tx: Transaction, deal: Deal, key: str, task: Capture | ChargeAccount, now: datetime) -> Deal:
    """Write an attempt down with the effect that makes it; return the deal."""
    new = change(deal, attempts=(*deal.attempts, key), problem="")
    tx.deals.replace(deal, new)
    tx.journal.append(Event(now, deal.buyer, EventKind.DEAL_CHANGED, new))
    send(tx, key, task, now)
    return new
