"""The store in a SQL database: units of work as transactions."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, insert
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool

from brokerage.adapters.sql.numbers import JOURNAL, NUMBERS, ORDERED
from brokerage.adapters.sql.sessions import Backend, Session
from brokerage.adapters.sql.tables import METADATA
from brokerage.adapters.sql.transactions import SqlTransaction
from brokerage.adapters.wire import make_converter
from brokerage.errors import Conflict, DuplicateFact, TooManyConflicts
from brokerage.ports import Transaction
from brokerage.pricing import MarginRule

__all__ = ["SqlStore"]

_Result = TypeVar("_Result")
_LONGEST_PAUSE = 0.05


class SqlStore:
    """A store in a database: SQLite in a file, or PostgreSQL for many processes.

    Args:
        url: ``"sqlite:///market.db"``, ``"sqlite://"`` (in memory), ``"postgresql+psycopg://user@host/name"``.
        margin_rules: the margin rules of the user's own that facts may hold.
        attempts: how often a unit of work is tried before ``TooManyConflicts``.
        patience: seconds that it waits for somebody else's lock.
        connections: at most how many are open at a time; more threads wait for one.
    """

    def __init__(
        self,
        url: str,
        margin_rules: Iterable[MarginRule] = (),
        attempts: int = 20,
        patience: float = 10.0,
        connections: int = 10,
    ) -> None:
        self._attempts = attempts
        self._engine = _engine(url, patience, connections)
        self._backend = Backend(self._engine.dialect, make_converter(margin_rules))
        self._free: list[tuple[Session, Any]] = []
        self._inside = threading.local()
        self._turn = threading.RLock()
        _make_tables(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def run(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction, commit what it wrote, and return its result."""
        inside = getattr(self._inside, "now", None)
        if inside is not None:
            session, transaction = inside
            with session.savepoint():
                return work(transaction)
        has_met_duplicate = False
        for attempt in range(self._attempts):
            try:
                with self._begun(is_reading=False) as (session, transaction):
                    result = work(transaction)
                    session.commit()
                    return result
            except DuplicateFact:
                if has_met_duplicate:
                    raise
                has_met_duplicate = True
            except Conflict:
                self._pause(attempt)
        raise TooManyConflicts(self._attempts)

    def read(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction that sees one state of the store throughout and writes nothing."""
        inside = getattr(self._inside, "now", None)
        if inside is not None:
            return work(inside[1])
        with self._begun(is_reading=True) as (_, transaction):
            return work(transaction)

    @contextmanager
    def _begun(self, is_reading: bool) -> Iterator[tuple[Session, Any]]:
        """A session with a transaction, which is undone unless it was committed."""
        alone = self._backend.is_sqlite and (not is_reading or isinstance(self._engine.pool, StaticPool))
        if alone:  # the threads of one store take turns, which is fairer than SQLite's own waiting
            self._turn.acquire()
        try:
            connection = self._engine.raw_connection()
            try:
                session, transaction = self._session(connection.driver_connection)
                session.begin(is_reading)
                self._inside.now = session, transaction
                try:
                    yield session, transaction
                finally:
                    self._inside.now = None
                    session.roll_back()
                    session.connection = None
                    self._free.append((session, transaction))
            finally:
                connection.close()
        finally:
            if alone:
                self._turn.release()

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
        if not self._backend.is_sqlite:
            time.sleep(random.random() * min(_LONGEST_PAUSE, 0.001 * 2**attempt))


def _engine(url: str, patience: float, connections: int) -> Engine:
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        options: dict[str, Any] = {"timeout": patience, "check_same_thread": False, "cached_statements": 1024}
        if not where.database or where.database == ":memory:":
            engine = create_engine(where, isolation_level="AUTOCOMMIT", poolclass=StaticPool, connect_args=options)
        else:
            engine = create_engine(
                where, isolation_level="AUTOCOMMIT", pool_size=connections, max_overflow=0, connect_args=options
            )
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    options = {"options": f"-c lock_timeout={int(patience * 1000)} -c timezone=UTC"}
    engine = create_engine(
        where,
        isolation_level="AUTOCOMMIT",
        paramstyle="format",
        pool_size=connections,
        max_overflow=0,
        connect_args=options,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _prepare_postgresql(connection: Any, _: object) -> None:
    from psycopg.types.string import TextLoader

    connection.adapters.register_loader("jsonb", TextLoader)


def _make_tables(engine: Engine) -> None:
    METADATA.create_all(engine)
    with engine.connect() as connection:
        for name in (JOURNAL, *(series.value for series in ORDERED)):
            found = connection.execute(NUMBERS.select().where(NUMBERS.c.series == name)).first()
            if found is None:
                connection.execute(insert(NUMBERS).values(series=name, last=0))
