"""What money does to the ledger: one function for each way in which it comes, moves on, or leaves (spec A1, A5, A8)."""

from datetime import datetime

from brokerage.ports import Series, Transaction
from brokerage.records.deals import Deal
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.ledger import (
    BANK,
    REVENUE,
    SUSPENSE,
    Account,
    AccountKind,
    Debtor,
    Entry,
    Posting,
    debt_of,
    escrow_of,
    payouts_of,
    refunds_of,
)
from brokerage.records.numbers import DealNumber, EntryNumber

__all__ = [
    "book_bounce",
    "book_chargeback",
    "book_claim",
    "book_commission",
    "book_commission_back",
    "book_debt_paid",
    "book_payment",
    "book_payout",
    "book_pulled_back",
    "book_refund_sent",
    "book_release",
    "book_set_off",
    "book_suspense",
    "book_write_off",
    "set_aside",
    "set_suspense_aside",
]


def _post(
    tx: Transaction, now: datetime, deal: DealNumber | None, purpose: str, currency: str, *sides: tuple[Account, int]
) -> None:
    """Add a balanced entry; sides of nothing are left out, and an entry without sides too."""
    postings = tuple(Posting(account, currency, units) for account, units in sides if units)
    if postings:
        entry = Entry(EntryNumber(tx.numbers.next(Series.ENTRY)), now, deal, purpose, postings)
        tx.ledger.add(entry)
        tx.journal.append(Event(now, Role.BROKER, EventKind.ENTRY_POSTED, entry))


def _between(
    tx: Transaction, deal: Deal, purpose: str, to: Account, source: Account, units: int, now: datetime
) -> None:
    """Add an entry of a deal that moves an amount from one account to another."""
    _post(tx, now, deal.number, purpose, deal.currency, (to, units), (source, -units))


def book_payment(tx: Transaction, deal: Deal, kept: int, over: int, now: datetime, source: Account = BANK) -> None:
    """Money came in for a deal: what is owed goes into escrow, what is over waits to be sent back."""
    sides = ((source, kept + over), (escrow_of(deal.number), -kept), (refunds_of(deal.number), -over))
    _post(tx, now, deal.number, "payment", deal.currency, *sides)


def book_suspense(tx: Transaction, units: int, currency: str, now: datetime, deal: DealNumber | None = None) -> None:
    """Money came in that belongs to nobody known; a negative amount went out."""
    _post(tx, now, deal, "suspense", currency, (BANK, units), (SUSPENSE, -units))


def set_aside(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """Money in escrow waits to be sent back."""
    _between(tx, deal, "set aside", escrow_of(deal.number), refunds_of(deal.number), units, now)


def set_suspense_aside(tx: Transaction, units: int, currency: str, now: datetime) -> None:
    """Money in suspense waits to be sent back."""
    sides = ((SUSPENSE, units), (Account(AccountKind.REFUNDS), -units))
    _post(tx, now, None, "set aside", currency, *sides)


def book_refund_sent(tx: Transaction, deal: DealNumber | None, units: int, currency: str, now: datetime) -> None:
    """Money went back to where it came from."""
    _post(tx, now, deal, "refund", currency, (Account(AccountKind.REFUNDS, deal), units), (BANK, -units))


def book_release(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """Money in escrow is on its way to a payee."""
    _between(tx, deal, "release", escrow_of(deal.number), payouts_of(deal.number), units, now)


def book_payout(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """A payee was paid."""
    _between(tx, deal, "payout", payouts_of(deal.number), BANK, units, now)


def book_bounce(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """A payout came back."""
    _between(tx, deal, "bounce", BANK, payouts_of(deal.number), units, now)


def book_pulled_back(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """Money that did not reach its payee is in escrow again."""
    _between(tx, deal, "pulled back", payouts_of(deal.number), escrow_of(deal.number), units, now)


def book_commission(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """The broker earned its commission."""
    _between(tx, deal, "commission", escrow_of(deal.number), REVENUE, units, now)


def book_commission_back(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """The broker gives commission back into escrow."""
    _between(tx, deal, "commission taken back", REVENUE, escrow_of(deal.number), units, now)


def book_claim(tx: Transaction, deal: Deal, debtor: Debtor, units: int, now: datetime) -> None:
    """A party owes what escrow lacks; the broker advances it."""
    _between(tx, deal, f"claim on the {debtor.value}", debt_of(debtor, deal.number), escrow_of(deal.number), units, now)


def book_set_off(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """A payout that failed is set off against what the seller owes."""
    _between(tx, deal, "set off", payouts_of(deal.number), debt_of(Debtor.SELLER, deal.number), units, now)


def book_chargeback(tx: Transaction, deal: Deal, units: int, now: datetime) -> None:
    """The clearing house took money back."""
    _between(tx, deal, "chargeback", escrow_of(deal.number), BANK, units, now)


def book_debt_paid(tx: Transaction, deal: DealNumber, debtor: Debtor, units: int, currency: str, now: datetime) -> None:
    """Money in suspense turned out to be what a party owed."""
    _post(tx, now, deal, "debt paid", currency, (SUSPENSE, units), (debt_of(debtor, deal), -units))


def book_write_off(tx: Transaction, account: Account, units: int, currency: str, now: datetime) -> None:
    """The broker bears what nobody will pay: it is taken from its revenue."""
    _post(tx, now, account.deal, "write-off", currency, (REVENUE, units), (account, -units))
