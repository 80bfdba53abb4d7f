"""The double-entry ledger: accounts, postings and balanced entries (spec A5).

Money that the broker holds is positive on the bank's side and negative where it is owed; what others owe the broker
is positive too. So the postings of an entry add up to zero in each currency, and so does the whole ledger.
"""

from datetime import datetime
from enum import Enum

from attrs import field, frozen

from brokerage.headings import ENTRIES
from brokerage.money import Money
from brokerage.records.numbers import DealNumber, EntryNumber
from brokerage.tables import Shown, Table

__all__ = [
    "BANK",
    "REVENUE",
    "SUSPENSE",
    "Account",
    "AccountKind",
    "Debtor",
    "Entry",
    "Posting",
    "debt_of",
    "escrow_of",
    "payouts_of",
    "refunds_of",
]


class AccountKind(Enum):
    """What an account stands for."""

    BANK = "bank"
    ESCROW = "escrow"
    REFUNDS = "refunds"
    PAYOUTS = "payouts"
    REVENUE = "revenue"
    SUSPENSE = "suspense"
    SELLERS_DEBT = "seller's debt"
    CARRIERS_DEBT = "carrier's debt"
    BUYERS_DEBT = "buyer's debt"


@frozen
class Account:
    """An account of the ledger; escrow, refunds, payouts and debts have one for each deal."""

    kind: AccountKind
    deal: DealNumber | None = None

    def __str__(self) -> str:
        return self.kind.value if self.deal is None else f"{self.kind.value}:{self.deal}"


BANK = Account(AccountKind.BANK)
"""The broker's account at its bank."""

REVENUE = Account(AccountKind.REVENUE)
"""What the broker has earned."""

SUSPENSE = Account(AccountKind.SUSPENSE)
"""Money that came in and belongs to nobody known (spec A1)."""


def escrow_of(deal: DealNumber) -> Account:
    """Return the account that holds a buyer's money until the deal has ended."""
    return Account(AccountKind.ESCROW, deal)


def refunds_of(deal: DealNumber) -> Account:
    """Return the account of money that is on its way back to the buyer."""
    return Account(AccountKind.REFUNDS, deal)


def payouts_of(deal: DealNumber) -> Account:
    """Return the account of money that is on its way to a deal's payees."""
    return Account(AccountKind.PAYOUTS, deal)


class Debtor(Enum):
    """Who owes the broker money for a deal that went wrong: the broker's claim on that party (spec A8)."""

    SELLER = "seller"
    CARRIER = "carrier"
    BUYER = "buyer"


_DEBTS = {
    Debtor.SELLER: AccountKind.SELLERS_DEBT,
    Debtor.CARRIER: AccountKind.CARRIERS_DEBT,
    Debtor.BUYER: AccountKind.BUYERS_DEBT,
}


def debt_of(debtor: Debtor, deal: DealNumber) -> Account:
    """Return the account of the broker's claim on a party of a deal."""
    return Account(_DEBTS[debtor], deal)


@frozen
class Posting:
    """An amount on one account, in minor units; positive is a debit."""

    account: Account
    currency: str
    units: int


def _balanced(entry: "Entry", _: object, postings: tuple[Posting, ...]) -> None:
    for currency in {posting.currency for posting in postings}:
        if sum(posting.units for posting in postings if posting.currency == currency):
            raise ValueError(f"entry {entry.number} does not balance in {currency}")


@frozen(repr=False)
class Entry(Shown):
    """A balanced set of postings made at once; one that does not balance cannot be made.

    >>> from datetime import UTC
    >>> Entry(EntryNumber(1), datetime(2026, 1, 1, tzinfo=UTC), None, "mistake", (Posting(BANK, "USD", 5),))
    Traceback (most recent call last):
    ValueError: entry 1 does not balance in USD
    """

    number: EntryNumber
    at: datetime
    deal: DealNumber | None
    purpose: str
    postings: tuple[Posting, ...] = field(validator=_balanced)

    def table(self) -> Table:
        """Return the entry as a table with a row for each posting."""
        known = self.number, self.at, self.deal, self.purpose
        return ENTRIES.of(
            (*known, posting.account, Money(posting.units, posting.currency)) for posting in self.postings
        )
