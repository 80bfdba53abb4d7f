"""Histories of buying and selling: a member's own, and the manager's view of one (spec M8)."""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from brokerage.headings import HISTORY
from brokerage.money import Money
from brokerage.overviews import HistoryRow, history_row
from brokerage.pages import Page, PageMarks
from brokerage.ports import Transaction
from brokerage.records.complaints import Complaint
from brokerage.records.deals import Deal
from brokerage.records.numbers import BoxNumber, DealNumber
from brokerage.services.analysis.headings import OFFICE_HISTORY
from brokerage.tables import Shown, Table

__all__ = ["Histories", "OfficeDeal"]

_OWN, _OFFICE = "history", "office history"


@frozen(repr=False)
class OfficeDeal(Shown):
    """A deal in a member's history, as the manager sees it: with whom, at both prices, and where it stands.

    ``complained`` and ``complained_about`` say whether a complaint of the member's, or about the member, stands.
    """

    number: DealNumber
    side: str
    counterpart: BoxNumber
    state: str
    category: str
    name: str
    selling_price: Money
    buying_price: Money
    agreed_at: datetime
    ended_at: datetime | None
    complained: bool
    complained_about: bool

    def table(self) -> Table:
        """Return the deal as a table of one row."""
        known = self.number, self.side, self.counterpart, self.state, self.category, self.name
        prices, times = (self.selling_price, self.buying_price), (self.agreed_at, self.ended_at)
        return OFFICE_HISTORY.of([(*known, *prices, *times, self.complained, self.complained_about)])


@frozen
class Histories:
    """Reads histories by pages, newest deal first. O(log n + page) each."""

    marks: PageMarks

    def own(self, tx: Transaction, box: BoxNumber, size: int, after: str | None) -> Page[HistoryRow]:
        """Return a page of a member's own history."""
        deals, mark = self._page(tx, box, size, after, _OWN)
        return Page(tuple(history_row(deal, box, _standing(tx, deal)) for deal in deals), mark, headings=HISTORY)

    def of(self, tx: Transaction, box: BoxNumber, size: int, after: str | None) -> Page[OfficeDeal]:
        """Return a page of a member's history for the manager."""
        deals, mark = self._page(tx, box, size, after, _OFFICE)
        return Page(
            tuple(_office_deal(deal, box, _standing(tx, deal)) for deal in deals), mark, headings=OFFICE_HISTORY
        )

    def _page(
        self, tx: Transaction, box: BoxNumber, size: int, after: str | None, kind: str
    ) -> tuple[Sequence[Deal], str | None]:
        before = None if after is None else DealNumber(self.marks.read(kind, after, 1)[0])
        deals = tx.deals.of_member(box, before, size + 1)
        return deals[:size], self.marks.write(kind, deals[size - 1].number) if len(deals) > size else None


def _standing(tx: Transaction, deal: Deal) -> tuple[Complaint, ...]:
    """The complaints of a deal that were not annulled."""
    return tuple(complaint for complaint in tx.complaints.of_deal(deal.number) if complaint.stands)


def _office_deal(deal: Deal, box: BoxNumber, complaints: tuple[Complaint, ...]) -> OfficeDeal:
    is_sale = box == deal.seller
    return OfficeDeal(
        number=deal.number,
        side="Sale" if is_sale else "Purchase",
        counterpart=deal.buyer if is_sale else deal.seller,
        state=deal.state.name,
        category=deal.category,
        name=deal.name,
        selling_price=Money(deal.selling_price, deal.currency),
        buying_price=Money(deal.buying_price, deal.currency),
        agreed_at=deal.agreed_at,
        ended_at=deal.ended_at,
        complained=any(complaint.complainant == box for complaint in complaints),
        complained_about=any(complaint.respondent == box for complaint in complaints),
    )
