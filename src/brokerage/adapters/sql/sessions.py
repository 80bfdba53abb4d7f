"""A connection in use: the transaction that is open on it, and what waits for its end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from attrs import define, field
from cattrs import Converter
from sqlalchemy import Dialect, Insert, Table

from brokerage.adapters.sql.failures import ConnectionLost, failure
from brokerage.adapters.sql.places import Place
from brokerage.adapters.sql.shapes import Codec, Shape
from brokerage.adapters.sql.statements import Compiled, Query
from brokerage.adapters.sql.tables import FactTable
from brokerage.adapters.sql.types import Kept
from brokerage.errors import CommitUnknown, StoreDamaged, StoreError

__all__ = ["Backend", "Session", "Waiting"]

_IDLE = 0
"""What psycopg says of a connection without a transaction."""
_LINES = 7_400  # the locks of facts that many want are a space of their own among PostgreSQL's

_LET_GO = "SELECT pg_advisory_unlock_all()"
"""Lets go of a series of numbers if taking one of them was interrupted; locks of the transaction itself stay."""

_FEW = 20
"""Up to so many rows go as statements of their own; PostgreSQL copies more at once."""


@define(eq=False)
class Backend:
    """A database's dialect and place and the facts' converter, with what was made once: statements and codecs."""

    dialect: Dialect
    converter: Converter
    place: Place
    error: type[Exception] = field(init=False)
    _compiled: dict[Query, Compiled] = field(factory=dict)
    _codecs: dict[Shape, Codec] = field(factory=dict)
    _updates: dict[tuple[FactTable, tuple[int, ...]], Query] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.error = getattr(self.dialect.dbapi, "Error", Exception)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite, which has one writer at a time."""
        return self.dialect.name == "sqlite"

    def compiled(self, query: Query) -> Compiled:
        """Return a statement for this kind of database."""
        found = self._compiled.get(query)
        if found is None:
            found = self._compiled[query] = query.compiled(self.dialect)
        return found

    def codec(self, shape: Shape) -> Codec:
        """Return what writes and reads the facts of a shape."""
        found = self._codecs.get(shape)
        if found is None:
            found = self._codecs[shape] = shape.codec(self.converter, self.dialect)
        return found

    def update(self, table: FactTable, changed: tuple[int, ...]) -> Query:
        """Return what replaces the columns of a table that stand at some places."""
        found = self._updates.get((table, changed))
        if found is None:
            found = self._updates[table, changed] = table.update(table.names[place] for place in changed)
        return found


class Waiting(Protocol):
    """Who keeps something back until the end of a unit of work."""

    def clear(self) -> None:
        """A unit of work begins: nothing is kept back."""

    def mark(self) -> Callable[[], None]:
        """A part of a unit of work begins; return what drops whatever is kept back from now on."""

    def write(self) -> None:
        """The unit of work is about to be committed: write what was kept back."""


@define(eq=False)
class Session:
    """One connection, used by one unit of work at a time.

    What other units of work would wait for is written last: ``waiting`` holds, in their order, who writes it.
    After a failure that has ended the transaction, or has made it useless, every statement meets that failure again,
    so that nothing is ever written outside a transaction, and nothing half committed.
    """

    backend: Backend
    connection: Any = None
    is_reading: bool = False
    waiting: list[Waiting] = field(factory=list)
    _is_open: bool = False
    _failed: Exception | None = None

    def rows(self, query: Query, *arguments: Any) -> list[Any]:
        """Answer a query with its rows, plain tuples."""
        compiled = self.backend.compiled(query)
        answer: list[Any] = self._execute(compiled.text, compiled.arguments(arguments)).fetchall()
        return answer

    def row(self, query: Query, *arguments: Any) -> Any:
        """Answer a query with its first row, ``None`` where there is none."""
        compiled = self.backend.compiled(query)
        return self._execute(compiled.text, compiled.arguments(arguments)).fetchone()

    def value(self, query: Query, kept: Kept, *arguments: Any) -> Any:
        """Answer a query with the one value of its first row, as facts hold it, ``None`` where there is none."""
        row = self.row(query, *arguments)
        if row is None:
            return None
        read = kept.result_processor(self.backend.dialect, None)
        return row[0] if read is None else read(row[0])

    def change(self, query: Query, *arguments: Any) -> int:
        """Execute a statement, and return how many rows it changed."""
        self.must_write()
        compiled = self.backend.compiled(query)
        count: int = self._execute(compiled.text, compiled.arguments(arguments)).rowcount
        return count

    def given(self, query: Query, *arguments: Any) -> Any:
        """Execute a statement that changes rows and gives one back; return that.

        Raises:
            StoreDamaged: there is none.
        """
        self.must_write()
        found = self.row(query, *arguments)
        if found is None:
            words = f"a row is missing for: {' '.join(self.backend.compiled(query).text.split())}"
            raise StoreDamaged(self.backend.place.shown, words)
        return found

    def insert_all(self, query: Query, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert many rows of a table as fast as the driver can; each is what the database keeps."""
        self.must_write()
        if self._failed is not None:
            raise self._failed
        compiled = self.backend.compiled(query)
        try:
            if self.backend.is_sqlite:
                self.connection.executemany(compiled.text, rows)
            elif len(rows) <= _FEW:
                self.connection.cursor().executemany(compiled.text, rows)
            else:
                self._copy(query, rows)
        except (self.backend.error, UnicodeEncodeError, OverflowError) as error:
            raise self._failure(error) from None

    def begin(self, is_reading: bool) -> None:
        """Begin a transaction: one that reads sees one state of the database throughout."""
        self.is_reading, self._is_open, self._failed = is_reading, False, None
        for each in self.waiting:
            each.clear()
        if self.backend.is_sqlite:
            self._execute("BEGIN" if is_reading else "BEGIN IMMEDIATE", ())
        else:
            self._execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if is_reading else "BEGIN", ())
        self._is_open = True

    def wait_in_line(self, line: int) -> None:
        """Wait until nobody else is at work who met others over the same fact; for PostgreSQL, at the beginning."""
        self._execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LINES, line))

    def commit(self) -> None:
        """Write what was left to the end, and commit.

        Raises:
            CommitUnknown: the connection was lost while the database committed.
            StoreError: a statement had failed, or the commit does; nothing is kept.
        """
        for each in self.waiting:
            each.write()
        if self._failed is not None:
            raise self._failed
        try:
            ended = self.connection.execute("COMMIT")
        except self.backend.error as error:
            made = self._failure(error)
            if isinstance(made, ConnectionLost):
                self._is_open = False
                raise CommitUnknown(self.backend.place.shown, made.problem) from None
            raise made from None
        self._is_open = False
        if not self.backend.is_sqlite and ended.statusmessage != "COMMIT":  # which undoes what had failed, and says so
            raise StoreError("transaction", ended.statusmessage, "a commit", "let no interruption pass")

    def roll_back(self) -> bool:
        """Undo whatever was not committed; say whether the connection can be used again."""
        if self._is_open:
            self._is_open = False
            with suppress(self.backend.error):
                self.connection.execute(
                    "ROLLBACK" if self.backend.is_sqlite or self.is_reading else f"ROLLBACK; {_LET_GO}"
                )
        if self.backend.is_sqlite:
            if self.connection.in_transaction:  # interrupted before it was noted that it began
                with suppress(self.backend.error):
                    self.connection.execute("ROLLBACK")
            return not self.connection.in_transaction
        return bool(self.connection.pgconn.transaction_status == _IDLE)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the open transaction that is undone by itself if it fails."""
        cuts = [each.mark() for each in self.waiting]
        self._execute("SAVEPOINT part", ())
        try:
            yield
        except BaseException:
            for cut in cuts:
                cut()
            self._undo_part()
            raise
        self._execute("RELEASE SAVEPOINT part", ())

    def must_write(self) -> None:
        """Raise ``StoreError`` in a transaction that reads."""
        if self.is_reading:
            raise StoreError("transaction", "a write", "reading only", "write in Store.run")

    def _undo_part(self) -> None:
        if self._has_ended():
            return  # and so the failure stands
        try:
            self.connection.execute("ROLLBACK TO SAVEPOINT part")
            self.connection.execute("RELEASE SAVEPOINT part")
            if not self.backend.is_sqlite and not self.is_reading:
                self.connection.execute(_LET_GO)
            self._failed = None
        except self.backend.error as error:
            self._failure(error)

    def _execute(self, text: str, arguments: Sequence[Any]) -> Any:
        if self._failed is not None:
            raise self._failed
        try:
            return self.connection.execute(text, arguments)
        except (self.backend.error, UnicodeEncodeError, OverflowError) as error:
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> StoreError:
        """Return what an error means, which stands if the transaction cannot go on after it."""
        made = failure(error, self.backend.place)
        if not self.backend.is_sqlite and self.connection.closed:
            made = ConnectionLost(self.backend.place.shown, self.backend.place.without_secrets(str(error)))
        if not self.backend.is_sqlite or (self._is_open and self._has_ended()):
            self._failed = made
        return made

    def _has_ended(self) -> bool:
        """Whether there is no transaction any more: SQLite ends it after some failures by itself."""
        if self.backend.is_sqlite:
            return not self.connection.in_transaction
        return bool(self.connection.closed)

    def copying(self, query: Query) -> str:
        """Return how PostgreSQL is told to take many rows at once, of what a statement inserts."""
        assert isinstance(query.expression, Insert)
        table = query.expression.table
        assert isinstance(table, Table)
        quote = self.backend.dialect.identifier_preparer.quote
        return f"COPY {quote(table.name)} ({', '.join(map(quote, query.names))}) FROM STDIN"

    def _copy(self, query: Query, rows: Sequence[tuple[Any, ...]]) -> None:
        with self.connection.cursor().copy(self.copying(query)) as copy:
            for row in rows:
                copy.write_row(row)
