"""Claims: what a party owes the broker for a deal that went wrong (spec A8)."""

from collections.abc import Sequence
from datetime import datetime

from brokerage.ports import Transaction
from brokerage.records.cases import Case, CaseKind, of_units
from brokerage.records.deals import Deal
from brokerage.records.events import Role
from brokerage.records.ledger import Debtor
from brokerage.services.cases import Cases
from brokerage.services.settlement.bookings import book_claim

__all__ = ["claim", "reduce_claim"]


def claim(tx: Transaction, cases: Cases, deal: Deal, debtor: Debtor, units: int, reason: str, now: datetime) -> None:
    """Book what a party owes for a deal, in minor units, as money of the deal's escrow, and tell the manager."""
    if units:
        book_claim(tx, deal, debtor, units, now)
        cases.open(
            tx,
            now,
            CaseKind.CLAIM,
            reason,
            deal=deal.number,
            debtor=debtor,
            units=units,
            currency=deal.currency,
        )


def reduce_claim(
    tx: Transaction, cases: Cases, known: Sequence[Case], debtor: Debtor, units: int, outcome: str, now: datetime
) -> None:
    """Take an amount that was booked against a debt off the open cases of it; a case with nothing left is closed.

    Args:
        tx: the unit of work.
        cases: changes them.
        known: the deal's cases, read before the debt: who meanwhile pays the debt replaces one of them.
        debtor: whose debt.
        units: how much, in minor units.
        outcome: what becomes of a case with nothing left.
        now: the present instant.
    """
    for case in known:
        if case.closed_at is not None or case.kind is not CaseKind.CLAIM or case.debtor is not debtor or not units:
            continue
        taken = min(units, case.units)
        units -= taken
        rest = of_units(case, case.units - taken)
        if rest.units:
            cases.change(tx, case, rest, Role.BROKER, now)
        else:
            cases.close(tx, case, outcome, Role.BROKER, now)
