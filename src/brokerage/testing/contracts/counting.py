"""What the collections of running totals, and of how far periodic work has come, keep."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from attrs import evolve

from brokerage.ports import Store, Transaction
from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import ALL_CATEGORIES, ALL_MEMBERS, Progress, Tally, TallyKey
from brokerage.testing.contracts.facts import FactsContract, ListedFactsContract

__all__ = ["ProgressContract", "TalliesContract"]

_NOON = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC)
_CATEGORY = "zürich"


class TalliesContract(ListedFactsContract):
    """What :class:`~brokerage.storage.counting.Tallies` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "tallies"

    def fact(self, number: int) -> Tally:
        """Return the tally of a member in a category and dollars."""
        return Tally(BoxNumber(number), _CATEGORY, "USD", 9, 2, 3, 8, 4, 1, 10**17, 10**18, version=3)

    def key(self, fact: Tally) -> TallyKey:
        """Return a tally's key."""
        return fact.key

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the tallies of the category."""
        return tx.tallies.of_category(_CATEGORY, None, 100)

    def member(self, store: Store, box: int) -> list[tuple[str, str]]:
        """Return the categories and currencies of the tallies of a member."""
        found = store.read(lambda tx: tx.tallies.of_member(BoxNumber(box)))
        return [(tally.category, tally.currency) for tally in found]

    def category(
        self, store: Store, category: str = _CATEGORY, after: tuple[int, str] | None = None, limit: int = 100
    ) -> list[tuple[int, str]]:
        """Return the boxes and currencies of the tallies of a category."""
        place = None if after is None else (BoxNumber(after[0]), after[1])
        found = store.read(lambda tx: tx.tallies.of_category(category, place, limit))
        return [(tally.box, tally.currency) for tally in found]

    def test_the_tallies_of_a_member_come_by_category_and_currency(self, store: Store) -> None:
        """The first category comes first, and within it the first currency, whatever came first into the store."""
        places = [("b", "USD"), ("a", "USD"), ("b", "EUR"), (ALL_CATEGORIES, "USD")]
        self.keep(store, *(evolve(self.fact(1), category=name, currency=code) for name, code in places))
        assert self.member(store, 1) == sorted(places)

    def test_the_tallies_of_a_member_are_no_other_members(self, store: Store) -> None:
        """Those of another member are not among them, nor those of all together."""
        self.keep(store, self.fact(1), self.fact(2), evolve(self.fact(2), box=ALL_MEMBERS))
        assert len(self.member(store, 1)) == 1

    def test_a_member_without_tallies_has_none(self, store: Store) -> None:
        """Nothing is found for somebody who has offered nothing."""
        self.keep(store, self.fact(1))
        assert self.member(store, 2) == []

    def test_the_tallies_of_a_category_come_by_box_and_currency(self, store: Store) -> None:
        """The lowest box comes first, all members together before it, and within a box the first currency."""
        places = [(2, "USD"), (10, "EUR"), (2, "EUR"), (0, "USD")]
        facts = [evolve(self.fact(1), box=BoxNumber(box), currency=code) for box, code in places]
        self.keep(store, *facts)
        assert self.category(store) == sorted(places)

    def test_the_tallies_of_a_category_are_no_other_categories(self, store: Store) -> None:
        """Those of another category are not among them, nor those of all together."""
        self.keep(store, self.fact(1), evolve(self.fact(2), category="a"), evolve(self.fact(3), category=""))
        assert len(self.category(store)) == len(self.category(store, ALL_CATEGORIES)) == 1

    def test_a_category_without_tallies_has_none(self, store: Store) -> None:
        """Nothing is found for a category in which nothing was offered."""
        self.keep(store, self.fact(1))
        assert self.category(store, "a") == []

    def test_the_tallies_of_a_category_go_on_behind_a_place(self, store: Store) -> None:
        """A page begins behind the last tally of the page before it, which it leaves out."""
        self.keep(store, self.fact(1), self.fact(2), evolve(self.fact(2), currency="EUR"), self.fact(3))
        assert {(2, "USD"), (3, "USD")} == set(self.category(store, after=(2, "EUR")))

    def test_no_more_tallies_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.category(store, limit=2)) == 2


class ProgressContract(FactsContract):
    """What is kept of periodic work's progress. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "progress"

    def fact(self, number: int) -> Progress:
        """Return how far a piece of work has come."""
        return Progress(f"Zählung {number}", _NOON, 2**40, version=3)

    def key(self, fact: Progress) -> str:
        """Return the name of the work."""
        return fact.name
