"""Running totals, as a store keeps them."""

from collections.abc import Sequence
from typing import Protocol

from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import Tally, TallyKey
from brokerage.storage.facts import Facts

__all__ = ["Tallies"]


class Tallies(Facts[TallyKey, Tally], Protocol):
    """Running totals by box, category and currency; 0 and "" stand for all members and all categories."""

    def of_member(self, box: BoxNumber) -> Sequence[Tally]:
        """Return the tallies of a box, by category and currency. O(their number)."""

    def of_category(self, category: str, after: tuple[BoxNumber, str] | None, limit: int) -> Sequence[Tally]:
        """Return the first tallies of a category behind a (box, currency), in that order. O(log n + limit)."""
