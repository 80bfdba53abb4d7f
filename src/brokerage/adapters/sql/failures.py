"""What a database reports, as the library's errors.

What the database says of a row is left out: it might be another member's limit.
"""

import re
import sqlite3
import zlib
from collections.abc import Callable
from typing import Any

from brokerage.adapters.sql.places import Place
from brokerage.errors import (
    Conflict,
    DuplicateFact,
    StoreDamaged,
    StoreError,
    StoreFailure,
    StoreFull,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
    StoreUnavailable,
)

__all__ = ["Collision", "ConnectionLost", "Contradiction", "failure", "no_connection"]

_Failure = Callable[[str, str], StoreFailure]

_SQLITE: dict[int, _Failure] = {
    sqlite3.SQLITE_BUSY: StoreLocked,
    sqlite3.SQLITE_LOCKED: StoreLocked,
    sqlite3.SQLITE_READONLY: StoreReadOnly,
    sqlite3.SQLITE_PERM: StoreReadOnly,
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_CANTOPEN: StoreMissing,
    sqlite3.SQLITE_NOTADB: StoreDamaged,
    sqlite3.SQLITE_CORRUPT: StoreDamaged,
    sqlite3.SQLITE_IOERR: StoreUnavailable,
}
_SQLITE_DUPLICATES = {sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE}
_POSTGRESQL: dict[str, _Failure] = {
    "55P03": StoreLocked,  # lock_timeout
    "57014": StoreLocked,  # statement_timeout
    "25006": StoreReadOnly,  # a transaction that only reads
    "42501": StoreReadOnly,  # no right to do it
    "53100": StoreFull,  # disk
    "3D000": StoreMissing,
    "3F000": StoreMissing,  # a schema
    "42P07": StoreDamaged,  # something else has a table's name
    "42710": StoreDamaged,  # a type has it
    "42809": StoreDamaged,  # it is no table
    "42P01": StoreDamaged,  # a table is not there
    "42703": StoreDamaged,  # a column is not there
}
_POSTGRESQL_CLASSES: dict[str, _Failure] = {
    "08": StoreUnavailable,  # connection
    "28": StoreUnavailable,  # user or password
    "53": StoreUnavailable,  # memory, connections
    "57": StoreUnavailable,  # shut down
    "58": StoreUnavailable,  # disk failed
    "XX": StoreDamaged,
}
_TO_RUN_AGAIN = {"40001", "40P01"}
_CONTRADICTIONS = {"23503", "23514"}
"""A foreign key, a check."""
_NOT_OURS = ("no such table", "no such column", "there is already")
_NO_SUCH_DATABASE = re.compile(r'database "[^"]*" does not exist')


class ConnectionLost(StoreUnavailable):
    """The connection broke before anything was committed: the work is called again with another one."""


class Contradiction(StoreError):
    """A row that the schema refuses.

    In PostgreSQL somebody may have committed between two readings of one unit of work, so that what it makes of them
    contradicts itself before the comparison of versions finds that out: such a work is called again, as in a conflict.
    """


class Collision(Conflict):
    """A fact that somebody else changed meanwhile: in PostgreSQL, the next try waits in a line for that fact.

    Else of many who want the same fact most would try in vain each time. ``line`` is the number of its line.
    """

    def __init__(self, fact: str, key: object) -> None:
        super().__init__(fact)
        self.line = zlib.crc32(f"{fact} {key}".encode("utf-8", "replace")) - (1 << 31)


def failure(error: Exception, place: Place) -> StoreError:
    """Return what a driver's error means that came of a statement."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error, place)
    state: str | None = getattr(error, "sqlstate", None)
    said = getattr(getattr(error, "diag", None), "message_primary", None)
    words = place.without_secrets(said or str(error))
    if state in _TO_RUN_AGAIN:
        return Conflict("store")
    if state == "23505":
        return DuplicateFact(_constraint(error))
    if state is None:
        return _other(words, type(error).__name__)
    if state in _CONTRADICTIONS:
        return _other(words, state, Contradiction)
    found = _POSTGRESQL.get(state) or _POSTGRESQL_CLASSES.get(state[:2])
    return _other(words, state) if found is None else found(place.shown, words)


def no_connection(error: Exception, place: Place) -> StoreError:
    """Return what a driver's error means that came instead of a connection."""
    if isinstance(error, sqlite3.Error) or getattr(error, "sqlstate", None):
        return failure(error, place)
    words = place.without_secrets(str(error))
    if _NO_SUCH_DATABASE.search(words):  # a refused connection has no code
        return StoreMissing(place.shown, words, "make it, as by createdb, or mend the URL")
    return StoreUnavailable(place.shown, words)


def _of_sqlite(error: sqlite3.Error, place: Place) -> StoreError:
    words, code = str(error), getattr(error, "sqlite_errorcode", None)
    if code is None:
        return _other(words, type(error).__name__)
    if code in _SQLITE_DUPLICATES:
        return DuplicateFact(words)
    if words.startswith(_NOT_OURS) or words.endswith("already exists"):
        return StoreDamaged(place.shown, words)
    found = _SQLITE.get(code & 0xFF)
    return _other(words, getattr(error, "sqlite_errorname", code)) if found is None else found(place.shown, words)


def _other(words: str, code: Any, kind: type[StoreError] = StoreError) -> StoreError:
    return kind(
        "store",
        f"{words} ({code})",
        "facts that the database can hold",
        "report it: the engine lets none through that it cannot",
    )


def _constraint(error: Exception) -> str:
    return str(getattr(getattr(error, "diag", None), "constraint_name", None) or "unique")
