"""What the collections of members, their contacts, activities, credentials, persons, pauses and requests keep."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.errors import DuplicateFact
from brokerage.ports import Store, Transaction
from brokerage.records.contacts import Contact
from brokerage.records.members import Activity, Credentials, Fingerprint, Member, MemberKind, Person
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber
from brokerage.records.pauses import Pause
from brokerage.records.requests import Request
from brokerage.testing.contracts.facts import (
    FactsContract,
    ListedFactsContract,
    Mishap,
    RecordsContract,
    RemovableFactsContract,
)

__all__ = [
    "ActivitiesContract",
    "ContactsContract",
    "CredentialsContract",
    "MembersContract",
    "PausesContract",
    "PersonsContract",
    "RequestsContract",
]

_SINCE = datetime(2026, 1, 5, 12, 1, 2, 345_678, tzinfo=UTC)
_DAY = timedelta(days=1)
_AGES = datetime(9000, 1, 1, tzinfo=UTC)


class MembersContract(ListedFactsContract):
    """What :class:`~brokerage.storage.Members` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "members"

    def fact(self, number: int) -> Member:
        """Return a member of person 7."""
        return Member(
            BoxNumber(number),
            PersonNumber(7),
            MemberKind.CORPORATION,
            ContactNumber(9),
            _SINCE,
            Decimal("0.123456"),
            open_offers_allowed=5,
            mail_candidates=True,
            mail_deals=True,
            version=3,
        )

    def key(self, fact: Member) -> BoxNumber:
        """Return a member's box."""
        return fact.box

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the members of person 7."""
        return tx.members.of_person(PersonNumber(7))

    def test_the_members_of_a_person_come_by_box(self, store: Store) -> None:
        """Of the boxes of one person the lowest comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert [member.box for member in store.read(self.listed)] == [1, 2, 3]

    def test_the_members_of_a_person_are_no_other_persons(self, store: Store) -> None:
        """Members of another person are not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), person=PersonNumber(8)))
        assert [member.box for member in store.read(self.listed)] == [1]

    def test_a_member_who_becomes_another_person_moves(self, store: Store) -> None:
        """A member whose person changes is found with the new one."""
        old = evolve(self.fact(1), person=PersonNumber(8))
        self.keep(store, old)
        self.put(store, old, evolve(self.fact(1), version=old.version + 1))
        assert [member.box for member in store.read(self.listed)] == [1]

    def test_a_person_without_members_has_none(self, store: Store) -> None:
        """Nobody is found for a person that no member is."""
        assert list(store.read(self.listed)) == []


class ContactsContract(ListedFactsContract):
    """What :class:`~brokerage.storage.Contacts` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "contacts"

    def fact(self, number: int) -> Contact:
        """Return a contact of box 7."""
        return Contact(
            ContactNumber(number),
            BoxNumber(7),
            f"Zoë & Söhne, {number}",
            "2 Oak Row\nZürich",
            "555 0101",
            "zoë@home.example",
            "US-2",
            _SINCE,
            charged_account="purse",
            version=3,
        )

    def key(self, fact: Contact) -> ContactNumber:
        """Return a contact's number."""
        return fact.number

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the contacts of box 7."""
        return tx.contacts.of_box(BoxNumber(7))

    def test_the_contacts_of_a_box_come_by_number(self, store: Store) -> None:
        """The earliest version comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert [contact.number for contact in store.read(self.listed)] == [1, 2, 3]

    def test_the_contacts_of_a_box_are_no_other_boxes(self, store: Store) -> None:
        """Contacts of another box, or of none, are not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), box=BoxNumber(8)), evolve(self.fact(3), box=None))
        assert [contact.number for contact in store.read(self.listed)] == [1]

    def test_a_box_without_contacts_has_none(self, store: Store) -> None:
        """Nothing is found for a box that no contact has."""
        assert list(store.read(self.listed)) == []


class ActivitiesContract(FactsContract):
    """What the collection of members' activities keeps. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "activities"

    def fact(self, number: int) -> Activity:
        """Return how much a member has going on."""
        return Activity(BoxNumber(number), 2, 1, version=3)

    def key(self, fact: Activity) -> BoxNumber:
        """Return the member's box."""
        return fact.box


class CredentialsContract(FactsContract):
    """What the collection of credentials keeps. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "credentials"

    def fact(self, number: int) -> Credentials:
        """Return what is kept of a password."""
        return Credentials(BoxNumber(number), "scrypt$2$8$1$ü$", version=3)

    def key(self, fact: Credentials) -> BoxNumber:
        """Return the member's box."""
        return fact.box


class PersonsContract(FactsContract):
    """What :class:`~brokerage.storage.Persons` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "persons"

    def fact(self, number: int) -> Person:
        """Return a person who was joined to another."""
        return Person(PersonNumber(number), PersonNumber(9), 4, version=3)

    def key(self, fact: Person) -> PersonNumber:
        """Return a person's number."""
        return fact.number

    def test_a_fingerprint_is_found_by_its_digest(self, store: Store) -> None:
        """What was recognised once is recognised again, with the person of then."""
        prints = [Fingerprint("digest", PersonNumber(1)), Fingerprint("DIGEST", PersonNumber(2))]
        _recognise(store, *prints)
        assert prints == store.read(lambda tx: [tx.persons.fingerprint(each.digest) for each in prints])

    def test_an_unknown_digest_is_none(self, store: Store) -> None:
        """What was never seen is nobody's."""
        assert store.read(lambda tx: tx.persons.fingerprint("digest")) is None

    def test_a_known_digest_is_refused(self, store: Store) -> None:
        """A fingerprint stays with the person whom it was first seen with."""
        _recognise(store, Fingerprint("digest", PersonNumber(1)))
        with pytest.raises(DuplicateFact):
            _recognise(store, Fingerprint("digest", PersonNumber(2)))

    def test_a_fingerprint_of_a_failed_work_is_gone(self, store: Store) -> None:
        """What a failed unit of work recognised can be recognised anew."""

        def work(tx: Transaction) -> None:
            tx.persons.add_fingerprint(Fingerprint("digest", PersonNumber(1)))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        _recognise(store, Fingerprint("digest", PersonNumber(2)))


def _recognise(store: Store, *prints: Fingerprint) -> None:
    def work(tx: Transaction) -> None:
        for each in prints:
            tx.persons.add_fingerprint(each)

    store.run(work)


class PausesContract(RemovableFactsContract):
    """What :class:`~brokerage.storage.Pauses` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "pauses"

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


class RequestsContract(RecordsContract):
    """What the collection of requests keeps. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "requests"

    def fact(self, number: int) -> Request:
        """Return a request that was carried out."""
        return Request(BoxNumber(1), f"idü {number}", "digest", (1, 2**40))

    def key(self, fact: Request) -> tuple[BoxNumber, str]:
        """Return whose request it is, and its id."""
        return fact.box, fact.id

    def test_two_members_may_use_one_id(self, store: Store) -> None:
        """An id is a member's own: it takes nothing from another."""
        self.keep(store, self.fact(1), evolve(self.fact(1), box=BoxNumber(2)))
