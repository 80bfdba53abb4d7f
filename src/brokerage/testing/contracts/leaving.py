"""What the collections of former members, reasons for withdrawal and failures to sign in keep."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from attrs import evolve

from brokerage.ports import Store, Transaction
from brokerage.records.members import FormerMember, MemberKind, SignInTries
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber
from brokerage.records.withdrawals import WithdrawalReason
from brokerage.testing.contracts.facts import ListedFactsContract, ListedRemovableFactsContract
from brokerage.testing.contracts.grounds import contacts, persons

__all__ = ["FormerMembersContract", "ReasonsContract", "TriesContract"]

_NOON, _HOUR = datetime(2026, 1, 5, 12, 1, 2, 345_678, tzinfo=UTC), timedelta(hours=1)
_AGES, _BIT = datetime(9000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class FormerMembersContract(ListedFactsContract):
    """What :class:`~brokerage.storage.people.FormerMembers` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "former"

    def ground(self, tx: Transaction) -> None:
        """Lay who the former members were, and how they were reached."""
        persons(tx, 7, 8)
        contacts(tx, 9)

    def fact(self, number: int) -> FormerMember:
        """Return a former member who was person 7."""
        return FormerMember(
            BoxNumber(number),
            PersonNumber(7),
            MemberKind.CORPORATION,
            ContactNumber(9),
            _NOON,
            _NOON + _HOUR,
            "moved, ü",
            Decimal("0.123456"),
            _NOON,
            _NOON + 2 * _HOUR,
            version=3,
        )

    def key(self, fact: FormerMember) -> BoxNumber:
        """Return a former member's box."""
        return fact.box

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the former members who were person 7."""
        return tx.former.of_person(PersonNumber(7))

    def test_the_former_members_of_a_person_come_by_box(self, store: Store) -> None:
        """Of the boxes that one person had the lowest comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert [former.box for former in store.read(self.listed)] == [1, 2, 3]

    def test_the_former_members_of_a_person_are_no_other_persons(self, store: Store) -> None:
        """Former members who were another person are not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), person=PersonNumber(8)))
        assert [former.box for former in store.read(self.listed)] == [1]

    def test_a_former_member_who_becomes_another_person_moves(self, store: Store) -> None:
        """A former member whose person changes is found with the new one."""
        old = evolve(self.fact(1), person=PersonNumber(8))
        self.keep(store, old)
        self.put(store, old, evolve(self.fact(1), version=old.version + 1))
        assert [former.box for former in store.read(self.listed)] == [1]

    def test_a_person_without_former_members_has_none(self, store: Store) -> None:
        """Nobody is found for a person that no former member was."""
        assert list(store.read(self.listed)) == []


class ReasonsContract(ListedRemovableFactsContract):
    """What :class:`~brokerage.storage.people.Reasons` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "reasons"

    def fact(self, number: int) -> WithdrawalReason:
        """Return a reason that was given."""
        return WithdrawalReason(f"reason {number}", f"Reason {number}", "moved, ü", False, 2**40, version=3)

    def key(self, fact: WithdrawalReason) -> str:
        """Return a reason's key."""
        return fact.key

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return every reason."""
        return tx.reasons.all()

    def test_all_reasons_come_by_key(self, store: Store) -> None:
        """The list of reasons is sorted."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert [reason.key for reason in store.read(self.listed)] == ["reason 1", "reason 2", "reason 3"]


class TriesContract(ListedRemovableFactsContract):
    """What :class:`~brokerage.storage.people.Tries` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "tries"

    def fact(self, number: int) -> SignInTries:
        """Return failures to sign in to a box whose number nobody may have."""
        return SignInTries(BoxNumber(2**62 + number), 7, _NOON, _NOON + _HOUR, version=3)

    def key(self, fact: SignInTries) -> BoxNumber:
        """Return the box that was named."""
        return fact.box

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return all failures."""
        return tx.tries.due(_AGES, 100)

    def due(self, store: Store, now: datetime = _AGES, limit: int = 100) -> list[int]:
        """Return the boxes whose failures are due, counted from the first."""
        return [tries.box - 2**62 for tries in store.read(lambda tx: tx.tries.due(now, limit))]

    def test_due_failures_come_by_time_and_box(self, store: Store) -> None:
        """What is to be forgotten earlier comes first, and of one instant the lowest box."""
        self.keep(store, self.fact(3), self.fact(1), evolve(self.fact(2), forget_at=_NOON))
        assert self.due(store) == [2, 1, 3]

    def test_failures_are_due_at_their_time(self, store: Store) -> None:
        """What is to be forgotten at an instant is due then, and not a bit earlier."""
        self.keep(store, self.fact(1))
        assert (self.due(store, _NOON + _HOUR), self.due(store, _NOON + _HOUR - _BIT)) == ([1], [])

    def test_no_more_failures_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert self.due(store, limit=2) == [1, 2]

    def test_failures_that_go_on_are_due_later(self, store: Store) -> None:
        """A new failure moves the time of forgetting."""
        old = self.fact(1)
        self.keep(store, old)
        self.put(store, old, evolve(self.next(old), forget_at=_NOON + 2 * _HOUR))
        assert (self.due(store, _NOON + _HOUR), self.due(store)) == ([], [1])

    def test_the_next_failure_to_forget_is_the_first(self, store: Store) -> None:
        """When the first is to be forgotten is known without it."""
        self.keep(store, self.fact(1), evolve(self.fact(2), forget_at=_NOON))
        assert store.read(lambda tx: tx.tries.next_due()) == _NOON

    def test_without_failures_there_is_no_next(self, store: Store) -> None:
        """Where nothing is to be forgotten, no instant is given, also when all are removed."""
        self.keep(store, self.fact(1))
        store.run(lambda tx: tx.tries.remove(self.fact(1)))
        assert store.read(lambda tx: tx.tries.next_due()) is None
