"""The manager's analysis: what is read of the running totals, and never of offers or deals (spec M8)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from heapq import nsmallest
from typing import TypeVar
from zlib import crc32

from attrs import frozen

from brokerage.money import Money
from brokerage.overviews import CategoryView, category_view
from brokerage.pages import Listing, Page, PageMarks
from brokerage.ports import Transaction
from brokerage.records.categories import Category
from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import ALL_CATEGORIES, ALL_MEMBERS, Tally
from brokerage.services.analysis.figures import CategoryRank, Figures, MemberRank, RankBy, UnsoldCount, figures_of
from brokerage.services.analysis.headings import CATEGORY_RANKS, FIGURES, MEMBER_RANKS, UNSOLD_COUNTS

__all__ = ["CategoryOrder", "Reports", "member_tallies"]

_RANKS = "ranks"
_TALLIES = 1000
_Any = TypeVar("_Any")


class CategoryOrder(Enum):
    """In which order categories are presented."""

    BEST_SELLING = "best-selling first"
    CODE = "by code"


def member_tallies(tx: Transaction, category: str) -> Iterator[Tally]:
    """Yield the tallies of every member in a category, by box and currency."""
    after = BoxNumber(1), ""  # behind those of all members together
    while tallies := tx.tallies.of_category(category, after, _TALLIES):
        yield from tallies
        after = tallies[-1].box, tallies[-1].currency


@frozen
class Reports:
    """Reads the running totals as they are; whoever asks has brought them up to date."""

    marks: PageMarks

    def member(self, tx: Transaction, box: BoxNumber) -> Listing[Figures]:
        """Return a member's figures, a line for each category and currency. O(their number)."""
        return self._figures(tx, (tally for tally in tx.tallies.of_member(box) if tally.category))

    def category(self, tx: Transaction, key: str) -> Listing[Figures]:
        """Return the figures of a category over all members, a line for each currency. O(categories)."""
        return self._figures(tx, (tally for tally in tx.tallies.of_member(ALL_MEMBERS) if tally.category == key))

    def totals(self, tx: Transaction, box: BoxNumber) -> Listing[Figures]:
        """Return the figures over all categories, a line for each currency. O(categories)."""
        return self._figures(tx, (tally for tally in tx.tallies.of_member(box) if not tally.category))

    def category_ranks(self, tx: Transaction, by: RankBy, currency: str | None) -> Listing[CategoryRank]:
        """Return every category with more than nothing, the greatest first, equal ones by code. O(n log n) of them."""
        values: Counter[str] = Counter()
        for tally in tx.tallies.of_member(ALL_MEMBERS):
            if tally.category and currency in (None, tally.currency):
                values[tally.category] += by.of(tally)
        places = sorted((-value, key) for key, value in values.items() if value)
        rows = (
            CategoryRank(rank, _code(tx, key), *_shown(-value, by, currency))
            for rank, (value, key) in _ranked(places, 0, 0)
        )
        return Listing(rows, CATEGORY_RANKS)

    def member_ranks(
        self,
        tx: Transaction,
        by: RankBy,
        currency: str | None,
        category: str,
        size: int,
        after: tuple[int, BoxNumber] | None,
    ) -> Page[MemberRank]:
        """Return a page of the members with more than nothing, the greatest first, equal ones by box.

        ``after`` is what :meth:`place` read. O(n log page) of the members with tallies in the category.
        """
        values: Counter[BoxNumber] = Counter()
        for tally in member_tallies(tx, category):
            if currency in (None, tally.currency):
                values[tally.box] += by.of(tally)
        start = (-sum(values.values()) - 1, BoxNumber(0)) if after is None else after
        behind = ((-value, box) for box, value in values.items() if value and (-value, box) > start)
        found = nsmallest(size + 1, behind)
        places = found[:size]
        mark = (
            self.marks.write(_RANKS, -places[-1][0], places[-1][1], bound=_list(by, currency, category))
            if len(found) > size
            else None
        )
        before = sum(value > -start[0] or (value == -start[0] and box <= start[1]) for box, value in values.items())
        higher = sum(value > -places[0][0] for value in values.values()) if places else 0
        rows = (
            MemberRank(rank, box, *_shown(-value, by, currency))
            for rank, (value, box) in _ranked(places, before, higher)
        )
        return Page(tuple(rows), mark, headings=MEMBER_RANKS)

    def place(self, by: RankBy, currency: str | None, category: str, mark: str | None) -> tuple[int, BoxNumber] | None:
        """Return where a page of ranks goes on, from the mark of the page before.

        Raises:
            InvalidCursor: it is no mark of this list.
        """
        if mark is None:
            return None
        value, box = self.marks.read(_RANKS, mark, 2, lambda _: _list(by, currency, category))
        return -value, BoxNumber(box)

    def unsold(self, tx: Transaction, key: str) -> Listing[UnsoldCount]:
        """Return how many sale offers were not sold, of one category or of each, the most first. O(categories)."""
        counts: dict[str, Counter[str]] = {}
        for tally in tx.tallies.of_member(ALL_MEMBERS):
            if tally.category and key in (ALL_CATEGORIES, tally.category):
                added = {name: getattr(tally, name) for name in ("offered", "sold", "unsold", "on_sale")}
                counts.setdefault(tally.category, Counter()).update(added)
        ordered = sorted(counts.items(), key=lambda row: (-row[1]["unsold"], row[0]))
        return Listing((UnsoldCount(_code(tx, key), **found) for key, found in ordered), UNSOLD_COUNTS)

    def categories(self, tx: Transaction, order: CategoryOrder) -> Sequence[Category]:
        """Return every category in an order; equal ones by code. O(n log n)."""
        found = tx.categories.all()
        if order is CategoryOrder.CODE:
            return found
        sold: Counter[str] = Counter()
        for tally in tx.tallies.of_member(ALL_MEMBERS):
            sold[tally.category] += tally.sold
        return sorted(found, key=lambda category: -sold[category.key])

    def open_categories(self, tx: Transaction) -> Sequence[CategoryView]:
        """Return the categories that are open for offers, best-selling first, as members see them."""
        found = self.categories(tx, CategoryOrder.BEST_SELLING)
        return [category_view(category) for category in found if category.is_open]

    def _figures(self, tx: Transaction, tallies: Iterable[Tally]) -> Listing[Figures]:
        return Listing((figures_of(tally, _code(tx, tally.category) or None) for tally in tallies), FIGURES)


def _list(by: RankBy, currency: str | None, category: str) -> int:
    """What is sealed into a mark, so that it stands in its own list alone."""
    return crc32(repr((by.value, currency, category)).encode())


def _code(tx: Transaction, key: str) -> str:
    """The code of a category, or its key if it was deleted."""
    category = tx.categories.get(key)
    return key if category is None else category.code


def _shown(value: int, by: RankBy, currency: str | None) -> tuple[int | None, Money | None]:
    return (None, Money(value, currency)) if by.is_of_amounts and currency else (value, None)


def _ranked(places: Sequence[tuple[int, _Any]], before: int, higher: int) -> Iterator[tuple[int, tuple[int, _Any]]]:
    """Give ranks to the places of a page; ``before`` stand on earlier pages, ``higher`` have more than the first."""
    rank, last = higher + 1, None
    for at, place in enumerate(places, start=before + 1):
        if last is not None and place[0] != last:
            rank = at
        last = place[0]
        yield rank, place
