"""Cases: what waits for the manager, with its reason (spec A1, A7, A8)."""

from datetime import datetime
from enum import Enum
from typing import Any

from attrs import frozen

from brokerage.headings import CASES
from brokerage.money import Money
from brokerage.records.ledger import Debtor
from brokerage.records.notices import Notice
from brokerage.records.numbers import CaseNumber, DealNumber
from brokerage.records.versions import next_version
from brokerage.tables import Shown, Table

__all__ = ["Case", "CaseKind", "closed", "of_units"]


class CaseKind(Enum):
    """What the manager is asked for."""

    QUARANTINE = "quarantine"
    """A notice that cannot be believed; nothing was changed by it."""

    SUSPENSE = "suspense"
    """Money that belongs to nobody known, or that went without being known of."""

    EFFECT = "effect"
    """Something outside that was declined, or has had no answer for long: a payout, a refund, a carrier's order."""

    DISPUTE = "dispute"
    """A deal whose parties disagree."""

    CLAIM = "claim"
    """Money that a party owes the broker for a deal that went wrong."""

    TENDER = "tender"
    """A tender that found nobody or could not be judged, terms that ended because a contractor left, or a zone that
    nobody carries to."""


@frozen(repr=False)
class Case(Shown):
    """Something that waits for the manager until it is closed.

    ``reason`` says why, in a few words. ``deal`` is what it is about, where that is known; ``notice`` what was
    reported, ``effect`` the key of what was to happen outside, ``debtor`` who owes. ``units`` of ``currency`` is the
    money in question, in minor units: negative where it went out. ``outcome`` says how it was closed.
    """

    number: CaseNumber
    kind: CaseKind
    at: datetime
    reason: str
    deal: DealNumber | None = None
    notice: Notice | None = None
    effect: str | None = None
    debtor: Debtor | None = None
    units: int = 0
    currency: str = ""
    closed_at: datetime | None = None
    outcome: str = ""
    version: int = 0

    @property
    def amount(self) -> Money | None:
        """The money in question, ``None`` where it is about none."""
        return Money(self.units, self.currency) if self.currency else None

    def table(self) -> Table:
        """Return the case as a table of one row."""
        debtor = None if self.debtor is None else self.debtor.value
        about = self.deal, self.effect, debtor, self.amount
        return CASES.of([(self.number, self.kind.value, self.at, *about, self.reason, self.closed_at, self.outcome)])


def closed(case: Case, now: datetime, outcome: str) -> Case:
    """Return the case as closed."""
    return next_version(case, closed_at=now, outcome=outcome)


def of_units(case: Case, units: int, **changes: Any) -> Case:
    """Return the case with another amount in question."""
    return next_version(case, units=units, **changes)
