"""What the collections of items that are not yet on the market, and of the demand for them, keep."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.ports import Store, Transaction
from brokerage.records.items import Demand, Item, ItemState
from brokerage.records.numbers import BoxNumber, ItemNumber
from brokerage.records.offers import Details
from brokerage.testing.contracts.facts import ListedFactsContract, Mishap
from brokerage.testing.contracts.grounds import items

__all__ = ["DemandsContract", "ItemsContract"]

_NOON, _DAY, _BIT = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC), timedelta(days=1), timedelta(microseconds=1)
_AGES = datetime(9000, 1, 1, tzinfo=UTC)
_CATEGORY, _OTHER = "Möbel", "Züge"
_BOX = BoxNumber(7)
_CHANGE = 10**10


class ChangedFactsContract(ListedFactsContract):
    """What collections keep whose facts have a ``category``, a ``change`` that rises, and are mailed after it.

    The change of :meth:`fact` is the earlier, the higher its number, and each is still to be mailed.
    """

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the facts of a category by their changes."""
        found: Sequence[Any] = self.of(tx).changed(_CATEGORY, 0, 100)
        return found

    def changes(self, store: Store, after: int = 0, limit: int = 100) -> list[int]:
        """Return the keys of the facts of a category that changed after a change."""
        return [self.key(fact) for fact in store.read(lambda tx: self.of(tx).changed(_CATEGORY, after, limit))]

    def mailing(self, store: Store, limit: int = 100) -> list[int]:
        """Return the keys of the facts whose change is still to be mailed."""
        return [self.key(fact) for fact in store.read(lambda tx: self.of(tx).to_mail(limit))]

    def altered(self, fact: Any, **changes: Any) -> Any:
        """Return the next version of a fact, with changes."""
        return evolve(self.next(fact), **changes)

    def test_changes_come_in_their_order(self, store: Store) -> None:
        """What changed first comes first, whatever came first into the store, and whatever its number."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))
        assert self.changes(store) == [3, 2, 1]

    def test_changes_of_a_category_are_no_other_categorys(self, store: Store) -> None:
        """What changed in another category is not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), category=_OTHER))
        assert self.changes(store) == [1]

    def test_changes_go_on_behind_a_change(self, store: Store) -> None:
        """Whoever has heard of a change hears of the later ones only."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert {2, 1} == set(self.changes(store, after=self.fact(3).change))

    def test_no_more_changes_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the latest ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert {3, 2} == set(self.changes(store, limit=2))

    def test_the_last_change_counts(self, store: Store) -> None:
        """What changed again comes once, at the place of its last change."""
        old = self.fact(3)
        self.keep(store, self.fact(1), old)
        self.put(store, old, self.altered(old, change=_CHANGE + 5))
        assert self.changes(store, after=self.fact(2).change) == [1, 3]

    def test_what_is_to_be_mailed_comes_by_number(self, store: Store) -> None:
        """The lowest number is mailed first."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert self.mailing(store) == [1, 2, 3]

    def test_only_what_is_to_be_mailed(self, store: Store) -> None:
        """What is not for mailing, or has been mailed, is not among them; what changes again is."""
        old, quiet = self.fact(1), evolve(self.fact(2), mailing=False)
        self.keep(store, old, quiet, evolve(self.fact(3), mailing=False))
        self.put(store, old, self.altered(old, mailing=False))
        self.put(store, quiet, self.altered(quiet, mailing=True))
        assert self.mailing(store) == [2]

    def test_no_more_to_mail_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.mailing(store, limit=2)) == 2

    def test_a_failed_work_changes_nothing(self, store: Store) -> None:
        """What a failed unit of work changed and mailed is as it was in both lists."""
        old = self.fact(1)
        self.keep(store, old, self.fact(2))

        def work(tx: Transaction) -> None:
            self.of(tx).replace(old, self.altered(old, change=_CHANGE - 100, mailing=False))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert (set(self.changes(store, after=_CHANGE - 50)), set(self.mailing(store))) == ({1, 2}, {1, 2})


class ItemsContract(ChangedFactsContract):
    """What :class:`~brokerage.storage.reserving.Items` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "items"

    def fact(self, number: int) -> Item:
        """Return an announced item of member 7, which comes on the market on the day ``number``."""
        return Item(
            ItemNumber(number),
            _BOX,
            _CATEGORY,
            "Großer Tisch",
            Details(attributes=(("colour", "grün"),)),
            "JPY",
            _NOON + number * _DAY,
            _NOON,
            _CHANGE - number,
            mailing=True,
            mailed=BoxNumber(2),
            closing=True,
            version=3,
        )

    def key(self, fact: Item) -> ItemNumber:
        """Return an item's number."""
        return fact.number

    def three(self, store: Store) -> None:
        """Keep three items."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))

    def announced(
        self, store: Store, before: int | None = None, limit: int = 100, category: str | None = None
    ) -> list[int]:
        """Return the numbers of the announced items."""
        last = None if before is None else ItemNumber(before)
        return [item.number for item in store.read(lambda tx: tx.items.announced(category, last, limit))]

    def latest(self, store: Store, before: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of the latest items."""
        last = None if before is None else ItemNumber(before)
        return [item.number for item in store.read(lambda tx: tx.items.latest(last, limit))]

    def of_member(self, store: Store, before: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of the items that member 7 registered."""
        last = None if before is None else ItemNumber(before)
        return [item.number for item in store.read(lambda tx: tx.items.of_member(_BOX, last, limit))]

    def due(self, store: Store, now: datetime = _AGES, limit: int = 100) -> list[int]:
        """Return the numbers of the items that are released by an instant."""
        return [item.number for item in store.read(lambda tx: tx.items.due(now, limit))]

    def closing(self, store: Store, limit: int = 100) -> list[int]:
        """Return the numbers of the items whose open reservations are still to be ended."""
        return [item.number for item in store.read(lambda tx: tx.items.to_close(limit))]

    def next_release(self, store: Store) -> datetime | None:
        """Return the earliest release."""
        return store.read(lambda tx: tx.items.next_release())

    def test_the_announced_come_newest_first(self, store: Store) -> None:
        """The announced item with the highest number comes first, of a category and of all."""
        self.three(store)
        assert [self.announced(store), self.announced(store, category=_CATEGORY)] == [[3, 2, 1], [3, 2, 1]]

    def test_only_announced_items_are_announced(self, store: Store) -> None:
        """An item that is on the market, or was taken back, is not among them, whatever it was when it was added."""
        old, withdrawn = self.fact(1), evolve(self.fact(2), state=ItemState.WITHDRAWN)
        self.keep(store, old, withdrawn, self.fact(3))
        self.put(store, old, self.altered(old, state=ItemState.RELEASED))
        assert [self.announced(store), self.announced(store, category=_CATEGORY)] == [[3], [3]]

    def test_the_announced_of_a_category_are_no_other_categorys(self, store: Store) -> None:
        """Whoever asks for a category gets its items, and whoever asks for none those of every category."""
        self.keep(store, self.fact(1), evolve(self.fact(2), category=_OTHER))
        found = [set(self.announced(store, category=category)) for category in (_CATEGORY, _OTHER, "none", None)]
        assert found == [{1}, {2}, set(), {1, 2}]

    def test_the_announced_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.three(store)
        found = [set(self.announced(store, before=3, category=category)) for category in (_CATEGORY, None)]
        assert found == [{1, 2}, {1, 2}]

    def test_no_more_announced_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones."""
        self.three(store)
        found = [set(self.announced(store, limit=2, category=category)) for category in (_CATEGORY, None)]
        assert found == [{3, 2}, {3, 2}]

    def test_the_latest_come_newest_first(self, store: Store) -> None:
        """Every item is among the latest, the highest number first, in whatever state."""
        self.keep(store, self.fact(2), evolve(self.fact(3), state=ItemState.WITHDRAWN), self.fact(1))
        assert self.latest(store) == [3, 2, 1]

    def test_the_latest_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.three(store)
        assert {1, 2} == set(self.latest(store, before=3))

    def test_no_more_of_the_latest_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones."""
        self.three(store)
        assert {3, 2} == set(self.latest(store, limit=2))

    def test_a_members_items_come_newest_first(self, store: Store) -> None:
        """The item with the highest number comes first, in whatever state."""
        self.keep(store, self.fact(2), evolve(self.fact(3), state=ItemState.RELEASED), self.fact(1))
        assert self.of_member(store) == [3, 2, 1]

    def test_a_members_items_are_nobody_elses(self, store: Store) -> None:
        """Items of another member, or of the manager, are not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), box=BoxNumber(8)), evolve(self.fact(3), box=None))
        assert {1} == set(self.of_member(store))

    def test_a_members_items_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.three(store)
        assert {1, 2} == set(self.of_member(store, before=3))

    def test_no_more_items_of_a_member_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones."""
        self.three(store)
        assert {3, 2} == set(self.of_member(store, limit=2))

    def test_what_is_released_first_is_due_first(self, store: Store) -> None:
        """Items are due by their releases, and of one release by number."""
        same = [evolve(self.fact(number), release_at=_NOON) for number in (5, 4)]
        self.keep(store, self.fact(2), *same, self.fact(1))
        assert self.due(store) == [4, 5, 1, 2]

    def test_an_item_is_due_at_its_release(self, store: Store) -> None:
        """An item that is released in the very instant is due, one that is released a moment later is not."""
        self.keep(store, self.fact(1))
        assert [self.due(store, _NOON + _DAY - _BIT), self.due(store, _NOON + _DAY)] == [[], [1]]

    def test_no_more_due_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.three(store)
        assert len(self.due(store, limit=2)) == 2

    def test_a_moved_release_counts(self, store: Store) -> None:
        """The release that counts is that of the newest version."""
        old = self.fact(1)
        self.keep(store, old)
        self.put(store, old, self.altered(old, release_at=_NOON + 5 * _DAY))
        assert [self.due(store, _NOON + 4 * _DAY), self.due(store, _NOON + 6 * _DAY)] == [[], [1]]

    def test_what_is_announced_no_more_is_never_due(self, store: Store) -> None:
        """An item that is on the market, or was taken back, waits for nothing."""
        old = self.fact(1)
        self.keep(store, old, evolve(self.fact(2), state=ItemState.RELEASED))
        self.put(store, old, self.altered(old, state=ItemState.WITHDRAWN))
        assert self.due(store) == []

    def test_the_next_release_is_the_earliest(self, store: Store) -> None:
        """Of all announced items the earliest release."""
        self.keep(store, evolve(self.fact(1), state=ItemState.RELEASED), self.fact(3), self.fact(2))
        assert self.next_release(store) == _NOON + 2 * _DAY

    def test_without_announced_items_there_is_no_next_release(self, store: Store) -> None:
        """Where no item is announced any more there is none."""
        old = self.fact(1)
        self.keep(store, old)
        self.put(store, old, self.altered(old, state=ItemState.RELEASED))
        assert self.next_release(store) is None

    def test_what_is_to_be_closed_comes_by_number(self, store: Store) -> None:
        """The lowest number is closed first."""
        self.three(store)
        assert self.closing(store) == [1, 2, 3]

    def test_only_what_is_to_be_closed(self, store: Store) -> None:
        """An item that can be reserved, or all of whose reservations have ended, is not among them."""
        old = self.fact(1)
        self.keep(store, old, evolve(self.fact(2), closing=False), self.fact(3))
        self.put(store, old, self.altered(old, closing=False))
        assert {3} == set(self.closing(store))

    def test_no_more_to_close_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.three(store)
        assert len(self.closing(store, limit=2)) == 2

    def test_a_failed_work_leaves_the_releases(self, store: Store) -> None:
        """What a failed unit of work released, or to another instant, is announced and due as it was."""
        released, moved = self.fact(1), self.fact(2)
        self.keep(store, released, moved)

        def work(tx: Transaction) -> None:
            self.of(tx).replace(released, self.altered(released, state=ItemState.RELEASED))
            self.of(tx).replace(moved, self.altered(moved, release_at=_AGES))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert (set(self.announced(store)), set(self.due(store, _NOON + 3 * _DAY))) == ({1, 2}, {1, 2})


class DemandsContract(ChangedFactsContract):
    """What :class:`~brokerage.storage.reserving.Demands` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "demands"

    def ground(self, tx: Transaction) -> None:
        """Lay the items that are in demand."""
        items(tx, *range(1, 10))

    def fact(self, number: int) -> Demand:
        """Return the demand for an item."""
        return Demand(
            ItemNumber(number), _CATEGORY, 10**6, 10**12, _CHANGE - number, mailing=True, mailed=BoxNumber(2), version=3
        )

    def key(self, fact: Demand) -> ItemNumber:
        """Return the item's number."""
        return fact.item
