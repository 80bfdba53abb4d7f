"""Units of work, and everything that one sees."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from brokerage.records.members import Activity, Credentials
from brokerage.records.notices import NoticeKey, ReceivedNotice
from brokerage.records.numbers import BoxNumber
from brokerage.records.requests import Request
from brokerage.records.tallies import Progress
from brokerage.storage.counting import Tallies
from brokerage.storage.facts import Facts, Numbers, Records, RemovableFacts
from brokerage.storage.market import Categories, Checks, Losses, Offers
from brokerage.storage.messages import Complaints, NewsItems
from brokerage.storage.pauses import Pauses
from brokerage.storage.people import Contacts, FormerMembers, Members, Persons, Reasons, Tries
from brokerage.storage.settling import Authorisations, Cases, Deals, Journal, Ledger, Outbox, Statements

__all__ = ["Store", "Transaction"]

_Result = TypeVar("_Result")


class Transaction(Protocol):
    """Everything that is remembered, within one unit of work. It sees its own changes."""

    @property
    def numbers(self) -> Numbers: ...
    @property
    def members(self) -> Members: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def activities(self) -> RemovableFacts[BoxNumber, Activity]: ...
    @property
    def credentials(self) -> RemovableFacts[BoxNumber, Credentials]: ...
    @property
    def former(self) -> FormerMembers: ...
    @property
    def reasons(self) -> Reasons: ...
    @property
    def tries(self) -> Tries: ...
    @property
    def persons(self) -> Persons: ...
    @property
    def pauses(self) -> Pauses: ...
    @property
    def categories(self) -> Categories: ...
    @property
    def offers(self) -> Offers: ...
    @property
    def checks(self) -> Checks: ...
    @property
    def losses(self) -> Losses: ...
    @property
    def deals(self) -> Deals: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def statements(self) -> Statements: ...
    @property
    def authorisations(self) -> Authorisations: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def inbox(self) -> Records[NoticeKey, ReceivedNotice]: ...
    @property
    def complaints(self) -> Complaints: ...
    @property
    def news(self) -> NewsItems: ...
    @property
    def requests(self) -> Records[tuple[BoxNumber, str], Request]: ...
    @property
    def tallies(self) -> Tallies: ...
    @property
    def progress(self) -> Facts[str, Progress]: ...


class Store(Protocol):
    """Where facts are kept."""

    def run(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction, commit what it wrote, and return its result.

        On a ``Conflict`` the work is undone and called again, a bounded number of times; then ``TooManyConflicts`` is
        raised. A ``DuplicateFact`` may come of a race too: the work is called once more, and the second one passes on.
        Any other exception undoes the work and passes on. A work inside another one is part of it: only the outermost
        is committed or called again. Works touch nothing but the transaction, and use iterators up within themselves.
        """

    def read(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction that sees one state of the store throughout and writes nothing."""
