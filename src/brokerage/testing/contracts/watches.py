"""What the collection of watches keeps."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.ports import Store, Transaction
from brokerage.records.numbers import BoxNumber
from brokerage.records.watches import Topic, Watch, When
from brokerage.testing.contracts.facts import ListedRemovableFactsContract, Mishap

__all__ = ["WatchesContract"]

_NOON, _DAY, _BIT = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC), timedelta(days=1), timedelta(microseconds=1)
_AGES = datetime(9000, 1, 1, tzinfo=UTC)
_TOPIC, _CATEGORY, _OTHER = Topic.ITEMS, "Möbel", "Züge"


class WatchesContract(ListedRemovableFactsContract):
    """What :class:`~brokerage.storage.reserving.Watches` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "watches"

    def fact(self, number: int) -> Watch:
        """Return member 7's wish for digests of a category of its own, the next of which is due on a day."""
        return Watch(
            BoxNumber(7), _TOPIC, f"straße {number}", When.REGULARLY, _NOON + number * _DAY, 10**10 + number, version=3
        )

    def key(self, fact: Watch) -> tuple[BoxNumber, Topic, str]:
        """Return whose wish it is, and what about."""
        return fact.box, fact.topic, fact.category

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return what member 7 wants to hear of."""
        return tx.watches.of_member(BoxNumber(7))

    def regular(self, box: int) -> Watch:
        """Return a member's wish for digests of one category."""
        return evolve(self.fact(1), box=BoxNumber(box), category=_CATEGORY, due=_NOON + box * _DAY)

    def immediate(self, box: int) -> Watch:
        """Return a member's wish to hear at once of one category."""
        return evolve(self.regular(box), when=When.AT_ONCE, due=None)

    def others(self, make: Any) -> list[Watch]:
        """Return wishes for another topic and for another category."""
        return [evolve(make(8), topic=Topic.DEMAND), evolve(make(9), category=_OTHER)]

    def at_once(self, store: Store, after: int = 0, limit: int = 100) -> list[int]:
        """Return the boxes of those who want to hear at once."""
        found = store.read(lambda tx: tx.watches.at_once(_TOPIC, _CATEGORY, BoxNumber(after), limit))
        return [watch.box for watch in found]

    def watching(self, store: Store, after: int = 0, limit: int = 100) -> list[int]:
        """Return the boxes of those who want to hear."""
        found = store.read(lambda tx: tx.watches.watching(_TOPIC, _CATEGORY, BoxNumber(after), limit))
        return [watch.box for watch in found]

    def due(self, store: Store, now: datetime = _AGES, limit: int = 100) -> list[tuple[int, str, str]]:
        """Return the keys of the wishes whose digest is due."""
        found = store.read(lambda tx: tx.watches.due(now, limit))
        return [(watch.box, watch.topic.value, watch.category) for watch in found]

    def test_a_members_watches_come_by_topic_and_category(self, store: Store) -> None:
        """Of a member's wishes those about the first topic come first, and of a topic that of the first category."""
        demand = [evolve(self.fact(number), topic=Topic.DEMAND) for number in (4, 2)]
        self.keep(store, self.fact(3), *demand, self.fact(1))
        found = [(watch.topic.value, watch.category[-1]) for watch in store.read(self.listed)]
        assert found == [("demand", "2"), ("demand", "4"), ("items", "1"), ("items", "3")]

    def test_a_members_watches_are_nobody_elses(self, store: Store) -> None:
        """Another member's wishes are not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), box=BoxNumber(8)))
        assert {7} == {watch.box for watch in store.read(self.listed)}

    def test_who_hears_at_once_comes_by_box(self, store: Store) -> None:
        """The lowest box comes first."""
        self.keep(store, *(self.immediate(box) for box in (3, 1, 2)))
        assert self.at_once(store) == [1, 2, 3]

    def test_only_who_wants_to_hear_at_once(self, store: Store) -> None:
        """Whoever wants digests, or has come to want them, does not hear at once; who changes to it does."""
        immediate, regular = self.immediate(1), self.regular(2)
        self.keep(store, immediate, regular, self.regular(3))
        self.put(store, immediate, evolve(self.next(immediate), when=When.REGULARLY, due=_NOON))
        self.put(store, regular, evolve(self.next(regular), when=When.AT_ONCE, due=None))
        assert {2} == set(self.at_once(store))

    def test_who_hears_at_once_hears_of_that(self, store: Store) -> None:
        """Whoever wants to hear of another topic or category is not among them."""
        self.keep(store, self.immediate(7), *self.others(self.immediate))
        assert {7} == set(self.at_once(store))

    def test_who_hears_at_once_goes_on_behind_a_box(self, store: Store) -> None:
        """A page begins behind the last box of the page before it, which it leaves out."""
        self.keep(store, *(self.immediate(box) for box in (1, 2, 3)))
        assert {2, 3} == set(self.at_once(store, after=1))

    def test_no_more_who_hear_at_once_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.immediate(box) for box in (1, 2, 3)))
        assert {1, 2} == set(self.at_once(store, limit=2))

    def test_who_watches_comes_by_box(self, store: Store) -> None:
        """The lowest box comes first."""
        self.keep(store, *(self.regular(box) for box in (3, 1, 2)))
        assert self.watching(store) == [1, 2, 3]

    def test_who_hears_at_once_and_regularly_watches(self, store: Store) -> None:
        """Those who want to hear at once are among those who watch, as are those who want digests."""
        self.keep(store, self.regular(2), self.immediate(1))
        assert {1, 2} == set(self.watching(store))

    def test_who_watches_watches_that(self, store: Store) -> None:
        """Whoever wants to hear of another topic or category is not among them."""
        self.keep(store, self.regular(7), *self.others(self.regular))
        assert {7} == set(self.watching(store))

    def test_who_watches_goes_on_behind_a_box(self, store: Store) -> None:
        """A page begins behind the last box of the page before it, which it leaves out."""
        self.keep(store, *(self.regular(box) for box in (1, 2, 3)))
        assert {2, 3} == set(self.watching(store, after=1))

    def test_no_more_who_watch_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.regular(box) for box in (1, 2, 3)))
        assert {1, 2} == set(self.watching(store, limit=2))

    def test_the_first_digest_comes_first(self, store: Store) -> None:
        """Digests are due by instant, and of one instant by box, topic and category."""
        same = evolve(self.fact(5), due=_NOON)
        later = [evolve(same, category=_CATEGORY), evolve(same, topic=Topic.DEMAND), evolve(same, box=BoxNumber(6))]
        self.keep(store, self.fact(2), same, *later, self.fact(1))
        first = [(6, "items", "straße 5"), (7, "demand", "straße 5"), (7, "items", _CATEGORY), (7, "items", "straße 5")]
        assert [*first, (7, "items", "straße 1"), (7, "items", "straße 2")] == self.due(store)

    def test_a_digest_is_due_at_its_instant(self, store: Store) -> None:
        """A digest for the very instant is due, one for a moment later is not."""
        self.keep(store, self.fact(1))
        assert [len(self.due(store, now)) for now in (_NOON + _DAY - _BIT, _NOON + _DAY)] == [0, 1]

    def test_no_more_digests_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.due(store, limit=2)) == 2

    def test_the_next_digest_is_that_of_the_newest_version(self, store: Store) -> None:
        """A digest that was sent is due at the next one's instant."""
        old = self.fact(1)
        self.keep(store, old)
        self.put(store, old, evolve(self.next(old), due=_NOON + 5 * _DAY))
        assert [len(self.due(store, _NOON + days * _DAY)) for days in (4, 6)] == [0, 1]

    def test_who_hears_at_once_gets_no_digest(self, store: Store) -> None:
        """A wish without a digest, or that has none any more, is never due."""
        old = self.regular(1)
        self.keep(store, old, self.immediate(2))
        self.put(store, old, evolve(self.next(old), when=When.AT_ONCE, due=None))
        assert self.due(store) == []

    def test_the_next_due_is_the_earliest(self, store: Store) -> None:
        """Of all digests the earliest instant."""
        self.keep(store, self.fact(2), self.fact(1), self.immediate(3))
        assert store.read(lambda tx: tx.watches.next_due()) == _NOON + _DAY

    def test_without_digests_nothing_is_next(self, store: Store) -> None:
        """Where nobody wants a digest any more there is none."""
        self.keep(store, self.fact(1), self.immediate(3))
        store.run(lambda tx: tx.watches.remove(self.fact(1)))
        assert store.read(lambda tx: tx.watches.next_due()) is None

    def test_whoever_wants_to_hear_no_more_does_not(self, store: Store) -> None:
        """A wish that was removed is among none of those who are told."""
        immediate, regular = self.immediate(1), self.regular(2)
        self.keep(store, immediate, regular)
        store.run(lambda tx: tx.watches.remove(immediate))
        store.run(lambda tx: tx.watches.remove(regular))
        assert (self.at_once(store), self.watching(store), self.due(store)) == ([], [], [])

    def test_a_failed_work_leaves_who_watches(self, store: Store) -> None:
        """Whose wish a failed unit of work changed or removed hears as before."""
        immediate, regular = self.immediate(1), self.regular(2)
        self.keep(store, immediate, regular)

        def work(tx: Transaction) -> None:
            tx.watches.replace(immediate, evolve(self.next(immediate), when=When.REGULARLY, due=_NOON))
            tx.watches.remove(regular)
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        found = (set(self.at_once(store)), set(self.watching(store)), {box for box, *_ in self.due(store)})
        assert found == ({1}, {1, 2}, {2})
