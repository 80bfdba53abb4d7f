"""Overviews for members: the own buying and selling history, and the categories, best-selling first (spec M8, V3).

Like :mod:`brokerage.boxes`, the classes here have no field for what their reader must not know.
"""

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from brokerage.headings import CATEGORIES, HISTORY
from brokerage.money import Money
from brokerage.records.categories import Category
from brokerage.records.complaints import Complaint
from brokerage.records.deals import Deal
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.statuses import purchase_status, sale_status
from brokerage.tables import Shown, Table

__all__ = ["CategoryView", "HistoryRow", "category_view", "history_row"]


@frozen(repr=False)
class HistoryRow(Shown):
    """A deal in a member's own history: on which side, of what, at the member's own price, and what became of it.

    ``offer`` is the member's own offer, and ``price`` what the member got or paid for the commodity. ``complained``:
    the member filed a complaint of the deal that stands; ``complained_about``: one stands about the member (spec K3).
    """

    deal: DealNumber
    side: str
    offer: OfferNumber
    category: str
    name: str
    price: Money
    status: str
    agreed_at: datetime
    ended_at: datetime | None
    complained: bool
    complained_about: bool

    def table(self) -> Table:
        """Return the deal as a table of one row."""
        known = self.deal, self.side, self.offer, self.category, self.name, self.price, self.status
        return HISTORY.of([(*known, self.agreed_at, self.ended_at, self.complained, self.complained_about)])


@frozen(repr=False)
class CategoryView(Shown):
    """A category as members see it: what to write, what it is called, and the group it belongs to."""

    code: str
    name: str
    group: str

    def table(self) -> Table:
        """Return the category as a table of one row."""
        return CATEGORIES.of([(self.code, self.name, self.group)])


def history_row(deal: Deal, box: BoxNumber, complaints: Iterable[Complaint]) -> HistoryRow:
    """Show a deal, with the complaints of it that stand, in the history of one of its parties."""
    standing = tuple(complaints)
    is_sale = box == deal.seller
    return HistoryRow(
        deal=deal.number,
        side="Sale" if is_sale else "Purchase",
        offer=deal.sale if is_sale else deal.purchase,
        category=deal.category,
        name=deal.name,
        price=Money(deal.selling_price if is_sale else deal.buying_price, deal.currency),
        status=sale_status(deal, False) if is_sale else purchase_status(deal, False, False),
        agreed_at=deal.agreed_at,
        ended_at=deal.ended_at,
        complained=any(complaint.complainant == box for complaint in standing),
        complained_about=any(complaint.respondent == box for complaint in standing),
    )


def category_view(category: Category) -> CategoryView:
    """Show a category to members, without its rate."""
    return CategoryView(category.code, category.name, category.group)
