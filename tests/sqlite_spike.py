"""A throw-away SQLite store behind the library's ports, to know that they fit a database.

It is slow and plain: every fact is JSON text of the wire, beside the columns that queries need. A unit of work is a
``BEGIN IMMEDIATE`` transaction: it waits for the only writer there can be, so whatever it reads stays true until it
commits, and a ``Conflict`` comes only from facts that were read before it, or from waiting in vain. A read is a
deferred transaction, which sees one snapshot from its first query on. A unit of work within another is a savepoint
of it; its conflicts pass on to the outermost, which alone can read afresh.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from brokerage.adapters.wire import make_converter
from brokerage.errors import Conflict, DuplicateFact, TooManyConflicts
from brokerage.ports import Series, Transaction
from brokerage.pricing import MarginRule
from brokerage.records.categories import Category
from brokerage.records.checks import Check
from brokerage.records.deals import Deal
from brokerage.records.effects import Authorisation, Effect
from brokerage.records.events import Actor, Event, EventKind, Fact
from brokerage.records.ledger import Account, Entry
from brokerage.records.members import Activity, Credentials
from brokerage.records.notices import NoticeKey, ReceivedNotice
from brokerage.records.numbers import BoxNumber, DealNumber, EntryNumber
from brokerage.records.requests import Request
from sqlite_spike_books import OFFER_SCHEMA, Session, SqliteOffers, Table, instant
from sqlite_spike_cases import SqliteCases, SqliteStatements
from sqlite_spike_messages import MESSAGES_SCHEMA, SqliteComplaints, SqliteLosses, SqliteNews
from sqlite_spike_pauses import PAUSES_SCHEMA, SqlitePauses
from sqlite_spike_people import (
    PEOPLE_SCHEMA,
    SqliteContacts,
    SqliteFormerMembers,
    SqliteMembers,
    SqlitePersons,
    SqliteReasons,
    SqliteTries,
    first_time,
)
from sqlite_spike_reserving import (
    RESERVING_SCHEMA,
    SqliteDemands,
    SqliteItems,
    SqliteReservations,
    SqliteWatches,
)
from sqlite_spike_tallies import TALLY_SCHEMA, SqliteTallies, progress
from sqlite_spike_tendering import (
    TENDERING_SCHEMA,
    SqliteBids,
    SqliteContractors,
    SqliteOrders,
    SqliteStandingTerms,
    SqliteTenders,
)

__all__ = ["SqliteStore"]

_Result = TypeVar("_Result")

_REST = "version INTEGER NOT NULL, fact TEXT NOT NULL"
_SCHEMA = f"""
{OFFER_SCHEMA}
{PEOPLE_SCHEMA}
{PAUSES_SCHEMA}
{TENDERING_SCHEMA}
{MESSAGES_SCHEMA}
CREATE TABLE numbers (series TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
CREATE TABLE activities (box INTEGER PRIMARY KEY, {_REST}) STRICT;
CREATE TABLE credentials (box INTEGER PRIMARY KEY, {_REST}) STRICT;
CREATE TABLE categories (key TEXT PRIMARY KEY, {_REST}) STRICT;
CREATE TABLE checks (arrival INTEGER, others INTEGER, {_REST}, PRIMARY KEY (arrival, others)) STRICT;
CREATE TABLE deals (number INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE, deadline INTEGER, {_REST}) STRICT;
CREATE INDEX deal_deadlines ON deals (deadline, number) WHERE deadline IS NOT NULL;
CREATE TABLE parties (box INTEGER, deal INTEGER, PRIMARY KEY (box, deal)) STRICT, WITHOUT ROWID;
CREATE TABLE authorisations (key TEXT PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, {_REST}) STRICT;
CREATE INDEX authorisation_intended ON authorisations (at, key) WHERE state = 'intended';
CREATE TABLE cases (number INTEGER PRIMARY KEY, kind TEXT, deal INTEGER, closed INTEGER, {_REST}) STRICT;
CREATE INDEX cases_of_deals ON cases (deal, number);
CREATE TABLE statements (deal INTEGER, place INTEGER, {_REST}, PRIMARY KEY (deal, place)) STRICT;
CREATE TABLE entries (number INTEGER PRIMARY KEY, {_REST}) STRICT;
CREATE TABLE balances (account TEXT, currency TEXT, units INTEGER NOT NULL, PRIMARY KEY (account, currency)) STRICT;
CREATE TABLE journal (position INTEGER PRIMARY KEY, fact TEXT NOT NULL) STRICT;
CREATE TABLE outbox (
    place INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, due INTEGER NOT NULL, state TEXT NOT NULL,
    {_REST}
) STRICT;
CREATE INDEX outbox_pending ON outbox (due, place) WHERE state = 'pending';
CREATE TABLE inbox (source TEXT, id TEXT, {_REST}, PRIMARY KEY (source, id)) STRICT;
CREATE TABLE requests (box INTEGER, id TEXT, {_REST}, PRIMARY KEY (box, id)) STRICT;
{TALLY_SCHEMA}
{RESERVING_SCHEMA}
"""


class _Numbers:
    """Rising numbers, without gaps: one row each, so that two writers would wait for each other."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next(self, series: Series, count: int = 1) -> int:
        statement = (
            "INSERT INTO numbers VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET last = last + ? RETURNING last"
        )
        return int(self._session.rows(statement, series.value, count, count)[0][0]) - count + 1

    def last(self, series: Series) -> int:
        rows = self._session.rows("SELECT last FROM numbers WHERE series = ?", series.value)
        return int(rows[0][0]) if rows else 0


class _Categories:
    """Categories by key."""

    def __init__(self, session: Session) -> None:
        self._table: Table[str, Category] = Table(
            session, "categories", Category, ["key"], lambda category: {"key": category.key}
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace
        self.remove, self.check = self._table.remove, self._table.check

    def all(self) -> Sequence[Category]:
        return self._table.select("ORDER BY key")


class _Checks:
    """Left-over checks, by key."""

    def __init__(self, session: Session) -> None:
        self._table: Table[tuple[int, bool], Check] = Table(
            session, "checks", Check, ["arrival", "others"], lambda c: {"arrival": c.arrival, "others": c.others}
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace
        self.remove = self._table.remove

    def first(self, limit: int) -> Sequence[Check]:
        return self._table.select("ORDER BY arrival, others LIMIT ?", limit)


class _Deals:
    """Deals by number, by reference, by member, and by deadline."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[DealNumber, Deal] = Table(
            session,
            "deals",
            Deal,
            ["number"],
            lambda deal: {"number": deal.number, "reference": deal.reference, "deadline": instant(deal.deadline)},
        )
        self.get, self.replace = self._table.get, self._table.replace

    def add(self, fact: Deal) -> None:
        if self.by_reference(fact.reference) is not None:
            raise DuplicateFact(fact.reference)
        self._table.add(fact)
        for box in {fact.seller, fact.buyer}:
            self._session.change("INSERT INTO parties VALUES (?, ?)", box, fact.number)

    def by_reference(self, reference: str) -> Deal | None:
        found = self._table.select("WHERE reference = ?", reference)
        return found[0] if found else None

    def of_member(self, box: BoxNumber, before: DealNumber | None, limit: int) -> Sequence[Deal]:
        query = "SELECT deal FROM parties WHERE box = ? AND deal < ? ORDER BY deal DESC LIMIT ?"
        rows = self._session.rows(query, box, 1 << 62 if before is None else before, limit)
        found = (self.get(number) for (number,) in rows)
        return [deal for deal in found if deal is not None]

    def due(self, now: datetime, limit: int) -> Sequence[Deal]:
        return self._table.select("WHERE deadline <= ? ORDER BY deadline, number LIMIT ?", instant(now), limit)

    def next_deadline(self) -> datetime | None:
        return first_time(self._session.rows("SELECT min(deadline) FROM deals WHERE deadline IS NOT NULL"))


class _Authorisations:
    """Cards' authorisations by key, and those only intended by time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[str, Authorisation] = Table(
            session,
            "authorisations",
            Authorisation,
            ["key"],
            lambda fact: {"key": fact.key, "at": instant(fact.at), "state": fact.state.value},
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def intended(self, before: datetime, limit: int) -> Sequence[Authorisation]:
        rest = "WHERE state = 'intended' AND at < ? ORDER BY at, key LIMIT ?"
        return self._table.select(rest, instant(before), limit)

    def next_intended(self) -> datetime | None:
        return first_time(self._session.rows("SELECT min(at) FROM authorisations WHERE state = 'intended'"))


class _Ledger:
    """Entries in order, and the balance of each account."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[EntryNumber, Entry] = Table(
            session, "entries", Entry, ["number"], lambda entry: {"number": entry.number}
        )

    def add(self, fact: Entry) -> None:
        self._table.add(fact)
        for posting in fact.postings:
            self._session.change(
                "INSERT INTO balances VALUES (?, ?, ?)"
                " ON CONFLICT (account, currency) DO UPDATE SET units = units + excluded.units",
                str(posting.account),
                posting.currency,
                posting.units,
            )

    def balance(self, account: Account, currency: str) -> int:
        query = "SELECT units FROM balances WHERE account = ? AND currency = ?"
        rows = self._session.rows(query, str(account), currency)
        return int(rows[0][0]) if rows else 0

    def entries(self, after: EntryNumber, limit: int) -> Sequence[Entry]:
        return self._table.select("WHERE number > ? ORDER BY number LIMIT ?", after, limit)


class _Journal:
    """Events in order, each with a copy of its fact, for a database keeps no old versions."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, event: Event) -> None:
        self._session.change("INSERT INTO journal (fact) VALUES (?)", self._session.text(event, Event))

    def append_all(self, at: datetime, by: Actor, kind: EventKind, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self.append(Event(at, by, kind, fact))

    def last(self) -> int:
        return int(self._session.rows("SELECT coalesce(max(position), 0) FROM journal")[0][0])

    def read(self, after: int, limit: int) -> Sequence[tuple[int, Event]]:
        query = "SELECT position, fact FROM journal WHERE position > ? ORDER BY position LIMIT ?"
        rows = self._session.rows(query, after, limit)
        return [(position, self._session.fact(text, Event)) for position, text in rows]


class _Outbox:
    """Effects by key, and the pending ones by when they are due."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[str, Effect] = Table(
            session,
            "outbox",
            Effect,
            ["key"],
            lambda effect: {"key": effect.key, "due": instant(effect.due), "state": effect.state.value},
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def due(self, now: datetime, limit: int) -> Sequence[Effect]:
        rest = "WHERE state = 'pending' AND due <= ? ORDER BY due, place LIMIT ?"
        return self._table.select(rest, instant(now), limit)

    def next_due(self) -> datetime | None:
        return first_time(self._session.rows("SELECT min(due) FROM outbox WHERE state = 'pending'"))


class _SqliteTransaction:
    """The store's collections, as a unit of work sees them."""

    def __init__(self, session: Session) -> None:
        self.numbers = _Numbers(session)
        self.members = SqliteMembers(session)
        self.contacts = SqliteContacts(session)
        self.activities: Table[BoxNumber, Activity] = Table(
            session, "activities", Activity, ["box"], lambda activity: {"box": activity.box}
        )
        self.credentials: Table[BoxNumber, Credentials] = Table(
            session, "credentials", Credentials, ["box"], lambda fact: {"box": fact.box}
        )
        self.former = SqliteFormerMembers(session)
        self.reasons = SqliteReasons(session)
        self.tries = SqliteTries(session)
        self.persons = SqlitePersons(session)
        self.pauses = SqlitePauses(session)
        self.categories = _Categories(session)
        self.offers = SqliteOffers(session)
        self.checks = _Checks(session)
        self.losses = SqliteLosses(session)
        self.deals = _Deals(session)
        self.cases = SqliteCases(session)
        self.statements = SqliteStatements(session)
        self.authorisations = _Authorisations(session)
        self.ledger = _Ledger(session)
        self.journal = _Journal(session)
        self.outbox = _Outbox(session)
        self.tenders = SqliteTenders(session)
        self.bids = SqliteBids(session)
        self.orders = SqliteOrders(session)
        self.contractors = SqliteContractors(session)
        self.standing_terms = SqliteStandingTerms(session)
        self.complaints = SqliteComplaints(session)
        self.news = SqliteNews(session)
        self.inbox: Table[NoticeKey, ReceivedNotice] = Table(
            session, "inbox", ReceivedNotice, ["source", "id"], lambda fact: {"source": fact.key[0], "id": fact.key[1]}
        )
        self.requests: Table[tuple[BoxNumber, str], Request] = Table(
            session, "requests", Request, ["box", "id"], lambda request: {"box": request.box, "id": request.id}
        )
        self.tallies = SqliteTallies(session)
        self.progress = progress(session)
        self.items = SqliteItems(session)
        self.demands = SqliteDemands(session)
        self.reservations = SqliteReservations(session)
        self.watches = SqliteWatches(session)


class SqliteStore:
    """A store in a SQLite file, or in memory. Threads of one store take turns; stores on one file are like processes.

    Args:
        path: the file, or ``":memory:"``.
        margin_rules: the margin rules of the user's own that facts may hold.
        attempts: how often a unit of work is tried before ``TooManyConflicts``.
        patience: seconds that it waits for a writer of another store.
    """

    def __init__(
        self,
        path: str = ":memory:",
        margin_rules: Iterable[MarginRule] = (),
        attempts: int = 20,
        patience: float = 5.0,
    ) -> None:
        self._attempts = attempts
        self.session = Session(path, make_converter(margin_rules), _SCHEMA, patience)
        self._transaction: Transaction = _SqliteTransaction(self.session)

    def close(self) -> None:
        """Let go of the file."""
        self.session.connection.close()

    def run(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction, commit what it wrote, and return its result."""
        with self.session.lock:
            if self.session.connection.in_transaction:
                with self.session.savepoint():
                    return work(self._transaction)
            has_met_duplicate = False
            for _ in range(self._attempts):
                try:
                    with self.session.transaction("BEGIN IMMEDIATE", commits=True):
                        result = work(self._transaction)
                except Conflict:
                    continue
                except DuplicateFact:
                    if has_met_duplicate:
                        raise
                    has_met_duplicate = True
                    continue
                return result
            raise TooManyConflicts(self._attempts)

    def read(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction that sees one snapshot and can write nothing."""
        with self.session.lock:
            if self.session.connection.in_transaction:
                return work(self._transaction)
            self.session.connection.execute("PRAGMA query_only = ON")
            try:
                with self.session.transaction("BEGIN", commits=False):
                    return work(self._transaction)
            finally:
                self.session.connection.execute("PRAGMA query_only = OFF")
