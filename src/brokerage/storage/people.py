"""Members and the persons behind them, as a store keeps them."""

from collections.abc import Sequence
from typing import Protocol

from brokerage.records.contacts import Contact
from brokerage.records.members import Fingerprint, Member, Person
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber
from brokerage.storage.facts import Facts

__all__ = ["Contacts", "Members", "Persons"]


class Members(Facts[BoxNumber, Member], Protocol):
    """Members by box."""

    def of_person(self, person: PersonNumber) -> Sequence[Member]:
        """Return the members that are one person, by box."""


class Contacts(Facts[ContactNumber, Contact], Protocol):
    """Contacts by number."""

    def of_box(self, box: BoxNumber) -> Sequence[Contact]:
        """Return the contacts that a box had and has, by number. O(their number)."""


class Persons(Facts[PersonNumber, Person], Protocol):
    """Persons by number, and what they were recognised by."""

    def add_fingerprint(self, fingerprint: Fingerprint) -> None:
        """Keep a fingerprint; raises ``DuplicateFact`` if the digest is known."""

    def fingerprint(self, digest: str) -> Fingerprint | None:
        """Return the fingerprint with a digest."""
