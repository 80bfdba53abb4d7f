"""What money does to the ledger: one function for each way in which it comes, moves on, or leaves (spec A1, A5)."""

from datetime import datetime

from brokerage.records.deals import Deal
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.ledger import BANK, REVENUE, SUSPENSE, Account, Entry, Posting, escrow_of, refunds_of
from brokerage.records.numbers import DealNumber, EntryNumber
from brokerage.storage import Series, Transaction

__all__ = ["book_commission", "book_payment", "book_payout", "book_refund_sent", "book_suspense", "set_aside"]


def _post(
    tx: Transaction, now: datetime, deal: DealNumber | None, purpose: str, currency: str, *sides: tuple[Account, int]
) -> None:
    """Add a balanced entry; sides of nothing are left out, and an entry without sides too."""
    postings = tuple(Posting(account, currency, units) for account, units in sides if units)
    if postings:
        entry = Entry(EntryNumber(tx.numbers.next(Series.ENTRY)), now, deal, purpose, postings)
        tx.ledger.add(entry)
        tx.journal.append(Event(now, Role.BROKER, EventKind.ENTRY_POSTED, entry))


def book_payment(tx: Transaction, deal: Deal, kept: int, over: int, now: datetime) -> None:
    """Money came in for a deal: what is owed goes into escrow, what is over waits to be sent back."""
    sides = ((BANK, kept + over), (escrow_of(deal.number), -kept), (refunds_of(deal.number), -over))
    _post(tx, now, deal.number, "payment", deal.currency, *sides)


def book_suspense(tx: Transaction, units: int, currency: str, now: datetime) -> None:
    """Money came in that belongs to nobody known."""
    _post(tx, now, None, "suspense", currency, (BANK, units), (SUSPENSE, -units))


def set_aside(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """Money in escrow waits to be sent back."""
    _post(
        tx,
        now,
        deal.number,
        "set aside",
        deal.currency,
        (escrow_of(deal.number), units),
        (refunds_of(deal.number), -units),
    )


def book_refund_sent(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """Money went back to the buyer."""
    _post(tx, now, deal.number, "refund", deal.currency, (refunds_of(deal.number), units), (BANK, -units))


def book_payout(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """A payee was paid out of escrow."""
    _post(tx, now, deal.number, "payout", deal.currency, (escrow_of(deal.number), units), (BANK, -units))


def book_commission(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """The broker earned its commission."""
    _post(tx, now, deal.number, "commission", deal.currency, (escrow_of(deal.number), units), (REVENUE, -units))
