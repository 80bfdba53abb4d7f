"""The reference store: everything in memory, with real transactions."""

from collections.abc import Callable
from operator import attrgetter
from threading import get_ident
from typing import TypeVar

from brokerage.adapters.memory.casebook import MemoryCases, MemoryStatements
from brokerage.adapters.memory.counting import MemoryTallies
from brokerage.adapters.memory.facts import MemoryFacts, MemoryRecords
from brokerage.adapters.memory.journal import MemoryJournal, MemoryOutbox
from brokerage.adapters.memory.ledger import MemoryLedger
from brokerage.adapters.memory.messages import MemoryComplaints, MemoryNews
from brokerage.adapters.memory.offers import MemoryOffers
from brokerage.adapters.memory.pauses import MemoryPauses
from brokerage.adapters.memory.people import (
    MemoryContacts,
    MemoryFormerMembers,
    MemoryMembers,
    MemoryPersons,
    MemoryReasons,
    MemoryTries,
)
from brokerage.adapters.memory.reserving import MemoryDemands, MemoryItems, MemoryReservations, MemoryWatches
from brokerage.adapters.memory.session import Session
from brokerage.adapters.memory.tendering import MemoryBids, MemoryContractors, MemoryOrders, MemoryTenders
from brokerage.adapters.memory.trading import (
    MemoryAuthorisations,
    MemoryCategories,
    MemoryChecks,
    MemoryDeals,
    MemoryLosses,
)
from brokerage.errors import Conflict, DuplicateFact, TooManyConflicts
from brokerage.ports import Series, Transaction
from brokerage.records.contractors import StandingTerms, Trade
from brokerage.records.members import Activity, Credentials
from brokerage.records.notices import NoticeKey, ReceivedNotice
from brokerage.records.numbers import BoxNumber
from brokerage.records.requests import Request
from brokerage.records.secrets import Secret
from brokerage.records.tallies import Progress

__all__ = ["MemoryStore"]

_Result = TypeVar("_Result")


class _Numbers:
    """Rising numbers, without gaps."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last = dict.fromkeys(Series, 0)

    def next(self, series: Series, count: int = 1) -> int:
        self._session.write()
        last = self._last[series]
        self._session.to_undo(self._last.__setitem__, series, last)
        self._last[series] = last + count
        return last + 1

    def last(self, series: Series) -> int:
        with self._session.lock:
            return self._last[series]


class _MemoryTransaction:
    """The store's collections, as a unit of work sees them."""

    def __init__(self, session: Session) -> None:
        self.numbers = _Numbers(session)
        self.members = MemoryMembers(session)
        self.contacts = MemoryContacts(session)
        self.activities: MemoryFacts[BoxNumber, Activity] = MemoryFacts(session, attrgetter("box"))
        self.credentials: MemoryFacts[BoxNumber, Credentials] = MemoryFacts(session, attrgetter("box"))
        self.former = MemoryFormerMembers(session)
        self.reasons = MemoryReasons(session)
        self.tries = MemoryTries(session)
        self.persons = MemoryPersons(session)
        self.pauses = MemoryPauses(session)
        self.categories = MemoryCategories(session)
        self.offers = MemoryOffers(session)
        self.checks = MemoryChecks(session)
        self.losses = MemoryLosses(session)
        self.deals = MemoryDeals(session)
        self.cases = MemoryCases(session)
        self.statements = MemoryStatements(session)
        self.authorisations = MemoryAuthorisations(session)
        self.ledger = MemoryLedger(session)
        self.journal = MemoryJournal(session)
        self.outbox = MemoryOutbox(session)
        self.complaints = MemoryComplaints(session)
        self.news = MemoryNews(session)
        self.inbox: MemoryRecords[NoticeKey, ReceivedNotice] = MemoryRecords(session, attrgetter("key"))
        self.requests: MemoryRecords[tuple[BoxNumber, str], Request] = MemoryRecords(session, attrgetter("box", "id"))
        self.secrets: MemoryRecords[str, Secret] = MemoryRecords(session, attrgetter("name"))
        self.tallies = MemoryTallies(session)
        self.progress: MemoryFacts[str, Progress] = MemoryFacts(session, attrgetter("name"))
        self.items = MemoryItems(session)
        self.demands = MemoryDemands(session)
        self.reservations = MemoryReservations(session)
        self.watches = MemoryWatches(session)
        self.tenders = MemoryTenders(session)
        self.bids = MemoryBids(session)
        self.orders = MemoryOrders(session)
        self.contractors = MemoryContractors(session)
        self.standing_terms: MemoryFacts[tuple[Trade, str, str, str], StandingTerms] = MemoryFacts(
            session, attrgetter("trade", "category", "zone", "currency")
        )


class MemoryStore:
    """A store in memory, for one process and any number of threads. It lives as long as the object.

    Units of work read what is committed until they write, and are alone from then on; one that fails leaves nothing
    behind, and one whose facts changed under it is called again.

    Args:
        attempts: how often a unit of work is called before ``TooManyConflicts``.
    """

    def __init__(self, attempts: int = 20) -> None:
        self._attempts = attempts
        self._session = Session()
        self._transaction: Transaction = _MemoryTransaction(self._session)

    def __repr__(self) -> str:
        return "MemoryStore()"

    def run(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction, commit what it wrote, and return its result."""
        session, thread, duplicate = self._session, get_ident(), False
        if thread in session.inside:
            return self._inner(work)
        session.inside.add(thread)
        try:
            for _ in range(self._attempts):
                try:
                    return work(self._transaction)
                except BaseException as error:
                    session.undo(0)
                    is_new = isinstance(error, DuplicateFact) and not duplicate
                    if not is_new and not isinstance(error, Conflict):
                        raise
                    duplicate |= is_new
                finally:
                    session.end()
        finally:
            session.inside.discard(thread)
        raise TooManyConflicts(self._attempts)

    def read(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction that sees one state of the store throughout."""
        return self._session.read(work, self._transaction)

    def _inner(self, work: Callable[[Transaction], _Result]) -> _Result:
        mark = self._session.mark()
        try:
            return work(self._transaction)
        except BaseException:
            self._session.undo(mark)
            raise
