"""Members, those who have left, and the persons behind them, as a store keeps them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from brokerage.records.contacts import Contact
from brokerage.records.members import Fingerprint, FormerMember, Member, Person, SignInTries
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber
from brokerage.records.withdrawals import WithdrawalReason
from brokerage.storage.facts import Facts, RemovableFacts

__all__ = ["Contacts", "FormerMembers", "Members", "Persons", "Reasons", "Tries"]


class Members(RemovableFacts[BoxNumber, Member], Protocol):
    """Members by box."""

    def of_person(self, person: PersonNumber) -> Sequence[Member]:
        """Return the members that are one person, by box."""

    def after(self, box: BoxNumber, limit: int) -> Sequence[Member]:
        """Return the first members with boxes above ``box``, by box. O(log n + limit)."""

    def quiet(self, before: datetime, limit: int) -> Sequence[Member]:
        """Return the first members without ``told_at`` who were quiet since ``before`` or longer, by (since when, box).

        A member without ``quiet_since`` was quiet since registering.
        """

    def next_quiet(self) -> datetime | None:
        """Return since when the first of them was quiet."""

    def told(self, before: datetime, limit: int) -> Sequence[Member]:
        """Return the first members who were told at ``before`` or earlier, by (when, box)."""

    def next_told(self) -> datetime | None:
        """Return when the first of them was told."""


class FormerMembers(Facts[BoxNumber, FormerMember], Protocol):
    """Former members by box."""

    def of_person(self, person: PersonNumber) -> Sequence[FormerMember]:
        """Return the former members that were one person, by box."""


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

    def who_filed(self, at_least: int, after: tuple[int, PersonNumber] | None, limit: int) -> Sequence[Person]:
        """Return the persons who filed so many complaints or more, most first, then by number. O(log n + limit).

        Persons that were joined into others are not among them. ``at_least`` is 1 or more, and ``after`` is (filed,
        number) of the last one that was read.
        """


class Tries(RemovableFacts[BoxNumber, SignInTries], Protocol):
    """Failures to sign in, by the number of the box that was named; there need be no such box."""

    def due(self, now: datetime, limit: int) -> Sequence[SignInTries]:
        """Return the first that are to be forgotten by ``now``, by (when, box)."""

    def next_due(self) -> datetime | None:
        """Return when the first is to be forgotten."""


class Reasons(RemovableFacts[str, WithdrawalReason], Protocol):
    """Reasons for withdrawal by key."""

    def all(self) -> Sequence[WithdrawalReason]:
        """Return every reason, by key."""
