"""What the collections of members, their contacts, activities, credentials, persons and requests keep."""

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
from brokerage.records.numbers import BoxNumber, ContactNumber, NewsNumber, PersonNumber
from brokerage.testing.contracts.facts import (
    FactsContract,
    ListedFactsContract,
    ListedRemovableFactsContract,
    Mishap,
    RemovableFactsContract,
)
from brokerage.testing.contracts.grounds import contacts, persons

__all__ = [
    "ActivitiesContract",
    "ContactsContract",
    "CredentialsContract",
    "MembersContract",
    "PersonsContract",
]

_SINCE, _HOUR = datetime(2026, 1, 5, 12, 1, 2, 345_678, tzinfo=UTC), timedelta(hours=1)
_AGES = datetime(9000, 1, 1, tzinfo=UTC)


class MembersContract(ListedRemovableFactsContract):
    """What :class:`~brokerage.storage.people.Members` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "members"

    def ground(self, tx: Transaction) -> None:
        """Lay who the members are, and how they are reached."""
        persons(tx, 7, 8)
        contacts(tx, 9)

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
            mail_news=True,
            quiet_since=_SINCE + _HOUR,
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

    def after(self, store: Store, box: int, limit: int = 100) -> list[int]:
        """Return the boxes of the members behind a box."""
        return [member.box for member in store.read(lambda tx: tx.members.after(BoxNumber(box), limit))]

    def test_members_come_by_box(self, store: Store) -> None:
        """Of all members the one with the lowest box comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert self.after(store, 0) == [1, 2, 3]

    def test_members_go_on_behind_a_box(self, store: Store) -> None:
        """A page begins behind the last box of the page before it, which it leaves out."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert {2, 3} == set(self.after(store, 1))

    def test_no_more_members_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert {1, 2} == set(self.after(store, 0, limit=2))

    def test_each_member_comes_once(self, store: Store) -> None:
        """A member who was changed is one member still."""
        self.keep(store, self.fact(1))
        self.put(store, self.fact(1), self.next(self.fact(1)))
        assert len(self.after(store, 0)) == 1

    def quiet(self, store: Store, before: datetime = _AGES, limit: int = 100) -> list[int]:
        """Return the boxes of the members who were quiet."""
        return [member.box for member in store.read(lambda tx: tx.members.quiet(before, limit))]

    def told(self, store: Store, before: datetime = _AGES, limit: int = 100) -> list[int]:
        """Return the boxes of the members who were told."""
        return [member.box for member in store.read(lambda tx: tx.members.told(before, limit))]

    def test_the_quiet_come_by_since_when_and_box(self, store: Store) -> None:
        """Who was quiet for longest is first, and of one instant the lowest box."""
        self.keep(store, self.fact(3), self.fact(1), evolve(self.fact(2), quiet_since=_SINCE + _HOUR / 2))
        assert self.quiet(store) == [2, 1, 3]

    def test_without_a_sign_since_registering(self, store: Store) -> None:
        """Who gave no sign that is known was quiet since registering."""
        self.keep(store, evolve(self.fact(1), quiet_since=None))
        assert (self.quiet(store), store.read(lambda tx: tx.members.next_quiet())) == ([1], _SINCE)

    def test_quiet_for_just_as_long(self, store: Store) -> None:
        """Who was quiet since the very instant is among them, and who was since a bit later is not."""
        self.keep(store, self.fact(1))
        since = _SINCE + _HOUR
        assert (self.quiet(store, since), self.quiet(store, since - timedelta(microseconds=1))) == ([1], [])

    def test_no_more_of_the_quiet_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert self.quiet(store, limit=2) == [1, 2]

    def test_who_gave_a_sign_is_quiet_since_then(self, store: Store) -> None:
        """A later sign moves a member on."""
        old = self.fact(1)
        self.keep(store, old)
        self.put(store, old, evolve(self.next(old), quiet_since=_SINCE + 2 * _HOUR))
        assert (self.quiet(store, _SINCE + _HOUR), self.quiet(store)) == ([], [1])

    def test_who_was_told_is_no_more_among_the_quiet(self, store: Store) -> None:
        """A member is waited for in one of two ways: until told, or until answering."""
        self.keep(store, evolve(self.fact(1), told_at=_SINCE), self.fact(2))
        assert (self.quiet(store), self.told(store)) == ([2], [1])

    def test_the_told_come_by_when_and_box(self, store: Store) -> None:
        """Who was told first is first, whatever came first into the store."""
        late, early = evolve(self.fact(1), told_at=_SINCE + _HOUR), evolve(self.fact(2), told_at=_SINCE)
        self.keep(store, late, early)
        assert self.told(store) == [2, 1]

    def test_told_at_just_then(self, store: Store) -> None:
        """Who was told at the very instant is among them, and who was a bit later is not."""
        self.keep(store, evolve(self.fact(1), told_at=_SINCE))
        assert (self.told(store, _SINCE), self.told(store, _SINCE - timedelta(microseconds=1))) == ([1], [])

    def test_no_more_of_the_told_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(evolve(self.fact(number), told_at=_SINCE) for number in (1, 2, 3)))
        assert self.told(store, limit=2) == [1, 2]

    def test_who_answered_is_told_no_more(self, store: Store) -> None:
        """A member who has answered is among the quiet again, since the answer."""
        old = evolve(self.fact(1), told_at=_SINCE)
        self.keep(store, old)
        self.put(store, old, evolve(self.next(old), told_at=None))
        assert (self.quiet(store), self.told(store)) == ([1], [])

    def test_the_next_are_the_first(self, store: Store) -> None:
        """Since when the first was quiet, and when the first was told, is known without them."""
        told = evolve(self.fact(3), told_at=_SINCE + 4 * _HOUR), evolve(self.fact(4), told_at=_SINCE + 3 * _HOUR)
        self.keep(store, self.fact(1), evolve(self.fact(2), quiet_since=_SINCE), *told)
        first = store.read(lambda tx: (tx.members.next_quiet(), tx.members.next_told()))
        assert first == (_SINCE, _SINCE + 3 * _HOUR)

    def test_without_members_there_is_no_next(self, store: Store) -> None:
        """Where nobody is quiet or was told, no instant is given, also when all have gone."""
        told = evolve(self.fact(2), told_at=_SINCE)
        self.keep(store, self.fact(1), told)
        store.run(lambda tx: tx.members.remove(self.fact(1)))
        store.run(lambda tx: tx.members.remove(told))
        assert store.read(lambda tx: (tx.members.next_quiet(), tx.members.next_told())) == (None, None)


class ContactsContract(ListedFactsContract):
    """What :class:`~brokerage.storage.people.Contacts` keep. The fixture ``store`` gives a new, empty store."""

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


class ActivitiesContract(RemovableFactsContract):
    """What the collection of members' activities keeps. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "activities"

    def fact(self, number: int) -> Activity:
        """Return how much a member has going on."""
        return Activity(BoxNumber(number), 2, 1, _SINCE, NewsNumber(2**40), version=3)

    def key(self, fact: Activity) -> BoxNumber:
        """Return the member's box."""
        return fact.box


class CredentialsContract(RemovableFactsContract):
    """What the collection of credentials keeps. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "credentials"

    def fact(self, number: int) -> Credentials:
        """Return what is kept of a password."""
        return Credentials(BoxNumber(number), "scrypt$2$8$1$ü$", version=3)

    def key(self, fact: Credentials) -> BoxNumber:
        """Return the member's box."""
        return fact.box


class PersonsContract(FactsContract):
    """What :class:`~brokerage.storage.people.Persons` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "persons"

    def ground(self, tx: Transaction) -> None:
        """Lay whom persons were joined to, and who was recognised."""
        persons(tx, 9, 11, 12)

    def fact(self, number: int) -> Person:
        """Return a person who was joined to another."""
        return Person(PersonNumber(number), PersonNumber(9), 4, 5, version=3)

    def key(self, fact: Person) -> PersonNumber:
        """Return a person's number."""
        return fact.number

    def test_a_fingerprint_is_found_by_its_digest(self, store: Store) -> None:
        """What was recognised once is recognised again, with the person of then."""
        prints = [Fingerprint("digest", PersonNumber(11)), Fingerprint("DIGEST", PersonNumber(12))]
        _recognise(store, *prints)
        assert prints == store.read(lambda tx: [tx.persons.fingerprint(each.digest) for each in prints])

    def test_an_unknown_digest_is_none(self, store: Store) -> None:
        """What was never seen is nobody's."""
        assert store.read(lambda tx: tx.persons.fingerprint("digest")) is None

    def test_a_known_digest_is_refused(self, store: Store) -> None:
        """A fingerprint stays with the person whom it was first seen with."""
        _recognise(store, Fingerprint("digest", PersonNumber(11)))
        with pytest.raises(DuplicateFact):
            _recognise(store, Fingerprint("digest", PersonNumber(12)))

    def test_a_fingerprint_of_a_failed_work_is_gone(self, store: Store) -> None:
        """What a failed unit of work recognised can be recognised anew."""

        def work(tx: Transaction) -> None:
            tx.persons.add_fingerprint(Fingerprint("digest", PersonNumber(11)))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        _recognise(store, Fingerprint("digest", PersonNumber(12)))

    def complainant(self, number: int, filed: int) -> Person:
        """Return a person, joined to no other, who filed so many complaints."""
        return evolve(self.fact(number), joined_into=None, filed=filed)

    def who_filed(
        self, store: Store, at_least: int = 1, after: tuple[int, int] | None = None, limit: int = 100
    ) -> list[int]:
        """Return the numbers of the persons who filed complaints."""
        last = None if after is None else (after[0], PersonNumber(after[1]))
        return [person.number for person in store.read(lambda tx: tx.persons.who_filed(at_least, last, limit))]

    def test_who_filed_most_comes_first(self, store: Store) -> None:
        """Who filed more comes before who filed less, and of equals the lower number first."""
        self.keep(store, *(self.complainant(number, filed) for number, filed in ((4, 1), (3, 10), (2, 1), (1, 9))))
        assert self.who_filed(store) == [3, 1, 2, 4]

    def test_who_filed_less_is_left_out(self, store: Store) -> None:
        """Who filed exactly as many is among them, who filed fewer is not."""
        self.keep(store, *(self.complainant(number, number - 1) for number in (1, 2, 3, 4)))
        assert [{2, 3, 4}, {3, 4}] == [set(self.who_filed(store, at_least)) for at_least in (1, 2)]

    def test_who_filed_goes_on_behind_a_person(self, store: Store) -> None:
        """A page begins behind the last person of the page before it, also among equals."""
        self.keep(store, *(self.complainant(number, filed) for number, filed in ((1, 3), (2, 2), (3, 2), (4, 1))))
        assert {3, 4} == set(self.who_filed(store, after=(2, 2)))

    def test_no_more_who_filed_than_asked_for(self, store: Store) -> None:
        """A limit cuts off who filed least."""
        self.keep(store, *(self.complainant(number, number) for number in (1, 2, 3)))
        assert {3, 2} == set(self.who_filed(store, limit=2))

    def test_who_was_joined_to_another_did_not_file(self, store: Store) -> None:
        """Of a joined person, what the root filed counts alone."""
        old = self.complainant(1, 3)
        self.keep(store, old, self.fact(2))
        self.put(store, old, evolve(self.next(old), joined_into=PersonNumber(2)))
        assert self.who_filed(store) == []

    def test_who_filed_is_as_it_is_now(self, store: Store) -> None:
        """A person who filed one more, or whose complaint was annulled, stands where that leads, once."""
        two, one = self.complainant(1, 1), self.complainant(2, 1)
        self.keep(store, two, one)
        self.put(store, two, evolve(self.next(two), filed=2))
        self.put(store, one, evolve(self.next(one), filed=0))
        assert [{1}, {1}] == [set(self.who_filed(store, at_least)) for at_least in (1, 2)]

    def test_who_filed_in_a_failed_work_did_not(self, store: Store) -> None:
        """The list is as it was before a unit of work that failed."""

        def work(tx: Transaction) -> None:
            tx.persons.add(self.complainant(1, 3))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert self.who_filed(store) == []


def _recognise(store: Store, *prints: Fingerprint) -> None:
    def work(tx: Transaction) -> None:
        for each in prints:
            tx.persons.add_fingerprint(each)

    store.run(work)
