"""Persons: who is the same, whatever name and box, now and in the past (spec M9)."""

import hashlib
import hmac
import re
import unicodedata
from datetime import datetime
from typing import Protocol

from attrs import frozen

from brokerage.errors import InvalidText
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.members import Fingerprint, Person
from brokerage.records.numbers import PersonNumber
from brokerage.records.offers import OfferState, of_person
from brokerage.records.reservations import ReservationState
from brokerage.records.versions import next_version
from brokerage.services.guards import guard_members
from brokerage.services.inputs import text
from brokerage.services.market.probing import join_pauses

__all__ = ["Persons", "Reachable", "check_reachable", "root_of"]


class Reachable(Protocol):
    """Whoever can be reached and paid: an applicant, or a member by a contact."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def telephone(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def bank_account(self) -> str: ...


def _normal_email(email: str) -> str:
    return unicodedata.normalize("NFKC", email).strip().casefold()


def _normal_telephone(telephone: str) -> str:
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", telephone))
    return digits.removeprefix("00")


def _normal_account(account: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", account)).upper()


def check_reachable(party: Reachable, policy: Policy) -> None:
    """Refuse what cannot be a party's data, by the name of its field (V2)."""
    for name in ("name", "address", "telephone", "email", "bank_account"):
        text(getattr(party, name), name, policy.name_length)
    if "@" not in party.email:
        raise InvalidText("email", party.email, "an e-mail address", "write it with its @")
    if not _normal_telephone(party.telephone):
        raise InvalidText("telephone", party.telephone, "a telephone number", "write its digits")
    if not _normal_account(party.bank_account):
        raise InvalidText("bank_account", party.bank_account, "a bank account", "write its number")


def root_of(tx: Transaction, number: PersonNumber) -> Person:
    """Return the person that a person is part of by now: the one that has the points."""
    person = tx.persons.get(number)
    assert person is not None
    while person.joined_into is not None:
        person = tx.persons.get(person.joined_into)
        assert person is not None
    return person


@frozen
class Persons:
    """Recognises persons by keyed hashes of how they can be reached.

    Args:
        secret: the key; a store must always be used with the same one.
    """

    secret: bytes

    def known(self, tx: Transaction, party: Reachable) -> list[Person]:
        """Return the persons who used any of this before, as members, by number. Nothing is written."""
        seen = (tx.persons.fingerprint(digest) for digest in self._digests(party))
        roots = {root.number: root for root in (root_of(tx, each.person) for each in seen if each is not None)}
        return [roots[number] for number in sorted(roots)]

    def recognise(
        self, tx: Transaction, party: Reachable, now: datetime, known_as: PersonNumber | None = None
    ) -> PersonNumber:
        """Return who a member is; persons who turn out to be one are joined for good.

        Args:
            tx: the unit of work.
            party: how the member can be reached from now on.
            now: the present instant.
            known_as: who the member was so far, ``None`` for a new one.
        """
        roots = {person.number: person for person in self.known(tx, party)}
        if known_as is not None:
            root = root_of(tx, known_as)
            roots[root.number] = root
        if roots:
            number, *others = sorted(roots)
            for each in sorted(roots):  # who would be joined with another one meanwhile: only one happens
                tx.persons.replace(roots[each], next_version(roots[each]))
            guard_members(tx, (member.box for other in others for member in tx.members.of_person(other)))
            for other in others:
                self._join(tx, other, number, now)
        else:
            number = PersonNumber(tx.numbers.next(Series.PERSON))
            tx.persons.add(Person(number))
        for digest in self._digests(party):
            if tx.persons.fingerprint(digest) is None:
                tx.persons.add_fingerprint(Fingerprint(digest, number))
        return number

    def _digests(self, party: Reachable) -> list[str]:
        details = (
            "email:" + _normal_email(party.email),
            "telephone:" + _normal_telephone(party.telephone),
            "account:" + _normal_account(party.bank_account),
        )
        return [hmac.new(self.secret, detail.encode(), hashlib.sha256).hexdigest() for detail in details]

    def _join(self, tx: Transaction, number: PersonNumber, into: PersonNumber, now: datetime) -> None:
        """Join two persons, their members past and present, and what these have open: nobody deals with oneself.

        Both persons are guarded, and the members of the one: nothing of theirs is opened behind this look.
        """
        person, root = root_of(tx, number), root_of(tx, into)
        joined = person.join(into)
        tx.persons.replace(person, joined)
        if person.points or person.filed:
            sums = {"points": root.points + person.points, "filed": root.filed + person.filed}
            tx.persons.replace(root, next_version(root, **sums))
        tx.journal.append(Event(now, Role.BROKER, EventKind.PERSONS_JOINED, joined))
        join_pauses(tx, number, into)
        for member in tx.members.of_person(number):
            new = next_version(member, person=into)
            tx.members.replace(member, new)
            tx.journal.append(Event(now, Role.BROKER, EventKind.MEMBER_CHANGED, new))
            for offer in tx.offers.of_member(member.box):
                if offer.state is not OfferState.CLOSED:
                    moved = of_person(offer, into)
                    tx.offers.replace(offer, moved)
                    tx.journal.append(Event(now, Role.BROKER, EventKind.OFFER_JOINED, moved))
            for reservation in tx.reservations.of_member(member.box):
                if reservation.state is not ReservationState.CLOSED:
                    his = reservation.changed(person=into)
                    tx.reservations.replace(reservation, his)
                    tx.journal.append(Event(now, Role.BROKER, EventKind.RESERVATION_CHANGED, his))
        for former in tx.former.of_person(number):
            gone = next_version(former, person=into)
            tx.former.replace(former, gone)
            tx.journal.append(Event(now, Role.BROKER, EventKind.FORMER_MEMBER_CHANGED, gone))
