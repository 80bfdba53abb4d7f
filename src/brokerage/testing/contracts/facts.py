"""What every collection of facts keeps, whatever the facts are: found as they were, replaced by comparison, undone.

The suites of the collections build on these, and lay what their facts refer to as their ``ground``. A law looks only
at what it is about, so that a failure names what is wrong: most look at versions, and one at every field.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.errors import Conflict, DuplicateFact
from brokerage.ports import Store, Transaction
from brokerage.testing.contracts.grounds import GroundedContract

__all__ = [
    "FactsContract",
    "ListedFactsContract",
    "ListedRemovableFactsContract",
    "Mishap",
    "RecordsContract",
    "RemovableFactsContract",
]


class Mishap(Exception):
    """What a unit of work raises that fails on purpose."""


class RecordsContract(GroundedContract):
    """What :class:`~brokerage.storage.facts.Records` keep: facts by key that never change."""

    collection: ClassVar[str] = ""
    """What the transaction calls the collection."""

    def fact(self, number: int) -> Any:
        """Return a fact to keep, with something in every field; another number is another key."""
        raise NotImplementedError

    def key(self, fact: Any) -> Any:
        """Return a fact's key."""
        raise NotImplementedError

    def of(self, tx: Transaction) -> Any:
        """Return the collection."""
        return getattr(tx, self.collection)

    def add(self, tx: Transaction, fact: Any) -> None:
        """Add a fact within a unit of work."""
        self.of(tx).add(fact)

    def keep(self, store: Store, *facts: Any) -> None:
        """Keep facts in a unit of work of their own."""

        def work(tx: Transaction) -> None:
            for fact in facts:
                self.add(tx, fact)

        store.run(work)

    def found(self, store: Store, fact: Any) -> Any:
        """Return what is found under a fact's key."""
        return store.read(lambda tx: self.of(tx).get(self.key(fact)))

    def test_what_was_added_is_found_as_it_was(self, store: Store) -> None:
        """Every field of a fact comes back as it went in: text, amounts, rates, instants to the microsecond."""
        facts = [self.fact(number) for number in (1, 2, 3)]
        self.keep(store, *facts)
        assert facts == [self.found(store, fact) for fact in facts]

    def test_an_unknown_key_is_none(self, store: Store) -> None:
        """Where there is no fact, there is no error either."""
        self.keep(store, self.fact(1))
        assert self.found(store, self.fact(2)) is None

    def test_a_taken_key_is_refused(self, store: Store) -> None:
        """A second fact under one key is a ``DuplicateFact``."""
        self.keep(store, self.fact(1))
        with pytest.raises(DuplicateFact):
            self.keep(store, self.fact(1))

    def test_a_work_sees_what_it_has_added(self, store: Store) -> None:
        """Within a unit of work, what it has added is there."""

        def work(tx: Transaction) -> bool:
            self.add(tx, self.fact(1))
            return self.of(tx).get(self.key(self.fact(1))) is not None

        assert store.run(work)

    def test_what_a_failed_work_added_is_gone(self, store: Store) -> None:
        """The keys of facts that a failed unit of work has added are free."""

        def work(tx: Transaction) -> None:
            self.add(tx, self.fact(1))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        self.keep(store, self.fact(1))


class FactsContract(RecordsContract):
    """What :class:`~brokerage.storage.facts.Facts` keep: facts by key, replaced by comparison of their versions."""

    def next(self, fact: Any) -> Any:
        """Return the next version of a fact."""
        return evolve(fact, version=fact.version + 1)

    def version(self, store: Store, fact: Any) -> int:
        """Return the version that is found under a fact's key."""
        version: int = self.found(store, fact).version
        return version

    def found_as(self, store: Store, old: Any, new: Any) -> tuple[Any, Any]:
        """Put a fact in the place of an old one; return what is found then, and what that version is like."""
        self.put(store, old, new)
        found = self.found(store, old)
        return found, (new if found.version == new.version else old)

    def put(self, store: Store, old: Any, new: Any) -> None:
        """Replace a fact in a unit of work of its own."""
        store.run(lambda tx: self.of(tx).replace(old, new))

    def test_a_new_version_is_found_in_the_place_of_the_old(self, store: Store) -> None:
        """What was put in the place of a fact is there from then on."""
        old = self.fact(1)
        self.keep(store, old)
        self.put(store, old, self.next(old))
        assert self.version(store, old) == old.version + 1

    def test_replacing_an_old_version_is_a_conflict(self, store: Store) -> None:
        """Whoever replaces a version that was replaced before finds out: no update is lost."""
        old = self.fact(1)
        self.keep(store, old)

        def work(tx: Transaction) -> None:
            self.of(tx).replace(old, self.next(old))
            with pytest.raises(Conflict):
                self.of(tx).replace(old, self.next(old))

        store.run(work)

    def test_replacing_what_is_not_there_is_a_conflict(self, store: Store) -> None:
        """A fact that was never added is not replaced, and not added by the way."""

        def work(tx: Transaction) -> None:
            with pytest.raises(Conflict):
                self.of(tx).replace(self.fact(1), self.next(self.fact(1)))

        store.run(work)

    def test_a_work_sees_what_it_has_replaced(self, store: Store) -> None:
        """Within a unit of work, the new version is there."""
        old = self.fact(1)
        self.keep(store, old)

        def work(tx: Transaction) -> Any:
            self.of(tx).replace(old, self.next(old))
            return self.of(tx).get(self.key(old)).version

        assert store.run(work) == old.version + 1

    def test_what_a_failed_work_replaced_is_as_before(self, store: Store) -> None:
        """A failed unit of work leaves the old version."""
        old = self.fact(1)
        self.keep(store, old)

        def work(tx: Transaction) -> None:
            self.of(tx).replace(old, self.next(old))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert self.version(store, old) == old.version

    def test_replacing_one_leaves_the_others(self, store: Store) -> None:
        """No other fact changes with the one that is replaced."""
        one, other = self.fact(1), self.fact(2)
        self.keep(store, one, other)
        self.put(store, one, self.next(one))
        assert self.version(store, other) == other.version


class ListedFactsContract(FactsContract):
    """What collections keep whose facts are found by more than their keys."""

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the facts that the collection lists in one of its ways, those of :meth:`fact` among them."""
        raise NotImplementedError

    def test_what_a_failed_work_added_is_in_no_list(self, store: Store) -> None:
        """The lists are as they were before a unit of work that failed."""
        self.keep(store, self.fact(1))

        def work(tx: Transaction) -> None:
            self.add(tx, self.fact(2))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert [self.key(self.fact(1))] == [self.key(fact) for fact in store.read(self.listed)]

    def test_a_list_has_the_newest_version(self, store: Store) -> None:
        """What a list gives is the fact as it is now."""
        old = self.fact(1)
        self.keep(store, old)
        self.put(store, old, self.next(old))
        assert [old.version + 1] == [fact.version for fact in store.read(self.listed)]


class RemovableFactsContract(FactsContract):
    """What collections keep whose facts can be removed."""

    def test_what_was_removed_is_gone(self, store: Store) -> None:
        """A removed fact is found no more."""
        self.keep(store, self.fact(1))
        store.run(lambda tx: self.of(tx).remove(self.fact(1)))
        assert self.found(store, self.fact(1)) is None

    def test_a_removed_key_is_free(self, store: Store) -> None:
        """The key of a removed fact can be taken again."""
        self.keep(store, self.fact(1))
        store.run(lambda tx: self.of(tx).remove(self.fact(1)))
        self.keep(store, self.fact(1))

    def test_removing_an_old_version_is_a_conflict(self, store: Store) -> None:
        """Whoever removes a version that was replaced before finds out."""
        old = self.fact(1)
        self.keep(store, old)

        def work(tx: Transaction) -> None:
            self.of(tx).replace(old, self.next(old))
            with pytest.raises(Conflict):
                self.of(tx).remove(old)

        store.run(work)

    def test_removing_what_is_not_there_is_a_conflict(self, store: Store) -> None:
        """What was never added cannot be removed."""

        def work(tx: Transaction) -> None:
            with pytest.raises(Conflict):
                self.of(tx).remove(self.fact(1))

        store.run(work)

    def test_what_a_failed_work_removed_is_there(self, store: Store) -> None:
        """A failed unit of work leaves what it has removed."""
        self.keep(store, self.fact(1))

        def work(tx: Transaction) -> None:
            self.of(tx).remove(self.fact(1))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        with pytest.raises(DuplicateFact):
            self.keep(store, self.fact(1))


class ListedRemovableFactsContract(ListedFactsContract, RemovableFactsContract):
    """What collections keep whose facts can be removed and are found by more than their keys."""

    def test_what_was_removed_is_in_no_list(self, store: Store) -> None:
        """A removed fact is listed no more."""
        self.keep(store, self.fact(1), self.fact(2))
        store.run(lambda tx: self.of(tx).remove(self.fact(1)))
        assert self.key(self.fact(1)) not in [self.key(fact) for fact in store.read(self.listed)]
