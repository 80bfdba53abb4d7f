"""Deals, cards, the ledger, effects and the journal, as a store keeps them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from brokerage.records.cases import Case, CaseKind
from brokerage.records.deals import Deal
from brokerage.records.effects import Authorisation, Effect
from brokerage.records.events import Actor, Event, EventKind, Fact
from brokerage.records.ledger import Account, Entry
from brokerage.records.numbers import BoxNumber, CaseNumber, DealNumber, EntryNumber
from brokerage.records.statements import Statement
from brokerage.storage.facts import Facts

__all__ = ["Authorisations", "Cases", "Deals", "Journal", "Ledger", "Outbox", "Statements"]


class Deals(Facts[DealNumber, Deal], Protocol):
    """Deals by number."""

    def by_reference(self, reference: str) -> Deal | None:
        """Return the deal that is paid under a reference."""

    def of_member(self, box: BoxNumber, before: DealNumber | None, limit: int) -> Sequence[Deal]:
        """Return a member's deals with numbers below ``before``, newest first."""

    def due(self, now: datetime, limit: int) -> Sequence[Deal]:
        """Return the first deals whose deadline is not after ``now``, by (deadline, number)."""

    def next_deadline(self) -> datetime | None:
        """Return the earliest deadline."""


class Cases(Facts[CaseNumber, Case], Protocol):
    """Cases by number."""

    def open_ones(self, kind: CaseKind | None, after: CaseNumber, limit: int) -> Sequence[Case]:
        """Return the first open cases with numbers above ``after``, of one kind or (``None``) of any."""

    def of_deal(self, deal: DealNumber) -> Sequence[Case]:
        """Return the cases about a deal, also closed ones, by number."""


class Statements(Facts[tuple[DealNumber, int], Statement], Protocol):
    """What parties have said about deals."""

    def of_deal(self, deal: DealNumber) -> Sequence[Statement]:
        """Return the statements about a deal, by place."""


class Authorisations(Facts[str, Authorisation], Protocol):
    """Cards' authorisations by key."""

    def intended(self, before: datetime, limit: int) -> Sequence[Authorisation]:
        """Return the first that are still only intended and were so before an instant, by time."""

    def next_intended(self) -> datetime | None:
        """Return the time of the earliest that is still only intended."""


class Ledger(Protocol):
    """The double-entry ledger: entries are added and never changed."""

    def add(self, fact: Entry) -> None:
        """Append an entry; raises ``DuplicateFact`` if its number is taken."""

    def balance(self, account: Account, currency: str) -> int:
        """Return the sum of an account's postings in minor units. O(1)."""

    def entries(self, after: EntryNumber, limit: int) -> Sequence[Entry]:
        """Return the first entries with numbers above ``after``."""


class Journal(Protocol):
    """Every change; positions rise in the order of the commits."""

    def append(self, event: Event) -> None:
        """Append an event. O(1)."""

    def append_all(self, at: datetime, by: Actor, kind: EventKind, facts: Sequence[Fact]) -> None:
        """Append an event of one kind for each of many facts, in their order."""

    def last(self) -> int:
        """Return the position of the last event, 0 before the first."""

    def read(self, after: int, limit: int) -> Sequence[tuple[int, Event]]:
        """Return the first events behind a position, each with its own; the first position is 1."""


class Outbox(Facts[str, Effect], Protocol):
    """Effects by key."""

    def due(self, now: datetime, limit: int) -> Sequence[Effect]:
        """Return the first pending effects that are due, by (due, order of adding)."""

    def next_due(self) -> datetime | None:
        """Return when the first pending effect is due."""
