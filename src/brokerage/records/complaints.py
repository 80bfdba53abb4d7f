"""Complaints: who complains about whom, of what, and how much that counts (spec K3)."""

from datetime import datetime
from enum import Enum
from typing import Any

from attrs import frozen

from brokerage.headings import OFFICE_COMPLAINTS
from brokerage.records.numbers import BoxNumber, ComplaintNumber, DealNumber
from brokerage.records.versions import next_version
from brokerage.tables import Shown, Table

__all__ = ["Complaint", "ComplaintKind"]


class ComplaintKind(Enum):
    """What a complaint is about; the policy says how many points each kind counts."""

    PAYMENT = "payment"
    """Money that did not come, or not in full."""

    COMMODITY = "commodity"
    """Goods or services that are not what was described."""

    DELAY = "delay"
    """Something that came too late."""


@frozen(repr=False)
class Complaint(Shown):
    """A complaint of a party of a deal, or of the manager, about a member.

    Args:
        number: what it is called by.
        complainant: the box of whoever filed it; ``None``: the manager.
        respondent: the box of the member whom it is about.
        deal: the deal that it came of; ``None``: none, which only the manager's may have.
        kind: what it is about.
        points: how much it counts against the respondent's person while it stands.
        text: the complainant's words, which only the complainant and the manager read.
        at: when it was filed.
        annulled: why the manager annulled it; ``None``: it stands.
        version: rises with each change.
    """

    number: ComplaintNumber
    complainant: BoxNumber | None
    respondent: BoxNumber
    deal: DealNumber | None
    kind: ComplaintKind
    points: int
    text: str
    at: datetime
    annulled: str | None = None
    version: int = 0

    @property
    def stands(self) -> bool:
        """Whether it counts: it was not annulled."""
        return self.annulled is None

    def corrected(self, **changes: Any) -> "Complaint":
        """Return the next version, with some fields changed."""
        return next_version(self, **changes)

    def table(self) -> Table:
        """Return the complaint as a table of one row, for the manager."""
        parties = self.number, self.complainant, self.respondent, self.deal
        return OFFICE_COMPLAINTS.of([(*parties, self.kind.value, self.points, self.text, self.at, self.annulled)])
