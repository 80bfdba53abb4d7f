"""What the manager's analysis shows: numbers and amounts, and who or what ranks where by them (spec M8)."""

from enum import Enum

from attrs import frozen

from brokerage.money import Money
from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import ALL_MEMBERS, Tally
from brokerage.services.analysis.headings import CATEGORY_RANKS, FIGURES, MEMBER_RANKS, UNSOLD_COUNTS
from brokerage.tables import Shown, Table

__all__ = ["CategoryRank", "Figures", "MemberRank", "RankBy", "UnsoldCount", "figures_of"]


class RankBy(Enum):
    """What categories or members are ranked by, the greatest first. Amounts are ranked in one currency."""

    OFFERED = "offered"
    SOLD = "sold"
    UNSOLD = "unsold"
    WANTED = "wanted"
    BOUGHT = "bought"
    UNMET = "unmet"
    DEALS = "deals"
    """What was sold and bought together."""
    SOLD_AMOUNT = "sold_units"
    BOUGHT_AMOUNT = "bought_units"
    AMOUNT = "units"
    """The amounts of what was sold and bought together."""

    @property
    def is_of_amounts(self) -> bool:
        """Whether amounts are ranked, and not numbers."""
        return self in (RankBy.SOLD_AMOUNT, RankBy.BOUGHT_AMOUNT, RankBy.AMOUNT)

    def of(self, tally: Tally) -> int:
        """Return what is ranked of a tally."""
        value: int = getattr(tally, self.value)
        return value


@frozen(repr=False)
class Figures(Shown):
    """What was offered, sold and bought in one currency.

    By the member ``box``, or by all where it is ``None``; in ``category``, or in all where that is ``None``. ``unsold``
    and ``unmet`` offers ended without a completed deal; those ``on_sale`` have not ended.
    """

    box: BoxNumber | None
    category: str | None
    currency: str
    offered: int
    sold: int
    unsold: int
    on_sale: int
    wanted: int
    bought: int
    unmet: int
    sold_for: Money
    bought_for: Money

    def table(self) -> Table:
        """Return the figures as a table of one row."""
        sales = self.offered, self.sold, self.unsold, self.on_sale
        purchases = self.wanted, self.bought, self.unmet
        return FIGURES.of([(self.box, self.category, *sales, *purchases, self.sold_for, self.bought_for)])


def figures_of(tally: Tally, category: str | None) -> Figures:
    """Show a tally under the code of its category."""
    return Figures(
        box=None if tally.box == ALL_MEMBERS else tally.box,
        category=category,
        currency=tally.currency,
        offered=tally.offered,
        sold=tally.sold,
        unsold=tally.unsold,
        on_sale=tally.on_sale,
        wanted=tally.wanted,
        bought=tally.bought,
        unmet=tally.unmet,
        sold_for=Money(tally.sold_units, tally.currency),
        bought_for=Money(tally.bought_units, tally.currency),
    )


@frozen(repr=False)
class CategoryRank(Shown):
    """Where a category ranks, 1 for the first, by a number or by an amount; equal ones share a rank."""

    rank: int
    category: str
    number: int | None
    amount: Money | None

    def table(self) -> Table:
        """Return the rank as a table of one row."""
        return CATEGORY_RANKS.of([(self.rank, self.category, self.number, self.amount)])


@frozen(repr=False)
class MemberRank(Shown):
    """Where a member ranks, 1 for the first, by a number or by an amount; equal ones share a rank."""

    rank: int
    box: BoxNumber
    number: int | None
    amount: Money | None

    def table(self) -> Table:
        """Return the rank as a table of one row."""
        return MEMBER_RANKS.of([(self.rank, self.box, self.number, self.amount)])


@frozen(repr=False)
class UnsoldCount(Shown):
    """How much of a category was offered, sold, not sold, and has not ended, over all currencies, each sale as one."""

    category: str
    offered: int
    sold: int
    unsold: int
    on_sale: int

    def table(self) -> Table:
        """Return the numbers as a table of one row."""
        return UNSOLD_COUNTS.of([(self.category, self.offered, self.sold, self.unsold, self.on_sale)])
