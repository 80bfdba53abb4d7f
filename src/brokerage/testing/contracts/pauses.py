"""What the collection of pauses keeps."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from attrs import evolve

from brokerage.ports import Store, Transaction
from brokerage.records.numbers import PersonNumber
from brokerage.records.pauses import Pause
from brokerage.testing.contracts.facts import ListedRemovableFactsContract
from brokerage.testing.contracts.grounds import persons

__all__ = ["PausesContract"]

_SINCE, _DAY = datetime(2026, 1, 5, 12, 1, 2, 345_678, tzinfo=UTC), timedelta(days=1)
_AGES = datetime(9000, 1, 1, tzinfo=UTC)


class PausesContract(ListedRemovableFactsContract):
    """What :class:`~brokerage.storage.pauses.Pauses` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "pauses"

    def ground(self, tx: Transaction) -> None:
        """Lay who pauses."""
        persons(tx, 6, 7, 8)

    def fact(self, number: int) -> Pause:
        """Return a pause of person 7 in a category of its own, to the end of the day ``number``."""
        return Pause(PersonNumber(7), f"straße {number}", _SINCE + number * _DAY, version=3)

    def key(self, fact: Pause) -> tuple[PersonNumber, str]:
        """Return a pause's key."""
        return fact.key

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the pauses of person 7."""
        return tx.pauses.of_person(PersonNumber(7))

    def test_the_pauses_of_a_person_come_by_category(self, store: Store) -> None:
        """Of a person's pauses that of the first category comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert [self.fact(number).key for number in (1, 2, 3)] == [fact.key for fact in store.read(self.listed)]

    def test_the_pauses_of_a_person_are_no_other_persons(self, store: Store) -> None:
        """Pauses of another person are not among them, be they of the same category."""
        self.keep(store, self.fact(1), evolve(self.fact(1), person=PersonNumber(8)))
        assert [fact.person for fact in store.read(self.listed)] == [7]

    def test_a_person_without_pauses_has_none(self, store: Store) -> None:
        """Nothing is found for a person who need not wait."""
        assert list(store.read(self.listed)) == []

    def test_the_first_to_end_come_first(self, store: Store) -> None:
        """Pauses are due by their ends, and of one end by person and category."""
        same = [evolve(self.fact(number), until=_SINCE) for number in (5, 4)]
        self.keep(store, self.fact(2), *same, evolve(same[0], person=PersonNumber(6)), self.fact(1))
        keys = [(6, "straße 5"), (7, "straße 4"), (7, "straße 5"), (7, "straße 1"), (7, "straße 2")]
        assert keys == [fact.key for fact in self._due(store, _AGES)]

    def test_only_what_ends_by_the_instant(self, store: Store) -> None:
        """A pause that ends in the very instant is due, one that ends a moment later is not."""
        self.keep(store, self.fact(1))
        instants = (_SINCE + _DAY, _SINCE + _DAY - timedelta(microseconds=1))
        assert [len(self._due(store, instant)) for instant in instants] == [1, 0]

    def test_no_more_due_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self._due(store, _AGES, 2)) == 2

    def test_a_prolonged_pause_is_due_at_its_new_end(self, store: Store) -> None:
        """The end that counts is that of the newest version."""
        self.keep(store, self.fact(1), self.fact(2))
        self.put(store, self.fact(1), self.fact(1).prolonged(_SINCE + 3 * _DAY))
        assert [fact.category for fact in self._due(store, _AGES)] == ["straße 2", "straße 1"]

    def test_the_next_end_is_the_earliest(self, store: Store) -> None:
        """Of all pauses the earliest end."""
        self.keep(store, self.fact(2), self.fact(1))
        assert store.read(lambda tx: tx.pauses.next_end()) == _SINCE + _DAY

    def test_without_pauses_there_is_no_next_end(self, store: Store) -> None:
        """Where nobody waits there is none."""
        self.keep(store, self.fact(1))
        store.run(lambda tx: tx.pauses.remove(self.fact(1)))
        assert store.read(lambda tx: tx.pauses.next_end()) is None

    def _due(self, store: Store, instant: datetime, limit: int = 100) -> Sequence[Pause]:
        return store.read(lambda tx: tx.pauses.due(instant, limit))
