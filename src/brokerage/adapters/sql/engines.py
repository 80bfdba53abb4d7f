"""Connections to a database: how they are made, how many there are, and what each of them is told first."""

import os
import sqlite3
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from brokerage.adapters.sql.places import Place
from brokerage.errors import InvalidChoice, NotInstalled, StoreMissing

__all__ = ["engine_of", "make_file", "write_ahead"]

# What SQLite knows of its locks belongs to the process, and a forked one would believe that it holds them: what it
# wrote could be lost. And so no file may be open while a process forks.
_FILES: WeakSet[Engine] = WeakSet()
_LONGEST_WAIT = 2_000_000.0
"""Seconds; as milliseconds a database still understands them."""


def engine_of(place: Place, patience: float, connections: int) -> Engine:
    """Return what connects to a database; nothing is connected yet.

    Args:
        place: where it is.
        patience: seconds that a connection waits for somebody else's lock, and a thread for a connection.
        connections: at most how many are open at a time.

    Raises:
        InvalidChoice: the patience or the number of connections is not possible.
        NotInstalled: the driver is not installed.
    """
    if isinstance(patience, bool) or not isinstance(patience, int | float) or not 0 <= patience <= _LONGEST_WAIT:
        raise InvalidChoice("patience", patience, f"seconds from 0 to {_LONGEST_WAIT:.0f}", "wait for some seconds")
    if type(connections) is not int or connections < 1:
        raise InvalidChoice("connections", connections, "a whole number from 1", "allow at least one connection")
    pool: dict[str, Any] = {
        "pool_size": connections,
        "max_overflow": 0,
        "pool_timeout": patience,
        "poolclass": QueuePool,
    }
    if place.is_in_memory:
        pool = {"poolclass": StaticPool}
    common = {"isolation_level": "AUTOCOMMIT", "hide_parameters": True, **pool}
    if place.is_sqlite:
        engine = create_engine("sqlite://", creator=_sqlite(place, patience), **common)
        if not place.is_in_memory:
            _close_before_forks()
            _FILES.add(engine)
        return engine
    try:
        engine = create_engine(place.url, paramstyle="format", connect_args=_options(place, patience), **common)
    except ModuleNotFoundError as error:
        raise NotInstalled(error.name or "psycopg", "brokerage[sql]") from None
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def make_file(place: Place, patience: float, may_create: bool) -> None:
    """See that a SQLite file is there, an empty one if need be; nothing is written to one that is there.

    Raises:
        StoreMissing: it is not there, and nothing may be made; its folder is not there; or it is a folder.
        sqlite3.Error: it cannot be made.
    """
    if place.is_in_memory:
        return
    if place.file is not None:
        _must_be_possible(place.file, place, may_create)
    _sqlite(place, patience, "rwc" if may_create else "rw")().close()


def _must_be_possible(file: Path, place: Place, may_create: bool) -> None:
    """Say what is in the way where SQLite would only say that it cannot open the file."""
    if not os.path.isdir(file.parent):
        home = file.parts[0]
        if home.startswith("~") and not os.path.isdir(home):
            raise StoreMissing(place.shown, f"there is no folder {home}", "write the path of the home directory")
        raise StoreMissing(place.shown, f"there is no folder {file.parent}", "make the folder, or mend the URL")
    if os.path.isdir(file):
        raise StoreMissing(place.shown, "this is a folder", "name a file in it")
    if not may_create and not os.path.exists(file):
        raise StoreMissing(place.shown, "there is no such file", "mend the URL; or let it be made, by create")


def write_ahead(execute: Callable[[str], Any], place: Place, patience: float) -> None:
    """See that readers of a SQLite file, which is known to be a store's, do not wait for its writer.

    Raises:
        sqlite3.Error: somebody else has kept it locked for longer than ``patience``.
    """
    if not place.is_sqlite or place.is_in_memory:
        return
    last = time.monotonic() + patience
    while execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:  # SQLite itself does not wait for this
            code = error.sqlite_errorcode & 0xFF
            if code == sqlite3.SQLITE_READONLY:
                break
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(0.01)


@cache
def _close_before_forks() -> None:
    os.register_at_fork(before=_close_files)


def _close_files() -> None:
    for engine in list(_FILES):
        engine.dispose()


def _sqlite(place: Place, patience: float, mode: str = "rw") -> Callable[[], Any]:
    return partial(_connect_sqlite, place.sqlite_uri(mode), patience)


def _connect_sqlite(uri: str, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, timeout=patience, check_same_thread=False, cached_statements=1024, isolation_level=None, uri=True
    )
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _options(place: Place, patience: float) -> dict[str, Any]:
    """What a connection to PostgreSQL is asked for, beside what the URL says."""
    given = place.url.query.get("options", "")
    own = f"-c lock_timeout={max(1, round(patience * 1000))} -c timezone=UTC"
    # Of a server that leaves letters as they are, the driver would read bytes and not even its version.
    found: dict[str, Any] = {
        "client_encoding": "utf8",
        "options": f"{given if isinstance(given, str) else ' '.join(given)} {own}".strip(),
    }
    if "connect_timeout" not in place.url.query:
        found["connect_timeout"] = max(2, round(patience))
    return found


def _prepare_postgresql(connection: Any, _: object) -> None:
    from psycopg.types.string import TextLoader

    connection.adapters.register_loader("jsonb", TextLoader)
