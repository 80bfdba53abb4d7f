"""The store in a SQL database: units of work as transactions."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from brokerage.adapters.sql.engines import engine_of, make_file, write_ahead
from brokerage.adapters.sql.failures import Collision, ConnectionLost, Contradiction, no_connection
from brokerage.adapters.sql.gates import Gate
from brokerage.adapters.sql.places import place_of
from brokerage.adapters.sql.schema import make_ready
from brokerage.adapters.sql.sessions import Backend, Session
from brokerage.adapters.sql.transactions import SqlTransaction
from brokerage.adapters.wire import make_converter
from brokerage.errors import (
    Conflict,
    DuplicateFact,
    InvalidChoice,
    StoreLocked,
    StoreMissing,
    StoreUnavailable,
    TooManyConflicts,
)
from brokerage.ports import Transaction
from brokerage.pricing import MarginRule

__all__ = ["SqlStore"]

_Result = TypeVar("_Result")
_LONGEST_PAUSE = 0.05


class SqlStore:
    """A store in a database: SQLite in a file, or PostgreSQL for many processes.

    An empty database is made ready; one of another revision is left as it is. Threads may share a store. A forked
    process gets connections of its own at its first unit of work; with SQLite, fork only while no thread is at work
    in it. A process that is started afresh opens a store of its own.

    Args:
        url: ``"sqlite:///market.db"``, ``"sqlite://"`` (in memory), ``"sqlite:///file:market.db?mode=ro&uri=true"`` or
            ``"postgresql+psycopg://user:password@host/name"``. What is shown of it has neither user nor password.
        margin_rules: the margin rules of the user's own that facts may hold.
        attempts: how often a unit of work is tried before ``TooManyConflicts``.
        patience: seconds that it waits for somebody else's lock, and a thread for a connection.
        connections: at most how many are open at a time; more threads wait for one. SQLite writes on one at a time.
        create: whether a database that is empty or, with SQLite, not there yet is made ready.

    Raises:
        InvalidChoice: the URL is none, or of another kind of database; or another argument is not possible.
        NotInstalled: the database's driver is not installed.
        StoreMissing: there is no such database, or none may be made where it should be; or no schema of PostgreSQL's
            search path is there.
        StoreUnavailable: the server does not answer, or does not let this user in.
        StoreDamaged: what is there is no database, or has something of a table's name that is not this library's, or
            another encoding than UTF-8.
        SchemaTooOld: its tables are of an earlier revision, or there are none and ``create`` is false.
        SchemaTooNew: its tables are of a revision that this version of the library does not know.
        StoreLocked: somebody else keeps it locked while it should be made ready.
        StoreReadOnly: it is empty and cannot be written.

    A store is closed by ``close()``, or at the end of a ``with``.

    >>> with SqlStore("sqlite://") as store:
    ...     print(store)
    SqlStore('sqlite://')
    """

    def __init__(
        self,
        url: str | URL,
        margin_rules: Iterable[MarginRule] = (),
        attempts: int = 20,
        patience: float = 10.0,
        connections: int = 10,
        create: bool = True,
    ) -> None:
        if type(attempts) is not int or attempts < 1:
            raise InvalidChoice("attempts", attempts, "a whole number from 1", "try at least once")
        self._place = place_of(url)
        self._attempts, self._patience, self._connections = attempts, patience, connections
        self._engine = engine_of(self._place, patience, connections)
        self._backend = Backend(self._engine.dialect, make_converter(margin_rules), self._place)
        self._inherited: list[Any] = []
        self._is_gone = False
        self._begin_alone()
        try:
            self._open(create)
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"SqlStore({self._place.shown!r})"

    def __enter__(self) -> "SqlStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; a unit of work that begins afterwards connects again.

        What was kept in memory is gone with it, and such a store is of no use any more.
        """
        self._is_gone = self._place.is_in_memory
        self._engine.dispose()

    def run(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction, commit what it wrote, and return its result.

        ``work`` must not keep the transaction: the same one serves other works afterwards, and whatever is done with
        it then is done in theirs.

        Raises:
            TooManyConflicts: it met a conflict at each of the attempts.
            DuplicateFact: a key is taken, at the second attempt too.
            CommitUnknown: the connection was lost during the commit: the work is kept, or it is not.
            StoreFailure: the database could not do it, see there; nothing is kept.
        """
        inside = getattr(self._inside, "now", None)
        if inside is not None and self._pid == os.getpid():
            session, transaction = inside
            with session.savepoint():
                return work(transaction)
        has_met_duplicate, line = False, None
        for attempt in range(1, self._attempts + 1):
            try:
                with self._begun(is_reading=False) as (session, transaction):
                    if line is not None and not self._place.is_sqlite:
                        session.wait_in_line(line)
                    result = work(transaction)
                    if self._pid != os.getpid():
                        raise self._forked()
                    session.commit()
                    return result
            except DuplicateFact:
                if has_met_duplicate:
                    raise
                has_met_duplicate = True
            except Collision as collision:
                line = collision.line
            except Conflict:
                self._pause(attempt)
            except Contradiction:
                if attempt == self._attempts:
                    raise
                self._pause(attempt)
            except ConnectionLost:
                if attempt == self._attempts:
                    raise
                self._engine.dispose()  # those that nobody uses are lost too, as like as not
                self._pause(attempt)
        raise TooManyConflicts(self._attempts)

    def read(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction that sees one state of the store throughout and writes nothing.

        Neither must this work keep the transaction.

        Raises:
            StoreError: the work wrote something.
            TooManyConflicts: the database ended the reading at each of the attempts.
            StoreFailure: the database could not do it, see there.
        """
        inside = getattr(self._inside, "now", None)
        if inside is not None and self._pid == os.getpid():
            return work(inside[1])
        for attempt in range(1, self._attempts + 1):
            try:
                with self._begun(is_reading=True) as (_, transaction):
                    return work(transaction)
            except Conflict:  # a server that follows another one ends readings that are in its way
                self._pause(attempt)
            except ConnectionLost:
                if attempt == self._attempts:
                    raise
                self._engine.dispose()  # those that nobody uses are lost too, as like as not
                self._pause(attempt)
        raise TooManyConflicts(self._attempts)

    @contextmanager
    def _begun(self, is_reading: bool) -> Iterator[tuple[Session, Any]]:
        """A session with a transaction, which is undone unless it was committed."""
        if self._pid != os.getpid():
            self._leave_what_was_inherited()
        writing, connected = self._writing, self._connected  # whoever forks leaves by the gates that he came in by
        alone = self._place.is_sqlite and (not is_reading or self._place.is_in_memory)
        if alone and not writing.enter(self._patience):  # fairer than SQLite's own waiting
            raise StoreLocked(self._place.shown, "another thread of this process is still writing")
        try:
            if not connected.enter(self._patience):  # and fairer than a pool
                remedy = "open the store with more connections, or with more patience"
                raise StoreLocked(self._place.shown, "all connections are in use", remedy)
            try:
                if self._is_gone:  # with its only connection
                    raise StoreMissing(self._place.shown, "it was closed, and was in memory only", "open another one")
                connection = self._connection()
                session, transaction = self._session(connection.driver_connection)
                self._at_work.add(threading.get_ident())
                try:
                    session.begin(is_reading)
                    self._inside.now = session, transaction
                    yield session, transaction
                finally:
                    self._inside.now = None
                    self._end(connection, session, transaction)
            finally:
                connected.leave()
        finally:
            if alone:
                writing.leave()

    def _end(self, connection: Any, session: Session, transaction: Any) -> None:
        if self._pid != os.getpid():  # then they are the other process's
            self._inherited.append((connection, session))
            return
        if session.roll_back() or self._place.is_in_memory:  # which would be gone with its connection
            connection.close()
        else:
            connection.invalidate()
        session.connection = None
        self._free.append((session, transaction))
        self._at_work.discard(threading.get_ident())

    def _connection(self) -> Any:
        try:
            return self._engine.raw_connection()
        except DBAPIError as error:
            raise no_connection(error.orig if isinstance(error.orig, Exception) else error, self._place) from None
        except self._backend.error as error:
            raise no_connection(error, self._place) from None

    def _open(self, create: bool) -> None:
        """See that the database is there and has the tables."""
        if self._place.is_sqlite:
            try:
                make_file(self._place, self._patience, create)  # left as it is until it is known whose it is
            except self._backend.error as error:
                raise no_connection(error, self._place) from None
        connection = self._connection()
        try:
            make_ready(connection.driver_connection.execute, self._place, create)
            write_ahead(connection.driver_connection.execute, self._place, self._patience)
        except self._backend.error as error:
            raise no_connection(error, self._place) from None
        finally:
            connection.close()

    def _session(self, connection: Any) -> tuple[Session, Any]:
        try:
            session, transaction = self._free.pop()
        except IndexError:
            session = Session(self._backend)
            transaction = SqlTransaction(session)
        session.connection = connection
        return session, transaction

    def _pause(self, attempt: int) -> None:
        """Give others a moment, a longer one each time."""
        if not self._place.is_sqlite:
            time.sleep(random.random() * min(_LONGEST_PAUSE, 0.001 * 2**attempt))

    def _begin_alone(self) -> None:
        """What a process has for itself."""
        self._pid = os.getpid()
        self._free: list[tuple[Session, Any]] = []
        self._at_work: set[int] = set()
        self._inside = threading.local()
        self._writing, self._connected = Gate(1), Gate(self._connections)

    def _leave_what_was_inherited(self) -> None:
        """A forked process must not use the connections of the other one, and not even close them."""
        if not self._place.is_in_memory:
            if self._place.is_sqlite and self._at_work:
                raise self._forked()
            self._inherited.append(self._engine.pool)
            self._engine.dispose(close=False)
        self._begin_alone()

    def _forked(self) -> StoreUnavailable:
        return StoreUnavailable(self._place.shown, "the process was forked while a thread was at work in the store")
